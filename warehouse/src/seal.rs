//! seal: personal bytes at rest. A file is cut in chunks, each encrypted and tied to its place in the file, its source and
//! its SHA-256, so that it is written and read without holding it whole, and no chunk can be moved, left out or swapped.
//!
//! The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over AES-256-GCM: the nonce of a chunk is its number
//! and whether it is the last. Layout: magic (8) · version of the secret (4, big endian) · its fingerprint (8) · salt (32), then the
//! chunks of 64 KiB, each with its tag (16). The header is bound to every chunk.
//!
//! The key of a file comes from the secret **and** the random salt in its header. So does the key of the rejected records of
//! that file: once the sealed file is deleted, nobody can open those either.

use std::io::{self, Read};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};

use crate::error::{Error, Result};
use crate::keys::{self, Keys, Secret, Use};

const MAGIC: &[u8; 8] = b"MBIseal1";
const SALT: usize = 32;
/// Bytes before the first chunk.
pub const HEADER: usize = 8 + 4 + 8 + SALT;
const CHUNK: usize = 64 * 1024;
const TAG: usize = 16;
/// How a sealed text starts; the rest is hexadecimal.
const SEALED: &str = "sealed-1:";

/// What sealed bytes belong to: opened as anything else, they do not open.
#[derive(Debug, Clone, Copy)]
pub struct Belongs<'a> {
    pub source_id: &'a str,
    /// SHA-256 of the bytes as they came, in hexadecimal.
    pub sha256: &'a str,
}

impl Belongs<'_> {
    fn bound(&self, to: &[u8]) -> Vec<u8> {
        [
            self.source_id.as_bytes(),
            b"\0",
            self.sha256.as_bytes(),
            b"\0",
            to,
        ]
        .concat()
    }
}

/// What a sealed file starts with.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    version: u32,
    fingerprint: [u8; 8],
    salt: [u8; SALT],
}

impl Header {
    /// For a new file, with the newest secret.
    ///
    /// Errors: there is none (refused).
    pub fn new(keys: &Keys) -> Result<Self> {
        let Some((version, secret)) = keys.newest(Use::Seal) else {
            return Err(Error::refused("cannot seal a file with personal data")
                .because("there is no `seal` key")
                .hint(keys::hint()));
        };
        Ok(Self {
            version,
            fingerprint: secret.fingerprint(),
            salt: keys::random()?,
        })
    }

    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let wrong = || {
            Error::storage("a sealed file does not start as one")
                .hint("the storage damaged it: restore it from a backup")
        };
        let head = bytes.get(..HEADER).ok_or_else(wrong)?;
        let (magic, rest) = head.split_at(8);
        let (version, rest) = rest.split_at(4);
        let (fingerprint, salt) = rest.split_at(8);
        if magic != MAGIC {
            return Err(wrong());
        }
        Ok(Self {
            version: u32::from_be_bytes(version.try_into().expect("4 bytes")),
            fingerprint: fingerprint.try_into().expect("8 bytes"),
            salt: salt.try_into().expect("32 bytes"),
        })
    }

    fn bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&self.version.to_be_bytes());
        bytes[12..20].copy_from_slice(&self.fingerprint);
        bytes[20..].copy_from_slice(&self.salt);
        bytes
    }

    /// The secret this was sealed with.
    fn secret<'k>(&self, keys: &'k Keys) -> Result<&'k Secret> {
        let cannot = || Error::refused("cannot open what is sealed");
        let Some(secret) = keys.version(Use::Seal, self.version) else {
            return Err(cannot()
                .because(format!("`seal` key {} is not among the keys", self.version))
                .hint("put that version back in the key file, and keep old versions listed as long as files are sealed with them: see docs/sources/privacy.md"));
        };
        if secret.fingerprint() != self.fingerprint {
            return Err(cannot()
                .because(format!("`seal` key {} is another than the one it was sealed with (fingerprint {})", self.version, hex::encode(self.fingerprint)))
                .hint("a version is never reused: give the newer secret a higher version and put the older one back"));
        }
        Ok(secret)
    }

    fn cipher(&self, keys: &Keys, job: &[u8]) -> Result<Aes256Gcm> {
        let key = self
            .secret(keys)?
            .derive(&self.salt, &[b"mijnbeleidsinfo/seal/", job]);
        Ok(Aes256Gcm::new(&key.into()))
    }

    /// The key of the rejected records of this file.
    pub fn records(&self, keys: &Keys) -> Result<Records> {
        Ok(Records(self.cipher(keys, b"records")?))
    }
}

