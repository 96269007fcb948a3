//! wrong: when things go wrong, a clear message says what, where and what to do, and nothing is lost.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use beleidsinfo_warehouse::durable::DurableLocalStore;
use beleidsinfo_warehouse::location::Storage;
use beleidsinfo_warehouse::pack::{Pack, builtin_files};
use beleidsinfo_warehouse::store::Store;
use beleidsinfo_warehouse::warehouse::Warehouse;

use crate::project::{CASES, HEADER, Project};

/// A project that holds one good delivery, and what it held then.
fn good() -> (Project, Vec<String>) {
    let project = Project::small("12041");
    project.write(
        "raw/cases_2025-06-30.csv",
        &format!("{HEADER}A1,12041,,E-loket,02/01/2025,01/03/2025,10/02/2025\n"),
    );
    project.flow();
    let dump = project.dump();
    (project, dump)
}

/// A second delivery that must be refused whole, with these words; then, mended, it goes in.
fn refused_then_mended(name: &str, bytes: &[u8], words: &[&str], mended: impl FnOnce(&Project)) {
    let (project, before) = good();
    project.write_bytes(&format!("raw/{name}"), bytes);
    project.ok(&["pull"]);
    for verb in ["check", "store"] {
        let stderr = project.fails(&[verb], 1);
        for word in words {
            assert!(
                stderr.contains(word),
                "{verb} does not say {word:?}:\n{stderr}"
            );
        }
        assert!(
            stderr.contains("hint:"),
            "{verb} does not say what to do:\n{stderr}"
        );
    }
    assert_eq!(
        before,
        project.dump(),
        "a refused delivery left something behind"
    );
    assert_eq!(
        project.files("var/warehouse/raw/cases").len(),
        4,
        "the landed bytes are kept"
    );
    mended(&project);
    project.flow();
    assert!(
        project
            .rows("select count(*) from cases")
            .join("")
            .parse::<i64>()
            .expect("a count")
            >= 2
    );
}

#[test]
fn wrong_encoding() {
    let bytes = b"id,nis,place,channel,received,due,decided\nA\xe9,12041,,Loket,02/01/2025,,\n";
    refused_then_mended(
        "cases_2025-07-31.csv",
        bytes,
        &["cases_2025-07-31.csv", "line 2", "windows-1252"],
        |p| {
            p.write(
                "sources/cases.toml",
                &CASES.replace(
                    "connector = \"csv\"",
                    "connector = \"csv\"\nencoding = \"windows-1252\"",
                ),
            );
        },
    );
}

