//! dashboards: serve and publish to people: pages, charts, downloads. Reads only through the gateway.
//!
//! Listed bottom layer first; a file uses those above it.

pub mod number;
pub mod words;

pub mod charts;
mod icon;
mod statics;

mod asked;
mod ground;
mod reading;
mod rules;
mod trouble;

mod compare;
mod lens;

mod standing;

mod assess;
mod catalogue;
mod drawing;
mod page;
mod sentence;

mod tile;

mod files;
mod pages;

mod reads;
#[cfg(any(test, feature = "preview"))]
pub mod sample;

mod etag;
mod routes;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;

use beleidsinfo_warehouse::Result;
use beleidsinfo_warehouse::attempts::PlannedSource;
use beleidsinfo_warehouse::error::Doing;
use beleidsinfo_warehouse::gateway::Gateway;
use beleidsinfo_warehouse::principal::Principal;

/// What is served, and to whom.
pub struct Serve {
    pub gateway: Arc<Gateway>,
    pub principal: Principal,
    /// Only what is published: for any address but loopback, until accounts exist.
    pub public_only: bool,
    /// The schedule of each source, as whoever keeps to it last made it.
    pub planned: Planned,
}

/// Changes while it is served.
pub type Planned = tokio::sync::watch::Receiver<Arc<Vec<PlannedSource>>>;

/// All routes.
pub fn router(serve: Serve) -> axum::Router {
    routes::router(
        reads::Reads::Gateway(serve.gateway, serve.planned),
        serve.principal,
        serve.public_only,
    )
}

/// Serves until `shutdown`, then finishes what was being answered.
pub async fn run(
    listener: tokio::net::TcpListener,
    serve: Serve,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    axum::serve(listener, router(serve))
        .with_graceful_shutdown(shutdown)
        .await
        .storing(|| "cannot serve the pages".into())
}