/// Seals and opens rejected records, each by itself.
pub struct Records(Aes256Gcm);

impl Records {
    /// A text that says nothing but about how long the record is.
    pub fn seal(&self, of: Belongs, record: u64, text: &str) -> Result<String> {
        let nonce: [u8; 12] = keys::random()?;
        let aad = of.bound(&record.to_be_bytes());
        let payload = Payload {
            msg: text.as_bytes(),
            aad: &aad,
        };
        let sealed = self
            .0
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| Error::input(format!("record {record} is too long to seal")))?;
        Ok(format!(
            "{SEALED}{}{}",
            hex::encode(nonce),
            hex::encode(sealed)
        ))
    }

    pub fn open(&self, of: Belongs, record: u64, sealed: &str) -> Result<String> {
        let damaged = || {
            Error::storage(format!(
                "cannot open sealed record {record} of delivery {}: it is damaged, or belongs elsewhere",
                of.sha256
            ))
        };
        let bytes = sealed
            .strip_prefix(SEALED)
            .and_then(|h| hex::decode(h).ok())
            .ok_or_else(damaged)?;
        let (nonce, sealed) = bytes.split_first_chunk::<12>().ok_or_else(damaged)?;
        let aad = of.bound(&record.to_be_bytes());
        let text = self.0.decrypt(
            &Nonce::from(*nonce),
            Payload {
                msg: sealed,
                aad: &aad,
            },
        );
        text.ok()
            .and_then(|t| String::from_utf8(t).ok())
            .ok_or_else(damaged)
    }
}

/// Whether a text is a sealed record.
pub fn is_sealed(text: &str) -> bool {
    text.strip_prefix(SEALED)
        .is_some_and(|h| h.len() >= 2 * (12 + TAG) && h.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Reads the sealed form of what `from` gives.
pub struct Sealing<R> {
    from: R,
    encryptor: Option<EncryptorBE32<Aes256Gcm>>,
    bound: Vec<u8>,
    /// Read but not sealed yet: it is known to be the last only when nothing follows.
    ahead: Vec<u8>,
    out: io::Cursor<Vec<u8>>,
}

impl<R: Read> Sealing<R> {
    /// Errors: no key, or `from` cannot be read.
    pub fn new(header: &Header, keys: &Keys, of: Belongs, mut from: R) -> Result<Self> {
        let encryptor = EncryptorBE32::from_aead(header.cipher(keys, b"file")?, &[0; 7].into());
        let ahead = chunk(&mut from, CHUNK)
            .map_err(|cause| Error::of_read(cause, || "cannot read a file to seal it".into()))?;
        Ok(Self {
            from,
            encryptor: Some(encryptor),
            bound: of.bound(&header.bytes()),
            ahead,
            out: io::Cursor::new(header.bytes().to_vec()),
        })
    }
}

impl<R: Read> Read for Sealing<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.out.read(into)?;
            if n > 0 || into.is_empty() {
                return Ok(n);
            }
            let Some(mut encryptor) = self.encryptor.take() else {
                return Ok(0);
            };
            let next = chunk(&mut self.from, CHUNK)?;
            let payload = Payload {
                msg: &self.ahead,
                aad: &self.bound,
            };
            let sealed = if next.is_empty() {
                encryptor.encrypt_last(payload)
            } else {
                let sealed = encryptor.encrypt_next(payload);
                self.encryptor = Some(encryptor);
                sealed
            };
            self.out = io::Cursor::new(
                sealed.map_err(|_| io::Error::other("too long to seal: more than 256 TiB"))?,
            );
            self.ahead = next;
        }
    }
}

