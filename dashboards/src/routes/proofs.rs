//! proofs: the address of a figure opens its proof, and why it changed, as a page and as JSON.

use axum::body::Body;
use axum::http::{Response, Uri};
use beleidsinfo_warehouse::figure::Address;
use beleidsinfo_warehouse::gateway::Snapshot;

use super::steering::Seen;
use super::{Call, answer};
use crate::asked::{Asked, given};
use crate::lens::Lens;
use crate::pages;
use crate::trouble::{Outcome, Trouble};
use crate::words::Words;

/// The path as it was sent: a slice's escapes are part of the address.
pub(super) fn address(uri: &Uri, after: &str) -> Outcome<Address> {
    let path = uri.path();
    let code = path.split_once(after).map_or("", |(_, rest)| rest);
    let code = code.strip_suffix(".json").unwrap_or(code);
    Address::parse(code).map_err(|cause| Trouble {
        cause: Some(cause),
        ..Trouble::wrong("address", code)
    })
}

/// What can be seen where a figure is asked for.
pub(super) async fn seen(call: &Call, address: &Address) -> Outcome<Seen> {
    let seen = call.see(call.asked.as_of()?).await?;
    seen.ok_or_else(|| Trouble::not_found("figure", address.code()))
}

fn run_of(asked: &Asked, newest: i64) -> Outcome<i64> {
    run_in(&asked.run).map(|run| run.unwrap_or(newest))
}

fn run_in(asked: &Option<String>) -> Outcome<Option<i64>> {
    given(asked)
        .map(|text| text.parse().map_err(|_| Trouble::wrong("run", text)))
        .transpose()
}

/// The runs a change is asked between: those given, else the last two between which the figure changed.
fn between(
    asked: &Asked,
    snapshot: &Snapshot,
    address: &Address,
    newest: i64,
) -> Outcome<(i64, i64)> {
    let unchanged = || Trouble::not_found("change", address.code());
    let to = run_in(&asked.to)?.unwrap_or(newest);
    let from = match run_in(&asked.from)? {
        Some(from) => from,
        None => {
            let history = snapshot.figures.history(address);
            let stood = history.iter().filter(|f| f.run_from <= to);
            stood.rev().nth(1).ok_or_else(unchanged)?.run_from
        }
    };
    Ok((from, to))
}

pub async fn change(call: Call) -> Outcome<Response<Body>> {
    let address = address(&call.uri, "/changes/")?;
    let seen = seen(&call, &address).await?;
    let (from, to) = between(&call.asked, &seen.snapshot, &address, seen.run)?;
    let tag = seen.tag(&call, to)?;
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let app = &call.app;
    let explained = app.reads.explain(&app.principal, &address, from, to);
    let explained = explained.await?;
    let lens = lens_of(call.visit.words, &seen, to, &address)?;
    let body = pages::change::render(&lens, &call.visit, &address, &explained)?;
    Ok(answer::found(&tag, answer::HTML, None, body))
}

pub async fn change_json(call: Call) -> Outcome<Response<Body>> {
    let address = address(&call.uri, "/changes/")?;
    let seen = seen(&call, &address).await?;
    let (from, to) = between(&call.asked, &seen.snapshot, &address, seen.run)?;
    let app = &call.app;
    let explained = app.reads.explain(&app.principal, &address, from, to);
    let explained = explained.await?;
    answer::json(&call, &explained)
}

/// A lens on the figure's territory where the pages know it, and on its region.
pub(super) fn lens_of<'s>(
    words: Words,
    seen: &'s Seen,
    run: i64,
    address: &Address,
) -> Outcome<Lens<'s>> {
    let asked = Asked {
        territory: Some(address.territory.code()),
        ..Asked::default()
    };
    let lens = |asked: &Asked| Lens::new(words, &seen.snapshot, run, &seen.ground, asked, true);
    let mut lens = lens(&asked).or_else(|_| lens(&Asked::default()))?;
    lens.region = Some(address.region.to_string());
    if run != seen.run {
        let batch = seen.snapshot.figures.run(run).map(|run| run.batch);
        lens.as_of = batch.map(|batch| batch.to_string());
    }
    Ok(lens)
}

pub async fn proof(call: Call) -> Outcome<Response<Body>> {
    if call.uri.path().ends_with(".json") {
        return proof_json(call).await;
    }
    let address = address(&call.uri, "/figures/")?;
    let seen = seen(&call, &address).await?;
    let run = run_of(&call.asked, seen.run)?;
    let tag = seen.tag(&call, run)?;
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let app = &call.app;
    let proof = app.reads.proof(&app.principal, &address, run).await?;
    let lens = lens_of(call.visit.words, &seen, run, &address)?;
    let body = pages::proof::render(&lens, &call.visit, &address, &proof)?;
    Ok(answer::found(&tag, answer::HTML, None, body))
}

pub async fn proof_json(call: Call) -> Outcome<Response<Body>> {
    let address = address(&call.uri, "/figures/")?;
    let seen = seen(&call, &address).await?;
    let run = run_of(&call.asked, seen.run)?;
    let app = &call.app;
    let proof = app.reads.proof(&app.principal, &address, run).await?;
    answer::json(&call, &proof)
}
