//! Bytes of a log, wherever they come from: hosts implement [`Source`], this room makes lines of it.
//!
//! ```text
//! Source ── open(byte) ─► Read ── compression ─► decompressed bytes ── lines ─► Line { number, byte, text }
//! ```
//!
//! Does not know formats. Archives come later; gzip is told by its magic bytes, never by the file's name.

pub mod compression;
pub mod elements;
pub mod lines;
pub mod spans;

use std::io::{self, Read};

use crate::units::Micros;

/// A file that a host can read from any byte.
pub trait Source {
    /// The path as dropped or given.
    fn path(&self) -> &str;

    /// Size as stored, where it is known.
    fn size(&self) -> Option<u64>;

    /// When it was last written, where the host knows: a log without years ends then.
    fn modified(&self) -> Option<Micros> {
        None
    }

    /// The bytes as stored, from `start` on.
    ///
    /// # Errors
    /// What the system says.
    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>>;
}
