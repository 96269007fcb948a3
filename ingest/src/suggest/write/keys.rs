//! write/keys: the keys above the tables: how the file is read, until when it is complete, whether it holds persons.

use beleidsinfo_warehouse::contract::ColumnType;
use chrono::NaiveDate;

use super::{Page, quoted};
use crate::mapping::{Connector, Decimal, Header, Mapping, Ragged};
use crate::suggest::fit::Filling;
use crate::suggest::profile::{Column, Dates, Kind};
use crate::suggest::wide::Wide;
use crate::suggest::{Setting, Sniffed};
use crate::value::{Reading, Value};

/// The keys by which the file is read.
pub(super) fn reading(page: &mut Page, sniffed: &Sniffed) {
    let mapping = &sniffed.mapping;
    for (key, value) in [
        ("member  ", mapping.member.clone()),
        ("sheet   ", mapping.sheet.clone()),
        (
            "records ",
            mapping.records.as_ref().map(ToString::to_string),
        ),
    ] {
        if let Some(value) = value {
            page.line(&format!("{key}  = {}", quoted(&value)));
        }
    }
    if let Some(encoding) = &sniffed.encoding {
        page.line(&format!(
            "encoding  = {}   # {}",
            quoted(&encoding.label),
            encoding.why
        ));
        if !encoding.certain {
            page.doubt("encoding: guessed");
        }
    }
    match mapping.connector {
        Connector::Csv => dialect(page, mapping),
        Connector::Sheet => header(page, mapping),
        _ => {}
    }
    for doubt in &sniffed.doubts {
        page.doubt(doubt);
    }
}

/// The keys by which delimited text is cut.
fn dialect(page: &mut Page, mapping: &Mapping) {
    let delimiter = match mapping.delimiter.as_str() {
        "\t" => "tab",
        " " => "space",
        other => other,
    };
    page.line(&format!("delimiter = {}", quoted(delimiter)));
    let sign = |sign: Option<u8>| sign.map_or("none".into(), |b| char::from(b).to_string());
    if mapping.quote != Some(b'"') {
        page.line(&format!("quote     = {}", quoted(&sign(mapping.quote))));
    }
    if mapping.escape.is_some() {
        page.line(&format!("escape    = {}", quoted(&sign(mapping.escape))));
    }
    if let Some(comment) = &mapping.comment {
        page.line(&format!("comment   = {}", quoted(comment)));
    }
    header(page, mapping);
    if mapping.ragged == Ragged::Fill {
        page.line("ragged    = \"fill\"");
    }
}

fn header(page: &mut Page, mapping: &Mapping) {
    let Header { first, last, .. } = mapping.header;
    if first != last {
        page.line(&format!("header    = [{first}, {last}]"));
    } else {
        page.line(&format!("header    = {first}"));
    }
    if !mapping.names.is_empty() {
        let names: Vec<String> = mapping.names.iter().map(|n| quoted(n)).collect();
        page.line(&format!("names     = [{}]", names.join(", ")));
    }
}

/// Whether the file holds persons, so that its bytes must be sealed.
pub(super) fn personal(page: &mut Page, columns: &[Column]) {
    if columns.iter().any(|column| column.personal.is_some()) {
        page.line("personal  = true");
        page.doubt(
            "personal: persons seem to be in the file, so what is kept of it is sealed; needs a key file (beleidsinfo keys new FILE, BELEIDSINFO_KEY_FILE). \
             If the columns named below are of no person, or are left out of the export, take the line away",
        );
    }
}

pub(super) fn unpivot(page: &mut Page, wide: &Wide) {
    page.line("\n[unpivot]");
    page.line(&format!("columns = {}", quoted(&wide.columns)));
    page.line(&format!("name    = {}", quoted(&wide.name)));
    page.line(&format!("value   = {}", quoted(&wide.value)));
    page.doubt(&format!(
        "unpivot: the {} columns {} hold the same for several years, so each becomes a record of its own with {} and {}; is it one figure in all of them?",
        wide.taken.len(),
        between(&wide.taken),
        quoted(&wide.name),
        quoted(&wide.value)
    ));
    if !wide.others.is_empty() {
        page.doubt(&format!(
            "unpivot: there are also columns {}; make the pattern wider and take the words apart with extract, or read them by a second source",
            wide.others.join(", ")
        ));
    }
}

