//! suggest/profile: what the texts of one column are: dates and by which format, numbers and their decimal sign, truths,
//! placeholders, or text; and how many different ones there are.

use std::collections::{HashMap, HashSet};

use beleidsinfo_warehouse::contract::ColumnType;
use chrono_tz::Tz;

use super::personal::{Personal, personal};
use crate::mapping::Decimal;
use crate::value::Reading;

/// One column of the file.
#[derive(Debug)]
pub(super) struct Column {
    pub name: String,
    /// Values that are there, placeholders not counted.
    pub filled: usize,
    pub kind: Kind,
    /// Different values with how often, most frequent first, then by text; placeholders not among them.
    pub values: Vec<(String, usize)>,
    /// Texts that stand for nothing, with how often.
    pub placeholders: Vec<(String, usize)>,
    pub personal: Option<Personal>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing at all.
    Empty,
    Date(Dates),
    Integer,
    /// With how many numbers plainly have a decimal point, and how many a decimal comma.
    Decimal {
        point: usize,
        comma: usize,
    },
    /// Read as true or false by the mapping as they are.
    Truth,
    Text,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dates {
    /// As chrono writes it; absent for ISO 8601.
    pub format: Option<String>,
    /// A time of the day too.
    pub moment: bool,
    /// How many values it reads.
    pub read: usize,
    /// The format with day and month swapped, and how many values it reads too.
    pub swapped: Option<(String, usize)>,
}

/// Stand for nothing wherever they are found.
const PLACEHOLDERS: [&str; 14] = [
    "n.v.t.", "n.v.t", "nvt", "N.v.t.", "NVT", "NULL", "null", "EMPTY", "(leeg)", "#N/A", "#N/B",
    "N/A", "n/a", "\\N",
];
/// Stand for nothing among dates or numbers; elsewhere they may be answers.
const AMONG_VALUES: [&str; 12] = [
    "-", "--", "?", ".", "geen", "Geen", "none", "None", "onbekend", "Onbekend", "leeg", "NaN",
];

const DAYS: [&str; 14] = [
    "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y/%m/%d", "%d/%m/%y", "%m/%d/%y",
    "%d-%m-%y", "%m-%d-%y", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%Y%m%d",
];
const TIMES: [&str; 7] = [
    "",
    " %H:%M:%S",
    " %H:%M",
    " %H:%M:%S%.f",
    "T%H:%M:%S",
    " %I:%M:%S %p",
    " %I:%M %p",
];

/// `texts` are the column's values from top to bottom.
pub(super) fn profile<'a>(
    name: &str,
    texts: impl Iterator<Item = &'a str>,
    zone: Tz,
    places: &HashSet<String>,
) -> Column {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for text in texts.map(str::trim).filter(|t| !t.is_empty()) {
        *counts.entry(text).or_default() += 1;
    }
    let mut values: Vec<(&str, usize)> = counts.into_iter().collect();
    values.sort_unstable_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    let (mut placeholders, mut values): (Vec<_>, Vec<_>) = values
        .into_iter()
        .partition(|(text, _)| PLACEHOLDERS.contains(text));
    let (weak, rest): (Vec<_>, Vec<_>) = values
        .iter()
        .copied()
        .partition(|(text, _)| AMONG_VALUES.contains(text));
    let mut kind = kind(&values, zone);
    if kind == Kind::Text && !weak.is_empty() {
        kind = self::kind(&rest, zone);
        if !matches!(kind, Kind::Text | Kind::Empty | Kind::Truth) {
            placeholders.extend(weak);
            values = rest;
        } else {
            kind = Kind::Text;
        }
    }
    let filled = values.iter().map(|(_, count)| count).sum();
    let of_places = values
        .iter()
        .filter(|(text, _)| places.contains(&text.to_lowercase()))
        .count();
    let personal = personal(name, &values, matches!(kind, Kind::Date(_))).filter(|why| {
        *why != Personal::Name || of_places * 10 < values.len() * 9 || of_places == 0
    });
    let owned = |values: Vec<(&str, usize)>| {
        values
            .into_iter()
            .map(|(t, n)| (t.to_string(), n))
            .collect()
    };
    Column {
        name: name.into(),
        filled,
        personal,
        kind,
        values: owned(values),
        placeholders: owned(placeholders),
    }
}

