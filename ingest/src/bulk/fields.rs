//! bulk/fields: where the records and fields of a block stand, without copying them. Cuts as `connector/csv` does; what that
//! cannot be done for in one look ends the reading, and a record with anything out of the ordinary is marked.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2};

use super::{Ended, Stop};

/// What separates fields and encloses them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signs {
    pub delimiter: u8,
    pub quote: u8,
}

/// Start and end in the block.
pub(super) type Span = (u32, u32);

/// A record that is longer is for the ordinary lane, which has limits and sentences for it.
const LONGEST: usize = 1 << 20;

/// The records of a block.
#[derive(Default)]
pub(super) struct Fields {
    /// Each record, without its line end.
    pub records: Vec<Span>,
    /// Per record as many as columns are taken, in their order; of a doubtful record they say nothing.
    pub spans: Vec<Span>,
    /// Records that do not have as many fields as the header, or have quotes within quotes.
    pub doubtful: Vec<bool>,
}

/// A record that was walked over.
struct Record {
    /// After the line end.
    next: usize,
    /// Before the line end.
    end: usize,
    fields: usize,
    doubtful: bool,
}

/// What a walk came upon.
enum Walk {
    Record(Record),
    /// The text ends first, and more may come.
    More,
    /// A quote that does not stand around a field: where its record ends depends on what follows.
    Stray,
}

impl Signs {
    /// Walks over the record that starts at `start`. `field` hears of each field: its number and where it stands, inside its
    /// quotes.
    fn record(
        self,
        text: &[u8],
        start: usize,
        whole: bool,
        mut field: impl FnMut(usize, Range<usize>),
    ) -> Walk {
        let (mut at, mut fields, mut doubtful) = (start, 0, false);
        loop {
            // A field begins at `at`.
            let mut inside = None;
            if text.get(at) == Some(&self.quote) {
                let first = at + 1;
                let mut search = first;
                let closing = loop {
                    let Some(found) = memchr(self.quote, &text[search..]) else {
                        return if whole { Walk::Stray } else { Walk::More };
                    };
                    let quote = search + found;
                    if text.get(quote + 1) != Some(&self.quote) {
                        break quote;
                    }
                    doubtful = true;
                    search = quote + 2;
                };
                inside = Some(first..closing);
                at = closing + 1;
                while matches!(text.get(at), Some(b' ' | b'\t')) && text[at] != self.delimiter {
                    at += 1;
                }
                match text.get(at) {
                    None if !whole => return Walk::More,
                    Some(b'\r') if text.get(at + 1) == Some(&b'\n') => {}
                    Some(b'\r') if at + 1 == text.len() && !whole => return Walk::More,
                    None | Some(b'\n') => {}
                    Some(sign) if *sign == self.delimiter => {}
                    Some(_) => return Walk::Stray,
                }
            }
            let stop = match memchr2(self.delimiter, b'\n', &text[at..]) {
                Some(found) => at + found,
                None if whole => text.len(),
                None => return Walk::More,
            };
            let last = text.get(stop) != Some(&self.delimiter);
            let mut end = stop;
            if last && end > at && text[end - 1] == b'\r' {
                end -= 1;
            }
            field(fields, inside.unwrap_or(at..end));
            fields += 1;
            if last {
                return Walk::Record(Record {
                    next: (stop + 1).min(text.len()),
                    end,
                    fields,
                    doubtful,
                });
            }
            at = stop + 1;
        }
    }

    /// The position after the last record that surely ends in `text`; `None` when none does.
    pub fn last_end(self, text: &[u8]) -> Ended<Option<usize>> {
        if memchr(self.quote, text).is_none() {
            return Ok(memchr::memrchr(b'\n', text).map(|at| at + 1));
        }
        let mut last = 0;
        loop {
            match self.record(text, last, false, |_, _| {}) {
                Walk::Record(record) => last = record.next,
                Walk::More => return Ok((last > 0).then_some(last)),
                Walk::Stray => return Err(Stop::Ordinary),
            }
        }
    }

