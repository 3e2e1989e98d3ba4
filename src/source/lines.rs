//! Chunks of bytes in, lines out: number, first byte, text. The answer does not depend on how the bytes are chunked.

use std::ops::ControlFlow;

use memchr::{memchr, memrchr};

/// Lines longer than this are cut to [`OVERLONG_START`] bytes: no log that we read has them.
pub const MAX_LINE: usize = 1 << 20;

/// What is kept of a line that is too long.
pub const OVERLONG_START: usize = 1 << 10;

/// One line without its end (`\n` or `\r\n`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Number in the range, from 1.
    pub number: u64,
    /// Offset of the first byte in the file.
    pub byte: u64,
    /// The line; its beginning where it is overlong.
    pub text: &'a [u8],
    /// Whether it was longer than [`MAX_LINE`].
    pub overlong: bool,
}

/// Splits a stream of chunks into lines. **Cost**: holds at most one unfinished line.
#[derive(Debug)]
pub struct LineSplitter {
    /// The beginning of a line whose end is not here yet.
    carry: Vec<u8>,
    /// Length of that line so far, also where `carry` was cut.
    carry_len: u64,
    /// Offset of the next byte that comes in.
    position: u64,
    /// Lines given out.
    n_lines: u64,
    /// Offset of the first line's first byte.
    begin: u64,
    /// Bytes up to the first line's end belong to the range before.
    skipping: bool,
}

impl LineSplitter {
    /// Splits bytes that begin at offset `start`. With `skip_first`, what comes before the first line's end is passed
    /// over: the byte before a range is read with it, so that a line which begins exactly there is not lost.
    pub fn new(start: u64, skip_first: bool) -> Self {
        Self { carry: Vec::new(), carry_len: 0, position: start, n_lines: 0, begin: start, skipping: skip_first }
    }

    /// Offset of the next line's first byte.
    pub fn line_start(&self) -> u64 {
        self.position - self.carry_len
    }

    /// Lines given out so far.
    pub fn n_lines(&self) -> u64 {
        self.n_lines
    }

    /// Bytes of the lines given out, their ends among them. The sum over all ranges is the file's size.
    pub fn n_bytes(&self) -> u64 {
        if self.skipping { 0 } else { self.line_start() - self.begin }
    }

