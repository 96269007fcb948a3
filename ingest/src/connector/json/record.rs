//! connector/json/record: one record, from its events to the cells of its columns.

use std::ops::Range;

use beleidsinfo_warehouse::error::Result;
use json_event_parser::JsonEvent;

use crate::connector::tree::{NodeId, Tree};
use crate::mapping::{Decimal, Mapping};

/// Where in the record the events are.
pub(super) struct Record {
    frames: Vec<Frame>,
    /// The places that the value to come stands for, those of the open frames below them.
    active: Vec<Active>,
    /// The mapping's numbers have a decimal comma; JSON's own have a point.
    comma: bool,
}

/// An open object or list of the record.
struct Frame {
    list: bool,
    next: usize,
    start: usize,
    /// Where in `active` the places of this frame begin, and where those of its next value do.
    own: usize,
    inner: usize,
    /// A list with lists or objects in it.
    parts: bool,
    /// What the columns of a list held before it.
    marks: Vec<(usize, (usize, bool))>,
}

#[derive(Clone, Copy)]
struct Active {
    node: NodeId,
    /// The place is that of the list around the value.
    of_list: bool,
}

impl Record {
    pub fn new(mapping: &Mapping) -> Self {
        Self {
            frames: Vec::new(),
            active: Vec::new(),
            comma: mapping.decimal == Decimal::Comma,
        }
    }

    pub fn is_open(&self) -> bool {
        !self.frames.is_empty()
    }

    /// Where the open record begins.
    pub fn start(&self) -> usize {
        self.frames.first().map_or(0, |frame| frame.start)
    }

    /// Takes one event of the record; answers its span when that closed it.
    pub fn step(
        &mut self,
        event: JsonEvent,
        span: Range<usize>,
        text: &str,
        tree: &mut Tree,
    ) -> Result<Option<Range<usize>>> {
        match event {
            JsonEvent::ObjectKey(key) => {
                let (own, inner) = self.frames.last().map_or((0, 0), |f| (f.own, f.inner));
                self.active.truncate(inner);
                for at in own..inner {
                    let node = tree.child(self.active[at].node, &key)?;
                    self.active.push(Active {
                        node,
                        of_list: false,
                    });
                }
                return Ok(None);
            }
            JsonEvent::EndObject | JsonEvent::EndArray => {
                return self.close(span.end, text, tree);
            }
            _ => {}
        }
        let own = self.places_of_value(tree)?;
        let number;
        let value = match &event {
            JsonEvent::StartObject | JsonEvent::StartArray => {
                self.open(event == JsonEvent::StartArray, span.start, own, tree);
                return Ok(None);
            }
            JsonEvent::String(text) => Some(text.as_ref()),
            JsonEvent::Number(text) if self.comma => {
                number = text.replace('.', ",");
                Some(number.as_str())
            }
            JsonEvent::Number(text) => Some(text.as_ref()),
            JsonEvent::Boolean(true) => Some("true"),
            JsonEvent::Boolean(false) => Some("false"),
            _ => None,
        };
        tree.hold(value)?;
        for Active { node, .. } in &self.active[own..] {
            tree.leaf(*node);
            if let (Some(column), Some(value)) = (tree.column(*node), value) {
                tree.push(column, value)?;
            }
        }
        self.active.truncate(own);
        Ok((!self.is_open()).then_some(span))
    }

    /// Puts the places of the value to come on `active`, where a key has not done so; answers where they begin.
    fn places_of_value(&mut self, tree: &mut Tree) -> Result<usize> {
        let Some(frame) = self.frames.last_mut() else {
            self.active.push(Active {
                node: Tree::ROOT,
                of_list: false,
            });
            return Ok(0);
        };
        if !frame.list {
            return Ok(frame.inner);
        }
        let (number, own, inner) = (frame.next, frame.own, frame.inner);
        frame.next += 1;
        if self.frames.len() == 1 {
            let node = tree.field(number)?;
            self.active.push(Active {
                node,
                of_list: false,
            });
            return Ok(inner);
        }
        for at in own..inner {
            let Active { node, of_list } = self.active[at];
            self.active.push(Active {
                node,
                of_list: true,
            });
            let numbered = if of_list {
                None
            } else {
                tree.numbered(node, number)
            };
            self.active.extend(numbered.map(|node| Active {
                node,
                of_list: false,
            }));
        }
        Ok(inner)
    }

    fn open(&mut self, list: bool, start: usize, own: usize, tree: &Tree) {
        if let Some(around) = self.frames.last_mut() {
            around.parts |= around.list;
        }
        let mut marks = Vec::new();
        if list && self.is_open() {
            for active in self.active[own..].iter().filter(|a| !a.of_list) {
                marks.extend(tree.column(active.node).map(|c| (c, tree.mark(c))));
            }
        }
        self.frames.push(Frame {
            list,
            next: 0,
            start,
            own,
            inner: self.active.len(),
            parts: false,
            marks,
        });
    }

    fn close(&mut self, end: usize, text: &str, tree: &mut Tree) -> Result<Option<Range<usize>>> {
        let Some(frame) = self.frames.pop() else {
            return Ok(None);
        };
        let whole = frame.start..end;
        self.active.truncate(frame.inner);
        if !self.is_open() {
            self.active.clear();
            return Ok(Some(whole));
        }
        for (column, mark) in &frame.marks {
            if frame.parts {
                tree.reset(*column, *mark);
                tree.push(*column, &text[whole.clone()])?;
            }
        }
        for Active { node, of_list } in self.active.drain(frame.own..) {
            if frame.list && frame.next == 0 {
                tree.leaf(node);
            }
            if !frame.list
                && !of_list
                && let Some(column) = tree.column(node)
            {
                tree.push(column, &text[whole.clone()])?;
            }
        }
        Ok(None)
    }
}
