//! Which tests each distinct value of a column passes: all tests in one pass.
//!
//! Every pattern has a text that its values have in them, if it has one of two bytes; all these are looked for together
//! ([`Texts`]), and only where one is found its pattern is tried. Few tests have none, and are tried on every value.

use std::net::IpAddr;

use ipnet::IpNet;
use regex_lite::Regex;

use crate::enrich::address;
use crate::table::Dictionary;

use super::super::texts::Texts;
use super::ir::{Comparison, Matcher, Part, Pattern, fits, lower};
use super::regex;

/// The tests that each code passes.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// `starts[code]` is where its tests begin in `tests`; empty where no value passes any.
    starts: Vec<u32>,
    tests: Vec<u32>,
}

impl Passed {
    /// The tests that a value passes.
    pub fn of(&self, code: u32) -> &[u32] {
        let code = code as usize;
        match (self.starts.get(code), self.starts.get(code + 1)) {
            (Some(&start), Some(&end)) => self.tests.get(start as usize..end as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Whether no value passes any test.
    pub fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// Every test that any value passes, some more than once.
    pub fn tests(&self) -> &[u32] {
        &self.tests
    }
}

/// A way to pass a test.
struct Way<'a> {
    test: u32,
    trial: Trial<'a>,
}

enum Trial<'a> {
    /// Having the text is enough.
    Sure,
    /// The value in lower case.
    Like(&'a Pattern),
    Cased(&'a Pattern),
    Regex(Regex),
    Number(Comparison, f64),
    Cidr(&'a [IpNet]),
}

/// The value that is tried.
struct Tried<'a> {
    text: &'a str,
    folded: &'a str,
    number: Option<f64>,
    address: Option<IpAddr>,
}

impl Trial<'_> {
    fn passes(&self, value: &Tried<'_>) -> bool {
        match self {
            Self::Sure => true,
            Self::Like(pattern) => fits(pattern, value.folded),
            Self::Cased(pattern) => fits(pattern, value.text),
            Self::Regex(regex) => regex.is_match(value.text),
            Self::Number(comparison, number) => value.number.is_some_and(|value| comparison.holds(value, *number)),
            Self::Cidr(blocks) => {
                value.address.is_some_and(|address| blocks.iter().any(|block| block.contains(&address)))
            }
        }
    }
}

/// Ways with a text to look for, and ways without.
#[derive(Default)]
struct Ways<'a> {
    texts: Vec<Vec<u8>>,
    found: Vec<Way<'a>>,
    every: Vec<Way<'a>>,
}

impl<'a> Ways<'a> {
    fn add(&mut self, test: u32, text: &str, trial: Trial<'a>) {
        let way = Way { test, trial };
        if text.len() < 2 {
            self.every.push(way);
        } else {
            self.texts.push(text.as_bytes().to_vec());
            self.found.push(way);
        }
    }

