//! gateway: the one way in for people, with two doors behind one check of rights: `query` for SQL, `figures` (and what hangs
//! from them: proofs, deliveries, releases) for pages.

mod export;
mod lineage;
mod profiles;
mod query;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::Mutex;

use crate::arrivals;
use crate::attempts::Attempt;
use crate::board::Board;
use crate::compute::Inputs;
use crate::define::{self, Defined, Reads};
use crate::elsewhere::{self, Elsewhere};
use crate::error::{Error, Result};
use crate::explain::{self, Explanation, Side};
use crate::figure::Address;
use crate::group::Groups;
use crate::index::{AsOf, FigureIndex, Run};
use crate::life::Life;
use crate::lineage::Lineage;
use crate::pack::Pack;
use crate::principal::{Municipalities, Principal};
use crate::project::{Project, Settings};
use crate::proof::Proof;
use crate::prove::{self, Evidence};
use crate::publish;
use crate::quality::{RuleCount, StoredDelivery, StoredFinding, Wanted};
use crate::reference;
use crate::region::RegionBook;
use crate::release::Release;
use crate::seal;
use crate::session::{Content, Session};
use crate::store::rows::{int_column, text_column};
use crate::tables::Table;
use crate::target::Target;
use crate::warehouse::{Warehouse, committed_batch, committed_run};

/// What pages read without SQL: all of it as of one run.
pub struct Snapshot {
    pub settings: Settings,
    pub boards: Vec<Board>,
    /// The definitions of the run.
    pub pack: Pack,
    pub figures: Arc<FigureIndex>,
    pub regions: RegionBook,
    pub targets: Vec<Target>,
    /// Who is compared with whom.
    pub groups: Groups,
    /// What other installations published, held against the definitions of the run.
    pub elsewhere: Elsewhere,
    /// Product code to its names.
    pub products: BTreeMap<String, crate::Text>,
    /// What the indicators read, and what the run found there.
    pub lineage: Lineage,
}

pub use export::Exported;
pub use lineage::Count;
pub use query::{Answer, Limits};

pub struct Gateway {
    warehouse: Arc<Warehouse>,
    project: Project,
    cache: Mutex<Cache>,
    rests: Mutex<lineage::Rests>,
}

#[derive(Default)]
struct Cache {
    looked_at: Option<Instant>,
    run: i64,
    index: Option<Arc<FigureIndex>>,
    snapshots: HashMap<i64, Arc<Snapshot>>,
}

/// What stands for a record of a personal source. It is opened by who has the keys, never on a page.
const SEALED_RECORD: &str = "[versleuteld]";

/// How long pages may show a run after a newer one committed.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// Snapshots of earlier runs kept in memory.
const SNAPSHOTS: usize = 4;

impl Gateway {
    pub fn new(warehouse: Arc<Warehouse>, project: Project) -> Self {
        Self {
            warehouse,
            project,
            cache: Mutex::default(),
            rests: Mutex::default(),
        }
    }

    pub fn settings(&self) -> &Settings {
        &self.project.settings
    }

    pub fn project(&self) -> &Project {
        &self.project
    }

    fn project_pack(&self) -> Result<Pack> {
        self.project.pack().map_err(|mut e| e.remove(0))
    }

    /// The figures as of now or then: the snapshot and the run to read it at. `None` when nothing was computed by then.
    pub async fn figures(
        &self,
        _principal: &Principal,
        as_of: AsOf,
    ) -> Result<Option<(Arc<Snapshot>, i64)>> {
        let mut cache = self.cache.lock().await;
        if cache.looked_at.is_none_or(|at| at.elapsed() > LOOK_AGAIN) {
            let pack = self.project_pack()?;
            let tables = self.warehouse.tables(&pack).await?;
            let run = committed_run(&tables).await?;
            if run != cache.run || cache.index.is_none() {
                let batch = committed_batch(&tables).await?;
                let session = self
                    .open(&pack, &tables, batch, run, &Municipalities::All)
                    .await?;
                cache.index = Some(Arc::new(reference::figure_index(&session).await?));
                cache.run = run;
                cache.snapshots.clear();
            }
            cache.looked_at = Some(Instant::now());
        }
        let Some(index) = cache.index.clone() else {
            return Ok(None);
        };
        let Some(run) = index.run_as_of(as_of) else {
            return Ok(None);
        };
        if let Some(known) = cache.snapshots.get(&run.run_id) {
            return Ok(Some((known.clone(), run.run_id)));
        }
        let pack = define::load(self.warehouse.storage(), &run.definitions_hash)
            .await?
            .pack;
        let tables = self.warehouse.tables(&pack).await?;
        let session = self
            .open(&pack, &tables, run.batch, run.run_id, &Municipalities::All)
            .await?;
        let snapshot = Arc::new(Snapshot {
            settings: self.project.settings.clone(),
            boards: self.project.boards.clone(),
            figures: index.clone(),
            regions: reference::regions(&session)
                .await?
                .with_plans(&pack.plans)?,
            targets: reference::targets(&session).await?,
            groups: reference::groups(&session, &pack).await?,
            elsewhere: elsewhere::stored(&session, &pack).await?,
            products: reference::products(&session).await?,
            lineage: Lineage::of(&pack)
                .await?
                .fed_by(arrivals::deliveries(&session).await?, run.batch),
            pack,
        });
        if cache.snapshots.len() >= SNAPSHOTS {
            cache.snapshots.clear();
        }
        cache.snapshots.insert(run.run_id, snapshot.clone());
        Ok(Some((snapshot, run.run_id)))
    }

