//! principal: who asks. Until accounts exist there is one, the local user, who may see all: rows of tenant tables and proofs
//! are cut to `Municipalities::Only`; the lists of figures, deliveries and findings are not yet.

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
