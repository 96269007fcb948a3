//! kbo: extracts of the Crossroads Bank for Enterprises: a Full, the updates after it, and what is not let through.

use std::io::{Cursor, Write};
use std::process::{Command, Output};

use zip::write::SimpleFileOptions;

use crate::project::{Project, reference_data};

const KEYS: &str = "seal 1 ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

/// The mapping of the guide, as it stands there.
fn mapping() -> &'static str {
    let guide = include_str!("../../docs/sources/kbo.md");
    let after = guide.split_once("```toml\n").expect("a mapping").1;
    after.split_once("```").expect("its end").0
}

const CODE: &str = "\"Category\",\"Code\",\"Language\",\"Description\"
\"JuridicalForm\",\"014\",\"FR\",\"Société anonyme\"
\"JuridicalForm\",\"014\",\"NL\",\"Naamloze vennootschap\"
\"JuridicalSituation\",\"000\",\"NL\",\"Normale toestand\"
\"Nace2025\",\"56111\",\"NL\",\"Eetgelegenheden met volledige bediening\"
\"Status\",\"AC\",\"NL\",\"Actief\"
\"Classification\",\"MAIN\",\"NL\",\"Hoofdactiviteit\"
\"TypeOfAddress\",\"REGO\",\"NL\",\"Zetel\"
";
const ENTERPRISE: &str = "\"EnterpriseNumber\",\"Status\",\"JuridicalSituation\",\"TypeOfEnterprise\",\"JuridicalForm\",\"JuridicalFormCAC\",\"StartDate\"\n";
const ESTABLISHMENT: &str = "\"EstablishmentNumber\",\"StartDate\",\"EnterpriseNumber\"\n";
const BRANCH: &str = "\"Id\",\"StartDate\",\"EnterpriseNumber\"\n";
const DENOMINATION: &str =
    "\"EntityNumber\",\"Language\",\"TypeOfDenomination\",\"Denomination\"\n";
const ADDRESS: &str = "\"EntityNumber\",\"TypeOfAddress\",\"CountryNL\",\"CountryFR\",\"Zipcode\",\"MunicipalityNL\",\"MunicipalityFR\",\"StreetNL\",\"StreetFR\",\"HouseNumber\",\"Box\",\"ExtraAddressInfo\",\"DateStrikingOff\"\n";
const CONTACT: &str = "\"EntityNumber\",\"EntityContact\",\"ContactType\",\"Value\"\n";
const ACTIVITY: &str =
    "\"EntityNumber\",\"ActivityGroup\",\"NaceVersion\",\"NaceCode\",\"Classification\"\n";

/// The name of a natural person that must be found nowhere.
const PERSON: &str = "Kanarievogel";

fn meta(number: u32, kind: &str, day: &str) -> String {
    format!(
        "\"Variable\",\"Value\"\n\"SnapshotDate\",\"{day}\"\n\"ExtractTimestamp\",\"{day} 07:07:49\"\n\"ExtractType\",\"{kind}\"\n\
         \"ExtractNumber\",\"{number}\"\n\"Version\",\"1.0.0\"\n"
    )
}

fn address(number: &str, kind: &str, zip: &str, municipality: &str) -> String {
    format!(
        "\"{number}\",\"{kind}\",,,\"{zip}\",\"{municipality}\",\"{municipality}\",\"Kerkstraat\",\"Kerkstraat\",\"1\",\"\",\"\",\n"
    )
}

fn packed(files: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default())
            .expect("a member");
        zip.write_all(text.as_bytes()).expect("written");
    }
    zip.finish().expect("an archive").into_inner()
}

