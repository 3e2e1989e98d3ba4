//! What the values of a column mean: derived from dictionary entries, not from rows, one family a file.
//!
//! Between the tables and those who count, check and learn. Adds knowledge that is the same for every log (kinds of
//! addresses, crawlers, registered domains, uses of ports); what is found in one log belongs to `profile`, `rules` and `models`.

pub mod address;
pub mod crawler;
pub mod domain;
pub mod ports;
