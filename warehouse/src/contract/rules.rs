//! contract/rules: what a contract asks of values, of a row as a whole, and of rows in other tables.

use chrono::NaiveDate;
use regex::Regex;
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

use super::{Column, ColumnType, Contract};
use crate::error::{Error, Result};
use crate::expression::Expression;
use crate::language::Text;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Reject,
    Warn,
}

/// A rule over the columns of one row: exactly one of `at_least`, `equals_sum` and `expression`. `id` names it in
/// rejections; a mapping may change its severity.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub id: String,
    /// The column the finding points at.
    pub column: String,
    /// `column` must not be smaller than this column (both present).
    pub at_least: Option<String>,
    /// `column` (a date) must equal the first of these (a date) plus the others (days), when all are present.
    pub equals_sum: Option<Vec<String>>,
    /// A condition in SQL over the row's own columns. As with a check constraint, a row breaks it when it is false; a
    /// row for which it is unknown (null) passes.
    pub expression: Option<String>,
    pub severity: Severity,
    pub meaning: Text,
    /// `expression`, ready to be asked; filled in when the contract is read.
    #[serde(skip)]
    pub condition: Option<Expression>,
}

/// A row of this table must have its counterpart in another: an event its case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    pub id: String,
    pub columns: Vec<String>,
    pub table: String,
    /// The columns of that table, in the same order; absent: those of the same names.
    pub to: Option<Vec<String>>,
    pub severity: Severity,
    pub meaning: Text,
}

impl Reference {
    /// The columns of the other table.
    pub fn targets(&self) -> &[String] {
        self.to.as_deref().unwrap_or(&self.columns)
    }
}

/// No two rows of a delivery with the same `columns` (absent is a value like another) may hold on one day; the one that stands
/// first in the file stays. Named after `WITHOUT OVERLAPS` of SQL:2023.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithoutOverlaps {
    pub id: String,
    pub columns: Vec<String>,
    /// The first day on which a row holds.
    pub from: String,
    /// The first day on which it no longer does; absent in a row: it has no end.
    pub until: String,
    /// Whether a day on which none of them holds, between two that do, is a doubt.
    #[serde(default)]
    pub gaps: bool,
    pub meaning: Text,
}

/// The lowest or highest value a column may have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    Number(f64),
    Day(NaiveDate),
    /// The day on which the file landed: nothing that is reported lies after it.
    Landed,
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = match toml::Value::deserialize(input)? {
            toml::Value::Integer(number) => return Ok(Bound::Number(number as f64)),
            toml::Value::Float(number) => return Ok(Bound::Number(number)),
            toml::Value::String(word) if word == "landed" => return Ok(Bound::Landed),
            toml::Value::String(day) => day,
            toml::Value::Datetime(day) => day.to_string(),
            _ => String::new(),
        };
        text.parse().map(Bound::Day).map_err(|_| {
            de::Error::custom("min and max are a number, a day such as 1900-01-01, or \"landed\"")
        })
    }
}

/// A regular expression that a whole text must match.
#[derive(Debug, Clone)]
pub struct Pattern {
    written: String,
    whole: Regex,
}

impl Pattern {
    pub fn new(written: &str) -> std::result::Result<Self, regex::Error> {
        Ok(Self {
            whole: Regex::new(&format!("^(?:{written})$"))?,
            written: written.into(),
        })
    }

    pub fn matches(&self, text: &str) -> bool {
        self.whole.is_match(text)
    }

    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Pattern::new(&String::deserialize(input)?).map_err(de::Error::custom)
    }
}

