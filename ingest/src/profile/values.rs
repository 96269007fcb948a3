//! profile/values: the values of a column as hashes, and where few of them differ, each once.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type,
    TimestampMicrosecondType, UInt16Type,
};
use chrono_tz::Tz;

use super::{Edge, cut};
use crate::check::display;

/// The values of a column by their hashes.
pub(super) enum Values {
    /// One per row; none where it is absent.
    Each(Vec<Option<u64>>),
    Few(Few),
}

/// Values that differ so little that each is looked at once.
pub(super) struct Few {
    pub hashes: Vec<u64>,
    /// Per row which of them; as many as there are where it is absent.
    pub codes: Vec<u16>,
    /// Per value how many rows have it, and the first of them.
    pub rows: Vec<(u64, u32)>,
}

impl Values {
    pub fn of(array: &ArrayRef) -> Self {
        let few = match array.data_type() {
            DataType::Dictionary(..) => Few::texts(array),
            DataType::Date32 => {
                let days = array.as_primitive::<Date32Type>();
                Few::numbers(days.values(), days.nulls())
            }
            DataType::Int32 => {
                let numbers = array.as_primitive::<Int32Type>();
                Few::numbers(numbers.values(), numbers.nulls())
            }
            _ => None,
        };
        match few {
            Some(few) => Values::Few(few),
            None => Values::Each(hashes(array)),
        }
    }

    /// The days of a column of dates, each with a number of rows.
    pub fn each_day(&self, array: &ArrayRef, mut each: impl FnMut(i32, u64)) {
        let Some(days) = array.as_primitive_opt::<Date32Type>() else {
            return;
        };
        match self {
            Values::Few(few) => {
                for (n, first) in few.rows.iter().filter(|(n, _)| *n > 0) {
                    each(days.value(*first as usize), *n);
                }
            }
            Values::Each(_) => {
                let mut counts: HashMap<i32, u64> = HashMap::new();
                for day in days.iter().flatten() {
                    *counts.entry(day).or_default() += 1;
                }
                counts.into_iter().for_each(|(day, n)| each(day, n));
            }
        }
    }
}

impl Few {
    /// Values between the smallest and largest number are fewer than this.
    const RANGE: i64 = 1 << 13;

    fn new(hashes: Vec<u64>, codes: Vec<u16>) -> Self {
        let mut rows = vec![(0u64, 0u32); hashes.len() + 1];
        for (row, code) in (0u32..).zip(&codes) {
            let (n, first) = &mut rows[usize::from(*code)];
            if *n == 0 {
                *first = row;
            }
            *n += 1;
        }
        rows.truncate(hashes.len());
        Self {
            hashes,
            codes,
            rows,
        }
    }

    fn texts(array: &ArrayRef) -> Option<Self> {
        let coded = array.as_dictionary_opt::<UInt16Type>()?;
        let texts = coded.values().as_string_opt::<i32>()?;
        let absent = u16::try_from(texts.len()).ok()?;
        let codes = match coded.keys().nulls() {
            None => coded.keys().values().to_vec(),
            Some(_) => coded.keys().iter().map(|k| k.unwrap_or(absent)).collect(),
        };
        let hashes = (0..texts.len()).map(|at| bytes_hash(texts.value(at).as_bytes()));
        Some(Self::new(hashes.collect(), codes))
    }

    fn numbers(values: &[i32], nulls: Option<&NullBuffer>) -> Option<Self> {
        let there = |row: usize| nulls.is_none_or(|nulls| nulls.is_valid(row));
        let (mut least, mut most) = (i32::MAX, i32::MIN);
        for (row, value) in values.iter().enumerate() {
            if there(row) {
                (least, most) = (least.min(*value), most.max(*value));
            }
        }
        let range = i64::from(most) - i64::from(least) + 1;
        if !(1..=Self::RANGE).contains(&range) || range as usize > values.len() {
            return None;
        }
        let codes = values
            .iter()
            .enumerate()
            .map(|(row, value)| match there(row) {
                true => (value - least) as u16,
                false => range as u16,
            });
        let codes = codes.collect();
        let hashes = (least..=most).map(|value| number_hash(value.into()));
        Some(Self::new(hashes.collect(), codes))
    }

    pub fn edges(&self, array: &ArrayRef, zone: Tz) -> (Option<Edge>, Option<Edge>) {
        let mut there = self.rows.iter().filter(|(n, _)| *n > 0);
        if let Some(coded) = array.as_dictionary_opt::<UInt16Type>() {
            let texts = coded.values().as_string::<i32>();
            let met = (0..texts.len()).filter(|at| self.rows[*at].0 > 0);
            let met = met.map(|at| texts.value(at));
            let edge = |text: &str| Edge::Text(cut(text));
            return (met.clone().min().map(edge), met.max().map(edge));
        }
        // Numbers stand in their order.
        let edge = |(_, row): &(u64, u32)| {
            let row = *row as usize;
            let value = match array.as_primitive_opt::<Date32Type>() {
                Some(days) => days.value(row),
                None => array.as_primitive::<Int32Type>().value(row),
            };
            Edge::Exact(value.into(), display(array, row, zone))
        };
        let (lowest, highest) = (there.clone().next(), there.next_back());
        (lowest.map(edge), highest.map(edge))
    }
}

/// Splitmix64's last step: evenly spread, one to one.
pub(super) fn spread(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// FNV-1a. Prints are kept for years, so the hash is one that no library update changes.
pub(super) fn bytes_hash(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    spread(hash)
}

fn number_hash(n: i64) -> u64 {
    spread((n as u64).wrapping_add(0x9e37_79b9_7f4a_7c15))
}

/// One hash per value; none where it is absent.
fn hashes(array: &ArrayRef) -> Vec<Option<u64>> {
    macro_rules! of {
        ($kind:ty, $value:expr) => {
            array
                .as_primitive::<$kind>()
                .iter()
                .map(|value| value.map($value))
                .collect()
        };
    }
    let number = number_hash;
    match array.data_type() {
        DataType::Utf8 => array
            .as_string::<i32>()
            .iter()
            .map(|text| text.map(|text| bytes_hash(text.as_bytes())))
            .collect(),
        DataType::Date32 => of!(Date32Type, |v| number(v.into())),
        DataType::Int32 => of!(Int32Type, |v| number(v.into())),
        DataType::Int64 => of!(Int64Type, number),
        DataType::Timestamp(..) => of!(TimestampMicrosecondType, number),
        DataType::Decimal128(..) => of!(Decimal128Type, |v: i128| bytes_hash(&v.to_le_bytes())),
        DataType::Float64 => of!(Float64Type, |v: f64| bytes_hash(&v.to_le_bytes())),
        DataType::Boolean => array
            .as_boolean()
            .iter()
            .map(|truth| truth.map(|truth| number(truth.into())))
            .collect(),
        _ => vec![None; array.len()],
    }
}
