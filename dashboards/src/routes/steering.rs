//! steering: the pages managers steer on, as of now or then.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response, Uri};
use beleidsinfo_warehouse::error::Error;
use beleidsinfo_warehouse::gateway::Snapshot;
use beleidsinfo_warehouse::index::AsOf;

use super::{App, Here, answer, visit};
use crate::asked::Asked;
use crate::etag;
use crate::files;
use crate::ground::Ground;
use crate::lens::Lens;
use crate::number;
use crate::page::{Page, Visit};
use crate::pages;
use crate::trouble::{Outcome, Trouble};
use crate::words::Words;

/// Whether a page can be about all municipalities together.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    One,
    OneOrAll,
}

pub struct Seen {
    pub snapshot: Arc<Snapshot>,
    pub ground: Arc<Ground>,
    pub run: i64,
}

impl Seen {
    /// The name of what an address shows at `run`, for these eyes.
    pub fn tag(&self, app: &App, run: i64, uri: &Uri) -> Outcome<String> {
        let about = self.snapshot.figures.run(run);
        let about = about.ok_or_else(|| Trouble::not_found("run", run.to_string()))?;
        let (mark, shown) = (&self.ground.mark, uri.to_string());
        Ok(etag::of_run(about, mark, &app.principal, &shown))
    }
}

pub async fn see(app: &App, words: Words, as_of: AsOf) -> Outcome<Option<Seen>> {
    let Some((snapshot, run)) = app.reads.figures(&app.principal, as_of).await? else {
        return match as_of {
            AsOf::Now => Ok(None),
            _ => Err(before_all(app, words).await?),
        };
    };
    let ground = app.surveyed.ground(&snapshot, run, &app.principal);
    Ok(Some(Seen {
        snapshot,
        ground,
        run,
    }))
}

/// Says when the first computation was, for who looks back further.
async fn before_all(app: &App, words: Words) -> Outcome<Trouble> {
    let now = app.reads.figures(&app.principal, AsOf::Now).await?;
    let first = now.as_ref().and_then(|(snapshot, _)| {
        let zone = snapshot.settings.timezone.parse();
        let zone = zone.unwrap_or(chrono_tz::Europe::Brussels);
        let run = snapshot.figures.runs().next()?;
        let at = number::moment(run.finished_at, zone, words.language);
        let batch = number::whole(run.batch, words.language);
        Some(words.with("first-run", &[("at", &at), ("batch", &batch)]))
    });
    let first = first.unwrap_or_else(|| words.t("unknown"));
    Ok(Trouble::not_found("nothing-then", first))
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
        let Some(seen) = see(&app, visit.words, asked.as_of()?).await? else {
            let page = Page::new(&visit, visit.words.t("empty-title"), "home");
            let tag = etag::of("empty", &app.principal, &uri.to_string());
            let body = pages::about::render_empty(page)?;
            return Ok(answer::found(&tag, answer::HTML, None, body));
        };
        let tag = seen.tag(&app, seen.run, &uri)?;
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

/// What a lens shows, for programs; over all municipalities unless one is asked for.
async fn as_json(
    app: &App,
    uri: &Uri,
    headers: &HeaderMap,
    asked: &Asked,
    shown: impl FnOnce(&Lens) -> serde_json::Result<serde_json::Value>,
) -> Response<Body> {
    let visit = visit(app, uri);
    let made = async {
        let seen = see(app, visit.words, asked.as_of()?).await?;
        let seen = seen.ok_or_else(|| Trouble::not_found("page", uri.path()))?;
        let tag = seen.tag(app, seen.run, uri)?;
        if etag::known(headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let (snapshot, ground) = (&seen.snapshot, &seen.ground);
        let lens = Lens::new(visit.words, snapshot, seen.run, ground, asked, true)?;
        let value = shown(&lens)
            .map_err(|e| Error::storage(format!("cannot write {}", uri.path())).because(e))?;
        Ok(answer::found(
            &tag,
            "application/json",
            None,
            format!("{value:#}"),
        ))
    };
    answer::outcome(&visit, made.await)
}

/// The first part of an address must be a language we speak.
pub fn language(uri: &Uri) -> Outcome<()> {
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
        |lens, visit, asked| Ok(html(pages::indicators::render(lens, visit, asked)?)),
    )
    .await
}

/// All that is measured and what is known about each, for other programs.
pub async fn catalogue(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    as_json(&app, &uri, &headers, &asked, |lens| {
        serde_json::to_value(crate::catalogue::entries(lens))
    })
    .await
}

pub async fn methodology(
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
        |lens, visit, _| Ok(html(pages::methodology::render(lens, visit)?)),
    )
    .await
}

/// All targets in time.
pub async fn targets(
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
        |lens, visit, _| Ok(html(pages::targets::render(lens, visit)?)),
    )
    .await
}

pub async fn targets_json(
    uri: Uri,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    as_json(&app, &uri, &headers, &asked, |lens| {
        Ok(pages::targets::json(lens))
    })
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
