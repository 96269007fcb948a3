//! disclose: which figures of one indicator may leave together. Pure.
//!
//! Simple, and on the safe side. Everything that can be subtracted from one another is judged together: all municipalities of a
//! merger (old and new, on both territories), all values of a slice, and all months, quarters and the year of a calendar year.
//! For such a group the finest kind of period is published at which *every* cell of it, and of all coarser kinds, is safe;
//! finer kinds are withheld whole. So no withheld cell is the difference of published ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::Datelike;

use crate::figure::{Figure, Slice, State, Status};
use crate::indicator::Kind;
use crate::period::{Period, PeriodKind};
use crate::region::{RegionBook, Territory};

const MILLION: i128 = 1_000_000;

/// A count is safe when nothing was there or enough was: the count itself, the part that counts and its complement.
/// `numerator` and `denominator` in millionths.
fn safe_counts(
    n: i128,
    numerator: Option<i128>,
    denominator: Option<i128>,
    kind: Kind,
    minimum: u32,
) -> bool {
    let enough =
        |millionths: i128| millionths == 0 || millionths.abs() >= i128::from(minimum) * MILLION;
    let n = n * MILLION;
    let part = numerator.unwrap_or(0);
    match kind {
        Kind::Share | Kind::Survival => enough(n) && enough(part) && enough(n - part),
        Kind::Ratio | Kind::Balance => {
            enough(n) && enough(part) && enough(denominator.unwrap_or(0))
        }
        _ => enough(n),
    }
}

fn safe(figure: &Figure, kind: Kind, minimum: u32) -> bool {
    safe_counts(
        i128::from(figure.n),
        figure.numerator,
        figure.denominator,
        kind,
        minimum,
    )
}

/// Municipalities whose ground is linked by mergers share one name: the first code of their group.
fn linked(book: &RegionBook, code: &str) -> String {
    let mut group = BTreeSet::from([code.to_string()]);
    loop {
        let more: Vec<&str> = book
            .changes()
            .iter()
            .flat_map(|c| {
                let touched = group.contains(&c.from) || group.contains(&c.to);
                [&c.from, &c.to].into_iter().filter(move |_| touched)
            })
            .map(String::as_str)
            .filter(|c| !group.contains(*c))
            .collect();
        if more.is_empty() {
            return group.first().cloned().unwrap_or_default();
        }
        let more: Vec<String> = more.into_iter().map(str::to_string).collect();
        group.extend(more);
    }
}

/// Of one period and slice of linked municipalities: per territory and region what is counted, and its sums.
type Grounds<'f> = BTreeMap<Territory, BTreeMap<&'f str, [i128; 3]>>;

/// What each territory counts more than each other one, of all regions and of each with its parts on the other.
fn differences<'f>(
    book: &'f RegionBook,
    period: Period,
    grounds: &'f Grounds<'f>,
) -> impl Iterator<Item = [i128; 3]> + 'f {
    let less =
        |one: [i128; 3], other: &[i128; 3]| -> [i128; 3] { [0, 1, 2].map(|i| one[i] - other[i]) };
    let pairs = grounds.iter().flat_map(move |(territory, regions)| {
        let others = grounds.iter().filter(move |(other, _)| *other != territory);
        others.map(move |(_, parts)| (*territory, regions, parts))
    });
    pairs.flat_map(move |(territory, regions, parts)| {
        let all = parts.values().fold([0; 3], less);
        let all = regions
            .values()
            .fold(all, |sum, region| [0, 1, 2].map(|i| sum[i] + region[i]));
        let mut each: BTreeMap<&str, [i128; 3]> = BTreeMap::new();
        for (part, sums) in parts {
            let whole = book.called(territory, period.last_day(), part);
            if let Some((code, counted)) = whole.and_then(|code| regions.get_key_value(code)) {
                let left = each.entry(code).or_insert(*counted);
                *left = less(*left, sums);
            }
        }
        std::iter::once(all).chain(each.into_values())
    })
}

