//! suggest/place: where in an archive, a workbook or a tree the records probably are.

use beleidsinfo_warehouse::error::Result;

use super::layout::{self, Line};
use crate::connector::{self, decode, json, sheet, xml};
use crate::form::Form;
use crate::mapping::{Connector, Header, Mapping, RecordPath};
use crate::unpack::{Archive, is_spreadsheet};

/// Sheets that are looked at.
const MOST_SHEETS: usize = 30;
/// Others that a doubt names.
const SHOWN: usize = 6;
/// What files that hold records end on, the likeliest first.
const ENDINGS: [&str; 13] = [
    ".csv", ".tsv", ".xlsx", ".xls", ".ods", ".parquet", ".json", ".ndjson", ".jsonl", ".xml",
    ".xes", ".tab", ".txt",
];

/// Of an archive with several files the one to read, as a pattern, with the doubt.
pub(super) fn member(name: &str, bytes: &[u8]) -> Result<Option<(String, String)>> {
    if Form::of(bytes) != Some(Form::Zip) || is_spreadsheet(bytes) {
        return Ok(None);
    }
    let archive = Archive::open(name, bytes)?;
    let paths: Vec<&str> = archive.paths().collect();
    let likely = |path: &&&str| {
        let path = path.to_lowercase();
        let ending = ENDINGS.iter().position(|end| path.ends_with(end));
        ending.unwrap_or(ENDINGS.len())
    };
    Ok(match paths.iter().min_by_key(likely) {
        Some(best) if paths.len() > 1 => {
            let others = paths.iter().filter(|path| *path != best);
            let others = listed(others.map(|path| format!("`{path}`")).collect());
            Some((
                glob::Pattern::escape(best),
                format!("member: the archive also holds {others}"),
            ))
        }
        _ => None,
    })
}

/// Chooses the sheet with most rows, and finds the header in it.
pub(super) fn in_workbook(
    name: &str,
    bytes: &[u8],
    mapping: &mut Mapping,
    doubts: &mut Vec<String>,
) -> Result<()> {
    let sheets = sheet::sheets(name, bytes)?;
    let looked_at = sheets.len().min(MOST_SHEETS);
    let mut best: Vec<Line> = Vec::new();
    let mut found = Vec::new();
    mapping.header = Header::NONE;
    for sheet in &sheets[..looked_at] {
        mapping.sheet = Some(sheet.clone());
        let lines = layout::lines_of(&connector::read(name, bytes, mapping)?);
        found.push((sheet.clone(), lines.len()));
        if lines.len() > best.len() {
            best = lines;
        }
    }
    if sheets.len() > looked_at {
        doubts.push(format!(
            "sheet: only the first {looked_at} of {} were looked at",
            sheets.len()
        ));
    }
    mapping.sheet = choose("sheet", "rows", found, doubts).filter(|_| sheets.len() > 1);
    let layout = layout::of(&best);
    mapping.header = layout.header;
    mapping.names = layout.names;
    doubts.extend(layout.doubts);
    if layout.header.first == layout.header.last
        && let Some(header) = best.iter().find(|l| l.line == layout.header.first as u64)
    {
        doubts.extend(layout::twice(&header.words()));
    }
    Ok(())
}

/// Chooses where in a tree the records are, if the file leaves doubt.
pub(super) fn in_tree(
    name: &str,
    bytes: &[u8],
    mapping: &mut Mapping,
    doubts: &mut Vec<String>,
) -> Result<()> {
    let places = match mapping.connector {
        Connector::Json => {
            json::places(name, &decode::decode(name, bytes, &mapping.encoding)?)?.map(outermost)
        }
        Connector::Xml => {
            xml::places(name, &xml::decode(name, bytes, &mapping.encoding)?)?.map(repeating)
        }
        _ => None,
    };
    let Some(places) = places else {
        return Ok(());
    };
    let path = choose("records", "records", places, doubts);
    if path.as_deref() == Some("$.*") {
        doubts.push(
            "records: what each member of the file is called comes into no column; if that matters, have the source write it into the record".into(),
        );
    }
    mapping.records = path.as_deref().and_then(RecordPath::parse);
    Ok(())
}

/// A list within a list holds parts of records; the document may also be one record.
fn outermost(places: Vec<(String, usize)>) -> Vec<(String, usize)> {
    let inner = |path: &str| path.matches("[*]").count() > 1;
    let all_inner = places.iter().all(|(path, _)| inner(path));
    let mut places = places;
    places.retain(|(path, _)| all_inner || !inner(path));
    places.push(("$".into(), 1));
    places
}

/// What stands there once holds the records, unless nothing repeats.
fn repeating(mut places: Vec<(String, usize)>) -> Vec<(String, usize)> {
    if places.iter().any(|(_, count)| *count > 1) {
        places.retain(|(_, count)| *count > 1);
    }
    places
}

/// The place with most records, the first of several; the others are a doubt.
fn choose(
    key: &str,
    what: &str,
    places: Vec<(String, usize)>,
    doubts: &mut Vec<String>,
) -> Option<String> {
    let most = places.iter().map(|(_, count)| *count).max()?;
    let best = places.iter().position(|(_, count)| *count == most)?;
    let others: Vec<String> = places
        .iter()
        .enumerate()
        .filter(|(at, _)| *at != best)
        .map(|(_, (place, count))| format!("`{place}` ({count})"))
        .collect();
    let (place, _) = &places[best];
    if !others.is_empty() {
        doubts.push(format!(
            "{key}: `{place}` was taken for its {most} {what}; there are also {}",
            listed(others)
        ));
    }
    Some(place.clone())
}

fn listed(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}
