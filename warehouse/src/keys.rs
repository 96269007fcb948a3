//! keys: the secrets that stand outside the warehouse, by use and version. Nothing is encrypted or made a pseudonym of with
//! a secret itself: every job gets a key of its own, derived from it (HKDF-SHA-256, RFC 5869).

use std::collections::BTreeMap;
use std::fmt;

use aes_gcm::aead::Generate;
use hkdf::Hkdf;
use sha2::Sha256;

use crate::error::{Error, Result};

/// What a secret is for. They are kept apart because they are lost and renewed for different reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Behind pseudonyms: with another secret people get other pseudonyms.
    Pseudonym,
    /// For what is kept sealed: landed files and rejected records of personal sources.
    Seal,
}

impl Use {
    pub const ALL: [Use; 2] = [Use::Pseudonym, Use::Seal];

    pub fn name(self) -> &'static str {
        match self {
            Use::Pseudonym => "pseudonym",
            Use::Seal => "seal",
        }
    }
}

/// 32 random bytes. Never shown, not even by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// From the operating system's random source.
    pub fn random() -> Result<Self> {
        random().map(Self)
    }

    /// How it is written in a key file.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The key for one job. Another `salt` or `job` gives a key that says nothing about this one.
    pub fn derive(&self, salt: &[u8], job: &[&[u8]]) -> [u8; 32] {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(Some(salt), &self.0)
            .expand_multi_info(job, &mut key)
            .expect("HKDF-SHA-256 gives up to 8160 bytes");
        key
    }

    /// Tells secrets apart without saying anything about them.
    pub fn fingerprint(&self) -> [u8; 8] {
        let whole = self.derive(&[], &[b"mijnbeleidsinfo/fingerprint"]);
        whole[..8].try_into().expect("8 of 32 bytes")
    }
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    <[u8; N]>::try_generate().map_err(|cause| {
        Error::storage("cannot get random bytes from the operating system").because(cause)
    })
}

/// The secrets of an installation. The highest version of a use is used for what is new; the others are there to read what
/// is old.
#[derive(Debug, Clone, Default)]
pub struct Keys(BTreeMap<(Use, u32), Secret>);

impl Keys {
    /// One secret a line, or between semicolons: `<use> <version> <64 hexadecimal digits>`; `#` starts a comment.
    ///
    /// Errors name the place (`origin` and line), never what stands there.
    pub fn parse(text: &str, origin: &str) -> Result<Self> {
        let mut keys = BTreeMap::new();
        for (number, line) in text.split(['\n', ';']).enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            let words: Vec<&str> = line.split_whitespace().collect();
            if words.is_empty() {
                continue;
            }
            let wrong = |because: &str| {
                Err(Error::input(format!("cannot read the keys in {origin}, line {}", number + 1))
                    .because(because.to_string())
                    .hint("a line is: pseudonym or seal, a version such as 1, and 64 hexadecimal digits; `beleidsinfo keys new FILE` makes one"))
            };
            let [kind, version, secret] = words[..] else {
                return wrong("it does not have three words");
            };
            let Some(kind) = Use::ALL.into_iter().find(|u| u.name() == kind) else {
                return wrong("the first word is not `pseudonym` or `seal`");
            };
            let Some(version) = version.parse().ok().filter(|v| *v > 0u32) else {
                return wrong("the version is not a whole number from 1");
            };
            let mut bytes = [0; 32];
            if hex::decode_to_slice(secret, &mut bytes).is_err() {
                return wrong("the secret is not 64 hexadecimal digits");
            }
            if bytes.iter().all(|b| *b == bytes[0]) {
                return wrong("the secret is not random");
            }
            if keys.insert((kind, version), Secret(bytes)).is_some() {
                return wrong("this version of this use is there already");
            }
        }
        Ok(Self(keys))
    }

    /// The secret for what is new.
    pub fn newest(&self, of: Use) -> Option<(u32, &Secret)> {
        let mut versions = self.0.range((of, 0)..=(of, u32::MAX));
        versions
            .next_back()
            .map(|((_, version), secret)| (*version, secret))
    }

    pub fn version(&self, of: Use, version: u32) -> Option<&Secret> {
        self.0.get(&(of, version))
    }

    /// All of them, oldest first.
    pub fn all(&self) -> impl Iterator<Item = (Use, u32, &Secret)> {
        self.0
            .iter()
            .map(|((of, version), secret)| (*of, *version, secret))
    }
}

/// What to do when a secret is not there.
pub fn hint() -> &'static str {
    "make a key file with `beleidsinfo keys new FILE` outside the warehouse, and set BELEIDSINFO_KEY_FILE to it: see docs/sources/privacy.md"
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const TWO: &str = "0f0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    #[test]
    fn the_newest_version_is_for_what_is_new_and_the_old_stay_readable() {
        let text = format!(
            "# made on a day\nseal 2 {TWO} # new\nseal 1 {ONE}\n\npseudonym 10 {ONE}; pseudonym 9 {TWO}"
        );
        let keys = Keys::parse(&text, "keys").expect("keys");
        assert_eq!(keys.newest(Use::Seal).map(|k| k.0), Some(2));
        assert_eq!(keys.newest(Use::Pseudonym).map(|k| k.0), Some(10));
        assert!(keys.version(Use::Seal, 1).is_some() && keys.version(Use::Seal, 3).is_none());
        assert!(!format!("{keys:?}").contains("1f"), "{keys:?}");
    }

    #[test]
    fn a_line_that_is_wrong_is_named_and_not_shown() {
        for text in [
            format!("seal 1 {}", &ONE[..62]),
            format!("seal one {ONE}"),
            format!("seal 0 {ONE}"),
            format!("sael 1 {ONE}"),
            format!("seal {ONE}"),
            format!("seal 1 {ONE}\nseal 1 {TWO}"),
            format!("seal 1 {}", "ab".repeat(32)),
        ] {
            let error = Keys::parse(&text, "the file").expect_err("refused");
            let told = format!(
                "{error} {:?} {:?}",
                std::error::Error::source(&error),
                error.hint_text()
            );
            assert!(told.contains("the file, line"), "{told}");
            assert!(
                !told.contains("0405060708") && !told.contains("abab"),
                "{told}"
            );
        }
    }

    /// RFC 5869, appendix A.1, cut to 32 bytes.
    #[test]
    fn derivation_is_hkdf_sha_256() {
        let mut secret = [0x0b; 32];
        secret[22..].fill(0);
        // The RFC's secret has 22 bytes; ours always 32, so the library is held against the RFC and our own call against it.
        let mut known = [0; 32];
        let salt = hex::decode("000102030405060708090a0b0c").expect("hex");
        let info = hex::decode("f0f1f2f3f4f5f6f7f8f9").expect("hex");
        Hkdf::<Sha256>::new(Some(&salt), &[0x0b; 22])
            .expand(&info, &mut known)
            .expect("32 bytes");
        assert_eq!(
            hex::encode(known),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        );
        Hkdf::<Sha256>::new(Some(&salt), &secret)
            .expand(&info, &mut known)
            .expect("32 bytes");
        assert_eq!(
            Secret(secret).derive(&salt, &[&info[..4], &info[4..]]),
            known
        );
        assert_ne!(
            Secret(secret).derive(&salt, &[b"a"]),
            Secret(secret).derive(&salt, &[b"b"])
        );
    }
}
