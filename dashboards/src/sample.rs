//! sample: invented figures with every state in them, to look at the pages and to test them. Not in the product.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use beleidsinfo_warehouse::Text;
use beleidsinfo_warehouse::attempts::{Attempt, Outcome, PlannedSource, Trigger, Verb};
use beleidsinfo_warehouse::board::Board;
use beleidsinfo_warehouse::elsewhere::Elsewhere;
use beleidsinfo_warehouse::error::{Error, Result};
use beleidsinfo_warehouse::figure::{Address, Figure, Slice, State, Status};
use beleidsinfo_warehouse::gateway::Snapshot;
use beleidsinfo_warehouse::group::{Groups, Membership};
use beleidsinfo_warehouse::index::{AsOf, FigureIndex, Run, RunCheck};
use beleidsinfo_warehouse::indicator::Kind;
use beleidsinfo_warehouse::pack::{self, Files, Pack};
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::profile::{ColumnProfile, TableProfile};
use beleidsinfo_warehouse::project::{Organisation, Settings};
use beleidsinfo_warehouse::proof::*;
use beleidsinfo_warehouse::quality::{RuleCount, StoredDelivery, StoredFinding, Wanted};
use beleidsinfo_warehouse::region::{ChangeKind, Region, RegionBook, RegionChange, Territory};
use beleidsinfo_warehouse::release::{Release, ReleaseFile};
use beleidsinfo_warehouse::target::Target;
use chrono::{DateTime, NaiveDate, Utc};

mod arrivals;
mod definitions;
mod lineage;
mod numbers;
mod proof;

use arrivals::*;
use definitions::*;
use numbers::*;
use proof::checks;

pub struct Sample {
    pub snapshot: Arc<Snapshot>,
    pub deliveries: Vec<StoredDelivery>,
    pub releases: Vec<Release>,
    pub planned: Arc<Vec<PlannedSource>>,
    pub attempts: Vec<Attempt>,
    pub nothing: bool,
}

const PLACES: [(&str, &str); 9] = [
    ("11001", "Aartselaar"),
    ("11002", "Antwerpen"),
    ("46030", "Beveren-Kruibeke-Zwijndrecht"),
    ("44085", "Lievegem"),
    ("12025", "Mechelen"),
    ("23106", "Pajottegem"),
    ("12041", "Puurs-Sint-Amands"),
    ("13040", "Turnhout"),
    ("37021", "Wingene"),
];

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date in the sample")
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time in the sample")
}

fn targets() -> Vec<Target> {
    let mut all = Vec::new();
    for (region, _) in PLACES {
        for (id, lower, upper, tolerance) in [
            ("ov_tijdig", Some(90.0), None, 3.0),
            ("ov_dlt_gewoon", None, Some(80.0), 5.0),
            ("ov_achterstand", None, Some(30.0), 5.0),
        ] {
            all.push(Target {
                target_id: format!("{id}-{region}"),
                indicator_id: id.into(),
                indicator_major: 1,
                region_code: region.into(),
                period_kind: PeriodKind::Quarter,
                slice: String::new(),
                lower,
                upper,
                tolerance: Some(tolerance),
                direction: None,
                valid_from: day("2025-01-01"),
                valid_until: None,
                decision_uri: "https://example.org/besluit/1".into(),
                decided_on: day("2024-12-12"),
                role_uri: "http://data.vlaanderen.be/id/concept/BestuursfunctieCode/5ab0e9b8a3b2ca7c5e000014".into(),
                organisation_kbo: "0000000000".into(),
            });
        }
    }
    all
}

/// A group for all, and one made for Puurs-Sint-Amands. Turnhout has no figures of each indicator.
fn groups() -> Groups {
    let row = |group: &str, region: &str, of: Option<&str>, name: (&str, &str)| Membership {
        group: group.into(),
        version: "2025".into(),
        region: region.into(),
        valid_from: day("2024-01-01"),
        valid_until: None,
        mixed: region == "46030",
        of: of.map(String::from),
        name: Some(Text::new(name.0, name.1)),
    };
    let land = ["12041", "23106", "37021", "44085", "46030"];
    let land = land.map(|code| {
        row(
            "landelijk",
            code,
            None,
            ("landelijke gemeenten", "rural municipalities"),
        )
    });
    let near = ["13040", "44085", "12025"];
    let alike = ("gelijkende gemeenten", "similar municipalities");
    let near = near.map(|code| row("nearest-12041", code, Some("12041"), alike));
    Groups::new(land.into_iter().chain(near))
}

