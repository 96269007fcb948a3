//! suggest/write: the mapping as text. Each line that somebody must look at is followed by why, marked DOUBT.

use std::fmt::Write;

use beleidsinfo_warehouse::contract::{ColumnType, Contract, Visibility};
use chrono::NaiveDate;

use super::fit::{ALIKE, Filling, TRACE, fit};
use super::personal::{Personal, is_of_a_person};
use super::profile::{Column, Dates, Kind};
use super::wide::Wide;
use super::words::code;
use super::{Setting, Sniffed, Suggestion};
use crate::connector::Records;
use crate::mapping::{Connector, Decimal, Header, Mapping, Ragged};
use crate::value::{Reading, Value};

/// From where on names are so alike that nobody need look.
const SURE: f64 = 0.8;

struct Page {
    text: String,
    doubts: usize,
    /// Records that were looked at.
    records: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn doubt(&mut self, doubt: &str) {
        self.doubts += 1;
        self.line(&format!("# DOUBT {}", doubt.replace(['\n', '\r'], " ")));
    }

    fn remark(&mut self, remark: &str) {
        self.line(&format!("# {}", remark.replace(['\n', '\r'], " ")));
    }
}

pub(super) fn write(
    name: &str,
    connector: &str,
    sniffed: &Sniffed,
    records: &Records,
    columns: &[Column],
    wide: Option<Wide>,
    setting: &Setting,
) -> Suggestion {
    let fillings = fit(columns, setting.contract, setting.regions);
    let mut page = Page {
        text: String::new(),
        doubts: 0,
        records: records.places.len(),
    };
    page.line(&format!("connector = {}", quoted(connector)));
    page.line(&format!("location  = {}", quoted(setting.location)));
    reading(&mut page, sniffed);
    decimal(&mut page, columns);
    complete_until(&mut page, name, &fillings, setting);
    placeholders(&mut page, columns);
    personal(&mut page, columns);
    if is_log(columns) && sniffed.mapping.connector != Connector::Xes {
        page.line(&format!("trace     = {}", quoted(TRACE)));
    }
    if let Some(wide) = &wide {
        unpivot(&mut page, wide);
    }
    page.line("\n[[tables]]");
    page.line(&format!("name = {}", quoted(&setting.contract.name)));
    if is_log(columns) {
        let numbered = setting.contract.key.iter().any(|k| k == "event_no");
        let rows = if numbered { "event" } else { "trace" };
        page.line(&format!("rows = \"{rows}\""));
    }
    page.line("[tables.columns]");
    table(&mut page, columns, &fillings, wide.as_ref(), setting);
    left_over(&mut page, columns, &fillings);

    let read = records.read();
    let head = format!(
        "# A first mapping of {name} onto table {}, from {}{read} records and {} columns. Nothing in it is guessed again.\n\
         # Settle every line marked DOUBT ({}) and take the mark away. Then: beleidsinfo pull {id}, beleidsinfo check {id}.\n",
        setting.contract.name,
        if sniffed.partly { "its first " } else { "" },
        columns.len(),
        page.doubts,
        id = setting.id,
    );
    Suggestion {
        toml: head + &page.text,
        doubts: page.doubts,
    }
}

