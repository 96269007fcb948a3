//! suggest/write: the mapping as text. Each line that somebody must look at is followed by why, marked DOUBT.

mod columns;
mod keys;

use columns::table;
use keys::{complete_until, decimal, personal, placeholders, reading, unpivot};

use super::fit::{Filling, TRACE, fit};
use super::personal::Personal;
use super::profile::{Column, Kind};
use super::wide::Wide;
use super::{Setting, Sniffed, Suggestion};
use crate::connector::Records;
use crate::mapping::Connector;

struct Page {
    text: String,
    doubts: usize,
    /// Records that were looked at.
    records: usize,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn doubt(&mut self, doubt: &str) {
        self.doubts += 1;
        self.line(&format!("# DOUBT {}", doubt.replace(['\n', '\r'], " ")));
    }

    fn remark(&mut self, remark: &str) {
        self.line(&format!("# {}", remark.replace(['\n', '\r'], " ")));
    }
}

pub(super) fn write(
    name: &str,
    connector: &str,
    sniffed: &Sniffed,
    records: &Records,
    columns: &[Column],
    wide: Option<Wide>,
    setting: &Setting,
) -> Suggestion {
    let fillings = fit(columns, setting.contract, setting.regions);
    let mut page = Page {
        text: String::new(),
        doubts: 0,
        records: records.places.len(),
    };
    page.line(&format!("connector = {}", quoted(connector)));
    page.line(&format!("location  = {}", quoted(setting.location)));
    reading(&mut page, sniffed);
    decimal(&mut page, columns);
    complete_until(&mut page, name, &fillings, setting);
    placeholders(&mut page, columns);
    personal(&mut page, columns);
    if is_log(columns) && sniffed.mapping.connector != Connector::Xes {
        page.line(&format!("trace     = {}", quoted(TRACE)));
    }
    if let Some(wide) = &wide {
        unpivot(&mut page, wide);
    }
    page.line("\n[[tables]]");
    page.line(&format!("name = {}", quoted(&setting.contract.name)));
    if is_log(columns) {
        let numbered = setting.contract.key.iter().any(|k| k == "event_no");
        let rows = if numbered { "event" } else { "trace" };
        page.line(&format!("rows = \"{rows}\""));
    }
    page.line("[tables.columns]");
    table(&mut page, columns, &fillings, wide.as_ref(), setting);
    left_over(&mut page, columns, &fillings);

    let read = records.read();
    let head = format!(
        "# A first mapping of {name} onto table {}, from {}{read} records and {} columns. Nothing in it is guessed again.\n\
         # Settle every line marked DOUBT ({}) and take the mark away. Then: beleidsinfo pull {id}, beleidsinfo check {id}.\n",
        setting.contract.name,
        if sniffed.partly { "its first " } else { "" },
        columns.len(),
        page.doubts,
        id = setting.id,
    );
    Suggestion {
        toml: head + &page.text,
        doubts: page.doubts,
    }
}

/// Whether each record is an event of a case.
fn is_log(columns: &[Column]) -> bool {
    columns.iter().any(|column| column.name == TRACE)
}

fn left_over(page: &mut Page, columns: &[Column], fillings: &[Filling]) {
    let used = |c: &Column| fillings.iter().any(|f| f.source.name == c.name);
    let (personal, rest): (Vec<&Column>, Vec<&Column>) = columns
        .iter()
        .filter(|c| !used(c))
        .partition(|c| c.personal.is_some());
    if !personal.is_empty() {
        page.line("");
        page.remark("Possibly personal, so not mapped as they are. Best left out of the export: `pull` keeps the whole file.");
        for column in personal {
            let what = column.personal.map_or("", Personal::what);
            page.remark(&format!("- {}: {what}", quoted(&column.name)));
        }
    }
    if !rest.is_empty() {
        page.line("");
        page.remark("Not used:");
        for column in rest {
            let what = match &column.kind {
                Kind::Empty => "nothing in it".into(),
                kind => format!(
                    "{}, {} filled, {} different",
                    kind_name(kind),
                    column.filled,
                    column.values.len()
                ),
            };
            page.remark(&format!("- {}: {what}", quoted(&column.name)));
        }
    }
}

fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Empty => "empty",
        Kind::Date(dates) if dates.moment => "moments",
        Kind::Date(_) => "dates",
        Kind::Integer => "whole numbers",
        Kind::Decimal { .. } => "numbers",
        Kind::Truth => "true or false",
        Kind::Text => "text",
    }
}

/// A text on one line, as TOML and JSON both write it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
