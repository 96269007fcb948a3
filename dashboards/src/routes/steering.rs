//! steering: the pages managers steer on, as of now or then.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use axum::http::Response;
use beleidsinfo_warehouse::error::Error;
use beleidsinfo_warehouse::gateway::Snapshot;
use beleidsinfo_warehouse::index::AsOf;

use super::{App, Call, answer};
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
    pub fn tag(&self, call: &Call, run: i64) -> Outcome<String> {
        let about = self.snapshot.figures.run(run);
        let about = about.ok_or_else(|| Trouble::not_found("run", run.to_string()))?;
        let (mark, shown) = (&self.ground.mark, call.uri.to_string());
        Ok(etag::of_run(about, mark, &call.app.principal, &shown))
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
    call: Call,
    scope: Scope,
    draw: impl FnOnce(&Lens, &Visit, &Asked) -> Outcome<Made> + Send + 'static,
) -> Outcome<Response<Body>> {
    let Some(seen) = call.see(call.asked.as_of()?).await? else {
        let page = Page::new(&call.visit, call.visit.words.t("empty-title"), "home");
        let body = pages::about::render_empty(page)?;
        return Ok(answer::found(&call.tag("empty"), answer::HTML, None, body));
    };
    let tag = seen.tag(&call, seen.run)?;
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let drawn = tokio::task::spawn_blocking(move || {
        let Call { visit, asked, .. } = call;
        let (snapshot, ground) = (&seen.snapshot, &seen.ground);
        let all = scope == Scope::OneOrAll;
        let lens = Lens::new(visit.words, snapshot, seen.run, ground, &asked, all)?;
        draw(&lens, &visit, &asked)
    });
    let made = drawn.await;
    let made = made.map_err(|e| Error::storage("cannot draw the page").because(e))??;
    let name = made.name.as_deref();
    Ok(answer::found(&tag, made.media, name, made.body))
}

/// What a lens shows, for programs; over all municipalities unless one is asked for.
async fn as_json(
    call: &Call,
    shown: impl FnOnce(&Lens) -> serde_json::Result<serde_json::Value>,
) -> Outcome<Response<Body>> {
    let path = call.uri.path();
    let seen = call.see(call.asked.as_of()?).await?;
    let seen = seen.ok_or_else(|| Trouble::not_found("page", path))?;
    let tag = seen.tag(call, seen.run)?;
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let (snapshot, ground) = (&seen.snapshot, &seen.ground);
    let lens = Lens::new(
        call.visit.words,
        snapshot,
        seen.run,
        ground,
        &call.asked,
        true,
    )?;
    let value =
        shown(&lens).map_err(|e| Error::storage(format!("cannot write {path}")).because(e))?;
    let body = format!("{value:#}");
    Ok(answer::found(&tag, "application/json", None, body))
}

pub async fn home(call: Call) -> Outcome<Response<Body>> {
    over_figures(call, Scope::OneOrAll, |lens, visit, _| {
        Ok(html(pages::home::render(lens, visit)?))
    })
    .await
}

/// There is no page of boards: the first one opens.
pub async fn boards(call: Call) -> Outcome<Response<Body>> {
    over_figures(call, Scope::One, |lens, visit, asked| {
        let first = lens
            .snapshot
            .boards
            .first()
            .ok_or_else(|| Trouble::not_found("board", ""))?;
        Ok(html(pages::board::render(lens, visit, asked, &first.id)?))
    })
    .await
}

pub async fn board(call: Call, Path((_, id)): Path<(String, String)>) -> Outcome<Response<Body>> {
    over_figures(call, Scope::One, move |lens, visit, asked| {
        Ok(html(pages::board::render(lens, visit, asked, &id)?))
    })
    .await
}

pub async fn indicators(call: Call) -> Outcome<Response<Body>> {
    over_figures(call, Scope::OneOrAll, |lens, visit, asked| {
        Ok(html(pages::indicators::render(lens, visit, asked)?))
    })
    .await
}

/// All that is measured and what is known about each, for other programs.
pub async fn catalogue(call: Call) -> Outcome<Response<Body>> {
    as_json(&call, |lens| {
        serde_json::to_value(crate::catalogue::entries(lens))
    })
    .await
}

pub async fn methodology(call: Call) -> Outcome<Response<Body>> {
    over_figures(call, Scope::OneOrAll, |lens, visit, _| {
        Ok(html(pages::methodology::render(lens, visit)?))
    })
    .await
}

/// All targets in time.
pub async fn targets(call: Call) -> Outcome<Response<Body>> {
    over_figures(call, Scope::OneOrAll, |lens, visit, _| {
        Ok(html(pages::targets::render(lens, visit)?))
    })
    .await
}

pub async fn targets_json(call: Call) -> Outcome<Response<Body>> {
    as_json(&call, |lens| Ok(pages::targets::json(lens))).await
}

pub async fn indicator(
    call: Call,
    Path((_, id)): Path<(String, String)>,
) -> Outcome<Response<Body>> {
    over_figures(call, Scope::One, move |lens, visit, asked| {
        Ok(html(pages::indicator::render(lens, visit, asked, &id)?))
    })
    .await
}

pub async fn file(
    call: Call,
    Path((_, id, file)): Path<(String, String, String)>,
) -> Outcome<Response<Body>> {
    over_figures(call, Scope::One, move |lens, _, asked| {
        let focus = pages::indicator::focus(lens, asked, &id)?;
        let name = |end: &str| Some(format!("{id}-{}-{}.{end}", focus.region, focus.kind.name()));
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
    })
    .await
}
