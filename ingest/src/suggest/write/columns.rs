//! write/columns: the columns of the table, each with what fills it and what is not sure about that.

use std::fmt::Write;

use beleidsinfo_warehouse::contract::{ColumnType, Contract, Visibility};

use super::{Page, is_log, quoted};
use crate::suggest::Setting;
use crate::suggest::fit::{ALIKE, Filling};
use crate::suggest::personal::{Personal, is_of_a_person};
use crate::suggest::profile::{Column, Dates, Kind};
use crate::suggest::wide::Wide;
use crate::suggest::words::code;

/// From where on names are so alike that nobody need look.
const SURE: f64 = 0.8;

pub(super) fn table(
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
