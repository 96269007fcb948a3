//! mapping/thresholds: `[limits]`: how much may be wrong with a delivery before it is held instead of stored. Pure.

use beleidsinfo_warehouse::delivery::{Load, Loss};
use serde::Deserialize;
use serde::de::{self, Deserializer};

/// From where on a delivery of this source is held.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// At most this share of the records may be rejected, as in `rejected = "20 %"`; [`Share::HALF`] where it is not written.
    pub rejected: Option<Share>,
    /// At most this many records may be rejected, whatever their share.
    pub rejected_records: Option<u64>,
    /// At most this share of the rows a source gave may a full delivery delete, per table; [`Share::HALF`] where it is not
    /// written.
    pub deleted: Option<Share>,
}

/// A share in millionths, so that a delivery on the limit itself is not held by the rounding of a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(u64);

const MILLION: u64 = 1_000_000;

/// A share nobody wrote down judges no smaller file than this, unless the file replaces all there is: of three records, two
/// wrong ones say little about the file. Nor does it judge what a full file deletes of fewer rows.
pub const FROM_RECORDS: u64 = 20;

impl Share {
    pub const HALF: Share = Share(MILLION / 2);
    /// Nothing is more than this.
    pub const ALL: Share = Share(MILLION);

    fn exceeded(self, rejected: u64, read: u64) -> bool {
        u128::from(rejected) * u128::from(MILLION) > u128::from(self.0) * u128::from(read)
    }

    fn percent(self) -> String {
        comma(self.0 as f64 / 10_000.0)
    }
}

impl Thresholds {
    /// Why a delivery with these counts is held, as one Dutch sentence with what to do; `None` when it passes.
    pub fn over(&self, read: u64, rejected: u64, load: Load) -> Option<String> {
        if rejected == 0 {
            return None;
        }
        if let Some(most) = self.rejected_records.filter(|most| rejected > *most) {
            return Some(sentence(
                read,
                rejected,
                &format!("de grens van deze bron is {most} records"),
            ));
        }
        let judged = self.rejected.is_some() || load == Load::Full || read >= FROM_RECORDS;
        let share = self.rejected.unwrap_or(Share::HALF);
        (judged && share.exceeded(rejected, read)).then(|| {
            sentence(
                read,
                rejected,
                &format!("de grens van deze bron is {} %", share.percent()),
            )
        })
    }

    /// Why a full delivery that deletes these rows is held, as one Dutch sentence; `None` when it passes.
    pub fn deletes(&self, loss: &Loss) -> Option<String> {
        let Loss {
            table,
            gone,
            before,
        } = loss;
        let judged = self.deleted.is_some() || *before >= FROM_RECORDS;
        let most = self.deleted.unwrap_or(Share::HALF);
        (judged && most.exceeded(*gone, *before)).then(|| {
            let share = comma(*gone as f64 / *before as f64 * 100.0);
            format!(
                "Tabel {table}: deze volledige levering zou {gone} van de {before} rijen schrappen ({share} %), en de grens van deze bron is {} %: vraag de bron waar ze bleven, of laat het bewust door.",
                most.percent()
            )
        })
    }
}

fn sentence(read: u64, rejected: u64, limit: &str) -> String {
    let share = comma(rejected as f64 / read as f64 * 100.0);
    format!(
        "{rejected} van {read} records afgekeurd ({share} %), en {limit}: kijk de bevindingen na, verbeter de koppeling of het bestand, of laat het bewust door."
    )
}

/// One decimal at most, with a comma.
fn comma(percent: f64) -> String {
    let text = format!("{percent:.1}");
    text.trim_end_matches(".0").replace('.', ",")
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let wrong = |text: &str| {
            de::Error::custom(format!(
                "`{text}` is not a share such as \"20 %\"; for a number of records there is rejected_records"
            ))
        };
        let value = toml::Value::deserialize(input)?;
        let toml::Value::String(text) = &value else {
            return Err(wrong(&value.to_string()));
        };
        let number = text
            .trim()
            .strip_suffix('%')
            .map(|n| n.trim().replace(',', "."))
            .and_then(|n| n.parse::<f64>().ok())
            .filter(|n| (0.0..=100.0).contains(n))
            .ok_or_else(|| wrong(text))?;
        Ok(Share((number * 10_000.0).round() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(text: &str) -> Result<Thresholds, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn a_delivery_on_the_limit_passes_and_one_record_more_is_held() {
        let fifth = limits("rejected = \"20 %\"").unwrap();
        assert_eq!(fifth.over(1000, 200, Load::Changes), None);
        let held = fifth.over(1000, 201, Load::Changes).unwrap();
        assert!(
            held.starts_with("201 van 1000 records afgekeurd (20,1 %)"),
            "{held}"
        );
        // A third is not a decimal fraction; one of three is not over 33,3334 %.
        let third = limits("rejected = \"33,3334 %\"").unwrap();
        assert_eq!(third.over(3, 1, Load::Changes), None);
        let number = limits("rejected_records = 5").unwrap();
        assert_eq!(number.over(1_000_000, 5, Load::Changes), None);
        assert!(number.over(1_000_000, 6, Load::Changes).is_some());
    }

    #[test]
    fn nobody_wrote_a_limit() {
        let none = Thresholds::default();
        assert_eq!(none.over(20, 10, Load::Changes), None);
        assert!(none.over(20, 11, Load::Changes).is_some());
        assert_eq!(
            none.over(19, 19, Load::Changes),
            None,
            "a handful of records"
        );
        assert!(
            none.over(3, 2, Load::Full).is_some(),
            "it would replace all there is"
        );
        assert_eq!(none.over(0, 0, Load::Full), None);
    }

    #[test]
    fn a_written_limit_judges_any_file_and_zero_lets_nothing_pass() {
        let strict = limits("rejected = \"0 %\"").unwrap();
        assert!(strict.over(3, 1, Load::Changes).is_some());
        assert_eq!(strict.over(3, 0, Load::Changes), None);
        let never = limits("rejected = \"100 %\"").unwrap();
        assert_eq!(never.over(50, 50, Load::Full), None);
    }

    #[test]
    fn a_full_delivery_deletes_up_to_the_limit() {
        let loss = |gone, before| Loss {
            table: "cases".into(),
            gone,
            before,
        };
        let none = Thresholds::default();
        assert_eq!(none.deletes(&loss(10, 20)), None);
        let held = none.deletes(&loss(11, 20)).unwrap();
        assert!(
            held.contains("11 van de 20 rijen schrappen (55 %)"),
            "{held}"
        );
        assert_eq!(none.deletes(&loss(19, 19)), None, "a handful of rows");
        let tenth = limits("deleted = \"10 %\"").unwrap();
        assert_eq!(tenth.deletes(&loss(1, 10)), None);
        assert!(tenth.deletes(&loss(2, 10)).is_some());
        let never = limits("deleted = \"100 %\"").unwrap();
        assert_eq!(never.deletes(&loss(50, 50)), None);
    }

    #[test]
    fn what_is_no_share_is_refused() {
        for wrong in [
            "rejected = 20",
            "rejected = \"20\"",
            "rejected = \"120 %\"",
            "rejected = \"-1 %\"",
            "rejecte = \"2 %\"",
        ] {
            assert!(limits(wrong).is_err(), "{wrong}");
        }
    }
}
