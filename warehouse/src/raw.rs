//! raw: the landing zone. The untouched bytes of every delivery, under their SHA-256, each with a receipt.

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::delivery::Receipt;
use crate::error::{Doing, Error, Result};
use crate::location::Storage;
use crate::pack::sha256_hex;

pub struct Raw<'a> {
    storage: &'a Storage,
}

impl<'a> Raw<'a> {
    pub fn new(storage: &'a Storage) -> Self {
        Self { storage }
    }

    /// Lands the bytes unless they are what this source gave last under this name (or ever, under another); `true` when they
    /// are new. A file that goes back to an earlier content is a new delivery. The receipt is written last: bytes without one
    /// are a pull that was killed, and are landed again.
    pub async fn land(
        &self,
        source_id: &str,
        name: &str,
        bytes: Bytes,
        now: DateTime<Utc>,
    ) -> Result<(Receipt, bool)> {
        let sha256 = sha256_hex(&bytes);
        let receipts = self.receipts(source_id).await?;
        let last = match receipts.iter().rev().find(|r| r.name == name) {
            Some(last) => Some(last).filter(|r| r.sha256 == sha256),
            None => receipts.iter().rev().find(|r| r.sha256 == sha256),
        };
        if let Some(last) = last {
            return Ok((last.clone(), false));
        }
        let receipt = Receipt {
            source_id: source_id.into(),
            sha256: sha256.clone(),
            name: name.into(),
            bytes: bytes.len() as u64,
            pulled_at: now,
        };
        self.storage
            .put_new(&format!("raw/{source_id}/{sha256}"), bytes)
            .await?;
        let text = serde_json::to_vec_pretty(&receipt)
            .storing(|| format!("cannot write the receipt of {name}"))?;
        let again = receipts.iter().filter(|r| r.sha256 == sha256).count();
        let receipt_name = match again {
            0 => format!("raw/{source_id}/{sha256}.json"),
            n => format!("raw/{source_id}/{sha256}.{}.json", n + 1),
        };
        self.storage.put_new(&receipt_name, text).await?;
        Ok((receipt, true))
    }

    /// The receipts of a source in the order in which they count: by name within one pull, pulls in order of time.
    pub async fn receipts(&self, source_id: &str) -> Result<Vec<Receipt>> {
        let mut receipts = Vec::new();
        for name in self.storage.list(&format!("raw/{source_id}")).await? {
            if name.ends_with(".json")
                && let Some(text) = self.storage.get(&name).await?
            {
                receipts.push(parse(&name, &text)?);
            }
        }
        receipts.sort_by(|a: &Receipt, b| {
            (a.pulled_at, &a.name, &a.sha256).cmp(&(b.pulled_at, &b.name, &b.sha256))
        });
        Ok(receipts)
    }

    /// The bytes as they came; an error when they are no longer what the receipt says.
    pub async fn bytes(&self, receipt: &Receipt) -> Result<Bytes> {
        let name = format!("raw/{}/{}", receipt.source_id, receipt.sha256);
        let bytes = self.storage.get(&name).await?.ok_or_else(|| {
            Error::storage(format!(
                "cannot read landed file {} ({})",
                receipt.name, receipt.sha256
            ))
            .because("it is not there any more")
        })?;
        if sha256_hex(&bytes) != receipt.sha256 {
            return Err(
                Error::storage(format!("cannot read landed file {}", receipt.name))
                    .because(format!(
                        "its bytes no longer have SHA-256 {}",
                        receipt.sha256
                    ))
                    .hint("the storage damaged it: restore it from a backup, or pull it again"),
            );
        }
        Ok(bytes)
    }
}

fn parse(name: &str, bytes: &[u8]) -> Result<Receipt> {
    serde_json::from_slice(bytes).storing(|| format!("cannot read receipt {name}"))
}
