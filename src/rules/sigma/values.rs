//! Which tests each distinct value of a column passes: all tests in one pass.
//!
//! Every pattern has a text that its values have in them, if it has one of two bytes; all these are looked for together
//! ([`Texts`]), and only where one is found its pattern is tried. Few tests have none, and are tried on every value that has
//! the bytes that they ask for.

use std::net::IpAddr;
use std::rc::Rc;

use ipnet::IpNet;
use memchr::memmem::Finder;
use regex_lite::Regex;

use crate::enrich::address;
use crate::table::Dictionary;

use super::super::decode::Layers;
use super::super::texts::Texts;
use super::bytes::{self, Bytes};
use super::ir::{Comparison, Matcher, Part, Pattern, fits, lower};
use super::regex;

/// A test on a column's values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tested<'a> {
    pub number: u32,
    pub matcher: &'a Matcher,
    /// Whether values are also tried with what they are written in taken off.
    pub is_layered: bool,
}

/// How common texts may be ([`regex::commonness`]) to be looked for where a rare byte would tell as well.
const RARE: u32 = 1 << 12;

/// The tests that each code passes.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// `starts[code]` is where its tests begin in `tests`; empty where no value passes any.
    starts: Vec<u32>,
    tests: Vec<u32>,
    /// The layer of the value that passes each of `tests`; 0 for the value as it is.
    layers: Vec<u8>,
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

    /// The layer of a value that passes a test; 0 for the value as it is. **Null**: none where it does not pass.
    pub fn layer(&self, code: u32, test: u32) -> Option<u8> {
        let at = self.of(code).iter().position(|&passed| passed == test)?;
        self.layers.get(*self.starts.get(code as usize)? as usize + at).copied()
    }

    /// Tests that a value passes only below its surface, some more than once.
    pub fn below(&self) -> impl Iterator<Item = u32> {
        self.tests.iter().zip(&self.layers).filter(|(_, layer)| **layer > 0).map(|(test, _)| *test)
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
    list: usize,
    test: u32,
    is_layered: bool,
    trial: Trial<'a>,
}

