//! pack/merge: several packs laid over one another, and every clash between them told at once. Pure.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};

use super::{About, Files};
use crate::error::{Doing, Error, Result};
use crate::language::Language;

/// The version of this program, which a pack may ask for in `needs`.
pub const CORE: &str = env!("CARGO_PKG_VERSION");

/// One of the packs of a project.
#[derive(Debug, Clone)]
pub struct Part {
    /// As it stands in `packs` of the project: `builtin:vlavirgem`, or a folder.
    pub place: String,
    pub files: Files,
}

impl Part {
    /// What its `pack.toml` says; `None` where it has none, as a folder that never leaves its project may.
    ///
    /// Errors: a program that is too old for it (refused), before anything else is asked of the file; a file that cannot be read.
    pub fn about(&self) -> Result<Option<About>> {
        let Some(text) = self.files.get("pack.toml") else {
            return Ok(None);
        };
        let path = || format!("cannot read pack.toml of pack {}", self.place);
        // A newer program may know keys that this one does not.
        let written: toml::Table = text.parse().reading(path)?;
        if let Some(needs) = written.get("needs") {
            let version = needs.as_str().and_then(|text| Version::parse(text).ok());
            let needs = version.ok_or_else(|| {
                Error::input(format!(
                    "pack {}: needs = {needs} is not a version",
                    self.place
                ))
                .hint("write the lowest version of the program, such as needs = \"0.1.0\"")
            })?;
            let core = Version::parse(CORE).reading(|| format!("`{CORE}` is not a version"))?;
            if needs > core {
                return Err(Error::refused(format!(
                    "pack {} needs version {needs} of the program; this is {core}",
                    self.place
                ))
                .hint("install a newer version of beleidsinfo first, or take an earlier version of the pack"));
            }
        }
        let about: About = toml::from_str(text).map_err(|cause| {
            Error::input(path())
                .because(cause)
                .hint("docs/packs.md says which keys there are; every text is in nl and in en")
        })?;
        about.problem(&self.place).map_or(Ok(Some(about)), Err)
    }

    /// The indicators it brings, by id, with their themes.
    pub fn indicators(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.keys().filter_map(|path| {
            let rest = path.strip_prefix("indicators/")?;
            let (theme, rest) = rest.split_once('/')?;
            Some((rest.strip_suffix("/indicator.toml")?, theme))
        })
    }
}

impl About {
    /// What is wrong with the names and versions in it.
    fn problem(&self, place: &str) -> Option<Error> {
        let named = |name: &str| {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
            name.bytes().all(plain) && name.starts_with(|c: char| c.is_ascii_lowercase())
        };
        let wrong = |what: String, hint: &str| {
            Some(Error::input(format!("pack {place}: {what}")).hint(hint))
        };
        if let Some(name) = [&self.name]
            .into_iter()
            .chain(self.dependencies.keys())
            .find(|n| !named(n))
        {
            return wrong(
                format!("`{name}` is not the name of a pack"),
                "lower-case letters, digits, - and _; a letter first",
            );
        }
        if let Err(cause) = Version::parse(&self.version) {
            return wrong(
                format!("version `{}`: {cause}", self.version),
                "three numbers, such as \"1.2.0\" (semver.org)",
            );
        }
        let mut each = self.dependencies.iter();
        each.find_map(|(name, asked)| {
            let cause = VersionReq::parse(asked).err()?;
            wrong(
                format!("dependency {name} = \"{asked}\": {cause}"),
                "write a requirement such as \"^1.2\" or \">=1.0, <3\"",
            )
        })
    }
}

