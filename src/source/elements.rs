//! Chunks of bytes in, the objects of JSON documents out: an array of objects, one object with a big array in it, objects
//! over several lines or several on a line. The answer does not depend on how the bytes are chunked.
//! Specification: [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259).
//!
//! Elements are cut where their braces balance; whether what is inside is right is the parser's affair. What stands
//! around them (brackets, commas, the envelope's own keys) is nothing; other text between them is an element of its own,
//! so that it is counted. A line that ends inside a string is no JSON: the element ends there, and reading goes on.

use serde::{Deserialize, Serialize};

use super::lines::{Line, MAX_LINE, OVERLONG_START};

/// What stands around the elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Around {
    /// Nothing: objects follow each other.
    Nothing,
    /// An array.
    Array,
    /// An object with an array in it: `{"Records": [ … ]}`.
    Envelope,
}

/// Splits a stream of chunks into elements. **Cost**: holds at most one unfinished element.
#[derive(Debug)]
pub struct ElementSplitter {
    around: Around,
    state: State,
    /// Containers around the next element that are open.
    outer: u8,
    /// Braces that are open inside an element.
    depth: u32,
    quoted: bool,
    /// The byte before was a backslash in a string.
    escaped: bool,
    /// The beginning of an element whose end is not here yet.
    carry: Vec<u8>,
    /// Length of that element so far, also where `carry` was cut.
    carry_len: u64,
    /// Offset of the next byte that comes in.
    position: u64,
    n_elements: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Between elements.
    Outside,
    /// In an element.
    Element,
    /// In a part of the envelope that is no element.
    Passed,
    /// In text that belongs nowhere.
    Stray,
}

impl ElementSplitter {
    /// Splits a file from its start.
    pub fn new(around: Around) -> Self {
        Self {
            around,
            state: State::Outside,
            outer: 0,
            depth: 0,
            quoted: false,
            escaped: false,
            carry: Vec::new(),
            carry_len: 0,
            position: 0,
            n_elements: 0,
        }
    }

    /// Elements given out so far.
    pub fn n_elements(&self) -> u64 {
        self.n_elements
    }

    /// Bytes taken so far.
    pub fn n_bytes(&self) -> u64 {
        self.position
    }

