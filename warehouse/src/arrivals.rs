//! arrivals: what came in and what was wrong with it, read from the warehouse's own tables.

use arrow::array::Array;

use crate::error::{Error, Result};
use crate::quality::{RuleCount, StoredDelivery, StoredFinding};
use crate::session::Session;
use crate::store::rows::{date_column, int_column, text_column, time_column};

/// Oldest first.
pub(crate) async fn deliveries(session: &Session) -> Result<Vec<StoredDelivery>> {
    let sql = "select delivery, source_id, mapping_hash, name, tables, bytes, rows_read, accepted, warned, rejected, batch, pulled_at, stored_at, \
               complete_until_on, coalesce(outcome, 'stored'), because from deliveries order by batch";
    let mut found = Vec::new();
    for rows in session.collect(sql).await? {
        let texts: Vec<_> = (0..5)
            .map(|c| text_column(&rows, c))
            .collect::<Result<_>>()?;
        let ints: Vec<_> = (5..11)
            .map(|c| int_column(&rows, c))
            .collect::<Result<_>>()?;
        let (pulled, stored, until) = (
            time_column(&rows, 11)?,
            time_column(&rows, 12)?,
            date_column(&rows, 13)?,
        );
        let (outcomes, because) = (text_column(&rows, 14)?, text_column(&rows, 15)?);
        for i in 0..rows.num_rows() {
            let time = |t: &[Option<_>]| {
                t[i].ok_or_else(|| {
                    Error::storage("cannot read table `deliveries`").because("a time is empty")
                })
            };
            found.push(StoredDelivery {
                delivery: texts[0].value(i).into(),
                source_id: texts[1].value(i).into(),
                mapping_hash: texts[2].value(i).into(),
                name: texts[3].value(i).into(),
                tables: texts[4].value(i).split(',').map(str::to_string).collect(),
                bytes: ints[0].value(i),
                rows_read: ints[1].value(i),
                accepted: ints[2].value(i),
                warned: ints[3].value(i),
                rejected: ints[4].value(i),
                batch: ints[5].value(i),
                pulled_at: time(&pulled)?,
                stored_at: time(&stored)?,
                complete_until_on: until[i],
                held: outcomes.value(i) == "held",
                because: because.is_valid(i).then(|| because.value(i).to_string()),
            });
        }
    }
    Ok(found)
}

/// Findings about deliveries as a whole, in order of batch.
pub(crate) async fn alarms(session: &Session) -> Result<Vec<StoredFinding>> {
    let sql = "select delivery, source_id, rule, severity, table_name, coalesce(column_name, '') as column_name, reason, batch \
               from rejections where record = 0 order by batch, table_name, rule, reason";
    let mut found = Vec::new();
    for rows in session.collect(sql).await? {
        let texts: Vec<_> = (0..7)
            .map(|c| text_column(&rows, c))
            .collect::<Result<_>>()?;
        let batches = int_column(&rows, 7)?;
        for i in 0..rows.num_rows() {
            let text = |c: usize| texts[c].value(i).to_string();
            found.push(StoredFinding {
                delivery: text(0),
                source_id: text(1),
                record: 0,
                line: 0,
                rule: text(2),
                severity: text(3),
                table: text(4),
                column: text(5),
                municipality_code: None,
                reason: text(6),
                raw: String::new(),
                batch: batches.value(i),
                replayed_batch: None,
            });
        }
    }
    Ok(found)
}

/// Findings of one reading of a delivery about one municipality (empty: unknown), counted by rule.
pub(crate) struct Found {
    pub delivery: String,
    pub batch: i64,
    pub rule: String,
    pub severity: String,
    pub municipality: String,
    pub rows: i64,
}

