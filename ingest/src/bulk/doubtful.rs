//! bulk/doubtful: the records of a block that are not certainly clean, through the ordinary check as a file of their own.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use beleidsinfo_warehouse::delivery::{CheckedTable, Delivery, Finding, Receipt};

use super::plan::Plan;
use super::sieve::{Lines, Sieved};
use super::{Ended, Stop};
use crate::check::check;

/// What the ordinary check said. Records are 0-based in the block.
#[derive(Default)]
pub(super) struct Judged {
    /// Per table of the plan: the contract's columns, and the record of each row.
    pub tables: Vec<Vec<(RecordBatch, Vec<u32>)>>,
    /// By record; their own `record` is not yet its place in the file.
    pub findings: Vec<(u32, Finding)>,
    pub rejected: u64,
    /// Accepted with a warning.
    pub warned: Vec<u32>,
}

/// `header` is the header's line as it stands in the file.
pub(super) fn judge(
    plan: &Plan,
    receipt: &Receipt,
    header: &str,
    sieved: &Sieved,
) -> Ended<Judged> {
    let mut judged = Judged {
        tables: plan.tables.iter().map(|_| Vec::new()).collect(),
        ..Judged::default()
    };
    let doubtful = sieved.doubtful.iter().enumerate();
    let mut records: Vec<u32> = doubtful
        .filter(|(_, doubtful)| **doubtful)
        .map(|(record, _)| record as u32)
        .collect();
    // Whether a key comes twice is told over the whole file. A record that repeats one of its fellows is asked again by itself.
    while !records.is_empty() {
        records = once(plan, receipt, header, sieved, &records, &mut judged)?;
    }
    judged.findings.sort_by_key(|(record, _)| *record);
    Ok(judged)
}

/// Checks these records together; answers those that must be checked apart.
fn once(
    plan: &Plan,
    receipt: &Receipt,
    header: &str,
    sieved: &Sieved,
    records: &[u32],
    judged: &mut Judged,
) -> Ended<Vec<u32>> {
    let raw = |record: u32| {
        let (from, to) = sieved.records[record as usize];
        &sieved.block.text[from as usize..to as usize]
    };
    // The text is decoded: a byte order mark says so.
    let mut file = String::from("\u{feff}");
    file.push_str(header);
    for record in records {
        file.push_str(raw(*record));
        file.push('\n');
    }
    // What the file as a whole has wrong is told by the ordinary lane.
    let delivery =
        check(plan.source, receipt, file.as_bytes(), plan.rules).map_err(|_| Stop::Ordinary)?;
    let Delivery {
        receipt: _,
        mapping_hash: _,
        rows_read,
        accepted: _,
        warned: _,
        rejected: _,
        complete_until_on: _,
        load: _,
        renamed: _,
        header: _,
        personal: _,
        tables,
        findings,
        // Told of the whole file, at its end.
        verdict: _,
        // Made anew of all rows.
        profile: _,
    } = delivery;
    if rows_read != records.len() as u64 || tables.len() != plan.tables.len() {
        return Err(Stop::Ordinary);
    }
    // Number in the small file to record of the block.
    let of = |number: u64| {
        let at = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        at.and_then(|at| records.get(at))
            .copied()
            .ok_or(Stop::Ordinary)
    };
    let mut apart = Vec::new();
    for finding in findings.iter().filter(|f| f.rule == "key") {
        apart.push(of(finding.record)?);
    }
    let mut rejected = Vec::new();
    let mut warned = Vec::new();
    let mut lines = Lines::new(sieved);
    for mut finding in findings {
        let record = of(finding.record)?;
        if apart.contains(&record) {
            continue;
        }
        finding.line = lines.line(record);
        let list = match finding.severity {
            beleidsinfo_warehouse::contract::Severity::Reject => &mut rejected,
            beleidsinfo_warehouse::contract::Severity::Warn => &mut warned,
        };
        if list.last() != Some(&record) {
            list.push(record);
        }
        judged.findings.push((record, finding));
    }
    warned.retain(|record| !rejected.contains(record));
    judged.rejected += rejected.len() as u64;
    judged.warned.extend(warned);
    for (
        at,
        CheckedTable {
            table: _,
            rows,
            gone: _,
        },
    ) in tables.into_iter().enumerate()
    {
        let last = rows.num_columns() - 1;
        let numbers = rows.column(last).as_primitive::<Int64Type>();
        let rows_of = numbers
            .values()
            .iter()
            .map(|number| of(u64::try_from(*number).unwrap_or(0)));
        let rows_of: Vec<u32> = rows_of.collect::<Ended<_>>()?;
        let columns: Vec<usize> = (0..last).collect();
        let rows = rows.project(&columns).map_err(|_| Stop::Ordinary)?;
        judged.tables[at].push((rows, rows_of));
    }
    Ok(apart)
}
