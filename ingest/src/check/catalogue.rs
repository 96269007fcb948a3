//! check/catalogue: every rule that check knows by itself, in Dutch and English, with an example: what the published list
//! of checks is made from. A finding of a rule that stands neither here nor in a contract is a fault of the program.

use beleidsinfo_warehouse::checks::Gravity;
use beleidsinfo_warehouse::contract::Severity;
use beleidsinfo_warehouse::language::Language;
use beleidsinfo_warehouse::pack::Pack;

/// A rule of the program itself.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    pub id: &'static str,
    pub about: About,
    pub severity: Severity,
    /// Whether a mapping may give it another severity; readers of the tables rely on the others.
    pub changeable: bool,
    /// What it looks at: Dutch, English.
    pub meaning: [&'static str; 2],
    /// A case that breaks it: Dutch, English.
    pub example: [&'static str; 2],
    /// The sentence that case gives.
    pub sentence: &'static str,
}

/// What a finding of the rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Record,
    /// The delivery as a whole: such a finding has record 0, and takes no record out.
    Delivery,
}

const REJECT: Severity = Severity::Reject;
const WARN: Severity = Severity::Warn;

/// In the order in which they are told.
pub const ALL: &[Known] = &[
    Known {
        id: "shape",
        about: About::Record,
        severity: REJECT,
        changeable: false,
        meaning: [
            "Het record heeft de vorm van de kop: evenveel velden, leesbaar als record.",
            "The record has the shape of the header: as many fields, readable as a record.",
        ],
        example: [
            "`A-7;Gewoon;13/01/2025;` waar de kop er drie heeft",
            "`A-7;Gewoon;13/01/2025;` where the header has three",
        ],
        sentence: "Record heeft 4 velden waar de kop er 3 heeft (verschoven kolom): kijk na of er een scheidingsteken of aanhalingsteken te veel of te weinig staat.",
    },
    Known {
        id: "type",
        about: About::Record,
        severity: REJECT,
        changeable: false,
        meaning: [
            "De waarde is te lezen als wat de kolom belooft: datum, tijdstip, getal, ja of nee.",
            "The value can be read as what the column promises: date, moment, number, yes or no.",
        ],
        example: [
            "`1/13/2025` in een kolom met formaat `%d/%m/%Y`",
            "`1/13/2025` in a column with format `%d/%m/%Y`",
        ],
        sentence: "Kolom Datum indiening: \"1/13/2025\" is niet te lezen als datum met formaat %d/%m/%Y: verbeter de waarde in de bron, of hoe de koppeling ze leest.",
    },
    Known {
        id: "required",
        about: About::Record,
        severity: REJECT,
        changeable: false,
        meaning: [
            "Een verplichte kolom is ingevuld.",
            "A required column is filled in.",
        ],
        example: [
            "een zaak zonder datum van indiening",
            "a case without a date of submission",
        ],
        sentence: "Kolom Datum indiening is leeg en mag dat niet zijn (Datum van indiening): vul ze aan in de bron.",
    },
    Known {
        id: "codes",
        about: About::Record,
        severity: REJECT,
        changeable: false,
        meaning: [
            "De waarde staat in de gesloten lijst van de kolom, of in de `map` van de koppeling.",
            "The value is in the closed list of the column, or in the `map` of the mapping.",
        ],
        example: [
            "`Gewon` waar de koppeling `Gewoon` kent",
            "`Gewon` where the mapping knows `Gewoon`",
        ],
        sentence: "Kolom Procedure: de koppeling kent \"Gewon\" niet: bedoelt u \"Gewoon\"?",
    },
    Known {
        id: "pattern",
        about: About::Record,
        severity: REJECT,
        changeable: true,
        meaning: [
            "De tekst heeft de vorm die het contract voorschrijft (`pattern`, een reguliere uitdrukking over de hele tekst).",
            "The text has the form the contract prescribes (`pattern`, a regular expression over the whole text).",
        ],
        example: [
            "`0207.437` als KBO-nummer van tien cijfers",
            "`0207.437` as a KBO number of ten digits",
        ],
        sentence: "Kolom KBO: \"0207.437\" heeft niet de vorm [01][0-9]{9} (KBO-nummer van de organisatie die de zaak behandelt): verbeter de waarde in de bron.",
    },
    Known {
        id: "range",
        about: About::Record,
        severity: REJECT,
        changeable: true,
        meaning: [
            "Het getal of de datum ligt tussen `min` en `max` van het contract; `landed` is de dag van de levering.",
            "The number or date lies between `min` and `max` of the contract; `landed` is the day the file landed.",
        ],
        example: [
            "een termijn van 36500 dagen; een indiening in de toekomst",
            "a term of 36500 days; a submission in the future",
        ],
        sentence: "Kolom Termijn: \"36500\" is groter dan 3650: verbeter de waarde in de bron.",
    },
    Known {
        id: "key",
        about: About::Record,
        severity: REJECT,
        changeable: false,
        meaning: [
            "Geen twee rijen van een bestand hebben dezelfde sleutel; de eerste blijft.",
            "No two rows of a file have the same key; the first stands.",
        ],
        example: ["twee keer zaak A-1", "case A-1 twice"],
        sentence: "Sleutel system, case_id = \"omgevingsloket\", \"A-1\" staat al in record 1: laat er een van weg in de bron.",
    },
    Known {
        id: "gap",
        about: About::Record,
        severity: WARN,
        changeable: true,
        meaning: [
            "Waar het contract dat vraagt (`gaps`): tussen twee geldigheden van hetzelfde blijft geen dag open.",
            "Where the contract asks for it (`gaps`): no day is left open between two validities of the same thing.",
        ],
        example: [
            "gemeente 12041 in een groep tot 2024-01-01, en opnieuw vanaf 2024-07-01",
            "municipality 12041 in a group until 2024-01-01, and again from 2024-07-01",
        ],
        sentence: "Geldigheid van group_id, version, region_code = \"landelijk\", \"2025\", \"12041\" heeft een gat: van 2024-01-01 tot 2024-07-01 geldt er niets. Vul het aan in de bron, of laat het staan als het zo bedoeld is.",
    },
    Known {
        id: "insz",
        about: About::Record,
        severity: REJECT,
        changeable: true,
        meaning: [
            "Het rijksregister- of bisnummer achter een pseudoniem klopt met zijn controlegetal (modulo 97); het nummer zelf wordt nooit getoond.",
            "The national or bis number behind a pseudonym agrees with its check number (modulo 97); the number itself is never shown.",
        ],
        example: ["twee cijfers verwisseld", "two digits swapped"],
        sentence: "Kolom INSZ: het controlegetal (modulo 97) van het INSZ-nummer klopt niet: kijk na of er een cijfer verkeerd of verwisseld is.",
    },
    Known {
        id: "kbo",
        about: About::Record,
        severity: REJECT,
        changeable: true,
        meaning: [
            "Het ondernemingsnummer achter een pseudoniem klopt met zijn controlegetal (modulo 97).",
            "The enterprise number behind a pseudonym agrees with its check number (modulo 97).",
        ],
        example: [
            "0207.437.469 in plaats van 0207.437.468",
            "0207.437.469 instead of 0207.437.468",
        ],
        sentence: "Kolom KBO: het controlegetal (modulo 97) van het ondernemingsnummer klopt niet: kijk na of er een cijfer verkeerd of verwisseld is.",
    },
    Known {
        id: "unknown_entity",
        about: About::Record,
        severity: REJECT,
        changeable: false,
        meaning: [
            "In een KBO-uittreksel van het soort Full hoort elke rij bij een onderneming, vestiging of bijkantoor die erin staat.",
            "In a KBO extract of the kind Full every row belongs to an enterprise, establishment or branch that is in it.",
        ],
        example: [
            "een adres van 0400.051.358, en geen onderneming met dat nummer",
            "an address of 0400.051.358, and no enterprise with that number",
        ],
        sentence: "address.csv: Het nummer staat niet bij de ondernemingen, vestigingen en bijkantoren van dit uittreksel, zodat niet te zeggen is of het van een natuurlijk persoon is: kijk na of het uittreksel volledig is.",
    },
    Known {
        id: "lookup",
        about: About::Record,
        severity: REJECT,
        changeable: true,
        meaning: [
            "De code staat in de referentietabel en geldt op de datum van de rij; anders volgt een voorstel.",
            "The code is in the reference table and valid on the row's date; if not, another is proposed.",
        ],
        example: ["12030 op 13 januari 2025", "12030 on 13 January 2025"],
        sentence: "Kolom NIS: 12030 bestaat niet meer sinds 2019-01-01: gebruik 12041.",
    },
    Known {
        id: "merger",
        about: About::Record,
        severity: WARN,
        changeable: false,
        meaning: [
            "Een oude zaak komt opnieuw onder de code van de fusiegemeente; ze wordt aanvaard.",
            "An old case comes again under the code of the merged municipality; it is accepted.",
        ],
        example: [
            "44085 op een zaak van 13 januari 2017",
            "44085 on a case of 13 January 2017",
        ],
        sentence: "Kolom NIS: 44085 bestond nog niet op 2017-01-13, maar ontstond op 2019-01-01 uit de fusie van 44036, 44072, 44080: aanvaard als herlevering onder de nieuwe code.",
    },
    Known {
        id: "outlived",
        about: About::Record,
        severity: WARN,
        changeable: true,
        meaning: [
            "Wat een geldigheid heeft, zoals een doel, loopt niet door nadat de gemeente ophield te bestaan.",
            "What has a validity, such as a target, does not go on after the municipality ceased to exist.",
        ],
        example: [
            "een doel voor Borsbeek vanaf 2024, zonder einde",
            "a target for Borsbeek from 2024, without an end",
        ],
        sentence: "Kolom region_code: 11007 bestaat niet meer sinds 2025-01-01: laat de geldigheid dan eindigen, en beslis opnieuw voor 11002.",
    },
    Known {
        id: "placeholder",
        about: About::Record,
        severity: WARN,
        changeable: true,
        meaning: [
            "Een opvultekst (`empty` in de koppeling) geldt als leeg.",
            "A filler text (`empty` in the mapping) counts as absent.",
        ],
        example: ["`n.v.t.` als datum", "`n.v.t.` for a date"],
        sentence: "Kolom Procedure heeft een opvultekst en geldt als leeg: vul de echte waarde in, of laat ze leeg in de bron.",
    },
    Known {
        id: "derived",
        about: About::Record,
        severity: WARN,
        changeable: true,
        meaning: [
            "Datum en tijdstip van hetzelfde feit vallen op dezelfde dag; bij een verschil geldt de datum.",
            "Date and moment of the same fact fall on the same day; where they differ the date stands.",
        ],
        example: [
            "indiening op 13 januari, tijdstip 14 januari 09:00",
            "submitted on 13 January, moment 14 January 09:00",
        ],
        sentence: "Datum en tijdstip zijn niet van dezelfde dag (2025-01-13 en 2025-01-14): kijk na welke klopt; de datum geldt.",
    },
    Known {
        id: "moved",
        about: About::Record,
        severity: WARN,
        changeable: false,
        meaning: [
            "Een rij die al opgeslagen was, komt terug onder een andere gemeente.",
            "A row that was stored already comes again under another municipality.",
        ],
        example: [
            "zaak A-1, eerst bij 23023 en nu bij 23106",
            "case A-1, first at 23023 and now at 23106",
        ],
        sentence: "Deze rij stond bij gemeente 23023 en komt nu bij 23106: kijk na of dat een fusie of een vergissing is.",
    },
    Known {
        id: "volume",
        about: About::Delivery,
        severity: WARN,
        changeable: true,
        meaning: [
            "Er kwamen ongeveer zoveel rijen als gewoonlijk: tegenover de leveringen ervoor, tegenover de andere jaren of maanden in het bestand, en tegenover `[volume]` in de koppeling.",
            "About as many rows came as usual: against the deliveries before, against the other years or months in the file, and against `[volume]` in the mapping.",
        ],
        example: [
            "een jaar met 274 beslissingen waar er 1.400 gewoon zijn",
            "a year with 274 decisions where 1,400 are normal",
        ],
        sentence: "Tabel cases: 274 rijen, waar er 1417 gewoon zijn (mediaan van de 3 leveringen ervoor): vraag de bron of er iets ontbreekt of dubbel in staat.",
    },
    Known {
        id: "repeated",
        about: About::Delivery,
        severity: WARN,
        changeable: true,
        meaning: [
            "De meeste rijen kwamen nog niet met een ander bestand van deze bron, ook niet onder een andere sleutel.",
            "Most rows did not come with another file of this source before, nor under another key.",
        ],
        example: [
            "het eerste kwartaal, nog eens geleverd als het tweede",
            "the first quarter, delivered again as the second",
        ],
        sentence: "Tabel cases: ongeveer 98 % van de 1204 rijen kwam onveranderd al met zaken-2025-03-31.csv: kijk na of die periode niet twee keer geleverd is.",
    },
    Known {
        id: "constant",
        about: About::Delivery,
        severity: WARN,
        changeable: true,
        meaning: [
            "Een kolom die hoort te verschillen (`varies` in het contract, of verschillend in elke levering ervoor) heeft niet overal dezelfde waarde.",
            "A column that should vary (`varies` in the contract, or varied in every delivery before) does not have one value throughout.",
        ],
        example: [
            "elk kanaal is `unknown` sinds een nieuwe versie van het pakket",
            "every channel is `unknown` since a new version of the package",
        ],
        sentence: "Kolom Kanaal heeft in alle 812 ingevulde rijen dezelfde waarde (unknown): kijk na of dat geen opvulwaarde is.",
    },
    Known {
        id: "emptied",
        about: About::Delivery,
        severity: WARN,
        changeable: true,
        meaning: [
            "Een kolom die in elke levering ervoor minstens half gevuld was, is niet plots leeg.",
            "A column that was at least half filled in every delivery before is not empty all at once.",
        ],
        example: [
            "geen enkele zaak heeft nog een datum van besluit",
            "no case has a date of decision any more",
        ],
        sentence: "Kolom Datum besluit is ingevuld in 0 van 812 rijen, en was dat in elke levering ervoor in minstens de helft: kijk na of de kolom nog geleverd wordt.",
    },
    Known {
        id: "added",
        about: About::Delivery,
        severity: REJECT,
        changeable: true,
        meaning: [
            "Het bestand heeft geen kolommen die in geen eerdere levering stonden en die de koppeling niet leest of overslaat (`ignore`). In JSON, XML en XES, en voor bestanden die er al waren voor iets van de bron werd opgeslagen, waarschuwt deze regel.",
            "The file has no columns that were in no delivery before and that the mapping neither reads nor leaves alone (`ignore`). In JSON, XML and XES, and for files that landed before anything of the source was stored, this rule warns.",
        ],
        example: [
            "een kolom `Datum intrekking` sinds een nieuwe versie van het pakket",
            "a column `Datum intrekking` since a new version of the package",
        ],
        sentence: "Nieuwe kolom Datum intrekking: niet in eerdere leveringen, en de koppeling leest ze niet; neem ze op in de koppeling, of zet ze in `ignore`.",
    },
    Known {
        id: "deleted",
        about: About::Delivery,
        severity: REJECT,
        changeable: true,
        meaning: [
            "Een volledige levering (`load = \"full\"`) schrapt niet meer dan een deel van de rijen die de bron gaf: `deleted` in `[limits]`, anders de helft van 20 rijen of meer.",
            "A full delivery (`load = \"full\"`) does not delete more than a part of the rows the source gave: `deleted` in `[limits]`, else half of 20 rows or more.",
        ],
        example: [
            "een lijst van 1.204 percelen die met 35 rijen terugkomt",
            "a list of 1,204 plots that comes back with 35 rows",
        ],
        sentence: "Tabel observations: deze volledige levering zou 1169 van de 1204 rijen schrappen (97,1 %), en de grens van deze bron is 50 %: vraag de bron waar ze bleven, of laat het bewust door.",
    },
    Known {
        id: "freshness",
        about: About::Delivery,
        severity: WARN,
        changeable: true,
        meaning: [
            "De levering is volledig tot een dag die niet te ver voor haar komst ligt (`[freshness]` in de koppeling), en niet erna.",
            "The delivery is complete up to a day not too long before it landed (`[freshness]` in the mapping), and not after.",
        ],
        example: [
            "een bestand tot eind januari dat in juni binnenkomt",
            "a file up to the end of January that comes in June",
        ],
        sentence: "De levering loopt tot 2025-01-31 en kwam binnen op 2025-06-01, 121 dagen later (afgesproken: 31): vraag de bron om een recentere levering.",
    },
];

