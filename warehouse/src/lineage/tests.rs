use super::*;
use crate::define::define;
use crate::indicator::Kind;
use crate::pack::{Files, builtin_files};

/// The built-in pack with these views beside its own.
fn pack(views: &[(&str, &str)]) -> Pack {
    let mut files: Files = builtin_files();
    for (name, sql) in views {
        files.insert(format!("views/{name}.sql"), (*sql).to_string());
    }
    Pack::parse(files).expect("a pack")
}

/// What a statement reads, as `column: from, …` lines, then `filters: …`.
async fn read(views: &[(&str, &str)], sql: &str) -> Vec<String> {
    let pack = pack(&[views, &[("asked", sql)]].concat());
    let lineage = Lineage::of(&pack).await.expect("a lineage");
    let reading = lineage.to_tables(&lineage.views["asked"]);
    let list = |columns: &Columns| {
        let names: Vec<String> = columns.iter().map(Column::to_string).collect();
        names.join(", ")
    };
    let columns = reading.columns.iter();
    columns
        .map(|(name, from)| format!("{name}: {}", list(from)))
        .chain([format!("filters: {}", list(&reading.filters))])
        .collect()
}

#[tokio::test]
async fn a_column_under_another_name_is_followed_and_a_condition_only_filters() {
    let found = read(
        &[],
        "select c.case_id as id, closed_on as date from cases as c where c.service = 'omgeving'",
    );
    assert_eq!(
        found.await,
        [
            "id: cases.case_id",
            "date: cases.closed_on",
            "filters: cases.service"
        ]
    );
}

#[tokio::test]
async fn a_case_is_made_of_its_conditions_too() {
    let sql = "select case when outcome = 'withdrawn' then null else decided_on end as date, 1 as one from cases";
    assert_eq!(
        read(&[], sql).await,
        [
            "date: cases.decided_on, cases.outcome",
            "one: ",
            "filters: "
        ]
    );
}

#[tokio::test]
async fn a_join_filters_by_its_keys_on_both_sides() {
    let sql = "select c.case_id, r.norm_days from cases c left join reports r on r.case_id = c.case_id and r.norm_days > c.term_days";
    assert_eq!(
        read(&[], sql).await,
        [
            "case_id: cases.case_id",
            "norm_days: reports.norm_days",
            "filters: cases.case_id, cases.term_days, reports.case_id, reports.norm_days"
        ]
    );
}

#[tokio::test]
async fn a_table_joined_with_itself_is_two_readings_of_one() {
    let sql = "select a.closed_on, b.due_on from cases a, cases b where a.case_id = b.case_id";
    assert_eq!(
        read(&[], sql).await,
        [
            "closed_on: cases.closed_on",
            "due_on: cases.due_on",
            "filters: cases.case_id"
        ]
    );
}

#[tokio::test]
async fn a_statement_before_is_looked_into_even_when_it_has_the_name_of_a_table() {
    let sql = "with cases as (select case_id, phase as channel from phases where ended_on is null) select channel from cases";
    assert_eq!(
        read(&[], sql).await,
        ["channel: phases.phase", "filters: phases.ended_on"]
    );
}

#[tokio::test]
async fn what_a_view_leaves_out_is_left_out_for_its_readers() {
    let views = [
        (
            "open_cases",
            "select case_id, due_on as last_day from cases where closed_on is null",
        ),
        (
            "late_cases",
            "select case_id from open_cases where last_day < date '2025-01-01'",
        ),
    ];
    assert_eq!(
        read(&views, "select count(*) as n from late_cases").await,
        ["n: ", "filters: cases.closed_on, cases.due_on"]
    );
    let pack = pack(&views);
    let lineage = Lineage::of(&pack).await.expect("a lineage");
    let by = lineage.table(&pack, "cases.closed_on").expect("a column");
    assert!(by.views.contains("late_cases"), "{:?}", by.views);
}

#[tokio::test]
async fn a_union_adds_column_by_column() {
    let sql = "select 'in' as side, received_on as date from cases union all select 'out', closed_on from cases where closed_on is not null";
    assert_eq!(
        read(&[], sql).await,
        [
            "side: ",
            "date: cases.closed_on, cases.received_on",
            "filters: cases.closed_on"
        ]
    );
    let sql = "select received_on as date from cases union select moved_on from relocations";
    assert_eq!(
        read(&[], sql).await,
        [
            "date: cases.received_on, relocations.moved_on",
            "filters: cases.received_on, relocations.moved_on"
        ]
    );
}

#[tokio::test]
async fn groups_choose_the_rows_and_measures_are_made_of_what_they_measure() {
    let sql = "select channel, max(closed_on) filter (where reopened) as date, count(*) as n from cases \
               group by channel, procedure having min(term_days) > 3";
    assert_eq!(
        read(&[], sql).await,
        [
            "channel: cases.channel",
            "date: cases.closed_on, cases.reopened",
            "n: ",
            "filters: cases.channel, cases.procedure, cases.term_days"
        ]
    );
    let sql = "select channel, grouping(channel) as whole, sum(term_days) as days from cases group by grouping sets ((channel), ())";
    assert_eq!(
        read(&[], sql).await[2..],
        ["days: cases.term_days", "filters: cases.channel"]
    );
}

#[tokio::test]
async fn a_window_is_made_of_what_it_partitions_and_orders_by() {
    let sql = "with ranked as (select case_id, row_number() over (partition by system order by received_on) as place from cases) \
               select case_id, place from ranked where place = 1";
    assert_eq!(
        read(&[], sql).await,
        [
            "case_id: cases.case_id",
            "place: cases.received_on, cases.system",
            "filters: cases.received_on, cases.system"
        ]
    );
}

