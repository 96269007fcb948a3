//! trouble: why there is no page, as a stable code and a sentence; the cause goes to the log only.

use axum::http::StatusCode;
use beleidsinfo_warehouse::error::{Error, Kind};

#[derive(Debug)]
pub struct Trouble {
    pub status: StatusCode,
    /// Stable; also the key of its sentence, `trouble-<code>`.
    pub code: &'static str,
    /// What was asked for, repeated in the sentence.
    pub what: String,
    pub cause: Option<Error>,
}

impl Trouble {
    /// The heading: what kind of trouble it is.
    pub fn title(&self) -> &'static str {
        match self.status.as_u16() {
            _ if self.code == "nothing-then" => "trouble-title-before",
            400 => "trouble-title-question",
            403 => "trouble-title-refused",
            500.. => "trouble-title-broken",
            _ => "trouble",
        }
    }
}

pub type Outcome<T> = Result<T, Trouble>;

impl Trouble {
    pub fn not_found(code: &'static str, what: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code,
            what: what.into(),
            cause: None,
        }
    }
    pub fn wrong(code: &'static str, what: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            ..Self::not_found(code, what)
        }
    }
}

impl From<Error> for Trouble {
    fn from(cause: Error) -> Self {
        let (status, code) = match cause.kind() {
            Kind::Input => (StatusCode::BAD_REQUEST, "input"),
            Kind::NotFound => (StatusCode::NOT_FOUND, "not-found"),
            Kind::Refused => (StatusCode::FORBIDDEN, "refused"),
            Kind::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Kind::Storage => (StatusCode::INTERNAL_SERVER_ERROR, "storage"),
        };
        Self {
            status,
            code,
            what: String::new(),
            cause: Some(cause),
        }
    }
}

impl From<askama::Error> for Trouble {
    fn from(cause: askama::Error) -> Self {
        Error::storage("cannot write the page")
            .because(cause)
            .into()
    }
}
