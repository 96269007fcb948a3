//! rollup: from cells to figures: slices, territories and periods are added up, and one division or quantile ends each. Pure.
//!
//! All sums are exact integers, so the order of facts does not matter.

mod above;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{Array, Date32Array, StringArray};
use chrono::{Days, NaiveDate};

use crate::compute::cell::Cell;
use crate::compute::counts::{self, Grounds, Unplaced};
use crate::compute::coverage::Coverage;
use crate::compute::ending::{Ended, Ending};
use crate::compute::facts::Facts;
use crate::compute::population::Population;
use crate::compute::tally::{Counted, Tally};
use crate::figure::{Address, Figure, Line, Slice, State, Status};
use crate::indicator::{Indicator, Kind};
use crate::period::{Period, PeriodKind};
use crate::region::{Place, RegionBook, Territory};

/// Facts of one slice that lie in one of these regions of a territory.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Between {
    territory: Territory,
    regions: BTreeSet<Arc<str>>,
    slice: Slice,
}

/// Counts facts; [`Rollup::finish`] places them.
pub(crate) struct Rollup<'a> {
    indicator: &'a Indicator,
    book: &'a RegionBook,
    territories: Vec<Territory>,
    cutoff: NaiveDate,
    tally: Tally,
    ending: Ending<'a>,
}

/// Facts counted and placed: per territory, region and slice what each stretch of time (of a stock: each measuring day) has.
pub(crate) struct Placed<'a> {
    indicator: &'a Indicator,
    book: &'a RegionBook,
    territories: Vec<Territory>,
    cutoff: NaiveDate,
    lines: HashMap<Line, BTreeMap<NaiveDate, Cell>>,
    /// Facts that lie in one of several regions, and do not say in which: how many there are in each line that may hold them.
    torn: HashMap<Line, BTreeMap<NaiveDate, i64>>,
    /// Those facts, by the regions they may lie in.
    between: HashMap<Between, BTreeMap<NaiveDate, Cell>>,
    ending: Ending<'a>,
    /// What was seen of each municipality as recorded.
    pub grounds: Grounds,
}

/// What figures are made with, beside the facts.
pub(crate) struct Frame<'a> {
    /// Municipalities that figures are expected of.
    pub expected: &'a [String],
    /// The lines that stood before.
    pub standing: &'a [Line],
    pub coverage: &'a Coverage,
    /// The tables that the indicator reads.
    pub tables: &'a BTreeSet<String>,
    pub population: &'a Population,
    /// What was seen of all municipalities, those of which no facts were counted now among them.
    pub grounds: &'a Grounds,
    /// Only these regions get figures; all, when `None`.
    pub only: Option<&'a BTreeSet<String>>,
    pub run: i64,
}

impl<'a> Rollup<'a> {
    pub fn new(
        indicator: &'a Indicator,
        book: &'a RegionBook,
        territories: Vec<Territory>,
        cutoff: NaiveDate,
    ) -> Self {
        let tally = Tally::new(
            book,
            cutoff,
            indicator.slice_columns().len(),
            indicator.kind == Kind::Stock,
            indicator.kind.keeps_values(),
            indicator.periods.iter().any(|kind| kind.months().is_none()),
        );
        Self {
            indicator,
            book,
            territories,
            cutoff,
            tally,
            ending: Ending::new(indicator),
        }
    }

    pub fn add(&mut self, facts: &Facts) {
        self.ending.see(&facts.measure);
        self.tally.add(facts);
    }

