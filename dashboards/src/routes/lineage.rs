//! lineage: what figures come from, and what comes of a file, as JSON.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response, Uri};
use beleidsinfo_warehouse::gateway::{Count, Snapshot};
use beleidsinfo_warehouse::lineage::ReadBy;
use serde::Serialize;

use super::arrivals::stored;
use super::proofs::{address, lens_of};
use super::steering::{language, see};
use super::{App, Here, answer, visit};
use crate::asked::{Asked, given};
use crate::etag;
use crate::pages;
use crate::trouble::{Outcome, Trouble};

/// Of one figure, as a page.
pub async fn figure(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let address = address(&uri, "/lineage/")?;
        let as_of = asked.as_of()?;
        let seen = see(&app, visit.words, as_of)
            .await?
            .ok_or_else(|| Trouble::not_found("figure", address.code()))?;
        let reads = &app.reads;
        let found = reads.figure_lineage(&app.principal, &address, as_of);
        let found = found.await?;
        let tag = seen.tag(&app, seen.run, &uri)?;
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let mut lens = lens_of(visit.words, &seen, seen.run, &address)?;
        lens.as_of = given(&asked.as_of).map(String::from);
        let body = pages::lineage::render(&lens, &visit, &address, &found)?;
        Ok(answer::found(&tag, answer::HTML, None, body))
    };
    answer::outcome(&visit, made.await)
}

/// Of one figure.
pub async fn figure_json(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    let made = async {
        let address = address(&uri, "/lineage/")?;
        let reads = &app.reads;
        let found = reads.figure_lineage(&app.principal, &address, asked.as_of()?);
        answer::json(&app, &uri, &headers, &found.await?)
    };
    answer::outcome(&visit(&app, &uri), made.await)
}

/// Of an indicator.
pub async fn indicator(
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    over(&app, &uri, &headers, &asked, |snapshot| {
        let found = snapshot.lineage.indicator(&snapshot.pack, &id);
        found.ok_or_else(|| Trouble::not_found("indicator", &id))
    })
    .await
}

/// What reads a table or a column of it: `cases` or `cases.due_on`.
pub async fn table(
    uri: Uri,
    headers: HeaderMap,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    over(
        &app,
        &uri,
        &headers,
        &asked,
        |snapshot| -> Outcome<ReadBy> { Ok(snapshot.lineage.table(&snapshot.pack, &name)?) },
    )
    .await
}

/// What reads the tables that a source fills.
pub async fn source(
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    over(
        &app,
        &uri,
        &headers,
        &asked,
        |snapshot| -> Outcome<ReadBy> { Ok(snapshot.lineage.source(&snapshot.pack, &id)?) },
    )
    .await
}

/// The figures that rest on a file.
pub async fn file(
    uri: Uri,
    headers: HeaderMap,
    Path(delivery): Path<String>,
    State(app): Here,
) -> Response<Body> {
    let made = async {
        let delivery = stored(&app, &delivery).await?;
        let reads = &app.reads;
        let found = reads.file_lineage(&app.principal, &delivery, Count::Now);
        answer::json(&app, &uri, &headers, &found.await?)
    };
    answer::outcome(&visit(&app, &uri), made.await)
}

async fn over<T: Serialize>(
    app: &App,
    uri: &Uri,
    headers: &HeaderMap,
    asked: &Asked,
    find: impl FnOnce(&Snapshot) -> Outcome<T>,
) -> Response<Body> {
    let visit = visit(app, uri);
    let made = async {
        let seen = see(app, visit.words, asked.as_of()?).await?;
        let seen =
            seen.ok_or_else(|| Trouble::not_found("nothing-then", visit.words.t("unknown")))?;
        answer::json(app, uri, headers, &find(&seen.snapshot)?)
    };
    answer::outcome(&visit, made.await)
}