/// Two legal persons with an establishment and a branch, and a natural person with a shop.
fn full(number: u32, day: &str) -> Vec<u8> {
    packed(&[
        ("meta.csv", meta(number, "full", day)),
        ("code.csv", CODE.into()),
        (
            "enterprise.csv",
            format!(
                "{ENTERPRISE}\"0400.000.001\",\"AC\",\"000\",\"2\",\"014\",,01-01-1968\n\"0400.000.002\",\"AC\",\"000\",\"2\",\"014\",,09-08-1990\n\"0700.000.001\",\"AC\",\"000\",\"1\",,,01-02-2020\n"
            ),
        ),
        (
            "establishment.csv",
            format!(
                "{ESTABLISHMENT}\"2.000.000.001\",01-11-1974,\"0400.000.001\"\n\"2.000.000.009\",01-02-2020,\"0700.000.001\"\n"
            ),
        ),
        (
            "branch.csv",
            format!("{BRANCH}\"9.000.000.001\",01-09-1995,\"0400.000.002\"\n"),
        ),
        (
            "denomination.csv",
            format!(
                "{DENOMINATION}\"0400.000.001\",\"1\",\"001\",\"La Première\"\n\"0400.000.001\",\"2\",\"001\",\"De Eerste\"\n\"0400.000.002\",\"2\",\"001\",\"De Tweede\"\n\"2.000.000.001\",\"2\",\"003\",\"Eetcafé \"\"De Zaal\"\"\"\n\"0700.000.001\",\"2\",\"001\",\"{PERSON}, Jan\"\n\"2.000.000.009\",\"2\",\"003\",\"Bij {PERSON}\"\n"
            ),
        ),
        (
            "address.csv",
            format!(
                "{ADDRESS}{}{}{}{}",
                address("0400.000.001", "REGO", "9000", "Gent"),
                address("0400.000.002", "REGO", "1000", "Nergenshuizen"),
                address("2.000.000.001", "BAET", "9070", "Destelbergen"),
                address("2.000.000.009", "BAET", "9000", PERSON)
            ),
        ),
        (
            "contact.csv",
            format!(
                "{CONTACT}\"0400.000.001\",\"ENT\",\"WEB\",\"eerste.example\"\n\"0700.000.001\",\"ENT\",\"EMAIL\",\"jan@{PERSON}.example\"\n"
            ),
        ),
        (
            "activity.csv",
            format!(
                "{ACTIVITY}\"0400.000.001\",\"001\",\"2008\",\"56101\",\"MAIN\"\n\"0400.000.001\",\"001\",\"2025\",\"56111\",\"MAIN\"\n\"2.000.000.001\",\"001\",\"2025\",\"56111\",\"MAIN\"\n\"0700.000.001\",\"001\",\"2025\",\"56111\",\"MAIN\"\n"
            ),
        ),
    ])
}

/// The first enterprise moves and changes its activity; the second is gone, with its branch; a third is there, and a person
/// opens a shop.
fn update(number: u32, day: &str) -> Vec<u8> {
    packed(&[
        ("meta.csv", meta(number, "update", day)),
        (
            "code.csv",
            format!("{CODE}\"Nace2025\",\"93110\",\"NL\",\"Exploitatie van sportaccommodaties\"\n"),
        ),
        (
            "enterprise_delete.csv",
            "\"EnterpriseNumber\"\n\"0400.000.002\"\n\"0700.000.002\"\n".into(),
        ),
        (
            "enterprise_insert.csv",
            format!(
                "{ENTERPRISE}\"0400.000.003\",\"AC\",\"000\",\"2\",\"014\",,01-06-2025\n\"0700.000.002\",\"AC\",\"000\",\"1\",,,01-06-2025\n"
            ),
        ),
        (
            "establishment_insert.csv",
            format!(
                "{ESTABLISHMENT}\"2.000.000.010\",01-06-2025,\"0700.000.001\"\n\"2.000.000.003\",01-06-2025,\"0400.000.003\"\n"
            ),
        ),
        ("branch_delete.csv", "\"Id\"\n\"9.000.000.001\"\n".into()),
        (
            "denomination_delete.csv",
            "\"EntityNumber\"\n\"0400.000.002\"\n\"0400.000.002\"\n".into(),
        ),
        (
            "denomination_insert.csv",
            format!(
                "{DENOMINATION}\"0400.000.003\",\"2\",\"001\",\"De Derde\"\n\"0700.000.002\",\"2\",\"001\",\"{PERSON}, An\"\n\"2.000.000.010\",\"2\",\"003\",\"{PERSON} en zoon\"\n"
            ),
        ),
        (
            "address_delete.csv",
            "\"EntityNumber\"\n\"0400.000.001\"\n\"0400.000.002\"\n".into(),
        ),
        (
            "address_insert.csv",
            format!(
                "{ADDRESS}{}",
                address("0400.000.001", "REGO", "8500", "Kortrijk")
            ),
        ),
        (
            "activity_delete.csv",
            "\"EntityNumber\"\n\"0400.000.001\"\n".into(),
        ),
        (
            "activity_insert.csv",
            format!("{ACTIVITY}\"0400.000.001\",\"001\",\"2025\",\"93110\",\"MAIN\"\n"),
        ),
    ])
}

