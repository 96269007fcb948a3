//! charts: pure drawings, data to SVG text, with a text alternative made from the same numbers.

pub mod bars;
pub mod canvas;
pub mod lineage;
pub mod scale;
pub mod spark;
pub mod strip;
pub mod trend;
