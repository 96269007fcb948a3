//! reading: a figure made readable: its number or its word, its unit, how sure it is, and where its proof is. Pure.

use beleidsinfo_warehouse::figure::{Figure, State, Status};
use beleidsinfo_warehouse::indicator::{Direction, Indicator, Kind};

use crate::number;
use crate::words::Words;

/// How one indicator's numbers are shown in one language.
#[derive(Clone, Copy)]
pub struct Measure<'a> {
    pub indicator: &'a Indicator,
    pub words: Words,
}

/// One figure as people read it.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// `91,5`, or the word for a state without a number.
    pub value: String,
    /// There is no number, but a word.
    pub is_word: bool,
    /// What the word means.
    pub note: String,
    /// `%`, `dagen`; empty beside a word.
    pub unit: String,
    /// In display units.
    pub number: Option<f64>,
    /// `212 dossiers`.
    pub n: String,
    /// `212`.
    pub count: String,
    pub status: String,
    pub provisional: bool,
    pub completeness: String,
    pub address: String,
}

/// What changed since an earlier period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    Better,
    Worse,
    Equal,
    /// Only for what has no direction.
    Rose,
    Fell,
}

impl<'a> Measure<'a> {
    pub fn decimals(self) -> usize {
        match self.indicator.decimals {
            Some(decimals) => decimals.into(),
            None if self.indicator.kind == Kind::Ratio => 2,
            None => self.indicator.decimals(),
        }
    }

    /// A figure's value in its unit, when there is one to show.
    pub fn shown(self, figure: &Figure) -> Option<f64> {
        match figure.state {
            State::Value => figure.value,
            State::Zero => Some(figure.value.unwrap_or(0.0)),
            State::Missing | State::NotApplicable | State::Suppressed => None,
        }
    }

    pub fn text(self, shown: f64) -> String {
        number::decimal(shown, self.decimals(), self.words.language)
    }

    /// Beside a number; nothing where a word would only be in the way, such as for a sum of something that is not a case.
    pub fn unit(self) -> String {
        match self.indicator.unit.as_str() {
            "ratio" => String::new(),
            "count" if self.indicator.kind == Kind::Sum => String::new(),
            "cases" | "count" => self.counted(),
            unit => self
                .words
                .named("unit", if unit == "%" { "percent" } else { unit }),
        }
    }

    /// The same after a number, as it is written: `1 dossier`, `2 dossiers`.
    pub fn unit_of(self, number: &str) -> String {
        let number = number.trim_start_matches(['+', '\u{2212}']);
        match self.indicator.unit.as_str() {
            "days" | "hours" | "months" | "eur" => {
                let key = format!("unit-{}", self.indicator.unit);
                self.words.with(&key, &[("count", number)])
            }
            "cases" | "count" if self.unit() == self.counted() => self.counted_of(number),
            _ => self.unit(),
        }
    }

    /// Above a column and in the definition, where something must stand.
    pub fn unit_word(self) -> String {
        match self.unit() {
            // Beside a column with the euros themselves.
            _ if self.indicator.unit == "eur" && self.indicator.kind == Kind::Rate => {
                self.words.t("unit-eur-rate")
            }
            unit if unit.is_empty() => self.words.named("unit", &self.indicator.unit),
            unit => unit,
        }
    }

    /// `91,5 %`, `84 dagen`, `1,04`.
    pub fn with_unit(self, shown: f64) -> String {
        let text = self.text(shown);
        number::with_unit(&text, &self.unit_of(&text), self.words.language)
    }

    pub fn counted(self) -> String {
        self.indicator.counted.get(self.words.language).to_string()
    }

    fn counted_of(self, number: &str) -> String {
        self.indicator
            .counted(number, self.words.language)
            .to_string()
    }

    /// `1.204 dossiers`, `1 dossier`.
    pub fn facts(self, n: i64) -> String {
        let n = number::whole(n, self.words.language);
        format!("{n} {}", self.counted_of(&n))
    }

