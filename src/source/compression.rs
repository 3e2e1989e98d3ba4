//! Compression, told by magic bytes and undone as a stream, in bounded memory.
//!
//! gzip: [RFC 1952](https://www.rfc-editor.org/rfc/rfc1952); Zstandard: [RFC 8878](https://www.rfc-editor.org/rfc/rfc8878);
//! xz: [the .xz file format](https://tukaani.org/xz/xz-file-format.txt); bzip2 has no written format but its program.
//! Files of several members, streams or frames (rotated and joined, `pigz`, `bgzip`) are read to the end. What is before
//! a damage comes out, then the error. The answer does not depend on how much is asked for at once.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use flate2::{Decompress, FlushDecompress};
use lzma_rust2::{Action, XzStream};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use serde::{Deserialize, Serialize};

use super::expansion::{Expansion, Meter};
use super::{Bytes, Shared};

/// Compressed bytes that are asked for at once.
const READ_BYTES: usize = 256 << 10;

/// Dictionary and window at most: what `xz -9` (64 MiB) and `zstd --long` (128 MiB) need, and something beside.
pub(super) const MEMORY_KIB: u32 = 132 << 10;

/// Bits of deflate's window.
const WINDOW_BITS: u8 = 15;

/// How a file is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Compression {
    /// As it is.
    #[default]
    None,
    /// gzip, one or several members.
    Gzip,
    /// bzip2, one or several streams.
    Bzip2,
    /// xz, one or several streams.
    Xz,
    /// Zstandard, one or several frames.
    Zstd,
    /// Deflate without a header, as zip archives have it; no file begins so.
    Deflate,
}

/// First bytes, what they mean, its name, and the ending that files have then.
const KINDS: [(&[u8], Compression, &str, &str); 4] = [
    (&[0x1F, 0x8B, 0x08], Compression::Gzip, "gzip", ".gz"),
    (b"BZh", Compression::Bzip2, "bzip2", ".bz2"),
    (&[0xFD, b'7', b'z', b'X', b'Z', 0], Compression::Xz, "xz", ".xz"),
    (&[0x28, 0xB5, 0x2F, 0xFD], Compression::Zstd, "zstd", ".zst"),
];

impl Compression {
    /// What the first bytes of a file say.
    pub fn of(head: &[u8]) -> Self {
        let is_block = |head: &[u8]| matches!(head.get(3..10), Some([b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]));
        let is_empty = |head: &[u8]| matches!(head.get(3..10), Some([b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90]));
        match KINDS.iter().find(|(magic, ..)| head.starts_with(magic)) {
            // Three letters are not enough to tell a log from bzip2; the first block's mark is.
            Some((_, Self::Bzip2, ..)) if !is_block(head) && !is_empty(head) => Self::None,
            Some((_, kind, ..)) => *kind,
            None => Self::None,
        }
    }

    /// `gzip`, or nothing.
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(_, kind, ..)| *kind == self).map_or("", |(_, _, name, _)| name)
    }

    /// The bytes behind the compression, within the limits.
    pub fn undo<R: Read>(self, bytes: R, limits: Expansion) -> Undone<R> {
        match self {
            Self::None => Undone::Plain(bytes),
            Self::Zstd => Undone::Frames(Box::new(Frames::new(bytes, limits))),
            kind => Undone::Members(Box::new(Members::new(bytes, kind, limits))),
        }
    }
}

/// A path without the ending that says how the file is compressed.
pub fn uncompressed_path(path: &str, compression: Compression) -> &str {
    let ending = KINDS.iter().find(|(_, kind, ..)| *kind == compression).map(|(.., ending)| *ending);
    ending.and_then(|ending| path.strip_suffix(ending)).unwrap_or(path)
}

/// A stream whose compression is undone.
pub enum Undone<R: Read> {
    /// There was none.
    Plain(R),
    /// Deflate, gzip, bzip2, xz.
    Members(Box<Members<R>>),
    /// Zstandard.
    Frames(Box<Frames<R>>),
}

impl<R: Read> Read for Undone<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(bytes) => bytes.read(out),
            Self::Members(members) => members.read(out),
            Self::Frames(frames) => frames.read(out),
        }
    }
}

/// One after the other, members that a decompressor takes bytes of and gives bytes for.
pub struct Members<R: Read> {
    bytes: BufReader<R>,
    kind: Compression,
    codec: Option<Codec>,
    /// Members that were undone to their end.
    ended: u64,
    meter: Meter,
    failed: Option<io::Error>,
    done: bool,
    given: Given,
}

/// What was undone and not asked for yet: `bytes[from..to]`.
struct Given {
    bytes: Vec<u8>,
    from: usize,
    to: usize,
}

impl Given {
    fn new() -> Self {
        Self { bytes: vec![0; UNDONE_BYTES], from: 0, to: 0 }
    }

    fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// Hands out as much as fits.
    fn give(&mut self, out: &mut [u8]) -> usize {
        let ready = self.bytes.get(self.from..self.to).unwrap_or_default();
        let n = ready.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..n), ready.get(..n)) {
            to.copy_from_slice(from);
        }
        self.from += n;
        n
    }
}

