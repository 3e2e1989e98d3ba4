//! The page: drop logs, see what is in them. Nothing leaves the tab.
//!
//! `state` knows and does, `views` compose, `components` and `charts` draw, `text` speaks. The engine runs in workers and
//! is reached through `protocol` alone.

#![cfg_attr(
    not(target_arch = "wasm32"),
    expect(dead_code, reason = "natively only the pure parts are built, for their tests")
)]

#[cfg(target_arch = "wasm32")]
mod app;
mod charts;
mod components;
mod state;
mod text;
#[cfg(target_arch = "wasm32")]
mod views;

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {}
