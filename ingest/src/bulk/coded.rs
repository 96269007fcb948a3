//! bulk/coded: a column of texts of which few differ, as numbers. What is asked of a text is then asked once per different one.

use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, StringArray, UInt16Array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::UInt16Type;
use beleidsinfo_warehouse::error::{Doing, Result};

/// No text.
pub(super) const NONE: u16 = u16::MAX;
/// So many may differ in any column (few in tests, whose files are short),
const FEW: usize = if cfg!(test) { 16 } else { 1024 };
/// and so many where each comes four times.
const MOST: usize = 1 << 14;
/// Slots that are looked at for one text: more are no accident.
const PROBES: usize = 32;

/// Numbers texts in the order in which they come.
pub(super) struct Coding<'t> {
    pub texts: Vec<&'t str>,
    /// Mark and number; a power of two, at least half of them empty.
    slots: Vec<(u64, u16)>,
    last: u16,
}

impl<'t> Coding<'t> {
    pub fn new() -> Self {
        Self {
            texts: Vec::new(),
            slots: vec![(0, NONE); 256],
            last: NONE,
        }
    }

    /// The number of a text, the one in row `row`; `None` where numbering them does not pay.
    pub fn code(&mut self, text: &'t str, row: usize) -> Option<u16> {
        if let Some(last) = self.texts.get(usize::from(self.last))
            && *last == text
        {
            return Some(self.last);
        }
        let mark = mark(text.as_bytes());
        let around = self.slots.len() - 1;
        let mut at = mark as usize & around;
        for _ in 0..PROBES {
            let (known, code) = self.slots[at];
            if code == NONE {
                self.last = self.texts.len() as u16;
                self.texts.push(text);
                self.slots[at] = (mark, self.last);
                return self.pays(row).then_some(self.last);
            }
            if known == mark && self.texts[usize::from(code)] == text {
                self.last = code;
                return Some(code);
            }
            at = (at + 1) & around;
        }
        None
    }

    fn pays(&mut self, row: usize) -> bool {
        let different = self.texts.len();
        if different > MOST || different > FEW && different > row / 4 {
            return false;
        }
        if different * 2 > self.slots.len() {
            let around = self.slots.len() * 2 - 1;
            for (mark, code) in std::mem::replace(&mut self.slots, vec![(0, NONE); around + 1]) {
                if code == NONE {
                    continue;
                }
                let mut at = mark as usize & around;
                while self.slots[at].1 != NONE {
                    at = (at + 1) & around;
                }
                self.slots[at] = (mark, code);
            }
        }
        true
    }
}

/// Of the length and both ends; few texts differ in their middle alone.
fn mark(text: &[u8]) -> u64 {
    let (start, end) = match (text.first_chunk(), text.last_chunk()) {
        (Some(start), Some(end)) => (u64::from_le_bytes(*start), u64::from_le_bytes(*end)),
        _ => match (text.first_chunk(), text.last_chunk()) {
            (Some(start), Some(end)) => (
                u64::from(u32::from_le_bytes(*start)),
                u64::from(u32::from_le_bytes(*end)),
            ),
            _ => (text.iter().fold(0, |all, b| (all << 8) | u64::from(*b)), 0),
        },
    };
    let mixed = (start ^ text.len() as u64)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(29)
        ^ end;
    let mixed = mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 32)
}

/// As Arrow keeps such a column.
pub(super) fn array(codes: Vec<u16>, texts: StringArray) -> Result<ArrayRef> {
    let doing = || "cannot lay out a column".to_string();
    let nulls = codes.contains(&NONE).then(|| {
        let there: Vec<bool> = codes.iter().map(|code| *code != NONE).collect();
        NullBuffer::from(there)
    });
    let keys = codes.into_iter().map(|code| match code {
        NONE => 0,
        code => code,
    });
    let keys = UInt16Array::new(keys.collect(), nulls);
    let array = DictionaryArray::<UInt16Type>::try_new(keys, Arc::new(texts)).reading(doing)?;
    Ok(Arc::new(array))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_different_text_has_one_number() {
        let mut texts: Vec<String> = (0..900).map(|n| format!("{n}")).collect();
        texts.extend((0..100).map(|n| "a".repeat(n)));
        texts.extend(["Ostend-1-x", "Ostend-2-x"].map(Into::into));
        let mut coding = Coding::new();
        for round in 0..3 {
            for (at, text) in texts.iter().enumerate() {
                let code = coding.code(text, 10_000 + round * texts.len() + at);
                assert_eq!(code, Some(at as u16), "{text}");
            }
        }
        assert_eq!(coding.texts, texts);
    }

    #[test]
    fn what_differs_in_nearly_every_row_is_not_numbered() {
        let texts: Vec<String> = (0..2000).map(|n| format!("Z{n}")).collect();
        let mut coding = Coding::new();
        let numbered = texts.iter().enumerate();
        let numbered = numbered.take_while(|(row, text)| coding.code(text, *row).is_some());
        assert_eq!(numbered.count(), FEW);
        // Nor what was made to share a mark.
        let alike: Vec<String> = (0..100)
            .map(|n| format!("________{n:04}________"))
            .collect();
        let mut coding = Coding::new();
        let numbered = alike
            .iter()
            .take_while(|text| coding.code(text, 10_000).is_some());
        assert_eq!(numbered.count(), PROBES);
    }
}
