//! compute/inputs: what figures are counted from: the session with its tables in memory, and what the reference tables say.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use futures::TryStreamExt;

use crate::compute::completeness::History;
use crate::compute::coverage::Coverage;
use crate::compute::facts::Facts;
use crate::compute::population::Population;
use crate::compute::rollup::{Frame, Placed, Rollup};
use crate::define::Reads;
use crate::error::Result;
use crate::figure::{Figure, Line};
use crate::indicator::Indicator;
use crate::pack::Pack;
use crate::reference;
use crate::region::{RegionBook, Territory};
use crate::session::{Needed, Session, sql_error};

/// Everything an indicator is computed from.
pub(crate) struct Inputs {
    pub session: Session,
    pub book: RegionBook,
    pub territories: Vec<Territory>,
    pub population: Population,
    pub coverage: Coverage,
    pub histories: Vec<History>,
    pub cutoffs: HashMap<String, NaiveDate>,
}

impl Inputs {
    /// Reads the reference tables at the session's batch, and pins the tables the definitions read.
    pub async fn open(session: Session, pack: &Pack, reads: &Reads) -> Result<Self> {
        // Before pinning, which keeps only the columns that definitions name.
        let book = reference::regions(&session).await?;
        let book = book.with_plans(&pack.plans)?;
        let population = reference::population(&session).await?;
        pin(&session, pack, reads).await?;
        Ok(Self {
            book,
            territories: pack.territories.clone(),
            population,
            coverage: Coverage::new(reference::coverage(&session, pack, reads).await?),
            histories: reference::histories(&session, pack, reads).await?,
            cutoffs: reference::cutoffs(&session, pack, reads).await?,
            session,
        })
    }

    /// Counts an indicator's facts.
    pub async fn rollup<'a>(
        &'a self,
        indicator: &'a Indicator,
        cutoff: NaiveDate,
    ) -> Result<Placed<'a>> {
        count(
            &self.session,
            &self.book,
            &self.territories,
            indicator,
            cutoff,
        )
        .await
    }

    /// All figures of an indicator, counted from everything; none where no source fills its `tables`. `standing` are the lines
    /// that there were.
    pub async fn figures(
        &self,
        indicator: &Indicator,
        tables: &BTreeSet<String>,
        expected: &[String],
        standing: &[Line],
        run: i64,
    ) -> Result<Vec<Figure>> {
        let Some(cutoff) = self.cutoffs.get(&indicator.id) else {
            return Ok(Vec::new());
        };
        let placed = self.rollup(indicator, *cutoff).await?;
        Ok(placed.figures(&Frame {
            expected,
            standing,
            coverage: &self.coverage,
            tables,
            population: &self.population,
            grounds: &placed.grounds,
            only: None,
            run,
        }))
    }
}

/// Reads the tables of these definitions into memory once, and offers the views over them.
pub(super) async fn pin(session: &Session, pack: &Pack, reads: &Reads) -> Result<()> {
    let needed = Needed::by(pack);
    for table in reads.values().flatten().collect::<BTreeSet<_>>() {
        session.pin(table, &needed).await?;
    }
    session.add_views(pack).await.map_err(|mut e| e.remove(0))
}

/// Counts an indicator's facts.
pub(super) async fn count<'a>(
    session: &Session,
    book: &'a RegionBook,
    territories: &[Territory],
    indicator: &'a Indicator,
    cutoff: NaiveDate,
) -> Result<Placed<'a>> {
    let path = format!("indicators/{}/{}/facts.sql", indicator.theme, indicator.id);
    let plan = session.facts_plan(indicator, cutoff).await?;
    let failed = |e| sql_error(&path, &indicator.sql, &e);
    let mut stream = session.stream(plan).await.map_err(failed)?;
    let mut rollup = Rollup::new(indicator, book, territories.to_vec(), cutoff);
    while let Some(batch) = stream.try_next().await.map_err(failed)? {
        rollup.add(&Facts::decode(indicator, &batch)?);
    }
    Ok(rollup.finish())
}
