//! rollup: from facts to figures: every slice, period and territory from one pass over the facts. Pure.
//!
//! Facts are counted per month, recorded region resolved to each territory, and slice; months are added up to quarters and
//! years. All sums are exact integers, so the order of facts does not matter; one division or quantile ends it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Datelike, Days, NaiveDate};

use crate::compute::cell::{Cell, MILLION, date_at, divide, measured, quantile, text_at};
use crate::compute::coverage::Coverage;
use crate::compute::facts::{Facts, Measure};
use crate::compute::population::Population;
use crate::figure::{Address, Figure, Slice, State, Status};
use crate::indicator::{Indicator, Kind};
use crate::period::{Period, PeriodKind};
use crate::region::{RegionBook, Territory};

/// Months since year 0.
type Month = i32;

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Line {
    territory: usize,
    region: String,
    slice: Slice,
}

/// Facts that are in no figure, and why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub undated: u64,
    pub after_cutoff: u64,
    /// Of a municipality born later, without a place to split by; per territory in order.
    pub unplaced: [u64; 2],
    pub without_value: u64,
}

pub(crate) struct Rollup<'a> {
    indicator: &'a Indicator,
    book: &'a RegionBook,
    territories: Vec<Territory>,
    cutoff: NaiveDate,
    lines: HashMap<Line, BTreeMap<Month, Cell>>,
    resolved: HashMap<(usize, String, Option<String>, NaiveDate), Option<String>>,
    /// Values are durations in microseconds.
    durations: bool,
    /// The systems that gave facts.
    systems: BTreeSet<String>,
    pub left_out: LeftOut,
}

fn month_of(date: NaiveDate) -> Month {
    date.year() * 12 + date.month0() as i32
}

fn month_start(month: Month) -> NaiveDate {
    NaiveDate::from_ymd_opt(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1)
        .expect("a month of a real date")
}

impl<'a> Rollup<'a> {
    pub fn new(
        indicator: &'a Indicator,
        book: &'a RegionBook,
        territories: Vec<Territory>,
        cutoff: NaiveDate,
    ) -> Self {
        Self {
            indicator,
            book,
            territories,
            cutoff,
            lines: HashMap::new(),
            resolved: HashMap::new(),
            durations: false,
            systems: BTreeSet::new(),
            left_out: LeftOut::default(),
        }
    }

    /// Where a fact's ground lay: `place` says it most exactly, then the municipality; `None` when it cannot be split back.
    fn resolve(
        &mut self,
        territory: usize,
        code: &str,
        place: Option<&str>,
        date: NaiveDate,
    ) -> Option<String> {
        let on = match self.territories[territory] {
            Territory::AsRecorded => date,
            Territory::Vintage(on) => on,
        };
        let key = (territory, code.to_string(), place.map(str::to_string), on);
        if let Some(known) = self.resolved.get(&key) {
            return known.clone();
        }
        let found = place
            .and_then(|p| self.book.on_territory(p, on))
            .or_else(|| self.book.on_territory(code, on))
            .map(str::to_string);
        self.resolved.insert(key, found.clone());
        found
    }

    pub fn add(&mut self, facts: &Facts) {
        let columns = self.indicator.slice_columns();
        let plans: Vec<Vec<usize>> = self
            .indicator
            .slices
            .iter()
            .map(|s| {
                s.iter()
                    .filter_map(|c| columns.iter().position(|x| x == c))
                    .collect()
            })
            .collect();
        if let Measure::Value(crate::compute::facts::Value::Duration(_)) = facts.measure {
            self.durations = true;
        }
        for row in 0..facts.rows {
            let Some(date) = date_at(&facts.date, row) else {
                self.left_out.undated += 1;
                continue;
            };
            if date > self.cutoff {
                self.left_out.after_cutoff += 1;
                continue;
            }
            let Some(cell) = measured(facts, row) else {
                self.left_out.without_value += 1;
                continue;
            };
            // A stock is there on the last day of each of these months; any other fact is in one month.
            let days: Vec<NaiveDate> = match &facts.until {
                None => vec![date],
                Some(until) => self.days_in_stock(date, date_at(until, row)),
            };
            let code = facts.municipality.value(row);
            let place = facts.place.as_ref().and_then(|p| text_at(p, row));
            if let Some(system) = facts.system.as_ref().and_then(|s| text_at(s, row))
                && !self.systems.contains(system)
            {
                self.systems.insert(system.to_string());
            }
            for territory in 0..self.territories.len() {
                for day in &days {
                    let Some(region) = self.resolve(territory, code, place, *day) else {
                        self.left_out.unplaced[territory.min(1)] += 1;
                        continue;
                    };
                    for plan in &plans {
                        let slice = Slice(
                            plan.iter()
                                .map(|&c| {
                                    (
                                        columns[c].to_string(),
                                        text_at(&facts.slices[c], row)
                                            .unwrap_or("unknown")
                                            .to_string(),
                                    )
                                })
                                .collect(),
                        );
                        let line = Line {
                            territory,
                            region: region.clone(),
                            slice,
                        };
                        self.lines
                            .entry(line)
                            .or_default()
                            .entry(month_of(*day))
                            .or_default()
                            .add(&cell);
                    }
                }
            }
        }
    }

