//! mapping/column: the expression that fills one column of a table.

use chrono::format::{Item, StrftimeItems};
use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use crate::pseudonym;

/// How one target column is filled: `"Name"`, or a table with exactly one of `from`, `const`, `coalesce`, `template`, `first`,
/// `last`, `min`, `max` and `ordinal`, and what to do with the value.
#[derive(Debug, Clone)]
pub struct Column {
    pub take: Take,
    /// chrono strftime, for dates and timestamps.
    pub format: Option<String>,
    /// The part of the text that counts: its first group where it has one, else all that it matches.
    pub extract: Option<Regex>,
    /// Source text to value, after `extract`.
    pub map: IndexMap<String, String>,
    /// What a text becomes that `map` does not know, or in which `extract` finds nothing.
    pub other: Other,
    /// Replace the value by its pseudonym, checked as what it should be.
    pub pseudonym: Option<pseudonym::Kind>,
    /// What the pseudonym is for; absent: the name of the target column. Only those of one purpose can be joined.
    pub purpose: Option<String>,
    /// Required here, even where the contract allows absence.
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Take {
    From(String),
    /// Text as it would stand in a file with a decimal point.
    Const(String),
    /// The first that is present.
    Coalesce(Vec<String>),
    /// Texts and columns one after the other; absent where one of the columns is.
    Template(Vec<Part>),
    Pick {
        pick: Pick,
        from: String,
        per: Option<String>,
    },
    /// 1-based number of the row in its trace, in order of the file.
    Ordinal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Column(String),
}

/// Why a source text becomes no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmapped {
    /// `extract` finds nothing in it.
    Extract,
    /// `map` does not know it.
    Map,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pick {
    /// The first value present, in order of the file.
    First,
    Last,
    /// The smallest value, compared in the target column's type.
    Min,
    Max,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Other {
    #[default]
    Reject,
    Value(String),
}

impl Column {
    /// A column that takes the source's column of this name as it is.
    pub fn from_source(name: &str) -> Self {
        Self {
            take: Take::From(name.into()),
            format: None,
            extract: None,
            map: IndexMap::new(),
            other: Other::Reject,
            pseudonym: None,
            purpose: None,
            required: false,
        }
    }

    /// The source columns it reads.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let (one, more, parts): (Option<&String>, &[String], &[Part]) = match &self.take {
            Take::From(name) | Take::Pick { from: name, .. } => (Some(name), &[], &[]),
            Take::Coalesce(names) => (None, names, &[]),
            Take::Template(parts) => (None, &[], parts),
            Take::Const(_) | Take::Ordinal => (None, &[], &[]),
        };
        let parts = parts.iter().filter_map(|part| match part {
            Part::Column(name) => Some(name),
            Part::Text(_) => None,
        });
        one.into_iter().chain(more).chain(parts).map(String::as_str)
    }

    /// The part of a source text that counts; `None` when `extract` finds nothing in it.
    pub fn extracted<'a>(&self, text: &'a str) -> Option<&'a str> {
        let Some(pattern) = &self.extract else {
            return Some(text);
        };
        let found = pattern.captures(text)?;
        let part = found.get(usize::from(found.len() > 1))?.as_str().trim();
        (!part.is_empty()).then_some(part)
    }

    /// The value for a source text: what `extract` takes of it, then what `map` makes of that; itself without either. An empty
    /// text means that the value is absent.
    pub fn mapped<'a>(&'a self, text: &'a str) -> Result<&'a str, Unmapped> {
        let other = |why| match &self.other {
            Other::Value(value) => Ok(value.as_str()),
            Other::Reject => Err(why),
        };
        let Some(text) = self.extracted(text) else {
            return other(Unmapped::Extract);
        };
        if self.map.is_empty() {
            return Ok(text);
        }
        self.map
            .get(text)
            .map_or_else(|| other(Unmapped::Map), |value| Ok(value))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: Option<String>,
    #[serde(rename = "const")]
    constant: Option<toml::Value>,
    coalesce: Option<Vec<String>>,
    template: Option<String>,
    first: Option<String>,
    last: Option<String>,
    min: Option<String>,
    max: Option<String>,
    ordinal: Option<String>,
    per: Option<String>,
    format: Option<String>,
    extract: Option<String>,
    #[serde(default)]
    map: IndexMap<String, String>,
    other: Option<String>,
    pseudonym: Option<Pseudonym>,
    purpose: Option<String>,
    #[serde(default)]
    required: bool,
}

/// `true` is for any text.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected true, \"insz\", \"kbo\" or \"text\"")]
enum Pseudonym {
    Any(bool),
    Kind(String),
}

impl Pseudonym {
    fn kind<E: de::Error>(self) -> Result<Option<pseudonym::Kind>, E> {
        match self {
            Pseudonym::Any(wanted) => Ok(wanted.then_some(pseudonym::Kind::Text)),
            Pseudonym::Kind(name) => pseudonym::Kind::named(&name).map(Some).ok_or_else(|| {
                E::custom(format!(
                    "no pseudonym is called `{name}`; there are \"insz\", \"kbo\", and true or \"text\" for any text"
                ))
            }),
        }
    }
}

