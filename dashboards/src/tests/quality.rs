//! tests/quality: what is odd about deliveries, the checks over all data, and profiles that never show a personal value.

use super::*;

#[tokio::test]
async fn alarms_stand_on_the_page_of_quality_and_of_their_delivery() {
    let router = router(Sample::new(), false);
    let delivery = delivery();
    for path in ["/nl/quality".to_string(), format!("/nl/quality/{delivery}")] {
        let page = ask(&router, &path, &[]).await.body;
        assert!(page.contains("Opvallend aan leveringen"), "{path}");
        assert!(
            page.contains("274 rijen van 2024, waar er 1417 gewoon zijn"),
            "{path}"
        );
        assert!(page.contains("Ongewoon aantal rijen"), "{path}");
    }
    let english = ask(&router, "/en/quality", &[]).await.body;
    assert!(english.contains("Odd about deliveries") && english.contains("Unusual number of rows"));
    let other = &Sample::new().deliveries[1].delivery;
    let other = ask(&router, &format!("/nl/quality/{other}"), &[])
        .await
        .body;
    assert!(!other.contains("Opvallend aan leveringen"));
}

#[tokio::test]
async fn checks_over_all_data_say_what_holds_and_which_figures_are_touched() {
    let page = ask(&router(Sample::new(), false), "/nl/quality", &[])
        .await
        .body;
    assert!(page.contains("Controles over alle gegevens"));
    assert!(page.contains("Geen jaar heeft minder dan de helft"));
    assert!(page.contains("1 rij wijkt af."));
    assert!(page.contains("/nl/indicators/ov_tijdig"));
    // The one that finds nothing comes after the one that does.
    let at = |text: &str| page.find(text).expect("on the page");
    assert!(at("year_volume") < at("phases_overlap"));
}

#[tokio::test]
async fn a_profile_is_on_the_page_and_comes_as_json() {
    let router = router(Sample::new(), false);
    let delivery = delivery();
    let page = ask(&router, &format!("/nl/quality/{delivery}"), &[])
        .await
        .body;
    for text in [
        "Profiel",
        "2025-12-01 – 2025-12-31",
        "gaat over personen: alleen geteld",
        "promised_on",
    ] {
        assert!(page.contains(text), "{text}");
    }
    let answer = ask(&router, &format!("/api/deliveries/{delivery}/profile"), &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    let profile: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    let columns = &profile["omgevingsloket"][0]["columns"];
    assert_eq!(columns[1]["top"][0], serde_json::json!(["digital", 700]));
    assert!(profile["omgevingsloket"][0].get("prints").is_none());
    assert_eq!(
        ask(&router, "/api/deliveries/deadbeef/profile", &[])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn the_page_of_an_indicator_says_what_a_check_found_here() {
    let router = router(Sample::new(), false);
    let here = ask(&router, "/nl/indicators/ov_tijdig?region=12041", &[])
        .await
        .body;
    assert!(here.contains("Kijk dit na voor u dit cijfer gebruikt"));
    assert!(here.contains("Geen jaar heeft minder dan de helft"));
    let elsewhere = ask(&router, "/nl/indicators/ov_tijdig?region=11001", &[])
        .await
        .body;
    assert!(!elsewhere.contains("Kijk dit na voor u dit cijfer gebruikt"));
}
