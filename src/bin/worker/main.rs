//! The worker of the page: a message loop over one engine.
//!
//! A message is an array `[json, beside…]`, a [`Call`](logloupe::protocol::Call) in and
//! [`Reply`](logloupe::protocol::Reply)s out. Panics reach the page as `onerror`; it replaces the worker and reads its
//! ranges again.

#[cfg(target_arch = "wasm32")]
mod file;
#[cfg(target_arch = "wasm32")]
mod files;
#[cfg(target_arch = "wasm32")]
mod messages;
#[cfg(target_arch = "wasm32")]
mod warm;

#[cfg(target_arch = "wasm32")]
fn main() {
    messages::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("the worker runs in the page; build it with trunk");
}
