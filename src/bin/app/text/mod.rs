//! Words and numbers as people read them. Pure: no browser.

pub mod answers;
pub mod fields;
pub mod meanings;
pub mod numbers;
pub mod sentences;
pub mod settings;
pub mod spark;
pub mod statuses;
pub mod times;
