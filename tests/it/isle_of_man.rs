//! isle_of_man: seven years of planning lists, each year another form, through one mapping per kind of list.

use std::path::{Path, PathBuf};

use crate::corpora::{elsewhere, near, one};
use crate::project::reference_data;

/// The lists of one folder in a tape archive, unpacked beside the project: a town would unpack them as well.
fn unpacked(archive: &Path, into: &Path) -> Vec<PathBuf> {
    let status = std::process::Command::new("tar")
        .arg("xzf")
        .arg(archive)
        .arg("-C")
        .arg(into)
        .status()
        .expect("tar runs");
    assert!(status.success(), "cannot unpack {}", archive.display());
    let files = std::fs::read_dir(into).expect("a folder").flatten();
    files.map(|entry| entry.path()).collect()
}

/// Planning applications, decisions and appeals, 2011-2017: Isle of Man Government, open government licence.
#[test]
fn the_planning_lists_of_the_isle_of_man_give_their_known_figures() {
    let Some(archive) = reference_data("cases/permits/isle-of-man/iom-2011-2017.tar.gz") else {
        return;
    };
    let project = elsewhere("IOM");
    for (name, mapping) in [
        (
            "applications",
            include_str!("corpora/iom-applications.toml"),
        ),
        ("decisions", include_str!("corpora/iom-decisions.toml")),
        ("appeals", include_str!("corpora/iom-appeals.toml")),
    ] {
        project.write(&format!("sources/iom-{name}.toml"), mapping);
    }
    assert_eq!(unpacked(&archive, &project.path("raw")).len(), 21);
    project.ok(&["pull"]);
    // One list has a column under another name, and whoever runs `check` is told.
    let told = project.ok(&["check", "iom-applications"]);
    let renamed = "column `ADDRESS` taken as `Property Address` ([aliases])";
    assert_eq!(told.matches(renamed).count(), 1, "{told}");
    project.ok(&["store"]);

    // Every record of every list is accounted for, and none is rejected.
    let read = "select source_id, sum(rows_read), sum(accepted), sum(rejected) from deliveries where source_id like 'iom-%' group by source_id order by source_id";
    assert_eq!(
        one(&project, read),
        "iom-appeals,1013,1013,0 iom-applications,9418,9418,0 iom-decisions,8642,8642,0"
    );
    let per_year = |system: &str| {
        let year = "date_part('year', decided_on)";
        let sql = format!(
            "select cast(count(*) as text) from cases where system = 'iom-{system}' group by {year} order by {year}"
        );
        one(&project, &sql)
    };
    assert_eq!(
        per_year("applications"),
        "1825 1760 1465 274 1391 1371 1332"
    );
    // One less than the lists have lines: the last line of each is a total.
    assert_eq!(per_year("decisions"), "1542 1416 1150 1236 1101 1114 1076");
    assert_eq!(per_year("appeals"), "224 206 161 157 114 75 76");

    let outcomes = |system: &str| {
        let sql = format!(
            "select coalesce(outcome, 'none'), procedure, count(*) from cases where system = 'iom-{system}' group by 1, 2 order by 3 desc, 1"
        );
        one(&project, &sql)
    };
    assert_eq!(
        outcomes("applications"),
        // 287 = 265 withdrawn by the applicant and 22 deemed withdrawn; none = 4 not considered and 1 invalid.
        "granted,ordinary,8300 refused,ordinary,764 withdrawn,ordinary,287 granted,certificate,53 refused,certificate,7 \
         none,ordinary,5 deemed_granted,ordinary,2"
    );
    assert_eq!(
        outcomes("decisions"),
        "granted,ordinary,7958 refused,ordinary,611 granted,certificate,57 refused,certificate,7 granted,minor_change,2"
    );
    let month = "select count(*) from cases where system = 'iom-applications' and decided_on >= date '2015-02-01' and decided_on < date '2015-03-01'";
    assert_eq!(one(&project, month), "109");
    let body = "select count(*) from events where phase in ('Planning Committee', 'Director Delegation') group by phase order by phase";
    assert_eq!(one(&project, body), "1226 1349");

    let days = |what: &str| {
        let sql = format!("select {what} from cases where system = 'iom-appeals'");
        one(&project, &sql)
    };
    let span = "calendar_days(received_on, decided_on)";
    near(&days(&format!("avg({span})")), 128.119447);
    near(&days(&format!("percentile_cont({span}, 0.9)")), 182.8);
    assert_eq!(
        days(&format!("median({span}), min({span}), max({span})")),
        "118.0,-601,1211"
    );
    assert_eq!(
        one(
            &project,
            "select rule, severity, count(*) from rejections where record > 0 group by 1, 2"
        ),
        "decided_before_received,warn,2"
    );
    // The list of 2014 is far too short: a fault of the source, and not a year with few applications.
    let alarms = project.rows(
        "select deliveries.name, rejections.reason from rejections join deliveries on deliveries.delivery = rejections.delivery \
         where record = 0 and rule = 'volume' and deliveries.source_id = 'iom-applications'",
    );
    assert!(!alarms.is_empty(), "nobody is told of 2014");
    for alarm in &alarms {
        assert!(
            alarm.starts_with("2014-planning-applications.csv,") && alarm.contains("274 rijen"),
            "{alarm}"
        );
    }
    // No address of a site is kept: of a place, the postal district at most.
    assert_eq!(
        one(
            &project,
            "select count(distinct place_code), max(length(place_code)) from cases"
        ),
        "9,3"
    );
}