/// Reads what a sealed form holds. Every chunk is authenticated before a byte of it is given; whether the file is whole is
/// known at its end only.
pub struct Opening<R> {
    from: R,
    decryptor: Option<DecryptorBE32<Aes256Gcm>>,
    bound: Vec<u8>,
    ahead: Vec<u8>,
    out: io::Cursor<Vec<u8>>,
}

impl<R: Read> Opening<R> {
    /// Errors: it does not start as a sealed file, its key is not there or another, or `from` cannot be read.
    pub fn new(keys: &Keys, of: Belongs, mut from: R) -> Result<Self> {
        let reading = |cause| Error::storage("cannot read a sealed file").because(cause);
        let header = Header::parse(&chunk(&mut from, HEADER).map_err(reading)?)?;
        let decryptor = DecryptorBE32::from_aead(header.cipher(keys, b"file")?, &[0; 7].into());
        let ahead = chunk(&mut from, CHUNK + TAG).map_err(reading)?;
        Ok(Self {
            from,
            decryptor: Some(decryptor),
            bound: of.bound(&header.bytes()),
            ahead,
            out: io::Cursor::default(),
        })
    }
}

impl<R: Read> Read for Opening<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let n = self.out.read(into)?;
            if n > 0 || into.is_empty() {
                return Ok(n);
            }
            let Some(mut decryptor) = self.decryptor.take() else {
                return Ok(0);
            };
            let next = chunk(&mut self.from, CHUNK + TAG)?;
            let payload = Payload {
                msg: &self.ahead,
                aad: &self.bound,
            };
            let opened = if next.is_empty() {
                decryptor.decrypt_last(payload)
            } else {
                let opened = decryptor.decrypt_next(payload);
                self.decryptor = Some(decryptor);
                opened
            };
            let opened = opened.map_err(|_| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a sealed file is damaged, cut short, or belongs elsewhere",
                )
            })?;
            self.out = io::Cursor::new(opened);
            self.ahead = next;
        }
    }
}

