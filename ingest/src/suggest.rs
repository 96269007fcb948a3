//! suggest: a first mapping for a file that nobody described yet. What was sniffed becomes text in the mapping, with the
//! doubts as comments; nothing is guessed again when the mapping is used.

mod dialect;
mod encoding;
mod fit;
mod layout;
mod personal;
mod place;
mod profile;
mod wide;
mod words;
mod write;

use std::collections::HashSet;

use beleidsinfo_warehouse::contract::Contract;
use beleidsinfo_warehouse::error::{Doing, Error, Result};
use chrono_tz::Tz;

use crate::connector::{self, Records, csv::Splitter, csv::header, decode};
use crate::form::Form;
use crate::mapping::{Connector, Mapping};
use crate::unpack::unpack;
use profile::{Column, profile};
use wide::Wide;

/// Of a longer text this much is looked at.
const SAMPLE_BYTES: usize = 8 * 1024 * 1024;

/// What a suggestion rests on besides the file.
pub struct Setting<'a> {
    /// What the mapping is to be called.
    pub id: &'a str,
    /// As it will stand in the mapping.
    pub location: &'a str,
    pub contract: &'a Contract,
    /// Codes of municipalities, present and past.
    pub regions: &'a HashSet<String>,
    /// Names of places, in small letters: a column of them is not one of persons.
    pub places: &'a HashSet<String>,
    /// The municipality whose project it is, where there is but one.
    pub municipality: Option<&'a str>,
    pub zone: Tz,
}

/// A mapping as text, and how many of its lines are in doubt.
pub struct Suggestion {
    pub toml: String,
    pub doubts: usize,
}

/// Looks at a file, packed or not, and writes a first mapping of it onto one table. Values of columns that look personal
/// are in neither the mapping nor the error.
///
/// Errors: a file that no connector reads, or that breaks one of the limits.
pub fn suggest(name: &str, bytes: &[u8], setting: &Setting) -> Result<Suggestion> {
    let member = place::member(name, bytes)?;
    let pattern = member.as_ref().map(|(pattern, _)| pattern.as_str());
    let unpacked = unpack(name, bytes, pattern)?;
    let (name, bytes) = (unpacked.name.as_str(), &*unpacked.bytes);
    let connector = connector_of(name, bytes)?;
    let (mut sniffed, records) = look(name, bytes, connector)?;
    if let Some((pattern, doubt)) = member {
        sniffed.mapping.member = Some(pattern);
        sniffed.doubts.insert(0, doubt);
    }
    let (columns, wide) = columns(name, &records, setting)?;
    Ok(write::write(
        name, connector, &sniffed, &records, &columns, wide, setting,
    ))
}

/// Finds how the file is read, and reads it.
fn look(name: &str, bytes: &[u8], connector: &str) -> Result<(Sniffed, Records)> {
    if connector == "csv" {
        let sniffed = sniff(name, bytes)?;
        let records = connector::csv::read(name, sniffed.text.clone(), &sniffed.mapping)?;
        return Ok((sniffed, records));
    }
    let mut mapping: Mapping = toml::from_str(&format!(
        "connector = \"{connector}\"\nlocation = \"\"\ntables = []"
    ))
    .map_err(|cause| {
        Error::input(format!("{name} is {connector}, which is not read yet")).because(cause)
    })?;
    mapping.every = true;
    let mut encoding = None;
    if matches!(mapping.connector, Connector::Json | Connector::Ndjson) {
        let found = encoding::encoding(bytes);
        mapping.encoding.clone_from(&found.label);
        encoding = Some(found);
    }
    let mut doubts = Vec::new();
    if mapping.connector == Connector::Sheet {
        place::in_workbook(name, bytes, &mut mapping, &mut doubts)?;
    } else {
        place::in_tree(name, bytes, &mut mapping, &mut doubts)?;
    }
    let records = connector::read(name, bytes, &mapping)?;
    let sniffed = Sniffed {
        text: String::new(),
        partly: false,
        mapping,
        encoding,
        doubts,
    };
    Ok((sniffed, records))
}

/// The connector for a file, by its first bytes and then by its name.
fn connector_of(name: &str, bytes: &[u8]) -> Result<&'static str> {
    let lower = name.to_lowercase();
    let plain = [".gz", ".zst"].iter().fold(lower.as_str(), |name, end| {
        name.strip_suffix(end).unwrap_or(name)
    });
    let ends = |end: &str| plain.ends_with(end);
    let text: &[u8] = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    Ok(match Form::of(bytes) {
        Some(Form::Parquet) => "parquet",
        Some(Form::Arrow) => "arrow",
        Some(Form::Zip) if ends(".ods") => "ods",
        Some(Form::Zip) if ends(".xlsb") => "xlsb",
        Some(Form::Zip) => "xlsx",
        Some(Form::Compound) => "xls",
        Some(other) => {
            return Err(Error::input(format!(
                "{name} is {}, and no connector reads that",
                other.name()
            ))
            .hint("unpack it, or ask for another form: delimited text, a spreadsheet, JSON, XML or Parquet"));
        }
        _ if ends(".xes") => "xes",
        _ if is_web_page(text) => {
            return Err(
                Error::input(format!("{name} is a web page, and no connector reads that")).hint(
                    "a file named .xls is often one: open it in a spreadsheet program and save it as xlsx",
                ),
            );
        }
        _ if text.starts_with(b"@prefix") || text.starts_with(b"<http") => {
            return Err(
                Error::input(format!("{name} is RDF, and no connector reads that"))
                    .hint("ask for the same as CSV or JSON"),
            );
        }
        _ if text.starts_with(b"<") && text.windows(4).take(2000).any(|w| w == b"<log") => "xes",
        _ if text.starts_with(b"<") => "xml",
        _ if ends(".ndjson") || ends(".jsonl") || is_json_lines(text) => "ndjson",
        _ if ends("json") || ends(".jsonld") || is_json(text) => "json",
        _ if bytes.is_empty() => {
            return Err(Error::input(format!("{name} is empty")).hint("fetch the file again"));
        }
        _ => "csv",
    })
}

