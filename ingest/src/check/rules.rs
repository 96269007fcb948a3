//! check/rules: the contract's rules over the rows of one table. Each breach is a note with one Dutch sentence.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, Date32Array};
use beleidsinfo_warehouse::contract::{Column, ColumnType, Rule, Severity, Visibility};
use beleidsinfo_warehouse::error::Result;
use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use indexmap::IndexMap;

use super::findings::{Note, quoted};
use super::table::{Table, day, display, epoch_days, exact, number, text};
use super::{conditions, values};
use crate::codes::{CodeLists, Doubt};
use crate::nearest::nearest;

/// What the rules need besides the rows.
pub(super) struct Setting<'a> {
    pub codes: &'a CodeLists,
    pub zone: Tz,
    /// The day on which the file landed.
    pub landed: NaiveDate,
    /// The mapping's own.
    pub severity: &'a IndexMap<String, Severity>,
}

impl Setting<'_> {
    pub fn severity(&self, rule: &str, otherwise: Severity) -> Severity {
        self.severity.get(rule).copied().unwrap_or(otherwise)
    }
}

/// All rules but the key, which is about rows together.
pub(super) fn apply(table: &mut Table, setting: &Setting) -> Result<()> {
    derive_days(table, setting);
    add_up(table, setting);
    let contract = table.contract;
    for (at, (target, column)) in contract.columns.iter().enumerate() {
        required(table, at, target, column);
        codes(table, at, target, column);
        lookup(table, at, target, column, setting);
        outlived(table, at, target, column, setting);
        values::range(table, at, target, column, setting);
        values::pattern(table, at, target, column, setting);
    }
    for rule in &contract.rules {
        if let Some(other) = &rule.at_least {
            at_least(table, rule, other, setting);
        }
    }
    conditions::apply(table, setting)
}

fn note(
    table: &mut Table,
    row: usize,
    rule: &str,
    severity: Severity,
    target: &str,
    reason: String,
) {
    let column = table.source_column(target).to_string();
    table.notes.push(Note {
        row,
        rule: rule.into(),
        severity,
        column,
        reason,
    });
}

pub(super) fn is_personal(table: &Table, target: &str) -> bool {
    table.personal
        || table
            .contract
            .columns
            .get(target)
            .is_some_and(|c| c.visibility == Visibility::Personal)
}

/// `x_on` from `x_at` where the source gives no day; where it gives both and they disagree, the given day stands.
fn derive_days(table: &mut Table, setting: &Setting) {
    let contract = table.contract;
    for (target, column) in &contract.columns {
        let Some(moment) = target
            .strip_suffix("_on")
            .and_then(|m| table.index(&format!("{m}_at")))
        else {
            continue;
        };
        let Some(at) = table
            .index(target)
            .filter(|_| column.kind == ColumnType::Date)
        else {
            continue;
        };
        let mut days = Vec::with_capacity(table.height);
        for row in 0..table.height {
            let derived = day(&table.arrays[moment], row, setting.zone);
            let given = day(&table.arrays[at], row, setting.zone);
            if let (Some(given), Some(derived)) = (given, derived)
                && given != derived
            {
                let values = if is_personal(table, target) {
                    String::new()
                } else {
                    format!(" ({given} en {derived})")
                };
                let severity = setting.severity("derived", Severity::Warn);
                let reason = format!(
                    "Datum en tijdstip zijn niet van dezelfde dag{values}: kijk na welke klopt; de datum geldt."
                );
                note(table, row, "derived", severity, target, reason);
            }
            let derived = if table.is_broken(row, at) {
                None
            } else {
                derived
            };
            days.push(given.or(derived).map(epoch_days));
        }
        table.arrays[at] = Arc::new(Date32Array::from(days));
    }
}

