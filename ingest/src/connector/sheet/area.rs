//! sheet/area: parts of a sheet: a range as people write it, and merged cells.

use beleidsinfo_warehouse::error::{Error, Result};

use super::Grid;
use crate::limits::Limit;

/// A rectangle of cells, both corners in it; row and column from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub from: (u32, u32),
    pub until: (u32, u32),
}

impl Area {
    pub const WHOLE: Area = Area {
        from: (0, 0),
        until: (u32::MAX, u32::MAX),
    };

    /// `B3:H200`; `B3:H` has no last row, and `B:H` no first either.
    pub fn parse(text: &str) -> Result<Area> {
        let parsed = || {
            let (from, until) = text.trim().split_once(':')?;
            let (from, until) = (corner(from)?, corner(until)?);
            let area = Area {
                from: (from.0.unwrap_or(0), from.1),
                until: (until.0.unwrap_or(u32::MAX), until.1),
            };
            (area.from.0 <= area.until.0 && area.from.1 <= area.until.1).then_some(area)
        };
        parsed().ok_or_else(|| {
            Error::input(format!("`{text}` is no range of cells"))
                .hint("write range = \"B3:H200\", or \"B3:H\" when the last row is not known")
        })
    }

    pub fn contains(&self, row: u32, column: u32) -> bool {
        (self.from.0..=self.until.0).contains(&row)
            && (self.from.1..=self.until.1).contains(&column)
    }

    /// The first cell's value in all cells of this rectangle, as far as they are in `within`.
    pub fn fill(
        &self,
        grid: &mut Grid,
        within: &Area,
        cells: &mut usize,
        place: &str,
    ) -> Result<()> {
        let first = grid.get(&self.from.0).and_then(|row| row.get(&self.from.1));
        let Some(text) = first.cloned() else {
            return Ok(());
        };
        let rows = self.from.0..=self.until.0.min(within.until.0);
        let columns = self.from.1..=self.until.1.min(within.until.1);
        for row in rows {
            for column in columns.clone() {
                *cells += 1;
                Limit::SheetCells.hold(*cells, || place.to_string())?;
                let row = grid.entry(row).or_default();
                row.entry(column).or_insert_with(|| text.clone());
            }
        }
        Ok(())
    }
}

fn corner(text: &str) -> Option<(Option<u32>, u32)> {
    let text = text.trim().replace('$', "").to_ascii_uppercase();
    let letters = text
        .find(|c: char| !c.is_ascii_uppercase())
        .unwrap_or(text.len());
    let (letters, digits) = text.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters
        .bytes()
        .fold(0, |n, b| n * 26 + u32::from(b - b'A') + 1);
    let row = match digits {
        "" => None,
        digits => Some(digits.parse::<u32>().ok()?.checked_sub(1)?),
    };
    Some((row, column - 1))
}

/// The letters of a column: 0 is A, 26 is AA.
pub(super) fn letters(column: u32) -> String {
    let mut left = column + 1;
    let mut letters = Vec::new();
    while left > 0 {
        letters.push(char::from(b'A' + ((left - 1) % 26) as u8));
        left = (left - 1) / 26;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_people_write_them() {
        let area = |from, until| Some(Area { from, until });
        for (text, expected) in [
            ("B3:H200", area((2, 1), (199, 7))),
            ("$b$3:$h$200", area((2, 1), (199, 7))),
            ("B3:AA", area((2, 1), (u32::MAX, 26))),
            ("B:H", area((0, 1), (u32::MAX, 7))),
            ("H3:B200", None),
            ("B0:H2", None),
            ("B3", None),
            ("3:5", None),
            ("", None),
        ] {
            assert_eq!(Area::parse(text).ok(), expected, "{text}");
        }
        for column in [0, 25, 26, 701, 702, 16_383] {
            assert_eq!(corner(&letters(column)), Some((None, column)));
        }
    }
}
