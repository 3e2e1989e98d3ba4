//! Logloupe's engine: bytes of logs in, one report out.
//!
//! ```text
//! files ─► source ─► format ─► table ─► enrich ─┬► profile ─┐
//!          bytes     records   columns  derived ├► rules   ─┼► report ─► protocol ─► page · command line
//!                └── scan joins ──┘     columns └► models  ─┘    ▲
//!                            query ◄── a view's question, answered on the same tables ──┘
//! ```
//!
//! One shard is one chunk of one file. A worker (a Web Worker in the page, a thread in the command line) makes shards and
//! keeps them in an [`engine::Engine`]; each answers for itself, answers merge in any order, and the last step turns the
//! merged part into what is shown. So the report is the same, byte for byte, whatever the number of workers.
//!
//! The library does no IO, reads no clock, and knows neither browser nor terminal: hosts implement [`source::Source`].

pub mod engine;
pub mod enrich;
pub mod error;
pub mod format;
pub mod models;
pub mod profile;
pub mod protocol;
pub mod query;
pub mod report;
pub mod rules;
pub mod scan;
pub mod schema;
pub mod settings;
pub mod source;
pub mod table;
pub mod units;
