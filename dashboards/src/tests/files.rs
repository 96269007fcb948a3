//! files: answers that are kept and carried away: tags, downloads, raw rows.

use super::*;

#[tokio::test]
async fn an_answer_is_known_by_its_tag() {
    let router = router(Sample::new(), false);
    for path in pages() {
        let first = ask(&router, &path, &[]).await;
        let tag = first.headers["etag"].to_str().expect("a tag").to_string();
        let again = ask(&router, &path, &[("if-none-match", &format!("W/{tag}"))]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{path}");
        assert!(again.body.is_empty());
    }
    let tag = |body: &Answer| body.headers["etag"].clone();
    let nl = ask(&router, "/nl/", &[]).await;
    let en = ask(&router, "/en/", &[]).await;
    let then = ask(&router, "/nl/?as_of=411", &[]).await;
    assert_ne!(tag(&nl), tag(&en));
    assert_ne!(tag(&nl), tag(&then));
}

#[tokio::test]
async fn files_speak_the_language_and_say_they_are_invented() {
    let router = router(Sample::new(), false);
    let query = "region=12041&kind=quarter";
    let nl = ask(
        &router,
        &format!("/nl/indicators/ov_tijdig/series.csv?{query}"),
        &[],
    )
    .await;
    assert_eq!(nl.headers["content-type"], "text/csv; charset=utf-8");
    assert!(nl.body.contains("indicator;versie;periode") && nl.body.contains("verzonnen"));
    let row = nl.body.lines().last().expect("a row").to_string();
    assert!(
        row.starts_with("ov_tijdig;1.2.0;2025-Q4;12041;Puurs-Sint-Amands;2025-01-01;;98,"),
        "{row}"
    );
    let en = ask(
        &router,
        &format!("/en/indicators/ov_tijdig/series.csv?{query}"),
        &[],
    )
    .await
    .body;
    assert!(en.contains("indicator,version,period") && en.contains(",98."));
    let gap = ask(
        &router,
        &format!("/nl/indicators/att_levertijd/series.csv?{query}"),
        &[],
    )
    .await
    .body;
    let missing = gap
        .lines()
        .find(|l| l.contains(";2023-Q3;"))
        .expect("the gap");
    assert!(missing.contains(";;uur;geen gegevens;;"), "{missing}");
    let svg = ask(
        &router,
        &format!("/nl/indicators/ov_tijdig/chart.svg?{query}"),
        &[],
    )
    .await
    .body;
    assert!(
        svg.contains("verzonnen")
            && svg.contains("31 december 2025")
            && svg.starts_with("<svg xmlns")
    );
    let json = ask(
        &router,
        &format!("/nl/indicators/ov_tijdig/series.json?{query}"),
        &[],
    )
    .await
    .body;
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["synthetic"], true);
    assert_eq!(json["points"].as_array().map(Vec::len), Some(16));
    let rows = ask(
        &router,
        &format!("/nl/quality/{}/rows.csv?rule=lookup", delivery()),
        &[],
    )
    .await
    .body;
    assert_eq!(rows.lines().count(), 2);
    for path in [
        "/nl/figures/ov_tijdig/1.2.0/2025-Q4/2025-01-01/12041.json",
        "/api/figures/ov_tijdig/1.2.0/2025-Q4/2025-01-01/12041",
    ] {
        let proof = ask(&router, path, &[]).await;
        assert_eq!(proof.headers["content-type"], "application/json");
        assert!(proof.body.contains("mijnbeleidsinfo-proof/1"));
    }
}

#[tokio::test]
async fn raw_rows_are_text_and_nothing_else() {
    let router = router(Sample::new(), false);
    let page = ask(&router, &format!("/nl/quality/{}", delivery()), &[])
        .await
        .body;
    assert!(page.contains("&#60;b&#62;vergund") || page.contains("&lt;b&gt;vergund"));
}
