//! pack: a versioned folder of definitions (contracts, views, indicators, reference rows), the built-in one carried in the binary.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use indexmap::IndexMap;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::checks::Check;
use crate::contract::{self, Contract};
use crate::error::{Doing, Error, Result};
use crate::indicator::{Indicator, Kind};
use crate::language::Text;
use crate::region::Territory;
use crate::region::plan::{Plan, PlanName};
use crate::term::Term;

pub mod bundle;
mod merge;

pub use merge::{CORE, Part, labels, merge};

static BUILTIN: Dir = include_dir!("$CARGO_MANIFEST_DIR/../sql");

/// Paths (with `/`, relative to the pack) and contents of a pack's files.
pub type Files = BTreeMap<String, String>;

/// Definitions, parsed. What it was parsed from is kept, so that a run's definitions can be stored by content hash.
#[derive(Debug, Clone)]
pub struct Pack {
    pub about: About,
    pub contracts: IndexMap<String, Contract>,
    /// View name to SQL.
    pub views: IndexMap<String, String>,
    /// In the order of the themes, then by id.
    pub indicators: IndexMap<String, Indicator>,
    /// Queries that must return no rows, by id.
    pub checks: IndexMap<String, Check>,
    /// Rows the pack brings along: table name to CSV.
    pub reference: IndexMap<String, String>,
    /// The divisions of the land that figures are computed on; as recorded comes first.
    pub territories: Vec<Territory>,
    /// The plans among them.
    pub plans: Vec<Plan>,
    files: Files,
}

/// Where the project's choice of territories stands among the definitions; absent: those of [`TERRITORIES`].
pub const TERRITORIES_FILE: &str = "territories.toml";

/// What is computed beside `as_recorded` when a project does not say: the municipalities since the mergers of 2025.
pub const TERRITORIES: [&str; 1] = ["2025-01-01"];

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    pub name: String,
    pub version: String,
    pub title: Text,
    pub description: Text,
    pub languages: Vec<String>,
    pub licence: String,
    pub publisher: String,
    /// The lowest version of this program that can use it.
    pub needs: Option<String>,
    /// Other packs that a project must have, by name, each with a requirement such as `^1.2`.
    #[serde(default)]
    pub dependencies: IndexMap<String, String>,
    #[serde(default)]
    pub themes: Vec<Theme>,
    /// Words for slice columns and their values.
    #[serde(default)]
    pub slices: IndexMap<String, SliceWords>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    pub id: String,
    pub title: Text,
    pub question: Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SliceWords {
    pub title: Text,
    #[serde(default)]
    pub values: IndexMap<String, Text>,
}

/// The files of the pack carried in the binary, `builtin:vlavirgem`.
pub fn builtin_files() -> Files {
    fn collect(dir: &Dir, files: &mut Files) {
        for file in dir.files() {
            if let Some(text) = file.contents_utf8() {
                files.insert(
                    file.path().to_string_lossy().replace('\\', "/"),
                    text.to_string(),
                );
            }
        }
        dir.dirs().for_each(|d| collect(d, files));
    }
    let mut files = Files::new();
    collect(&BUILTIN, &mut files);
    files
}

/// The files of a pack in a folder.
pub fn folder_files(folder: &Path) -> Result<Files> {
    fn collect(root: &Path, dir: &Path, files: &mut Files) -> Result<()> {
        let entries = std::fs::read_dir(dir)
            .reading(|| format!("cannot read pack folder {}", dir.display()))?;
        for entry in entries {
            let path = entry
                .reading(|| format!("cannot read pack folder {}", dir.display()))?
                .path();
            if path.is_dir() {
                collect(root, &path, files)?;
            } else if path
                .extension()
                .is_some_and(|e| ["toml", "sql", "csv"].iter().any(|known| e == *known))
            {
                let text = std::fs::read_to_string(&path)
                    .reading(|| format!("cannot read {}", path.display()))?;
                let name = path
                    .strip_prefix(root)
                    .unwrap_or(&path)
                    .to_string_lossy()
                    .replace('\\', "/");
                files.insert(name, text);
            }
        }
        Ok(())
    }
    let mut files = Files::new();
    collect(folder, folder, &mut files)?;
    Ok(files)
}

