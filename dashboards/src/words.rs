//! words: the texts of the pages in two languages, from `i18n/*.ftl` carried in the program.

use std::sync::LazyLock;

use beleidsinfo_warehouse::Language;
use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use unic_langid::{LanguageIdentifier, langid};

pub const NL: &str = include_str!("../i18n/nl.ftl");
pub const EN: &str = include_str!("../i18n/en.ftl");

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 2]> =
    LazyLock::new(|| [bundle(langid!("nl-BE"), NL), bundle(langid!("en-GB"), EN)]);

fn bundle(locale: LanguageIdentifier, text: &str) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    // What could be read is used; a test holds the files to being readable whole.
    let resource = FluentResource::try_new(text.to_string()).unwrap_or_else(|(part, _)| part);
    bundle.add_resource_overriding(resource);
    bundle
}

/// Speaks one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    pub language: Language,
}

impl Words {
    pub fn new(language: Language) -> Self {
        Self { language }
    }

    /// The text of a key; a key that does not exist is its own text (a test finds those).
    pub fn t(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The text of a key with its `{ $names }` filled in; values come formatted.
    pub fn with(self, key: &str, values: &[(&str, &str)]) -> String {
        let bundle = &BUNDLES[match self.language {
            Language::Nl => 0,
            Language::En => 1,
        }];
        let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
            return key.to_string();
        };
        let args: FluentArgs = values.iter().map(|(k, v)| (*k, plural(v))).collect();
        bundle
            .format_pattern(pattern, Some(&args), &mut Vec::new())
            .into_owned()
    }

    /// The text of `<prefix>-<name>` if there is one, else the name itself.
    pub fn named(self, prefix: &str, name: &str) -> String {
        let key = format!("{prefix}-{}", name.replace('_', "-"));
        let text = self.t(&key);
        if text == key { name.to_string() } else { text }
    }
}

/// Numbers come written out, with the marks of their language. One alone has words of its own, so Fluent is given it as a number.
fn plural(value: &str) -> FluentValue<'_> {
    match value {
        "1" => FluentValue::from(1),
        _ => FluentValue::from(value),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn keys(text: &str) -> BTreeSet<&str> {
        text.lines()
            .filter(|l| l.starts_with(|c: char| c.is_ascii_alphabetic()))
            .filter_map(|l| l.split_once(" =").map(|(k, _)| k))
            .collect()
    }

    /// Every `t("key"` and `with("key"` in templates and code.
    fn used(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of this crate") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                used(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a text file");
            for start in [".t(\"", ".with(\"", ".w(\""] {
                for part in text.split(start).skip(1) {
                    found.extend(part.split_once('"').map(|(key, _)| key.to_string()));
                }
            }
            for part in text.split(".with(\n").skip(1) {
                let rest = part.trim_start();
                if let Some(rest) = rest.strip_prefix('"') {
                    found.extend(rest.split_once('"').map(|(key, _)| key.to_string()));
                }
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let (nl, en) = (keys(NL), keys(EN));
        assert!(nl.len() > 100, "the keys are not found: {}", nl.len());
        assert_eq!(nl.difference(&en).collect::<Vec<_>>(), Vec::<&&str>::new());
        assert_eq!(en.difference(&nl).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn the_files_are_readable_whole() {
        for text in [NL, EN] {
            assert!(FluentResource::try_new(text.to_string()).is_ok());
        }
    }

    #[test]
    fn every_key_that_is_used_exists() {
        let mut found = BTreeSet::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        used(&root.join("templates"), &mut found);
        used(&root.join("src"), &mut found);
        let known = keys(NL);
        let absent: Vec<_> = found
            .iter()
            .filter(|k| !k.contains(['{', '\\', ' ', '<']) && !known.contains(k.as_str()))
            .collect();
        assert!(found.len() > 100, "too few keys found: {}", found.len());
        assert!(absent.is_empty(), "not in nl.ftl: {absent:?}");
    }

    #[test]
    fn one_has_words_of_its_own() {
        let more = |language, count| Words::new(language).with("home-more", &[("count", count)]);
        assert_eq!(more(Language::Nl, "1"), "Nog 1 indicator");
        assert_eq!(more(Language::Nl, "1.204"), "Nog 1.204 indicatoren");
        assert_eq!(more(Language::En, "1"), "1 more indicator");
        assert_eq!(more(Language::En, "0"), "0 more indicators");
        // Where there is no number, the word is that of many.
        assert_eq!(Words::new(Language::Nl).t("unit-days"), "dagen");
    }

    #[test]
    fn values_are_filled_in() {
        let words = Words::new(Language::Nl);
        let text = words.with("cutoff", &[("date", "31 december 2025")]);
        assert_eq!(text, "Cijfers tot en met 31 december 2025");
    }
}
