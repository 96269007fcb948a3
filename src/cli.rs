//! cli: the words of the command line and their help.

use std::path::PathBuf;

use beleidsinfo_warehouse::Language;
use beleidsinfo_warehouse::attempts;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Policy information for municipalities: from case files to figures with their proof.
///
/// The flow: pull → check → store → define → compute → publish → serve, with query beside it.
#[derive(Debug, Parser)]
#[command(
    name = "beleidsinfo",
    version,
    after_help = "Start here:\n  beleidsinfo demo                 the whole flow on invented cases, then the dashboards\n  beleidsinfo init mijn-gemeente --nis 12041   a project of your own\n\n\
    Exit codes: 0 done · 1 something is wrong with the input · 2 wrong use · 3 check found rows to reject, or a delivery is held · 4 a proof is not right\n            5 another run holds the warehouse · 6 storage failed · 7 refused · 8 not found"
)]
pub struct Cli {
    /// The project folder (with beleidsinfo.toml).
    #[arg(long, global = true, env = "BELEIDSINFO_PROJECT", default_value = ".")]
    pub project: PathBuf,
    /// Say more on stderr; twice for the engine's own messages.
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Who asks: the schedule of `serve` says so of the verbs it starts.
    #[arg(long, global = true, hide = true, value_enum, default_value_t = Trigger::Hand)]
    pub trigger: Trigger,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Trigger {
    Hand,
    Schedule,
    CatchUp,
    Retry,
}

impl From<Trigger> for attempts::Trigger {
    fn from(trigger: Trigger) -> Self {
        match trigger {
            Trigger::Hand => Self::Hand,
            Trigger::Schedule => Self::Schedule,
            Trigger::CatchUp => Self::CatchUp,
            Trigger::Retry => Self::Retry,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Land the files the sources point to, untouched, under their SHA-256.
    #[command(
        after_help = "Examples:\n  beleidsinfo pull --all\n  beleidsinfo pull omgeving\n  beleidsinfo pull --due          what its schedule says is to be fetched now\n\nA source that fails does not hold up the others; the exit code is that of the first that failed."
    )]
    Pull(PullArgs),
    /// Dry run: what would be rejected and why. Writes nothing.
    #[command(
        after_help = "Examples:\n  beleidsinfo check\n  beleidsinfo check omgeving --show 50\n  beleidsinfo check omgeving --replay\n  beleidsinfo check --list en\n\nExit code 3 when a row would be rejected."
    )]
    Check(CheckArgs),
    /// Check landed files and commit accepted rows, rejections and receipt as one delivery each.
    #[command(
        after_help = "Examples:\n  beleidsinfo store\n  beleidsinfo store omgeving\n  beleidsinfo store --accept omgeving --reason \"volgnummers nagekeken met de leverancier\"\n\nExit code 3 when a delivery is held: nothing of it is visible, and the files after it wait."
    )]
    Store(StoreArgs),
    /// Look after the mapping of a source: suggest a first one, mend it when files change.
    #[command(
        after_help = "Examples:\n  beleidsinfo source suggest raw/zaken.csv --table cases\n  beleidsinfo source suggest raw/zaken.csv --table cases --out sources/zaken.toml\n  beleidsinfo source mend omgeving\n  beleidsinfo source mend omgeving --apply"
    )]
    Source(SourceArgs),
    /// What is wrong with which record: browse, count, and write a file for the supplier.
    #[command(
        after_help = "Examples:\n  beleidsinfo rejections omgeving\n  beleidsinfo rejections --by rule\n  beleidsinfo rejections omgeving --by reason\n  beleidsinfo rejections omgeving --by month\n  beleidsinfo rejections omgeving --delivery omgeving_2025-06-30.csv --export voor-leverancier.xlsx"
    )]
    Rejections(RejectionsArgs),
    /// Read all definitions with the engine and report every problem of every file.
    #[command(after_help = "Example:\n  beleidsinfo define")]
    Define,
    /// Compute the figures: counts only what changed since the last run, and writes only the figures that changed.
    #[command(
        after_help = "Examples:\n  beleidsinfo compute\n  beleidsinfo compute --full\n  beleidsinfo compute --sandbox strenger      what figures would be under the definitions in sandbox/strenger/"
    )]
    Compute(ComputeArgs),
    /// Put the figures through the disclosure gate and release them as open data.
    #[command(after_help = "Example:\n  beleidsinfo publish")]
    Publish,
    /// Serve the dashboards on this machine.
    #[command(
        after_help = "Examples:\n  beleidsinfo serve\n  beleidsinfo serve --port 9000\n  beleidsinfo serve --listen 0.0.0.0 --public"
    )]
    Serve(ServeArgs),
    /// Ask one read-only question in SQL.
    #[command(
        after_help = "Examples:\n  beleidsinfo query \"select channel, count(*) from cases group by channel\"\n  beleidsinfo query \"select * from figures where indicator_id = 'ov_tijdig' limit 5\" --format csv\n  beleidsinfo query \"select count(*) from facts.ov_tijdig\" --as-of 15"
    )]
    Query(QueryArgs),
    /// Show or verify the proof of a figure.
    #[command(
        after_help = "Examples:\n  beleidsinfo proof show ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041\n  beleidsinfo proof show ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041 --json > bewijs.json\n  beleidsinfo proof explain ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041\n  beleidsinfo proof verify ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041\n  beleidsinfo proof verify bewijs.json"
    )]
    Proof(ProofArgs),
    /// Where a figure comes from, column by column and file by file, and which figures a file, table or source touches.
    #[command(
        after_help = "Examples:\n  beleidsinfo lineage indicator ov_tijdig\n  beleidsinfo lineage figure ov_tijdig/1.0.0/2025-Q4/2025-01-01/12041\n  beleidsinfo lineage table cases.due_on\n  beleidsinfo lineage source omgeving\n  beleidsinfo lineage file omgeving_2025-06-30.csv --json"
    )]
    Lineage(LineageArgs),
    /// What is in the warehouse: deliveries, runs, releases, and what waits.
    #[command(after_help = "Example:\n  beleidsinfo status")]
    Status,
    /// Packs of definitions: make one that travels, verify and add one from elsewhere, test them, or write what figures were
    /// computed from so that others can count again.
    #[command(
        after_help = "Examples:\n  beleidsinfo pack build packs/eigen --key ~/.ssh/pakketten\n  beleidsinfo pack verify afval-1.2.0.zip --signer buren.pub\n  beleidsinfo pack add afval-1.2.0.zip --signer buren.pub\n  beleidsinfo pack list\n  beleidsinfo pack test --report conformiteit.json --key ~/.ssh/pakketten\n  beleidsinfo pack verify conformiteit.json\n  beleidsinfo pack export-inputs --out /tmp/inputs\n  python3 checks/independent.py /tmp/inputs"
    )]
    Pack(PackArgs),
    /// Make groups of the most alike municipalities, by features standardised over all: a file for the table region_groups.
    #[command(
        after_help = "Example:\n  beleidsinfo peers gelijkend.toml --out raw/gelijkend.csv\n\nBeside the file: every feature with its mean and deviation (…-features.csv) and every distance (…-distances.csv)."
    )]
    Peers(PeersArgs),
    /// Make a new project folder.
    #[command(after_help = "Example:\n  beleidsinfo init mijn-gemeente --nis 12041")]
    Init(InitArgs),
    /// Make, renew and look at the keys behind pseudonyms and sealed files.
    #[command(
        after_help = "Examples:\n  beleidsinfo keys new /etc/beleidsinfo/keys\n  beleidsinfo keys list\n  beleidsinfo keys renew seal\n  beleidsinfo keys pseudonym --kind insz < number.txt"
    )]
    Keys(KeysArgs),
    /// Make invented case files, always the same for the same seed.
    #[command(
        after_help = "Example:\n  beleidsinfo generate --cases 100000 --out /tmp/cases\n  beleidsinfo generate --cases 10_000_000 --municipalities all\n  beleidsinfo generate --cases 30_000 --municipalities all --day 2026-01-02 --before 10_000_000"
    )]
    Generate(GenerateArgs),
    /// The whole flow on invented cases of eight municipalities, then the dashboards in the browser.
    #[command(
        after_help = "Examples:\n  beleidsinfo demo\n  beleidsinfo demo --dir /tmp/demo --no-serve"
    )]
    Demo(DemoArgs),
}

