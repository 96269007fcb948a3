//! gateway/lineage: which figures rest on the rows of a file: those that would be otherwise without it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::Gateway;
use crate::compute::Inputs;
use crate::define::{self, Defined};
use crate::error::Result;
use crate::figure::{Address, Figure, State};
use crate::index::{AsOf, Run};
use crate::lineage::{FileLineage, Resting, RestingIn, TableRows};
use crate::pack::Pack;
use crate::principal::{Municipalities, Principal};
use crate::quality::StoredDelivery;
use crate::session::{Content, Session};
use crate::store::rows::int_column;

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
            let of = stood.entry(figure.address.indicator.as_str()).or_default();
            of.push(figure);
        }
        for (indicator, tables) in readers {
            let Some(reads) = reads.get(&indicator.id) else {
                continue;
            };
            let stood = stood.remove(indicator.id.as_str()).unwrap_or_default();
            let stood = stood
                .into_iter()
                .filter(|f| f.address.version == indicator.version);
            let again = match inputs.cutoffs.get(&indicator.id) {
                Some(cutoff) => inputs.rollup(indicator, *cutoff).await?.figures(
                    &municipalities,
                    &snapshot
                        .figures
                        .standing(&indicator.id, &indicator.version, run.run_id),
                    &inputs.coverage,
                    reads,
                    &inputs.population,
                    run.run_id,
                ),
                None => Vec::new(),
            };
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
    let quoted = |text: &str| text.replace('\'', "''");
    let tables = delivery.tables.iter();
    for table in tables.filter(|t| pack.contracts.contains_key(*t)) {
        let sql = format!(
            "select count(*) from {table} where source_id = '{}' and delivery = '{}'",
            quoted(&delivery.source_id),
            quoted(&delivery.delivery)
        );
        let mut rows = 0;
        for batch in session.collect(&sql).await? {
            rows += int_column(&batch, 0)?.iter().flatten().sum::<i64>();
        }
        found.push(TableRows {
            table: table.clone(),
            rows,
        });
    }
    Ok(found)
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
