//! project: a project folder in a temporary place, and the program run in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub struct Project {
    dir: TempDir,
}

/// The built-in pack's own files, for tests that change a definition.
pub const PACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sql");

/// A mapping that takes a small CSV as it is written in these tests.
pub const CASES: &str = r#"
connector = "csv"
location  = "raw/cases_*.csv"
complete_until = "name"
[[tables]]
name = "cases"
[tables.columns]
system            = { const = "test" }
case_id           = "id"
municipality_code = "nis"
place_code        = "place"
service           = { const = "omgeving" }
procedure         = { const = "ordinary" }
channel           = { from = "channel", map = { "E-loket" = "digital", "Loket" = "counter" } }
received_on       = { from = "received", format = "%d/%m/%Y" }
due_on            = { from = "due", format = "%d/%m/%Y" }
decided_on        = { from = "decided", format = "%d/%m/%Y" }
closed_on         = { from = "decided", format = "%d/%m/%Y" }
"#;

pub const HEADER: &str = "id,nis,place,channel,received,due,decided\n";

impl Project {
    /// An empty project over the built-in pack.
    pub fn new(synthetic: bool, nis: &str) -> Self {
        Self::with_packs(synthetic, nis, "builtin:vlavirgem")
    }

    pub fn with_packs(synthetic: bool, nis: &str, pack: &str) -> Self {
        let project = Self {
            dir: TempDir::new().expect("a temporary folder"),
        };
        project.write(
            "beleidsinfo.toml",
            &format!(
                "warehouse = \"file://./var/warehouse\"\nlanguages = [\"nl\", \"en\"]\ntimezone = \"Europe/Brussels\"\npacks = [\"{pack}\"]\n\
                 sources = \"sources\"\n[organisation]\nname = \"Test\"\nnis = [\"{nis}\"]\nsynthetic = {synthetic}\n\
                 [publish]\nlicence = \"https://data.vlaanderen.be/id/licentie/creative-commons-zero-verklaring/v1.0\"\n\
                 publisher = \"Test\"\ncontact = \"test@example.org\"\n"
            ),
        );
        std::fs::create_dir_all(project.path("sources")).expect("a folder");
        std::fs::create_dir_all(project.path("raw")).expect("a folder");
        project
    }

    /// A project with the small CSV mapping.
    pub fn small(nis: &str) -> Self {
        let project = Self::new(true, nis);
        project.write("sources/cases.toml", CASES);
        project
    }

    /// A project whose pack is a copy of the built-in one, to be changed.
    pub fn with_own_pack(nis: &str) -> Self {
        let project = Self::with_packs(true, nis, "pack");
        copy(Path::new(PACK), &project.path("pack"));
        project.write("sources/cases.toml", CASES);
        project
    }

    /// The demo project with about so many invented cases in `raw/`.
    pub fn demo(cases: &str) -> Self {
        let project = Self {
            dir: TempDir::new().expect("a temporary folder"),
        };
        let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/data-samples");
        copy(Path::new(samples), project.dir.path());
        let raw = project.path("raw");
        let raw = raw.to_str().expect("UTF-8");
        project.ok(&["generate", "--cases", cases, "--out", raw]);
        project
    }

    /// Makes a draft of an indicator of the project's own pack, so that its meaning may change under one version.
    pub fn draft(&self, indicator: &str) {
        let toml = format!("pack/indicators/{indicator}/indicator.toml");
        let text = self.read(&toml);
        self.write(&toml, &format!("status = \"draft\"\n{text}"));
    }

    /// Puts an indicator in the project's pack `more`.
    pub fn add_indicator(&self, id: &str, toml: &str, facts: &str) {
        let words = "title = { nl = \"x\", en = \"x\" }\nquestion = { nl = \"x\", en = \"x\" }\ndefinition = { nl = \"x\", en = \"x\" }\n\
                     counted = { nl = \"x\", en = \"x\" }\nversion = \"1.0.0\"\ndirection = \"neutral\"\nfinal_after = \"P30D\"\n\
                     minimum_group = 5\nowner = \"x\"\nreviewed_on = 2026-01-01\n";
        let folder = format!("more/indicators/dienstverlening/{id}");
        self.write(
            &format!("{folder}/indicator.toml"),
            &format!("{words}{toml}\n"),
        );
        self.write(&format!("{folder}/facts.sql"), facts);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        self.write_bytes(name, text.as_bytes());
    }

