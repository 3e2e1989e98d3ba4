//! The members of a 7z: its directory is read by the `sevenz-rust2` crate, blocks are undone here as streams, so that each
//! can be opened without the directory.
//!
//! A block holds the bytes of several members, one after the other, undone together.

use std::io::{self, Read};

use lzma_rust2::{Lzma2Reader, LzmaReader, lzma_get_memory_usage_by_props, lzma2_get_memory_usage};
use ppmd_rust::{PPMD7_MAX_MEM_SIZE, PPMD7_MAX_ORDER, PPMD7_MIN_MEM_SIZE, PPMD7_MIN_ORDER, Ppmd7Decoder};
use serde::{Deserialize, Serialize};
use sevenz_rust2::{Archive, Block as Listed, EncoderMethod, Error, NtTime, Password};

use super::super::compression::{Compression, Counted, MEMORY_KIB, Steady};
use super::super::expansion::Expansion;
use super::super::{Bytes, Root};
use super::cursors::Access;
use super::zip::Seeking;
use super::{Entry, Step};
use crate::units::Micros;

/// First bytes of a 7z.
pub const MAGIC: &[u8] = b"7z\xBC\xAF\x27\x1C";

/// Bytes before the first block.
const HEADER_BYTES: u64 = 32;

/// Windows counts tenths of microseconds.
const TENTHS: u64 = 10;

/// Methods that are chained in one block; archivers write no more than four.
const CHAIN: usize = 8;

/// Where a block is and how it is undone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    start: u64,
    stored: u64,
    pub(super) size: u64,
    /// **Order**: as they are undone, each with the bytes that it gives.
    methods: Vec<(Method, u64)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Method {
    Copy,
    Lzma { properties: u8, dictionary: u32 },
    Lzma2 { dictionary: u32 },
    Ppmd { order: u32, memory: u32 },
    Bzip2,
    Deflate,
}

/// Gives every entry of the directory to `take`, until it has enough.
///
/// # Errors
/// A directory that is damaged or encrypted.
pub fn list<R: Root>(access: &Access<R>, steps: &[Step], take: &mut dyn FnMut(Entry) -> bool) -> io::Result<()> {
    let archive =
        Archive::read(&mut Seeking::new(access, steps)?, &Password::empty()).map_err(|error| match error {
            Error::UnsupportedCompressionMethod(name) if name.contains("AES") => {
                io::Error::other("its list of members is encrypted, which is supported in zip only")
            }
            Error::Io(error, _) => error,
            error => io::Error::new(io::ErrorKind::InvalidData, error.to_string()),
        })?;
    let blocks: Vec<Result<Block, &str>> = (0..).zip(&archive.blocks).map(|(at, b)| block(&archive, at, b)).collect();
    let mut taken = vec![0u64; blocks.len()];
    for (file, within) in archive.files.iter().zip(&archive.stream_map.file_block_index) {
        let at = within.filter(|_| file.has_stream);
        let start = at.and_then(|at| taken.get(at).copied()).unwrap_or_default();
        if let Some(taken) = at.and_then(|at| taken.get_mut(at)) {
            *taken = taken.saturating_add(file.size);
        }
        let (skip, block) = match at.and_then(|at| blocks.get(at)) {
            _ if file.is_directory => (Some("a folder"), None),
            None => (Some("empty"), None),
            Some(_) if file.size == 0 => (Some("empty"), None),
            Some(Err(reason)) => (Some(*reason), None),
            Some(Ok(block)) => (None, Some(block.clone())),
        };
        let crc = file.has_crc.then_some(file.crc as u32);
        let part = Step::Part { within: Compression::None, start, size: file.size, crc };
        let entry = Entry {
            path: file.name.clone(),
            steps: block.into_iter().map(Step::Block).chain([part]).collect(),
            size: file.size,
            modified: file.has_last_modified_date.then(|| time_of(file.last_modified_date)).flatten(),
            skip,
            is_locked: false,
        };
        if !take(entry) {
            break;
        }
    }
    Ok(())
}

fn time_of(time: NtTime) -> Option<Micros> {
    let since_1970 = u64::from(time).checked_sub(u64::from(NtTime::UNIX_EPOCH))?;
    Some(Micros((since_1970 / TENTHS) as i64))
}

