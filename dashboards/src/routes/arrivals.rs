//! arrivals: what came in and what was wrong with it; and how to read it all.

use axum::body::Body;
use axum::extract::Path;
use axum::http::Response;
use beleidsinfo_warehouse::gateway::Count;
use beleidsinfo_warehouse::index::{AsOf, RunCheck};
use beleidsinfo_warehouse::pack::Pack;
use beleidsinfo_warehouse::profile::TableProfile;
use beleidsinfo_warehouse::quality::{StoredDelivery, Wanted};

use super::steering::Seen;
use super::{App, Call, answer};
use crate::asked::{Asked, given};
use crate::files;
use crate::lens::Lens;
use crate::page::{Page, Visit};
use crate::pages;
use crate::trouble::{Outcome, Trouble};

pub async fn about(call: Call) -> Outcome<Response<Body>> {
    let seen = call.see(AsOf::Now).await?;
    let page = dressed(
        &call.visit,
        &call.visit.words.t("nav-about"),
        "about",
        seen.as_ref(),
    )?;
    let tag = call.tag(&format!("{}{}", page.cutoff, page.synthetic));
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    Ok(answer::found(
        &tag,
        answer::HTML,
        None,
        pages::about::render(page)?,
    ))
}

/// A page that is not about figures, but says whose data it is and up to when.
pub(super) fn dressed(
    visit: &Visit,
    title: &str,
    at: &'static str,
    seen: Option<&Seen>,
) -> Outcome<Page> {
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

pub(super) fn zone_of(seen: Option<&Seen>) -> chrono_tz::Tz {
    seen.and_then(|s| s.snapshot.settings.timezone.parse().ok())
        .unwrap_or(chrono_tz::Europe::Brussels)
}

fn pack_of(seen: Option<&Seen>) -> Option<&Pack> {
    seen.map(|s| &s.snapshot.pack)
}

fn run_of(seen: Option<&Seen>) -> Option<i64> {
    seen.map(|s| s.run)
}

/// The checks of the run that is looked at.
fn checks_of(seen: Option<&Seen>) -> &[RunCheck] {
    let run = seen.and_then(|s| s.snapshot.figures.run(s.run));
    run.map_or(&[], |run| &run.checks)
}

async fn profile_of(app: &App, delivery: &StoredDelivery) -> Outcome<Vec<TableProfile>> {
    let mut found = app
        .reads
        .profile(&app.principal, &delivery.delivery)
        .await?;
    Ok(found.remove(&delivery.source_id).unwrap_or_default())
}

/// The profile of a delivery as JSON, by source and table.
pub async fn profile_json(call: Call, Path(delivery): Path<String>) -> Outcome<Response<Body>> {
    let delivery = stored(&call.app, &delivery).await?;
    let found = call
        .app
        .reads
        .profile(&call.app.principal, &delivery.delivery)
        .await?;
    answer::json(&call, &found)
}

pub async fn quality(call: Call) -> Outcome<Response<Body>> {
    let seen = call.see(AsOf::Now).await?;
    let deliveries = call.app.reads.deliveries(&call.app.principal).await?;
    let by_rule = call.app.reads.findings_by_rule(&call.app.principal).await?;
    let alarms = call.app.reads.alarms(&call.app.principal).await?;
    let checks = checks_of(seen.as_ref());
    let page = dressed(
        &call.visit,
        &call.visit.words.t("nav-quality"),
        "quality",
        seen.as_ref(),
    )?;
    let over = serde_json::to_string(&(&deliveries, &by_rule, &alarms, checks, &page.cutoff))
        .unwrap_or_default();
    let tag = call.tag(&over);
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let body = pages::quality::render(
        page,
        &deliveries,
        &by_rule,
        call.asked.page(),
        (&alarms, checks),
        pack_of(seen.as_ref()),
        zone_of(seen.as_ref()),
    )?;
    Ok(answer::found(&tag, answer::HTML, None, body))
}

fn wanted<'a>(delivery: &'a StoredDelivery, asked: &'a Asked) -> Wanted<'a> {
    Wanted {
        source: Some(&delivery.source_id),
        delivery: Some(&delivery.delivery),
        rule: given(&asked.rule),
        severity: given(&asked.severity),
    }
}

pub(super) async fn stored(app: &App, delivery: &str) -> Outcome<StoredDelivery> {
    app.reads
        .deliveries(&app.principal)
        .await?
        .into_iter()
        .find(|d| d.delivery == delivery)
        .ok_or_else(|| Trouble::not_found("delivery", delivery))
}

pub async fn findings(
    call: Call,
    Path((_, delivery)): Path<(String, String)>,
) -> Outcome<Response<Body>> {
    let delivery = stored(&call.app, &delivery).await?;
    let seen = call.see(AsOf::Now).await?;
    let choice = pages::quality::Choice {
        rule: given(&call.asked.rule),
        severity: given(&call.asked.severity),
        at: call.asked.page(),
    };
    let wanted = wanted(&delivery, &call.asked);
    let (skip, limit) = (
        (choice.at - 1) * pages::quality::ON_PAGE,
        pages::quality::ON_PAGE + 1,
    );
    let found = call
        .app
        .reads
        .findings(&call.app.principal, wanted, skip, limit)
        .await?;
    let mut rules: Vec<String> = call
        .app
        .reads
        .findings_by_rule(&call.app.principal)
        .await?
        .into_iter()
        .filter(|r| r.source_id == delivery.source_id)
        .map(|r| r.rule)
        .collect();
    rules.sort_unstable();
    rules.dedup();
    let mut alarms = call.app.reads.alarms(&call.app.principal).await?;
    alarms.retain(|a| a.delivery == delivery.delivery && a.source_id == delivery.source_id);
    let profile = profile_of(&call.app, &delivery).await?;
    let count = match given(&call.asked.figures) {
        Some("count") => Count::Now,
        _ => Count::IfKnown,
    };
    let counted = call
        .app
        .reads
        .file_lineage(&call.app.principal, &delivery, count);
    let counted = counted.await?;
    let page = dressed(&call.visit, &delivery.name, "quality", seen.as_ref())?;
    let about = (&profile, &counted, run_of(seen.as_ref()));
    let over = (&delivery, &found, &rules, &alarms, about, &page.cutoff);
    let over = serde_json::to_string(&over).unwrap_or_default();
    let tag = call.tag(&over);
    if call.has(&tag) {
        return Ok(answer::not_modified(&tag));
    }
    let zone = zone_of(seen.as_ref());
    let pack = pack_of(seen.as_ref());
    let whole = pages::quality::Whole {
        stored: &delivery,
        alarms: &alarms,
        profile: &profile,
        rests: pages::rests::rests(
            call.visit.words,
            &delivery,
            counted.as_ref(),
            seen.as_ref()
                .map(|s| (&s.snapshot.lineage, &s.snapshot.pack)),
        ),
    };
    let body = pages::quality::render_findings(page, whole, choice, &found, &rules, pack, zone)?;
    Ok(answer::found(&tag, answer::HTML, None, body))
}

pub async fn findings_csv(
    call: Call,
    Path((_, delivery)): Path<(String, String)>,
) -> Outcome<Response<Body>> {
    let delivery = stored(&call.app, &delivery).await?;
    let found = call
        .app
        .reads
        .findings(
            &call.app.principal,
            wanted(&delivery, &call.asked),
            0,
            100_000,
        )
        .await?;
    let body = files::findings_csv(call.visit.words, &found);
    let tag = call.tag(&body);
    let short: String = delivery.delivery.chars().take(8).collect();
    let name = format!("{}-{short}.csv", delivery.source_id);
    Ok(answer::found(
        &tag,
        "text/csv; charset=utf-8",
        Some(&name),
        body,
    ))
}
