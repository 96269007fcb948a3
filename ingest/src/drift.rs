//! drift: what changed in the form of a source's files, and the change to its mapping that would follow it.
//!
//! Nothing is changed here: a proposal is text beside the mapping's own text, for a person to look at and apply.

mod edit;

use beleidsinfo_warehouse::contract::{ColumnType, Severity};
use beleidsinfo_warehouse::delivery::{Delivery, Receipt};
use beleidsinfo_warehouse::error::{Error, Result};
use similar::TextDiff;

use crate::check::Rules;
use crate::connector::{self, MissingColumns};
use crate::mapping::{Column, Decimal, Mapping, Rows, TableMapping};
use crate::nearest::nearest;
use crate::source::Source;
use crate::value::Reading;

/// Values of a column that are looked at.
const SAMPLE: usize = 2_000;
/// A column is read another way when at least this share of its values fits, in percent.
const FITS: usize = 95;
/// Fewer failing values than this say nothing about a column.
const FEWEST: usize = 5;

/// A change to a mapping, proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What was noticed, one English sentence each, with what could not be proposed.
    pub noticed: Vec<String>,
    /// The whole mapping with the change; the same as before where nothing can be proposed.
    pub mended: String,
    /// From the mapping to that, as a unified diff; empty where nothing can be proposed.
    pub diff: String,
}

/// What to change after `error`, if it says that columns are missing.
pub fn after_error(
    source: &Source,
    text: &str,
    receipt: &Receipt,
    bytes: &[u8],
    rules: &Rules,
    error: &Error,
) -> Option<Proposal> {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    let missing = loop {
        let one = cause?;
        if let Some(missing) = one.downcast_ref::<MissingColumns>() {
            break missing;
        }
        cause = one.source();
    };
    let mut document = edit::parse(text)?;
    let mapping = &source.mapping;
    let mapped = mapping.source_columns();
    let free: Vec<&str> = missing
        .there
        .iter()
        .map(String::as_str)
        .filter(|name| !mapped.contains(name) && mapping.unaliased(name).is_none())
        .collect();
    let samples = sample(mapping, &receipt.name, bytes, &free).unwrap_or_default();
    let mut taken: Vec<&str> = Vec::new();
    let mut noticed = Vec::new();
    for column in &missing.missing {
        let left: Vec<&str> = free
            .iter()
            .copied()
            .filter(|n| !taken.contains(n))
            .collect();
        match successor(mapping, column, &left, &samples, rules) {
            Some((name, why)) => {
                taken.push(name);
                edit::alias(&mut document, column, name);
                noticed.push(format!("`{column}` seems to be called `{name}` now: {why}"));
            }
            None => noticed.push(format!(
                "`{column}` is gone, and no other column looks like it: ask the supplier, or take it out of the mapping"
            )),
        }
    }
    Some(proposal(source, text, document.to_string(), noticed))
}

