//! query: the door for SQL: one read-only statement over what the principal may see, within limits.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use futures::TryStreamExt;

use crate::arrivals;
use crate::define;
use crate::error::{Error, Result};
use crate::gateway::Gateway;
use crate::index::AsOf;
use crate::pack::Pack;
use crate::principal::{Municipalities, Principal};
use crate::reference;
use crate::session::sql_error;
use crate::warehouse::{committed_batch, committed_run};

/// What a question may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub rows: usize,
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rows: 10_000,
            time: Duration::from_secs(30),
        }
    }
}

/// The answer to a question.
pub struct Answer {
    pub schema: SchemaRef,
    pub rows: Vec<RecordBatch>,
    /// There were more rows than the limit.
    pub truncated: bool,
}

impl Gateway {
    /// Answers one read-only statement over what the principal may see, as of now or then.
    pub async fn query(
        &self,
        principal: &Principal,
        sql: &str,
        as_of: AsOf,
        limits: Limits,
    ) -> Result<Answer> {
        let started = Instant::now();
        let answer =
            tokio::time::timeout(limits.time, self.answer(principal, sql, as_of, limits)).await;
        let answer = answer.unwrap_or_else(|_| {
            Err(Error::refused(format!(
                "the question was stopped after {} s",
                limits.time.as_secs()
            ))
            .hint("ask for fewer rows or a shorter period"))
        });
        let (outcome, rows) = match &answer {
            Ok(a) => ("answered", a.rows.iter().map(RecordBatch::num_rows).sum()),
            Err(_) => ("refused", 0),
        };
        tracing::info!(target: "query", subject = principal.subject, outcome, rows, ms = started.elapsed().as_millis() as u64, "question");
        answer
    }

    async fn answer(
        &self,
        principal: &Principal,
        sql: &str,
        as_of: AsOf,
        limits: Limits,
    ) -> Result<Answer> {
        let mut pack = self.project_pack()?;
        let mut tables = self.warehouse.tables(&pack).await?;
        let (mut batch, mut run) = (
            committed_batch(&tables).await?,
            committed_run(&tables).await?,
        );
        if as_of != AsOf::Now {
            let session = self
                .open(&pack, &tables, batch, run, &Municipalities::All)
                .await?;
            let index = reference::figure_index(&session).await?;
            batch = match as_of {
                AsOf::Now => batch,
                AsOf::Batch(b) => b.min(batch),
                AsOf::Time(at) => arrivals::deliveries(&session)
                    .await?
                    .iter()
                    .filter(|d| d.stored_at <= at)
                    .map(|d| d.batch)
                    .max()
                    .unwrap_or(0),
            };
            let then = index.run_as_of(as_of);
            run = then.map_or(0, |r| r.run_id);
            if let Some(then) = then {
                pack = define::load(self.warehouse.storage(), &then.definitions_hash)
                    .await?
                    .pack;
                tables = self.warehouse.tables(&pack).await?;
            }
        }
        let session = self
            .open(&pack, &tables, batch, run, &principal.municipalities)
            .await?;
        session
            .add_views(&pack)
            .await
            .map_err(|mut e| e.remove(0))?;
        if session
            .names_in(sql)
            .iter()
            .any(|n| pack.indicators.contains_key(n))
        {
            let reads = define::reads(&pack).await?;
            let cutoffs = reference::cutoffs(&session, &pack, &reads).await?;
            session.add_facts(&pack, &cutoffs).await?;
        }
        let wrong = |e: datafusion::common::DataFusionError| {
            let unknown = e.to_string().contains("not found");
            let error =
                Error::input("cannot answer the question").because(sql_error("question", sql, &e));
            match unknown {
                true => error.hint(format!(
                    "the tables are: {}; facts.<indicator> gives the facts of an indicator",
                    session_tables(&pack)
                )),
                false => error,
            }
        };
        let plan = session.plan(sql).await.map_err(wrong)?;
        let failed = |e: datafusion::common::DataFusionError| {
            Error::input("cannot answer the question").because(e.strip_backtrace())
        };
        let mut stream = session.stream(plan).await.map_err(failed)?;
        let schema = stream.schema();
        let (mut rows, mut left, mut truncated) = (Vec::new(), limits.rows, false);
        while let Some(batch) = stream.try_next().await.map_err(failed)? {
            if batch.num_rows() > left {
                rows.push(batch.slice(0, left));
                truncated = true;
                break;
            }
            left -= batch.num_rows();
            rows.push(batch);
        }
        Ok(Answer {
            schema,
            rows,
            truncated,
        })
    }
}

fn session_tables(pack: &Pack) -> String {
    pack.contracts
        .keys()
        .chain(pack.views.keys())
        .map(String::as_str)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(", ")
}
