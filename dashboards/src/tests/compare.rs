//! tests/compare: several comparisons at once, on the pages and in the JSON; what is refused, and what is marked.

use std::sync::Arc;

use beleidsinfo_warehouse::figure::{Figure, Status};
use beleidsinfo_warehouse::index::FigureIndex;
use beleidsinfo_warehouse::period::{Period, PeriodKind};
use beleidsinfo_warehouse::region::{Region, RegionBook};
use serde_json::Value;

use super::*;

/// The sample with other figures.
fn changed(change: impl Fn(&mut Figure)) -> Router {
    let mut sample = Sample::new();
    let snapshot = Arc::get_mut(&mut sample.snapshot).expect("the only one");
    let runs: Vec<_> = snapshot.figures.runs().cloned().collect();
    let mut figures: Vec<Figure> = snapshot.figures.all_at(4).cloned().collect();
    figures.iter_mut().for_each(change);
    snapshot.figures = Arc::new(FigureIndex::new(runs, figures));
    router(sample, false)
}

const DLT: &str = "/nl/indicators/ov_dlt_gewoon/series.json?region=12041&period=2025-Q3";

async fn json(router: &Router, path: &str) -> Value {
    let answer = ask(router, path, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    serde_json::from_str(&answer.body).expect("JSON")
}

/// What stands against one comparison.
fn held<'a>(json: &'a Value, against: &str) -> &'a Value {
    let all = json["comparisons"].as_array().expect("a list");
    let found = all.iter().find(|c| c["against"] == against);
    found.unwrap_or_else(|| panic!("no {against} in {all:?}"))
}

#[tokio::test]
async fn several_comparisons_stand_at_once_and_are_remembered() {
    let router = router(Sample::new(), false);
    let asked =
        "compare=previous&compare=year&compare=group:landelijk&compare=group:nearest&compare=12025";
    let page = ask(
        &router,
        &format!("/nl/boards/vergunningen?region=12041&{asked}"),
        &[],
    )
    .await;
    for words in [
        "<dt>3de kwartaal 2025</dt>",
        "<dt>4de kwartaal 2024</dt>",
        "<dt>Mediaan landelijke gemeenten</dt>",
        "<dt>Mediaan gelijkende gemeenten</dt>",
        "<dt>Mechelen</dt>",
    ] {
        assert!(page.body.contains(words), "no {words}");
    }
    // Neither the target nor the median of all others was asked for.
    assert!(!page.body.contains("<dt>Mediaan anderen</dt>"));
    assert!(!page.body.contains("<dt>Doel, beslist"));
    // Links and boxes keep the choice; the language link keeps the address.
    assert!(
        page.body
            .contains("compare=previous&#38;compare=year&#38;compare=group%3Alandelijk")
    );
    assert!(
        page.body
            .contains("name=\"compare\" value=\"group:nearest\" checked")
    );
    assert!(page.body.contains("<option value=\"12025\" selected>"));
    // Nothing at all is a choice too.
    let none = ask(
        &router,
        "/nl/boards/vergunningen?region=12041&compare=none",
        &[],
    )
    .await;
    assert!(!none.body.contains("<dt>"));
    assert!(none.body.contains("compare=none"));
    // A group of one municipality is offered to that one.
    let other = ask(&router, "/nl/boards/vergunningen?region=11001", &[]).await;
    assert!(!other.body.contains("value=\"group:nearest\""));
    assert!(other.body.contains("value=\"group:landelijk\""));
}

#[tokio::test]
async fn what_nobody_knows_is_not_found() {
    let router = router(Sample::new(), false);
    for (asked, said) in [
        ("group:rijk", "De vergelijkingsgroep rijk is er niet."),
        ("99999", "Voor gemeente 99999"),
    ] {
        let page = ask(
            &router,
            &format!("/nl/boards/vergunningen?compare={asked}"),
            &[],
        )
        .await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.body.contains(said), "{said}");
    }
}

