//! change: what is done to a good file to make it a bad one.

use crate::dice::Dice;

/// Texts that parsers have tripped over before.
const ODD: [&str; 44] = [
    "",
    "0",
    "-0",
    "-1",
    "1e999",
    "1e-999",
    "1E+400",
    "9223372036854775808",
    "-9223372036854775809",
    "1e32767",
    "1e-32768",
    "0.000000000000000000000000000000000000001",
    "99999999999999999999999999999999999999",
    "NaN",
    "inf",
    "1.234.567,89",
    "1 234",
    "1\u{202f}234,5",
    "٣",
    "½",
    "−1",
    "0000-00-00",
    "9999-12-31",
    "10000-01-01",
    "-0001-01-01",
    "2024-02-30",
    "2024-06-30T23:59:60Z",
    "2024-03-31 02:30:00",
    "2024-10-27T02:30:00",
    "262143-12-31",
    "24:00:00",
    "31/12/99",
    "\u{0}",
    "\u{feff}",
    "\u{202e}",
    "e\u{301}",
    "\u{1f468}\u{200d}\u{1f469}",
    "\u{10ffff}",
    "\r",
    "\r\n\r\n",
    "\u{2028}",
    "\u{85}",
    "ja",
    "true",
];

/// The bytes with some changes; `words` are signs and words of the format, `other` is another file of it.
pub fn change(bytes: &[u8], other: &[u8], words: &[&str], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    // Mostly few changes, so that the file gets past the first check of its format.
    let few = if dice.one_in(2) {
        1
    } else {
        1 << dice.below(5)
    };
    let changes = 1 + dice.below(few);
    for _ in 0..changes {
        one(&mut bytes, other, words, dice);
    }
    bytes
}

fn one(bytes: &mut Vec<u8>, other: &[u8], words: &[&str], dice: &mut Dice) {
    let at = dice.below(bytes.len() + 1);
    let short = 1 << dice.below(8);
    let length = dice.below(short).min(bytes.len() - at);
    match dice.below(14) {
        0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
        1 if at < bytes.len() => bytes[at] = dice.below(256) as u8,
        2 if at < bytes.len() => bytes[at] = bytes[at].wrapping_add([1, 255][dice.below(2)]),
        3 => drop(bytes.drain(at..at + length)),
        4 => {
            let piece = bytes[at..at + length].to_vec();
            insert(bytes, dice, &piece);
        }
        5 => {
            // A piece many times over: long values, deep nesting.
            let piece = bytes[at..at + length.min(40)].to_vec();
            let times = 1 << dice.below(13);
            bytes.splice(at..at, piece.repeat(times));
        }
        6 => bytes.truncate(at.max(1).min(bytes.len())),
        7 if !other.is_empty() => {
            let from = dice.below(other.len());
            let to = from + dice.below(other.len() - from + 1);
            let piece = other[from..to].to_vec();
            bytes.splice(at..at + length, piece);
        }
        8 | 9 => {
            let odd = dice.pick(&ODD).as_bytes().to_vec();
            bytes.splice(at..at + length, odd);
        }
        10 => {
            let word = words.get(dice.below(words.len())).copied().unwrap_or(" ");
            let times = if dice.one_in(8) {
                1 << dice.below(12)
            } else {
                1
            };
            let word = word.as_bytes().repeat(times);
            bytes.splice(at..at, word);
        }
        11 => number(bytes, at, dice),
        12 => field(bytes, at, dice),
        _ => {
            let word = words.get(dice.below(words.len())).copied().unwrap_or(" ");
            replace(bytes, at, word.as_bytes(), dice);
        }
    }
}

fn insert(bytes: &mut Vec<u8>, dice: &mut Dice, piece: &[u8]) {
    let to = dice.below(bytes.len() + 1);
    bytes.splice(to..to, piece.iter().copied());
}

/// The digits at or after a place become another number.
fn number(bytes: &mut Vec<u8>, at: usize, dice: &mut Dice) {
    let Some(start) = (at..bytes.len()).find(|at| bytes[*at].is_ascii_digit()) else {
        return;
    };
    let end = (start..bytes.len())
        .find(|at| !bytes[*at].is_ascii_digit())
        .unwrap_or(bytes.len());
    let other = dice.pick(&ODD).as_bytes().to_vec();
    bytes.splice(start..end, other);
}

/// What stands between two signs becomes an odd text.
fn field(bytes: &mut Vec<u8>, at: usize, dice: &mut Dice) {
    let is_sign = |byte: &u8| byte.is_ascii_punctuation() || *byte == b'\n';
    let start = bytes[..at].iter().rposition(is_sign).map_or(0, |at| at + 1);
    let end = bytes[at..]
        .iter()
        .position(is_sign)
        .map_or(bytes.len(), |to| at + to);
    let odd = dice.pick(&ODD).as_bytes().to_vec();
    bytes.splice(start..end, odd);
}

/// The word that begins at or after a place is overwritten by another.
fn replace(bytes: &mut Vec<u8>, at: usize, word: &[u8], dice: &mut Dice) {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let Some(start) = bytes[at..].iter().position(is_word).map(|to| at + to) else {
        return;
    };
    let end = bytes[start..]
        .iter()
        .position(|byte| !is_word(byte))
        .map_or(bytes.len(), |to| start + to);
    let end = if dice.one_in(2) { end } else { start };
    bytes.splice(start..end, word.iter().copied());
}
