//! The worker that writes files to take away: a report in, its HTML, PDF, Markdown or zip out; rows in, Parquet out.
//!
//! It is a binary of its own so that no page loads fonts and writers that writes nothing. It reads no log: what it is given
//! are results. A message is an array `[call, beside…]` as in `bin/worker`.

#[cfg(target_arch = "wasm32")]
mod messages;

#[cfg(target_arch = "wasm32")]
fn main() {
    messages::start();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("the writer of documents runs in the page; build it with trunk");
}
