//! connector/csv/split: cuts delimited text into records and fields, by a dialect; every record keeps its exact place.
//!
//! Lenient where exports are: a quote counts only where a field begins with it, and such a field ends at a quote before a
//! delimiter or line end. A quote elsewhere is text, and the record says that it had one (`stray`).

use std::ops::Range;

use memchr::{memchr2, memchr3};

use crate::limits::Limit;
use crate::mapping::Mapping;

const MOST_CELL: usize = Limit::CellBytes.most() as usize;
const MOST_RECORD: usize = Limit::RecordBytes.most() as usize;
/// A record may have more fields; they are counted and not kept.
pub(crate) const MOST_COLUMNS: usize = Limit::Columns.most() as usize;

/// How delimited text is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// One or more signs, never empty.
    pub delimiter: String,
    pub quote: Option<u8>,
    pub escape: Option<u8>,
    pub comment: Option<String>,
}

impl Dialect {
    pub fn of(mapping: &Mapping) -> Self {
        Self {
            delimiter: mapping.delimiter.clone(),
            quote: mapping.quote,
            // A quote that escapes itself is a doubled quote.
            escape: mapping.escape.filter(|e| mapping.quote != Some(*e)),
            comment: mapping.comment.clone(),
        }
    }
}

/// One record, its memory used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Row {
    cells: Vec<Cell>,
    /// All fields, those beyond [`MOST_COLUMNS`] too, which are not kept.
    pub count: usize,
    /// Fields that are not in the text as they are, because quotes or escapes were taken out.
    unescaped: String,
    /// Where the record stands in the text, without its line end.
    pub span: Range<usize>,
    /// 1-based line it starts on.
    pub line: u64,
    /// A quoted field had a quote where none belongs, or did not end.
    pub stray: bool,
    /// The last field began with a quote and did not end.
    pub open: bool,
}

#[derive(Debug)]
enum Cell {
    Plain(Range<usize>),
    Unescaped(Range<usize>),
}

impl Row {
    /// The field at this place, from 0; the text is the one it was cut from.
    pub fn get<'a>(&'a self, at: usize, text: &'a str) -> Option<&'a str> {
        Some(match self.cells.get(at)? {
            Cell::Plain(range) => &text[range.clone()],
            Cell::Unescaped(range) => &self.unescaped[range.clone()],
        })
    }

    pub fn fields<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a str> {
        (0..self.cells.len()).filter_map(move |at| self.get(at, text))
    }

    /// Nothing but delimiters and white space.
    pub fn is_blank(&self, text: &str) -> bool {
        self.fields(text).all(|field| field.trim().is_empty())
    }

    fn clear(&mut self) {
        self.cells.clear();
        self.count = 0;
        self.unescaped.clear();
        (self.stray, self.open) = (false, false);
    }

    fn push(&mut self, cell: Cell) {
        self.count += 1;
        if self.cells.len() < MOST_COLUMNS {
            self.cells.push(cell);
        }
    }
}

/// Walks through a text, record by record.
#[derive(Debug, Clone)]
pub(crate) struct Splitter<'t> {
    text: &'t str,
    dialect: &'t Dialect,
    at: usize,
    line: u64,
}

impl<'t> Splitter<'t> {
    pub fn new(text: &'t str, dialect: &'t Dialect) -> Self {
        Self {
            text,
            dialect,
            at: 0,
            line: 1,
        }
    }

    /// Where the next record is looked for: a place in the text and its line.
    pub fn position(&self) -> (usize, u64) {
        (self.at, self.line)
    }

    /// Goes on at the start of this line.
    pub fn skip_to_line(&mut self, line: u64) {
        while self.line < line && self.at < self.text.len() {
            self.skip_line();
        }
    }

    /// Goes on at the line after the one that has this place.
    pub fn resume_after(&mut self, place: usize, line: u64) {
        (self.at, self.line) = (place, line);
        self.skip_line();
    }

