//! connector/xml/outline: which elements repeat in a document, to find its records or to propose where they are.

use beleidsinfo_warehouse::error::{Error, Result};
use indexmap::IndexMap;
use quick_xml::events::Event;

use super::Events;
use crate::connector::path::RecordPath;

/// Elements deeper than this are not proposed.
const FAR: usize = 5;
/// So many names are enough to choose from.
const MANY: usize = 200;
const SHOWN: usize = 8;

/// Paths to elements, as `/a/b`, and what was seen there.
pub(super) struct Outline(IndexMap<String, Seen>);

#[derive(Default)]
struct Seen {
    depth: usize,
    times: usize,
    /// It has attributes or elements in it.
    parts: bool,
}

impl Outline {
    pub fn of(name: &str, text: &str) -> Result<Outline> {
        let mut seen: IndexMap<String, Seen> = IndexMap::new();
        let mut events = Events::new(name, text);
        let mut path = String::new();
        let mut open: Vec<usize> = Vec::new();
        while let Some((event, _)) = events.next()? {
            let (tag, stays) = match &event {
                Event::Start(tag) => (tag, true),
                Event::Empty(tag) => (tag, false),
                Event::End(_) => {
                    path.truncate(open.pop().unwrap_or_default());
                    continue;
                }
                _ => continue,
            };
            let above = path.len();
            if open.len() < FAR {
                if let Some(parent) = seen.get_mut(&path) {
                    parent.parts = true;
                }
                path.push('/');
                path.push_str(tag.local_name().as_ref());
                if seen.len() < MANY || seen.contains_key(&path) {
                    let here = seen.entry(path.clone()).or_default();
                    here.depth = open.len();
                    here.times += 1;
                    here.parts |= !tag.attributes_raw().trim().is_empty();
                }
            }
            if stays {
                open.push(above);
            } else {
                path.truncate(above);
            }
        }
        Ok(Outline(seen))
    }

    /// Where the records are when the mapping does not say so; `None` when the root is empty.
    ///
    /// The one name that repeats below the root; or, where there is but one element, that one.
    pub fn default_path(&self, name: &str) -> Result<Option<RecordPath>> {
        let children = || self.0.iter().filter(|(_, seen)| seen.depth == 1);
        let mut repeating = children().filter(|(_, seen)| seen.times > 1);
        let mut all = children();
        let one = match (repeating.next(), repeating.next()) {
            (Some((path, _)), None) => Some(path),
            (None, _) => match (all.next(), all.next()) {
                (Some((path, seen)), None) if seen.parts => Some(path),
                (None, _) if !self.0.is_empty() => return Ok(None),
                _ => None,
            },
            _ => None,
        };
        let steps = one.and_then(|path| path[1..].split_once('/'));
        match steps {
            Some((root, child)) => Ok(Some(RecordPath::child_of_root(root, child))),
            None => Err(Error::input(format!(
                "{name} does not show by itself which elements are its records"
            ))
            .hint(self.proposal())),
        }
    }

    pub fn leads_nowhere(&self, name: &str, path: &RecordPath) -> Error {
        Error::input(format!("`records = \"{path}\"` leads nowhere in {name}"))
            .hint(self.proposal())
    }

    /// Elements that may be records, with how many there are: those that repeat, nearest the root first.
    pub fn places(&self) -> Vec<(String, usize)> {
        let mut paths: Vec<_> = self.0.iter().filter(|(_, seen)| seen.parts).collect();
        paths.sort_by_key(|(_, seen)| (seen.times < 2, seen.depth));
        let paths = paths.into_iter();
        paths
            .map(|(path, seen)| (path.clone(), seen.times))
            .collect()
    }

    fn proposal(&self) -> String {
        let places = self.places().into_iter().take(SHOWN);
        let shown: Vec<String> = places
            .map(|(path, records)| format!("`records = \"{path}\"` ({records})"))
            .collect();
        if shown.is_empty() {
            return "there are no elements with attributes or elements in them: look at what made the file".into();
        }
        format!("say it in the mapping, for example {}", shown.join(", "))
    }
}
