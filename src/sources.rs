//! sources: the sources of a project in the order in which they count: reference tables first, since others look codes up in them.

use std::collections::BTreeMap;
use std::sync::Arc;

use beleidsinfo_ingest::check::references::StoredKeys;
use beleidsinfo_ingest::check::{Rules, alarms, check_with};
use beleidsinfo_ingest::codes::CodeLists;
use beleidsinfo_ingest::drift::{self, Proposal};
use beleidsinfo_ingest::mapping::Connector;
use beleidsinfo_ingest::source::Source;
use beleidsinfo_warehouse::delivery::{Delivery, Receipt};
use beleidsinfo_warehouse::keys::Keys;
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::profile::Past;
use beleidsinfo_warehouse::project::Project;
use beleidsinfo_warehouse::reference::{CodeTables, region_book};
use beleidsinfo_warehouse::warehouse::Warehouse;
use beleidsinfo_warehouse::{Error, Result};

use crate::report::Problems;

/// A source, and the text the pack itself brings for it.
pub struct Planned {
    pub source: Source,
    pub builtin: Option<(String, String)>,
}

/// All sources, or one; validated, all problems at once. The reference tables of the pack come along with one source too:
/// without them no code of its rows is known.
pub fn planned(
    project: &Project,
    pack: &Pack,
    keys: &Keys,
    only: Option<&str>,
) -> Result<Vec<Planned>, Problems> {
    let mut planned = Vec::new();
    // Regions before all that names them.
    let mut tables: Vec<&String> = pack.reference.keys().collect();
    tables.sort_by_key(|t| (!t.starts_with("region"), t.as_str()));
    for table in tables {
        let Some(contract) = pack.contracts.get(table) else {
            return Err(Error::input(format!(
                "reference/{table}.csv: the pack has no contract tables/{table}.toml"
            ))
            .into());
        };
        let text = pack.reference[table].clone();
        planned.push(Planned {
            source: Source::reference(&format!("pack/{table}"), contract),
            builtin: Some((format!("{table}.csv"), text)),
        });
    }
    let mut own = Source::load_folder(&project.sources_folder())?;
    let reference_first = |s: &Source| {
        s.mapping.tables.iter().any(|t| {
            pack.contracts
                .get(&t.name)
                .is_some_and(|c| c.tenant.is_some())
        })
    };
    // What others point at comes before what points at it.
    let points_outside = |s: &Source| {
        let fills = |table: &str| s.mapping.tables.iter().any(|t| t.name == table);
        let contracts = s
            .mapping
            .tables
            .iter()
            .filter_map(|t| pack.contracts.get(&t.name));
        contracts
            .flat_map(|c| &c.references)
            .any(|reference| !fills(&reference.table))
    };
    own.sort_by_key(|s| {
        (
            reference_first(s),
            !s.mapping
                .tables
                .iter()
                .any(|t| t.name.starts_with("region")),
            points_outside(s),
        )
    });
    let mut problems: Vec<Error> = own
        .iter()
        .filter_map(|s| s.validate(&pack.contracts).err())
        .collect();
    let registers = own.iter().filter(|s| s.mapping.connector == Connector::Kbo);
    if let [first, second, ..] = registers.collect::<Vec<_>>()[..] {
        let (first, second) = (first.path.display(), second.path.display());
        problems.push(
            Error::input(format!(
                "{first} and {second} both read extracts of the KBO"
            ))
            .hint("extracts go on from one another: one source reads all of them"),
        );
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    planned.extend(own.into_iter().map(|source| Planned {
        source: source.keyed(keys),
        builtin: None,
    }));
    if let Some(only) = only {
        planned.retain(|p| p.builtin.is_some() || p.source.id == only);
        if planned.iter().all(|p| p.source.id != only) {
            return Err(Error::not_found(format!("there is no source `{only}`"))
                .hint(format!(
                    "the mappings are in {}",
                    project.sources_folder().display()
                ))
                .into());
        }
    }
    Ok(planned)
}

/// Checks landed files with the code lists of the moment.
pub struct Door {
    known: CodeTables,
    codes: CodeLists,
    keys: Arc<Keys>,
    zone: chrono_tz::Tz,
    warehouse: Arc<Warehouse>,
    stored: StoredKeys,
    /// Per source its earlier deliveries, oldest first.
    past: BTreeMap<String, Vec<Past>>,
}

impl Door {
    pub async fn open(project: &Project, pack: &Pack, warehouse: &Arc<Warehouse>) -> Result<Self> {
        let known = warehouse.code_tables(pack).await?;
        let codes = code_lists(pack, &known)?;
        Ok(Self {
            known,
            codes,
            keys: warehouse.keys().clone(),
            zone: project.zone,
            warehouse: warehouse.clone(),
            stored: StoredKeys::default(),
            past: warehouse.past(pack).await?,
        })
    }

    /// After a reference table changed.
    pub async fn reload(&mut self, pack: &Pack, warehouse: &Warehouse) -> Result<()> {
        self.known = warehouse.code_tables(pack).await?;
        self.codes = code_lists(pack, &self.known)?;
        Ok(())
    }

    /// What a check needs to know besides a file and its mapping.
    pub fn rules<'a>(&'a self, pack: &'a Pack) -> Rules<'a> {
        Rules {
            contracts: &pack.contracts,
            codes: &self.codes,
            zone: self.zone,
            keys: &self.keys,
        }
    }

    /// Checks a file; when it points at rows it does not hold, the keys of their table are read first.
    pub async fn check(
        &mut self,
        pack: &Pack,
        source: &Source,
        receipt: &Receipt,
        bytes: &[u8],
    ) -> Result<Delivery> {
        let rules = Rules {
            contracts: &pack.contracts,
            codes: &self.codes,
            zone: self.zone,
            keys: &self.keys,
        };
        let mut delivery = check_with(source, receipt, bytes, &rules, &self.stored)?;
        let wanted = self.stored.wanted();
        let again = !wanted.is_empty();
        for target in wanted {
            let (table, columns) = target.clone();
            self.stored.know(target);
            let stored = &mut self.stored;
            self.warehouse
                .stored_keys(pack, &table, &columns, &mut |rows| stored.add(&table, rows))
                .await?;
        }
        if again {
            delivery = check_with(source, receipt, bytes, &rules, &self.stored)?;
        }
        self.raise(pack, source, &mut delivery);
        Ok(delivery)
    }

    /// Adds what is odd about a delivery as a whole.
    pub fn raise(&self, pack: &Pack, source: &Source, delivery: &mut Delivery) {
        let past = self.past.get(&source.id).map_or(&[][..], Vec::as_slice);
        alarms::raise(&source.mapping, &pack.contracts, delivery, past, self.zone);
    }

    /// From now on the rows of this delivery can be pointed at, and later ones are held against it.
    pub fn remember(&mut self, delivery: &Delivery) -> Result<()> {
        let receipt = &delivery.receipt;
        let of = self.past.entry(receipt.source_id.clone()).or_default();
        let same = |p: &Past| (&p.delivery, p.pulled_at) == (&receipt.sha256, receipt.pulled_at);
        let before = of.iter().find(|p| same(p)).map(|p| p.stored_at);
        of.retain(|p| !same(p));
        of.push(Past {
            delivery: receipt.sha256.clone(),
            name: receipt.name.clone(),
            pulled_at: receipt.pulled_at,
            stored_at: before.unwrap_or_else(|| self.warehouse.now()),
            complete_until_on: delivery.complete_until_on,
            header: delivery.header.clone(),
            tables: delivery.profile.clone(),
        });
        for table in &delivery.tables {
            self.stored.add(&table.table, &table.rows)?;
        }
        Ok(())
    }

    /// Rows were stored that are not at hand: who points at their table asks the warehouse.
    pub fn forget_keys(&mut self, delivery: &Delivery) {
        for table in &delivery.tables {
            self.stored.forget(&table.table);
        }
    }

    /// The change to its mapping that would follow a change in the form of this file; `None` when its form is as expected.
    pub fn propose(
        &self,
        pack: &Pack,
        source: &Source,
        receipt: &Receipt,
        bytes: &[u8],
        outcome: Result<&Delivery, &Error>,
    ) -> Option<Proposal> {
        // The form of an extract or a release is not for a mapping to say.
        if matches!(
            source.mapping.connector,
            Connector::Kbo | Connector::Release
        ) {
            return None;
        }
        let rules = self.rules(pack);
        let text = std::fs::read_to_string(&source.path).ok()?;
        match outcome {
            Ok(delivery) => {
                let past = self.past.get(&source.id).map_or(&[][..], Vec::as_slice);
                let added = alarms::added(&source.mapping, delivery, past);
                drift::after_check(source, &text, delivery, &added, bytes, &rules).ok()?
            }
            Err(error) => drift::after_error(source, &text, receipt, bytes, &rules, error),
        }
    }

    /// Takes accepted reference rows in without storing them: a dry run knows the codes a store would know.
    pub fn learn(&mut self, pack: &Pack, delivery: &Delivery) -> Result<()> {
        self.remember(delivery)?;
        let mut learned = false;
        for table in &delivery.tables {
            if pack.is_code_table(&table.table) {
                self.known
                    .entry(table.table.clone())
                    .or_default()
                    .push(table.rows.clone());
                learned = true;
            }
        }
        if learned {
            self.codes = code_lists(pack, &self.known)?;
        }
        Ok(())
    }
}

fn code_lists(pack: &Pack, known: &CodeTables) -> Result<CodeLists> {
    let rows = |table: &str| known.get(table).map_or(&[][..], Vec::as_slice);
    let mut codes = CodeLists::new(region_book(rows("regions"), rows("region_changes"))?);
    for (table, rows) in known {
        if let Some(contract) = pack.contracts.get(table) {
            rows.iter().for_each(|rows| codes.add(contract, rows));
        }
    }
    codes.add_indicators(pack.indicators.keys());
    Ok(codes)
}

/// Whether codes change with this source.
pub fn is_reference(source: &Source, pack: &Pack) -> bool {
    let mut tables = source.mapping.tables.iter();
    tables.any(|t| pack.is_code_table(&t.name))
}