    /// Reads the first line of this record again, as if the text ended with it; whether there was more than one line.
    pub fn line_alone(&self, row: &mut Row) -> bool {
        let (start, line) = (row.span.start, row.line);
        let Some(length) = self.text[row.span.clone()].find(['\n', '\r']) else {
            return false;
        };
        let mut alone = Splitter {
            text: &self.text[..start + length],
            dialect: self.dialect,
            at: start,
            line,
        };
        matches!(alone.next(row), Ok(true))
    }

    /// Reads the next record into `row`; `false` at the end. Empty lines and comment lines are no records.
    ///
    /// Errors: the limit that the record goes over; `row` then says where it begins.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, Limit> {
        row.clear();
        self.skip_empty();
        if self.at >= self.text.len() {
            return Ok(false);
        }
        let bytes = self.text.as_bytes();
        let start = self.at;
        row.line = self.line;
        loop {
            let from = self.at;
            let quoted =
                self.dialect.quote.is_some() && bytes.get(from) == self.dialect.quote.as_ref();
            let end = if quoted {
                self.quoted(row)
            } else {
                self.plain(row)
            };
            let over = if end - from > MOST_CELL {
                Some(Limit::CellBytes)
            } else {
                (end - start > MOST_RECORD).then_some(Limit::RecordBytes)
            };
            if let Some(limit) = over {
                row.span = start..end;
                return Err(limit);
            }
            self.at = end;
            if self.text[end..].starts_with(&self.dialect.delimiter) {
                self.at += self.dialect.delimiter.len();
                continue;
            }
            row.span = start..end;
            self.line += count_lines(&self.text[start..end]);
            self.line_end();
            return Ok(true);
        }
    }

    /// A field without quotes; answers where it ends.
    fn plain(&self, row: &mut Row) -> usize {
        let bytes = self.text.as_bytes();
        let delimiter = self.dialect.delimiter.as_bytes();
        let (start, mut at) = (self.at, self.at);
        let mut kept: Option<usize> = None;
        loop {
            if at - start > MOST_CELL {
                break;
            }
            let stop =
                memchr3(delimiter[0], b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |n| at + n);
            if let Some(escape) = self.dialect.escape
                && let Some(n) = memchr::memchr(escape, &bytes[at..stop])
            {
                let unescaped = *kept.get_or_insert_with(|| {
                    let from = row.unescaped.len();
                    row.unescaped.push_str(&self.text[start..at]);
                    from
                });
                row.unescaped.push_str(&self.text[at..at + n]);
                at = self.unescape(at + n, &mut row.unescaped);
                kept = Some(unescaped);
                continue;
            }
            let ends = bytes.get(stop).is_none_or(|b| matches!(b, b'\n' | b'\r'))
                || bytes[stop..].starts_with(delimiter);
            let next = if ends { stop } else { stop + 1 };
            if kept.is_some() {
                row.unescaped.push_str(&self.text[at..next]);
            }
            at = next;
            if ends {
                break;
            }
        }
        row.push(match kept {
            Some(from) => Cell::Unescaped(from..row.unescaped.len()),
            None => Cell::Plain(start..at),
        });
        at
    }

    /// A field that begins with a quote; answers where it ends, after its closing quote and blanks that follow it.
    fn quoted(&self, row: &mut Row) -> usize {
        let bytes = self.text.as_bytes();
        let quote = self.dialect.quote.unwrap_or_default();
        let escape = self.dialect.escape.unwrap_or(quote);
        let start = self.at + 1;
        let (mut at, mut from) = (start, start);
        // Set once a sign had to be taken out.
        let mut kept: Option<usize> = None;
        let (content, end) = loop {
            let Some(sign) = memchr2(quote, escape, &bytes[at..]).map(|n| at + n) else {
                (row.stray, row.open) = (true, true);
                break (bytes.len(), bytes.len());
            };
            if sign - start > MOST_CELL {
                break (sign, sign);
            }
            if bytes[sign] != quote || bytes.get(sign + 1) == Some(&quote) {
                kept.get_or_insert(row.unescaped.len());
                row.unescaped.push_str(&self.text[from..sign]);
                at = if bytes[sign] == quote {
                    row.unescaped.push(char::from(quote));
                    sign + 2
                } else {
                    self.unescape(sign, &mut row.unescaped)
                };
                from = at;
                continue;
            }
            if let Some(end) = self.field_end(sign + 1) {
                break (sign, end);
            }
            row.stray = true;
            at = sign + 1;
        };
        let cell = match kept {
            Some(kept) => {
                row.unescaped.push_str(&self.text[from..content]);
                Cell::Unescaped(kept..row.unescaped.len())
            }
            None => Cell::Plain(start..content),
        };
        row.push(cell);
        end
    }

    /// Where the field ends whose closing quote stands just before `at`, or `None` when that quote closes nothing.
    fn field_end(&self, at: usize) -> Option<usize> {
        let rest = &self.text[at..];
        if rest.starts_with(&self.dialect.delimiter) {
            return Some(at);
        }
        let after = rest.trim_start_matches([' ', '\t']);
        let ends = after.is_empty()
            || after.starts_with(['\n', '\r'])
            || after.starts_with(&self.dialect.delimiter);
        ends.then(|| at + rest.len() - after.len())
    }

    /// What the escape sign at `at` stands for goes into `into`; answers where the text goes on. Before a sign that means
    /// nothing it is text itself, as in a Windows path.
    fn unescape(&self, at: usize, into: &mut String) -> usize {
        let escape = self.dialect.escape.unwrap_or_default();
        let rest = &self.text[at + 1..];
        let next = rest.as_bytes().first().copied();
        if next == Some(escape) || (next.is_some() && next == self.dialect.quote) {
            into.push_str(&rest[..1]);
            return at + 2;
        }
        if rest.starts_with(&self.dialect.delimiter) {
            into.push_str(&self.dialect.delimiter);
            return at + 1 + self.dialect.delimiter.len();
        }
        into.push(char::from(escape));
        at + 1
    }

    fn skip_empty(&mut self) {
        loop {
            let before = self.at;
            self.line_end();
            if let Some(comment) = &self.dialect.comment
                && self.text[self.at..].starts_with(comment.as_str())
            {
                self.skip_line();
            }
            if self.at == before {
                return;
            }
        }
    }

    fn skip_line(&mut self) {
        let bytes = self.text.as_bytes();
        self.at = memchr2(b'\n', b'\r', &bytes[self.at..]).map_or(bytes.len(), |n| self.at + n);
        self.line_end();
    }

    /// Past one line end, if one stands here.
    fn line_end(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        let length = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => return,
        };
        self.at += length;
        self.line += 1;
    }
}

