//! connector/header: which columns of a file the mapping reads, and under which names the file gives them.

use beleidsinfo_warehouse::error::{Error, Result};

use super::MissingColumns;
use crate::mapping::{Mapping, Wide};
use crate::nearest::nearest;

/// The columns to take from a file, by the names it gives them: of each column the mapping reads, itself or the alias that is
/// there, and the columns that become records. One that the file has under no name keeps its own, for [`all_there`] to report.
///
/// Errors: a column that is there under two names; no column to unpivot.
pub(super) fn needed<'a>(
    name: &str,
    there: &[&'a str],
    mapping: &'a Mapping,
) -> Result<Vec<&'a str>> {
    let mut needed = Vec::new();
    for column in mapping.file_columns() {
        needed.push(named(name, column, there, mapping)?);
    }
    if let Some(unpivot) = &mapping.unpivot
        && let Wide::Pattern(pattern) = &unpivot.columns
    {
        let before = needed.len();
        needed.extend(there.iter().filter(|column| spread(column, mapping)));
        if needed.len() == before {
            return Err(Error::input(format!(
                "{name} has no column that [unpivot] columns = \"{pattern}\" is found in; it has {}",
                quoted(there)
            ))
            .hint("mend the pattern in the mapping"));
        }
    }
    Ok(needed)
}

/// A header with `header = "named"` is looked for in so many records or rows.
pub(super) const HEADER_WITHIN: usize = 50;

/// Whether these are the names of columns: all that the mapping takes are among them, under one name or another.
pub(super) fn names_all(fields: &[&str], mapping: &Mapping) -> bool {
    let there = |column: &str| {
        let mut names = std::iter::once(column).chain(mapping.aliases_of(column));
        names.any(|name| fields.contains(&name))
    };
    mapping.file_columns().into_iter().all(there)
}

/// Whether a column of the file becomes records because its name fits a pattern.
pub(super) fn spread(column: &str, mapping: &Mapping) -> bool {
    let Some(unpivot) = &mapping.unpivot else {
        return false;
    };
    matches!(unpivot.columns, Wide::Pattern(_))
        && mapping.unaliased(column).is_none()
        && unpivot.takes(column, &mapping.source_columns())
}

/// A column's name in the file: its own or an alias; its own where neither is there.
fn named<'a>(
    name: &str,
    column: &'a str,
    there: &[&'a str],
    mapping: &'a Mapping,
) -> Result<&'a str> {
    let names = std::iter::once(column).chain(mapping.aliases_of(column));
    let found: Vec<&str> = names.filter(|n| there.contains(n)).collect();
    if let [one, other, ..] = found.as_slice() {
        return Err(Error::input(format!(
            "{name} has both `{one}` and `{other}`, and [aliases] says they are one column"
        ))
        .hint("take the one that is not meant out of [aliases]"));
    }
    Ok(found.first().copied().unwrap_or(column))
}

/// An error that lists the columns a mapping names and the file does not have.
pub(super) fn all_there(name: &str, needed: &[&str], there: &[&str]) -> Result<()> {
    let missing: Vec<&str> = needed
        .iter()
        .copied()
        .filter(|column| !there.contains(column))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let proposals: Vec<String> = missing
        .iter()
        .filter_map(|column| {
            Some(format!(
                "`{}` for `{column}`",
                nearest(column, there.iter().copied())?
            ))
        })
        .collect();
    let hint = if proposals.is_empty() {
        "mend the column names in the mapping; if there is but one column, look at `delimiter`"
            .to_string()
    } else {
        format!(
            "mend the column names in the mapping, or add these to [aliases] if some files name them so: perhaps {}",
            proposals.join(", ")
        )
    };
    let columns = |names: &[&str]| names.iter().map(|n| n.to_string()).collect();
    Err(Error::input(format!(
        "{name} does not have the column{} {}",
        if missing.len() == 1 { "" } else { "s" },
        quoted(&missing)
    ))
    .because(MissingColumns {
        missing: columns(&missing),
        there: columns(there),
    })
    .hint(hint))
}

/// Names for a sentence: not too long, and not too many.
pub(super) fn quoted(names: &[&str]) -> String {
    const MOST: usize = 50;
    let mut shown: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| match name.char_indices().nth(80) {
            Some((end, _)) => format!("`{}…`", &name[..end]),
            None => format!("`{name}`"),
        })
        .collect();
    if names.len() > MOST {
        shown.push(format!("and {} more", names.len() - MOST));
    }
    shown.join(", ")
}
