//! sample: invented figures with every state in them, to look at the pages and to test them. Not in the product.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use beleidsinfo_warehouse::Text;
use beleidsinfo_warehouse::board::Board;
use beleidsinfo_warehouse::error::{Error, Result};
use beleidsinfo_warehouse::figure::{Address, Figure, Slice, State, Status};
use beleidsinfo_warehouse::gateway::Snapshot;
use beleidsinfo_warehouse::index::{AsOf, FigureIndex, Run, RunCheck};
use beleidsinfo_warehouse::indicator::Kind;
use beleidsinfo_warehouse::pack::{self, Files, Pack};
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::project::{Organisation, Settings};
use beleidsinfo_warehouse::proof::*;
use beleidsinfo_warehouse::quality::{StoredDelivery, StoredFinding};
use beleidsinfo_warehouse::region::{ChangeKind, Region, RegionBook, RegionChange, Territory};
use beleidsinfo_warehouse::release::{Release, ReleaseFile};
use beleidsinfo_warehouse::target::Target;
use chrono::{DateTime, NaiveDate, Utc};

pub struct Sample {
    pub snapshot: Arc<Snapshot>,
    pub deliveries: Vec<StoredDelivery>,
    pub releases: Vec<Release>,
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

struct Spec {
    theme: &'static str,
    id: &'static str,
    nl: &'static str,
    en: &'static str,
    question: (&'static str, &'static str),
    kind: &'static str,
    unit: &'static str,
    direction: &'static str,
    counted: (&'static str, &'static str),
    /// Where it starts, and how much it moves a quarter.
    level: f64,
    drift: f64,
}

const SPECS: [Spec; 9] = [
    Spec {
        theme: "vergunningen",
        id: "ov_tijdig",
        nl: "Beslist binnen de wettelijke termijn",
        en: "Decided within the legal term",
        question: (
            "Krijgt wie een vergunning vraagt op tijd een antwoord?",
            "Do applicants for a permit get an answer in time?",
        ),
        kind: "share",
        unit: "%",
        direction: "higher_is_better",
        counted: ("dossiers", "cases"),
        level: 0.80,
        drift: 0.009,
    },
    Spec {
        theme: "vergunningen",
        id: "ov_dlt_gewoon",
        nl: "Doorlooptijd gewone procedure, mediaan",
        en: "Lead time ordinary procedure, median",
        question: (
            "Hoelang wacht wie een gewone vergunning vraagt?",
            "How long does an ordinary permit take?",
        ),
        kind: "quantile",
        unit: "days",
        direction: "lower_is_better",
        counted: ("dossiers", "cases"),
        level: 96.0,
        drift: -0.9,
    },
    Spec {
        theme: "vergunningen",
        id: "ov_achterstand",
        nl: "Achterstand: open dossiers over hun termijn",
        en: "Backlog: open cases past their term",
        question: (
            "Hoeveel dossiers zijn te laat en nog open?",
            "How many cases are late and still open?",
        ),
        kind: "stock",
        unit: "cases",
        direction: "lower_is_better",
        counted: ("dossiers", "cases"),
        level: 24.0,
        drift: 2.6,
    },
    Spec {
        theme: "vergunningen",
        id: "ov_beroep",
        nl: "Beslissingen in eerste aanleg waartegen binnen de beroepstermijn administratief beroep is ingesteld",
        en: "First-instance decisions appealed",
        question: (
            "Houden onze vergunningsbeslissingen stand?",
            "Do our permit decisions stand?",
        ),
        kind: "share",
        unit: "%",
        direction: "lower_is_better",
        counted: ("beslissingen", "decisions"),
        level: 0.06,
        drift: 0.0,
    },
    Spec {
        theme: "dienstverlening",
        id: "zaak_digitaal",
        nl: "Digitaal ingediend",
        en: "Submitted digitally",
        question: (
            "Vinden inwoners het digitale loket?",
            "Do residents find the digital counter?",
        ),
        kind: "share",
        unit: "%",
        direction: "higher_is_better",
        counted: ("dossiers", "cases"),
        level: 0.61,
        drift: 0.014,
    },
    Spec {
        theme: "dienstverlening",
        id: "zaak_volume",
        nl: "Ingediende dossiers",
        en: "Cases submitted",
        question: ("Hoeveel werk komt er binnen?", "How much work comes in?"),
        kind: "count",
        unit: "cases",
        direction: "neutral",
        counted: ("dossiers", "cases"),
        level: 1180.0,
        drift: 22.0,
    },
    Spec {
        theme: "dienstverlening",
        id: "att_levertijd",
        nl: "Levertijd van attesten en uittreksels",
        en: "Delivery time of certificates",
        question: (
            "Hoe snel is een attest er?",
            "How soon is a certificate delivered?",
        ),
        kind: "quantile",
        unit: "hours",
        direction: "lower_is_better",
        counted: ("attesten", "certificates"),
        level: 30.0,
        drift: -0.6,
    },
    Spec {
        theme: "inwoners",
        id: "klacht_1000",
        nl: "Klachten per 1.000 inwoners",
        en: "Complaints per 1,000 inhabitants",
        question: (
            "Melden inwoners wat misloopt?",
            "Do residents report what goes wrong?",
        ),
        kind: "rate",
        unit: "per_1000",
        direction: "neutral",
        counted: ("klachten", "complaints"),
        level: 2.4,
        drift: 0.05,
    },
    Spec {
        theme: "inwoners",
        id: "zaak_doorstroom",
        nl: "Doorstroom: gesloten tegenover geopend",
        en: "Flow: closed against opened",
        question: (
            "Werken we weg wat er binnenkomt?",
            "Do we clear what comes in?",
        ),
        kind: "ratio",
        unit: "ratio",
        direction: "higher_is_better",
        counted: ("dossiers", "cases"),
        level: 0.94,
        drift: 0.004,
    },
];

fn files() -> Files {
    let mut files = Files::new();
    files.insert("pack.toml".into(), r#"
name = "vlavirgem"
version = "1.0.0"
title = { nl = "Beleidsinformatie", en = "Policy information" }
description = { nl = "x", en = "x" }
languages = ["nl", "en"]
licence = "EUPL-1.2"
publisher = "Vlavirgem"
[[themes]]
id = "vergunningen"
title = { nl = "Omgeving en vergunningen", en = "Environment and permits" }
question = { nl = "Krijgt wie een omgevingsvergunning vraagt op tijd een goed antwoord?", en = "Do applicants for an environmental permit get a good answer in time?" }
[[themes]]
id = "dienstverlening"
title = { nl = "Dienstverlening", en = "Services" }
question = { nl = "Is de gemeente vlot bereikbaar en werkt ze snel?", en = "Is the municipality easy to reach, and quick?" }
[[themes]]
id = "inwoners"
title = { nl = "Inwoners", en = "Residents" }
question = { nl = "Wat horen we van wie hier woont?", en = "What do we hear from those who live here?" }
[slices.channel]
title = { nl = "kanaal", en = "channel" }
values = { digital = { nl = "Digitaal", en = "Digital" }, counter = { nl = "Balie", en = "Counter" }, post = { nl = "Post", en = "Post" }, unknown = { nl = "Onbekend", en = "Unknown" } }
[slices.product_code]
title = { nl = "product", en = "product" }
"#.into());
    for s in &SPECS {
        let extra = match s.kind {
            "quantile" => "quantile = 0.5\n",
            "rate" => "denominator = \"population\"\nper = 1000\n",
            _ => "",
        };
        let (slices, periods) = if s.kind == "rate" {
            ("[[]]", "[\"year\"]")
        } else {
            (
                "[[], [\"channel\"], [\"product_code\"]]",
                "[\"month\", \"quarter\", \"year\"]",
            )
        };
        let toml = format!(
            "version = \"1.2.0\"\ntitle = {{ nl = \"{}\", en = \"{}\" }}\nquestion = {{ nl = \"{}\", en = \"{}\" }}\n\
             definition = {{ nl = \"Van alle omgevingsvergunningen waarover beslist is of waarvan de termijn afliep, het deel waarover op tijd beslist is. Een dossier dat over zijn termijn open staat, telt als te laat.\", en = \"Of all permits decided or whose term ran out, the part decided in time. A case open past its term counts as late.\" }}\n\
             kind = \"{}\"\n{extra}slices = {slices}\nperiods = {periods}\nunit = \"{}\"\ndirection = \"{}\"\nfinal_after = \"P60D\"\nminimum_group = 5\n\
             owner = \"dienst omgeving\"\nreviewed_on = \"2026-11-01\"\ncounted = {{ nl = \"{}\", en = \"{}\" }}\n\
             legal = {{ nl = \"Omgevingsvergunningsdecreet 25 april 2014\", en = \"Environmental permit decree of 25 April 2014\", term = \"omgeving_gewoon\" }}\n",
            s.nl,
            s.en,
            s.question.0,
            s.question.1,
            s.kind,
            s.unit,
            s.direction,
            s.counted.0,
            s.counted.1
        );
        let folder = format!("indicators/{}/{}", s.theme, s.id);
        files.insert(format!("{folder}/indicator.toml"), toml);
        files.insert(
            format!("{folder}/facts.sql"),
            "-- Every permit application that was decided or whose term ran out, and whether it was decided on time.\nselect case_id, municipality_code, product_code, channel,\n       least(decided_on, due_on + interval '1 day') as date,\n       coalesce(decided_on <= due_on, false)        as numerator\nfrom permit_cases\nwhere decided_on is not null\n   or due_on < date '2025-12-31'\n".into(),
        );
    }
    files
}

/// Repeatable unrest between −1 and 1.
fn noise(seed: &str) -> f64 {
    let hash = pack::sha256_hex(seed);
    let part = u32::from_str_radix(&hash[..6], 16).unwrap_or(0);
    f64::from(part) / f64::from(0xff_ff_ffu32) * 2.0 - 1.0
}

fn regions() -> RegionBook {
    let region = |code: &str, name: &str, from: &str, until: Option<&str>| Region {
        code: code.into(),
        valid_from: day(from),
        valid_until: until.map(day),
        level: "municipality".into(),
        parent: None,
        name_nl: name.into(),
    };
    let mut all: Vec<Region> = PLACES
        .iter()
        .map(|(code, name)| {
            region(
                code,
                name,
                if ["23106", "37021", "46030"].contains(code) {
                    "2025-01-01"
                } else {
                    "1970-01-01"
                },
                None,
            )
        })
        .collect();
    all.push(region(
        "11007",
        "Borsbeek",
        "1970-01-01",
        Some("2025-01-01"),
    ));
    let change = |from: &str, to: &str, kind| RegionChange {
        on: day("2025-01-01"),
        from: from.into(),
        to: to.into(),
        kind,
    };
    RegionBook::new(
        all,
        [
            change("11002", "11002", ChangeKind::Enlargement),
            change("11007", "11002", ChangeKind::Merger),
        ],
    )
}

fn figures(pack: &Pack) -> Vec<Figure> {
    let mut figures = Vec::new();
    let slices = [
        "",
        "channel=digital",
        "channel=counter",
        "channel=post",
        "channel=unknown",
        "product_code=omv",
        "product_code=melding",
    ];
    for territory in [Territory::Vintage(day("2025-01-01")), Territory::AsRecorded] {
        for (p, (region, _)) in PLACES.iter().chain(&[("11007", "Borsbeek")]).enumerate() {
            if *region == "11007" && territory != Territory::AsRecorded {
                continue;
            }
            for spec in &SPECS {
                let indicator = &pack.indicators[spec.id];
                for kind in &indicator.periods {
                    let mut period = Period::parse("2022-01")
                        .map(|m| Period::containing(*kind, m.start()))
                        .expect("a period");
                    let mut step = 0;
                    while period.start() < day("2026-01-01") {
                        let born = ["23106", "37021", "46030"].contains(region)
                            && period.start() < day("2025-01-01");
                        let gone = *region == "11007" && period.start() >= day("2025-01-01");
                        if territory == Territory::AsRecorded && (born || gone) {
                            period = period.next();
                            continue;
                        }
                        for slice in slices {
                            if !slice.is_empty()
                                && (kind == &PeriodKind::Month || spec.kind == "rate")
                            {
                                continue;
                            }
                            figures.push(figure(
                                spec,
                                indicator.kind,
                                territory,
                                region,
                                p,
                                period,
                                step,
                                slice,
                            ));
                        }
                        period = period.next();
                        step += 1;
                    }
                }
            }
        }
    }
    let corrected: Vec<Figure> = figures
        .iter()
        .filter(|f| {
            f.address.indicator == "ov_tijdig"
                && f.address.region == "12041"
                && f.address.period.code() == "2025-Q4"
        })
        .map(|f| Figure {
            run_from: 4,
            ..f.clone()
        })
        .collect();
    for f in &mut figures {
        if corrected.iter().any(|c| c.address == f.address) {
            f.value = f.value.map(|v| v - 0.6);
            f.n -= 3;
        }
    }
    figures.extend(corrected);
    figures
}

#[allow(clippy::too_many_arguments)]
fn figure(
    spec: &Spec,
    kind: Kind,
    territory: Territory,
    region: &str,
    place: usize,
    period: Period,
    step: i32,
    slice: &str,
) -> Figure {
    let quarters = f64::from(step) * f64::from(period.kind().months()) / 3.0;
    let own = noise(&format!("{region}{}", spec.id));
    let unrest = noise(&format!("{region}{}{}{slice}", spec.id, period.code()));
    let mut value = spec.level * (1.0 + 0.12 * own + 0.025 * unrest)
        + spec.drift * quarters * (1.0 + 0.5 * own);
    if !slice.is_empty() {
        value *= 1.0 + 0.15 * noise(slice);
    }
    let mut state = State::Value;
    if kind == Kind::Share {
        value = value.clamp(0.0, 0.995);
    }
    if matches!(kind, Kind::Count | Kind::Stock) {
        if period.kind() == PeriodKind::Year && kind == Kind::Count {
            value *= 4.0;
        }
        value = value.round();
    }
    let code = period.code();
    // Every state there is, somewhere.
    let hole = ["2023-Q3", "2023-Q4", "2023-08", "2023-09"].contains(&code.as_str());
    match (region, spec.id) {
        ("12041", "att_levertijd") if hole => state = State::Missing,
        ("11001", "ov_tijdig") if period.start() >= day("2025-10-01") => state = State::Missing,
        ("37021", "ov_beroep") => state = State::NotApplicable,
        ("12041", "ov_beroep") if period.start() >= day("2025-10-01") => {
            state = State::NotApplicable
        }
        ("11001", "ov_achterstand") => state = State::Zero,
        _ => {}
    }
    if slice == "channel=unknown" && spec.id == "ov_tijdig" {
        state = State::Suppressed;
    }
    let n = (180.0 + 90.0 * own + 30.0 * unrest + place as f64 * 7.0).abs() as i64
        * i64::from(period.kind().months())
        / 3;
    let present = state == State::Value;
    Figure {
        address: Address {
            indicator: spec.id.into(),
            version: "1.2.0".into(),
            period,
            territory,
            region: region.into(),
            slice: Slice::parse(slice).expect("a slice"),
        },
        run_from: 3,
        run_until: None,
        n: match state {
            State::Value if kind == Kind::Stock => value as i64,
            State::Value => n,
            _ => 0,
        },
        numerator: None,
        denominator: None,
        value: match state {
            State::Value if kind == Kind::Share => Some(value * 100.0),
            State::Value => Some(value),
            State::Zero => Some(0.0),
            _ => None,
        },
        state,
        status: if period.start() >= day("2025-10-01")
            || period.kind() == PeriodKind::Year && period.start() >= day("2025-01-01")
        {
            Status::Provisional
        } else if code == "2024-Q2" {
            Status::Revised
        } else {
            Status::Final
        },
        completeness: (present && region != "12025").then_some(0.97),
        cutoff_on: day("2025-12-31"),
    }
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
                valid_from: day("2024-01-01"),
                valid_until: None,
                decision_uri: "https://example.org/besluit/1".into(),
                decided_on: day("2024-01-12"),
            });
        }
    }
    all
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
            checks: vec![],
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
        let snapshot = Snapshot {
            settings: Settings {
                warehouse: "file://./var".into(),
                languages: vec!["nl".into(), "en".into()],
                timezone: "Europe/Brussels".into(),
                packs: vec![],
                sources: "sources".into(),
                boards: "boards".into(),
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
            nothing: false,
        }
    }

    /// Nothing was computed, nothing came in, nothing was published.
    pub fn empty() -> Self {
        Self {
            deliveries: vec![],
            releases: vec![],
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

    pub fn findings(&self, delivery: &str, rule: Option<&str>, limit: usize) -> Vec<StoredFinding> {
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
        all.retain(|f| rule.is_none_or(|r| f.rule == r));
        all.truncate(limit);
        all
    }

    pub fn by_rule(&self) -> Vec<(String, String, String, i64)> {
        if self.deliveries.is_empty() {
            return vec![];
        }
        [
            ("type", "reject", 9),
            ("lookup", "reject", 4),
            ("due_sum", "warn", 3),
        ]
        .map(|(rule, severity, rows)| ("omgevingsloket".into(), rule.into(), severity.into(), rows))
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

    pub fn proof(&self, address: &Address, run: i64) -> Result<Proof> {
        let missing = || Error::not_found(format!("no figure {}", address.code()));
        let figure = self
            .snapshot
            .figures
            .get(address, run)
            .ok_or_else(missing)?;
        let indicator = self
            .snapshot
            .pack
            .indicators
            .get(&address.indicator)
            .ok_or_else(missing)?;
        let run = self
            .snapshot
            .figures
            .run(figure.run_from)
            .ok_or_else(missing)?;
        let whole = figure.n as f64;
        let part = figure.value.map(|v| (v * whole).round());
        let name = self
            .snapshot
            .regions
            .name(&address.region, address.period.last_day());
        let digest = pack::sha256_hex("facts");
        Ok(Proof {
            format: "mijnbeleidsinfo-proof/1".into(),
            address: address.code(),
            synthetic: true,
            figure: ProofFigure {
                indicator_id: address.indicator.clone(),
                version: address.version.clone(),
                period: address.period.code(),
                period_start: address.period.start(),
                period_end: address.period.end(),
                territory: address.territory.code(),
                region_code: address.region.clone(),
                region_name: name.into(),
                slice: address.slice.code(),
                n: figure.n,
                numerator: part.map(|p| format!("{p}.000000")),
                denominator: Some(format!("{}.000000", figure.n)),
                value: figure.value,
                state: figure.state.name().into(),
                status: figure.status.name().into(),
                completeness: figure.completeness,
                cutoff_on: figure.cutoff_on,
                run_from: figure.run_from,
                run_until: figure.run_until,
            },
            words: Text::new(
                format!(
                    "In het vierde kwartaal van 2025 is in {name} over {} vergunningen beslist of liep hun termijn af. Bij {} daarvan kwam de beslissing op tijd.",
                    figure.n,
                    part.unwrap_or(0.0)
                ),
                format!(
                    "In the fourth quarter of 2025 {} permits were decided in {name} or their term ran out. For {} of those the decision came in time.",
                    figure.n,
                    part.unwrap_or(0.0)
                ),
            ),
            definition: ProofDefinition {
                title: indicator.title.clone(),
                definition: indicator.definition.clone(),
                kind: indicator.kind.name().into(),
                quantile: indicator.quantile,
                per: indicator.per,
                unit: indicator.unit.clone(),
                owner: indicator.owner.clone(),
                reviewed_on: indicator.reviewed_on,
                legal: indicator.legal.as_ref().map(|l| Text::new(&l.nl, &l.en)),
                sql: indicator.sql.clone(),
                sql_hash: pack::sha256_hex(&indicator.sql),
                sql_as_run: indicator.sql.clone(),
                views: vec![ProofView {
                    name: "permit_cases".into(),
                    sql: "select * from cases where procedure in ('ordinary', 'simplified')".into(),
                    hash: digest.clone(),
                }],
                tables: vec!["cases".into()],
            },
            run: run.clone(),
            sources: self
                .deliveries
                .iter()
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
                })
                .collect(),
            findings: vec![
                ProofFinding {
                    delivery: self
                        .deliveries
                        .first()
                        .map_or_else(String::new, |d| d.delivery.clone()),
                    rule: "type".into(),
                    severity: "reject".into(),
                    rows: 4,
                },
                ProofFinding {
                    delivery: self
                        .deliveries
                        .first()
                        .map_or_else(String::new, |d| d.delivery.clone()),
                    rule: "due_sum".into(),
                    severity: "warn".into(),
                    rows: 2,
                },
            ],
            checks: [
                "elke dossiercode één keer",
                "elk dossier in een gemeente die bestaat",
                "geen beslissing voor de indiening",
            ]
            .map(|check| RunCheck {
                indicator: address.indicator.clone(),
                check: check.into(),
                passed: true,
                finding: Text::new("0 rijen wijken af", "0 rows differ"),
            })
            .to_vec(),
            earlier: if figure.run_from > 3 {
                vec![Earlier {
                    run: 3,
                    batch: 411,
                    at: time("2026-01-02T02:10:00Z"),
                    n: figure.n - 3,
                    value: figure.value.map(|v| v - 0.006),
                    state: "value".into(),
                    why_changed: Text::new(
                        "Laat ingekomen: drie dossiers in levering omgevingsloket van 4 januari 2026.",
                        "Came in late: three cases in the delivery of 4 January 2026.",
                    ),
                }]
            } else {
                vec![]
            },
            breaks: self
                .snapshot
                .regions
                .breaks(
                    &address.region,
                    day("2022-01-01"),
                    address.period.last_day(),
                )
                .into_iter()
                .map(|c| Break {
                    on: c.on,
                    kind: "merger".into(),
                    from: c.from.clone(),
                    to: c.to.clone(),
                    from_name: self
                        .snapshot
                        .regions
                        .name(&c.from, day("2024-01-01"))
                        .into(),
                })
                .collect(),
            facts: ProofFacts {
                rows: figure.n,
                digest,
                columns: ["case_id", "date", "numerator", "channel", "product_code"]
                    .map(String::from)
                    .to_vec(),
                sample: (1..6)
                    .map(|i| {
                        vec![
                            format!("OMV_2025_0{i}17"),
                            format!("2025-1{}-0{i}", i % 3),
                            (i != 3).to_string(),
                            "digital".into(),
                            "omv".into(),
                        ]
                    })
                    .collect(),
            },
            hash: pack::sha256_hex("proof"),
        })
    }
}

impl Default for Sample {
    fn default() -> Self {
        Self::new()
    }
}

fn deliveries() -> Vec<StoredDelivery> {
    let delivery =
        |source: &str, name: &str, at: &str, batch, read: i64, rejected: i64, warned: i64| {
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

fn releases() -> Vec<Release> {
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

/// All routes over the sample.
pub fn router(sample: Sample, public_only: bool) -> axum::Router {
    let principal = beleidsinfo_warehouse::principal::Principal::local();
    crate::routes::router(
        crate::reads::Reads::Sample(Box::new(sample)),
        principal,
        public_only,
    )
}