#[test]
fn half_a_gzip() {
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, text.as_bytes()).expect("memory");
        encoder.finish().expect("memory")
    };
    let rows: String = (0..500)
        .map(|i| format!("B{i},12041,,Loket,02/01/2025,01/03/2025,10/02/2025\n"))
        .collect();
    let whole = gzip(&format!("{HEADER}{rows}"));
    let (project, before) = good();
    project.write_bytes("raw/cases_2025-07-31.csv.gz", &whole[..whole.len() / 2]);
    project.write(
        "sources/cases.toml",
        &CASES.replace("cases_*.csv", "cases_*.csv*"),
    );
    project.ok(&["pull"]);
    let stderr = project.fails(&["store"], 1);
    assert!(
        stderr.contains("cases_2025-07-31.csv.gz") && stderr.contains("hint:"),
        "{stderr}"
    );
    let cases = |dump: &[String]| {
        dump.iter()
            .filter(|l| l.starts_with("cases:"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(cases(&before), cases(&project.dump()));
}

#[test]
fn a_missing_column() {
    let bytes = b"id,nis,place,chanel,received,due,decided\nA2,12041,,Loket,02/01/2025,,\n";
    refused_then_mended(
        "cases_2025-07-31.csv",
        bytes,
        &["cases_2025-07-31.csv", "channel", "chanel"],
        |p| {
            let mended = CASES
                .replace("cases_*", "cases_2025-07*")
                .replace("from = \"channel\"", "from = \"chanel\"");
            p.write("sources/late.toml", &mended);
            p.write(
                "sources/cases.toml",
                &CASES.replace("cases_*", "cases_2025-06*"),
            );
            std::fs::remove_dir_all(p.path("var/warehouse/raw/cases"))
                .expect("the wrong landing is taken away");
        },
    );
}

#[test]
fn bad_rows_are_set_apart_whole_and_the_rest_goes_in() {
    let (project, _) = good();
    let bad = [
        (
            "B1,12041,,Loket,02/01/2025,01/03/2025,10/02/2025,too many",
            "shape",
            "7",
        ),
        (
            "B2,99999,,Loket,02/01/2025,01/03/2025,10/02/2025",
            "lookup",
            "99999",
        ),
        (
            "B3,44036,,Loket,02/01/2025,01/03/2025,10/02/2025",
            "lookup",
            "44085",
        ),
        (
            "B4,12041,,Duif,02/01/2025,01/03/2025,10/02/2025",
            "codes",
            "Duif",
        ),
        (
            "B5,12041,,Loket,31/02/2025,01/03/2025,10/02/2025",
            "type",
            "31/02/2025",
        ),
        (
            "B6,12041,,Loket,02/03/2025,01/03/2025,10/02/2025",
            "closed_before_received",
            "2025-02-10",
        ),
        (
            ",12041,,Loket,02/01/2025,01/03/2025,10/02/2025",
            "required",
            "id",
        ),
    ];
    let rows: String = bad.iter().map(|(row, ..)| format!("{row}\n")).collect();
    project.write(
        "raw/cases_2025-07-31.csv",
        &format!("{HEADER}{rows}B9,12041,,Loket,02/01/2025,01/03/2025,10/02/2025\n"),
    );
    project.ok(&["pull"]);
    let output = project.run(&["check", "--show", "20"]);
    assert_eq!(
        output.status.code(),
        Some(3),
        "check says with its exit code that rows would be rejected"
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("8 read = 1 accepted + 7 rejected"));
    project.flow();
    assert_eq!(
        project.rows("select case_id from cases order by case_id"),
        ["A1", "B9"]
    );
    let found = project.rows(
        "select line, rule, reason from rejections where severity = 'reject' order by line, rule",
    );
    for (i, (_, rule, word)) in bad.iter().enumerate() {
        let line = format!("{},{rule}", i + 2);
        assert!(
            found
                .iter()
                .any(|f| f.starts_with(&line) && f.contains(word)),
            "line {} is not rejected by {rule} with {word}: {found:#?}",
            i + 2
        );
    }
}

#[test]
fn a_definition_with_a_wrong_column_names_file_and_line() {
    let project = Project::with_own_pack("12041");
    let facts = "pack/indicators/dienstverlening/zaak_open/facts.sql";
    project.write(
        facts,
        &project.read(facts).replace("received_on", "recieved_on"),
    );
    let other = "pack/indicators/dienstverlening/zaak_ingediend/facts.sql";
    project.write(other, "-- Cases of today.\nselect municipality_code, current_date as date,\n  channel, product_code, place_code\nfrom cases\n");
    for verb in ["define", "compute"] {
        let stderr = project.fails(&[verb], 1);
        assert!(
            stderr.contains("zaak_open/facts.sql:") && stderr.contains("recieved_on"),
            "{stderr}"
        );
        assert!(
            stderr.contains("zaak_ingediend/facts.sql:2") && stderr.contains("$cutoff"),
            "all problems in one report: {stderr}"
        );
    }
    project.write(
        "pack/tables/cases.toml",
        &project
            .read("pack/tables/cases.toml")
            .replacen("visibility", "visibilty", 1),
    );
    assert!(project.fails(&["define"], 1).contains("tables/cases.toml"));
}

#[test]
fn two_runs_at_once() {
    let (project, _) = good();
    let holder = std::fs::File::options()
        .write(true)
        .open(project.path("var/warehouse/lock"))
        .expect("the lock file");
    holder.lock().expect("the lock");
    std::io::Write::write_all(&mut &holder, b"held by `store`, process 1\n").expect("a mark");
    for verb in ["pull", "store", "compute", "publish"] {
        project.write("raw/cases_2025-07-31.csv", HEADER);
        let stderr = project.fails(&[verb], 5);
        assert!(
            stderr.contains("another run holds the warehouse")
                && stderr.contains("held by `store`"),
            "{verb}: {stderr}"
        );
    }
    assert_eq!(
        project.rows("select count(*) from cases"),
        ["1"],
        "reading goes on"
    );
    drop(holder);
    project.flow();
}

#[test]
fn a_warehouse_of_a_newer_program() {
    let (project, before) = good();
    let format = project.read("var/warehouse/format.json");
    project.write(
        "var/warehouse/format.json",
        "{\"format\": 99, \"program\": \"99.0.0\"}",
    );
    for verb in ["pull", "store", "compute", "status"] {
        assert!(project.fails(&[verb], 7).contains("99.0.0"));
    }
    project.write("var/warehouse/format.json", &format);
    assert_eq!(before, project.dump());
}

/// The local store, failing from one write on.
#[derive(Debug)]
struct Failing {
    inner: DurableLocalStore,
    /// Writes left before the disk is full.
    left: Arc<AtomicI64>,
}

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Failing")
    }
}