fn between(names: &[String]) -> String {
    match names {
        [first, .., last] => format!("{} to {}", quoted(first), quoted(last)),
        _ => names.join(""),
    }
}

pub(super) fn decimal(page: &mut Page, columns: &[Column]) {
    let decimals = columns.iter().filter_map(|c| match c.kind {
        Kind::Decimal { point, comma } => Some((c, point, comma)),
        _ => None,
    });
    let decimals: Vec<_> = decimals.collect();
    if decimals.is_empty() {
        return;
    }
    let (point, comma) = decimals
        .iter()
        .fold((0, 0), |(p, c), (_, point, comma)| (p + point, c + comma));
    let sign = if comma > point {
        Decimal::Comma
    } else {
        Decimal::Point
    };
    page.line(if sign == Decimal::Comma {
        "decimal   = \",\""
    } else {
        "decimal   = \".\""
    });
    if point > 0 && comma > 0 {
        page.doubt(&format!(
            "decimal: {point} numbers plainly have a decimal point and {comma} a decimal comma"
        ));
    }
    if point + comma == 0 {
        let names: Vec<String> = decimals
            .iter()
            .map(|(c, ..)| format!("`{}`", c.name))
            .collect();
        page.doubt(&format!(
            "decimal: numbers such as 1,234 or 1.234 in {} read both ways, a thousandfold apart",
            names.join(", ")
        ));
    }
}

/// Up to which day the file is complete: tables of municipalities need it.
pub(super) fn complete_until(page: &mut Page, name: &str, fillings: &[Filling], setting: &Setting) {
    if setting.contract.tenant.is_none() {
        return;
    }
    if (0..name.len())
        .filter_map(|at| name.get(at..at + 10))
        .any(|day| day.parse::<NaiveDate>().is_ok())
    {
        page.line("complete_until = \"name\"");
        page.doubt("complete_until: the day in the file's name; is the file complete up to and with that day?");
        return;
    }
    let received = fillings.iter().find(|f| f.target.starts_with("received"));
    let filling = received.or_else(|| {
        fillings
            .iter()
            .find(|f| matches!(f.source.kind, Kind::Date(_)))
    });
    let latest = filling.and_then(|f| latest(f.source, setting.zone));
    match (filling, latest) {
        (Some(filling), Some(day)) => {
            page.line(&format!("complete_until = {day}"));
            page.doubt(&format!(
                "complete_until: the latest date in `{}`; ask up to which day the file is complete, or put the day in its name and write \"name\"",
                filling.source.name
            ));
        }
        _ => page.doubt("complete_until: write up to which day the file is complete, such as complete_until = 2024-12-31"),
    }
}

fn latest(column: &Column, zone: chrono_tz::Tz) -> Option<NaiveDate> {
    let Kind::Date(Dates { format, .. }) = &column.kind else {
        return None;
    };
    let reading = Reading::new(ColumnType::Date, format.as_deref(), Decimal::Point, zone);
    let days = column
        .values
        .iter()
        .filter_map(|(text, _)| match reading.read(text) {
            Some(Value::Date(days)) => Some(days),
            _ => None,
        });
    NaiveDate::from_epoch_days(days.max()?)
}

pub(super) fn placeholders(page: &mut Page, columns: &[Column]) {
    let mut found: Vec<(&str, usize, Vec<&str>)> = Vec::new();
    for column in columns {
        for (text, count) in &column.placeholders {
            match found.iter_mut().find(|(known, ..)| known == text) {
                Some(known) => {
                    known.1 += count;
                    known.2.push(&column.name);
                }
                None => found.push((text, *count, vec![&column.name])),
            }
        }
    }
    if found.is_empty() {
        return;
    }
    let texts: Vec<String> = found.iter().map(|(text, ..)| quoted(text)).collect();
    page.line(&format!("empty     = [{}]", texts.join(", ")));
    for (text, count, names) in &found {
        let names: Vec<String> = names.iter().take(5).map(|n| format!("`{n}`")).collect();
        page.remark(&format!(
            "empty: {} stands {count} times, in {}",
            quoted(text),
            names.join(", ")
        ));
    }
}