#[derive(Debug, Default, Args)]
pub struct PullArgs {
    /// Only this source.
    pub source: Option<String>,
    /// Every source, also those without a schedule; as when no source is named.
    #[arg(long, conflicts_with = "source")]
    pub all: bool,
    /// Only the sources whose schedule says that it is time: for a crontab that runs every few minutes.
    #[arg(long, conflicts_with_all = ["source", "all"])]
    pub due: bool,
}

#[derive(Debug, Args)]
pub struct Only {
    /// Only this source.
    pub source: Option<String>,
}

#[derive(Debug, Default, Args)]
pub struct StoreArgs {
    /// Only this source.
    pub source: Option<String>,
    /// Let a held delivery through: the (first characters of the) SHA-256 of its file, or its source.
    #[arg(long, value_name = "SHA_OR_SOURCE", requires = "reason")]
    pub accept: Option<String>,
    /// Why it is let through; kept with the delivery, and shown in the proof of every figure that reads it.
    #[arg(long, requires = "accept")]
    pub reason: Option<String>,
}

#[derive(Debug, Default, Args)]
pub struct ComputeArgs {
    /// Lay the changed definitions of the project's folder sandbox/NAME over those of the packs, and show what figures would
    /// be beside what they are. Writes nothing but sandbox/NAME/out/.
    #[arg(long, value_name = "NAME", conflicts_with = "full")]
    pub sandbox: Option<String>,
    /// Count everything again, also what nothing came in for; the figures must be the same.
    #[arg(long)]
    pub full: bool,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Only this source.
    pub source: Option<String>,
    /// Print every rule there is, with an example, in Dutch (nl) or English (en); checks nothing.
    #[arg(long, value_name = "LANGUAGE", num_args = 0..=1, default_missing_value = "nl", value_parser = language)]
    pub list: Option<Language>,
    /// How many findings to show per file.
    #[arg(long, default_value_t = 10)]
    pub show: usize,
    /// Read the landed files of the source again: how many rejections the mapping as it is now would accept, and which
    /// records it would newly reject.
    #[arg(long, requires = "source")]
    pub replay: bool,
}