impl Failing {
    fn write(&self) -> object_store::Result<()> {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(object_store::Error::Generic {
                store: "Failing",
                source: "no space left on device".into(),
            });
        }
        Ok(())
    }
}

#[async_trait::async_trait]
impl object_store::ObjectStore for Failing {
    async fn put_opts(
        &self,
        location: &object_store::path::Path,
        payload: object_store::PutPayload,
        opts: object_store::PutOptions,
    ) -> object_store::Result<object_store::PutResult> {
        self.write()?;
        self.inner.put_opts(location, payload, opts).await
    }
    async fn put_multipart_opts(
        &self,
        location: &object_store::path::Path,
        opts: object_store::PutMultipartOptions,
    ) -> object_store::Result<Box<dyn object_store::MultipartUpload>> {
        self.write()?;
        self.inner.put_multipart_opts(location, opts).await
    }
    async fn get_opts(
        &self,
        location: &object_store::path::Path,
        options: object_store::GetOptions,
    ) -> object_store::Result<object_store::GetResult> {
        self.inner.get_opts(location, options).await
    }
    fn delete_stream(
        &self,
        locations: futures::stream::BoxStream<
            'static,
            object_store::Result<object_store::path::Path>,
        >,
    ) -> futures::stream::BoxStream<'static, object_store::Result<object_store::path::Path>> {
        self.inner.delete_stream(locations)
    }
    fn list(
        &self,
        prefix: Option<&object_store::path::Path>,
    ) -> futures::stream::BoxStream<'static, object_store::Result<object_store::ObjectMeta>> {
        self.inner.list(prefix)
    }
    async fn list_with_delimiter(
        &self,
        prefix: Option<&object_store::path::Path>,
    ) -> object_store::Result<object_store::ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }
    async fn copy_opts(
        &self,
        from: &object_store::path::Path,
        to: &object_store::path::Path,
        options: object_store::CopyOptions,
    ) -> object_store::Result<()> {
        self.write()?;
        self.inner.copy_opts(from, to, options).await
    }
}

