//! connector/xml: XML 1.0. Names are compared and written without their namespace prefix; a DOCTYPE and its entities are
//! refused.

mod events;
mod outline;

use std::borrow::Cow;
use std::ops::Range;

use beleidsinfo_warehouse::error::{Error, Result};
use encoding_rs::Encoding;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::Records;
use super::path::Step;
use super::tree::{NodeId, Tree};
use crate::limits::Limit;
use crate::mapping::Mapping;
pub(super) use events::Events;

/// Reads the elements that `records` names, or those that repeat below the root.
///
/// Errors: XML that is not well-formed, with its line; a DOCTYPE or entity; a path that leads nowhere, or no one name that
/// repeats below the root, with the paths there are.
pub(super) fn read(name: &str, text: String, mapping: &Mapping) -> Result<Records> {
    let path = match &mapping.records {
        Some(path) => Some(path.clone()),
        None => outline::Outline::of(name, &text)?.default_path(name)?,
    };
    let mut tree = Tree::new(name, mapping);
    let Some(path) = path else {
        return tree.records(text);
    };
    let mut events = Events::new(name, &text);
    let mut record = Record::default();
    // Whether each open element around the records is on the way to them.
    let mut outer: Vec<bool> = Vec::new();
    let mut reached = false;
    while let Some((event, span)) = events.next()? {
        if record.is_open() {
            if (span.end - record.start) as u64 > Limit::RecordBytes.most() {
                let line = events.line(record.start);
                return Err(Limit::RecordBytes.refuse(format!("{name}, line {line}")));
            }
            record.step(event, span, &text, &mut events, &mut tree)?;
        } else {
            match event {
                Event::Start(_) | Event::Empty(_) => {
                    let tag = match &event {
                        Event::Start(tag) | Event::Empty(tag) => tag.local_name(),
                        _ => continue,
                    };
                    let around = outer.last().copied().unwrap_or(true);
                    let on_path = around
                        && match path.steps.get(outer.len()) {
                            Some(Step::Name(name)) => *name == tag.as_ref(),
                            step => step == Some(&Step::AnyName),
                        };
                    if on_path && outer.len() + 1 == path.steps.len() {
                        reached = true;
                        record.start = span.start;
                        record.step(event, span, &text, &mut events, &mut tree)?;
                    } else {
                        // No records in what holds them is fine.
                        reached |= on_path && outer.len() + 2 == path.steps.len();
                        if matches!(event, Event::Start(_)) {
                            outer.push(on_path);
                        }
                        continue;
                    }
                }
                Event::End(_) => {
                    outer.pop();
                    continue;
                }
                _ => continue,
            }
        }
        if let Some(span) = record.closed.take() {
            tree.record(events.line(span.start), span);
        }
    }
    if !reached {
        return Err(outline::Outline::of(name, &text)?.leads_nowhere(name, &path));
    }
    tree.records(text)
}

/// Elements that may be the records, with how many there are; nothing where a mapping need not say it.
///
/// Errors: XML that is not well-formed.
pub(crate) fn places(name: &str, text: &str) -> Result<Option<Vec<(String, usize)>>> {
    let outline = outline::Outline::of(name, text)?;
    let plain = outline.default_path(name).is_ok();
    Ok((!plain).then(|| outline.places()))
}

/// The text of an XML file: in the encoding of its byte order mark, else of its declaration, else `label`.
///
/// A declaration that says UTF-16 in a file that is not is passed over: it comes from programs that wrote the text to a
/// string first.
pub(crate) fn decode(name: &str, bytes: &[u8], label: &str) -> Result<String> {
    let label = match bytes {
        [b'<', 0, b'?', 0, ..] => Cow::Borrowed("utf-16le"),
        [0, b'<', 0, b'?', ..] => Cow::Borrowed("utf-16be"),
        _ => match declared(bytes) {
            Some(declared) if declared.to_ascii_lowercase().starts_with("utf-16") => label.into(),
            Some(declared) if Encoding::for_label(declared.as_bytes()).is_none() => {
                return Err(Error::input(format!(
                    "{name}, line 1: no encoding is called `{declared}`"
                ))
                .hint("have the source declare the encoding it writes, such as UTF-8"));
            }
            Some(declared) => declared.into(),
            None => label.into(),
        },
    };
    super::decode::decode(name, bytes, &label)
}

/// What `<?xml … encoding="…"?>` says, in a file whose first bytes are ASCII.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = bytes.strip_prefix(b"<?xml")?;
    let head = &head[..head.len().min(200)];
    let end = head.windows(2).position(|w| w == b"?>")?;
    let head = std::str::from_utf8(&head[..end]).ok()?;
    let value = head.split_once("encoding")?.1.trim_start();
    let value = value.strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(value[1..].split_once(quote)?.0.to_string())
}