    /// Gives each cell its region on each territory, and adds it to each slice it is in.
    pub fn finish(self) -> Placed<'a> {
        let columns = self.indicator.slice_columns();
        let plans: Vec<Vec<usize>> = self
            .indicator
            .slices
            .iter()
            .map(|slice| {
                let place = |column| columns.iter().position(|known| known == column);
                slice.iter().filter_map(place).collect()
            })
            .collect();
        let mut lines: HashMap<Line, BTreeMap<NaiveDate, Cell>> = HashMap::new();
        let mut grounds = self.tally.grounds();
        let mut torn: HashMap<Line, BTreeMap<NaiveDate, i64>> = HashMap::new();
        let mut between: HashMap<Between, BTreeMap<NaiveDate, Cell>> = HashMap::new();
        let mut counted = self.tally.counted();
        // Values are added up in an order of their own, so that equal facts give equal figures.
        counted.sort_unstable_by(|a, b| {
            (a.municipality, a.place, &a.values, a.day).cmp(&(
                b.municipality,
                b.place,
                &b.values,
                b.day,
            ))
        });
        // Cells of one ground and one combination of values stand together: what they share is worked out once.
        let alike = |a: &Counted, b: &Counted| {
            (a.municipality, a.place, &a.values) == (b.municipality, b.place, &b.values)
        };
        for group in counted.chunk_by(alike) {
            let Counted {
                municipality,
                place,
                values,
                ..
            } = &group[0];
            let ground = grounds.entry((*municipality).into()).or_default();
            let territories = self.territories.len();
            ground.unplaced.resize(territories, Unplaced::default());
            let family = self.book.family(municipality);
            let slices: Vec<Slice> = plans
                .iter()
                .map(|plan| {
                    let value =
                        |&column: &usize| (columns[column].to_string(), values[column].to_string());
                    Slice(plan.iter().map(value).collect())
                })
                .collect();
            for (territory, division) in self.territories.iter().enumerate() {
                let lies =
                    |cell: &Counted| self.book.lies(*division, cell.day, municipality, *place);
                let lie: Vec<Place> = group.iter().map(lies).collect();
                let mut from = 0;
                for lies in lie.chunk_by(|a, b| a == b) {
                    let cells = &group[from..from + lies.len()];
                    from += lies.len();
                    let lies = &lies[0];
                    let facts = cells.iter().map(|c| c.cell.n.unsigned_abs()).sum::<u64>();
                    match lies {
                        Place::In(region) => ground.strays |= self.book.family(region) != family,
                        Place::Among(_) => ground.unplaced[territory].torn += facts,
                        Place::Nowhere => {
                            ground.unplaced[territory].lost += facts;
                            continue;
                        }
                    }
                    let days = cells.iter().map(|cell| cell.day);
                    ground.first = ground.first.into_iter().chain(days).min();
                    let regions: Vec<Arc<str>> = match lies {
                        Place::In(region) => vec![(*region).into()],
                        Place::Among(regions) => regions.iter().map(|r| (*r).into()).collect(),
                        Place::Nowhere => Vec::new(),
                    };
                    for slice in &slices {
                        let line = |region: &Arc<str>| Line {
                            territory: *division,
                            region: region.clone(),
                            slice: slice.clone(),
                        };
                        match lies {
                            Place::In(_) => {
                                let days = lines.entry(line(&regions[0])).or_default();
                                for one in cells {
                                    days.entry(one.day).or_default().add(&one.cell);
                                }
                            }
                            Place::Among(_) => {
                                for region in &regions {
                                    let days = torn.entry(line(region)).or_default();
                                    for one in cells {
                                        *days.entry(one.day).or_default() += one.cell.n;
                                    }
                                }
                                let several = Between {
                                    territory: *division,
                                    regions: regions.iter().cloned().collect(),
                                    slice: slice.clone(),
                                };
                                let days = between.entry(several).or_default();
                                for one in cells {
                                    days.entry(one.day).or_default().add(&one.cell);
                                }
                            }
                            Place::Nowhere => {}
                        }
                    }
                }
            }
        }
        Placed {
            indicator: self.indicator,
            book: self.book,
            territories: self.territories.clone(),
            cutoff: self.cutoff,
            lines,
            torn,
            between,
            ending: self.ending,
            grounds,
        }
    }

    /// Whether a fact is counted in the figure at `address`.
    pub fn holds(&self, facts: &Facts, row: usize, address: &Address) -> bool {
        self.held(facts, row, address) == Some(true)
    }

    /// Whether a fact belongs to the figure at `address`; `None` when nothing says, and so the figure has no number.
    pub fn held(&self, facts: &Facts, row: usize, address: &Address) -> Option<bool> {
        let date = date_at(&facts.date, row).filter(|date| *date <= self.cutoff);
        let Some(date) = date.filter(|_| facts.measure.is_valid(row)) else {
            return Some(false);
        };
        let day = match &facts.until {
            None => date,
            Some(until) => {
                let day = address.period.last_day().min(self.cutoff);
                if date > day || date_at(until, row).is_some_and(|until| until <= day) {
                    return Some(false);
                }
                day
            }
        };
        if day < address.period.start() || day >= address.period.end() {
            return Some(false);
        }
        let columns = self.indicator.slice_columns();
        let in_slice = address.slice.0.iter().all(|(name, value)| {
            let column = columns.iter().position(|column| column == name);
            column.is_some_and(|column| {
                text_at(&facts.slices[column], row).unwrap_or("unknown") == value
            })
        });
        let place = facts.place.as_ref().and_then(|place| text_at(place, row));
        let code = facts.municipality.value(row);
        if !in_slice {
            return Some(false);
        }
        self.book
            .holds(address.territory, day, (code, place), &address.region)
    }
}

