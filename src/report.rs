//! report: what the program tells people: errors with their causes and a hint, and the exit code.

use std::error::Error as _;
use std::process::ExitCode;

use beleidsinfo_warehouse::error::{Error, Kind};
use tracing_subscriber::EnvFilter;

/// One or more things that are wrong; all are told.
#[derive(Debug)]
pub struct Problems(pub Vec<Error>);

impl From<Error> for Problems {
    fn from(error: Error) -> Self {
        Self(vec![error])
    }
}

impl From<Vec<Error>> for Problems {
    fn from(errors: Vec<Error>) -> Self {
        Self(errors)
    }
}

impl From<std::io::Error> for Problems {
    fn from(error: std::io::Error) -> Self {
        Self(vec![Error::storage("cannot write").because(error)])
    }
}

/// How a verb ended when nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// `check` found rows to reject.
    WouldReject,
    /// A delivery is held by its source's limits.
    Held,
    /// A proof or golden case is not right.
    NotRight,
}

/// Logs go to stderr, data to stdout.
pub fn log(verbose: u8) {
    let default = match verbose {
        0 => "warn,query=warn",
        1 => "warn,store=info,query=info,serve=info",
        _ => "info",
    };
    let filter =
        EnvFilter::try_from_env("BELEIDSINFO_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if log.try_init().is_err() {
        eprintln!("the log was set up already");
    }
}

/// A reader such as `head` that closes the pipe ends the program quietly. Nor is a panic told that is caught where it comes
/// up and whose error follows: of a write that cannot be called back after it failed, and of a damaged Arrow schema.
pub fn quiet_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = info.payload_as_str().unwrap_or_default();
        if text.starts_with("failed printing to stdout") && text.contains("Broken pipe") {
            std::process::exit(0);
        }
        let file = info.location().map_or("", |place| place.file());
        let caught = (text == "Already shut down" && file.ends_with("buffered.rs"))
            || (file.contains("arrow-ipc") && file.ends_with("convert.rs"));
        if !caught {
            usual(info);
        }
    }));
}

/// `1 delivery`, `2 deliveries`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

pub fn exit(result: Result<Outcome, Problems>) -> ExitCode {
    match result {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::WouldReject | Outcome::Held) => ExitCode::from(3),
        Ok(Outcome::NotRight) => ExitCode::from(4),
        Err(Problems(errors)) => {
            errors.iter().for_each(tell);
            let code = match errors.first().map(Error::kind) {
                Some(Kind::Busy) => 5,
                Some(Kind::Storage) => 6,
                Some(Kind::Refused) => 7,
                Some(Kind::NotFound) => 8,
                Some(Kind::Input) | None => 1,
            };
            ExitCode::from(code)
        }
    }
}

fn tell(error: &Error) {
    eprintln!("error: {error}");
    let mut cause = error.source();
    let mut hints: Vec<String> = error.hint_text().map(str::to_string).into_iter().collect();
    while let Some(inner) = cause {
        let text = inner.to_string();
        let mut lines = text.trim_end().lines();
        eprintln!("cause: {}", lines.next().unwrap_or_default());
        lines.for_each(|line| eprintln!("       {line}"));
        if let Some(ours) = inner.downcast_ref::<Error>() {
            hints.extend(ours.hint_text().map(str::to_string));
        }
        cause = inner.source();
    }
    for hint in hints {
        eprintln!("hint:  {hint}");
    }
}
