//! connector/path: where in a tree the records stand, as a mapping says it: `$.data.items[*]` (JSON) or `/export/dossier` (XML).

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer};

/// Steps from the root to each record. JSON takes the part of JSONPath (RFC 9535) without filters; XML an absolute XPath of
/// element names, compared without their namespace prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPath {
    text: String,
    pub(crate) steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// A member of an object, or a child element.
    Name(String),
    /// Every member of an object, or every child element: `.*` or `*`.
    AnyName,
    /// Every element of a list: `[*]`.
    Every,
    /// One element of a list, from 0: `[0]`.
    At(usize),
}

impl RecordPath {
    pub fn of_xml(&self) -> bool {
        self.text.starts_with('/')
    }

    /// `$[*]`: a file that is one list.
    pub(super) fn list() -> Self {
        Self {
            text: "$[*]".into(),
            steps: vec![Step::Every],
        }
    }

    /// `$`: a document that is one record.
    pub(super) fn whole() -> Self {
        Self {
            text: "$".into(),
            steps: Vec::new(),
        }
    }

    /// The elements of a list that is a member of the root: `$.name[*]`.
    pub(super) fn list_in(name: &str) -> Self {
        let steps = vec![Step::Name(name.into()), Step::Every];
        Self {
            text: json_text(&steps),
            steps,
        }
    }

    pub(super) fn child_of_root(root: &str, child: &str) -> Self {
        Self {
            text: format!("/{root}/{child}"),
            steps: vec![Step::Name(root.into()), Step::Name(child.into())],
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let steps = match text.strip_prefix('/') {
            Some(xml) => xml_steps(xml)?,
            None => json_steps(text.strip_prefix('$')?)?,
        };
        Some(Self {
            text: text.into(),
            steps,
        })
    }
}

/// JSON steps as they are written in a mapping.
pub(super) fn json_text(steps: &[Step]) -> String {
    let mut text = String::from("$");
    for step in steps {
        match step {
            Step::Name(name) if plain(name) => text.push_str(&format!(".{name}")),
            Step::Name(name) => text.push_str(&format!("['{}']", name.replace('\'', "\\'"))),
            Step::AnyName => text.push_str(".*"),
            Step::Every => text.push_str("[*]"),
            Step::At(at) => text.push_str(&format!("[{at}]")),
        }
    }
    text
}

fn plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || "_-@:".contains(c))
}

fn json_steps(mut rest: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let name = &after[..end];
            steps.push(match name {
                "" => return None,
                "*" => Step::AnyName,
                name => Step::Name(name.into()),
            });
            rest = &after[end..];
            continue;
        }
        let inside = rest.strip_prefix('[')?;
        if let Some(quote) = inside.chars().next().filter(|c| matches!(c, '\'' | '"')) {
            let (name, after) = quoted_name(&inside[1..], quote)?;
            steps.push(Step::Name(name));
            rest = after.strip_prefix(']')?;
            continue;
        }
        let (inside, after) = inside.split_once(']')?;
        steps.push(match inside {
            "*" => Step::Every,
            number => Step::At(number.parse().ok()?),
        });
        rest = after;
    }
    Some(steps)
}

/// The name up to the closing quote, and what comes after that quote; `\'` stands for the quote itself.
fn quoted_name(text: &str, quote: char) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => name.push(characters.next()?.1),
            c if c == quote => return Some((name, &text[at + c.len_utf8()..])),
            c => name.push(c),
        }
    }
    None
}

fn xml_steps(text: &str) -> Option<Vec<Step>> {
    text.split('/')
        .map(|step| match step {
            "*" => Some(Step::AnyName),
            name => {
                let name = name.rsplit(':').next().unwrap_or(name);
                let sound = !name.is_empty()
                    && name
                        .chars()
                        .all(|c| c.is_alphanumeric() || "_-.".contains(c));
                sound.then(|| Step::Name(name.into()))
            }
        })
        .collect()
}

impl fmt::Display for RecordPath {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for RecordPath {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        RecordPath::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "cannot read `{text}` as a path to the records; write `$.data.items[*]` (json: every element of a list; \
                 `$` is the whole file, `$.*` every member of an object, `$['a b']` a name with signs in it) or \
                 `/export/dossier` (xml)"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_and_written_back() {
        for text in [
            "$",
            "$[*]",
            "$.data.items[*]",
            "$.*",
            "$['a.b'].c[0][*]",
            "$['it\\'s']",
            "$.@graph[*]",
        ] {
            let path = RecordPath::parse(text).unwrap();
            assert_eq!(json_text(&path.steps), text);
            assert!(!path.of_xml());
        }
        let xml = RecordPath::parse("/ns:export/*/dossier").unwrap();
        assert!(xml.of_xml());
        assert_eq!(
            xml.steps,
            [
                Step::Name("export".into()),
                Step::AnyName,
                Step::Name("dossier".into())
            ]
        );
    }

    #[test]
    fn a_path_that_makes_no_sense_is_none() {
        for text in [
            "", "items", "$.", "$..a", "$[", "$[x]", "$['a", "$['a'", "$a", "/", "//a", "/a/",
            "/a[1]", "/a/@b", "$[-1]",
        ] {
            assert_eq!(RecordPath::parse(text), None, "{text}");
        }
    }
}
