//! verify: checks a proof that came as a file, by itself and offline. Pure.

use crate::error::{Doing, Error, Result};
use crate::figure::Address;
use crate::pack::sha256_hex;
use crate::proof::Proof;
use crate::prove::{FORMAT, hash};

/// Checks a proof document by itself, offline: its hash, the hashes of its statements, its arithmetic, its counts.
/// Answers what was checked, or everything that is wrong.
pub fn verify_document(text: &str) -> Result<Vec<String>, Vec<Error>> {
    let proof: Proof = serde_json::from_str(text)
        .reading(|| "cannot read the proof".into())
        .map_err(|e| vec![e])?;
    let mut wrong = Vec::new();
    let mut right = Vec::new();
    let mut check = |ok: bool, what: String| {
        if ok {
            right.push(what)
        } else {
            wrong.push(Error::input(format!("the proof is not right: {what}")))
        }
    };
    check(
        proof.format == FORMAT,
        format!("format is {}", proof.format),
    );
    let found = hash(&proof).map_err(|e| vec![e])?;
    check(
        found == proof.hash,
        format!(
            "SHA-256 of the document: stated {}, found {found}",
            proof.hash
        ),
    );
    let sql = sha256_hex(&proof.definition.sql);
    check(
        sql == proof.definition.sql_hash,
        format!(
            "SHA-256 of the SQL: stated {}, found {sql}",
            proof.definition.sql_hash
        ),
    );
    for view in &proof.definition.views {
        check(
            sha256_hex(&view.sql) == view.hash,
            format!("SHA-256 of view {}: stated {}", view.name, view.hash),
        );
    }
    for source in &proof.sources {
        let adds_up = source.rows_read == source.accepted + source.rejected;
        check(
            adds_up,
            format!(
                "{}: {} read = {} accepted + {} rejected",
                source.name, source.rows_read, source.accepted, source.rejected
            ),
        );
    }
    check(
        proof.facts.rows == proof.figure.n,
        format!(
            "{} facts behind a figure that counts {}",
            proof.facts.rows, proof.figure.n
        ),
    );
    let number = |t: &Option<String>| t.as_ref().and_then(|t| t.parse::<f64>().ok());
    if let (Some(n), Some(d), Some(value)) = (
        number(&proof.figure.numerator),
        number(&proof.figure.denominator),
        proof.figure.value,
    ) {
        let per = match proof.definition.kind.as_str() {
            "rate" => f64::from(proof.definition.per.unwrap_or(1)),
            _ if proof.definition.unit == "%" => 100.0,
            _ => 1.0,
        };
        let quotient = n / d * per;
        // A mean of durations has its numerator in microseconds; whether it is one, the unit says.
        let unit = match (
            proof.definition.kind.as_str(),
            proof.definition.unit.as_str(),
        ) {
            ("mean", "days") => 86_400e6,
            ("mean", "hours") => 3_600e6,
            ("mean", "minutes") => 60e6,
            _ => 1.0,
        };
        let near = |found: f64| (found - value).abs() <= 1e-9 * found.abs().max(value.abs());
        check(
            near(quotient / unit) || (unit != 1.0 && near(quotient)),
            format!("{n} / {d} gives {value} {}", proof.definition.unit),
        );
    }
    if let ("count" | "stock", Some(n), Some(value)) = (
        proof.definition.kind.as_str(),
        number(&proof.figure.numerator),
        proof.figure.value,
    ) {
        check(
            n == value && n == proof.figure.n as f64,
            format!("{n} counted is {value}"),
        );
    }
    let address = Address::parse(&proof.address).map_err(|e| vec![e])?;
    check(
        *address.indicator == proof.figure.indicator_id
            && *address.region == proof.figure.region_code,
        "the address is that of the figure".into(),
    );
    if wrong.is_empty() {
        Ok(right)
    } else {
        Err(wrong)
    }
}