#[derive(Debug, Args)]
pub struct SourceArgs {
    #[command(subcommand)]
    pub what: SourceVerb,
}

#[derive(Debug, Subcommand)]
pub enum SourceVerb {
    /// Look at a file and write a first mapping, with the doubts as comments.
    Suggest(SuggestArgs),
    /// Name the tables a source may fill, or describe the columns of one.
    Tables {
        table: Option<String>,
        /// In Dutch (nl) or English (en).
        #[arg(long, default_value = "nl", value_parser = language)]
        language: Language,
    },
    /// Propose the change to a mapping that follows a change in the form of its files, as a diff on stdout.
    Mend {
        source: String,
        /// Write the change to the mapping.
        #[arg(long)]
        apply: bool,
    },
}

#[derive(Debug, Args)]
pub struct RejectionsArgs {
    /// Only this source.
    pub source: Option<String>,
    /// Only this rule, such as `type` or `closed_before_received`.
    #[arg(long)]
    pub rule: Option<String>,
    /// Only this delivery: its file name, or how its SHA-256 begins.
    #[arg(long)]
    pub delivery: Option<String>,
    /// Also accepted records with a warning.
    #[arg(long)]
    pub warnings: bool,
    /// Count instead of list.
    #[arg(long, value_enum)]
    pub by: Option<By>,
    /// Write a file for the supplier, in Dutch: FILE.csv or FILE.xlsx.
    #[arg(long, value_name = "FILE", conflicts_with = "by")]
    pub export: Option<PathBuf>,
    /// How many findings to list.
    #[arg(long, default_value_t = 100)]
    pub show: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum By {
    Rule,
    /// Each different fault that stands, the commonest first.
    Reason,
    Delivery,
    /// The month in which files were pulled.
    Month,
}

#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The address to listen on. Anything but this machine itself needs --public.
    #[arg(long, env = "BELEIDSINFO_LISTEN", default_value = "127.0.0.1")]
    pub listen: std::net::IpAddr,
    /// The port; 0 takes a free one.
    #[arg(long, env = "BELEIDSINFO_PORT", default_value_t = 8585)]
    pub port: u16,
    /// Serve only what is published: until accounts exist, nothing else leaves this machine.
    #[arg(long)]
    pub public: bool,
    /// Fetch nothing: another machine, or cron, keeps to the schedules.
    #[arg(long)]
    pub no_schedule: bool,
}

