//! proof: where one figure comes from, written for somebody who has never seen SQL.

use std::collections::BTreeMap;

use askama::Template;
use beleidsinfo_warehouse::figure::{Address, Slice, State};
use beleidsinfo_warehouse::gateway::Snapshot;
use beleidsinfo_warehouse::indicator::{Direction, Indicator, Kind};
use beleidsinfo_warehouse::proof::{Proof, ProofFinding, ProofReplay};
use beleidsinfo_warehouse::{Language, Text};
use chrono::NaiveDate;
use serde_json::json;

use crate::asked::escape;
use crate::lens::Lens;
use crate::number;
use crate::page::{Page, Visit, zone};
use crate::pages::odd::Alarm;
use crate::reading::Measure;
use crate::rules;
use crate::trouble::{Outcome, Trouble};

pub struct Source {
    pub ok: bool,
    pub name: String,
    pub source: String,
    pub short: String,
    pub hash: String,
    pub href: String,
    pub read: String,
    pub accepted: String,
    pub warned: String,
    pub rejected: String,
    pub pulled: String,
    pub batch: String,
    pub until: String,
    /// The day its landed bytes were taken out; empty while they are there.
    pub expired: String,
}

pub struct Check {
    pub passed: bool,
    pub name: String,
    pub finding: String,
}

/// The rows that broke one rule, over all files.
pub struct Finding {
    pub rule: String,
    pub rows: String,
    pub in_files: String,
    /// Name, rows and address.
    pub files: Vec<(String, String, String)>,
}

pub struct Earlier {
    pub value: String,
    pub n: String,
    pub at: String,
    pub run: String,
    pub why: String,
    /// The page that splits the step to the next value.
    pub change: String,
}

#[derive(Template)]
#[template(path = "proof.html")]
struct ProofPage {
    page: Page,
    heading: String,
    value: String,
    unit: String,
    is_word: bool,
    note: String,
    state: String,
    where_and_when: String,
    words: String,
    /// Numerator, denominator and result, where a figure is one division of plain numbers.
    sum: Option<(String, String, String)>,
    indicator: String,
    definition: String,
    method: String,
    about: String,
    legal: String,
    sql: String,
    sql_hash: String,
    views: Vec<(String, String)>,
    tables: String,
    sources: Vec<Source>,
    /// The page with only the files that gave rows of this ground.
    lineage: String,
    /// What became of rejected rows that were read again.
    replays: Vec<(String, String)>,
    alarms: Vec<Alarm>,
    rejected: Vec<Finding>,
    warned: Vec<Finding>,
    checks: Vec<Check>,
    passed: String,
    all_passed: bool,
    earlier: Vec<Earlier>,
    breaks: Vec<(String, String)>,
    facts: String,
    columns: Vec<String>,
    raw_columns: String,
    sample: Vec<Vec<String>>,
    digest: String,
    computed: String,
    run: Vec<(String, String)>,
    verify: String,
    json: String,
    hash: String,
}

/// Exists only so that a definition that is gone can still show its old figures.
fn of_proof(proof: &Proof, snapshot: &Snapshot) -> Indicator {
    let definition = &proof.definition;
    if let Some(known) = snapshot.pack.indicators.get(&proof.figure.indicator_id) {
        return Indicator {
            unit: definition.unit.clone(),
            ..known.clone()
        };
    }
    let kind = serde_json::from_value(json!(definition.kind)).unwrap_or(Kind::Count);
    Indicator {
        id: proof.figure.indicator_id.clone(),
        theme: String::new(),
        sql: definition.sql.clone(),
        version: proof.figure.version.clone(),
        title: definition.title.clone(),
        question: definition.title.clone(),
        definition: definition.definition.clone(),
        method: definition.method.clone(),
        kind,
        quantile: definition.quantile,
        survival: None,
        denominator: None,
        per: definition.per,
        slices: vec![vec![]],
        periods: vec![],
        unit: definition.unit.clone(),
        decimals: None,
        direction: Direction::Neutral,
        final_after: "P0D".into(),
        minimum_group: 0,
        owner: definition.owner.clone(),
        reviewed_on: definition.reviewed_on,
        review_every: None,
        stage: definition.status,
        legal: None,
        counted: Text::new("feiten", "facts"),
        counted_one: Some(Text::new("feit", "fact")),
    }
}

