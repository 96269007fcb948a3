//! kept: landed files of personal sources: sealed, kept for a time, and then taken out. What stands beside a receipt:
//! `<sha256>` (plain), `<sha256>.sealed`, or, once its time is over, `<sha256>.<day>.expired`.

use std::collections::BTreeMap;
use std::io::Read;

use chrono::{DateTime, NaiveDate, Utc};

use crate::delivery::Receipt;
use crate::error::{Error, Result};
use crate::keys::Keys;
use crate::location::Storage;
use crate::seal::{self, Belongs, Header, Opening, Sealing};

/// The landed files of an installation, seen as what must be kept safe and not too long.
pub struct Kept<'a> {
    storage: &'a Storage,
    keys: &'a Keys,
}

pub(crate) fn place(receipt: &Receipt) -> String {
    format!("raw/{}/{}", receipt.source_id, receipt.sha256)
}

pub(crate) fn sealed_place(receipt: &Receipt) -> String {
    format!("{}.sealed", place(receipt))
}

fn belongs(receipt: &Receipt) -> Belongs<'_> {
    Belongs {
        source_id: &receipt.source_id,
        sha256: &receipt.sha256,
    }
}

impl<'a> Kept<'a> {
    pub(crate) fn new(storage: &'a Storage, keys: &'a Keys) -> Self {
        Self { storage, keys }
    }

    /// The sealed form of the bytes of a delivery, as it is read.
    pub(crate) fn sealing<R: Read>(&self, receipt: &Receipt, bytes: R) -> Result<Sealing<R>> {
        Sealing::new(&Header::new(self.keys)?, self.keys, belongs(receipt), bytes)
    }

    /// The bytes of a delivery from their sealed form.
    pub(crate) fn opening<R: Read>(&self, receipt: &Receipt, sealed: R) -> Result<Opening<R>> {
        Opening::new(self.keys, belongs(receipt), sealed)
    }

    /// Seals the records of a delivery's findings with a key that is gone when the landed file is.
    ///
    /// Errors: the landed file is not sealed.
    pub(crate) async fn seal_records<'t>(
        &self,
        receipt: &Receipt,
        records: impl Iterator<Item = (u64, &'t mut String)>,
    ) -> Result<()> {
        let start = self
            .storage
            .start(&sealed_place(receipt), seal::HEADER)
            .await?;
        let start = start.ok_or_else(|| {
            Error::refused(format!(
                "cannot keep the rejected records of {}",
                receipt.name
            ))
            .because("they are personal, and the landed file is not sealed")
        })?;
        let sealer = Header::parse(&start)?.records(self.keys)?;
        for (record, text) in records.filter(|(_, text)| !text.is_empty()) {
            *text = sealer.seal(belongs(receipt), record, text)?;
        }
        Ok(())
    }

    /// Opens a sealed record of a delivery; `None` when it can no longer be opened, because its time is over.
    pub async fn open_record(
        &self,
        source_id: &str,
        sha256: &str,
        record: u64,
        sealed: &str,
    ) -> Result<Option<String>> {
        let name = format!("raw/{source_id}/{sha256}.sealed");
        let Some(start) = self.storage.start(&name, seal::HEADER).await? else {
            return Ok(None);
        };
        let records = Header::parse(&start)?.records(self.keys)?;
        records
            .open(Belongs { source_id, sha256 }, record, sealed)
            .map(Some)
    }

    /// Seals what landed plain before its source was personal. The plain bytes go last, so that a kill loses nothing.
    /// Answers how many files.
    pub async fn seal_plain(&self, receipts: &[Receipt]) -> Result<usize> {
        let mut sealed = 0;
        for receipt in receipts {
            let Some(plain) = self.storage.reader(&place(receipt)).await? else {
                continue;
            };
            if !self.storage.has(&sealed_place(receipt)).await? {
                let sealing = self.sealing(receipt, plain)?;
                self.storage
                    .put_all(&sealed_place(receipt), sealing)
                    .await?;
            }
            self.storage.delete(&place(receipt)).await?;
            sealed += 1;
        }
        Ok(sealed)
    }

    /// Whether the bytes of a receipt are there, plain or sealed.
    pub(crate) async fn are_there(&self, receipt: &Receipt) -> Result<bool> {
        for name in [sealed_place(receipt), place(receipt)] {
            if self.storage.has(&name).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes out the bytes whose time is over: `until` says for a landing until when they are kept, and bytes that landed more
    /// than once are kept for the last. First the mark, then the bytes, so that after a kill the next call goes on.
    /// Answers how many files.
    pub async fn expire(
        &self,
        receipts: &[Receipt],
        until: impl Fn(DateTime<Utc>) -> DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<usize> {
        let mut last: BTreeMap<&str, &Receipt> = BTreeMap::new();
        for receipt in receipts {
            let known = last.entry(&receipt.sha256).or_insert(receipt);
            if known.pulled_at < receipt.pulled_at {
                *known = receipt;
            }
        }
        let mut expired = 0;
        for receipt in last.into_values().filter(|r| until(r.pulled_at) <= now) {
            let mut there = Vec::new();
            for name in [sealed_place(receipt), place(receipt)] {
                if self.storage.has(&name).await? {
                    there.push(name);
                }
            }
            if there.is_empty() {
                continue;
            }
            let mark = format!("{}.{}.expired", place(receipt), now.date_naive());
            self.storage.put(&mark, Vec::new()).await?;
            for name in there {
                self.storage.delete(&name).await?;
            }
            expired += 1;
        }
        Ok(expired)
    }

    /// What expired of a source (of all, when empty), by source and SHA-256, and on which day.
    pub async fn expired(&self, source_id: &str) -> Result<BTreeMap<(String, String), NaiveDate>> {
        let folder = format!("raw/{source_id}");
        let names = self.storage.list(folder.trim_end_matches('/')).await?;
        let expired = names.iter().filter_map(|name| {
            let (place, day) = name.strip_suffix(".expired")?.rsplit_once('.')?;
            let (source, sha256) = place.strip_prefix("raw/")?.rsplit_once('/')?;
            Some(((source.to_string(), sha256.to_string()), day.parse().ok()?))
        });
        Ok(expired.collect())
    }

    /// Takes the marks away of bytes that landed again.
    pub(crate) async fn unmark(&self, receipt: &Receipt) -> Result<()> {
        let start = format!("{}.", place(receipt));
        for name in self
            .storage
            .list(&format!("raw/{}", receipt.source_id))
            .await?
        {
            if name.starts_with(&start) && name.ends_with(".expired") {
                self.storage.delete(&name).await?;
            }
        }
        Ok(())
    }

    /// The sources that have sealed files.
    pub async fn sources(&self) -> Result<Vec<String>> {
        let names = self.storage.list("raw").await?;
        let mut sources: Vec<String> = names
            .iter()
            .filter(|name| name.ends_with(".sealed"))
            .filter_map(|name| Some(name.strip_prefix("raw/")?.rsplit_once('/')?.0.to_string()))
            .collect();
        sources.dedup();
        Ok(sources)
    }
}

/// Reading what expired: says so, and since when.
pub(crate) fn gone(receipt: &Receipt, on: NaiveDate) -> Error {
    Error::not_found(format!("cannot read landed file {}", receipt.name))
        .because(format!("it was personal, and its bytes expired on {on}"))
        .hint("what was stored from it stays; to read it again with another mapping, pull it again from the source")
}
