//! mapping: how one source's records become rows of the canonical tables, as written in `sources/<id>.toml`.

mod column;
mod dialect;
mod filter;
mod retention;
mod thresholds;
mod unpivot;

use beleidsinfo_warehouse::contract::Severity;
use beleidsinfo_warehouse::delivery::Load;
use chrono::NaiveDate;
use indexmap::IndexMap;
use regex::Regex;
use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::schedule::Schedule;

pub use crate::connector::path::RecordPath;
pub use column::{Column, Other, Part, Pick, Take, Unmapped};
pub use dialect::{Header, Ragged};
pub use filter::{Condition, Kind, Range};
pub use retention::Retention;
pub use thresholds::{Share, Thresholds};
pub use unpivot::{Empty, Unpivot, Wide};

/// A source mapping. Keys that do not exist are errors, so that a slip of the pen never passes in silence.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub connector: Connector,
    /// Path or pattern, relative to the project folder.
    pub location: String,
    /// Which file of a zip archive: a pattern for its path or its name.
    pub member: Option<String>,
    /// The public key of who signs the report of a release, as one line.
    pub signer: Option<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The cells of a sheet that hold the table: `B3:H200`.
    pub range: Option<String>,
    #[serde(default)]
    pub merged: Merged,
    /// A label of the WHATWG encoding standard.
    #[serde(default = "utf_8")]
    pub encoding: String,
    /// One or more signs.
    #[serde(default = "comma", deserialize_with = "dialect::delimiter")]
    pub delimiter: String,
    /// `None`: quotes are signs like any other.
    #[serde(default = "double_quote", deserialize_with = "dialect::sign")]
    pub quote: Option<u8>,
    /// Takes away the meaning of the sign after it. A quote that is written twice within quotes needs none.
    #[serde(default, deserialize_with = "dialect::sign")]
    pub escape: Option<u8>,
    /// What lines begin with that are no record.
    #[serde(default, deserialize_with = "dialect::comment")]
    pub comment: Option<String>,
    #[serde(default)]
    pub header: Header,
    /// The columns' names, by place, instead of those in the header.
    #[serde(default)]
    pub names: Vec<String>,
    #[serde(default)]
    pub ragged: Ragged,
    #[serde(default)]
    pub decimal: Decimal,
    /// When `serve` and `pull --due` fetch it.
    pub schedule: Option<Schedule>,
    #[serde(default)]
    pub load: Load,
    pub complete_until: Option<CompleteUntil>,
    /// Placeholder texts: such a value counts as absent, with a warning.
    #[serde(default)]
    pub empty: Vec<String>,
    /// Where in a tree (json, xml) the records are, or (parquet, arrow) which list is unfolded into them.
    pub records: Option<RecordPath>,
    /// The column that groups records into traces.
    pub trace: Option<String>,
    /// A source column to the other names it goes by, each in some of the files.
    #[serde(default)]
    pub aliases: IndexMap<String, Vec<String>>,
    /// Columns that a file may have and nothing is made of: known, so that they are not told as new.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Columns that become records.
    pub unpivot: Option<Unpivot>,
    /// What is expected of the number of rows.
    #[serde(default)]
    pub volume: Volume,
    /// What is expected of the days on which it delivers, and up to which.
    #[serde(default)]
    pub freshness: Freshness,
    /// Rule id to severity, above what the contract says.
    #[serde(default)]
    pub severity: IndexMap<String, Severity>,
    /// The file holds data about persons, also where no column of it is mapped.
    #[serde(default)]
    pub personal: bool,
    /// How long the landed bytes and rejected records of a personal source are kept.
    pub retention: Option<Retention>,
    /// From where on a delivery is held instead of stored.
    #[serde(default)]
    pub limits: Thresholds,
    #[serde(default)]
    pub tables: Vec<TableMapping>,
    /// Columns are taken by their own name where the file has them: a reference table kept as CSV.
    #[serde(skip)]
    pub identity: bool,
    /// Every column of the file is given, mapped or not: to look at a file nobody described yet.
    #[serde(skip)]
    pub every: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    Csv,
    Json,
    /// One JSON record a line.
    Ndjson,
    /// A form that is filled in by hand.
    Toml,
    Xes,
    Xml,
    /// A spreadsheet in any form: xlsx, xlsb, xls, ods.
    Sheet,
    Parquet,
    Arrow,
    /// An extract of the Crossroads Bank for Enterprises.
    Kbo,
    /// Figures that another installation published, with its conformity report.
    Release,
}

