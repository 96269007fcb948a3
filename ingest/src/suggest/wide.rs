//! suggest/wide: columns that hold the same thing for several years, to be read as one record per year.

use std::collections::BTreeMap;

use regex::Regex;

/// Fewer years than this are two columns, not a row of years.
const FEWEST: usize = 3;

/// What `[unpivot]` is to say.
#[derive(Debug)]
pub(super) struct Wide {
    /// A pattern that just these columns fit.
    pub columns: String,
    /// What the mapping calls the column of names, and that of values.
    pub name: String,
    pub value: String,
    /// The columns, as the file has them.
    pub taken: Vec<String>,
    /// Their names are more than the year.
    pub worded: bool,
    /// Other rows of years that are there besides, by the words around the year.
    pub others: Vec<String>,
}

impl Wide {
    /// The longest row of names that differ in their year only.
    pub fn of(names: &[&str]) -> Option<Wide> {
        let year = Regex::new(r"^(\D*)((?:19|20)\d{2})(\D*)$").ok()?;
        let mut rows: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for name in names {
            if let Some((_, [before, _, after])) = year.captures(name).map(|c| c.extract()) {
                let row = rows.entry((before, after)).or_default();
                row.push(name.to_string());
            }
        }
        rows.retain(|_, row| row.len() >= FEWEST);
        let most = rows.values().map(Vec::len).max()?;
        let best = *rows.iter().find(|(_, row)| row.len() == most)?.0;
        let taken = rows.remove(&best)?;
        let (before, after) = best;
        let free = |wanted: &str| {
            let taken = names.contains(&wanted);
            if taken {
                format!("{wanted} (kolom)")
            } else {
                wanted.to_string()
            }
        };
        Some(Wide {
            columns: format!(
                "^{}(19|20)[0-9]{{2}}{}$",
                regex::escape(before),
                regex::escape(after)
            ),
            name: free("jaar"),
            value: free("waarde"),
            taken,
            worded: !(before.is_empty() && after.is_empty()),
            others: rows
                .keys()
                .map(|(before, after)| format!("{before}…{after}"))
                .collect(),
        })
    }
}

/// The year in a name that was taken.
pub(super) fn year(name: &str) -> Option<&str> {
    let from = name.find(|c: char| c.is_ascii_digit())?;
    name.get(from..from + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_their_year_only() {
        let wide = Wide::of(&["Gemeente", "2022", "2023", "2024", "NIS 2019"]).unwrap();
        assert_eq!(wide.taken, ["2022", "2023", "2024"]);
        assert!(!wide.worded);
        let names = [
            "jaar",
            "Aantal (2022)",
            "Aantal (2023)",
            "Aantal (2024)",
            "Bedrag 2022",
            "Bedrag 2023",
            "Bedrag 2024",
        ];
        let wide = Wide::of(&names).unwrap();
        assert_eq!(wide.taken, names[1..4]);
        assert_eq!(
            (wide.name.as_str(), wide.worded, wide.others.len()),
            ("jaar (kolom)", true, 1)
        );
        let pattern = Regex::new(&wide.columns).unwrap();
        let fit: Vec<&str> = names
            .iter()
            .copied()
            .filter(|n| pattern.is_match(n))
            .collect();
        assert_eq!(fit, names[1..4]);
        assert_eq!(year("Aantal (2022)"), Some("2022"));
        assert!(Wide::of(&["2023", "2024", "a2022"]).is_none());
    }
}