fn board(id: &str, title: (&str, &str), theme: &str, tiles: &[&str]) -> Board {
    let tiles: String = tiles
        .iter()
        .map(|t| {
            format!(
                "[[tiles]]\nindicator = \"{t}\"\nperiod = \"{}\"\n",
                if *t == "klacht_1000" {
                    "year"
                } else {
                    "quarter"
                }
            )
        })
        .collect();
    let text = format!(
        "title = {{ nl = \"{}\", en = \"{}\" }}\nquestion = {{ nl = \"Krijgt wie een omgevingsvergunning vraagt op tijd een goed antwoord?\", en = \"Do applicants get a good answer in time?\" }}\ntheme = \"{theme}\"\n{tiles}",
        title.0, title.1
    );
    Board::parse(id, id, &text).expect("a board")
}

impl Sample {
    pub fn new() -> Self {
        let pack = Pack::parse(files()).expect("the sample's pack");
        let run = |run_id: i64, batch, at: &str| Run {
            run_id,
            batch,
            definitions_hash: pack::sha256_hex("definitions"),
            program: "beleidsinfo 0.1.0".into(),
            cutoff_on: day("2025-12-31"),
            checks: checks(),
            started_at: time(at),
            finished_at: time(at),
            figures_written: 10,
        };
        let runs = [
            run(3, 411, "2026-01-02T02:10:00Z"),
            run(4, 418, "2026-01-05T02:15:00Z"),
        ];
        let figures = FigureIndex::new(runs, figures(&pack));
        let text = |nl: &str, en: &str| Text::new(nl, en);
        let lineage = lineage::lineage(&pack, &deliveries());
        let snapshot = Snapshot {
            lineage,
            settings: Settings {
                warehouse: "file://./var".into(),
                languages: vec!["nl".into(), "en".into()],
                timezone: "Europe/Brussels".into(),
                packs: vec![],
                sources: "sources".into(),
                boards: "boards".into(),
                territories: vec!["2025-01-01".into()],
                organisation: Organisation {
                    name: "Intercommunale Voorbeeld".into(),
                    kbo: None,
                    nis: PLACES.iter().map(|p| p.0.to_string()).collect(),
                    synthetic: true,
                },
                publish: None,
            },
            boards: vec![
                board(
                    "vergunningen",
                    ("Vergunningen", "Permits"),
                    "vergunningen",
                    &[
                        "ov_tijdig",
                        "ov_dlt_gewoon",
                        "ov_achterstand",
                        "zaak_digitaal",
                        "ov_beroep",
                        "bestaat_niet",
                    ],
                ),
                board(
                    "dienstverlening",
                    ("Dienstverlening", "Services"),
                    "dienstverlening",
                    &[
                        "zaak_digitaal",
                        "zaak_volume",
                        "att_levertijd",
                        "klacht_1000",
                    ],
                ),
            ],
            pack,
            // The index, shared or not.
            figures: figures.into(),
            regions: regions(),
            targets: targets(),
            groups: groups(),
            elsewhere: Elsewhere::default(),
            products: BTreeMap::from([
                (
                    "omv".to_string(),
                    text(
                        "Omgevingsvergunning voor stedenbouwkundige handelingen",
                        "Building permit",
                    ),
                ),
                ("melding".to_string(), text("Melding", "Notification")),
            ]),
        };
        Self {
            snapshot: Arc::new(snapshot),
            deliveries: deliveries(),
            releases: releases(),
            planned: Arc::new(planned()),
            attempts: attempts(),
            nothing: false,
        }
    }

