//! error: the one public error type of this product's crates.

use std::error::Error as StdError;

/// What was being done and to what; the cause is chained as `source`, never repeated in the sentence.
///
/// The program prints `error:`, then each cause on its own `cause:` line, then `hint:`.
#[derive(Debug, thiserror::Error)]
#[error("{doing}")]
pub struct Error {
    doing: String,
    kind: Kind,
    hint: Option<String>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Decides the exit code of the program and the status of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file, definition, setting or question that is not as it should be.
    Input,
    /// Storage or the operating system refused.
    Storage,
    /// Another run holds the warehouse.
    Busy,
    /// Not allowed: a right, a limit or a promise stands in the way.
    Refused,
    /// Something asked for is not there.
    NotFound,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    fn of(kind: Kind, doing: impl Into<String>) -> Self {
        Self {
            doing: doing.into(),
            kind,
            hint: None,
            source: None,
        }
    }
    pub fn input(doing: impl Into<String>) -> Self {
        Self::of(Kind::Input, doing)
    }
    pub fn storage(doing: impl Into<String>) -> Self {
        Self::of(Kind::Storage, doing)
    }
    pub fn busy(doing: impl Into<String>) -> Self {
        Self::of(Kind::Busy, doing)
    }
    pub fn refused(doing: impl Into<String>) -> Self {
        Self::of(Kind::Refused, doing)
    }
    pub fn not_found(doing: impl Into<String>) -> Self {
        Self::of(Kind::NotFound, doing)
    }
    #[must_use]
    pub fn because(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(cause.into());
        self
    }
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
    /// The error of this product that a failed read carries, or the failed read as the cause of a new one.
    pub fn of_read(error: std::io::Error, doing: impl FnOnce() -> String) -> Self {
        match error.downcast::<Self>() {
            Ok(error) => error,
            Err(error) => Self::storage(doing()).because(error),
        }
    }
    /// The same error with its texts told otherwise: its own, its hint's, and those of its causes, which become texts.
    #[must_use]
    pub fn retold(self, tell: impl Fn(&str) -> String) -> Self {
        let mut causes = Vec::new();
        let mut cause = self.source.as_deref().map(|c| c as &dyn StdError);
        let mut hint = self.hint.as_deref().map(&tell);
        while let Some(one) = cause {
            causes.push(tell(&one.to_string()));
            let ours = one.downcast_ref::<Self>().and_then(Self::hint_text);
            hint = hint.or_else(|| ours.map(&tell));
            cause = one.source();
        }
        Self {
            doing: tell(&self.doing),
            kind: self.kind,
            hint,
            source: (!causes.is_empty()).then(|| causes.join("\n").into()),
        }
    }
    pub fn kind(&self) -> Kind {
        self.kind
    }
    /// What the reader can do about it.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// Adds what was being done to a cause.
pub trait Doing<T> {
    fn storing(self, doing: impl FnOnce() -> String) -> Result<T>;
    fn reading(self, doing: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: Into<Box<dyn StdError + Send + Sync>>> Doing<T> for std::result::Result<T, E> {
    fn storing(self, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Error::storage(doing()).because(cause))
    }
    fn reading(self, doing: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|cause| Error::input(doing()).because(cause))
    }
}
