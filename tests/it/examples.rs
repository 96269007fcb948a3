//! examples: the mappings and files of the sources guide, put in a project as they stand there, give what the guide says.

use crate::project::Project;

/// Files in a page of the guide: a line that is only a path, and the block below it.
fn files(page: &str) -> Vec<(&str, String)> {
    let mut files = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let path = line.strip_prefix('`').and_then(|l| l.strip_suffix('`'));
        let Some(path) = path.filter(|p| p.starts_with("raw/") || p.starts_with("sources/")) else {
            continue;
        };
        let fence = lines.next().unwrap_or_default();
        assert!(fence.starts_with("```"), "{path} has no block below it");
        let block: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
        files.push((path, block.join("\n") + "\n"));
    }
    files
}

#[test]
fn the_examples_of_the_sources_guide_work_as_they_stand() {
    let project = Project::new(false, "44085");
    let files = files(include_str!("../../docs/sources/examples.md"));
    assert_eq!(files.len(), 11, "five mappings, six files");
    for (path, text) in &files {
        project.write(path, text);
    }
    project.flow();

    let deliveries = "select source_id, rows_read, accepted, warned from deliveries where source_id not like 'pack/%' order by source_id, name";
    assert_eq!(
        project.rows(deliveries),
        [
            "bouwvergunningen,4,4,0",
            "logboek,5,5,0",
            "meldingen,3,3,0",
            "vergunde_woningen,3,3,1",
            "vergunningen,2,2,0",
            "vergunningen,3,3,0",
        ]
    );
    assert_eq!(
        project.rows("select region_code, period_start, measure, cast(value as bigint), unit from observations order by dataset desc, 1, 2, 3"),
        [
            "44021,2022-01-01,dwellings_new,1204,count",
            "44021,2023-01-01,dwellings_new,1330,count",
            "44021,2024-01-01,dwellings_new,987,count",
            "44085,2022-01-01,dwellings_new,112,count",
            "44085,2023-01-01,dwellings_new,98,count",
            "44085,2024-01-01,dwellings_new,7,count",
            "44085,2024-01-01,residential_surface_new,1003,m2",
            "44085,2024-02-01,dwellings_new,11,count",
            "44085,2024-02-01,residential_surface_new,1544,m2",
        ]
    );
    assert_eq!(
        project.rows("select case_id, received_on, outcome from cases where system <> 'meldpunt' order by case_id"),
        [
            "2025-17,2025-01-06,",
            "2025-18,2025-02-03,",
            "OMV/2024/001,2024-01-15,granted",
            "OMV/2024/002,2024-11-20,refused",
            "OMV/2025/001,2025-01-06,",
            "OMV/2025/002,2025-02-07,",
        ]
    );
    assert_eq!(
        project.rows("select case_id, event_no, activity from events order by 1, 2"),
        [
            "2025-17,1,aanvraag ontvangen",
            "2025-17,2,volledig verklaard",
            "2025-17,3,besluit verzonden",
            "2025-18,1,aanvraag ontvangen",
        ]
    );
    let reports = "select indicator_id, cast(numerator as bigint), cast(denominator as bigint) from figures where indicator_id like 'meld_%' and indicator_id <> 'meld_herstel' \
                   and period_kind = 'year' and slice = '' and territory = 'as_recorded' and run_until is null order by 1";
    assert_eq!(
        project.rows(reports),
        [
            "meld_niet_te_laat,2,3",
            "meld_tijdig,1,2",
            "meld_tijdig_afgehandeld,1,1"
        ]
    );
}

#[test]
fn the_other_systems_of_the_sources_guide_bring_their_figures_to_life() {
    let project = Project::new(false, "44085");
    let files = files(include_str!("../../docs/sources/systems.md"));
    assert_eq!(files.len(), 14, "seven mappings, seven files");
    for (path, text) in &files {
        project.write(path, text);
    }
    project.flow();
    let wrong = "select source_id, rejected, warned from deliveries where rejected + warned > 0";
    assert_eq!(project.rows(wrong), Vec::<String>::new());
    let figures = "select indicator_id, n, cast(numerator as bigint), cast(denominator as bigint), state from figures where period_kind = 'year' \
                   and period_start = date '2025-01-01' and slice = '' and territory = 'as_recorded' and region_code = '44085' and run_until is null \
                   and indicator_id in ('vip_30d', 'vip_automatisch', 'besluit_pub_10d', 'besluit_pub_dagen', 'fact_30d', 'fact_dagen', \
                   'fact_open_te_laat', 'actie_uitvoering', 'actie_op_schema', 'leegstand_maanden', 'toegang_herzien', 'adoptie_graad', \
                   'adoptie_fase', 'veiligheid_maatregelen') order by 1";
    assert_eq!(
        project.rows(figures),
        [
            "actie_op_schema,3,2,3,value",
            "actie_uitvoering,6,125000,200000,value",
            "adoptie_fase,3,3,,value",
            "adoptie_graad,3,2,3,value",
            "besluit_pub_10d,3,1,3,value",
            "besluit_pub_dagen,2,,,value",
            "fact_30d,2,1,2,value",
            "fact_dagen,2,123000,4000,value",
            "fact_open_te_laat,1,1,,value",
            "leegstand_maanden,2,,,value",
            "toegang_herzien,2,1,2,value",
            "veiligheid_maatregelen,1,1,1,value",
            "vip_30d,3,1,3,value",
            "vip_automatisch,2,1,2,value",
        ]
    );
    crate::independent::is_counted_again(&project);
}
