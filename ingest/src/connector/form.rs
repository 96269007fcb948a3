//! connector/form: TOML that somebody fills in by hand, one file for one decision. Each `[[name]]` is a record; what stands
//! above them holds for each. A key that the mapping does not read is a slip, so its record is set apart.

use std::ops::Range;

use beleidsinfo_warehouse::error::{Error, Result};
use indexmap::IndexMap;
use toml_edit::{ArrayOfTables, Document, Item, TableLike, Value};

use super::Records;
use super::lines::{Lines, line_and_column};
use super::path::{RecordPath, Step};
use super::tree::{JOINT, NodeId, Tree};
use crate::limits::Limit;
use crate::mapping::{Decimal, Mapping};
use crate::nearest::nearest;
use crate::source::nesting;

/// What is filled in by hand is smaller; a larger file is an export, for which there are other connectors.
const MOST_BYTES: usize = 1 << 20;

/// Reads one form.
///
/// Without `records` in the mapping the file has one list of `[[name]]`. Errors: text that is not TOML, with line and column;
/// no or several such lists; a key above the records that the mapping does not read.
pub(super) fn read(name: &str, text: String, mapping: &Mapping) -> Result<Records> {
    if text.len() > MOST_BYTES {
        return Err(
            Error::refused(format!("{name} is more than 1 MiB, and no form is"))
                .hint("have an export delivered as CSV or JSON"),
        );
    }
    Limit::Depth.hold(nesting(&text), || name.to_string())?;
    let document = Document::parse(text.as_str()).map_err(|cause| {
        let at = cause.span().map_or(0, |span| span.start);
        Error::input(format!("{name}, {}: this is not well-formed TOML", line_and_column(&text, at)))
            .because(cause.message().trim())
            .hint("write text between \"quotes\", a number with a point (87.5), a day as 2025-01-27, and each key once; nothing of the file was stored")
    })?;
    let root = document.as_table();
    let (list_name, list) = list(name, root, mapping)?;
    let form = Form {
        text: &text,
        mapping,
        known: mapping.file_columns(),
    };
    let mut tree = Tree::new(name, mapping);
    let mut lines = Lines::new(&text);

    let mut shared = Vec::new();
    let around = root.iter().filter(|(key, _)| *key != list_name);
    for (key, item) in around {
        form.leaves(key.into(), item, &mut shared);
    }
    if let Some(stray) = shared.iter().find(|leaf| !form.reads(&leaf.name)) {
        return Err(Error::input(format!(
            "{name}, {}: the mapping reads no key `{}`",
            line_and_column(&text, stray.span.start),
            stray.name
        ))
        .hint(match nearest(&stray.name, form.known.iter().copied()) {
            Some(near) => format!("write `{near}`?"),
            None => format!("the keys are {}", form.known.join(", ")),
        }));
    }

    let shared = joined(shared);
    // Each record takes it over.
    let spread = shared.iter().map(|leaf| leaf.value.len()).sum::<usize>() * list.len();
    Limit::RecordBytes.hold(spread, || {
        format!("{name}, with what stands above its records,")
    })?;

    let starts: Vec<usize> = list
        .iter()
        .map(|record| record.span().map_or(0, |span| span.start))
        .collect();
    for (at, record) in list.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(text.len());
        let whole = text[starts[at]..end].trim_end();
        Limit::RecordBytes.hold(whole.len(), || format!("{name}, record {}", at + 1))?;
        let line = lines.of(starts[at]);
        let mut own = Vec::new();
        for (key, item) in record.iter() {
            form.leaves(key.into(), item, &mut own);
        }
        if let Some(stray) = own.iter().find(|leaf| !form.reads(&leaf.name)) {
            let reason = form.stray(stray);
            tree.set_apart(line, reason, whole);
            continue;
        }
        let own = joined(own);
        let above = shared
            .iter()
            .filter(|leaf| own.iter().all(|o| o.name != leaf.name));
        for leaf in above.chain(&own) {
            let node = place(&mut tree, &leaf.name)?;
            tree.leaf(node);
            tree.hold(Some(&leaf.value))?;
            if let Some(column) = tree.column(node) {
                tree.push(column, &leaf.value)?;
            }
        }
        tree.record(line, starts[at]..starts[at] + whole.len());
    }
    drop(document);
    tree.records(text)
}