impl Column {
    pub fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Integer | Kind::Decimal { .. })
    }

    /// Whole years, as a reader would see them.
    pub fn is_year(&self) -> bool {
        let year = |text: &str| {
            text.len() == 4
                && text
                    .parse()
                    .is_ok_and(|year: u32| (1900..=2100).contains(&year))
        };
        self.kind == Kind::Integer && self.values.iter().all(|(text, _)| year(text))
    }

    /// The values are nearly all different.
    pub fn is_unique(&self) -> bool {
        self.filled > 0 && self.values.len() * 100 >= self.filled * 97
    }
}

fn kind(values: &[(&str, usize)], zone: Tz) -> Kind {
    let filled: usize = values.iter().map(|(_, n)| n).sum();
    if filled == 0 {
        return Kind::Empty;
    }
    let count = |is: &dyn Fn(&str) -> bool| -> usize {
        values
            .iter()
            .filter(|(text, _)| is(text))
            .map(|(_, n)| n)
            .sum()
    };
    let mostly = |count: usize| count * 10 >= filled * 9;
    if let Some(dates) = dates(values, filled, zone) {
        return Kind::Date(dates);
    }
    let truth = Reading::new(ColumnType::Bool, None, Decimal::Point, zone);
    if values.len() <= 2 && count(&|t| truth.read(t).is_some()) == filled {
        return Kind::Truth;
    }
    let whole = |t: &str| {
        let digits = t.trim_start_matches('-');
        !digits.is_empty() && digits.len() < 19 && digits.bytes().all(|b| b.is_ascii_digit())
    };
    if mostly(count(&whole)) {
        return Kind::Integer;
    }
    let reads = |decimal| {
        let reading = Reading::new(ColumnType::Dec, None, decimal, zone);
        move |text: &str| reading.read(text).is_some()
    };
    let (point, comma) = (reads(Decimal::Point), reads(Decimal::Comma));
    if mostly(count(&|t| point(t) || comma(t))) {
        return Kind::Decimal {
            point: count(&|t| point(t) && !comma(t)),
            comma: count(&|t| comma(t) && !point(t)),
        };
    }
    Kind::Text
}

/// The format that reads most of the values, if it reads four of five; day before month where both read as many.
fn dates(values: &[(&str, usize)], filled: usize, zone: Tz) -> Option<Dates> {
    let first: Vec<&str> = values.iter().take(20).map(|(text, _)| *text).collect();
    if !first
        .iter()
        .any(|t| t.len() >= 6 && t.len() <= 40 && t.bytes().any(|b| b.is_ascii_digit()))
    {
        return None;
    }
    let read = |format: Option<&str>| -> usize {
        let reading = Reading::new(ColumnType::Ts, format, Decimal::Point, zone);
        if !first.iter().any(|text| reading.read(text).is_some()) {
            return 0;
        }
        values
            .iter()
            .filter(|(text, _)| reading.read(text).is_some())
            .map(|(_, n)| n)
            .sum()
    };
    let iso = read(None);
    if iso * 5 >= filled * 4 {
        let moment = values.iter().any(|(text, _)| text.len() > 10);
        return Some(Dates {
            format: None,
            moment,
            read: iso,
            swapped: None,
        });
    }
    let mut best: Option<(usize, String, bool)> = None;
    for time in TIMES {
        for day in DAYS {
            // Eight digits are a number before they are a date.
            let compact = day == "%Y%m%d";
            if compact
                && !values
                    .iter()
                    .all(|(t, _)| t.len() >= 8 && t.starts_with(['1', '2']))
            {
                continue;
            }
            let format = format!("{day}{time}");
            let read = read(Some(&format));
            let enough = if compact {
                read == filled
            } else {
                read * 5 >= filled * 4
            };
            if enough && best.as_ref().is_none_or(|(most, ..)| read > *most) {
                best = Some((read, format, !time.is_empty()));
            }
        }
    }
    let (most, format, moment) = best?;
    let swapped = swap(&format).map(|other| {
        let also = read(Some(&other));
        (other, also)
    });
    Some(Dates {
        moment,
        read: most,
        swapped: swapped.filter(|(_, also)| *also > 0),
        format: Some(format),
    })
}