/// All files together, the first pack's first, with every clash between them. Files that clash are there as the first pack has
/// them.
pub fn merge(parts: &[Part]) -> (Files, Vec<Error>) {
    let (mut files, mut problems) = (Files::new(), Vec::new());
    let mut known: Vec<(&Part, About)> = Vec::new();
    for part in parts {
        match part.about() {
            Ok(Some(about)) => {
                if let Some((other, _)) = known.iter().find(|(_, o)| o.name == about.name) {
                    problems.push(
                        Error::input(format!(
                            "{} and {} are both pack `{}`",
                            other.place, part.place, about.name
                        ))
                        .hint("keep one of the two in `packs` of beleidsinfo.toml"),
                    );
                }
                known.push((part, about));
            }
            Ok(None) => {}
            Err(e) => problems.push(e),
        }
    }
    problems.extend(
        known
            .iter()
            .flat_map(|(part, about)| lacking(part, about, &known)),
    );

    let mut from: BTreeMap<&str, &Part> = BTreeMap::new();
    let mut ids: BTreeMap<&str, (&str, &Part)> = BTreeMap::new();
    for part in parts {
        let mut twice = Vec::new();
        for (id, theme) in part.indicators() {
            match ids.get(id) {
                Some((other, first)) if first.place != part.place && *other != theme => {
                    problems.push(
                        Error::input(format!(
                            "indicator `{id}` is in pack {} and in pack {} (themes {other} and {theme})",
                            first.place, part.place
                        ))
                        .hint("one id, one measure: give one of them another id"),
                    );
                    twice.push(format!("indicators/{theme}/{id}/"));
                }
                _ => drop(ids.insert(id, (theme, part))),
            }
        }
        for (path, text) in &part.files {
            if path == "pack.toml" || path.ends_with(".md") && files.contains_key(path) {
                continue;
            }
            if twice.iter().any(|folder| path.starts_with(folder)) {
                continue;
            }
            match files.get(path) {
                None => {
                    files.insert(path.clone(), text.clone());
                    from.insert(path, part);
                }
                Some(first) if first == text => {}
                Some(_) => {
                    let first = from.get(path.as_str()).map_or("", |p| p.place.as_str());
                    problems.push(clash(path, first, &part.place));
                }
            }
        }
    }
    match together(&known, &mut problems) {
        Ok(Some(about)) => drop(files.insert("pack.toml".into(), about)),
        Ok(None) => {}
        Err(e) => problems.push(e),
    }
    (files, problems)
}

fn clash(path: &str, first: &str, second: &str) -> Error {
    let parts: Vec<&str> = path.split('/').collect();
    let (what, hint) = match parts[..] {
        ["tables", file] => (
            format!(
                "table `{}` is laid down otherwise",
                file.trim_end_matches(".toml")
            ),
            "a table has one contract: leave it out of the pack and ask for a change of it, or give the pack's own table another name",
        ),
        ["views", file] => (
            format!(
                "view `{}` is written otherwise",
                file.trim_end_matches(".sql")
            ),
            "give the view another name in the pack that adds it",
        ),
        ["indicators", _, id, ..] => (
            format!("indicator `{id}` is defined otherwise"),
            "one id, one measure: give one of them another id, or keep one of the two packs",
        ),
        _ => (
            "the same file has other content".into(),
            "leave it out of one of the two packs, or give it another name",
        ),
    };
    Error::input(format!(
        "{path}: pack {second} has it, and so has pack {first}: {what}"
    ))
    .hint(hint)
}

/// The dependencies of a pack that are not there, or in another version.
fn lacking(part: &Part, about: &About, known: &[(&Part, About)]) -> Vec<Error> {
    let asks = about.dependencies.iter().filter_map(|(name, asked)| {
        let wanted = VersionReq::parse(asked).ok()?;
        let Some((_, found)) = known.iter().find(|(_, about)| about.name == *name) else {
            return Some(
                Error::refused(format!(
                    "pack {} needs pack `{name}` {asked}, which this project does not have",
                    part.place
                ))
                .hint(format!("add it first: `beleidsinfo pack add FILE` with a file of `{name}`")),
            );
        };
        let version = Version::parse(&found.version).ok()?;
        (!wanted.matches(&version)).then(|| {
            Error::refused(format!(
                "pack {} needs pack `{name}` {asked}; here it is {version}",
                part.place
            ))
            .hint(format!("add a version of `{name}` that fits first, or take a version of this pack that goes with {version}"))
        })
    });
    asks.collect()
}

/// The first pack's `pack.toml`, with the themes and the words for slices of the others. Where only one pack has any, it is as
/// written, so that the definitions of earlier runs stay what they were.
fn together(known: &[(&Part, About)], problems: &mut Vec<Error>) -> Result<Option<String>> {
    let Some(((first, _), others)) = known.split_first() else {
        return Ok(None);
    };
    let text = |part: &Part| part.files.get("pack.toml").cloned().unwrap_or_default();
    if others.is_empty() {
        return Ok(Some(text(first)));
    }
    let parse = |part: &Part| -> Result<toml::Table> {
        text(part)
            .parse()
            .reading(|| format!("cannot read pack.toml of pack {}", part.place))
    };
    let mut about = parse(first)?;
    for (part, _) in others {
        let more = parse(part)?;
        themes(&mut about, &more, part, problems);
        slices(&mut about, &more, part, problems);
    }
    Ok(Some(about.to_string()))
}