/// Every write of a store fails once; after each failure the warehouse shows the old state, and with room again it goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_on_a_write() {
    let (project, before) = good();
    project.write("raw/cases_2025-07-31.csv", &format!("{HEADER}A2,12041,,Loket,02/01/2025,01/03/2025,10/02/2025\nA3,99999,,Loket,02/01/2025,,\n"));
    project.ok(&["pull"]);
    let pack = Pack::parse(builtin_files()).expect("the built-in pack");
    let left = Arc::new(AtomicI64::new(i64::MAX));
    let store = Arc::new(Failing {
        inner: DurableLocalStore::new(),
        left: left.clone(),
    });
    let folder = project.path("var/warehouse");
    let mut failures = 0;
    for room in 0..40 {
        left.store(i64::MAX, Ordering::SeqCst);
        let storage = Storage::on(store.clone(), &folder).expect("storage");
        let warehouse = Warehouse::on(storage, chrono::Utc::now)
            .await
            .expect("a warehouse");
        let receipt = warehouse
            .raw()
            .receipts("cases")
            .await
            .expect("receipts")
            .into_iter()
            .find(|r| r.name == "cases_2025-07-31.csv")
            .expect("a receipt");
        let bytes = warehouse.raw().bytes(&receipt).await.expect("bytes");
        let known = warehouse.code_tables(&pack).await.expect("codes");
        let book = beleidsinfo_warehouse::reference::region_book(
            &known["regions"],
            &known["region_changes"],
        );
        let mut lists = beleidsinfo_ingest::codes::CodeLists::new(book.expect("regions"));
        for (table, rows) in &known {
            rows.iter()
                .for_each(|rows| lists.add(&pack.contracts[table], rows));
        }
        let mapping = project.read("sources/cases.toml");
        let source = beleidsinfo_ingest::source::Source::parse(
            "cases",
            &project.path("sources/cases.toml"),
            &mapping,
        )
        .expect("a mapping");
        let rules = beleidsinfo_ingest::check::Rules {
            contracts: &pack.contracts,
            codes: &lists,
            zone: chrono_tz::Europe::Brussels,
            keys: &beleidsinfo_warehouse::keys::Keys::default(),
        };
        let delivery = beleidsinfo_ingest::check::check(&source, &receipt, &bytes, &rules)
            .expect("a checked file");
        let mut run = Store::begin(&warehouse, &pack)
            .await
            .expect("the lock, and a swept warehouse");
        left.store(room, Ordering::SeqCst);
        match run.delivery(delivery).await {
            Ok(_) => {
                run.end();
                break;
            }
            Err(e) => {
                failures += 1;
                assert_eq!(e.kind(), beleidsinfo_warehouse::error::Kind::Storage, "{e}");
                drop(run);
                assert_eq!(
                    before,
                    project.dump(),
                    "after {room} writes a failed store shows something"
                );
            }
        }
    }
    assert!(failures >= 4, "only {failures} writes failed");
    assert_eq!(
        project.rows("select case_id from cases order by 1"),
        ["A1", "A2"]
    );
    assert_eq!(
        project.rows("select count(*) from rejections where rule = 'lookup'"),
        ["1"]
    );
}

/// Adds a column to a contract of a project's own pack.
fn add_column(project: &Project, table: &str, column: &str, kind: &str) {
    let path = format!("pack/tables/{table}.toml");
    let words =
        "meaning = { nl = \"x\", en = \"x\" }\nvisibility = \"internal\"\npurpose = \"x\"\n";
    let contract = project.read(&path);
    project.write(
        &path,
        &format!("{contract}\n[columns.{column}]\ntype = \"{kind}\"\n{words}"),
    );
}

#[test]
fn a_warehouse_from_before_columns_were_added_to_its_tables() {
    let project = Project::with_own_pack("12041");
    let row = |id: &str| format!("{id},12041,,Loket,02/01/2025,01/03/2025,10/02/2025\n");
    project.write(
        "raw/cases_2025-06-30.csv",
        &format!("{HEADER}{}", row("A1")),
    );
    project.flow();
    add_column(&project, "cases", "added_later", "text");
    // To be read before anything is written.
    assert_eq!(
        project.rows("select count(*), count(added_later) from cases"),
        ["1,0"]
    );
    let later = format!("{CASES}added_later = \"extra\"\n").replace("cases_*", "later_*");
    project.write("sources/later.toml", &later);
    let header = HEADER.trim_end();
    let text = format!("{header},extra\n{}", row("A2").replace('\n', ",nieuw\n"));
    project.write("raw/later_2025-09-30.csv", &text);
    project.write(
        "raw/cases_2025-09-30.csv",
        &format!("{HEADER}{}", row("A3")),
    );
    project.flow();
    assert_eq!(
        project.rows("select case_id, coalesce(added_later, '-') from cases order by case_id"),
        ["A1,-", "A2,nieuw", "A3,-"]
    );
}

