//! check/convert: the texts of one table become Arrow columns of the contract's types; what cannot be read is noted.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array,
    StringArray, TimestampMicrosecondArray, new_null_array,
};
use beleidsinfo_warehouse::contract::{Column, ColumnType, Contract, Severity, Visibility};
use beleidsinfo_warehouse::error::{Error, Result};

use super::Rules;
use super::findings::{Note, quoted};
use super::table::Table;
use crate::mapping::{self, Mapping, TableMapping, Take, Unmapped};
use crate::pseudonym::Pseudonyms;
use crate::reshape::Texts;
use crate::value::{Reading, Value};

/// How the texts of a target column are read.
pub(super) fn reading<'m>(
    mapping: &Mapping,
    column: &'m mapping::Column,
    kind: ColumnType,
    rules: &Rules,
) -> Reading<'m> {
    let decimal = match column.take {
        Take::Const(_) | Take::Ordinal => mapping::Decimal::Point,
        _ => mapping.decimal_sign(),
    };
    Reading::new(kind, column.format.as_deref(), decimal, rules.zone)
}

/// The contract's columns over these rows; unmapped ones are null.
///
/// Errors: a constant that its column cannot hold, or a pseudonym without a key (refused).
pub(super) fn convert<'a>(
    mapping: &Mapping,
    shape: &'a TableMapping,
    contract: &'a Contract,
    texts: &Texts,
    rules: &Rules,
    personal: bool,
) -> Result<Table<'a>> {
    let height = texts.members.len();
    let arrays = contract
        .columns
        .values()
        .map(|c| new_null_array(&c.kind.arrow(), height))
        .collect();
    let mut table = Table::new(contract, shape, arrays, height, personal);
    for ((target, column), cells) in shape.columns.iter().zip(&texts.cells) {
        let Some(at) = contract.columns.get_index_of(target) else {
            continue;
        };
        let promised = &contract.columns[at];
        let reading = reading(mapping, column, promised.kind, rules);
        let constant;
        let cells: &mut dyn Iterator<Item = Option<&str>> = match (cells, &column.take) {
            (Some(cells), _) => &mut cells.iter().map(Option::as_deref),
            (None, Take::Const(text)) => {
                constant = text.trim();
                if reading.read(constant).is_none() {
                    return Err(Error::input(format!(
                        "`{}.{target}`: constant {} is no {}",
                        contract.name,
                        quoted(constant),
                        reading.expected()
                    )));
                }
                &mut std::iter::repeat_n(Some(constant).filter(|c| !c.is_empty()), height)
            }
            (None, _) => &mut std::iter::repeat_n(None, height),
        };
        let mut values = Vec::with_capacity(height);
        let mut pseudonyms = Vec::new();
        let maker = match column.pseudonym {
            Some(kind) => {
                let purpose = column.purpose.as_deref().unwrap_or(target);
                Some((kind, Pseudonyms::new(rules.keys, purpose)?))
            }
            None => None,
        };
        // A wrong number is kept out of the table; where the mapping only warns of it, the cell is empty.
        let severity = maker.as_ref().map_or(Severity::Reject, |(kind, _)| {
            let own = mapping.severity.get(kind.rule());
            own.copied().unwrap_or(Severity::Reject)
        });
        for (row, cell) in cells.enumerate() {
            let mapped = cell.map(|text| (text, column.mapped(text)));
            let value = match mapped {
                None => None,
                Some((text, Err(why))) => {
                    let source = table.source_column(target);
                    let (rule, reason) = match why {
                        Unmapped::Map => {
                            ("codes", not_in_map(&table, column, promised, source, text))
                        }
                        Unmapped::Extract => ("type", not_found_in(&table, promised, source, text)),
                    };
                    table.break_cell(row, at, note(&table, row, target, rule, reason));
                    None
                }
                Some((_, Ok(""))) => None,
                Some((text, Ok(mapped))) => {
                    let value = reading.read(mapped);
                    if value.is_none() {
                        let reason = unreadable(
                            &table,
                            promised,
                            table.source_column(target),
                            text,
                            &reading,
                        );
                        table.break_cell(row, at, note(&table, row, target, "type", reason));
                    }
                    value
                }
            };
            match (&maker, value) {
                (Some((kind, maker)), Some(Value::Text(text))) => match kind.normal(text) {
                    Ok(normal) => pseudonyms.push(Some(maker.of(&normal))),
                    Err(wrong) => {
                        let reason = format!("Kolom {}: {wrong}", table.source_column(target));
                        let mut note = note(&table, row, target, kind.rule(), reason);
                        note.severity = severity;
                        match severity {
                            Severity::Reject => table.break_cell(row, at, note),
                            Severity::Warn => table.notes.push(note),
                        }
                        pseudonyms.push(None);
                    }
                },
                (Some(_), _) => pseudonyms.push(None),
                (None, value) => values.push(value),
            }
        }
        table.arrays[at] = if maker.is_some() {
            Arc::new(StringArray::from(pseudonyms))
        } else {
            array(promised.kind, values)?
        };
    }
    Ok(table)
}

