//! mapping/dialect: the keys that say how delimited text is written: delimiter, quote, escape, comment, header, ragged.

use serde::Deserialize;
use serde::de::{self, Deserializer};

/// Where the header stands: the lines (in a spreadsheet, the rows) `first` to `last`, counted from 1, lines before it and
/// blank ones included. What stands above `first` is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub first: usize,
    pub last: usize,
    /// Not on a fixed line: the first line that has all columns the mapping names.
    pub named: bool,
}

impl Header {
    /// The file begins with its data.
    pub const NONE: Header = Header {
        first: 0,
        last: 0,
        named: false,
    };

    pub fn line(line: usize) -> Self {
        Self {
            first: line,
            last: line,
            named: false,
        }
    }
}

impl Default for Header {
    fn default() -> Self {
        Self::line(1)
    }
}

/// What happens to a record with fewer or more fields than the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ragged {
    /// It is set apart, whole.
    #[default]
    Reject,
    /// Fields missing at its end are absent, and empty ones too many at its end are dropped; other records are set apart.
    Fill,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Line(usize),
            Lines([usize; 2]),
            Word(String),
        }
        match Written::deserialize(input) {
            Ok(Written::Line(line)) => Ok(Header::line(line)),
            Ok(Written::Lines([first, last])) if 1 <= first && first <= last => Ok(Header {
                first,
                last,
                named: false,
            }),
            Ok(Written::Word(word)) if word == "named" => Ok(Header {
                named: true,
                ..Header::default()
            }),
            _ => Err(de::Error::custom(
                "header is the line the header stands on, such as 1 (0: there is none), or the first and last line of it, such as [3, 4], or \"named\": the first line that has all columns the mapping names",
            )),
        }
    }
}

/// One or more signs that part the fields: as written, or `tab` or `space`.
pub(super) fn delimiter<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    let text = String::deserialize(input)?;
    match text.as_str() {
        "tab" => Ok("\t".into()),
        "space" => Ok(" ".into()),
        _ if !text.is_empty() && !text.contains(|c: char| c.is_alphanumeric() || is_odd(c)) => {
            Ok(text)
        }
        _ => Err(de::Error::custom(format!(
            "`{text}` is no delimiter; write it as \";\", \",\", \", \", \"|\", \"tab\" or \"space\""
        ))),
    }
}

/// One sign, or `none`.
pub(super) fn sign<'de, D: Deserializer<'de>>(input: D) -> Result<Option<u8>, D::Error> {
    let text = String::deserialize(input)?;
    match text.as_bytes() {
        b"none" | b"" => Ok(None),
        [one] if one.is_ascii_punctuation() => Ok(Some(*one)),
        _ => Err(de::Error::custom(format!(
            "`{text}` is not one sign such as \"\\\"\", \"'\" or \"\\\\\", nor \"none\""
        ))),
    }
}

/// What a comment line begins with.
pub(super) fn comment<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(input)?;
    if text.trim().is_empty() || text.contains(is_odd) {
        return Err(de::Error::custom(
            "comment is what a comment line begins with, such as \"#\"",
        ));
    }
    Ok(Some(text))
}

/// Line ends and quotes part other things than fields.
fn is_odd(c: char) -> bool {
    matches!(c, '\n' | '\r' | '"')
}
