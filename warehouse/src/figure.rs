//! figure: one row of `figures/`: a number with its state, and the address that opens its proof. Pure.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::period::Period;
use crate::region::Territory;

/// What identifies a figure. Written as `ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041/channel=digital`; the slice may be absent.
/// Its texts are shared: there are many figures of one indicator, region and slice.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    pub indicator: Arc<str>,
    pub version: Arc<str>,
    pub period: Period,
    pub territory: Territory,
    pub region: Arc<str>,
    pub slice: Slice,
}

/// Figures through time: of one region, and one part of what is counted there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line {
    pub territory: Territory,
    pub region: Arc<str>,
    pub slice: Slice,
}

/// Names sorted; empty is the total.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slice(pub Arc<[(String, String)]>);

impl Slice {
    /// `channel=digital&product_code=omv`: names sorted, values URL-escaped, empty for the total.
    pub fn code(&self) -> String {
        self.0
            .iter()
            .map(|(k, v)| format!("{k}={}", escape(v)))
            .collect::<Vec<_>>()
            .join("&")
    }
    pub fn parse(code: &str) -> Result<Self> {
        let mut pairs = Vec::new();
        for part in code.split('&').filter(|p| !p.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| {
                Error::input(format!("cannot read slice `{code}`"))
                    .hint("write column=value, joined by &")
            })?;
            let value = unescape(value)
                .ok_or_else(|| Error::input(format!("cannot read slice value `{value}`")))?;
            pairs.push((name.to_string(), value));
        }
        pairs.sort();
        Ok(Self(pairs.into()))
    }
    pub fn is_total(&self) -> bool {
        self.0.is_empty()
    }
    pub fn columns(&self) -> Vec<&str> {
        self.0.iter().map(|(k, _)| k.as_str()).collect()
    }
}

fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn unescape(value: &str) -> Option<String> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex = [bytes.next()?, bytes.next()?];
            out.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

impl Address {
    pub fn line(&self) -> Line {
        Line {
            territory: self.territory,
            region: self.region.clone(),
            slice: self.slice.clone(),
        }
    }
    /// Whether both are of one line.
    pub fn beside(&self, other: &Self) -> bool {
        (self.territory, &self.region, &self.slice)
            == (other.territory, &other.region, &other.slice)
    }
    pub fn code(&self) -> String {
        let mut code = format!(
            "{}/{}/{}/{}/{}",
            self.indicator,
            self.version,
            self.period.code(),
            self.territory.code(),
            self.region
        );
        if !self.slice.is_total() {
            code.push('/');
            code.push_str(&self.slice.code());
        }
        code
    }
    pub fn parse(code: &str) -> Result<Self> {
        let parts: Vec<&str> = code.trim_matches('/').split('/').collect();
        let (&[indicator, version, period, territory, region], slice) = (match parts.as_slice() {
            [head @ .., slice] if parts.len() == 6 => (head, *slice),
            head if parts.len() == 5 => (head, ""),
            _ => (&[] as &[&str], ""),
        }) else {
            return Err(Error::input(format!("cannot read figure address `{code}`"))
                .hint("an address is indicator/version/period/territory/region[/slice], such as ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041"));
        };
        Ok(Self {
            indicator: indicator.into(),
            version: version.into(),
            period: Period::parse(period)?,
            territory: Territory::parse(territory)?,
            region: region.into(),
            slice: Slice::parse(slice)?,
        })
    }
}

/// Never a null that means two things, never a placeholder zero. `suppressed` exists only in what is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Value,
    /// Measured, and nothing was there.
    Zero,
    /// It should be there and is not.
    Missing,
    /// There is nothing to measure (a zero denominator, ground that cannot be split).
    NotApplicable,
    /// Withheld by the disclosure gate.
    Suppressed,
}

/// A provisional figure that is complete for less than this part is held against nothing: no target, no other figure.
pub const COMPLETE_ENOUGH: f64 = 0.9;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Provisional,
    Final,
    /// Was final in an earlier run and changed since.
    Revised,
}

macro_rules! names {
    ($type:ty { $($variant:path = $name:literal),+ $(,)? }) => {
        impl $type {
            pub fn name(self) -> &'static str {
                match self { $($variant => $name),+ }
            }
            pub fn parse(name: &str) -> Option<Self> {
                match name { $($name => Some($variant),)+ _ => None }
            }
        }
    };
}
names!(State { State::Value = "value", State::Zero = "zero", State::Missing = "missing", State::NotApplicable = "not_applicable", State::Suppressed = "suppressed" });
names!(Status { Status::Provisional = "provisional", Status::Final = "final", Status::Revised = "revised" });

/// A figure as computed by one run and valid until another.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub address: Address,
    /// The run that first gave this content.
    pub run_from: i64,
    /// The run that replaced it; `None` while it stands.
    pub run_until: Option<i64>,
    /// Facts counted (for a stock: the stock; for a ratio: facts on both sides).
    pub n: i64,
    /// Millionths (Decimal(38,6)); microseconds times a million for durations. `None` when there is nothing.
    pub numerator: Option<i128>,
    pub denominator: Option<i128>,
    /// One division or quantile, in the indicator's unit.
    pub value: Option<f64>,
    pub state: State,
    pub status: Status,
    /// Share of the rows expected that is there; `None` is unknown.
    pub completeness: Option<f64>,
    /// The day up to which the sources read are complete.
    pub cutoff_on: NaiveDate,
}

impl Figure {
    /// Equal in all columns but run and time.
    pub fn same_content(&self, other: &Figure) -> bool {
        self.address == other.address
            && self.same_number(other)
            && self.status == other.status
            && self.completeness.map(f64::to_bits) == other.completeness.map(f64::to_bits)
            && self.cutoff_on == other.cutoff_on
    }

    /// Equal in what was counted.
    pub fn same_number(&self, other: &Figure) -> bool {
        self.n == other.n
            && self.numerator == other.numerator
            && self.denominator == other.denominator
            && self.value.map(f64::to_bits) == other.value.map(f64::to_bits)
            && self.state == other.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_back() {
        for code in [
            "ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041",
            "zaak_digitaal/2.1.0/2025/as_recorded/02000/channel=e-loket%20%26%20balie&product_code=a%2Fb",
        ] {
            assert_eq!(Address::parse(code).expect("an address").code(), code);
        }
        for wrong in [
            "",
            "a/b",
            "ov/1.0.0/2025-Q4/2025-01-01/12041/x=1/y",
            "ov/1.0.0/2025-Q9/as_recorded/1",
        ] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
