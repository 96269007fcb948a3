//! routes: addresses to pages. Each answer is cut to the principal by the gateway, named by its ETag and drawn off the async threads.

mod answer;
mod call;
mod open;
mod steering;

mod arrivals;
mod definitions;
mod lineage;
mod proofs;
mod sources;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue, Response, Uri};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::get;
use beleidsinfo_warehouse::Language;
use beleidsinfo_warehouse::principal::Principal;
use tower_http::compression::CompressionLayer;

use crate::reads::{Reads, Surveyed};
use crate::statics;
use crate::trouble::{Outcome, Trouble};
use call::{Call, visit};

pub struct App {
    pub reads: Reads,
    pub principal: Principal,
    pub public_only: bool,
    pub surveyed: Surveyed,
}

pub type Here = State<Arc<App>>;

pub fn router(reads: Reads, principal: Principal, public_only: bool) -> Router {
    let app = Arc::new(App {
        reads,
        principal,
        public_only,
        surveyed: Surveyed::default(),
    });
    let mut router = Router::new()
        .route("/", get(root))
        .route("/static/{file}", get(fixed))
        .route("/{lang}/data", get(open::data))
        .route("/data", get(open::data_root))
        .route("/data/{dataset}", get(open::newest))
        .route("/data/{dataset}/{version}/{file}", get(open::file));
    router = if public_only {
        router.route("/{lang}/", get(open::closed))
    } else {
        router
            .route("/{lang}/", get(steering::home))
            .route("/{lang}/about", get(arrivals::about))
            .route("/{lang}/boards", get(steering::boards))
            .route("/{lang}/boards/{id}", get(steering::board))
            .route("/{lang}/targets", get(steering::targets))
            .route("/api/targets", get(steering::targets_json))
            .route("/{lang}/indicators", get(steering::indicators))
            .route("/api/indicators", get(steering::catalogue))
            .route("/{lang}/methodology", get(steering::methodology))
            .route("/{lang}/indicators/{id}", get(steering::indicator))
            .route("/{lang}/indicators/{id}/{file}", get(steering::file))
            .route("/{lang}/figures/{*address}", get(proofs::proof))
            .route("/api/figures/{*address}", get(proofs::proof_json))
            .route("/{lang}/changes/{*address}", get(proofs::change))
            .route("/api/changes/{*address}", get(proofs::change_json))
            .route("/{lang}/lineage/{*address}", get(lineage::figure))
            .route("/api/lineage/{*address}", get(lineage::figure_json))
            .route("/{lang}/definitions/{id}", get(definitions::definition))
            .route("/api/definitions/{id}", get(definitions::definition_json))
            .route("/{lang}/sources", get(sources::sources))
            .route("/{lang}/sources/{id}", get(sources::source))
            .route(
                "/api/deliveries/{delivery}/profile",
                get(arrivals::profile_json),
            )
            .route("/api/indicators/{id}/lineage", get(lineage::indicator))
            .route("/api/tables/{name}/lineage", get(lineage::table))
            .route("/api/sources/{id}/lineage", get(lineage::source))
            .route("/api/deliveries/{delivery}/lineage", get(lineage::file))
            .route("/{lang}/quality", get(arrivals::quality))
            .route("/{lang}/quality/{delivery}", get(arrivals::findings))
            .route(
                "/{lang}/quality/{delivery}/rows.csv",
                get(arrivals::findings_csv),
            )
    };
    router
        .fallback(nowhere)
        .layer(from_fn_with_state(Arc::clone(&app), told))
        .with_state(app)
        .layer(from_fn(guarded))
        .layer(CompressionLayer::new())
}

/// Trouble that a page ran into, as a page in the reader's language.
async fn told(State(app): Here, request: Request, next: Next) -> Response<Body> {
    let uri = request.uri().clone();
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Arc<Trouble>>() {
        Some(trouble) => answer::trouble(&visit(&app, &uri), &trouble),
        None => response,
    }
}

/// Headers every answer carries: nothing from elsewhere, nothing inline, not in somebody's frame.
async fn guarded(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    response
}

/// The reader's language by `Accept-Language`; Dutch unless English comes first.
async fn root(request: Request) -> Response<Body> {
    let accepted = request
        .headers()
        .get(ACCEPT_LANGUAGE)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let mut response = answer::redirect(&format!("/{}/", preferred(accepted).code()));
    response
        .headers_mut()
        .insert("vary", HeaderValue::from_static("accept-language"));
    response
}

pub fn preferred(accepted: &str) -> Language {
    let mut wishes: Vec<(f32, Language)> = accepted
        .split(',')
        .filter_map(|part| {
            let (tag, weight) = part.trim().split_once(";q=").unwrap_or((part.trim(), "1"));
            let language = Language::parse(tag.get(..2)?.to_ascii_lowercase().as_str())?;
            Some((weight.trim().parse().unwrap_or(0.0), language))
        })
        .collect();
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
    wishes.first().map_or(Language::Nl, |w| w.1)
}

async fn fixed(uri: Uri) -> Outcome<Response<Body>> {
    let (media, bytes) =
        statics::find(uri.path()).ok_or_else(|| Trouble::not_found("page", uri.path()))?;
    Ok(Response::builder()
        .header(CONTENT_TYPE, media)
        .header(CACHE_CONTROL, "public, max-age=31536000, immutable")
        .body(Body::from(bytes))
        .unwrap_or_default())
}

async fn nowhere(uri: Uri, State(app): Here) -> Outcome<Response<Body>> {
    if let Some(language) = Language::parse(uri.path().trim_matches('/')) {
        return Ok(answer::redirect(&format!("/{}/", language.code())));
    }
    let code = if app.public_only { "closed" } else { "page" };
    Err(Trouble::not_found(code, uri.path()))
}
