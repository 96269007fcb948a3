//! suggest/layout: where the header stands in a delimited text or a sheet, what stands above it, and how its records end.

use std::collections::HashMap;

use crate::connector::Records;
use crate::connector::csv::{Dialect, Row, Splitter};
use crate::mapping::{Header, Ragged};

/// Records that are looked at.
const MOST_ROWS: usize = 1000;
/// More lines than this do not make one header.
const MOST_HEADER: usize = 3;

/// How the records lie in the text.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub header: Header,
    /// The columns' names, where those in the header cannot serve.
    pub names: Vec<String>,
    pub ragged: Ragged,
    pub comment: Option<String>,
    /// What is not sure.
    pub doubts: Vec<String>,
}

/// A record with its fields.
pub(super) struct Line {
    pub line: u64,
    count: usize,
    fields: Vec<String>,
}

impl Line {
    pub fn words(&self) -> Vec<String> {
        let fields = self.fields.iter().map(|field| field.trim().to_string());
        fields.collect()
    }

    fn filled(&self) -> usize {
        self.fields.iter().filter(|f| !f.trim().is_empty()).count()
    }
}

/// Of a delimited text; of lines that are comments the dialect learns.
pub(super) fn layout(text: &str, dialect: &mut Dialect) -> Layout {
    dialect.comment = comment(text, dialect);
    Layout {
        comment: dialect.comment.clone(),
        ..of(&records(text, dialect))
    }
}

/// The rows of a sheet that was read without a header.
pub(super) fn lines_of(records: &Records) -> Vec<Line> {
    let columns: Vec<_> = records
        .frame
        .columns()
        .iter()
        .filter_map(|column| column.str().ok())
        .collect();
    let fields = |row: usize| {
        let texts = columns.iter().map(move |column| column.get(row));
        texts.map(|text| text.unwrap_or_default().to_string())
    };
    let lines = records.places.iter().enumerate();
    lines
        .map(|(row, place)| Line {
            line: place.line,
            count: columns.len(),
            fields: fields(row).collect(),
        })
        .collect()
}

/// Of records that were cut already.
pub(super) fn of(records: &[Line]) -> Layout {
    let mut layout = Layout::default();
    let records = &records[..records.len().min(MOST_ROWS)];
    let Some(width) = common_width(records) else {
        return layout;
    };
    let fits = |r: &Line| r.count == width && (r.filled() * 2 > width || r.filled() > 2);
    let Some(first) = records.iter().position(fits) else {
        return layout;
    };
    let below: Vec<&Line> = records[first + 1..]
        .iter()
        .filter(|r| r.count == width)
        .collect();
    // What follows may still be header.
    let kinds = kinds(&below[(below.len() / 2).min(MOST_HEADER - 1)..], width);
    let votes = votes(&records[first], &kinds, &below);
    // Without any record below it, a line of names is a header and a line of values is none.
    let is_header = votes.for_it > votes.against
        || (votes.against == 0 && unlike_below(&records[first], &below));
    if is_header {
        header_lines(records, first, width, &kinds, &mut layout);
        if votes.for_it == 0 {
            layout.doubts.push(
                "header: all columns are text, so that this line is a header is a guess".into(),
            );
        }
    } else {
        names_above(records, first, width, &below, &mut layout);
    }
    endings(&records[first..], width, &mut layout);
    layout
}

/// Doubts about columns that have the name of one before them.
pub(super) fn twice(names: &[String]) -> Vec<String> {
    let of = |(at, name): (usize, &String)| {
        let again = names[..at].contains(name) && !name.is_empty();
        again.then(|| {
            format!(
                "column {} is called `{name}` like one before it: to use it, give all columns a name with `names`",
                at + 1
            )
        })
    };
    names.iter().enumerate().filter_map(of).collect()
}

/// Lines that begin with # and do not look like records.
fn comment(text: &str, dialect: &Dialect) -> Option<String> {
    let records = records(text, dialect);
    let width = common_width(&records)?;
    let marked: Vec<&Line> = records
        .iter()
        .filter(|r| r.fields[0].starts_with('#'))
        .collect();
    let first = records.iter().position(|r| r.count == width)?;
    let within = marked.iter().any(|r| r.line > records[first].line);
    (marked.len() + usize::from(within) > 1 && marked.iter().all(|r| r.count != width))
        .then(|| "#".into())
}

fn records(text: &str, dialect: &Dialect) -> Vec<Line> {
    let mut splitter = Splitter::new(text, dialect);
    let mut row = Row::default();
    let mut records = Vec::new();
    while records.len() < MOST_ROWS && matches!(splitter.next(&mut row), Ok(true)) {
        if row.stray && row.count != 1 && splitter.line_alone(&mut row) {
            splitter.resume_after(row.span.start, row.line);
        }
        if !row.is_blank(text) {
            records.push(Line {
                line: row.line,
                count: row.count,
                fields: row.fields(text).map(String::from).collect(),
            });
        }
    }
    records
}