/// The rule of this id, where the program itself has it.
pub fn find(id: &str) -> Option<&'static Known> {
    ALL.iter().find(|known| known.id == id)
}

/// The list as Markdown in one language: the program's own rules, then those of the pack's contracts.
pub fn list(language: Language, pack: &Pack) -> String {
    let say = |nl: &'static str, en: &'static str| match language {
        Language::Nl => nl,
        Language::En => en,
    };
    let at = match language {
        Language::Nl => 0,
        Language::En => 1,
    };
    let severity = |severity: Severity| match severity {
        Severity::Reject => say("weigert", "rejects"),
        Severity::Warn => say("waarschuwt", "warns"),
    };
    let mut text = String::new();
    for (about, heading) in [
        (
            About::Record,
            say("Regels per record", "Rules about a record"),
        ),
        (
            About::Delivery,
            say(
                "Regels over een levering als geheel",
                "Rules about a delivery as a whole",
            ),
        ),
    ] {
        let known: Vec<&Known> = ALL.iter().filter(|k| k.about == about).collect();
        if known.is_empty() {
            continue;
        }
        text.push_str(&format!("### {heading}\n\n"));
        for known in known {
            let changeable = match known.changeable {
                true => say("", ""),
                false => say(", altijd", ", always"),
            };
            text.push_str(&format!(
                "- **`{}`** ({}{changeable}). {}\n  - {}: {}\n  - “{}”\n",
                known.id,
                severity(known.severity),
                known.meaning[at],
                say("Bijvoorbeeld", "For example"),
                known.example[at],
                known.sentence
            ));
        }
        text.push('\n');
    }
    text.push_str(&format!(
        "### {}\n\n",
        say("Regels van de tabellen", "Rules of the tables")
    ));
    for contract in pack.canonical() {
        let rules = contract.rules.iter().map(|rule| {
            let form = match (&rule.at_least, &rule.equals_sum, &rule.expression) {
                (Some(other), ..) => format!("{} >= {other}", rule.column),
                (_, Some(terms), _) => format!("{} = {}", rule.column, terms.join(" + ")),
                (_, _, Some(expression)) => expression.clone(),
                _ => String::new(),
            };
            (&rule.id, rule.severity, &rule.meaning, form)
        });
        let references = contract.references.iter().map(|reference| {
            let form = format!(
                "({}) in {} ({})",
                reference.columns.join(", "),
                reference.table,
                reference.targets().join(", ")
            );
            (&reference.id, reference.severity, &reference.meaning, form)
        });
        let overlaps = contract.without_overlaps.iter().map(|rule| {
            let form = format!(
                "({}) without overlaps of [{}, {})",
                rule.columns.join(", "),
                rule.from,
                rule.until
            );
            (&rule.id, Severity::Reject, &rule.meaning, form)
        });
        for (id, level, meaning, form) in rules.chain(references).chain(overlaps) {
            text.push_str(&format!(
                "- **`{id}`** ({}, {} `{}`). {}.\n  - `{form}`\n",
                severity(level),
                say("tabel", "table"),
                contract.name,
                meaning.get(language).trim_end_matches('.'),
            ));
        }
    }
    if !pack.checks.is_empty() {
        text.push_str(&format!(
            "\n### {}\n\n",
            say(
                "Controles over alles wat is opgeslagen (sql/checks)",
                "Checks over all that is stored (sql/checks)"
            )
        ));
    }
    for check in pack.checks.values() {
        let gravity = match check.gravity {
            Gravity::Fail => say("faalt", "fails"),
            Gravity::Warn => say("waarschuwt", "warns"),
        };
        text.push_str(&format!(
            "- **`{}`** ({gravity}). {}.\n  - {}\n",
            check.id,
            check.meaning.get(language).trim_end_matches('.'),
            check.advice.get(language)
        ));
    }
    text
}

