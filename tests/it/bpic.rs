//! bpic: building permits of two Dutch municipalities, as event logs, through one mapping to what is known of them.
//!
//! The logs: B.F. van Dongen, BPI Challenge 2015, doi:10.4121/uuid:31a308ef-c844-48da-948c-305d167a0ec1, municipalities 1 and 2.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::independent::is_counted_again;
use crate::project::{Project, reference_data};

/// Log, municipality, and the published numbers of cases and of completed events.
const LOGS: [(&str, &str, usize, usize); 2] = [
    ("T_BPIC15_1", "NL0001", 1_199, 27_409),
    ("T_BPIC15_2", "NL0002", 832, 25_344),
];

/// Indicators that hold a whole log in one figure: every span is dated on one day.
const SPANS: [(&str, &str); 3] = [
    ("span_mean", "kind = \"mean\""),
    ("span_median", "kind = \"quantile\"\nquantile = 0.5"),
    ("span_p90", "kind = \"quantile\"\nquantile = 0.9"),
];

fn with_logs(data: &Path) -> Project {
    let project = Project::with_packs(false, "NL0001\", \"NL0002", "builtin:vlavirgem\", \"more");
    for (id, kind) in SPANS {
        project.add_indicator(
            id,
            &format!("{kind}\nperiods = [\"year\"]\nslices = [[]]\nunit = \"days\""),
            "select system, municipality_code, date '2015-06-30' as date, closed_at - received_at as value from cases",
        );
    }
    project.write("sources/regions.toml", include_str!("receipt/regions.toml"));
    let mut regions = "region_code,valid_from,level,name_nl\n".to_string();
    for (log, municipality, ..) in LOGS {
        let file = format!("{log}.xes.gz");
        let mapping = include_str!("bpic/bpic.toml")
            .replace("LOCATION", &file)
            .replace("SYSTEM", log)
            .replace("MUNICIPALITY", municipality);
        project.write(&format!("sources/{}.toml", log.to_lowercase()), &mapping);
        regions.push_str(&format!("{municipality},1900-01-01,municipality,{log}\n"));
        std::fs::copy(data.join(&file), project.path("raw").join(&file)).expect("a copied log");
    }
    project.write("regions.csv", &regions);
    project.flow();
    project
}

fn near(found: &str, expected: &Value) {
    let found: f64 = found.parse().expect("a number");
    let expected = expected.as_f64().expect("a number");
    assert!((found - expected).abs() < 1e-6, "{found} is not {expected}");
}

#[test]
fn two_logs_of_building_permits_give_their_known_figures() {
    let Some(data) = reference_data("cases/eventlogs/bpic2015") else {
        return;
    };
    let text = std::fs::read_to_string(data.join("reference_dev.json")).expect("what is known");
    let known: Value = serde_json::from_str(&text).expect("JSON");
    let project = with_logs(&data);
    for (log, municipality, cases, events) in LOGS {
        let of = format!("where municipality_code = '{municipality}'");
        let one = |sql: &str| project.rows(sql).join(" ");
        assert_eq!(
            one(&format!("select count(*) from cases {of}")),
            cases.to_string()
        );
        assert_eq!(
            one(&format!("select count(*) from events {of}")),
            events.to_string()
        );
        let whole = &known[log]["all_events"];
        assert_eq!(whole["cases"], cases);
        assert_eq!(known[log]["complete_only"]["events"], events);

        for (indicator, name) in [
            ("span_mean", "mean"),
            ("span_median", "median"),
            ("span_p90", "p90"),
        ] {
            let span = format!(
                "select value from figures where indicator_id = '{indicator}' and region_code = '{municipality}' and territory = 'as_recorded' and n > 0"
            );
            near(&one(&span), &whole[format!("throughput_days_{name}")]);
        }

        // Per month of the clock on the wall there, as facts were counted into figures.
        let months = format!(
            "select period_start, n from figures where indicator_id = 'zaak_ingediend' and period_kind = 'month' and slice = '' \
             and territory = 'as_recorded' and region_code = '{municipality}' and n > 0"
        );
        let found: BTreeMap<String, u64> = project
            .rows(&months)
            .iter()
            .filter_map(|row| row.split_once(','))
            .map(|(month, n)| (month[..7].to_string(), n.parse().expect("a count")))
            .collect();
        let started = &whole["cases_started_per_month_Europe/Amsterdam"];
        let started: BTreeMap<String, u64> =
            serde_json::from_value(started.clone()).expect("months");
        assert_eq!(found, started, "{log}");
    }
    is_counted_again(&project);
}
