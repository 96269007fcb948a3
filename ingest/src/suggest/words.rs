//! suggest/words: the words by which sources call what the model has, in Dutch and English.

/// Per column of the model without its ending (`received` for `received_on` and `received_at`): beginnings of words found
/// in the names of source columns. The names of the model's own columns and the words of their meaning are used as well.
const STEMS: [(&str, &[&str]); 38] = [
    (
        "case_id",
        &[
            "caseconceptname",
            "dossiernummer",
            "dossiernr",
            "dossier",
            "zaaknummer",
            "zaaknr",
            "zaak",
            "referentie",
            "kenmerk",
            "aanvraagnummer",
            "case",
            "enquiry",
            "reference",
            "ref",
            "application",
            "request",
            "id",
            "key",
            "nummer",
        ],
    ),
    ("system", &["systeem", "bronsysteem"]),
    (
        "municipality_code",
        &[
            "nis",
            "niscode",
            "refnis",
            "gemeente",
            "gemeentecode",
            "municipality",
        ],
    ),
    ("place_code", &["deelgemeente", "wijk", "place"]),
    ("organisation_kbo", &["kbo", "ondernemingsnummer"]),
    (
        "service",
        &["dienst", "afdeling", "department", "service", "team"],
    ),
    (
        "product_code",
        &["product", "soort", "type", "dossiertype", "zaaktype"],
    ),
    ("procedure", &["procedure"]),
    (
        "channel",
        &[
            "kanaal",
            "indieningswijze",
            "wijze",
            "channel",
            "source",
            "herkomst",
            "origin",
        ],
    ),
    (
        "received",
        &[
            "indien",
            "ingedien",
            "ontvang",
            "ontvangst",
            "aanvraagdatum",
            "aangemaakt",
            "start",
            "open",
            "opened",
            "created",
            "received",
            "submitted",
            "lodged",
            "registered",
            "registratie",
        ],
    ),
    (
        "complete",
        &["volledig", "ontvankelijk", "complete", "validated"],
    ),
    (
        "term_start",
        &["starttermijn", "termijnstart", "aanvangtermijn"],
    ),
    ("term_days", &["termijn", "behandeltermijn", "term"]),
    ("extension_days", &["verlenging", "extension"]),
    ("suspension_days", &["schorsing", "suspension"]),
    (
        "due",
        &[
            "uiterste",
            "vervaldatum",
            "vervaldag",
            "streefdatum",
            "deadline",
            "due",
            "target",
        ],
    ),
    ("promised", &["beloofd", "promised"]),
    (
        "decided",
        &[
            "besliss",
            "beslist",
            "besluit",
            "uitspraak",
            "decision",
            "decided",
            "issued",
            "determined",
        ],
    ),
    (
        "outcome",
        &[
            "resultaat",
            "uitkomst",
            "beslissing",
            "besluit",
            "decision",
            "result",
            "outcome",
        ],
    ),
    (
        "notified",
        &[
            "betekend",
            "betekening",
            "bekendmaking",
            "notified",
            "notification",
        ],
    ),
    (
        "delivered",
        &["geleverd", "levering", "klaar", "afgeleverd", "delivered"],
    ),
    (
        "closed",
        &[
            "afsluit",
            "afgesloten",
            "gesloten",
            "sluiting",
            "afgehandeld",
            "afhandel",
            "einddatum",
            "closed",
            "resolved",
            "finished",
        ],
    ),
    ("supplement_count", &["aanvulling", "supplement"]),
    ("reopened", &["heropend", "reopened"]),
    ("appealed", &["beroep", "appeal"]),
    (
        "applicant_key",
        &[
            "rijksregisternummer",
            "insz",
            "rrn",
            "aanvrager",
            "applicant",
        ],
    ),
    ("moved", &["verhuisd", "verhuisdatum", "moved"]),
    (
        "activity",
        &["conceptname", "activiteit", "activity", "stap"],
    ),
    ("occurred", &["tijdstip", "timestamp", "occurred"]),
    ("phase", &["fase", "phase"]),
    (
        "region_code",
        &[
            "nis",
            "niscode",
            "refnis",
            "gemeente",
            "gemeentecode",
            "gebied",
            "region",
        ],
    ),
    (
        "period_start",
        &[
            "jaar", "boekjaar", "year", "periode", "period", "maand", "month",
        ],
    ),
    (
        "reference",
        &["jaar", "year", "peildatum", "datum", "date", "reference"],
    ),
    (
        "value",
        &[
            "waarde", "value", "aantal", "bedrag", "totaal", "total", "amount", "count",
        ],
    ),
    (
        "persons",
        &[
            "inwoners",
            "bevolking",
            "personen",
            "population",
            "persons",
            "waarde",
            "value",
        ],
    ),
    ("sex", &["geslacht", "sex", "gender"]),
    ("age_band", &["leeftijd", "leeftijdsgroep", "age"]),
    (
        "category",
        &[
            "beleidsveld",
            "categorie",
            "category",
            "klasse",
            "class",
            "type",
        ],
    ),
];