struct Register(Project);

impl Register {
    fn new() -> Self {
        let project = Project::new(false, "44021");
        project.write("sources/kbo.toml", mapping());
        Self(project)
    }

    fn land(&self, name: &str, bytes: &[u8]) {
        self.0.write_bytes(&format!("raw/{name}"), bytes);
        self.ok(&["pull"]);
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command: Command = self.0.command(args);
        command.env("BELEIDSINFO_KEYS", KEYS);
        command.output().expect("the program starts")
    }

    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{args:?} failed:\n{said}");
        format!("{}{said}", String::from_utf8_lossy(&output.stdout))
    }

    fn fails(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{args:?}:\n{said}");
        said
    }

    fn rows(&self, sql: &str) -> Vec<String> {
        self.0.rows(sql)
    }

    fn stands_at(&self) -> String {
        self.rows("select value from kbo_meta where variable = 'ExtractNumber'")
            .join("")
    }
}

fn with_full() -> Register {
    let register = Register::new();
    register.land(
        "KboOpenData_0136_2025_06_Full.zip",
        &full(136, "30-05-2025"),
    );
    register.ok(&["store"]);
    register
}

#[test]
fn a_full_fills_all_tables_and_leaves_natural_persons_out() {
    let register = with_full();
    assert_eq!(
        register.rows("select enterprise_number, name, status, juridical_form, started_on, zipcode, municipality_code from kbo_enterprises_nl order by 1"),
        [
            "0400000001,De Eerste,Actief,Naamloze vennootschap,1968-01-01,9000,44021",
            // No municipality has that name: none is invented.
            "0400000002,De Tweede,Actief,Naamloze vennootschap,1990-08-09,1000,",
        ]
    );
    assert_eq!(
        register.rows("select establishment_number, name, enterprise_name, municipality_code from kbo_establishments_nl"),
        ["2000000001,\"Eetcafé \"\"De Zaal\"\"\",De Eerste,44013"]
    );
    assert_eq!(
        register.rows("select entity_number, nace_code, nace_text, classification_text from kbo_activities_nl where nace_version = '2025' order by 1"),
        [
            "0400000001,56111,Eetgelegenheden met volledige bediening,Hoofdactiviteit",
            "2000000001,56111,Eetgelegenheden met volledige bediening,Hoofdactiviteit",
        ]
    );
    let counts = [
        ("kbo_meta", 5),
        ("kbo_codes", 7),
        ("kbo_enterprises", 2),
        ("kbo_establishments", 1),
        ("kbo_branches", 1),
        ("kbo_denominations", 4),
        ("kbo_addresses", 3),
        ("kbo_contacts", 1),
        ("kbo_activities", 3),
    ];
    for (table, rows) in counts {
        assert_eq!(
            register.rows(&format!("select count(*) from {table}")),
            [rows.to_string()],
            "{table}"
        );
    }
    // What is left out was read and accepted: it fills no row.
    assert_eq!(
        register.rows("select rows_read, accepted, rejected, complete_until_on from deliveries where source_id = 'kbo'"),
        ["34,34,0,2025-05-30"]
    );
    for file in register.0.files("var/warehouse") {
        let bytes = std::fs::read(register.0.path(&file)).expect("a file");
        for word in [PERSON, "0700000001", "0700.000.001"] {
            let found = bytes.windows(word.len()).any(|w| w == word.as_bytes());
            assert!(!found, "{word} stands in {file}");
        }
    }
}

