//! arrivals: what was delivered and what was published.

use super::*;

pub(super) fn deliveries() -> Vec<StoredDelivery> {
    let delivery = |source: &str,
                    name: &str,
                    at: &str,
                    batch,
                    read: i64,
                    rejected: i64,
                    warned: i64| {
        StoredDelivery {
                delivery: pack::sha256_hex(name),
                source_id: source.into(),
                mapping_hash: pack::sha256_hex(source),
                name: name.into(),
                bytes: read * 94,
                rows_read: read,
                accepted: read - rejected,
                warned,
                rejected,
                pulled_at: time(at),
                stored_at: time(at),
                batch,
                complete_until_on: (source != "statbel").then(|| day("2025-12-31")),
                tables: vec!["cases".into()],
                held: name.contains("aanvulling"),
                because: name.contains("aanvulling").then(|| {
                    "812 van 1204 records afgekeurd (67,4 %), en de grens van deze bron is 50 %: kijk de bevindingen na, verbeter de koppeling of het bestand, of laat het bewust door.".into()
                }),
            }
    };
    vec![
        delivery(
            "omgevingsloket",
            "omgevingsloket_2025-12_aanvulling.csv.gz",
            "2026-01-04T02:15:00Z",
            418,
            1204,
            4,
            2,
        ),
        delivery(
            "omgevingsloket",
            "omgevingsloket_2025-12.csv.gz",
            "2026-01-02T02:15:00Z",
            411,
            18204,
            9,
            1,
        ),
        delivery(
            "klachten",
            "klachtenregister_2025.xlsx",
            "2026-01-01T09:30:00Z",
            402,
            731,
            0,
            0,
        ),
        delivery(
            "statbel",
            "TF_SOC_POP_STRUCT_2025.zip",
            "2025-11-20T12:00:00Z",
            380,
            542_110,
            0,
            0,
        ),
    ]
}

pub(super) fn alarm(of: &StoredDelivery) -> StoredFinding {
    StoredFinding {
        delivery: of.delivery.clone(),
        source_id: of.source_id.clone(),
        record: 0,
        line: 0,
        rule: "volume".into(),
        severity: "warn".into(),
        table: "cases".into(),
        column: String::new(),
        municipality_code: None,
        reason: "Tabel cases: 274 rijen van 2024, waar er 1417 gewoon zijn (mediaan van de 3 leveringen ervoor): vraag de bron of er iets ontbreekt of dubbel in staat.".into(),
        raw: String::new(),
        batch: of.batch,
        replayed_batch: None,
    }
}

pub(super) fn profile(of: &StoredDelivery) -> TableProfile {
    let rows = of.accepted.unsigned_abs();
    let column =
        |name: &str, empty, distinct, ends: (&str, &str), top: &[(&str, u64)]| ColumnProfile {
            column: name.into(),
            personal: name == "applicant_key",
            empty,
            distinct,
            exact: distinct < 4096,
            lowest: Some(ends.0.to_string()).filter(|t| !t.is_empty()),
            highest: Some(ends.1.to_string()).filter(|t| !t.is_empty()),
            top: top.iter().map(|(v, n)| ((*v).to_string(), *n)).collect(),
        };
    TableProfile {
        table: "cases".into(),
        rows,
        columns: vec![
            column(
                "case_id",
                0,
                rows,
                ("OMV_2025_0001", "OMV_2025_9999"),
                &[("OMV_2025_0001", 1)],
            ),
            column(
                "channel",
                0,
                3,
                ("counter", "post"),
                &[("digital", 700), ("counter", 400)],
            ),
            column(
                "received_on",
                0,
                31,
                ("2025-12-01", "2025-12-31"),
                &[("2025-12-01", 60)],
            ),
            column(
                "decided_on",
                rows / 3,
                200,
                ("2025-12-09", "2025-12-31"),
                &[("2025-12-12", 21)],
            ),
            column("applicant_key", 0, 950, ("", ""), &[]),
            column("promised_on", rows, 0, ("", ""), &[]),
        ],
        months: BTreeMap::from([("2025-12".to_string(), rows)]),
        prints: Default::default(),
    }
}