/// One record, from its events to the cells of its columns.
#[derive(Default)]
struct Record {
    start: usize,
    frames: Vec<Frame>,
    /// The places that each open element stands for.
    active: Vec<NodeId>,
    /// The text of the innermost element, as long as no element stood in it.
    text: String,
    closed: Option<Range<usize>>,
}

struct Frame {
    start: usize,
    /// Where in `active` the places of this element begin and end.
    own: usize,
    inner: usize,
    /// Elements stood in it.
    parts: bool,
    attributes: bool,
    nil: bool,
    /// How many children of a name were seen, for names whose elements the mapping numbers.
    counts: Vec<(NodeId, usize)>,
}

impl Record {
    fn is_open(&self) -> bool {
        !self.frames.is_empty()
    }

    fn step(
        &mut self,
        event: Event,
        span: Range<usize>,
        text: &str,
        events: &mut Events,
        tree: &mut Tree,
    ) -> Result<()> {
        match event {
            Event::Start(tag) => self.open(&tag, span.start, events, tree),
            Event::Empty(tag) => {
                self.open(&tag, span.start, events, tree)?;
                self.close(span.end, text, tree)
            }
            Event::End(_) => self.close(span.end, text, tree),
            Event::Text(piece) => self.add(&piece.xml10_content(), tree),
            Event::CData(piece) => self.add(&piece.xml10_content(), tree),
            Event::GeneralRef(reference) => {
                let character = events.resolve(&reference, span.start)?;
                self.add(character.encode_utf8(&mut [0; 4]), tree)
            }
            _ => Ok(()),
        }
    }

    fn add(&mut self, piece: &str, tree: &Tree) -> Result<()> {
        self.text.push_str(piece);
        tree.hold(Some(&self.text))
    }

    fn open(
        &mut self,
        tag: &BytesStart,
        start: usize,
        events: &mut Events,
        tree: &mut Tree,
    ) -> Result<()> {
        self.text.clear();
        let own = self.active.len();
        match self.frames.last_mut() {
            None => self.active.push(Tree::ROOT),
            Some(around) => {
                around.parts = true;
                for at in around.own..around.inner {
                    let child = tree.child(self.active[at], tag.local_name().as_ref())?;
                    self.active.push(child);
                    if tree.has_numbered(child) {
                        let number = count(&mut around.counts, child);
                        self.active.extend(tree.numbered(child, number));
                    }
                }
            }
        }
        let inner = self.active.len();
        let mut frame = Frame {
            start,
            own,
            inner,
            parts: false,
            attributes: false,
            nil: false,
            counts: Vec::new(),
        };
        for attribute in tag.attributes() {
            let unreadable = "an attribute here cannot be read";
            let attribute =
                attribute.map_err(|cause| events.broken(start, unreadable).because(cause))?;
            let key = attribute.key;
            if key.as_namespace_binding().is_some() {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|cause| events.broken(start, unreadable).because(cause))?;
            let local = key.local_name();
            if local.as_ref() == "nil" && key.prefix().is_some() {
                frame.nil = matches!(value.trim(), "true" | "1");
                continue;
            }
            frame.attributes = true;
            tree.hold(Some(&value))?;
            let name = format!("@{}", local.as_ref());
            for at in own..inner {
                let place = tree.child(self.active[at], &name)?;
                tree.leaf(place);
                if let Some(column) = tree.column(place) {
                    tree.push(column, value.trim())?;
                }
            }
        }
        self.frames.push(frame);
        Ok(())
    }

    fn close(&mut self, end: usize, text: &str, tree: &mut Tree) -> Result<()> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let whole = frame.start..end;
        let value = self.text.trim();
        for node in self.active.drain(frame.own..) {
            if frame.parts {
                // The record as a whole is no column.
                if let Some(column) = tree.column(node).filter(|_| node != Tree::ROOT) {
                    tree.push(column, &text[whole.clone()])?;
                }
                continue;
            }
            if !value.is_empty() || !frame.attributes {
                tree.leaf(node);
            }
            if let Some(column) = tree
                .column(node)
                .filter(|_| !value.is_empty() && !frame.nil)
            {
                tree.push(column, value)?;
            }
        }
        self.text.clear();
        if !self.is_open() {
            self.closed = Some(whole);
        }
        Ok(())
    }
}

/// The number of this child among those of its name, from 1.
fn count(counts: &mut Vec<(NodeId, usize)>, child: NodeId) -> usize {
    match counts.iter_mut().find(|(node, _)| *node == child) {
        Some((_, count)) => {
            *count += 1;
            *count
        }
        None => {
            counts.push((child, 1));
            1
        }
    }
}

#[cfg(test)]
mod tests;
