//! ingest: from files as sources deliver them to checked Arrow batches: find, read, reshape (Polars lives here), check.
//!
//! Listed bottom layer first: a file uses those above it. What passes from here to the warehouse is a
//! [`Delivery`](beleidsinfo_warehouse::delivery::Delivery).

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        reason = "a test that cannot go on should stop there"
    )
)]

pub mod limits;
mod nearest;
pub mod pseudonym;

pub mod schedule;

pub mod find;
pub mod kbo;
pub mod mapping;
mod release;
pub mod source;

mod form;
mod unpack;

pub mod archive;

pub mod connector;
mod reshape;
mod value;

pub mod check;
pub mod codes;
pub mod drift;
pub mod profile;
pub mod suggest;
pub mod tables;

pub mod bulk;
