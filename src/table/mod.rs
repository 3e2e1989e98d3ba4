//! Typed columns with dictionaries and nulls: what reading leaves, and what every question is answered on.
//!
//! ```text
//! Store (one a worker) ─┬─ Dictionaries   each distinct text once, by column name
//!                       └─ Shard …        one chunk of one file ── Table ── Column … (packed codes or numbers)
//! ```
//!
//! A row keeps where its line is (byte, length, line), not the line. Does not know formats, filters or checks.

mod builder;
mod copied;
mod counts;
mod dictionary;
pub(crate) mod keys;
mod one;
mod packed;
mod partial;
pub(crate) mod plain;
mod rows;
mod store;
mod stored;

pub use builder::Builder;
pub use copied::{Cell, CopiedRow};
pub use counts::{NumberCounts, TextCount, TextCounts};
pub use dictionary::{Dictionary, NULL, escape_invalid};
pub use one::At;
pub use packed::{Codes, NULL_NUMBER, Numbers};
pub use partial::Partial;
pub use rows::RowSet;
pub use store::{Column, ColumnData, Dictionaries, Position, Selection, Shard, Store, Table};