/// Bytes undone at once. How much comes before a damage depends on how much a decompressor is asked for, and so is not left
/// to who reads.
const UNDONE_BYTES: usize = 64 << 10;

/// A decompressor of one member.
enum Codec {
    Deflate(Decompress),
    Bzip2(bzip2::Decompress),
    Xz(Box<XzStream>),
}

/// Bytes taken, bytes given, and whether the member ends there.
struct Step {
    taken: usize,
    given: usize,
    /// What a decompressor says of a damage depends on how it was asked, so it is not passed on.
    ended: Result<bool, Damaged>,
}

struct Damaged;

impl Codec {
    fn new(kind: Compression) -> Self {
        match kind {
            Compression::Bzip2 => Self::Bzip2(bzip2::Decompress::new(false)),
            Compression::Xz => Self::Xz(Box::new(XzStream::new_mem_limit(false, MEMORY_KIB))),
            Compression::Deflate => Self::Deflate(Decompress::new(false)),
            _ => Self::Deflate(Decompress::new_gzip(WINDOW_BITS)),
        }
    }

    fn totals(&self) -> (u64, u64) {
        match self {
            Self::Deflate(codec) => (codec.total_in(), codec.total_out()),
            Self::Bzip2(codec) => (codec.total_in(), codec.total_out()),
            Self::Xz(codec) => (codec.total_in(), codec.total_out()),
        }
    }

    /// What a call took and gave is told by the totals also where it failed.
    fn step(&mut self, bytes: &[u8], out: &mut [u8]) -> Step {
        let before = self.totals();
        let ended = match self {
            Self::Deflate(codec) => {
                let status = codec.decompress(bytes, out, FlushDecompress::None);
                status.map(|status| status == flate2::Status::StreamEnd).map_err(|_| Damaged)
            }
            Self::Bzip2(codec) => {
                let status = codec.decompress(bytes, out);
                status.map(|status| status == bzip2::Status::StreamEnd).map_err(|_| Damaged)
            }
            Self::Xz(codec) => {
                let result = codec.process(bytes, out, Action::Run);
                result.map(|result| result.status == lzma_rust2::Status::StreamEnd).map_err(|_| Damaged)
            }
        };
        let after = self.totals();
        Step { taken: (after.0 - before.0) as usize, given: (after.1 - before.1) as usize, ended }
    }
}

impl<R: Read> Members<R> {
    fn new(bytes: R, kind: Compression, limits: Expansion) -> Self {
        let bytes = BufReader::with_capacity(READ_BYTES, bytes);
        let (codec, meter, given) = (None, Meter::new(limits), Given::new());
        Self { bytes, kind, codec, ended: 0, meter, failed: None, done: false, given }
    }

    /// The decompressor of the member that is open or begins here; none at the end.
    fn codec(&mut self) -> io::Result<Option<&mut Codec>> {
        while self.codec.is_none() {
            let rest = self.bytes.fill_buf()?;
            let padding = if self.ended > 0 { rest.iter().take_while(|b| **b == 0).count() } else { 0 };
            if rest.is_empty() || (self.ended > 0 && self.kind == Compression::Deflate) {
                return Ok(None);
            }
            if padding > 0 {
                self.bytes.consume(padding);
            } else {
                self.codec = Some(Codec::new(self.kind));
            }
        }
        Ok(self.codec.as_mut())
    }

    fn damaged(&self) -> io::Error {
        let is_behind = self.ended > 0 && self.codec.as_ref().is_some_and(|codec| codec.totals().1 == 0);
        let name = self.name();
        if is_behind {
            return invalid(format!("what follows its member {} is no {name}", self.ended));
        }
        invalid(format!("the {name} data is damaged"))
    }

    fn name(&self) -> &'static str {
        if self.kind == Compression::Deflate { "deflate" } else { self.kind.name() }
    }

    fn fail(&mut self, error: io::Error, given: usize) -> io::Result<usize> {
        self.done = true;
        if given == 0 {
            return Err(error);
        }
        self.failed = Some(error);
        Ok(given)
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given.is_empty() {
            let mut bytes = std::mem::take(&mut self.given.bytes);
            let undone = self.undo(&mut bytes);
            self.given.bytes = bytes;
            (self.given.from, self.given.to) = (0, undone?);
        }
        Ok(self.given.give(out))
    }
}

impl<R: Read> Members<R> {
    /// Undoes what comes next; 0 at the end.
    fn undo(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        while !self.done && !out.is_empty() {
            if self.codec()?.is_none() {
                self.done = true;
                break;
            }
            let bytes = self.bytes.fill_buf()?;
            let is_end = bytes.is_empty();
            let Some(codec) = self.codec.as_mut() else { break };
            let step = codec.step(bytes, out);
            self.bytes.consume(step.taken);
            let noted = self.meter.note(step.taken as u64, step.given as u64);
            match step.ended {
                Err(Damaged) => {
                    let error = self.damaged();
                    return self.fail(error, step.given);
                }
                Ok(true) => {
                    self.ended += 1;
                    self.codec = None;
                }
                Ok(false) if is_end && step.given == 0 => {
                    let error = invalid(format!("the {} data ends before its end", self.name()));
                    return self.fail(error, 0);
                }
                Ok(false) => {}
            }
            if let Err(error) = noted {
                return self.fail(error, step.given);
            }
            if step.given > 0 {
                return Ok(step.given);
            }
        }
        Ok(0)
    }
}