    /// The measuring days (month ends, and the cutoff for the month that runs) on which `[from, until)` is in stock.
    fn days_in_stock(&self, from: NaiveDate, until: Option<NaiveDate>) -> Vec<NaiveDate> {
        let last = month_of(self.cutoff);
        (month_of(from)..=last)
            .map(|m| self.measuring_day(m))
            .take_while(|day| until.is_none_or(|u| u > *day))
            .filter(|day| from <= *day)
            .collect()
    }

    fn measuring_day(&self, month: Month) -> NaiveDate {
        Period::containing(PeriodKind::Month, month_start(month))
            .last_day()
            .min(self.cutoff)
    }

    /// Whether a fact is counted in the figure at `address`.
    pub fn holds(&mut self, facts: &Facts, row: usize, address: &Address) -> bool {
        let Some(index) = self
            .territories
            .iter()
            .position(|t| *t == address.territory)
        else {
            return false;
        };
        let Some(date) = date_at(&facts.date, row).filter(|d| *d <= self.cutoff) else {
            return false;
        };
        let day = match &facts.until {
            None => date,
            Some(until) => {
                let day = address.period.last_day().min(self.cutoff);
                if date > day || date_at(until, row).is_some_and(|u| u <= day) {
                    return false;
                }
                day
            }
        };
        if day < address.period.start()
            || day >= address.period.end()
            || measured(facts, row).is_none()
        {
            return false;
        }
        let columns = self.indicator.slice_columns();
        let in_slice = address.slice.0.iter().all(|(name, value)| {
            columns
                .iter()
                .position(|c| c == name)
                .is_some_and(|c| text_at(&facts.slices[c], row).unwrap_or("unknown") == value)
        });
        let place = facts.place.as_ref().and_then(|p| text_at(p, row));
        in_slice
            && self
                .resolve(index, facts.municipality.value(row), place, day)
                .as_deref()
                == Some(address.region.as_str())
    }

    /// All figures: per territory, region (those with facts and those `expected`), slice and period, from the first day the
    /// sources speak of up to the cutoff. `standing` are the cells that stood before; `tables` those the indicator reads.
    pub fn figures(
        &self,
        expected: &[String],
        standing: &[(Territory, String, Slice)],
        coverage: &Coverage,
        tables: &BTreeSet<String>,
        population: &Population,
        run: i64,
    ) -> Vec<Figure> {
        let coverage = coverage.of(tables, &self.systems);
        let facts = self.lines.values().filter_map(|m| m.keys().next()).min();
        let source = coverage.since().filter(|d| *d <= self.cutoff).map(month_of);
        let Some(first) = facts.copied().into_iter().chain(source).min() else {
            return Vec::new();
        };
        let mut figures = Vec::new();
        for (index, territory) in self.territories.iter().enumerate() {
            let mut slices: BTreeMap<String, BTreeSet<&Slice>> = BTreeMap::new();
            let total = Slice::default();
            for region in self.expected_on(*territory, expected, month_start(first)) {
                slices.entry(region).or_default().insert(&total);
            }
            // A slice that stood before and is empty now is a measured nothing, not a hole.
            for (_, region, slice) in standing.iter().filter(|(t, _, _)| t == territory) {
                slices
                    .entry(region.clone())
                    .or_default()
                    .extend([&total, slice]);
            }
            for line in self.lines.keys().filter(|l| l.territory == index) {
                slices
                    .entry(line.region.clone())
                    .or_default()
                    .extend([&total, &line.slice]);
            }
            for (region, slices) in &slices {
                let since = coverage.covered_since(self.book, region, *territory, self.cutoff);
                for slice in slices {
                    let months = self.lines.get(&Line {
                        territory: index,
                        region: region.clone(),
                        slice: (*slice).clone(),
                    });
                    for kind in &self.indicator.periods {
                        let mut period = Period::containing(*kind, month_start(first));
                        while period.start() <= self.cutoff {
                            if self.there(*territory, region, period) {
                                let cell = months
                                    .map_or_else(Cell::default, |m| self.in_period(m, period));
                                let address = Address {
                                    indicator: self.indicator.id.clone(),
                                    version: self.indicator.version.clone(),
                                    period,
                                    territory: *territory,
                                    region: region.clone(),
                                    slice: (*slice).clone(),
                                };
                                // Before its first row a municipality has no zero, but no data.
                                let covered =
                                    cell.n > 0 || since.is_some_and(|s| s <= period.last_day());
                                figures.push(self.figure(address, cell, covered, population, run));
                            }
                            period = period.next();
                        }
                    }
                }
            }
        }
        figures
    }

