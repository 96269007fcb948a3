//! source: looks after the mapping of a source.

mod mend;

use crate::cli::{SourceArgs, SourceVerb};
use crate::context::At;
use crate::report::{Outcome, Problems};

pub async fn run(at: &At, args: SourceArgs) -> Result<Outcome, Problems> {
    match args.what {
        SourceVerb::Mend { source, apply } => mend::run(at, &source, apply).await,
    }
}
