//! bulk/keys: the keys of the accepted rows of a block, as bytes.

use arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType,
    UInt16Type,
};

use super::plan::TablePlan;

/// One column of a key.
enum KeyPart<'a> {
    Text(&'a StringArray),
    Coded(&'a [u16], &'a StringArray),
    Four(&'a [i32]),
    Eight(&'a [i64]),
    Sixteen(&'a [i128]),
    Truth(&'a BooleanArray),
}

/// Keys as bytes that differ where keys do.
pub(super) struct KeyBytes<'a>(Vec<KeyPart<'a>>);

impl<'a> KeyBytes<'a> {
    /// Of the accepted rows of a batch, in which no key is absent.
    pub fn new(table: &TablePlan, batch: &'a RecordBatch) -> Self {
        let part = |array: &'a ArrayRef| match array.data_type() {
            DataType::Utf8 => KeyPart::Text(array.as_string()),
            DataType::Dictionary(..) => {
                let coded = array.as_dictionary::<UInt16Type>();
                KeyPart::Coded(coded.keys().values(), coded.values().as_string())
            }
            DataType::Date32 => KeyPart::Four(array.as_primitive::<Date32Type>().values()),
            DataType::Int32 => KeyPart::Four(array.as_primitive::<Int32Type>().values()),
            DataType::Int64 => KeyPart::Eight(array.as_primitive::<Int64Type>().values()),
            DataType::Timestamp(..) => {
                KeyPart::Eight(array.as_primitive::<TimestampMicrosecondType>().values())
            }
            DataType::Decimal128(..) => {
                KeyPart::Sixteen(array.as_primitive::<Decimal128Type>().values())
            }
            // A truth; `Plan` knows of no other.
            _ => KeyPart::Truth(array.as_boolean()),
        };
        Self(table.key.iter().map(|k| part(batch.column(*k))).collect())
    }

    pub fn of(&self, row: usize, into: &mut Vec<u8>) {
        into.clear();
        for part in &self.0 {
            let text = match part {
                KeyPart::Text(texts) => texts.value(row),
                KeyPart::Coded(codes, texts) => texts.value(codes[row].into()),
                KeyPart::Four(of) => {
                    into.extend_from_slice(&of[row].to_le_bytes());
                    continue;
                }
                KeyPart::Eight(of) => {
                    into.extend_from_slice(&of[row].to_le_bytes());
                    continue;
                }
                KeyPart::Sixteen(of) => {
                    into.extend_from_slice(&of[row].to_le_bytes());
                    continue;
                }
                KeyPart::Truth(of) => {
                    into.push(of.value(row).into());
                    continue;
                }
            };
            into.extend_from_slice(&(text.len() as u32).to_le_bytes());
            into.extend_from_slice(text.as_bytes());
        }
    }
}
