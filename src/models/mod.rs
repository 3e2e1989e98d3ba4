//! models
pub mod error;
pub mod explanation;
pub mod features;
pub mod isolation_forest;
pub mod labels;
pub mod metrics;
mod random;
pub mod random_forest;
pub mod split;
mod tree;
pub mod trust;

pub use error::ModelError;
pub use explanation::*;
pub use features::*;
pub use isolation_forest::*;
pub use labels::*;
pub use metrics::*;
pub use random_forest::*;
