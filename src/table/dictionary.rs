//! Dictionaries: every distinct text of a column once, rows keep its code.
//!
//! Interning is the hottest loop of reading, and what it costs is memory that is not in the processor's cache. So a slot of
//! the table keeps 32 bits of the hash and where the text is: a text is looked at only where they agree, and nothing else. The hash is seeded by the host, because whoever writes the log chooses the texts.
//! Codes depend on the order of arrival; nothing that leaves a worker may.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// The code of "no value".
pub const NULL: u32 = 0;

/// Spreads 32 kept bits over the 64 that the hash table looks at (the 64-bit golden ratio, odd).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Distinct texts in order of arrival.
///
/// **Null**: code 0; texts have codes from 1. **Cost**: the text, 16 bytes and a hash-table slot for each.
#[derive(Clone, Debug)]
pub struct Dictionary {
    text: String,
    /// `ends[code]` is where the text of `code` ends; that of `code - 1` is where it begins.
    ends: Vec<usize>,
    table: HashTable<Slot>,
    state: FixedState,
    /// Kept for its memory only.
    hashes: Vec<u32>,
    /// Kept for its memory only.
    slots: Vec<Slot>,
}

/// A text's code, and what is needed to know it again.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    hash: u32,
    code: u32,
    start: usize,
    len: u32,
}

impl Slot {
    fn spread(self) -> u64 {
        u64::from(self.hash).wrapping_mul(SPREAD)
    }
}

impl Dictionary {
    /// An empty dictionary whose hash starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            text: String::new(),
            ends: vec![0],
            table: HashTable::new(),
            state: FixedState::with_seed(seed),
            hashes: Vec::new(),
            slots: Vec::new(),
        }
    }

    /// How many codes there are, that of "no value" among them.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 1
    }

    /// Bytes held.
    pub fn size_bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>() + self.table.allocation_size()
    }

    /// The code of these bytes, a new one if they are new. Bytes that are no UTF-8 are escaped as `\xHH`.
    pub fn intern(&mut self, bytes: &[u8]) -> u32 {
        let hash = self.hash(bytes);
        if let Some(code) = self.lookup(hash, bytes) {
            return code;
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => self.insert(hash, text),
            Err(_) => self.intern(escape_invalid(bytes).as_bytes()),
        }
    }

    /// The codes of many byte strings, as [`Self::intern`] one after the other.
    ///
    /// **Cost**: a look-up waits for memory, and look-ups that follow each other at once wait together; that halves what
    /// interning costs (measured in Chromium on a log of a million lines).
    pub(super) fn intern_all<'a>(&mut self, texts: impl Iterator<Item = &'a [u8]> + Clone, codes: &mut Vec<u32>) {
        let mut hashes = std::mem::take(&mut self.hashes);
        hashes.clear();
        hashes.extend(texts.clone().map(|text| self.hash(text)));
        codes.clear();
        // Slots first, texts after: a step that compares nothing does not wait for what the one before it compares.
        let mut slots = std::mem::take(&mut self.slots);
        slots.clear();
        slots.extend(hashes.iter().map(|&hash| self.slot(hash)));
        codes.extend(
            texts.clone().zip(&slots).map(|(text, slot)| if self.holds(slot, text) { slot.code } else { NULL }),
        );
        for (code, text) in codes.iter_mut().zip(texts) {
            if *code == NULL {
                *code = self.intern(text);
            }
        }
        self.slots = slots;
        self.hashes = hashes;
    }

    /// The code of a text that is there.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.lookup(self.hash(text.as_bytes()), text.as_bytes())
    }

    /// The text of a code; empty for "no value" and for codes that are not there.
    pub fn get(&self, code: u32) -> &str {
        let code = code as usize;
        if code == 0 {
            return "";
        }
        match (self.ends.get(code - 1), self.ends.get(code)) {
            (Some(&start), Some(&end)) => self.text.get(start..end).unwrap_or_default(),
            _ => "",
        }
    }

    /// The bytes of a code's text; empty for "no value".
    pub(super) fn bytes(&self, code: u32) -> &[u8] {
        let code = code as usize;
        match (code.checked_sub(1).and_then(|before| self.ends.get(before)), self.ends.get(code)) {
            (Some(&start), Some(&end)) => self.text.as_bytes().get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Every text with its code, in order of arrival.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &str)> {
        (1..self.len() as u32).map(|code| (code, self.get(code)))
    }

    fn hash(&self, bytes: &[u8]) -> u32 {
        let mut hasher = self.state.build_hasher();
        hasher.write(bytes);
        let hash = hasher.finish();
        (hash ^ (hash >> 32)) as u32
    }

    fn lookup(&self, hash: u32, bytes: &[u8]) -> Option<u32> {
        let is_it = |slot: &Slot| slot.hash == hash && self.holds(slot, bytes);
        self.table.find(u64::from(hash).wrapping_mul(SPREAD), is_it).map(|slot| slot.code)
    }

    /// The first slot of a hash; one without a text where there is none.
    fn slot(&self, hash: u32) -> Slot {
        self.table.find(u64::from(hash).wrapping_mul(SPREAD), |slot| slot.hash == hash).copied().unwrap_or_default()
    }

    fn holds(&self, slot: &Slot, bytes: &[u8]) -> bool {
        let text = || self.text.as_bytes().get(slot.start..slot.start + bytes.len());
        slot.len as usize == bytes.len() && text().is_some_and(|text| is_same(text, bytes))
    }

    fn insert(&mut self, hash: u32, text: &str) -> u32 {
        let slot = Slot { hash, code: self.ends.len() as u32, start: self.text.len(), len: text.len() as u32 };
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.table.insert_unique(slot.spread(), slot, |known| known.spread());
        slot.code
    }
}

