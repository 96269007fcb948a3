//! raw: the landing zone. The untouched bytes of every delivery, under their SHA-256, each with a receipt.

use std::io::{self, Cursor, ErrorKind, Read};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::delivery::Receipt;
use crate::error::{Doing, Error, Result};
use crate::location::Storage;

pub struct Raw<'a> {
    storage: &'a Storage,
}

/// Where the bytes of a file at its source are read; opened once to know whether they are new, and again to take them over.
pub trait Content: Send {
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;
}

impl Content for Bytes {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.clone())))
    }
}

impl Content for std::path::PathBuf {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let file = std::fs::File::open(self)
            .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", self.display())))?;
        Ok(Box::new(file))
    }
}

impl Content for Box<dyn Content> {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        self.as_ref().open()
    }
}

impl<'a> Raw<'a> {
    pub fn new(storage: &'a Storage) -> Self {
        Self { storage }
    }

    /// Lands a file unless its bytes are what this source gave last under this name (or ever, under another); `true` when
    /// they are new. A file that goes back to an earlier content is a new delivery. The receipt is written last: bytes
    /// without one are a pull that was killed, and are landed again. The file is never in memory as a whole.
    ///
    /// Errors: the file cannot be read, or changed while it was.
    pub async fn land(
        &self,
        source_id: &str,
        name: &str,
        content: impl Content,
        now: DateTime<Utc>,
    ) -> Result<(Receipt, bool)> {
        let doing = || format!("cannot read {name}");
        let first = content.open().storing(doing)?;
        let (sha256, bytes) = tokio::task::spawn_blocking(|| digest(first))
            .await
            .storing(doing)?
            .storing(doing)?;
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
            bytes,
            pulled_at: now,
        };
        let again = receipts.iter().filter(|r| r.sha256 == sha256).count();
        if again == 0 {
            let second = Landed {
                hint: "it changed while it was read: pull again when it is whole",
                ..Landed::new(content.open().storing(doing)?, &receipt)
            };
            self.storage.put_all(&place(&receipt), second).await?;
        }
        let text = serde_json::to_vec_pretty(&receipt)
            .storing(|| format!("cannot write the receipt of {name}"))?;
        let receipt_name = match again {
            0 => format!("{}.json", place(&receipt)),
            n => format!("{}.{}.json", place(&receipt), n + 1),
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

    /// The bytes as they came, as they are read. They are held against the receipt while read: see [`Landed`].
    pub async fn reader(&self, receipt: &Receipt) -> Result<Landed> {
        let bytes = self.storage.reader(&place(receipt)).await?.ok_or_else(|| {
            Error::storage(format!(
                "cannot read landed file {} ({})",
                receipt.name, receipt.sha256
            ))
            .because("it is not there any more")
        })?;
        Ok(Landed::new(bytes, receipt))
    }

    /// The bytes as they came, whole; an error when they are no longer what the receipt says.
    pub async fn bytes(&self, receipt: &Receipt) -> Result<Bytes> {
        let doing = || format!("cannot read landed file {}", receipt.name);
        let mut landed = self.reader(receipt).await?;
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = Vec::new();
            landed.read_to_end(&mut bytes).map(|_| bytes)
        });
        let bytes = read
            .await
            .storing(doing)?
            .map_err(|e| Error::of_read(e, doing))?;
        Ok(bytes.into())
    }
}

/// A landed file being read. Its last read fails when the bytes were not those of the receipt, so nothing may be committed
/// before the end was reached: [`Landed::finish`] goes there.
pub struct Landed {
    bytes: Box<dyn Read + Send>,
    digest: Sha256,
    name: String,
    sha256: String,
    ended: bool,
    hint: &'static str,
}

impl Landed {
    fn new(bytes: Box<dyn Read + Send>, receipt: &Receipt) -> Self {
        Self {
            bytes,
            digest: Sha256::new(),
            name: receipt.name.clone(),
            sha256: receipt.sha256.clone(),
            ended: false,
            hint: "the storage damaged it: restore it from a backup, or pull it again",
        }
    }

