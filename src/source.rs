//! source: looks after the mapping of a source, from a first one on.

mod mend;
mod suggest;
mod tables;

use crate::cli::{SourceArgs, SourceVerb};
use crate::context::At;
use crate::report::{Outcome, Problems};

pub async fn run(at: &At, args: SourceArgs) -> Result<Outcome, Problems> {
    match args.what {
        SourceVerb::Suggest(args) => suggest::run(at, &args),
        SourceVerb::Tables { table, language } => tables::run(at, table.as_deref(), language),
        SourceVerb::Mend { source, apply } => mend::run(at, &source, apply).await,
    }
}
