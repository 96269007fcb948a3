//! definitions: what became of a definition, as a page and as JSON.

use axum::body::Body;
use axum::extract::Path;
use axum::http::Response;
use beleidsinfo_warehouse::life::Life;

use super::steering::Seen;
use super::{Call, answer};
use crate::lens::Lens;
use crate::pages;
use crate::trouble::{Outcome, Trouble};

async fn lived(call: &Call, id: &str) -> Outcome<(Seen, Life)> {
    let nothing = || Trouble::not_found("indicator", id);
    let seen = call.see(call.asked.as_of()?).await?;
    let seen = seen.ok_or_else(nothing)?;
    let app = &call.app;
    let life = app.reads.life(&app.principal, id, seen.run).await?;
    if life.editions.is_empty() {
        return Err(nothing());
    }
    Ok((seen, life))
}

pub async fn definition(
    call: Call,
    Path((_, id)): Path<(String, String)>,
) -> Outcome<Response<Body>> {
    let (seen, life) = lived(&call, &id).await?;
    let tag = seen.tag(&call, seen.run)?;
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let lens = Lens::new(
        call.visit.words,
        &seen.snapshot,
        seen.run,
        &seen.ground,
        &call.asked,
        true,
    )?;
    let body = pages::definition::render(&lens, &call.visit, &life)?;
    Ok(answer::found(&tag, answer::HTML, None, body))
}

pub async fn definition_json(call: Call, Path(id): Path<String>) -> Outcome<Response<Body>> {
    let (_, life) = lived(&call, &id).await?;
    answer::json(&call, &life)
}
