//! conformity: what an installation can show another: which definitions it has, that they count right, and what feeds them.
//! Two municipalities compare a figure when they have the same certified definition.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::define::{self, tables_and_views};
use crate::error::{Doing, Error, Result};
use crate::indicator::Indicator;
use crate::life::term_rows;
use crate::lineage::{Lineage, Role};
use crate::pack::{Pack, sha256_hex};

pub const FORMAT: &str = "beleidsinfo-conformity-1";

/// A report as it is written: JSON, with the hash of all the rest in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    pub format: String,
    /// The installation that made it.
    pub organisation: String,
    /// Codes of the municipalities it looks after.
    pub nis: Vec<String>,
    pub made_at: DateTime<Utc>,
    /// The version of the program.
    pub program: String,
    pub packs: Vec<Carried>,
    pub indicators: Vec<Certified>,
    /// What it has published; absent where nothing is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<Issued>,
    /// SHA-256 of this report, written in one line, with an empty text in this place.
    pub hash: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carried {
    pub name: String,
    pub version: String,
    /// The fingerprint of the key that signed it.
    pub signed_by: Option<String>,
}

/// A release, by what its `SHA256SUMS` is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    pub dataset: String,
    pub version: String,
    /// SHA-256 of its `SHA256SUMS`.
    pub sums: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certified {
    pub id: String,
    pub version: String,
    /// The hash of [`Definition`].
    pub definition: String,
    /// Cells of its golden case that were computed.
    pub golden_cells: u64,
    /// Those that were not as worked out by hand.
    pub golden_wrong: u64,
    pub fed: Fed,
    /// Queries of `checks/` that found rows in the last run.
    pub checks_failed: BTreeSet<String>,
}

/// Which definition a figure is counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    pub version: String,
    /// SHA-256 of what gives the figures their meaning: see [`definitions`].
    pub hash: String,
}

/// Whether what an indicator reads is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fed {
    /// Rows came in for each of its tables.
    Filled,
    /// A mapping fills each, and of some no file came yet.
    Mapped,
    /// No mapping fills one or more.
    Lacking,
}

/// How a definition here stands to one there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sameness {
    /// The same definition, and there it counts its golden case right: figures may be laid side by side.
    Certified,
    /// The same definition, but there its golden case is wrong or absent.
    Unproven,
    /// Another version of it.
    OtherVersion,
    /// The same version, but another meaning: one of the two changed it without saying so.
    OtherDefinition,
}

impl Definition {
    /// How the figures counted by this definition compare with those of another municipality.
    pub fn beside(&self, there: &Certified) -> Sameness {
        if self.hash == there.definition {
            return match there.golden_cells > 0 && there.golden_wrong == 0 {
                true => Sameness::Certified,
                false => Sameness::Unproven,
            };
        }
        match self.version == there.version {
            true => Sameness::OtherDefinition,
            false => Sameness::OtherVersion,
        }
    }
}

/// The definition of each indicator by id. Its hash covers `facts.sql` and the views it reads (without remarks and blank lines),
/// the terms it names, and of `indicator.toml` all that the figures depend on: not its words, its owner or its review.
pub async fn definitions(pack: &Pack) -> Result<BTreeMap<String, Definition>> {
    let session = define::empty(pack).await?;
    let of = |(id, indicator): (&String, &Indicator)| {
        let (tables, views) = tables_and_views(&session, pack, &indicator.sql);
        let text = meaning(pack, indicator, &tables, &views);
        let definition = Definition {
            version: indicator.version.clone(),
            hash: sha256_hex(text),
        };
        (id.clone(), definition)
    };
    Ok(pack.indicators.iter().map(of).collect())
}

