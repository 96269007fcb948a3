//! pages: each a pure function from what the gateway gave to HTML.

pub mod about;
pub mod board;
pub mod change;
pub mod data;
pub mod definition;
pub mod home;
pub mod indicator;
pub mod indicators;
pub mod lineage;
pub mod methodology;
pub mod odd;
pub mod problem;
pub mod proof;
pub mod quality;
pub mod rests;
pub mod sources;
pub mod targets;