impl Pack {
    /// Parses all files and reports all problems at once.
    pub fn parse(files: Files) -> Result<Self, Vec<Error>> {
        let mut problems = Vec::new();
        let about = files
            .get("pack.toml")
            .ok_or_else(|| Error::input("the pack has no pack.toml"))
            .and_then(|text| {
                toml::from_str::<About>(text).reading(|| "cannot read pack.toml".into())
            });
        let about = match about {
            Ok(about) => about,
            Err(e) => return Err(vec![e]),
        };
        let mut pack = Self {
            about,
            contracts: IndexMap::new(),
            views: IndexMap::new(),
            indicators: IndexMap::new(),
            checks: IndexMap::new(),
            reference: IndexMap::new(),
            territories: vec![Territory::AsRecorded],
            plans: Vec::new(),
            files,
        };
        if let Err(e) = pack.choose_territories() {
            problems.push(e);
        }
        for (path, text) in &pack.files {
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                ["tables", file] if file.ends_with(".toml") => {
                    let name = file.trim_end_matches(".toml");
                    match Contract::parse(name, path, text) {
                        Ok(contract) => drop(pack.contracts.insert(name.to_string(), contract)),
                        Err(e) => problems.push(e),
                    }
                }
                ["views", file] if file.ends_with(".sql") => {
                    pack.views
                        .insert(file.trim_end_matches(".sql").to_string(), text.clone());
                }
                ["checks", file] if file.ends_with(".sql") => {
                    let id = file.trim_end_matches(".sql");
                    let about = format!("checks/{id}.toml");
                    let check = match pack.files.get(&about) {
                        Some(written) => Check::parse(id, &about, written, text),
                        None => Err(Error::input(format!(
                            "{path}: there is no {id}.toml beside it"
                        ))),
                    };
                    match check {
                        Ok(check) => drop(pack.checks.insert(id.to_string(), check)),
                        Err(e) => problems.push(e),
                    }
                }
                ["checks", file] if file.ends_with(".toml") => {
                    let sql = path.replace(".toml", ".sql");
                    if !pack.files.contains_key(&sql) {
                        problems.push(Error::input(format!("{path}: there is no {sql} for it")));
                    }
                }
                ["reference", file] if file.ends_with(".csv") => {
                    pack.reference
                        .insert(file.trim_end_matches(".csv").to_string(), text.clone());
                }
                ["indicators", theme, id, "indicator.toml"] => {
                    let sql_path = format!("indicators/{theme}/{id}/facts.sql");
                    let Some(sql) = pack.files.get(&sql_path) else {
                        problems.push(Error::input(format!(
                            "{path}: there is no facts.sql beside it"
                        )));
                        continue;
                    };
                    match Indicator::parse(theme, id, path, text, sql) {
                        Ok(indicator) if pack.indicators.contains_key(*id) => {
                            let twice = Error::input(format!(
                                "{path}: indicator id `{}` is there twice",
                                indicator.id
                            ));
                            problems.push(twice.hint("one id, one measure, whatever its theme: give one of the two folders another name"));
                        }
                        Ok(indicator) => drop(pack.indicators.insert(id.to_string(), indicator)),
                        Err(e) => problems.push(e),
                    }
                }
                _ => {}
            }
        }
        // What the warehouse writes itself is laid down by this program, also for a pack that was copied from an earlier one.
        for contract in system_contracts() {
            pack.contracts
                .insert(contract.name.clone(), contract.clone());
        }
        problems.extend(contract::references_lead_somewhere(pack.contracts.values()));
        for (name, indicator) in &pack.indicators {
            if !pack.about.themes.iter().any(|t| t.id == indicator.theme) {
                problems.push(
                    Error::input(format!(
                        "indicator `{name}`: theme `{}` is not in pack.toml",
                        indicator.theme
                    ))
                    .hint("put the folder under a theme that is there, or add the theme with [[themes]] to the pack.toml of its pack"),
                );
            }
        }
        for indicator in pack.indicators.values() {
            problems.extend(pack.survival_problem(indicator));
        }
        for check in pack.checks.values() {
            for table in check
                .touches
                .iter()
                .filter(|t| !pack.contracts.contains_key(*t))
            {
                problems.push(Error::input(format!(
                    "checks/{}.toml: it touches table `{table}`, which is not there",
                    check.id
                )));
            }
        }
        let order = |theme: &str| pack.about.themes.iter().position(|t| t.id == theme);
        pack.indicators
            .sort_by(|a, x, b, y| (order(&x.theme), a).cmp(&(order(&y.theme), b)));
        if problems.is_empty() {
            Ok(pack)
        } else {
            Err(problems)
        }
    }

    /// The legal terms it brings along, as written.
    pub fn terms(&self) -> Vec<Term> {
        self.reference
            .get("terms")
            .map_or_else(Vec::new, |csv| Term::rows(csv))
    }

    /// Reads which territories are chosen, and the plans among them.
    fn choose_territories(&mut self) -> Result<()> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Chosen {
            territories: Vec<String>,
        }
        let chosen = match self.files.get(TERRITORIES_FILE) {
            Some(text) => {
                let chosen: Chosen =
                    toml::from_str(text).reading(|| format!("cannot read {TERRITORIES_FILE}"))?;
                chosen.territories
            }
            None => TERRITORIES.map(String::from).to_vec(),
        };
        for name in &chosen {
            let territory = match plan_name(name) {
                None => Territory::parse(name)
                    .ok()
                    .filter(|t| matches!(t, Territory::Vintage(_))),
                Some(plan) => {
                    let plan = PlanName::parse(plan)?;
                    let text = self
                        .files
                        .get(name)
                        .ok_or_else(|| Error::input(format!("territory `{name}` is not there")))?;
                    self.plans.push(Plan::parse(plan, name, text)?);
                    Some(Territory::Planned(plan))
                }
            };
            let Some(territory) = territory else {
                return Err(Error::input(format!("`{name}` is not a territory to compute"))
                    .hint("write the day of a division such as \"2019-01-01\", or the file of a plan such as \"planned/fusie.csv\""));
            };
            if self.territories.contains(&territory) {
                return Err(Error::input(format!("territory `{name}` is chosen twice"))
                    .hint("as recorded needs not be named: it is always computed"));
            }
            self.territories.push(territory);
        }
        self.territories.sort_unstable();
        Ok(())
    }

    /// What is wrong with the indicator that stands beside one where much is open.
    fn survival_problem(&self, indicator: &Indicator) -> Option<Error> {
        let beside = indicator.survival.as_ref()?;
        let wrong = |what: String| {
            let path = format!(
                "indicators/{}/{}/indicator.toml",
                indicator.theme, indicator.id
            );
            let error = Error::input(format!("{path}: survival = \"{beside}\": {what}"));
            Some(error.hint(
                "name an indicator of kind survival with the same quantile, unit and periods",
            ))
        };
        if indicator.kind != Kind::Quantile {
            return wrong("only kind quantile has one beside it".into());
        }
        let Some(other) = self.indicators.get(beside) else {
            return wrong("there is no such indicator".into());
        };
        let alike = other.kind == Kind::Survival
            && other.quantile == indicator.quantile
            && other.unit == indicator.unit
            && indicator.periods.iter().all(|p| other.periods.contains(p));
        match alike {
            true => None,
            false => wrong(format!(
                "it is a {} of {} in {}, which cannot be read beside this one",
                other.kind.name(),
                other.quantile.unwrap_or_default(),
                other.unit
            )),
        }
    }

    /// The files that make up the definitions: everything but golden cases and documents.
    pub fn definition_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(|(p, _)| !p.contains("/golden/") && !p.ends_with(".md"))
            .map(|(p, t)| (p.as_str(), t.as_str()))
    }

    pub fn file(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Whether codes are looked up in this table: of these the rows are kept at hand while files are checked.
    pub fn is_code_table(&self, name: &str) -> bool {
        let columns = self.contracts.values().flat_map(|c| c.columns.values());
        let mut lookups = columns.filter_map(|c| c.lookup.as_ref());
        ["regions", "region_changes"].contains(&name) || lookups.any(|lookup| lookup.table == name)
    }

    /// Tables a mapping may fill.
    pub fn canonical(&self) -> impl Iterator<Item = &Contract> {
        self.contracts.values().filter(|c| !c.system)
    }
}

/// The name of the plan that a file of the project holds.
pub(crate) fn plan_name(path: &str) -> Option<&str> {
    path.strip_prefix("planned/")?.strip_suffix(".csv")
}

/// The built-in contracts of the tables that the warehouse writes itself.
fn system_contracts() -> &'static [Contract] {
    static CONTRACTS: LazyLock<Vec<Contract>> = LazyLock::new(|| {
        let tables = BUILTIN
            .get_dir("tables")
            .map(Dir::files)
            .into_iter()
            .flatten();
        let parsed = tables.filter_map(|file| {
            let path = file.path().to_string_lossy();
            let name = file.path().file_stem()?.to_str()?;
            Contract::parse(name, &path, file.contents_utf8()?).ok()
        });
        parsed.filter(|contract| contract.system).collect()
    });
    &CONTRACTS
}

/// SHA-256 in hexadecimal.
pub fn sha256_hex(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes.as_ref()))
}
