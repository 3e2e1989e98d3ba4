//! Derived columns: what a value says beyond its text. Works on dictionary entries, not on rows, wherever it can.
//!
//! One family a file: `crawler` names the program behind a user agent. Knows neither formats nor panels.

pub mod crawler;