/// What is known of the facts of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// No row about its ground came in.
    Nothing,
    Whole,
    /// Of some it is not known whether they belong to it: a number would be too small.
    Torn,
}

fn date_at(dates: &Date32Array, row: usize) -> Option<NaiveDate> {
    dates
        .is_valid(row)
        .then(|| NaiveDate::from_epoch_days(dates.value(row)))?
}

fn text_at(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

impl Placed<'_> {
    /// All figures: per territory, region (those with facts and those expected), slice and period, from the first day the
    /// sources speak of up to the cutoff.
    pub fn figures(&self, frame: &Frame<'_>) -> Vec<Figure> {
        let systems = counts::systems(frame.grounds);
        let coverage = frame.coverage.of(frame.tables, &systems);
        let Some(first) = first_day(frame.grounds, coverage.since(), self.cutoff) else {
            return Vec::new();
        };
        let asked = |region: &str| frame.only.is_none_or(|only| only.contains(region));
        let first = Period::containing(PeriodKind::Month, first).start();
        let total = Slice::default();
        let (indicator, version) = (
            self.indicator.id.as_str().into(),
            self.indicator.version.as_str().into(),
        );
        let mut figures = Vec::new();
        let mut territories = self.territories.clone();
        territories.sort_unstable();
        for territory in territories {
            let mut slices: BTreeMap<&str, BTreeSet<&Slice>> = BTreeMap::new();
            let expected = self.expected_on(territory, frame.expected, first);
            let above = self.above(territory, &expected);
            for region in expected.iter().chain(&above.regions) {
                slices.entry(region).or_default().insert(&total);
            }
            // A slice that stood before and is empty now is a measured nothing, not a hole.
            let lines = frame.standing.iter();
            let lines = lines.chain(self.lines.keys()).chain(self.torn.keys());
            let lines = lines.chain(above.lines.keys()).chain(above.torn.keys());
            for line in lines.filter(|line| line.territory == territory) {
                let slices = slices.entry(&line.region).or_default();
                slices.extend([&total, &line.slice]);
            }
            for (region, slices) in slices.into_iter().filter(|(region, _)| asked(region)) {
                let composed = self.book.composed(territory, region).is_some();
                let since = coverage.covered_since(self.book, region, territory, self.cutoff);
                let periods = self.periods(territory, region, first);
                let persons: Vec<Option<i128>> = periods
                    .iter()
                    .map(|period| {
                        let place = (territory, region);
                        frame
                            .population
                            .of(self.book, place, *period, self.indicator)
                    })
                    .collect();
                let region: Arc<str> = region.into();
                for slice in slices {
                    let line = Line {
                        territory,
                        region: region.clone(),
                        slice: slice.clone(),
                    };
                    let stretches = self.lines.get(&line).or_else(|| above.lines.get(&line));
                    let torn = self.torn.get(&line).or_else(|| above.torn.get(&line));
                    for (period, persons) in periods.iter().zip(&persons) {
                        let period = *period;
                        let cell =
                            stretches.map_or_else(Cell::default, |s| self.in_period(s, period));
                        let address = Address {
                            indicator: Arc::clone(&indicator),
                            version: Arc::clone(&version),
                            period,
                            territory,
                            region: line.region.clone(),
                            slice: line.slice.clone(),
                        };
                        // Before its first row a municipality has no zero, but no data.
                        let some = cell.n > 0 && !composed;
                        let covered = some || since.is_some_and(|s| s <= period.last_day());
                        let known = match torn.is_some_and(|t| self.torn_in(t, period)) {
                            true => Known::Torn,
                            false if covered => Known::Whole,
                            false => Known::Nothing,
                        };
                        figures.push(self.figure(address, cell, known, *persons, frame.run));
                    }
                }
            }
        }
        figures
    }

    /// The periods in which a region has figures.
    fn periods(&self, territory: Territory, region: &str, first: NaiveDate) -> Vec<Period> {
        let mut periods = Vec::new();
        for kind in &self.indicator.periods {
            let mut period = first_period(*kind, first);
            while period.opens() <= self.cutoff {
                if self.there(territory, region, period) {
                    periods.push(period);
                }
                period = period.next();
            }
        }
        periods
    }

    /// A municipality that did not exist has no row.
    fn there(&self, territory: Territory, region: &str, period: Period) -> bool {
        match territory {
            // A flow is of the whole period, a stock of one day.
            Territory::AsRecorded if self.indicator.kind != Kind::Stock => {
                self.book.exists_in(region, period.start(), period.end())
            }
            _ => {
                let day = period.last_day().min(self.cutoff);
                self.book.is_on(territory, day, region)
            }
        }
    }

    fn expected_on(
        &self,
        territory: Territory,
        expected: &[String],
        since: NaiveDate,
    ) -> BTreeSet<Arc<str>> {
        let mut regions = BTreeSet::new();
        for code in expected {
            match territory {
                Territory::Vintage(_) | Territory::Planned(_) => {
                    let within = self.book.within(territory, self.cutoff, code);
                    regions.extend(within.into_iter().map(Arc::from));
                }
                Territory::AsRecorded => {
                    let before = self.book.predecessors(code, self.cutoff);
                    regions.extend(
                        before
                            .into_iter()
                            .filter(|c| self.book.exists_in(c, since, self.cutoff))
                            .map(Arc::from),
                    );
                }
            }
        }
        regions
    }

    /// Whether a figure of this period would leave out facts of which nothing says whether they belong to it.
    fn torn_in(&self, days: &BTreeMap<NaiveDate, i64>, period: Period) -> bool {
        if self.indicator.kind == Kind::Stock {
            return days.contains_key(&period.last_day().min(self.cutoff));
        }
        days.range(period.start()..period.end()).next().is_some()
    }

    fn in_period(&self, stretches: &BTreeMap<NaiveDate, Cell>, period: Period) -> Cell {
        if self.indicator.kind == Kind::Stock {
            return stretches
                .get(&period.last_day().min(self.cutoff))
                .cloned()
                .unwrap_or_default();
        }
        let mut sum = Cell::default();
        stretches
            .range(period.start()..period.end())
            .for_each(|(_, cell)| sum.add(cell));
        sum
    }

    fn figure(
        &self,
        address: Address,
        cell: Cell,
        known: Known,
        persons: Option<i128>,
        run: i64,
    ) -> Figure {
        let n = cell.n;
        let Ended {
            numerator,
            denominator,
            value,
        } = self.ending.of(cell, persons);
        let state = match (known, value) {
            (Known::Nothing, _) => State::Missing,
            (Known::Torn, _) => State::NotApplicable,
            (Known::Whole, Some(_)) if n == 0 && self.indicator.kind.zero_is_a_value() => {
                State::Zero
            }
            (Known::Whole, Some(_)) => State::Value,
            (Known::Whole, None) if self.indicator.kind == Kind::Rate => State::Missing,
            (Known::Whole, None) => State::NotApplicable,
        };
        let final_on = address
            .period
            .last_day()
            .checked_add_days(Days::new(self.indicator.final_after_days().unwrap_or(0)));
        let (value, numerator, denominator) = if known == Known::Whole {
            (value, numerator, denominator)
        } else {
            (None, None, None)
        };
        Figure {
            run_from: run,
            run_until: None,
            n,
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

    /// The totals per territory over everything counted; equal when no ground was lost.
    pub fn grand_totals(&self) -> Vec<(Territory, i64)> {
        let total_of = |territory: Territory| {
            self.lines
                .iter()
                .filter(|(l, _)| l.territory == territory && l.slice.is_total())
                .flat_map(|(_, m)| m.values())
                .map(|c| c.n)
                .sum()
        };
        self.territories
            .iter()
            .map(|t| (*t, total_of(*t)))
            .collect()
    }
}

/// The first day there is anything to say of: of the facts, or of the sources where they begin earlier.
pub(crate) fn first_day(
    grounds: &Grounds,
    since: Option<NaiveDate>,
    cutoff: NaiveDate,
) -> Option<NaiveDate> {
    let since = since.filter(|day| *day <= cutoff);
    counts::first(grounds).into_iter().chain(since).min()
}

/// The first period of this kind after the sources begin; of rolling years, the first that is whole.
fn first_period(kind: PeriodKind, first: NaiveDate) -> Period {
    match kind {
        PeriodKind::RollingYear => Period::starting(kind, first),
        _ => None,
    }
    .unwrap_or_else(|| Period::containing(kind, first))
}

#[cfg(test)]
mod tests;
