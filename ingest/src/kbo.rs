//! kbo: the open data of the Crossroads Bank for Enterprises: which file of an extract fills which table, and in which turn
//! extracts may be stored. Pure.

use beleidsinfo_warehouse::error::{Error, Result};
use indexmap::IndexMap;
use regex::Regex;
use std::sync::LazyLock;

use crate::mapping::{Column, Connector, Mapping, Rows, TableMapping};

/// One file of an extract: `enterprise.csv`, or in an update `enterprise_delete.csv` and `enterprise_insert.csv`.
pub(crate) struct Part {
    pub name: &'static str,
    pub table: &'static str,
    /// Target and source; the first is the number (or name) by which an update deletes.
    pub columns: &'static [(&'static str, &'static str)],
    pub rows: About,
}

/// What the rows of a file say something about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// The extract itself, or codes.
    Nobody,
    Enterprise,
    /// An establishment or branch of an enterprise.
    Place,
    /// Any of these.
    Entity,
}

/// In the order in which they are read: what others belong to first.
pub(crate) const PARTS: [Part; 9] = [
    Part {
        name: META,
        table: META_TABLE,
        columns: &[("variable", "Variable"), ("value", "Value")],
        rows: About::Nobody,
    },
    Part {
        name: "code",
        table: "kbo_codes",
        columns: &[
            ("category", "Category"),
            ("code", "Code"),
            ("language", "Language"),
            ("description", "Description"),
        ],
        rows: About::Nobody,
    },
    Part {
        name: "enterprise",
        table: "kbo_enterprises",
        columns: &[
            ("enterprise_number", "EnterpriseNumber"),
            ("status", "Status"),
            ("juridical_situation", "JuridicalSituation"),
            ("enterprise_type", TYPE),
            ("juridical_form", "JuridicalForm"),
            ("juridical_form_cac", "JuridicalFormCAC"),
            ("started_on", "StartDate"),
        ],
        rows: About::Enterprise,
    },
    Part {
        name: "establishment",
        table: "kbo_establishments",
        columns: &[
            ("establishment_number", "EstablishmentNumber"),
            ("started_on", "StartDate"),
            ("enterprise_number", OWNER),
        ],
        rows: About::Place,
    },
    Part {
        name: "branch",
        table: "kbo_branches",
        columns: &[
            ("branch_number", "Id"),
            ("started_on", "StartDate"),
            ("enterprise_number", OWNER),
        ],
        rows: About::Place,
    },
    Part {
        name: "denomination",
        table: "kbo_denominations",
        columns: &[
            ("entity_number", "EntityNumber"),
            ("language", "Language"),
            ("denomination_type", "TypeOfDenomination"),
            ("denomination", "Denomination"),
        ],
        rows: About::Entity,
    },
    Part {
        name: "address",
        table: "kbo_addresses",
        columns: &[
            ("entity_number", "EntityNumber"),
            ("address_type", "TypeOfAddress"),
            ("country_nl", "CountryNL"),
            ("country_fr", "CountryFR"),
            ("zipcode", "Zipcode"),
            ("municipality_nl", "MunicipalityNL"),
            ("municipality_fr", "MunicipalityFR"),
            ("street_nl", "StreetNL"),
            ("street_fr", "StreetFR"),
            ("house_number", "HouseNumber"),
            ("box", "Box"),
            ("extra", "ExtraAddressInfo"),
            ("struck_off_on", "DateStrikingOff"),
        ],
        rows: About::Entity,
    },
    Part {
        name: "contact",
        table: "kbo_contacts",
        columns: &[
            ("entity_number", "EntityNumber"),
            ("entity_contact", "EntityContact"),
            ("contact_type", "ContactType"),
            ("value", "Value"),
        ],
        rows: About::Entity,
    },
    Part {
        name: "activity",
        table: "kbo_activities",
        columns: &[
            ("entity_number", "EntityNumber"),
            ("activity_group", "ActivityGroup"),
            ("nace_version", "NaceVersion"),
            ("nace_code", "NaceCode"),
            ("classification", "Classification"),
        ],
        rows: About::Entity,
    },
];

pub(crate) const META: &str = "meta";
/// Holds what the extract that the register stands at says of itself.
pub const META_TABLE: &str = "kbo_meta";
pub(crate) const TYPE: &str = "TypeOfEnterprise";
pub(crate) const OWNER: &str = "EnterpriseNumber";
/// Where the numbers of what is kept stand.
pub(crate) const NUMBERS: [(&str, &str); 3] = [
    ("kbo_enterprises", "enterprise_number"),
    ("kbo_establishments", "establishment_number"),
    ("kbo_branches", "branch_number"),
];

const DATE: &str = "%d-%m-%Y";

impl Part {
    /// The column by which an update deletes.
    pub fn first(&self) -> (&'static str, &'static str) {
        self.columns[0]
    }

