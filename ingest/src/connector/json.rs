//! connector/json: JSON (RFC 8259), one document or one record a line. The tree is walked once, event by event; numbers keep
//! the text they have in the file.

mod events;
mod outline;
mod record;

use beleidsinfo_warehouse::error::{Error, Result};
use json_event_parser::JsonEvent;

use super::Records;
use super::lines::{Lines, line_and_column};
use super::path::{RecordPath, Step};
use super::tree::Tree;
use crate::limits::Limit;
use crate::mapping::Mapping;
use events::{Events, Fault};
use outline::Outline;
use record::Record;

/// Reads one JSON document.
///
/// Without `records` in the mapping: the elements of a file that is one list, or of the only list in the object that the
/// file is. Errors: JSON that is not well-formed, with line and column; no or several such lists, or a path that leads
/// nowhere, with the paths there are.
pub(super) fn read(name: &str, text: String, mapping: &Mapping) -> Result<Records> {
    let path = match &mapping.records {
        Some(path) => path.clone(),
        None if text.trim_start().starts_with('[') => RecordPath::list(),
        None => outline(name, &text)?.default_path(name)?,
    };
    let mut tree = Tree::new(name, mapping);
    let mut lines = Lines::new(&text);
    let mut walk = Walk::new(&path, Record::new(mapping));
    let mut events = Events::new(&text);
    loop {
        let (event, span) = events.next().map_err(|fault| broken(name, &text, fault))?;
        if event == JsonEvent::Eof {
            break;
        }
        match walk.step(event, span.clone(), &text, &mut tree) {
            Ok(None) => {}
            Ok(Some(record)) => tree.record(lines.of(record.start), record),
            Err(Stop::Refused(error)) => return Err(error),
            Err(Stop::TooLong(start)) => {
                let place = format!("{name}, line {}", lines.of(start));
                return Err(Limit::RecordBytes.refuse(place));
            }
            Err(Stop::NoList { list }) => {
                let place = line_and_column(&text, span.start);
                let (is, write) = if list {
                    ("a list", format!("{path}[*]"))
                } else {
                    ("no list", path.to_string().replace("[*]", ""))
                };
                return Err(Error::input(format!(
                    "{name}, {place}: what stands at `records = \"{path}\"` is {is}"
                ))
                .hint(format!("write `{write}` in the mapping")));
            }
        }
    }
    if !walk.reached {
        return Err(outline(name, &text)?.leads_nowhere(name, &path));
    }
    tree.records(text)
}

/// Reads one record a line; blank lines are passed over. A line that is no JSON is set apart, and the file goes on.
///
/// Errors: not a single line is JSON.
pub(super) fn read_lines(name: &str, text: String, mapping: &Mapping) -> Result<Records> {
    let path = RecordPath::whole();
    let mut tree = Tree::new(name, mapping);
    let mut first_broken = None;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let number = number as u64 + 1;
        let start = at;
        at += line.len();
        let line = line.trim_end_matches(['\n', '\r']);
        if line.trim().is_empty() {
            continue;
        }
        Limit::RecordBytes.hold(line.len(), || format!("{name}, line {number}"))?;
        let mut walk = Walk::new(&path, Record::new(mapping));
        let mut events = Events::new(line);
        let fault = loop {
            match events.next() {
                Ok((JsonEvent::Eof, _)) => break None,
                Ok((event, span)) => {
                    if let Err(Stop::Refused(error)) = walk.step(event, span, line, &mut tree) {
                        return Err(error);
                    }
                }
                Err(Fault::Deep(_)) => {
                    return Err(Limit::Depth.refuse(format!("{name}, line {number}")));
                }
                Err(Fault::Syntax { at, message }) => break Some((at, message)),
            }
        };
        match fault {
            None => tree.record(number, start..start + line.len()),
            Some((at, message)) => {
                let column = line.get(..at).unwrap_or(line).chars().count() + 1;
                // The parser's own words are English, and this sentence is for the supplier.
                let reason = format!(
                    "Regel is geen JSON vanaf teken {column}: kijk na of de regel afgebroken is, en vraag ze anders opnieuw aan de leverancier."
                );
                first_broken.get_or_insert(format!("line {number}, column {column}: {message}"));
                tree.set_apart(number, reason, line);
            }
        }
    }
    match first_broken {
        Some(cause) if tree.well_formed() == 0 => {
            Err(Error::input(format!("no line of {name} is a JSON record"))
                .because(cause)
                .hint("if the whole file is one JSON document, set connector = \"json\""))
        }
        _ => tree.records(text),
    }
}

