//! connector/missing: columns that a mapping names and a file does not have, as an error that tells which are there instead.

use std::fmt;

use super::header::quoted;

/// The cause of an error: kept apart from its sentence, so that a change to the mapping can be proposed.
#[derive(Debug)]
pub(crate) struct MissingColumns {
    /// By the mapping's own name for them.
    pub missing: Vec<String>,
    pub there: Vec<String>,
}

impl fmt::Display for MissingColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let there: Vec<&str> = self.there.iter().map(String::as_str).collect();
        write!(f, "it has {}", quoted(&there))
    }
}

impl std::error::Error for MissingColumns {}
