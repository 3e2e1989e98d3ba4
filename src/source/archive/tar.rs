//! The members of a tar: POSIX, GNU and the old form, with long names.

use std::io::{self, Read, Seek};

use tar::{Archive, Entries, EntryType};

use super::super::Root;
use super::super::compression::Compression;
use super::cursors::Access;
use super::zip::Seeking;
use super::{Entry, Step};
use crate::units::Micros;

/// Where a header's checksum is.
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Whether a tar begins so: a header whose checksum fits.
pub fn is_header(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else { return false };
    let Some(digits) = header.get(CHECKSUM) else { return false };
    let digits: Vec<u8> = digits.iter().copied().filter(|b| !matches!(b, b' ' | 0)).collect();
    let said = std::str::from_utf8(&digits).ok().and_then(|digits| u32::from_str_radix(digits, 8).ok());
    let sum = (0..).zip(header).map(|(at, b)| if CHECKSUM.contains(&at) { u32::from(b' ') } else { u32::from(*b) });
    header.first().is_some_and(|b| *b != 0) && said == Some(sum.sum())
}

/// Gives every entry to `take`, until it has enough.
///
/// # Errors
/// A header or a stream that is damaged; the entries before were given.
pub fn list<R: Root>(
    access: &Access<R>,
    steps: &[Step],
    within: Compression,
    take: &mut dyn FnMut(Entry) -> bool,
) -> io::Result<()> {
    if within == Compression::None && access.seeks(steps) {
        let mut archive = Archive::new(Seeking::new(access, steps)?);
        return each(archive.entries_with_seek()?, within, take);
    }
    let mut archive = Archive::new(access.container(steps, within, 0)?);
    each(archive.entries()?, within, take)
}

fn each<B: Read>(entries: Entries<'_, B>, within: Compression, take: &mut dyn FnMut(Entry) -> bool) -> io::Result<()> {
    for entry in entries {
        let entry = entry?;
        let size = entry.size();
        let kind = entry.header().entry_type();
        if matches!(kind, EntryType::XGlobalHeader) {
            continue;
        }
        let seconds = entry.header().mtime().ok().and_then(|seconds| i64::try_from(seconds).ok());
        let member = Entry {
            path: String::from_utf8_lossy(&entry.path_bytes()).into_owned(),
            steps: vec![Step::Part { within, start: entry.raw_file_position(), size, crc: None }],
            size,
            modified: seconds.map(|seconds| Micros(seconds.saturating_mul(Micros::PER_SECOND))),
            skip: of_no_use(kind, size),
            is_locked: false,
        };
        if !take(member) {
            break;
        }
    }
    Ok(())
}

fn of_no_use(kind: EntryType, size: u64) -> Option<&'static str> {
    match kind {
        EntryType::Directory => Some("a folder"),
        EntryType::Regular | EntryType::Continuous if size == 0 => Some("empty"),
        EntryType::Regular | EntryType::Continuous => None,
        EntryType::Symlink | EntryType::Link => Some("a link"),
        EntryType::GNUSparse => Some("a sparse file"),
        _ => Some("no file"),
    }
}

/// What a tar is skipped through by.
impl<R: Root> Seek for Seeking<'_, R> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.go(to)
    }
}
