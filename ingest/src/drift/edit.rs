//! drift/edit: changes to a mapping's own text; comments and layout stay as they are. Pure.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value, value};

use crate::mapping::Decimal;

pub(super) fn parse(text: &str) -> Option<DocumentMut> {
    text.parse().ok()
}

/// Adds a name that a column goes by.
pub(super) fn alias(document: &mut DocumentMut, column: &str, name: &str) {
    let aliases = document
        .entry("aliases")
        .or_insert_with(|| Item::Table(Table::new()));
    let Some(aliases) = aliases.as_table_like_mut() else {
        return;
    };
    let names = aliases.entry(column).or_insert_with(|| value(Array::new()));
    if let Some(names) = names.as_array_mut() {
        names.push(name);
    }
}

/// Says of columns that they are known, and nothing is made of them.
pub(super) fn ignore(document: &mut DocumentMut, columns: &[String]) {
    let list = document
        .entry("ignore")
        .or_insert_with(|| value(Array::new()));
    if let Some(names) = list.as_array_mut() {
        columns.iter().for_each(|column| names.push(column));
    }
}

/// Says how the dates of a column are written; `None`: as ISO 8601.
pub(super) fn format(document: &mut DocumentMut, table: &str, target: &str, format: Option<&str>) {
    let Some(column) = column(document, table, target) else {
        return;
    };
    match (format, column.as_str().map(str::to_string)) {
        // A column taken by its name alone.
        (Some(format), Some(from)) => {
            let mut written = InlineTable::new();
            written.insert("from", from.into());
            written.insert("format", format.into());
            *column = value(written);
        }
        (None, Some(_)) => {}
        (Some(format), None) => set(column, "format", format),
        (None, None) => {
            if let Some(column) = column.as_inline_table_mut() {
                column.remove("format");
                column.fmt();
            } else if let Some(column) = column.as_table_like_mut() {
                column.remove("format");
            }
        }
    }
}

/// Adds what a text means.
pub(super) fn code(document: &mut DocumentMut, table: &str, target: &str, text: &str, code: &str) {
    if let Some(map) = column(document, table, target)
        .and_then(Item::as_table_like_mut)
        .and_then(|c| c.get_mut("map"))
    {
        set(map, text, code);
    }
}

pub(super) fn decimal(document: &mut DocumentMut, sign: Decimal) {
    let sign = match sign {
        Decimal::Point => ".",
        Decimal::Comma => ",",
    };
    match document.get_mut("decimal").and_then(Item::as_value_mut) {
        Some(written) => replace(written, sign),
        None => {
            document.insert("decimal", value(sign));
        }
    }
}

fn column<'d>(document: &'d mut DocumentMut, table: &str, target: &str) -> Option<&'d mut Item> {
    let tables = document.get_mut("tables")?.as_array_of_tables_mut()?;
    let table = tables
        .iter_mut()
        .find(|t| t.get("name").and_then(Item::as_str) == Some(table))?;
    table
        .get_mut("columns")?
        .as_table_like_mut()?
        .get_mut(target)
}

fn set(item: &mut Item, key: &str, text: &str) {
    let Some(table) = item.as_table_like_mut() else {
        return;
    };
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(written) => replace(written, text),
        None => {
            table.insert(key, value(text));
        }
    }
}

/// Another value in the same place, with the space and comment around it.
fn replace(written: &mut Value, text: &str) {
    let around = written.decor().clone();
    *written = text.into();
    *written.decor_mut() = around;
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"# omgeving, from the intake desk
connector = "csv"      # one file a month
location  = "raw/*.csv"
decimal   = ","        # as Excel has it

[[tables]]
name = "cases"
[tables.columns]
case_id     = "Nummer"
received_on = { from = "Datum",  format = "%d/%m/%Y" }  # by the clerk
decided_on  = "Besluit"
channel     = { from = "Kanaal", map = { "Loket" = "counter" } }
"#;

    fn edited(change: impl FnOnce(&mut DocumentMut)) -> String {
        let mut document = parse(TEXT).unwrap();
        change(&mut document);
        document.to_string()
    }

    #[test]
    fn only_what_changes_changes() {
        assert_eq!(edited(|_| ()), TEXT);
        assert_eq!(
            edited(|d| format(d, "cases", "received_on", Some("%Y%m%d"))),
            TEXT.replace("%d/%m/%Y", "%Y%m%d")
        );
        assert_eq!(
            edited(|d| decimal(d, Decimal::Point)),
            TEXT.replace("\",\"        #", "\".\"        #")
        );
        assert_eq!(
            edited(|d| format(d, "cases", "decided_on", Some("%d/%m/%Y"))),
            TEXT.replace(
                "\"Besluit\"",
                "{ from = \"Besluit\", format = \"%d/%m/%Y\" }"
            )
        );
        assert!(
            edited(|d| code(d, "cases", "channel", "loket", "counter"))
                .contains("\"Loket\" = \"counter\"")
        );
    }

    #[test]
    fn an_alias_joins_those_that_are_there() {
        let once = edited(|d| alias(d, "Datum indiening", "Indieningsdatum"));
        assert!(once.starts_with(TEXT.trim_end()), "{once}");
        assert!(
            once.contains("[aliases]\n\"Datum indiening\" = [\"Indieningsdatum\"]"),
            "{once}"
        );
        let mut document = parse(&once).unwrap();
        alias(&mut document, "Datum indiening", "Ingediend op");
        assert!(
            document
                .to_string()
                .contains("[\"Indieningsdatum\", \"Ingediend op\"]")
        );
    }

    #[test]
    fn iso_dates_need_no_format() {
        let mended = edited(|d| format(d, "cases", "received_on", None));
        assert!(
            !mended.contains("%d/%m/%Y") && mended.contains("from = \"Datum\""),
            "{mended}"
        );
    }
}
