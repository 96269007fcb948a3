//! arrivals: what came in and what was wrong with it, read from the warehouse's own tables.

use crate::error::{Error, Result};
use crate::quality::StoredDelivery;
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

/// (delivery, rule, severity, municipality, rows); an unknown municipality is empty.
pub(crate) async fn findings_by_municipality(
    session: &Session,
) -> Result<Vec<(String, String, String, String, i64)>> {
    let sql = "select delivery, rule, severity, coalesce(municipality_code, '') as code, count(*) as found from rejections group by delivery, rule, severity, coalesce(municipality_code, '') order by delivery, rule, severity, code";
    let mut found = Vec::new();
    for rows in session.collect(sql).await? {
        let texts: Vec<_> = (0..4)
            .map(|c| text_column(&rows, c))
            .collect::<Result<_>>()?;
        let counts = int_column(&rows, 4)?;
        for i in 0..rows.num_rows() {
            let text = |c: usize| texts[c].value(i).to_string();
            found.push((text(0), text(1), text(2), text(3), counts.value(i)));
        }
    }
    Ok(found)
}
