//! sources: where data comes from, when it came, what came of it, and when it comes next.

use axum::body::Body;
use axum::extract::Path;
use axum::http::Response;

use super::arrivals::{dressed, zone_of};
use super::{Call, answer};
use crate::pages;
use crate::trouble::{Outcome, Trouble};
use beleidsinfo_warehouse::index::AsOf;

pub async fn sources(call: Call) -> Outcome<Response<Body>> {
    let seen = call.see(AsOf::Now).await?;
    let deliveries = call.app.reads.deliveries(&call.app.principal).await?;
    let attempts = call.app.reads.attempts(&call.app.principal).await?;
    let planned = call.app.reads.planned();
    let page = dressed(
        &call.visit,
        &call.visit.words.t("sources"),
        "quality",
        seen.as_ref(),
    )?;
    let over = serde_json::to_string(&(&deliveries, &attempts, &*planned, &page.cutoff))
        .unwrap_or_default();
    let tag = call.tag(&over);
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let zone = zone_of(seen.as_ref());
    let body = pages::sources::render(page, &planned, &attempts, &deliveries, zone)?;
    Ok(answer::found(&tag, answer::HTML, None, body))
}

pub async fn source(call: Call, Path((_, id)): Path<(String, String)>) -> Outcome<Response<Body>> {
    let seen = call.see(AsOf::Now).await?;
    let mut deliveries = call.app.reads.deliveries(&call.app.principal).await?;
    let mut attempts = call.app.reads.attempts(&call.app.principal).await?;
    deliveries.retain(|d| d.source_id == id);
    attempts.retain(|a| a.source_id == id);
    let planned = call.app.reads.planned();
    let planned = planned.iter().find(|p| p.source_id == id);
    if planned.is_none() && deliveries.is_empty() && attempts.is_empty() {
        return Err(Trouble::not_found("source", &id));
    }
    let page = dressed(&call.visit, &id, "quality", seen.as_ref())?;
    let over = serde_json::to_string(&(&deliveries, &attempts, &planned, &page.cutoff))
        .unwrap_or_default();
    let tag = call.tag(&over);
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let zone = zone_of(seen.as_ref());
    let body = pages::sources::render_one(page, &id, planned, &attempts, &deliveries, zone)?;
    Ok(answer::found(&tag, answer::HTML, None, body))
}
