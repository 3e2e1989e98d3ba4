//! Logloupe's engine: bytes of logs in, one report out.

pub mod error;
pub mod format;
pub mod protocol;
pub mod query;
pub mod report;
pub mod scan;
pub mod schema;
pub mod settings;
pub mod source;
pub mod table;
pub mod units;
