//! definitions: the invented indicators, as the files of a pack.

use super::*;

pub(super) struct Spec {
    pub(super) theme: &'static str,
    pub(super) id: &'static str,
    pub(super) nl: &'static str,
    pub(super) en: &'static str,
    pub(super) question: (&'static str, &'static str),
    pub(super) kind: &'static str,
    pub(super) unit: &'static str,
    pub(super) direction: &'static str,
    pub(super) counted: (&'static str, &'static str),
    /// Where it starts, and how much it moves a quarter.
    pub(super) level: f64,
    pub(super) drift: f64,
}

pub(super) const SPECS: [Spec; 9] = [
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

pub(super) fn files() -> Files {
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
             definition = {{ nl = \"Van alle omgevingsvergunningen waarover beslist is of waarvan de termijn afliep, het deel waarover op tijd beslist is.\", en = \"Of all permits decided or whose term ran out, the part decided in time.\" }}\n\
             method = {{ nl = \"Een dossier dat over zijn termijn open staat, telt als te laat.\", en = \"A case open past its term counts as late.\" }}\n\
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
