//! check/tests/others: bounds on days, patterns, expressions, and rows that point at other tables.

use super::*;
use crate::check::check_with;
use crate::check::references::StoredKeys;

fn own_contracts() -> IndexMap<String, Contract> {
    let case = contract(
        "cases",
        &["case_id"],
        Some("municipality_code"),
        "case_id! text pattern = \"Z-[0-9]+\"
         municipality_code! text
         received_on! date min = 1990-01-01 ; max = \"landed\"
         decided_on date
         outcome text
         applicant_keyP text",
        r#"
[[rules]]
id = "outcome_needs_decision"
column = "outcome"
expression = "outcome is null or (decided_on is not null and decided_on >= received_on)"
severity = "reject"
meaning = { nl = "Een uitkomst hoort bij een besluit.", en = "x" }
[[rules]]
id = "applicant_is_not_the_case"
column = "applicant_key"
expression = "applicant_key <> case_id"
severity = "warn"
meaning = { nl = "De aanvrager is niet de zaak", en = "x" }
"#,
    );
    let event = contract(
        "events",
        &["case_id", "event_no"],
        Some("municipality_code"),
        "case_id! text
         municipality_code! text
         event_no! i32
         occurred_on date",
        r#"
[[references]]
id = "case_unknown"
columns = ["case_id"]
table = "cases"
severity = "warn"
meaning = { nl = "De zaak is niet gekend", en = "x" }
"#,
    );
    [case, event]
        .into_iter()
        .map(|c| (c.name.clone(), c))
        .collect()
}

const CASES: &str = r#"
connector = "csv"
location = "x"
complete_until = 2024-12-31
[[tables]]
name = "cases"
[tables.columns]
case_id = "nr"
municipality_code = { const = "44040" }
received_on = "op"
decided_on = "besluit"
outcome = "uitkomst"
"#;

const EVENTS: &str = r#"
connector = "csv"
location = "x"
complete_until = 2024-12-31
[[tables]]
name = "events"
[tables.columns]
case_id = "zaak"
municipality_code = { const = "44040" }
event_no = "volgnr"
"#;

fn deliver_own(mapping: &str, text: &str, stored: &StoredKeys) -> Delivery {
    let contracts = own_contracts();
    let codes = CodeLists::default();
    let source = Source::parse("zaken", Path::new("zaken.toml"), mapping).unwrap();
    source.validate(&contracts).unwrap();
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &keys(),
    };
    let mut receipt = receipt("zaken.csv");
    receipt.pulled_at = "2025-01-10T22:30:00Z".parse().unwrap();
    let delivery = check_with(&source, &receipt, text.as_bytes(), &rules, stored).unwrap();
    assert_eq!(delivery.rows_read, delivery.accepted + delivery.rejected);
    delivery
}

fn case(line: &str) -> Delivery {
    let text = format!("nr,op,besluit,uitkomst,wie\n{line}\n");
    deliver_own(CASES, &text, &StoredKeys::default())
}

#[test]
fn a_day_lies_between_its_bounds_and_not_after_the_landing() {
    assert_eq!(found(&case("Z-1,2025-01-10,,,")), Vec::<String>::new());
    // 22:30 in London is 23:30 in Brussels: still the tenth.
    let late = case("Z-1,2025-01-11,,,");
    assert_eq!(found(&late), ["1 range reject"]);
    assert!(
        late.findings[0]
            .reason
            .contains("\"2025-01-11\" is na 2025-01-10, de dag van de levering")
    );
    let early = case("Z-1,1989-12-31,,,");
    assert!(
        early.findings[0].reason.contains("voor 1990-01-01"),
        "{}",
        early.findings[0].reason
    );
}

#[test]
fn a_text_has_the_form_of_its_pattern() {
    let wrong = case("Y-1,2025-01-10,,,");
    assert_eq!(found(&wrong), ["1 pattern reject"]);
    assert!(
        wrong.findings[0]
            .reason
            .contains("\"Y-1\" heeft niet de vorm Z-[0-9]+")
    );
}

