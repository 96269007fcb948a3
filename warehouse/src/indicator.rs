//! indicator: what is measured, read from `sql/indicators/<theme>/<id>/`: `indicator.toml` says what and who, `facts.sql` how.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::figure::{Figure, State};
use crate::language::{Language, Text};
use crate::period::PeriodKind;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// The folder's name; a code in lower case such as `ov_tijdig`.
    #[serde(skip)]
    pub id: String,
    /// The folder above it.
    #[serde(skip)]
    pub theme: String,
    /// The text of `facts.sql`.
    #[serde(skip)]
    pub sql: String,
    /// Semver; a change of meaning is a new major.
    pub version: String,
    pub title: Text,
    pub question: Text,
    /// What it means, in one or two sentences.
    pub definition: Text,
    /// How it is counted: what is left out, pitfalls, where it differs from a figure that is known. All of the built-in pack have it.
    pub method: Option<Text>,
    pub kind: Kind,
    /// For `quantile` and `survival`: between 0 and 1.
    pub quantile: Option<f64>,
    /// For `quantile`: the indicator of kind `survival` that also counts what has not ended, to be shown beside this one where
    /// much is open.
    pub survival: Option<String>,
    /// For `rate`: what is divided by.
    pub denominator: Option<Denominator>,
    /// For `rate`: per how many; 1000 in per-thousand rates.
    pub per: Option<u32>,
    /// The fixed publication plan; the empty list is the total.
    pub slices: Vec<Vec<String>>,
    pub periods: Vec<PeriodKind>,
    /// `%`, `days`, `hours`, `months`, `cases`, `eur`, `per_1000`, `ratio`, `count`: the languages have words for each.
    pub unit: String,
    #[serde(default)]
    pub decimals: Option<u8>,
    pub direction: Direction,
    /// ISO 8601 days, such as `P60D`: how long after its end a period stays provisional.
    pub final_after: String,
    pub minimum_group: u32,
    pub owner: String,
    /// When it was last looked at, by the owner; a draft need not have been.
    #[serde(default, deserialize_with = "crate::period::optional_toml_date")]
    pub reviewed_on: Option<NaiveDate>,
    /// How long a review holds, such as `P1Y`, `P6M` or `P90D`; a year when not said.
    pub review_every: Option<String>,
    /// How far it is from a thought to what readers are given.
    #[serde(default, rename = "status")]
    pub stage: Stage,
    pub legal: Option<Legal>,
    /// What the facts are: `dossiers`, `cases`.
    pub counted: Text,
    /// What one of them is: `dossier`, `case`; absent where the word is the same.
    pub counted_one: Option<Text>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Legal {
    pub nl: String,
    pub en: String,
    /// A `term_id` of the terms table.
    pub term: Option<String>,
}

/// How facts become a figure. The columns the SQL must give besides `municipality_code` and the slice columns:
///
/// | kind | columns |
/// |---|---|
/// | count | `date` |
/// | sum, mean, quantile | `date`, `value` (integer, decimal or duration; quantile: also float) |
/// | share | `date`, `numerator` (boolean) |
/// | rate | `date` |
/// | stock | `from_on`, `until_on` |
/// | ratio | `side` (`numerator` or `denominator`), `date`, `value` (integer or decimal) |
/// | balance | `side` (`in` or `out`), `date`, `value` (integer or decimal) |
/// | survival | `date`, `value` (duration so far), `ended` (boolean) |
///
/// A sum or mean may also have `weight` (integer or decimal): how much each value counts. A rate may have `value` (integer or
/// decimal): then the values are added up, and not the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Count,
    Sum,
    Mean,
    Share,
    Rate,
    Quantile,
    Stock,
    Ratio,
    /// What came in, less what went out.
    Balance,
    /// A quantile of durations of which some have not ended, by the estimate of Kaplan and Meier.
    Survival,
}