impl Written {
    fn column<E: de::Error>(self) -> Result<Column, E> {
        let pick = |pick, from: Option<String>| {
            from.map(|from| Take::Pick {
                pick,
                from,
                per: self.per.clone(),
            })
        };
        let constant = self
            .constant
            .as_ref()
            .map(literal)
            .transpose()
            .map_err(E::custom)?;
        let template = self.template.as_deref().map(parts).transpose();
        let mut takes = [
            self.from.map(Take::From),
            constant.map(Take::Const),
            self.coalesce.map(Take::Coalesce),
            template.map_err(E::custom)?.map(Take::Template),
            pick(Pick::First, self.first),
            pick(Pick::Last, self.last),
            pick(Pick::Min, self.min),
            pick(Pick::Max, self.max),
            self.ordinal.as_ref().map(|_| Take::Ordinal),
        ]
        .into_iter()
        .flatten();
        let (Some(take), None) = (takes.next(), takes.next()) else {
            return Err(E::custom(
                "a column takes exactly one of from, const, coalesce, template, first, last, min, max and ordinal",
            ));
        };
        if self.per.is_some() && !matches!(take, Take::Pick { .. }) {
            return Err(E::custom("`per` goes with first, last, min or max"));
        }
        if matches!(&take, Take::Coalesce(names) if names.is_empty()) {
            return Err(E::custom(
                "`coalesce` needs the names of one or more source columns",
            ));
        }
        if self.ordinal.is_some_and(|of| of != "trace") {
            return Err(E::custom(
                "the only ordinal is \"trace\": the number of the row in its trace",
            ));
        }
        known_format(self.format.as_deref())?;
        let extract = super::pattern(self.extract.as_deref())?;
        if extract.is_some() && matches!(take, Take::Const(_) | Take::Ordinal) {
            return Err(E::custom(
                "`extract` takes a part of what a source column has; it does not go with const or ordinal",
            ));
        }
        if self.other.is_some() && self.map.is_empty() && extract.is_none() {
            return Err(E::custom(
                "`other` goes with `map` or `extract`: it says what a text becomes that they do not know",
            ));
        }
        let other = match self.other {
            Some(value) if value != "reject" => Other::Value(value),
            _ => Other::Reject,
        };
        let pseudonym = match self.pseudonym {
            Some(written) => written.kind()?,
            None => None,
        };
        if self.purpose.is_some() && pseudonym.is_none() {
            return Err(E::custom("`purpose` goes with `pseudonym`"));
        }
        Ok(Column {
            take,
            format: self.format,
            extract,
            map: self.map,
            other,
            pseudonym,
            purpose: self.purpose,
            required: self.required,
        })
    }
}

/// Findings name the format, each of them.
const LONGEST_FORMAT: usize = 100;

/// Refuses a date format that chrono cannot read, or that is too long to be shown.
pub(super) fn known_format<E: de::Error>(format: Option<&str>) -> Result<(), E> {
    match format {
        Some(format) if format.len() > LONGEST_FORMAT => Err(E::custom(format!(
            "a date format has at most {LONGEST_FORMAT} signs; write it as in \"%d/%m/%Y %H:%M\""
        ))),
        Some(format) if StrftimeItems::new(format).any(|item| matches!(item, Item::Error)) => {
            Err(E::custom(format!(
                "cannot read date format `{format}`; write it as in \"%d/%m/%Y %H:%M\""
            )))
        }
        _ => Ok(()),
    }
}

/// `{Column}` and text in turn; `{{` and `}}` stand for the signs themselves.
fn parts(template: &str) -> Result<Vec<Part>, String> {
    let broken = || {
        format!(
            "`template` is a text with column names in it, as in \"{{Jaar}}-{{Maand}}\"; `{template}` is not"
        )
    };
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = template.chars().peekable();
    while let Some(sign) = rest.next() {
        match sign {
            '{' | '}' if rest.peek() == Some(&sign) => {
                rest.next();
                text.push(sign);
            }
            '{' => {
                let mut name = String::new();
                loop {
                    match rest.next().ok_or_else(broken)? {
                        '}' => break,
                        sign => name.push(sign),
                    }
                }
                if name.is_empty() {
                    return Err(broken());
                }
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                parts.push(Part::Column(name));
            }
            '}' => return Err(broken()),
            sign => text.push(sign),
        }
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    if parts.iter().any(|part| matches!(part, Part::Column(_))) {
        Ok(parts)
    } else {
        Err(broken())
    }
}

fn literal(value: &toml::Value) -> Result<String, &'static str> {
    Ok(match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Float(number) => number.to_string(),
        toml::Value::Boolean(truth) => truth.to_string(),
        toml::Value::Datetime(moment) => moment.to_string(),
        _ => return Err("`const` is one text, number, date or true/false"),
    })
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct NameOrTable;
        impl<'de> Visitor<'de> for NameOrTable {
            type Value = Column;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("the name of a source column, or { from = \"…\" }, { const = … }, { coalesce = […] }, …")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Column, E> {
                Ok(Column::from_source(name))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Column, A::Error> {
                Written::deserialize(MapAccessDeserializer::new(map))?.column()
            }
        }
        input.deserialize_any(NameOrTable)
    }
}
