//! A browser's `File` as a source: slices are read synchronously, which only workers may.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use js_sys::{Promise, Uint8Array};
use logloupe::source::{Bytes, Root, Source};
use logloupe::units::Micros;
use wasm_bindgen::JsValue;
use web_sys::{File, FileReaderSync};

/// A file of the session, by the path that the page gave it. A handle: copies are the same file.
#[derive(Clone)]
pub struct FileSource {
    path: Rc<str>,
    file: File,
    /// The last byte that was read, which is how far a compressed file is.
    reached: Rc<Cell<u64>>,
}

impl FileSource {
    /// The file under that path.
    pub fn new(path: &str, file: File) -> Self {
        Self { path: path.into(), file, reached: Rc::default() }
    }

    /// Asks the browser for some bytes; fewer at the end. The promise is that of an `ArrayBuffer`.
    pub fn piece(&self, start: u64, len: u64) -> Option<Promise> {
        let slice = self.file.slice_with_f64_and_f64(start as f64, (start + len) as f64).ok()?;
        Some(slice.array_buffer())
    }

    /// The same file by another path.
    pub fn named(&self, path: &str) -> Self {
        Self { path: path.into(), ..self.clone() }
    }

    /// How far the file was read, in bytes as stored.
    pub fn reached(&self) -> u64 {
        self.reached.get()
    }
}

impl Source for FileSource {
    fn path(&self) -> &str {
        &self.path
    }

    fn size(&self) -> Option<u64> {
        Some(self.file.size() as u64)
    }

    fn modified(&self) -> Option<Micros> {
        Some(Micros((self.file.last_modified() * 1000.0) as i64))
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        self.stream(start)
    }
}

impl Root for FileSource {
    fn stream(&self, start: u64) -> io::Result<Bytes> {
        let reader = FileReaderSync::new().map_err(said)?;
        Ok(Box::new(FileBytes { source: self.clone(), reader, position: start }))
    }
}

/// A range of a file that the browser has read already, while the worker was at the range before it.
pub struct Prefetched<'a> {
    file: &'a FileSource,
    start: u64,
    bytes: Uint8Array,
}

/// Ranges up to this size are read ahead; longer ones are files that only one worker can read, as a stream.
const AHEAD_BYTES: u64 = 32 << 20;

/// What is read behind a range, where its last line ends.
const BEHIND_BYTES: u64 = 64 << 10;

impl FileSource {
    /// Asks the browser for the bytes of a range; none where it is too long. The promise is that of an `ArrayBuffer`.
    pub fn ask(&self, start: u64, end: Option<u64>) -> Option<Promise> {
        let size = self.file.size() as u64;
        let end = end.map_or(size, |end| (end + BEHIND_BYTES).min(size));
        let start = start.saturating_sub(1);
        if end.saturating_sub(start) > AHEAD_BYTES {
            return None;
        }
        let slice = self.file.slice_with_f64_and_f64(start as f64, end as f64).ok()?;
        Some(slice.array_buffer())
    }

    /// The range from `start` whose bytes have come.
    pub fn prefetched(&self, start: u64, buffer: &JsValue) -> Prefetched<'_> {
        Prefetched { file: self, start: start.saturating_sub(1), bytes: Uint8Array::new(buffer) }
    }
}

impl Prefetched<'_> {
    fn end(&self) -> u64 {
        self.start + u64::from(self.bytes.length())
    }
}

impl Source for Prefetched<'_> {
    fn path(&self) -> &str {
        self.file.path()
    }

    fn size(&self) -> Option<u64> {
        self.file.size()
    }

    fn modified(&self) -> Option<Micros> {
        self.file.modified()
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        if start < self.start {
            return self.file.open(start);
        }
        Ok(Box::new(PrefetchedBytes { source: self, position: start, behind: None }))
    }
}

/// The bytes that have come, then what is behind them.
struct PrefetchedBytes<'a> {
    source: &'a Prefetched<'a>,
    position: u64,
    behind: Option<Box<dyn Read + 'a>>,
}

impl Read for PrefetchedBytes<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let end = self.source.end();
        if self.position >= end {
            if self.behind.is_none() {
                self.behind = Some(self.source.file.open(self.position)?);
            }
            return self.behind.as_mut().map_or(Ok(0), |behind| behind.read(out));
        }
        let n = usize::try_from(end - self.position).unwrap_or(usize::MAX).min(out.len());
        let from = (self.position - self.source.start) as u32;
        if let Some(out) = out.get_mut(..n) {
            self.source.bytes.subarray(from, from + n as u32).copy_to(out);
        }
        self.position += n as u64;
        self.source.file.reached.set(self.position);
        Ok(n)
    }
}

struct FileBytes {
    source: FileSource,
    reader: FileReaderSync,
    position: u64,
}

impl Read for FileBytes {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let size = self.source.file.size() as u64;
        let end = self.position.saturating_add(out.len() as u64).min(size);
        if end <= self.position {
            return Ok(0);
        }
        // Sizes of files are exact in f64 up to 8 PiB.
        let slice = self.source.file.slice_with_f64_and_f64(self.position as f64, end as f64).map_err(said)?;
        let buffer = self.reader.read_as_array_buffer(&slice).map_err(said)?;
        let bytes = Uint8Array::new(&buffer);
        let n = (bytes.length() as usize).min(out.len());
        if let Some(out) = out.get_mut(..n) {
            bytes.subarray(0, n as u32).copy_to(out);
        }
        self.position += n as u64;
        self.source.reached.set(self.position);
        Ok(n)
    }
}

/// What the browser said, in words: mostly that the file changed or went away after it was dropped.
fn said(error: JsValue) -> io::Error {
    let message = js_sys::Reflect::get(&error, &"message".into()).ok().and_then(|m| m.as_string());
    io::Error::other(message.unwrap_or_else(|| "the browser could not read it".to_owned()))
}