    pub fn write_bytes(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a written file");
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a file")
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_beleidsinfo"));
        command.args(args).arg("--project").arg(self.dir.path());
        for name in [
            "BELEIDSINFO_KEY_FILE",
            "BELEIDSINFO_KEYS",
            "BELEIDSINFO_LISTEN",
            "BELEIDSINFO_PORT",
            "BELEIDSINFO_LOG",
        ] {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("the program starts")
    }

    /// Runs a verb that must succeed; answers what it wrote to stdout.
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(
            output.status.success(),
            "{args:?} failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Runs a verb that must fail with this exit code; answers what it wrote to stderr.
    pub fn fails(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{args:?}:\n{stderr}");
        stderr
    }

    pub fn flow(&self) {
        for verb in ["pull", "store", "compute"] {
            self.ok(&[verb]);
        }
    }

    /// The rows of a question as CSV lines, without the header.
    pub fn rows(&self, sql: &str) -> Vec<String> {
        self.rows_as_of(sql, None)
    }

    pub fn rows_as_of(&self, sql: &str, as_of: Option<&str>) -> Vec<String> {
        let mut args = vec![
            "query",
            sql,
            "--format",
            "csv",
            "--rows",
            "1000000",
            "--seconds",
            "300",
        ];
        if let Some(as_of) = as_of {
            args.extend(["--as-of", as_of]);
        }
        self.ok(&args).lines().skip(1).map(str::to_string).collect()
    }

    /// One figure as `n,value,state`.
    pub fn figure(
        &self,
        indicator: &str,
        kind: &str,
        start: &str,
        territory: &str,
        region: &str,
        as_of: Option<&str>,
    ) -> String {
        let sql = format!(
            "select n, value, state from figures where run_until is null and slice = '' and indicator_id = '{indicator}' and period_kind = '{kind}' \
             and period_start = date '{start}' and territory = '{territory}' and region_code = '{region}'"
        );
        self.rows_as_of(&sql, as_of).join(" | ")
    }

    /// Everything readers see, without times and in a fixed order.
    pub fn dump(&self) -> Vec<String> {
        let tables = [
            ("cases", "*"),
            ("events", "*"),
            ("phases", "*"),
            ("relocations", "*"),
            ("certificates", "*"),
            ("complaints", "*"),
            ("reports", "*"),
            ("regions", "*"),
            ("population", "*"),
            ("targets", "*"),
            (
                "deliveries",
                "delivery, source_id, mapping_hash, name, rows_read, accepted, warned, rejected, batch, complete_until_on, tables, outcome, because",
            ),
            (
                "rejections",
                "delivery, record, rule, severity, table_name, municipality_code, line, column_name, reason, batch, replayed_batch",
            ),
            ("profiles", "*"),
            (
                "runs",
                "run_id, batch, definitions_hash, cutoff_on, checks, figures_written",
            ),
            ("figures", "*"),
        ];
        let mut lines = Vec::new();
        for (table, columns) in tables {
            let mut rows = self.rows(&format!("select {columns} from {table}"));
            rows.sort();
            lines.extend(rows.into_iter().map(|r| format!("{table}: {r}")));
        }
        lines
    }

    /// Every file of the warehouse, byte for byte.
    pub fn bytes(&self) -> BTreeMap<String, Vec<u8>> {
        let read = |name: String| {
            let bytes = std::fs::read(self.path(&name)).expect("a file");
            (name, bytes)
        };
        self.files("var/warehouse").into_iter().map(read).collect()
    }

    /// All files below a folder of the project, by their path in it.
    pub fn files(&self, folder: &str) -> Vec<String> {
        fn walk(root: &Path, dir: &Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    walk(root, &path, found);
                } else {
                    found.push(
                        path.strip_prefix(root)
                            .expect("below")
                            .to_string_lossy()
                            .into_owned(),
                    );
                }
            }
        }
        let mut found = Vec::new();
        walk(self.dir.path(), &self.path(folder), &mut found);
        found.sort();
        found
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copied file");
        }
    }
}

/// The reference data, when it is there; a test that needs it says when it is skipped.
pub fn reference_data(what: &str) -> Option<PathBuf> {
    let found = std::env::var_os("BELEIDSINFO_REFERENCE_DATA")
        .map(|root| PathBuf::from(root).join(what))
        .filter(|p| p.exists());
    if found.is_none() {
        assert!(
            std::env::var_os("BELEIDSINFO_REQUIRE_REFERENCE").is_none(),
            "the reference data {what} is required and not there"
        );
        eprintln!("skipped: set BELEIDSINFO_REFERENCE_DATA to the folder that holds {what}");
    }
    found
}
