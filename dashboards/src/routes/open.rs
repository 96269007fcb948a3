//! open: what everybody may have: releases, at addresses that stay, and the page that says why the rest is not there.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, Uri};

use super::{App, Here, answer, visit};
use crate::etag;
use crate::page::Page;
use crate::pages::{about, data};
use crate::trouble::{Outcome, Trouble};

pub async fn closed(uri: Uri, headers: HeaderMap, State(app): Here) -> Response<Body> {
    let visit = visit(&app, &uri);
    let tag = etag::of("closed", &app.principal, &uri.to_string());
    if etag::known(&headers, &tag) {
        return answer::not_modified(&tag);
    }
    let page = Page::new(&visit, visit.words.t("closed-title"), "home");
    let html = about::render_closed(page).map(|html| answer::found(&tag, answer::HTML, None, html));
    answer::outcome(&visit, html)
}

pub async fn data_root() -> Response<Body> {
    answer::redirect("/nl/data")
}

pub async fn data(uri: Uri, headers: HeaderMap, State(app): Here) -> Response<Body> {
    let visit = visit(&app, &uri);
    let page = Page::new(&visit, visit.words.t("nav-data"), "data");
    let made = releases(&app, &headers, &uri, page).await;
    answer::outcome(&visit, made)
}

async fn releases(
    app: &App,
    headers: &HeaderMap,
    uri: &Uri,
    page: Page,
) -> Outcome<Response<Body>> {
    let releases = app.reads.releases().await?;
    let over = serde_json::to_string(&releases).unwrap_or_default();
    let tag = etag::of(&over, &app.principal, &uri.to_string());
    if etag::known(headers, &tag) {
        return Ok(answer::not_modified(&tag));
    }
    Ok(answer::found(
        &tag,
        answer::HTML,
        None,
        data::render(page, &releases)?,
    ))
}

/// The list of releases, with the newest of this dataset in view.
pub async fn newest(uri: Uri, Path(dataset): Path<String>, State(app): Here) -> Response<Body> {
    let visit = visit(&app, &uri);
    let found = async {
        let releases = app.reads.releases().await?;
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
    };
    answer::outcome(&visit, found.await)
}

pub async fn file(
    uri: Uri,
    Path((dataset, version, name)): Path<(String, String, String)>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let found = async {
        // Only what a release lists exists; so no name from outside reaches the store.
        let absent = || Trouble::not_found("release-file", format!("{dataset}/{version}/{name}"));
        let releases = app.reads.releases().await?;
        let listed = releases
            .iter()
            .find(|r| r.dataset == dataset && r.version == version)
            .and_then(|r| r.files.iter().find(|f| f.name == name))
            .ok_or_else(absent)?;
        let bytes = app.reads.release_file(&dataset, &version, &name).await?;
        Ok(answer::immutable(
            &listed.media_type,
            &format!("{dataset}-{name}"),
            bytes,
        ))
    };
    answer::outcome(&visit, found.await)
}