    /// A municipality that did not exist has no row.
    fn there(&self, territory: Territory, region: &str, period: Period) -> bool {
        match territory {
            // A stock is of one day; a flow of the whole period.
            Territory::AsRecorded if self.indicator.kind == Kind::Stock => self
                .book
                .on(region, period.last_day().min(self.cutoff))
                .is_some(),
            Territory::AsRecorded => self.book.exists_in(region, period.start(), period.end()),
            Territory::Vintage(on) => self.book.on(region, on).is_some(),
        }
    }

    fn expected_on(
        &self,
        territory: Territory,
        expected: &[String],
        since: NaiveDate,
    ) -> BTreeSet<String> {
        let mut regions = BTreeSet::new();
        for code in expected {
            match territory {
                Territory::Vintage(on) => {
                    regions.extend(self.book.on_territory(code, on).map(str::to_string))
                }
                Territory::AsRecorded => {
                    let before = self.book.predecessors(code, self.cutoff);
                    regions.extend(
                        before
                            .into_iter()
                            .filter(|c| self.book.exists_in(c, since, self.cutoff)),
                    );
                }
            }
        }
        regions
    }

    fn in_period(&self, months: &BTreeMap<Month, Cell>, period: Period) -> Cell {
        let (from, until) = (month_of(period.start()), month_of(period.end()));
        if self.indicator.kind == Kind::Stock {
            return months
                .get(&month_of(period.last_day().min(self.cutoff)))
                .cloned()
                .unwrap_or_default();
        }
        let mut sum = Cell::default();
        months
            .range(from..until)
            .for_each(|(_, cell)| sum.add(cell));
        sum
    }

    fn figure(
        &self,
        address: Address,
        cell: Cell,
        covered: bool,
        population: &Population,
        run: i64,
    ) -> Figure {
        let n = i128::from(cell.n) * MILLION;
        let scale = if self.indicator.unit == "%" {
            100.0
        } else {
            1.0
        } / self.per_unit();
        let (numerator, denominator) = match self.indicator.kind {
            Kind::Count | Kind::Stock => (Some(n), None),
            Kind::Sum => (Some(cell.numerator), None),
            Kind::Mean => (Some(cell.numerator), Some(n)),
            Kind::Share => (Some(cell.numerator), Some(n)),
            Kind::Ratio => (Some(cell.numerator), Some(cell.denominator)),
            Kind::Quantile => (None, None),
            Kind::Rate => {
                let persons = population.on(
                    self.book,
                    &address.region,
                    address.territory,
                    address.period.start(),
                );
                (Some(n), persons.map(|p| i128::from(p) * MILLION))
            }
        };
        let value = match self.indicator.kind {
            Kind::Count | Kind::Stock | Kind::Sum => numerator.map(|x| x as f64 / 1e6 * scale),
            Kind::Quantile => {
                quantile(cell.values, self.indicator.quantile.unwrap_or(0.5)).map(|x| x * scale)
            }
            Kind::Rate => divide(numerator, denominator)
                .map(|x| x * f64::from(self.indicator.per.unwrap_or(1))),
            // A mean of durations: the numerator is in millionths of a microsecond, as the denominator is of facts.
            Kind::Mean | Kind::Share | Kind::Ratio => {
                divide(numerator, denominator).map(|x| x * scale)
            }
        };
        let state = match (covered, value) {
            (false, _) => State::Missing,
            (true, Some(_)) if n == 0 && self.indicator.kind.zero_is_a_value() => State::Zero,
            (true, Some(_)) => State::Value,
            (true, None) if self.indicator.kind == Kind::Rate => State::Missing,
            (true, None) => State::NotApplicable,
        };
        let final_on = address
            .period
            .last_day()
            .checked_add_days(Days::new(self.indicator.final_after_days().unwrap_or(0)));
        let (value, numerator, denominator) = if covered {
            (value, numerator, denominator)
        } else {
            (None, None, None)
        };
        Figure {
            run_from: run,
            run_until: None,
            n: cell.n,
            numerator,
            denominator,
            value,
            state,
            status: if final_on.is_some_and(|d| d <= self.cutoff) {
                Status::Final
            } else {
                Status::Provisional
            },
            completeness: None,
            // Once a period is final a later cutoff says nothing new about it.
            cutoff_on: final_on.map_or(self.cutoff, |d| d.min(self.cutoff)),
            address,
        }
    }

    /// Microseconds in the indicator's unit, for durations; else 1.
    fn per_unit(&self) -> f64 {
        match (self.durations, self.indicator.unit.as_str()) {
            (true, "days") => 86_400_000_000.0,
            (true, "hours") => 3_600_000_000.0,
            (true, "minutes") => 60_000_000.0,
            _ => 1.0,
        }
    }

    /// The totals per territory over everything counted; equal when no ground was lost.
    pub fn grand_totals(&self) -> Vec<(Territory, i64)> {
        let total_of = |index: usize| {
            self.lines
                .iter()
                .filter(|(l, _)| l.territory == index && l.slice.is_total())
                .flat_map(|(_, m)| m.values())
                .map(|c| c.n)
                .sum()
        };
        self.territories
            .iter()
            .enumerate()
            .map(|(i, t)| (*t, total_of(i)))
            .collect()
    }
}