/// The figures of one indicator with every unsafe one, and all that would reveal it, withheld (`suppressed`, no numbers).
pub fn disclose(figures: Vec<Figure>, kind: Kind, minimum: u32, book: &RegionBook) -> Vec<Figure> {
    let mut groups: HashMap<Arc<str>, String> = HashMap::new();
    for figure in &figures {
        let region = &figure.address.region;
        if !groups.contains_key(region) {
            groups.insert(region.clone(), linked(book, region));
        }
    }
    let judged = |f: &Figure| {
        let columns: Vec<String> = f
            .address
            .slice
            .columns()
            .into_iter()
            .map(str::to_string)
            .collect();
        (
            groups[&f.address.region].clone(),
            columns,
            f.address.period.start().year(),
        )
    };
    // Per group the kinds of period at which some cell is unsafe.
    let mut unsafe_kinds: BTreeMap<(String, Vec<String>, i32), BTreeSet<PeriodKind>> =
        BTreeMap::new();
    for f in figures.iter().filter(|f| !safe(f, kind, minimum)) {
        unsafe_kinds
            .entry(judged(f))
            .or_default()
            .insert(f.address.period.kind());
    }
    // Facts that count on one territory and not on another (a redelivery that cannot be split back) follow from the difference
    // of the two: that difference is a cell too, of each region with its parts and of all that are linked.
    let mut grounds: HashMap<(String, Slice, Period), Grounds> = HashMap::new();
    for f in &figures {
        let a = &f.address;
        let key = (groups[&a.region].clone(), a.slice.clone(), a.period);
        let sums = [
            i128::from(f.n),
            f.numerator.unwrap_or(0),
            f.denominator.unwrap_or(0),
        ];
        let ground = grounds
            .entry(key)
            .or_default()
            .entry(a.territory)
            .or_default();
        ground.insert(&a.region, sums);
    }
    for ((group, slice, period), grounds) in &grounds {
        let apart = differences(book, *period, grounds)
            .any(|[n, x, y]| !safe_counts(n.abs(), Some(x.abs()), Some(y.abs()), kind, minimum));
        if apart {
            let columns = slice.columns().into_iter().map(str::to_string).collect();
            let judged = (group.clone(), columns, period.start().year());
            unsafe_kinds
                .entry(judged)
                .or_default()
                .insert(period.kind());
        }
    }
    // A slice adds up to the total: where the total is withheld at a kind, its slices are too.
    let totals: Vec<_> = unsafe_kinds
        .iter()
        .filter(|((_, columns, _), _)| columns.is_empty())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    for ((group, _, year), kinds) in totals {
        for f in figures.iter().filter(|f| {
            groups[&f.address.region] == group && f.address.period.start().year() == year
        }) {
            unsafe_kinds.entry(judged(f)).or_default().extend(&kinds);
        }
    }
    figures
        .into_iter()
        .map(|f| {
            // Coarser kinds must be safe too, so an unsafe year withholds all of its year.
            let withheld = unsafe_kinds
                .get(&judged(&f))
                .is_some_and(|kinds| kinds.iter().any(|k| *k >= f.address.period.kind()));
            if withheld {
                Figure {
                    n: 0,
                    numerator: None,
                    denominator: None,
                    value: None,
                    state: State::Suppressed,
                    // That a withheld number changed is withheld too.
                    status: match f.status {
                        Status::Revised => Status::Final,
                        status => status,
                    },
                    ..f
                }
            } else {
                f
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::Address;
    use crate::region::{ChangeKind, Region, RegionChange};

    fn cell(period: &str, region: &str, slice: &str, n: i64) -> Figure {
        Figure {
            address: Address {
                indicator: "zaak".into(),
                version: "1.0.0".into(),
                period: Period::parse(period).expect("a period"),
                territory: Territory::AsRecorded,
                region: region.into(),
                slice: Slice::parse(slice).expect("a slice"),
            },
            run_from: 1,
            run_until: None,
            n,
            numerator: Some(i128::from(n) * MILLION),
            denominator: None,
            value: Some(n as f64),
            state: State::Value,
            status: Status::Final,
            completeness: None,
            cutoff_on: "2025-12-31".parse().expect("a date"),
        }
    }

    fn shown(figures: Vec<Figure>, kind: Kind) -> Vec<String> {
        let out = disclose(figures, kind, 5, &RegionBook::default());
        out.iter()
            .filter(|f| f.state != State::Suppressed)
            .map(|f| {
                format!("{} {}", f.address.period.code(), f.address.slice.code())
                    .trim()
                    .to_string()
            })
            .collect()
    }

    #[test]
    fn a_small_month_takes_its_linked_months_along_but_not_the_quarter() {
        let cells = vec![
            cell("2025-01", "1", "", 9),
            cell("2025-02", "1", "", 3),
            cell("2025-03", "1", "", 8),
            cell("2025-Q1", "1", "", 20),
        ];
        assert_eq!(shown(cells, Kind::Count), ["2025-Q1"]);
    }

    #[test]
    fn a_small_slice_takes_its_complement_along() {
        let cells = vec![
            cell("2025", "1", "", 20),
            cell("2025", "1", "channel=post", 2),
            cell("2025", "1", "channel=digital", 18),
        ];
        assert_eq!(shown(cells, Kind::Count), ["2025"]);
    }

    #[test]
    fn a_share_is_withheld_for_a_small_complement() {
        let mut late = cell("2025", "1", "", 40);
        late.numerator = Some(38 * MILLION);
        assert_eq!(shown(vec![late.clone()], Kind::Share), Vec::<String>::new());
        late.numerator = Some(40 * MILLION);
        assert_eq!(shown(vec![late], Kind::Share), ["2025"]);
    }

    #[test]
    fn an_unsafe_year_withholds_everything_in_it() {
        let cells = vec![
            cell("2025", "1", "", 4),
            cell("2025-Q1", "1", "", 0),
            cell("2024", "1", "", 9),
        ];
        assert_eq!(shown(cells, Kind::Count), ["2024"]);
    }

    #[test]
    fn what_only_the_other_territory_counts_is_not_left_as_a_difference() {
        let on = "2025-01-01".parse().expect("a date");
        let mut merged = cell("2024", "1", "", 23);
        merged.address.territory = Territory::Vintage(on);
        assert_eq!(
            shown(vec![cell("2024", "1", "", 20), merged.clone()], Kind::Count),
            Vec::<String>::new()
        );
        merged.n = 20;
        merged.numerator = Some(20 * MILLION);
        assert_eq!(
            shown(vec![cell("2024", "1", "", 20), merged], Kind::Count).len(),
            2
        );
    }

    /// 1 and 2 became 12, 3 and 4 became 34, and those became 5.
    fn twice_merged() -> RegionBook {
        let region = |code: &str, from: &str, until: Option<&str>| Region {
            code: code.into(),
            valid_from: from.parse().expect("a date"),
            valid_until: until.map(|day| day.parse().expect("a date")),
            level: "municipality".into(),
            parent: None,
            name_nl: code.into(),
        };
        let merger = |on: &str, from: &str, to: &str| RegionChange {
            on: on.parse().expect("a date"),
            from: from.into(),
            to: to.into(),
            kind: ChangeKind::Merger,
        };
        let (first, second) = ("2019-01-01", "2025-01-01");
        RegionBook::new(
            [
                region("1", "1970-01-01", Some(first)),
                region("2", "1970-01-01", Some(first)),
                region("3", "1970-01-01", Some(first)),
                region("4", "1970-01-01", Some(first)),
                region("12", first, Some(second)),
                region("34", first, Some(second)),
                region("5", second, None),
            ],
            [
                merger(first, "1", "12"),
                merger(first, "2", "12"),
                merger(first, "3", "34"),
                merger(first, "4", "34"),
                merger(second, "12", "5"),
                merger(second, "34", "5"),
            ],
        )
    }

    fn on(day: &str, region: &str, n: i64) -> Figure {
        let mut figure = cell("2024", region, "", n);
        figure.address.territory = Territory::parse(day).expect("a territory");
        figure
    }

    fn all_shown(figures: Vec<Figure>) -> bool {
        let out = disclose(figures, Kind::Count, 5, &twice_merged());
        out.iter().all(|f| f.state != State::Suppressed)
    }

    #[test]
    fn any_two_territories_are_held_against_each_other_not_only_neighbours() {
        let cells = |last: i64| {
            vec![
                on("2018-01-01", "1", 30),
                on("2019-01-01", "12", 40),
                on("2025-01-01", "5", last),
            ]
        };
        // 40 - 30 and 40 - 32 are safe; 32 - 30 is not.
        assert!(!all_shown(cells(32)));
        assert!(all_shown(cells(30)));
    }

    #[test]
    fn small_differences_of_two_mergers_do_not_hide_in_a_large_one_together() {
        let cells = |odd: i64| {
            vec![
                on("2018-01-01", "1", 20),
                on("2018-01-01", "2", 20),
                on("2018-01-01", "3", 20),
                on("2018-01-01", "4", 20),
                on("2019-01-01", "12", 40 + odd),
                on("2019-01-01", "34", 46 - odd),
            ]
        };
        // Together 6 more, which is safe; apart 3 and 3, which are not.
        assert!(!all_shown(cells(3)));
        assert!(all_shown(cells(0)));
    }
}
