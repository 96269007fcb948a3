//! sandbox: what figures would be under other definitions: counted from what the last run read, shown beside its figures, and
//! kept nowhere in the warehouse. So nothing else can read them, `publish` least of all.

use std::collections::{BTreeMap, BTreeSet};

use crate::compute::{Inputs, completeness};
use crate::define::{self, tables_and_views};
use crate::error::{Error, Result};
use crate::figure::{Address, Figure};
use crate::index::Run;
use crate::language::Text;
use crate::pack::Pack;
use crate::principal::Municipalities;
use crate::reference;
use crate::session::{Content, Session};
use crate::warehouse::{Warehouse, committed_run};

/// Figures of a variant beside those of the last run.
#[derive(Debug)]
pub struct WhatIf {
    /// The run whose data was read.
    pub run: Run,
    pub variants: Vec<Variant>,
}

/// One indicator as it would be.
#[derive(Debug)]
pub struct Variant {
    pub indicator: String,
    pub version: String,
    pub title: Text,
    pub unit: String,
    pub decimals: usize,
    /// In order of address.
    pub figures: Vec<Beside>,
}

/// A figure as it stands and as it would be; one of the two may not be there.
#[derive(Debug)]
pub struct Beside {
    /// With the version of the variant.
    pub address: Address,
    pub stands: Option<Figure>,
    pub would_be: Option<Figure>,
}

impl Beside {
    pub fn is_other(&self) -> bool {
        let said = |f: &Option<Figure>| {
            f.as_ref()
                .map(|f| (f.n, f.value.map(f64::to_bits), f.state))
        };
        said(&self.stands) != said(&self.would_be)
    }

    /// What it would be more.
    pub fn difference(&self) -> Option<f64> {
        let value = |f: &Option<Figure>| f.as_ref().and_then(|f| f.value);
        Some(value(&self.would_be)? - value(&self.stands)?)
    }
}

impl Warehouse {
    /// Counts the indicators that `changed` files touch, under the definitions of `variant`. Writes nothing.
    pub async fn what_if(
        &self,
        variant: &Pack,
        changed: &BTreeSet<String>,
        municipalities: &[String],
    ) -> Result<WhatIf, Vec<Error>> {
        let reads = define::define(variant).await?;
        self.what_if_defined(variant, &reads, changed, municipalities)
            .await
            .map_err(|e| vec![e])
    }

    async fn what_if_defined(
        &self,
        variant: &Pack,
        reads: &define::Reads,
        changed: &BTreeSet<String>,
        municipalities: &[String],
    ) -> Result<WhatIf> {
        let tables = self.tables(variant).await?;
        let last = committed_run(&tables).await?;
        let content = |batch| Content {
            pack: variant,
            tables: &tables,
            batch,
            run: last,
            municipalities: &Municipalities::All,
            provenance: false,
            without: None,
        };
        let index = reference::figure_index(&Session::open(content(0)).await?).await?;
        let run = index.latest_run().cloned().ok_or_else(|| {
            Error::not_found("nothing was computed yet to lay a variant beside")
                .hint("run `beleidsinfo compute` first")
        })?;
        let base = define::load(self.storage(), &run.definitions_hash)
            .await?
            .pack;
        // The data of that run, so that only the definition differs.
        let session = Session::open(content(run.batch)).await?;
        let mut touched = variant.clone();
        touched.indicators.retain(|_, indicator| {
            let own = format!("indicators/{}/{}/", indicator.theme, indicator.id);
            let (_, views) = tables_and_views(&session, variant, &indicator.sql);
            changed.iter().any(|path| {
                let view = path.strip_prefix("views/");
                let view = view.and_then(|v| v.strip_suffix(".sql"));
                path.starts_with(&own) || view.is_some_and(|v| views.contains(v))
            })
        });
        let reads: define::Reads = reads
            .iter()
            .filter(|(id, _)| touched.indicators.contains_key(*id))
            .map(|(id, tables)| (id.clone(), tables.clone()))
            .collect();
        let inputs = Inputs::open(session, &touched, &reads).await?;
        let mut variants = Vec::new();
        for indicator in touched.indicators.values() {
            if !inputs.cutoffs.contains_key(&indicator.id) {
                return Err(
                    Error::input(format!("`{}` cannot be computed", indicator.id))
                        .because("not every table it reads is filled by a source"),
                );
            }
            let version = base
                .indicators
                .get(&indicator.id)
                .map(|i| i.version.clone());
            let version = version.unwrap_or_default();
            let standing = index.standing(&indicator.id, &version, last);
            let tables = &reads[&indicator.id];
            let mut figures = inputs
                .figures(indicator, tables, municipalities, &standing, run.run_id)
                .await?;
            completeness::fill(&inputs.histories, indicator, tables, &mut figures);
            let mut both: BTreeMap<Address, Beside> = BTreeMap::new();
            let stands = index
                .all_at(last)
                .filter(|f| *f.address.indicator == indicator.id && *f.address.version == version);
            for figure in stands {
                let address = Address {
                    version: indicator.version.as_str().into(),
                    ..figure.address.clone()
                };
                let beside = Beside {
                    address: address.clone(),
                    stands: Some(figure.clone()),
                    would_be: None,
                };
                both.insert(address, beside);
            }
            for figure in figures {
                let address = figure.address.clone();
                let beside = both.entry(address.clone()).or_insert(Beside {
                    address,
                    stands: None,
                    would_be: None,
                });
                beside.would_be = Some(figure);
            }
            variants.push(Variant {
                indicator: indicator.id.clone(),
                version: indicator.version.clone(),
                title: indicator.title.clone(),
                unit: indicator.unit.clone(),
                decimals: indicator.decimals(),
                figures: both.into_values().collect(),
            });
        }
        Ok(WhatIf { run, variants })
    }
}