pub fn render(lens: &Lens, visit: &Visit, address: &Address, proof: &Proof) -> Outcome<String> {
    let (words, language) = (lens.words, lens.language());
    let figure = &proof.figure;
    let definition = &proof.definition;
    let indicator = of_proof(proof, lens.snapshot);
    let measure = Measure {
        indicator: &indicator,
        words,
    };
    let state = State::parse(&figure.state)
        .ok_or_else(|| Trouble::not_found("figure", proof.address.clone()))?;
    let shown = match state {
        State::Value | State::Zero => figure.value.or(Some(0.0)),
        _ => None,
    };
    let value = shown.map_or_else(|| words.named("state", &figure.state), |v| measure.text(v));
    let unit = shown.map_or_else(String::new, |_| measure.unit());
    let whole = |n: i64| number::whole(n, language);
    let zone = zone(lens);
    let date = |on| number::date(on, language);
    let period = address.period.label(language);
    let slice = Slice::parse(&figure.slice).unwrap_or_default();
    let mut place = vec![figure.region_name.clone(), period.clone()];
    if !slice.is_total() {
        place.push(lens.slice_label(&slice));
    }
    place.push(lens.territory_label(address.territory));
    let passed = proof.checks.iter().filter(|c| c.passed).count();
    let counts = [
        ("passed", whole(passed as i64)),
        ("all", whole(proof.checks.len() as i64)),
    ];
    let title = definition.title.get(language).to_string();
    let columns = &proof.facts.columns;
    let view = ProofPage {
        page: Page::new(
            visit,
            words.with("proof-title", &[("title", &title)]),
            "indicators",
        )
        .over(lens, visit),
        heading: title,
        note: if shown.is_none() {
            words.named("state-note", &figure.state)
        } else {
            String::new()
        },
        state: words.named("status", &figure.status),
        where_and_when: place.join(" · "),
        words: proof.words.get(language).to_string(),
        sum: sum(proof, indicator.kind, &value, &unit, language),
        indicator: format!(
            "/{}/indicators/{}?region={}&period={}&territory={}&slice={}",
            language.code(),
            figure.indicator_id,
            escape(&figure.region_code),
            figure.period,
            figure.territory,
            escape(&figure.slice),
        ),
        definition: definition.definition.get(language).to_string(),
        method: definition
            .method
            .as_ref()
            .map_or_else(String::new, |m| m.get(language).to_string()),
        about: words.with(
            "proof-about",
            &[
                ("id", &format!("{} {}", figure.indicator_id, figure.version)),
                (
                    "date",
                    &definition
                        .reviewed_on
                        .map_or_else(|| words.t("never-reviewed"), date),
                ),
                ("owner", &definition.owner),
            ],
        ),
        legal: definition
            .legal
            .as_ref()
            .map_or_else(String::new, |l| l.get(language).to_string()),
        sql: definition.sql_as_run.clone(),
        sql_hash: definition.sql_hash.clone(),
        views: definition
            .views
            .iter()
            .map(|v| (v.name.clone(), v.sql.clone()))
            .collect(),
        tables: definition.tables.join(", "),
        sources: sources(lens, proof, zone),
        lineage: {
            let as_of = lens.as_of.as_deref();
            let as_of = as_of.map_or_else(String::new, |at| format!("?as_of={}", escape(at)));
            format!("/{}/lineage/{}{as_of}", language.code(), proof.address)
        },
        replays: replays(lens, proof),
        alarms: alarms(lens, proof),
        rejected: findings(lens, proof, "reject"),
        warned: findings(lens, proof, "warn"),
        checks: proof
            .checks
            .iter()
            .map(|c| Check {
                passed: c.passed,
                name: match &c.title {
                    Some(title) => title.get(language).to_string(),
                    None => words.named("check", &c.check),
                },
                finding: c.finding.get(language).to_string(),
            })
            .collect(),
        passed: words.with(
            "checks-passed",
            &[("passed", &counts[0].1), ("all", &counts[1].1)],
        ),
        all_passed: passed == proof.checks.len(),
        earlier: proof
            .earlier
            .iter()
            .enumerate()
            .rev()
            .map(|(at, e)| Earlier {
                change: {
                    let next = proof.earlier.get(at + 1).map(|next| next.run);
                    format!(
                        "/{}/changes/{}?from={}&to={}",
                        language.code(),
                        proof.address,
                        e.run,
                        next.unwrap_or(figure.run_from)
                    )
                },
                value: match (e.value, e.state.as_str()) {
                    (Some(v), "value" | "zero") => measure.with_unit(v),
                    _ => words.named("state", &e.state),
                },
                n: whole(e.n),
                at: number::moment(e.at, zone, language),
                run: words.with(
                    "run-batch",
                    &[("run", &whole(e.run)), ("batch", &whole(e.batch))],
                ),
                why: e.why_changed.get(language).to_string(),
            })
            .collect(),
        breaks: proof
            .breaks
            .iter()
            .map(|b| {
                let text = if b.from == b.to {
                    words.t("break-enlarged")
                } else if b.to == figure.region_code {
                    words.with("break-joined", &[("name", &b.from_name)])
                } else {
                    words.with("break-left", &[("name", &b.to)])
                };
                (date(b.on), text)
            })
            .collect(),
        facts: measure.facts(proof.facts.rows),
        columns: columns.iter().map(|c| words.named("fact", c)).collect(),
        raw_columns: columns.join(", "),
        sample: proof
            .facts
            .sample
            .iter()
            .map(|row| {
                let cells = columns.iter().zip(row);
                cells.map(|(c, v)| fact(lens, c, v)).collect()
            })
            .collect(),
        digest: proof.facts.digest.clone(),
        computed: number::moment(proof.run.finished_at, zone, language),
        run: vec![
            (words.t("run"), whole(proof.run.run_id)),
            (words.t("batch"), whole(proof.run.batch)),
            (words.t("program"), proof.run.program.clone()),
            (
                words.t("definitions-hash"),
                proof.run.definitions_hash.clone(),
            ),
        ],
        verify: format!("beleidsinfo proof verify '{}'", proof.address),
        json: format!(
            "/api/figures/{}?run={}",
            proof.address,
            proof.figure.run_from.max(lens.run.run_id)
        ),
        hash: proof.hash.clone(),
        is_word: shown.is_none(),
        value,
        unit,
    };
    Ok(view.render()?)
}