enum Trial<'a> {
    /// Having the text is enough.
    Sure,
    /// The value in lower case.
    Like(&'a Pattern),
    Cased(&'a Pattern),
    Regex(Rc<Expression>),
    Number(Comparison, f64),
    Cidr(&'a [IpNet]),
}

/// A regular expression, and what a value must have for it to be tried.
struct Expression {
    regex: Regex,
    /// One text of each of these lists, but of the one by which it was found.
    texts: Vec<Vec<Finder<'static>>>,
    /// A byte of each of these sets.
    sets: Vec<Bytes>,
}

/// The value that is tried.
struct Tried<'a> {
    text: &'a str,
    folded: &'a str,
    bytes: Bytes,
    number: Option<f64>,
    address: Option<IpAddr>,
}

impl Trial<'_> {
    fn passes(&self, value: &Tried<'_>) -> bool {
        match self {
            Self::Sure => true,
            Self::Like(pattern) => fits(pattern, value.folded),
            Self::Cased(pattern) => fits(pattern, value.text),
            Self::Regex(expression) => {
                let Expression { regex, texts, sets } = expression.as_ref();
                sets.iter().all(|set| set.meets(value.bytes))
                    && texts.iter().all(|texts| texts.iter().any(|text| text.find(value.folded.as_bytes()).is_some()))
                    && regex.is_match(value.text)
            }
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
    /// With the set of which a value must have a byte.
    every: Vec<(Option<Bytes>, Vec<Way<'a>>)>,
}

impl<'a> Ways<'a> {
    fn add(&mut self, (list, test): (usize, Tested<'a>), text: &str, trial: Trial<'a>) {
        let way = Way { list, test: test.number, is_layered: test.is_layered, trial };
        if text.len() < 2 {
            self.add_to_every(None, way);
        } else {
            self.texts.push(text.as_bytes().to_vec());
            self.found.push(way);
        }
    }

    fn add_to_every(&mut self, set: Option<Bytes>, way: Way<'a>) {
        match self.every.iter_mut().find(|(known, _)| *known == set) {
            Some((_, ways)) => ways.push(way),
            None => self.every.push((set, vec![way])),
        }
    }

    fn add_test(&mut self, list: usize, test: Tested<'a>) {
        let test = (list, test);
        match test.1.matcher {
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
                let (mut texts, sets) = (regex::needs(pattern), bytes::sets(pattern));
                let can_be_found = texts.first().is_some_and(|list| list.iter().all(|text| text.len() > 1));
                let is_rare = texts.first().is_some_and(|list| regex::commonness(list) <= RARE);
                let set = sets.first().copied();
                let is_by_text = can_be_found && (is_rare || set.is_none_or(Bytes::is_common));
                let found = if is_by_text { texts.remove(0) } else { Vec::new() };
                let finder = |text: &String| Finder::new(text.as_bytes()).into_owned();
                let texts = texts.iter().map(|texts| texts.iter().map(finder).collect()).collect();
                let expression = Rc::new(Expression { regex: compiled, texts, sets });
                found.iter().for_each(|text| self.add(test, text, Trial::Regex(Rc::clone(&expression))));
                if !is_by_text {
                    let (list, Tested { number, is_layered, .. }) = test;
                    self.add_to_every(set, Way { list, test: number, is_layered, trial: Trial::Regex(expression) });
                }
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

/// The tests that a value has passed so far.
struct Round<'p> {
    passed: &'p mut [Passed; LISTS],
    /// Where the value's tests begin in each list.
    starts: [usize; LISTS],
    /// The lists whose tests are tried.
    lists: Lists,
    layer: u8,
}

impl Round<'_> {
    fn take(&mut self, way: &Way<'_>, value: &Tried<'_>) {
        let is_meant = self.lists & (1 << way.list) != 0 && (self.layer == 0 || way.is_layered);
        let (Some(passed), Some(&start)) = (self.passed.get_mut(way.list), self.starts.get(way.list)) else { return };
        let is_new = || !passed.tests.iter().skip(start).any(|&test| test == way.test);
        if is_meant && is_new() && way.trial.passes(value) {
            passed.tests.push(way.test);
            passed.layers.push(self.layer);
        }
    }
}

impl Ways<'_> {
    /// Tries a value, or a layer of it; `tried` is which trial each way was last tried in, so that a text that is found
    /// twice is tried once.
    fn pass(&self, texts: &Texts, value: &Tried<'_>, (trial, tried): (u32, &mut [u32]), round: &mut Round<'_>) {
        texts.find(value.folded.as_bytes(), |hit| {
            if let (Some(way), Some(last)) = (self.found.get(hit.pattern), tried.get_mut(hit.pattern))
                && *last != trial
            {
                *last = trial;
                round.take(way, value);
            }
        });
        for (set, ways) in &self.every {
            if set.is_none_or(|set| set.meets(value.bytes)) {
                ways.iter().for_each(|way| round.take(way, value));
            }
        }
    }
}

/// Lists of tests that are tried together: a space's own, and those of the space that its values begin with.
const LISTS: usize = 2;

/// Which lists, a bit each.
type Lists = u8;

/// The first list.
pub(super) const FIRST: Lists = 1;
/// Both lists.
pub(super) const BOTH: Lists = 3;

/// Tries values with tests.
///
/// **Cost**: one pass over the values, another for each layer that one has where a test looks there, and each pattern only
/// where its text is.
pub(super) struct Passing<'a> {
    ways: Ways<'a>,
    texts: Texts,
    /// The trial that each way was last tried in.
    tried: Vec<u32>,
    trial: u32,
    has_numbers: bool,
    has_blocks: bool,
    has_layers: bool,
    passed: [Passed; LISTS],
}

impl<'a> Passing<'a> {
    /// The tests of each list.
    pub fn new(lists: [&[Tested<'a>]; LISTS]) -> Self {
        let mut ways = Ways::default();
        for (list, tests) in lists.iter().enumerate() {
            tests.iter().for_each(|test| ways.add_test(list, *test));
        }
        let has =
            |kind: fn(&Trial<'_>) -> bool| ways.every.iter().flat_map(|(_, ways)| ways).any(|way| kind(&way.trial));
        let has_numbers = has(|trial| matches!(trial, Trial::Number(..)));
        let has_blocks = has(|trial| matches!(trial, Trial::Cidr(_)));
        let has_layers = lists.iter().copied().flatten().any(|test| test.is_layered);
        let texts = Texts::new(std::mem::take(&mut ways.texts));
        let passed = || Passed { starts: vec![0, 0], ..Passed::default() };
        let tried = vec![0; ways.found.len()];
        Self { ways, texts, tried, trial: 0, has_numbers, has_blocks, has_layers, passed: [passed(), passed()] }
    }

    /// Tries the values that come next in these lists' spaces.
    pub fn take(&mut self, values: &Dictionary, lists: Lists) {
        let (mut layers, mut folded) = (Layers::default(), String::new());
        let Self { ways, texts, tried, trial, passed, .. } = self;
        for (_, text) in values.iter() {
            let starts = [0, 1].map(|list| passed.get(list).map_or(0, |passed: &Passed| passed.tests.len()));
            let mut round = Round { passed: &mut *passed, starts, lists, layer: 0 };
            lower(text, &mut folded);
            let number = if self.has_numbers { text.parse().ok() } else { None };
            let address = if self.has_blocks { address::parse(text) } else { None };
            *trial = trial.wrapping_add(1);
            let value = Tried { text, folded: &folded, bytes: Bytes::of(&folded), number, address };
            ways.pass(texts, &value, (*trial, tried), &mut round);
            if self.has_layers {
                layers.each(text, |layer, _, text| {
                    lower(text, &mut folded);
                    round.layer = layer;
                    *trial = trial.wrapping_add(1);
                    let bytes = Bytes::of(&folded);
                    let value = Tried { text, folded: &folded, bytes, number: None, address: None };
                    ways.pass(texts, &value, (*trial, tried), &mut round);
                });
            }
            for (_, passed) in passed.iter_mut().enumerate().filter(|(list, _)| lists & (1 << list) != 0) {
                passed.starts.push(passed.tests.len() as u32);
            }
        }
    }

    /// What passed in each list.
    pub fn finish(self) -> [Passed; LISTS] {
        self.passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(dictionary: &Dictionary, tests: &[Tested<'_>]) -> Passed {
        let mut passing = Passing::new([tests, &[]]);
        passing.take(dictionary, FIRST);
        let [passed, _] = passing.finish();
        passed
    }

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
        let passed = pass(&dictionary, &[Tested { number: 7, matcher: &matcher, is_layered: false }]);
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

    #[test]
    fn layers_of_values_pass_tests_that_look_there() {
        let mut dictionary = Dictionary::new(0);
        for value in ["a<b", "a%3Cb", "a%253cb", "ab"] {
            dictionary.intern(value.as_bytes());
        }
        let (matcher, other) = (like(&["*a<b*"], false), like(&["*A<*"], false));
        let test = |number, matcher, is_layered| Tested { number, matcher, is_layered };
        let passed = pass(&dictionary, &[test(0, &matcher, true), test(1, &other, false)]);
        let layers: Vec<_> = dictionary.iter().map(|(code, _)| passed.layer(code, 0)).collect();
        assert_eq!(layers, [Some(0), Some(1), Some(2), None]);
        assert_eq!(dictionary.iter().filter(|(code, _)| passed.layer(*code, 1).is_some()).count(), 1);
        assert_eq!(passed.below().collect::<Vec<_>>(), [0, 0]);
    }
}
