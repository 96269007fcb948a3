//! connector/xml/events: an XML text as events, each with where it stands; what could exhaust the machine is refused here,
//! for event logs too.

use std::ops::Range;

use beleidsinfo_warehouse::error::{Error, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use crate::connector::lines::Lines;
use crate::limits::Limit;

pub(in crate::connector) struct Events<'t> {
    name: &'t str,
    text: &'t str,
    reader: Reader<&'t [u8]>,
    lines: Lines<'t>,
    depth: u64,
    root: bool,
}

impl<'t> Events<'t> {
    pub fn new(name: &'t str, text: &'t str) -> Self {
        Self {
            name,
            text,
            reader: Reader::from_str(text),
            lines: Lines::new(text),
            depth: 0,
            root: false,
        }
    }

    /// The next event and the bytes it stands on; `None` at the end.
    ///
    /// Errors: what is not well-formed, with its line; a DOCTYPE, deep nesting, a file that ends early, and anything but
    /// one element at the top.
    pub fn next(&mut self) -> Result<Option<(Event<'t>, Range<usize>)>> {
        let start = self.reader.buffer_position() as usize;
        let event = match self.reader.read_event() {
            Ok(event) => event,
            Err(cause) => {
                let at = self.reader.error_position() as usize;
                return Err(self
                    .broken(at, "this is not well-formed XML")
                    .because(cause));
            }
        };
        let end = self.reader.buffer_position() as usize;
        match &event {
            Event::Start(_) | Event::Empty(_) => {
                if self.depth == 0 && self.root {
                    return Err(self.broken(start, "a second element stands at the top"));
                }
                if self.depth >= Limit::Depth.most() {
                    return Err(Limit::Depth.refuse(self.place(start)));
                }
                self.root = true;
                self.depth += u64::from(matches!(event, Event::Start(_)));
            }
            Event::End(_) => self.depth -= 1,
            Event::DocType(_) => {
                let place = self.place(start);
                return Err(Error::refused(format!("{place}: a DOCTYPE is not allowed"))
                    .hint("it may hold entities that swell or read other files: have the source leave it out"));
            }
            Event::Text(text) if self.depth == 0 && !text.trim().is_empty() => {
                return Err(self.broken(start, "there is text outside the elements"));
            }
            Event::CData(_) | Event::GeneralRef(_) if self.depth == 0 => {
                return Err(self.broken(start, "there is text outside the elements"));
            }
            Event::Eof if self.depth > 0 => {
                return Err(self.broken(self.text.len(), "the file ends early"));
            }
            Event::Eof => return Ok(None),
            _ => {}
        }
        Ok(Some((event, start..end)))
    }

    pub fn line(&mut self, position: usize) -> u64 {
        self.lines.of(position)
    }

    fn place(&mut self, position: usize) -> String {
        format!("{}, line {}", self.name, self.lines.of(position))
    }

    /// An error of the whole file at a place in it.
    pub fn broken(&mut self, position: usize, what: &str) -> Error {
        Error::input(format!("{}: {what}", self.place(position)))
            .hint("fetch the file again from the source; nothing of it was stored")
    }

    /// The character that `&amp;` or `&#233;` stands for.
    ///
    /// Errors: any other entity, since its declaration would stand in a DOCTYPE.
    pub fn resolve(&mut self, reference: &BytesRef, position: usize) -> Result<char> {
        let predefined = match &**reference {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        };
        match predefined.map_or_else(|| reference.resolve_char_ref(), |c| Ok(Some(c))) {
            Ok(Some(character)) => Ok(character),
            Ok(None) => {
                let place = self.place(position);
                Err(Error::refused(format!(
                    "{place}: the entity `&{};` is not allowed",
                    reference.chars().take(40).collect::<String>()
                ))
                .hint("XML itself has amp, lt, gt, quot and apos; have the source write the character itself"))
            }
            Err(cause) => Err(self.broken(position, "this is no character").because(cause)),
        }
    }
}