#[test]
fn an_expression_rejects_what_is_false_and_lets_through_what_is_unknown() {
    let wrong = case("Z-1,2025-01-10,2025-01-09,verleend,");
    assert_eq!(found(&wrong), ["1 outcome_needs_decision reject"]);
    assert_eq!(
        wrong.findings[0].reason,
        "Een uitkomst hoort bij een besluit (op 2025-01-10, besluit 2025-01-09, uitkomst verleend): kijk dit na in de bron."
    );
    assert_eq!(
        found(&case("Z-1,2025-01-10,,verleend,")),
        ["1 outcome_needs_decision reject"]
    );
    assert_eq!(
        found(&case("Z-1,2025-01-09,2025-01-10,verleend,")),
        Vec::<String>::new()
    );
    // A day that cannot be read is told once, as what it is.
    assert_eq!(
        found(&case("Z-1,2025-01-09,gisteren,verleend,")),
        ["1 type reject"]
    );
    let severities = CASES.replace(
        "[[tables]]",
        "[severity]\noutcome_needs_decision = \"warn\"\n[[tables]]",
    );
    let text = "nr,op,besluit,uitkomst,wie\nZ-1,2025-01-10,,verleend,\n";
    let lenient = deliver_own(&severities, text, &StoredKeys::default());
    assert_eq!((lenient.accepted, lenient.warned), (1, 1));
}

#[test]
fn an_expression_never_shows_a_personal_value() {
    let personal = format!("{CASES}applicant_key = {{ from = \"wie\", pseudonym = true }}\n");
    let text = "nr,op,besluit,uitkomst,wie\nZ-1,2025-01-10,2025-01-09,verleend,een\n";
    let wrong = deliver_own(&personal, text, &StoredKeys::default());
    assert_eq!(
        wrong.findings[0].reason,
        "Een uitkomst hoort bij een besluit: kijk dit na in de bron."
    );
    // Nor does its profile: of free text there are only counts.
    let text = "nr,op,besluit,uitkomst,wie\nZ-1,2025-01-10,2025-01-10,verleend,een\n";
    let good = deliver_own(&personal, text, &StoredKeys::default());
    let profile = format!("{:?}", good.profile);
    assert!(
        !profile.contains("Z-1") && !profile.contains("verleend"),
        "{profile}"
    );
    assert!(profile.contains("2025-01-10"), "{profile}");
}

#[test]
fn a_row_that_points_at_nothing_is_found_in_the_delivery_or_in_what_is_stored() {
    let both = format!("{}{}", CASES, &EVENTS[EVENTS.find("[[tables]]").unwrap()..])
        .replace("case_id = \"nr\"", "case_id = { coalesce = [\"nr\"] }")
        .replace(
            "[[tables]]\nname = \"cases\"",
            "[[tables]]\nname = \"cases\"\nwhere = { soort = \"zaak\" }",
        )
        .replace(
            "[[tables]]\nname = \"events\"",
            "[[tables]]\nname = \"events\"\nwhere = { soort = \"stap\" }",
        );
    let text = "soort,nr,op,besluit,uitkomst,wie,zaak,volgnr\n\
                zaak,Z-1,2025-01-10,,,,,\n\
                zaak,Z-2,morgen,,,,,\n\
                stap,,,,,,Z-1,1\n\
                stap,,,,,,Z-2,1\n\
                stap,,,,,,Z-9,1\n";
    // Nothing is known of what is stored: nothing is claimed, and the keys are asked for.
    let mut stored = StoredKeys::default();
    assert_eq!(found(&deliver_own(&both, text, &stored)), ["2 type reject"]);
    let wanted = stored.wanted();
    assert_eq!(wanted, [("cases".to_string(), vec!["case_id".to_string()])]);
    assert!(stored.wanted().is_empty());
    // Z-2 was rejected here, so its event points at nothing; Z-9 is stored.
    for target in wanted {
        stored.know(target);
    }
    let earlier = case("Z-9,2025-01-10,,,");
    stored.add("cases", rows(&earlier, "cases")).unwrap();
    let delivery = deliver_own(&both, text, &stored);
    assert_eq!(found(&delivery), ["2 type reject", "4 case_unknown warn"]);
    assert_eq!(
        delivery.findings[1].reason,
        "De zaak is niet gekend: case_id = \"Z-2\" staat niet in deze levering en (nog) niet in cases: lever het ontbrekende mee, of kijk na of het nummer klopt."
    );
    // As a rejection it takes the record out.
    let strict = both.replacen(
        "[[tables]]",
        "[severity]\ncase_unknown = \"reject\"\n[[tables]]",
        1,
    );
    let delivery = deliver_own(&strict, text, &stored);
    assert_eq!(found(&delivery), ["2 type reject", "4 case_unknown reject"]);
    assert_eq!(column(&delivery, "events", "case_id"), ["Z-1", "Z-9"]);
}
