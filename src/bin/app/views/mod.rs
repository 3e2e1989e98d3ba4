//! The pages: each reads the report and composes what shows it. No analysis here.

pub mod findings;
pub mod guide;
pub mod models;
pub mod network;
pub mod overview;
pub mod panels;
pub mod quality;
pub mod report;
pub mod rows;
pub mod rules;
pub mod settings;
pub mod traffic;
pub mod visitors;