pub(crate) async fn findings(session: &Session) -> Result<Vec<Found>> {
    let sql = "select delivery, rule, severity, coalesce(municipality_code, '') as code, batch, count(*) as found \
               from rejections group by delivery, rule, severity, coalesce(municipality_code, ''), batch \
               order by batch, severity, rule, code";
    let mut found = Vec::new();
    for rows in session.collect(sql).await? {
        let texts: Vec<_> = (0..4)
            .map(|c| text_column(&rows, c))
            .collect::<Result<_>>()?;
        let (batches, counts) = (int_column(&rows, 4)?, int_column(&rows, 5)?);
        for i in 0..rows.num_rows() {
            let text = |c: usize| texts[c].value(i).to_string();
            found.push(Found {
                delivery: text(0),
                batch: batches.value(i),
                rule: text(1),
                severity: text(2),
                municipality: text(3),
                rows: counts.value(i),
            });
        }
    }
    Ok(found)
}

/// Records of one file and municipality (empty: unknown) that one reading rejected and a later one accepted.
pub(crate) struct Replayed {
    pub source_id: String,
    pub delivery: String,
    /// The last batch that rejected them, and the one that accepted them.
    pub rejected_in: i64,
    pub accepted_in: i64,
    pub municipality: String,
    pub records: i64,
}

pub(crate) async fn replayed(session: &Session) -> Result<Vec<Replayed>> {
    let sql = "select source_id, delivery, rejected_in, replayed_batch, code, count(*) as records from ( \
                 select source_id, delivery, record, replayed_batch, max(batch) as rejected_in, max(coalesce(municipality_code, '')) as code \
                 from rejections where replayed_batch is not null group by source_id, delivery, record, replayed_batch) as r \
               group by source_id, delivery, rejected_in, replayed_batch, code order by replayed_batch, rejected_in, delivery, code";
    let mut found = Vec::new();
    for rows in session.collect(sql).await? {
        let (sources, deliveries, codes) = (
            text_column(&rows, 0)?,
            text_column(&rows, 1)?,
            text_column(&rows, 4)?,
        );
        let (rejected, accepted, records) = (
            int_column(&rows, 2)?,
            int_column(&rows, 3)?,
            int_column(&rows, 5)?,
        );
        for i in 0..rows.num_rows() {
            found.push(Replayed {
                source_id: sources.value(i).into(),
                delivery: deliveries.value(i).into(),
                rejected_in: rejected.value(i),
                accepted_in: accepted.value(i),
                municipality: codes.value(i).into(),
                records: records.value(i),
            });
        }
    }
    Ok(found)
}

/// Per source, rule and severity: how many stand in the last reading of each file, and how many were accepted since.
pub(crate) async fn rule_counts(session: &Session) -> Result<Vec<RuleCount>> {
    let sql = "with newest as (select source_id, delivery, max(batch) as batch from deliveries group by source_id, delivery), \
               solved as (select source_id, rule, severity, count(*) as replayed from ( \
                 select distinct source_id, delivery, record, rule, severity from rejections where replayed_batch is not null) as s \
                 group by source_id, rule, severity), \
               standing as (select r.source_id, r.rule, r.severity, count(*) as found from rejections r \
                 join newest on newest.source_id = r.source_id and newest.delivery = r.delivery and newest.batch = r.batch \
                 group by r.source_id, r.rule, r.severity) \
               select coalesce(standing.source_id, solved.source_id), coalesce(standing.rule, solved.rule), \
                 coalesce(standing.severity, solved.severity), coalesce(found, 0), coalesce(replayed, 0) \
               from standing full join solved on standing.source_id = solved.source_id and standing.rule = solved.rule \
                 and standing.severity = solved.severity \
               order by 4 desc, 5 desc, 1, 2";
    let mut counts = Vec::new();
    for rows in session.collect(sql).await? {
        let (sources, rules, severities) = (
            text_column(&rows, 0)?,
            text_column(&rows, 1)?,
            text_column(&rows, 2)?,
        );
        let (open, replayed) = (int_column(&rows, 3)?, int_column(&rows, 4)?);
        counts.extend((0..rows.num_rows()).map(|i| RuleCount {
            source_id: sources.value(i).into(),
            rule: rules.value(i).into(),
            severity: severities.value(i).into(),
            open: open.value(i),
            replayed: replayed.value(i),
        }));
    }
    Ok(counts)
}