    /// Nothing was computed, nothing came in, nothing was published.
    pub fn empty() -> Self {
        Self {
            deliveries: vec![],
            releases: vec![],
            planned: Arc::default(),
            attempts: vec![],
            nothing: true,
            ..Self::new()
        }
    }

    pub fn figures(&self, as_of: AsOf) -> Option<(Arc<Snapshot>, i64)> {
        if self.nothing {
            return None;
        }
        let run = self.snapshot.figures.run_as_of(as_of)?.run_id;
        Some((self.snapshot.clone(), run))
    }

    pub fn findings(&self, wanted: Wanted<'_>, skip: usize, limit: usize) -> Vec<StoredFinding> {
        let delivery = wanted.delivery.unwrap_or_default();
        let finding =
            |line: i64, rule: &str, severity: &str, column: &str, reason: &str, raw: &str| {
                StoredFinding {
                    delivery: delivery.into(),
                    source_id: "omgevingsloket".into(),
                    record: line - 1,
                    line,
                    rule: rule.into(),
                    severity: severity.into(),
                    table: "cases".into(),
                    column: column.into(),
                    municipality_code: Some("12041".into()),
                    reason: reason.into(),
                    raw: raw.into(),
                    batch: 418,
                    replayed_batch: (rule == "lookup").then_some(421),
                }
            };
        let mut all = vec![
            finding(
                214,
                "type",
                "reject",
                "Datum besluit",
                "`31/02/2025` is geen datum; schrijf dag/maand/jaar.",
                "OMV_2025_0311;31/01/2025;31/02/2025;Loket;<b>vergund</b>",
            ),
            finding(
                377,
                "lookup",
                "reject",
                "NIS-code",
                "Gemeente 12030 bestaat niet op 1 maart 2025; ze ging op in 12041.",
                "OMV_2025_0790;01/03/2025;;E-loket;lopend",
            ),
            finding(
                402,
                "due_sum",
                "warn",
                "Uiterste datum",
                "De uiterste datum wijkt 2 dagen af van termijn en schorsing samen.",
                "OMV_2025_0822;04/03/2025;12/06/2025;E-loket;vergund",
            ),
        ];
        all.retain(|f| wanted.takes(&f.source_id, &f.delivery, &f.rule, &f.severity));
        all.into_iter().skip(skip).take(limit).collect()
    }

    pub fn alarms(&self) -> Vec<StoredFinding> {
        let of = self.deliveries.first();
        of.map(arrivals::alarm).into_iter().collect()
    }

    pub fn profile(&self, delivery: &str) -> BTreeMap<String, Vec<TableProfile>> {
        let of = self.deliveries.iter().find(|d| d.delivery == delivery);
        of.map(|d| (d.source_id.clone(), vec![arrivals::profile(d)]))
            .into_iter()
            .collect()
    }

    pub fn by_rule(&self) -> Vec<RuleCount> {
        if self.deliveries.is_empty() {
            return vec![];
        }
        [
            ("type", "reject", 9, 0),
            ("lookup", "reject", 4, 12),
            ("due_sum", "warn", 3, 0),
        ]
        .map(|(rule, severity, open, replayed)| RuleCount {
            source_id: "omgevingsloket".into(),
            rule: rule.into(),
            severity: severity.into(),
            open,
            replayed,
        })
        .to_vec()
    }

    pub fn release_file(&self, dataset: &str, version: &str, name: &str) -> Result<Bytes> {
        if (dataset, name) == ("ov_tijdig", "data.csv") {
            return Ok(Bytes::from(format!("version\n{version}\n")));
        }
        Err(Error::not_found(format!(
            "no file {dataset}/{version}/{name}"
        )))
    }
}

impl Default for Sample {
    fn default() -> Self {
        Self::new()
    }
}

/// All routes over the sample.
pub fn router(sample: Sample, public_only: bool) -> axum::Router {
    let principal = beleidsinfo_warehouse::principal::Principal::local();
    crate::routes::router(
        crate::reads::Reads::Sample(Box::new(sample)),
        principal,
        public_only,
    )
}