#[test]
fn a_warehouse_whose_tables_have_another_key_or_type_says_what_to_do() {
    let project = Project::with_own_pack("12041");
    let row = "A1,12041,,Loket,02/01/2025,01/03/2025,10/02/2025\n";
    project.write("raw/cases_2025-06-30.csv", &format!("{HEADER}{row}"));
    project.flow();
    let contract = project.read("pack/tables/cases.toml");
    add_column(&project, "cases", "volgnummer", "text");
    let keyed = project
        .read("pack/tables/cases.toml")
        .replacen("key = [", "key = [\"volgnummer\", ", 1)
        .replace(
            "[columns.volgnummer]",
            "[columns.volgnummer]\nrequired = true",
        );
    let typed = contract.replacen(
        "[columns.term_days]\ntype = \"i32\"",
        "[columns.term_days]\ntype = \"i64\"",
        1,
    );
    assert_ne!(typed, contract);
    for (contract, words) in [
        (&keyed, "column `volgnummer` in the key"),
        (&typed, "column `term_days` is of another type"),
    ] {
        project.write("pack/tables/cases.toml", contract);
        let run = project.run(&["query", "select count(*) from cases"]);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(
            !run.status.success() && said.contains(words) && said.contains("copy `raw/`"),
            "{said}"
        );
    }
    project.write("pack/tables/cases.toml", &contract);
    assert_eq!(project.rows("select count(*) from cases"), ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back() {
    use chrono::{TimeDelta, Utc};
    let (project, before) = good();
    let pack = Pack::parse(builtin_files()).expect("the built-in pack");
    let at = |clock: fn() -> chrono::DateTime<Utc>| {
        let folder = project.path("var/warehouse");
        async move {
            let storage =
                Storage::on(Arc::new(DurableLocalStore::new()), &folder).expect("storage");
            Warehouse::on(storage, clock).await.expect("a warehouse")
        }
    };
    // Other municipalities are asked for, so that there is something to compute.
    let towns = |codes: &[&str]| codes.iter().map(|c| (*c).to_string()).collect::<Vec<_>>();
    let yesterday = || at(|| Utc::now() - TimeDelta::days(1));

    // A day back: refused by whatever writes, and nothing changed.
    let warehouse = yesterday().await;
    let refused = warehouse
        .compute(&pack, &towns(&["44021"]), false, &mut |_| {})
        .await
        .expect_err("a refusal");
    let told = refused.first().expect("an error");
    assert_eq!(told.kind(), beleidsinfo_warehouse::error::Kind::Refused);
    let cause = std::error::Error::source(told)
        .expect("a cause")
        .to_string();
    assert!(cause.contains("the clock was set back"), "{cause}");
    let hint = told.hint_text().expect("a hint");
    assert!(hint.contains("BELEIDSINFO_CLOCK_WAS_AHEAD"), "{hint}");
    assert!(Store::begin(&warehouse, &pack).await.is_err());
    drop(warehouse);
    assert_eq!(before, project.dump());

    // A minute back, as happens when a clock is put right: it goes on, and times go up all the same.
    let times = || project.rows("select run_id from runs order by finished_at, run_id");
    let warehouse = at(|| Utc::now() - TimeDelta::minutes(1)).await;
    warehouse
        .compute(&pack, &towns(&["44021"]), false, &mut |_| {})
        .await
        .expect("a run");
    drop(warehouse);
    assert_eq!(times(), ["1", "2"]);

    // Who says that the clock was ahead goes on from there.
    let warehouse = yesterday().await.with_clock_ahead(true);
    warehouse
        .compute(&pack, &towns(&["44021", "12041"]), false, &mut |_| {})
        .await
        .expect("a run");
    drop(warehouse);
    assert_eq!(times(), ["1", "2", "3"]);
    // A moment is answered by the run that stood then, whatever the clocks said.
    let third = project
        .rows("select finished_at from runs where run_id = 2")
        .join("");
    let moment = format!("{}Z", third.trim_end_matches('Z').replace(' ', "T"));
    assert_eq!(
        project.rows_as_of("select max(run_id) from runs", Some(&moment)),
        ["2"]
    );
}
