//! tests: the routes as a reader meets them, over the invented figures.
