//! mapping/unpivot: from wide to long: each column of a group becomes a record of its own.

use regex::Regex;
use serde::Deserialize;
use serde::de::{self, Deserializer};

/// One record with columns `2023`, `2024`, … becomes a record per such column: `name` holds the column's name, `value` what
/// stood in it, and the other columns are repeated. Record number, line and raw text stay those of the record in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unpivot {
    pub columns: Wide,
    /// What the mapping calls the column that holds the names.
    pub name: String,
    /// What the mapping calls the column that holds the values.
    pub value: String,
    #[serde(default)]
    pub empty: Empty,
}

/// Which columns become records.
#[derive(Debug, Clone)]
pub enum Wide {
    /// Those whose name it is found in, except the ones that a table or filter takes as they are.
    Pattern(Regex),
    /// Exactly these; all must be there.
    List(Vec<String>),
}

/// What an empty cell, or one with a placeholder, becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    /// Nothing.
    #[default]
    Skip,
    /// A record without a value.
    Keep,
}

impl Unpivot {
    /// Whether a column becomes records; `read` are the columns that tables and filters take.
    pub fn takes(&self, column: &str, read: &[&str]) -> bool {
        match &self.columns {
            Wide::Pattern(pattern) => pattern.is_match(column) && !read.contains(&column),
            Wide::List(names) => names.iter().any(|name| name == column),
        }
    }
}

impl<'de> Deserialize<'de> for Wide {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "expected a pattern such as \"^[0-9]{4}$\", or a list of column names"
        )]
        enum PatternOrList {
            Pattern(String),
            List(Vec<String>),
        }
        match PatternOrList::deserialize(input)? {
            PatternOrList::List(names) if names.is_empty() => {
                Err(de::Error::custom("`columns` needs one name or more"))
            }
            PatternOrList::List(names) => Ok(Wide::List(names)),
            PatternOrList::Pattern(text) => super::pattern(Some(&text))?
                .map(Wide::Pattern)
                .ok_or_else(|| de::Error::custom("`columns` is empty")),
        }
    }
}
