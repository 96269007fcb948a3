//! replay: the dry run of reading landed files again: which rejections the present mapping would now accept, and which
//! records it would newly reject. Writes nothing.

use std::collections::BTreeSet;

use beleidsinfo_warehouse::contract::Severity;
use beleidsinfo_warehouse::delivery::Delivery;
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::principal::Principal;
use beleidsinfo_warehouse::quality::{StoredDelivery, Wanted};
use beleidsinfo_warehouse::warehouse::Warehouse;
use beleidsinfo_warehouse::{Result, pack::Pack};

use crate::report::{Outcome, count};
use crate::sources::{Door, Planned};

/// What became of the records of one file between two readings.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Rejected before, accepted now.
    pub passed: u64,
    /// Rejected before and now.
    pub still: u64,
    /// Accepted before, rejected now.
    pub newly: BTreeSet<u64>,
}

pub fn difference(before: &BTreeSet<u64>, now: &BTreeSet<u64>) -> Difference {
    Difference {
        passed: before.difference(now).count() as u64,
        still: before.intersection(now).count() as u64,
        newly: now.difference(before).copied().collect(),
    }
}

/// Reads every landed file of the source with the mapping as it is now, beside how it was read last.
pub async fn run(
    planned: &Planned,
    pack: &Pack,
    warehouse: &Warehouse,
    gateway: &Gateway,
    door: &mut Door,
    show: usize,
) -> Result<Outcome> {
    let source = &planned.source;
    let me = Principal::local();
    let readings = gateway.deliveries(&me).await?;
    let (mut passed, mut still, mut newly, mut held, mut files) = (0, 0, 0, 0u64, 0u64);
    for receipt in warehouse.raw().readable(&source.id).await? {
        let last = readings
            .iter()
            .filter(|d| d.source_id == source.id && d.delivery == receipt.sha256)
            .max_by_key(|d| d.batch);
        let Some(last) = last else {
            println!(
                "{} was never read; `beleidsinfo check {}` says what store would do",
                receipt.name, source.id
            );
            continue;
        };
        let before = rejected_before(gateway, &me, last).await?;
        let bytes = warehouse.raw().bytes(&receipt).await?;
        let delivery = door.check(pack, source, &receipt, &bytes).await?;
        let found = difference(&before, &rejected_now(&delivery));
        println!(
            "{}: {} rejected in batch {}; {} would now pass, {} would still be rejected, {} would newly be rejected",
            receipt.name,
            count(before.len() as u64, "record", "records"),
            last.batch,
            found.passed,
            found.still,
            found.newly.len()
        );
        if let Some(because) = delivery.verdict.because() {
            println!("    store would hold it: {because}");
            held += 1;
        }
        for f in delivery
            .findings
            .iter()
            .filter(|f| f.severity == Severity::Reject && found.newly.contains(&f.record))
            .take(show)
        {
            println!(
                "    newly: line {}, column `{}` [{}]: {}",
                f.line, f.column, f.rule, f.reason
            );
        }
        files += 1;
        passed += found.passed;
        still += found.still;
        newly += found.newly.len() as u64;
    }
    println!(
        "{}: {passed} would now pass, {still} would still be rejected, {newly} would newly be rejected",
        count(files, "file", "files")
    );
    Ok(match (held, still + newly) {
        (0, 0) => Outcome::Done,
        (0, _) => Outcome::WouldReject,
        _ => Outcome::Held,
    })
}

async fn rejected_before(
    gateway: &Gateway,
    me: &Principal,
    last: &StoredDelivery,
) -> Result<BTreeSet<u64>> {
    let wanted = Wanted {
        source: Some(&last.source_id),
        delivery: Some(&last.delivery),
        rule: None,
        severity: Some("reject"),
    };
    let found = gateway.findings(me, wanted, 0, usize::MAX).await?;
    Ok(found
        .into_iter()
        .filter(|f| f.batch == last.batch && f.record > 0)
        .filter_map(|f| u64::try_from(f.record).ok())
        .collect())
}

fn rejected_now(delivery: &Delivery) -> BTreeSet<u64> {
    delivery
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Reject && !f.is_alarm())
        .map(|f| f.record)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_is_on_one_side() {
        let found = difference(&BTreeSet::from([1, 2, 5]), &BTreeSet::from([2, 9]));
        assert_eq!((found.passed, found.still), (2, 1));
        assert_eq!(found.newly, BTreeSet::from([9]));
    }
}
