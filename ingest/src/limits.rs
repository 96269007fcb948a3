//! limits: what a delivered file may be at most. A file that goes over one of these is refused as a whole, because reading
//! on would exhaust the machine; everything else about bad input is a finding of [`crate::check`].
//!
//! Every reader uses these names, and every refusal has the one form of [`Limit::refuse`]. What they are for, with the
//! numbers, stands in docs/sources/limits.md; a test holds that page against this file.

use std::fmt::Display;

use beleidsinfo_warehouse::error::{Error, Result};

/// Something that a delivered file may have only so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Bytes of one file, after unpacking.
    FileBytes,
    /// How many times larger unpacked than packed, once more than [`RATIO_FROM_BYTES`] came out.
    Ratio,
    /// The same for the parts of a spreadsheet, whose cells take far more memory than their text.
    SheetRatio,
    /// Files in one archive.
    Members,
    /// Elements, objects, lists or tags inside each other.
    Depth,
    /// Columns of a table; names of keys, elements or attributes in one file.
    Columns,
    /// Bytes of one value.
    CellBytes,
    /// Bytes of one record.
    RecordBytes,
    /// Cells of one sheet, empty ones within its used range counted.
    SheetCells,
    /// Faults in the rows of one table, of a file that is held in memory.
    Faults,
}

/// Packed files smaller than this when unpacked may have any ratio: short repetitive files pack very well.
pub const RATIO_FROM_BYTES: u64 = 32 * MIB;

const MIB: u64 = 1024 * 1024;

impl Limit {
    #[cfg(test)]
    pub(crate) const ALL: [Limit; 10] = [
        Limit::FileBytes,
        Limit::Ratio,
        Limit::SheetRatio,
        Limit::Members,
        Limit::Depth,
        Limit::Columns,
        Limit::CellBytes,
        Limit::RecordBytes,
        Limit::SheetCells,
        Limit::Faults,
    ];

    /// The most there may be, in the unit the name says.
    pub const fn most(self) -> u64 {
        match self {
            Limit::FileBytes => 2048 * MIB,
            Limit::Ratio => 200,
            Limit::SheetRatio => 50,
            Limit::Members => 1_000,
            Limit::Depth => 256,
            Limit::Columns => 16_384,
            Limit::CellBytes => 4 * MIB,
            Limit::RecordBytes => 16 * MIB,
            Limit::SheetCells => 20_000_000,
            Limit::Faults => 500_000,
        }
    }

    /// The refusal, with where it happened: a file, or `file, line 3`.
    pub fn refuse(self, place: impl Display) -> Error {
        let most = self.shown();
        let (what, hint) = match self {
            Limit::FileBytes => (
                format!("holds more than {most}"),
                "have the source deliver it in parts, for example one file a year",
            ),
            Limit::Ratio => (
                format!("unpacks to more than {most} times its size"),
                "this is how an archive bomb looks; if the file is honest, deliver it unpacked",
            ),
            Limit::SheetRatio => (
                format!("unpacks to more than {most} times its size"),
                "a few cells are written out millions of times: keep the part with the table, or save it as csv",
            ),
            Limit::Members => (
                format!("holds more than {most} files"),
                "deliver only the files that are needed",
            ),
            Limit::Depth => (
                format!("is nested more than {most} deep"),
                "no export of records is that deep: look at what made the file",
            ),
            Limit::Columns => (
                format!("has more than {most} different columns"),
                "perhaps names hold data (a key per case): deliver them as values of one column",
            ),
            Limit::CellBytes => (
                format!("has a value of more than {most}"),
                "perhaps a quote is not closed; if the value is honest, leave that column out of the export",
            ),
            Limit::RecordBytes => (
                format!("has a record of more than {most}"),
                "perhaps a quote or line end is missing, or the records stand deeper in the file",
            ),
            Limit::SheetCells => (
                format!("has more than {most} cells"),
                "set `range` to the part with the table, or take out what is empty and save it again",
            ),
            Limit::Faults => (
                format!("has more than {most} faults"),
                "then it is the mapping that does not fit: `check` a file of its first thousand records, and mend the mapping",
            ),
        };
        Error::refused(format!("{place} {what}")).hint(hint)
    }

    /// Refuses a count that is over the limit.
    pub fn hold(self, count: usize, place: impl FnOnce() -> String) -> Result<()> {
        if count as u64 > self.most() {
            Err(self.refuse(place()))
        } else {
            Ok(())
        }
    }

    /// The number with its unit: `4 MiB`, `16384`.
    pub fn shown(self) -> String {
        match self {
            Limit::FileBytes => format!("{} GiB", self.most() / (1024 * MIB)),
            Limit::CellBytes | Limit::RecordBytes => format!("{} MiB", self.most() / MIB),
            _ => self.most().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beleidsinfo_warehouse::error::Kind;

    #[test]
    fn the_page_has_every_number() {
        let page = include_str!("../../docs/sources/limits.md");
        for limit in Limit::ALL {
            let row = page
                .lines()
                .filter(|line| line.starts_with("| "))
                .any(|line| {
                    line.split('|').nth(2).is_some_and(|cell| {
                        let cell = cell.trim();
                        cell == limit.shown() || cell.starts_with(&format!("{} ", limit.shown()))
                    })
                });
            assert!(
                row,
                "docs/sources/limits.md has no row with {} ({limit:?})",
                limit.shown()
            );
        }
    }

    #[test]
    fn a_refusal_says_where_what_how_much_and_what_to_do() {
        for limit in Limit::ALL {
            let error = limit.refuse("zaken.csv, line 3");
            assert_eq!(error.kind(), Kind::Refused);
            let text = error.to_string();
            assert!(text.starts_with("zaken.csv, line 3 "), "{text}");
            assert!(text.contains(&limit.shown()), "{text}");
            assert!(error.hint_text().is_some_and(|hint| hint.len() > 20));
        }
        assert!(Limit::Depth.hold(256, String::new).is_ok());
        assert!(Limit::Depth.hold(257, String::new).is_err());
    }
}
