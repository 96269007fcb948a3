//! check/alarms: what is odd about a delivery as a whole, held against the earlier ones of its source and against its own
//! periods. Every rule is stated in docs/sources/quality.md; none takes a record out by itself.

mod added;
mod usual;

use beleidsinfo_warehouse::contract::{Contract, Severity};
use beleidsinfo_warehouse::delivery::{Delivery, Finding, Load, Loss, Verdict};
use beleidsinfo_warehouse::profile::{Past, Print, TableProfile};
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use indexmap::IndexMap;

use crate::mapping::{Connector, Mapping, Take};
pub use added::added;
use usual::{Periods, Usual};

/// Earlier deliveries that are looked back at.
const BACK: usize = 24;
/// With fewer there is nothing to learn from.
const LEAST: usize = 3;
/// A column of fewer rows may well have one value.
const ROWS: u64 = 50;
/// From this part of its rows on, a delivery is one that came before.
const MOST: f64 = 0.5;

/// Adds what is odd to the delivery's findings. `past` are the earlier deliveries of the source, oldest first; what landed
/// later than this one, and this one itself, are passed over. One whose severity is `reject` holds the delivery.
pub fn raise(
    mapping: &Mapping,
    contracts: &IndexMap<String, Contract>,
    delivery: &mut Delivery,
    past: &[Past],
    zone: Tz,
) {
    let receipt = &delivery.receipt;
    let before: Vec<&Past> = past
        .iter()
        .filter(|p| p.delivery != receipt.sha256)
        .filter(|p| (p.pulled_at, &p.name) < (receipt.pulled_at, &receipt.name))
        .collect();
    let mut found: Vec<Finding> = Vec::new();
    let mut alarm = |table: &str, rule: &str, column: &str, reason: String, usual: Severity| {
        found.push(finding(mapping, table, rule, column, reason, usual));
    };
    for profile in &delivery.profile {
        let Some(contract) = contracts.get(&profile.table) else {
            continue;
        };
        let of_table: Vec<(&Past, &TableProfile)> = before
            .iter()
            .filter_map(|p| Some((*p, p.table(&profile.table)?)))
            .collect();
        let recent = &of_table[of_table.len().saturating_sub(BACK)..];
        for reason in volume(mapping, delivery, profile, recent) {
            alarm(&profile.table, "volume", "", reason, Severity::Warn);
        }
        if delivery.load == Load::Changes
            && let Some(reason) = repeated(delivery, profile, recent)
        {
            alarm(&profile.table, "repeated", "", reason, Severity::Warn);
        }
        for (column, rule, reason) in columns(mapping, contract, profile, recent) {
            alarm(&profile.table, rule, &column, reason, Severity::Warn);
        }
    }
    let new = added(mapping, delivery, past);
    if !new.is_empty() {
        // A new key in one record of a tree is no new form, and files that landed before anything of the source was stored are
        // the past it begins with: it is told, and stops nothing.
        let tree = matches!(
            mapping.connector,
            Connector::Json | Connector::Ndjson | Connector::Toml | Connector::Xml | Connector::Xes
        );
        let first = past.iter().map(|p| p.stored_at).min();
        let usual = match tree || first.is_some_and(|first| receipt.pulled_at <= first) {
            true => Severity::Warn,
            false => Severity::Reject,
        };
        let table = mapping.tables.first().map_or("", |t| t.name.as_str());
        alarm(table, "added", "", added::sentence(&new), usual);
    }
    let landed = receipt.pulled_at.with_timezone(&zone).date_naive();
    if let Some(reason) = delivery
        .complete_until_on
        .and_then(|until| stale(mapping, until, landed))
    {
        let table = mapping.tables.first().map_or("", |t| t.name.as_str());
        alarm(table, "freshness", "", reason, Severity::Warn);
    }
    put(delivery, found);
}

/// Adds what a full delivery would delete, where it is more than the source's limits allow.
pub fn deleted(mapping: &Mapping, delivery: &mut Delivery, losses: &[Loss]) {
    let over = losses.iter().filter_map(|loss| {
        let reason = mapping.limits.deletes(loss)?;
        let usual = Severity::Reject;
        Some(finding(mapping, &loss.table, "deleted", "", reason, usual))
    });
    put(delivery, over.collect());
}

