//! sheet/vet: looks into a workbook before its reader does: what it is, whether a password protects it, and whether it stays
//! within the limits once unpacked and written out. Programs write "this cell a million times" in a few bytes.

use beleidsinfo_warehouse::error::{Error, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::area::Area;
use crate::limits::Limit;
use crate::unpack::Archive;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

pub(super) struct Vetted {
    pub kind: Kind,
    /// By sheet, for OpenDocument.
    pub merged: Vec<(String, Area)>,
}

/// Errors: over a limit; protected by a password; no workbook.
pub(super) fn vet(name: &str, bytes: &[u8]) -> Result<Vetted> {
    if !bytes.starts_with(b"PK") {
        // What a newer Excel file with a password is wrapped in.
        let package: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        if bytes.windows(package.len()).any(|part| part == package) {
            return Err(protected(name));
        }
        return Ok(Vetted {
            kind: Kind::Xls,
            merged: Vec::new(),
        });
    }
    let mut archive = Archive::open(name, bytes)?;
    let has = |archive: &Archive, end: &str| archive.paths().any(|path| path.ends_with(end));
    let kind = if has(&archive, "content.xml") && has(&archive, "mimetype") {
        Kind::Ods
    } else if has(&archive, "workbook.bin") {
        Kind::Xlsb
    } else if has(&archive, "[Content_Types].xml") && archive.paths().any(|p| p.starts_with("xl/"))
    {
        Kind::Xlsx
    } else {
        return Err(Error::input(format!("{name} is no spreadsheet"))
            .because("it is a zip archive without a workbook in it")
            .hint(
                "a text document or a presentation is not read: save the table as a spreadsheet",
            ));
    };
    archive.weigh()?;
    let mut merged = Vec::new();
    match kind {
        Kind::Xlsx => {
            let strings = archive.paths().find(|p| p.ends_with("sharedStrings.xml"));
            if let Some(path) = strings.map(str::to_string)
                && let Some(xml) = archive.get(&path)?
            {
                promised_strings(name, &xml)?;
            }
        }
        Kind::Ods => {
            let manifest = archive.get("META-INF/manifest.xml")?.unwrap_or_default();
            if contains(&manifest, b"encryption-data") {
                return Err(protected(name));
            }
            if let Some(xml) = archive.get("content.xml")? {
                merged = written_out(name, &xml)?;
            }
        }
        Kind::Xlsb | Kind::Xls => {}
    }
    Ok(Vetted { kind, merged })
}

pub(super) fn protected(name: &str) -> Error {
    Error::refused(format!("{name} is protected by a password"))
        .hint("open it, take the password away (File, Info, Protect) and save it; or have the source deliver it without one")
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn broken(name: &str, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::input(format!("{name} cannot be read as a spreadsheet"))
        .because(cause)
        .hint("open it and save it again as xlsx, or fetch it again from the source; nothing of it was stored")
}

/// Room is made for as many texts as the file says it has, so it may not say more than there can be cells.
fn promised_strings(name: &str, xml: &[u8]) -> Result<()> {
    let mut reader = Reader::from_reader(xml);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag) | Event::Empty(tag)) if tag.local_name().as_ref() == "sst" => {
                let count = number(&tag, "uniqueCount").unwrap_or(0);
                return Limit::SheetCells.hold(count, || name.to_string());
            }
            Ok(Event::Eof) => return Ok(()),
            Ok(_) => {}
            Err(cause) => return Err(broken(name, cause)),
        }
    }
}

/// Counts the cells of each table of an OpenDocument sheet as they will be once every repetition is written out, and finds
/// the merged ones.
fn written_out(name: &str, xml: &[u8]) -> Result<Vec<(String, Area)>> {
    let mut reader = Reader::from_reader(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    let mut merged = Vec::new();
    let mut table = Table::default();
    let mut depth = 0u64;
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(tag)) => {
                depth += 1;
                if depth > Limit::Depth.most() {
                    return Err(Limit::Depth.refuse(name));
                }
                match tag.name().as_ref() {
                    "table:table" => {
                        table = Table {
                            name: text(&tag, "table:name").unwrap_or_default(),
                            ..Table::default()
                        };
                    }
                    "table:table-row" => {
                        table.column = 0;
                        table.repeated = number(&tag, "table:number-rows-repeated").unwrap_or(1);
                    }
                    "table:table-cell" | "table:covered-table-cell" => {
                        let times = number(&tag, "table:number-columns-repeated").unwrap_or(1);
                        let spans = (
                            number(&tag, "table:number-rows-spanned").unwrap_or(1),
                            number(&tag, "table:number-columns-spanned").unwrap_or(1),
                        );
                        if spans != (1, 1) {
                            merged.push((table.name.clone(), table.spanned(spans)));
                        }
                        table.column = table.column.saturating_add(times);
                        let holds = tag.attributes().flatten().any(|a| {
                            a.key.as_ref().starts_with("office:")
                                || a.key.as_ref() == "table:formula"
                        });
                        if holds {
                            table.width = table.width.max(table.column);
                            table.holds = true;
                        }
                    }
                    "text:s" => {
                        let spaces = number(&tag, "text:c").unwrap_or(1);
                        if spaces as u64 > Limit::CellBytes.most() {
                            return Err(Limit::CellBytes.refuse(name));
                        }
                    }
                    _ => {}
                }
            }
            Ok(Event::End(tag)) => {
                depth = depth.saturating_sub(1);
                if tag.name().as_ref() == "table:table-row" {
                    table.end_row();
                    let cells = table.rows.saturating_mul(table.width.min(16_384));
                    Limit::SheetCells.hold(cells, || format!("{name}, sheet `{}`", table.name))?;
                }
            }
            Ok(Event::DocType(_)) => {
                return Err(
                    Error::refused(format!("{name} has a DOCTYPE, which is not allowed"))
                        .hint("open it and save it again"),
                );
            }
            Ok(Event::Eof) if depth > 0 => return Err(broken(name, "its content ends early")),
            Ok(Event::Eof) => return Ok(merged),
            Ok(_) => {}
            Err(cause) => return Err(broken(name, cause)),
        }
    }
}

/// A table as far as it was gone through; sizes with repetitions written out.
#[derive(Default)]
struct Table {
    name: String,
    /// Up to the last row that holds something.
    rows: usize,
    /// Rows after that, which hold nothing so far.
    blank: usize,
    width: usize,
    column: usize,
    repeated: usize,
    holds: bool,
}

impl Table {
    fn end_row(&mut self) {
        if std::mem::take(&mut self.holds) {
            self.rows = self
                .rows
                .saturating_add(self.blank)
                .saturating_add(self.repeated);
            self.blank = 0;
        } else {
            self.blank = self.blank.saturating_add(self.repeated);
        }
    }

    fn spanned(&self, (rows, columns): (usize, usize)) -> Area {
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let row = short(self.rows.saturating_add(self.blank));
        let column = short(self.column);
        Area {
            from: (row, column),
            until: (
                row.saturating_add(short(rows.max(1) - 1)),
                column.saturating_add(short(columns.max(1) - 1)),
            ),
        }
    }
}

fn text(tag: &BytesStart, name: &str) -> Option<String> {
    let attribute = tag.try_get_attribute(name).ok().flatten()?;
    let value = attribute
        .normalized_value(quick_xml::XmlVersion::Implicit1_0)
        .ok()?;
    Some(value.into_owned())
}

fn number(tag: &BytesStart, name: &str) -> Option<usize> {
    let digits = text(tag, name)?;
    Some(digits.trim().parse().unwrap_or(usize::MAX))
}
