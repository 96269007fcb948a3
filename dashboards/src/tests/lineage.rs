//! tests/lineage: where an indicator comes from, and which figures rest on a file, as picture, table and JSON.

use super::*;

#[tokio::test]
async fn an_indicator_shows_its_sources_tables_and_columns_as_picture_and_as_table() {
    let router = router(Sample::new(), false);
    let page = ask(&router, "/nl/indicators/ov_tijdig", &[]).await.body;
    let (_, section) = page.split_once("id=\"lineage\"").expect("the section");
    assert!(section.starts_with(">Waar komt dit vandaan"));
    for (class, id) in [("chart across", "lineage-w"), ("chart down", "lineage-n")] {
        assert!(section.contains(&format!(
            "class=\"{class}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\""
        )));
    }
    let words = "Beslist binnen de wettelijke termijn leest deze tabellen: cases (case_id, ";
    assert!(section.contains(words), "the picture in words");
    for text in [
        "\npermit_cases\n</text>",
        "enkel om te filteren",
        "href=\"/nl/sources/omgevingsloket\"",
        "<code>date, numerator</code>",
        "href=\"/api/indicators/ov_tijdig/lineage\"",
    ] {
        assert!(section.contains(text), "{text}");
    }
    // What is held fills nothing.
    assert!(!section.contains("aanvulling"));
    assert!(section.contains(&format!(
        "/nl/quality/{}",
        Sample::new().deliveries[1].delivery
    )));
    let english = ask(&router, "/en/indicators/klacht_1000", &[]).await.body;
    assert!(english.contains("Where this comes from") && english.contains("only used to filter"));
    for text in ["\npopulation\n</text>", "\nto divide by\n</text>"] {
        assert!(english.contains(text), "{text}");
    }
}

#[tokio::test]
async fn a_figure_has_a_page_with_the_files_that_gave_its_rows() {
    let router = router(Sample::new(), false);
    let address = "ov_tijdig/1.2.0/2025-Q4/2025-01-01/11002";
    let proof = ask(&router, &format!("/nl/figures/{address}"), &[]).await;
    let link = format!("href=\"/nl/lineage/{address}\"");
    assert!(proof.body.contains(&link), "the proof leads to it");
    let page = ask(&router, &format!("/nl/lineage/{address}"), &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in [
        "Van bestand tot cijfer",
        "class=\"chart across\" role=\"img\"",
        "Bestanden met rijen van dit grondgebied",
        &format!("href=\"/nl/figures/{address}\""),
        &format!("href=\"/api/lineage/{address}\""),
        &format!("/nl/quality/{}", Sample::new().deliveries[1].delivery),
    ] {
        assert!(page.body.contains(text), "{text}");
    }
    let wrong = ask(&router, "/nl/lineage/ov_tijdig/1.2.0", &[]).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let gone = "/nl/lineage/ov_tijdig/1.2.0/1925-Q4/2025-01-01/11002";
    assert_eq!(ask(&router, gone, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_of_a_file_lists_who_reads_it_and_counts_when_asked() {
    let router = router(Sample::new(), false);
    let path = format!("/nl/quality/{}", Sample::new().deliveries[1].delivery);
    let page = ask(&router, &path, &[]).await.body;
    assert!(page.contains("Cijfers die op dit bestand rusten"));
    assert!(page.contains("href=\"/nl/indicators/ov_tijdig\""));
    assert!(page.contains(&format!("{path}?figures=count#figures")));
    assert!(!page.contains("3.642"));
    let page = ask(&router, &format!("{path}?figures=count"), &[])
        .await
        .body;
    assert!(page.contains("3.642") && page.contains("in 3 gemeenten"));
    assert!(page.contains("href=\"/nl/figures/ov_tijdig/1.2.0/2025-Q4/2025-01-01/11001\""));
    assert!(!page.contains("?figures=count#figures"));
    let held = ask(&router, &format!("/nl/quality/{}", delivery()), &[])
        .await
        .body;
    assert!(held.contains("Geen: dit bestand is tegengehouden."));
}

#[tokio::test]
async fn lineage_comes_as_json_and_never_to_the_public() {
    let delivery = &Sample::new().deliveries[1].delivery;
    let paths = [
        "/api/indicators/ov_tijdig/lineage".to_string(),
        "/api/sources/omgevingsloket/lineage".to_string(),
        "/api/lineage/ov_tijdig/1.2.0/2025-Q4/2025-01-01/11002".to_string(),
        format!("/api/deliveries/{delivery}/lineage"),
    ];
    let (inside, outside) = (router(Sample::new(), false), router(Sample::new(), true));
    for path in &paths {
        let answer = ask(&inside, path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers["content-type"], "application/json");
        serde_json::from_str::<serde_json::Value>(&answer.body).expect("JSON");
        assert_eq!(ask(&outside, path, &[]).await.status, StatusCode::NOT_FOUND);
    }
    let found: serde_json::Value =
        serde_json::from_str(&ask(&inside, &paths[0], &[]).await.body).expect("JSON");
    assert_eq!(found["views"][0]["view"], "permit_cases");
    assert_eq!(found["sources"][0]["source_id"], "klachten");
    for wrong in ["/api/indicators/geen/lineage", "/api/tables/geen/lineage"] {
        assert_eq!(
            ask(&inside, wrong, &[]).await.status,
            StatusCode::NOT_FOUND,
            "{wrong}"
        );
    }
}
