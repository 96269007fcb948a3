//! arrivals: what came in and what was wrong with it, read from the warehouse's own tables.

use crate::error::{Error, Result};
use crate::quality::{StoredDelivery, StoredFinding};
use crate::session::Session;
use crate::store::rows::{date_column, int_column, text_column, time_column};

/// Oldest first.
pub(crate) async fn deliveries(session: &Session) -> Result<Vec<StoredDelivery>> {
    let sql = "select delivery, source_id, mapping_hash, name, tables, bytes, rows_read, accepted, warned, rejected, batch, pulled_at, stored_at, \
               complete_until_on from deliveries order by batch";
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