/// The most common number of fields, the first seen where several are; one only where nothing else is there.
fn common_width(records: &[Line]) -> Option<usize> {
    let mut seen: HashMap<usize, (usize, usize)> = HashMap::new();
    for (at, record) in records.iter().enumerate() {
        seen.entry(record.count).or_insert((0, at)).0 += 1;
    }
    seen.iter()
        .max_by_key(|(width, (count, first))| (**width > 1, *count, usize::MAX - first))
        .map(|(width, _)| *width)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Date,
    Time,
}

/// What a field plainly is, if it is no text.
fn kind(field: &str) -> Option<Kind> {
    let field = field.trim();
    let digits = field.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    if field.bytes().all(|b| b.is_ascii_digit() || b == b':') && field.contains(':') {
        return Some(Kind::Time);
    }
    let day = field.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '-', '.']).collect();
    let short = |part: &&str| {
        !part.is_empty() && part.len() <= 4 && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let numbers = parts
        .iter()
        .filter(|p| p.bytes().all(|b| b.is_ascii_digit()))
        .count();
    if parts.len() == 3 && parts.iter().all(short) && numbers >= 2 && digits >= 4 {
        return Some(Kind::Date);
    }
    let number = field
        .trim_start_matches(['$', '€', '£', '-', '+', ' '])
        .trim_end_matches(['%', '€', ' ']);
    let only =
        |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\'' | '-' | 'E' | 'e');
    (number.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','))
        && number.chars().all(only))
    .then_some(Kind::Number)
}

/// Per column, what nearly all its fields are.
fn kinds(records: &[&Line], width: usize) -> Vec<Option<Kind>> {
    (0..width)
        .map(|at| {
            let filled: Vec<&str> = records
                .iter()
                .map(|r| r.fields[at].trim())
                .filter(|f| !f.is_empty())
                .collect();
            [Kind::Date, Kind::Time, Kind::Number]
                .into_iter()
                .find(|wanted| {
                    let count = filled.iter().filter(|f| kind(f) == Some(*wanted)).count();
                    !filled.is_empty() && count * 10 >= filled.len() * 8
                })
        })
        .collect()
}

struct Votes {
    for_it: usize,
    against: usize,
}

/// A header has text where its column has numbers or dates; years and small numbers may stand in it.
fn votes(record: &Line, kinds: &[Option<Kind>], below: &[&Line]) -> Votes {
    let mut votes = Votes {
        for_it: 0,
        against: 0,
    };
    for (field, column) in record.fields.iter().zip(kinds) {
        let own = kind(field);
        let year = field
            .trim()
            .parse::<u32>()
            .is_ok_and(|n| (1900..=2100).contains(&n));
        match (own, column) {
            (None, Some(_)) if !field.trim().is_empty() => votes.for_it += 1,
            (Some(own), Some(column)) if own == *column && !year => votes.against += 1,
            (Some(Kind::Date | Kind::Time), _) => votes.against += 1,
            (Some(_), _) if below.is_empty() && !year => votes.against += 1,
            _ => {}
        }
    }
    votes
}

/// Every field a name of its own that is no value of its column.
fn unlike_below(record: &Line, below: &[&Line]) -> bool {
    let names: Vec<&str> = record
        .fields
        .iter()
        .map(|f| f.trim())
        .filter(|f| !f.is_empty())
        .collect();
    let own = names
        .iter()
        .enumerate()
        .all(|(at, name)| !names[..at].contains(name));
    let repeated = record.fields.iter().enumerate().any(|(at, field)| {
        !field.trim().is_empty() && below.iter().any(|r| r.fields[at].trim() == field.trim())
    });
    own && !repeated
}

fn header_lines(
    records: &[Line],
    first: usize,
    width: usize,
    kinds: &[Option<Kind>],
    layout: &mut Layout,
) {
    let line = |at: usize| records[at].line as usize;
    let mut last = first;
    while last + 1 < records.len()
        && last + 1 - first < MOST_HEADER
        && records[last + 1].count == width
    {
        let votes = votes(&records[last + 1], kinds, &[]);
        if votes.for_it < 2 || votes.against > 0 {
            break;
        }
        last += 1;
    }
    layout.header = Header {
        first: line(first),
        last: line(last),
        named: false,
    };
    if last > first {
        layout.doubts.push(format!(
            "header: lines {} to {} are taken as one header, joined per column; if only the first names the columns, write header = {}",
            line(first),
            line(last),
            line(first)
        ));
    }
}

