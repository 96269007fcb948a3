//! tests: the routes as a reader meets them, over the invented figures.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tower::ServiceExt;

use crate::sample::{Sample, router};

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    body: String,
}

mod catalogue;
mod compare;
mod files;
mod lineage;
mod quality;

async fn ask(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a body");
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

fn delivery() -> String {
    Sample::new().deliveries[0].delivery.clone()
}

fn pages() -> Vec<String> {
    let delivery = delivery();
    let mut pages = Vec::new();
    for lang in ["nl", "en"] {
        for path in [
            "/",
            "/?region=12041",
            "/?region=all&territory=as_recorded",
            "/boards",
            "/boards/vergunningen?region=12041",
            "/boards/vergunningen?region=11002&territory=as_recorded&period=2025",
            "/boards/dienstverlening?compare=12025&as_of=411",
            "/boards/vergunningen?region=12041&compare=previous&compare=group:landelijk&compare=group:nearest&compare=12025",
            "/boards/vergunningen?compare=none",
            "/indicators/ov_dlt_gewoon?region=12041&compare=province&compare=rolling&compare=target",
            "/targets",
            "/targets?region=12041&as_of=411",
            "/indicators",
            "/indicators?by=law&q=termijn",
            "/methodology",
            "/indicators/ov_tijdig",
            "/indicators/ov_tijdig?region=11002&territory=as_recorded&kind=month",
            "/indicators/ov_tijdig?slice=channel%3Ddigital&region=12041",
            "/indicators/att_levertijd?region=12041&period=2023-Q3",
            "/indicators/ov_beroep?region=37021",
            "/indicators/klacht_1000",
            "/indicators/zaak_doorstroom?period=2024-05",
            "/indicators/ov_achterstand?region=11001&as_of=2026-01-03",
            "/figures/ov_tijdig/1.2.0/2025-Q4/2025-01-01/12041",
            "/figures/ov_beroep/1.2.0/2025-Q4/2025-01-01/12041?run=3",
            "/changes/ov_tijdig/1.2.0/2025-Q4/2025-01-01/12041?from=3&to=4",
            "/lineage/ov_tijdig/1.2.0/2025-Q4/2025-01-01/12041",
            "/figures/ov_tijdig/1.2.0/2025-Q4/2025-01-01/12041/channel=digital",
            "/definitions/ov_tijdig",
            "/quality",
            "/data",
            "/about",
        ] {
            pages.push(format!("/{lang}{path}"));
        }
        pages.push(format!("/{lang}/quality/{delivery}"));
        pages.push(format!("/{lang}/quality/{delivery}?rule=type"));
    }
    pages
}

#[tokio::test]
async fn every_page_says_its_language_its_cutoff_and_that_it_is_invented() {
    let router = router(Sample::new(), false);
    for path in pages() {
        let page = ask(&router, &path, &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
        let (lang, invented, cutoff) = if path.starts_with("/nl") {
            (
                "nl",
                "Dossiers, registers en statistieken zijn verzonnen",
                "31 december 2025",
            )
        } else {
            (
                "en",
                "Cases, registers and statistics are invented",
                "31 December 2025",
            )
        };
        assert!(
            page.body.contains(&format!("<html lang=\"{lang}\">")),
            "{path}"
        );
        assert!(page.body.contains(invented), "{path}");
        assert!(page.body.contains(cutoff), "{path}");
        assert!(!page.body.contains("style=\""), "{path}: inline style");
        assert!(!page.body.contains("NaN"), "{path}");
        assert!(
            page.headers["content-security-policy"]
                .to_str()
                .is_ok_and(|p| !p.contains("unsafe"))
        );
    }
}

#[tokio::test]
async fn numbers_follow_the_language() {
    let router = router(Sample::new(), false);
    let nl = ask(&router, "/nl/quality", &[]).await.body;
    let en = ask(&router, "/en/quality", &[]).await.body;
    assert!(nl.contains("542.110") && !nl.contains("542,110"));
    assert!(en.contains("542,110") && !en.contains("542.110"));
}

#[tokio::test]
async fn states_are_words_and_never_zero() {
    let router = router(Sample::new(), false);
    let missing = ask(&router, "/nl/indicators/ov_tijdig?region=11001", &[])
        .await
        .body;
    assert!(missing.contains("<p class=\"huge word\">geen gegevens</p>"));
    let nothing = ask(&router, "/nl/indicators/ov_beroep?region=12041", &[])
        .await
        .body;
    assert!(nothing.contains("<p class=\"huge word\">niet van toepassing</p>"));
    let zero = ask(&router, "/nl/indicators/ov_achterstand?region=11001", &[])
        .await
        .body;
    assert!(zero.contains("<b>0</b>"));
    let hidden = ask(&router, "/nl/indicators/ov_tijdig?region=12041", &[])
        .await
        .body;
    assert!(hidden.contains("verborgen"));
    let unknown = ask(&router, "/nl/indicators/ov_tijdig?region=12025", &[])
        .await
        .body;
    assert!(unknown.contains("volledigheid onbekend"));
    let known = ask(&router, "/nl/boards/vergunningen?region=12041", &[])
        .await
        .body;
    assert!(known.contains("97\u{a0}% volledig") && !known.contains("volledigheid onbekend"));
}

#[tokio::test]
async fn new_ground_breaks_the_recorded_series_only() {
    let router = router(Sample::new(), false);
    let recorded = ask(
        &router,
        "/nl/indicators/ov_tijdig?region=11002&territory=as_recorded",
        &[],
    )
    .await
    .body;
    assert!(recorded.contains("Borsbeek komt erbij") && recorded.contains("s-break"));
    // The quarter a year earlier was on the old ground.
    assert!(recorded.contains("ander grondgebied"));
    let vintage = ask(&router, "/nl/indicators/ov_tijdig?region=11002", &[])
        .await
        .body;
    assert!(!vintage.contains("Borsbeek komt erbij") && !vintage.contains("ander grondgebied"));
    // The first quarter on the new ground is not held against the old.
    let first = ask(
        &router,
        "/nl/indicators/ov_tijdig?region=11002&territory=as_recorded&period=2025-Q1",
        &[],
    )
    .await
    .body;
    assert!(first.contains("ander grondgebied"));
}

#[tokio::test]
async fn a_municipality_that_is_gone_is_not_missing() {
    let router = router(Sample::new(), false);
    let path = "/nl/indicators/ov_tijdig?region=11007&territory=as_recorded";
    let page = ask(&router, path, &[]).await.body;
    assert!(page.contains("ging op 1 januari 2025 op in Antwerpen"));
    assert!(page.contains("<p class=\"huge word\">niet van toepassing</p>"));
    let born = ask(
        &router,
        "/nl/indicators/ov_tijdig?region=46030&territory=as_recorded&period=2024-Q4",
        &[],
    )
    .await
    .body;
    assert!(born.contains("bestond toen nog niet"));
}

#[tokio::test]
async fn looking_back_says_so_and_shows_what_stood_then() {
    let router = router(Sample::new(), false);
    let path = "/nl/indicators/ov_tijdig?region=12041";
    let now = ask(&router, path, &[]).await.body;
    let then = ask(&router, &format!("{path}&as_of=411"), &[]).await.body;
    assert!(then.contains("U kijkt terug") && !now.contains("U kijkt terug"));
    let figure = |body: &str| {
        body.split("class=\"huge\"")
            .nth(1)
            .and_then(|b| b.split("</b>").next())
            .map(String::from)
    };
    assert_ne!(figure(&now), figure(&then));
    assert!(then.contains("run=3"), "proofs of then");
}

#[tokio::test]
async fn what_is_not_there_is_explained() {
    let router = router(Sample::new(), false);
    for (path, status, code) in [
        ("/nl/indicators/onbekend", 404, "indicator"),
        ("/nl/boards/onbekend", 404, "board"),
        ("/nl/boards/vergunningen?region=99999", 404, "region"),
        (
            "/nl/indicators/ov_tijdig?region=%3Cscript%3E",
            404,
            "region",
        ),
        ("/nl/indicators/ov_tijdig?period=gisteren", 400, "period"),
        ("/nl/indicators/klacht_1000?period=2025-Q4", 404, "kind"),
        ("/nl/indicators/ov_tijdig?kind=week", 404, "kind"),
        ("/nl/indicators/ov_tijdig?slice=x", 400, "slice"),
        ("/nl/indicators/ov_tijdig?slice=channel%3Dfax", 404, "slice"),
        (
            "/nl/indicators/ov_tijdig?territory=1800-01-01",
            404,
            "territory",
        ),
        ("/nl/boards/vergunningen?as_of=ooit", 400, "as-of"),
        ("/nl/boards/vergunningen?as_of=1", 404, "nothing-then"),
        ("/nl/figures/a/b", 400, "address"),
        (
            "/nl/figures/ov_tijdig/1.2.0/2030-Q4/2025-01-01/12041",
            404,
            "not-found",
        ),
        ("/nl/quality/deadbeef", 404, "delivery"),
        ("/nl/data/x/y", 404, "page"),
        ("/data/x/1/../../secret", 404, "page"),
        ("/data/ov_tijdig/9/data.csv", 404, "release-file"),
        ("/fr/", 404, "page"),
        ("/static/nothing.css", 404, "page"),
    ] {
        let page = ask(&router, path, &[]).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(
            page.body.contains(&format!("<code>{code}</code>")),
            "{path}: {}",
            page.body
        );
        assert!(!page.body.contains("<script>"), "{path}");
        assert!(
            !page.body.contains("trouble-"),
            "{path}: a sentence is missing"
        );
        if path != "/nl/indicators/onbekend" {
            assert!(
                page.body.contains("verzonnen"),
                "{path}: once known it is said everywhere"
            );
        }
    }
}

#[tokio::test]
async fn nothing_computed_yet_is_a_page_not_an_error() {
    let router = router(Sample::empty(), false);
    for (path, words) in [
        ("/nl/", "Nog geen cijfers"),
        ("/en/indicators/ov_tijdig", "No figures yet"),
        ("/nl/quality", "Er is nog niets binnengekomen"),
        ("/nl/data", "Er is nog niets gepubliceerd"),
    ] {
        let page = ask(&router, path, &[]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.contains(words), "{path}");
    }
}

#[tokio::test]
async fn the_public_side_has_only_what_is_published() {
    let router = router(Sample::new(), true);
    for path in pages() {
        let open = path.ends_with("/data") || path.ends_with('/') || path.contains("/?");
        let page = ask(&router, &path, &[]).await;
        assert_eq!(page.status.is_success(), open, "{path}");
        assert!(!page.body.contains("Puurs-Sint-Amands"), "{path}");
        if !open {
            assert!(page.body.contains("<code>closed</code>"), "{path}");
        }
    }
    for path in [
        "/api/figures/ov_tijdig/1.2.0/2025-Q4/2025-01-01/12041",
        "/nl/indicators/ov_tijdig/series.csv",
    ] {
        assert_eq!(
            ask(&router, path, &[]).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let home = ask(&router, "/en/", &[]).await.body;
    assert!(home.contains("Only what is published stands here"));
    let file = ask(&router, "/data/ov_tijdig/1.2.0-2025-12-31-4/data.csv", &[]).await;
    assert_eq!(file.status, StatusCode::OK);
    assert!(
        file.headers["cache-control"]
            .to_str()
            .is_ok_and(|v| v.contains("immutable"))
    );
}

#[tokio::test]
async fn the_root_follows_the_reader() {
    let router = router(Sample::new(), false);
    for (accept, to) in [
        ("", "/nl/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("fr,en;q=0.4,nl;q=0.8", "/nl/"),
        ("fr", "/nl/"),
    ] {
        let answer = ask(&router, "/", &[("accept-language", accept)]).await;
        assert_eq!(answer.headers["location"], to, "{accept}");
    }
    let newest = ask(&router, "/data/ov_tijdig", &[]).await;
    assert_eq!(
        newest.headers["location"],
        "/data/ov_tijdig/1.2.0-2025-12-31-4/data.csv"
    );
}

#[tokio::test]
async fn what_needs_attention_comes_first_by_the_rule() {
    let router = router(Sample::new(), false);
    let page = ask(&router, "/nl/?region=12041", &[]).await.body;
    let urgent = page
        .split("class=\"urgent\"")
        .nth(1)
        .and_then(|p| p.split("</ol>").next())
        .expect("what is urgent");
    assert!(urgent.contains("Achterstand") && urgent.contains("Van schema af"));
    assert!(!urgent.contains("Beslist binnen"), "its target is reached");

    // On the page of the figure the same is said in the same words.
    let after = |text: &str, mark: &str| -> String {
        let rest = text.split(mark).nth(1).expect("the mark is there");
        rest.split('<').next().unwrap_or_default().to_string()
    };
    let told = after(urgent, "class=\"u-text\">");
    let href = urgent
        .split("href=\"")
        .nth(1)
        .and_then(|h| h.split('"').next());
    let href = href.expect("an address").replace("&amp;", "&");
    let figure = ask(&router, &href, &[]).await.body;
    let said = after(&figure, "class=\"said\"><h3>In woorden</h3><p>");
    let parts: Vec<&str> = told.trim_end_matches('.').split("; ").collect();
    assert!(parts.len() > 1, "{told}");
    for part in parts {
        assert!(
            said.contains(part),
            "`{part}` of the home page is not in: {said}"
        );
    }
}
