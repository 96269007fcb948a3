//! tests: what the generator promises about its files.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::*;

fn small() -> Plan {
    Plan {
        cases: 4_000,
        ..Plan::default()
    }
}

fn unzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut plain)
        .expect("gzip written here");
    plain
}

/// The records of each CSV file without its header, by name; rows with another number of fields are left out.
fn desks(made: &Generated) -> BTreeMap<&str, Vec<Vec<String>>> {
    let files = made
        .files
        .iter()
        .filter(|(name, _)| name.ends_with(".csv.gz"));
    files
        .map(|(name, bytes)| {
            (
                name.as_str(),
                records(bytes)
                    .into_iter()
                    .filter(|r| r.len() == burgerzaken::HEADER.len())
                    .collect(),
            )
        })
        .collect()
}

fn records(gzip: &[u8]) -> Vec<Vec<String>> {
    let plain = unzip(gzip);
    let (text, _, broken) = encoding_rs::WINDOWS_1252.decode(&plain);
    assert!(!broken);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .flexible(true)
        .from_reader(text.as_bytes());
    assert_eq!(
        reader.headers().expect("a header"),
        &csv::StringRecord::from(&burgerzaken::HEADER[..])
    );
    reader
        .records()
        .map(|r| r.expect("a record").iter().map(str::to_string).collect())
        .collect()
}

/// The traces of each log as text.
fn logs(made: &Generated) -> BTreeMap<&str, Vec<String>> {
    let files = made
        .files
        .iter()
        .filter(|(name, _)| name.ends_with(".xes.gz"));
    files
        .map(|(name, bytes)| {
            let text = String::from_utf8(unzip(bytes)).expect("UTF-8");
            (
                name.as_str(),
                text.split(" <trace>\n")
                    .skip(1)
                    .map(str::to_string)
                    .collect(),
            )
        })
        .collect()
}

fn attribute<'a>(trace: &'a str, key: &str) -> Option<&'a str> {
    let (_, after) = trace.split_once(&format!("key=\"{key}\" value=\""))?;
    after.split_once('"').map(|(value, _)| value)
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let (one, two) = (generate(&small()), generate(&small()));
    assert_eq!(one.files, two.files);
    assert_ne!(one.files, generate(&Plan { seed: 1, ..small() }).files);
}

#[test]
fn a_folder_gets_what_memory_gets() {
    let folder = std::env::temp_dir().join(format!("beleidsinfo-generate-{}", std::process::id()));
    let mut last = 0;
    let written =
        write(&small(), &folder, &mut |cases| last = cases).expect("a folder that can be written");
    let made = generate(&small());
    assert_eq!(
        (written.cases, written.bad_rows, last),
        (made.cases, made.bad_rows, made.cases)
    );
    assert_eq!(written.files.len(), made.files.len());
    for (name, bytes) in &made.files {
        assert_eq!(
            &std::fs::read(folder.join(name)).expect("the file"),
            bytes,
            "{name}"
        );
    }
    std::fs::remove_dir_all(folder).expect("the folder made above");
}

#[test]
fn there_are_about_as_many_cases_as_planned_in_nine_files() {
    let made = generate(&Plan::default());
    assert!((22_500..25_500).contains(&made.cases), "{}", made.cases);
    let names: Vec<&str> = made.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names.len(), 9);
    assert_eq!(
        (names[0], names[8]),
        (
            "burgerzaken_2023-06-30.csv.gz",
            "omgeving_2025-12-31.xes.gz"
        )
    );
    assert!(
        made.files
            .iter()
            .map(|(_, bytes)| bytes.len())
            .sum::<usize>()
            < 3_000_000
    );
    // The time in a gzip header is zero, or the bytes would depend on the clock.
    assert!(made.files.iter().all(|(_, bytes)| bytes[4..8] == [0; 4]));
}