/// What was odd about the deliveries it rests on.
fn alarms(lens: &Lens, proof: &Proof) -> Vec<Alarm> {
    let named = proof.alarms.iter().map(|alarm| {
        let source = proof.sources.iter().find(|s| s.delivery == alarm.delivery);
        Alarm {
            href: format!("/{}/quality/{}", lens.language().code(), alarm.delivery),
            file: source.map_or_else(String::new, |s| s.name.clone()),
            rule: rules::name(lens.words, Some(&lens.snapshot.pack), &alarm.rule),
            reason: alarm.reason.clone(),
            reject: alarm.severity == "reject",
        }
    });
    named.collect()
}

/// By rule, most rows first, with the files they stand in.
fn findings(lens: &Lens, proof: &Proof, severity: &str) -> Vec<Finding> {
    let (words, language) = (lens.words, lens.language());
    let mut by_rule: BTreeMap<&str, Vec<&ProofFinding>> = BTreeMap::new();
    for finding in proof.findings.iter().filter(|f| f.severity == severity) {
        by_rule.entry(&finding.rule).or_default().push(finding);
    }
    let mut rules: Vec<_> = by_rule.into_iter().collect();
    let rows = |of: &[&ProofFinding]| of.iter().map(|f| f.rows).sum::<i64>();
    rules.sort_by_key(|(_, of)| -rows(of));
    let file = |f: &ProofFinding| {
        let source = proof.sources.iter().find(|s| s.delivery == f.delivery);
        let short = || f.delivery.chars().take(8).collect();
        let (code, rule) = (language.code(), escape(&f.rule));
        (
            source.map_or_else(short, |s| s.name.clone()),
            number::whole(f.rows, language),
            format!("/{code}/quality/{}?rule={rule}", f.delivery),
        )
    };
    rules
        .into_iter()
        .map(|(rule, of)| Finding {
            rule: rules::name(words, Some(&lens.snapshot.pack), rule),
            rows: number::whole(rows(&of), language),
            in_files: words.with(
                "proof-in-files",
                &[("count", &number::whole(of.len() as i64, language))],
            ),
            files: of.into_iter().map(file).collect(),
        })
        .collect()
}

