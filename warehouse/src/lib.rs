//! warehouse: store, define, compute, disclose, prove and query. The only place that knows Delta and DataFusion.
//!
//! Listed bottom layer first; a file uses those above it.

pub mod error;
pub mod language;

pub mod contract;
pub mod delivery;
pub mod figure;
pub mod indicator;
pub mod period;
pub mod region;

pub use error::{Error, Result};
pub use language::{Language, Text};
