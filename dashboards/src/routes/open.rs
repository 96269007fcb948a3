//! open: what everybody may have: releases, at addresses that stay, and the page that says why the rest is not there.

use axum::body::Body;
use axum::extract::Path;
use axum::http::Response;

use super::{Call, answer};
use crate::page::Page;
use crate::pages::{about, data};
use crate::trouble::{Outcome, Trouble};

pub async fn closed(call: Call) -> Outcome<Response<Body>> {
    let tag = call.tag("closed");
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let page = Page::new(&call.visit, call.visit.words.t("closed-title"), "home");
    Ok(answer::found(
        &tag,
        answer::HTML,
        None,
        about::render_closed(page)?,
    ))
}

pub async fn data_root() -> Response<Body> {
    answer::redirect("/nl/data")
}

pub async fn data(call: Call) -> Outcome<Response<Body>> {
    let page = Page::new(&call.visit, call.visit.words.t("nav-data"), "data");
    let releases = call.app.reads.releases().await?;
    let tag = call.tag(&serde_json::to_string(&releases).unwrap_or_default());
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let body = data::render(page, &releases)?;
    Ok(answer::found(&tag, answer::HTML, None, body))
}

/// The list of releases, with the newest of this dataset in view.
pub async fn newest(call: Call, Path(dataset): Path<String>) -> Outcome<Response<Body>> {
    let releases = call.app.reads.releases().await?;
    let newest = releases
        .iter()
        .find(|r| r.dataset == dataset)
        .ok_or_else(|| Trouble::not_found("dataset", dataset.clone()))?;
    let file = newest
        .files
        .iter()
        .find(|f| f.name.ends_with(".csv"))
        .or(newest.files.first())
        .ok_or_else(|| Trouble::not_found("dataset", dataset.clone()))?;
    Ok(answer::redirect(&format!(
        "/data/{}/{}/{}",
        newest.dataset, newest.version, file.name
    )))
}

pub async fn file(
    call: Call,
    Path((dataset, version, name)): Path<(String, String, String)>,
) -> Outcome<Response<Body>> {
    // Only what a release lists exists; so no name from outside reaches the store.
    let absent = || Trouble::not_found("release-file", format!("{dataset}/{version}/{name}"));
    let releases = call.app.reads.releases().await?;
    let listed = releases
        .iter()
        .find(|r| r.dataset == dataset && r.version == version)
        .and_then(|r| r.files.iter().find(|f| f.name == name))
        .ok_or_else(absent)?;
    let bytes = call
        .app
        .reads
        .release_file(&dataset, &version, &name)
        .await?;
    Ok(answer::immutable(
        &listed.media_type,
        &format!("{dataset}-{name}"),
        bytes,
    ))
}
