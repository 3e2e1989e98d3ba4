//! What a Sigma rule is once it is read: small, without YAML, ready to cross to a worker as bytes.
//!
//! Reading resolves all that is only notation. Named searches stand where the condition names them, `1 of filter_*` lists
//! the searches that it means, encodings (`base64offset`, `wide`) are spelled out, a correlation knows its rules by their
//! place in the list. What is left is a tree of tests on single fields, so that evaluation knows no modifier.
//!
//! Specification: <https://sigmahq.io/sigma-specification/>, version 2.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::report::types::Severity;

/// One rule, as it was loaded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Stable name: the rule's UUID, else its name, else its title.
    pub id: String,
    /// What it found, in a few words.
    pub title: String,
    /// How bad.
    pub level: Severity,
    /// Why it matters.
    pub description: String,
    /// Who wrote it: rules' licences ask that the name stays.
    pub author: String,
    /// Where it is described.
    pub references: Vec<String>,
    /// When it is a false alarm.
    pub false_positives: Vec<String>,
    /// ATT&CK techniques.
    pub attack: Vec<String>,
    /// Fields whose values take part, as the rule names them; those that decide where there are none.
    pub fields: Vec<String>,
    /// How long it has proved itself.
    pub status: Status,
    /// The folder of the catalogue that it is shipped in; empty for a user's own rule.
    pub family: String,
    /// Which logs it is for.
    pub source: LogSource,
    /// Whether rows that match are no finding by themselves: a correlation counts them.
    pub is_silent: bool,
    /// What it looks for.
    pub body: Body,
}

impl Rule {
    /// Whether it comes with Logloupe: its values are decoded before they are judged, and its name is its finding's.
    pub fn is_shipped(&self) -> bool {
        !self.family.is_empty()
    }
}

/// How long a rule has proved itself, in Sigma's words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// For long, on much.
    Stable,
    /// On some logs.
    #[default]
    Test,
    /// Hardly.
    Experimental,
}

/// Which logs a rule is for; an empty word means any.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogSource {
    /// `webserver`, `proxy`, `dns`.
    pub category: String,
    /// `zeek`, `linux`, `aws`.
    pub product: String,
    /// `cloudtrail`, `sshd`.
    pub service: String,
}

/// What a rule looks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// Rows.
    Search(Node),
    /// Rows of other rules, counted over time.
    Correlation(Correlation),
    /// Nothing: it could not be read, because of this.
    Unsupported(String),
}

impl Default for Body {
    fn default() -> Self {
        Self::Unsupported(String::new())
    }
}

/// What a row must be like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// A test on one field.
    Test(Test),
    /// All hold.
    All(Vec<Self>),
    /// One holds.
    Any(Vec<Self>),
    /// At least so many hold.
    AtLeast(u32, Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

/// A test on one field of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// The field by the rule's name for it. **Null**: any text of the row.
    pub field: Option<String>,
    /// What its value must be like.
    pub matcher: Matcher,
}

/// What a value must be like. A field without a value fits none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Matcher {
    /// One of the patterns; they are in lower case unless `cased`.
    Like {
        /// The patterns.
        patterns: Vec<Pattern>,
        /// Whether capitals count.
        cased: bool,
    },
    /// A regular expression, flags in front.
    Regex(String),
    /// An address in one of the blocks.
    Cidr(Vec<IpNet>),
    /// A number that compares so.
    Number(Comparison, f64),
    /// Any value.
    Exists,
    /// The value of another field of the row.
    Field {
        /// That field by the rule's name for it.
        other: String,
        /// Where the other value stands in this one.
        at: At,
        /// Whether capitals count.
        cased: bool,
    },
}

/// A text with wildcards; without [`Part::Many`] at its ends it is the whole value.
pub type Pattern = Vec<Part>;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// This text.
    Text(String),
    /// One character.
    One,
    /// Any characters, or none.
    Many,
    /// What may stand before a Windows option: `-`, `/`, and the long dashes.
    Dash,
}

/// How numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `>=`
    AtLeast,
    /// `>`
    Greater,
}

impl Comparison {
    /// Whether `a` compares so with `b`.
    pub fn holds(self, a: f64, b: f64) -> bool {
        match self {
            Self::Less => a < b,
            Self::AtMost => a <= b,
            Self::Equal => a == b,
            Self::Unequal => a != b,
            Self::AtLeast => a >= b,
            Self::Greater => a > b,
        }
    }
}

/// Where one value stands in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum At {
    /// It is the whole.
    Whole,
    /// Anywhere.
    Anywhere,
    /// At the start.
    Start,
    /// At the end.
    End,
}

impl At {
    /// Whether `part` stands there in `whole`.
    pub fn holds(self, whole: &str, part: &str) -> bool {
        match self {
            Self::Whole => whole == part,
            Self::Anywhere => whole.contains(part),
            Self::Start => whole.starts_with(part),
            Self::End => whole.ends_with(part),
        }
    }
}

