//! Compression, told by magic bytes and undone as a stream.
//!
//! gzip: [RFC 1952](https://www.rfc-editor.org/rfc/rfc1952); files of several members (rotated and joined, `pigz`,
//! `bgzip`) are read to the end.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use super::Source;

/// How a file is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// As it is.
    #[default]
    None,
    /// gzip, one or several members.
    Gzip,
}

impl Compression {
    /// What the first bytes of a file say.
    pub fn of(head: &[u8]) -> Self {
        if head.starts_with(&[0x1F, 0x8B, 0x08]) { Self::Gzip } else { Self::None }
    }

    /// `gzip`, or nothing.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Gzip => "gzip",
        }
    }
}

/// A path without the ending that says how the file is compressed.
pub fn uncompressed_path(path: &str, compression: Compression) -> &str {
    match compression {
        Compression::None => path,
        Compression::Gzip => path.strip_suffix(".gz").unwrap_or(path),
    }
}

/// How a source is stored, and its decompressed bytes from the start.
///
/// # Errors
/// What the system says.
pub fn open(source: &dyn Source) -> io::Result<(Compression, Box<dyn Read + '_>)> {
    let mut head = [0; 3];
    let mut raw = source.open(0)?;
    let mut n = 0;
    while n < head.len() {
        match raw.read(head.get_mut(n..).unwrap_or_default())? {
            0 => break,
            read => n += read,
        }
    }
    let compression = Compression::of(head.get(..n).unwrap_or_default());
    drop(raw);
    Ok((compression, open_as(source, compression, 0)?))
}

/// The decompressed bytes of what is stored so.
pub fn undo<'a>(compression: Compression, raw: impl Read + 'a) -> Box<dyn Read + 'a> {
    match compression {
        Compression::None => Box::new(raw),
        Compression::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 18, raw))),
    }
}

/// The decompressed bytes of a source from byte `start` of them.
///
/// **Cost**: compressed bytes before `start` are undone and thrown away.
///
/// # Errors
/// What the system or the decompressor says.
pub fn open_as(source: &dyn Source, compression: Compression, start: u64) -> io::Result<Box<dyn Read + '_>> {
    match compression {
        Compression::None => source.open(start),
        Compression::Gzip => {
            let mut bytes = undo(compression, source.open(0)?);
            io::copy(&mut (&mut bytes).take(start), &mut io::sink())?;
            Ok(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    struct Memory(Vec<u8>);

    impl Source for Memory {
        fn path(&self) -> &'static str {
            "memory"
        }
        fn size(&self) -> Option<u64> {
            Some(self.0.len() as u64)
        }
        fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
            Ok(Box::new(self.0.get(start as usize..).unwrap_or_default()))
        }
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn several_members_are_read_to_the_end_and_from_any_byte() {
        let source = Memory([gzip(b"one\n"), gzip(b"two\n")].concat());
        let (compression, mut bytes) = open(&source).unwrap();
        let mut text = String::new();
        bytes.read_to_string(&mut text).unwrap();
        assert_eq!((compression, text.as_str()), (Compression::Gzip, "one\ntwo\n"));
        text.clear();
        open_as(&source, compression, 4).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "two\n");
    }

    #[test]
    fn a_file_shorter_than_the_magic_is_read_as_it_is() {
        let source = Memory(b"\x1F".to_vec());
        assert_eq!(open(&source).unwrap().0, Compression::None);
    }
}
