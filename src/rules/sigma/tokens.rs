//! Which texts hold a piece of SQL or of a page's code: `libinjection` reads parameters as a database or a browser would.
//!
//! Words alone do not tell a question about databases from an attack; the order of the tokens does. Each parameter of a query
//! is read by itself, with what it is written in taken off, and only where its bytes could mean anything to a database or a
//! browser, which on most logs is hardly anywhere.
//!
//! Idea and fingerprints: <https://github.com/libinjection/libinjection>.

use libinjectionrs::{SqliFlags, SqliState, detect_xss};
use memchr::{memchr, memchr2};

use crate::schema::Field;

use super::super::decode::{Layers, may_be_base64};

/// Bytes of a value that are read: an attack needs few, and reading more could take long.
const MAX_BYTES: usize = 4096;

/// What a text may hold a piece of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    /// A database's.
    Sql,
    /// A browser's.
    Html,
}

/// Reads texts, with buffers that are kept.
#[derive(Debug, Default)]
pub(super) struct Reader {
    layers: Layers,
}

impl Reader {
    /// The fingerprint of the first piece in a value of a column: SQL's tokens a letter each, or `html`.
    ///
    /// **Null**: none where there is no such piece.
    pub fn read(&mut self, field: Field, text: &str, language: Language) -> Option<String> {
        if is_plain(text.as_bytes()) {
            return None;
        }
        match field {
            Field::UrlPath => text.split('/').find_map(|segment| self.value(segment, language)),
            Field::HttpRequestReferrer => self.query(text.split_once('?')?.1, language),
            _ => self.query(text, language),
        }
    }

    fn query(&mut self, query: &str, language: Language) -> Option<String> {
        query.split('&').find_map(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or(("", parameter));
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:[]$".contains(&byte);
            // An attack may stand where a name should be, with an equals sign of its own.
            let whole = (!name.bytes().all(is_plain)).then(|| self.value(parameter, language)).flatten();
            whole.or_else(|| self.value(value, language))
        })
    }

    fn value(&mut self, value: &str, language: Language) -> Option<String> {
        // Most values are a word or a number.
        if value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let (mut found, mut is_written) = (None, false);
        self.layers.each(value, |_, _, text| {
            is_written = true;
            if found.is_none() {
                found = fingerprint(text, language);
            }
        });
        if is_written { found } else { fingerprint(value, language) }
    }
}

/// Whether a text has no byte that could mean anything to a database or a browser, and nothing is written in it that could
/// have one: what is said below of its pieces holds of all of them. Most paths are plain.
fn is_plain(text: &[u8]) -> bool {
    let is_of_words = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-');
    text.iter().all(is_of_words)
        && !text.windows(2).any(|pair| pair == b"--")
        && !text.split(|byte| *byte == b'/').any(may_be_base64)
        && !may_be_base64(text)
}

/// The fingerprint of a value as it is.
fn fingerprint(value: &str, language: Language) -> Option<String> {
    let bytes = value.as_bytes().get(..MAX_BYTES.min(value.len()))?;
    match language {
        Language::Sql if may_be_sql(bytes) => {
            let mut state = SqliState::new(bytes, SqliFlags::FLAG_NONE);
            let letters = |state: &SqliState<'_>| {
                state.fingerprint.iter().take_while(|byte| **byte > 0).map(|byte| char::from(*byte)).collect()
            };
            state.detect().then(|| letters(&state))
        }
        Language::Html if may_be_html(bytes) => detect_xss(bytes).is_injection().then(|| "html".to_owned()),
        _ => None,
    }
}

/// Whether a database could read anything but a word or a number.
fn may_be_sql(bytes: &[u8]) -> bool {
    const SIGNS: &[u8] = b"'\"`()=<>;#|&*@{!";
    const WORDS: [&[u8]; 14] = [
        b"or",
        b"and",
        b"union",
        b"select",
        b"having",
        b"order",
        b"group",
        b"like",
        b"between",
        b"xor",
        b"is",
        b"in",
        b"from",
        b"procedure",
    ];
    if bytes.iter().any(|byte| SIGNS.contains(byte)) || bytes.windows(2).any(|pair| pair == b"--") {
        return true;
    }
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic();
    memchr2(b' ', b'\n', bytes).is_some()
        && bytes.split(|byte| !is_letter(byte)).any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// Whether a browser could read anything but text.
fn may_be_html(bytes: &[u8]) -> bool {
    memchr(b'<', bytes).is_some()
        || memchr2(b'=', b':', bytes).is_some()
        || (memchr2(b'\'', b'"', bytes).is_some() && memchr(b'`', bytes).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: Field, text: &str, language: Language, expected: Option<&str>) {
        assert_eq!(Reader::default().read(field, text, language).as_deref(), expected, "{text}");
    }

    #[test]
    fn tokens_tell_sql_from_words() {
        let query = |text: &str, expected| check(Field::UrlQuery, text, Language::Sql, expected);
        query("id=1&name=1'+or+'1'%3D'1", Some("s&sos"));
        query("id=1%2520union%2520select%25201,2", Some("1UE1"));
        query("id=-1/**/union/**/select/**/password/**/from/**/users", Some("1UEnk"));
        query("1'%20or%20'1'='1=1", Some("s&sos"));
        query("q=O'Brien&page=2", None);
        query("q=rock+and+roll", None);
        query("", None);
        check(Field::UrlPath, "/a/1%27%20or%201=1--%20/b", Language::Sql, Some("s&1c"));
        check(Field::HttpRequestReferrer, "https://example.com/a?b=1'+or+'1'='1", Language::Sql, Some("s&sos"));
        check(Field::HttpRequestReferrer, "https://example.com/it's", Language::Sql, None);
    }

    #[test]
    fn tags_tell_scripts_from_words() {
        let query = |text: &str, expected| check(Field::UrlQuery, text, Language::Html, expected);
        query("q=%3Cscript%3Ealert(1)%3C/script%3E", Some("html"));
        query("q=%22%20onmouseover%3Dalert(1)%20x%3D%22", Some("html"));
        query("q=PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", Some("html"));
        query("q=1<2&b=a>b", None);
        query("q=javascript", None);
        query("url=https://example.com/", None);
    }

    #[test]
    fn a_long_value_is_read_in_part() {
        let long = format!("q={}", "<a b='".repeat(100_000));
        check(Field::UrlQuery, &long, Language::Html, None);
        check(Field::UrlQuery, &long, Language::Sql, None);
    }
}
