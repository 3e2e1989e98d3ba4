//! The report: one versioned JSON document that the page shows, the command line prints and the service returns.
//!
//! `types` is its shape, `text` says it in words. Holds results only: nothing here computes them.

pub mod types;

pub use types::*;