/// Rows of other rules, counted over time in groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correlation {
    /// What is counted.
    pub kind: CorrelationKind,
    /// The rules that it counts.
    pub inputs: Vec<Input>,
    /// The names of the groups' fields, as a finding shows them.
    pub group_by: Vec<String>,
    /// How far apart rows of one window are at most. **Unit**: µs.
    pub timespan: i64,
    /// What the count must be like: all of these.
    pub condition: Vec<(Comparison, f64)>,
    /// Which inputs must have rows in the window, for the temporal kinds.
    pub wanted: Option<Wanted>,
}

/// A rule that a correlation counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Its place in the list of rules.
    pub rule: u32,
    /// The fields of the group by that rule's names, in the order of the correlation.
    pub group_by: Vec<String>,
    /// The fields whose values are counted.
    pub values: Vec<String>,
}

/// What a correlation counts in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CorrelationKind {
    /// Rows.
    EventCount,
    /// Different values.
    ValueCount,
    /// The sum of the values.
    ValueSum,
    /// Their mean.
    ValueAvg,
    /// Rules that have a row.
    Temporal,
    /// The same, in the order of the list.
    TemporalOrdered,
}

/// Which inputs must have rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// That one.
    Input(u32),
    /// All hold.
    All(Vec<Self>),
    /// One holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

impl Wanted {
    /// Whether it holds where those inputs have rows.
    pub fn holds(&self, has: &dyn Fn(u32) -> bool) -> bool {
        match self {
            Self::Input(input) => has(*input),
            Self::All(inner) => inner.iter().all(|wanted| wanted.holds(has)),
            Self::Any(inner) => inner.iter().any(|wanted| wanted.holds(has)),
            Self::Not(inner) => !inner.holds(has),
        }
    }
}

/// Whether a value fits a pattern.
///
/// **Cost**: at worst the length of the value times that of the pattern.
pub fn fits(pattern: &[Part], value: &str) -> bool {
    let (mut at, mut rest) = (0, value);
    // Where to go on after the last `Many`, if what follows it does not fit here.
    let mut again: Option<(usize, &str)> = None;
    loop {
        match pattern.get(at) {
            Some(Part::Many) => {
                at += 1;
                if at == pattern.len() {
                    return true;
                }
                again = Some((at, rest));
                continue;
            }
            Some(part) => {
                if let Some(next) = after(part, rest) {
                    (at, rest) = (at + 1, next);
                    continue;
                }
            }
            None if rest.is_empty() => return true,
            None => {}
        }
        let Some((from, tried)) = again else { return false };
        let mut letters = tried.chars();
        if letters.next().is_none() {
            return false;
        }
        let next = letters.as_str();
        let next = match pattern.get(from) {
            Some(Part::Text(text)) => next.find(text.as_str()).and_then(|found| next.get(found..)),
            _ => Some(next),
        };
        let Some(next) = next else { return false };
        (at, rest) = (from, next);
        again = Some((from, next));
    }
}

/// What is left of the value after a part. **Null**: none where it does not begin with it.
fn after<'a>(part: &Part, value: &'a str) -> Option<&'a str> {
    match part {
        Part::Text(text) => value.strip_prefix(text.as_str()),
        Part::Many => Some(value),
        Part::One => value.strip_prefix(|_: char| true),
        Part::Dash => value.strip_prefix(['-', '/', '\u{2013}', '\u{2014}', '\u{2015}']),
    }
}

/// A text as it is compared where capitals do not count.
///
/// Letter by letter, so that a text in a value has the same letters as alone.
pub fn lower(text: &str, out: &mut String) {
    out.clear();
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_lowercase();
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, value: &str, expected: bool) {
        let mut parts: Vec<Part> = Vec::new();
        for letter in pattern.chars() {
            match (letter, parts.last_mut()) {
                ('*', _) => parts.push(Part::Many),
                ('?', _) => parts.push(Part::One),
                ('~', _) => parts.push(Part::Dash),
                (letter, Some(Part::Text(text))) => text.push(letter),
                (letter, _) => parts.push(Part::Text(letter.to_string())),
            }
        }
        assert_eq!(fits(&parts, value), expected, "{pattern} {value}");
    }

    #[test]
    fn wildcards_stand_for_anything() {
        check("", "", true);
        check("", "a", false);
        check("abc", "abc", true);
        check("abc", "abcd", false);
        check("*", "", true);
        check("*abc", "xabcabc", true);
        check("*abc", "xabcab", false);
        check("abc*", "abcd", true);
        check("*b*d", "abcbd", true);
        check("*b?d*", "abd, abcd", true);
        check("*ab*ab", "ab", false);
        check("*ab*ab", "abab", true);
        check("a?c", "aéc", true);
        check("a?c", "ac", false);
        check("* ~enc *", "x /enc y", true);
        check("* ~enc *", "x –enc y", true);
        check("* ~enc *", "x enc y", false);
        check("*?", "", false);
        check("*?", "é", true);
    }
}
