//! sheet/book: a workbook in any of its forms. Which it is shows in its bytes; the name of the file does not count.

use std::io::{Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use beleidsinfo_warehouse::error::{Error, Result};
use calamine::{
    Data, DataRef, Dimensions, Ods, OdsError, Reader, Sheet, SheetType, SheetVisible, Xls,
    XlsError, Xlsb, XlsbError, Xlsx, XlsxError,
};

use super::area::Area;
use super::cell;
use super::vet::{self, Kind};
use crate::mapping::Decimal;
use crate::nearest::nearest;

pub(super) struct Book<'a> {
    name: String,
    workbook: Workbook<Cursor<&'a [u8]>>,
    /// Of an OpenDocument sheet: what its reader does not give.
    merged: Vec<(String, Area)>,
}

enum Workbook<R: Read + Seek> {
    Xlsx(Xlsx<R>),
    Xlsb(Xlsb<R>),
    Xls(Xls<R>),
    Ods(Ods<R>),
}

impl<'a> Book<'a> {
    /// Errors: too large when unpacked, protected by a password, broken, or a document of another kind.
    pub fn open(name: &str, bytes: &'a [u8]) -> Result<Self> {
        let vetted = vet::vet(name, bytes)?;
        let reader = Cursor::new(bytes);
        let workbook = guarded(name, || {
            Ok(match vetted.kind {
                Kind::Xlsx => Workbook::Xlsx(
                    Xlsx::new(reader)
                        .map_err(|e| refused(name, matches!(e, XlsxError::Password), e))?,
                ),
                Kind::Xlsb => Workbook::Xlsb(
                    Xlsb::new(reader)
                        .map_err(|e| refused(name, matches!(e, XlsbError::Password), e))?,
                ),
                Kind::Ods => Workbook::Ods(
                    Ods::new(reader)
                        .map_err(|e| refused(name, matches!(e, OdsError::Password), e))?,
                ),
                Kind::Xls => Workbook::Xls(
                    Xls::new(reader)
                        .map_err(|e| refused(name, matches!(e, XlsError::Password), e))?,
                ),
            })
        })?;
        Ok(Self {
            name: name.to_string(),
            workbook,
            merged: vetted.merged,
        })
    }

    fn sheets(&self) -> impl Iterator<Item = &Sheet> {
        let metadata = match &self.workbook {
            Workbook::Xlsx(book) => book.sheets_metadata(),
            Workbook::Xlsb(book) => book.sheets_metadata(),
            Workbook::Xls(book) => book.sheets_metadata(),
            Workbook::Ods(book) => book.sheets_metadata(),
        };
        metadata.iter().filter(|s| s.typ == SheetType::WorkSheet)
    }

    /// The sheets that people see.
    pub fn seen(&self) -> impl Iterator<Item = &Sheet> {
        self.sheets()
            .filter(|sheet| sheet.visible == SheetVisible::Visible)
    }

    /// The sheet the mapping names, or the only one that people see.
    pub fn sheet(&self, wanted: Option<&str>) -> Result<String> {
        let sheets = || self.sheets();
        let listed = || {
            let names: Vec<String> = sheets().map(|s| format!("`{}`", s.name)).collect();
            names.join(", ")
        };
        if let Some(wanted) = wanted {
            if sheets().any(|sheet| sheet.name == wanted) {
                return Ok(wanted.to_string());
            }
            let error = Error::input(format!(
                "{} has no sheet `{wanted}`; it has {}",
                self.name,
                listed()
            ));
            return Err(match nearest(wanted, sheets().map(|s| s.name.as_str())) {
                Some(meant) => error.hint(format!("did you mean `{meant}`?")),
                None => error.hint("mend `sheet` in the mapping"),
            });
        }
        let mut seen = self.seen();
        match (seen.next(), seen.next()) {
            (Some(only), None) => Ok(only.name.clone()),
            (None, _) => Err(Error::input(format!("{} has no sheet to read", self.name))
                .hint("hidden sheets are read when `sheet` names them")),
            (Some(_), Some(_)) => {
                Err(
                    Error::input(format!("{} has several sheets: {}", self.name, listed()))
                        .hint("say with `sheet` in the mapping which one holds the records"),
                )
            }
        }
    }

