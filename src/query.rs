//! query: one read-only question in SQL, from the command line.

use std::io::Write;
use std::time::Duration;

use arrow::array::RecordBatch;
use arrow::util::pretty::pretty_format_batches;
use beleidsinfo_warehouse::Error;
use beleidsinfo_warehouse::gateway::Limits;
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::principal::Principal;

use crate::cli::{Format, QueryArgs};
use crate::context::At;
use crate::report::{Outcome, Problems};

pub async fn run(at: &At, args: QueryArgs) -> Result<Outcome, Problems> {
    let as_of = args.as_of.as_deref().map_or(Ok(AsOf::Now), AsOf::parse)?;
    let limits = Limits {
        rows: args.rows,
        time: Duration::from_secs(args.seconds),
    };
    let gateway = at.gateway().await?;
    // Work that never yields (a huge `lpad`, say) cannot be timed from inside: leaving is the one sure stop.
    let grace = limits.time + Duration::from_secs(2);
    std::thread::spawn(move || {
        std::thread::sleep(grace);
        eprintln!(
            "error: the question was stopped after {} s",
            grace.as_secs()
        );
        std::process::exit(7);
    });
    let answer = gateway
        .query(&Principal::local(), &args.sql, as_of, limits)
        .await?;
    let mut rows = answer.rows;
    if rows.is_empty() {
        rows.push(RecordBatch::new_empty(answer.schema));
    }
    let text = write(&rows, args.format)
        .map_err(|e| Error::storage("cannot write the answer").because(e))?;
    // A reader such as `head` may have gone already.
    if let Err(e) = std::io::stdout().write_all(&text)
        && e.kind() != std::io::ErrorKind::BrokenPipe
    {
        return Err(e.into());
    }
    if answer.truncated {
        eprintln!(
            "warning: there were more rows; only the first {} are shown: --rows N",
            args.rows
        );
    }
    Ok(Outcome::Done)
}

fn write(rows: &[RecordBatch], format: Format) -> Result<Vec<u8>, arrow::error::ArrowError> {
    let mut out = Vec::new();
    match format {
        Format::Table => out.extend(format!("{}\n", pretty_format_batches(rows)?).into_bytes()),
        Format::Csv => {
            let mut writer = arrow::csv::WriterBuilder::new()
                .with_header(true)
                .build(&mut out);
            rows.iter().try_for_each(|r| writer.write(r))?;
        }
        Format::Json => {
            let mut writer = arrow::json::WriterBuilder::new()
                .with_explicit_nulls(true)
                .build::<_, arrow::json::writer::LineDelimited>(&mut out);
            rows.iter().try_for_each(|r| writer.write(r))?;
            writer.finish()?;
        }
    }
    Ok(out)
}
