//! demo: the whole flow on invented cases, in a folder of its own; run again, it continues and changes no figure.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::cli::{ComputeArgs, DemoArgs, PullArgs, ServeArgs, StoreArgs};
use crate::context::At;
use crate::generate::{self, Plan};
use crate::progress::Step;
use crate::report::{Outcome, Problems};
use crate::{compute, publish, pull, serve, store};

/// The demo project, carried in the binary.
static PROJECT: Dir = include_dir!("$CARGO_MANIFEST_DIR/data-samples");

pub async fn run(args: DemoArgs) -> Result<Outcome, Problems> {
    lay_out(&PROJECT, &args.dir)?;
    let raw = args.dir.join("raw");
    let plan = Plan::default();
    let marker = raw.join(".generated");
    if !marker.exists() {
        let step = Step::start("generate", 1);
        let written = generate::write_all(&plan, &raw)?;
        std::fs::write(&marker, plan.seed.to_string())?;
        step.end(&format!(
            "{} invented cases in {} files, {} bad rows among them",
            written.cases,
            written.files.len(),
            written.bad_rows
        ));
    }
    let at = At::hand(args.dir);
    pull::run(&at, PullArgs::default()).await?;
    store::run(&at, StoreArgs::default()).await?;
    compute::run(&at, ComputeArgs::default()).await?;
    publish::run(&at).await?;
    if args.no_serve {
        return Ok(Outcome::Done);
    }
    serve::run(
        &at,
        ServeArgs {
            listen: std::net::Ipv4Addr::LOCALHOST.into(),
            port: args.port,
            public: false,
            no_schedule: false,
        },
    )
    .await
}

/// Writes the files that are not there yet: what a user changed in the demo stays.
fn lay_out(dir: &Dir, folder: &Path) -> Result<(), Problems> {
    std::fs::create_dir_all(folder)?;
    for file in dir.files() {
        let path = folder.join(file.path());
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        if !path.exists() {
            std::fs::write(&path, file.contents())?;
        }
    }
    dir.dirs().try_for_each(|d| lay_out(d, folder))
}
