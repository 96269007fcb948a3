//! The catalogue of indicators and the methodology.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::NaiveDate;

use super::ask;
use crate::catalogue::{By, review_overdue};
use crate::sample::{Sample, router};

fn named(page: &str) -> BTreeSet<String> {
    let cards = page.split("<ul class=\"cards\">").skip(1);
    let links = cards.flat_map(|c| c.split("/nl/indicators/").skip(1));
    links
        .map(|l| {
            l.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}

#[tokio::test]
async fn however_it_is_divided_each_indicator_is_there() {
    let sample = Sample::new();
    let all: BTreeSet<String> = sample.snapshot.pack.indicators.keys().cloned().collect();
    let router = router(sample, false);
    for by in By::ALL {
        let page = ask(&router, &format!("/nl/indicators?by={}", by.name()), &[]).await;
        assert_eq!(page.status, StatusCode::OK);
        // By source, one that is fed by nothing at all has no head to stand under but that.
        assert_eq!(named(&page.body), all, "by {}", by.name());
    }
    let unknown = ask(&router, "/nl/indicators?by=colour", &[]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn words_that_are_looked_for_all_stand_in_what_is_found() {
    let router = router(Sample::new(), false);
    let found = ask(
        &router,
        "/nl/indicators?q=Omgevingsvergunningsdecreet%20beroep",
        &[],
    )
    .await;
    let found = named(&found.body);
    assert!(
        found.contains("ov_beroep") && !found.contains("ov_tijdig"),
        "{found:?}"
    );
    let nothing = ask(&router, "/nl/indicators?q=eenhoorn", &[]).await.body;
    assert!(named(&nothing).is_empty() && nothing.contains("Geen indicator heeft al die woorden"));
}

#[tokio::test]
async fn the_methodology_prints_every_definition_with_its_sql() {
    let sample = Sample::new();
    let pack = sample.snapshot.pack.clone();
    let router = router(sample, false);
    for lang in ["nl", "en"] {
        let page = ask(&router, &format!("/{lang}/methodology"), &[]).await;
        assert_eq!(page.status, StatusCode::OK);
        for indicator in pack.indicators.values() {
            assert!(
                page.body.contains(&format!("id=\"{}\"", indicator.id)),
                "{}",
                indicator.id
            );
        }
        assert!(page.body.contains("from permit_cases"));
        let method = ["telt als te laat", "counts as late"];
        assert!(method.iter().any(|text| page.body.contains(text)));
    }
}

#[tokio::test]
async fn the_catalogue_is_there_for_programs() {
    let sample = Sample::new();
    let count = sample.snapshot.pack.indicators.len();
    let router = router(sample, false);
    let answer = ask(&router, "/api/indicators", &[]).await;
    let list: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    let list = list.as_array().expect("a list");
    assert_eq!(list.len(), count);
    let on_time = list.iter().find(|e| e["indicator"] == "ov_tijdig");
    let on_time = on_time.expect("ov_tijdig is in it");
    assert_eq!(on_time["theme"], "vergunningen");
    assert_eq!(
        on_time["method"]["en"],
        "A case open past its term counts as late."
    );
    assert!(
        on_time["figures"]["regions"].as_u64() > Some(1),
        "{on_time}"
    );
}

#[test]
fn a_review_is_overdue_from_twelve_months_on() {
    let mut indicator = Sample::new().snapshot.pack.indicators["ov_tijdig"].clone();
    let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
    indicator.reviewed_on = Some(day("2025-03-10"));
    assert!(!review_overdue(&indicator, day("2026-03-10")));
    assert!(review_overdue(&indicator, day("2026-03-11")));
    indicator.reviewed_on = None;
    assert!(!review_overdue(&indicator, day("2026-03-11")));
}
