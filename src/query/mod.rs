//! The filter language and the questions that a view may ask.
//!
//! `question` and `answer` are the types.

pub mod answer;
pub mod question;

pub use answer::*;
pub use question::*;
