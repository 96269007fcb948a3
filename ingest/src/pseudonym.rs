//! pseudonym: what stands in for a person or organisation. The number is checked, written in one way, and then replaced by a
//! keyed HMAC-SHA-256: the same person gets the same pseudonym however the source writes the number, and without the key
//! nobody gets back. Pure.

use beleidsinfo_warehouse::error::{Error, Result};
use beleidsinfo_warehouse::keys::{self, Keys, Secret, Use};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What kind of text is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Any text, as it stands between white space.
    #[default]
    Text,
    /// A national number (rijksregisternummer) or BIS number: 11 digits.
    Insz,
    /// An enterprise or establishment number: 10 digits.
    Kbo,
}

impl Kind {
    /// As a mapping names it.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Kind::Text,
            "insz" => Kind::Insz,
            "kbo" => Kind::Kbo,
            _ => return None,
        })
    }

    /// The rule that a wrong number breaks.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            Kind::Text => "type",
            Kind::Insz => "insz",
            Kind::Kbo => "kbo",
        }
    }

    /// The one way of writing it.
    ///
    /// Errors: what is wrong with the number and what to do, in Dutch, without the number.
    pub(crate) fn normal(self, text: &str) -> Result<String, String> {
        match self {
            Kind::Text => Ok(text.into()),
            Kind::Insz => insz(text),
            Kind::Kbo => kbo(text),
        }
    }
}

/// Dots, dashes, slashes and spaces only group the digits.
fn ungrouped(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '.' | '-' | '/' | '\u{2011}' | '\u{2013}') && !c.is_whitespace())
        .collect()
}

/// The first nine digits modulo 97 from 97 make the last two; for who was born from 2000 on, with a 2 before the nine.
/// A BIS number has its month raised by 20 or 40, and the same check. Source: Koninklijk besluit 3 april 1984, art. 1.
fn insz(text: &str) -> Result<String, String> {
    let number = ungrouped(text);
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err("de waarde heeft tekens die niet in een INSZ-nummer horen: gebruik elf cijfers, met of zonder punten en streepjes.".into());
    }
    let count = number.len();
    if count != 11 {
        let perhaps = if (8..11).contains(&count) {
            " (wellicht viel een nul vooraan weg: laat het rekenblad de kolom als tekst bewaren)"
        } else {
            ""
        };
        return Err(format!(
            "het nummer heeft {count} cijfers waar een INSZ-nummer er elf heeft{perhaps}: verbeter het in de bron."
        ));
    }
    let digits = |from: usize, to: usize| number[from..to].parse::<u64>().unwrap_or(0);
    let (nine, check) = (digits(0, 9), digits(9, 11));
    let fits = |number: u64| 97 - number % 97 == check;
    if fits(nine) || fits(2_000_000_000 + nine) {
        Ok(number)
    } else {
        Err("het controlegetal (modulo 97) van het INSZ-nummer klopt niet: kijk na of er een cijfer verkeerd of verwisseld is.".into())
    }
}

/// 97 less the first eight digits modulo 97 make the last two. Nine digits are the number before 2008, without its zero.
fn kbo(text: &str) -> Result<String, String> {
    let number = ungrouped(text).to_uppercase();
    let number = number.strip_prefix("BE").unwrap_or(&number);
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err("de waarde heeft tekens die niet in een ondernemingsnummer horen: gebruik tien cijfers, met of zonder punten.".into());
    }
    let number = match number.len() {
        9 => format!("0{number}"),
        10 => number.to_string(),
        count => {
            return Err(format!(
                "het nummer heeft {count} cijfers waar een ondernemingsnummer er tien heeft: verbeter het in de bron."
            ));
        }
    };
    let digits = |from: usize, to: usize| number[from..to].parse::<u64>().unwrap_or(0);
    if 97 - digits(0, 8) % 97 == digits(8, 10) {
        Ok(number)
    } else {
        Err("het controlegetal (modulo 97) van het ondernemingsnummer klopt niet: kijk na of er een cijfer verkeerd of verwisseld is.".into())
    }
}

/// Makes pseudonyms for one purpose: those of another purpose or key cannot be linked with them.
#[derive(Clone)]
pub struct Pseudonyms {
    version: u32,
    mac: Hmac<Sha256>,
}

impl Pseudonyms {
    /// With the newest key.
    ///
    /// Errors: there is none (refused).
    pub fn new(keys: &Keys, purpose: &str) -> Result<Self> {
        let Some((version, secret)) = keys.newest(Use::Pseudonym) else {
            return Err(Error::refused("cannot make pseudonyms")
                .because("there is no `pseudonym` key")
                .hint(keys::hint()));
        };
        Ok(Self::with(version, secret, purpose))
    }

    fn with(version: u32, secret: &Secret, purpose: &str) -> Self {
        let key = secret.derive(&[], &[b"mijnbeleidsinfo/pseudonym/", purpose.as_bytes()]);
        let mac = Hmac::new_from_slice(&key).expect("an HMAC key may have any length");
        Self { version, mac }
    }

    /// `k<version of the key>-<64 hexadecimal digits>`.
    pub fn of(&self, normal: &str) -> String {
        let mac = self.mac.clone().chain_update(normal.as_bytes());
        format!(
            "k{}-{}",
            self.version,
            hex::encode(mac.finalize().into_bytes())
        )
    }

