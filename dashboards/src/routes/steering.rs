//! steering: the pages managers steer on: figures, proofs and data quality, as of now or then.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response, Uri};
use beleidsinfo_warehouse::error::Error;
use beleidsinfo_warehouse::figure::Address;
use beleidsinfo_warehouse::gateway::Snapshot;
use beleidsinfo_warehouse::index::AsOf;
use beleidsinfo_warehouse::quality::StoredDelivery;

use super::{App, Here, answer, visit};
use crate::asked::{Asked, given};
use crate::etag;
use crate::files;
use crate::ground::Ground;
use crate::lens::Lens;
use crate::page::{Page, Visit};
use crate::pages;
use crate::trouble::{Outcome, Trouble};

/// Whether a page can be about all municipalities together.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    One,
    OneOrAll,
}

struct Seen {
    snapshot: Arc<Snapshot>,
    ground: Arc<Ground>,
    run: i64,
}

async fn see(app: &App, as_of: AsOf) -> Outcome<Option<Seen>> {
    let Some((snapshot, run)) = app.reads.figures(&app.principal, as_of).await? else {
        return match as_of {
            AsOf::Now => Ok(None),
            _ => Err(Trouble::not_found("nothing-then", "")),
        };
    };
    let ground = app.surveyed.ground(&snapshot, run, &app.principal);
    Ok(Some(Seen {
        snapshot,
        ground,
        run,
    }))
}

/// What an answer is made of besides its text: media type and, for a download, a name.
struct Made {
    media: &'static str,
    name: Option<String>,
    body: String,
}

fn html(body: String) -> Made {
    Made {
        media: answer::HTML,
        name: None,
        body,
    }
}

/// The way of all pages over figures: snapshot, ETag, then drawing on a thread that may block.
async fn over_figures(
    app: Arc<App>,
    uri: Uri,
    headers: HeaderMap,
    asked: Asked,
    scope: Scope,
    draw: impl FnOnce(&Lens, &Visit, &Asked) -> Outcome<Made> + Send + 'static,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let Some(seen) = see(&app, asked.as_of()?).await? else {
            let page = Page::new(&visit, visit.words.t("empty-title"), "home");
            let tag = etag::of("empty", &app.principal, &uri.to_string());
            let body = pages::about::render_empty(page)?;
            return Ok(answer::found(&tag, answer::HTML, None, body));
        };
        let run = seen
            .snapshot
            .figures
            .run(seen.run)
            .ok_or_else(|| Trouble::not_found("run", seen.run.to_string()))?;
        let tag = etag::of_run(run, &app.principal, &uri.to_string());
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let visit = visit.clone();
        let drawn = tokio::task::spawn_blocking(move || {
            let all = scope == Scope::OneOrAll;
            let lens = Lens::new(
                visit.words,
                &seen.snapshot,
                seen.run,
                &seen.ground,
                &asked,
                all,
            )?;
            draw(&lens, &visit, &asked)
        });
        let made = drawn
            .await
            .map_err(|e| Error::storage("cannot draw the page").because(e))??;
        Ok(answer::found(
            &tag,
            made.media,
            made.name.as_deref(),
            made.body,
        ))
    };
    answer::outcome(&visit, made.await)
}

/// The first part of an address must be a language we speak.
fn language(uri: &Uri) -> Outcome<()> {
    let first = uri.path().split('/').nth(1).unwrap_or_default();
    if beleidsinfo_warehouse::Language::parse(first).is_none() {
        return Err(Trouble::not_found("page", uri.path()));
    }
    Ok(())
}

pub async fn home(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    over_figures(
        app,
        uri,
        headers,
        asked,
        Scope::OneOrAll,
        |lens, visit, _| Ok(html(pages::home::render(lens, visit)?)),
    )
    .await
}

/// There is no page of boards: the first one opens.
pub async fn boards(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    over_figures(
        app,
        uri,
        headers,
        asked,
        Scope::One,
        |lens, visit, asked| {
            let first = lens
                .snapshot
                .boards
                .first()
                .ok_or_else(|| Trouble::not_found("board", ""))?;
            Ok(html(pages::board::render(lens, visit, asked, &first.id)?))
        },
    )
    .await
}

pub async fn board(
    uri: Uri,
    headers: HeaderMap,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    over_figures(
        app,
        uri,
        headers,
        asked,
        Scope::One,
        move |lens, visit, asked| Ok(html(pages::board::render(lens, visit, asked, &id)?)),
    )
    .await
}

pub async fn indicators(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    over_figures(
        app,
        uri,
        headers,
        asked,
        Scope::OneOrAll,
        |lens, visit, _| Ok(html(pages::indicators::render(lens, visit)?)),
    )
    .await
}

pub async fn indicator(
    uri: Uri,
    headers: HeaderMap,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    over_figures(
        app,
        uri,
        headers,
        asked,
        Scope::One,
        move |lens, visit, asked| Ok(html(pages::indicator::render(lens, visit, asked, &id)?)),
    )
    .await
}

