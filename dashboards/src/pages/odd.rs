//! odd: what is odd about deliveries as a whole, the checks over all that is stored, and the profile of a delivery; shared by
//! the pages about data quality and proofs.

use std::collections::BTreeMap;

use beleidsinfo_warehouse::index::RunCheck;
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::profile::{ColumnProfile, TableProfile};
use beleidsinfo_warehouse::quality::{StoredDelivery, StoredFinding};

use crate::lens::Lens;
use crate::number;
use crate::rules;
use crate::words::Words;

/// One finding about a delivery as a whole.
pub struct Alarm {
    pub href: String,
    pub file: String,
    pub rule: String,
    pub reason: String,
    pub reject: bool,
}

pub fn alarms(
    words: Words,
    found: &[StoredFinding],
    deliveries: &[StoredDelivery],
    pack: Option<&Pack>,
) -> Vec<Alarm> {
    let file = |f: &StoredFinding| {
        let of = |d: &&StoredDelivery| d.delivery == f.delivery && d.source_id == f.source_id;
        let name = deliveries.iter().find(of).map(|d| d.name.clone());
        name.unwrap_or_else(|| f.delivery.chars().take(8).collect())
    };
    found
        .iter()
        .map(|f| Alarm {
            href: format!("/{}/quality/{}", words.language.code(), f.delivery),
            file: file(f),
            rule: rules::name(words, pack, &f.rule),
            reason: f.reason.clone(),
            reject: f.severity == "reject",
        })
        .collect()
}

/// One query of `sql/checks`, whatever the number of figures it touches.
pub struct Standing {
    pub title: String,
    pub id: String,
    pub passed: bool,
    pub fails: bool,
    pub finding: String,
    /// The figures it casts doubt on, with their addresses.
    pub touched: Vec<(String, String)>,
    pub regions: String,
}

/// Those that found rows first.
pub fn standing(words: Words, checks: &[RunCheck], pack: Option<&Pack>) -> Vec<Standing> {
    let language = words.language;
    let mut by_id: BTreeMap<&str, Standing> = BTreeMap::new();
    for check in checks {
        let Some(title) = &check.title else { continue };
        // Each figure lacks its own source: that is told on its page.
        if check.check == "source" {
            continue;
        }
        let shown = by_id.entry(&check.check).or_insert_with(|| Standing {
            title: title.get(language).to_string(),
            id: check.check.clone(),
            passed: check.passed,
            fails: check.gravity == beleidsinfo_warehouse::checks::Gravity::Fail,
            finding: check.finding.get(language).to_string(),
            touched: Vec::new(),
            regions: match check.regions.len() {
                0 => String::new(),
                1..=8 => check.regions.keys().cloned().collect::<Vec<_>>().join(", "),
                n => words.with(
                    "in-municipalities",
                    &[("count", &number::whole(n as i64, language))],
                ),
            },
        });
        if check.indicator == RunCheck::OF_NO_FIGURE {
            continue;
        }
        let title = pack
            .and_then(|p| p.indicators.get(&check.indicator))
            .map_or(check.indicator.clone(), |i| {
                i.title.get(language).to_string()
            });
        let href = format!("/{}/indicators/{}", language.code(), check.indicator);
        shown.touched.push((href, title));
    }
    let mut all: Vec<Standing> = by_id.into_values().collect();
    all.sort_by_key(|s| (s.passed, !s.fails));
    all
}

/// What the checks over all data say against the figures of an indicator for the region that is looked at.
pub fn doubts(lens: &Lens, indicator: &str, region: &str) -> Vec<(String, String)> {
    let ground = lens.snapshot.regions.members(lens.territory, region);
    lens.run
        .checks
        .iter()
        .filter(|check| check.indicator == indicator && !check.passed)
        .filter_map(|check| {
            let here = check.for_ground(&ground);
            let title = here.title.as_ref()?.get(lens.language()).to_string();
            let finding = here.finding.get(lens.language()).to_string();
            (!here.passed).then_some((title, finding))
        })
        .collect()
}

/// The accepted rows of a delivery for one table.
pub struct ProfileTable {
    pub table: String,
    /// How many rows, and how many columns with values.
    pub size: String,
    pub columns: Vec<ProfileColumn>,
    /// Columns without any value: only named.
    pub empty: String,
}

pub struct ProfileColumn {
    pub name: String,
    pub meaning: String,
    pub personal: bool,
    pub filled: String,
    pub bar: String,
    pub distinct: String,
    pub range: String,
    pub top: Vec<(String, String)>,
}

pub fn profile(words: Words, tables: &[TableProfile], pack: Option<&Pack>) -> Vec<ProfileTable> {
    let language = words.language;
    let whole = |n: u64| number::whole(i64::try_from(n).unwrap_or(i64::MAX), language);
    let column = |table: &TableProfile, c: &ColumnProfile| {
        let filled = table.rows.saturating_sub(c.empty) as f64 / table.rows.max(1) as f64;
        let contract = pack.and_then(|p| p.contracts.get(&table.table)?.columns.get(&c.column));
        // The commonest values of a column in which each value is another say nothing.
        let telling = c.top.first().is_some_and(|(_, n)| *n > 1);
        ProfileColumn {
            name: c.column.clone(),
            meaning: contract.map_or_else(String::new, |c| c.meaning.get(language).to_string()),
            personal: c.personal,
            filled: number::percent(filled, if filled == 1.0 { 0 } else { 1 }, language),
            bar: crate::charts::bars::mini(filled),
            distinct: match c.exact {
                true => whole(c.distinct),
                false => format!("± {}", whole(c.distinct)),
            },
            range: match (&c.lowest, &c.highest) {
                (Some(low), Some(high)) if low == high => low.clone(),
                (Some(low), Some(high)) => format!("{low} – {high}"),
                _ => String::new(),
            },
            top: c
                .top
                .iter()
                .filter(|_| telling)
                .map(|(value, n)| (value.clone(), whole(*n)))
                .collect(),
        }
    };
    tables
        .iter()
        .filter(|t| t.rows > 0)
        .map(|table| {
            let (empty, some): (Vec<_>, Vec<_>) =
                table.columns.iter().partition(|c| c.empty == table.rows);
            let names: Vec<&str> = empty.iter().map(|c| c.column.as_str()).collect();
            let size = [
                ("rows", whole(table.rows)),
                ("columns", whole(some.len() as u64)),
            ];
            ProfileTable {
                table: table.table.clone(),
                size: words.with(
                    "profile-size",
                    &size.each_ref().map(|(k, v)| (*k, v.as_str())),
                ),
                columns: some.into_iter().map(|c| column(table, c)).collect(),
                empty: names.join(", "),
            }
        })
        .collect()
}