    /// A difference between two shown values, with the unit a difference has.
    pub fn change(self, difference: f64) -> String {
        let number = number::signed(difference, self.decimals(), self.words.language);
        let unit = if self.indicator.unit == "%" {
            self.words.t("unit-points")
        } else {
            self.unit_of(&number)
        };
        number::with_unit(&number, &unit, self.words.language)
    }

    /// How many of what is counted: facts, or what the facts of a rate add up to.
    fn amount(self, figure: &Figure) -> i64 {
        let sum = figure
            .numerator
            .filter(|_| self.indicator.kind == Kind::Rate);
        let sum = sum.and_then(|millionths| i64::try_from(millionths / 1_000_000).ok());
        sum.unwrap_or(figure.n)
    }

    /// Figures that are not in the index have no data.
    pub fn read(self, figure: Option<&Figure>) -> Reading {
        let state = figure.map_or(State::Missing, |f| f.state);
        let number = figure.and_then(|f| self.shown(f));
        let mut reading = Reading {
            number,
            ..Reading::default()
        };
        match number {
            Some(shown) => {
                reading.value = self.text(shown);
                reading.unit = self.unit_of(&reading.value);
            }
            None => {
                let state = if state == State::NotApplicable || state == State::Suppressed {
                    state
                } else {
                    State::Missing
                };
                reading.is_word = true;
                reading.value = self.words.named("state", state.name());
                reading.note = self.words.named("state-note", state.name());
            }
        }
        let Some(figure) = figure else {
            return reading;
        };
        reading.address = figure.address.code();
        if number.is_some() {
            let n = self.amount(figure);
            reading.n = match self.indicator.kind {
                // The figure itself is the count.
                Kind::Count | Kind::Sum => String::new(),
                Kind::Stock => {
                    let day = figure.address.period.last_day();
                    let day = number::short_date(day, self.words.language);
                    self.words.with("on-day", &[("date", &day)])
                }
                _ => self.facts(n),
            };
            reading.count = number::whole(n, self.words.language);
            reading.provisional = figure.status == Status::Provisional;
            reading.status = self.words.named("status", figure.status.name());
            reading.completeness = match figure.completeness {
                Some(share) if reading.provisional => {
                    let share = number::percent(share, 0, self.words.language);
                    self.words.with("complete-share", &[("share", &share)])
                }
                None if reading.provisional => self.words.t("complete-unknown"),
                _ => String::new(),
            };
        }
        reading
    }

    /// Differences that do not show are none. A target may have a direction of its own.
    pub fn course(self, now: f64, before: f64, direction: Option<Direction>) -> Course {
        if self.text(now) == self.text(before) {
            return Course::Equal;
        }
        let rose = now > before;
        match (direction.unwrap_or(self.indicator.direction), rose) {
            (Direction::Neutral, true) => Course::Rose,
            (Direction::Neutral, false) => Course::Fell,
            (Direction::HigherIsBetter, true) | (Direction::LowerIsBetter, false) => Course::Better,
            _ => Course::Worse,
        }
    }
}

impl Course {
    pub fn key(self) -> &'static str {
        match self {
            Course::Better => "better",
            Course::Worse => "worse",
            Course::Equal => "equal",
            Course::Rose => "rose",
            Course::Fell => "fell",
        }
    }
    /// The name of its symbol; up and down say better and worse only together with the word.
    pub fn icon(self) -> &'static str {
        match self {
            Course::Better => "up",
            Course::Worse => "down",
            Course::Equal => "equal",
            Course::Rose => "rise",
            Course::Fell => "fall",
        }
    }
}

/// Linear interpolation between the middle two; `None` of nothing.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n.is_multiple_of(2) => Some((values[middle - 1] + values[middle]) / 2.0),
        _ => Some(values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_middle_of_the_others() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }
}
