//! sentence/tests: kinds, states and languages; and every indicator of the built-in pack.

use beleidsinfo_warehouse::Language;
use beleidsinfo_warehouse::indicator::Direction;
use beleidsinfo_warehouse::pack::{Pack, builtin_files};

use super::*;
use crate::words::Words;

fn pack() -> Pack {
    Pack::parse(builtin_files()).expect("the built-in pack")
}

fn period(code: &str) -> Period {
    Period::parse(code).expect("a period")
}

/// The last quarter of 2025 against that of 2024, in Dutch and English; no-break spaces as `~`.
fn both(pack: &Pack, id: &str, facts: &Facts) -> [String; 2] {
    let indicator = &pack.indicators[id];
    Language::ALL.map(|language| {
        let measure = Measure {
            indicator,
            words: Words::new(language),
        };
        let facts = Facts {
            title: indicator.title.get(language).into(),
            ..facts.clone()
        };
        say(measure, period("2025-Q4"), &facts).replace('\u{a0}', "~")
    })
}

fn was(now: f64, before: f64) -> Facts {
    Facts {
        number: Some(now),
        before: Before::Was(period("2024-Q4"), before),
        ..Facts::default()
    }
}

#[test]
fn each_kind_says_a_change_in_its_own_words() {
    let pack = pack();
    for (id, facts, nl, en) in [
        (
            "ov_dlt_gewoon",
            was(84.0, 92.0),
            "Doorlooptijd gewone procedure, 4de kwartaal 2025: 84,0~dagen, gedaald van 92,0~dagen (4de kwartaal 2024): beter.",
            "Lead time of the ordinary procedure, 4th quarter 2025: 84.0~days, down from 92.0~days (4th quarter 2024): better.",
        ),
        (
            "ov_dlt_gewoon",
            was(92.0, 84.0),
            "Doorlooptijd gewone procedure, 4de kwartaal 2025: 92,0~dagen, gestegen van 84,0~dagen (4de kwartaal 2024): slechter.",
            "Lead time of the ordinary procedure, 4th quarter 2025: 92.0~days, up from 84.0~days (4th quarter 2024): worse.",
        ),
        (
            "ov_tijdig",
            was(91.5, 93.8),
            "Beslist binnen de wettelijke termijn, 4de kwartaal 2025: 91,5~%, 2,3~procentpunt lager dan 93,8~% (4de kwartaal 2024): slechter.",
            "Decided within the legal term, 4th quarter 2025: 91.5%, 2.3~percentage points lower than 93.8% (4th quarter 2024): worse.",
        ),
        (
            "klacht_gegrond",
            was(40.0, 35.0),
            "Gegronde klachten, 4de kwartaal 2025: 40,0~%, 5,0~procentpunt hoger dan 35,0~% (4de kwartaal 2024).",
            "Founded complaints, 4th quarter 2025: 40.0%, 5.0~percentage points higher than 35.0% (4th quarter 2024).",
        ),
        (
            "zaak_ingediend",
            was(1204.0, 1170.0),
            "Ingediende zaken, 4de kwartaal 2025: 1.204~zaken, 34 meer dan 1.170~zaken (4de kwartaal 2024).",
            "Cases submitted, 4th quarter 2025: 1,204~cases, up 34 from 1,170~cases (4th quarter 2024).",
        ),
        (
            "ov_achterstand",
            was(0.0, 12.0),
            "Vergunningen over hun uiterste datum, 31 december 2025: 0~dossiers, 12 minder dan 12~dossiers (31 december 2024): beter.",
            "Permits past their due date, 31 December 2025: 0~cases, down 12 from 12~cases (31 December 2024): better.",
        ),
        (
            "klacht_1000",
            was(2.5, 2.25),
            "Klachten per 1.000 inwoners, 4de kwartaal 2025: 2,50~per 1.000 inwoners, gestegen van 2,25~per 1.000 inwoners (4de kwartaal 2024).",
            "Complaints per 1,000 residents, 4th quarter 2025: 2.50~per 1,000 residents, up from 2.25~per 1,000 residents (4th quarter 2024).",
        ),
        (
            "zaak_doorstroom",
            was(1.04, 1.0),
            "Doorstroom, 4de kwartaal 2025: 1,04, gestegen van 1,00 (4de kwartaal 2024): beter.",
            "Throughput, 4th quarter 2025: 1.04, up from 1.00 (4th quarter 2024): better.",
        ),
        // A difference that does not show is none.
        (
            "ov_tijdig",
            was(91.51, 91.49),
            "Beslist binnen de wettelijke termijn, 4de kwartaal 2025: 91,5~%, onveranderd tegenover 4de kwartaal 2024.",
            "Decided within the legal term, 4th quarter 2025: 91.5%, unchanged from 4th quarter 2024.",
        ),
    ] {
        assert_eq!(both(&pack, id, &facts), [nl, en], "{id}");
    }
}