#[test]
fn without_a_key_nothing_lands() {
    let register = Register::new();
    register.0.write_bytes(
        "raw/KboOpenData_0136_2025_06_Full.zip",
        &full(136, "30-05-2025"),
    );
    let said = register.0.fails(&["pull"], 7);
    assert!(
        said.contains("a KBO extract names natural persons"),
        "{said}"
    );
}

#[test]
fn an_update_applies_and_the_state_before_it_can_still_be_asked() {
    let register = with_full();
    let before = register.rows("select max(batch) from deliveries").join("");
    register.land(
        "KboOpenData_0137_2025_07_Update.zip",
        &update(137, "30-06-2025"),
    );
    register.ok(&["store"]);
    assert_eq!(register.stands_at(), "137");
    assert_eq!(
        register.rows(
            "select enterprise_number, name, municipality_code from kbo_enterprises_nl order by 1"
        ),
        ["0400000001,De Eerste,34022", "0400000003,De Derde,"]
    );
    assert_eq!(
        register.rows(
            "select entity_number, nace_code, nace_text from kbo_activities_nl order by 1, 2"
        ),
        [
            "0400000001,93110,Exploitatie van sportaccommodaties",
            "2000000001,56111,Eetgelegenheden met volledige bediening",
        ],
        "an update deletes all activities of an entity, of every NACE version, and gives them anew"
    );
    assert_eq!(register.rows("select count(*) from kbo_branches"), ["0"]);
    assert_eq!(
        register.rows("select establishment_number from kbo_establishments order by 1"),
        ["2000000001", "2000000003"],
        "a shop of a person known from the Full is left out"
    );
    assert_eq!(
        register.rows("select entity_number from kbo_denominations order by 1"),
        ["0400000001", "0400000001", "0400000003", "2000000001"]
    );
    assert_eq!(
        register.rows("select rows_read - accepted - rejected, rejected from deliveries where name like '%Update%'"),
        ["0,0"]
    );
    // As it stood.
    let then = register.0.rows_as_of(
        "select enterprise_number, municipality_code from kbo_enterprises_nl order by 1",
        Some(&before),
    );
    assert_eq!(then, ["0400000001,44021", "0400000002,"]);
    // Landed twice, stored once.
    register.0.write_bytes(
        "raw/KboOpenData_0137_2025_07_Update.zip",
        &update(137, "30-06-2025"),
    );
    assert!(register.ok(&["pull"]).contains("0 files landed"));
    assert!(register.ok(&["store"]).contains("nothing new"));

    // A Full replaces all.
    register.land(
        "KboOpenData_0138_2025_08_Full.zip",
        &full(138, "30-07-2025"),
    );
    register.ok(&["store"]);
    assert_eq!(
        register
            .rows("select enterprise_number, municipality_code from kbo_enterprises_nl order by 1"),
        ["0400000001,44021", "0400000002,"]
    );
    assert_eq!(register.rows("select count(*) from kbo_activities"), ["3"]);
}

