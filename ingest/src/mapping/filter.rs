//! mapping/filter: a condition on one source column: which records a table takes.

use chrono::NaiveDate;
use regex::Regex;
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

/// `"text"`, `["one", "other"]`, or a table with any of `not`, `present`, `pattern`, `min` and `max`; all must hold.
#[derive(Debug, Clone, Default)]
pub struct Condition {
    /// One of these texts.
    pub is: Option<Vec<String>>,
    /// None of these texts; absence is none of them.
    pub not: Vec<String>,
    pub present: Option<bool>,
    pub pattern: Option<Regex>,
    pub range: Option<Range>,
}

/// From one number or date to another, both included. Absence is outside.
#[derive(Debug, Clone)]
pub struct Range {
    pub kind: Kind,
    /// As a file with a decimal point or ISO 8601 dates would write them.
    pub min: Option<String>,
    pub max: Option<String>,
    /// chrono strftime, for dates.
    pub format: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Number,
    Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    not: Texts,
    present: Option<bool>,
    pattern: Option<String>,
    min: Option<toml::Value>,
    max: Option<toml::Value>,
    format: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(untagged, expecting = "expected a text or a list of texts")]
enum Texts {
    One(String),
    More(Vec<String>),
    #[serde(skip)]
    #[default]
    None,
}

impl Written {
    fn condition<E: de::Error>(self) -> Result<Condition, E> {
        let not = match self.not {
            Texts::One(text) => vec![text],
            Texts::More(texts) => texts,
            Texts::None => Vec::new(),
        };
        let bounds = [&self.min, &self.max];
        let mut kinds = bounds.iter().filter_map(|b| b.as_ref()).map(kind);
        let range = match (kinds.next(), kinds.next()) {
            (None, _) => None,
            (Some(kind), other) => {
                let kind = kind.map_err(E::custom)?;
                if other.is_some_and(|other| other != Ok(kind)) {
                    return Err(E::custom(
                        "`min` and `max` are both numbers or both dates such as 2024-12-31",
                    ));
                }
                let text = |bound: Option<toml::Value>| bound.map(|value| value.to_string());
                Some(Range {
                    kind,
                    min: text(self.min),
                    max: text(self.max),
                    format: self.format.clone(),
                })
            }
        };
        if self.format.is_some() && range.as_ref().is_none_or(|r| r.kind != Kind::Date) {
            return Err(E::custom(
                "`format` says how dates are written; it goes with `min` or `max` and a date such as 2024-12-31",
            ));
        }
        super::column::known_format(self.format.as_deref())?;
        let pattern = super::pattern(self.pattern.as_deref())?;
        if not.is_empty() && self.present.is_none() && pattern.is_none() && range.is_none() {
            return Err(E::custom(
                "a condition is a text, a list of texts, or a table with one or more of not, present, pattern, min and max",
            ));
        }
        Ok(Condition {
            is: None,
            not,
            present: self.present,
            pattern,
            range,
        })
    }
}

fn kind(bound: &toml::Value) -> Result<Kind, &'static str> {
    match bound {
        toml::Value::Integer(_) | toml::Value::Float(_) => Ok(Kind::Number),
        toml::Value::Datetime(day) if day.to_string().parse::<NaiveDate>().is_ok() => {
            Ok(Kind::Date)
        }
        _ => Err("`min` and `max` are a number or a date such as 2024-12-31, without quotes"),
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct TextOrTable;
        impl<'de> Visitor<'de> for TextOrTable {
            type Value = Condition;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a text, a list of texts, or a table such as { not = \"…\" }")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Condition, E> {
                Ok(Condition {
                    is: Some(vec![text.into()]),
                    ..Condition::default()
                })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, texts: A) -> Result<Condition, A::Error> {
                Ok(Condition {
                    is: Some(Deserialize::deserialize(SeqAccessDeserializer::new(texts))?),
                    ..Condition::default()
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Condition, A::Error> {
                Written::deserialize(MapAccessDeserializer::new(map))?.condition()
            }
        }
        input.deserialize_any(TextOrTable)
    }
}
