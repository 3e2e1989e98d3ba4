//! The filter language and the questions that a view may ask.
//!
//! `question` and `answer` are the types that cross to a view, `filter` parses, `matching` finds rows, `run` answers.

pub mod answer;
mod filter;
mod matching;
pub mod question;
mod rows;
mod run;

pub use answer::*;
pub use filter::{Comparison, Filter, Pattern, quote};
pub use matching::Compiled;
pub use question::*;
pub use run::{AnswerPart, Answered, part, text_of};