/// What to change when columns were `added`, or when most values of a column cannot be read, or are in no list; `None` when
/// nothing is like that.
pub fn after_check(
    source: &Source,
    text: &str,
    delivery: &Delivery,
    added: &[String],
    bytes: &[u8],
    rules: &Rules,
) -> Result<Option<Proposal>> {
    let mapping = &source.mapping;
    // A finding names a column as the file does.
    let own = |name: &str| mapping.unaliased(name).unwrap_or(name).to_string();
    let failing = |column: &str, rule: &str| {
        let of_rule = delivery.findings.iter().filter(|f| {
            f.severity == Severity::Reject && f.rule == rule && own(&f.column) == column
        });
        of_rule.count()
    };
    let columns: Vec<&str> = mapping.source_columns();
    let mostly = |column: &&&str, rule: &str| {
        let n = failing(column, rule);
        n >= FEWEST && n as u64 * 2 > delivery.rows_read
    };
    let retyped: Vec<&str> = columns
        .iter()
        .filter(|c| mostly(c, "type"))
        .copied()
        .collect();
    let recoded: Vec<&str> = columns
        .iter()
        .filter(|c| mostly(c, "codes"))
        .copied()
        .collect();
    if retyped.is_empty() && recoded.is_empty() && added.is_empty() {
        return Ok(None);
    }
    let Some(mut document) = edit::parse(text) else {
        return Ok(None);
    };
    let wanted: Vec<&str> = retyped.iter().chain(&recoded).copied().collect();
    let samples = match wanted.is_empty() {
        true => Vec::new(),
        false => sample(mapping, &delivery.receipt.name, bytes, &wanted)?,
    };
    let values = |column: &str| {
        let found = samples.iter().find(|(name, _)| name == column);
        found.map_or(&[][..], |(_, values)| values.as_slice())
    };
    // A proposal for a personal source holds none of its values.
    let personal = source.is_personal(rules.contracts);
    let mut noticed = Vec::new();
    if !added.is_empty() {
        edit::ignore(&mut document, added);
        let names: Vec<String> = added.iter().map(|name| format!("`{name}`")).collect();
        noticed.push(format!(
            "new, and not read: {}: map what figures need; `ignore` says of the rest that it is known",
            names.join(", ")
        ));
    }
    let mut signs = Vec::new();
    for column in retyped {
        for (table, target, kind) in uses(mapping, column, rules) {
            match other_form(kind, values(column), mapping.decimal_sign(), rules) {
                Some(Form::Dates { format, also }) => {
                    edit::format(&mut document, table, target, format);
                    let shown = format.unwrap_or("ISO 8601 (2025-12-31)");
                    let doubt = match also {
                        Some(also) => format!("; they can be read as {also} as well: ask the supplier which it is"),
                        None => String::new(),
                    };
                    noticed.push(format!("the values of `{column}` have another form now: {shown}{doubt}"));
                }
                Some(Form::Numbers(sign)) => {
                    signs.push(sign);
                    noticed.push(format!("the numbers of `{column}` have another decimal sign now"));
                }
                None => noticed.push(format!(
                    "most values of `{column}` cannot be read, and no other form fits them: look at `beleidsinfo rejections {} --rule type`",
                    source.id
                )),
            }
        }
    }
    if let Some(sign) = signs.first() {
        edit::decimal(&mut document, *sign);
    }
    for column in recoded {
        let mut unknown: Vec<&str> = Vec::new();
        for (table, target, _) in uses(mapping, column, rules) {
            let Some(mapped) = mapping
                .tables
                .iter()
                .find(|t| t.name == table)
                .and_then(|t| t.columns.get(target))
            else {
                continue;
            };
            for value in values(column) {
                let value = value.as_str();
                if mapped.mapped(value).is_ok() || unknown.contains(&value) {
                    continue;
                }
                match nearest(value, mapped.map.keys().map(String::as_str)) {
                    Some(known) if !personal => {
                        edit::code(&mut document, table, target, value, &mapped.map[known])
                    }
                    _ => unknown.push(value),
                }
            }
        }
        unknown.truncate(8);
        noticed.push(match (unknown.is_empty(), personal) {
            (true, _) => format!("the values of `{column}` are written another way now"),
            (false, true) => format!("`{column}` has values that its map does not know"),
            (false, false) => format!(
                "`{column}` has values that its map does not know: add what they mean: {}",
                unknown.join(", ")
            ),
        });
    }
    Ok(Some(proposal(source, text, document.to_string(), noticed)))
}

fn proposal(source: &Source, text: &str, mended: String, noticed: Vec<String>) -> Proposal {
    let name = format!("sources/{}.toml", source.id);
    let diff = TextDiff::from_lines(text, mended.as_str())
        .unified_diff()
        .header(&name, &name)
        .to_string();
    Proposal {
        diff: if text == mended { String::new() } else { diff },
        noticed,
        mended,
    }
}

/// The first values of columns of a file, each with its name; the file is read anew for them.
fn sample(
    mapping: &Mapping,
    name: &str,
    bytes: &[u8],
    columns: &[&str],
) -> Result<Vec<(String, Vec<String>)>> {
    let table = TableMapping {
        name: String::new(),
        rows: Rows::Record,
        only: Default::default(),
        columns: columns
            .iter()
            .map(|c| (c.to_string(), Column::from_source(c)))
            .collect(),
    };
    let all = Mapping {
        tables: vec![table],
        trace: None,
        unpivot: None,
        ..mapping.clone()
    };
    let records = connector::read(name, bytes, &all)?;
    let values = |column: &polars::prelude::Column| {
        let texts = column.str().ok()?;
        let present = texts.iter().flatten().map(str::trim);
        let told = present.filter(|t| !t.is_empty() && !mapping.empty.iter().any(|e| e == t));
        Some(told.take(SAMPLE).map(str::to_string).collect())
    };
    Ok(records
        .frame
        .columns()
        .iter()
        .filter_map(|c| {
            let name = mapping.unaliased(c.name()).unwrap_or(c.name());
            Some((name.to_string(), values(c)?))
        })
        .collect())
}

/// Which target columns read a source column, and of what type they are.
fn uses<'m>(
    mapping: &'m Mapping,
    column: &str,
    rules: &Rules,
) -> Vec<(&'m str, &'m str, ColumnType)> {
    let mut found = Vec::new();
    for table in &mapping.tables {
        let contract = rules.contracts.get(&table.name);
        for (target, mapped) in &table.columns {
            let kind = contract.and_then(|c| c.columns.get(target)).map(|c| c.kind);
            if let Some(kind) = kind.filter(|_| mapped.sources().any(|s| s == column)) {
                found.push((table.name.as_str(), target.as_str(), kind));
            }
        }
    }
    found
}