fn outline(name: &str, text: &str) -> Result<Outline> {
    Outline::of(text).map_err(|fault| broken(name, text, fault))
}

fn broken(name: &str, text: &str, fault: Fault) -> Error {
    match fault {
        Fault::Deep(at) => Limit::Depth.refuse(format!("{name}, {}", line_and_column(text, at))),
        Fault::Syntax { at, message } => {
            let error = Error::input(format!(
                "{name}, {}: this is not well-formed JSON",
                line_and_column(text, at)
            ))
            .because(message);
            let first = text.lines().next().unwrap_or_default();
            if first.trim_start().starts_with('{') && Outline::of(first).is_ok() {
                error.hint("perhaps there is one record a line: set connector = \"ndjson\"")
            } else {
                error.hint("fetch the file again from the source; nothing of it was stored")
            }
        }
    }
}

/// Why walking stopped.
enum Stop {
    Refused(Error),
    TooLong(usize),
    /// The path asks for a list where there is none, or for one record where there is a list.
    NoList {
        list: bool,
    },
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Refused(error)
    }
}

/// Follows the path from the root to the records.
struct Walk<'p> {
    steps: &'p [Step],
    outer: Vec<Outer>,
    /// The key that was just read leads to the records.
    key_on_path: bool,
    record: Record,
    /// Whether what holds the records was found, be it empty.
    reached: bool,
}

/// An object or list around the records.
struct Outer {
    list: bool,
    next: usize,
    on_path: bool,
}

impl<'p> Walk<'p> {
    fn new(path: &'p RecordPath, record: Record) -> Self {
        Self {
            steps: &path.steps,
            outer: Vec::new(),
            key_on_path: false,
            record,
            reached: false,
        }
    }

    /// Takes one event; answers the span of a record that it closed.
    fn step(
        &mut self,
        event: JsonEvent,
        span: std::ops::Range<usize>,
        text: &str,
        tree: &mut Tree,
    ) -> Result<Option<std::ops::Range<usize>>, Stop> {
        if self.record.is_open() {
            if (span.end - self.record.start()) as u64 > Limit::RecordBytes.most() {
                return Err(Stop::TooLong(self.record.start()));
            }
            return Ok(self.record.step(event, span, text, tree)?);
        }
        match event {
            JsonEvent::ObjectKey(key) => {
                let step = self.steps.get(self.outer.len().saturating_sub(1));
                self.key_on_path = self.outer.last().is_some_and(|outer| outer.on_path)
                    && match step {
                        Some(Step::Name(name)) => *name == key,
                        step => step == Some(&Step::AnyName),
                    };
                return Ok(None);
            }
            JsonEvent::EndObject | JsonEvent::EndArray => {
                let step = self.steps.get(self.outer.len().saturating_sub(1));
                if let Some(closed) = self.outer.pop() {
                    let empty = closed.list && closed.next == 0;
                    self.reached |= empty && closed.on_path && step == Some(&Step::Every);
                }
                return Ok(None);
            }
            _ => {}
        }
        let on_path = self.value_on_path();
        let list = event == JsonEvent::StartArray;
        let opens = list || event == JsonEvent::StartObject;
        if on_path && self.outer.len() == self.steps.len() {
            self.reached = true;
            if list && matches!(self.steps.last(), Some(Step::Name(_) | Step::AnyName)) {
                return Err(Stop::NoList { list: true });
            }
            return Ok(self.record.step(event, span, text, tree)?);
        }
        if on_path {
            let step = self.steps.get(self.outer.len());
            let wants_list = matches!(step, Some(Step::Every | Step::At(_)));
            if wants_list && !list && self.outer.len() + 1 == self.steps.len() && opens {
                return Err(Stop::NoList { list: false });
            }
            // The last step looks in here: no records, but the place is right.
            let holds = event == JsonEvent::Null || (opens && wants_list == list);
            let last = self.outer.len() + 1 == self.steps.len();
            self.reached |= holds && last && matches!(step, Some(Step::Every | Step::AnyName));
        }
        if opens {
            self.outer.push(Outer {
                list,
                next: 0,
                on_path,
            });
        }
        Ok(None)
    }

    /// Whether the value that begins here is on the way to the records, or is one.
    fn value_on_path(&mut self) -> bool {
        let depth = self.outer.len();
        let Some(outer) = self.outer.last_mut() else {
            return true;
        };
        if !outer.list {
            return self.key_on_path;
        }
        let at = outer.next;
        outer.next += 1;
        outer.on_path
            && match self.steps.get(depth - 1) {
                Some(Step::At(number)) => *number == at,
                step => step == Some(&Step::Every),
            }
    }
}

#[cfg(test)]
pub(super) mod tests;
