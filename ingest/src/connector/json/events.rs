//! connector/json/events: a JSON text as events, each with where it stands.

use std::ops::Range;

use json_event_parser::{JsonEvent, LowLevelJsonParser};

use crate::limits::Limit;

/// Why a text is not read on. Positions are bytes.
pub(super) enum Fault {
    Syntax { at: usize, message: String },
    Deep(usize),
}

pub(super) struct Events<'t> {
    text: &'t str,
    at: usize,
    depth: u64,
    parser: LowLevelJsonParser,
}

impl<'t> Events<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            parser: LowLevelJsonParser::new(),
        }
    }

    /// The next event and the bytes it stands on; after a fault there is no next.
    pub fn next(&mut self) -> Result<(JsonEvent<'t>, Range<usize>), Fault> {
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let step = self.parser.parse_next(rest, true);
            let before = self.at;
            self.at += step.consumed_bytes;
            match step.event {
                None => continue,
                Some(Err(error)) => {
                    return Err(Fault::Syntax {
                        at: error.location().start.offset as usize,
                        message: error.message().to_string(),
                    });
                }
                Some(Ok(event)) => {
                    // Between two events stand only white space and the signs that part values.
                    let skipped = rest[..step.consumed_bytes]
                        .iter()
                        .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':'))
                        .count();
                    let span = before + skipped..self.at;
                    match event {
                        JsonEvent::StartArray | JsonEvent::StartObject => self.depth += 1,
                        JsonEvent::EndArray | JsonEvent::EndObject => self.depth -= 1,
                        _ => {}
                    }
                    if self.depth > Limit::Depth.most() {
                        return Err(Fault::Deep(span.start));
                    }
                    return Ok((event, span));
                }
            }
        }
    }
}
