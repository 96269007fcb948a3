//! connector/xes: event logs (IEEE 1849). One flat record per event, with the trace's attributes as `case:<key>`: the form in
//! which the same log is passed around as CSV, so that one mapping serves both.

use std::collections::{BTreeMap, HashMap};

use beleidsinfo_warehouse::error::{Doing, Result};
use polars::prelude::*;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::header::{all_there, needed};
use super::xml::Events;
use super::{Place, Raw, Records, frame};
use crate::limits::Limit;
use crate::mapping::Mapping;
use crate::nearest::nearest;

pub(super) fn read(name: &str, text: &str, mapping: &Mapping) -> Result<Records> {
    let mut log = Log::default();
    let mut events = Events::new(name, text);
    let mut open: Vec<Tag> = Vec::new();
    while let Some((event, span)) = events.next()? {
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let kind = Tag::of(tag, &open);
                let line = events.line(span.start);
                log.start(kind, tag, name, line)?;
                if matches!(event, Event::Start(_)) {
                    open.push(kind);
                } else {
                    log.end(kind);
                }
            }
            Event::End(_) => {
                if let Some(kind) = open.pop() {
                    log.end(kind);
                }
            }
            _ => {}
        }
    }
    if !log.seen {
        return Err(events.broken(text.len(), "there is no <log> in it"));
    }
    log.records(name, mapping)
}

/// What an element means by where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tag {
    Log,
    Trace,
    Event,
    CaseAttribute,
    EventAttribute,
    /// What the log declares that its traces and events may have: as near as XES comes to a header.
    CaseGlobal,
    EventGlobal,
    CaseDeclared,
    EventDeclared,
    Other,
}

impl Tag {
    fn of(tag: &BytesStart, open: &[Tag]) -> Tag {
        let name = tag.local_name();
        let attribute = || {
            matches!(
                name.as_ref(),
                "string" | "date" | "int" | "float" | "boolean" | "id"
            )
        };
        match (name.as_ref(), open.last()) {
            ("log", None) => Tag::Log,
            ("trace", Some(Tag::Log)) => Tag::Trace,
            ("event", Some(Tag::Trace)) => Tag::Event,
            ("global", Some(Tag::Log)) => match tag.try_get_attribute("scope") {
                Ok(Some(scope)) if scope.value.as_ref() == "trace" => Tag::CaseGlobal,
                Ok(Some(scope)) if scope.value.as_ref() == "event" => Tag::EventGlobal,
                _ => Tag::Other,
            },
            (_, Some(Tag::Trace)) if attribute() => Tag::CaseAttribute,
            (_, Some(Tag::Event)) if attribute() => Tag::EventAttribute,
            (_, Some(Tag::CaseGlobal)) if attribute() => Tag::CaseDeclared,
            (_, Some(Tag::EventGlobal)) if attribute() => Tag::EventDeclared,
            _ => Tag::Other,
        }
    }
}

type Attributes = Vec<(usize, String)>;

/// The log as far as it was read.
#[derive(Default)]
pub(super) struct Log {
    seen: bool,
    names: Vec<String>,
    numbers: HashMap<String, usize>,
    traces: Vec<Attributes>,
    /// Attributes of each record and the number of its trace.
    records: Vec<(Place, usize, Attributes)>,
    trace_line: u64,
    trace_has_event: bool,
}

impl Log {
    /// Errors: an attribute that cannot be read, and what goes over a limit.
    fn start(&mut self, kind: Tag, tag: &BytesStart, name: &str, line: u64) -> Result<()> {
        let place = || format!("{name}, line {line}");
        match kind {
            Tag::Log => self.seen = true,
            Tag::Trace => {
                self.traces.push(Attributes::new());
                (self.trace_line, self.trace_has_event) = (line, false);
            }
            Tag::Event => {
                self.trace_has_event = true;
                self.push(line, true);
            }
            Tag::CaseAttribute | Tag::EventAttribute | Tag::CaseDeclared | Tag::EventDeclared => {
                let attributes = key_and_value(tag)
                    .reading(|| format!("{name}, line {line}: cannot read an attribute"))?;
                let Some((key, value)) = attributes else {
                    return Ok(());
                };
                Limit::CellBytes.hold(value.len().max(key.len()), place)?;
                Limit::Columns.hold(self.names.len(), place)?;
                let of_case = matches!(kind, Tag::CaseAttribute | Tag::CaseDeclared);
                let number = self.number(if of_case { format!("case:{key}") } else { key });
                let attributes = match kind {
                    Tag::CaseAttribute => self.traces.last_mut(),
                    Tag::EventAttribute => {
                        self.records.last_mut().map(|(_, _, attributes)| attributes)
                    }
                    _ => None,
                };
                if let Some(attributes) = attributes {
                    attributes.push((number, value));
                }
            }
            Tag::CaseGlobal | Tag::EventGlobal | Tag::Other => {}
        }
        Ok(())
    }