/// The list of records, by its name.
fn list<'d>(
    name: &str,
    root: &'d toml_edit::Table,
    mapping: &Mapping,
) -> Result<(String, &'d ArrayOfTables)> {
    let lists = root
        .iter()
        .filter_map(|(key, item)| Some((key, item.as_array_of_tables()?)));
    let lists: Vec<_> = lists.collect();
    let wanted = match mapping.records.as_ref().map(|path| path.steps.as_slice()) {
        None => None,
        Some([Step::Name(wanted), Step::Every]) => Some(wanted.as_str()),
        Some(_) => {
            return Err(Error::input(format!(
                "`records` of a form names one list, as in \"{}\"",
                RecordPath::list_in("doel")
            )));
        }
    };
    let found = match (wanted, lists.as_slice()) {
        (Some(wanted), lists) => lists.iter().find(|(key, _)| *key == wanted),
        (None, [one]) => Some(one),
        (None, _) => None,
    };
    found
        .map(|(key, list)| (key.to_string(), *list))
        .ok_or_else(|| {
            let names: Vec<String> = lists.iter().map(|(key, _)| format!("[[{key}]]")).collect();
            let error = Error::input(match wanted {
                Some(wanted) => format!("{name} has no [[{wanted}]]"),
                None if lists.is_empty() => format!("{name} has no [[name]] that could be a record"),
                None => format!("{name} has several lists of records: {}", names.join(", ")),
            });
            error.hint("begin each record with its name between double brackets, and name that list in the mapping, as in records = \"$.doel[*]\"")
        })
}

/// The values of a list are one, under its name.
fn joined(leaves: Vec<Leaf>) -> Vec<Leaf> {
    let mut joined: IndexMap<String, Leaf> = IndexMap::new();
    for leaf in leaves {
        match joined.get_mut(&leaf.name) {
            Some(known) => {
                known.value.push_str(JOINT);
                known.value.push_str(&leaf.value);
            }
            None => {
                joined.insert(leaf.name.clone(), leaf);
            }
        }
    }
    joined.into_values().collect()
}

/// The place of a dotted name.
fn place(tree: &mut Tree, name: &str) -> Result<NodeId> {
    let mut node = Tree::ROOT;
    for key in name.split('.') {
        node = tree.child(node, key)?;
    }
    Ok(node)
}

/// One value, under its dotted name.
struct Leaf {
    name: String,
    value: String,
    span: Range<usize>,
}

struct Form<'a> {
    text: &'a str,
    mapping: &'a Mapping,
    known: Vec<&'a str>,
}

