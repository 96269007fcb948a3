//! demo: what the demo project shows.

use beleidsinfo_warehouse::pack::{Pack, builtin_files};

use crate::project::Project;

/// Of statistics, whose numbers do not hang on how many cases there are: what a figure of a year may be, so that who sees the demo does
/// not wonder.
const PLAUSIBLE: [(&str, f64, f64); 8] = [
    ("afh_ratio", 50.0, 70.0),
    ("inv_inw", 100.0, 1_000.0),
    ("leegstand", 0.5, 3.0),
    ("leegstand_maanden", 2.0, 36.0),
    ("migratie_saldo", -10.0, 20.0),
    ("schuld_inw", 400.0, 2_000.0),
    ("verg_won_1000", 1.5, 7.0),
    ("vestiging_1000", 15.0, 100.0),
];

#[test]
fn every_indicator_of_the_pack_has_a_figure_in_the_demo() {
    let project = Project::demo("2000");
    project.flow();
    let with_figures = project.rows(
        "select distinct indicator_id from figures where run_until is null and state = 'value' \
         and territory = '2025-01-01' and slice = ''",
    );
    let pack = Pack::parse(builtin_files()).expect("the pack is in order");
    let without: Vec<&String> = pack
        .indicators
        .keys()
        .filter(|id| !with_figures.contains(id))
        .collect();
    assert!(without.is_empty(), "no figure in the demo: {without:?}");
    // Nothing on the pages says that a source is still awaited.
    let told = project.ok(&["define"]);
    assert!(!told.contains("no source fills"), "{told}");

    for (id, low, high) in PLAUSIBLE {
        let odd = project.rows(&format!(
            "select region_code, period_start, value from figures where run_until is null and indicator_id = '{id}' \
             and period_kind = 'year' and slice = '' and territory = '2025-01-01' and (value < {low} or value > {high})"
        ));
        assert_eq!(odd, Vec::<String>::new(), "{id}");
        // In the last year, where all municipalities are what they are now.
        let known = project.rows(&format!(
            "select distinct region_code from figures where run_until is null and indicator_id = '{id}' \
             and period_start >= date '2024-01-01' and state = 'value' and slice = '' and territory = '2025-01-01'"
        ));
        assert!(known.len() >= 7, "{id}: only of {known:?}");
    }
}