#[test]
fn others_and_the_target_follow() {
    let facts = Facts {
        slice: "Digitaal".into(),
        beside: vec![
            (Beside::Others, 79.0),
            (Beside::Group("Mediaan Kempen".into()), 81.0),
            (Beside::Named("Mechelen".into()), 70.5),
        ],
        target: Some(("105\u{a0}dagen".into(), "Doel gehaald".into())),
        ..was(84.0, 92.0)
    };
    let [nl, en] = both(&pack(), "ov_dlt_gewoon", &facts);
    assert_eq!(
        nl,
        "Doorlooptijd gewone procedure (Digitaal), 4de kwartaal 2025: 84,0~dagen, gedaald van 92,0~dagen (4de kwartaal 2024): beter; \
         mediaan van de andere gemeenten 79,0~dagen; Mediaan Kempen 81,0~dagen; Mechelen 70,5~dagen; doel 105~dagen (doel gehaald)."
    );
    assert!(en.contains("; median of the other municipalities 79.0~days; "));
    assert!(en.contains("; target 105~dagen ("));
}

#[test]
fn what_is_not_sure_is_said_and_what_is_too_little_is_not_compared() {
    let pack = pack();
    let with = |sure| Facts {
        sure,
        ..was(84.0, 92.0)
    };
    let told = |sure| both(&pack, "ov_dlt_gewoon", &with(sure));
    assert!(
        told(Sure::Provisional(Some(0.97)))[0]
            .ends_with(": beter. Dit cijfer is voorlopig en voor 97~% volledig.")
    );
    assert!(
        told(Sure::Provisional(None))[1]
            .ends_with(": better. This figure is provisional; how complete it is, is not known.")
    );
    assert_eq!(
        told(Sure::TooFew(0.6)),
        [
            "Doorlooptijd gewone procedure, 4de kwartaal 2025: 84,0~dagen. Dit cijfer is voorlopig en maar voor 60~% volledig: te weinig om te vergelijken.",
            "Lead time of the ordinary procedure, 4th quarter 2025: 84.0~days. This figure is provisional and only 60% complete: too little to compare.",
        ]
    );
    let refused = Facts {
        before: Before::Not(period("2024-Q4"), "ander grondgebied".into()),
        ..was(84.0, 92.0)
    };
    assert_eq!(
        both(&pack, "ov_dlt_gewoon", &refused)[0],
        "Doorlooptijd gewone procedure, 4de kwartaal 2025: 84,0~dagen; niet vergeleken met 4de kwartaal 2024: ander grondgebied."
    );
}

#[test]
fn one_is_said_in_the_singular() {
    let told = both(&pack(), "ov_achterstand", &was(1.0, 2.0));
    assert_eq!(
        told,
        [
            "Vergunningen over hun uiterste datum, 31 december 2025: 1~dossier, 1 minder dan 2~dossiers (31 december 2024): beter.",
            "Permits past their due date, 31 December 2025: 1~case, down 1 from 2~cases (31 December 2024): better.",
        ]
    );
}

