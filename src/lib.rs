//! Logloupe's engine: bytes of logs in, one report out.

pub mod enrich;
pub mod error;
pub mod profile;
pub mod protocol;
pub mod query;
pub mod report;
pub mod schema;
pub mod settings;
pub mod table;
pub mod units;
