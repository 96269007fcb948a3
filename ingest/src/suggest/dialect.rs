//! suggest/dialect: which delimiter, quote and escape a delimited text was probably written with: the ones by which most
//! records have the same number of fields, many of them, with nothing odd left in them.

use std::collections::HashMap;

use crate::connector::csv::{Dialect, Row, Splitter};

/// In order of preference where they do equally well.
const DELIMITERS: [&str; 10] = [";", ",", "\t", "|", ", ", "; ", "||", "^", "~", " "];
/// Records that are looked at.
const MOST_ROWS: usize = 300;

/// The dialect that fits best, without comments, and the share of records that have its most common number of fields.
pub(super) fn dialect(text: &str) -> (Dialect, f64) {
    let mut best = (0.0, 0.0, plain(",", Some(b'"'), None));
    for delimiter in DELIMITERS.into_iter().filter(|d| text.contains(d)) {
        for (quote, escape) in quotings(text, delimiter) {
            let dialect = plain(delimiter, quote, escape);
            let (score, share) = score(text, &dialect);
            // A later candidate must do plainly better.
            if score > best.0 * 1.000_001 {
                best = (score, share, dialect);
            }
        }
    }
    (best.2, best.1)
}

fn plain(delimiter: &str, quote: Option<u8>, escape: Option<u8>) -> Dialect {
    Dialect {
        delimiter: delimiter.into(),
        quote,
        escape,
        comment: None,
    }
}

/// The usual quoting first; others only where the text gives reason.
fn quotings(text: &str, delimiter: &str) -> Vec<(Option<u8>, Option<u8>)> {
    let mut quotings = vec![(Some(b'"'), None)];
    if text.contains("\\\"") {
        quotings.push((Some(b'"'), Some(b'\\')));
    }
    if text.contains(&format!("'{delimiter}")) && text.contains(&format!("{delimiter}'")) {
        quotings.push((Some(b'\''), None));
        if text.contains("\\'") {
            quotings.push((Some(b'\''), Some(b'\\')));
        }
    }
    if text.contains('"') {
        quotings.push((None, None));
    }
    quotings
}

fn score(text: &str, dialect: &Dialect) -> (f64, f64) {
    let mut splitter = Splitter::new(text, dialect);
    let mut row = Row::default();
    let mut widths: HashMap<usize, (usize, usize)> = HashMap::new();
    let (mut rows, mut strays, mut cells, mut odd) = (0usize, 0usize, 0usize, 0usize);
    while rows < MOST_ROWS && matches!(splitter.next(&mut row), Ok(true)) {
        if row.is_blank(text) {
            continue;
        }
        let seen = widths.entry(row.count).or_insert((0, rows));
        seen.0 += 1;
        rows += 1;
        // A text over several lines that its quotes do not end well holds records of others.
        strays += if row.stray {
            1 + text[row.span.clone()].lines().count()
        } else {
            0
        };
        for field in row.fields(text) {
            cells += 1;
            odd += usize::from(is_odd(field));
        }
    }
    let common = widths
        .iter()
        .filter(|(width, _)| **width > 1)
        .max_by_key(|(_, (count, first))| (*count, usize::MAX - first));
    let Some((width, (count, _))) = common else {
        return (0.0, 0.0);
    };
    let share = *count as f64 / rows as f64;
    let clean = 1.0 - odd as f64 / cells as f64;
    let whole = 1.0 / (1.0 + strays as f64 / rows as f64);
    // A space parts words as well as fields.
    let plausible = if dialect.delimiter == " " { 0.5 } else { 1.0 };
    (
        share * (1.0 + (*width as f64).ln()) * clean * whole * plausible,
        share,
    )
}

/// What a field would hold that was cut by another dialect: quotes around it, another delimiter, blanks in front.
fn is_odd(field: &str) -> bool {
    let bare = field.trim();
    (bare.len() > 1 && (bare.starts_with('"') || bare.ends_with('"')))
        || (bare.len() > 1 && bare.starts_with('\'') && bare.ends_with('\''))
        || bare.contains([';', '\t', '|'])
        || (field.starts_with(' ') && !field.starts_with("  "))
        || field.contains("\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> (String, Option<u8>, Option<u8>) {
        let dialect = dialect(text).0;
        (dialect.delimiter, dialect.quote, dialect.escape)
    }

    #[test]
    fn what_parts_the_fields() {
        let quote = Some(b'"');
        for (text, delimiter, quote, escape) in [
            ("id;bedrag;naam\n1;1,5;a, b\n2;2,5;c, d\n", ";", quote, None),
            ("id,naam\n1,a;b\n2,\"c, d\"\n", ",", quote, None),
            ("id\tnaam\n1\ta b\n", "\t", quote, None),
            ("a, \"b, c\", d\n1, \"2, 3, 4\", 5\n", ", ", quote, None),
            ("a,'b, c',d\n1,'2, 3, 4',5\n", ",", Some(b'\''), None),
            (
                "a,b\n1,\"zei \\\"x\\\", y\"\n2,\"z\"\n",
                ",",
                quote,
                Some(b'\\'),
            ),
            ("a|b\n5\" x 3\"|1\n\"6\" x 3|2\n", "|", None, None),
            ("a b c\n1 2 3\n", " ", quote, None),
            ("naam\nJan\n", ",", quote, None),
        ] {
            assert_eq!(found(text), (delimiter.into(), quote, escape), "{text:?}");
        }
    }
}