/// A cell of the sample as people write it; codes stay as they are in the data.
fn fact(lens: &Lens, column: &str, value: &str) -> String {
    let (words, language) = (lens.words, lens.language());
    let duration = || {
        value
            .strip_prefix("PT")?
            .strip_suffix('S')?
            .parse::<f64>()
            .ok()
    };
    if let Ok(on) = value.parse::<NaiveDate>() {
        return number::short_date(on, language);
    }
    if let Some(seconds) = duration() {
        let hours = number::decimal(seconds / 3600.0, 1, language);
        return number::with_unit(&hours, &words.t("unit-hours"), language);
    }
    match (column, value) {
        (_, "true") => words.t("yes"),
        (_, "false") => words.t("no"),
        ("until_on", "") => words.t("fact-open"),
        ("channel", _) => lens.slice_value(column, value),
        ("side", _) => words.named("fact-side", value),
        ("value" | "numerator" | "denominator", _) if value.parse::<f64>().is_ok() => {
            number::trimmed(value, language)
        }
        _ => value.to_string(),
    }
}

/// The division, where both sides are plain numbers people can check by hand.
fn sum(
    proof: &Proof,
    kind: Kind,
    value: &str,
    unit: &str,
    language: Language,
) -> Option<(String, String, String)> {
    if !matches!(kind, Kind::Share | Kind::Ratio | Kind::Rate) || proof.figure.state != "value" {
        return None;
    }
    let top = number::trimmed(proof.figure.numerator.as_ref()?, language);
    let bottom = number::trimmed(proof.figure.denominator.as_ref()?, language);
    let top = match (kind, proof.definition.per) {
        (Kind::Rate, Some(per)) => format!("{top} × {}", number::whole(per.into(), language)),
        _ => top,
    };
    Some((top, bottom, number::with_unit(value, unit, language)))
}

/// One sentence each, and the address of the rows.
fn replays(lens: &Lens, proof: &Proof) -> Vec<(String, String)> {
    let (words, language) = (lens.words, lens.language());
    let short = |hash: &str| hash.chars().take(8).collect::<String>();
    let sentence = |r: &ProofReplay| {
        let key = match r.mapping_before == r.mapping_after {
            true => "proof-replay-let-through",
            false => "proof-replay",
        };
        words.with(
            key,
            &[
                ("records", &number::whole(r.records + r.unplaced, language)),
                ("unplaced", &number::whole(r.unplaced, language)),
                ("file", &r.name),
                ("rejected", &number::whole(r.rejected_in, language)),
                ("accepted", &number::whole(r.accepted_in, language)),
                ("before", &short(&r.mapping_before)),
                ("after", &short(&r.mapping_after)),
            ],
        )
    };
    let href = |r: &ProofReplay| format!("/{}/quality/{}", language.code(), r.delivery);
    proof
        .replays
        .iter()
        .map(|r| (sentence(r), href(r)))
        .collect()
}

fn sources(lens: &Lens, proof: &Proof, zone: chrono_tz::Tz) -> Vec<Source> {
    let language = lens.language();
    let whole = |n: i64| number::whole(n, language);
    proof
        .sources
        .iter()
        .map(|s| Source {
            ok: s.rejected == 0,
            name: s.name.clone(),
            source: s.source_id.clone(),
            short: s.delivery.chars().take(8).collect(),
            hash: s.delivery.clone(),
            href: format!("/{}/quality/{}", language.code(), s.delivery),
            read: whole(s.rows_read),
            accepted: whole(s.accepted),
            warned: whole(s.warned),
            rejected: whole(s.rejected),
            pulled: number::short_moment(s.pulled_at, zone, language),
            batch: whole(s.batch),
            until: super::quality::until(lens.words, &s.source_id, s.complete_until_on),
            expired: s
                .expired_on
                .map_or_else(String::new, |on| number::date(on, language)),
        })
        .collect()
}