    /// How its file fills its table; of a list of what is deleted, only the first column.
    pub fn shape(&self, deleted: bool) -> TableMapping {
        let columns = if deleted {
            &self.columns[..1]
        } else {
            self.columns
        };
        TableMapping {
            name: self.table.into(),
            rows: Rows::Record,
            only: IndexMap::new(),
            columns: columns
                .iter()
                .map(|(target, source)| (target.to_string(), column(target, source)))
                .collect(),
        }
    }
}

fn column(target: &str, source: &str) -> Column {
    Column {
        format: target.ends_with("_on").then(|| DATE.into()),
        ..Column::from_source(source)
    }
}

/// The number in a text with points, as ten digits become one.
pub(crate) fn number(text: &str) -> Option<u64> {
    plain(text).parse().ok()
}

/// `0200.065.765` as the tables have it.
pub(crate) fn plain(text: &str) -> String {
    text.trim().replace('.', "")
}

/// All that a mapping says for this connector.
const KEYS: [&str; 8] = [
    "connector",
    "freshness",
    "limits",
    "location",
    "retention",
    "schedule",
    "severity",
    "volume",
];

/// Fills in the tables: the form of an extract is the same everywhere.
///
/// Errors: a key that has no use here.
pub(crate) fn complete(mapping: &mut Mapping, written: &toml::Table, place: &str) -> Result<()> {
    if mapping.connector != Connector::Kbo {
        return Ok(());
    }
    if let Some(key) = written.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(Error::input(format!(
            "{place}: `{key}` has no use with connector = \"kbo\""
        ))
        .hint("leave it out: the tables and columns of an extract are known. Only location, schedule, retention, limits, severity, volume and freshness can be set"));
    }
    mapping.tables = PARTS.iter().map(|part| part.shape(false)).collect();
    Ok(())
}

/// An extract, as its name says: `KboOpenData_0136_2025_06_Full.zip`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extract {
    pub number: u32,
    /// All there is; else what changed since the extract before.
    pub full: bool,
}

static NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^KboOpenData_(\d{1,9})_\d{4}_\d{2}_(Full|Update)\.zip$")
        .expect("a constant pattern compiles")
});

impl Extract {
    /// Errors: a name that is not that of an extract.
    pub fn of_name(name: &str) -> Result<Self> {
        let found = NAME.captures(name);
        let number = found.as_ref().and_then(|found| found[1].parse().ok());
        match (found, number) {
            (Some(found), Some(number)) => Ok(Self {
                number,
                full: found[2].eq_ignore_ascii_case("full"),
            }),
            _ => Err(Error::input(format!("{name} has not the name of a KBO extract")).hint(
                "keep the name it was downloaded under, such as KboOpenData_0136_2025_06_Full.zip: it tells the number of the extract and whether it is an update",
            )),
        }
    }

    pub fn kind(self) -> &'static str {
        if self.full { "Full" } else { "Update" }
    }
}

/// A landed extract that is not stored yet with the mapping as it is.
#[derive(Debug, Clone)]
pub struct Waiting<T> {
    pub extract: Extract,
    /// It was, with an earlier mapping.
    pub stored_before: bool,
    pub what: T,
}

/// What is to be stored, in turn.
#[derive(Debug)]
pub struct Turns<T> {
    pub store: Vec<T>,
    /// Older than what is stored, or than a Full that is: they say nothing new.
    pub passed: Vec<Extract>,
    /// Why what is left cannot be stored.
    pub refused: Option<Error>,
}

/// Puts extracts in order. An update goes on from the extract before it and from no other; a Full goes on from anything older.
/// `stands_at`: the number of the extract that the register stands at.
pub fn turns<T>(stands_at: Option<u32>, mut waiting: Vec<Waiting<T>>) -> Turns<T> {
    // Of one number the update goes first: it says the same in fewer rows.
    waiting.sort_by_key(|w| w.extract);
    let fulls: Vec<u32> = waiting
        .iter()
        .filter(|w| w.extract.full)
        .map(|w| w.extract.number)
        .collect();
    let mut at = stands_at;
    let mut turns = Turns {
        store: Vec::new(),
        passed: Vec::new(),
        refused: None,
    };
    for Waiting {
        extract,
        stored_before,
        what,
    } in waiting
    {
        let Extract { number, full } = extract;
        let newer = at.is_none_or(|at| number > at);
        let next = at.and_then(|at| at.checked_add(1)) == Some(number);
        if full && (newer || stored_before) || !full && next {
            at = Some(number);
            turns.store.push(what);
        } else if !newer || fulls.iter().any(|full| *full >= number) {
            turns.passed.push(extract);
        } else {
            turns.refused = Some(gap(at, number));
            break;
        }
    }
    turns
}