    /// The length of the first record, its line end with it. A blank line before it is for the ordinary lane.
    pub fn first(self, text: &[u8]) -> Ended<usize> {
        if blank_line(text, 0) > 0 {
            return Err(Stop::Ordinary);
        }
        match self.record(text, 0, true, |_, _| {}) {
            Walk::Record(record) if record.next > 0 => Ok(record.next),
            _ => Err(Stop::Ordinary),
        }
    }

    /// All records of a block that ends where a record does; those of nothing but blanks are none. `slots` says per column of
    /// the header which of the taken columns it is, if any.
    pub fn split(self, text: &str, slots: &[Option<usize>], taken: usize) -> Ended<Fields> {
        let bytes = text.as_bytes();
        let mut found = Fields::default();
        let guess = bytes.len() / (slots.len() * 6).max(16);
        found.records.reserve(guess);
        found.spans.reserve(guess * taken);
        found.doubtful.reserve(guess);
        if memchr(self.quote, bytes).is_none() {
            self.split_unquoted(text, slots, taken, &mut found)?;
            return Ok(found);
        }
        let mut at = blank_line(bytes, 0);
        while at < bytes.len() {
            let first = found.spans.len();
            found.spans.resize(first + taken, (0, 0));
            let spans = &mut found.spans[first..];
            let mut blank = true;
            let walk = self.record(bytes, at, true, |number, span| {
                blank = blank && text[span.clone()].trim().is_empty();
                if let Some(Some(slot)) = slots.get(number) {
                    spans[*slot] = (span.start as u32, span.end as u32);
                }
            });
            let Walk::Record(record) = walk else {
                return Err(Stop::Ordinary);
            };
            if record.end - at > LONGEST {
                return Err(Stop::Ordinary);
            }
            if blank {
                found.spans.truncate(first);
            } else {
                found.records.push((at as u32, record.end as u32));
                let odd = record.doubtful || record.fields != slots.len();
                found.doubtful.push(odd);
            }
            at = blank_line(bytes, record.next);
        }
        Ok(found)
    }
}

impl Signs {
    /// As [`Signs::split`], of a text without any quote: each delimiter and line end is one.
    fn split_unquoted(
        self,
        text: &str,
        slots: &[Option<usize>],
        taken: usize,
        found: &mut Fields,
    ) -> Ended<()> {
        let bytes = text.as_bytes();
        let blank = |sign: char| sign.is_whitespace() || sign == char::from(self.delimiter);
        found.spans.resize(taken, (0, 0));
        let (mut first, mut number, mut record, mut start) = (0, 0, 0, 0);
        let mut sign = |at: usize, last: bool| {
            let return_before = last && at > start && bytes[at - 1] == b'\r';
            let end = at - usize::from(return_before);
            if let Some(Some(slot)) = slots.get(number) {
                found.spans[first + slot] = (start as u32, end as u32);
            }
            start = at + 1;
            number += 1;
            if !last {
                return Ok(());
            }
            if end - record > LONGEST {
                return Err(Stop::Ordinary);
            }
            let said = |b: &u8| b.is_ascii_alphanumeric() && *b != self.delimiter;
            if bytes[record..end].first().is_some_and(said) || !text[record..end].chars().all(blank)
            {
                found.records.push((record as u32, end as u32));
                found.doubtful.push(number != slots.len());
                first += taken;
            }
            // A record that is blank leaves its place to the next one.
            found.spans.truncate(first);
            found.spans.resize(first + taken, (0, 0));
            (number, record) = (0, at + 1);
            Ok(())
        };
        // Eight bytes at a time: the upper bit of each byte tells whether it is a sign.
        let (eights, rest) = bytes.as_chunks::<8>();
        let is = |eight: u64, sign: u8| {
            let differs = eight ^ (LOW * u64::from(sign));
            !(((differs & !HIGH) + !HIGH) | differs) & HIGH
        };
        for (nth, eight) in eights.iter().enumerate() {
            let eight = u64::from_le_bytes(*eight);
            let ends = is(eight, b'\n');
            let mut signs = is(eight, self.delimiter) | ends;
            while signs != 0 {
                let lowest = signs & signs.wrapping_neg();
                sign(
                    nth * 8 + signs.trailing_zeros() as usize / 8,
                    ends & lowest != 0,
                )?;
                signs ^= lowest;
            }
        }
        let from = bytes.len() - rest.len();
        for (at, byte) in rest.iter().enumerate() {
            if *byte == self.delimiter || *byte == b'\n' {
                sign(from + at, *byte == b'\n')?;
            }
        }
        if bytes.last().is_some_and(|last| *last != b'\n') {
            sign(bytes.len(), true)?;
        }
        found.spans.truncate(first);
        Ok(())
    }
}

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Past empty lines.
fn blank_line(text: &[u8], mut at: usize) -> usize {
    loop {
        match (text.get(at), text.get(at + 1)) {
            (Some(b'\n'), _) => at += 1,
            (Some(b'\r'), Some(b'\n')) => at += 2,
            _ => return at,
        }
    }
}

