//! raw: the landing zone. The untouched bytes of every delivery, under their SHA-256, each with a receipt.

use std::io::{self, Cursor, ErrorKind, Read, Seek};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::delivery::Receipt;
use crate::error::{Doing, Error, Result};
use crate::kept::{Kept, gone, place, sealed_place};
use crate::keys::Keys;
use crate::location::Storage;

pub struct Raw<'a> {
    storage: &'a Storage,
    keys: &'a Keys,
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

/// Read from its beginning each time; one reader at a time.
impl Content for std::fs::File {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let mut file = self.try_clone()?;
        file.rewind()?;
        Ok(Box::new(file))
    }
}

impl Content for Box<dyn Content> {
    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        self.as_ref().open()
    }
}

impl<'a> Raw<'a> {
    pub fn new(storage: &'a Storage, keys: &'a Keys) -> Self {
        Self { storage, keys }
    }

    /// The same files, as what must be kept safe and not too long.
    pub fn kept(&self) -> Kept<'a> {
        Kept::new(self.storage, self.keys)
    }

    /// Lands a file unless its bytes are what this source gave last under this name (or ever, under another); `true` when
    /// they are new. A file that goes back to an earlier content is a new delivery. The receipt is written last: bytes
    /// without one are a pull that was killed, and are landed again. The file is never in memory as a whole. That of a
    /// personal source is sealed.
    ///
    /// Errors: the file cannot be read, or changed while it was; there is no key to seal it with.
    pub async fn land(
        &self,
        source_id: &str,
        name: &str,
        content: impl Content,
        personal: bool,
        now: DateTime<Utc>,
    ) -> Result<(Receipt, bool)> {
        self.land_version(source_id, name, content, None, personal, now)
            .await
    }

    /// The same, of a file that an object store gave, with what it said of its version.
    pub async fn land_version(
        &self,
        source_id: &str,
        name: &str,
        content: impl Content,
        version: Option<String>,
        personal: bool,
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
            version,
        };
        let again = receipts.iter().filter(|r| r.sha256 == sha256).count();
        // Sealed bytes that are there stay as they are: sealed records hang from them. Unless no receipt speaks of them.
        if again == 0 || !self.kept().are_there(&receipt).await? {
            let second = Landed {
                hint: "it changed while it was read: pull again when it is whole",
                ..Landed::new(content.open().storing(doing)?, &receipt)
            };
            if personal {
                let sealing = self.kept().sealing(&receipt, second)?;
                self.storage
                    .put_all(&sealed_place(&receipt), sealing)
                    .await?;
            } else {
                self.storage.put_all(&place(&receipt), second).await?;
            }
            self.kept().unmark(&receipt).await?;
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

    /// The receipts whose bytes are still kept, in the same order.
    pub async fn readable(&self, source_id: &str) -> Result<Vec<Receipt>> {
        let expired = self.kept().expired(source_id).await?;
        let mut receipts = self.receipts(source_id).await?;
        receipts.retain(|r| !expired.contains_key(&(r.source_id.clone(), r.sha256.clone())));
        Ok(receipts)
    }

    /// The bytes as they came, as they are read. They are held against the receipt while read: see [`Landed`].
    ///
    /// Errors: they are sealed with a key that is not there (refused), or their time is over (not found).
    pub async fn reader(&self, receipt: &Receipt) -> Result<Landed> {
        if let Some(sealed) = self.storage.reader(&sealed_place(receipt)).await? {
            let opening = self.kept().opening(receipt, sealed)?;
            return Ok(Landed::new(Box::new(opening), receipt));
        }
        match self.storage.reader(&place(receipt)).await? {
            Some(bytes) => Ok(Landed::new(bytes, receipt)),
            None => Err(self.lost(receipt).await?),
        }
    }

    /// Why the bytes of a receipt are not there.
    async fn lost(&self, receipt: &Receipt) -> Result<Error> {
        let expired = self.kept().expired(&receipt.source_id).await?;
        let key = (receipt.source_id.clone(), receipt.sha256.clone());
        Ok(match expired.get(&key) {
            Some(on) => gone(receipt, *on),
            None => Error::storage(format!(
                "cannot read landed file {} ({})",
                receipt.name, receipt.sha256
            ))
            .because("it is not there any more"),
        })
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
        let keys = Keys::default();
        let raw = Raw::new(&storage, &keys);
        let content = Bytes::from(vec![7; (8 << 20) + 1]);
        let (receipt, new) = raw
            .land("s", "a.csv", content.clone(), false, now())
            .await
            .unwrap();
        assert!(new);
        assert_eq!(receipt.bytes, (8 << 20) + 1);
        assert_eq!(raw.bytes(&receipt).await.unwrap(), content);
        let (_, new) = raw.land("s", "a.csv", content, false, now()).await.unwrap();
        assert!(!new);
    }

    #[tokio::test]
    async fn damage_is_found_at_the_end_of_reading_even_where_the_reader_stopped_before() {
        let storage = Storage::open(&Location::Memory).unwrap();
        let keys = Keys::default();
        let raw = Raw::new(&storage, &keys);
        let (receipt, _) = raw
            .land("s", "a.csv", Bytes::from_static(b"one;two"), false, now())
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
        let keys = Keys::default();
        let raw = Raw::new(&storage, &keys);
        let error = raw.land("s", "a", Changing(0.into()), false, now()).await;
        let error = error.unwrap_err();
        assert!(error.hint_text().unwrap().contains("changed"), "{error}");
        assert!(raw.receipts("s").await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_personal_file_lands_sealed_expires_and_can_land_again() {
        let storage = Storage::open(&Location::Memory).unwrap();
        let line = |n: &str| format!("seal 1 {}{n}", "01".repeat(31));
        let keys = Keys::parse(&line("ff"), "test").unwrap();
        let raw = Raw::new(&storage, &keys);
        let content = Bytes::from("85073003328;".repeat(20_000));
        let (receipt, _) = raw
            .land("s", "a.csv", content.clone(), true, now())
            .await
            .unwrap();
        assert!(storage.get(&place(&receipt)).await.unwrap().is_none());
        let sealed = storage.get(&sealed_place(&receipt)).await.unwrap().unwrap();
        assert!(!sealed.windows(11).any(|w| w == b"85073003328"));
        assert_eq!(raw.bytes(&receipt).await.unwrap(), content);
        // Records open while the file is there; damage is found.
        let mut text = "Jan".to_string();
        let records = std::iter::once((3, &mut text));
        raw.kept().seal_records(&receipt, records).await.unwrap();
        let open = |text: String| {
            let kept = raw.kept();
            let receipt = receipt.clone();
            async move {
                kept.open_record("s", &receipt.sha256, 3, &text)
                    .await
                    .unwrap()
            }
        };
        assert_eq!(open(text.clone()).await.as_deref(), Some("Jan"));
        let mut damaged = sealed.to_vec();
        *damaged.last_mut().unwrap() ^= 1;
        storage.put(&sealed_place(&receipt), damaged).await.unwrap();
        assert!(raw.bytes(&receipt).await.is_err());
        storage.put(&sealed_place(&receipt), sealed).await.unwrap();
        let other = Keys::parse(&line("fe"), "test").unwrap();
        assert!(Raw::new(&storage, &other).bytes(&receipt).await.is_err());

        let day = |n: i64| now() + chrono::TimeDelta::days(n);
        let until = |at: DateTime<Utc>| at + chrono::TimeDelta::days(30);
        let receipts = [receipt.clone()];
        assert_eq!(
            raw.kept().expire(&receipts, until, day(29)).await.unwrap(),
            0
        );
        // Killed between the mark and the bytes: the next call goes on.
        let mark = format!("{}.1970-01-31.expired", place(&receipt));
        storage.put(&mark, Vec::new()).await.unwrap();
        assert_eq!(
            raw.kept().expire(&receipts, until, day(30)).await.unwrap(),
            1
        );
        assert_eq!(
            raw.kept().expire(&receipts, until, day(31)).await.unwrap(),
            0
        );
        assert_eq!(open(text.clone()).await, None);
        let error = raw.bytes(&receipt).await.unwrap_err();
        let because = std::error::Error::source(&error).unwrap().to_string();
        assert!(because.contains("expired on 1970-01-31"), "{because}");
        assert!(raw.readable("s").await.unwrap().is_empty());

        // The same export is known; under another content in between it is new, and readable again.
        let (_, new) = raw
            .land("s", "a.csv", content.clone(), true, day(40))
            .await
            .unwrap();
        assert!(!new);
        raw.land("s", "a.csv", Bytes::from_static(b"x"), true, day(41))
            .await
            .unwrap();
        let (again, new) = raw
            .land("s", "a.csv", content.clone(), true, day(42))
            .await
            .unwrap();
        assert!(new);
        assert_eq!(raw.bytes(&again).await.unwrap(), content);
        // Landed twice, kept for the last; and what was sealed before does not open with the new header.
        let receipts = raw.receipts("s").await.unwrap();
        assert_eq!(
            raw.kept().expire(&receipts, until, day(60)).await.unwrap(),
            0
        );
        let old = raw.kept().open_record("s", &receipt.sha256, 3, &text).await;
        assert!(old.is_err());
    }
}
