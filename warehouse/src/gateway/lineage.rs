//! gateway/lineage: which files gave the rows of a figure's ground; and back, which figures would be otherwise without a file.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{Gateway, no_figure, nothing_computed};
use crate::compute::Inputs;
use crate::define::{self, Defined};
use crate::error::Result;
use crate::figure::{Address, Figure, State};
use crate::index::{AsOf, Run};
use crate::lineage::{FigureLineage, FileLineage, Resting, RestingIn, Role, TableRead, TableRows};
use crate::pack::Pack;
use crate::principal::{Municipalities, Principal};
use crate::quality::StoredDelivery;
use crate::session::{Content, Session};
use crate::store::rows::{int_column, text_column};

/// A file of a source, and the run at which it was looked at.
type Looked = (i64, String, String);

/// Answers for files of the present run.
pub(super) type Rests = HashMap<Looked, Arc<FileLineage>>;

/// Counting takes as long as computing does; its answer is kept until the next run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    Now,
    /// Only what was counted before.
    IfKnown,
}

impl Gateway {
    /// Which figures of the last run rest on a file: computes the indicators that read its tables again without its rows, and
    /// counts the figures that differ. `None`: not counted yet.
    pub async fn file_lineage(
        &self,
        principal: &Principal,
        delivery: &StoredDelivery,
        count: Count,
    ) -> Result<Option<FileLineage>> {
        let Some((snapshot, run)) = self.figures(principal, AsOf::Now).await? else {
            return Ok(Some(unread(delivery, None)));
        };
        let Some(run) = snapshot.figures.run(run).cloned() else {
            return Ok(Some(unread(delivery, None)));
        };
        let fed = |d: &StoredDelivery| {
            (&d.delivery, &d.source_id) == (&delivery.delivery, &delivery.source_id)
        };
        let Some(read) = snapshot.lineage.deliveries.iter().find(|d| fed(d)) else {
            return Ok(Some(unread(delivery, Some(run.run_id))));
        };
        let key = (run.run_id, read.source_id.clone(), read.delivery.clone());
        let mut rests = match count {
            // One at a time: whoever asks for the same file meanwhile finds the answer.
            Count::Now => self.rests.lock().await,
            Count::IfKnown => match self.rests.try_lock() {
                Ok(rests) => rests,
                Err(_) => return Ok(None),
            },
        };
        rests.retain(|(of, _, _), _| *of == run.run_id);
        let whole = match (rests.get(&key), count) {
            (Some(known), _) => known.clone(),
            (None, Count::IfKnown) => return Ok(None),
            (None, Count::Now) => {
                let found = Arc::new(self.resting(&snapshot, &run, read).await?);
                rests.insert(key, found.clone());
                found
            }
        };
        drop(rests);
        let mut shown = (*whole).clone();
        for indicator in &mut shown.indicators {
            let may_see = |m: &RestingIn| principal.may_see(&m.code);
            indicator.municipalities.retain(may_see);
            indicator.figures = indicator.municipalities.iter().map(|m| m.figures).sum();
        }
        Ok(Some(shown))
    }

    /// Where a figure comes from, as it stood then: the files that gave its run rows of its ground.
    ///
    /// Errors: the region is outside the principal's mandate; nothing was computed by then; no such figure in that run.
    pub async fn figure_lineage(
        &self,
        principal: &Principal,
        address: &Address,
        as_of: AsOf,
    ) -> Result<FigureLineage> {
        self.may_see(principal, address)?;
        let seen = self.figures(principal, as_of).await?;
        let (snapshot, run) = seen.ok_or_else(nothing_computed)?;
        let pack = &snapshot.pack;
        let figure = snapshot.figures.get(address, run);
        let lineage = snapshot.lineage.indicator(pack, &address.indicator);
        let lineage = lineage.filter(|l| l.version == *address.version);
        let (Some(run), Some(_), Some(mut lineage)) = (snapshot.figures.run(run), figure, lineage)
        else {
            return Err(no_figure(address));
        };
        let ground = snapshot.regions.members(address.territory, &address.region);
        let tables = self.warehouse.tables(pack).await?;
        let session = Session::open(Content {
            pack,
            tables: &tables,
            batch: run.batch,
            run: run.run_id,
            municipalities: &principal.municipalities,
            provenance: true,
            without: None,
        })
        .await?;
        let mut rows: HashMap<&str, HashMap<_, i64>> = HashMap::new();
        for table in &lineage.tables {
            let of = placed(pack, table).map(|column| (column, &ground));
            rows.insert(&table.table, given(&session, &table.table, of).await?);
        }
        for source in &mut lineage.sources {
            let id = &source.source_id;
            let of = |table: &str, delivery: &str| {
                let given = rows.get(table)?;
                given.get(&(id.clone(), delivery.to_string())).copied()
            };
            for d in &mut source.deliveries {
                let of = |table: &String| of(table, &d.delivery);
                d.rows = Some(source.tables.iter().filter_map(of).sum());
            }
            source.deliveries.retain(|d| d.rows > Some(0));
            let fills = |t: &String| {
                source
                    .deliveries
                    .iter()
                    .any(|d| of(t, &d.delivery) > Some(0))
            };
            source.tables.retain(fills);
        }
        lineage.sources.retain(|s| !s.deliveries.is_empty());
        Ok(FigureLineage {
            address: address.code(),
            run: run.run_id,
            batch: run.batch,
            ground,
            lineage,
        })
    }

