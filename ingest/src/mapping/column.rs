//! mapping/column: the expression that fills one column of a table.

use chrono::format::{Item, StrftimeItems};
use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};

/// How one target column is filled: `"Name"`, or a table with exactly one of `from`, `const`, `coalesce`, `first`, `last`,
/// `min`, `max` and `ordinal`, and what to do with the value.
#[derive(Debug, Clone)]
pub struct Column {
    pub take: Take,
    /// chrono strftime, for dates and timestamps.
    pub format: Option<String>,
    /// Source text to value.
    pub map: IndexMap<String, String>,
    /// What a text that `map` does not know becomes.
    pub other: Other,
    /// Replace the value by its keyed HMAC-SHA-256.
    pub pseudonym: bool,
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
    Pick {
        pick: Pick,
        from: String,
        per: Option<String>,
    },
    /// 1-based number of the row in its trace, in order of the file.
    Ordinal,
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
            map: IndexMap::new(),
            other: Other::Reject,
            pseudonym: false,
            required: false,
        }
    }

    /// The source columns it reads.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let (one, more): (Option<&String>, &[String]) = match &self.take {
            Take::From(name) | Take::Pick { from: name, .. } => (Some(name), &[]),
            Take::Coalesce(names) => (None, names),
            Take::Const(_) | Take::Ordinal => (None, &[]),
        };
        one.into_iter().chain(more).map(String::as_str)
    }

    /// The value for a source text: itself where there is no `map`; `None` when the map does not know it.
    pub fn mapped<'a>(&'a self, text: &'a str) -> Option<&'a str> {
        if self.map.is_empty() {
            return Some(text);
        }
        match (self.map.get(text), &self.other) {
            (Some(value), _) | (None, Other::Value(value)) => Some(value),
            (None, Other::Reject) => None,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: Option<String>,
    #[serde(rename = "const")]
    constant: Option<toml::Value>,
    coalesce: Option<Vec<String>>,
    first: Option<String>,
    last: Option<String>,
    min: Option<String>,
    max: Option<String>,
    ordinal: Option<String>,
    per: Option<String>,
    format: Option<String>,
    #[serde(default)]
    map: IndexMap<String, String>,
    other: Option<String>,
    #[serde(default)]
    pseudonym: bool,
    #[serde(default)]
    required: bool,
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
        let mut takes = [
            self.from.map(Take::From),
            constant.map(Take::Const),
            self.coalesce.map(Take::Coalesce),
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
                "a column takes exactly one of from, const, coalesce, first, last, min, max and ordinal",
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
        if let Some(format) = &self.format
            && StrftimeItems::new(format).any(|item| matches!(item, Item::Error))
        {
            return Err(E::custom(format!(
                "cannot read date format `{format}`; write it as in \"%d/%m/%Y %H:%M\""
            )));
        }
        if self.other.is_some() && self.map.is_empty() {
            return Err(E::custom(
                "`other` goes with `map`: it says what a text not in the map becomes",
            ));
        }
        let other = match self.other {
            Some(value) if value != "reject" => Other::Value(value),
            _ => Other::Reject,
        };
        Ok(Column {
            take,
            format: self.format,
            map: self.map,
            other,
            pseudonym: self.pseudonym,
            required: self.required,
        })
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