impl Kind {
    pub fn fact_columns(self) -> &'static [&'static str] {
        match self {
            Kind::Count | Kind::Rate => &["date"],
            Kind::Sum | Kind::Mean | Kind::Quantile => &["date", "value"],
            Kind::Share => &["date", "numerator"],
            Kind::Stock => &["from_on", "until_on"],
            Kind::Ratio | Kind::Balance => &["date", "side", "value"],
            Kind::Survival => &["date", "value", "ended"],
        }
    }
    pub fn name(self) -> &'static str {
        match self {
            Kind::Count => "count",
            Kind::Sum => "sum",
            Kind::Mean => "mean",
            Kind::Share => "share",
            Kind::Rate => "rate",
            Kind::Quantile => "quantile",
            Kind::Stock => "stock",
            Kind::Ratio => "ratio",
            Kind::Balance => "balance",
            Kind::Survival => "survival",
        }
    }
    /// The two sides of a fact's `side`.
    pub fn sides(self) -> (&'static str, &'static str) {
        match self {
            Kind::Balance => ("in", "out"),
            _ => ("numerator", "denominator"),
        }
    }
    /// Whether single values are kept until the end.
    pub fn keeps_values(self) -> bool {
        matches!(self, Kind::Quantile | Kind::Survival)
    }
    /// Nothing counted is a true zero for these; for the others there is then nothing to divide.
    pub fn zero_is_a_value(self) -> bool {
        matches!(
            self,
            Kind::Count | Kind::Sum | Kind::Stock | Kind::Rate | Kind::Balance
        )
    }
}

/// The steps of a definition's life: it is computed and shown in all of them, and leaves in the last alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Being written; it may change under the same version.
    Draft,
    /// Its owner agreed to it, on the day in `reviewed_on`.
    Reviewed,
    /// What a definition without a status is.
    #[default]
    Published,
}

impl Stage {
    pub fn is_published(&self) -> bool {
        *self == Stage::Published
    }
    pub fn name(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::Reviewed => "reviewed",
            Stage::Published => "published",
        }
    }
}

/// Semver: major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// Three numbers with points between.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.').map(|p| p.parse().ok());
        let version = Self(parts.next()??, parts.next()??, parts.next()??);
        parts.next().is_none().then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Denominator {
    /// On the first day of the year.
    Population,
    /// The mean of that on the first day of the year and that on the first day of the next.
    MeanPopulation,
}

impl Denominator {
    pub fn name(self) -> &'static str {
        match self {
            Denominator::Population => "population",
            Denominator::MeanPopulation => "mean_population",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    HigherIsBetter,
    LowerIsBetter,
    /// Never coloured.
    Neutral,
}

impl Direction {
    pub fn name(self) -> &'static str {
        match self {
            Direction::HigherIsBetter => "higher_is_better",
            Direction::LowerIsBetter => "lower_is_better",
            Direction::Neutral => "neutral",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        let all = [
            Direction::HigherIsBetter,
            Direction::LowerIsBetter,
            Direction::Neutral,
        ];
        all.into_iter().find(|d| d.name() == name)
    }
}

/// How long a review holds.
enum Span {
    Months(u32),
    Days(u64),
}

impl Indicator {
    pub fn parse(theme: &str, id: &str, path: &str, toml: &str, sql: &str) -> Result<Self> {
        let mut indicator: Indicator = toml::from_str(toml).map_err(|e| {
            Error::input(format!("cannot read indicator {path}"))
                .because(e)
                .hint("docs/indicators.md says which keys there are and what each may be")
        })?;
        indicator.id = id.to_string();
        indicator.theme = theme.to_string();
        indicator.sql = sql.to_string();
        let wrong = |what: &str| Err(Error::input(format!("{path}: {what}")));
        if id.is_empty()
            || !id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        {
            return wrong(
                "the folder's name is the id: lower-case letters, digits and underscores only",
            );
        }
        if Version::parse(&indicator.version).is_none() {
            return wrong("version must be three numbers, such as \"1.0.0\"");
        }
        if indicator.stage != Stage::Draft && indicator.reviewed_on.is_none() {
            return wrong(
                "needs `reviewed_on`, the day its owner last looked at it; only with `status = \"draft\"` it may do without",
            );
        }
        if indicator.review_span().is_none() {
            return wrong(
                "review_every must be a number of years, months or days, such as \"P1Y\", \"P6M\" or \"P90D\"",
            );
        }
        if indicator.kind.keeps_values()
            && !indicator.quantile.is_some_and(|q| (0.0..=1.0).contains(&q))
        {
            return wrong(
                "kinds quantile and survival need `quantile` between 0 and 1, such as 0.5",
            );
        }
        if indicator.kind == Kind::Rate
            && (indicator.denominator.is_none() || indicator.per.is_none())
        {
            return wrong(
                "kind rate needs `denominator = \"population\"` (or \"mean_population\") and `per`, such as 1000",
            );
        }
        if indicator.kind == Kind::Rate && indicator.periods != [PeriodKind::Year] {
            return wrong(
                "kind rate divides by the population on 1 January: use periods = [\"year\"]",
            );
        }
        if indicator.periods.is_empty() || !indicator.slices.contains(&Vec::new()) {
            return wrong("needs at least one period and the total `[]` among the slices");
        }
        if indicator.final_after_days().is_none() {
            return wrong("final_after must be a number of days, such as \"P60D\"");
        }
        for slice in &mut indicator.slices {
            slice.sort();
        }
        // Each would count its facts once more.
        if indicator.slices.iter().collect::<BTreeSet<_>>().len() < indicator.slices.len() {
            return wrong("slices has the same list of columns twice");
        }
        Ok(indicator)
    }