/// `equals_sum`: where the column is absent and all terms are there it is filled in; where it differs, it stands.
fn add_up(table: &mut Table, setting: &Setting) {
    let contract = table.contract;
    for rule in &contract.rules {
        let Some((start, terms)) = rule.equals_sum.as_deref().and_then(<[String]>::split_first)
        else {
            continue;
        };
        let Some(at) = table.index(&rule.column) else {
            continue;
        };
        let severity = setting.severity(&rule.id, rule.severity);
        let mut days = Vec::with_capacity(table.height);
        for row in 0..table.height {
            let given = day(&table.arrays[at], row, setting.zone);
            let sum = sum(table, start, terms, row, setting.zone);
            if let (Some(given), Some(sum)) = (given, sum)
                && given != sum
            {
                let terms: Vec<&str> = std::iter::once(start)
                    .chain(terms)
                    .map(|t| table.source_column(t))
                    .collect();
                let values = if is_personal(table, &rule.column) {
                    String::new()
                } else {
                    format!(
                        " ({} is {given}, {} geeft {sum})",
                        table.source_column(&rule.column),
                        terms.join(" + ")
                    )
                };
                let reason = format!(
                    "{}{values}: verbeter de datum of de termijnen in de bron.",
                    sentence(&rule.meaning.nl)
                );
                note(table, row, &rule.id, severity, &rule.column, reason);
            }
            let sum = if table.is_broken(row, at) { None } else { sum };
            days.push(given.or(sum).map(epoch_days));
        }
        if table.contract.columns[at].kind == ColumnType::Date {
            table.arrays[at] = Arc::new(Date32Array::from(days));
        }
    }
}

fn sum(table: &Table, start: &str, terms: &[String], row: usize, zone: Tz) -> Option<NaiveDate> {
    let mut total = 0.0;
    for term in terms {
        total += number(table.array(term)?, row)?;
    }
    let start = day(table.array(start)?, row, zone)?;
    let days = Days::new(total.abs() as u64);
    if total < 0.0 {
        start.checked_sub_days(days)
    } else {
        start.checked_add_days(days)
    }
}

fn required(table: &mut Table, at: usize, target: &str, column: &Column) {
    let contract = table.contract;
    let here = table.shape.columns.get(target).is_some_and(|c| c.required);
    if !(column.required
        || here
        || contract.key.iter().any(|k| k == target)
        || contract.tenant.as_deref() == Some(target))
    {
        return;
    }
    for row in 0..table.height {
        // A day that could not be read for want of its moment is already noted there.
        let moment = target
            .strip_suffix("_on")
            .and_then(|m| table.index(&format!("{m}_at")));
        let noted =
            table.is_broken(row, at) || moment.is_some_and(|moment| table.is_broken(row, moment));
        if table.arrays[at].is_null(row) && !noted {
            let name = moment
                .filter(|_| !table.shape.columns.contains_key(target))
                .map_or(target, |moment| {
                    contract
                        .columns
                        .get_index(moment)
                        .map_or(target, |(name, _)| name.as_str())
                });
            let reason = format!(
                "Kolom {} is leeg en mag dat niet zijn ({}): vul ze aan in de bron.",
                table.source_column(name),
                column.meaning.nl
            );
            note(table, row, "required", Severity::Reject, name, reason);
        }
    }
}

fn codes(table: &mut Table, at: usize, target: &str, column: &Column) {
    let Some(allowed) = &column.codes else { return };
    let array = table.arrays[at].clone();
    for row in 0..table.height {
        let Some(code) = text(&array, row) else {
            continue;
        };
        if allowed.iter().any(|a| a == code) {
            continue;
        }
        let what = super::convert::shown(table, column, code);
        let advice = match nearest(code, allowed.iter().map(String::as_str)) {
            Some(near) if column.visibility != Visibility::Personal => {
                format!("bedoelt u {}?", quoted(near))
            }
            _ if allowed.len() <= 12 => format!("gebruik een van {}.", allowed.join(", ")),
            _ => "gebruik een code van de lijst.".into(),
        };
        let reason = format!(
            "Kolom {}: {what} is geen toegelaten code: {advice}",
            table.source_column(target)
        );
        note(table, row, "codes", Severity::Reject, target, reason);
    }
}

