//! suggest/fit: which source column probably fills which column of the table: by their names, and by what stands in them.

use std::collections::HashSet;

use beleidsinfo_warehouse::contract::{self, ColumnType, Contract, Visibility};

use super::profile::{Column, Kind};
use super::words::{base, code, likeness};

/// What names the case of each event in a log, as XES calls it, in XML and in CSV.
pub(super) const TRACE: &str = "case:concept:name";

/// Names less alike than this say nothing.
pub(super) const ALIKE: f64 = 0.6;

/// A column of the table, with the source column that probably fills it.
pub(super) struct Filling<'a> {
    pub target: &'a str,
    pub source: &'a Column,
    /// Other source columns that do nearly as well.
    pub rivals: Vec<&'a str>,
    /// How alike the names are; below [`ALIKE`] the values decided.
    pub likeness: f64,
}

/// In the order of the table; every source column fills one column at most. `regions` are the codes of municipalities.
pub(super) fn fit<'a>(
    columns: &'a [Column],
    contract: &'a Contract,
    regions: &HashSet<String>,
) -> Vec<Filling<'a>> {
    let mut pairs = Vec::new();
    for (at, (target, promised)) in contract.columns.iter().enumerate() {
        for source in columns {
            let meaning = [&promised.meaning.nl, &promised.meaning.en];
            let name = meaning
                .map(|m| likeness(&source.name, target, m))
                .into_iter()
                .fold(0.0, f64::max);
            let Some(value) = value(source, target, promised, contract, regions) else {
                continue;
            };
            if name >= ALIKE || value >= 0.8 {
                pairs.push((name + value, name, at, target.as_str(), source));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.2.cmp(&b.2)));
    let mut fillings: Vec<(usize, Filling)> = Vec::new();
    for &(score, name, at, target, source) in &pairs {
        let taken = |f: &(usize, Filling)| {
            base(f.1.target) == base(target) || f.1.source.name == source.name
        };
        if fillings.iter().any(taken) {
            continue;
        }
        let near = pairs
            .iter()
            .filter(|p| p.3 == target && p.4.name != source.name && score - p.0 < 0.2);
        fillings.push((
            at,
            Filling {
                target,
                source,
                rivals: near.map(|p| p.4.name.as_str()).collect(),
                likeness: name,
            },
        ));
    }
    for (_, filling) in &mut fillings {
        filling.rivals.retain(|rival| {
            !pairs
                .iter()
                .any(|p| p.4.name == **rival && p.0 > 1.3 && p.3 != filling.target)
        });
    }
    fillings.sort_by_key(|(at, _)| *at);
    fillings.into_iter().map(|(_, filling)| filling).collect()
}

/// How well the values suit the column, or `None` when they cannot fill it.
fn value(
    source: &Column,
    target: &str,
    promised: &contract::Column,
    contract: &Contract,
    regions: &HashSet<String>,
) -> Option<f64> {
    if source.personal.is_some() || promised.visibility == Visibility::Personal {
        return None;
    }
    let share = |is: &dyn Fn(&str) -> bool| {
        let count: usize = source
            .values
            .iter()
            .filter(|(t, _)| is(t))
            .map(|(_, n)| n)
            .sum();
        count as f64 / source.filled.max(1) as f64
    };
    match (promised.kind, &source.kind) {
        (_, Kind::Empty) => None,
        (ColumnType::Date | ColumnType::Ts, Kind::Date(dates)) => {
            let moment = promised.kind == ColumnType::Ts;
            let twin = if moment { "_on" } else { "_at" };
            let both = contract
                .columns
                .contains_key(&format!("{}{twin}", base(target)));
            (!both || moment == dates.moment).then_some(0.3)
        }
        // A year is a date where it stands for a period.
        (ColumnType::Date, Kind::Integer) => {
            let period = ["period_start", "reference_on"].contains(&target);
            (period && source.is_year()).then_some(0.3)
        }
        (ColumnType::I32 | ColumnType::I64, Kind::Integer) => Some(0.2),
        (
            ColumnType::Dec | ColumnType::Sum | ColumnType::F64,
            Kind::Integer | Kind::Decimal { .. },
        ) => Some(0.2),
        (ColumnType::Bool, Kind::Truth) => Some(0.3),
        (ColumnType::Bool, Kind::Text) if source.values.len() == 2 => Some(0.1),
        (ColumnType::Text, Kind::Date(_)) => None,
        (ColumnType::Text, _) => {
            if let Some(codes) = &promised.codes {
                let known = share(&|text| code(text, codes).is_some());
                return (source.values.len() <= 40).then_some(known * 0.7);
            }
            if promised
                .lookup
                .as_ref()
                .is_some_and(|l| l.table == "regions")
            {
                // Codes of other countries' or years' municipalities may be among them.
                let known = share(&|text| regions.contains(text));
                return (known >= 0.3).then_some(if known >= 0.9 { 1.0 } else { known * 0.5 });
            }
            let counted = contract.key.iter().any(|k| k.ends_with("_no"));
            match target {
                "case_id" if counted || source.name == TRACE => Some(0.0),
                "case_id" => source.is_unique().then_some(0.3),
                "system" => (source.values.len() == 1).then_some(0.0),
                // What is counted by is not as many as there are records.
                _ if source.is_unique() && source.filled > 10 => None,
                _ => Some(0.0),
            }
        }
        _ => None,
    }
}