fn meaning(
    pack: &Pack,
    indicator: &Indicator,
    tables: &BTreeSet<String>,
    views: &BTreeSet<String>,
) -> String {
    let Indicator {
        kind,
        quantile,
        denominator,
        per,
        slices,
        periods,
        unit,
        direction,
        final_after,
        ..
    } = indicator;
    let mut slices: Vec<String> = slices.iter().map(|s| s.join("+")).collect();
    slices.sort_unstable();
    let mut periods: Vec<&str> = periods.iter().map(|p| p.name()).collect();
    periods.sort_unstable();
    let term = indicator.legal.as_ref().and_then(|l| l.term.as_deref());
    let mut text = String::new();
    for (what, value) in [
        ("id", indicator.id.clone()),
        ("kind", kind.name().into()),
        (
            "quantile",
            quantile.map(|q| q.to_string()).unwrap_or_default(),
        ),
        (
            "denominator",
            denominator
                .map(|d| d.name().to_string())
                .unwrap_or_default(),
        ),
        ("per", per.map(|p| p.to_string()).unwrap_or_default()),
        ("slices", slices.join(" ")),
        ("periods", periods.join(" ")),
        ("unit", unit.clone()),
        ("direction", direction.name().into()),
        ("final_after", final_after.clone()),
        ("term", term.unwrap_or_default().into()),
    ] {
        let _ = writeln!(text, "{what} {value}");
    }
    let views = views
        .iter()
        .filter_map(|name| Some((format!("views/{name}.sql"), pack.views.get(name)?)));
    let own = ("facts.sql".to_string(), &indicator.sql);
    let sql: Vec<(String, String)> = [own]
        .into_iter()
        .chain(views)
        .map(|(n, s)| (n, bare(s)))
        .collect();
    for (name, sql) in &sql {
        let _ = write!(text, "{name}\n{sql}");
    }
    let terms = term_rows(pack);
    let in_sql = |id: &str| sql.iter().any(|(_, sql)| sql.contains(&format!("'{id}'")));
    // Where no term is named, the rows say which.
    let any = !terms.keys().any(|(id, _)| in_sql(id));
    for ((id, from), says) in &terms {
        let read = tables.contains("terms") && (any || in_sql(id));
        if read || term == Some(id.as_str()) {
            let _ = writeln!(text, "terms/{id} {from} {says}");
        }
    }
    text
}

/// SQL without blank lines and lines that are only a remark, whatever ends its lines.
fn bare(sql: &str) -> String {
    let lines = sql.lines().map(str::trim);
    let kept = lines.filter(|line| !line.is_empty() && !line.starts_with("--"));
    kept.flat_map(|line| [line, "\n"]).collect()
}

impl Report {
    /// With its own hash.
    pub fn sealed(mut self) -> Result<Self> {
        self.hash = self.hash_now()?;
        Ok(self)
    }

    fn hash_now(&self) -> Result<String> {
        let bare = Self {
            hash: String::new(),
            ..self.clone()
        };
        serde_json::to_vec(&bare)
            .map(sha256_hex)
            .storing(|| "cannot write the report".into())
    }

    /// Reads a report and holds it to its own hash.
    ///
    /// Errors: no report, one of another format, one that was edited (refused).
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        let report: Self = serde_json::from_str(text)
            .reading(|| format!("cannot read {name} as a conformity report"))
            .map_err(|e| e.hint("`beleidsinfo pack test --report FILE` writes one"))?;
        if report.format != FORMAT {
            return Err(Error::input(format!(
                "{name} is a report of format `{}`; this program reads {FORMAT}",
                report.format
            ))
            .hint("have it written by the same version of the program, or install the one that wrote it"));
        }
        let found = report.hash_now()?;
        if found != report.hash {
            return Err(
                Error::refused(format!("{name} was edited: it is not as it was written"))
                    .because(format!(
                        "its hash says {}, and its content is {found}",
                        report.hash
                    ))
                    .hint("ask for the report again from who made it"),
            );
        }
        Ok(report)
    }

    /// Each of its indicators beside the definitions here; `None` where there is none of that id.
    pub fn beside<'r>(
        &'r self,
        here: &BTreeMap<String, Definition>,
    ) -> Vec<(&'r Certified, Option<Sameness>)> {
        let of = |there: &'r Certified| (there, here.get(&there.id).map(|d| d.beside(there)));
        self.indicators.iter().map(of).collect()
    }
}

/// What fills a table here.
#[derive(Debug, Clone, Default)]
pub struct Fill {
    pub sources: BTreeSet<String>,
    pub columns: BTreeSet<String>,
    /// Rows came in.
    pub arrived: bool,
}

/// One table that an indicator reads, held against what is filled here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub table: String,
    /// The columns it reads, in the order of the table.
    pub columns: Vec<String>,
    /// No source fills the table.
    pub lacking: bool,
    /// A source fills the table, but none of them these columns, which are then empty.
    pub unmapped: Vec<String>,
    pub arrived: bool,
}

