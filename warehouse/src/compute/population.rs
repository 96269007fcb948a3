//! population: the denominator of rates, on the same territory as the numerator. Pure.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::compute::cell::MILLION;
use crate::indicator::{Denominator, Indicator, Kind};
use crate::period::Period;
use crate::region::{RegionBook, Territory};

#[derive(Debug, Default, Clone)]
pub(crate) struct Population {
    /// (region, reference day) to (division, persons), divisions in order.
    totals: HashMap<(String, NaiveDate), Vec<(NaiveDate, i64)>>,
}

impl Population {
    /// Rows of the total of both sexes and all ages.
    pub fn new(rows: impl IntoIterator<Item = (String, NaiveDate, NaiveDate, i64)>) -> Self {
        let mut population = Self::default();
        for (region, reference_on, vintage_on, persons) in rows {
            population
                .totals
                .entry((region, reference_on))
                .or_default()
                .push((vintage_on, persons));
        }
        population
            .totals
            .values_mut()
            .for_each(|v| v.sort_unstable());
        population
    }

    /// The denominator of a figure, where it is a rate: in millionths, persons on its first day, or the mean of those and of
    /// the persons on the first day after it.
    pub fn of(
        &self,
        book: &RegionBook,
        (territory, region): (Territory, &str),
        period: Period,
        indicator: &Indicator,
    ) -> Option<i128> {
        let persons = |on| {
            let found = self.on(book, region, territory, on)?;
            Some(i128::from(found) * MILLION)
        };
        if indicator.kind != Kind::Rate {
            return None;
        }
        let first = persons(period.start())?;
        match indicator.denominator? {
            Denominator::Population => Some(first),
            Denominator::MeanPopulation => Some((first + persons(period.end())?) / 2),
        }
    }

    /// Persons in a region on a day; `None` when the number is not known: it is never guessed.
    pub fn on(
        &self,
        book: &RegionBook,
        region: &str,
        territory: Territory,
        on: NaiveDate,
    ) -> Option<i64> {
        let made_of = book.made_of(territory, region);
        if let Some((division, parts)) = made_of.or_else(|| book.composed(territory, region)) {
            let each = parts.iter().map(|part| self.on(book, part, division, on));
            return each.sum::<Option<i64>>().filter(|_| !parts.is_empty());
        }
        // The same code may have covered less ground on another division.
        let known = self.totals.get(&(region.to_string(), on));
        let about = known.into_iter().flatten().rev();
        let persons = about
            .filter(|(division, _)| book.speaks_of(territory, on, region, *division))
            .map(|(_, persons)| *persons)
            .next();
        if persons.is_some() || territory == Territory::AsRecorded {
            return persons;
        }
        let members = book.members(territory, region);
        let parts = members.iter().filter(|code| book.on(code, on).is_some());
        let parts: Vec<&String> = parts.collect();
        let sum = parts
            .iter()
            .map(|code| self.on(book, code, Territory::AsRecorded, on))
            .sum::<Option<i64>>()?;
        (!parts.is_empty()).then_some(sum)
    }
}
