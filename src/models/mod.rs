//! models
pub mod error;
pub mod explanation;
pub mod features;
pub mod isolation_forest;
mod random;
mod tree;

pub use error::ModelError;
pub use features::*;
pub use isolation_forest::*;
