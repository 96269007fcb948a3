//! pack_list: docs/pack.md, the list of what the built-in pack measures and which tables bring it to life, made from the pack.

use std::collections::BTreeMap;
use std::fmt::Write;

use beleidsinfo_warehouse::Language;
use beleidsinfo_warehouse::define::define;
use beleidsinfo_warehouse::indicator::Direction;
use beleidsinfo_warehouse::pack::{Pack, builtin_files};

/// Filled by the pack itself: no mapping is needed for these.
const BROUGHT: [&str; 5] = [
    "products",
    "region_changes",
    "regions",
    "population",
    "terms",
];

fn list(pack: &Pack, reads: &beleidsinfo_warehouse::define::Reads) -> String {
    let mut text = format!(
        "# What the pack measures\n\n\
         *In het kort: alle {} indicatoren van het kernpakket per thema, met hun grondslag en de tabellen die ze nodig hebben; daarna per tabel \
         welke indicatoren tot leven komen zodra een koppeling ze vult. Deze pagina wordt uit het pakket gemaakt.*\n\n\
         Made from the pack `{}` {}. What each figure counts and leaves out stands in its `indicator.toml` and on its page. ↑ higher is better, \
         ↓ lower is better, · context only. **The laws are named after their public explanation by governments and municipalities: have a jurist confirm \
         an article before you rely on it.** Terms in days are dated rows of the table `terms`.\n",
        pack.indicators.len(),
        pack.about.name,
        pack.about.version
    );
    let mut by_table: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for theme in &pack.about.themes {
        let _ = write!(
            text,
            "\n## {} · {}\n\n{} *{}*\n\n| indicator | | unit | tables | legal ground |\n|---|---|---|---|---|\n",
            theme.title.nl, theme.title.en, theme.question.nl, theme.question.en
        );
        let of_theme = pack.indicators.values().filter(|i| i.theme == theme.id);
        for indicator in of_theme {
            let mut tables = Vec::new();
            for table in reads[&indicator.id].iter().map(String::as_str) {
                if !BROUGHT.contains(&table) {
                    tables.push(format!("`{table}`"));
                    by_table.entry(table).or_default().push(&indicator.id);
                } else if table == "population" {
                    tables.push(format!("`{table}`"));
                }
            }
            let direction = match indicator.direction {
                Direction::HigherIsBetter => "↑",
                Direction::LowerIsBetter => "↓",
                Direction::Neutral => "·",
            };
            let legal = indicator.legal.as_ref().map_or(String::new(), |legal| {
                let term = legal.term.as_ref().map(|term| format!(" (`{term}`)"));
                format!("{}{}", legal.nl, term.unwrap_or_default())
            });
            let _ = writeln!(
                text,
                "| `{}` | {} · *{}* | {} {direction} | {} | {legal} |",
                indicator.id,
                indicator.title.nl,
                indicator.title.en,
                indicator.unit.replace('_', " "),
                tables.join(" "),
            );
        }
    }
    text.push_str(
        "\n## Which table brings what to life\n\n\
         A source that fills a table is a mapping in `sources/` ([sources](sources/README.md)). An indicator is computed when all its tables are filled; until then a \
         check of the run names the tables that lack. `products`, `terms`, `regions` and `region_changes` come with the pack; so does the `population` of the \
         municipalities of the demo.\n\n| table | what | indicators |\n|---|---|---|\n",
    );
    for (table, indicators) in by_table {
        let about = &pack.contracts[table].description;
        let ids: Vec<String> = indicators.iter().map(|id| format!("`{id}`")).collect();
        let _ = writeln!(
            text,
            "| `{table}` | {} · *{}* | {} |",
            about.nl,
            about.en,
            ids.join(" ")
        );
    }
    text
}

#[test]
fn the_published_list_is_what_the_pack_says() {
    let pack = Pack::parse(builtin_files()).expect("the built-in pack");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let reads = runtime
        .block_on(define(&pack))
        .expect("definitions in order");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/pack.md");
    let written = list(&pack, &reads);
    if std::env::var_os("BELEIDSINFO_WRITE_LIST").is_some() {
        std::fs::write(path, &written).expect("a written file");
    }
    assert!(
        std::fs::read_to_string(path).unwrap_or_default() == written,
        "docs/pack.md is stale: run this test with BELEIDSINFO_WRITE_LIST=1"
    );
}

/// A definition says what a figure means, in words for a councillor; how it is counted stands beside it, once.
#[test]
fn every_indicator_of_the_pack_says_what_it_means_and_how_it_is_counted() {
    let pack = Pack::parse(builtin_files()).expect("the pack is in order");
    let sentences = |text: &str| -> Vec<String> {
        let parts = text.split_inclusive(". ");
        parts.map(|s| s.trim().to_string()).collect()
    };
    let mut wrong = Vec::new();
    for (id, indicator) in &pack.indicators {
        let Some(method) = &indicator.method else {
            wrong.push(format!("{id} has no `method`"));
            continue;
        };
        for language in Language::ALL {
            let means = sentences(indicator.definition.get(language));
            let counts = sentences(method.get(language));
            let code = language.code();
            if means.len() > 2 {
                wrong.push(format!(
                    "{id}: definition in `{code}` is {} sentences",
                    means.len()
                ));
            }
            if counts.iter().any(|s| s.is_empty() || means.contains(s)) {
                wrong.push(format!(
                    "{id}: method in `{code}` is empty or says the definition again"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
