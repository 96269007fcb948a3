//! compute/scope: what a run counts again, and for which municipalities. What is not counted again stands as it was.

use std::collections::{BTreeMap, BTreeSet};

use crate::compute::counts::{Asked, Counted, Counts};
use crate::compute::local;
use crate::define;
use crate::error::Result;
use crate::index::Run;
use crate::indicator::{Indicator, Kind};
use crate::pack::{Pack, plan_name, sha256_hex};
use crate::region::{RegionBook, Territory};
use crate::session::Session;
use crate::tables::Table;
use crate::warehouse::PROGRAM;

/// Checks over the figures of all municipalities together.
const OVER_FIGURES: [&str; 3] = ["territories", "slices", "finite"];

/// How much of one definition is counted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Nothing,
    /// The municipalities of [`Scopes::codes`].
    Part,
    All,
}

/// What came in since the last run, and what that run counted.
pub(crate) struct Scopes<'a> {
    pack: &'a Pack,
    before: Option<Before<'a>>,
    /// The municipalities of which rows came in, with all that mergers tie them to.
    pub codes: BTreeSet<String>,
}

struct Before<'a> {
    run: &'a Run,
    counts: &'a Counts,
    /// Tables without municipalities in which rows came in.
    references: BTreeSet<String>,
    /// Tables with municipalities in which rows came in.
    tenants: BTreeSet<String>,
    /// Definitions that can be counted per municipality, by id; of checks, by id after `checks/`.
    local: BTreeSet<String>,
}

impl<'a> Scopes<'a> {
    /// Everything.
    pub fn all(pack: &'a Pack) -> Self {
        Self {
            pack,
            before: None,
            codes: BTreeSet::new(),
        }
    }

    /// What came in after `counts` were made by `run`. Read from the statistics of files.
    pub async fn since(
        pack: &'a Pack,
        tables: &BTreeMap<String, Table>,
        book: &RegionBook,
        run: &'a Run,
        counts: &'a Counts,
    ) -> Result<Self> {
        let (mut references, mut tenants) = (BTreeSet::new(), BTreeSet::new());
        let mut codes = BTreeSet::new();
        for contract in pack.canonical() {
            let Some(table) = tables.get(&contract.name) else {
                continue;
            };
            let new = table.stored().await?;
            for file in new.into_iter().filter(|file| file.batch > counts.batch) {
                match file.tenant {
                    Some(code) => {
                        tenants.insert(contract.name.clone());
                        if !codes.contains(&code) {
                            codes.extend(book.family_of(&code));
                        }
                    }
                    None => drop(references.insert(contract.name.clone())),
                }
            }
        }
        // What is made of several municipalities is counted from all of them.
        let above = counts.indicators.values().flat_map(|c| &c.above);
        for region in above.collect::<BTreeSet<_>>() {
            let members = |territory: &Territory| book.members(*territory, region);
            let members: BTreeSet<String> = pack.territories.iter().flat_map(members).collect();
            if !members.is_disjoint(&codes) {
                codes.extend(members.iter().flat_map(|code| book.family_of(code)));
                codes.insert(region.clone());
            }
        }
        let before = Before {
            run,
            counts,
            references,
            tenants,
            local: local_definitions(pack).await?,
        };
        Ok(Self {
            pack,
            before: Some(before),
            codes,
        })
    }