#[tokio::test]
async fn a_group_says_who_counts_and_who_is_mixed() {
    // Wingene has no figure, Lievegem's is half there.
    let router = changed(|f| match &*f.address.region {
        "37021" => f.address.indicator = "elsewhere".into(),
        "44085" => (f.status, f.completeness) = (Status::Provisional, Some(0.5)),
        _ => {}
    });
    let asked = format!("{DLT}&compare=group:landelijk");
    let json = json(&router, &asked).await;
    let group = held(&json, "group:landelijk");
    assert_eq!(
        group["marks"][0]["text"],
        "2 van de 4 gemeenten, zonder Wingene, Lievegem"
    );
    assert_eq!(
        (&group["marks"][0]["counted"], &group["marks"][0]["members"]),
        (&2.into(), &4.into())
    );
    assert_eq!(
        group["marks"][1]["text"],
        "gemengd: Beveren-Kruibeke-Zwijndrecht"
    );
    // The median of the two that count, one's own left out.
    let value = |region: &str| {
        let sample = Sample::new();
        let address = format!("ov_dlt_gewoon/1.2.0/2025-Q3/2025-01-01/{region}");
        let address = beleidsinfo_warehouse::figure::Address::parse(&address).expect("an address");
        sample
            .snapshot
            .figures
            .get(&address, 4)
            .and_then(|f| f.value)
            .expect("a value")
    };
    let middle = (value("23106") + value("46030")) / 2.0;
    let found = group["value"].as_f64().expect("a number");
    assert!((found - middle).abs() < 1e-5, "{found} is not {middle}");
    let page = ask(
        &router,
        "/nl/boards/vergunningen?region=12041&period=2025-Q3&compare=group:landelijk",
        &[],
    )
    .await;
    assert!(page.body.contains("<small>2 van de 4 · 1 gemengd</small>"));
    // Before the version begins there is no such group.
    let early = "/nl/indicators/ov_dlt_gewoon/series.json?region=12041&period=2023-Q3&compare=group:landelijk";
    let json = self::json(&router, early).await;
    let group = held(&json, "group:landelijk");
    assert_eq!(
        (&group["refused"]["why"], &group["value"]),
        (&"not-then".into(), &Value::Null)
    );
    // A group made for another is none for this one.
    let other = "/nl/indicators/ov_dlt_gewoon/series.json?region=11001&period=2025-Q3&compare=group:nearest";
    let json = self::json(&router, other).await;
    assert_eq!(
        held(&json, "group:nearest")["refused"]["text"],
        "geen groep voor deze gemeente"
    );
}

#[tokio::test]
async fn what_is_too_incomplete_is_not_compared() {
    let theirs = changed(|f| {
        if f.address.period.code() == "2024-Q3" {
            (f.status, f.completeness) = (Status::Provisional, Some(0.89));
        }
    });
    let json = json(&theirs, DLT).await;
    assert_eq!(held(&json, "year")["refused"]["why"], "incomplete");
    assert_eq!(
        held(&json, "year")["refused"]["text"],
        "nog maar 89\u{a0}% volledig"
    );
    assert!(held(&json, "previous")["value"].is_number());
    // Nothing is said to be better or worse than such a figure.
    let page = ask(
        &theirs,
        "/nl/indicators/ov_dlt_gewoon?region=12041&period=2025-Q3",
        &[],
    )
    .await;
    assert!(
        page.body
            .contains("<dd class=\"w\">nog maar 89\u{a0}% volledig</dd>")
    );
    assert!(!page.body.contains("<span>Beter ") && !page.body.contains("<span>Slechter "));
    // At the level it is.
    let enough = changed(|f| {
        if f.address.period.code() == "2024-Q3" {
            (f.status, f.completeness) = (Status::Provisional, Some(0.9));
        }
    });
    let json = self::json(&enough, DLT).await;
    assert!(held(&json, "year")["value"].is_number());
    let own = changed(|f| {
        if f.address.period.code() == "2025-Q3" {
            (f.status, f.completeness) = (Status::Provisional, Some(0.6));
        }
    });
    let json = self::json(&own, DLT).await;
    for against in ["previous", "year", "others"] {
        assert_eq!(held(&json, against)["refused"]["why"], "own-incomplete");
    }
    let sentence = json["sentence"].as_str().expect("a sentence");
    assert!(
        sentence.ends_with("maar voor 60\u{a0}% volledig: te weinig om te vergelijken."),
        "{sentence}"
    );
    assert!(!sentence.contains("2024"), "{sentence}");
    let page = ask(
        &own,
        "/nl/boards/vergunningen?region=12041&period=2025-Q3",
        &[],
    )
    .await;
    assert!(
        page.body
            .contains("nog niet: dit cijfer is maar 60\u{a0}% volledig")
    );
}