/// Holds the rules against the columns they name, and makes the expressions ready.
pub(super) fn prepare(contract: &mut Contract, path: &str) -> Result<()> {
    for (name, column) in &contract.columns {
        if let Some(problem) = misfit(column) {
            return Err(Error::input(format!("{path}: column `{name}`: {problem}")));
        }
    }
    let unknown = |id: &str, column: &str| {
        Error::input(format!(
            "{path}: rule `{id}` names column `{column}`, which the contract does not have"
        ))
    };
    let schema = contract.schema();
    for rule in &mut contract.rules {
        let others = rule.at_least.iter().chain(rule.equals_sum.iter().flatten());
        for column in std::iter::once(&rule.column).chain(others) {
            if !contract.columns.contains_key(column) {
                return Err(unknown(&rule.id, column));
            }
        }
        let forms = [
            rule.at_least.is_some(),
            rule.equals_sum.is_some(),
            rule.expression.is_some(),
        ];
        if forms.iter().filter(|f| **f).count() != 1 {
            return Err(Error::input(format!(
                "{path}: rule `{}` needs exactly one of at_least, equals_sum and expression",
                rule.id
            )));
        }
        if let Some(text) = &rule.expression {
            let condition = Expression::compile(text, &schema).map_err(|cause| {
                Error::input(format!("{path}: cannot use the expression of rule `{}`", rule.id))
                    .because(cause)
                    .hint("write a condition over the columns of this table, as in \"closed_on is null or closed_on >= received_on\"")
            })?;
            rule.condition = Some(condition);
        }
    }
    for reference in &contract.references {
        for column in &reference.columns {
            if !contract.columns.contains_key(column) {
                return Err(unknown(&reference.id, column));
            }
        }
        if reference.columns.is_empty() || reference.targets().len() != reference.columns.len() {
            return Err(Error::input(format!(
                "{path}: reference `{}` needs as many columns in `to` as in `columns`",
                reference.id
            )));
        }
    }
    if let Some(rule) = &contract.without_overlaps {
        let days = [&rule.from, &rule.until];
        for column in rule.columns.iter().chain(days) {
            if !contract.columns.contains_key(column) {
                return Err(unknown(&rule.id, column));
            }
        }
        let dated = |column: &String| contract.columns[column].kind == ColumnType::Date;
        if !days.into_iter().all(dated) {
            return Err(Error::input(format!(
                "{path}: rule `{}`: `from` and `until` must be dates",
                rule.id
            )));
        }
    }
    let ids = contract.rules.iter().map(|r| r.id.as_str());
    let ids: Vec<&str> = ids
        .chain(contract.references.iter().map(|r| r.id.as_str()))
        .chain(contract.without_overlaps.iter().map(|r| r.id.as_str()))
        .collect();
    match ids
        .iter()
        .enumerate()
        .find(|(at, id)| ids[..*at].contains(id))
    {
        Some((_, twice)) => Err(Error::input(format!(
            "{path}: rule `{twice}` is there twice"
        ))),
        None => Ok(()),
    }
}

fn misfit(column: &Column) -> Option<&'static str> {
    let dated = matches!(column.kind, ColumnType::Date | ColumnType::Ts);
    let counted = !dated && !matches!(column.kind, ColumnType::Text | ColumnType::Bool);
    for bound in [column.min, column.max].into_iter().flatten() {
        match bound {
            Bound::Number(_) if !counted => return Some("a number cannot bound what is no number"),
            Bound::Day(_) | Bound::Landed if !dated => {
                return Some("a day cannot bound what is no date or moment");
            }
            _ => {}
        }
    }
    (column.pattern.is_some() && column.kind != ColumnType::Text)
        .then_some("`pattern` goes with text only")
}