fn lookup(table: &mut Table, at: usize, target: &str, column: &Column, setting: &Setting) {
    let Some(lookup) = &column.lookup else { return };
    let array = table.arrays[at].clone();
    let days = lookup
        .valid_on
        .as_deref()
        .and_then(|on| table.array(on))
        .cloned();
    // Few codes and days, many rows.
    let mut known: HashMap<(&str, Option<NaiveDate>), Option<Doubt>> = HashMap::new();
    for row in 0..table.height {
        let Some(code) = text(&array, row) else {
            continue;
        };
        let on = days.as_ref().and_then(|days| day(days, row, setting.zone));
        let doubt = known
            .entry((code, on))
            .or_insert_with(|| setting.codes.check(lookup, code, on).err());
        let (rule, severity, reason) = match doubt {
            None => continue,
            Some(Doubt::Successor(reason)) => ("merger", Severity::Warn, reason.clone()),
            Some(Doubt::Wrong(reason)) => (
                "lookup",
                setting.severity("lookup", Severity::Reject),
                reason.clone(),
            ),
        };
        // A code that exists is no name; one that does not can be anything.
        let unknown = || setting.codes.check(lookup, code, None).is_err();
        let reason = if column.visibility == Visibility::Personal || table.personal && unknown() {
            format!(
                "Kolom {}: de code bestaat niet in {}: verbeter de code.",
                table.source_column(target),
                lookup.table
            )
        } else {
            format!("Kolom {}: {reason}", table.source_column(target))
        };
        note(table, row, rule, severity, target, reason);
    }
}

/// Rows that go on after the code they name has ended.
fn outlived(table: &mut Table, at: usize, target: &str, column: &Column, setting: &Setting) {
    let Some(lookup) = &column.lookup else { return };
    let named = |name: &Option<String>| table.array(name.as_deref()?).cloned();
    let (Some(days), Some(ends)) = (named(&lookup.valid_on), named(&lookup.valid_until)) else {
        return;
    };
    let array = table.arrays[at].clone();
    let until_at = lookup.valid_until.as_deref().and_then(|u| table.index(u));
    let severity = setting.severity("outlived", Severity::Warn);
    for row in 0..table.height {
        // An end that cannot be read is no absent one.
        if until_at.is_some_and(|until| table.is_broken(row, until)) {
            continue;
        }
        let (Some(code), Some(on)) = (text(&array, row), day(&days, row, setting.zone)) else {
            continue;
        };
        let until = day(&ends, row, setting.zone);
        if let Some(reason) = setting.codes.outlived(lookup, code, on, until) {
            let reason = format!("Kolom {}: {reason}", table.source_column(target));
            note(table, row, "outlived", severity, target, reason);
        }
    }
}

fn at_least(table: &mut Table, rule: &Rule, other: &str, setting: &Setting) {
    let (Some(left), Some(right)) = (
        table.array(&rule.column).cloned(),
        table.array(other).cloned(),
    ) else {
        return;
    };
    let severity = setting.severity(&rule.id, rule.severity);
    for row in 0..table.height {
        let smaller = if left.data_type() == right.data_type() && !left.data_type().is_floating() {
            exact(&left, row)
                .zip(exact(&right, row))
                .is_some_and(|(l, r)| l < r)
        } else if left.data_type().is_temporal() && right.data_type().is_temporal() {
            day(&left, row, setting.zone)
                .zip(day(&right, row, setting.zone))
                .is_some_and(|(l, r)| l < r)
        } else {
            number(&left, row)
                .zip(number(&right, row))
                .is_some_and(|(l, r)| l < r)
        };
        if !smaller {
            continue;
        }
        let values = if is_personal(table, &rule.column) || is_personal(table, other) {
            String::new()
        } else {
            format!(
                " ({} {}, {} {})",
                table.source_column(&rule.column),
                display(&left, row, setting.zone),
                table.source_column(other),
                display(&right, row, setting.zone)
            )
        };
        let reason = format!(
            "{}{values}: kijk beide na in de bron.",
            sentence(&rule.meaning.nl)
        );
        note(table, row, &rule.id, severity, &rule.column, reason);
    }
}

/// A meaning without its full stop, to go on from.
pub(super) fn sentence(meaning: &str) -> &str {
    meaning.trim_end_matches(['.', ' '])
}
