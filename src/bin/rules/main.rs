//! The worker that reads the user's Sigma rules: YAML in, packed rules out.
//!
//! It is a binary of its own so that no page loads a YAML parser that has no rules to read. It sees no log. A message is
//! an array `[call, beside…]` as in `bin/worker`.

#[cfg(target_arch = "wasm32")]
mod messages;

#[cfg(target_arch = "wasm32")]
fn main() {
    messages::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("the reader of rules runs in the page; build it with trunk");
}