/// What a decompressor that reads for itself gives, asked for in steps of one size and counted.
pub(super) struct Steady {
    bytes: Bytes,
    taken: Shared<Taken>,
    /// Bytes taken that the meter knows of.
    noted: u64,
    meter: Meter,
    given: Given,
    failed: Option<io::Error>,
    done: bool,
}

impl Steady {
    /// The stream that `open` makes of `bytes`, within the limits.
    ///
    /// # Errors
    /// Those of `open`.
    pub fn new(bytes: Bytes, limits: Expansion, open: impl FnOnce(Counted) -> io::Result<Bytes>) -> io::Result<Self> {
        let taken = Shared::new(Taken::default());
        let bytes = open(Counted { bytes, taken: taken.clone() })?;
        let (meter, given) = (Meter::new(limits), Given::new());
        Ok(Self { bytes, taken, noted: 0, meter, given, failed: None, done: false })
    }

    fn undo(&mut self) -> io::Result<()> {
        let mut n = 0;
        while n < UNDONE_BYTES && self.failed.is_none() && !self.done {
            match self.bytes.read(self.given.bytes.get_mut(n..).unwrap_or_default()) {
                Ok(0) => self.done = true,
                Ok(more) => {
                    n += more;
                    let taken = self.taken.bytes.load(Ordering::Relaxed);
                    self.failed = self.meter.note(taken - self.noted, more as u64).err();
                    self.noted = taken;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if self.taken.failed.load(Ordering::Relaxed) => self.failed = Some(error),
                Err(_) => self.failed = Some(invalid("the compressed data is damaged".to_owned())),
            }
        }
        (self.given.from, self.given.to) = (0, n);
        match self.failed.take_if(|_| n == 0) {
            Some(error) => {
                self.done = true;
                Err(error)
            }
            None => Ok(()),
        }
    }
}

impl Read for Steady {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given.is_empty() {
            self.undo()?;
        }
        Ok(self.given.give(out))
    }
}

/// Bytes, and how many of them were taken.
pub(super) struct Counted {
    bytes: Bytes,
    taken: Shared<Taken>,
}

/// How many bytes were taken, and whether more could not be.
#[derive(Default)]
struct Taken {
    bytes: AtomicU64,
    failed: AtomicBool,
}

impl Read for Counted {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(out);
        match &read {
            Ok(n) => self.taken.bytes.fetch_add(*n as u64, Ordering::Relaxed),
            Err(_) => self.taken.failed.fetch_or(true, Ordering::Relaxed).into(),
        };
        read
    }
}

/// Zstandard's frames, one after the other.
pub struct Frames<R: Read> {
    bytes: BufReader<R>,
    decoder: FrameDecoder,
    is_open: bool,
    /// Bytes of the frame that is open that the meter knows of.
    noted: u64,
    meter: Meter,
    done: bool,
}

impl<R: Read> Frames<R> {
    fn new(bytes: R, limits: Expansion) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(u64::from(MEMORY_KIB) << 10);
        let bytes = BufReader::with_capacity(READ_BYTES, bytes);
        Self { bytes, decoder, is_open: false, noted: 0, meter: Meter::new(limits), done: false }
    }

    /// Opens the next frame; false at the end.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.bytes.fill_buf()?.is_empty() {
            match self.decoder.init(&mut self.bytes) {
                Ok(()) => {
                    (self.is_open, self.noted) = (true, 0);
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    io::copy(&mut (&mut self.bytes).take(u64::from(length)), &mut io::sink())?;
                }
                Err(error) => return Err(damaged(error)),
            }
        }
        Ok(false)
    }

    fn decode(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_open && !self.next_frame()? {
                return Ok(0);
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder.decode_blocks(&mut self.bytes, BlockDecodingStrategy::UptoBlocks(1)).map_err(damaged)?;
            }
            let given = self.decoder.read(out)?;
            let taken = self.decoder.bytes_read_from_source();
            self.meter.note(taken.saturating_sub(self.noted), given as u64)?;
            self.noted = taken;
            if given > 0 {
                return Ok(given);
            }
            self.is_open = false;
            let said = self.decoder.get_checksum_from_data();
            if said.is_some() && said != self.decoder.get_calculated_checksum() {
                return Err(damaged("the checksum does not fit"));
            }
        }
    }
}

fn damaged(what: impl std::fmt::Display) -> io::Error {
    invalid(format!("the zstd data is damaged: {what}"))
}

fn invalid(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.done || out.is_empty() {
            return Ok(0);
        }
        let read = self.decode(out);
        self.done = !matches!(read, Ok(1..));
        read
    }
}
