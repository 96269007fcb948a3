//! tables: what a mapping may fill: the columns of each table with what they take, from the contracts, in Dutch or English.

use beleidsinfo_warehouse::contract::{Column, ColumnType, Contract, Visibility};
use beleidsinfo_warehouse::language::Language;
use beleidsinfo_warehouse::pack::Pack;

/// One table as Markdown: what a row is, and its columns in their order.
pub fn describe(language: Language, contract: &Contract) -> String {
    let say = |nl: &'static str, en: &'static str| match language {
        Language::Nl => nl,
        Language::En => en,
    };
    let mut text = format!(
        "### `{}`\n\n{}. {}: {}.\n\n| {} | {} | {} |\n|---|---|---|\n",
        contract.name,
        contract.description.get(language).trim_end_matches('.'),
        say("Sleutel", "Key"),
        contract.key.join(", "),
        say("kolom", "column"),
        say("neemt", "takes"),
        say("wat", "what")
    );
    for (name, column) in &contract.columns {
        let required = column.required || contract.key.contains(name);
        let takes = takes(language, column);
        let takes = match (required, column.visibility) {
            (true, _) => format!("{takes}, **{}**", say("verplicht", "required")),
            (false, Visibility::Personal) => {
                format!(
                    "{takes}; {}",
                    say("persoonlijk: met `pseudonym`", "personal: with `pseudonym`")
                )
            }
            _ => takes,
        };
        let meaning = column.meaning.get(language).trim_end_matches('.');
        text.push_str(&format!(
            "| `{name}` | {takes} | {} |\n",
            meaning.replace('|', "\\|")
        ));
    }
    text.push('\n');
    text
}

fn takes(language: Language, column: &Column) -> String {
    let say = |nl: &'static str, en: &'static str| match language {
        Language::Nl => nl,
        Language::En => en,
    };
    if let Some(codes) = &column.codes {
        let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        return codes.join(" ");
    }
    if let Some(lookup) = &column.lookup {
        let on = lookup.valid_on.as_ref().map_or(String::new(), |date| {
            format!("{} `{date}`", say(", geldig op", ", valid on"))
        });
        return format!(
            "{} `{}`{on}",
            say("een code uit", "a code of"),
            lookup.table
        );
    }
    match column.kind {
        ColumnType::Text => say("tekst", "text"),
        ColumnType::Date => say("datum", "date"),
        ColumnType::Ts => say("tijdstip", "moment"),
        ColumnType::Dec | ColumnType::Sum | ColumnType::F64 => say("getal", "number"),
        ColumnType::I32 | ColumnType::I64 => say("geheel getal", "whole number"),
        ColumnType::Bool => say("ja of nee", "yes or no"),
    }
    .into()
}

/// `docs/sources/tables.md`: every table of the built-in pack in both languages.
pub fn document(pack: &Pack) -> String {
    let all = |language| {
        pack.canonical()
            .map(|contract| describe(language, contract))
            .collect::<String>()
    };
    format!(
        "# The tables and their columns\n\n\
         *In het kort: wat een koppeling mag vullen, kolom voor kolom. Deze pagina wordt door het programma gemaakt; `beleidsinfo source tables cases` toont één \
         tabel van uw eigen project.*\n\n\
         Made by the program from the contracts of the built-in pack: `beleidsinfo source tables` names the tables of a project, `beleidsinfo source tables cases` \
         describes one. A mapping must give the required columns; the others may be left out. Codes are written as they stand here, so a mapping says with `map` what the texts of \
         a source mean. The tables `kbo_…` are filled by `connector = \"kbo\"` alone, and `figures_elsewhere` by `connector = \"release\"`.\n\n\
         ## Nederlands\n\n{}## English\n\n{}",
        all(Language::Nl),
        all(Language::En)
    )
    .trim_end()
    .to_string()
        + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack() -> Pack {
        Pack::parse(beleidsinfo_warehouse::pack::builtin_files()).unwrap()
    }

    #[test]
    fn a_column_says_what_it_takes() {
        let cases = describe(Language::En, &pack().contracts["cases"]);
        for row in [
            "| `case_id` | text, **required** |",
            "| `municipality_code` | a code of `regions`, valid on `received_on`, **required** |",
            "| `received_on` | date, **required** |",
            "| `channel` | `digital` `counter` ",
            "| `applicant_key` | text; personal: with `pseudonym` |",
        ] {
            assert!(cases.contains(row), "{row}:\n{cases}");
        }
        assert!(
            !document(&pack()).contains("`deliveries`"),
            "written by the warehouse itself"
        );
    }

    #[test]
    fn the_published_tables_are_what_the_contracts_say() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/sources/tables.md");
        let written = document(&pack());
        if std::env::var_os("BELEIDSINFO_WRITE_LIST").is_some() {
            std::fs::write(path, &written).unwrap();
        }
        assert!(
            std::fs::read_to_string(path).unwrap_or_default() == written,
            "docs/sources/tables.md is stale: run this test with BELEIDSINFO_WRITE_LIST=1"
        );
    }
}
