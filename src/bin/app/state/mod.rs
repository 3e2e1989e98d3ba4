//! What the page knows and does: the address, the store, the pool of workers, the session that it is all about.
//!
//! `actions`, `filter`, `route`, `rule_files` and `training` are pure; the rest lives in the browser.

pub mod actions;
pub mod filter;
pub mod route;
pub mod rule_files;
pub mod training;

#[cfg(target_arch = "wasm32")]
pub mod allow;
#[cfg(target_arch = "wasm32")]
pub mod arrange;
#[cfg(target_arch = "wasm32")]
pub mod documents;
#[cfg(target_arch = "wasm32")]
pub mod download;
#[cfg(target_arch = "wasm32")]
pub mod dropped;
#[cfg(target_arch = "wasm32")]
pub mod hooks;
#[cfg(target_arch = "wasm32")]
pub mod intake;
#[cfg(target_arch = "wasm32")]
pub mod jobs;
#[cfg(target_arch = "wasm32")]
pub mod keys;
#[cfg(target_arch = "wasm32")]
pub mod learning;
#[cfg(target_arch = "wasm32")]
pub mod meter;
#[cfg(target_arch = "wasm32")]
pub mod models;
#[cfg(target_arch = "wasm32")]
pub mod navigation;
#[cfg(target_arch = "wasm32")]
pub mod parts;
#[cfg(target_arch = "wasm32")]
pub mod pool;
#[cfg(target_arch = "wasm32")]
pub mod questions;
#[cfg(target_arch = "wasm32")]
pub mod reading;
#[cfg(target_arch = "wasm32")]
pub mod rules;
#[cfg(target_arch = "wasm32")]
pub mod session;
#[cfg(target_arch = "wasm32")]
pub mod settings;
#[cfg(target_arch = "wasm32")]
pub mod store;
#[cfg(target_arch = "wasm32")]
pub mod studies;
#[cfg(target_arch = "wasm32")]
pub mod theme;
