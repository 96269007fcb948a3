//! contract: what a table promises, read from `sql/tables/<name>.toml`. Check, store, column help, the data quality pages
//! and the query catalogue all read this one list of columns.

mod rules;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::language::Text;

pub(crate) use rules::references_lead_somewhere;
pub use rules::{Bound, Pattern, Reference, Rule, Severity, WithoutOverlaps};

/// One table of the canonical model. A column without visibility and purpose does not parse.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Filled in from the file name.
    #[serde(skip)]
    pub name: String,
    pub description: Text,
    pub grain: String,
    pub key: Vec<String>,
    /// The column whose municipality owns the row; absent for reference tables.
    pub tenant: Option<String>,
    /// Written by the warehouse itself (deliveries, rejections, runs, figures), never by a mapping.
    #[serde(default)]
    pub system: bool,
    pub retention: Option<Retention>,
    pub columns: IndexMap<String, Column>,
    #[serde(default)]
    pub rules: Vec<Rule>,
    #[serde(default)]
    pub references: Vec<Reference>,
    pub without_overlaps: Option<WithoutOverlaps>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    pub after: String,
    /// ISO 8601 duration.
    pub period: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    #[serde(rename = "type")]
    pub kind: ColumnType,
    #[serde(default)]
    pub required: bool,
    pub meaning: Text,
    pub visibility: Visibility,
    pub purpose: String,
    /// The closed list of values, if there is one.
    pub codes: Option<Vec<String>>,
    /// The value must be a code of a reference table, valid on the row's date.
    pub lookup: Option<Lookup>,
    pub min: Option<Bound>,
    pub max: Option<Bound>,
    /// The whole text must match.
    pub pattern: Option<Pattern>,
    /// One value in all rows of a delivery is suspect.
    #[serde(default)]
    pub varies: bool,
    /// IRI of the OSLO term.
    pub oslo: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    Public,
    Internal,
    Personal,
}

/// The types of MODEL: text; civil date; microseconds UTC; Decimal(18,6); Decimal(38,6); integers; bool; f64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    Text,
    Date,
    Ts,
    Dec,
    /// Decimal(38,6): sums of `dec`, exact.
    Sum,
    I32,
    I64,
    Bool,
    F64,
}

impl ColumnType {
    pub fn arrow(self) -> DataType {
        match self {
            ColumnType::Text => DataType::Utf8,
            ColumnType::Date => DataType::Date32,
            ColumnType::Ts => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            ColumnType::Dec => DataType::Decimal128(18, 6),
            ColumnType::Sum => DataType::Decimal128(38, 6),
            ColumnType::I32 => DataType::Int32,
            ColumnType::I64 => DataType::Int64,
            ColumnType::Bool => DataType::Boolean,
            ColumnType::F64 => DataType::Float64,
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    pub table: String,
    pub column: String,
    /// The date column of this row on which the code must be valid; absent: valid ever.
    pub valid_on: Option<String>,
    /// The date column of this row with the first day on which it no longer holds: a code that ends before it is a warning
    /// (`outlived`). An empty cell is no end.
    pub valid_until: Option<String>,
}

/// The columns `store` adds to every row of a table that is not a system table; readers of the state do not see them
/// unless they ask for provenance.
pub const VERSION_COLUMNS: [(&str, ColumnType, bool); 6] = [
    ("source_id", ColumnType::Text, false),
    ("delivery", ColumnType::Text, false),
    ("record", ColumnType::I64, false),
    ("batch", ColumnType::I64, false),
    ("stored_at", ColumnType::Ts, false),
    ("change", ColumnType::Text, false),
];

impl Contract {
    /// Reads a contract; the error carries line and column.
    pub fn parse(name: &str, path: &str, text: &str) -> Result<Self> {
        let mut contract: Contract =
            toml::from_str(text).map_err(|e| Error::input(format!("cannot read table contract {path}")).because(e).hint(
                "a column needs type, meaning (nl and en), visibility (public, internal or personal) and purpose",
            ))?;
        contract.name = name.to_string();
        let named = contract
            .key
            .iter()
            .map(|c| ("key", c))
            .chain(contract.tenant.iter().map(|c| ("tenant", c)));
        for (what, column) in named {
            if !contract.columns.contains_key(column) {
                return Err(Error::input(format!(
                    "{path}: {what} names column `{column}`, which the contract does not have"
                )));
            }
        }
        rules::prepare(&mut contract, path)?;
        Ok(contract)
    }

    /// The contract's own columns, in its order. Key and required columns are not nullable.
    pub fn schema(&self) -> SchemaRef {
        Arc::new(Schema::new(self.fields()))
    }

    /// The columns as stored: the contract's own, then [`VERSION_COLUMNS`] (none for a system table).
    pub fn stored_schema(&self) -> SchemaRef {
        let mut fields = self.fields();
        if !self.system {
            fields.extend(
                VERSION_COLUMNS
                    .iter()
                    .map(|(n, t, null)| Field::new(*n, t.arrow(), *null)),
            );
        }
        Arc::new(Schema::new(fields))
    }

    fn fields(&self) -> Vec<Field> {
        // A delete version carries only its key, so nothing but the key is non-null in storage; check guards `required`.
        self.columns
            .iter()
            .map(|(name, c)| Field::new(name, c.kind.arrow(), !self.key.contains(name)))
            .collect()
    }

    pub fn personal_columns(&self) -> impl Iterator<Item = &str> {
        self.columns
            .iter()
            .filter(|(_, c)| c.visibility == Visibility::Personal)
            .map(|(n, _)| n.as_str())
    }
}
