//! Bytes of a log, wherever they come from: hosts implement [`Source`], this room makes lines of it.
//!
//! ```text
//!           ┌ archive ─► its members, each a Source of its own
//! Source ───┴ content ─► compression undone, UTF-8 ── lines ─► Line { number, byte, text }
//! ```
//!
//! Does not know formats. How a file is stored is told by its bytes, never by its name.

pub mod archive;
pub mod compression;
pub mod content;
pub mod digest;
pub mod elements;
pub mod encoding;
pub mod expansion;
pub mod lines;
pub mod spans;

use std::io::{self, Read};

use self::compression::Compression;
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

    /// How it is compressed.
    ///
    /// # Errors
    /// What the system says.
    fn compression(&self) -> io::Result<Compression> {
        Ok(Compression::of(&content::beginning(&mut self.open(0)?, content::MAGIC_BYTES)?))
    }

    /// Where it begins in each archive that it is in, from the outermost. Files are best opened in this order: what is
    /// before a place need not be undone again then.
    fn place(&self) -> [u64; archive::DEPTH] {
        [0; archive::DEPTH]
    }

    /// Whether opening in the middle costs no more than opening at the start.
    fn seeks(&self) -> bool {
        true
    }

    /// The bytes as stored, from `start` on.
    ///
    /// # Errors
    /// What the system says.
    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>>;
}

/// A stream of bytes that borrows nothing. It may cross threads where there are threads.
#[cfg(not(target_arch = "wasm32"))]
pub type Bytes = Box<dyn Read + Send>;

/// A stream of bytes that borrows nothing. The browser's own handles stay in the worker that opened them.
#[cfg(target_arch = "wasm32")]
pub type Bytes = Box<dyn Read>;

/// What several streams share, in one thread or in many.
#[cfg(not(target_arch = "wasm32"))]
pub type Shared<T> = std::sync::Arc<T>;

/// What several streams share: a worker has one thread.
#[cfg(target_arch = "wasm32")]
pub type Shared<T> = std::rc::Rc<T>;

/// A source whose streams outlive its borrow: what archives are opened over.
pub trait Root: Source + 'static {
    /// As [`Source::open`].
    ///
    /// # Errors
    /// What the system says.
    fn stream(&self, start: u64) -> io::Result<Bytes>;
}
