//! Takes off what a text is written in: percent signs, plus signs, Unicode and byte escapes, HTML entities, Base64.
//!
//! Attackers write an attack so that a filter does not know it and the application does. A text has *layers*: each takes one
//! more coat off the one before, until there is none left or [`MAX_LAYERS`] is reached. No coat makes a text longer, so that
//! all layers together cost at most that many times the text.
//!
//! Overlong UTF-8 (`%c0%af`) and full-width letters (`%uff1c`) become what lenient servers take them for. What is no UTF-8
//! after that is read with replacement characters.

use memchr::{memchr, memchr2, memchr3};

/// Coats that are taken off one value at most.
const MAX_LAYERS: u8 = 6;
/// Times that percent signs are decoded.
const MAX_PERCENT: u8 = 3;
/// Times that Base64 is decoded.
const MAX_BASE64: u8 = 2;
/// Letters of Base64 below which a word may be one by chance.
const MIN_BASE64: usize = 16;

/// What was taken off to get to a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Coats {
    percent: u8,
    entities: u8,
    base64: u8,
    plus: bool,
    unicode: bool,
    bytes: bool,
}

impl Coats {
    /// What was decoded, in words: `percent signs twice and HTML entities`.
    pub fn words(self) -> String {
        let percent = ["", "percent signs", "percent signs twice", "percent signs three times"];
        let base64 = ["", "Base64", "Base64 twice"];
        let word = |list: &[&'static str], times: u8| list.get(usize::from(times)).copied().unwrap_or_default();
        let if_so = |is_so: bool, text: &'static str| if is_so { text } else { "" };
        let mut words = vec![
            word(&percent, self.percent),
            if_so(self.plus && self.percent == 0, "plus signs"),
            if_so(self.unicode, "Unicode escapes"),
            if_so(self.bytes, "escaped bytes"),
            if_so(self.entities > 0, "HTML entities"),
            word(&base64, self.base64),
        ];
        words.retain(|word| !word.is_empty());
        match words.as_slice() {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }
}

/// Buffers for layers, reused from value to value.
#[derive(Debug, Default)]
pub(super) struct Layers {
    now: String,
    next: Vec<u8>,
}

impl Layers {
    /// Calls `look` with every layer below the value itself, counted from 1, and what was taken off.
    ///
    /// **Cost**: a look for three bytes where there is nothing to take off.
    pub fn each(&mut self, value: &str, mut look: impl FnMut(u8, Coats, &str)) {
        let mut coats = Coats::default();
        for number in 1..=MAX_LAYERS {
            let text = if number == 1 { value } else { self.now.as_str() };
            if !take_off(text.as_bytes(), &mut coats, &mut self.next) {
                return;
            }
            self.now.clear();
            self.now.push_str(&String::from_utf8_lossy(&self.next));
            look(number, coats, &self.now);
        }
    }

    /// That layer of a value, with what was taken off. **Null**: none where the value has fewer.
    pub fn get(&mut self, value: &str, wanted: u8) -> Option<(Coats, String)> {
        let mut found = None;
        self.each(value, |number, coats, text| {
            if number == wanted {
                found = Some((coats, text.to_owned()));
            }
        });
        found
    }
}

/// Takes the outermost coat off. Whether there was one.
fn take_off(text: &[u8], coats: &mut Coats, out: &mut Vec<u8>) -> bool {
    let before = *coats;
    let found = (before.percent < MAX_PERCENT && url(text, coats, out))
        || (before.entities < MAX_PERCENT && entities(text, coats, out))
        || (before.base64 < MAX_BASE64 && base64(text, coats, out));
    // However many places a coat covers, it is one.
    coats.percent = coats.percent.min(before.percent + 1);
    coats.entities = coats.entities.min(before.entities + 1);
    coats.base64 = coats.base64.min(before.base64 + 1);
    found
}

/// Writes a text with percent signs, plus signs and escapes decoded once. Whether it has any.
fn url(text: &[u8], coats: &mut Coats, out: &mut Vec<u8>) -> bool {
    out.clear();
    let mut rest = text;
    let mut is_changed = false;
    while let Some(at) = memchr3(b'%', b'\\', b'+', rest) {
        let (plain, escape) = rest.split_at(at);
        out.extend_from_slice(plain);
        let before = out.len();
        let length = match escape {
            [b'+', ..] => {
                coats.plus = true;
                out.push(b' ');
                1
            }
            [b'%', b'u' | b'U', digits @ ..] | [b'\\', b'u', digits @ ..] => match hex(digits, 4) {
                Some(code) => {
                    coats.unicode = true;
                    push(code, out);
                    6
                }
                None => 0,
            },
            [b'%', digits @ ..] => match hex(digits, 2) {
                Some(byte) => {
                    coats.percent = coats.percent.saturating_add(1);
                    out.push(byte as u8);
                    3
                }
                None => 0,
            },
            [b'\\', b'x', digits @ ..] => match hex(digits, 2) {
                Some(byte) => {
                    coats.bytes = true;
                    out.push(byte as u8);
                    4
                }
                None => 0,
            },
            _ => 0,
        };
        is_changed |= out.len() > before;
        if length == 0 {
            out.extend(escape.first());
        }
        rest = escape.get(length.max(1)..).unwrap_or_default();
    }
    if is_changed {
        out.extend_from_slice(rest);
        shorten_overlong(out);
    }
    is_changed
}

/// Writes what an overlong sequence stands for in its place.
fn shorten_overlong(bytes: &mut Vec<u8>) {
    let is_long = |pair: &[u8]| matches!(pair, [0xC0 | 0xC1, 0x80..=0xBF] | [0xE0, 0x80..=0x9F]);
    if !bytes.windows(2).any(is_long) {
        return;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    while let [first, after @ ..] = rest {
        rest = after;
        match rest {
            [second @ 0x80..=0xBF, after @ ..] if matches!(first, 0xC0 | 0xC1) => {
                out.push((first & 0x1F) << 6 | (second & 0x3F));
                rest = after;
            }
            [second @ 0x80..=0x9F, third @ 0x80..=0xBF, after @ ..] if *first == 0xE0 => {
                push(u32::from(second & 0x1F) << 6 | u32::from(third & 0x3F), &mut out);
                rest = after;
            }
            _ => out.push(*first),
        }
    }
    *bytes = out;
}

/// Characters of HTML by name: those that matter in code.
const NAMES: [(&str, u8); 26] = [
    ("lt", b'<'),
    ("gt", b'>'),
    ("quot", b'"'),
    ("apos", b'\''),
    ("amp", b'&'),
    ("colon", b':'),
    ("semi", b';'),
    ("lpar", b'('),
    ("rpar", b')'),
    ("sol", b'/'),
    ("bsol", b'\\'),
    ("equals", b'='),
    ("num", b'#'),
    ("excl", b'!'),
    ("comma", b','),
    ("period", b'.'),
    ("dollar", b'$'),
    ("percnt", b'%'),
    ("grave", b'`'),
    ("lcub", b'{'),
    ("rcub", b'}'),
    ("lsqb", b'['),
    ("rsqb", b']'),
    ("nbsp", b' '),
    ("Tab", b'\t'),
    ("NewLine", b'\n'),
];

/// Writes a text with HTML's entities decoded once. Whether it has any.
fn entities(text: &[u8], coats: &mut Coats, out: &mut Vec<u8>) -> bool {
    out.clear();
    let mut rest = text;
    let mut is_changed = false;
    while let Some(at) = memchr(b'&', rest) {
        let (plain, entity) = rest.split_at(at);
        out.extend_from_slice(plain);
        let length = match entity {
            [b'&', b'#', b'x' | b'X', digits @ ..] => number(digits, 16, out).map(|length| length + 3),
            [b'&', b'#', digits @ ..] => number(digits, 10, out).map(|length| length + 2),
            _ => named(entity, out),
        };
        is_changed |= length.is_some();
        if length.is_none() {
            out.push(b'&');
        }
        rest = entity.get(length.unwrap_or(1)..).unwrap_or_default();
    }
    if is_changed {
        coats.entities = coats.entities.saturating_add(1);
        out.extend_from_slice(rest);
    }
    is_changed
}

fn named(entity: &[u8], out: &mut Vec<u8>) -> Option<usize> {
    let (name, byte) = NAMES.iter().find(|(name, _)| {
        let end = name.len() + 1;
        entity.get(1..end) == Some(name.as_bytes()) && entity.get(end) == Some(&b';')
    })?;
    out.push(*byte);
    Some(name.len() + 2)
}

/// Reads the digits of an entity and writes its character. Returns how long they are, with a semicolon behind.
fn number(text: &[u8], radix: u32, out: &mut Vec<u8>) -> Option<usize> {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let digits = text.iter().take(8).take_while(is_digit).count();
    let code = u32::from_str_radix(std::str::from_utf8(text.get(..digits)?).ok()?, radix).ok()?;
    push(code, out);
    Some(digits + usize::from(text.get(digits) == Some(&b';')))
}

/// Writes a text in which values that are Base64 of readable text are that text. Whether there are any.
fn base64(text: &[u8], coats: &mut Coats, out: &mut Vec<u8>) -> bool {
    out.clear();
    let (mut from, mut start) = (0, Some(0));
    while let Some(mut at) = start {
        let word = text.get(at..).unwrap_or_default();
        let length =
            if may_be_base64(word) { word.iter().take_while(|byte| sextet(**byte).is_some()).count() } else { 0 };
        if let Some(decoded) = word.get(..length).filter(|_| length >= MIN_BASE64).and_then(readable) {
            out.extend_from_slice(text.get(from..at).unwrap_or_default());
            out.extend_from_slice(&decoded);
            let padding = word.iter().skip(length).take_while(|byte| **byte == b'=').count().min(2);
            at += length + padding;
            from = at;
            coats.base64 = coats.base64.saturating_add(1);
        }
        start = text.get(at..).and_then(|rest| memchr2(b'=', b',', rest)).map(|found| at + found + 1);
    }
    let is_changed = from > 0;
    if is_changed {
        out.extend_from_slice(text.get(from..).unwrap_or_default());
    }
    is_changed
}

/// Whether a text is long enough to begin with Base64, and its first letters stand for something readable.
pub(super) fn may_be_base64(text: &[u8]) -> bool {
    text.get(..MIN_BASE64).and_then(|word| word.first_chunk::<4>()).is_some_and(|group| {
        group.iter().all(|byte| sextet(*byte).is_some()) && decoded(group).into_iter().all(is_readable)
    })
}

/// The bytes that four letters stand for; of fewer, the first of them say something.
fn decoded(group: &[u8]) -> [u8; 3] {
    let bits = group.iter().fold(0u32, |bits, byte| bits << 6 | sextet(*byte).unwrap_or(0));
    let [_, first, second, third] = (bits << (6 * (4 - group.len().min(4)))).to_be_bytes();
    [first, second, third]
}

fn is_readable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')
}

/// What Base64 stands for. **Null**: none where that is not all readable.
fn readable(word: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(word.len());
    for group in word.chunks(4).filter(|group| group.len() > 1) {
        let bytes = decoded(group);
        let bytes = bytes.get(..group.len() - 1)?;
        if !bytes.iter().all(|byte| is_readable(*byte)) {
            return None;
        }
        out.extend_from_slice(bytes);
    }
    Some(out)
}

/// The six bits of a letter, of either alphabet; a space is a plus sign that a URL has turned into one.
fn sextet(byte: u8) -> Option<u32> {
    let from = |first: u8, value: u32| Some(u32::from(byte - first) + value);
    match byte {
        b'A'..=b'Z' => from(b'A', 0),
        b'a'..=b'z' => from(b'a', 26),
        b'0'..=b'9' => from(b'0', 52),
        b'+' | b'-' | b' ' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// The number that so many digits stand for.
fn hex(text: &[u8], digits: usize) -> Option<u32> {
    text.get(..digits)?.iter().try_fold(0, |number, byte| Some(number << 4 | char::from(*byte).to_digit(16)?))
}

/// Writes a character; full-width ones as the ASCII that they look like.
fn push(code: u32, out: &mut Vec<u8>) {
    let code = if (0xFF01..=0xFF5E).contains(&code) { code - 0xFEE0 } else { code };
    let letter = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
    out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The layers of a value and, in words, what the last took off.
    fn check(value: &str, expected: &[&str], words: &str) {
        let (mut found, mut last) = (Vec::new(), Coats::default());
        Layers::default().each(value, |_, coats, text| {
            found.push(text.to_owned());
            last = coats;
        });
        assert_eq!(
            (found, last.words().as_str()),
            (expected.iter().map(ToString::to_string).collect(), words),
            "{value}"
        );
    }

    #[test]
    fn coats_are_taken_off_one_by_one() {
        check("/index.html?a=b&c=d", &[], "");
        check("q=%3CScRiPt%3E", &["q=<ScRiPt>"], "percent signs");
        check("q=%253cscript", &["q=%3cscript", "q=<script"], "percent signs twice");
        check("%25253c", &["%253c", "%3c", "<"], "percent signs three times");
        check("a+b", &["a b"], "plus signs");
        check("a%20b+c", &["a b c"], "percent signs");
        check("%u003cscript%uFF1e", &["<script>"], "Unicode escapes");
        check(r"\u003cscript", &["<script"], "Unicode escapes");
        check(r"a\x22x", &["a\"x"], "escaped bytes");
        check("..%c0%af..%C1%9c%e0%80%af", &["../..\\/"], "percent signs");
        check("&lt;script&#62;&#x3c;/&#60b", &["<script></<b"], "HTML entities");
        check("%26lt%3bb", &["&lt;b", "<b"], "percent signs and HTML entities");
        check("%%3c%", &["%<%"], "percent signs");
        check("%zz&foo=%4", &[], "");
        check("%ff", &["\u{fffd}"], "percent signs");
        check("a+b%2Bc", &["a b+c", "a b c"], "percent signs");
    }

    #[test]
    fn base64_of_readable_text_is_read() {
        // `<script>alert(1)</script>`
        let word = "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg";
        check(&format!("q={word}==&b=1"), &["q=<script>alert(1)</script>&b=1"], "Base64");
        check(&format!("q={word}"), &["q=<script>alert(1)</script>"], "Base64");
        check(word, &["<script>alert(1)</script>"], "Base64");
        check(
            &format!("q={word}%3D%3D"),
            &[&format!("q={word}=="), "q=<script>alert(1)</script>"],
            "percent signs and Base64",
        );
        check("token=abcdefghijklmnopqrstuvwxyz", &[], "");
        check("name=administratorpanel", &[], "");
    }

    #[test]
    fn no_layer_is_longer_and_there_are_few() {
        for value in
            ["%25".repeat(5000), "&amp;".repeat(5000), "+%u0041".repeat(999), format!("={}", "QUFB".repeat(5000))]
        {
            let mut layers = 0;
            Layers::default().each(&value, |number, _, text| {
                layers = number;
                assert!(text.len() <= value.len());
            });
            assert!((1..=MAX_LAYERS).contains(&layers));
        }
    }
}