#[test]
fn the_csv_is_windows_1252_with_crlf() {
    let made = generate(&small());
    let plain = unzip(&made.files[0].1);
    assert!(
        plain.windows(9).any(|w| w == b"\x96 \xe9\xe9n lok"),
        "a dash and é in one byte each"
    );
    assert!(plain.contains(&0x80), "the euro sign of Windows-1252");
    let lines = plain.iter().filter(|byte| **byte == b'\n').count();
    assert_eq!(lines, plain.windows(2).filter(|w| w == b"\r\n").count());
}

#[test]
fn the_logs_are_well_formed() {
    for (name, bytes) in generate(&small())
        .files
        .iter()
        .filter(|(name, _)| name.ends_with(".xes.gz"))
    {
        let text = String::from_utf8(unzip(bytes)).expect("UTF-8");
        let mut open = Vec::new();
        for tag in text
            .split('<')
            .skip(1)
            .map(|rest| rest.split_once('>').expect("a closed tag").0)
        {
            if let Some(closed) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(closed), "{name}");
            } else if !tag.ends_with(['/', '?', '-']) {
                open.push(tag.split(' ').next().unwrap_or_default());
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "{name}: {tag}");
        }
        assert!(open.is_empty(), "{name}: {open:?}");
    }
}

#[test]
fn bad_rows_are_many_of_many_kinds_and_all_are_delivered() {
    let all: Vec<_> = bad::ROWS.iter().chain(&bad::TRACES).collect();
    let kinds: BTreeSet<_> = all.iter().map(|bad| bad.kind).collect();
    assert!(
        all.len() >= 30 && kinds.len() >= 12,
        "{} of {kinds:?}",
        all.len()
    );
    assert!(all.iter().all(|bad| !bad.why.is_empty()));
    assert_eq!(generate(&small()).bad_rows, all.len() as u64);
    assert_eq!(
        generate(&Plan {
            cases: 400,
            ..small()
        })
        .bad_rows,
        all.len() as u64,
        "also where files are small"
    );
    assert_eq!(
        generate(&Plan {
            bad_rows: false,
            ..small()
        })
        .bad_rows,
        0
    );
}

#[test]
fn without_bad_rows_every_row_has_its_columns_and_no_number_comes_twice() {
    let made = generate(&Plan {
        bad_rows: false,
        ..small()
    });
    let mut different = BTreeSet::new();
    for (name, bytes) in made
        .files
        .iter()
        .filter(|(name, _)| name.ends_with(".csv.gz"))
    {
        let mut numbers = BTreeSet::new();
        for record in records(bytes) {
            assert_eq!(
                record.len(),
                burgerzaken::HEADER.len(),
                "{name}: {record:?}"
            );
            assert!(
                numbers.insert(record[0].clone()),
                "{name}: {} twice",
                record[0]
            );
        }
        different.extend(numbers);
    }
    for traces in logs(&made).values() {
        different.extend(
            traces
                .iter()
                .filter_map(|t| attribute(t, "concept:name"))
                .map(str::to_string),
        );
    }
    assert_eq!(different.len() as u64, made.cases);
}

#[test]
fn what_is_open_at_the_end_of_a_year_comes_again() {
    let made = generate(&Plan {
        bad_rows: false,
        ..small()
    });
    let logs: Vec<_> = logs(&made).into_values().collect();
    for pair in logs.windows(2) {
        let next: BTreeSet<_> = pair[1]
            .iter()
            .filter_map(|t| attribute(t, "concept:name"))
            .collect();
        let open: Vec<_> = pair[0]
            .iter()
            .filter(|t| attribute(t, "datum_afsluiting").is_none())
            .collect();
        assert!(open.len() > 10);
        assert!(
            open.iter()
                .all(|t| next.contains(attribute(t, "concept:name").expect("a number")))
        );
    }
    let desks: Vec<_> = desks(&made).into_values().collect();
    let open = |rows: &[Vec<String>]| {
        rows.iter()
            .filter(|r| r[15].is_empty())
            .map(|r| r[0].clone())
            .collect::<BTreeSet<_>>()
    };
    let again = desks[1]
        .iter()
        .filter(|r| open(&desks[0]).contains(&r[0]))
        .count();
    assert!(
        again * 10 >= open(&desks[0]).len() * 8,
        "most close, or change, in the next half year"
    );
}