/// The keys by which the file is read.
fn reading(page: &mut Page, sniffed: &Sniffed) {
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

/// Whether each record is an event of a case.
fn is_log(columns: &[Column]) -> bool {
    columns.iter().any(|column| column.name == TRACE)
}

/// Whether the file holds persons, so that its bytes must be sealed.
fn personal(page: &mut Page, columns: &[Column]) {
    if columns.iter().any(|column| column.personal.is_some()) {
        page.line("personal  = true");
        page.doubt(
            "personal: persons seem to be in the file, so what is kept of it is sealed; needs a key file (beleidsinfo keys new FILE, BELEIDSINFO_KEY_FILE). \
             If the columns named below are of no person, or are left out of the export, take the line away",
        );
    }
}

fn unpivot(page: &mut Page, wide: &Wide) {
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

fn decimal(page: &mut Page, columns: &[Column]) {
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
fn complete_until(page: &mut Page, name: &str, fillings: &[Filling], setting: &Setting) {
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

fn placeholders(page: &mut Page, columns: &[Column]) {
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

fn table(
    page: &mut Page,
    columns: &[Column],
    fillings: &[Filling],
    wide: Option<&Wide>,
    setting: &Setting,
) {
    let contract = setting.contract;
    for (target, promised) in &contract.columns {
        if let Some(filling) = fillings.iter().find(|f| f.target == target) {
            fill(page, filling, wide, contract, setting);
            continue;
        }
        if promised.visibility == Visibility::Personal {
            pseudonym(page, target, columns);
            continue;
        }
        let moment = target.strip_suffix("_on").map(|m| format!("{m}_at"));
        let derived = fillings.iter().any(|f| Some(f.target) == moment.as_deref());
        let needed = promised.required
            || contract.key.contains(target)
            || contract.tenant.as_ref() == Some(target);
        if !needed || derived {
            continue;
        }
        match (target.as_str(), setting.municipality) {
            ("system", _) => {
                page.line(&format!("system = {{ const = {} }}", quoted(setting.id)));
                page.remark("system: in which system the case numbers are unique; keep it when the connector changes");
            }
            ("period_kind", _)
                if fillings
                    .iter()
                    .any(|f| f.target == "period_start" && f.source.is_year()) =>
            {
                page.line("period_kind = { const = \"year\" }");
            }
            ("event_no", _) if is_log(columns) => {
                page.line("event_no = { ordinal = \"trace\" }");
            }
            ("municipality_code", Some(code)) => {
                page.line(&format!(
                    "municipality_code = {{ const = {} }}",
                    quoted(code)
                ));
                page.doubt("municipality_code: the file has no column with NIS codes; are all its rows of this municipality?");
            }
            _ if promised
                .codes
                .as_ref()
                .is_some_and(|c| c.iter().any(|c| c == "unknown")) =>
            {
                page.line(&format!("{target} = {{ const = \"unknown\" }}"));
                page.doubt(&format!(
                    "{target}: no column found for it ({})",
                    promised.meaning.en
                ));
            }
            _ => {
                page.doubt(&format!(
                    "{target} must be filled and no column was found for it ({}); write a constant, or the column it stands in:",
                    promised.meaning.en
                ));
                page.line(&format!("# {target} = {{ const = \"…\" }}"));
            }
        }
    }
}

/// One column of the table with what fills it.
fn fill(
    page: &mut Page,
    filling: &Filling,
    wide: Option<&Wide>,
    contract: &Contract,
    setting: &Setting,
) {
    let Filling { target, source, .. } = filling;
    let promised = &contract.columns[*target];
    let from = quoted(&source.name);
    let doubt_of = |text: String| format!("{target}: {text}");
    match (&source.kind, &promised.codes) {
        (Kind::Date(dates), _) => dated(page, filling, dates),
        (Kind::Integer, _) if promised.kind == ColumnType::Date => {
            let worded = wide.is_some_and(|wide| wide.worded && wide.name == source.name);
            let extract = if worded {
                ", extract = \"[0-9]{4}\""
            } else {
                ""
            };
            page.line(&format!(
                "{target} = {{ from = {from}{extract}, format = \"%Y\" }}"
            ));
            page.remark(&format!("{target}: a year stands for its first day"));
        }
        (_, Some(codes)) => coded(page, target, source, codes),
        (_, None) => {
            page.line(&format!("{target} = {from}"));
            let named = promised.lookup.as_ref().map(|l| l.table.as_str());
            if named == Some("regions") {
                let known: usize = source
                    .values
                    .iter()
                    .filter(|(t, _)| setting.regions.contains(t))
                    .map(|(_, n)| n)
                    .sum();
                let told = format!(
                    "{target}: {known} of {} are codes of municipalities, present or past",
                    source.filled
                );
                if known == source.filled {
                    page.remark(&told);
                } else {
                    page.doubt(&format!(
                        "{told}; are the others to be left out with `where`?"
                    ));
                }
            }
            if promised.kind == ColumnType::Bool && source.kind != Kind::Truth {
                page.doubt(&doubt_of("neither true nor false as they are written: add map = { \"…\" = \"true\", \"…\" = \"false\" }".into()));
            }
        }
    }
    let needed = promised.required || contract.key.iter().any(|k| k == target);
    let absent = page.records.saturating_sub(source.filled);
    if needed && absent > 0 {
        page.doubt(&doubt_of(format!(
            "must be filled, and {absent} of {} records have nothing there",
            page.records
        )));
    }
    let chosen = match filling.likeness {
        ..ALIKE => "was chosen by what stands in it, not by its name",
        ..SURE => "was chosen because part of its name says so",
        _ => "",
    };
    if !chosen.is_empty() {
        page.doubt(&doubt_of(format!("`{}` {chosen}", source.name)));
    }
    if !filling.rivals.is_empty() {
        let rivals: Vec<String> = filling
            .rivals
            .iter()
            .take(4)
            .map(|r| format!("`{r}`"))
            .collect();
        page.doubt(&doubt_of(format!("could also be {}", rivals.join(", "))));
    }
}

fn dated(page: &mut Page, filling: &Filling, dates: &Dates) {
    let Filling { target, source, .. } = filling;
    let from = quoted(&source.name);
    match &dates.format {
        None => page.line(&format!("{target} = {from}")),
        Some(format) => page.line(&format!(
            "{target} = {{ from = {from}, format = {} }}",
            quoted(format)
        )),
    }
    let all = source.filled;
    if dates.read < all {
        page.doubt(&format!(
            "{target}: {} of {all} values are no such date and will be rejected",
            all - dates.read
        ));
    }
    if let (Some((other, both)), Some(format)) = (&dates.swapped, &dates.format) {
        let (first, second) = order(format);
        let read = dates.read;
        if *both == read {
            page.doubt(&format!(
                "{target}: all {read} dates parse both as {first} and as {second}; {first} was taken: ask the source"
            ));
        } else {
            page.doubt(&format!(
                "{target}: {both} of {read} dates parse both as {first} and as {second}; the other {} parse only as {first}, so format = {} would give \
                 wrong months in silence: are all of them {first}?",
                read - both,
                quoted(other)
            ));
        }
    }
}

fn order(format: &str) -> (&'static str, &'static str) {
    if format.find("%d") < format.find("%m") {
        ("day/month", "month/day")
    } else {
        ("month/day", "day/month")
    }
}

fn coded(page: &mut Page, target: &str, source: &Column, codes: &[String]) {
    let known: Vec<(&String, &String)> = source
        .values
        .iter()
        .filter_map(|(text, _)| Some((text, code(text, codes)?)))
        .collect();
    let unknown: Vec<&(String, usize)> = source
        .values
        .iter()
        .filter(|(text, _)| code(text, codes).is_none())
        .collect();
    let mut line = format!("{target} = {{ from = {}", quoted(&source.name));
    if known.iter().any(|(text, code)| text != code) || (!unknown.is_empty() && !known.is_empty()) {
        let pairs: Vec<String> = known
            .iter()
            .map(|(text, code)| format!("{} = {}", quoted(text), quoted(code)))
            .collect();
        let _ = write!(
            line,
            ", map = {{ {} }}, other = \"reject\"",
            pairs.join(", ")
        );
    }
    line.push_str(" }");
    page.line(&line);
    if !unknown.is_empty() {
        let shown: Vec<String> = unknown
            .iter()
            .filter(|(text, _)| !is_of_a_person(text))
            .take(12)
            .map(|(text, n)| format!("{} ({n})", quoted(text)))
            .collect();
        page.doubt(&format!(
            "{target}: no code known for {}{}; add each to map = {{ … }} with one of {}, or it is rejected",
            shown.join(", "),
            if unknown.len() > 12 { " and more" } else { "" },
            codes.join(", ")
        ));
    }
}

/// A personal column of the table, from the source column that tells persons apart best.
fn pseudonym(page: &mut Page, target: &str, columns: &[Column]) {
    let best = columns
        .iter()
        .filter(|c| matches!(c.personal, Some(Personal::NationalNumber | Personal::Email)));
    if let Some(column) = best.min_by_key(|c| c.personal) {
        let kind = match column.personal {
            Some(Personal::NationalNumber) => "\"insz\"",
            _ => "true",
        };
        page.line(&format!(
            "{target} = {{ from = {}, pseudonym = {kind} }}",
            quoted(&column.name)
        ));
        page.doubt(&format!(
            "{target}: personal, so only its pseudonym is kept. Leave it out if nobody counts persons"
        ));
    }
}

fn left_over(page: &mut Page, columns: &[Column], fillings: &[Filling]) {
    let used = |c: &Column| fillings.iter().any(|f| f.source.name == c.name);
    let (personal, rest): (Vec<&Column>, Vec<&Column>) = columns
        .iter()
        .filter(|c| !used(c))
        .partition(|c| c.personal.is_some());
    if !personal.is_empty() {
        page.line("");
        page.remark("Possibly personal, so not mapped as they are. Best left out of the export: `pull` keeps the whole file.");
        for column in personal {
            let what = column.personal.map_or("", Personal::what);
            page.remark(&format!("- {}: {what}", quoted(&column.name)));
        }
    }
    if !rest.is_empty() {
        page.line("");
        page.remark("Not used:");
        for column in rest {
            let what = match &column.kind {
                Kind::Empty => "nothing in it".into(),
                kind => format!(
                    "{}, {} filled, {} different",
                    kind_name(kind),
                    column.filled,
                    column.values.len()
                ),
            };
            page.remark(&format!("- {}: {what}", quoted(&column.name)));
        }
    }
}

fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Empty => "empty",
        Kind::Date(dates) if dates.moment => "moments",
        Kind::Date(_) => "dates",
        Kind::Integer => "whole numbers",
        Kind::Decimal { .. } => "numbers",
        Kind::Truth => "true or false",
        Kind::Text => "text",
    }
}

/// A text on one line, as TOML and JSON both write it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