    async fn resting(
        &self,
        snapshot: &super::Snapshot,
        run: &Run,
        delivery: &StoredDelivery,
    ) -> Result<FileLineage> {
        let Defined {
            pack,
            municipalities,
        } = define::load(self.warehouse.storage(), &run.definitions_hash).await?;
        let readers = snapshot.lineage.readers(&pack, &delivery.tables);
        let mut reads = define::reads(&pack).await?;
        reads.retain(|id, _| readers.iter().any(|(i, _)| i.id == *id));
        let tables = self.warehouse.tables(&pack).await?;
        let content = |provenance, without| Content {
            pack: &pack,
            tables: &tables,
            batch: run.batch,
            run: run.run_id,
            municipalities: &Municipalities::All,
            provenance,
            without,
        };
        let session = Session::open(content(true, None)).await?;
        let mut lineage = FileLineage {
            run: Some(run.run_id),
            computed: true,
            tables: standing(&session, &pack, delivery).await?,
            ..unread(delivery, None)
        };
        let without = (delivery.source_id.as_str(), delivery.delivery.as_str());
        let session = Session::open(content(false, Some(without))).await?;
        let inputs = Inputs::open(session, &pack, &reads).await?;
        let mut stood: HashMap<&str, Vec<&Figure>> = HashMap::new();
        for figure in snapshot.figures.all_at(run.run_id) {
            let of = stood.entry(&*figure.address.indicator).or_default();
            of.push(figure);
        }
        for (indicator, tables) in readers {
            let Some(reads) = reads.get(&indicator.id) else {
                continue;
            };
            let stood = stood.remove(indicator.id.as_str()).unwrap_or_default();
            let stood = stood
                .into_iter()
                .filter(|f| *f.address.version == indicator.version);
            let standing = snapshot
                .figures
                .standing(&indicator.id, &indicator.version, run.run_id);
            let again = inputs
                .figures(indicator, reads, &municipalities, &standing, run.run_id)
                .await?;
            lineage.indicators.push(Resting {
                indicator: indicator.id.clone(),
                version: indicator.version.clone(),
                title: indicator.title.clone(),
                tables,
                ..differing(snapshot, stood, &again)
            });
        }
        Ok(lineage)
    }
}

/// Figures that stand and are otherwise among those computed again, by region.
fn differing<'a>(
    snapshot: &super::Snapshot,
    stood: impl Iterator<Item = &'a Figure>,
    again: &[Figure],
) -> Resting {
    let again: HashMap<&Address, &Figure> = again.iter().map(|f| (&f.address, f)).collect();
    let mut regions: BTreeMap<&str, (i64, &Address)> = BTreeMap::new();
    let place = |a: &Address| (a.slice.is_total(), a.period.last_day(), a.period.start());
    for figure in stood {
        let same = match again.get(&figure.address) {
            Some(other) => other.same_number(figure),
            // A cell that vanished in an earlier run stands as missing, and is not computed any more.
            None => figure.state == State::Missing,
        };
        if same {
            continue;
        }
        let (count, latest) = regions
            .entry(&figure.address.region)
            .or_insert((0, &figure.address));
        *count += 1;
        if place(&figure.address) > place(latest) {
            *latest = &figure.address;
        }
    }
    let municipalities: Vec<RestingIn> = regions
        .into_iter()
        .map(|(code, (figures, latest))| RestingIn {
            code: code.to_string(),
            name: snapshot
                .regions
                .name(code, latest.period.last_day())
                .to_string(),
            figures,
            latest: latest.code(),
        })
        .collect();
    Resting {
        indicator: String::new(),
        version: String::new(),
        title: crate::Text::new("", ""),
        tables: BTreeSet::new(),
        figures: municipalities.iter().map(|m| m.figures).sum(),
        municipalities,
    }
}

/// How many rows of each table stand as the file gave them.
async fn standing(
    session: &Session,
    pack: &Pack,
    delivery: &StoredDelivery,
) -> Result<Vec<TableRows>> {
    let mut found = Vec::new();
    let tables = delivery.tables.iter();
    for table in tables.filter(|t| pack.contracts.contains_key(*t)) {
        let given = given(session, table, None).await?;
        let of = (delivery.source_id.clone(), delivery.delivery.clone());
        found.push(TableRows {
            table: table.clone(),
            rows: given.get(&of).copied().unwrap_or(0),
        });
    }
    Ok(found)
}

/// Rows by source and delivery.
async fn given(
    session: &Session,
    table: &str,
    of: Option<(&str, &BTreeSet<String>)>,
) -> Result<HashMap<(String, String), i64>> {
    let mut found = HashMap::new();
    for batch in session.given_by(table, of).await? {
        let (sources, deliveries) = (text_column(&batch, 0)?, text_column(&batch, 1)?);
        let rows = int_column(&batch, 2)?;
        for ((source, delivery), rows) in sources.iter().zip(&deliveries).zip(&rows) {
            let text = |part: Option<&str>| part.unwrap_or_default().to_string();
            found.insert((text(source), text(delivery)), rows.unwrap_or(0));
        }
    }
    Ok(found)
}

/// The column that says whose ground a row is about; `None` where every figure reads the whole table.
fn placed<'a>(pack: &'a Pack, table: &TableRead) -> Option<&'a str> {
    let contract = pack.contracts.get(&table.table)?;
    let by_region = (table.role != Role::Territory && contract.columns.contains_key("region_code"))
        .then_some("region_code");
    contract.tenant.as_deref().or(by_region)
}

/// No run read it yet: no figure rests on it.
fn unread(delivery: &StoredDelivery, run: Option<i64>) -> FileLineage {
    FileLineage {
        delivery: delivery.delivery.clone(),
        source_id: delivery.source_id.clone(),
        name: delivery.name.clone(),
        batch: delivery.batch,
        run,
        computed: false,
        tables: Vec::new(),
        indicators: Vec::new(),
    }
}
