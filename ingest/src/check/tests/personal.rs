//! check/tests/personal: what comes out of a personal source: pseudonyms, and sentences without a value.

use super::rows::{HEADER, MAPPING, file};
use super::*;
use crate::pseudonym::Pseudonyms;

const APPLICANT: &str = "applicant_key = { from = \"insz\", pseudonym = \"insz\" }\n";

fn personal() -> String {
    format!("{MAPPING}{APPLICANT}")
}

fn try_records(changes: &[&[(&str, &str)]]) -> Delivery {
    deliver(&personal(), "zaken.csv", file(changes).as_bytes()).unwrap()
}

#[test]
fn a_person_has_one_pseudonym_however_the_number_is_written() {
    let delivery = try_records(&[
        &[("insz", "85073003328")],
        &[("insz", " 85.07.30-033.28")],
        &[("insz", "85473003317")],
        &[],
    ]);
    // The same as in the tests of pseudonym.rs, where it is worked out apart from this code.
    let known = Pseudonyms::new(&keys(), "applicant_key")
        .unwrap()
        .of("85073003328");
    let found = column(&delivery, "cases", "applicant_key");
    assert_eq!(
        (&found[0], &found[1], found[3].as_str()),
        (&known, &known, "-")
    );
    assert!(found[2].starts_with("k1-") && found[2] != known);
    assert!(delivery.personal);
}

#[test]
fn a_mapping_names_another_purpose_or_any_text() {
    let of = |how: &str| {
        let mapping = personal().replace("pseudonym = \"insz\"", how);
        let delivery = deliver(
            &mapping,
            "a.csv",
            file(&[&[("insz", "85073003328")]]).as_bytes(),
        )
        .unwrap();
        column(&delivery, "cases", "applicant_key")[0].clone()
    };
    let plain = of("pseudonym = \"insz\"");
    assert_eq!(
        of("pseudonym = true"),
        plain,
        "the digits as they stand are the number's own writing"
    );
    assert_eq!(
        of("pseudonym = \"text\", purpose = \"applicant_key\""),
        plain
    );
    assert_ne!(of("pseudonym = \"insz\", purpose = \"schuldhulp\""), plain);
}

#[test]
fn a_wrong_number_is_a_finding_without_the_number() {
    let wrong = file(&[&[("insz", "85073003329")], &[("insz", "8507\u{0}")], &[]]);
    let delivery = deliver(&personal(), "a.csv", wrong.as_bytes()).unwrap();
    assert_eq!(found(&delivery), ["1 insz reject", "2 type reject"]);
    for finding in &delivery.findings {
        assert!(!finding.reason.contains("8507"), "{}", finding.reason);
        assert_eq!(finding.column, "insz");
    }
    // Where the mapping says so the case counts, without its applicant.
    let warned = personal().replace("[[tables]]", "[severity]\ninsz = \"warn\"\n[[tables]]");
    let delivery = deliver(&warned, "a.csv", wrong.as_bytes()).unwrap();
    assert_eq!(found(&delivery), ["1 insz warn", "2 type reject"]);
    assert_eq!(column(&delivery, "cases", "applicant_key"), ["-", "-"]);
    // Required is required, whatever the number is worth.
    let required = warned.replace(
        "pseudonym = \"insz\"",
        "pseudonym = \"insz\", required = true",
    );
    let delivery = deliver(&required, "a.csv", wrong.as_bytes()).unwrap();
    assert_eq!(
        found(&delivery),
        ["1 required reject", "2 type reject", "3 required reject"]
    );
}