#[derive(Debug, Args)]
pub struct QueryArgs {
    /// One `select`.
    pub sql: String,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// As of a batch (12), a day (2025-07-01) or a time (2025-07-01T09:30:00+02:00).
    #[arg(long)]
    pub as_of: Option<String>,
    /// At most this many rows.
    #[arg(long, default_value_t = 10_000)]
    pub rows: usize,
    /// At most this many seconds.
    #[arg(long, default_value_t = 30)]
    pub seconds: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    Table,
    Csv,
    Json,
}

#[derive(Debug, Args)]
pub struct ProofArgs {
    #[command(subcommand)]
    pub what: ProofVerb,
}

#[derive(Debug, Subcommand)]
pub enum ProofVerb {
    /// Show where a figure comes from.
    Show {
        /// indicator/version/period/territory/region[/slice]
        figure: String,
        /// As of a batch, a day or a time.
        #[arg(long)]
        as_of: Option<String>,
        /// The whole proof as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say why a figure changed between two runs, in parts that add up.
    Explain {
        /// indicator/version/period/territory/region[/slice]
        figure: String,
        /// The figure as of this batch, day or time; the value before the present one when not given.
        #[arg(long)]
        from: Option<String>,
        /// The figure as of this batch, day or time; now when not given.
        #[arg(long)]
        to: Option<String>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Compute a figure again in the warehouse, or check a proof file by itself.
    Verify {
        /// A figure's address, or a proof file.
        figure: String,
        /// As of a batch, a day or a time.
        #[arg(long)]
        as_of: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct LineageArgs {
    #[command(subcommand)]
    pub what: LineageVerb,
    /// As JSON.
    #[arg(long, global = true)]
    pub json: bool,
    /// nl or en.
    #[arg(long, global = true, default_value = "nl", value_parser = language)]
    pub language: Language,
}

#[derive(Debug, Subcommand)]
pub enum LineageVerb {
    /// What one figure comes from, with the files that gave rows of its ground.
    Figure {
        /// indicator/version/period/territory/region[/slice]
        figure: String,
        /// As of a batch, a day or a time.
        #[arg(long)]
        as_of: Option<String>,
    },
    /// The columns, views, tables, sources and files behind an indicator.
    Indicator { id: String },
    /// The figures that rest on a file, by municipality: those that would be otherwise without its rows.
    File {
        /// Its name, or how its SHA-256 begins.
        file: String,
    },
    /// The indicators that read a table or a column of it.
    Table {
        /// `cases`, or `cases.due_on`.
        name: String,
    },
    /// The indicators that read what a source fills.
    Source { id: String },
}

#[derive(Debug, Args)]
pub struct SuggestArgs {
    /// The file, packed or not.
    pub file: PathBuf,
    /// The table its records are to fill.
    #[arg(long)]
    pub table: String,
    /// Where the mapping goes, relative to the project folder; without it, to stdout.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Write over a mapping that is there already.
    #[arg(long, requires = "out")]
    pub replace: bool,
}

#[derive(Debug, Args)]
pub struct PackArgs {
    #[command(subcommand)]
    pub what: PackVerb,
}

#[derive(Debug, Subcommand)]
pub enum PackVerb {
    /// Make one file of a folder of definitions, with checksums and, with a key, a signature. The same folder gives the same
    /// bytes.
    Build {
        /// The folder with pack.toml.
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// The file to write; NAME-VERSION.zip here when not given.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// An SSH key of kind Ed25519 to sign with. One with a passphrase, or the .pub of one that an agent holds, is left to
        /// ssh-keygen.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Check a pack (a file or a folder) or a conformity report: is it what was signed, by whom, and does it go with the
    /// definitions here?
    Verify {
        /// A file made by `pack build`, the folder of a pack, or a report of `pack test --report`.
        what: PathBuf,
        /// The public key (.pub) it must be signed with.
        #[arg(long, value_name = "PUBKEY")]
        signer: Option<PathBuf>,
    },
    /// Verify a pack, say every clash with what the project has, and when there is none take it into the project.
    Add {
        file: PathBuf,
        /// The public key (.pub) it must be signed with.
        #[arg(long, value_name = "PUBKEY")]
        signer: Option<PathBuf>,
    },
    /// The packs of the project: version, indicators, who signed them and where they come from.
    List,
    /// Compute every golden case and compare with the answer worked out by hand; then say what feeds each indicator here.
    Test {
        /// Write a conformity report that another municipality can verify.
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
        /// An SSH key to sign the report with, as FILE.sig.
        #[arg(long, value_name = "FILE", requires = "report")]
        key: Option<PathBuf>,
    },
    /// Write what the last run read, its definitions and its figures as files that another program can read. The cases are
    /// in it: keep it as carefully as the warehouse.
    ExportInputs {
        /// The folder to write to.
        #[arg(long, default_value = "inputs")]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
pub struct PeersArgs {
    /// By which features, for whom: see docs/comparisons.md.
    pub file: PathBuf,
    /// The file to write.
    #[arg(long, default_value = "groups.csv")]
    pub out: PathBuf,
}

#[derive(Debug, Args)]
pub struct KeysArgs {
    #[command(subcommand)]
    pub what: KeysVerb,
}

#[derive(Debug, Subcommand)]
pub enum KeysVerb {
    /// Make a key file with a first key of each use. It must not exist yet.
    New {
        /// Outside the warehouse and outside version control.
        file: PathBuf,
    },
    /// Add a newer key to the key file; the older ones stay, to read what was made with them.
    Renew {
        /// What for.
        #[arg(value_enum)]
        of: KeyUse,
    },
    /// The versions and their fingerprints, never the keys.
    List,
    /// What a number or text read from stdin becomes under every key of pseudonyms, newest first.
    Pseudonym {
        /// The purpose: the name of the column, unless the mapping gives another.
        #[arg(long, default_value = "applicant_key")]
        purpose: String,
        /// text, insz or kbo.
        #[arg(long, default_value = "text")]
        kind: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum KeyUse {
    Pseudonym,
    Seal,
}

#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder to make.
    pub folder: PathBuf,
    /// The municipality's present code (NIS), such as 12041.
    #[arg(long)]
    pub nis: String,
    /// Its name; without it, the one the code has in the pack.
    #[arg(long)]
    pub name: Option<String>,
}

#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// About how many cases.
    #[arg(long, default_value = "24000", value_parser = underscored)]
    pub cases: u64,
    #[arg(long, default_value_t = crate::generate::SEED)]
    pub seed: u64,
    /// `demo`: eight municipalities, the files of their systems. `all`: the municipalities of Flanders in one plain CSV, with
    /// its mapping beside it, for measuring.
    #[arg(long, value_enum, default_value_t = Municipalities::Demo)]
    pub municipalities: Municipalities,
    /// With `--municipalities all`: the delivery of this day, such as 2026-01-02, on top of `--before` cases.
    #[arg(long, requires = "before")]
    pub day: Option<chrono::NaiveDate>,
    /// How many cases came before that day.
    #[arg(long, requires = "day", value_parser = underscored)]
    pub before: Option<u64>,
    /// The folder to write to.
    #[arg(long, default_value = "raw")]
    pub out: PathBuf,
}

fn language(code: &str) -> Result<Language, String> {
    Language::parse(code).ok_or_else(|| "write nl or en".into())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Municipalities {
    Demo,
    All,
}

/// `10_000_000` reads better than `10000000`.
fn underscored(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.replace('_', "").parse()
}

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where the demo project goes; run again, it continues there.
    #[arg(long, default_value = "var/demo")]
    pub dir: PathBuf,
    /// Stop after the flow.
    #[arg(long)]
    pub no_serve: bool,
    #[arg(long, env = "BELEIDSINFO_PORT", default_value_t = 8585)]
    pub port: u16,
}
