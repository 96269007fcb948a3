//! files: what people take along: a series as CSV or JSON, a chart as SVG, a supplier's rows as CSV. Pure.

use beleidsinfo_warehouse::Language;
use beleidsinfo_warehouse::elsewhere::{Meaning, Theirs};
use beleidsinfo_warehouse::figure::COMPLETE_ENOUGH;
use beleidsinfo_warehouse::quality::StoredFinding;
use serde_json::{Value, json};

use crate::assess::assess;
use crate::charts::canvas::Finish;
use crate::charts::trend::{self, Width};
use crate::compare::{self, Caveat, Held};
use crate::drawing;
use crate::lens::Lens;
use crate::number;
use crate::pages::indicator::Focus;
use crate::sentence;

/// One cell; a text that a spreadsheet would take for a formula is kept a text.
fn cell(text: &str, separator: char) -> String {
    let number = text.trim_start_matches(['-', '\u{2212}']);
    let formula = text.starts_with(['=', '+', '@', '\t', '\r'])
        || text.starts_with('-') && !number.starts_with(|c: char| c.is_ascii_digit());
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_string()
    };
    if text.contains([separator, '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn csv(language: Language, rows: impl Iterator<Item = Vec<String>>) -> String {
    let separator = match language {
        Language::Nl => ';',
        Language::En => ',',
    };
    // The mark at the start makes Excel read UTF-8.
    let mut out = String::from("\u{feff}");
    for row in rows {
        let cells: Vec<String> = row.iter().map(|c| cell(c, separator)).collect();
        out.push_str(&cells.join(&separator.to_string()));
        out.push_str("\r\n");
    }
    out
}

pub fn series_csv(lens: &Lens, focus: &Focus) -> String {
    let (words, language) = (lens.words, lens.language());
    let measure = lens.measure(focus.indicator);
    let file = |v: Option<f64>| v.map_or_else(String::new, |v| number::in_file(round(v), language));
    let columns = [
        "csv-indicator",
        "csv-version",
        "csv-period",
        "csv-region-code",
        "csv-region",
        "csv-territory",
        "csv-slice",
        "csv-value",
        "csv-unit",
        "csv-state",
        "csv-n",
        "csv-status",
        "csv-completeness",
        "csv-target-lower",
        "csv-target-upper",
        "csv-peer",
        "csv-cutoff",
        "csv-origin",
    ];
    let head = columns.iter().map(|c| words.t(c)).collect();
    let rows = focus.periods.iter().map(|&period| {
        let figure = lens.figure(focus.indicator, period, &focus.region, &focus.slice);
        let reading = measure.read(figure);
        // Without a number there is nothing counted; a 0 would say otherwise.
        let counted = figure.filter(|_| reading.number.is_some());
        let target = lens.target(focus.indicator, period, &focus.region, &focus.slice);
        vec![
            focus.indicator.id.clone(),
            focus.indicator.version.clone(),
            period.code(),
            focus.region.clone(),
            lens.name(&focus.region, period.last_day()),
            lens.territory.code(),
            focus.slice.code(),
            file(reading.number),
            measure.unit_word(),
            words.named("state", figure.map_or("missing", |f| f.state.name())),
            counted.map_or_else(String::new, |f| f.n.to_string()),
            figure.map_or_else(String::new, |f| words.named("status", f.status.name())),
            file(figure.and_then(|f| f.completeness)),
            file(target.and_then(|t| t.lower)),
            file(target.and_then(|t| t.upper)),
            file(lens.peer(focus.indicator, period, &focus.region, &focus.slice)),
            lens.cutoff().to_string(),
            origin(lens),
        ]
    });
    csv(language, std::iter::once(head).chain(rows))
}

/// Beyond what a floating number knows there is only noise.
fn round(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// On every row, because rows travel without their file.
fn origin(lens: &Lens) -> String {
    if lens.snapshot.settings.organisation.synthetic {
        lens.words.t("synthetic-short")
    } else {
        lens.snapshot.settings.organisation.name.clone()
    }
}

pub fn series_json(lens: &Lens, focus: &Focus) -> Value {
    let measure = lens.measure(focus.indicator);
    let points: Vec<Value> = focus
        .periods
        .iter()
        .map(|&period| {
            let figure = lens.figure(focus.indicator, period, &focus.region, &focus.slice);
            let target = lens.target(focus.indicator, period, &focus.region, &focus.slice);
            json!({
                "period": period.code(),
                "value": figure.and_then(|f| measure.shown(f)).map(round),
                "state": figure.map_or("missing", |f| f.state.name()),
                "status": figure.map(|f| f.status.name()),
                "n": figure.filter(|f| measure.shown(f).is_some()).map(|f| f.n),
                "completeness": figure.and_then(|f| f.completeness),
                "target": target.and_then(|t| t.bound(focus.indicator.direction)),
                "target_lower": target.and_then(|t| t.lower),
                "target_upper": target.and_then(|t| t.upper),
                "target_id": target.map(|t| t.target_id.clone()),
                "compared": lens.peer(focus.indicator, period, &focus.region, &focus.slice).map(round),
                "address": figure.map(|f| f.address.code()),
            })
        })
        .collect();
    let mut assessment = assess(
        lens,
        focus.indicator,
        focus.period,
        &focus.region,
        &focus.slice,
    );
    compare::hold_back(lens, &mut assessment, &focus.slice);
    let own = assessment.own(&focus.slice);
    json!({
        "indicator": focus.indicator.id,
        "version": focus.indicator.version,
        "title": focus.indicator.title.get(lens.language()),
        "unit": focus.indicator.unit,
        "region": { "code": focus.region, "name": lens.name(&focus.region, lens.cutoff()) },
        "territory": lens.territory.code(),
        "slice": focus.slice.code(),
        "kind": focus.kind.name(),
        "cutoff": lens.cutoff().to_string(),
        "run": lens.run.run_id,
        "as_of": lens.as_of,
        "synthetic": lens.snapshot.settings.organisation.synthetic,
        "period": focus.period.code(),
        "sentence": sentence::of(lens, &assessment, own),
        "comparisons": compare::held(lens, own).iter().map(|h| comparison(lens, h)).collect::<Vec<_>>(),
        "complete_enough": COMPLETE_ENOUGH,
        "points": points,
    })
}

/// What the shown period is held against: its number, or why there is none, and what must be known beside it.
fn comparison(lens: &Lens, held: &Held) -> Value {
    let marks = held.marks.iter().map(|mark| {
        let mut told = json!({
            "mark": mark.key(),
            "text": mark.words(lens, held.period, true),
        });
        match mark {
            Caveat::Counted {
                there,
                all,
                without,
            } => {
                told["counted"] = json!(there);
                told["members"] = json!(all);
                told["without"] = json!(without);
            }
            Caveat::Mixed(codes) => told["mixed"] = json!(codes),
            Caveat::Version(version) | Caveat::Elsewhere(_, version) => {
                told["version"] = json!(version);
            }
            Caveat::Among(codes) => told["regions"] = json!(codes),
            Caveat::Provisional | Caveat::Invented => {}
        }
        told
    });
    json!({
        "against": held.against.code(),
        "label": held.label,
        "period": held.period.code(),
        "value": held.value.map(round),
        "refused": held.why.as_ref().map(|why| json!({ "why": why.key(), "text": why.words(lens) })),
        "marks": marks.collect::<Vec<_>>(),
        "elsewhere": held.theirs.iter().map(|theirs| elsewhere(lens, theirs)).collect::<Vec<_>>(),
    })
}

/// A figure of another installation as it stands in its release, and what it rests on.
fn elsewhere(lens: &Lens, theirs: &Theirs) -> Value {
    let (figure, basis) = (&theirs.figure, &theirs.basis);
    let version = &figure.address.version;
    json!({
        "address": figure.address.code(),
        "value": figure.value,
        "unit": basis.unit,
        "n": (figure.n > 0 || figure.value.is_some()).then_some(figure.n),
        "state": figure.state.name(),
        "status": figure.status.name(),
        "cutoff": figure.cutoff_on.to_string(),
        "same_certified_definition": theirs.meaning == Meaning::Same,
        "meaning": compare::meaning_words(lens, theirs.meaning, version),
        "definition": basis.definition,
        "organisation": basis.organisation,
        "publisher": basis.publisher,
        "licence": basis.licence,
        "release": basis.release,
        "file_sha256": basis.file_sha256,
        "report": {
            "says": basis.conformity.name(),
            "signed_by": basis.signed_by,
            "made_on": basis.reported_on.to_string(),
        },
        "synthetic": basis.synthetic,
    })
}

pub fn chart_svg(lens: &Lens, focus: &Focus) -> String {
    let trend = drawing::trend(
        lens,
        focus.indicator,
        &focus.region,
        &focus.slice,
        &focus.periods,
    );
    let cutoff = number::date(lens.cutoff(), lens.language());
    let mut note = vec![
        lens.words.with("cutoff", &[("date", &cutoff)]),
        trend.title.clone(),
    ];
    if lens.snapshot.settings.organisation.synthetic {
        note.insert(0, lens.words.t("synthetic-short"));
    }
    // What must be said comes first, so that a long title is what is cut.
    let note = trend::short(&note.join(" · "), 112);
    let finish = Finish::File { note: &note };
    trend::draw(&trend, Width::Wide, finish, |v, decimals| {
        number::decimal(v, decimals, lens.language())
    })
}

/// For the supplier: where each row stands, what is wrong, and the row itself.
pub fn findings_csv(words: crate::words::Words, found: &[StoredFinding]) -> String {
    let columns = [
        "csv-severity",
        "csv-line",
        "csv-record",
        "csv-table",
        "csv-column",
        "csv-rule",
        "csv-reason",
        "csv-replayed",
        "csv-raw",
    ];
    let head = columns.iter().map(|c| words.t(c)).collect();
    let rows = found.iter().map(|f| {
        vec![
            words.named("severity", &f.severity),
            f.line.to_string(),
            f.record.to_string(),
            f.table.clone(),
            f.column.clone(),
            f.rule.clone(),
            f.reason.clone(),
            f.replayed_batch.map_or_else(String::new, |b| b.to_string()),
            f.raw.clone(),
        ]
    });
    csv(words.language, std::iter::once(head).chain(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        let row = vec![
            "a;b".to_string(),
            "=1+1".into(),
            "-3,5".into(),
            "zeg \"ja\"".into(),
        ];
        let nl = csv(Language::Nl, [row.clone()].into_iter());
        assert_eq!(nl, "\u{feff}\"a;b\";'=1+1;-3,5;\"zeg \"\"ja\"\"\"\r\n");
        let en = csv(Language::En, [row].into_iter());
        assert!(en.starts_with("\u{feff}a;b,'=1+1,\"-3,5\","));
    }
}
