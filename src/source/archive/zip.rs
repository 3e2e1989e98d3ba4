//! The members of a zip: its directory is read by the `zip` crate, members are opened here by their own headers, so that
//! each can be opened without the directory.

use std::io::{self, Read, SeekFrom};

use flate2::Crc;
use zip::ZipArchive;

use super::super::compression::Compression;
use super::super::expansion::Expansion;
use super::super::{Bytes, Root};
use super::cipher::{self, Lock};
use super::cursors::Access;
use super::{Entry, Step};
use crate::units::{Micros, days_from_civil};

/// Bytes that are read at once around a place.
const WINDOW_BYTES: u64 = 64 << 10;

/// The length of a member's header before its name.
const HEADER_BYTES: usize = 30;

/// Gives every entry of the directory to `take`, until it has enough.
///
/// # Errors
/// A directory that is damaged or not there.
pub fn list<R: Root>(
    access: &Access<R>,
    (steps, password): (&[Step], Option<&str>),
    take: &mut dyn FnMut(Entry) -> bool,
) -> io::Result<()> {
    let archive = ZipArchive::new(Seeking::new(access, steps)?).map_err(io::Error::other)?;
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(io::Error::other)?;
        let is_locked = entry.encrypted();
        let size = entry.size();
        let skip = match () {
            () if entry.is_dir() => Some("a folder"),
            () if entry.is_symlink() => Some("a link"),
            () if size == 0 => Some("empty"),
            () => None,
        };
        let name = entry.name().unwrap_or_else(|_| String::from_utf8_lossy(entry.name_raw()));
        let step = Step::Zip {
            header: entry.header_start(),
            stored: entry.compressed_size(),
            size,
            crc: entry.crc32(),
            password: password.filter(|_| is_locked).map(str::to_owned),
        };
        let modified = entry.last_modified().map(time_of);
        if !take(Entry { path: name.into_owned(), steps: vec![step], size, modified, skip, is_locked }) {
            break;
        }
    }
    Ok(())
}

/// A zip's times have no offset; they are taken as UTC.
fn time_of(time: zip::DateTime) -> Micros {
    let days = days_from_civil(i64::from(time.year()), i64::from(time.month()), i64::from(time.day()));
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    Micros((days * 86_400 + seconds) * Micros::PER_SECOND)
}

/// What the directory says of a member, and the password, if it needs one.
pub struct Said<'a> {
    pub stored: u64,
    pub size: u64,
    pub crc: u32,
    pub password: Option<&'a str>,
}

/// The content of the member whose header is at the beginning of `bytes`.
///
/// # Errors
/// `PermissionDenied` where a password is missing or wrong, `Unsupported` where its method is unknown, else that the
/// header is damaged.
pub fn open(mut bytes: Bytes, said: &Said<'_>, limits: Expansion) -> io::Result<Bytes> {
    let mut header = [0; HEADER_BYTES];
    bytes.read_exact(&mut header)?;
    let short = |at: usize| match header.get(at..at + 2) {
        Some(&[low, high]) => u16::from_le_bytes([low, high]),
        _ => 0,
    };
    if !header.starts_with(b"PK\x03\x04") {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "no member's header is where the directory says"));
    }
    let (flags, mut method, time) = (short(6), short(8), short(10));
    let mut names = vec![0; usize::from(short(26)) + usize::from(short(28))];
    bytes.read_exact(&mut names)?;
    let extra = names.get(usize::from(short(26))..).unwrap_or_default();
    let mut raw: Bytes = Box::new(bytes.take(said.stored));
    let mut crc = Some(said.crc);
    if flags & 1 != 0 {
        let password = said.password.ok_or_else(|| denied("encrypted: it needs a password"))?;
        let lock = Lock::of(method, extra, if flags & 8 == 0 { (said.crc >> 24) as u8 } else { (time >> 8) as u8 });
        // Where a code of authentication stands in for the checksum, there may be none.
        if let Lock::Aes { method: inner, .. } = lock {
            method = inner;
            crc = crc.filter(|crc| *crc != 0);
        }
        raw = cipher::open(raw, lock, password.as_bytes(), said.stored)?;
    }
    let kind = match method {
        0 => Compression::None,
        8 => Compression::Deflate,
        12 => Compression::Bzip2,
        93 => Compression::Zstd,
        95 => Compression::Xz,
        9 => return Err(unsupported("Deflate64 is not supported")),
        _ => return Err(unsupported(&format!("compression method {method} is not supported"))),
    };
    let bytes = kind.undo(raw, limits);
    Ok(Box::new(Checked::new(bytes, said.size, crc)))
}

