//! tally: facts counted once, at the finest grain that any figure needs; slices, territories and periods are added up from
//! it. Pure.
//!
//! A grain is one ground (municipality and place as recorded), one combination of the values of all slice columns, and one
//! stretch of time: a month (a day where the indicator has days or weeks), cut where the division of the land changes, so
//! that a whole stretch lies in one region. Texts are counted by number: each is compared once per fact, and hashed when
//! it is not the text of the fact before.

use std::collections::{BTreeMap, HashMap};

use arrow::array::{Array, StringArray};
use chrono::{Datelike, NaiveDate};
use foldhash::fast::RandomState;

use crate::compute::cell::Cell;
use crate::compute::counts::{Ground, Grounds, Unusable};
use crate::compute::facts::Facts;
use crate::region::RegionBook;

type Fast<K, V> = HashMap<K, V, RandomState>;

/// What the facts of one cell have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Grain {
    ground: u32,
    values: u32,
    /// The first day of the stretch, from 1970-01-01; of a stock, the measuring day.
    day: i32,
}

/// Counts facts.
pub(crate) struct Tally {
    cutoff: i32,
    /// Of a stock: facts come and go, and each measuring day counts those that are there.
    stock: bool,
    keep_values: bool,
    stretches: Stretches,
    municipalities: Texts,
    places: Texts,
    grounds: Pairs,
    /// Per slice column.
    values: Vec<Texts>,
    /// Per slice column: what came before it, and its own value.
    combinations: Vec<Pairs>,
    cells: Fast<Grain, Cell>,
    systems: Texts,
    /// Which system gave facts about which municipality.
    gave: Pairs,
    /// By number of the municipality.
    unusable: BTreeMap<u32, Unusable>,
}

/// One cell, by its texts.
pub(crate) struct Counted<'t> {
    pub municipality: &'t str,
    pub place: Option<&'t str>,
    /// In the order of the slice columns.
    pub values: Vec<&'t str>,
    /// A day of its stretch (of a stock: the measuring day); all of them lie in the same region.
    pub day: NaiveDate,
    pub cell: Cell,
}

/// A place that is not known.
const NOWHERE: u32 = u32::MAX;

impl Tally {
    /// For facts with this many slice columns, up to the cutoff. `by_day` makes a stretch of every day.
    pub fn new(
        book: &RegionBook,
        cutoff: NaiveDate,
        columns: usize,
        stock: bool,
        keep_values: bool,
        by_day: bool,
    ) -> Self {
        Self {
            cutoff: cutoff.to_epoch_days(),
            stock,
            keep_values,
            stretches: Stretches::new(book, cutoff, by_day),
            municipalities: Texts::default(),
            places: Texts::default(),
            grounds: Pairs::default(),
            values: (0..columns).map(|_| Texts::default()).collect(),
            combinations: (0..columns).map(|_| Pairs::default()).collect(),
            cells: Fast::default(),
            systems: Texts::default(),
            gave: Pairs::default(),
            unusable: BTreeMap::new(),
        }
    }

    pub fn add(&mut self, facts: &Facts) {
        let municipality = self.municipalities.numbers(&facts.municipality);
        let place = facts.place.as_ref().map(|p| self.places.numbers(p));
        if let Some(systems) = &facts.system {
            for (of, system) in municipality.iter().zip(self.systems.numbers(systems)) {
                self.gave.number(*of, system);
            }
        }
        let values: Vec<Vec<u32>> = facts
            .slices
            .iter()
            .zip(&mut self.values)
            .map(|(column, texts)| texts.numbers_or(column, "unknown"))
            .collect();
        for row in 0..facts.rows {
            let unusable = |of: &mut BTreeMap<u32, Unusable>,
                            why: fn(&mut Unusable) -> &mut u64| {
                *why(of.entry(municipality[row]).or_default()) += 1;
            };
            if facts.date.is_null(row) {
                unusable(&mut self.unusable, |u| &mut u.undated);
                continue;
            }
            let date = facts.date.value(row);
            if date > self.cutoff {
                unusable(&mut self.unusable, |u| &mut u.after_cutoff);
                continue;
            }
            if !facts.measure.is_valid(row) {
                unusable(&mut self.unusable, |u| &mut u.without_value);
                continue;
            }
            let place = place.as_ref().map_or(NOWHERE, |p| p[row]);
            let ground = self.grounds.number(municipality[row], place);
            let mut combination = 0;
            for (column, pairs) in values.iter().zip(&mut self.combinations) {
                combination = pairs.number(combination, column[row]);
            }
            let grain = |day: i32| Grain {
                ground,
                values: combination,
                day,
            };
            match &facts.until {
                None => {
                    let grain = grain(self.stretches.of(date));
                    let cell = self.cells.entry(grain).or_default();
                    cell.count(&facts.measure, row, self.keep_values);
                }
                Some(until) => {
                    let until = until.is_valid(row).then(|| until.value(row));
                    let from = self.stretches.measured_from(date);
                    let gone = until.map_or(i32::MAX, |until| self.stretches.measured_from(until));
                    if from >= gone {
                        continue;
                    }
                    self.cells.entry(grain(from)).or_default().n += 1;
                    if gone < i32::MAX {
                        self.cells.entry(grain(gone)).or_default().n -= 1;
                    }
                }
            }
        }
    }

