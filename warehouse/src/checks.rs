//! checks: queries over what is stored that must return no rows, read from `sql/checks/<id>.sql` and the `.toml` beside it.
//! They are planned at `define` and asked at `compute`; one that finds rows marks the figures it touches.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::language::Text;

#[derive(Debug, Clone)]
pub struct Check {
    pub id: String,
    pub gravity: Gravity,
    /// What holds when there are no rows.
    pub meaning: Text,
    /// What to do about rows.
    pub advice: Text,
    /// Doubt is cast on figures that read one of these tables; empty: on those that read any table the query reads.
    pub touches: BTreeSet<String>,
    pub sql: String,
}

/// How bad rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gravity {
    /// The figure may be off.
    Warn,
    /// The figure is not to be relied on before it is looked into.
    #[default]
    Fail,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    severity: Gravity,
    meaning: Text,
    advice: Text,
    #[serde(default)]
    touches: BTreeSet<String>,
}

impl Check {
    /// `path` is that of the `.toml`; the error carries line and column.
    pub fn parse(id: &str, path: &str, text: &str, sql: &str) -> Result<Self> {
        let written: Written = toml::from_str(text).map_err(|cause| {
            Error::input(format!("cannot read check {path}"))
                .because(cause)
                .hint("a check needs severity (warn or fail), meaning and advice (nl and en)")
        })?;
        Ok(Self {
            id: id.into(),
            gravity: written.severity,
            meaning: written.meaning,
            advice: written.advice,
            touches: written.touches,
            sql: sql.into(),
        })
    }

    pub fn path(&self) -> String {
        format!("checks/{}.sql", self.id)
    }
}
