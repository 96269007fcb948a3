//! bulk/tests: over many made-up files the bulk lane and the ordinary one accept the same rows, find the same, and count the
//! same.

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;

use arrow::array::Array;
use arrow::util::display::array_value_to_string;
use beleidsinfo_warehouse::delivery::{Delivery, Finding, Part};
use beleidsinfo_warehouse::keys::Keys;
use beleidsinfo_warehouse::profile::TableProfile;

use super::plan::Plan;
use super::{Outcome, run};
use crate::check::tests::{codes, contracts, receipt};
use crate::check::{Rules, check};
use crate::source::Source;

const ONE: &str = r#"
connector = "csv"
location = "x"
complete_until = 2024-12-31
decimal = ","
delimiter = ";"
empty = ["n.v.t."]
[severity]
closed_on_before_received_on = "warn"
[[tables]]
name = "cases"
[tables.columns]
system = { const = "demo" }
case_id = "nr"
municipality_code = "nis"
channel = { from = "kanaal", map = { "Web" = "digital", "Loket" = "counter", "Fout" = "fax" }, other = "reject" }
received_at = { from = "in", format = "%d/%m/%Y %H:%M:%S" }
term_start_on = { coalesce = ["start", "begin"], format = "%d/%m/%Y" }
term_days = "termijn"
extension_days = { const = 0 }
due_on = { from = "uiterst", format = "%d/%m/%Y" }
closed_on = "dicht"
closed_at = "dicht"
fee = "bedrag"
reopened = { from = "heropend", map = { "J" = "true", "N" = "false" } }
"#;

/// The same, and events of some of the records beside.
const TWO: &str = r#"
[[tables]]
name = "phases"
where = { kanaal = ["Web", " Loket "] }
[tables.columns]
system = { const = "demo" }
case_id = "begin"
municipality_code = "nis"
interval_no = "termijn"
phase = { const = "intake" }
started_on = { from = "start", format = "%d/%m/%Y" }
"#;

/// Knuth's linear congruential generator: the same files every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// Mostly the first, else one of the others.
    fn mostly<'t>(&mut self, usual: &'t str, rare: &[&'t str]) -> &'t str {
        match self.below(24) {
            0 => rare[self.below(rare.len() as u64) as usize],
            _ => usual,
        }
    }
}

fn file(dice: &mut Dice, records: u64) -> String {
    let mut text =
        String::from("nr;nis;kanaal;in;start;begin;termijn;uiterst;dicht;bedrag;heropend;rest\n");
    for _ in 0..records {
        let number = format!("Z{}", dice.below(records * 6));
        let day = format!(
            "{:02}/{:02}/20{}",
            1 + dice.below(28),
            1 + dice.below(12),
            17 + dice.below(8)
        );
        let at = format!("{day} {:02}:{:02}:07", dice.below(24), dice.below(60));
        let end = match dice.below(8) {
            0 => "  ",
            1 => "\r",
            _ => "",
        };
        let fields = [
            dice.mostly(
                &number,
                &[
                    "",
                    "Z1",
                    " Z2 ",
                    "Zé3",
                    "\"Z;4\"",
                    "\"Z\"\"5\"",
                    "Z\"6",
                    "Z\u{0}7",
                ],
            ),
            dice.mostly("44040", &["44083", "44049", "4404", "", "n.v.t.", "44011"]),
            dice.mostly("Web", &["Loket", "Fax", "Fout", "", " Web"]),
            dice.mostly(
                &at,
                &[
                    "",
                    "31/02/2024 10:00:00",
                    "1/2/2024 3:04:05",
                    "31/03/2024 02:30:00",
                    "27/10/2024 02:30:00",
                ],
            ),
            dice.mostly(
                &day,
                &["", "01/01/1024", "01/01/0024", "gisteren", "n.v.t."],
            ),
            dice.mostly("01/06/2024", &["", "x"]),
            dice.mostly(
                "30",
                &["", "401", "-1", "3,0", "dertig", "99999999999", "1.000"],
            ),
            dice.mostly("", &["01/07/2024", "32/07/2024", "01/07/2044"]),
            dice.mostly(
                "",
                &[
                    "2024-12-01",
                    "2024-12-01T10:00:00",
                    "2024-12-01T23:30:00+01:00",
                    "1999-01-01",
                    "2024-13-01",
                ],
            ),
            dice.mostly(
                "12,50",
                &["", "1.234,5", "-0,1", "1e3", "12.5", ",5", "1,2345678"],
            ),
            dice.mostly("J", &["N", "", "ja"]),
            dice.mostly("", &["x;y", "\"een\nregel\"", "\"\"", "a\"b\"c"]),
        ];
        text.push_str(&fields.join(";"));
        if dice.below(40) == 0 {
            text.push_str("\n\r\n");
        }
        text.push_str(end);
        text.push('\n');
    }
    text
}

