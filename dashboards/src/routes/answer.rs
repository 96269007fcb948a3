//! answer: a page, a file, a redirect or a trouble as an HTTP response.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use beleidsinfo_warehouse::error::Error;
use serde::Serialize;

use super::Call;
use crate::page::Visit;
use crate::pages::problem;
use crate::trouble::{Outcome, Trouble};

pub const HTML: &str = "text/html; charset=utf-8";

fn build(
    status: StatusCode,
    headers: &[(axum::http::HeaderName, &str)],
    body: impl Into<Body>,
) -> Response<Body> {
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(name, *value);
    }
    builder.body(body.into()).unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// A page or a file with its name for this answer; `file` makes a download of it.
pub fn found(tag: &str, media: &str, file: Option<&str>, body: impl Into<Body>) -> Response<Body> {
    let disposition = file.map(|name| format!("attachment; filename=\"{name}\""));
    let mut headers = vec![
        (CONTENT_TYPE, media),
        (ETAG, tag),
        (CACHE_CONTROL, "private, no-cache"),
    ];
    if let Some(disposition) = &disposition {
        headers.push((CONTENT_DISPOSITION, disposition));
    }
    build(StatusCode::OK, &headers, body)
}

/// What was found, as JSON, unless the reader has it already.
pub fn json(call: &Call, found: &impl Serialize) -> Outcome<Response<Body>> {
    let body = serde_json::to_string_pretty(found)
        .map_err(|e| Error::storage(format!("cannot write {}", call.uri.path())).because(e))?;
    let tag = call.tag(&body);
    if call.has(&tag) {
        return Ok(not_modified(&tag));
    }
    Ok(self::found(&tag, "application/json", None, body))
}

pub fn not_modified(tag: &str) -> Response<Body> {
    let headers = [(ETAG, tag), (CACHE_CONTROL, "private, no-cache")];
    build(StatusCode::NOT_MODIFIED, &headers, Body::empty())
}

/// Bytes that will never change.
pub fn immutable(media: &str, name: &str, body: impl Into<Body>) -> Response<Body> {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (CONTENT_TYPE, media),
        (CONTENT_DISPOSITION, disposition.as_str()),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    build(StatusCode::OK, &headers, body)
}

pub fn redirect(to: &str) -> Response<Body> {
    let headers = [(LOCATION, to), (CACHE_CONTROL, "no-cache")];
    build(StatusCode::TEMPORARY_REDIRECT, &headers, Body::empty())
}

/// The sentence goes to the reader, the cause to the log, once.
pub fn trouble(visit: &Visit, trouble: &Trouble) -> Response<Body> {
    if let Some(cause) = &trouble.cause {
        let mut causes = vec![cause.to_string()];
        let mut next = std::error::Error::source(cause);
        while let Some(error) = next {
            causes.push(error.to_string());
            next = error.source();
        }
        if trouble.status.is_server_error() {
            tracing::error!(target: "serve", code = trouble.code, cause = causes.join(": "), "no page");
        } else {
            tracing::info!(target: "serve", code = trouble.code, cause = causes.join(": "), "no page");
        }
    }
    let headers = [(CONTENT_TYPE, HTML), (CACHE_CONTROL, "no-store")];
    build(trouble.status, &headers, problem::render(visit, trouble))
}

/// It becomes a page once the reader's language is known: [`super::told`].
impl IntoResponse for Trouble {
    fn into_response(self) -> Response<Body> {
        let mut response = build(self.status, &[], Body::empty());
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
