//! prove: builds the proof of a figure: everything it rests on, as of its run.

use std::collections::{BTreeMap, BTreeSet};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::NaiveDate;
use futures::TryStreamExt;
use serde_json::Value;

use crate::arrivals::{Found, Replayed};
use crate::compute::Inputs;
use crate::compute::facts::Facts;
use crate::compute::rollup::Rollup;
use crate::define::{Reads, tables_and_views};
use crate::error::{Doing, Result};
use crate::figure::{Address, Figure};
use crate::index::{FigureIndex, Run};
use crate::indicator::Indicator;
use crate::language::Text;
use crate::pack::{Pack, sha256_hex};
use crate::proof::{
    Break, Earlier, Proof, ProofAlarm, ProofDefinition, ProofFacts, ProofFigure, ProofFinding,
    ProofReplay, ProofSource, ProofView,
};
use crate::quality::{StoredDelivery, StoredFinding};
use crate::region::Territory;
use crate::session::sql_error;
use crate::words;

pub const FORMAT: &str = "mijnbeleidsinfo-proof/1";

/// How many facts a proof shows.
const SAMPLE: usize = 50;

/// What a proof is built from: everything as of the figure's run.
pub(crate) struct Evidence<'a> {
    pub index: &'a FigureIndex,
    pub run: &'a Run,
    pub pack: &'a Pack,
    pub reads: &'a Reads,
    pub inputs: &'a Inputs,
    pub deliveries: Vec<StoredDelivery>,
    pub findings: Vec<Found>,
    /// By source and SHA-256: the day from which the landed bytes are no longer there.
    pub expired: BTreeMap<(String, String), NaiveDate>,
    pub replayed: Vec<Replayed>,
    pub alarms: Vec<StoredFinding>,
    pub synthetic: bool,
}

pub(crate) async fn build(
    evidence: &Evidence<'_>,
    indicator: &Indicator,
    figure: &Figure,
) -> Result<Proof> {
    let Evidence {
        index,
        run,
        pack,
        inputs,
        ..
    } = evidence;
    let address = &figure.address;
    let tables = evidence
        .reads
        .get(&indicator.id)
        .cloned()
        .unwrap_or_default();
    let sources: Vec<ProofSource> = evidence
        .deliveries
        .iter()
        .filter(|d| !d.held && d.tables.iter().any(|t| tables.contains(t)))
        // A file read again with a changed mapping counts as it was read last.
        .filter(|d| {
            let same = |o: &&StoredDelivery| {
                !o.held && o.delivery == d.delivery && o.source_id == d.source_id
            };
            evidence
                .deliveries
                .iter()
                .filter(same)
                .all(|o| o.batch <= d.batch)
        })
        .map(|d| ProofSource {
            source_id: d.source_id.clone(),
            delivery: d.delivery.clone(),
            name: d.name.clone(),
            pulled_at: d.pulled_at,
            batch: d.batch,
            rows_read: d.rows_read,
            accepted: d.accepted,
            warned: d.warned,
            rejected: d.rejected,
            complete_until_on: d.complete_until_on,
            expired_on: evidence
                .expired
                .get(&(d.source_id.clone(), d.delivery.clone()))
                .copied(),
            let_through: d.because.clone(),
        })
        .collect();
    let ground = inputs.book.members(address.territory, &address.region);
    let mut findings: Vec<ProofFinding> = Vec::new();
    for f in &evidence.findings {
        let used = sources
            .iter()
            .any(|s| s.delivery == f.delivery && s.batch == f.batch);
        if !used || !ground.contains(&f.municipality) {
            continue;
        }
        match findings.iter_mut().find(|known| {
            (&known.delivery, &known.rule, &known.severity) == (&f.delivery, &f.rule, &f.severity)
        }) {
            Some(known) => known.rows += f.rows,
            None => findings.push(ProofFinding {
                delivery: f.delivery.clone(),
                rule: f.rule.clone(),
                severity: f.severity.clone(),
                rows: f.rows,
            }),
        }
    }
    let replays = replays(evidence, &sources, &ground);
    let alarms = evidence.alarms.iter().filter(|a| {
        let used = |s: &ProofSource| s.delivery == a.delivery && s.batch == a.batch;
        sources.iter().any(used) && (a.table.is_empty() || tables.contains(&a.table))
    });
    let alarms = alarms
        .map(|a| ProofAlarm {
            delivery: a.delivery.clone(),
            table: a.table.clone(),
            rule: a.rule.clone(),
            severity: a.severity.clone(),
            reason: a.reason.clone(),
        })
        .collect();
    let breaks = match address.territory {
        Territory::Vintage(_) | Territory::Planned(_) => Vec::new(),
        Territory::AsRecorded => {
            let first = index
                .series(&crate::index::Series::of(address), run.run_id)
                .first()
                .map_or(address.period.start(), |f| f.address.period.start());
            inputs
                .book
                .breaks(&address.region, first, run.cutoff_on)
                .into_iter()
                .map(|c| Break {
                    on: c.on,
                    kind: format!("{:?}", c.kind).to_lowercase(),
                    from: c.from.clone(),
                    to: c.to.clone(),
                    from_name: inputs
                        .book
                        .name(&c.from, c.on.pred_opt().unwrap_or(c.on))
                        .to_string(),
                })
                .collect()
        }
    };
    let (_, views) = tables_and_views(&inputs.session, pack, &indicator.sql);
    let view = |name: &String| {
        let sql = pack.views.get(name)?;
        Some(ProofView {
            name: name.clone(),
            sql: sql.clone(),
            hash: sha256_hex(sql),
        })
    };
    let cutoff = inputs
        .cutoffs
        .get(&indicator.id)
        .copied()
        .unwrap_or(figure.cutoff_on);
    let region_name = inputs
        .book
        .name_on(
            address.territory,
            address.period.last_day(),
            &address.region,
        )
        .to_string();
    let torn = inputs
        .book
        .torn_by(
            address.territory,
            address.period.last_day(),
            &address.region,
        )
        .map(|by| inputs.book.name(&by.to, by.on));
    let mut proof = Proof {
        format: FORMAT.into(),
        address: address.code(),
        synthetic: evidence.synthetic,
        words: words::calculation(indicator, figure, &region_name, torn),
        figure: proof_figure(figure, region_name, run.run_id),
        definition: ProofDefinition {
            title: indicator.title.clone(),
            definition: indicator.definition.clone(),
            method: indicator.method.clone(),
            kind: indicator.kind.name().into(),
            quantile: indicator.quantile,
            per: indicator.per,
            unit: indicator.unit.clone(),
            owner: indicator.owner.clone(),
            reviewed_on: indicator.reviewed_on,
            status: indicator.stage,
            legal: indicator.legal.as_ref().map(|l| Text::new(&l.nl, &l.en)),
            sql: indicator.sql.clone(),
            sql_hash: sha256_hex(&indicator.sql),
            sql_as_run: indicator
                .sql
                .replace("$cutoff", &format!("date '{cutoff}'")),
            views: views.iter().filter_map(view).collect(),
            tables: tables.into_iter().collect(),
        },
        run: (*run).clone(),
        sources,
        findings,
        replays,
        alarms,
        checks: run
            .checks
            .iter()
            .filter(|c| c.indicator.is_empty() || c.indicator == indicator.id)
            .map(|c| c.for_ground(&ground))
            .collect(),
        earlier: earlier(index, address, run.run_id),
        breaks,
        facts: facts_behind(inputs, indicator, cutoff, address).await?,
        hash: String::new(),
    };
    proof.run.checks.clear(); // those of this indicator stand in `checks`
    proof.hash = hash(&proof)?;
    Ok(proof)
}