fn is_web_page(text: &[u8]) -> bool {
    let begins = |with: &str| {
        text.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
    };
    begins("<!doctype html") || begins("<html")
}

/// A list or object opens, and what comes next may stand in it.
fn is_json(text: &[u8]) -> bool {
    let inside = |open: u8| {
        let rest = text.strip_prefix(&[open])?.trim_ascii_start();
        rest.first().copied()
    };
    matches!(inside(b'{'), Some(b'"' | b'}')) || matches!(inside(b'['), Some(b'{' | b'[' | b']'))
}

/// The first line is an object, and another begins on the next.
fn is_json_lines(text: &[u8]) -> bool {
    let mut lines = text
        .split(|b| *b == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|line| !line.is_empty());
    let first = lines
        .next()
        .is_some_and(|l| is_json(l) && l.ends_with(b"}"));
    first && lines.next().is_some_and(|line| line.starts_with(b"{"))
}

/// What was found out about how a file is read.
pub(crate) struct Sniffed {
    /// Of delimited text the first part of the file.
    pub text: String,
    /// The file is longer.
    pub partly: bool,
    /// How it is read; it fills no table.
    pub mapping: Mapping,
    /// Where the mapping must say it.
    encoding: Option<encoding::Found>,
    pub doubts: Vec<String>,
}

/// Finds encoding, dialect and layout of delimited text.
///
/// Errors: an empty file, or text that the encoding found does not fit.
pub(crate) fn sniff(name: &str, bytes: &[u8]) -> Result<Sniffed> {
    let partly = bytes.len() > SAMPLE_BYTES;
    let mut sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let found = encoding::encoding(sample);
    if partly && !found.label.starts_with("utf-16") {
        let end = sample.iter().rposition(|b| matches!(b, b'\n' | b'\r'));
        sample = &sample[..end.map_or(sample.len(), |at| at + 1)];
    }
    let text = decode::decode(name, sample, &found.label)?;
    if text.trim().is_empty() {
        return Err(Error::input(format!("{name} is empty")).hint("fetch the file again"));
    }
    let (mut dialect, share) = dialect::dialect(&text);
    let layout = layout::layout(&text, &mut dialect);
    let mut doubts = Vec::new();
    if share < 0.8 && text.lines().nth(1).is_some() {
        doubts.push(format!(
            "delimiter: only {:.0} % of the first records have the same number of fields: look whether it is another",
            share * 100.0
        ));
    }
    doubts.extend(layout.doubts);
    let mapping = Mapping {
        encoding: found.label.clone(),
        delimiter: dialect.delimiter,
        quote: dialect.quote,
        escape: dialect.escape,
        comment: layout.comment,
        header: layout.header,
        names: layout.names,
        ragged: layout.ragged,
        every: true,
        ..Mapping::csv()
    };
    let again = connector::csv::Dialect::of(&mapping);
    let names = header(name, &text, &mut Splitter::new(&text, &again), &mapping)?;
    doubts.extend(layout::twice(&names));
    Ok(Sniffed {
        text,
        partly,
        mapping,
        encoding: Some(found),
        doubts,
    })
}

/// The columns as the tables will see them: those that hold the same for several years are two, one of years and one of
/// values. What holds only the text of its own parts is left out.
fn columns(
    name: &str,
    records: &Records,
    setting: &Setting,
) -> Result<(Vec<Column>, Option<Wide>)> {
    let all = records.frame.columns();
    let names: Vec<&str> = all.iter().map(|column| column.name().as_str()).collect();
    let texts = |column: &polars::prelude::Column| {
        let texts = column
            .str()
            .reading(|| format!("cannot look at the columns of {name}"))?;
        Ok(texts.clone())
    };
    let made = |name: &str, texts: &mut dyn Iterator<Item = &str>| {
        profile(name, texts, setting.zone, setting.places)
    };
    let is_whole = |name: &str| {
        let part = format!("{name}.");
        names.iter().any(|other| other.starts_with(&part))
    };
    let mut wide = Wide::of(&names);
    let mut columns = Vec::new();
    if let Some(found) = &wide {
        let taken: Vec<_> = all
            .iter()
            .filter(|column| found.taken.iter().any(|taken| column.name() == taken))
            .map(|column| Ok((wide::year(column.name()), texts(column)?)))
            .collect::<Result<_>>()?;
        let cells = || {
            taken
                .iter()
                .flat_map(|(year, texts)| texts.iter().flatten().map(move |text| (*year, text)))
                .filter(|(_, text)| !text.trim().is_empty())
        };
        let values = made(&found.value, &mut cells().map(|(_, text)| text));
        if values.is_number() {
            columns.push(made(&found.name, &mut cells().filter_map(|(year, _)| year)));
            columns.push(values);
        } else {
            wide = None;
        }
    }
    let taken = wide.as_ref().map_or(&[][..], |wide| wide.taken.as_slice());
    for column in all {
        let own = column.name().as_str();
        if !is_whole(own) && !taken.iter().any(|taken| taken == own) {
            columns.push(made(own, &mut texts(column)?.iter().flatten()));
        }
    }
    Ok((columns, wide))
}

#[cfg(test)]
mod tests;
