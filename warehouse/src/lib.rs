//! warehouse: store, define, compute, disclose, prove and query. The only place that knows Delta and DataFusion.
//!
//! Listed bottom layer first; a file uses those above it.

pub mod error;
pub mod language;

pub mod keys;
pub mod seal;
pub mod signature;

pub mod durable;
pub mod location;
pub mod lock;

pub mod board;
pub mod checks;
// A condition is compiled by `session`, far below: only that file may hold the engine's context.
pub mod contract;
pub mod delivery;
pub mod expression;
pub mod figure;
pub mod indicator;
pub mod pack;
pub mod period;
pub mod principal;
pub mod profile;
pub mod project;
pub mod region;
pub mod role;
pub mod similar;
pub mod target;
pub mod term;

pub mod group;

pub mod index;
pub mod proof;
pub mod quality;
pub mod release;

pub mod bucket;
pub mod kept;
pub mod raw;

pub mod attempts;

mod arithmetic;
mod days;
pub mod portable;
mod tables;

mod session;

pub mod define;
pub mod lineage;
pub mod warehouse;

pub mod store;

pub mod compute;
pub mod reference;

mod arrivals;

pub mod conformity;
pub mod elsewhere;
pub mod life;
pub mod sandbox;

pub mod explain;
pub mod prove;
pub mod verify;
pub mod words;

pub mod disclose;
pub mod gateway;
pub mod publish;

pub use error::{Error, Result};
pub use language::{Language, Text};