fn finding(
    mapping: &Mapping,
    table: &str,
    rule: &str,
    column: &str,
    reason: String,
    usual: Severity,
) -> Finding {
    Finding {
        severity: mapping.severity.get(rule).copied().unwrap_or(usual),
        record: 0,
        line: 0,
        table: table.into(),
        rule: rule.into(),
        column: column.into(),
        reason,
        municipality_code: None,
        raw: String::new(),
    }
}

/// Puts findings before the others; one that rejects holds the delivery.
fn put(delivery: &mut Delivery, mut found: Vec<Finding>) {
    let stop = found.iter().find(|f| f.severity == Severity::Reject);
    if let (Some(stop), Verdict::Passed) = (stop, &delivery.verdict) {
        delivery.verdict = Verdict::Held(stop.reason.clone());
    }
    found.append(&mut delivery.findings);
    delivery.findings = found;
}

/// How many rows came for a table, against the deliveries before, against its own periods, and against what the mapping
/// expects.
fn volume(
    mapping: &Mapping,
    delivery: &Delivery,
    profile: &TableProfile,
    past: &[(&Past, &TableProfile)],
) -> Vec<String> {
    let factor = mapping.volume.factor;
    let table = &profile.table;
    let mut found = Vec::new();
    if let Some([least, most]) = mapping.volume.rows
        && !(least..=most).contains(&profile.rows)
    {
        found.push(format!(
            "Tabel {table}: {} rijen, waar de koppeling er {least} tot {most} verwacht: vraag de bron of er iets ontbreekt of dubbel in staat.",
            profile.rows
        ));
        return found;
    }
    let earlier: Vec<u64> = past.iter().map(|(_, t)| t.rows).collect();
    if earlier.len() >= LEAST
        && let Some(odd) = Usual::of(&earlier).odd(profile.rows, factor)
    {
        found.push(format!(
            "Tabel {table}: {} rijen, {odd} (mediaan van de {} leveringen ervoor): vraag de bron of er iets ontbreekt of dubbel in staat.",
            profile.rows,
            earlier.len()
        ));
    }
    if let Some((_, last)) = past.last().filter(|_| delivery.load == Load::Full) {
        let now = Periods::years(profile, delivery.complete_until_on);
        for (year, rows) in Periods::years(last, delivery.complete_until_on).inner() {
            let left = now.rows(&year);
            if Usual::of(&[rows]).odd(left, factor).is_some() && left < rows {
                found.push(format!(
                    "Tabel {table}: {left} rijen van {year}, en {rows} in de levering ervoor: vraag de bron waar de andere bleven."
                ));
            }
        }
    }
    let periods = Periods::of(profile, delivery.complete_until_on);
    for (period, rows, odd) in periods.odd(factor) {
        found.push(format!(
            "Tabel {table}: {rows} rijen van {period}, {odd} (mediaan van de andere volledige perioden in het bestand): vraag de bron of er iets ontbreekt of dubbel in staat."
        ));
    }
    found
}