#[tokio::test]
async fn another_meaning_is_refused_and_another_wording_marked() {
    let earlier = |version: &'static str| {
        changed(move |f| {
            if f.address.period.code() == "2024-Q3" {
                f.address.version = version.into();
            }
        })
    };
    let json = json(&earlier("0.9.0"), DLT).await;
    assert_eq!(held(&json, "year")["refused"]["why"], "other-definition");
    assert_eq!(
        held(&json, "year")["refused"]["text"],
        "andere definitie (versie 0.9.0)"
    );
    let sentence = json["sentence"].as_str().expect("a sentence");
    assert!(
        sentence.contains("(2de kwartaal 2025)"),
        "the period before stands in: {sentence}"
    );
    let json = self::json(&earlier("1.1.0"), DLT).await;
    assert!(held(&json, "year")["value"].is_number());
    assert_eq!(
        held(&json, "year")["marks"][0]["text"],
        "volgens versie 1.1.0"
    );
}

#[tokio::test]
async fn a_target_of_another_meaning_is_not_held_against_the_figure() {
    let mut sample = Sample::new();
    let snapshot = Arc::get_mut(&mut sample.snapshot).expect("the only one");
    for target in &mut snapshot.targets {
        target.indicator_major = 2;
    }
    let router = router(sample, false);
    let page = ask(&router, "/nl/indicators/ov_dlt_gewoon?region=12041", &[]).await;
    assert!(
        page.body.contains(
            "<dd class=\"w\">beslist voor versie 2 van de definitie, die anders telt</dd>"
        )
    );
    assert!(!page.body.contains("; doel "));
}

#[tokio::test]
async fn other_ground_is_refused() {
    let router = router(Sample::new(), false);
    let recorded = "/nl/indicators/ov_dlt_gewoon/series.json?region=11002&territory=as_recorded&period=2025-Q1&compare=year&compare=province&compare=rolling&compare=46030";
    let found = json(&router, recorded).await;
    assert_eq!(held(&found, "year")["refused"]["why"], "other-ground");
    assert_eq!(held(&found, "province")["refused"]["why"], "not-here");
    assert_eq!(held(&found, "rolling")["refused"]["why"], "not-rolling");
    assert!(held(&found, "46030")["value"].is_number());
    let sentence = found["sentence"].as_str().expect("a sentence");
    assert!(
        sentence.contains("niet vergeleken met 1ste kwartaal 2024: ander grondgebied"),
        "{sentence}"
    );
    let before = recorded.replace("2025-Q1", "2024-Q4");
    let found = json(&router, &before).await;
    assert_eq!(
        held(&found, "46030")["refused"]["text"],
        "bestond toen niet"
    );
}