#[tokio::test]
async fn sorting_chooses_rows_only_before_a_limit() {
    let sorted = "select case_id from cases order by due_on";
    assert_eq!(
        read(&[], sorted).await,
        ["case_id: cases.case_id", "filters: "]
    );
    let first = "select case_id from cases order by due_on limit 5";
    assert_eq!(
        read(&[], first).await,
        ["case_id: cases.case_id", "filters: cases.due_on"]
    );
    let distinct = "select distinct on (channel) case_id from cases order by channel, due_on";
    assert_eq!(
        read(&[], distinct).await,
        [
            "case_id: cases.case_id",
            "filters: cases.channel, cases.due_on"
        ]
    );
}

#[tokio::test]
async fn subqueries_are_followed_with_the_columns_they_take_from_around_them() {
    let sql = "select case_id, (select max(e.occurred_on) from events e where e.case_id = c.case_id) as last_on from cases c \
               where exists (select phase from phases p where p.case_id = c.case_id) and channel in (select category from reports)";
    assert_eq!(
        read(&[], sql).await,
        [
            "case_id: cases.case_id",
            "last_on: events.occurred_on",
            "filters: cases.case_id, cases.channel, events.case_id, phases.case_id, reports.category"
        ]
    );
}

#[tokio::test]
async fn a_statement_that_reads_itself_is_followed_until_nothing_is_added() {
    let sql = "with recursive up as (select region_code as code, name_nl as label from regions \
               union all select r.parent_code, u.code from up u join regions r on r.region_code = u.code) select code, label from up";
    assert_eq!(
        read(&[], sql).await,
        [
            "code: regions.parent_code, regions.region_code",
            "label: regions.name_nl, regions.parent_code, regions.region_code",
            "filters: regions.parent_code, regions.region_code"
        ]
    );
}

#[tokio::test]
async fn a_definition_that_does_not_plan_any_more_still_tells_what_it_names() {
    let views = [
        ("gone", "select no_such_column from cases"),
        ("on_it", "select no_such_column from gone"),
    ];
    let pack = pack(&views);
    let lineage = Lineage::of(&pack).await.expect("a lineage");
    let found = lineage.to_tables(&lineage.views["on_it"]);
    assert_eq!(found.relations, BTreeSet::from(["cases".to_string()]));
    assert!(found.columns.is_empty() && found.filters.is_empty());
    // The others are followed as ever.
    assert!(!lineage.views["permit_cases"].columns.is_empty());
}

#[tokio::test]
async fn the_tables_of_every_indicator_are_those_that_define_finds() {
    let pack = pack(&[]);
    let reads = define(&pack).await.expect("definitions in order");
    let lineage = Lineage::of(&pack).await.expect("a lineage");
    assert_eq!(reads.len(), pack.indicators.len());
    for (id, indicator) in &pack.indicators {
        let found = lineage.indicator(&pack, id).expect("an indicator");
        let tables = found.tables.iter().filter(|t| t.role == Role::Facts);
        let tables: BTreeSet<String> = tables.map(|t| t.table.clone()).collect();
        assert_eq!(tables, reads[id], "{id}");
        // What the kind needs is made of something, and every column read leads somewhere.
        for column in ["date", "from_on", "municipality_code"] {
            let fact = found.facts.iter().find(|f| f.column == column);
            // A measuring day comes from the calendar, and from no table.
            let measured = column == "date" && indicator.sql.contains("months");
            let made = fact.is_none_or(|f| measured || !f.from.is_empty());
            assert!(made, "{id} {column}");
        }
        for table in found.tables.iter().filter(|t| t.role == Role::Facts) {
            assert!(!table.columns.is_empty(), "{id} {}", table.table);
            for column in &table.columns {
                assert!(column.filters || !column.into.is_empty());
                let contract = &pack.contracts[&table.table];
                assert!(contract.columns.contains_key(&column.column), "{column:?}");
            }
        }
        let divides = found.tables.iter().any(|t| t.role == Role::Denominator);
        assert_eq!(divides, indicator.kind == Kind::Rate, "{id}");
    }
}

#[tokio::test]
async fn an_indicator_and_its_columns_lead_to_each_other() {
    let pack = pack(&[]);
    let lineage = Lineage::of(&pack).await.expect("a lineage");
    let found = lineage.indicator(&pack, "ov_tijdig").expect("an indicator");
    assert_eq!(found.reads, BTreeSet::from(["permit_cases".to_string()]));
    let cases = &found.tables[0];
    let column = |name: &str| {
        cases
            .columns
            .iter()
            .find(|c| c.column == name)
            .expect("a column")
    };
    assert_eq!(column("due_on").into, ["date", "numerator"]);
    assert!(column("due_on").filters);
    assert!(column("service").into.is_empty() && column("service").filters);
    for (id, _) in &pack.indicators {
        let forth = lineage.indicator(&pack, id).expect("an indicator");
        for table in forth.tables.iter().filter(|t| t.role == Role::Facts) {
            for column in &table.columns {
                let what = format!("{}.{}", table.table, column.column);
                let back = lineage.table(&pack, &what).expect("a column");
                let back = back.indicators.iter().find(|r| r.indicator == *id);
                let back = back.expect("the indicator that reads it");
                assert_eq!(back.filters, column.filters);
                assert!(
                    back.into
                        .iter()
                        .eq(column.into.iter().collect::<BTreeSet<_>>())
                );
            }
        }
    }
    let wrong = lineage
        .table(&pack, "cases.dueon")
        .expect_err("no such column");
    assert!(wrong.to_string().contains("dueon"));
    let personal = lineage
        .table(&pack, "cases.applicant_key")
        .expect_err("personal");
    assert!(personal.to_string().contains("no definition can read"));
}