fn gap(at: Option<u32>, number: u32) -> Error {
    let error = Error::refused(format!("cannot store the update of KBO extract {number}"));
    match at {
        None => error
            .because("an update says what changed, and no Full is stored yet")
            .hint("download the latest Full (KboOpenData_…_Full.zip) and pull again"),
        Some(at) => {
            let (first, last) = (at + 1, number - 1);
            let missing = if first == last {
                format!("extract {first} is missing")
            } else {
                format!("extracts {first} to {last} are missing")
            };
            error
                .because(format!("the register stands at extract {at}: {missing}"))
                .hint(format!(
                    "download the updates that are missing, or a Full of {number} or later, and pull again"
                ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extract(text: &str) -> Waiting<String> {
        let (text, stored_before) = match text.strip_suffix('*') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (kind, number) = text.split_at(1);
        Waiting {
            extract: Extract {
                number: number.parse().unwrap(),
                full: kind == "F",
            },
            stored_before,
            what: text.to_string(),
        }
    }

    /// `F136` is a Full, `U137` an update; a star: stored before.
    fn of(at: Option<u32>, waiting: &str) -> (String, usize, Option<String>) {
        let turns = turns(at, waiting.split(' ').map(extract).collect());
        let why = turns.refused.map(|e| {
            format!(
                "{e}: {} ({})",
                std::error::Error::source(&e).unwrap(),
                e.hint_text().unwrap()
            )
        });
        (turns.store.join(" "), turns.passed.len(), why)
    }

    #[test]
    fn a_full_and_the_updates_after_it_are_stored_in_order_of_number() {
        assert_eq!(
            of(None, "U138 F136 U137"),
            ("F136 U137 U138".into(), 0, None)
        );
        assert_eq!(of(Some(138), "U139"), ("U139".into(), 0, None));
        assert_eq!(of(Some(138), "F141 U142"), ("F141 U142".into(), 0, None));
    }

    #[test]
    fn of_a_full_and_an_update_of_one_number_one_is_enough() {
        assert_eq!(of(Some(138), "F139 U139"), ("U139".into(), 1, None));
        assert_eq!(of(Some(137), "F139 U139"), ("F139".into(), 1, None));
    }

    #[test]
    fn a_gap_is_refused_with_what_is_missing_and_a_full_closes_it() {
        let (stored, _, why) = of(Some(136), "U137 U139 U140");
        assert_eq!(stored, "U137");
        let why = why.unwrap();
        assert!(why.contains("update of KBO extract 139"), "{why}");
        assert!(
            why.contains("stands at extract 137: extract 138 is missing"),
            "{why}"
        );
        assert!(why.contains("a Full of 139 or later"), "{why}");
        let (_, _, why) = of(Some(136), "U140");
        assert!(why.unwrap().contains("extracts 137 to 139 are missing"));
        let (_, _, why) = of(None, "U140");
        assert!(why.unwrap().contains("no Full is stored yet"));
        assert_eq!(
            of(Some(136), "U139 F140 U141"),
            ("F140 U141".into(), 1, None)
        );
    }

    #[test]
    fn what_is_older_than_the_register_is_passed_over() {
        assert_eq!(of(Some(139), "U138"), (String::new(), 1, None));
        assert_eq!(of(Some(139), "F120 U140"), ("U140".into(), 1, None));
    }

    #[test]
    fn after_a_change_of_the_mapping_all_is_read_again_from_the_full() {
        assert_eq!(
            of(Some(138), "F136* U137* U138* U139"),
            ("F136 U137 U138 U139".into(), 0, None)
        );
        // The Full is expired: the rows stay as they were.
        assert_eq!(of(Some(138), "U137* U138* U139"), ("U139".into(), 2, None));
    }

    #[test]
    fn the_name_tells_the_number_and_the_kind() {
        let full = Extract::of_name("KboOpenData_0136_2025_06_Full.zip").unwrap();
        assert_eq!((full.number, full.full), (136, true));
        let update = Extract::of_name("KboOpenData_0140_2025_10_Update.zip").unwrap();
        assert_eq!((update.number, update.kind()), (140, "Update"));
        for wrong in [
            "kbo.zip",
            "KboOpenData_0136_Full.zip",
            "KboOpenData_99999999999_2025_06_Full.zip",
        ] {
            let error = Extract::of_name(wrong).unwrap_err();
            assert!(
                error.hint_text().unwrap().contains("keep the name"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn every_table_has_its_columns() {
        let pack =
            beleidsinfo_warehouse::pack::Pack::parse(beleidsinfo_warehouse::pack::builtin_files())
                .unwrap();
        for part in &PARTS {
            let contract = &pack.contracts[part.table];
            let filled: Vec<&str> = part.columns.iter().map(|(target, _)| *target).collect();
            let promised: Vec<&str> = contract.columns.keys().map(String::as_str).collect();
            assert_eq!(filled, promised, "{}", part.table);
            assert_eq!(contract.key[0], part.first().0, "an update deletes by it");
        }
    }
}