/// The free column that takes over from a missing one, and why: by its name, or because its values, and those of no other
/// free column, are what the mapping reads there.
fn successor<'n>(
    mapping: &Mapping,
    missing: &str,
    free: &[&'n str],
    samples: &[(String, Vec<String>)],
    rules: &Rules,
) -> Option<(&'n str, String)> {
    let fits = |name: &str| {
        let values = samples.iter().find(|(n, _)| n == name).map(|(_, v)| v)?;
        fits(mapping, missing, values, rules)
    };
    let plain = |name: &str| {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect::<String>()
    };
    let same = free.iter().find(|name| plain(name) == plain(missing));
    let near = same.copied().or_else(|| {
        let near = nearest(missing, free.iter().copied())?;
        free.iter().copied().find(|name| *name == near)
    });
    if let Some(name) = near.filter(|name| fits(name) != Some(false)) {
        return Some((name, "the names are nearly the same".into()));
    }
    let mut telling = free.iter().filter(|name| fits(name) == Some(true));
    let (only, other) = (telling.next()?, telling.next());
    let rest =
        || "its values are what the mapping reads there, and those of no other new column are";
    other.is_none().then(|| (*only, rest().to_string()))
}

/// Whether values are what the mapping reads from a column; `None` when any text would do, or there is none.
fn fits(mapping: &Mapping, column: &str, values: &[String], rules: &Rules) -> Option<bool> {
    if values.is_empty() {
        return None;
    }
    let mut told = None;
    for table in &mapping.tables {
        let contract = rules.contracts.get(&table.name);
        for (target, mapped) in &table.columns {
            if !mapped.sources().any(|s| s == column) {
                continue;
            }
            let kind = contract.and_then(|c| c.columns.get(target)).map(|c| c.kind);
            let Some(kind) = kind.filter(|k| *k != ColumnType::Text || !mapped.map.is_empty())
            else {
                continue;
            };
            let reading = Reading::new(
                kind,
                mapped.format.as_deref(),
                mapping.decimal_sign(),
                rules.zone,
            );
            let good = values.iter().filter(|v| {
                let known = mapped.map.is_empty()
                    || mapped
                        .extracted(v)
                        .is_some_and(|v| mapped.map.contains_key(v));
                known && mapped.mapped(v).is_ok_and(|v| reading.read(v).is_some())
            });
            let all = good.count() * 100 >= values.len() * FITS;
            told = Some(told.unwrap_or(true) && all);
        }
        for (name, only) in &table.only {
            if name == column
                && let Some(texts) = &only.is
            {
                let good = values.iter().filter(|v| texts.contains(v)).count();
                told = Some(told.unwrap_or(true) && good > 0);
            }
        }
    }
    told
}

/// Another way in which values can be read.
enum Form {
    Dates {
        /// None: as ISO 8601.
        format: Option<&'static str>,
        /// A second form that fits as well.
        also: Option<&'static str>,
    },
    Numbers(Decimal),
}

/// Forms of dates that exports have, the likely ones first.
const DAYS: [&str; 9] = [
    "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%m/%d/%Y", "%d/%m/%y", "%m-%d-%Y",
    "%d %m %Y",
];
const MOMENTS: [&str; 8] = [
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y%m%d%H%M%S",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
];

fn other_form(kind: ColumnType, values: &[String], sign: Decimal, rules: &Rules) -> Option<Form> {
    let fit = |format: Option<&str>, sign: Decimal| {
        let reading = Reading::new(kind, format, sign, rules.zone);
        let good = values.iter().filter(|v| reading.read(v).is_some()).count();
        !values.is_empty() && good * 100 >= values.len() * FITS
    };
    match kind {
        ColumnType::Date | ColumnType::Ts => {
            if fit(None, sign) {
                return Some(Form::Dates {
                    format: None,
                    also: None,
                });
            }
            let forms = DAYS.into_iter().chain(MOMENTS);
            let mut fitting = forms.filter(|format| fit(Some(format), sign));
            let format = fitting.next()?;
            Some(Form::Dates {
                format: Some(format),
                also: fitting.next(),
            })
        }
        ColumnType::Dec | ColumnType::Sum | ColumnType::F64 => {
            let other = match sign {
                Decimal::Point => Decimal::Comma,
                Decimal::Comma => Decimal::Point,
            };
            fit(None, other).then_some(Form::Numbers(other))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