    fn end(&mut self, kind: Tag) {
        if kind == Tag::Trace && !self.trace_has_event {
            self.push(self.trace_line, false);
        }
    }

    fn push(&mut self, line: u64, event: bool) {
        let place = Place {
            record: self.records.len() as u64 + 1,
            line,
            event,
        };
        self.records
            .push((place, self.traces.len() - 1, Attributes::new()));
    }

    fn number(&mut self, column: String) -> usize {
        let next = self.names.len();
        *self.numbers.entry(column).or_insert_with_key(|name| {
            self.names.push(name.clone());
            next
        })
    }

    fn records(self, name: &str, mapping: &Mapping) -> Result<Records> {
        let there: Vec<&str> = self.names.iter().map(String::as_str).collect();
        // A log writes no attribute where there is no value: a column that no record has is absent everywhere, but a name
        // that looks like one that is there is a slip of the pen.
        let needed = needed(name, &there, mapping)?;
        let slips: Vec<&str> = needed
            .iter()
            .copied()
            .filter(|n| !there.contains(n) && nearest(n, there.iter().copied()).is_some())
            .collect();
        if !self.records.is_empty() {
            all_there(name, &slips, &there)?;
            let trace: Vec<&str> = mapping
                .trace_column()
                .filter(|t| needed.contains(t))
                .into_iter()
                .collect();
            all_there(name, &trace, &there)?;
        }
        // Only what the mapping reads is laid out: a log in which every event has an attribute of its own would have a column
        // for each, and a cell for each event in it.
        let height = self.records.len();
        let mut taken: Vec<Option<usize>> = vec![None; self.names.len()];
        for (column, name) in needed.iter().enumerate() {
            if let Some(number) = self.numbers.get(*name) {
                taken[*number] = Some(column);
            }
        }
        let mut columns: Vec<_> = needed
            .iter()
            .map(|n| StringChunkedBuilder::new((*n).into(), height))
            .collect();
        let mut row: Vec<Option<&str>> = Vec::new();
        for (_, trace, attributes) in &self.records {
            row.clear();
            row.resize(columns.len(), None);
            for (number, value) in self.traces[*trace].iter().chain(attributes) {
                if let Some(column) = taken[*number] {
                    row[column] = Some(value);
                }
            }
            for (column, value) in columns.iter_mut().zip(&row) {
                column.append_option(*value);
            }
        }
        let frame = frame(name, height, columns)?;
        let places = self.records.iter().map(|(place, _, _)| *place).collect();
        Ok(Records {
            frame,
            places,
            misshapen: Vec::new(),
            header: self.names.clone(),
            raw: Raw::Log(self),
        })
    }

    /// All attributes of a record and its trace as compact JSON.
    pub(super) fn raw(&self, record: usize) -> String {
        let (_, trace, attributes) = &self.records[record];
        let all: BTreeMap<usize, &String> = self.traces[*trace]
            .iter()
            .chain(attributes)
            .map(|(number, value)| (*number, value))
            .collect();
        let all = all
            .into_iter()
            .map(|(number, value)| (self.names[number].clone(), value.as_str().into()));
        serde_json::Value::Object(all.collect()).to_string()
    }
}

fn key_and_value(tag: &BytesStart) -> quick_xml::Result<Option<(String, String)>> {
    let (mut key, mut value) = (None, None);
    for attribute in tag.attributes() {
        let attribute = attribute?;
        let text = || attribute.normalized_value(XmlVersion::Implicit1_0);
        match attribute.key.as_ref() {
            "key" => key = Some(text()?.into_owned()),
            "value" => value = Some(text()?.into_owned()),
            _ => {}
        }
    }
    Ok(key.zip(value))
}
