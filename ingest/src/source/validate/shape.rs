//! source/validate/shape: what does not fit in how records are shaped before tables are filled: aliases, and wide to long.

use super::meant;
use crate::mapping::{Connector, Mapping, TableMapping, Wide};
use crate::nearest::nearest;

/// An alias stands for one column that the mapping reads, and is not itself such a column.
pub(super) fn aliases(mapping: &Mapping, found: &mut Vec<String>) {
    let read = mapping.file_columns();
    for (at, (column, aliases)) in mapping.aliases.iter().enumerate() {
        if !read.contains(&column.as_str()) {
            found.push(format!(
                "[aliases] names `{column}`, which no table takes{}",
                meant(nearest(column, read.iter().copied()))
            ));
        }
        if aliases.is_empty() {
            found.push(format!("[aliases] gives `{column}` no other name"));
        }
        for (place, alias) in aliases.iter().enumerate() {
            if read.contains(&alias.as_str()) {
                found.push(format!(
                    "[aliases] calls `{alias}` another name of `{column}`, but a table takes `{alias}` as well"
                ));
            }
            let earlier = mapping.aliases.values().take(at).flatten();
            if earlier.chain(&aliases[..place]).any(|other| other == alias) {
                found.push(format!("[aliases] has `{alias}` twice"));
            }
        }
    }
}

/// What is left alone is not read as well.
pub(super) fn ignore(mapping: &Mapping, found: &mut Vec<String>) {
    let read = mapping.file_columns();
    for column in &mapping.ignore {
        let name = mapping.unaliased(column).unwrap_or(column);
        if read.contains(&name) {
            found.push(format!(
                "`ignore` has `{column}`, but a table takes it: take it out of `ignore`"
            ));
        }
    }
}

/// The names and values are columns like others; what is spread over records cannot be gathered into traces again.
pub(super) fn unpivot(mapping: &Mapping, found: &mut Vec<String>) {
    let Some(unpivot) = &mapping.unpivot else {
        return;
    };
    let read = mapping.source_columns();
    for (key, column) in [("name", &unpivot.name), ("value", &unpivot.value)] {
        if !read.contains(&column.as_str()) {
            found.push(format!(
                "[unpivot] {key} = \"{column}\" is taken by no table: name it in [tables.columns]"
            ));
        }
        if mapping.aliases.contains_key(column) {
            found.push(format!(
                "[aliases] names `{column}`, which [unpivot] makes and no file has"
            ));
        }
    }
    if unpivot.name == unpivot.value {
        found.push(format!(
            "[unpivot] calls both name and value `{}`",
            unpivot.name
        ));
    }
    if let Wide::List(names) = &unpivot.columns {
        for (at, name) in names.iter().enumerate() {
            if names[..at].contains(name) {
                found.push(format!("[unpivot] has column `{name}` twice"));
            }
            if read.contains(&name.as_str()) {
                found.push(format!(
                    "[unpivot] spreads column `{name}` over records, but a table takes it as it is"
                ));
            }
        }
    }
    if mapping.connector == Connector::Xes {
        found.push("[unpivot] does not go with an event log".into());
    }
    for table in mapping
        .tables
        .iter()
        .filter(|t| TableMapping::needs_trace(t))
    {
        found.push(format!(
            "table `{}` groups records, which does not go with [unpivot]",
            table.name
        ));
    }
}
