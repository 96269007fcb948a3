//! check/tests/property: over many made-up files, every record is accepted or rejected, and exactly the bad ones fall.

use std::collections::BTreeSet;

use super::*;

const MAPPING: &str = r#"
connector = "csv"
location = "x"
complete_until = 2024-12-31
trace = "nr"
[[tables]]
name = "events"
rows = "event"
[tables.columns]
system = { const = "demo" }
case_id = "nr"
municipality_code = { const = "44040" }
event_no = { ordinal = "trace" }
activity = "wat"
occurred_on = "op"
[[tables]]
name = "cases"
rows = "trace"
[tables.columns]
system = { const = "demo" }
case_id = "nr"
municipality_code = { const = "44040" }
received_on = { min = "op" }
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
}

#[test]
fn read_is_accepted_plus_rejected_and_exactly_the_bad_records_fall() {
    let contracts = contracts();
    let codes = codes(&contracts);
    let source = Source::parse("p", Path::new("p.toml"), MAPPING).unwrap();
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &beleidsinfo_warehouse::keys::Keys::default(),
    };
    for seed in 0..300 {
        let mut dice = Dice(seed);
        let mut text = String::from("nr,wat,op");
        let mut bad = BTreeSet::new();
        let mut cases = BTreeSet::new();
        let count = dice.below(40);
        for record in 1..=count {
            let case = format!("Z{}", dice.below(8));
            let day = format!("2024-{:02}-{:02}", 1 + dice.below(12), 1 + dice.below(28));
            let line = match dice.below(12) {
                0 => format!("{case},,{day}"),
                1 => format!("{case},iets,{day},te veel"),
                2 => format!(",iets,{day}"),
                3 => format!("{case},iets,morgen"),
                _ => {
                    cases.insert(case.clone());
                    text = format!("{text}\n{case},\"iets\n\"\"nieuws\"\"\",{day}");
                    continue;
                }
            };
            bad.insert(record);
            text = format!("{text}\n{line}");
        }
        let delivery = check(&source, &receipt("p.csv"), text.as_bytes(), &rules).unwrap();
        assert_eq!(
            (delivery.rows_read, delivery.accepted + delivery.rejected),
            (count, count),
            "seed {seed}"
        );
        // A day that cannot be read may sit in a case whose other events are good: only the event falls, since it is
        // rejected before the case is made.
        let fell: BTreeSet<u64> = delivery.findings.iter().map(|f| f.record).collect();
        assert_eq!(fell, bad, "seed {seed}\n{text}");
        assert_eq!(
            rows(&delivery, "events").num_rows() as u64,
            delivery.accepted,
            "seed {seed}"
        );
        let kept: BTreeSet<String> = column(&delivery, "cases", "case_id").into_iter().collect();
        assert_eq!(kept, cases, "seed {seed}");
    }
}