    pub fn final_after_days(&self) -> Option<u64> {
        self.final_after
            .strip_prefix('P')?
            .strip_suffix('D')?
            .parse()
            .ok()
    }

    fn review_span(&self) -> Option<Span> {
        let text = self.review_every.as_deref().unwrap_or("P1Y");
        let (number, unit) = text
            .strip_prefix('P')?
            .split_at_checked(text.len().checked_sub(2)?)?;
        let n: u32 = number.parse().ok().filter(|n| *n > 0)?;
        match unit {
            "Y" => Some(Span::Months(n.checked_mul(12)?)),
            "M" => Some(Span::Months(n)),
            "D" => Some(Span::Days(u64::from(n))),
            _ => None,
        }
    }

    /// The day on which its next review is due; `None`: it was never looked at, as a draft need not be.
    pub fn review_due_on(&self) -> Option<NaiveDate> {
        match self.review_span()? {
            Span::Months(n) => self.reviewed_on?.checked_add_months(Months::new(n)),
            Span::Days(n) => self.reviewed_on?.checked_add_days(Days::new(n)),
        }
    }

    pub fn major(&self) -> u32 {
        Version::parse(&self.version).map_or(0, |v| v.0)
    }

    /// All columns used in any slice, each once.
    /// Whether a figure of this indicator has no number because of facts that may or may not belong to it. Of a quantile over
    /// no facts this cannot be told.
    pub fn is_torn(&self, figure: &Figure) -> bool {
        figure.state == State::NotApplicable
            && figure.numerator.is_none()
            && (self.kind != Kind::Quantile || figure.n > 0)
    }

    pub fn slice_columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = self.slices.iter().flatten().map(String::as_str).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The word after a number of facts, as it is written: `1`, `1.204`.
    pub fn counted(&self, number: &str, language: Language) -> &str {
        let one = self.counted_one.as_ref().filter(|_| number == "1");
        one.unwrap_or(&self.counted).get(language)
    }

    /// Decimals to show: what the definition says, else 1 for measures and 0 for counts.
    pub fn decimals(&self) -> usize {
        self.decimals.map_or(
            if matches!(self.kind, Kind::Count | Kind::Stock) {
                0
            } else {
                1
            },
            usize::from,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_review_is_due_after_its_span() {
        let due = |every: &str| {
            let toml = format!(
                "version = \"1.0.0\"\ntitle = {{ nl = \"x\", en = \"x\" }}\nquestion = {{ nl = \"x\", en = \"x\" }}\n\
                 definition = {{ nl = \"x\", en = \"x\" }}\ncounted = {{ nl = \"x\", en = \"x\" }}\nkind = \"count\"\n\
                 slices = [[]]\nperiods = [\"year\"]\nunit = \"count\"\ndirection = \"neutral\"\nfinal_after = \"P30D\"\n\
                 minimum_group = 5\nowner = \"x\"\nreviewed_on = 2024-08-31\n{every}\n"
            );
            let indicator = Indicator::parse("t", "i", "i/indicator.toml", &toml, "").ok()?;
            indicator.review_due_on().map(|d| d.to_string())
        };
        assert_eq!(due("").as_deref(), Some("2025-08-31"));
        assert_eq!(due("review_every = \"P2Y\"").as_deref(), Some("2026-08-31"));
        assert_eq!(due("review_every = \"P6M\"").as_deref(), Some("2025-02-28"));
        assert_eq!(
            due("review_every = \"P90D\"").as_deref(),
            Some("2024-11-29")
        );
        for wrong in ["1Y", "P", "", "PY", "P0D", "P1W", "P-1Y", "P1é"] {
            assert_eq!(due(&format!("review_every = \"{wrong}\"")), None, "{wrong}");
        }
    }
}
