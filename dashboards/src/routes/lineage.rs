//! lineage: what figures come from, and what comes of a file, as JSON.

use axum::body::Body;
use axum::extract::Path;
use axum::http::Response;
use beleidsinfo_warehouse::gateway::{Count, Snapshot};
use beleidsinfo_warehouse::lineage::ReadBy;
use serde::Serialize;

use super::arrivals::stored;
use super::proofs::{address, lens_of, seen};
use super::{Call, answer};
use crate::asked::given;
use crate::pages;
use crate::trouble::{Outcome, Trouble};

/// Of one figure, as a page.
pub async fn figure(call: Call) -> Outcome<Response<Body>> {
    let address = address(&call.uri, "/lineage/")?;
    let as_of = call.asked.as_of()?;
    let seen = seen(&call, &address).await?;
    let reads = &call.app.reads;
    let found = reads.figure_lineage(&call.app.principal, &address, as_of);
    let found = found.await?;
    let tag = seen.tag(&call, seen.run)?;
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let mut lens = lens_of(call.visit.words, &seen, seen.run, &address)?;
    lens.as_of = given(&call.asked.as_of).map(String::from);
    let body = pages::lineage::render(&lens, &call.visit, &address, &found)?;
    Ok(answer::found(&tag, answer::HTML, None, body))
}

/// Of one figure.
pub async fn figure_json(call: Call) -> Outcome<Response<Body>> {
    let address = address(&call.uri, "/lineage/")?;
    let reads = &call.app.reads;
    let found = reads.figure_lineage(&call.app.principal, &address, call.asked.as_of()?);
    answer::json(&call, &found.await?)
}

/// Of an indicator.
pub async fn indicator(call: Call, Path(id): Path<String>) -> Outcome<Response<Body>> {
    over(&call, |snapshot| {
        let found = snapshot.lineage.indicator(&snapshot.pack, &id);
        found.ok_or_else(|| Trouble::not_found("indicator", &id))
    })
    .await
}

/// What reads a table or a column of it: `cases` or `cases.due_on`.
pub async fn table(call: Call, Path(name): Path<String>) -> Outcome<Response<Body>> {
    over(&call, |snapshot| -> Outcome<ReadBy> {
        Ok(snapshot.lineage.table(&snapshot.pack, &name)?)
    })
    .await
}

/// What reads the tables that a source fills.
pub async fn source(call: Call, Path(id): Path<String>) -> Outcome<Response<Body>> {
    over(&call, |snapshot| -> Outcome<ReadBy> {
        Ok(snapshot.lineage.source(&snapshot.pack, &id)?)
    })
    .await
}

/// The figures that rest on a file.
pub async fn file(call: Call, Path(delivery): Path<String>) -> Outcome<Response<Body>> {
    let delivery = stored(&call.app, &delivery).await?;
    let reads = &call.app.reads;
    let found = reads.file_lineage(&call.app.principal, &delivery, Count::Now);
    answer::json(&call, &found.await?)
}

async fn over<T: Serialize>(
    call: &Call,
    find: impl FnOnce(&Snapshot) -> Outcome<T>,
) -> Outcome<Response<Body>> {
    let seen = call.see(call.asked.as_of()?).await?;
    let nothing = || Trouble::not_found("nothing-then", call.visit.words.t("unknown"));
    let seen = seen.ok_or_else(nothing)?;
    answer::json(call, &find(&seen.snapshot)?)
}