/// A quarter that comes twice: most of the rows stand in an earlier file of another name, be it under another key.
fn repeated(
    delivery: &Delivery,
    profile: &TableProfile,
    past: &[(&Past, &TableProfile)],
) -> Option<String> {
    let telling = |t: &TableProfile| t.prints.contents.distinct * 2 >= t.rows;
    let (share, other_key, name) = past
        .iter()
        .filter(|(p, _)| p.name != delivery.receipt.name)
        // A file that holds all of an earlier one and more is a source that delivers the year so far.
        .filter(|(_, t)| {
            let kept = t.prints.keys.share_in(&profile.prints.keys);
            !(profile.rows > t.rows && kept.is_some_and(|kept| kept >= 0.95))
        })
        .filter_map(|(p, t)| {
            let share = |now: &Print, then: &Print| now.share_in(then).unwrap_or(0.0);
            let same = share(&profile.prints.rows, &t.prints.rows);
            let alike = match telling(profile) && telling(t) {
                true => share(&profile.prints.contents, &t.prints.contents),
                false => 0.0,
            };
            Some((same.max(alike), alike > same + 0.1, &p.name))
                .filter(|(share, ..)| *share >= MOST)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let how = match other_key {
        true => "met dezelfde inhoud onder een andere sleutel",
        false => "onveranderd",
    };
    Some(format!(
        "Tabel {}: ongeveer {:.0} % van de {} rijen kwam {how} al met {name}: kijk na of die periode niet twee keer geleverd is.",
        profile.table,
        share * 100.0,
        profile.rows
    ))
}

/// Columns that have but one value, or none any more.
fn columns(
    mapping: &Mapping,
    contract: &Contract,
    profile: &TableProfile,
    past: &[(&Past, &TableProfile)],
) -> Vec<(String, &'static str, String)> {
    let shape = mapping.tables.iter().find(|t| t.name == profile.table);
    let taken = |name: &str| shape.and_then(|s| s.columns.get(name));
    let mut found = Vec::new();
    for column in &profile.columns {
        let constant = taken(&column.column).is_some_and(|c| matches!(c.take, Take::Const(_)));
        if constant || profile.rows < ROWS {
            continue;
        }
        let name = taken(&column.column)
            .and_then(|c| c.sources().next())
            .unwrap_or(&column.column);
        let earlier: Vec<_> = past
            .iter()
            .filter(|(_, t)| t.rows >= ROWS)
            .filter_map(|(_, t)| {
                let then = t.columns.iter().find(|c| c.column == column.column)?;
                Some((t.rows, then))
            })
            .collect();
        let always = |holds: &dyn Fn(u64, u64, u64) -> bool| {
            earlier.len() >= LEAST
                && earlier
                    .iter()
                    .all(|(rows, then)| holds(*rows, then.empty, then.distinct))
        };
        let filled = profile.rows - column.empty;
        if filled * 20 < profile.rows && always(&|rows, empty, _| empty * 2 <= rows) {
            found.push((
                column.column.clone(),
                "emptied",
                format!(
                    "Kolom {name} is ingevuld in {filled} van {} rijen, en was dat in elke levering ervoor in minstens de helft: kijk na of de kolom nog geleverd wordt.",
                    profile.rows
                ),
            ));
        }
        let varies = contract
            .columns
            .get(&column.column)
            .is_some_and(|c| c.varies);
        if column.distinct == 1
            && filled >= ROWS
            && (varies || always(&|_, _, distinct| distinct >= 2))
        {
            let value = match &column.lowest {
                Some(value) if !column.personal => format!(" ({value})"),
                _ => String::new(),
            };
            found.push((
                column.column.clone(),
                "constant",
                format!(
                    "Kolom {name} heeft in alle {filled} ingevulde rijen dezelfde waarde{value}: kijk na of dat geen opvulwaarde is."
                ),
            ));
        }
    }
    found
}

/// A delivery that runs up to a day too long ago, or to one that is still to come.
fn stale(mapping: &Mapping, until: NaiveDate, landed: NaiveDate) -> Option<String> {
    let late = (landed - until).num_days();
    match mapping.freshness.lag_days {
        _ if late < 0 => Some(format!(
            "De levering zegt volledig te zijn tot {until}, en kwam al binnen op {landed}: kijk de datum in de naam of de koppeling na."
        )),
        Some(allowed) if late > i64::from(allowed) => Some(format!(
            "De levering loopt tot {until} en kwam binnen op {landed}, {late} dagen later (afgesproken: {allowed}): vraag de bron om een recentere levering."
        )),
        _ => None,
    }
}

/// The day by which a source should have delivered again: as its mapping says, else within twice the longest gap so far
/// (from four days of delivery on). None while there is nothing to go by.
pub fn expected_by(mapping: &Mapping, landings: &[DateTime<Utc>], zone: Tz) -> Option<NaiveDate> {
    let mut days: Vec<NaiveDate> = landings
        .iter()
        .map(|at| at.with_timezone(&zone).date_naive())
        .collect();
    days.sort_unstable();
    days.dedup();
    let last = *days.last()?;
    let within = match mapping.freshness.every_days {
        Some(every) => u64::from(every),
        None if days.len() > LEAST => {
            let gaps = days.windows(2).map(|pair| (pair[1] - pair[0]).num_days());
            2 * u64::try_from(gaps.max()?).ok()?
        }
        None => return None,
    };
    last.checked_add_days(Days::new(within))
}