/// What became of rejected records of this ground in the files that were read again, oldest first.
fn replays(
    evidence: &Evidence,
    sources: &[ProofSource],
    ground: &BTreeSet<String>,
) -> Vec<ProofReplay> {
    let mut found: Vec<ProofReplay> = Vec::new();
    for r in &evidence.replayed {
        let reading = |batch: i64| {
            evidence
                .deliveries
                .iter()
                .find(|d| d.batch == batch && d.source_id == r.source_id)
        };
        let used = sources
            .iter()
            .any(|s| s.delivery == r.delivery && s.source_id == r.source_id);
        let (Some(before), Some(after), true) =
            (reading(r.rejected_in), reading(r.accepted_in), used)
        else {
            continue;
        };
        let (records, unplaced) = match r.municipality.as_str() {
            "" => (0, r.records),
            code if ground.contains(code) => (r.records, 0),
            _ => continue,
        };
        match found
            .iter_mut()
            .find(|known| (known.rejected_in, known.accepted_in) == (r.rejected_in, r.accepted_in))
        {
            Some(known) => {
                known.records += records;
                known.unplaced += unplaced;
            }
            None => found.push(ProofReplay {
                source_id: r.source_id.clone(),
                delivery: r.delivery.clone(),
                name: after.name.clone(),
                rejected_in: r.rejected_in,
                accepted_in: r.accepted_in,
                mapping_before: before.mapping_hash.clone(),
                mapping_after: after.mapping_hash.clone(),
                records,
                unplaced,
            }),
        }
    }
    found
}

fn proof_figure(figure: &Figure, region_name: String, run: i64) -> ProofFigure {
    let a = &figure.address;
    ProofFigure {
        indicator_id: a.indicator.to_string(),
        version: a.version.to_string(),
        period: a.period.code(),
        period_start: a.period.start(),
        period_end: a.period.end(),
        territory: a.territory.code(),
        region_code: a.region.to_string(),
        region_name,
        slice: a.slice.code(),
        n: figure.n,
        numerator: figure.numerator.map(decimal),
        denominator: figure.denominator.map(decimal),
        value: figure.value,
        state: figure.state.name().into(),
        status: figure.status.name().into(),
        completeness: figure.completeness,
        cutoff_on: figure.cutoff_on,
        run_from: figure.run_from,
        // As of then: a later run is not known yet.
        run_until: figure.run_until.filter(|until| *until <= run),
    }
}

