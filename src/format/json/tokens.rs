//! The tokens of one JSON object, in one pass over its bytes, nothing copied.
//! Specification: [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259).
//!
//! Strings stay as written until somebody wants them ([`unescape`]); numbers stay text. More is let through than the
//! specification has where it harms nobody: control characters in strings, escapes that do not exist (`\x16`, which
//! stays as written), numbers of any shape. How deep values are nested is bounded.

use memchr::memchr;

use crate::source::elements::find_any;

/// How deep values may be nested.
pub const MAX_DEPTH: u32 = 64;

/// A string between its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// As written.
    pub raw: &'a [u8],
    /// Whether it has a backslash.
    pub is_escaped: bool,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `}` or `]`
    Close,
    /// A key, its colon taken.
    Key(Text<'a>),
    /// A string.
    Text(Text<'a>),
    /// A number or `true`, `false`, as written.
    Plain(&'a [u8]),
    /// `null`
    Null,
    /// The object is closed and nothing follows.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Value,
    KeyOrClose,
    Key,
    ValueOrClose,
    CommaOrClose,
    Nothing,
}

/// Reads tokens.
#[derive(Debug)]
pub struct Tokens<'a> {
    text: &'a [u8],
    at: usize,
    depth: u32,
    /// A bit for each level, the innermost the lowest: whether it is an array.
    arrays: u64,
    expected: Expected,
}

impl<'a> Tokens<'a> {
    /// The tokens of a text that should be one object.
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, depth: 0, arrays: 0, expected: Expected::Value }
    }

    /// How far the text is read.
    pub fn position(&self) -> usize {
        self.at
    }

    /// The next token.
    ///
    /// # Errors
    /// What is wrong with the text.
    #[inline]
    pub fn next(&mut self) -> Result<Token<'a>, &'static str> {
        let mut byte = self.skip_space();
        if self.expected == Expected::CommaOrClose {
            match byte {
                Some(b',') => {
                    self.at += 1;
                    byte = self.skip_space();
                    self.expected = if self.in_array() { Expected::Value } else { Expected::Key };
                }
                Some(b'}' | b']') => return self.close(byte),
                Some(_) => return Err("a comma is missing"),
                None => return Err("the object is not closed"),
            }
        }
        match (self.expected, byte) {
            (Expected::Nothing, None) => Ok(Token::End),
            (Expected::Nothing, _) => Err("more text follows the object"),
            (Expected::KeyOrClose | Expected::ValueOrClose, Some(b'}' | b']')) => self.close(byte),
            (_, None) => Err("the object is not closed"),
            (Expected::Key | Expected::KeyOrClose, Some(b'"')) => self.key(),
            (Expected::Key | Expected::KeyOrClose, _) => Err("a key is missing"),
            (_, Some(b'"')) => {
                self.expected = Expected::CommaOrClose;
                self.string().map(Token::Text)
            }
            (_, Some(open @ (b'{' | b'['))) => self.open(open == b'['),
            (_, Some(_)) => self.plain(),
        }
    }

    #[inline]
    fn skip_space(&mut self) -> Option<u8> {
        loop {
            match self.text.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    fn in_array(&self) -> bool {
        self.arrays & 1 == 1
    }

    fn open(&mut self, is_array: bool) -> Result<Token<'a>, &'static str> {
        if self.depth == MAX_DEPTH {
            return Err("nested too deep");
        }
        if self.depth == 0 && is_array {
            return Err("no object");
        }
        self.at += 1;
        self.depth += 1;
        self.arrays = self.arrays << 1 | u64::from(is_array);
        self.expected = if is_array { Expected::ValueOrClose } else { Expected::KeyOrClose };
        Ok(if is_array { Token::Array } else { Token::Object })
    }

    fn close(&mut self, byte: Option<u8>) -> Result<Token<'a>, &'static str> {
        if self.depth == 0 || self.in_array() != (byte == Some(b']')) {
            return Err("brackets do not match");
        }
        self.at += 1;
        self.depth -= 1;
        self.arrays >>= 1;
        self.expected = if self.depth == 0 { Expected::Nothing } else { Expected::CommaOrClose };
        Ok(Token::Close)
    }

    #[inline]
    fn key(&mut self) -> Result<Token<'a>, &'static str> {
        let key = self.string()?;
        if self.skip_space() != Some(b':') {
            return Err("a colon is missing");
        }
        self.at += 1;
        self.expected = Expected::Value;
        Ok(Token::Key(key))
    }

    /// A string, from its first quote.
    #[inline]
    fn string(&mut self) -> Result<Text<'a>, &'static str> {
        let text = self.text.get(self.at + 1..).unwrap_or_default();
        let (mut end, mut is_escaped) = (0, false);
        loop {
            let rest = text.get(end..).ok_or("a string is not closed")?;
            end += find_any([b'"', b'\\'], rest).ok_or("a string is not closed")?;
            if text.get(end) == Some(&b'"') {
                break;
            }
            is_escaped = true;
            end += 2;
        }
        self.at += end + 2;
        Ok(Text { raw: text.get(..end).unwrap_or_default(), is_escaped })
    }

    /// A number or a literal.
    fn plain(&mut self) -> Result<Token<'a>, &'static str> {
        if self.depth == 0 {
            return Err("no object");
        }
        let rest = self.text.get(self.at..).unwrap_or_default();
        let ends = |b: &u8| matches!(b, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n');
        let word = rest.get(..rest.iter().position(ends).unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len();
        self.expected = Expected::CommaOrClose;
        match word {
            b"null" => Ok(Token::Null),
            b"true" | b"false" => Ok(Token::Plain(word)),
            [b'-' | b'0'..=b'9', ..] if word.iter().all(|b| b.is_ascii_digit() || b"+-.eE".contains(b)) => {
                Ok(Token::Plain(word))
            }
            _ => Err("a value is missing"),
        }
    }
}

/// Writes a string without its escapes, and tells how long it is: never longer than as written. What `out` has no room
/// for is left out.
pub fn unescape(raw: &[u8], out: &mut [u8]) -> usize {
    let mut len = 0;
    let mut put = |bytes: &[u8]| {
        if let Some(to) = out.get_mut(len..len + bytes.len()) {
            to.copy_from_slice(bytes);
            len += bytes.len();
        }
    };
    let mut rest = raw;
    while let Some(at) = memchr(b'\\', rest) {
        put(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        let plain: &[u8] = match rest.first() {
            Some(b'n') => b"\n",
            Some(b't') => b"\t",
            Some(b'r') => b"\r",
            Some(b'b') => b"\x08",
            Some(b'f') => b"\x0C",
            Some(b'"' | b'\\' | b'/') => rest.get(..1).unwrap_or_default(),
            Some(b'u') => {
                let (letter, n) = code_point(rest);
                if let Some(letter) = letter {
                    put(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = rest.get(n..).unwrap_or_default();
                    continue;
                }
                b"\\u"
            }
            Some(_) => {
                put(b"\\");
                continue;
            }
            None => b"\\",
        };
        put(plain);
        rest = rest.get(1..).unwrap_or_default();
    }
    put(rest);
    len
}

/// The letter of `u00e9`, or of two halves `ud83d\ude00`, and how many bytes it takes. Half a letter is U+FFFD.
fn code_point(text: &[u8]) -> (Option<char>, usize) {
    let hex = |at: usize| -> Option<u32> {
        let digits = text.get(at..at + 4).filter(|d| d.iter().all(u8::is_ascii_hexdigit))?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let Some(first) = hex(1) else { return (None, 0) };
    if !(0xD800..0xE000).contains(&first) {
        return (char::from_u32(first), 5);
    }
    let second = if text.get(5..7) == Some(b"\\u") { hex(7) } else { None };
    match second {
        Some(second @ 0xDC00..0xE000) if first < 0xDC00 => {
            (char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)), 11)
        }
        _ => (Some(char::REPLACEMENT_CHARACTER), 5),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        let mut tokens = Tokens::new(text.as_bytes());
        let mut words = Vec::new();
        let show = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        loop {
            words.push(match tokens.next() {
                Ok(Token::Object) => "{".into(),
                Ok(Token::Array) => "[".into(),
                Ok(Token::Close) => ")".into(),
                Ok(Token::Key(key)) => format!("{}:", show(key.raw)),
                Ok(Token::Text(text)) => format!("'{}'", show(text.raw)),
                Ok(Token::Plain(word)) => show(word),
                Ok(Token::Null) => "null".into(),
                Ok(Token::End) => return words.join(" "),
                Err(reason) => return format!("{reason}, at {}", tokens.at),
            });
        }
    }

    #[test]
    fn objects_become_tokens() {
        assert_eq!(
            read(r#" {"a" : 1, "b":[true,null,{"c":"d\"e"}],"f":{}, "g":-1.5e3} "#),
            r#"{ a: 1 b: [ true null { c: 'd\"e' ) ) f: { ) g: -1.5e3 )"#
        );
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, reason) in [
            ("", "the object is not closed, at 0"),
            ("x", "no object, at 0"),
            ("[1]", "no object, at 0"),
            ("{", "the object is not closed, at 1"),
            ("{\"a\":1", "the object is not closed, at 6"),
            ("{\"a\":}", "a value is missing, at 5"),
            ("{\"a\":1,}", "a key is missing, at 7"),
            ("{\"a\":[1,]}", "a value is missing, at 8"),
            ("{\"a\" 1}", "a colon is missing, at 5"),
            ("{\"a\":1 \"b\":2}", "a comma is missing, at 7"),
            ("{\"a\":[1}", "brackets do not match, at 7"),
            ("{\"a\":\"b}", "a string is not closed, at 5"),
            ("{\"a\":\"b\\", "a string is not closed, at 5"),
            ("{\"a\":nul}", "a value is missing, at 8"),
            ("{} {}", "more text follows the object, at 3"),
            ("{a:1}", "a key is missing, at 1"),
        ] {
            assert_eq!(read(text), reason, "{text}");
        }
        assert!(read(&"{\"a\":".repeat(100)).starts_with("nested too deep"));
    }

    fn plain(raw: &str) -> String {
        let mut out = vec![0; raw.len()];
        let len = unescape(raw.as_bytes(), &mut out);
        String::from_utf8_lossy(&out[..len]).into_owned()
    }

    #[test]
    fn escapes_are_undone_and_what_is_none_stays() {
        assert_eq!(plain(r#"a\/b \"c\" \\ \n\t"#), "a/b \"c\" \\ \n\t");
        assert_eq!(plain(r"\u00e9 \ud83d\ude00 \ud83d \udc00x"), "é 😀 \u{fffd} \u{fffd}x");
        assert_eq!(plain(r"\x16 \u12 \q"), r"\x16 \u12 \q");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(text in ".*") {
            let written = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(plain(&written[1..written.len() - 1]), text);
        }

        #[test]
        fn any_object_is_read_as_by_others(bytes in "[{}\\[\\]\",:0-9a \\\\tnul.-]{0,24}") {
            let ours = !read(&bytes).contains(", at ");
            let theirs = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&bytes).is_ok();
            // We let more through, never less.
            prop_assert!(ours || !theirs, "{}", bytes);
        }
    }
}