impl Form<'_> {
    fn leaves(&self, name: String, item: &Item, found: &mut Vec<Leaf>) {
        match item {
            Item::None => {}
            Item::Value(value) => self.value(name, value, found),
            Item::Table(table) => self.table(&name, table, found),
            Item::ArrayOfTables(tables) => {
                for table in tables {
                    self.table(&name, table, found);
                }
            }
        }
    }

    fn table(&self, name: &str, table: &dyn TableLike, found: &mut Vec<Leaf>) {
        for (key, item) in table.iter() {
            self.leaves(format!("{name}.{key}"), item, found);
        }
    }

    fn value(&self, name: String, value: &Value, found: &mut Vec<Leaf>) {
        let span = value.span().unwrap_or_default();
        let written = self.text.get(span.clone()).unwrap_or_default();
        let value = match value {
            Value::String(text) => text.value().clone(),
            Value::Integer(_) | Value::Float(_) => {
                let number = written.replace('_', "");
                match self.mapping.decimal {
                    Decimal::Comma => number.replace('.', ","),
                    Decimal::Point => number,
                }
            }
            Value::Boolean(truth) => truth.value().to_string(),
            Value::Datetime(_) => written.to_string(),
            Value::InlineTable(table) => return self.table(&name, table, found),
            Value::Array(list) => {
                for value in list {
                    self.value(name.clone(), value, found);
                }
                return;
            }
        };
        found.push(Leaf { name, value, span });
    }

    fn reads(&self, name: &str) -> bool {
        self.mapping.every
            || self.mapping.unaliased(name).is_some()
            || self.known.contains(&name)
            || self.mapping.ignore.iter().any(|ignored| ignored == name)
    }

    fn stray(&self, leaf: &Leaf) -> String {
        let line = self.text[..leaf.span.start].matches('\n').count() + 1;
        let advice = match nearest(&leaf.name, self.known.iter().copied()) {
            Some(near) => format!("bedoelt u {near}?"),
            None => format!("de sleutels zijn {}.", self.known.join(", ")),
        };
        format!(
            "Sleutel {} op regel {line} bestaat niet in dit formulier: {advice}",
            leaf.name
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(more: &str) -> Mapping {
        toml::from_str(&format!(
            "connector = \"toml\"\nlocation = \"x\"\n{more}\n[[tables]]\nname = \"t\"\n[tables.columns]\n\
             a = \"besluit\"\nb = \"ondergrens\"\nc = \"vanaf\"\nd = \"tolerantie\"\n"
        ))
        .expect("a mapping")
    }

    const FORM: &str = "# boven\nbesluit = \"https://x/1\"\n\n[[doel]]\nondergrens = 87.5\nvanaf = 2025-01-01\n\n\
                        # tweede\n[[doel]]\nondergrens = 1_000\nvanaf = 2025-02-01\ntolerantie = 3\nbesluit = \"https://x/2\"\n";

    fn column(records: &Records, name: &str) -> Vec<Option<String>> {
        let column = records.frame.column(name).expect("a column");
        let texts = column.str().expect("text");
        texts.iter().map(|t| t.map(str::to_string)).collect()
    }

    #[test]
    fn what_stands_above_holds_for_each_record_unless_it_says_otherwise() {
        let records = read("f.toml", FORM.into(), &mapping("")).expect("records");
        let some = |texts: &[&str]| {
            texts
                .iter()
                .map(|t| Some(t.to_string()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            column(&records, "besluit"),
            some(&["https://x/1", "https://x/2"])
        );
        assert_eq!(column(&records, "ondergrens"), some(&["87.5", "1000"]));
        assert_eq!(
            column(&records, "vanaf"),
            some(&["2025-01-01", "2025-02-01"])
        );
        assert_eq!(column(&records, "tolerantie"), [None, Some("3".into())]);
        let lines: Vec<u64> = records.places.iter().map(|p| p.line).collect();
        assert_eq!(lines, [4, 9]);
        assert!(records.raw(0).starts_with("[[doel]]\nondergrens = 87.5"));
        assert!(records.raw(1).ends_with("besluit = \"https://x/2\""));
        // Dutch numbers, for a mapping that reads them so.
        let comma = read("f.toml", FORM.into(), &mapping("decimal = \",\"")).expect("records");
        assert_eq!(column(&comma, "ondergrens")[0].as_deref(), Some("87,5"));
    }

    #[test]
    fn a_slip_in_a_key_takes_its_record_and_names_the_line() {
        let text = FORM.replace("tolerantie", "tolerentie");
        let records = read("f.toml", text, &mapping("")).expect("records");
        assert_eq!((records.places.len(), records.misshapen.len()), (1, 1));
        let reason = &records.misshapen[0].reason;
        assert!(
            reason.contains("tolerentie op regel 12") && reason.contains("bedoelt u tolerantie?"),
            "{reason}"
        );
        // Above the records it touches all of them.
        let text = FORM.replacen("besluit", "besluid", 1);
        let error = read("f.toml", text, &mapping(""))
            .map(|_| ())
            .expect_err("a slip");
        let told = format!("{error:?}");
        assert!(
            told.contains("line 2") && told.contains("besluid") && told.contains("write `besluit`"),
            "{told}"
        );
    }

    #[test]
    fn what_is_no_form_says_where() {
        let why = |text: &str, more: &str| {
            let error = read("f.toml", text.into(), &mapping(more)).map(|_| ());
            format!("{:?}", error.expect_err("no form"))
        };
        assert!(why("[[doel]]\nondergrens = 87,5\n", "").contains("line 2"));
        // Deep enough to run out of stack, were there no end to it.
        let deep = format!("[[a]]\n{}a = 1\n", "a.".repeat(100_000));
        assert!(why(&deep, "").contains("not well-formed TOML"));
        assert!(why("besluit = \"x\"\n", "").contains("no [[name]]"));
        assert!(why("[[a]]\n[[b]]\n", "").contains("several lists"));
        assert!(why("[[a]]\n", "records = \"$.doel[*]\"").contains("no [[doel]]"));
        assert!(why("[[a]]\n", "records = \"$.x.doel[*]\"").contains("names one list"));
    }
}
