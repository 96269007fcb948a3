//! rejections/export: a file for the supplier, in Dutch: CSV as Flemish spreadsheets open it, or a workbook.

use std::path::Path;

use beleidsinfo_warehouse::quality::{StoredDelivery, StoredFinding};
use beleidsinfo_warehouse::{Error, Result, error::Doing};
use rust_xlsxwriter::{Format, Workbook};

const HEAD: [&str; 10] = [
    "bestand",
    "regel in bestand",
    "record",
    "kolom",
    "gevolg",
    "controle",
    "wat er mis is",
    "alsnog aanvaard in batch",
    "aangeleverd op",
    "de rij zoals ze kwam",
];

/// Rows a worksheet can hold below its head.
const SHEET: usize = 1_048_575;

/// Writes the findings; `raw` says of a source whether its records may be handed on whole.
///
/// Errors: a name that ends in neither `.csv` nor `.xlsx`, more rows than a worksheet holds, a file that cannot be written.
pub fn write(
    path: &Path,
    found: &[StoredFinding],
    deliveries: &[StoredDelivery],
    raw: impl Fn(&str) -> bool,
) -> Result<()> {
    let rows = found.iter().map(|f| row(f, deliveries, &raw));
    match path.extension().and_then(|e| e.to_str()) {
        Some("csv") => csv(path, rows),
        Some("xlsx") if found.len() > SHEET => Err(Error::input(format!(
            "{} findings do not fit in one worksheet",
            found.len()
        ))
        .hint("write a .csv file, or choose a delivery or a rule")),
        Some("xlsx") => xlsx(path, rows),
        _ => Err(Error::input(format!(
            "cannot tell which form {} should have",
            path.display()
        ))
        .hint("end its name in .csv or .xlsx")),
    }
}

fn row(
    f: &StoredFinding,
    deliveries: &[StoredDelivery],
    raw: impl Fn(&str) -> bool,
) -> [String; 10] {
    let delivery = deliveries.iter().find(|d| d.delivery == f.delivery);
    [
        delivery.map_or_else(|| f.delivery.clone(), |d| d.name.clone()),
        f.line.to_string(),
        f.record.to_string(),
        f.column.clone(),
        match f.severity.as_str() {
            "reject" => "afgekeurd".into(),
            _ => "waarschuwing".into(),
        },
        f.rule.clone(),
        f.reason.clone(),
        f.replayed_batch.map_or_else(String::new, |b| b.to_string()),
        delivery.map_or_else(String::new, |d| d.pulled_at.format("%Y-%m-%d").to_string()),
        if raw(&f.source_id) {
            f.raw.clone()
        } else {
            String::new()
        },
    ]
}

fn csv(path: &Path, rows: impl Iterator<Item = [String; 10]>) -> Result<()> {
    let writing = || format!("cannot write {}", path.display());
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(&mut bytes);
    writer.write_record(HEAD).storing(writing)?;
    for row in rows {
        writer.write_record(row.map(defused)).storing(writing)?;
    }
    writer.flush().storing(writing)?;
    drop(writer);
    std::fs::write(path, bytes).storing(writing)
}

/// A spreadsheet takes a text that begins like this for a formula; an apostrophe keeps it text.
fn defused(text: String) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula && text.parse::<f64>().is_err() {
        format!("'{text}")
    } else {
        text
    }
}

fn xlsx(path: &Path, rows: impl Iterator<Item = [String; 10]>) -> Result<()> {
    let writing = || format!("cannot write {}", path.display());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = Format::new().set_bold();
    for (at, head) in (0..).zip(HEAD) {
        sheet
            .write_string_with_format(0, at, head, &bold)
            .storing(writing)?;
    }
    for (down, row) in (1..).zip(rows) {
        for (at, cell) in (0..).zip(row) {
            // Line, record and batch are numbers; all else is text, also what looks like a formula.
            match cell.parse::<u32>() {
                Ok(number) if matches!(at, 1 | 2 | 7) => sheet.write_number(down, at, number),
                _ => sheet.write_string(down, at, limited(&cell)),
            }
            .storing(writing)?;
        }
    }
    sheet.set_freeze_panes(1, 0).storing(writing)?;
    for (at, width) in [(0, 28), (3, 22), (5, 14), (6, 80), (9, 60)] {
        sheet.set_column_width(at, width).storing(writing)?;
    }
    book.save(path).storing(writing)
}

/// A cell of a worksheet holds at most 32,767 characters.
fn limited(text: &str) -> String {
    text.chars().take(32_767).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_in_a_record_stays_text() {
        assert_eq!(defused("=1+1".into()), "'=1+1");
        assert_eq!(defused("@SUM(A1)".into()), "'@SUM(A1)");
        assert_eq!(defused("-3.5".into()), "-3.5");
        assert_eq!(defused("A1;B2".into()), "A1;B2");
    }
}