/// Where the block of that number is, or why it can't be read.
fn block(archive: &Archive, at: usize, listed: &Listed) -> Result<Block, &'static str> {
    let methods: Vec<(Method, u64)> = listed
        .ordered_coder_iter()
        .take(CHAIN)
        .map(|(of, coder)| {
            let method = method(coder.encoder_method_id(), coder.properties())?;
            Ok((method, listed.get_unpack_size_at_index(of)))
        })
        .collect::<Result<_, &str>>()?;
    let damaged = "the archive's directory is damaged";
    let stream = *archive.stream_map.block_first_pack_stream_index().get(at).ok_or(damaged)?;
    let offset = *archive.stream_map.pack_stream_offsets().get(stream).ok_or(damaged)?;
    let stored = *archive.pack_sizes().get(stream).ok_or(damaged)?;
    let start =
        HEADER_BYTES.checked_add(archive.pack_pos()).and_then(|first| first.checked_add(offset)).ok_or(damaged)?;
    if methods.len() != listed.coders.len() {
        return Err("its methods are not supported");
    }
    Ok(Block { start, stored, size: listed.get_unpack_size(), methods })
}

fn method(id: &[u8], properties: &[u8]) -> Result<Method, &'static str> {
    let short = "its method's settings are damaged";
    let number = |at: usize| match properties.get(at..at + 4) {
        Some(&[a, b, c, d]) => Ok(u32::from_le_bytes([a, b, c, d])),
        _ => Err(short),
    };
    let first = || properties.first().copied().ok_or(short);
    match id {
        EncoderMethod::ID_COPY => Ok(Method::Copy),
        EncoderMethod::ID_LZMA => {
            let (properties, dictionary) = (first()?, number(1)?);
            match lzma_get_memory_usage_by_props(dictionary, properties) {
                Ok(kib) if kib <= MEMORY_KIB => Ok(Method::Lzma { properties, dictionary }),
                Ok(_) => Err("it needs more memory than is allowed"),
                Err(_) => Err(short),
            }
        }
        EncoderMethod::ID_LZMA2 => {
            let bits = u32::from(first()?);
            // 2 or 3, shifted, up to 4 GiB; 40 and more would not fit.
            let dictionary = if bits < 40 { (2 | bits & 1) << (bits / 2 + 11) } else { u32::MAX };
            let fits = lzma2_get_memory_usage(dictionary) <= MEMORY_KIB;
            fits.then_some(Method::Lzma2 { dictionary }).ok_or("it needs more memory than is allowed")
        }
        EncoderMethod::ID_PPMD => {
            let (order, memory) = (u32::from(first()?), number(1)?);
            let is_known = (PPMD7_MIN_ORDER..=PPMD7_MAX_ORDER).contains(&order);
            match memory {
                PPMD7_MIN_MEM_SIZE..=PPMD7_MAX_MEM_SIZE if is_known && memory >> 10 <= MEMORY_KIB => {
                    Ok(Method::Ppmd { order, memory })
                }
                _ => Err("it needs more memory than is allowed"),
            }
        }
        EncoderMethod::ID_BZIP2 => Ok(Method::Bzip2),
        EncoderMethod::ID_DEFLATE => Ok(Method::Deflate),
        EncoderMethod::ID_AES256_SHA256 => Err("encrypted, which is supported in zip only"),
        EncoderMethod::ID_DEFLATE64 => Err("Deflate64 is not supported"),
        _ => Err("a filter for programs or a rare method, which is not supported"),
    }
}

impl Method {
    /// The `size` bytes that the method makes of these.
    fn undo(self, bytes: Counted, size: u64) -> io::Result<Bytes> {
        match self {
            Self::Lzma { properties, dictionary } => {
                let mut reader = LzmaReader::new_with_props(bytes, size, properties, dictionary, None)?;
                // What is before a damage comes out.
                reader.set_defer_errors(true);
                Ok(Box::new(reader))
            }
            Self::Lzma2 { dictionary } => Ok(Box::new(Lzma2Reader::new(bytes, dictionary, None))),
            Self::Ppmd { order, memory } => {
                let reader = Ppmd7Decoder::new(bytes, order, memory);
                Ok(Box::new(reader.map_err(|error| io::Error::other(error.to_string()))?.take(size)))
            }
            Self::Copy | Self::Bzip2 | Self::Deflate => Ok(Box::new(bytes)),
        }
    }
}

impl Block {
    /// Where its stored bytes begin.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// The bytes of the block.
    ///
    /// # Errors
    /// Those of `container`, and settings that a decompressor refuses.
    pub fn open(&self, container: &dyn Fn(u64) -> io::Result<Bytes>, limits: Expansion) -> io::Result<Bytes> {
        let mut bytes: Bytes = Box::new(container(self.start)?.take(self.stored));
        for (method, size) in &self.methods {
            bytes = match *method {
                Method::Copy => bytes,
                Method::Bzip2 => Box::new(Compression::Bzip2.undo(bytes, limits)),
                Method::Deflate => Box::new(Compression::Deflate.undo(bytes, limits)),
                method => Box::new(Steady::new(bytes, limits, |bytes| method.undo(bytes, *size))?),
            };
        }
        Ok(bytes)
    }
}