    fn add_test(&mut self, test: u32, matcher: &'a Matcher) {
        match matcher {
            Matcher::Like { patterns, cased } => patterns.iter().for_each(|pattern| {
                let text = longest(pattern);
                match (pattern.as_slice(), cased) {
                    ([Part::Many, Part::Text(_), Part::Many], false) if text.len() > 1 => {
                        self.add(test, &text, Trial::Sure);
                    }
                    (_, false) => self.add(test, &text, Trial::Like(pattern)),
                    (_, true) => self.add(test, &text, Trial::Cased(pattern)),
                }
            }),
            Matcher::Regex(pattern) => {
                // Whoever read the rule compiled it before; what fails here is from elsewhere, and matches nothing.
                let Ok(compiled) = regex::compile(pattern) else { return };
                let texts = regex::needs(pattern);
                if texts.iter().any(|text| text.len() < 2) || texts.is_empty() {
                    return self.add(test, "", Trial::Regex(compiled));
                }
                texts.iter().for_each(|text| self.add(test, text, Trial::Regex(compiled.clone())));
            }
            Matcher::Number(comparison, number) => self.add(test, "", Trial::Number(*comparison, *number)),
            Matcher::Cidr(blocks) => self.add(test, "", Trial::Cidr(blocks)),
            Matcher::Exists | Matcher::Field { .. } => {}
        }
    }
}

/// The longest text of a pattern, in lower case.
fn longest(pattern: &Pattern) -> String {
    let texts = pattern.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let mut out = String::new();
    lower(texts.max_by_key(|text| text.len()).unwrap_or_default(), &mut out);
    out
}

/// Tries every value with the tests, which have numbers.
///
/// **Cost**: one pass over the distinct values, and each pattern only where its text is.
pub(super) fn pass(dictionary: &Dictionary, tests: &[(u32, &Matcher)]) -> Passed {
    let mut ways = Ways::default();
    tests.iter().for_each(|(test, matcher)| ways.add_test(*test, matcher));
    let has = |kind: fn(&Trial<'_>) -> bool| ways.every.iter().any(|way| kind(&way.trial));
    let has_numbers = has(|trial| matches!(trial, Trial::Number(..)));
    let has_blocks = has(|trial| matches!(trial, Trial::Cidr(_)));
    let texts = Texts::new(std::mem::take(&mut ways.texts));
    // Which value each way was tried on last, so that a text found twice is tried once.
    let mut tried = vec![0u32; ways.found.len()];
    let mut passed = Passed { starts: vec![0, 0], tests: Vec::new() };
    let mut folded = String::new();
    for (code, text) in dictionary.iter() {
        let start = passed.tests.len();
        lower(text, &mut folded);
        let value = Tried {
            text,
            folded: &folded,
            number: if has_numbers { text.parse().ok() } else { None },
            address: if has_blocks { address::parse(text) } else { None },
        };
        let mut take = |way: &Way<'_>| {
            let is_new = !passed.tests.iter().skip(start).any(|&test| test == way.test);
            if is_new && way.trial.passes(&value) {
                passed.tests.push(way.test);
            }
        };
        texts.find(folded.as_bytes(), |hit| {
            if let (Some(way), Some(last)) = (ways.found.get(hit.pattern), tried.get_mut(hit.pattern))
                && *last != code
            {
                *last = code;
                take(way);
            }
        });
        ways.every.iter().for_each(take);
        passed.starts.push(passed.tests.len() as u32);
    }
    passed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn like(texts: &[&str], cased: bool) -> Matcher {
        let pattern = |text: &&str| {
            let mut parts: Pattern = Vec::new();
            for (at, piece) in text.split('*').enumerate() {
                parts.extend((at > 0).then_some(Part::Many));
                parts.extend(Some(piece).filter(|p| !p.is_empty()).map(|p| Part::Text(p.to_owned())));
            }
            parts
        };
        Matcher::Like { patterns: texts.iter().map(pattern).collect(), cased }
    }

    fn check(matcher: Matcher, values: &[&str], expected: &[&str]) {
        let mut dictionary = Dictionary::new(0);
        values.iter().for_each(|value| {
            dictionary.intern(value.as_bytes());
        });
        let passed = pass(&dictionary, &[(7, &matcher)]);
        let found: Vec<&str> =
            dictionary.iter().filter(|(code, _)| passed.of(*code) == [7]).map(|(_, text)| text).collect();
        assert_eq!(found, expected, "{matcher:?}");
    }

    #[test]
    fn values_pass_tests() {
        let paths = ["/Admin/login", "/admin", "x/admin", "ü/ADMİN", "a", ""];
        check(like(&["/admin*"], false), &paths, &["/Admin/login", "/admin"]);
        check(like(&["*/admin"], false), &paths, &["/admin", "x/admin"]);
        check(like(&["/Admin*"], true), &paths, &["/Admin/login"]);
        check(like(&["*n*"], false), &paths, &["/Admin/login", "/admin", "x/admin", "ü/ADMİN"]);
        check(like(&["a", "x*", ""], false), &paths, &["x/admin", "a", ""]);
        check(like(&["*"], false), &paths, &paths);
        check(Matcher::Regex("^/[Aa]dmin$".into()), &paths, &["/admin"]);
        check(Matcher::Number(Comparison::AtLeast, 400.0), &["404", "200", "4040", "x"], &["404", "4040"]);
        let block = Matcher::Cidr(vec!["192.0.2.0/24".parse().expect("a block")]);
        check(block, &["192.0.2.9", "198.51.100.1", "2001:db8::1", "x"], &["192.0.2.9"]);
    }
}
