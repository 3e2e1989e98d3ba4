//! What is in a file: its bytes with compression undone, as UTF-8 with line feeds. Positions of lines count these bytes.

use std::io::{self, Cursor, Read};

use super::Source;
use super::compression::Compression;
use super::encoding::{Encoding, HEAD_BYTES};
use super::expansion::Expansion;

/// First bytes that tell a compression.
pub(super) const MAGIC_BYTES: u64 = 16;

/// How a file's text is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// How the file is compressed.
    pub compression: Compression,
    /// How its characters are stored.
    pub encoding: Encoding,
}

impl Stored {
    /// Whether the file's bytes are the text's bytes, so that the middle can be read without what is before.
    pub fn is_plain(self) -> bool {
        self == Self::default()
    }

    /// `gzip`, `UTF-16, low byte first`, both, or nothing.
    pub fn name(self) -> String {
        let parts = [self.compression.name(), self.encoding.name()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(", ")
    }
}

/// How a source is stored, and its text from the start.
///
/// # Errors
/// What the system says. Damage comes with the bytes behind it.
pub fn open(source: &dyn Source, limits: Expansion) -> io::Result<(Stored, Box<dyn Read + '_>)> {
    let mut bytes = source.open(0)?;
    let (magic, damage) = match beginning(&mut bytes, MAGIC_BYTES) {
        Ok(magic) => (magic, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let compression = Compression::of(&magic);
    let mut bytes = compression.undo(Cursor::new(magic).chain(Damage(damage)).chain(bytes), limits);
    let mut head = Vec::new();
    let read = (&mut bytes).take(HEAD_BYTES as u64).read_to_end(&mut head);
    let encoding = Encoding::of(&head);
    let stored = Stored { compression, encoding };
    let text: Box<dyn Read + '_> = match read {
        Ok(_) => Box::new(encoding.decode(Cursor::new(head).chain(bytes))),
        Err(error) => Box::new(encoding.decode(Cursor::new(head).chain(Damage(Some(error))))),
    };
    Ok((stored, text))
}

/// The text of a source from byte `start` of it.
///
/// **Cost**: where it is not stored as it is, what is before is undone and thrown away.
///
/// # Errors
/// What the system or the decompressor says.
pub fn open_at(source: &dyn Source, start: u64, limits: Expansion) -> io::Result<Box<dyn Read + '_>> {
    let mut bytes = open(source, limits)?.1;
    io::copy(&mut (&mut bytes).take(start), &mut io::sink())?;
    Ok(bytes)
}

/// The first `len` bytes; fewer where there are no more.
pub(super) fn beginning(bytes: &mut dyn Read, len: u64) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    bytes.take(len).read_to_end(&mut head)?;
    Ok(head)
}

/// Where a stream breaks off; nothing of its own without an error.
pub(super) struct Damage(pub(super) Option<io::Error>);

impl Read for Damage {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
