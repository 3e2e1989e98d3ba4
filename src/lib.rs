//! Logloupe's engine: bytes of logs in, one report out.

pub mod models;
