//! fuzz: changes good files at random and checks each, looking for crashes, hangs and memory. Stable Rust, no instrumentation.
//!
//! Everything follows from a number: `--target json` and seed 4711 give the same bytes everywhere. The work is done by child
//! processes, so that one that is killed or hangs costs only itself. How to run it for an hour: CONTRIBUTING.md.

mod change;
mod dice;
mod minimise;
mod run;
mod target;
mod watch;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Parser, Subcommand};

/// Looks for input that crashes, hangs or swells a parser.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Fuzzes one target, or all in turn; findings are written to a folder, made as small as they get.
    Run {
        /// A target, or `all`.
        #[arg(long, default_value = "all")]
        target: String,
        /// For all targets together.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
        /// The first seed; the next run goes on where this one stopped.
        #[arg(long, default_value_t = 0)]
        from: u64,
        #[arg(long, default_value = "fuzz-findings")]
        findings: PathBuf,
    },
    /// Names the targets.
    List,
    /// Writes the input of one seed to stdout.
    Show { target: String, seed: u64 },
    /// Checks one file as a target does: how a finding is looked at again.
    One { target: String, file: PathBuf },
    /// What a child process does: seeds from `from`, each named on stdout before it runs.
    #[command(hide = true)]
    Work {
        target: String,
        from: u64,
        count: u64,
    },
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().verb {
        Verb::List => {
            for target in target::all() {
                println!("{}", target.name);
            }
        }
        Verb::Show { target, seed } => {
            use std::io::Write;
            std::io::stdout().write_all(&target::named(&target)?.input(seed))?;
        }
        Verb::One { target, file } => {
            let bytes = std::fs::read(file)?;
            println!(
                "{}",
                run::Desk::new()?.check(&target::named(&target)?, &bytes)
            );
        }
        Verb::Work {
            target,
            from,
            count,
        } => watch::work(&target::named(&target)?, from, count)?,
        Verb::Run {
            target,
            seconds,
            from,
            findings,
        } => {
            let targets = match target.as_str() {
                "all" => target::all(),
                one => vec![target::named(one)?],
            };
            let share = Duration::from_secs(seconds) / u32::try_from(targets.len())?;
            let mut found = 0;
            for target in targets {
                found += watch::watch(&target, from, Instant::now() + share, &findings)?;
            }
            if found > 0 {
                anyhow::bail!("{found} findings, in {}", findings.display());
            }
        }
    }
    Ok(())
}