const CONNECTORS: &str =
    "csv, json, ndjson, toml, xml, xes, xlsx, xlsb, xls, ods, parquet, arrow, kbo and release";

impl Connector {
    /// What it reads, as a noun.
    pub(crate) fn reads(self) -> &'static str {
        match self {
            Connector::Csv => "delimited text",
            Connector::Json | Connector::Ndjson => "JSON",
            Connector::Toml => "TOML",
            Connector::Xml => "XML",
            Connector::Xes => "an event log in XML",
            Connector::Sheet => "a spreadsheet",
            Connector::Parquet => "Parquet",
            Connector::Arrow => "Arrow IPC",
            Connector::Kbo => "a KBO extract (zip)",
            Connector::Release => "a release with its report (zip)",
        }
    }
}

/// What programs write in a cell of which the formula failed, in English and in Dutch.
pub(crate) const CELL_ERRORS: [&str; 16] = [
    "#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#DATA!", "#SPILL!",
    "#N/B", "#DEEL/0!", "#NAAM?", "#LEEG!", "#GETAL!", "#VERW!", "#WAARDE!",
];

/// What becomes of cells that are merged into one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Merged {
    /// The value stands in the first of them and the others are empty, as the file itself has it. In a header it always
    /// stands in all.
    #[default]
    First,
    /// The value stands in all of them.
    Fill,
}

/// How many rows a delivery should give each table.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Volume {
    /// So many times more or fewer than is usual is an alarm.
    pub factor: f64,
    /// At least and at most, whatever came before.
    pub rows: Option<[u64; 2]>,
}

impl Default for Volume {
    fn default() -> Self {
        Self {
            factor: 2.0,
            rows: None,
        }
    }
}

/// When deliveries should come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Freshness {
    /// At least one delivery in so many days.
    pub every_days: Option<u32>,
    /// A delivery is complete up to at most so many days before it lands.
    pub lag_days: Option<u32>,
}

/// The decimal sign of the source's numbers; the other one, spaces and apostrophes may group thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Decimal {
    #[default]
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

/// Up to which day the source says a delivery is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompleteUntil {
    On(NaiveDate),
    /// The last `YYYY-MM-DD` in the file's name.
    Name,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableMapping {
    pub name: String,
    #[serde(default)]
    pub rows: Rows,
    /// Only records whose columns are so; all conditions must hold.
    #[serde(default, rename = "where")]
    pub only: IndexMap<String, Condition>,
    pub columns: IndexMap<String, Column>,
}

/// What becomes a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rows {
    #[default]
    Record,
    /// All records that share the trace column.
    Trace,
    /// A record that is an event; with `per`, all events of a trace that share that target column.
    Event,
}

impl Mapping {
    /// A comma-separated file, and nothing said about it yet: every key at its default.
    pub fn csv() -> Self {
        toml::from_str("connector = \"csv\"\nlocation = \"\"\ntables = []")
            .expect("a mapping with only its required keys parses")
    }

    /// The column that groups records into traces: as mapped, and for XES the trace's own name.
    pub fn trace_column(&self) -> Option<&str> {
        self.trace
            .as_deref()
            .or((self.connector == Connector::Xes).then_some("case:concept:name"))
    }

    /// XES writes numbers with a point, whatever the mapping says of a CSV of the same log.
    pub fn decimal_sign(&self) -> Decimal {
        if self.connector == Connector::Xes {
            Decimal::Point
        } else {
            self.decimal
        }
    }

    /// Texts that mean nothing is there: as mapped, and in a spreadsheet the errors of formulas.
    pub fn placeholders(&self) -> Vec<&str> {
        let errors: &[&str] = match self.connector {
            Connector::Sheet => &CELL_ERRORS,
            _ => &[],
        };
        let own = self.empty.iter().map(String::as_str);
        own.chain(errors.iter().copied()).collect()
    }

