//! A line cut into words, and what hosts and requests in them mean.
//!
//! A word ends at the separator; one in quotes or brackets ends at the quote or bracket that a separator follows, so that a
//! quote inside, which most of these formats do not escape, stays inside. Nothing is unescaped.

use memchr::{memchr, memchr_iter};

use crate::schema::{Record, Value};

use super::super::access::{is_escaped, looks_like_address, split_request};
use super::super::numbers::digits;
use super::columns::{Col, Side};
use crate::format::set_text;

/// What stands between words, and whether some words stand in quotes or brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Runs of spaces; words may stand in quotes or brackets.
    Quoted,
    /// The same; quotes inside words are escaped with a backslash.
    Escaped,
    /// One space each; quotes are as other bytes.
    Spaces,
    /// One tab each.
    Tabs,
    /// A comma, and spaces around it.
    Commas,
}

/// The words of a line, one after the other.
#[derive(Clone)]
pub struct Words<'a> {
    rest: &'a [u8],
    cut: Cut,
    is_done: bool,
}

impl<'a> Words<'a> {
    /// The words of a line.
    pub fn new(line: &'a [u8], cut: Cut) -> Self {
        Self { rest: line, cut, is_done: line.is_empty() }
    }

    /// What was not read yet, without spaces around it.
    pub fn rest(&self) -> &'a [u8] {
        self.rest.trim_ascii()
    }

    /// A list: words that end in a comma belong to the next one.
    pub fn list(&mut self) -> Option<&'a [u8]> {
        let all = self.rest.trim_ascii_start();
        self.rest = all;
        all.first()?;
        while self.until(b' ').last() == Some(&b',') {}
        Some(all.get(..all.len() - self.rest.len()).unwrap_or(all).trim_ascii_end())
    }

    fn until(&mut self, separator: u8) -> &'a [u8] {
        let (word, rest) = match memchr(separator, self.rest) {
            Some(at) => (self.rest.get(..at).unwrap_or_default(), self.rest.get(at + 1..).unwrap_or_default()),
            None => {
                self.is_done = true;
                (self.rest, &[][..])
            }
        };
        self.rest = rest;
        word
    }

    /// Whether a bracket closes within the word, as around an address: `[2001:db8::1]:80`.
    fn is_bare(&self) -> bool {
        let close = memchr::memchr2(b']', b' ', self.rest).unwrap_or(self.rest.len());
        self.rest.get(close) == Some(&b']') && !matches!(self.rest.get(close + 1), None | Some(b' '))
    }

    /// A word that ends at `close` before a space or the end of the line; none where the line is cut off.
    fn enclosed(&mut self, close: u8) -> Option<&'a [u8]> {
        let inner = self.rest.get(1..)?;
        let is_escaped = |at: usize| self.cut == Cut::Escaped && is_escaped(inner, at);
        let ends = |at: &usize| matches!(inner.get(at + 1), None | Some(b' ')) && !is_escaped(*at);
        let at = memchr_iter(close, inner).find(ends)?;
        self.rest = inner.get(at + 1..)?;
        inner.get(..at)
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        match self.cut {
            Cut::Quoted | Cut::Escaped => {
                self.rest = self.rest.trim_ascii_start();
                match self.rest.first()? {
                    b'"' => self.enclosed(b'"'),
                    b'[' if !self.is_bare() => self.enclosed(b']'),
                    _ => Some(self.until(b' ')),
                }
            }
            _ if self.is_done => None,
            Cut::Spaces => Some(self.until(b' ')),
            Cut::Tabs => Some(self.until(b'\t')),
            Cut::Commas => Some(self.until(b',').trim_ascii()),
        }
    }
}

/// A host without its brackets or zone, and its port. An IPv6 address without brackets has no port.
pub fn host_and_port(host: &[u8]) -> (&[u8], Option<i64>) {
    if let Some(inner) = host.strip_prefix(b"[")
        && let Some(close) = memchr(b']', inner)
    {
        let port = inner.get(close + 1..).and_then(|rest| rest.strip_prefix(b":")).and_then(port);
        return (inner.get(..close).unwrap_or_default(), port);
    }
    let split = memchr::memrchr(b':', host).and_then(|at| Some((host.get(..at)?, port(host.get(at + 1..)?)?)));
    match split {
        Some((name, port)) if memchr(b':', name).is_none() => (name, Some(port)),
        _ => (host, None),
    }
}

/// A host and the port behind its last colon, which follows IPv6 addresses without brackets too.
pub fn host_before_port(host: &[u8]) -> (&[u8], Option<i64>) {
    let split = memchr::memrchr(b':', host).and_then(|at| Some((host.get(..at)?, Some(port(host.get(at + 1..)?)?))));
    split.unwrap_or((host, None))
}

fn port(text: &[u8]) -> Option<i64> {
    digits(text).filter(|port| *port <= 65_535)
}

/// Sets a side's address, or its name where it is none; a zone (`%0`) is left out.
pub fn host<'a>(host: &'a [u8], side: Side, record: &mut Record<'a>) {
    let plain = memchr(b'%', host).and_then(|at| host.get(..at)).unwrap_or(host);
    if looks_like_address(plain) {
        set_text(record, side.ip as usize, plain);
    } else {
        set_text(record, side.domain as usize, host);
    }
}

/// Sets a side's address or name, and its port where there is one.
pub fn end<'a>((name, port): (&'a [u8], Option<i64>), side: Side, record: &mut Record<'a>) {
    host(name, side, record);
    if let Some(port) = port {
        record.set(side.port as usize, Value::Integer(port));
    }
}