    /// Per municipality the systems that gave facts, and what could not be counted.
    pub fn grounds(&self) -> Grounds {
        let mut grounds = Grounds::new();
        let of = |number: u32| self.municipalities.text(number).unwrap_or_default();
        for (municipality, system) in &self.gave.pairs {
            let ground: &mut Ground = grounds.entry(of(*municipality).into()).or_default();
            ground
                .systems
                .extend(self.systems.text(*system).map(str::to_string));
        }
        for (municipality, unusable) in &self.unusable {
            let ground = grounds.entry(of(*municipality).into()).or_default();
            ground.unusable = *unusable;
        }
        grounds
    }

    /// All cells. A stock is told on each measuring day on which there is any.
    pub fn counted(&self) -> Vec<Counted<'_>> {
        let mut by_line: Fast<(u32, u32), Vec<(i32, &Cell)>> = Fast::default();
        for (grain, cell) in &self.cells {
            let line = by_line.entry((grain.ground, grain.values)).or_default();
            line.push((grain.day, cell));
        }
        let mut counted = Vec::with_capacity(self.cells.len());
        for ((ground, combination), mut line) in by_line {
            let (municipality, place) = self.grounds.pairs[ground as usize];
            let place = (place != NOWHERE)
                .then(|| self.places.text(place))
                .flatten();
            let values = self.texts_of(combination);
            let mut told = |day: i32, cell: Cell| {
                if let Some(day) = NaiveDate::from_epoch_days(day) {
                    counted.push(Counted {
                        municipality: self.municipalities.text(municipality).unwrap_or_default(),
                        place,
                        values: values.clone(),
                        day,
                        cell,
                    });
                }
            };
            if !self.stock {
                for (day, cell) in line {
                    told(day, cell.clone());
                }
                continue;
            }
            line.sort_unstable_by_key(|(day, _)| *day);
            let mut changes = line.into_iter().peekable();
            let mut there = 0;
            let mut next = changes.peek().map(|(day, _)| *day);
            while let Some(day) = next.filter(|day| *day <= self.cutoff) {
                while let Some((_, change)) = changes.next_if(|(on, _)| *on <= day) {
                    there += change.n;
                }
                if there > 0 {
                    told(
                        day,
                        Cell {
                            n: there,
                            ..Cell::default()
                        },
                    );
                }
                next = match there {
                    0 => changes.peek().map(|(day, _)| *day),
                    _ => self.stretches.measured_after(day),
                };
            }
        }
        counted
    }

    /// The values of a combination, by slice column.
    fn texts_of(&self, combination: u32) -> Vec<&str> {
        let mut values = Vec::with_capacity(self.values.len());
        let mut of = combination;
        for (pairs, texts) in self.combinations.iter().zip(&self.values).rev() {
            let (before, value) = pairs.pairs[of as usize];
            values.push(texts.text(value).unwrap_or_default());
            of = before;
        }
        values.reverse();
        values
    }
}

/// Texts by number, in order of coming.
#[derive(Default)]
struct Texts {
    numbers: Fast<Box<str>, u32>,
    texts: Vec<Box<str>>,
}