/// Words sources use for the codes of the model, in small letters.
const CODES: [(&str, &[&str]); 17] = [
    (
        "digital",
        &[
            "e-loket",
            "eloket",
            "digitaal",
            "digital",
            "online",
            "web",
            "website",
            "app",
            "internet",
            "omgevingsloket",
            "self service",
        ],
    ),
    (
        "counter",
        &[
            "loket",
            "balie",
            "counter",
            "desk",
            "in person",
            "analoog (loket)",
        ],
    ),
    (
        "post",
        &["post", "brief", "per post", "letter", "analoog (post)"],
    ),
    ("email", &["e-mail", "email", "mail"]),
    (
        "phone",
        &[
            "telefoon",
            "telefonisch",
            "phone",
            "call",
            "constituent call",
        ],
    ),
    ("ex_officio", &["ambtshalve", "ex officio"]),
    ("unknown", &["onbekend", "unknown"]),
    (
        "granted",
        &[
            "vergund",
            "verleend",
            "toegekend",
            "goedgekeurd",
            "gunstig",
            "granted",
            "approved",
            "permitted",
            "per",
        ],
    ),
    (
        "partly",
        &[
            "deels vergund",
            "gedeeltelijk",
            "deels verleend",
            "partly",
            "split decision",
        ],
    ),
    (
        "refused",
        &[
            "geweigerd",
            "weigering",
            "afgewezen",
            "ongunstig",
            "refused",
            "rejected",
            "ref",
        ],
    ),
    (
        "deemed_refused",
        &["stilzwijgend geweigerd", "stilzwijgende weigering"],
    ),
    (
        "deemed_granted",
        &["stilzwijgend verleend", "stilzwijgend vergund"],
    ),
    (
        "withdrawn",
        &[
            "ingetrokken",
            "stopgezet",
            "withdrawn",
            "application withdrawn",
        ],
    ),
    ("confirmed", &["bevestigd"]),
    ("not_confirmed", &["niet bevestigd"]),
    ("handling", &["behandelen", "behandeling", "in behandeling"]),
    ("deciding", &["besluiten", "beslissing"]),
];

/// Words that say what kind of thing a column holds, and nothing about what it means.
const EMPTY: [&str; 22] = [
    "datum", "date", "dt", "tijd", "time", "van", "de", "het", "een", "der", "of", "the", "a",
    "in", "op", "on", "at", "code", "nr", "pa", "en", "and",
];

/// A name as words in small letters without accents: `Datum-Indiening` and `datumIndiening` are `datum`, `indiening`.
pub(super) fn tokens(name: &str) -> Vec<String> {
    let mut tokens: Vec<String> = vec![String::new()];
    let mut before_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before_lower) {
            tokens.push(String::new());
        }
        before_lower = c.is_lowercase();
        if c.is_alphanumeric() {
            let last = tokens.last_mut().expect("begun with one");
            last.extend(c.to_lowercase().map(plain));
        }
    }
    tokens.retain(|t| !t.is_empty());
    tokens
}