    async fn open(
        &self,
        pack: &Pack,
        tables: &BTreeMap<String, Table>,
        batch: i64,
        run: i64,
        municipalities: &Municipalities,
    ) -> Result<Session> {
        Session::open(Content {
            pack,
            tables,
            batch,
            run,
            municipalities,
            provenance: false,
            without: None,
        })
        .await
    }

    /// The definitions, tables and inputs of a run, for these eyes.
    async fn inputs(&self, principal: &Principal, run: &Run) -> Result<(Defined, Reads, Inputs)> {
        let defined = define::load(self.warehouse.storage(), &run.definitions_hash).await?;
        let pack = &defined.pack;
        let reads = define::reads(pack).await?;
        let tables = self.warehouse.tables(pack).await?;
        let session = self
            .open(
                pack,
                &tables,
                run.batch,
                run.run_id,
                &principal.municipalities,
            )
            .await?;
        let inputs = Inputs::open(session, pack, &reads).await?;
        Ok((defined, reads, inputs))
    }

    async fn run_of(&self, principal: &Principal, run: i64) -> Result<(Arc<FigureIndex>, Run)> {
        let (snapshot, _) = self
            .figures(principal, AsOf::Now)
            .await?
            .ok_or_else(nothing_computed)?;
        let index = snapshot.figures.clone();
        let found = index
            .run(run)
            .cloned()
            .ok_or_else(|| Error::not_found(format!("there is no run {run}")))?;
        Ok((index, found))
    }

    /// The proof of a figure as it stood at `run`.
    pub async fn proof(&self, principal: &Principal, address: &Address, run: i64) -> Result<Proof> {
        self.may_see(principal, address)?;
        let (index, run) = self.run_of(principal, run).await?;
        let figure = index
            .get(address, run.run_id)
            .ok_or_else(|| no_figure(address))?;
        // The figure was last computed by the run that wrote it, but it still stood at `run`: prove it from what `run` read.
        let (Defined { pack, .. }, reads, inputs) = self.inputs(principal, &run).await?;
        let indicator = pack
            .indicators
            .get(&*address.indicator)
            .filter(|i| i.version == *address.version)
            .ok_or_else(|| {
                Error::not_found(format!("cannot prove {}", address.code())).because(format!(
                    "run {} had another version of this definition",
                    run.run_id
                ))
            })?;
        let evidence = Evidence {
            index: &index,
            run: &run,
            pack: &pack,
            reads: &reads,
            deliveries: arrivals::deliveries(&inputs.session).await?,
            findings: arrivals::findings(&inputs.session).await?,
            expired: self.warehouse.raw().kept().expired("").await?,
            replayed: arrivals::replayed(&inputs.session).await?,
            alarms: arrivals::alarms(&inputs.session).await?,
            inputs: &inputs,
            synthetic: self.project.settings.organisation.synthetic,
        };
        prove::build(&evidence, indicator, figure).await
    }

