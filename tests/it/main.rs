//! The integration tests: the whole flow, in one binary.