/// A first record that is no header: names are looked for in the line above it, whatever its width.
fn names_above(records: &[Line], first: usize, width: usize, below: &[&Line], layout: &mut Layout) {
    let above = first.checked_sub(1).map(|at| &records[at]);
    let names = above.and_then(|record| {
        let texts = |fields: &[String]| fields.iter().all(|f| kind(f).is_none());
        if record.count > 1 && record.count.abs_diff(width) <= 2 && texts(&record.fields) {
            return Some(record.fields.clone());
        }
        let split = [";", ",", "\t", "|", " "].into_iter().map(|d| {
            record.fields[0]
                .split(d)
                .map(|f| f.trim().trim_matches('"').to_string())
                .collect::<Vec<_>>()
        });
        split
            .into_iter()
            .find(|fields| record.count == 1 && fields.len() == width && texts(fields))
    });
    let (Some(mut names), Some(above)) = (names, above) else {
        layout.header = Header::NONE;
        layout.doubts.push(
            "header: the first line looks like a record, so the columns go by their place; give them names with `names`".into(),
        );
        return;
    };
    layout.header = Header::line(above.line as usize);
    let last_blank = |r: &&Line| r.fields[width - 1].trim().is_empty();
    if above.count + 1 == width && below.iter().all(last_blank) && last_blank(&&records[first]) {
        return;
    }
    let written = names.len();
    if written > width {
        names.retain(|name| !name.trim().is_empty());
    }
    names.truncate(width);
    for at in names.len()..width {
        names.push(format!("column {}", at + 1));
    }
    layout.doubts.push(format!(
        "names: line {} has {written} names where the records have {width} fields: compare each name with its column",
        above.line
    ));
    layout.names = names.into_iter().map(|n| n.trim().to_string()).collect();
}

/// Records with fewer or more fields.
fn endings(records: &[Line], width: usize, layout: &mut Layout) {
    let header = records.first().map_or(width, |r| r.count);
    let blank_after =
        |r: &&Line, from: usize| r.fields.iter().skip(from).all(|f| f.trim().is_empty());
    let named = layout.names.is_empty() && layout.header != Header::NONE;
    let longer = records
        .iter()
        .filter(|r| r.count > width)
        .collect::<Vec<_>>();
    let shorter = records.iter().filter(|r| r.count < width).count();
    let ends_on_delimiter = named
        && records.len() > 1
        && records[1..].iter().all(|r| blank_after(&r, width - 1))
        && width > 1;
    if ends_on_delimiter && header == width && layout.header.first < records[0].line as usize {
        layout.ragged = Ragged::Fill;
        layout.doubts.push("ragged: every record ends on a delimiter more than the header; \"fill\" drops that empty field".into());
        return;
    }
    if !longer.is_empty() && longer.iter().all(|r| blank_after(r, width)) {
        layout.ragged = Ragged::Fill;
        layout.doubts.push(format!(
            "ragged: {} of {} records have empty fields too many at their end; \"fill\" drops those",
            longer.len(),
            records.len()
        ));
    } else if longer.len() + shorter > 0 {
        layout.doubts.push(format!(
            "{} of {} records have more than {width} fields and {shorter} have fewer: they will be set apart (rule shape); where only the end of a \
             record was left out, write ragged = \"fill\"",
            longer.len(),
            records.len()
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Layout {
        let mut dialect = super::super::dialect::dialect(text).0;
        layout(text, &mut dialect)
    }

    #[test]
    fn preambles_headers_and_none() {
        for (text, header) in [
            ("a,b\nx,1\ny,2\n", (1, 1)),
            ("Rapport\n\nover 2024\na,b,c\nx,1,2\ny,2,2\n", (4, 4)),
            ("Rapport,,,\n,,,\na,b,c,d\nx,1,2,z\ny,2,3,z\n", (3, 3)),
            ("x,1\ny,2\n", (0, 0)),
            ("gemeente;2019;2020\nGent;10;20\nAalst;5;6\n", (1, 1)),
            (
                "bedrag;datum;naam\nEUR;van;x\n1;01/02/2024;y\n2;02/03/2024;z\n",
                (1, 2),
            ),
            ("a,b\n", (1, 1)),
        ] {
            let found = found(text);
            assert_eq!(
                (found.header.first, found.header.last),
                header,
                "{text:?} {found:?}"
            );
        }
    }

    #[test]
    fn names_that_do_not_fit_their_records() {
        let more = found("a,,b,c\n1,2,x\n2,3,y\n");
        assert_eq!(more.names, ["a", "b", "c"]);
        assert_eq!(more.header, Header::line(1));
        let fewer = found("a,bc\n1,2,x\n2,3,y\n");
        assert_eq!(fewer.names, ["a", "bc", "column 3"]);
        assert!(!fewer.doubts.is_empty());
    }

    #[test]
    fn comments_and_delimiters_at_the_end() {
        let text = "#x\n#y,z,u,v\na,b\n1,x\n2,y\n#\n";
        assert_eq!(found(text).comment.as_deref(), Some("#"));
        assert_eq!(found("#,naam\n1,x\n2,y\n").comment, None);
        let ends = found("a;b\n1;x;\n2;y;\n");
        assert_eq!(
            (ends.ragged, ends.names.len()),
            (Ragged::Fill, 0),
            "{ends:?}"
        );
    }
}