    /// Reads what a reader of packed bytes left unread, and so proves them all.
    pub fn finish(mut self) -> Result<()> {
        let name = self.name.clone();
        io::copy(&mut self, &mut io::sink())
            .map_err(|e| Error::of_read(e, || format!("cannot read landed file {name}")))?;
        Ok(())
    }
}

impl Read for Landed {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.bytes.read(into)?;
        self.digest.update(&into[..length]);
        if length == 0 && !into.is_empty() && !self.ended {
            self.ended = true;
            let found = hex::encode(std::mem::take(&mut self.digest).finalize());
            if found != self.sha256 {
                let error = Error::storage(format!("cannot read the file {}", self.name))
                    .because(format!("its bytes no longer have SHA-256 {}", self.sha256))
                    .hint(self.hint);
                return Err(io::Error::new(ErrorKind::InvalidData, error));
            }
        }
        Ok(length)
    }
}

fn place(receipt: &Receipt) -> String {
    format!("raw/{}/{}", receipt.source_id, receipt.sha256)
}

/// SHA-256 in hexadecimal, and how many bytes.
fn digest(mut bytes: impl Read) -> io::Result<(String, u64)> {
    let mut digest = Sha256::new();
    let mut part = vec![0; 1 << 20];
    let mut length = 0;
    loop {
        match bytes.read(&mut part)? {
            0 => return Ok((hex::encode(digest.finalize()), length)),
            read => {
                digest.update(&part[..read]);
                length += read as u64;
            }
        }
    }
}

fn parse(name: &str, bytes: &[u8]) -> Result<Receipt> {
    serde_json::from_slice(bytes).storing(|| format!("cannot read receipt {name}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop")]
mod tests {
    use super::*;
    use crate::location::Location;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    #[tokio::test]
    async fn a_file_lands_once_and_is_read_back_in_parts() {
        let storage = Storage::open(&Location::Memory).unwrap();
        let raw = Raw::new(&storage);
        let content = Bytes::from(vec![7; (8 << 20) + 1]);
        let (receipt, new) = raw
            .land("s", "a.csv", content.clone(), now())
            .await
            .unwrap();
        assert!(new);
        assert_eq!(receipt.bytes, (8 << 20) + 1);
        assert_eq!(raw.bytes(&receipt).await.unwrap(), content);
        let (_, new) = raw.land("s", "a.csv", content, now()).await.unwrap();
        assert!(!new);
    }

    #[tokio::test]
    async fn damage_is_found_at_the_end_of_reading_even_where_the_reader_stopped_before() {
        let storage = Storage::open(&Location::Memory).unwrap();
        let raw = Raw::new(&storage);
        let (receipt, _) = raw
            .land("s", "a.csv", Bytes::from_static(b"one;two"), now())
            .await
            .unwrap();
        storage
            .put(&place(&receipt), &b"one;twO"[..])
            .await
            .unwrap();
        let mut landed = raw.reader(&receipt).await.unwrap();
        let mut three = [0; 3];
        landed.read_exact(&mut three).unwrap();
        let error = landed.finish().unwrap_err();
        assert!(error.hint_text().unwrap().contains("backup"), "{error}");
        assert!(raw.bytes(&receipt).await.is_err());
    }

    #[tokio::test]
    async fn a_file_that_changes_while_it_is_taken_over_does_not_land() {
        struct Changing(std::sync::atomic::AtomicU8);
        impl Content for Changing {
            fn open(&self) -> io::Result<Box<dyn Read + Send>> {
                let at = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                Ok(Box::new(Cursor::new(vec![at])))
            }
        }
        let storage = Storage::open(&Location::Memory).unwrap();
        let raw = Raw::new(&storage);
        let error = raw.land("s", "a", Changing(0.into()), now()).await;
        let error = error.unwrap_err();
        assert!(error.hint_text().unwrap().contains("changed"), "{error}");
        assert!(raw.receipts("s").await.unwrap().is_empty());
    }
}