    /// Takes a chunk and calls `visit` for each element that ends in it.
    pub fn push(&mut self, chunk: &[u8], mut visit: impl FnMut(Line<'_>)) {
        // Where the part of the open element that is in this chunk begins, and where reading is.
        let (mut from, mut at) = (0, 0);
        while let Some(rest) = chunk.get(at..).filter(|rest| !rest.is_empty()) {
            if self.state == State::Outside {
                let n = self.outside(rest);
                self.position += n as u64;
                at += n;
                from = at;
                continue;
            }
            let end = match self.state {
                State::Stray => end_of_stray(rest, self.carry_len == 0),
                _ => self.end_of_balance(rest),
            };
            let n = end.unwrap_or(rest.len());
            self.position += n as u64;
            at += n;
            let part = chunk.get(from..at).unwrap_or_default();
            match (end, self.state) {
                (None, State::Passed) => {}
                (None, _) => self.keep(part),
                (Some(_), State::Passed) => self.state = State::Outside,
                (Some(_), _) => self.give(part, &mut visit),
            }
            from = at;
        }
    }

    /// Gives out the last element where it never ends.
    pub fn finish(&mut self, mut visit: impl FnMut(Line<'_>)) {
        if matches!(self.state, State::Element | State::Stray) {
            self.give(&[], &mut visit);
        }
    }

    /// Passes over what is between elements, up to where something begins; tells how many bytes that is.
    fn outside(&mut self, bytes: &[u8]) -> usize {
        for (at, &byte) in bytes.iter().enumerate() {
            let is_mark = byte >= 0x80 && self.position + (at as u64) < 3;
            if matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',') || is_mark {
                continue;
            }
            match (self.around, self.outer, byte) {
                (Around::Array, 0, b'[') | (Around::Envelope, 0, b'{') | (Around::Envelope, 1, b'[') => self.outer += 1,
                (Around::Array, 1, b']') | (Around::Envelope, 1, b'}') | (Around::Envelope, 2, b']') => self.outer -= 1,
                (Around::Nothing | Around::Array, _, b'{') | (Around::Envelope, 2, b'{') => {
                    self.state = State::Element;
                    return at;
                }
                // Other keys of the envelope and what they hold.
                (Around::Envelope, 1.., b'{' | b'"') => {
                    self.state = State::Passed;
                    return at;
                }
                (Around::Envelope, 1.., _) => {}
                _ => {
                    self.state = State::Stray;
                    return at;
                }
            }
        }
        bytes.len()
    }

    /// Where the braces balance again, or a string on its own ends.
    fn end_of_balance(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            if self.escaped && at < bytes.len() {
                self.escaped = false;
                at += 1;
            }
            let rest = bytes.get(at..)?;
            if self.quoted {
                let n = find_any([b'"', b'\\', b'\n'], rest)?;
                at += n + 1;
                match rest.get(n) {
                    Some(b'\\') => self.escaped = true,
                    Some(b'"') => self.quoted = false,
                    _ => (self.quoted, self.depth) = (false, 0),
                }
            } else {
                let n = find_any([b'"', b'{', b'}'], rest)?;
                at += n + 1;
                match rest.get(n) {
                    Some(b'"') => self.quoted = true,
                    Some(b'{') => self.depth += 1,
                    _ => self.depth = self.depth.saturating_sub(1),
                }
            }
            if self.depth == 0 && !self.quoted {
                return Some(at);
            }
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.carry_len += bytes.len() as u64;
        let room = (MAX_LINE + 1).saturating_sub(self.carry.len());
        self.carry.extend_from_slice(bytes.get(..room.min(bytes.len())).unwrap_or_default());
    }

    /// Gives out the element whose last part this is.
    fn give(&mut self, part: &[u8], visit: &mut impl FnMut(Line<'_>)) {
        self.state = State::Outside;
        (self.depth, self.quoted, self.escaped) = (0, false, false);
        self.n_elements += 1;
        let len = self.carry_len + part.len() as u64;
        if self.carry_len > 0 {
            self.keep(part);
        }
        let text = if self.carry_len > 0 { &self.carry } else { part };
        let overlong = len > MAX_LINE as u64;
        let text = if overlong { text.get(..OVERLONG_START).unwrap_or(text) } else { text.trim_ascii_end() };
        visit(Line { number: self.n_elements, byte: self.position - len, text, overlong });
        self.carry.clear();
        self.carry_len = 0;
    }
}

/// Where text that belongs nowhere ends: at the end of its line, or where something may begin; its first byte belongs to it.
fn end_of_stray(bytes: &[u8], is_begin: bool) -> Option<usize> {
    let from = usize::from(is_begin);
    let rest = bytes.get(from..)?;
    rest.iter().position(|b| matches!(b, b'\n' | b'{' | b',' | b']')).map(|at| from + at)
}

/// The first place of any of these bytes, eight bytes at a step: strings in JSON are short, so that calling a search that
/// is faster on long texts costs more than it saves (a third of the time to cut a document of many small strings).
#[inline]
pub fn find_any<const N: usize>(needles: [u8; N], bytes: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    let (mut at, mut rest) = (0, bytes);
    while let Some((word, tail)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        // The high bit of each byte that is a needle; bytes above the lowest such one may be marked for nothing.
        let hits = needles.iter().fold(0, |hits, &needle| {
            let differs = word ^ (ONES * u64::from(needle));
            hits | (differs.wrapping_sub(ONES) & !differs & HIGHS)
        });
        if hits != 0 {
            return Some(at + hits.trailing_zeros() as usize / 8);
        }
        at += 8;
        rest = tail;
    }
    rest.iter().position(|byte| needles.contains(byte)).map(|n| at + n)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_of_any_is_found(bytes in proptest::collection::vec(0x20..0x26_u8, 0..40)) {
            prop_assert_eq!(find_any([0x21, 0x25], &bytes), memchr::memchr2(0x21, 0x25, &bytes));
        }
    }

    type Owned = (u64, String, bool);

    fn split(text: &str, around: Around, chunk: usize) -> Vec<Owned> {
        let mut splitter = ElementSplitter::new(around);
        let mut elements = Vec::new();
        let mut visit = |e: Line<'_>| elements.push((e.byte, String::from_utf8_lossy(e.text).into_owned(), e.overlong));
        text.as_bytes().chunks(chunk).for_each(|part| splitter.push(part, &mut visit));
        splitter.finish(&mut visit);
        assert_eq!(splitter.n_bytes(), text.len() as u64);
        assert_eq!(splitter.n_elements(), elements.len() as u64);
        elements
    }

    fn check(text: &str, around: Around, expected: &[&str]) {
        let whole = split(text, around, usize::MAX);
        let texts: Vec<&str> = whole.iter().map(|e| e.1.as_str()).collect();
        assert_eq!(texts, expected, "{text}");
        for (byte, element, _) in &whole {
            assert_eq!(&text[*byte as usize..*byte as usize + element.len()], element);
        }
        for chunk in [1, 2, 3, 7, 100] {
            assert_eq!(split(text, around, chunk), whole, "{text} in chunks of {chunk}");
        }
    }

    #[test]
    fn elements_are_cut_where_their_braces_balance() {
        check(
            "{\"a\":1}\n{\"b\":{\"c\":\"}{\"}}  {\"d\":\"\\\"}\"},{}\n",
            Around::Nothing,
            &["{\"a\":1}", "{\"b\":{\"c\":\"}{\"}}", "{\"d\":\"\\\"}\"}", "{}"],
        );
        check("\u{feff}{\n \"a\": 1\n}\n{\n \"a\": 2\n}", Around::Nothing, &["{\n \"a\": 1\n}", "{\n \"a\": 2\n}"]);
        check("[ {\"a\":[1]},\n{\"a\":2} ]\n", Around::Array, &["{\"a\":[1]}", "{\"a\":2}"]);
        check("[]", Around::Array, &[]);
    }

    #[test]
    fn an_envelope_is_nothing() {
        check(
            "{\"next\":\"a[{\",\"n\":5,\"meta\":{\"x\":[{}]},\"Records\":[{\"a\":1},{\"a\":[{}]}],\"z\":null}\n{\"Records\":[{\"a\":3}]}",
            Around::Envelope,
            &["{\"a\":1}", "{\"a\":[{}]}", "{\"a\":3}"],
        );
    }

    #[test]
    fn what_belongs_nowhere_is_counted() {
        check("{\"a\":1}\nno json\n{\"a\":2}}\n", Around::Nothing, &["{\"a\":1}", "no json", "{\"a\":2}", "}"]);
        check("[1, \"x\", {\"a\":2}", Around::Array, &["1", "\"x\"", "{\"a\":2}"]);
        check("{\"a\": \"open\n{\"b\":1}\n", Around::Nothing, &["{\"a\": \"open", "{\"b\":1}"]);
        check("{\"a\": 1", Around::Nothing, &["{\"a\": 1"]);
        check("]]", Around::Nothing, &["]", "]"]);
    }

    #[test]
    fn an_element_that_is_too_long_keeps_its_start() {
        let text = format!("{{\"a\":\"{}\"}}{{\"b\":1}}", "x".repeat(MAX_LINE));
        for chunk in [1000, 1 << 22] {
            let elements = split(&text, Around::Nothing, chunk);
            assert_eq!((elements[0].1.len(), elements[0].2), (OVERLONG_START, true));
            assert_eq!((elements[1].1.as_str(), elements[1].2), ("{\"b\":1}", false));
        }
    }
}
