//! reshape/long: from wide to long: a row per record and column, as [`Unpivot`] says.

use std::collections::HashMap;

use beleidsinfo_warehouse::error::{Doing, Result};
use polars::prelude::*;

use super::{Placeholders, shaping};
use crate::mapping::{Empty, Unpivot};

/// A long frame, and where its rows come from.
pub(super) struct Long {
    pub frame: DataFrame,
    pub placeholders: Placeholders,
    pub origin: Origin,
}

/// Per row of the long frame: the row of the wide frame, and the column of it (a place in `names`).
pub(crate) struct Origin {
    pub rows: Vec<IdxSize>,
    pub columns: Vec<u32>,
    pub names: Vec<String>,
}

/// Rows in order of the wide frame's, and within one, of its columns. Also with [`Empty::Skip`] a placeholder has a row, which is
/// passed over when tables take theirs: only then is it known whether anybody misses it.
pub(super) fn long(
    mut wide: DataFrame,
    mut placeholders: Placeholders,
    unpivot: &Unpivot,
    names: Vec<String>,
) -> Result<Long> {
    let columns: Vec<Column> = names
        .iter()
        .map(|name| wide.drop_in_place(name))
        .collect::<PolarsResult<_>>()
        .reading(shaping)?;
    let cells: Vec<&StringChunked> = columns
        .iter()
        .map(Column::str)
        .collect::<PolarsResult<_>>()
        .reading(shaping)?;
    let held: Vec<Option<Vec<bool>>> = names.iter().map(|n| placeholders.remove(n)).collect();
    let held = |column: usize, row: usize| held[column].as_ref().is_some_and(|found| found[row]);

    let (mut rows, mut at, mut value_held) = (Vec::new(), Vec::new(), Vec::new());
    let mut values = StringChunkedBuilder::new(unpivot.value.as_str().into(), wide.height());
    let mut labels = StringChunkedBuilder::new(unpivot.name.as_str().into(), wide.height());
    let mut cells: Vec<_> = cells.iter().map(|cells| cells.iter()).collect();
    for row in 0..wide.height() {
        for (column, cells) in cells.iter_mut().enumerate() {
            let cell = cells.next().flatten();
            if cell.is_none() && unpivot.empty == Empty::Skip && !held(column, row) {
                continue;
            }
            rows.push(row as IdxSize);
            at.push(column as u32);
            value_held.push(held(column, row));
            values.append_option(cell);
            labels.append_value(&names[column]);
        }
    }
    let mut frame = wide
        .take(&IdxCa::from_vec(PlSmallStr::EMPTY, rows.clone()))
        .reading(shaping)?;
    for texts in [labels, values] {
        frame
            .with_column(texts.finish().into_series().into_column())
            .reading(shaping)?;
    }
    let mut placeholders: HashMap<_, _> = placeholders
        .into_iter()
        .map(|(name, found)| (name, rows.iter().map(|row| found[*row as usize]).collect()))
        .collect();
    if value_held.contains(&true) {
        placeholders.insert(unpivot.value.clone(), value_held);
    }
    Ok(Long {
        frame,
        placeholders,
        origin: Origin {
            rows,
            columns: at,
            names,
        },
    })
}