impl Texts {
    fn text(&self, number: u32) -> Option<&str> {
        self.texts.get(number as usize).map(AsRef::as_ref)
    }

    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    /// The number of each text, [`NOWHERE`] where there is none.
    fn numbers(&mut self, column: &StringArray) -> Vec<u32> {
        self.each(column, NOWHERE)
    }

    /// The number of each text, that of `absent` where there is none.
    fn numbers_or(&mut self, column: &StringArray, absent: &str) -> Vec<u32> {
        let absent = match column.null_count() {
            0 => NOWHERE,
            _ => self.number(absent),
        };
        self.each(column, absent)
    }

    fn each(&mut self, column: &StringArray, absent: u32) -> Vec<u32> {
        let mut last: Option<(&str, u32)> = None;
        let mut numbers = Vec::with_capacity(column.len());
        for text in column {
            numbers.push(match (text, last) {
                (None, _) => absent,
                (Some(text), Some((known, number))) if text == known => number,
                (Some(text), _) => {
                    let number = self.number(text);
                    last = Some((text, number));
                    number
                }
            });
        }
        numbers
    }
}

/// Pairs of numbers by number, in order of coming.
#[derive(Default)]
struct Pairs {
    numbers: Fast<(u32, u32), u32>,
    pairs: Vec<(u32, u32)>,
    last: Option<((u32, u32), u32)>,
}

impl Pairs {
    fn number(&mut self, one: u32, other: u32) -> u32 {
        let pair = (one, other);
        if let Some((known, number)) = self.last
            && known == pair
        {
            return number;
        }
        let next = self.pairs.len() as u32;
        let number = *self.numbers.entry(pair).or_insert(next);
        if number == next {
            self.pairs.push(pair);
        }
        self.last = Some((pair, number));
        number
    }
}

/// How days fall into stretches, and which days a stock is measured on.
struct Stretches {
    cutoff: i32,
    by_day: bool,
    /// Days on which the division of the land changes.
    cuts: Vec<i32>,
    /// The first day of the stretch of each day from `first` on.
    starts: Vec<i32>,
    first: i32,
}

impl Stretches {
    fn new(book: &RegionBook, cutoff: NaiveDate, by_day: bool) -> Self {
        let cuts = book.days_of_change();
        let cutoff = cutoff.to_epoch_days();
        Self {
            cutoff,
            by_day,
            cuts: cuts.into_iter().map(|day| day.to_epoch_days()).collect(),
            starts: Vec::new(),
            first: cutoff + 1,
        }
    }

    /// The first day of the stretch that a day, not after the cutoff, lies in.
    fn of(&mut self, day: i32) -> i32 {
        if self.by_day {
            return day;
        }
        if day < self.first {
            self.reach(day);
        }
        self.starts[(day - self.first) as usize]
    }

    /// Makes the table begin at the first of the month of `day`.
    fn reach(&mut self, day: i32) {
        let first = month_start(day);
        let mut start = first;
        let starts = (first..self.first).map(|day| {
            if day != start && (is_first_of_month(day) || self.cuts.binary_search(&day).is_ok()) {
                start = day;
            }
            start
        });
        let mut starts: Vec<i32> = starts.collect();
        starts.append(&mut self.starts);
        (self.starts, self.first) = (starts, first);
    }

    /// The first measuring day (each day, or the last of each month; and the cutoff) on or after `day`; past the cutoff there
    /// is none, and a later day is answered.
    fn measured_from(&self, day: i32) -> i32 {
        if day > self.cutoff {
            return i32::MAX;
        }
        if self.by_day {
            return day;
        }
        month_end(day).min(self.cutoff)
    }

    fn measured_after(&self, day: i32) -> Option<i32> {
        (day < self.cutoff).then(|| self.measured_from(day + 1))
    }
}

fn civil(day: i32) -> NaiveDate {
    NaiveDate::from_epoch_days(day).unwrap_or_default()
}

fn is_first_of_month(day: i32) -> bool {
    civil(day).day() == 1
}

fn month_start(day: i32) -> i32 {
    day - civil(day).day0() as i32
}

fn month_end(day: i32) -> i32 {
    let date = civil(day);
    day + i32::from(date.num_days_in_month()) - date.day() as i32
}