    /// Each cell that holds something: row and column from 0, and its text.
    pub fn cells(
        &mut self,
        sheet: &str,
        decimal: Decimal,
        mut each: impl FnMut(u32, u32, String) -> Result<()>,
    ) -> Result<()> {
        let name = self.name.clone();
        let broken = |e: &dyn std::fmt::Display| broken(&name, e.to_string());
        let workbook = &mut self.workbook;
        guarded(&name, || match workbook {
            Workbook::Xlsx(book) => {
                let of_1904 = book.has_1904_epoch();
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| broken(&e))?;
                while let Some(cell) = cells.next_cell().map_err(|e| broken(&e))? {
                    let (row, column) = cell.get_position();
                    if let Some(text) = cell::text(cell.get_value(), decimal, of_1904) {
                        each(row, column, text)?;
                    }
                }
                Ok(())
            }
            Workbook::Xlsb(book) => {
                let of_1904 = book.has_1904_epoch();
                let mut cells = book.worksheet_cells_reader(sheet).map_err(|e| broken(&e))?;
                while let Some(cell) = cells.next_cell().map_err(|e| broken(&e))? {
                    let (row, column) = cell.get_position();
                    if let Some(text) = cell::text(cell.get_value(), decimal, of_1904) {
                        each(row, column, text)?;
                    }
                }
                Ok(())
            }
            Workbook::Xls(book) => {
                let of_1904 = book.has_1904_epoch();
                let range = book.worksheet_range(sheet).map_err(|e| broken(&e))?;
                each_of(&range, decimal, of_1904, &mut each)
            }
            Workbook::Ods(book) => {
                let range = book.worksheet_range(sheet).map_err(|e| broken(&e))?;
                each_of(&range, decimal, false, &mut each)
            }
        })
    }

    /// The merged cells of a sheet. The binary form xlsb does not give them.
    pub fn merged(&mut self, sheet: &str) -> Result<Vec<Area>> {
        let name = self.name.clone();
        let area = |d: &Dimensions| Area {
            from: d.start,
            until: d.end,
        };
        let regions = match &mut self.workbook {
            Workbook::Xlsx(book) => guarded(&name, || {
                book.merge_cells_by_sheet_name(sheet)
                    .map_err(|e| broken(&name, e.to_string()))
            })?,
            Workbook::Xls(book) => book
                .merge_cells_by_sheet_name(sheet)
                .map_err(|e| broken(&name, e.to_string()))?,
            Workbook::Xlsb(_) => Vec::new(),
            Workbook::Ods(_) => {
                let own = self.merged.iter().filter(|(s, _)| s == sheet);
                return Ok(own.map(|(_, area)| *area).collect());
            }
        };
        Ok(regions.iter().map(area).collect())
    }
}

fn each_of(
    range: &calamine::Range<Data>,
    decimal: Decimal,
    of_1904: bool,
    each: &mut impl FnMut(u32, u32, String) -> Result<()>,
) -> Result<()> {
    let Some((top, left)) = range.start() else {
        return Ok(());
    };
    for (row, column, value) in range.used_cells() {
        let value = match value {
            Data::String(text) => DataRef::SharedString(text),
            Data::Int(number) => DataRef::Int(*number),
            Data::Float(number) => DataRef::Float(*number),
            Data::Bool(truth) => DataRef::Bool(*truth),
            Data::DateTime(moment) => DataRef::DateTime(*moment),
            Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
            Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
            Data::Error(error) => DataRef::Error(error.clone()),
            Data::Empty => DataRef::Empty,
        };
        if let Some(text) = cell::text(&value, decimal, of_1904) {
            each(top + row as u32, left + column as u32, text)?;
        }
    }
    Ok(())
}

/// A reader that stumbles over a broken workbook must not take the program with it.
fn guarded<T>(name: &str, read: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(broken(name, "the reader stumbled over it".to_string())))
}

fn refused(name: &str, protected: bool, cause: impl std::fmt::Display) -> Error {
    if protected {
        vet::protected(name)
    } else {
        broken(name, cause.to_string())
    }
}

fn broken(name: &str, cause: String) -> Error {
    Error::input(format!("{name} cannot be read as a spreadsheet"))
        .because(cause)
        .hint("open it and save it again as xlsx, or fetch it again from the source; nothing of it was stored")
}