/// Every reference must lead to columns that are there.
pub(crate) fn references_lead_somewhere<'a>(
    contracts: impl Iterator<Item = &'a Contract> + Clone,
) -> Vec<Error> {
    let mut problems = Vec::new();
    for contract in contracts.clone() {
        for reference in &contract.references {
            let target = contracts.clone().find(|c| c.name == reference.table);
            let there = |t: &Contract| {
                let mut pairs = reference.columns.iter().zip(reference.targets());
                pairs.all(|(from, to)| {
                    let kind = |c: &Contract, name| c.columns.get(name).map(|c| c.kind);
                    kind(t, to).is_some() && kind(t, to) == kind(contract, from)
                })
            };
            if !target.is_some_and(there) {
                problems.push(Error::input(format!(
                    "tables/{}.toml: reference `{}` leads to {} of table `{}`, which is not there or of another type",
                    contract.name,
                    reference.id,
                    reference.targets().join(", "),
                    reference.table
                )));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract(columns: &str) -> Result<Contract> {
        Contract::parse(
            "t",
            "tables/t.toml",
            &format!(
                "description = {{ nl = \"x\", en = \"x\" }}\ngrain = \"x\"\nkey = [\"a\"]\n\
                 [columns.a]\ntype = \"text\"\nmeaning = {{ nl = \"x\", en = \"x\" }}\nvisibility = \"internal\"\npurpose = \"x\"\n{columns}"
            ),
        )
    }

    fn why(columns: &str) -> String {
        let error = contract(columns).expect_err("a contract that does not hold");
        let mut told = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            told = format!("{told} {inner}");
            cause = inner.source();
        }
        told
    }

    #[test]
    fn bounds_and_patterns_fit_their_column() {
        let day = "[columns.d]\ntype = \"date\"\nmeaning = { nl = \"x\", en = \"x\" }\nvisibility = \"internal\"\npurpose = \"x\"\n";
        let read =
            contract(&format!("{day}min = 1900-01-01\nmax = \"landed\"\n")).expect("a contract");
        assert_eq!(read.columns["d"].max, Some(Bound::Landed));
        assert!(matches!(read.columns["d"].min, Some(Bound::Day(_))));
        assert!(why(&format!("{day}min = 3\n")).contains("no number"));
        assert!(why(&format!("{day}pattern = \"x\"\n")).contains("text only"));
        assert!(why("min = 1900-01-01\n").contains("no date"));
        assert!(why("pattern = \"(\"\n").contains("cannot read table contract"));
        let whole = Pattern::new("[0-9]|x").expect("a pattern");
        assert!(whole.matches("x") && whole.matches("7") && !whole.matches("7x"));
    }

    #[test]
    fn validities_that_may_not_overlap_are_dates() {
        let day = |name: &str, kind: &str| {
            format!(
                "[columns.{name}]\ntype = \"{kind}\"\nmeaning = {{ nl = \"x\", en = \"x\" }}\nvisibility = \"internal\"\npurpose = \"x\"\n"
            )
        };
        let rule = "[without_overlaps]\nid = \"o\"\ncolumns = [\"a\"]\nfrom = \"f\"\nuntil = \"u\"\nmeaning = { nl = \"x\", en = \"x\" }\n";
        let with = |kind: &str| format!("{}{}{rule}", day("f", "date"), day("u", kind));
        assert!(contract(&with("date")).is_ok());
        assert!(why(&with("text")).contains("must be dates"));
        assert!(why(&format!("{}{rule}", day("f", "date"))).contains("names column `u`"));
    }

    #[test]
    fn a_rule_has_one_form_and_an_expression_that_can_be_asked() {
        let rule = |form: &str| {
            format!(
                "[[rules]]\nid = \"r\"\ncolumn = \"a\"\nseverity = \"warn\"\nmeaning = {{ nl = \"x\", en = \"x\" }}\n{form}\n"
            )
        };
        assert!(contract(&rule("expression = \"a <> 'x'\"")).is_ok());
        assert!(why(&rule("")).contains("exactly one"));
        assert!(why(&rule("at_least = \"a\"\nexpression = \"a <> 'x'\"")).contains("exactly one"));
        assert!(why(&rule("expression = \"b <> 'x'\"")).contains("rule `r`"));
        assert!(why(&rule("expression = \"a || 'x'\"")).contains("true or false"));
        let many = why(&rule("expression = \"count(a) > 1\""));
        assert!(many.contains("of one row"), "{many}");
        let twice = format!("{0}{0}", rule("expression = \"a <> 'x'\""));
        assert!(why(&twice).contains("twice"));
    }
}
