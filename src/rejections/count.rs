//! rejections/count: how often, by rule, by delivery and by month, as tab-separated rows on stdout.

use std::collections::BTreeMap;

use beleidsinfo_warehouse::Result;
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::quality::{StoredDelivery, Wanted};
use indexmap::IndexMap;

use super::By;

/// Files count as they were read last.
pub async fn print(
    gateway: &Gateway,
    me: &Principal,
    by: By,
    wanted: Wanted<'_>,
    readings: &[&StoredDelivery],
) -> Result<()> {
    let mut readings: Vec<&&StoredDelivery> = readings
        .iter()
        .filter(|d| wanted.source.is_none_or(|s| s == d.source_id))
        .filter(|d| wanted.delivery.is_none_or(|sha256| d.delivery == sha256))
        .collect();
    readings.sort_by_key(|d| (d.pulled_at, d.batch));
    match by {
        By::Rule => rules(gateway, me, wanted).await?,
        By::Reason => reasons(gateway, me, wanted).await?,
        By::Delivery => {
            println!("source\tdelivery\tfile\tpulled\tread\trejected\tshare\toutcome");
            for d in readings {
                println!(
                    "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
                    d.source_id,
                    &d.delivery[..12.min(d.delivery.len())],
                    d.name,
                    d.pulled_at.format("%Y-%m-%d"),
                    d.rows_read,
                    d.rejected,
                    share(d.rejected, d.rows_read),
                    if d.held { "held" } else { "stored" }
                );
            }
        }
        By::Month => {
            let mut months: BTreeMap<(String, &str), (i64, i64, i64)> = BTreeMap::new();
            for d in readings {
                let month = d.pulled_at.format("%Y-%m").to_string();
                let sum = months.entry((month, &d.source_id)).or_default();
                *sum = (sum.0 + 1, sum.1 + d.rows_read, sum.2 + d.rejected);
            }
            println!("month\tsource\tdeliveries\tread\trejected\tshare");
            for ((month, source), (files, read, rejected)) in months {
                println!(
                    "{month}\t{source}\t{files}\t{read}\t{rejected}\t{}",
                    share(rejected, read)
                );
            }
        }
    }
    Ok(())
}

/// Counted over the findings themselves where one delivery is asked for.
async fn rules(gateway: &Gateway, me: &Principal, wanted: Wanted<'_>) -> Result<()> {
    println!("source\trule\tseverity\tstands\taccepted since");
    if wanted.delivery.is_none() {
        for c in gateway.findings_by_rule(me).await? {
            if wanted.takes(&c.source_id, "", &c.rule, &c.severity) {
                let (source, rule, severity) = (&c.source_id, &c.rule, &c.severity);
                println!("{source}\t{rule}\t{severity}\t{}\t{}", c.open, c.replayed);
            }
        }
        return Ok(());
    }
    let mut counts: BTreeMap<(String, String, String), (i64, i64)> = BTreeMap::new();
    for f in gateway.findings(me, wanted, 0, super::MOST).await? {
        let sum = counts.entry((f.source_id, f.rule, f.severity)).or_default();
        match f.replayed_batch {
            None => sum.0 += 1,
            Some(_) => sum.1 += 1,
        }
    }
    for ((source, rule, severity), (stands, since)) in counts {
        println!("{source}\t{rule}\t{severity}\t{stands}\t{since}");
    }
    Ok(())
}

/// Each different fault that stands, the commonest first, with a place to look at.
async fn reasons(gateway: &Gateway, me: &Principal, wanted: Wanted<'_>) -> Result<()> {
    let found = gateway.findings(me, wanted, 0, super::MOST).await?;
    let mut alike: IndexMap<_, (usize, i64)> = IndexMap::new();
    for f in found.iter().filter(|f| f.replayed_batch.is_none()) {
        let kind = (&f.source_id, &f.rule, &f.column, &f.reason);
        alike.entry(kind).or_insert((0, f.line)).0 += 1;
    }
    alike.sort_by(|_, (a, _), _, (b, _)| b.cmp(a));
    println!("source\trule\tcolumn\tstands\tfirst line\treason");
    for ((source, rule, column, reason), (stands, line)) in alike {
        println!("{source}\t{rule}\t{column}\t{stands}\t{line}\t{reason}");
    }
    Ok(())
}

fn share(part: i64, whole: i64) -> String {
    match whole {
        0 => "-".into(),
        _ => format!("{:.2} %", part as f64 / whole as f64 * 100.0),
    }
}