#[tokio::test]
async fn a_parent_without_figures_says_how_many_have_them() {
    let mut sample = Sample::new();
    let snapshot = Arc::get_mut(&mut sample.snapshot).expect("the only one");
    let region = |code: &str, level: &str, parent: Option<&str>| Region {
        code: code.into(),
        valid_from: "1970-01-01".parse().expect("a date"),
        valid_until: None,
        level: level.into(),
        parent: parent.map(String::from),
        name_nl: format!("Gebied {code}"),
    };
    let towns = ["12041", "12025", "13040", "13999"];
    let towns = towns.map(|code| region(code, "municipality", Some("10000")));
    let all = towns.into_iter().chain([region("10000", "province", None)]);
    snapshot.regions = RegionBook::new(all, []);
    let router = router(sample, false);
    let json = json(&router, &format!("{DLT}&compare=province")).await;
    let province = held(&json, "province");
    assert_eq!(province["label"], "Gebied 10000");
    assert_eq!(
        province["refused"]["text"],
        "3 van de 4 gemeenten met een cijfer"
    );
    let page = ask(
        &router,
        "/nl/boards/vergunningen?region=12041&period=2025-Q3&compare=province",
        &[],
    )
    .await;
    assert!(page.body.contains("value=\"province\" checked"));
    assert!(!page.body.contains("value=\"region\""));
}

#[tokio::test]
async fn twelve_months_and_a_province_stand_where_they_are_counted() {
    let mut sample = Sample::new();
    let snapshot = Arc::get_mut(&mut sample.snapshot).expect("the only one");
    let indicator = snapshot.pack.indicators.get_mut("ov_dlt_gewoon");
    let indicator = indicator.expect("an indicator of the sample");
    indicator.periods.push(PeriodKind::RollingYear);
    let runs: Vec<_> = snapshot.figures.runs().cloned().collect();
    let mut figures: Vec<Figure> = snapshot.figures.all_at(4).cloned().collect();
    let own = figures
        .iter()
        .find(|f| f.address.code() == "ov_dlt_gewoon/1.2.0/2025-Q3/2025-01-01/12041");
    let (mut twelve, mut province) = (own.cloned().expect("a figure"), own.cloned().expect("one"));
    twelve.address.period = Period::parse("2025-09-P12M").expect("a period");
    twelve.value = Some(77.5);
    province.address.region = "10000".into();
    province.value = Some(66.5);
    figures.extend([twelve, province]);
    snapshot.figures = Arc::new(FigureIndex::new(runs, figures));
    let region = |code: &str, level: &str, parent: Option<&str>| Region {
        code: code.into(),
        valid_from: "1970-01-01".parse().expect("a date"),
        valid_until: None,
        level: level.into(),
        parent: parent.map(String::from),
        name_nl: format!("Gebied {code}"),
    };
    snapshot.regions = RegionBook::new(
        [
            region("12041", "municipality", Some("10000")),
            region("10000", "province", None),
        ],
        [],
    );
    let router = router(sample, false);
    let json = json(&router, &format!("{DLT}&compare=rolling&compare=province")).await;
    assert_eq!(held(&json, "rolling")["value"], 77.5);
    assert_eq!(
        held(&json, "rolling")["label"],
        "12 maanden tot en met september 2025"
    );
    assert_eq!(held(&json, "province")["value"], 66.5);
    let sentence = json["sentence"].as_str().expect("a sentence");
    assert!(
        sentence.contains(
            "; 77,5\u{a0}dagen over 12 maanden tot en met september 2025; Gebied 10000 66,5\u{a0}dagen."
        ),
        "{sentence}"
    );
    // Only a board or page with such an indicator offers it.
    let page = ask(&router, "/nl/indicators/ov_dlt_gewoon?region=12041", &[]).await;
    assert!(page.body.contains("value=\"rolling\""));
    let page = ask(&router, "/nl/indicators/ov_tijdig?region=12041", &[]).await;
    assert!(!page.body.contains("value=\"rolling\""));
}

#[test]
fn the_words_name_the_level_that_is_used() {
    for language in [
        beleidsinfo_warehouse::Language::Nl,
        beleidsinfo_warehouse::Language::En,
    ] {
        let words = crate::words::Words::new(language);
        let level = beleidsinfo_warehouse::figure::COMPLETE_ENOUGH;
        let level = crate::number::percent(level, 0, language);
        // A file may write a plain space where a number has one that does not break.
        let plain = |text: &str| text.replace('\u{a0}', " ");
        for key in ["compare-rule", "about-compare-text"] {
            assert!(
                plain(&words.t(key)).contains(&plain(&level)),
                "{key}: {level}"
            );
        }
    }
}
