//! call: what a request brings: who asks, for what, in which language. Every page begins with it.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use beleidsinfo_warehouse::Language;
use beleidsinfo_warehouse::index::AsOf;

use super::App;
use super::steering::{self, Seen};
use crate::asked::Asked;
use crate::etag;
use crate::page::Visit;
use crate::trouble::{Outcome, Trouble};
use crate::words::Words;

pub struct Call {
    pub app: Arc<App>,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub asked: Asked,
    pub visit: Visit,
}

impl FromRequestParts<Arc<App>> for Call {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Outcome<Self> {
        let (uri, path) = (parts.uri.clone(), parts.uri.path());
        // What is for programs and what is open data has no language; all else begins with one.
        let first = path.split('/').nth(1).unwrap_or_default();
        if !["api", "data"].contains(&first) && Language::parse(first).is_none() {
            return Err(Trouble::not_found("page", path));
        }
        let Query(asked) = Query::try_from_uri(&uri)
            .map_err(|_| Trouble::wrong("page", uri.query().unwrap_or_default()))?;
        Ok(Self {
            visit: visit(app, &uri),
            headers: parts.headers.clone(),
            app: Arc::clone(app),
            uri,
            asked,
        })
    }
}

impl Call {
    /// What can be seen of the figures as of then; `None` while nothing was computed.
    pub async fn see(&self, as_of: AsOf) -> Outcome<Option<Seen>> {
        steering::see(&self.app, self.visit.words, as_of).await
    }

    /// The name of an answer that is made of this text.
    pub fn tag(&self, over: &str) -> String {
        etag::of(over, &self.app.principal, &self.uri.to_string())
    }

    /// Whether the reader has the answer of this name already.
    pub fn has(&self, tag: &str) -> bool {
        etag::known(&self.headers, tag)
    }
}

/// The language of an address; Dutch where it names none.
pub fn visit(app: &App, uri: &Uri) -> Visit {
    let whole = uri.path_and_query().map_or("/", |p| p.as_str());
    let (first, rest) = match whole[1..].find(['/', '?']) {
        Some(at) => whole[1..].split_at(at),
        None => (&whole[1..], ""),
    };
    let (language, rest) = match Language::parse(first) {
        Some(language) => (language, rest),
        None => (Language::Nl, "/"),
    };
    Visit {
        words: Words::new(language),
        rest: rest.to_string(),
        public_only: app.public_only,
        synthetic: app.surveyed.synthetic(),
    }
}