/// The mapping contract: what each indicator reads, and whether a source fills it. What the warehouse writes itself is no need.
pub fn needs(
    pack: &Pack,
    lineage: &Lineage,
    fills: &BTreeMap<String, Fill>,
) -> BTreeMap<String, Vec<Need>> {
    let mut needs = BTreeMap::new();
    for id in pack.indicators.keys() {
        let Some(read) = lineage.indicator(pack, id) else {
            continue;
        };
        let asked = read.tables.into_iter().filter(|t| {
            t.role != Role::Territory && pack.contracts.get(&t.table).is_none_or(|c| !c.system)
        });
        let need = |t: crate::lineage::TableRead| {
            let columns: Vec<String> = t.columns.into_iter().map(|c| c.column).collect();
            let fill = fills.get(&t.table);
            let unmapped = columns
                .iter()
                .filter(|c| fill.is_some_and(|f| !f.columns.contains(*c)));
            Need {
                unmapped: unmapped.cloned().collect(),
                lacking: fill.is_none(),
                arrived: fill.is_some_and(|f| f.arrived),
                table: t.table,
                columns,
            }
        };
        needs.insert(id.clone(), asked.map(need).collect());
    }
    needs
}

impl Fed {
    pub fn of(needs: &[Need]) -> Self {
        if needs.iter().any(|n| n.lacking) {
            Fed::Lacking
        } else if needs.iter().all(|n| n.arrived) {
            Fed::Filled
        } else {
            Fed::Mapped
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{Files, builtin_files};

    fn hashes(change: impl FnOnce(&mut Files)) -> BTreeMap<String, Definition> {
        let mut files = builtin_files();
        change(&mut files);
        let pack = Pack::parse(files).expect("a pack");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(definitions(&pack)).expect("definitions")
    }

    /// The indicators whose hash is another after a change of one file.
    fn touched(path: &str, from: &str, to: &str) -> Vec<String> {
        let before = hashes(|_| ());
        let after = hashes(|files| {
            let text = files.get_mut(path).expect("a file of the pack");
            assert!(text.contains(from), "{path} does not have {from}");
            *text = text.replace(from, to);
        });
        let other = before.iter().filter(|(id, d)| after[*id].hash != d.hash);
        other.map(|(id, _)| id.clone()).collect()
    }

    #[test]
    fn words_and_remarks_leave_a_definition_the_same_and_meaning_does_not() {
        let toml = "indicators/vergunningen/ov_tijdig/indicator.toml";
        assert!(touched(toml, "owner = \"", "owner = \"een andere ").is_empty());
        assert!(touched(toml, "minimum_group = ", "minimum_group = 1").is_empty());
        assert_eq!(
            touched(toml, "final_after = \"P", "final_after = \"P1"),
            ["ov_tijdig"]
        );
        let sql = "indicators/vergunningen/ov_tijdig/facts.sql";
        assert!(touched(sql, "select", "-- een opmerking\r\n\r\nselect").is_empty());
        assert_eq!(touched(sql, "<=", "<"), ["ov_tijdig"]);
        // A term that changes touches those that name it.
        let term = touched(
            "reference/terms.csv",
            "omgeving_gewoon,2017-02-23,,105",
            "omgeving_gewoon,2017-02-23,,100",
        );
        assert!(
            term.contains(&"ov_tijdig".to_string()) && term.len() < 20,
            "{term:?}"
        );
    }

    #[test]
    fn a_view_touches_all_that_read_it() {
        let all = touched("views/term_cases.sql", "join terms t", "left join terms t");
        assert!(
            all.contains(&"openb_20d".to_string()) && all.len() > 1,
            "{all:?}"
        );
    }

    #[test]
    fn only_the_same_definition_that_counts_right_there_is_certified() {
        let here = Definition {
            version: "1.0.0".into(),
            hash: "a".into(),
        };
        let there = |version: &str, definition: &str, cells, wrong| Certified {
            id: "x".into(),
            version: version.into(),
            definition: definition.into(),
            golden_cells: cells,
            golden_wrong: wrong,
            fed: Fed::Filled,
            checks_failed: BTreeSet::new(),
        };
        assert_eq!(here.beside(&there("1.0.0", "a", 3, 0)), Sameness::Certified);
        // Words alone changed: the figures may be laid side by side.
        assert_eq!(here.beside(&there("1.0.1", "a", 3, 0)), Sameness::Certified);
        assert_eq!(here.beside(&there("1.0.0", "a", 3, 1)), Sameness::Unproven);
        assert_eq!(here.beside(&there("1.0.0", "a", 0, 0)), Sameness::Unproven);
        assert_eq!(
            here.beside(&there("1.0.0", "b", 3, 0)),
            Sameness::OtherDefinition
        );
        assert_eq!(
            here.beside(&there("2.0.0", "b", 3, 0)),
            Sameness::OtherVersion
        );
    }
}