/// A name in any column, of the wrong kind there: none of the sentences tells it, and neither does the municipality.
#[test]
fn no_finding_of_a_personal_source_shows_a_value_of_any_column() {
    let canary = "Kanarie";
    let mapping = personal().replace(
        "case_id = \"nr\"",
        "case_id = { from = \"nr\", required = true }",
    );
    let mut rules = std::collections::BTreeSet::new();
    for column in HEADER {
        for value in [canary, "Kanarie \"\"de Snelle\"\"", "`Kanarie`"] {
            let twice: &[(&str, &str)] = &[(column, value), ("nr", "Kanarie-7")];
            let text = file(&[
                twice,
                &[(column, value)],
                &[("nr", "Kanarie-7"), ("op", "2024")],
                &[],
            ]);
            let text = text.replace("Kanarie \"\"de Snelle\"\"", "\"Kanarie \"\"de Snelle\"\"\"");
            let delivery = deliver(&mapping, "a.csv", text.as_bytes()).unwrap();
            for finding in delivery.findings {
                let told = format!(
                    "{} {} {:?}",
                    finding.reason, finding.column, finding.municipality_code
                );
                assert!(!told.contains(canary) && !told.contains("Snelle"), "{told}");
                rules.insert(finding.rule);
            }
        }
    }
    for (column, value) in [
        ("bedrag", "-3"),
        ("termijn", "99999"),
        ("tijdstip", "2024-02-09T10:00:00"),
        ("gesloten", "2023-05-06"),
        ("uiterlijk", "1985-07-30"),
    ] {
        let delivery = try_records(&[&[
            (column, value),
            ("start", "2024-02-01"),
            ("termijn", "30"),
            ("verlenging", "0"),
        ][..]]);
        for finding in delivery.findings {
            assert!(!finding.reason.contains(value), "{}", finding.reason);
            rules.insert(finding.rule);
        }
    }
    assert!(rules.len() >= 6, "{rules:?}");
    let shifted = format!("{};{canary}\n", HEADER.join(";"));
    for wrong in [
        format!("{canary};{}\nx", HEADER[1..].join(";")),
        shifted,
        format!("{canary};{canary};85073003328\nx;y;z"),
        format!("\"Kanarie `de Snelle` P\";{}\nx", HEADER[1..].join(";")),
    ] {
        let Err(error) = deliver(&mapping, "a.csv", wrong.as_bytes()) else {
            continue;
        };
        let told = format!(
            "{error} {:?} {:?}",
            std::error::Error::source(&error),
            error.hint_text()
        );
        assert!(
            !told.contains(canary) && !told.contains("Snelle") && !told.contains("8507"),
            "{told}"
        );
    }
}

#[test]
fn proposals_and_codes_that_exist_are_still_told() {
    let delivery = try_records(&[
        &[("kanaal", "Lokket")],
        &[("nis", "44049"), ("op", "01/02/2024")],
    ]);
    let reasons: Vec<&str> = delivery
        .findings
        .iter()
        .map(|f| f.reason.as_str())
        .collect();
    assert!(
        reasons[0].contains("bedoelt u \"Loket\"?") || reasons[0].contains("vul `map` aan"),
        "{reasons:?}"
    );
    assert!(reasons.iter().any(|r| r.contains("44049")), "{reasons:?}");
}

#[test]
fn without_keys_a_personal_source_is_refused() {
    let contracts = contracts();
    let codes = codes(&contracts);
    let text = file(&[&[]]);
    let seal = Keys::parse(&format!("seal 1 {}ee", "01".repeat(31)), "test").unwrap();
    for (mapping, keys, missing) in [
        (personal(), Keys::default(), "`seal`"),
        (personal(), seal.clone(), "`pseudonym`"),
        (
            MAPPING.replace("[[tables]]", "personal = true\n[[tables]]"),
            Keys::default(),
            "`seal`",
        ),
    ] {
        let source = Source::parse("zaken", Path::new("zaken.toml"), &mapping).unwrap();
        let rules = Rules {
            contracts: &contracts,
            codes: &codes,
            zone: chrono_tz::Europe::Brussels,
            keys: &keys,
        };
        let error = check(&source, &receipt("a.csv"), text.as_bytes(), &rules).unwrap_err();
        assert_eq!(error.kind(), beleidsinfo_warehouse::error::Kind::Refused);
        assert!(error.to_string().contains(missing), "{error}");
        assert!(error.hint_text().unwrap().contains("BELEIDSINFO_KEY_FILE"));
    }
    // A key for pseudonyms is needed only where pseudonyms are made.
    let marked = MAPPING.replace("[[tables]]", "personal = true\n[[tables]]");
    let source = Source::parse("zaken", Path::new("zaken.toml"), &marked).unwrap();
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &seal,
    };
    assert!(
        check(&source, &receipt("a.csv"), text.as_bytes(), &rules)
            .unwrap()
            .personal
    );
}