    /// What the last run counted of an indicator of which nothing is counted again, or a part.
    pub fn counted(&self, id: &str) -> Option<&'a Counted> {
        self.before.as_ref()?.counts.indicators.get(id)
    }

    pub fn asked(&self, check: &str) -> Option<&'a Asked> {
        self.before.as_ref()?.counts.checks.get(check)
    }

    /// `now` is what would be counted, its grounds excepted; `tables` are those that are read.
    pub fn of(&self, indicator: &Indicator, tables: &BTreeSet<String>, now: &Counted) -> Scope {
        let Some(before) = &self.before else {
            return Scope::All;
        };
        // What every figure stands on.
        let land = ["regions", "region_changes"];
        if land.iter().any(|table| before.references.contains(*table))
            || indicator.kind == Kind::Rate && before.references.contains("population")
        {
            return Scope::All;
        }
        let Some(old) = before.counts.indicators.get(&indicator.id) else {
            return Scope::All;
        };
        let same = (&old.definition, old.cutoff, &old.completeness)
            == (&now.definition, now.cutoff, &now.completeness);
        let strays = old.grounds.values().any(|ground| ground.strays);
        // A check over all figures that failed is made over all again.
        let failed = before.run.checks.iter().any(|check| {
            check.indicator == indicator.id
                && OVER_FIGURES.contains(&check.check.as_str())
                && !check.passed
        });
        if !same || strays || failed {
            return Scope::All;
        }
        self.by_tables(&indicator.id, tables)
    }

    pub fn of_check(&self, id: &str, tables: &BTreeSet<String>, now: &Asked) -> Scope {
        match self.asked(id) {
            Some(old) if (&old.definition, old.cutoff) == (&now.definition, now.cutoff) => {
                self.by_tables(&format!("checks/{id}"), tables)
            }
            _ => Scope::All,
        }
    }

    fn by_tables(&self, definition: &str, tables: &BTreeSet<String>) -> Scope {
        let Some(before) = &self.before else {
            return Scope::All;
        };
        if !tables.is_disjoint(&before.references) {
            Scope::All
        } else if tables.is_disjoint(&before.tenants) {
            Scope::Nothing
        } else if before.local.contains(definition) {
            Scope::Part
        } else {
            Scope::All
        }
    }

    /// SHA-256 of all that an indicator's figures are made by, the rows excepted.
    pub fn definition(
        &self,
        indicator: &Indicator,
        reads: &Read,
        municipalities: &[String],
    ) -> String {
        let folder = format!("indicators/{}/{}", indicator.theme, indicator.id);
        let territories = self.pack.territories.iter().map(|t| t.code());
        let mut parts = vec![PROGRAM.to_string()];
        parts.extend(municipalities.iter().cloned().chain(territories));
        // A plan keeps its name when its mergers change.
        let files = self.pack.definition_files();
        let plans = files.filter(|(path, _)| plan_name(path).is_some());
        parts.extend(plans.map(|(_, text)| text.to_string()));
        parts.extend(self.text(&format!("{folder}/indicator.toml")));
        parts.push(indicator.sql.clone());
        parts.extend(self.texts(reads));
        digest(&parts)
    }

    /// The same for a check.
    pub fn check_definition(&self, sql: &str, reads: &Read) -> String {
        let mut parts = vec![PROGRAM.to_string(), sql.to_string()];
        parts.extend(self.texts(reads));
        digest(&parts)
    }

    fn texts(&self, (tables, views): &Read) -> Vec<String> {
        let tables = tables.iter().map(|name| format!("tables/{name}.toml"));
        let views = views.iter().map(|name| format!("views/{name}.sql"));
        tables
            .chain(views)
            .filter_map(|path| self.text(&path))
            .collect()
    }

    fn text(&self, path: &str) -> Option<String> {
        self.pack.file(path).map(str::to_string)
    }
}

/// Tables, and the views on the way to them.
pub(crate) type Read = (BTreeSet<String>, BTreeSet<String>);

fn digest(parts: &[String]) -> String {
    // Each with its length, so that no two lists read alike.
    let each = parts.iter().map(|part| format!("{}:{part}", part.len()));
    sha256_hex(each.collect::<String>())
}

/// The definitions whose facts and rows rest on their own municipality alone.
async fn local_definitions(pack: &Pack) -> Result<BTreeSet<String>> {
    let session = define::empty(pack).await?;
    session.add_views(pack).await.map_err(|mut e| e.remove(0))?;
    let indicators = pack.indicators.values().map(|i| (i.id.clone(), &i.sql));
    let checks = pack.checks.values();
    let checks = checks.map(|check| (format!("checks/{}", check.id), &check.sql));
    let mut found = BTreeSet::new();
    for (id, sql) in indicators.chain(checks) {
        if is_local(&session, pack, sql).await {
            found.insert(id);
        }
    }
    Ok(found)
}

async fn is_local(session: &Session, pack: &Pack, sql: &str) -> bool {
    match session.plan(sql).await {
        Ok(plan) => local::is_local(&plan, pack),
        Err(_) => false,
    }
}