fn denied(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, message)
}

fn unsupported(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, message)
}

/// Content that must have the size and the checksum that the directory says.
pub(super) struct Checked<B> {
    bytes: B,
    left: u64,
    crc: Crc,
    expected: Option<u32>,
}

impl<B: Read> Checked<B> {
    /// Content of `size` bytes.
    pub fn new(bytes: B, size: u64, expected: Option<u32>) -> Self {
        Self { bytes, left: size, crc: Crc::new(), expected }
    }
}

impl<B: Read> Read for Checked<B> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        let n = self.bytes.read(out)?;
        self.crc.update(out.get(..n).unwrap_or_default());
        let invalid = |message| Err(io::Error::new(io::ErrorKind::InvalidData, message));
        match self.left.checked_sub(n as u64) {
            None => return invalid("the member is longer than the archive says"),
            Some(left) => self.left = left,
        }
        if n == 0 && self.left > 0 {
            return invalid("the member is shorter than the archive says");
        }
        if n == 0 && self.expected.take().is_some_and(|crc| crc != self.crc.sum()) {
            return invalid("the member's checksum does not fit");
        }
        Ok(n)
    }
}

/// Bytes of an archive that can be gone about in, a window at a time.
pub struct Seeking<'a, R: Root> {
    access: &'a Access<R>,
    steps: &'a [Step],
    size: u64,
    position: u64,
    window: Vec<u8>,
    window_start: u64,
    /// The stream that goes on behind the window.
    bytes: Option<Bytes>,
}

impl<'a, R: Root> Seeking<'a, R> {
    /// At the first byte of what the steps lead to.
    pub fn new(access: &'a Access<R>, steps: &'a [Step]) -> io::Result<Self> {
        let size = access.size(steps).ok_or_else(|| unsupported("an archive of unknown size"))?;
        Ok(Self { access, steps, size, position: 0, window: Vec::new(), window_start: 0, bytes: None })
    }

    /// Goes to a place, which may be behind the end.
    pub(super) fn go(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position =
            place.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a place before the beginning"))?;
        Ok(self.position)
    }

    /// Reads the window that begins at the place.
    fn fill(&mut self) -> io::Result<()> {
        let behind = self.window_start + self.window.len() as u64;
        let bytes = match self.bytes.take().filter(|_| behind == self.position) {
            Some(bytes) => bytes,
            None => self.access.container(self.steps, Compression::None, self.position)?,
        };
        let bytes = self.bytes.insert(bytes);
        self.window.clear();
        self.window_start = self.position;
        bytes.take(WINDOW_BYTES).read_to_end(&mut self.window)?;
        Ok(())
    }
}

impl<R: Root> Read for Seeking<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.position >= self.size {
            return Ok(0);
        }
        let is_in = |window: &Self| {
            let at = window.position.checked_sub(window.window_start)?;
            usize::try_from(at).ok().filter(|at| *at < window.window.len())
        };
        if is_in(self).is_none() {
            self.fill()?;
        }
        let ready = is_in(self).and_then(|at| self.window.get(at..)).unwrap_or_default();
        let n = ready.len().min(out.len());
        if let (Some(out), Some(ready)) = (out.get_mut(..n), ready.get(..n)) {
            out.copy_from_slice(ready);
        }
        self.position += n as u64;
        Ok(n)
    }
}