    /// Takes a chunk and calls `visit` for each line that ends in it. Lines that begin at or after `end` are not given
    /// out: then it breaks, and the range is read.
    pub fn push(&mut self, chunk: &[u8], end: u64, mut visit: impl FnMut(Line<'_>)) -> ControlFlow<()> {
        let mut rest = chunk;
        if self.skipping {
            let Some(at) = memchr(b'\n', rest) else {
                self.position += rest.len() as u64;
                return ControlFlow::Continue(());
            };
            self.skipping = false;
            self.position += at as u64 + 1;
            self.begin = self.position;
            rest = rest.get(at + 1..).unwrap_or_default();
        }
        if self.carry_len > 0 {
            if self.line_start() >= end {
                return ControlFlow::Break(());
            }
            let Some(at) = memchr(b'\n', rest) else {
                self.keep(rest);
                return ControlFlow::Continue(());
            };
            let (head, tail) = rest.split_at(at);
            self.keep(head);
            self.flush(&mut visit);
            self.position += 1;
            rest = tail.get(1..).unwrap_or_default();
        }
        // Whole lines are cut where they lie.
        let whole = memrchr(b'\n', rest).map_or(0, |at| at + 1);
        let (mut lines, tail) = rest.split_at(whole);
        while !lines.is_empty() {
            if self.position >= end {
                return ControlFlow::Break(());
            }
            let at = memchr(b'\n', lines).unwrap_or(lines.len());
            let (text, after) = lines.split_at(at);
            self.give(text, text.len() as u64, &mut visit);
            self.position += at as u64 + 1;
            lines = after.get(1..).unwrap_or_default();
        }
        if self.position >= end {
            return ControlFlow::Break(());
        }
        self.keep(tail);
        ControlFlow::Continue(())
    }

    /// Gives out the last line where the file does not end with a line's end.
    pub fn finish(&mut self, end: u64, mut visit: impl FnMut(Line<'_>)) {
        if !self.skipping && self.carry_len > 0 && self.line_start() < end {
            self.flush(&mut visit);
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.carry_len += bytes.len() as u64;
        self.position += bytes.len() as u64;
        let room = (MAX_LINE + 1).saturating_sub(self.carry.len());
        self.carry.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
    }

    fn flush(&mut self, visit: &mut impl FnMut(Line<'_>)) {
        let carry = std::mem::take(&mut self.carry);
        let len = self.carry_len;
        // `position` is at the line's end here; `give` wants it at its start.
        self.position -= len;
        self.give(&carry, len, visit);
        self.position += len;
        self.carry_len = 0;
        self.carry = carry;
        self.carry.clear();
    }

    fn give(&mut self, text: &[u8], len: u64, visit: &mut impl FnMut(Line<'_>)) {
        self.n_lines += 1;
        let overlong = len > MAX_LINE as u64;
        let text = if overlong { text.get(..OVERLONG_START).unwrap_or(text) } else { text };
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        visit(Line { number: self.n_lines, byte: self.position, text, overlong });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Owned = (u64, u64, Vec<u8>, bool);

    fn split(bytes: &[u8], chunk: usize, start: u64, end: u64, skip_first: bool) -> Vec<Owned> {
        let mut lines = Vec::new();
        let mut splitter = LineSplitter::new(start, skip_first);
        let mut visit = |l: Line<'_>| lines.push((l.number, l.byte, l.text.to_vec(), l.overlong));
        for part in bytes.chunks(chunk) {
            if splitter.push(part, end, &mut visit).is_break() {
                return lines;
            }
        }
        splitter.finish(end, &mut visit);
        lines
    }

    #[test]
    fn lines_do_not_depend_on_chunks() {
        let bytes = b"one\r\n\ntwo two\nlast without end";
        let whole = split(bytes, 1000, 0, u64::MAX, false);
        let texts: Vec<_> = whole.iter().map(|l| (l.1, String::from_utf8_lossy(&l.2).into_owned())).collect();
        assert_eq!(
            texts,
            [(0, "one".into()), (5, String::new()), (6, "two two".into()), (14, "last without end".into())]
        );
        for chunk in [1, 2, 3, 7, 100] {
            assert_eq!(split(bytes, chunk, 0, u64::MAX, false), whole, "chunks of {chunk}");
        }
    }

    #[test]
    fn every_line_is_in_the_range_where_it_begins() {
        let bytes = b"aa\nbbbb\nc\n\ndddd\ne";
        let whole: Vec<_> = split(bytes, 100, 0, u64::MAX, false).into_iter().map(|l| (l.1, l.2)).collect();
        for cut in 1..bytes.len() as u64 {
            for chunk in [1, 3, 100] {
                let mut lines = split(bytes, chunk, 0, cut, false);
                lines.extend(split(&bytes[cut as usize - 1..], chunk, cut - 1, u64::MAX, true));
                let lines: Vec<_> = lines.into_iter().map(|l| (l.1, l.2)).collect();
                assert_eq!(lines, whole, "cut at {cut}, chunks of {chunk}");
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_keeps_its_start() {
        let mut bytes = vec![b'x'; MAX_LINE + 5];
        bytes.extend_from_slice(b"\nok\n");
        for chunk in [1000, 1 << 19, 1 << 22] {
            let lines = split(&bytes, chunk, 0, u64::MAX, false);
            assert_eq!((lines[0].2.len(), lines[0].3), (OVERLONG_START, true));
            assert_eq!((lines[1].1, lines[1].2.as_slice(), lines[1].3), (MAX_LINE as u64 + 6, b"ok".as_slice(), false));
        }
    }
}