/// Sets what a request line says, and whether it is one. What is no request is kept as it is; `- - -` says nothing.
pub fn request<'a>(line: &'a [u8], record: &mut Record<'a>) -> bool {
    let line = line.trim_ascii();
    if line.iter().all(|b| matches!(b, b'-' | b' ')) {
        return false;
    }
    let Some((method, target, version)) = split_request(line) else {
        set_text(record, Col::RequestLine as usize, line);
        return false;
    };
    set_text(record, Col::Method as usize, method);
    if let Some(version) = version {
        set_text(record, Col::Version as usize, version);
    }
    if method == b"CONNECT" {
        authority(target, record);
    } else {
        url(target, record);
    }
    true
}

/// Sets the parts of a target: an absolute one has a scheme, a domain and perhaps a port.
pub fn url<'a>(target: &'a [u8], record: &mut Record<'a>) {
    let mut local = target;
    let is_absolute = target.first() != Some(&b'/');
    let scheme = memchr::memmem::find(target.get(..12.min(target.len())).unwrap_or_default(), b"://");
    if let Some(at) = scheme.filter(|_| is_absolute) {
        set_text(record, Col::Scheme as usize, target.get(..at).unwrap_or_default());
        let rest = target.get(at + 3..).unwrap_or_default();
        let end = rest.iter().position(|b| b"/?#".contains(b)).unwrap_or(rest.len());
        authority(rest.get(..end).unwrap_or_default(), record);
        local = rest.get(end..).unwrap_or_default();
    }
    match memchr(b'?', local) {
        Some(at) => {
            set_text(record, Col::Path as usize, local.get(..at).unwrap_or_default());
            set_text(record, Col::Query as usize, local.get(at + 1..).unwrap_or_default());
        }
        None => set_text(record, Col::Path as usize, local),
    }
}

/// Sets the domain and port that were asked.
pub fn authority<'a>(host: &'a [u8], record: &mut Record<'a>) {
    let (name, port) = host_and_port(host);
    set_text(record, Col::Domain as usize, name);
    if let Some(port) = port {
        record.set(Col::UrlPort as usize, Value::Integer(port));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, cut: Cut, expected: &[&str]) {
        let words: Vec<_> = Words::new(line.as_bytes(), cut).map(String::from_utf8_lossy).collect();
        assert_eq!(words, expected, "{line}");
    }

    #[test]
    fn words_in_quotes_and_brackets_are_one() {
        check(r#"a  [b c] "d e" "" f"#, Cut::Quoted, &["a", "b c", "d e", "", "f"]);
        check(r#""a"b" ["c"] x"y"#, Cut::Quoted, &[r#"a"b"#, r#""c""#, r#"x"y"#]);
        check(r#"a "open"#, Cut::Quoted, &["a"]);
        check(r#"a  "b c""#, Cut::Spaces, &["a", "", r#""b"#, r#"c""#]);
        check("[2001:db8::1]:80 [x y]z] b", Cut::Quoted, &["[2001:db8::1]:80", "x y]z", "b"]);
        check("a\tb c\t", Cut::Tabs, &["a", "b c", ""]);
        check("a, b c ,d,", Cut::Commas, &["a", "b c", "d", ""]);
        check("", Cut::Tabs, &[]);
    }

    proptest::proptest! {
        #[test]
        fn words_that_are_joined_are_cut_again(words in proptest::collection::vec(("[a-z0-9:/,-]{1,9}", 0..3_u8), 1..9)) {
            let written = words.iter().map(|(word, how)| match how {
                0 => word.clone(),
                1 => format!("\"{word} {word}\""),
                _ => format!("[{word} {word}]"),
            });
            let line = written.collect::<Vec<_>>().join(" ");
            let expected = words.iter().map(|(word, how)| if *how == 0 { word.clone() } else { format!("{word} {word}") });
            let found = Words::new(line.as_bytes(), Cut::Quoted).map(|word| String::from_utf8_lossy(word).into_owned());
            proptest::prop_assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }

        #[test]
        fn any_bytes_are_cut_to_their_end(line: Vec<u8>) {
            for cut in [Cut::Quoted, Cut::Spaces, Cut::Tabs, Cut::Commas] {
                proptest::prop_assert!(Words::new(&line, cut).count() <= line.len() + 1);
                let mut words = Words::new(&line, cut);
                while words.list().is_some() {}
            }
        }
    }

    #[test]
    fn a_list_is_one_word() {
        let mut words = Words::new(b"192.0.2.1:80, 192.0.2.2:80 200, 503 x", Cut::Quoted);
        assert_eq!(words.list(), Some(&b"192.0.2.1:80, 192.0.2.2:80"[..]));
        assert_eq!(words.list(), Some(&b"200, 503"[..]));
        assert_eq!(words.rest(), b"x");
        let mut words = Words::new(b"[2001:db8::1]:80, [2001:db8::2]:80", Cut::Quoted);
        assert_eq!(words.list(), Some(&b"[2001:db8::1]:80, [2001:db8::2]:80"[..]));
        assert_eq!(words.list(), None);
    }

    #[test]
    fn ports_follow_hosts() {
        assert_eq!(host_and_port(b"192.0.2.1:80"), (&b"192.0.2.1"[..], Some(80)));
        assert_eq!(host_and_port(b"[2001:db8::1]:80"), (&b"2001:db8::1"[..], Some(80)));
        assert_eq!(host_and_port(b"[2001:db8::1]"), (&b"2001:db8::1"[..], None));
        assert_eq!(host_and_port(b"2001:db8::1"), (&b"2001:db8::1"[..], None));
        assert_eq!(host_and_port(b"host.example:x"), (&b"host.example:x"[..], None));
        assert_eq!(host_before_port(b"2001:db8::1:80"), (&b"2001:db8::1"[..], Some(80)));
    }
}