#[test]
fn some_cases_arrive_late_and_some_come_open_again() {
    let made = generate(&Plan {
        bad_rows: false,
        ..Plan::default()
    });
    let desks: Vec<_> = desks(&made).into_values().collect();
    let before: BTreeSet<_> = desks[0].iter().map(|r| &r[0]).collect();
    let late = desks[1]
        .iter()
        .filter(|r| r[7][3..10] < *"07/2023" && !before.contains(&r[0]))
        .count();
    assert!(late > 10, "{late}");
    assert!(desks.iter().flatten().filter(|r| r[16] == "J").count() > 50);
    assert!(
        desks
            .iter()
            .flatten()
            .filter(|r| r[13] == "Ingetrokken")
            .count()
            > 50
    );
}

#[test]
fn the_merger_gives_open_cases_their_new_code() {
    let made = generate(&Plan {
        bad_rows: false,
        ..Plan::default()
    });
    let mut moved = 0;
    for (name, rows) in desks(&made) {
        for row in rows {
            let (nis, place) = (row[3].as_str(), row[4].as_str());
            if name < "burgerzaken_2025" {
                assert_eq!(place, "", "{name}: {row:?}");
                assert!(
                    !["46030", "23106", "37021", "73111"].contains(&nis),
                    "{name}: {row:?}"
                );
            } else if row[7][6..10] == *"2025" {
                assert_eq!(
                    place.is_empty(),
                    ["11001", "12041", "44085"].contains(&nis),
                    "{name}: {row:?}"
                );
            } else if nis == "46030" {
                assert!(["46003", "46013", "11056"].contains(&place));
                moved += 1;
            }
        }
    }
    assert!(moved > 5, "{moved}");
    let first = logs(&made)["omgeving_2025-12-31.xes.gz"].iter().any(|t| {
        attribute(t, "gemeente_nis") == Some("46030")
            && attribute(t, "datum_indiening").is_some_and(|at| at.starts_with("2024"))
    });
    assert!(first, "a permit asked in 2024 under the new code");
}

#[test]
fn one_municipality_delivers_no_complaints() {
    let made = generate(&Plan {
        bad_rows: false,
        ..Plan::default()
    });
    let desks = desks(&made);
    let complaints: Vec<_> = desks
        .values()
        .flatten()
        .filter(|r| r[1] == "Klacht")
        .collect();
    assert!(complaints.len() > 500);
    assert!(
        complaints
            .iter()
            .all(|r| !["23106", "23023", "23024", "23032"].contains(&r[3].as_str()))
    );
}

#[test]
fn summer_time_is_that_of_brussels() {
    let calendar = Calendar::new(2024, 2024);
    assert_eq!(calendar.offset(calendar.day(2024, 3, 30)), "+01:00");
    assert_eq!(calendar.offset(calendar.day(2024, 3, 31)), "+02:00");
    assert_eq!(calendar.offset(calendar.day(2024, 10, 27)), "+01:00");
    assert_eq!(
        calendar.dutch(calendar.next_working(calendar.day(2024, 12, 25))),
        "26/12/2024"
    );
}

#[test]
fn other_years_and_tiny_plans_work_too() {
    let made = generate(&Plan {
        cases: 3,
        from_year: 2019,
        until_year: 2018,
        ..Plan::default()
    });
    assert_eq!(made.files.len(), 3, "until before from means one year");
    assert!(
        generate(&Plan {
            cases: 0,
            ..Plan::default()
        })
        .files
        .iter()
        .all(|(_, bytes)| !unzip(bytes).is_empty())
    );
}
