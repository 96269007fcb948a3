//! connector/tree: from nested records (JSON, XML) to flat columns. The reader of a format walks the tree and says where it
//! is; this file knows what that place is called, keeps the values of the columns the mapping reads, and remembers every
//! name it saw.
//!
//! A place is called after the names on the way to it, with points between: `adres.straat`. Lists (and elements that stand
//! there several times) have no name of their own: what they hold stands under the name of the list, joined with [`JOINT`].
//! One of them alone is named with its number: `namen[0].taal`. What has parts (an object, a list of lists, an element
//! with elements in it) is, when its own name is asked for, the text as it stands in the file.

use std::collections::HashMap;
use std::ops::Range;

use beleidsinfo_warehouse::error::Result;
use polars::prelude::*;

use super::header::{all_there, needed, spread};
use super::{Misshapen, Place, Raw, Records, frame};
use crate::limits::Limit;
use crate::mapping::Mapping;
use crate::nearest::nearest;

/// Between the values of a list.
pub(super) const JOINT: &str = "; ";

/// What a record is called that is one bare value.
const VALUE: &str = "value";

/// A named place below the record.
pub(super) type NodeId = usize;

struct Node {
    name: String,
    children: HashMap<String, NodeId>,
    /// Elements of the list here that the mapping names one by one.
    elements: HashMap<usize, NodeId>,
    column: Option<usize>,
    /// A value was seen here.
    leaf: bool,
    /// A node of one element of a list: found through its number only.
    numbered: bool,
}

#[derive(Default)]
struct Cell {
    text: String,
    present: bool,
}

pub(super) struct Tree<'m> {
    file: &'m str,
    mapping: &'m Mapping,
    nodes: Vec<Node>,
    /// Bytes of all names.
    named: usize,
    /// Names of the columns the mapping may read.
    wanted: HashMap<&'m str, usize>,
    /// Names of lists to the numbers of the elements that the mapping names.
    numbers: HashMap<&'m str, Vec<usize>>,
    cells: Vec<Cell>,
    names: Vec<String>,
    columns: Vec<StringChunkedBuilder>,
    /// Columns that had a value in any record.
    filled: Vec<bool>,
    places: Vec<Place>,
    spans: Vec<Range<usize>>,
    misshapen: Vec<Misshapen>,
}

impl<'m> Tree<'m> {
    pub const ROOT: NodeId = 0;

    pub fn new(file: &'m str, mapping: &'m Mapping) -> Self {
        let mut wanted = HashMap::new();
        let (mut columns, mut columns_named) = (Vec::new(), Vec::new());
        let mut numbers: HashMap<&str, Vec<usize>> = HashMap::new();
        // Which of its names a column goes by is known when the file is read.
        let names = mapping.file_columns().into_iter();
        for name in names.flat_map(|name| std::iter::once(name).chain(mapping.aliases_of(name))) {
            let next = columns.len();
            if *wanted.entry(name).or_insert(next) < next {
                continue;
            }
            columns_named.push(name.to_string());
            columns.push(StringChunkedBuilder::new(name.into(), 0));
            for (open, _) in name.match_indices('[') {
                let number = name[open + 1..].split(']').next();
                if let Some(number) = number.and_then(|n| n.parse().ok()) {
                    numbers.entry(&name[..open]).or_default().push(number);
                }
            }
        }
        let mut tree = Self {
            file,
            mapping,
            nodes: Vec::new(),
            named: 0,
            wanted,
            numbers,
            cells: columns.iter().map(|_| Cell::default()).collect(),
            names: columns_named,
            filled: vec![false; columns.len()],
            columns,
            places: Vec::new(),
            spans: Vec::new(),
            misshapen: Vec::new(),
        };
        tree.add(String::new(), false);
        tree.nodes[Self::ROOT].column = tree.wanted.get(VALUE).copied();
        tree
    }

    fn add(&mut self, name: String, numbered: bool) -> NodeId {
        let id = self.nodes.len();
        let numbers = self.numbers.get(name.as_str()).cloned();
        let mut column = self.wanted.get(name.as_str()).copied();
        if column.is_none() && !numbered && spread(&name, self.mapping) {
            column = Some(self.add_column(&name));
        }
        self.nodes.push(Node {
            children: HashMap::new(),
            elements: HashMap::new(),
            column,
            leaf: false,
            numbered,
            name,
        });
        for number in numbers.unwrap_or_default() {
            self.add_element(id, number);
        }
        id
    }

    /// A column met on the way: absent in the records before.
    fn add_column(&mut self, name: &str) -> usize {
        let mut column = StringChunkedBuilder::new(name.into(), self.places.len());
        (0..self.places.len()).for_each(|_| column.append_null());
        self.columns.push(column);
        self.names.push(name.to_string());
        self.cells.push(Cell::default());
        self.filled.push(false);
        self.columns.len() - 1
    }

    fn add_element(&mut self, node: NodeId, number: usize) -> NodeId {
        let name = format!("{}[{number}]", self.nodes[node].name);
        let element = self.add(name, true);
        self.nodes[node].elements.insert(number, element);
        element
    }

    /// The place of a key, child element or attribute.
    ///
    /// Errors: more different names than a table may have columns.
    pub fn child(&mut self, node: NodeId, key: &str) -> Result<NodeId> {
        if let Some(child) = self.nodes[node].children.get(key) {
            return Ok(*child);
        }
        let file = self.file;
        Limit::Columns.hold(self.nodes.len(), || file.to_string())?;
        let above = &self.nodes[node].name;
        let name = if above.is_empty() {
            key.to_string()
        } else {
            format!("{above}.{key}")
        };
        // Names inside names add up: without this, a few long keys nested deep would fill the memory.
        self.named += name.len();
        Limit::RecordBytes.hold(self.named, || file.to_string())?;
        let child = self.add(name, false);
        self.nodes[node].children.insert(key.to_string(), child);
        Ok(child)
    }