fn note(table: &Table, row: usize, target: &str, rule: &str, reason: String) -> Note {
    Note {
        row,
        rule: rule.into(),
        severity: Severity::Reject,
        column: table.source_column(target).into(),
        reason,
    }
}

fn not_found_in(table: &Table, promised: &Column, source: &str, text: &str) -> String {
    format!(
        "Kolom {source}: in {} staat niet wat de koppeling eruit neemt: verbeter de waarde in de bron, of `extract` in de koppeling.",
        shown(table, promised, text)
    )
}

fn not_in_map(
    table: &Table,
    column: &mapping::Column,
    promised: &Column,
    source: &str,
    text: &str,
) -> String {
    let text = column.extracted(text).unwrap_or(text);
    let known: Vec<&str> = column.map.keys().map(String::as_str).collect();
    let what = shown(table, promised, text);
    match crate::nearest::nearest(text, known.iter().copied())
        .filter(|_| promised.visibility != Visibility::Personal)
    {
        Some(near) => format!(
            "Kolom {source}: de koppeling kent {what} niet: bedoelt u {}?",
            quoted(near)
        ),
        None => format!(
            "Kolom {source}: de koppeling kent {what} niet: vul `map` aan, of zeg met `other` wat het wordt."
        ),
    }
}

fn unreadable(
    table: &Table,
    promised: &Column,
    source: &str,
    text: &str,
    reading: &Reading,
) -> String {
    format!(
        "Kolom {source}: {} is niet te lezen als {}: verbeter de waarde in de bron, of hoe de koppeling ze leest.",
        shown(table, promised, text),
        reading.expected()
    )
}

/// The value, or what stands in for it where it is personal. In a personal source that is every value: in a shifted record a
/// name can stand in any column.
pub(super) fn shown(table: &Table, promised: &Column, text: &str) -> Cow<'static, str> {
    if table.personal || promised.visibility == Visibility::Personal {
        "de waarde".into()
    } else {
        quoted(text).into()
    }
}

fn array(kind: ColumnType, values: Vec<Option<Value>>) -> Result<ArrayRef> {
    macro_rules! of {
        ($variant:path) => {
            values.into_iter().map(|v| match v {
                Some($variant(value)) => Some(value),
                _ => None,
            })
        };
    }
    Ok(match kind {
        ColumnType::Text => Arc::new(of!(Value::Text).collect::<StringArray>()),
        ColumnType::Date => Arc::new(of!(Value::Date).collect::<Date32Array>()),
        ColumnType::Ts => Arc::new(
            of!(Value::Ts)
                .collect::<TimestampMicrosecondArray>()
                .with_timezone("UTC"),
        ),
        ColumnType::Dec | ColumnType::Sum => {
            let precision = if kind == ColumnType::Dec { 18 } else { 38 };
            let array = of!(Value::Dec)
                .collect::<Decimal128Array>()
                .with_precision_and_scale(precision, 6);
            Arc::new(
                array
                    .map_err(|cause| Error::input("cannot make a decimal column").because(cause))?,
            )
        }
        ColumnType::I32 => Arc::new(
            of!(Value::Int)
                .map(|v| v.and_then(|v| i32::try_from(v).ok()))
                .collect::<Int32Array>(),
        ),
        ColumnType::I64 => Arc::new(of!(Value::Int).collect::<Int64Array>()),
        ColumnType::Bool => Arc::new(of!(Value::Bool).collect::<BooleanArray>()),
        ColumnType::F64 => Arc::new(of!(Value::F64).collect::<Float64Array>()),
    })
}