/// Line ends within a text: LF, CRLF or a lone CR.
pub(crate) fn count_lines(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|&at| bytes[at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    ends.count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dialect(delimiter: &str) -> Dialect {
        Dialect {
            delimiter: delimiter.into(),
            quote: Some(b'"'),
            escape: None,
            comment: None,
        }
    }

    fn rows(text: &str, dialect: &Dialect) -> Vec<(u64, Vec<String>)> {
        let mut splitter = Splitter::new(text, dialect);
        let mut row = Row::default();
        let mut rows = Vec::new();
        while splitter.next(&mut row).unwrap() {
            rows.push((row.line, row.fields(text).map(String::from).collect()));
        }
        rows
    }

    fn fields(text: &str, dialect: &Dialect) -> Vec<String> {
        rows(text, dialect).remove(0).1
    }

    #[test]
    fn line_ends_of_every_kind_and_the_lines_they_count() {
        for text in ["a;b\nc;d\n", "a;b\r\nc;d", "a;b\rc;d\r", "a;b\r\nc;d\n"] {
            let rows = rows(text, &dialect(";"));
            assert_eq!(rows[0], (1, vec!["a".into(), "b".into()]), "{text:?}");
            assert_eq!(rows[1], (2, vec!["c".into(), "d".into()]), "{text:?}");
            assert_eq!(rows.len(), 2, "{text:?}");
        }
        let lines: Vec<u64> = rows("a\n\r\n\"b\r\nb\"\r\rc", &dialect(";"))
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        assert_eq!(
            lines,
            [1, 3, 6],
            "empty lines and lines within quotes count"
        );
    }

    #[test]
    fn quotes_count_only_around_a_field() {
        for (text, expected) in [
            (r#""a;b";c"#, vec!["a;b", "c"]),
            (r#""a""b";"""";"""#, vec![r#"a"b"#, r#"""#, ""]),
            (r#"5" buis;c"#, vec![r#"5" buis"#, "c"]),
            (r#""5" buis";c"#, vec![r#"5" buis"#, "c"]),
            (r#"""Alles" is goed";c"#, vec![r#""Alles" is goed"#, "c"]),
            (r#""a" ;"b"  "#, vec!["a", "b"]),
            ("a;;", vec!["a", "", ""]),
            ("\"é\";ë", vec!["é", "ë"]),
        ] {
            assert_eq!(fields(text, &dialect(";")), expected, "{text}");
        }
        let none = Dialect {
            quote: None,
            ..dialect(";")
        };
        assert_eq!(fields(r#""a;b""#, &none), [r#""a"#, r#"b""#]);
    }

    #[test]
    fn a_stray_quote_is_told() {
        for (text, stray) in [
            (r#""a""b";c"#, false),
            (r#"5" buis;c"#, false),
            (r#""5" buis";c"#, true),
            (r#""a;b"#, true),
        ] {
            let dialect = dialect(";");
            let mut row = Row::default();
            assert!(Splitter::new(text, &dialect).next(&mut row).unwrap());
            assert_eq!(row.stray, stray, "{text}");
        }
    }

    #[test]
    fn delimiters_of_several_signs() {
        assert_eq!(
            fields(r#"a, "b, c", d,e"#, &dialect(", ")),
            ["a", "b, c", "d,e"]
        );
        assert_eq!(fields("a||b|c", &dialect("||")), ["a", "b|c"]);
        assert_eq!(fields("a§b", &dialect("§")), ["a", "b"]);
        assert_eq!(fields("a  b", &dialect(" ")), ["a", "", "b"]);
    }

    #[test]
    fn escapes_and_comments() {
        let written = Dialect {
            escape: Some(b'\\'),
            comment: Some("#".into()),
            ..dialect(",")
        };
        let text = "# x\n\n#y,z\n\"a\\\"b\",c\\,d,e\\\\f,C:\\temp,\"g\"\"h\"\n#\nx#y,\\";
        let rows = rows(text, &written);
        assert_eq!(rows[0].0, 4);
        assert_eq!(rows[0].1, ["a\"b", "c,d", "e\\f", "C:\\temp", "g\"h"]);
        assert_eq!(rows[1], (6, vec!["x#y".into(), "\\".into()]));
    }

    #[test]
    fn too_much_in_a_field_is_refused_and_fields_too_many_are_counted() {
        let dialect = dialect(";");
        for text in [
            format!("a;{}", "x".repeat(MOST_CELL + 1)),
            format!("a;\"{}", "x\n".repeat(MOST_CELL)),
            format!("a;\"{}\"", "\"\"".repeat(MOST_CELL)),
        ] {
            let found = Splitter::new(&text, &dialect).next(&mut Row::default());
            assert_eq!(found, Err(Limit::CellBytes));
        }
        let text = format!("{};", "x".repeat(MOST_CELL)).repeat(5);
        let found = Splitter::new(&text, &dialect).next(&mut Row::default());
        assert_eq!(found, Err(Limit::RecordBytes));
        let text = ";".repeat(99_999);
        let mut row = Row::default();
        Splitter::new(&text, &dialect).next(&mut row).unwrap();
        assert_eq!((row.count, row.cells.len()), (100_000, MOST_COLUMNS));
    }
}