/// Rows by table, sorted; findings, sorted; counts; what the rows look like; columns under another name.
type Seen = (
    BTreeMap<String, Vec<String>>,
    Vec<Finding>,
    [u64; 4],
    Vec<TableProfile>,
    Vec<(String, String)>,
);

fn counts(delivery: &Delivery) -> [u64; 4] {
    [
        delivery.rows_read,
        delivery.accepted,
        delivery.warned,
        delivery.rejected,
    ]
}

fn ordered(mut seen: Seen) -> Seen {
    seen.0.retain(|_, rows| !rows.is_empty());
    seen.0.values_mut().for_each(|rows| rows.sort());
    seen.1
        .sort_by(|a, b| (a.record, &a.rule).cmp(&(b.record, &b.rule)));
    seen
}

fn row(columns: &[arrow::array::ArrayRef], at: usize, record: u64) -> String {
    let cells = columns.iter().map(|c| match c.is_null(at) {
        true => "-".into(),
        false => array_value_to_string(c, at).unwrap(),
    });
    format!("{record}: {}", cells.collect::<Vec<String>>().join("|"))
}

fn ordinary(source: &Source, rules: &Rules, bytes: &[u8]) -> Option<Seen> {
    let delivery = check(source, &receipt("p.csv"), bytes, rules).ok()?;
    let mut tables = BTreeMap::new();
    for table in &delivery.tables {
        let last = table.rows.num_columns() - 1;
        let records = table.rows.column(last).clone();
        let rows = (0..table.rows.num_rows()).map(|at| {
            let record = array_value_to_string(&records, at)
                .unwrap()
                .parse()
                .unwrap();
            row(&table.rows.columns()[..last], at, record)
        });
        tables.insert(table.table.clone(), rows.collect());
    }
    let counts = counts(&delivery);
    Some(ordered((
        tables,
        delivery.findings,
        counts,
        delivery.profile,
        delivery.renamed,
    )))
}

fn bulk(source: &Source, rules: &Rules, bytes: &[u8], mask: u64) -> Option<Seen> {
    let receipt = receipt("p.csv");
    let plan = Plan::new(source, &receipt, rules).expect("a mapping of this lane");
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut findings = Vec::new();
    let mut part = |part: Part| {
        findings.extend(part.findings);
        for table in part.tables {
            let rows = tables.entry(table.table).or_default();
            for at in table.rows {
                let batch = &table.batches[at.batch as usize];
                rows.push(row(batch.columns(), at.row as usize, at.record));
            }
        }
        Ok(())
    };
    let open = || Ok(Cursor::new(bytes.to_vec()));
    match run(&plan, &receipt, open, &mut part, mask).unwrap() {
        Outcome::Ordinary => None,
        Outcome::Checked(delivery) => {
            let counts = counts(&delivery);
            Some(ordered((
                tables,
                findings,
                counts,
                delivery.profile,
                delivery.renamed,
            )))
        }
    }
}

fn compare(mapping: &str, seeds: std::ops::Range<u64>) -> u64 {
    let contracts = contracts();
    let codes = codes(&contracts);
    let source = Source::parse("p", Path::new("p.toml"), mapping).unwrap();
    source.validate(&contracts).unwrap();
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &Keys::default(),
    };
    let mut taken = 0;
    for seed in seeds {
        let mut dice = Dice(seed);
        let records = dice.below(60);
        let text = file(&mut dice, records);
        let expected = ordinary(&source, &rules, text.as_bytes()).unwrap();
        let Some(found) = bulk(&source, &rules, text.as_bytes(), u64::MAX) else {
            // A carriage return on its own is left to the ordinary lane.
            continue;
        };
        taken += 1;
        assert_eq!(found.2, expected.2, "seed {seed}\n{text}");
        assert_eq!(found.1, expected.1, "seed {seed}\n{text}");
        assert_eq!(found.0, expected.0, "seed {seed}\n{text}");
        assert_eq!(found.3, expected.3, "seed {seed}\n{text}");
        assert_eq!(found.4, expected.4, "seed {seed}\n{text}");
        // Of keys whose hashes collide none is lost and none made up.
        if let Some(found) = bulk(&source, &rules, text.as_bytes(), 3) {
            assert_eq!(found, expected, "seed {seed}\n{text}");
        }
    }
    taken
}