/// `docs/sources/checks.md`: the list in both languages.
pub fn document(pack: &Pack) -> String {
    format!(
        "# The list of checks\n\n\
         *In het kort: elke regel waartegen een record of een levering kan zondigen, met een voorbeeld. Deze pagina wordt door het programma gemaakt \
         (`beleidsinfo check --list nl`); hoe u regels instelt, staat in [quality.md](quality.md).*\n\n\
         Made by the program from its own code and the contracts of the built-in pack: `beleidsinfo check --list en` prints it for the pack of a project. \
         A rule that *rejects* takes the record out of every table it fills; one that *warns* lets it through and counts it. `[severity]` in a mapping changes that, \
         save where it says *always*. The sentences stand in Dutch, as the supplier gets them.\n\n\
         ## Nederlands\n\n{}\n## English\n\n{}",
        list(Language::Nl, pack),
        list(Language::En, pack)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack() -> Pack {
        Pack::parse(beleidsinfo_warehouse::pack::builtin_files()).unwrap()
    }

    #[test]
    fn each_rule_is_there_once_and_no_contract_takes_its_name() {
        let pack = pack();
        for (at, known) in ALL.iter().enumerate() {
            assert!(ALL[..at].iter().all(|k| k.id != known.id), "{}", known.id);
            for contract in pack.contracts.values() {
                assert!(contract.rules.iter().all(|r| r.id != known.id));
                assert!(contract.references.iter().all(|r| r.id != known.id));
            }
            for text in known.meaning.iter().chain(&known.example) {
                assert!(!text.is_empty(), "{}", known.id);
            }
        }
    }

    #[test]
    fn the_published_list_is_what_the_code_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/sources/checks.md");
        let written = document(&pack());
        if std::env::var_os("BELEIDSINFO_WRITE_LIST").is_some() {
            std::fs::write(path, &written).unwrap();
        }
        assert!(
            std::fs::read_to_string(path).unwrap_or_default() == written,
            "docs/sources/checks.md is stale: run this test with BELEIDSINFO_WRITE_LIST=1"
        );
    }
}
