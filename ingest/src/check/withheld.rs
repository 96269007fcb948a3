//! check/withheld: what findings and errors about a personal source do not show. Whoever wrote a sentence put values between
//! quotes or backticks; of those, only the words of the mapping and the contracts are told on.

use std::collections::BTreeSet;

use beleidsinfo_warehouse::contract::Contract;
use beleidsinfo_warehouse::error::Error;
use indexmap::IndexMap;

use crate::mapping::{Mapping, Take};

/// The words that may be told: names of columns, keys of `map`, codes of the contracts.
pub(super) struct Withheld(BTreeSet<String>);

impl Withheld {
    pub fn of(mapping: &Mapping, contracts: &IndexMap<String, Contract>) -> Self {
        let mut words = BTreeSet::new();
        let mut add = |word: &str| words.insert(word.to_string());
        for word in mapping.source_columns() {
            add(word);
        }
        for name in mapping.aliases.values().flatten() {
            add(name);
        }
        add(&mapping.encoding);
        for table in &mapping.tables {
            add(&table.name);
            for (target, column) in &table.columns {
                add(target);
                column.map.keys().for_each(|word| {
                    add(word);
                });
                if let Take::Const(word) = &column.take {
                    add(word);
                }
            }
            for column in contracts
                .get(&table.name)
                .into_iter()
                .flat_map(|c| c.columns.values())
            {
                for code in column.codes.iter().flatten() {
                    add(code);
                }
            }
        }
        // Words of the sentences themselves.
        for word in ["utf-8", "windows-1252", "delimiter", "encoding"] {
            add(word);
        }
        Self(words)
    }

    /// A finding's sentence with `…` for whatever else stands between quotes or backticks. A value in it has no quotes of its
    /// own: see `quoted`.
    pub fn text(&self, text: &str) -> String {
        self.told(text, |inside, sign| inside.find(sign))
    }

    /// An error without the values that a connector read: column names that the mapping does not know may be the first record
    /// of a file without a header. What is quoted may itself hold quotes, so an unknown word goes on to the last of them.
    pub fn error(&self, error: Error) -> Error {
        error.retold(|text| self.told(text, |inside, sign| inside.rfind(sign)))
    }

    fn told(&self, text: &str, end: impl Fn(&str, &str) -> Option<usize>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['`', '"']) {
            let (before, from) = rest.split_at(at);
            let (sign, inside) = from.split_at(1);
            out.push_str(before);
            out.push_str(sign);
            let known = inside
                .find(sign)
                .map(|end| &inside[..end])
                .filter(|word| self.0.contains(*word));
            let word = match known {
                Some(word) => word,
                None => &inside[..end(inside, sign).unwrap_or(inside.len())],
            };
            out.push_str(known.unwrap_or("…"));
            rest = &inside[word.len()..];
            if let Some(after) = rest.strip_prefix(sign) {
                out.push_str(sign);
                rest = after;
            }
        }
        out.push_str(rest);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_words_are_told_on() {
        let known = Withheld(["INSZ".to_string(), "Gewoon".to_string()].into());
        for (text, told) in [
            ("kolom `INSZ` heeft \"Jan\"", "kolom `INSZ` heeft \"…\""),
            (
                "\"Gewon\": bedoelt u \"Gewoon\"?",
                "\"…\": bedoelt u \"Gewoon\"?",
            ),
            ("open \"Jan", "open \"…"),
            ("niets", "niets"),
        ] {
            assert_eq!(known.text(text), told);
        }
        let error = Error::input("x lacks `INSZ`; it has `Jan `de Snelle` P`, `Gewoon`")
            .because(Error::input("at \"Jan\"").hint("mend `Jan`"));
        let told = known.error(error);
        assert_eq!(told.to_string(), "x lacks `INSZ`; it has `…`");
        assert_eq!(told.hint_text(), Some("mend `…`"));
        assert_eq!(
            std::error::Error::source(&told)
                .map(ToString::to_string)
                .as_deref(),
            Some("at \"…\"")
        );
    }
}