#[test]
fn a_gap_is_refused_until_what_is_missing_comes() {
    let register = with_full();
    register.land(
        "KboOpenData_0138_2025_08_Update.zip",
        &update(138, "30-07-2025"),
    );
    for verb in ["check", "store"] {
        let said = register.fails(&[verb], 7);
        for words in [
            "update of KBO extract 138",
            "extract 137 is missing",
            "a Full of 138 or later",
        ] {
            assert!(said.contains(words), "{verb}: {words}: {said}");
        }
    }
    assert_eq!(register.stands_at(), "136");
    assert_eq!(register.rows("select count(*) from kbo_activities"), ["3"]);
    // The missing one comes later, and is stored before the other.
    register.land(
        "KboOpenData_0137_2025_07_Update.zip",
        &update(137, "30-06-2025"),
    );
    register.ok(&["check"]);
    register.ok(&["store"]);
    assert_eq!(register.stands_at(), "138");
    let order = "select name from deliveries where source_id = 'kbo' order by batch";
    assert_eq!(
        register.rows(order),
        [
            "KboOpenData_0136_2025_06_Full.zip",
            "KboOpenData_0137_2025_07_Update.zip",
            "KboOpenData_0138_2025_08_Update.zip"
        ]
    );
}

#[test]
fn an_update_that_comes_too_late_is_not_applied() {
    let register = Register::new();
    register.land(
        "KboOpenData_0137_2025_07_Update.zip",
        &update(137, "30-06-2025"),
    );
    let said = register.fails(&["store"], 7);
    assert!(said.contains("no Full is stored yet"), "{said}");
    register.land(
        "KboOpenData_0138_2025_08_Full.zip",
        &full(138, "30-07-2025"),
    );
    let said = register.ok(&["store"]);
    assert!(
        said.contains("passed: kbo: the Update of extract 137 is not applied"),
        "{said}"
    );
    assert_eq!(register.stands_at(), "138");
    assert_eq!(
        register.rows("select enterprise_number from kbo_enterprises order by 1"),
        ["0400000001", "0400000002"]
    );
    // Nor is it later on.
    register.ok(&["store"]);
    assert_eq!(register.stands_at(), "138");
    let status = register.ok(&["status"]);
    let line = status
        .lines()
        .find(|l| l.starts_with("kbo "))
        .expect("a line");
    assert!(
        line.ends_with(" 0"),
        "it does not wait for anything: {line}"
    );
}

#[test]
fn a_file_that_is_not_what_its_name_says_is_refused() {
    let register = with_full();
    register.land(
        "KboOpenData_0137_2025_07_Update.zip",
        &update(139, "30-08-2025"),
    );
    let said = register.fails(&["store"], 1);
    assert!(
        said.contains("is Update 137 by its name, and update 139 by its meta.csv"),
        "{said}"
    );
    assert_eq!(register.stands_at(), "136");
}

#[test]
fn rows_that_are_wrong_are_rejected_and_the_rest_is_stored() {
    let register = Register::new();
    let mut files = vec![
        ("meta.csv", meta(136, "full", "30-05-2025")),
        ("code.csv", CODE.to_string()),
        (
            "enterprise.csv",
            format!(
                "{ENTERPRISE}\"0400.000.001\",\"AC\",\"000\",\"2\",\"014\",,01-01-1968\n\"0400.000.002\",\"AC\",\"000\",\"7\",\"014\",,01-01-1968\n\"0400.000.003\",\"AC\",\"000\",\"2\",\"014\",,31-02-1968\n"
            ),
        ),
        ("establishment.csv", ESTABLISHMENT.to_string()),
        ("branch.csv", BRANCH.to_string()),
        (
            "denomination.csv",
            format!(
                "{DENOMINATION}\"0400.000.001\",\"2\",\"001\",\"De Eerste\"\n\"0400.000.001\",\"2\",\"001\"\n"
            ),
        ),
        (
            "address.csv",
            format!(
                "{ADDRESS}{}{}",
                address("0400.000.001", "REGO", "9000", "Gent"),
                address("0400.000.009", "REGO", "9000", "Gent")
            ),
        ),
        ("contact.csv", CONTACT.to_string()),
        ("activity.csv", ACTIVITY.to_string()),
    ];
    register.land("KboOpenData_0136_2025_06_Full.zip", &packed(&files));
    register.ok(&["store"]);
    assert_eq!(
        register.rows("select rule, line, table_name, column_name from rejections where source_id = 'kbo' order by record"),
        [
            "codes,3,kbo_enterprises,TypeOfEnterprise",
            "type,4,kbo_enterprises,StartDate",
            "shape,3,kbo_denominations,",
            "unknown_entity,3,kbo_addresses,EntityNumber",
        ]
    );
    assert_eq!(
        register
            .rows("select rows_read, accepted, rejected from deliveries where source_id = 'kbo'"),
        ["19,15,4"]
    );
    let said = register
        .rows("select reason from rejections where rule = 'type'")
        .join("");
    assert!(
        said.starts_with("\"enterprise.csv: Kolom StartDate"),
        "{said}"
    );

    files.remove(4);
    register.land("KboOpenData_0137_2025_06_Full.zip", &packed(&files));
    let said = register.fails(&["store"], 1);
    assert!(said.contains("holds no branch.csv"), "{said}");
}