/// Whether a carriage return stands on its own: it ends a record, and is not looked for here.
pub(super) fn lone_return(text: &[u8]) -> bool {
    memchr_iter(b'\r', text).any(|at| text.get(at + 1) != Some(&b'\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNS: Signs = Signs {
        delimiter: b',',
        quote: b'"',
    };

    fn split(text: &str) -> Vec<(String, Vec<String>, bool)> {
        let Ok(fields) = SIGNS.split(text, &[Some(0), None, Some(1)], 2) else {
            panic!("{text:?} is for the ordinary lane");
        };
        let of = |(from, to): Span| text[from as usize..to as usize].to_string();
        (0..fields.records.len())
            .map(|r| {
                let spans = &fields.spans[r * 2..r * 2 + 2];
                (
                    of(fields.records[r]),
                    spans.iter().map(|s| of(*s)).collect(),
                    fields.doubtful[r],
                )
            })
            .collect()
    }

    #[test]
    fn records_and_fields_are_found_and_the_odd_ones_marked() {
        let found = split(
            "a,b,c\r\n\r\n\"x,\ny\" ,,z\n1,2\n\"q\"\"q\",2,3\nu\"v,2,3\n,,\n\" \",\"\",\n\u{a0},,1",
        );
        let good = |r: &str, a: &str, c: &str| (r.into(), vec![a.into(), c.into()], false);
        assert_eq!(found[0], good("a,b,c", "a", "c"));
        assert_eq!(found[1], good("\"x,\ny\" ,,z", "x,\ny", "z"));
        assert!(found[2].2 && found[3].2, "{found:?}");
        assert_eq!(found[4], good("u\"v,2,3", "u\"v", "3"));
        assert_eq!(found[5], good("\u{a0},,1", "\u{a0}", "1"));
        assert_eq!(found.len(), 6);
        for stray in ["\"a\"b,c,d\n", "\"a,b,c\n"] {
            assert!(SIGNS.split(stray, &[Some(0)], 1).is_err(), "{stray}");
        }
    }

    #[test]
    fn a_text_without_quotes_is_cut_alike_with_a_record_in_quotes_after_it() {
        let parts = [
            "a", ",", "\n", "\r\n", " ", "", "\u{a0}", "é", "12345678", ",,",
        ];
        let mut dice = 1u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..dice % 14 {
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                text.push_str(parts[(dice >> 33) as usize % parts.len()]);
            }
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            dice ^= dice >> 31;
            let mut quoted = split(&format!("{text}\n\"q\",,"));
            assert_eq!(quoted.pop().map(|last| last.0), Some("\"q\",,".into()));
            assert_eq!(split(&text), quoted, "{text:?}");
        }
    }

    #[test]
    fn a_block_ends_where_a_record_surely_does() {
        let last = |text: &[u8]| SIGNS.last_end(text).ok().flatten();
        assert_eq!(last(b"a,b\nc,d\ne"), Some(8));
        assert_eq!(last(b"a,\"b\nc\",d\ne,\"f\ng"), Some(10));
        assert_eq!(last(b"a,\"b\nc"), None);
        assert_eq!(last(b"a,\"b\"\nc,\"d\""), Some(6));
        assert_eq!(last(b"a,\"b\"\nc,\"d\"\r"), Some(6));
        assert!(SIGNS.last_end(b"\"a\"b\n").is_err());
        assert!(lone_return(b"a\rb") && !lone_return(b"a\r\nb\r\n"));
    }
}
