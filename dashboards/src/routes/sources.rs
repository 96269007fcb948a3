//! sources: where data comes from, when it came, what came of it, and when it comes next.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, Uri};

use super::arrivals::{dressed, zone_of};
use super::steering::{language, see};
use super::{Here, answer, visit};
use crate::etag;
use crate::pages;
use crate::trouble::Trouble;
use beleidsinfo_warehouse::index::AsOf;

pub async fn sources(uri: Uri, headers: HeaderMap, State(app): Here) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let seen = see(&app, visit.words, AsOf::Now).await?;
        let deliveries = app.reads.deliveries(&app.principal).await?;
        let attempts = app.reads.attempts(&app.principal).await?;
        let planned = app.reads.planned();
        let page = dressed(&visit, &visit.words.t("sources"), "quality", seen.as_ref())?;
        let over = serde_json::to_string(&(&deliveries, &attempts, &*planned, &page.cutoff))
            .unwrap_or_default();
        let tag = etag::of(&over, &app.principal, &uri.to_string());
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let zone = zone_of(seen.as_ref());
        let body = pages::sources::render(page, &planned, &attempts, &deliveries, zone)?;
        Ok(answer::found(&tag, answer::HTML, None, body))
    };
    answer::outcome(&visit, made.await)
}

pub async fn source(
    uri: Uri,
    headers: HeaderMap,
    Path((_, id)): Path<(String, String)>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let seen = see(&app, visit.words, AsOf::Now).await?;
        let mut deliveries = app.reads.deliveries(&app.principal).await?;
        let mut attempts = app.reads.attempts(&app.principal).await?;
        deliveries.retain(|d| d.source_id == id);
        attempts.retain(|a| a.source_id == id);
        let planned = app.reads.planned();
        let planned = planned.iter().find(|p| p.source_id == id);
        if planned.is_none() && deliveries.is_empty() && attempts.is_empty() {
            return Err(Trouble::not_found("source", &id));
        }
        let page = dressed(&visit, &id, "quality", seen.as_ref())?;
        let over = serde_json::to_string(&(&deliveries, &attempts, &planned, &page.cutoff))
            .unwrap_or_default();
        let tag = etag::of(&over, &app.principal, &uri.to_string());
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let zone = zone_of(seen.as_ref());
        let body = pages::sources::render_one(page, &id, planned, &attempts, &deliveries, zone)?;
        Ok(answer::found(&tag, answer::HTML, None, body))
    };
    answer::outcome(&visit, made.await)
}
