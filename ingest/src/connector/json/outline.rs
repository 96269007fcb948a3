//! connector/json/outline: which lists a document has, to find its records or to propose where they are.

use beleidsinfo_warehouse::error::{Error, Result};
use indexmap::IndexMap;
use json_event_parser::JsonEvent;

use super::events::{Events, Fault};
use crate::connector::path::{RecordPath, Step, json_text};

/// Steps from the root beyond which no list is proposed.
const FAR: usize = 5;
/// So many lists are enough to choose from.
const MANY: usize = 50;
const SHOWN: usize = 8;

pub(super) struct Outline {
    object: bool,
    /// What the object that the file is holds.
    root: Held,
    /// Per path to a list, as steps: what it holds.
    lists: IndexMap<Vec<Step>, Held>,
}

#[derive(Default)]
struct Held {
    elements: usize,
    objects: usize,
    lists: usize,
}

impl Outline {
    pub fn of(text: &str) -> Result<Outline, Fault> {
        let mut outline = Outline {
            object: false,
            root: Held::default(),
            lists: IndexMap::new(),
        };
        let mut events = Events::new(text);
        // The path of each open object or list, as far as it is followed.
        let mut open: Vec<(bool, Option<Vec<Step>>)> = Vec::new();
        let mut key: Option<Step> = None;
        loop {
            let (event, _) = events.next()?;
            let (object, list) = match event {
                JsonEvent::Eof => return Ok(outline),
                JsonEvent::ObjectKey(name) => {
                    key = (open.len() <= FAR).then(|| Step::Name(name.into_owned()));
                    continue;
                }
                JsonEvent::EndArray | JsonEvent::EndObject => {
                    open.pop();
                    continue;
                }
                JsonEvent::StartObject => (true, false),
                JsonEvent::StartArray => (false, true),
                _ => (false, false),
            };
            let path = match open.last() {
                None => {
                    outline.object = object;
                    Some(Vec::new())
                }
                Some((around_list, path)) => {
                    let held = match path {
                        Some(path) if *around_list => outline.lists.get_mut(path),
                        Some(path) if path.is_empty() => Some(&mut outline.root),
                        _ => None,
                    };
                    if let Some(held) = held {
                        held.elements += 1;
                        held.objects += usize::from(object);
                        held.lists += usize::from(list);
                    }
                    let step = if *around_list {
                        Some(Step::Every)
                    } else {
                        key.take()
                    };
                    match (path, step) {
                        (Some(path), Some(step)) if (object || list) && path.len() < FAR => {
                            Some([path.as_slice(), &[step]].concat())
                        }
                        _ => None,
                    }
                }
            };
            if list
                && let Some(path) = &path
                && outline.lists.len() < MANY
            {
                outline.lists.entry(path.clone()).or_default();
            }
            if object || list {
                open.push((list, path));
            }
        }
    }

    /// Where the records are when the mapping does not say so.
    pub fn default_path(&self, name: &str) -> Result<RecordPath> {
        // An empty list counts: tomorrow it may not be empty, and the records must not then stand somewhere else.
        let mut lists = self
            .lists
            .iter()
            .filter(|(_, held)| held.elements == 0 || held.objects + held.lists > 0)
            .filter_map(|(path, _)| match path.as_slice() {
                [Step::Name(name)] => Some(name),
                _ => None,
            });
        if let (Some(list), None) = (lists.next(), lists.next()) {
            return Ok(RecordPath::list_in(list));
        }
        Err(Error::input(format!(
            "{name} does not show by itself where its records are"
        ))
        .hint(self.proposal()))
    }

    pub fn leads_nowhere(&self, name: &str, path: &RecordPath) -> Error {
        Error::input(format!("`records = \"{path}\"` leads nowhere in {name}"))
            .hint(self.proposal())
    }

    /// Where records may stand, with how many there are: lists that hold more than bare values, nearest the root first; and
    /// the members of the root, where each of several is an object.
    pub fn places(&self) -> Vec<(String, usize)> {
        let mut lists: Vec<_> = self
            .lists
            .iter()
            .filter(|(_, held)| held.objects + held.lists > 0)
            .collect();
        lists.sort_by_key(|(path, held)| (held.objects == 0, path.len()));
        let lists = lists.into_iter().map(|(path, held)| {
            let whole = [path.as_slice(), &[Step::Every]].concat();
            (json_text(&whole), held.elements)
        });
        let members = Some(self.root.elements);
        let members = members.filter(|all| *all > 1 && self.root.objects == *all);
        let members = members.map(|all| (json_text(&[Step::AnyName]), all));
        lists.chain(members).collect()
    }

    fn proposal(&self) -> String {
        let places = self.places().into_iter().take(SHOWN);
        let mut shown: Vec<String> = places
            .map(|(path, records)| format!("`records = \"{path}\"` ({records})"))
            .collect();
        if self.object {
            shown.push("`records = \"$\"` (the whole file is one record)".into());
        }
        if shown.is_empty() {
            return "there is no list or object in it: look at what made the file".into();
        }
        format!("say it in the mapping, for example {}", shown.join(", "))
    }
}
