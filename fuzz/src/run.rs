//! run: one input through the door that every delivered file goes through, and what must hold of any outcome.

use std::path::Path;

use anyhow::{Context, anyhow};
use beleidsinfo_ingest::check::{Rules, check};
use beleidsinfo_ingest::codes::CodeLists;
use beleidsinfo_ingest::source::Source;
use beleidsinfo_warehouse::contract::Severity;
use beleidsinfo_warehouse::delivery::{Delivery, Receipt};
use beleidsinfo_warehouse::keys::Keys;
use beleidsinfo_warehouse::pack::{Pack, builtin_files};
use beleidsinfo_warehouse::reference::region_book;

use crate::target::Target;

/// The built-in tables and their codes.
pub struct Desk {
    pack: Pack,
    codes: CodeLists,
    keys: Keys,
}

impl Desk {
    pub fn new() -> anyhow::Result<Self> {
        let pack = Pack::parse(builtin_files())
            .map_err(|errors| anyhow!("the built-in pack: {errors:?}"))?;
        let mut desk = Self {
            pack,
            codes: CodeLists::default(),
            keys: Keys::parse(
                &format!("pseudonym 1 {0}; seal 1 {0}", "0123456789abcdef".repeat(4)),
                "fuzz",
            )?,
        };
        let regions = desk.reference("regions")?;
        let changes = desk.reference("region_changes")?;
        let mut codes = CodeLists::new(region_book(
            &[regions.tables[0].rows.clone()],
            &[changes.tables[0].rows.clone()],
        )?);
        codes.add(&desk.pack.contracts["regions"], &regions.tables[0].rows);
        desk.codes = codes;
        Ok(desk)
    }

    fn reference(&self, table: &str) -> anyhow::Result<Delivery> {
        let source = Source::reference(&format!("pack/{table}"), &self.pack.contracts[table]);
        let text = self
            .pack
            .reference
            .get(table)
            .context("a reference table")?;
        let bytes = text.as_bytes();
        Ok(check(
            &source,
            &receipt("reference.csv"),
            bytes,
            &self.rules(),
        )?)
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            contracts: &self.pack.contracts,
            codes: &self.codes,
            zone: chrono_tz::Europe::Brussels,
            keys: &self.keys,
        }
    }

    /// One word for how it ended. Panics when something does not hold that always must.
    pub fn check(&self, target: &Target, input: &[u8]) -> String {
        let (mapping, name, bytes) = target.delivery(input);
        let source = match Source::parse("fuzz", Path::new("fuzz.toml"), &mapping) {
            Ok(source) => source,
            Err(error) => return told(&error, "mapping"),
        };
        if let Err(error) = source.validate(&self.pack.contracts) {
            return told(&error, "mapping");
        }
        match check(&source, &receipt(name), &bytes, &self.rules()) {
            Err(error) => told(&error, "file"),
            Ok(delivery) => {
                holds(&delivery);
                if delivery.rejected > 0 {
                    "rejections"
                } else {
                    "accepted"
                }
                .into()
            }
        }
    }
}

/// An error must say something, and not the whole file.
fn told(error: &beleidsinfo_warehouse::Error, what: &str) -> String {
    let text = error.to_string();
    assert!(!text.is_empty(), "an error without words");
    assert!(text.len() < 100_000, "an error of {} bytes", text.len());
    format!("{what} refused")
}

fn holds(delivery: &Delivery) {
    assert_eq!(
        delivery.rows_read,
        delivery.accepted + delivery.rejected,
        "read is not accepted and rejected"
    );
    let mut rejected: Vec<u64> = delivery
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Reject)
        .map(|finding| finding.record)
        .collect();
    rejected.dedup();
    assert_eq!(rejected.len() as u64, delivery.rejected, "rejected records");
    for finding in &delivery.findings {
        assert!(
            finding.record >= 1 && finding.record <= delivery.rows_read,
            "a finding outside the file"
        );
        assert!(
            finding.reason.len() < 100_000,
            "a reason of {} bytes",
            finding.reason.len()
        );
    }
}

fn receipt(name: &str) -> Receipt {
    Receipt {
        source_id: "fuzz".into(),
        sha256: "0".repeat(64),
        name: name.into(),
        bytes: 0,
        pulled_at: chrono::DateTime::UNIX_EPOCH,
        version: None,
    }
}