/// Millionths as a plain decimal.
pub(crate) fn decimal(millionths: i128) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let (whole, rest) = (
        millionths.unsigned_abs() / 1_000_000,
        millionths.unsigned_abs() % 1_000_000,
    );
    if rest == 0 {
        format!("{sign}{whole}")
    } else {
        format!(
            "{sign}{whole}.{}",
            format!("{rest:06}").trim_end_matches('0')
        )
    }
}

fn earlier(index: &FigureIndex, address: &Address, run: i64) -> Vec<Earlier> {
    let history = index.history(address);
    history
        .windows(2)
        .filter(|pair| pair[1].run_from <= run)
        .filter_map(|pair| {
            let (old, new) = (index.run(pair[0].run_from)?, index.run(pair[1].run_from)?);
            let before = index
                .runs()
                .rev()
                .find(|r| r.run_id < new.run_id)
                .unwrap_or(old);
            let data = (new.batch > before.batch).then(|| match new.batch - before.batch {
                1 => (
                    format!("levering {} kwam binnen", new.batch),
                    format!("delivery {} came in", new.batch),
                ),
                _ => (
                    format!(
                        "leveringen {} tot {} kwamen binnen",
                        before.batch + 1,
                        new.batch
                    ),
                    format!("deliveries {} to {} came in", before.batch + 1, new.batch),
                ),
            });
            let definition = (new.definitions_hash != before.definitions_hash).then(|| {
                (
                    "de definities veranderden".to_string(),
                    "the definitions changed".to_string(),
                )
            });
            let program = (new.program != before.program).then(|| {
                (
                    format!("het programma werd versie {}", new.program),
                    format!("the program became version {}", new.program),
                )
            });
            let reasons: Vec<_> = [data, definition, program].into_iter().flatten().collect();
            let join = |of: fn(&(String, String)) -> &String, and: &str| {
                reasons
                    .iter()
                    .map(of)
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(and)
            };
            Some(Earlier {
                run: old.run_id,
                batch: old.batch,
                at: old.finished_at,
                n: pair[0].n,
                value: pair[0].value,
                state: pair[0].state.name().into(),
                why_changed: Text::new(join(|r| &r.0, " en "), join(|r| &r.1, " and ")),
            })
        })
        .collect()
}

async fn facts_behind(
    inputs: &Inputs,
    indicator: &Indicator,
    cutoff: chrono::NaiveDate,
    address: &Address,
) -> Result<ProofFacts> {
    let path = format!("indicators/{}/{}/facts.sql", indicator.theme, indicator.id);
    let failed = |e| sql_error(&path, &indicator.sql, &e);
    let doing = || format!("cannot show the facts behind {}", address.code());
    let plan = inputs.session.facts_plan(indicator, cutoff).await?;
    let mut stream = inputs.session.stream(plan).await.map_err(failed)?;
    let rollup = Rollup::new(indicator, &inputs.book, Vec::new(), cutoff);
    let mut columns = Vec::new();
    let mut lines = Vec::new();
    while let Some(batch) = stream.try_next().await.map_err(failed)? {
        let facts = Facts::decode(indicator, &batch)?;
        columns = batch
            .schema()
            .fields()
            .iter()
            .map(|f| f.name().clone())
            .collect();
        let options = FormatOptions::default();
        let formatters = batch
            .columns()
            .iter()
            .map(|c| ArrayFormatter::try_new(c.as_ref(), &options))
            .collect::<std::result::Result<Vec<_>, _>>()
            .storing(doing)?;
        for row in 0..facts.rows {
            if rollup.holds(&facts, row, address) {
                lines.push(
                    formatters
                        .iter()
                        .map(|f| f.value(row).to_string())
                        .collect::<Vec<_>>(),
                );
            }
        }
    }
    lines.sort();
    let canonical: Vec<String> = lines.iter().map(|l| l.join("\t")).collect();
    Ok(ProofFacts {
        rows: lines.len() as i64,
        digest: sha256_hex(canonical.join("\n")),
        columns,
        sample: lines.into_iter().take(SAMPLE).collect(),
    })
}

/// SHA-256 over the proof without `hash`, names sorted, no white space.
pub(crate) fn hash(proof: &Proof) -> Result<String> {
    let mut value = serde_json::to_value(proof).storing(|| "cannot write the proof".into())?;
    if let Some(object) = value.as_object_mut() {
        object.remove("hash");
    }
    let mut text = String::new();
    canonical(&value, &mut text);
    Ok(sha256_hex(text))
}

fn canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(object) => {
            let mut names: Vec<&String> = object.keys().collect();
            names.sort();
            out.push('{');
            for (i, name) in names.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(name.clone()).to_string());
                out.push(':');
                canonical(&object[name], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                canonical(item, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}
