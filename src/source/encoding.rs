//! Characters: UTF-16 becomes UTF-8 and the ends of lines become line feeds, as a stream, before lines are cut.
//!
//! UTF-16 is told by its byte order mark ([RFC 2781](https://www.rfc-editor.org/rfc/rfc2781)) or by where its NUL bytes
//! are. Bytes that are no UTF-8 (Latin-1, attacks) stay as they are here and are escaped where they are shown: what they
//! were meant to be is a guess, and the bytes are the evidence.

use std::io::{self, Read};

/// How much of a file's beginning is looked at.
pub const HEAD_BYTES: usize = 64 << 10;

/// How much of it tells UTF-16 by its NUL bytes.
const NUL_BYTES: usize = 4 << 10;

/// Bytes that are transcoded at once.
const READ_BYTES: usize = 32 << 10;

/// How characters are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, ASCII, or any bytes in which a line feed is a line feed.
    #[default]
    Bytes,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Any bytes whose lines end with a carriage return alone, as on old Macs.
    CarriageReturns,
}

impl Encoding {
    /// What the beginning of a file, up to [`HEAD_BYTES`], says.
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0xFF, 0xFE, ..] => Self::Utf16Le,
            [0xFE, 0xFF, ..] => Self::Utf16Be,
            _ => by_nul(head.get(..NUL_BYTES).unwrap_or(head)).unwrap_or_else(|| by_line_ends(head)),
        }
    }

    /// `UTF-16, low byte first`, or nothing where bytes are taken as they are.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "",
            Self::Utf16Le => "UTF-16, low byte first",
            Self::Utf16Be => "UTF-16, high byte first",
            Self::CarriageReturns => "lines end with carriage returns",
        }
    }

    /// The bytes as UTF-8 with line feeds, without a byte order mark of UTF-16.
    pub fn decode<R: Read>(self, bytes: R) -> Decoded<R> {
        Decoded { bytes, encoding: self, out: Vec::new(), at: 0, half: None, high: None, is_first: true, ended: false }
    }
}

/// Text that is mostly ASCII has a NUL in every other place of UTF-16, and hardly any in the places between.
fn by_nul(head: &[u8]) -> Option<Encoding> {
    let pairs = head.len() / 2;
    let nuls = |first: usize| head.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let (mostly, hardly) = (pairs * 7 / 10, pairs / 10);
    let is_text = pairs >= 2;
    match () {
        () if is_text && odd > mostly && even <= hardly => Some(Encoding::Utf16Le),
        () if is_text && even > mostly && odd <= hardly => Some(Encoding::Utf16Be),
        () => None,
    }
}

fn by_line_ends(head: &[u8]) -> Encoding {
    let has = |end: u8| memchr::memchr(end, head).is_some();
    if has(b'\r') && !has(b'\n') { Encoding::CarriageReturns } else { Encoding::Bytes }
}

/// A stream as UTF-8.
pub struct Decoded<R: Read> {
    bytes: R,
    encoding: Encoding,
    out: Vec<u8>,
    at: usize,
    /// The first byte of a unit whose second is not here yet.
    half: Option<u8>,
    /// A high surrogate that waits for its low one.
    high: Option<u16>,
    is_first: bool,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    /// Fills `out` with more; it stays empty at the end.
    fn more(&mut self) -> io::Result<()> {
        self.out.clear();
        self.at = 0;
        let mut raw = vec![0; READ_BYTES];
        while self.out.is_empty() && !self.ended {
            let n = self.bytes.read(&mut raw)?;
            self.ended = n == 0;
            for byte in raw.get(..n).unwrap_or_default() {
                self.take(*byte);
            }
            if self.ended && (self.half.take().is_some() | self.high.take().is_some()) {
                self.give(char::REPLACEMENT_CHARACTER);
            }
        }
        Ok(())
    }