fn otherwise(part: &Part, what: &str) -> Error {
    Error::input(format!(
        "pack.toml of pack {}: {what} has other words than in a pack before it",
        part.place
    ))
    .hint("leave it out, or write it as the other pack has it; give what is meant otherwise another id")
}

fn themes(about: &mut toml::Table, more: &toml::Table, part: &Part, problems: &mut Vec<Error>) {
    let Some(toml::Value::Array(more)) = more.get("themes") else {
        return;
    };
    let themes = about
        .entry("themes")
        .or_insert_with(|| toml::Value::Array(Vec::new()));
    let toml::Value::Array(themes) = themes else {
        return;
    };
    for theme in more {
        let id = theme.get("id").and_then(toml::Value::as_str);
        match themes.iter().find(|t| t.get("id") == theme.get("id")) {
            None => themes.push(theme.clone()),
            Some(first) if first == theme => {}
            Some(_) => problems.push(otherwise(
                part,
                &format!("theme `{}`", id.unwrap_or_default()),
            )),
        }
    }
}

fn slices(about: &mut toml::Table, more: &toml::Table, part: &Part, problems: &mut Vec<Error>) {
    let Some(toml::Value::Table(more)) = more.get("slices") else {
        return;
    };
    let slices = about
        .entry("slices")
        .or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let toml::Value::Table(slices) = slices else {
        return;
    };
    for (column, words) in more {
        let (Some(first), Some(words)) = (
            slices.get_mut(column).and_then(toml::Value::as_table_mut),
            words.as_table(),
        ) else {
            slices.insert(column.clone(), words.clone());
            continue;
        };
        if first.get("title") != words.get("title") {
            problems.push(otherwise(part, &format!("slice `{column}`")));
        }
        let Some(toml::Value::Table(values)) = words.get("values") else {
            continue;
        };
        let known = first
            .entry("values")
            .or_insert_with(|| toml::Value::Table(toml::Table::new()));
        let Some(known) = known.as_table_mut() else {
            continue;
        };
        for (value, text) in values {
            match known.get(value) {
                None => drop(known.insert(value.clone(), text.clone())),
                Some(first) if first == text => {}
                Some(_) => problems.push(otherwise(
                    part,
                    &format!("value `{value}` of slice `{column}`"),
                )),
            }
        }
    }
}

/// What of a part has no words: a text that is empty in a language, a slice without a title. `pack` is all packs together.
pub fn labels(pack: &super::Pack, part: &Part) -> Vec<Error> {
    let mut problems = Vec::new();
    for (id, theme) in part.indicators() {
        let Some(indicator) = pack.indicators.get(id) else {
            continue;
        };
        let path = format!("indicators/{theme}/{id}/indicator.toml");
        let words = [
            ("title", &indicator.title),
            ("question", &indicator.question),
            ("definition", &indicator.definition),
            ("counted", &indicator.counted),
        ];
        let method = indicator.method.iter().map(|text| ("method", text));
        let one = indicator.counted_one.iter();
        let one = one.map(|text| ("counted_one", text));
        for (what, text) in words.into_iter().chain(method).chain(one) {
            for language in Language::ALL {
                if text.get(language).trim().is_empty() {
                    let code = language.code();
                    problems.push(
                        Error::input(format!("{path}: {what} has no words in `{code}`")).hint(
                            format!("write {what} = {{ nl = \"…\", en = \"…\" }}, both filled in"),
                        ),
                    );
                }
            }
        }
        for column in indicator.slice_columns() {
            if !pack.about.slices.contains_key(column) {
                problems.push(
                    Error::input(format!("{path}: slice `{column}` has no words"))
                        .hint(format!("add to pack.toml: [slices.{column}] with title = {{ nl = \"…\", en = \"…\" }}")),
                );
            }
        }
    }
    problems
}