/// Reads on until there are `most` bytes or no more.
fn chunk(from: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most);
    from.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn keys(lines: &str) -> Keys {
        let secret = |n: u8| hex::encode((0..32).map(|i| i ^ n).collect::<Vec<u8>>());
        let text = lines.replace("ONE", &secret(1)).replace("TWO", &secret(2));
        Keys::parse(&text, "test").expect("keys")
    }

    const OF: Belongs = Belongs {
        source_id: "zaken",
        sha256: "abc",
    };

    fn sealed(keys: &Keys, of: Belongs, bytes: &[u8]) -> Vec<u8> {
        let header = Header::new(keys).expect("a key");
        let mut out = Vec::new();
        Sealing::new(&header, keys, of, bytes)
            .expect("a key")
            .read_to_end(&mut out)
            .expect("sealed");
        out
    }

    fn opened(keys: &Keys, of: Belongs, bytes: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let mut opening = Opening::new(keys, of, bytes).map_err(|e| {
            format!(
                "{:?}: {e}: {:?}",
                e.kind(),
                std::error::Error::source(&e).map(ToString::to_string)
            )
        })?;
        opening.read_to_end(&mut out).map_err(|e| e.to_string())?;
        Ok(out)
    }

    #[test]
    fn what_is_sealed_opens_to_the_same_bytes_at_every_length_around_a_chunk() {
        let keys = keys("seal 1 ONE");
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 17] {
            let plain: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
            let closed = sealed(&keys, OF, &plain);
            let chunks = length.div_ceil(CHUNK).max(1);
            assert_eq!(closed.len(), HEADER + length + chunks * TAG);
            assert_eq!(opened(&keys, OF, &closed), Ok(plain), "{length}");
        }
        assert_ne!(
            sealed(&keys, OF, b"x"),
            sealed(&keys, OF, b"x"),
            "two files never share a key"
        );
    }

    #[test]
    fn no_bit_of_it_can_be_changed_and_no_chunk_moved_or_left_out() {
        let keys = keys("seal 1 ONE");
        let plain = vec![7; 2 * CHUNK + 5];
        let closed = sealed(&keys, OF, &plain);
        let mut bits: Vec<usize> = (0..HEADER).collect();
        bits.extend([HEADER, HEADER + CHUNK + 3, closed.len() - 1]);
        for at in bits {
            let mut changed = closed.clone();
            changed[at] ^= 1;
            assert!(opened(&keys, OF, &changed).is_err(), "byte {at}");
        }
        let frame = CHUNK + TAG;
        let (first, second) = (HEADER..HEADER + frame, HEADER + frame..HEADER + 2 * frame);
        let swapped = [
            &closed[..HEADER],
            &closed[second.clone()],
            &closed[first.clone()],
            &closed[second.end..],
        ]
        .concat();
        let without = [
            &closed[..HEADER],
            &closed[second.clone()],
            &closed[second.end..],
        ]
        .concat();
        let cut_at_a_chunk = &closed[..second.end];
        let cut = &closed[..closed.len() - 2];
        for wrong in [
            &swapped[..],
            &without,
            cut_at_a_chunk,
            cut,
            &closed[..HEADER],
            &closed[..10],
            &[],
        ] {
            assert!(opened(&keys, OF, wrong).is_err());
        }
        for elsewhere in [
            Belongs {
                source_id: "ander",
                ..OF
            },
            Belongs {
                sha256: "abd",
                ..OF
            },
        ] {
            assert!(opened(&keys, elsewhere, &closed).is_err());
        }
    }

    #[test]
    fn an_old_version_opens_as_long_as_it_is_listed_and_a_wrong_key_is_named() {
        let old = sealed(&keys("seal 1 ONE"), OF, b"oud");
        let both = keys("seal 1 ONE; seal 2 TWO");
        assert_eq!(opened(&both, OF, &old), Ok(b"oud".to_vec()));
        let new = sealed(&both, OF, b"nieuw");
        assert_eq!(opened(&both, OF, &new), Ok(b"nieuw".to_vec()));
        let missing = opened(&keys("seal 1 ONE"), OF, &new).expect_err("no key 2");
        assert!(
            missing.starts_with("Refused")
                && missing.contains("`seal` key 2 is not among the keys"),
            "{missing}"
        );
        let other = opened(&keys("seal 1 TWO"), OF, &old).expect_err("another key 1");
        assert!(
            other.contains("is another than the one it was sealed with"),
            "{other}"
        );
        let none = Header::new(&keys("pseudonym 1 ONE")).err().expect("no key");
        assert_eq!(none.kind(), Kind::Refused);
        assert!(
            none.hint_text()
                .expect("a hint")
                .contains("BELEIDSINFO_KEY_FILE")
        );
    }

    #[test]
    fn a_record_opens_only_with_the_header_of_its_own_file() {
        let keys = keys("seal 1 ONE");
        let (header, other) = (
            Header::new(&keys).expect("a key"),
            Header::new(&keys).expect("a key"),
        );
        let records = header.records(&keys).expect("a key");
        let closed = records.seal(OF, 3, "Jan;85073003328").expect("sealed");
        assert!(
            is_sealed(&closed)
                && !closed.contains("Jan")
                && !is_sealed("sealed-1:ab")
                && !is_sealed("Jan")
        );
        assert_eq!(
            records.open(OF, 3, &closed).expect("opened"),
            "Jan;85073003328"
        );
        assert!(records.open(OF, 4, &closed).is_err());
        assert!(
            other
                .records(&keys)
                .expect("a key")
                .open(OF, 3, &closed)
                .is_err()
        );
        assert_ne!(
            closed,
            records.seal(OF, 3, "Jan;85073003328").expect("sealed")
        );
    }
}
