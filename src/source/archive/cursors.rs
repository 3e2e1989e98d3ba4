//! Streams into archives: opened step by step, and kept where they were left, so that members of a compressed tar are
//! read one after the other without undoing it again from its start.

use std::io::{self, Read};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::compression::Compression;
use super::super::expansion::Expansion;
use super::super::{Bytes, Root, Shared};
use super::zip::Checked;
use super::{Step, zip};

/// Streams that are kept where they were left: one for each thread that may read an archive. Each holds a
/// decompressor's memory, so a tab keeps fewer.
const CURSORS: usize = if cfg!(target_arch = "wasm32") { 2 } else { 8 };

/// A file that was dropped, opened as an archive.
pub struct Access<R: Root> {
    pub(super) root: R,
    pub(super) limits: Expansion,
    cursors: Cursors,
}

/// Streams that were left, the oldest first.
type Cursors = Shared<Mutex<Vec<Cursor>>>;

fn lock(cursors: &Cursors) -> MutexGuard<'_, Vec<Cursor>> {
    cursors.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A stream out of what `steps` lead to, with the compression `within` undone, that was left at `position`.
struct Cursor {
    steps: Vec<Step>,
    within: Compression,
    position: u64,
    bytes: Bytes,
}

impl<R: Root> Access<R> {
    /// The file, to be opened within the limits.
    pub fn new(root: R, limits: Expansion) -> Shared<Self> {
        Shared::new(Self { root, limits, cursors: Cursors::default() })
    }

    /// Whether what the steps lead to can be opened in the middle for the price of its start.
    pub(super) fn seeks(&self, steps: &[Step]) -> bool {
        match steps.split_last() {
            None => self.root.seeks(),
            Some((Step::Part { within, .. }, before)) => *within == Compression::None && self.seeks(before),
            Some((Step::Zip { .. } | Step::Block(_), _)) => false,
        }
    }

    /// How many bytes what the steps lead to has.
    pub(super) fn size(&self, steps: &[Step]) -> Option<u64> {
        match steps.last() {
            None => self.root.size(),
            Some(Step::Part { size, .. } | Step::Zip { size, .. }) => Some(*size),
            Some(Step::Block(block)) => Some(block.size),
        }
    }

    /// The bytes of what the steps lead to.
    pub(super) fn open(&self, steps: &[Step], start: u64) -> io::Result<Bytes> {
        match steps.split_last() {
            None => self.root.stream(start),
            Some((Step::Part { within, start: first, size, crc }, before)) => {
                let bytes = self.container(before, *within, first.saturating_add(start))?;
                let whole = Whole { left: size.saturating_sub(start), bytes };
                match crc {
                    // A checksum is of all of it.
                    Some(_) if start == 0 => Ok(Box::new(Checked::new(whole, *size, *crc))),
                    _ => Ok(Box::new(whole)),
                }
            }
            Some((Step::Block(block), before)) => {
                let mut bytes = block.open(&|start| self.container(before, Compression::None, start), self.limits)?;
                skip(&mut bytes, start)?;
                Ok(bytes)
            }
            Some((Step::Zip { header, stored, size, crc, password }, before)) => {
                let bytes = self.container(before, Compression::None, *header)?;
                let said = zip::Said { stored: *stored, size: *size, crc: *crc, password: password.as_deref() };
                let mut bytes = zip::open(bytes, &said, self.limits)?;
                skip(&mut bytes, start)?;
                Ok(bytes)
            }
        }
    }

    /// The bytes behind the compression of what the steps lead to, from `start` on.
    pub(super) fn container(&self, steps: &[Step], within: Compression, start: u64) -> io::Result<Bytes> {
        if within == Compression::None && self.seeks(steps) {
            return self.open(steps, start);
        }
        let left = self.leftover(steps, within, start);
        let mut cursor = match left {
            Some(cursor) => cursor,
            None => {
                let bytes = self.open(steps, 0)?;
                let bytes: Bytes = Box::new(within.undo(bytes, self.limits));
                Cursor { steps: steps.to_vec(), within, position: 0, bytes }
            }
        };
        skip(&mut cursor.bytes, start - cursor.position)?;
        cursor.position = start;
        Ok(Box::new(Borrowed { cursors: self.cursors.clone(), cursor: Some(cursor) }))
    }

    /// The stream that was left nearest before `start`, taken out.
    fn leftover(&self, steps: &[Step], within: Compression, start: u64) -> Option<Cursor> {
        let mut cursors = lock(&self.cursors);
        let fits = |c: &Cursor| c.position <= start && c.within == within && c.steps == steps;
        let found = (0..).zip(cursors.iter()).filter(|(_, c)| fits(c)).max_by_key(|(_, c)| c.position);
        let at: usize = found?.0;
        Some(cursors.remove(at))
    }
}

impl<R: Root> Drop for Access<R> {
    /// A stream may hold others, which come back to the list when it is dropped; so the list is emptied until it stays so.
    fn drop(&mut self) {
        loop {
            let left = std::mem::take(&mut *lock(&self.cursors));
            if left.is_empty() {
                return;
            }
        }
    }
}

/// Goes on by `n` bytes; a stream that ends before is at its end.
fn skip(bytes: &mut dyn Read, n: u64) -> io::Result<()> {
    io::copy(&mut bytes.take(n), &mut io::sink()).map(|_| ())
}

/// A stream that goes back to where it came from when it is done with.
struct Borrowed {
    cursors: Cursors,
    cursor: Option<Cursor>,
}

impl Read for Borrowed {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(cursor) = &mut self.cursor else { return Ok(0) };
        match cursor.bytes.read(out) {
            Ok(n) => {
                cursor.position += n as u64;
                Ok(n)
            }
            // A stream that failed is of no use to anyone after this.
            Err(error) => {
                self.cursor = None;
                Err(error)
            }
        }
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        let Some(cursor) = self.cursor.take() else { return };
        let mut cursors = lock(&self.cursors);
        cursors.push(cursor);
        let too_many = cursors.len() > CURSORS;
        let oldest = too_many.then(|| cursors.remove(0));
        // A stream may hold others, which go back to the same list when it is dropped.
        drop(cursors);
        drop(oldest);
    }
}

/// Bytes of which so many must come.
struct Whole {
    left: u64,
    bytes: Bytes,
}

impl Read for Whole {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let most = out.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let n = self.bytes.read(out.get_mut(..most).unwrap_or_default())?;
        if n == 0 {
            let message = format!("the archive ends {} bytes before the end of this member", self.left);
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
        }
        self.left -= n as u64;
        Ok(n)
    }
}