    /// Why a figure is another one at run `to` than it was at run `from`.
    ///
    /// Errors: the region is outside the principal's mandate; no such run; the figure was not there in one of them.
    pub async fn explain(
        &self,
        principal: &Principal,
        address: &Address,
        from: i64,
        to: i64,
    ) -> Result<Explanation> {
        self.may_see(principal, address)?;
        if from >= to {
            return Err(Error::input(format!(
                "cannot explain {} from run {from} to run {to}",
                address.code()
            ))
            .hint("name the earlier run first"));
        }
        let (index, before) = self.run_of(principal, from).await?;
        let (_, after) = self.run_of(principal, to).await?;
        let stood = |run: i64| index.get(address, run).ok_or_else(|| no_figure(address));
        let (old_figure, new_figure) = (stood(from)?, stood(to)?);
        let (old, _, old_inputs) = self.inputs(principal, &before).await?;
        let (new, reads, new_inputs) = self.inputs(principal, &after).await?;
        let defined = |pack: &Pack, run: i64| {
            let found = pack.indicators.get(&*address.indicator);
            let found = found.filter(|i| i.version == *address.version).cloned();
            found.ok_or_else(|| {
                Error::not_found(format!("cannot explain {}", address.code())).because(format!(
                    "run {run} had another version of this definition: the figures of two versions are two series"
                ))
            })
        };
        let (old_indicator, new_indicator) = (defined(&old.pack, from)?, defined(&new.pack, to)?);
        // The earlier data under the later definitions.
        let tables = self.warehouse.tables(&new.pack).await?;
        let session = self
            .open(
                &new.pack,
                &tables,
                before.batch,
                before.run_id,
                &principal.municipalities,
            )
            .await?;
        let between = Inputs::open(session, &new.pack, &reads).await?;
        let side = |run, figure, indicator, inputs| Side {
            run,
            figure,
            indicator,
            inputs,
        };
        explain::explain(
            side(&before, old_figure, &old_indicator, &old_inputs),
            &between,
            side(&after, new_figure, &new_indicator, &new_inputs),
        )
        .await
    }

    /// All that became of a definition up to a run; no editions where no run used it.
    pub async fn life(&self, _principal: &Principal, indicator: &str, run: i64) -> Result<Life> {
        let pack = self.project_pack()?;
        self.warehouse.life(&pack, indicator, run).await
    }

    fn may_see(&self, principal: &Principal, address: &Address) -> Result<()> {
        if principal.may_see(&address.region) {
            return Ok(());
        }
        Err(
            Error::refused(format!("cannot show figure {}", address.code()))
                .because("the region is outside your mandate"),
        )
    }

    /// Computes a figure again from what its run read. Answers the stored and the recomputed figure.
    pub async fn recompute(
        &self,
        principal: &Principal,
        address: &Address,
        run: i64,
    ) -> Result<(crate::figure::Figure, Option<crate::figure::Figure>)> {
        let (index, run) = self.run_of(principal, run).await?;
        let stored = index
            .get(address, run.run_id)
            .ok_or_else(|| no_figure(address))?
            .clone();
        let (
            Defined {
                pack,
                municipalities,
            },
            reads,
            inputs,
        ) = self.inputs(principal, &run).await?;
        let Some(indicator) = pack
            .indicators
            .get(&*address.indicator)
            .filter(|i| i.version == *address.version)
        else {
            return Ok((stored, None));
        };
        let standing = index.standing(&indicator.id, &indicator.version, run.run_id);
        let tables = &reads[&indicator.id];
        let figures = inputs
            .figures(
                indicator,
                tables,
                &municipalities,
                &standing,
                stored.run_from,
            )
            .await?;
        Ok((stored, figures.into_iter().find(|f| f.address == *address)))
    }

    /// Stored deliveries, newest first.
    pub async fn deliveries(&self, _principal: &Principal) -> Result<Vec<StoredDelivery>> {
        let (_, session) = self.now().await?;
        let mut found = arrivals::deliveries(&session).await?;
        found.reverse();
        Ok(found)
    }