pub async fn file(
    uri: Uri,
    headers: HeaderMap,
    Path((_, id, file)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    over_figures(
        app,
        uri,
        headers,
        asked,
        Scope::One,
        move |lens, _, asked| {
            let focus = pages::indicator::focus(lens, asked, &id)?;
            let name =
                |end: &str| Some(format!("{id}-{}-{}.{end}", focus.region, focus.kind.name()));
            Ok(match file.as_str() {
                "series.csv" => Made {
                    media: "text/csv; charset=utf-8",
                    name: name("csv"),
                    body: files::series_csv(lens, &focus),
                },
                "series.json" => Made {
                    media: "application/json",
                    name: None,
                    body: files::series_json(lens, &focus).to_string(),
                },
                "chart.svg" => Made {
                    media: "image/svg+xml",
                    name: name("svg"),
                    body: files::chart_svg(lens, &focus),
                },
                _ => return Err(Trouble::not_found("page", file)),
            })
        },
    )
    .await
}

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
        let seen = see(&app, asked.as_of()?)
            .await?
            .ok_or_else(|| Trouble::not_found("figure", address.code()))?;
        let run = run_of(&asked, seen.run)?;
        let about = seen
            .snapshot
            .figures
            .run(run)
            .ok_or_else(|| Trouble::not_found("run", run.to_string()))?;
        let tag = etag::of_run(about, &app.principal, &uri.to_string());
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
        let seen = see(&app, asked.as_of()?)
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

pub async fn about(uri: Uri, headers: HeaderMap, State(app): Here) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let seen = see(&app, AsOf::Now).await?;
        let page = dressed(&visit, &visit.words.t("nav-about"), "about", seen.as_ref())?;
        let tag = etag::of(
            &format!("{}{}", page.cutoff, page.synthetic),
            &app.principal,
            &uri.to_string(),
        );
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        Ok(answer::found(
            &tag,
            answer::HTML,
            None,
            pages::about::render(page)?,
        ))
    };
    answer::outcome(&visit, made.await)
}

/// A page that is not about figures, but says whose data it is and up to when.
fn dressed(visit: &Visit, title: &str, at: &'static str, seen: Option<&Seen>) -> Outcome<Page> {
    let page = Page::new(visit, title, at);
    let Some(seen) = seen else {
        return Ok(page);
    };
    let lens = Lens::new(
        visit.words,
        &seen.snapshot,
        seen.run,
        &seen.ground,
        &Asked::default(),
        true,
    )?;
    Ok(page.over(&lens, visit))
}

fn zone_of(seen: Option<&Seen>) -> chrono_tz::Tz {
    seen.and_then(|s| s.snapshot.settings.timezone.parse().ok())
        .unwrap_or(chrono_tz::Europe::Brussels)
}

pub async fn quality(uri: Uri, headers: HeaderMap, State(app): Here) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let seen = see(&app, AsOf::Now).await?;
        let deliveries = app.reads.deliveries(&app.principal).await?;
        let by_rule = app.reads.findings_by_rule(&app.principal).await?;
        let page = dressed(
            &visit,
            &visit.words.t("nav-quality"),
            "quality",
            seen.as_ref(),
        )?;
        let over =
            serde_json::to_string(&(&deliveries, &by_rule, &page.cutoff)).unwrap_or_default();
        let tag = etag::of(&over, &app.principal, &uri.to_string());
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let body = pages::quality::render(page, &deliveries, &by_rule, zone_of(seen.as_ref()))?;
        Ok(answer::found(&tag, answer::HTML, None, body))
    };
    answer::outcome(&visit, made.await)
}

async fn stored(app: &App, delivery: &str) -> Outcome<StoredDelivery> {
    app.reads
        .deliveries(&app.principal)
        .await?
        .into_iter()
        .find(|d| d.delivery == delivery)
        .ok_or_else(|| Trouble::not_found("delivery", delivery))
}

pub async fn findings(
    uri: Uri,
    headers: HeaderMap,
    Path((_, delivery)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let delivery = stored(&app, &delivery).await?;
        let seen = see(&app, AsOf::Now).await?;
        let rule = given(&asked.rule);
        let limit = pages::quality::ON_PAGE + 1;
        let found = app
            .reads
            .findings(&app.principal, &delivery.delivery, rule, limit)
            .await?;
        let mut rules: Vec<String> = app
            .reads
            .findings_by_rule(&app.principal)
            .await?
            .into_iter()
            .filter(|r| r.0 == delivery.source_id)
            .map(|r| r.1)
            .collect();
        rules.sort_unstable();
        rules.dedup();
        let page = dressed(&visit, &delivery.name, "quality", seen.as_ref())?;
        let over =
            serde_json::to_string(&(&delivery, &found, &rules, &page.cutoff)).unwrap_or_default();
        let tag = etag::of(&over, &app.principal, &uri.to_string());
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let zone = zone_of(seen.as_ref());
        let body = pages::quality::render_findings(page, &delivery, rule, &found, &rules, zone)?;
        Ok(answer::found(&tag, answer::HTML, None, body))
    };
    answer::outcome(&visit, made.await)
}

pub async fn findings_csv(
    uri: Uri,
    Path((_, delivery)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let delivery = stored(&app, &delivery).await?;
        let found = app
            .reads
            .findings(
                &app.principal,
                &delivery.delivery,
                given(&asked.rule),
                100_000,
            )
            .await?;
        let body = files::findings_csv(visit.words, &found);
        let tag = etag::of(&body, &app.principal, &uri.to_string());
        let short: String = delivery.delivery.chars().take(8).collect();
        let name = format!("{}-{short}.csv", delivery.source_id);
        Ok(answer::found(
            &tag,
            "text/csv; charset=utf-8",
            Some(&name),
            body,
        ))
    };
    answer::outcome(&visit, made.await)
}