    /// The other names of a source column.
    pub fn aliases_of(&self, column: &str) -> impl Iterator<Item = &str> {
        let names = self.aliases.get(column).map_or(&[][..], Vec::as_slice);
        names.iter().map(String::as_str)
    }

    /// What the mapping calls a column that a file gives under an alias.
    pub fn unaliased(&self, name: &str) -> Option<&str> {
        let (column, _) = self
            .aliases
            .iter()
            .find(|(_, aliases)| aliases.iter().any(|alias| alias == name))?;
        Some(column)
    }

    /// Every source column the mapping reads, each once, in order of first mention, by the mapping's own name for it.
    pub fn source_columns(&self) -> Vec<&str> {
        let needs_trace = self.tables.iter().any(TableMapping::needs_trace);
        let trace = if needs_trace {
            self.trace_column()
        } else {
            None
        };
        let mut names: Vec<&str> = trace.into_iter().collect();
        for table in &self.tables {
            let filters = table.only.keys().map(String::as_str);
            for name in filters.chain(table.columns.values().flat_map(Column::sources)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}

impl Mapping {
    /// Every column to take from a file, by the mapping's own name for it: what it reads, but for what it makes itself, and
    /// the columns it names to become records.
    pub fn file_columns(&self) -> Vec<&str> {
        let mut names = self.source_columns();
        if let Some(unpivot) = &self.unpivot {
            names.retain(|name| *name != unpivot.name && *name != unpivot.value);
            if let Wide::List(wide) = &unpivot.columns {
                names.extend(wide.iter().map(String::as_str));
            }
        }
        names
    }
}

impl TableMapping {
    /// The target column by whose value events are grouped, if any; validation sees to it that there is one at most.
    pub fn per(&self) -> Option<&str> {
        self.columns.values().find_map(|c| match &c.take {
            Take::Pick { per, .. } => per.as_deref(),
            _ => None,
        })
    }

    /// Whether a row may be made of several records.
    pub fn grouped(&self) -> bool {
        self.rows == Rows::Trace || self.per().is_some()
    }

    pub(crate) fn needs_trace(&self) -> bool {
        self.grouped()
            || self
                .columns
                .values()
                .any(|c| matches!(c.take, Take::Ordinal))
    }
}

/// A regular expression as written, or why it is none.
fn pattern<E: de::Error>(text: Option<&str>) -> Result<Option<Regex>, E> {
    text.map(|text| {
        Regex::new(text)
            .map_err(|cause| E::custom(format!("cannot read pattern `{text}`: {cause}")))
    })
    .transpose()
}

fn utf_8() -> String {
    "utf-8".into()
}
fn comma() -> String {
    ",".into()
}
fn double_quote() -> Option<u8> {
    Some(b'"')
}

impl<'de> Deserialize<'de> for Connector {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let name = String::deserialize(input)?;
        match name.as_str() {
            "csv" => Ok(Connector::Csv),
            "json" => Ok(Connector::Json),
            "ndjson" => Ok(Connector::Ndjson),
            "toml" => Ok(Connector::Toml),
            "xes" => Ok(Connector::Xes),
            "xml" => Ok(Connector::Xml),
            "xlsx" | "xlsb" | "xls" | "ods" => Ok(Connector::Sheet),
            "parquet" => Ok(Connector::Parquet),
            "arrow" => Ok(Connector::Arrow),
            "kbo" => Ok(Connector::Kbo),
            "release" => Ok(Connector::Release),
            "http-json" | "ldes" | "postgres" | "odbc" | "rdfa" => Err(de::Error::custom(format!(
                "connector `{name}` comes in a later version; now there are {CONNECTORS}"
            ))),
            _ => Err(de::Error::custom(format!(
                "no connector is called `{name}`; there are {CONNECTORS}"
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for CompleteUntil {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let value = toml::Value::deserialize(input)?;
        let text = match &value {
            toml::Value::String(name) if name == "name" => return Ok(CompleteUntil::Name),
            toml::Value::String(text) => text.clone(),
            toml::Value::Datetime(day) => day.to_string(),
            _ => String::new(),
        };
        text.parse().map(CompleteUntil::On).map_err(|_| {
            de::Error::custom(
                "complete_until is a day such as 2024-12-31, or \"name\": the last day in the file's name",
            )
        })
    }
}