    /// Rejected and warned records in order of batch and record, from the `skip`th on, at most `limit`: those that stand in
    /// the last reading of their file, and those that a later reading accepted (once, as they were rejected last).
    pub async fn findings(
        &self,
        principal: &Principal,
        wanted: Wanted<'_>,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<StoredFinding>> {
        // `raw` is personal in general, so SQL never shows it; a finding is read whole only by who may see its municipality.
        let pack = self.project_pack()?;
        let tables = self.warehouse.tables(&pack).await?;
        let batch = committed_batch(&tables).await?;
        let session = self
            .open(
                &with_raw(&pack),
                &tables,
                batch,
                0,
                &principal.municipalities,
            )
            .await?;
        let sql = "select r.delivery, r.source_id, r.record, r.line, r.rule, r.severity, r.table_name, r.column_name, r.municipality_code, \
                   r.reason, r.raw, r.batch, r.replayed_batch from rejections r \
                   join (select source_id, delivery, max(batch) as batch from deliveries group by source_id, delivery) as newest \
                     on newest.source_id = r.source_id and newest.delivery = r.delivery \
                   left join (select source_id, delivery, record, replayed_batch, max(batch) as batch from rejections \
                     where replayed_batch is not null group by source_id, delivery, record, replayed_batch) as solved \
                     on solved.source_id = r.source_id and solved.delivery = r.delivery and solved.record = r.record and solved.batch = r.batch \
                   where r.batch = newest.batch or (solved.batch is not null and r.replayed_batch is not null) \
                   order by solved.batch is not null, r.batch, r.record, r.rule";
        let mut found = Vec::new();
        let mut skipped = 0;
        for rows in session.collect(sql).await? {
            use arrow::array::Array;
            let texts: Vec<_> = [0, 1, 4, 5, 6, 7, 8, 9, 10]
                .iter()
                .map(|c| text_column(&rows, *c))
                .collect::<Result<_>>()?;
            let ints: Vec<_> = [2, 3, 11, 12]
                .iter()
                .map(|c| int_column(&rows, *c))
                .collect::<Result<_>>()?;
            for i in 0..rows.num_rows() {
                let text = |c: usize| texts[c].value(i).to_string();
                let municipality_code = texts[6].is_valid(i).then(|| text(6));
                let seen = municipality_code
                    .as_ref()
                    .map_or(principal.municipalities == Municipalities::All, |m| {
                        principal.may_see(m)
                    });
                if !seen
                    || !wanted.takes(
                        texts[1].value(i),
                        texts[0].value(i),
                        texts[2].value(i),
                        texts[3].value(i),
                    )
                {
                    continue;
                }
                if skipped < skip {
                    skipped += 1;
                    continue;
                }
                if found.len() == limit {
                    return Ok(found);
                }
                found.push(StoredFinding {
                    delivery: text(0),
                    source_id: text(1),
                    record: ints[0].value(i),
                    line: ints[1].value(i),
                    rule: text(2),
                    severity: text(3),
                    table: text(4),
                    column: text(5),
                    municipality_code,
                    reason: text(7),
                    raw: match text(8) {
                        sealed if seal::is_sealed(&sealed) => SEALED_RECORD.into(),
                        raw => raw,
                    },
                    batch: ints[2].value(i),
                    replayed_batch: ints[3].is_valid(i).then(|| ints[3].value(i)),
                });
            }
        }
        Ok(found)
    }

    /// How often each rule was broken, most first; of a file read more than once, its last reading counts.
    pub async fn findings_by_rule(&self, _principal: &Principal) -> Result<Vec<RuleCount>> {
        let (_, session) = self.now().await?;
        arrivals::rule_counts(&session).await
    }

    async fn now(&self) -> Result<(Pack, Session)> {
        let pack = self.project_pack()?;
        let tables = self.warehouse.tables(&pack).await?;
        let (batch, run) = (
            committed_batch(&tables).await?,
            committed_run(&tables).await?,
        );
        let session = self
            .open(&pack, &tables, batch, run, &Municipalities::All)
            .await?;
        Ok((pack, session))
    }

    /// Releases, newest first; only whole ones.
    /// When each source was fetched and stored and what came of it, newest first.
    pub async fn attempts(&self, _principal: &Principal) -> Result<Vec<Attempt>> {
        self.warehouse.attempts().all().await
    }

    pub async fn releases(&self) -> Result<Vec<Release>> {
        publish::releases(self.warehouse.storage()).await
    }

    /// A file of a release, checked against its sum.
    pub async fn release_file(&self, dataset: &str, version: &str, name: &str) -> Result<Bytes> {
        publish::release_file(self.warehouse.storage(), dataset, version, name).await
    }
}

/// The same pack with `rejections.raw` readable, for the one door that shows it.
fn with_raw(pack: &Pack) -> Pack {
    let mut pack = pack.clone();
    if let Some(raw) = pack
        .contracts
        .get_mut("rejections")
        .and_then(|c| c.columns.get_mut("raw"))
    {
        raw.visibility = crate::contract::Visibility::Internal;
    }
    pack
}

fn nothing_computed() -> Error {
    Error::not_found("nothing was computed yet").hint("run `beleidsinfo compute` first")
}

fn no_figure(address: &Address) -> Error {
    Error::not_found(format!("there is no figure {}", address.code()))
        .hint("a municipality that did not exist in a period has no figure; look at `beleidsinfo query \"select * from figures limit 10\"`")
}
