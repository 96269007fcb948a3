//! principal: who asks. Everything the gateway gives out is cut to it.

use std::collections::BTreeSet;

/// Who asks, and whose data they may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// For the audit line.
    pub subject: String,
    pub municipalities: Municipalities,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Municipalities {
    All,
    Only(BTreeSet<String>),
}

impl Principal {
    /// The person at the keyboard of the machine the warehouse stands on: the only one there is until accounts exist.
    pub fn local() -> Self {
        Self {
            subject: "local".into(),
            municipalities: Municipalities::All,
        }
    }

    pub fn may_see(&self, municipality: &str) -> bool {
        match &self.municipalities {
            Municipalities::All => true,
            Municipalities::Only(codes) => codes.contains(municipality),
        }
    }
}
