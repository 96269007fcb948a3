//! definitions: what became of a definition, as a page and as JSON.

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Response, Uri};
use beleidsinfo_warehouse::life::Life;

use super::steering::{Seen, language, see};
use super::{App, Here, answer, visit};
use crate::asked::Asked;
use crate::etag;
use crate::lens::Lens;
use crate::page::Visit;
use crate::pages;
use crate::trouble::{Outcome, Trouble};

async fn lived(app: &App, visit: &Visit, asked: &Asked, id: &str) -> Outcome<(Seen, Life)> {
    let nothing = || Trouble::not_found("indicator", id);
    let seen = see(app, visit.words, asked.as_of()?)
        .await?
        .ok_or_else(nothing)?;
    let life = app.reads.life(&app.principal, id, seen.run).await?;
    if life.editions.is_empty() {
        return Err(nothing());
    }
    Ok((seen, life))
}

pub async fn definition(
    uri: Uri,
    headers: HeaderMap,
    Path((_, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        language(&uri)?;
        let (seen, life) = lived(&app, &visit, &asked, &id).await?;
        let tag = seen.tag(&app, seen.run, &uri)?;
        if etag::known(&headers, &tag) {
            return Ok(answer::not_modified(&tag));
        }
        let lens = Lens::new(
            visit.words,
            &seen.snapshot,
            seen.run,
            &seen.ground,
            &asked,
            true,
        )?;
        let body = pages::definition::render(&lens, &visit, &life)?;
        Ok(answer::found(&tag, answer::HTML, None, body))
    };
    answer::outcome(&visit, made.await)
}

pub async fn definition_json(
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    State(app): Here,
) -> Response<Body> {
    let visit = visit(&app, &uri);
    let made = async {
        let (_, life) = lived(&app, &visit, &asked, &id).await?;
        answer::json(&app, &uri, &headers, &life)
    };
    answer::outcome(&visit, made.await)
}