/// Whether two byte strings are equal, many bytes at a time: WebAssembly's own comparison goes byte by byte, which on
/// user agents costs as much as hashing them. Those that end alike are mostly the same, so the rest is compared to its end.
pub(super) fn is_same(a: &[u8], b: &[u8]) -> bool {
    let differ = |a: &[u8; 8], b: &[u8; 8]| u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
    match (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        _ if a.len() != b.len() => false,
        (Some(a_end), Some(b_end)) if differ(a_end, b_end) == 0 => {
            // Four words a step: what is built for size is not unrolled.
            let (a_steps, a_rest) = a.as_chunks::<8>().0.as_chunks::<4>();
            let (b_steps, b_rest) = b.as_chunks::<8>().0.as_chunks::<4>();
            let steps = a_steps.iter().zip(b_steps).fold(0, |all, ([a, b, c, d], [e, f, g, h])| {
                all | differ(a, e) | differ(b, f) | differ(c, g) | differ(d, h)
            });
            a_rest.iter().zip(b_rest).fold(steps, |all, (a, b)| all | differ(a, b)) == 0
        }
        (Some(_), Some(_)) => false,
        _ => a.iter().zip(b).all(|(a, b)| a == b),
    }
}

/// The bytes as text, those that are no UTF-8 as `\xHH`, as web servers write them.
pub fn escape_invalid(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let written = write!(text, "\\x{byte:02X}");
            debug_assert!(written.is_ok());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_code() {
        let mut dictionary = Dictionary::new(7);
        let codes: Vec<u32> = ["a", "b", "a", "", "b"].iter().map(|t| dictionary.intern(t.as_bytes())).collect();
        assert_eq!(codes, [1, 2, 1, 3, 2]);
        assert_eq!(dictionary.get(2), "b");
        assert_eq!(dictionary.find("b"), Some(2));
        assert_eq!(dictionary.find("c"), None);
        assert_eq!(dictionary.get(NULL), "");
    }

    #[test]
    fn many_texts_get_the_codes_that_they_get_one_by_one() {
        let texts = ["a", "b", "a", "c", "b", "\u{e9}"];
        let (mut one, mut all, mut codes) = (Dictionary::new(7), Dictionary::new(9), Vec::new());
        all.intern(b"b");
        one.intern(b"b");
        let expected: Vec<u32> = texts.iter().map(|t| one.intern(t.as_bytes())).collect();
        all.intern_all(texts.iter().map(|t| t.as_bytes()), &mut codes);
        assert_eq!(codes, expected);
    }

    #[test]
    fn bytes_are_compared_to_the_last() {
        let text = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        for len in 0..text.len() {
            let mut other = text[..len].to_vec();
            assert!(is_same(&text[..len], &other));
            assert!(!is_same(text, &other));
            for at in 0..len {
                other[at] ^= 1;
                assert!(!is_same(&text[..len], &other), "{at} of {len}");
                other[at] ^= 1;
            }
        }
    }

    #[test]
    fn thousands_of_texts_are_found_again() {
        let mut dictionary = Dictionary::new(1);
        for i in 0..50_000 {
            assert_eq!(dictionary.intern(format!("/p/{i}").as_bytes()), i + 1);
        }
        for i in 0..50_000 {
            assert_eq!(dictionary.find(&format!("/p/{i}")), Some(i + 1));
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_escaped_once() {
        let mut dictionary = Dictionary::new(1);
        let code = dictionary.intern(b"caf\xE9 \xFF");
        assert_eq!(dictionary.get(code), "caf\\xE9 \\xFF");
        assert_eq!(dictionary.intern(b"caf\xE9 \xFF"), code);
    }
}
