//! The one public error of the library: closed kinds, a position where there is one.
//!
//! A bad line is no error: it is counted in the account of its file (`scan`).

use serde::{Deserialize, Serialize};

/// What went wrong, with found against expected.
#[derive(Clone, Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum Error {
    /// A filter that does not parse; `column` counts characters from 1.
    #[error("column {column}: {message}")]
    Filter {
        /// Where in the filter's text, in characters from 1.
        column: usize,
        /// Expected against found.
        message: String,
    },
    /// A format string that does not parse; `column` counts characters from 1.
    #[error("column {column} of the format: {message}")]
    Pattern {
        /// Where in the format string, in characters from 1.
        column: usize,
        /// Expected against found.
        message: String,
    },
    /// A source that could not be read any further.
    #[error("{path}: {message}")]
    Read {
        /// The file as its host names it.
        path: String,
        /// What the system said.
        message: String,
    },
    /// A setting outside of what is allowed.
    #[error("setting {name}: {message}")]
    Setting {
        /// The setting's name, as in the settings file.
        name: String,
        /// Expected against found.
        message: String,
    },
    /// A model that refuses its input.
    #[error("{message}")]
    Model {
        /// A sentence for the person who asked.
        message: String,
    },
    /// Bytes between hosts and workers that do not decode: versions differ.
    #[error("message not understood: {message}")]
    Message {
        /// What the decoder said.
        message: String,
    },
}
