//! held: deliveries that their source's limits stop: told at the door, and let through by a person who says why.

use std::collections::BTreeSet;

use beleidsinfo_ingest::drift::Proposal;
use beleidsinfo_warehouse::attempts::Outcome;
use beleidsinfo_warehouse::delivery::{Delivery, Verdict};
use beleidsinfo_warehouse::store::Store;
use beleidsinfo_warehouse::{Error, Result};

use crate::cli::StoreArgs;
use crate::diary::one_line;
use crate::report::{self, Problems};

/// What a person lets through with `--accept`, and whether it was met.
pub struct Passes {
    wanted: Option<(String, String)>,
    met: bool,
}

impl Passes {
    pub fn new(args: &StoreArgs) -> Self {
        Self {
            wanted: args.accept.clone().zip(args.reason.clone()),
            met: false,
        }
    }

    /// Turns the verdict over what was named. By its source, only the delivery that is on record as held: what comes after it
    /// nobody has looked at yet.
    pub fn judge(&mut self, mut delivery: Delivery, store: &Store) -> Delivery {
        let Some((name, reason)) = &self.wanted else {
            return delivery;
        };
        let receipt = &delivery.receipt;
        let named = names_file(name, &receipt.sha256)
            || *name == receipt.source_id && store.held(receipt).is_some();
        if named && delivery.verdict.is_held() {
            self.met = true;
            delivery.verdict = Verdict::LetThrough(reason.trim().to_string());
        }
        delivery
    }

    /// A pass that met nothing is a mistake, and said so.
    pub fn unused(&self) -> Option<Error> {
        let (name, _) = self.wanted.as_ref().filter(|_| !self.met)?;
        Some(
            Error::not_found(format!("no held delivery is called `{name}`")).hint(
                "name its source, or at least 6 characters of its SHA-256: `beleidsinfo status` lists what is held",
            ),
        )
    }
}

fn names_file(name: &str, sha256: &str) -> bool {
    name.len() >= 6 && sha256.starts_with(&name.to_lowercase())
}

/// A delivery that was stopped.
struct Stopped {
    source: String,
    file: String,
    sha256: String,
    because: String,
}

/// What keeps sources waiting in one run of `store`: files that cannot be read, and those that are held.
#[derive(Default)]
pub struct Waits {
    sources: BTreeSet<String>,
    problems: Vec<Error>,
    stopped: Vec<Stopped>,
    proposals: Vec<(String, Proposal)>,
}

impl Waits {
    pub fn keeps(&self, source: &str) -> bool {
        self.sources.contains(source)
    }

    /// Notes why a file of the source goes no further, and records it as held when it could be read. Answers that for the diary.
    pub async fn stop(
        &mut self,
        store: &mut Store<'_>,
        source: &str,
        checked: Result<Delivery>,
        proposal: Option<Proposal>,
    ) -> Result<(Outcome, String)> {
        self.sources.insert(source.into());
        self.proposals.extend(proposal.map(|p| (source.into(), p)));
        match checked {
            Ok(delivery) => {
                let why = self.held(source, &delivery);
                store.delivery(delivery).await?;
                Ok(why)
            }
            Err(error) => {
                let why = (Outcome::of(error.kind()), one_line(&error));
                self.problems.push(error);
                Ok(why)
            }
        }
    }

    /// Notes a file of the source that is held, and on record as such or about to be.
    pub fn held(&mut self, source: &str, delivery: &Delivery) -> (Outcome, String) {
        self.sources.insert(source.into());
        let stopped = Stopped::of(delivery);
        let why = format!("held: {}: {}", stopped.file, stopped.because);
        self.stopped.push(stopped);
        (Outcome::Stopped, why)
    }

    /// Tells it all; how the verb ends.
    pub fn outcome(mut self, more: Option<Error>) -> Result<report::Outcome, Problems> {
        self.stopped.iter().for_each(Stopped::tell);
        for (source, proposal) in &self.proposals {
            tell_proposal(source, proposal);
        }
        self.problems.extend(more);
        match (self.problems.is_empty(), self.stopped.is_empty()) {
            (true, true) => Ok(report::Outcome::Done),
            (true, false) => Ok(report::Outcome::Held),
            (false, _) => Err(self.problems.into()),
        }
    }
}

impl Stopped {
    fn of(delivery: &Delivery) -> Self {
        Self {
            source: delivery.receipt.source_id.clone(),
            file: delivery.receipt.name.clone(),
            sha256: delivery.receipt.sha256.chars().take(12).collect(),
            because: delivery.verdict.because().unwrap_or_default().into(),
        }
    }

    fn tell(&self) {
        let Self {
            source,
            file,
            sha256,
            because,
        } = self;
        eprintln!("held:  {source} / {file} ({sha256}): {because}");
        eprintln!("       nothing of it is visible, and later files of `{source}` wait");
        eprintln!(
            "hint:  beleidsinfo rejections {source} --delivery {sha256}   to see what is wrong"
        );
        eprintln!(
            "hint:  mend sources/{source}.toml or the file and store again; or let it through: beleidsinfo store --accept {sha256} --reason \"…\""
        );
    }
}

/// What was noticed and the change that would follow it, on stderr.
pub fn tell_proposal(source: &str, proposal: &Proposal) {
    for noticed in &proposal.noticed {
        eprintln!("drift: {noticed}");
    }
    if !proposal.diff.is_empty() {
        eprintln!("{}", proposal.diff.trim_end());
        eprintln!("hint:  look at this change, then: beleidsinfo source mend {source} --apply");
    }
}