/// The same format with day and month swapped, where both are numbers.
fn swap(format: &str) -> Option<String> {
    let both = format.contains("%d") && format.contains("%m") && !format.starts_with("%Y");
    both.then(|| {
        format
            .replace("%d", "%\0")
            .replace("%m", "%d")
            .replace("%\0", "%m")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[&str]) -> Column {
        let places = HashSet::from(["gent".to_string(), "melle".to_string()]);
        let values = values.iter().copied();
        profile("Naam", values, chrono_tz::Europe::Brussels, &places)
    }

    #[test]
    fn dates_that_read_both_ways_are_counted() {
        let Kind::Date(dates) = column(&[
            "21/01/2022 13:47:00",
            "01/02/2022 08:00:00",
            "03/04/2022 09:00:00",
            "",
        ])
        .kind
        else {
            panic!("dates")
        };
        assert_eq!(dates.format.as_deref(), Some("%d/%m/%Y %H:%M:%S"));
        assert_eq!((dates.moment, dates.read), (true, 3));
        assert_eq!(dates.swapped, Some(("%m/%d/%Y %H:%M:%S".into(), 2)));
        for (values, format) in [
            (&["11-May-11", "23-Sep-11"][..], "%d-%b-%y"),
            (&["1/13/2024", "12/31/2024"], "%m/%d/%Y"),
            (&["01.02.2024", "31.12.2024"], "%d.%m.%Y"),
            (&["20240131", "20241231"], "%Y%m%d"),
            (&["03/22/2012 12:00:00 AM"], "%m/%d/%Y %I:%M:%S %p"),
        ] {
            match column(values).kind {
                Kind::Date(found) => assert_eq!(found.format.as_deref(), Some(format)),
                other => panic!("{values:?} are {other:?}"),
            }
        }
        assert!(matches!(
            column(&["2024-01-31", "2024-02-01T10:00"]).kind,
            Kind::Date(Dates { format: None, .. })
        ));
    }

    #[test]
    fn numbers_truths_and_texts() {
        assert_eq!(column(&["1", "-2", "003"]).kind, Kind::Integer);
        assert_eq!(
            column(&["1,5", "2.000,25", "7"]).kind,
            Kind::Decimal { point: 0, comma: 2 }
        );
        assert_eq!(
            column(&["1.5", "2,000.25", "1.234"]).kind,
            Kind::Decimal { point: 2, comma: 0 }
        );
        assert_eq!(column(&["J", "N", "J"]).kind, Kind::Truth);
        assert_eq!(column(&["x", "1"]).kind, Kind::Text);
        assert_eq!(column(&["", " "]).kind, Kind::Empty);
    }

    #[test]
    fn names_of_places_are_not_those_of_persons() {
        assert_eq!(column(&["Gent", "Melle", "Gent"]).personal, None);
        assert_eq!(column(&["Gent", "Jan"]).personal, Some(Personal::Name));
    }

    #[test]
    fn placeholders_are_no_values() {
        let found = column(&["n.v.t.", "1", "2", "-", "n.v.t."]);
        assert_eq!(found.kind, Kind::Integer);
        assert_eq!(found.placeholders, [("n.v.t.".into(), 2), ("-".into(), 1)]);
        let text = column(&["ja zeker", "-", "geen"]);
        assert_eq!((text.kind, text.placeholders.len()), (Kind::Text, 0));
    }
}
