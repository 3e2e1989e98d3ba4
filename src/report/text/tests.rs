//! Exact sentences for reports as they come.
