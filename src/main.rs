//! beleidsinfo: the program. One verb, one file; this is the table of contents.

mod bulk;
mod check;
mod cli;
mod compute;
mod context;
mod define;
mod demo;
mod diary;
mod extracts;
mod generate;
mod held;
mod init;
mod keep;
mod keys;
mod lineage;
mod memory;
mod pack;
mod peers;
mod progress;
mod proof;
mod publish;
mod pull;
mod query;
mod rejections;
mod replay;
mod report;
mod schedule;
mod serve;
mod source;
mod sources;
mod status;
mod store;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Verb};

#[tokio::main]
async fn main() -> ExitCode {
    report::quiet_panics();
    let cli = Cli::parse();
    report::log(cli.verbose);
    let at = context::At {
        project: cli.project,
        trigger: cli.trigger.into(),
    };
    let result = match cli.verb {
        Verb::Pull(args) => pull::run(&at, args).await,
        Verb::Check(args) => check::run(&at, args).await,
        Verb::Store(args) => store::run(&at, args).await,
        Verb::Source(args) => source::run(&at, args).await,
        Verb::Rejections(args) => rejections::run(&at, args).await,
        Verb::Define => define::run(&at).await,
        Verb::Compute(args) => compute::run(&at, args).await,
        Verb::Publish => publish::run(&at).await,
        Verb::Serve(args) => serve::run(&at, args).await,
        Verb::Query(args) => query::run(&at, args).await,
        Verb::Proof(args) => proof::run(&at, args).await,
        Verb::Lineage(args) => lineage::run(&at, args).await,
        Verb::Status => status::run(&at).await,
        Verb::Pack(args) => pack::run(&at, args).await,
        Verb::Peers(args) => peers::run(&at, args).await,
        Verb::Init(args) => init::run(args),
        Verb::Keys(args) => keys::run(args),
        Verb::Generate(args) => generate::run_verb(args),
        Verb::Demo(args) => demo::run(args).await,
    };
    memory::tell();
    report::exit(result)
}
