//! check/tests/thousand: a thousand made-up files in every dialect, each with a known number of records made bad in a known
//! way. Exactly those fall, each under its own rule, and every record is accounted for.

use std::collections::BTreeMap;
use std::io::Write;

use super::*;

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

    fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len() as u64) as usize]
    }
}

/// How a file is written.
#[derive(Debug, Clone, Copy)]
struct Dialect {
    delimiter: char,
    quote: char,
    line_end: &'static str,
    encoding: &'static str,
    marked: bool,
    decimal: char,
    day: &'static str,
    packed: bool,
}

impl Dialect {
    fn roll(dice: &mut Dice) -> Self {
        let encoding = dice.pick(&["utf-8", "windows-1252", "utf-16le", "utf-16be"]);
        Self {
            delimiter: dice.pick(&[",", ";", "\t", "|"]).chars().next().unwrap(),
            quote: dice.pick(&["\"", "'"]).chars().next().unwrap(),
            line_end: dice.pick(&["\n", "\r\n", "\r"]),
            encoding,
            marked: encoding != "windows-1252" && dice.below(2) == 0,
            decimal: dice.pick(&[".", ","]).chars().next().unwrap(),
            day: dice.pick(&["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"]),
            packed: dice.below(3) == 0,
        }
    }

    fn mapping(self) -> String {
        let delimiter = match self.delimiter {
            '\t' => "tab".to_string(),
            other => other.to_string(),
        };
        let Self {
            encoding,
            decimal,
            day,
            ..
        } = self;
        format!(
            r#"
connector = "csv"
location = "x"
encoding = "{encoding}"
delimiter = '{delimiter}'
quote = {:?}
decimal = "{decimal}"
complete_until = 2024-12-31
empty = ["n.v.t."]
[[tables]]
name = "cases"
[tables.columns]
system = {{ const = "demo" }}
case_id = "nr"
municipality_code = "nis"
kbo = "kbo"
channel = {{ from = "kanaal", map = {{ "Loket" = "counter", "E-loket" = "digital", "Café" = "post" }} }}
received_on = {{ from = "in", format = "{day}" }}
closed_on = {{ from = "uit", format = "{day}" }}
term_days = "termijn"
fee = "bedrag"
note = "opmerking"
"#,
            self.quote.to_string()
        )
    }

    fn day(self, year: u64, month: u64, day: u64) -> String {
        self.day
            .replace("%Y", &format!("{year:04}"))
            .replace("%m", &format!("{month:02}"))
            .replace("%d", &format!("{day:02}"))
    }

    fn cell(self, dice: &mut Dice, text: &str) -> String {
        let special = |c: char| [self.delimiter, self.quote, '\n', '\r'].contains(&c);
        if text.chars().any(special) || dice.below(8) == 0 {
            let doubled = text.replace(self.quote, &self.quote.to_string().repeat(2));
            return format!("{0}{doubled}{0}", self.quote);
        }
        text.to_string()
    }

    fn bytes(self, text: &str) -> Vec<u8> {
        let mut bytes = match self.encoding {
            "windows-1252" => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            _ => text.as_bytes().to_vec(),
        };
        if self.marked {
            let mark: &[u8] = match self.encoding {
                "utf-16le" => &[0xff, 0xfe],
                "utf-16be" => &[0xfe, 0xff],
                _ => &[0xef, 0xbb, 0xbf],
            };
            bytes.splice(0..0, mark.iter().copied());
        }
        if self.packed {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(&bytes).unwrap();
            bytes = gzip.finish().unwrap();
        }
        bytes
    }
}

const HEADER: [&str; 10] = [
    "nr",
    "nis",
    "kbo",
    "kanaal",
    "in",
    "uit",
    "termijn",
    "bedrag",
    "opmerking",
    "rest",
];

