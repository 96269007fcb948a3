//! asked: what the address of a page asks for, before anything is known about it.

use beleidsinfo_warehouse::index::AsOf;
use serde::Deserialize;

use crate::trouble::{Outcome, Trouble};

/// The query of a page. Empty is the same as absent, so that a form without script works; of what is there twice the last
/// counts, but comparisons add up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Vec<(String, String)>")]
pub struct Asked {
    pub region: Option<String>,
    pub period: Option<String>,
    pub kind: Option<String>,
    pub territory: Option<String>,
    pub slice: Option<String>,
    pub compare: Vec<String>,
    pub as_of: Option<String>,
    pub run: Option<String>,
    /// Two runs to compare.
    pub from: Option<String>,
    pub to: Option<String>,
    pub rule: Option<String>,
    pub severity: Option<String>,
    pub page: Option<String>,
    /// How the catalogue is divided, and what is looked for in it.
    pub by: Option<String>,
    pub q: Option<String>,
    /// `count`: have the figures counted that rest on a file.
    pub figures: Option<String>,
}

impl From<Vec<(String, String)>> for Asked {
    fn from(pairs: Vec<(String, String)>) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs {
            let place = match name.as_str() {
                "compare" => {
                    let value = value.trim();
                    if !value.is_empty() && !asked.compare.iter().any(|c| c == value) {
                        asked.compare.push(value.to_string());
                    }
                    continue;
                }
                "region" => &mut asked.region,
                "period" => &mut asked.period,
                "kind" => &mut asked.kind,
                "territory" => &mut asked.territory,
                "slice" => &mut asked.slice,
                "as_of" => &mut asked.as_of,
                "run" => &mut asked.run,
                "from" => &mut asked.from,
                "to" => &mut asked.to,
                "rule" => &mut asked.rule,
                "severity" => &mut asked.severity,
                "page" => &mut asked.page,
                "by" => &mut asked.by,
                "q" => &mut asked.q,
                "figures" => &mut asked.figures,
                _ => continue,
            };
            *place = Some(value);
        }
        asked
    }
}

pub fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|v| !v.is_empty())
}

impl Asked {
    /// Counted from 1; what is no number is the first.
    pub fn page(&self) -> usize {
        given(&self.page)
            .and_then(|n| n.parse().ok())
            .map_or(1, |n: usize| n.clamp(1, 1_000_000))
    }

    pub fn as_of(&self) -> Outcome<AsOf> {
        match given(&self.as_of) {
            None => Ok(AsOf::Now),
            Some(text) => AsOf::parse(text).map_err(|cause| Trouble {
                cause: Some(cause),
                ..Trouble::wrong("as-of", text)
            }),
        }
    }
}

/// For a query: everything but letters, digits and `-_.~` escaped.
pub fn escape(value: &str) -> String {
    value
        .bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
                (b as char).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}