pub(super) fn releases() -> Vec<Release> {
    let release = |run: i64| Release {
        dataset: "ov_tijdig".into(),
        version: format!("1.2.0-2025-12-31-{run}"),
        title: Text::new(
            "Beslist binnen de wettelijke termijn",
            "Decided within the legal term",
        ),
        definition: Text::new(
            "Het deel van de omgevingsvergunningen waarover op tijd beslist is.",
            "The part of permits decided in time.",
        ),
        method: Some(Text::new(
            "Een dossier dat over zijn termijn open staat, telt als te laat.",
            "A case open past its term counts as late.",
        )),
        unit: "%".into(),
        licence: "https://data.vlaanderen.be/id/licentie/modellicentie-gratis-hergebruik/v1.0"
            .into(),
        publisher: "Intercommunale Voorbeeld".into(),
        contact: "data@example.org".into(),
        period_start: day("2022-01-01"),
        period_end: day("2026-01-01"),
        cutoff_on: day("2025-12-31"),
        synthetic: true,
        published_at: time("2026-01-06T08:00:00Z"),
        run_id: run,
        definitions_hash: pack::sha256_hex("definitions"),
        meaning: pack::sha256_hex("ov_tijdig"),
        rows: 4310,
        suppressed: 212,
        minimum_group: 5,
        files: [
            ("data.csv", "text/csv; charset=utf-8", 220_000),
            ("data.parquet", "application/vnd.apache.parquet", 41_000),
            ("proof.json", "application/json", 9_000),
        ]
        .map(|(name, media, bytes)| ReleaseFile {
            name: name.into(),
            media_type: media.into(),
            bytes,
            sha256: pack::sha256_hex(name),
        })
        .to_vec(),
    };
    vec![release(4), release(3)]
}

pub(super) fn planned() -> Vec<PlannedSource> {
    let planned = |source: &str, schedule: Option<&str>, next: Option<&str>| PlannedSource {
        source_id: source.into(),
        schedule: schedule.map(Into::into),
        next_at: next.map(time),
    };
    vec![
        planned("klachten", None, None),
        planned(
            "omgevingsloket",
            Some("15 2 * * *"),
            Some("2026-01-06T01:15:00Z"),
        ),
        planned("statbel", Some("0 6 1 * *"), Some("2026-02-01T05:00:00Z")),
    ]
}

/// Newest first.
pub(super) fn attempts() -> Vec<Attempt> {
    let attempt =
        |source: &str, at: &str, verb, trigger, outcome, counts: (u64, u64, u64), message: &str| {
            Attempt {
                source_id: source.into(),
                verb,
                trigger,
                started_at: time(at),
                finished_at: time(at) + chrono::TimeDelta::milliseconds(1_840),
                outcome,
                files: counts.0,
                accepted: counts.1,
                rejected: counts.2,
                message: message.into(),
            }
        };
    let (scheduled, hand) = (Trigger::Schedule, Trigger::Hand);
    vec![
        attempt(
            "statbel",
            "2026-01-05T06:16:00Z",
            Verb::Pull,
            Trigger::Retry,
            Outcome::Failed,
            (0, 0, 0),
            "no file matches raw/statbel/*.zip (put the files there, or mend `location` in the mapping)",
        ),
        attempt(
            "statbel",
            "2026-01-05T06:00:00Z",
            Verb::Pull,
            scheduled,
            Outcome::Failed,
            (0, 0, 0),
            "no file matches raw/statbel/*.zip (put the files there, or mend `location` in the mapping)",
        ),
        attempt(
            "omgevingsloket",
            "2026-01-05T01:15:03Z",
            Verb::Store,
            scheduled,
            Outcome::Done,
            (1, 1_200, 4),
            "",
        ),
        attempt(
            "omgevingsloket",
            "2026-01-05T01:15:00Z",
            Verb::Pull,
            scheduled,
            Outcome::Done,
            (1, 0, 0),
            "",
        ),
        attempt(
            "klachten",
            "2026-01-02T09:31:00Z",
            Verb::Store,
            hand,
            Outcome::Stopped,
            (0, 0, 0),
            "klachtenregister_2026.xlsx does not have the column `Ontvangen` (mend the column names in the mapping: perhaps `Ontvangst` for `Ontvangen`)",
        ),
        attempt(
            "klachten",
            "2026-01-02T09:30:00Z",
            Verb::Pull,
            hand,
            Outcome::Done,
            (1, 0, 0),
            "",
        ),
    ]
}