fn tables() -> IndexMap<String, Contract> {
    let lookup =
        "lookup = { table = \"regions\", column = \"region_code\", valid_on = \"received_on\" }";
    let cases = contract(
        "cases",
        &["system", "case_id"],
        Some("municipality_code"),
        &format!(
            "system! text
             case_id! text
             municipality_code! text {lookup}
             kbo text pattern = \"[01][0-9]{{9}}\"
             channel! text codes = [\"digital\", \"counter\", \"post\"]
             received_on! date min = 1990-01-01 ; max = \"landed\"
             closed_on date
             term_days i32 min = 0 ; max = 3650
             fee dec
             note text"
        ),
        r#"
[[rules]]
id = "closed_before_received"
column = "closed_on"
at_least = "received_on"
severity = "reject"
meaning = { nl = "De sluiting valt voor de indiening", en = "x" }
[[rules]]
id = "fee_needs_term"
column = "fee"
expression = "fee is null or fee < 1000 or term_days > 30"
severity = "reject"
meaning = { nl = "Een groot bedrag vraagt een lange termijn", en = "x" }
"#,
    );
    let mut contracts = contracts();
    contracts.insert("cases".into(), cases);
    contracts
}

/// Ways in which a record is made bad, with the rule that must find it.
const FAULTS: [(&str, &str); 16] = [
    ("short", "shape"),
    ("long", "shape"),
    ("no number", "required"),
    ("no day", "required"),
    ("no channel", "required"),
    ("no such day", "type"),
    ("no whole number", "type"),
    ("no amount", "type"),
    ("channel not in map", "codes"),
    ("form of kbo", "pattern"),
    ("term too long", "range"),
    ("day too early", "range"),
    ("day to come", "range"),
    ("no such town", "lookup"),
    ("closed before", "closed_before_received"),
    ("expression", "fee_needs_term"),
];

/// A record's cells, good save for the fault.
fn record(dice: &mut Dice, dialect: Dialect, number: u64, fault: &str) -> Vec<String> {
    let (month, day) = (1 + dice.below(12), 1 + dice.below(28));
    let comma = |whole: u64| format!("{whole}{}50", dialect.decimal);
    let mut cells: Vec<String> = vec![
        format!("Z{number}"),
        "44040".into(),
        if dice.below(2) == 0 {
            "0207437468".into()
        } else {
            String::new()
        },
        dice.pick(&["Loket", "E-loket", "Café"]).into(),
        dialect.day(2023, month, day),
        if dice.below(2) == 0 {
            dialect.day(2024, month, day)
        } else {
            String::new()
        },
        format!("{}", 31 + dice.below(300)),
        comma(dice.below(900)),
        dice.pick(&[
            "",
            "een \"nota\"",
            "l'été; oui, | non",
            "twee\nregels",
            " ruimte ",
        ])
        .into(),
        "x".into(),
    ];
    match fault {
        "short" => drop(cells.pop()),
        "long" => cells.push("te veel".into()),
        "no number" => cells[0] = "  ".into(),
        "no day" => cells[4] = String::new(),
        "no channel" => cells[3] = String::new(),
        "no such day" => cells[4] = dialect.day(2023, 2, 30),
        "no whole number" => cells[6] = "dertig".into(),
        "no amount" => cells[7] = "1 2".into(),
        "channel not in map" => cells[3] = "Lokket".into(),
        "form of kbo" => cells[2] = "0207.437".into(),
        "term too long" => cells[6] = "36500".into(),
        "day too early" => {
            cells[4] = dialect.day(1989, 12, 31);
            cells[5] = String::new();
        }
        "day to come" => {
            cells[4] = dialect.day(2025, 7, 2);
            cells[5] = String::new();
        }
        "no such town" => cells[1] = "44041".into(),
        "closed before" => cells[5] = dialect.day(2022, 12, 31),
        "expression" => {
            cells[6] = "30".into();
            cells[7] = comma(1000);
        }
        _ => {}
    }
    cells
}

#[test]
fn a_thousand_files_with_known_faults() {
    let contracts = tables();
    let codes = codes(&super::contracts());
    let rules = Rules {
        contracts: &contracts,
        codes: &codes,
        zone: chrono_tz::Europe::Brussels,
        keys: &Default::default(),
    };
    let mut receipt = receipt("zaken.csv");
    receipt.pulled_at = "2025-07-01T10:00:00Z".parse().unwrap();
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    for seed in 0..1000 {
        let mut dice = Dice(seed);
        let dialect = Dialect::roll(&mut dice);
        let count = dice.below(24);
        let mut text = HEADER.join(&dialect.delimiter.to_string());
        text.push_str(dialect.line_end);
        // Record to the one rule it breaks; and to a warning where it only deserves one.
        let (mut bad, mut warned) = (BTreeMap::new(), BTreeMap::new());
        let mut standing: Vec<u64> = Vec::new();
        for number in 1..=count {
            let (fault, rule) = match dice.below(3) {
                0 => FAULTS[dice.below(FAULTS.len() as u64) as usize],
                _ => ("", ""),
            };
            let mut cells = record(&mut dice, dialect, number, fault);
            if fault.is_empty() {
                match (dice.below(12), standing.first()) {
                    (0, Some(first)) => {
                        cells[0] = format!("Z{first}");
                        bad.insert(number, "key");
                    }
                    (1, _) => {
                        cells[5] = "n.v.t.".into();
                        warned.insert(number, "placeholder");
                        standing.push(number);
                    }
                    _ => standing.push(number),
                }
            } else {
                bad.insert(number, rule);
            }
            let cells: Vec<String> = cells.iter().map(|c| dialect.cell(&mut dice, c)).collect();
            text.push_str(&cells.join(&dialect.delimiter.to_string()));
            // The last line may or may not be ended.
            if number < count || dice.below(2) == 0 {
                text.push_str(dialect.line_end);
            }
        }
        bad.values()
            .chain(warned.values())
            .for_each(|rule| *seen.entry(rule).or_default() += 1);

        let source = Source::parse("p", Path::new("p.toml"), &dialect.mapping()).unwrap();
        source.validate(&contracts).unwrap();
        let delivery = check(&source, &receipt, &dialect.bytes(&text), &rules)
            .unwrap_or_else(|e| panic!("seed {seed} {dialect:?}: {e}"));
        let context = || format!("seed {seed} {dialect:?}\n{text}\n{:?}", delivery.findings);
        assert_eq!(delivery.rows_read, count, "{}", context());
        assert_eq!(delivery.rejected, bad.len() as u64, "{}", context());
        assert_eq!(delivery.accepted, count - bad.len() as u64, "{}", context());
        assert_eq!(delivery.warned, warned.len() as u64, "{}", context());
        let told = |severity| -> BTreeMap<u64, &str> {
            let of = delivery.findings.iter().filter(|f| f.severity == severity);
            of.map(|f| (f.record, f.rule.as_str())).collect()
        };
        assert_eq!(told(Severity::Reject), bad, "{}", context());
        assert_eq!(told(Severity::Warn), warned, "{}", context());
        assert_eq!(
            delivery.findings.len(),
            bad.len() + warned.len(),
            "{}",
            context()
        );
        let kept: Vec<String> = standing.iter().map(|number| format!("Z{number}")).collect();
        assert_eq!(column(&delivery, "cases", "case_id"), kept, "{}", context());
        assert_eq!(delivery.profile[0].rows, kept.len() as u64);
    }
    // Every kind of fault was among them, and often.
    for (_, rule) in FAULTS.iter().chain(&[("", "key"), ("", "placeholder")]) {
        assert!(seen.get(rule).is_some_and(|n| *n > 100), "{rule}: {seen:?}");
    }
}