#[test]
fn both_lanes_agree_on_one_table() {
    assert!(compare(ONE, 0..150) > 100);
}

#[test]
fn both_lanes_agree_on_columns_that_come_under_another_name() {
    let aliases = "[aliases]\nnummer = [\"nr\"]\nafgesloten = [\"closed\", \"dicht\"]\n";
    let renamed = ONE
        .replace("= \"nr\"", "= \"nummer\"")
        .replace("= \"dicht\"", "= \"afgesloten\"")
        .replace("[severity]", &format!("{aliases}[severity]"));
    assert!(compare(&renamed, 2000..2100) > 70);
    // Under two of its names at once it is for the ordinary lane, which says so.
    let contracts = contracts();
    let codes = codes(&contracts);
    let source = Source::parse("p", Path::new("p.toml"), &renamed).unwrap();
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &Keys::default(),
    };
    let both = file(&mut Dice(7), 30).replacen("rest", "nummer", 1);
    assert_eq!(bulk(&source, &rules, both.as_bytes(), u64::MAX), None);
}

#[test]
fn both_lanes_agree_on_two_tables_of_the_same_records() {
    assert!(compare(&format!("{ONE}{TWO}"), 1000..1150) > 100);
}

#[test]
fn a_packed_file_is_the_same_file_and_a_damaged_one_is_for_the_ordinary_lane() {
    let contracts = contracts();
    let codes = codes(&contracts);
    let source = Source::parse("p", Path::new("p.toml"), ONE).unwrap();
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &Keys::default(),
    };
    let text = file(&mut Dice(7), 30);
    let plain = bulk(&source, &rules, text.as_bytes(), u64::MAX);
    assert!(plain.is_some());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    assert_eq!(bulk(&source, &rules, &gzip, u64::MAX), plain);
    assert_eq!(
        bulk(&source, &rules, &gzip[..gzip.len() - 9], u64::MAX),
        None
    );
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    assert_eq!(bulk(&source, &rules, &zstd, u64::MAX), plain);
    for other in ["PK\u{3}\u{4}", "nr;nis\nx;y\n", "", "\u{0}"] {
        assert_eq!(
            bulk(&source, &rules, other.as_bytes(), u64::MAX),
            None,
            "{other:?}"
        );
    }
    assert_eq!(
        bulk(&source, &rules, b"nr;nis\nAndr\xe9;y\n", u64::MAX),
        None
    );
}

#[test]
fn many_blocks_come_out_in_order_and_keys_repeat_across_them() {
    let contracts = contracts();
    let codes = codes(&contracts);
    let source = Source::parse("p", Path::new("p.toml"), ONE).unwrap();
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &Keys::default(),
    };
    let header = "nr;nis;kanaal;in;start;begin;termijn;uiterst;dicht;bedrag;heropend;rest";
    let count = 130_000u64;
    let mut text = String::from(header);
    for record in 1..=count {
        let number = if record == count { 1 } else { record };
        text.push_str(&format!(
            "\nZ{number};44040;Web;01/02/2024 10:11:12;01/02/2024;;30;;;12,50;N;{}",
            "-".repeat(40)
        ));
    }
    let (tables, findings, counts, ..) = bulk(&source, &rules, text.as_bytes(), u64::MAX).unwrap();
    assert_eq!(counts, [count, count - 1, 0, 1]);
    assert_eq!(tables["cases"].len() as u64, count - 1);
    let [finding] = findings.as_slice() else {
        panic!("{findings:?}");
    };
    assert_eq!((finding.record, finding.line), (count, count + 1));
    assert!(
        finding.reason.contains("staat al in record 1:"),
        "{}",
        finding.reason
    );
}
