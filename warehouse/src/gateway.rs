//! gateway: the one way in for people: pages and API read figures, analysts ask SQL, behind one check of rights.

use std::sync::Arc;

use crate::board::Board;
use crate::error::{Error, Result};
use crate::figure::Address;
use crate::index::{AsOf, FigureIndex};
use crate::pack::Pack;
use crate::principal::Principal;
use crate::project::Settings;
use crate::proof::Proof;
use crate::quality::{StoredDelivery, StoredFinding};
use crate::region::RegionBook;
use crate::release::Release;
use crate::target::Target;

/// What pages read without SQL, loaded whole and replaced when a new run commits.
pub struct Snapshot {
    pub settings: Settings,
    pub boards: Vec<Board>,
    /// The definitions of the latest run.
    pub pack: Pack,
    pub figures: FigureIndex,
    pub regions: RegionBook,
    pub targets: Vec<Target>,
    /// Product code to Dutch and English name.
    pub products: std::collections::BTreeMap<String, crate::Text>,
}

pub struct Gateway {}

impl Gateway {
    /// The figures as of now or then: the snapshot and the run to read it at. `None` when nothing was computed yet.
    pub async fn figures(
        &self,
        _principal: &Principal,
        _as_of: AsOf,
    ) -> Result<Option<(Arc<Snapshot>, i64)>> {
        Err(Error::storage("not built yet"))
    }
    /// The proof of a figure as it stood at `run`.
    pub async fn proof(
        &self,
        _principal: &Principal,
        _address: &Address,
        _run: i64,
    ) -> Result<Proof> {
        Err(Error::storage("not built yet"))
    }
    /// Newest first.
    pub async fn deliveries(&self, _principal: &Principal) -> Result<Vec<StoredDelivery>> {
        Err(Error::storage("not built yet"))
    }
    /// In record order, at most `limit`.
    pub async fn findings(
        &self,
        _principal: &Principal,
        _delivery: Option<&str>,
        _rule: Option<&str>,
        _limit: usize,
    ) -> Result<Vec<StoredFinding>> {
        Err(Error::storage("not built yet"))
    }
    /// (source, rule, severity, rows), most rows first.
    pub async fn findings_by_rule(
        &self,
        _principal: &Principal,
    ) -> Result<Vec<(String, String, String, i64)>> {
        Err(Error::storage("not built yet"))
    }
    /// Newest first; only whole releases.
    pub async fn releases(&self) -> Result<Vec<Release>> {
        Err(Error::storage("not built yet"))
    }
    /// A file of a release, checked against its sum.
    pub async fn release_file(
        &self,
        _dataset: &str,
        _version: &str,
        _name: &str,
    ) -> Result<bytes::Bytes> {
        Err(Error::storage("not built yet"))
    }
}