    fn take(&mut self, byte: u8) {
        let Some(first) = self.half.take() else {
            self.half = Some(byte);
            return;
        };
        let pair = [first, byte];
        let unit = if self.encoding == Encoding::Utf16Be { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
        let is_mark = std::mem::take(&mut self.is_first) && unit == 0xFEFF;
        match (self.high.take(), unit) {
            _ if is_mark => {}
            (Some(high), 0xDC00..=0xDFFF) => {
                let code = 0x1_0000 + ((u32::from(high) - 0xD800) << 10) + (u32::from(unit) - 0xDC00);
                self.give(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            (before, unit) => {
                if before.is_some() {
                    self.give(char::REPLACEMENT_CHARACTER);
                }
                if (0xD800..0xDC00).contains(&unit) {
                    self.high = Some(unit);
                } else {
                    self.give(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
            }
        }
    }

    fn give(&mut self, c: char) {
        self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.encoding {
            Encoding::Bytes => self.bytes.read(out),
            Encoding::CarriageReturns => {
                let n = self.bytes.read(out)?;
                let ends = out.get_mut(..n).unwrap_or_default().iter_mut().filter(|b| **b == b'\r');
                ends.for_each(|end| *end = b'\n');
                Ok(n)
            }
            Encoding::Utf16Le | Encoding::Utf16Be => {
                if self.at == self.out.len() {
                    self.more()?;
                }
                let ready = self.out.get(self.at..).unwrap_or_default();
                let n = ready.len().min(out.len());
                if let (Some(out), Some(ready)) = (out.get_mut(..n), ready.get(..n)) {
                    out.copy_from_slice(ready);
                }
                self.at += n;
                Ok(n)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes as UTF-8, read `step` at a time.
    fn text(bytes: &[u8], step: usize) -> (Encoding, String) {
        let encoding = Encoding::of(bytes);
        let mut decoded = encoding.decode(bytes);
        let (mut all, mut buffer) = (Vec::new(), vec![0; step]);
        loop {
            match decoded.read(&mut buffer).unwrap() {
                0 => return (encoding, String::from_utf8_lossy(&all).into_owned()),
                n => all.extend_from_slice(&buffer[..n]),
            }
        }
    }

    fn check(bytes: &[u8], encoding: Encoding, expected: &str) {
        for step in [1, 7, 100, 1 << 20] {
            assert_eq!(text(bytes, step), (encoding, expected.to_owned()), "{step} at a time");
        }
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf16_is_told_with_and_without_a_mark() {
        let line = "192.0.2.1 GET /caf\u{E9} \u{1F600}\r\n";
        check(&utf16(line, u16::to_le_bytes), Encoding::Utf16Le, line);
        check(&utf16(line, u16::to_be_bytes), Encoding::Utf16Be, line);
        let marked = format!("\u{FEFF}{line}");
        check(&utf16(&marked, u16::to_le_bytes), Encoding::Utf16Le, line);
        check(&utf16(&marked, u16::to_be_bytes), Encoding::Utf16Be, line);
    }

    #[test]
    fn broken_utf16_is_replaced() {
        check(&[0xFF, 0xFE, 0x00, 0xD8, b'a', 0, 0x00, 0xDC, b'b'], Encoding::Utf16Le, "\u{FFFD}a\u{FFFD}\u{FFFD}");
        check(&[0xFE, 0xFF, 0xD8], Encoding::Utf16Be, "\u{FFFD}");
        check(&[0xFF, 0xFE], Encoding::Utf16Le, "");
    }

    #[test]
    fn lone_carriage_returns_end_lines_and_other_bytes_stay() {
        check(b"one\rtwo\r", Encoding::CarriageReturns, "one\ntwo\n");
        check(b"one\r\ntwo\r\n", Encoding::Bytes, "one\r\ntwo\r\n");
        check(b"a\0\0\0\0b\n", Encoding::Bytes, "a\0\0\0\0b\n");
        check(b"", Encoding::Bytes, "");
        check(b"a", Encoding::Bytes, "a");
    }
}