#[test]
fn what_asks_for_attention_is_the_same_below_a_title() {
    let pack = pack();
    let facts = Facts {
        streak: Some(3),
        target: Some(("minstens 95,0\u{a0}%".into(), "Van schema af".into())),
        why: "Gaat het zo verder, dan niet.".into(),
        ..was(91.5, 93.8)
    };
    let indicator = &pack.indicators["ov_tijdig"];
    let [whole, en] = both(&pack, "ov_tijdig", &facts);
    let measure = Measure {
        indicator,
        words: Words::new(Language::Nl),
    };
    let below = say(measure, period("2025-Q4"), &facts).replace('\u{a0}', "~");
    assert_eq!(
        below,
        "4de kwartaal 2025: 91,5~%, 2,3~procentpunt lager dan 93,8~% (4de kwartaal 2024): voor het derde kwartaal op rij slechter; \
         doel minstens 95,0~% (van schema af). Gaat het zo verder, dan niet."
    );
    assert_eq!(whole, format!("{}, {below}", indicator.title.nl));
    assert!(en.contains(": worse for the third quarter in a row; target "));
    // Better than last year, and still worse than the quarter before, again.
    let better = Facts {
        streak: Some(2),
        ..was(93.8, 91.5)
    };
    let [nl, _] = both(&pack, "ov_tijdig", &better);
    assert!(
        nl.ends_with(": beter; voor het tweede kwartaal op rij slechter."),
        "{nl}"
    );
}

#[test]
fn a_judgement_that_is_known_already_stands() {
    let facts = Facts {
        course: Some(Course::Fell),
        ..was(84.0, 92.0)
    };
    let [nl, _] = both(&pack(), "ov_dlt_gewoon", &facts);
    assert!(
        nl.ends_with("gedaald van 92,0~dagen (4de kwartaal 2024)."),
        "{nl}"
    );
}

#[test]
fn without_a_number_the_reason_is_said_and_nothing_else() {
    let pack = pack();
    for language in Language::ALL {
        let words = Words::new(language);
        for state in ["missing", "not-applicable", "suppressed"] {
            let facts = Facts {
                word: words.named("state", state),
                note: words.named("state-note", state),
                number: None,
                beside: vec![(Beside::Others, 79.0)],
                ..was(0.0, 92.0)
            };
            let told = &both(&pack, "ov_tijdig", &facts)[usize::from(language == Language::En)];
            assert!(
                told.contains(&format!(": {}. {}", facts.word, facts.note)),
                "{told}"
            );
            assert!(!told.contains("79") && !told.contains("92"), "{told}");
        }
    }
}

/// To be read by eye too: `cargo nextest run --workspace -E 'test(every_title)' --no-capture`.
#[test]
fn every_title_of_the_pack_makes_a_sentence() {
    let pack = pack();
    assert!(pack.indicators.len() >= 69);
    for (id, indicator) in &pack.indicators {
        let facts = Facts {
            beside: vec![(Beside::Others, 12.3)],
            sure: Sure::Provisional(Some(0.95)),
            ..was(14.5, 10.25)
        };
        let judged = indicator.direction != Direction::Neutral;
        let told = both(&pack, id, &facts);
        let verdicts = [[": beter", ": slechter"], [": better", ": worse"]];
        for (told, verdicts) in told.iter().zip(verdicts) {
            println!("{id}: {told}");
            let found = verdicts.iter().any(|v| told.contains(v));
            assert_eq!(found, judged, "{told}");
            for wrong in ["{", "  ", "say-", "..", " ,", ": :", "unit-"] {
                assert!(!told.contains(wrong), "`{wrong}` in {told}");
            }
            assert!(told.ends_with('.'), "{told}");
        }
    }
}
