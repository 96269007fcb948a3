//! proofs: the address of a figure opens its proof, and why it changed, as a page and as JSON.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Response, Uri};
use beleidsinfo_warehouse::figure::Address;
use beleidsinfo_warehouse::gateway::Snapshot;

use super::steering::{Seen, language, see};
use super::{Here, answer, visit};
use crate::asked::{Asked, given};
use crate::etag;
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

pub async fn change(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let address = address(&uri, "/changes/")?;
        let seen = see(&app, visit.words, asked.as_of()?)
            .await?
            .ok_or_else(|| Trouble::not_found("figure", address.code()))?;
        let (from, to) = between(&asked, &seen.snapshot, &address, seen.run)?;
        let tag = seen.tag(&app, to, &uri)?;
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let explained = app
            .reads
            .explain(&app.principal, &address, from, to)
            .await?;
        let lens = lens_of(visit.words, &seen, to, &address)?;
        let body = pages::change::render(&lens, &visit, &address, &explained)?;
        Ok(answer::found(&tag, answer::HTML, None, body))
    };
    answer::outcome(&visit, made.await)
}

pub async fn change_json(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        let address = address(&uri, "/changes/")?;
        let seen = see(&app, visit.words, asked.as_of()?)
            .await?
            .ok_or_else(|| Trouble::not_found("figure", address.code()))?;
        let (from, to) = between(&asked, &seen.snapshot, &address, seen.run)?;
        let explained = app
            .reads
            .explain(&app.principal, &address, from, to)
            .await?;
        answer::json(&app, &uri, &headers, &explained)
    };
    answer::outcome(&visit, made.await)
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
    lens.region = Some(address.region.clone());
    if run != seen.run {
        let batch = seen.snapshot.figures.run(run).map(|run| run.batch);
        lens.as_of = batch.map(|batch| batch.to_string());
    }
    Ok(lens)
}

pub async fn proof(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    if uri.path().ends_with(".json") {
        return proof_json(uri, headers, Query(asked), State(app)).await;
    }
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let address = address(&uri, "/figures/")?;
        let seen = see(&app, visit.words, asked.as_of()?)
            .await?
            .ok_or_else(|| Trouble::not_found("figure", address.code()))?;
        let run = run_of(&asked, seen.run)?;
        let tag = seen.tag(&app, run, &uri)?;
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let proof = app.reads.proof(&app.principal, &address, run).await?;
        let lens = lens_of(visit.words, &seen, run, &address)?;
        let body = pages::proof::render(&lens, &visit, &address, &proof)?;
        Ok(answer::found(&tag, answer::HTML, None, body))
    };
    answer::outcome(&visit, made.await)
}

pub async fn proof_json(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        let address = address(&uri, "/figures/")?;
        let seen = see(&app, visit.words, asked.as_of()?)
            .await?
            .ok_or_else(|| Trouble::not_found("figure", address.code()))?;
        let run = run_of(&asked, seen.run)?;
        let proof = app.reads.proof(&app.principal, &address, run).await?;
        answer::json(&app, &uri, &headers, &proof)
    };
    answer::outcome(&visit, made.await)
}