fn plain(c: char) -> char {
    match c {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        _ => c,
    }
}

/// How alike a source column's name is to a column of the model, from 0 to about 1: by its own name, the words above, and
/// the words of its meaning.
pub(super) fn likeness(source: &str, target: &str, meaning: &str) -> f64 {
    let all = tokens(source);
    if all.join("_") == target {
        return 1.3;
    }
    let base = base(target);
    let words: Vec<&String> = all
        .iter()
        .filter(|t| !EMPTY.contains(&t.as_str()))
        .collect();
    // Of two words of which one says it, the name is more than the word.
    let part = 1.0 / (words.len().max(1) as f64).sqrt();
    let joined = all.concat();
    let stems = STEMS
        .iter()
        .find(|(name, _)| *name == base)
        .map_or(&[][..], |(_, stems)| *stems);
    let mut best: f64 = 0.0;
    // Earlier words of the list say it better.
    for (rank, stem) in stems.iter().enumerate() {
        let rank = 1.0 - rank as f64 * 0.01;
        if joined == *stem {
            best = best.max(rank);
        }
        if joined.len() > stem.len() && stem.len() >= 5 && joined.contains(stem) {
            best = best.max(0.85 * rank);
        }
        if words.iter().any(|word| word == stem) {
            best = best.max(rank * (0.55 + 0.45 * part));
        }
    }
    let own: Vec<String> = tokens(base).into_iter().filter(|w| w.len() > 3).collect();
    if !own.is_empty() && own.iter().all(|w| words.contains(&w)) {
        best = best.max(0.9);
    }
    let meant = tokens(
        meaning
            .split(['(', ',', ';', ':'])
            .next()
            .unwrap_or_default(),
    );
    let said = words
        .iter()
        .filter(|w| w.len() > 4 && meant.contains(w))
        .count();
    if said > 0 {
        best = best.max(0.6 * said as f64 / words.len() as f64);
    }
    best
}

/// A column's name without `_on` or `_at`.
pub(super) fn base(target: &str) -> &str {
    target
        .strip_suffix("_on")
        .or_else(|| target.strip_suffix("_at"))
        .unwrap_or(target)
}

/// The code that a source text probably means.
pub(super) fn code<'c>(text: &str, codes: &'c [String]) -> Option<&'c String> {
    let text = text.trim().to_lowercase();
    let spaced = |code: &str| code.replace('_', " ");
    codes
        .iter()
        .find(|code| text == **code || text == spaced(code))
        .or_else(|| {
            codes.iter().find(|code| {
                let known = CODES
                    .iter()
                    .find(|(name, _)| name == code)
                    .map_or(&[][..], |(_, words)| *words);
                known.contains(&text.as_str())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_by_word_part_and_meaning() {
        assert_eq!(
            tokens("DatumIndiening nr-2 Zoë"),
            ["datum", "indiening", "nr", "2", "zoe"]
        );
        for (source, target) in [
            ("Datum indiening", "received_on"),
            ("Indieningsdatum", "received_on"),
            ("open_dt", "received_at"),
            ("Dossiernummer", "case_id"),
            ("NIS-code", "municipality_code"),
            ("Uiterste datum", "due_on"),
            ("Beslissingsdatum", "decided_on"),
            ("Datum afsluiting", "closed_on"),
            ("Kanaal", "channel"),
        ] {
            assert!(
                likeness(source, target, "") >= 0.7,
                "{source} {target}: {}",
                likeness(source, target, "")
            );
        }
        assert!(likeness("Opmerking", "received_on", "Datum van indiening") < 0.3);
        assert!(likeness("Datum controle", "checked_on", "Datum van de controle") >= 0.5);
    }

    #[test]
    fn codes_by_word() {
        let codes: Vec<String> = ["digital", "counter", "phone"].map(String::from).into();
        assert_eq!(code("E-loket", &codes).unwrap(), "digital");
        assert_eq!(code(" Counter", &codes).unwrap(), "counter");
        assert_eq!(code("Duif", &codes), None);
    }
}
