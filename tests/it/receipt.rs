//! receipt: a real event log of permits, through a mapping alone, to figures computed independently and published.
//!
//! The log: J.C.A.M. Buijs, receipt phase of an environmental permit application process (WABO), CoSeLoG project,
//! doi:10.4121/uuid:a07386a5-7be3-4367-9535-70bc9e77dbe6.

use crate::project::{Project, reference_data};

fn receipt(form: &str, connector: &str) -> Option<Project> {
    let data = reference_data("cases/eventlogs/receipt-wabo")?;
    let project = Project::new(false, "NL0001");
    let mapping = include_str!("receipt/receipt.toml")
        .replace("CONNECTOR", connector)
        .replace("LOCATION", form);
    project.write("sources/wabo.toml", &mapping);
    project.write("sources/regions.toml", include_str!("receipt/regions.toml"));
    project.write(
        "regions.csv",
        "region_code,valid_from,level,name_nl\nNL0001,1900-01-01,municipality,Testgemeente\n",
    );
    std::fs::copy(data.join(form), project.path("raw").join(form)).expect("a copied log");
    project.flow();
    Some(project)
}

fn one(project: &Project, sql: &str) -> String {
    project.rows(sql).join(" ")
}

fn near(found: &str, expected: f64) {
    let found: f64 = found.parse().expect("a number");
    assert!((found - expected).abs() < 5e-7, "{found} is not {expected}");
}

#[test]
fn the_receipt_log_gives_its_known_figures_in_both_forms() {
    let Some(xes) = receipt("receipt.xes.gz", "xes") else {
        return;
    };
    assert_eq!(
        one(
            &xes,
            "select count(*), count(closed_on), count(*) filter (where decided_on <= due_on), count(*) filter (where decided_at <= due_at) from cases"
        ),
        "1434,1329,1020,952"
    );
    assert_eq!(one(&xes, "select count(*) from events"), "8577");
    assert_eq!(
        one(
            &xes,
            "select channel, count(*) from cases group by channel order by count(*) desc"
        ),
        "digital,1250 counter,109 post,53 email,21 ex_officio,1"
    );
    let days = "median(calendar_days(received_on, closed_on)), percentile_cont(calendar_days(received_on, closed_on), 0.9)";
    assert_eq!(
        one(&xes, &format!("select {days} from cases")),
        "50.0,105.0"
    );
    near(
        &one(
            &xes,
            "select avg(calendar_days(received_on, closed_on)) from cases",
        ),
        58.542513,
    );
    // Two cases end before they start: kept, with a warning; so are the values EMPTY.
    assert_eq!(
        one(
            &xes,
            "select rule, severity, count(*) from rejections group by rule, severity order by rule"
        ),
        "closed_time_before_received,warn,2 placeholder,warn,1936 volume,warn,3"
    );

    // As facts and figures, the way every page reads them.
    assert_eq!(
        one(
            &xes,
            "select count(*), count(*) filter (where numerator) from facts.ov_tijdig"
        ),
        "1374,1020"
    );
    assert_eq!(
        one(
            &xes,
            "select count(*), count(*) filter (where numerator) from facts.ov_tijdig_beslist"
        ),
        "1329,1020"
    );
    let total = |what: &str| {
        format!(
            "select sum({what}) from figures where indicator_id = 'ov_tijdig' and period_kind = 'year' and slice = '' and territory = 'as_recorded'"
        )
    };
    assert_eq!(
        (
            one(&xes, &total("numerator")),
            one(&xes, &total("denominator"))
        ),
        ("1020.000000".into(), "1374.000000".into())
    );
    let open = "select value from figures where indicator_id = 'zaak_open' and period_kind = 'month' and slice = '' and territory = 'as_recorded' \
                and period_start in (date '2010-12-01', date '2011-06-01', date '2011-12-01') order by period_start";
    assert_eq!(one(&xes, open), "215.0 228.0 145.0");
    let starts = "select n from figures where indicator_id = 'zaak_ingediend' and period_kind = 'month' and slice = '' and territory = 'as_recorded' order by period_start";
    assert_eq!(
        one(&xes, starts),
        "85 112 132 80 108 130 100 86 106 119 31 94 107 86 47 11"
    );
    let digital = "select sum(numerator) / sum(denominator) * 100 from figures where indicator_id = 'zaak_digitaal' and period_kind = 'year' and slice = '' and territory = 'as_recorded'";
    let share: f64 = one(&xes, digital).parse().expect("a number");
    assert!((share - 87.1688).abs() < 5e-5, "{share}");

    let Some(csv) = receipt("receipt.csv.gz", "csv") else {
        return;
    };
    for table in ["cases", "events"] {
        let rows = |p: &Project| {
            let mut rows = p.rows(&format!("select * from {table}"));
            rows.sort();
            rows
        };
        assert_eq!(rows(&xes), rows(&csv), "{table} differs between the forms");
    }
}

/// Mean, median and p90 of the elapsed days over the whole log: a definition whose single period holds all of it would be a
/// year; the log spans three, so they are taken over the facts of the indicators themselves.
#[test]
fn elapsed_days_are_exact_to_the_microsecond() {
    let Some(project) = receipt("receipt.xes.gz", "xes") else {
        return;
    };
    near(
        &one(
            &project,
            "select avg(elapsed_days(received_at, closed_at)) from cases",
        ),
        58.980811,
    );
    near(
        &one(
            &project,
            "select median(elapsed_days(received_at, closed_at)) from cases",
        ),
        50.636994,
    );
    near(
        &one(
            &project,
            "select percentile_cont(elapsed_days(received_at, closed_at), 0.9) from cases",
        ),
        105.552233,
    );
    // The engine's own exact sums agree with the sum over the table, to the last microsecond.
    let engine = "select sum(numerator) from figures where indicator_id = 'zaak_dlt_gemiddeld' and period_kind = 'month' and slice = '' and territory = 'as_recorded'";
    let table = "select sum(cast(arrow_cast(closed_at - received_at, 'Int64') as decimal(38, 6))) from cases";
    assert_eq!(one(&project, engine), one(&project, table));
}