    /// What a number or text became and becomes under every listed key, newest first: to find a person's rows.
    ///
    /// Errors: the number is wrong (in Dutch, without it); there is no key.
    pub fn every(keys: &Keys, purpose: &str, kind: Kind, text: &str) -> Result<Vec<String>> {
        let normal = kind.normal(text.trim()).map_err(Error::input)?;
        let mut found: Vec<String> = keys
            .all()
            .filter(|(of, ..)| *of == Use::Pseudonym)
            .map(|(_, version, secret)| Self::with(version, secret, purpose).of(&normal))
            .collect();
        found.reverse();
        match found.is_empty() {
            true => Self::new(keys, purpose).map(|_| found),
            false => Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(lines: &str) -> Keys {
        let text = lines
            .replace("ONE", &"01".repeat(31))
            .replace("TWO", &"02".repeat(31));
        Keys::parse(&text.replace('@', "ff"), "test").unwrap()
    }

    /// Worked out apart from this code: 97 less the remainder of the nine digits, with a 2 before them for the young.
    #[test]
    fn a_national_number_is_checked_in_both_centuries_and_with_a_raised_month() {
        for (right, who) in [
            ("85073003328", "born 1985"),
            ("17073003355", "born 1917"),
            ("17073003384", "born 2017"),
            ("00012556777", "born 2000"),
            ("85473003317", "BIS, month + 40"),
            ("85273003371", "BIS, month + 20"),
            ("05473003315", "BIS, born 2005"),
        ] {
            assert_eq!(Kind::Insz.normal(right).as_deref(), Ok(right), "{who}");
        }
        assert_eq!(
            Kind::Insz.normal("85.07.30-033.28").as_deref(),
            Ok("85073003328")
        );
        assert_eq!(
            Kind::Insz.normal("850730-033 28").as_deref(),
            Ok("85073003328")
        );
        assert_eq!(
            Kind::Insz.normal("85/07/30 033-28").as_deref(),
            Ok("85073003328")
        );
    }

    #[test]
    fn one_wrong_digit_or_two_swapped_is_found_and_the_number_is_not_told() {
        let right = "85073003328";
        let mut slipped = 0;
        for at in 0..11 {
            for digit in '0'..='9' {
                let mut wrong = right.to_string();
                wrong.replace_range(at..=at, &digit.to_string());
                if wrong == right {
                    continue;
                }
                match Kind::Insz.normal(&wrong) {
                    Ok(_) => slipped += 1,
                    Err(told) => assert!(!told.contains(&wrong[2..8]), "{told}"),
                }
            }
        }
        // One slip in 98 can fit the other century by chance.
        assert!(slipped <= 2, "{slipped}");
        for wrong in [
            "",
            "5073003328",
            "850730033281",
            "85073003A28",
            "8,5073E+10",
            "00000000000",
            "zie dossier",
        ] {
            assert!(Kind::Insz.normal(wrong).is_err(), "{wrong}");
        }
        assert!(
            Kind::Insz
                .normal("5073003328")
                .unwrap_err()
                .contains("nul vooraan")
        );
    }

    #[test]
    fn an_enterprise_number_is_checked_whatever_its_writing() {
        // The number of the federal service that keeps the register.
        let number = "0314595348".to_string();
        for writing in [
            number.clone(),
            format!("BE {}.{}.{}", &number[..4], &number[4..7], &number[7..]),
            number[1..].to_string(),
        ] {
            assert_eq!(
                Kind::Kbo.normal(&writing).as_deref(),
                Ok(number.as_str()),
                "{writing}"
            );
        }
        for wrong in ["0314595349", "12345678", "BE03I4595348", ""] {
            assert!(Kind::Kbo.normal(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn purposes_and_keys_cannot_be_linked_and_old_keys_still_find_a_person() {
        let both = keys("pseudonym 1 ONE@; pseudonym 2 TWO@");
        let applicant = Pseudonyms::new(&both, "applicant_key").unwrap();
        let subject = Pseudonyms::new(&both, "subject_key").unwrap();
        let old = Pseudonyms::new(&keys("pseudonym 1 ONE@"), "applicant_key").unwrap();
        let of = |p: &Pseudonyms| p.of("85073003328");
        assert_eq!(of(&applicant), of(&applicant.clone()));
        assert!(of(&applicant).starts_with("k2-") && of(&old).starts_with("k1-"));
        assert_ne!(of(&applicant), of(&subject));
        assert_ne!(of(&applicant)[3..], of(&old)[3..]);
        let every =
            Pseudonyms::every(&both, "applicant_key", Kind::Insz, " 85.07.30-033.28 ").unwrap();
        assert_eq!(every, [of(&applicant), of(&old)]);
        assert!(Pseudonyms::every(&Keys::default(), "a", Kind::Text, "x").is_err());
    }

    /// Worked out apart from this code, with python's hmac: see the words below.
    #[test]
    fn the_pseudonym_is_the_documented_one() {
        // key = HMAC(HMAC(zeros(32), secret), "mijnbeleidsinfo/pseudonym/applicant_key" + 01); HMAC(key, "85073003328")
        let made = Pseudonyms::new(&keys("pseudonym 1 ONE@"), "applicant_key").unwrap();
        assert_eq!(
            made.of("85073003328"),
            "k1-6e250f1eacf3486b4d401f53a9a066810c3abc76996de56331c86ebcf960df2c"
        );
    }
}
