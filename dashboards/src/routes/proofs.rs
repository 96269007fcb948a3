//! proofs: the address of a figure opens its proof, as a page and as JSON.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Response, Uri};
use beleidsinfo_warehouse::error::Error;
use beleidsinfo_warehouse::figure::Address;

use super::steering::{language, see};
use super::{Here, answer, visit};
use crate::asked::{Asked, given};
use crate::etag;
use crate::lens::Lens;
use crate::pages;
use crate::trouble::{Outcome, Trouble};

/// The path as it was sent: a slice's escapes are part of the address.
fn address(uri: &Uri, after: &str) -> Outcome<Address> {
    let path = uri.path();
    let code = path.split_once(after).map_or("", |(_, rest)| rest);
    let code = code.strip_suffix(".json").unwrap_or(code);
    Address::parse(code).map_err(|cause| Trouble {
        cause: Some(cause),
        ..Trouble::wrong("address", code)
    })
}

fn run_of(asked: &Asked, newest: i64) -> Outcome<i64> {
    match given(&asked.run) {
        None => Ok(newest),
        Some(text) => text.parse().map_err(|_| Trouble::wrong("run", text)),
    }
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
        let about = seen
            .snapshot
            .figures
            .run(run)
            .ok_or_else(|| Trouble::not_found("run", run.to_string()))?;
        let tag = etag::of_run(about, &seen.ground.mark, &app.principal, &uri.to_string());
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let proof = app.reads.proof(&app.principal, &address, run).await?;
        let asked = Asked {
            territory: Some(address.territory.code()),
            ..Asked::default()
        };
        let mut lens = Lens::new(visit.words, &seen.snapshot, run, &seen.ground, &asked, true)
            .or_else(|_| {
                Lens::new(
                    visit.words,
                    &seen.snapshot,
                    run,
                    &seen.ground,
                    &Asked::default(),
                    true,
                )
            })?;
        lens.region = Some(address.region.clone());
        if run != seen.run {
            lens.as_of = Some(about.batch.to_string());
        }
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
        let body = serde_json::to_string_pretty(&proof)
            .map_err(|e| Error::storage("cannot write the proof").because(e))?;
        let tag = etag::of(&body, &app.principal, &uri.to_string());
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        Ok(answer::found(&tag, "application/json", None, body))
    };
    answer::outcome(&visit, made.await)
}
