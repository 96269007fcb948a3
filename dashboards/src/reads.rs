//! reads: what the pages ask of the warehouse, and what was learned about the snapshot in hand.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::body::Bytes;
use beleidsinfo_warehouse::Result;
use beleidsinfo_warehouse::attempts::{Attempt, PlannedSource};
use beleidsinfo_warehouse::explain::Explanation;
use beleidsinfo_warehouse::figure::Address;
use beleidsinfo_warehouse::gateway::{Count, Gateway, Snapshot};
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::life::Life;
use beleidsinfo_warehouse::lineage::{FigureLineage, FileLineage};
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::profile::TableProfile;
use beleidsinfo_warehouse::proof::Proof;
use beleidsinfo_warehouse::quality::{RuleCount, StoredDelivery, StoredFinding, Wanted};
use beleidsinfo_warehouse::release::Release;

use crate::Planned;
use crate::ground::Ground;

/// A closed list: the warehouse, or invented figures to look at pages and to test them.
pub enum Reads {
    Gateway(Arc<Gateway>, Planned),
    #[cfg(any(test, feature = "preview"))]
    Sample(Box<crate::sample::Sample>),
}

/// The last snapshot surveyed; a survey reads every figure once.
#[derive(Default)]
pub struct Surveyed(Mutex<Option<Kept>>, AtomicBool);

/// Of which snapshot, at which run, and what was found.
type Kept = (Weak<Snapshot>, i64, Arc<Ground>);

impl Surveyed {
    /// Whether the project said so when it was last read.
    pub fn synthetic(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }

    pub fn ground(&self, snapshot: &Arc<Snapshot>, run: i64, principal: &Principal) -> Arc<Ground> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, at, ground)) = kept.as_ref()
            && *at == run
            && of.upgrade().is_some_and(|s| Arc::ptr_eq(&s, snapshot))
        {
            return ground.clone();
        }
        let synthetic = snapshot.settings.organisation.synthetic;
        self.1.store(synthetic, Ordering::Relaxed);
        let ground = Arc::new(Ground::survey(snapshot, run, principal));
        *kept = Some((Arc::downgrade(snapshot), run, ground.clone()));
        ground
    }
}

impl Reads {
    pub async fn figures(
        &self,
        principal: &Principal,
        as_of: AsOf,
    ) -> Result<Option<(Arc<Snapshot>, i64)>> {
        match self {
            Reads::Gateway(gateway, _) => gateway.figures(principal, as_of).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.figures(as_of)),
        }
    }

    pub async fn proof(&self, principal: &Principal, address: &Address, run: i64) -> Result<Proof> {
        match self {
            Reads::Gateway(gateway, _) => gateway.proof(principal, address, run).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => sample.proof(address, run),
        }
    }

    /// Why a figure changed between two runs.
    pub async fn explain(
        &self,
        principal: &Principal,
        address: &Address,
        from: i64,
        to: i64,
    ) -> Result<Explanation> {
        match self {
            Reads::Gateway(gateway, _) => gateway.explain(principal, address, from, to).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => sample.explain(address, from, to),
        }
    }

    /// All that became of a definition up to a run.
    pub async fn life(&self, principal: &Principal, indicator: &str, run: i64) -> Result<Life> {
        match self {
            Reads::Gateway(gateway, _) => gateway.life(principal, indicator, run).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.life(indicator, run)),
        }
    }

    pub async fn deliveries(&self, principal: &Principal) -> Result<Vec<StoredDelivery>> {
        match self {
            Reads::Gateway(gateway, _) => gateway.deliveries(principal).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.deliveries.clone()),
        }
    }

    pub async fn findings(
        &self,
        principal: &Principal,
        wanted: Wanted<'_>,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<StoredFinding>> {
        match self {
            Reads::Gateway(gateway, _) => gateway.findings(principal, wanted, skip, limit).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.findings(wanted, skip, limit)),
        }
    }

    pub async fn findings_by_rule(&self, principal: &Principal) -> Result<Vec<RuleCount>> {
        match self {
            Reads::Gateway(gateway, _) => gateway.findings_by_rule(principal).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.by_rule()),
        }
    }

    /// The project's own sources with their schedules.
    pub fn planned(&self) -> Arc<Vec<PlannedSource>> {
        match self {
            Reads::Gateway(_, planned) => planned.borrow().clone(),
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => sample.planned.clone(),
        }
    }

    /// When each source was fetched and stored, newest first.
    pub async fn attempts(&self, principal: &Principal) -> Result<Vec<Attempt>> {
        match self {
            Reads::Gateway(gateway, _) => gateway.attempts(principal).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.attempts.clone()),
        }
    }

    pub async fn alarms(&self, principal: &Principal) -> Result<Vec<StoredFinding>> {
        match self {
            Reads::Gateway(gateway, _) => gateway.alarms(principal).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.alarms()),
        }
    }

    pub async fn profile(
        &self,
        principal: &Principal,
        delivery: &str,
    ) -> Result<BTreeMap<String, Vec<TableProfile>>> {
        match self {
            Reads::Gateway(gateway, _) => gateway.profile(principal, delivery).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.profile(delivery)),
        }
    }

    /// Which files gave the rows of a figure's ground, as it stood then.
    pub async fn figure_lineage(
        &self,
        principal: &Principal,
        address: &Address,
        as_of: AsOf,
    ) -> Result<FigureLineage> {
        match self {
            Reads::Gateway(gateway, _) => gateway.figure_lineage(principal, address, as_of).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => sample.figure_lineage(address),
        }
    }

    /// Which figures rest on a file; `None` while they were not counted.
    pub async fn file_lineage(
        &self,
        principal: &Principal,
        delivery: &StoredDelivery,
        count: Count,
    ) -> Result<Option<FileLineage>> {
        match self {
            Reads::Gateway(gateway, _) => gateway.file_lineage(principal, delivery, count).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.file_lineage(delivery, count)),
        }
    }

    pub async fn releases(&self) -> Result<Vec<Release>> {
        match self {
            Reads::Gateway(gateway, _) => gateway.releases().await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => Ok(sample.releases.clone()),
        }
    }

    pub async fn release_file(&self, dataset: &str, version: &str, name: &str) -> Result<Bytes> {
        match self {
            Reads::Gateway(gateway, _) => gateway.release_file(dataset, version, name).await,
            #[cfg(any(test, feature = "preview"))]
            Reads::Sample(sample) => sample.release_file(dataset, version, name),
        }
    }
}