    /// The place of one element of a record that is itself a list.
    ///
    /// Errors: as [`Tree::child`].
    pub fn field(&mut self, number: usize) -> Result<NodeId> {
        if let Some(field) = self.numbered(Self::ROOT, number) {
            return Ok(field);
        }
        let file = self.file;
        Limit::Columns.hold(self.nodes.len(), || file.to_string())?;
        Ok(self.add_element(Self::ROOT, number))
    }

    /// The place of one element of a list, if the mapping names it.
    pub fn numbered(&self, node: NodeId, number: usize) -> Option<NodeId> {
        self.nodes[node].elements.get(&number).copied()
    }

    pub fn has_numbered(&self, node: NodeId) -> bool {
        !self.nodes[node].elements.is_empty()
    }

    /// The column that takes what stands here.
    pub fn column(&self, node: NodeId) -> Option<usize> {
        self.nodes[node].column
    }

    /// Somewhere that has no parts: its name is a column of the file, whether or not it has a value now.
    pub fn leaf(&mut self, node: NodeId) {
        self.nodes[node].leaf = true;
    }

    /// Adds a value to the column of this record.
    ///
    /// Errors: a value, or values together, of more than one value may be.
    pub fn push(&mut self, column: usize, text: &str) -> Result<()> {
        let cell = &mut self.cells[column];
        if cell.present {
            cell.text.push_str(JOINT);
        }
        cell.present = true;
        cell.text.push_str(text);
        let length = cell.text.len();
        self.hold_length(length)
    }

    /// Refuses a value that is too long, also where no column takes it.
    pub fn hold(&self, value: Option<&str>) -> Result<()> {
        self.hold_length(value.map_or(0, str::len))
    }

    fn hold_length(&self, length: usize) -> Result<()> {
        let record = self.places.len() + self.misshapen.len() + 1;
        Limit::CellBytes.hold(length, || format!("{}, record {record}", self.file))
    }

    /// How far a column of this record is filled, for [`Tree::reset`].
    pub fn mark(&self, column: usize) -> (usize, bool) {
        let cell = &self.cells[column];
        (cell.text.len(), cell.present)
    }

    /// Takes away what was pushed since the mark.
    pub fn reset(&mut self, column: usize, (length, present): (usize, bool)) {
        let cell = &mut self.cells[column];
        cell.text.truncate(length);
        cell.present = present;
    }

    /// Closes the record: its values become a row.
    pub fn record(&mut self, line: u64, span: Range<usize>) {
        for ((cell, column), filled) in self
            .cells
            .iter_mut()
            .zip(&mut self.columns)
            .zip(&mut self.filled)
        {
            column.append_option(cell.present.then_some(cell.text.as_str()));
            *filled |= cell.present;
            cell.text.clear();
            cell.present = false;
        }
        self.places.push(self.place(line));
        self.spans.push(span);
    }

    /// Sets the record apart: what was read of it is forgotten.
    pub fn set_apart(&mut self, line: u64, reason: String, raw: &str) {
        for cell in &mut self.cells {
            cell.text.clear();
            cell.present = false;
        }
        self.misshapen.push(Misshapen {
            place: self.place(line),
            reason,
            raw: raw.to_string(),
        });
    }

    fn place(&self, line: u64) -> Place {
        Place {
            record: (self.places.len() + self.misshapen.len()) as u64 + 1,
            line,
            event: true,
        }
    }

    pub fn well_formed(&self) -> usize {
        self.places.len()
    }

    /// The records that were read, with the columns the mapping reads.
    ///
    /// A key that a record does not have is absent; so is one that no record has. But when none of the columns is there,
    /// or one that is not looks like one that is, the mapping is at fault. Errors: those two.
    pub fn records(self, text: String) -> Result<Records> {
        let there = self.there();
        let needed = if self.places.is_empty() {
            self.mapping.file_columns()
        } else {
            needed(self.file, &there, self.mapping)?
        };
        let missing: Vec<&str> = needed
            .iter()
            .copied()
            .filter(|name| !there.contains(name))
            .collect();
        let spare = || there.iter().copied().filter(|name| !needed.contains(name));
        let slips: Vec<&str> = missing
            .iter()
            .copied()
            .filter(|name| missing.len() == needed.len() || nearest(name, spare()).is_some())
            .collect();
        if !self.places.is_empty() {
            all_there(self.file, &slips, &there)?;
        }
        let header = there.iter().map(|name| name.to_string()).collect();
        let kept: Vec<bool> = self
            .names
            .iter()
            .map(|name| needed.contains(&name.as_str()))
            .collect();
        let columns = self.columns.into_iter().zip(kept);
        let columns = columns.filter_map(|(column, kept)| kept.then_some(column));
        let frame = frame(self.file, self.places.len(), columns.collect())?;
        Ok(Records {
            frame,
            places: self.places,
            misshapen: self.misshapen,
            header,
            raw: Raw::Text {
                text,
                spans: self.spans,
            },
        })
    }

    /// The names of the file's columns, and of what the mapping reads beside them.
    fn there(&self) -> Vec<&str> {
        let mut there: Vec<&str> = self
            .nodes
            .iter()
            .filter(|node| node.leaf && (!node.numbered || node.name.starts_with('[')))
            .map(|node| {
                if node.name.is_empty() {
                    VALUE
                } else {
                    &node.name
                }
            })
            .collect();
        let read = self
            .wanted
            .iter()
            .filter(|(_, column)| self.filled[**column]);
        for (name, _) in read {
            if !there.contains(name) {
                there.push(name);
            }
        }
        there
    }
}