/// Real rows: public bodies and companies, as the register gives them.
#[test]
fn real_rows_are_read_as_they_are() {
    let Some(data) = reference_data("kbo") else {
        return;
    };
    let text = |name: &str| std::fs::read_to_string(data.join(name)).expect("a file");
    let names = [
        "meta.csv",
        "code.csv",
        "enterprise.csv",
        "establishment.csv",
        "branch.csv",
        "denomination.csv",
        "address.csv",
        "contact.csv",
        "activity.csv",
    ];
    let register = Register::new();
    let files: Vec<(&str, String)> = names.iter().map(|name| (*name, text(name))).collect();
    register.land("KboOpenData_0136_2025_06_Full.zip", &packed(&files));
    register.ok(&["store"]);
    assert_eq!(
        register.rows("select enterprise_number, name, municipality_code from kbo_enterprises_nl where municipality_code is not null order by 1"),
        [
            "0200065765,Intergemeentelijke Vereniging Veneco,44013",
            "0200068636,Farys,44021",
            "0200171970,Sanatorium-Hospitaal van Lemberge,44021",
            "0200245711,Intercommunaal Sanatorium Denderoord,41018",
            "0200305493,Intergemeentelijk Samenwerkingsverband voor ruimtelijke ordening en socio-economische expansie,41063",
            "0200420410,Congregatie der Gasthuiszusters-Augustinessen van Diest,24020",
            "0200420608,,33021",
            "0200448421,,34022",
        ]
    );
    // An excerpt: what is about others than its ten enterprises is rejected, and counted.
    let counts = register
        .rows("select rows_read, accepted, rejected from deliveries where source_id = 'kbo'")
        .join("");
    let rejected = register
        .rows("select table_name, count(*) from rejections where rule = 'unknown_entity' group by 1 order by 1")
        .join(" ");
    assert_eq!(counts, "138,125,13");
    assert_eq!(
        rejected,
        "kbo_addresses,3 kbo_branches,4 kbo_contacts,2 kbo_establishments,4"
    );

    let changed = |what: &str| text(&format!("address_{what}.csv"));
    let update = [
        ("meta.csv", meta(137, "update", "30-06-2025")),
        ("address_delete.csv", changed("delete")),
        ("address_insert.csv", changed("insert")),
    ];
    register.land("KboOpenData_0137_2025_07_Update.zip", &packed(&update));
    register.ok(&["store"]);
    assert_eq!(register.stands_at(), "137");
    // The update is about an enterprise that is not in the excerpt: it may be a person, and is left out.
    assert_eq!(
        register.rows("select count(*), count(case when entity_number = '0220815847' then 1 end) from kbo_addresses"),
        ["10,0"]
    );
}
