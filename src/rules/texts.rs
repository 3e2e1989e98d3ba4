//! Finds many short texts in one pass over a value, in lower case and with its escapes taken off.
//!
//! A value is looked at twice at most: with percent signs decoded once, and, if that leaves any, twice, because attackers
//! hide behind the one more decoding that an application does. Finding uses each pattern's rarest pair of neighbouring
//! bytes: most places of a value are passed with one look into a table (the idea of Commentz-Walter and of the
//! pre-filters of string libraries, without their automata).

use memchr::memchr3;

use crate::schema::Field;
use crate::table::Selection;

use super::catalog::{Check, Pattern};
use super::plan::matching;

/// Many patterns, found together.
#[derive(Debug)]
pub(super) struct Texts {
    patterns: Vec<Vec<u8>>,
    /// For each pair of bytes: 0, or the number of its group from 1.
    groups: Vec<u16>,
    /// Patterns of each group, with the place of the pair in them.
    members: Vec<Vec<(usize, usize)>>,
}

/// A pattern that was found, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub pattern: usize,
    pub start: usize,
    pub end: usize,
}

impl Texts {
    /// The patterns, which are in lower case and at least two bytes long; shorter ones are never found.
    pub fn new(patterns: Vec<Vec<u8>>) -> Self {
        let mut groups = vec![0u16; 1 << 16];
        let mut members: Vec<Vec<(usize, usize)>> = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            let rarest = pattern.windows(2).enumerate().min_by_key(|(at, pair)| (frequency(pair), *at));
            let Some((at, pair)) = rarest else { continue };
            let Some(group) = groups.get_mut(key(pair)) else { continue };
            if *group == 0 && members.len() < usize::from(u16::MAX) {
                members.push(Vec::new());
                *group = members.len() as u16;
            }
            if let Some(list) = usize::from(*group).checked_sub(1).and_then(|g| members.get_mut(g)) {
                list.push((index, at));
            }
        }
        Self { patterns, groups, members }
    }

    /// Calls `found` for every place of every pattern in the text, which is in lower case.
    pub fn find(&self, text: &[u8], mut found: impl FnMut(Hit)) {
        for (at, pair) in text.windows(2).enumerate() {
            let group = self.groups.get(key(pair)).copied().unwrap_or(0);
            if group == 0 {
                continue;
            }
            for &(pattern, offset) in self.members.get(usize::from(group) - 1).into_iter().flatten() {
                let Some(start) = at.checked_sub(offset) else { continue };
                let Some(wanted) = self.patterns.get(pattern) else { continue };
                let end = start + wanted.len();
                if text.get(start..end) == Some(wanted.as_slice()) {
                    found(Hit { pattern, start, end });
                }
            }
        }
    }
}

/// Buffers for [`fold`], reused from value to value.
#[derive(Debug, Default)]
pub(super) struct Folded {
    once: Vec<u8>,
    twice: Vec<u8>,
}

impl Folded {
    /// Calls `look` with the value in lower case, escapes decoded once; again, decoded twice, if that is another text.
    pub fn each(&mut self, value: &str, mut look: impl FnMut(&[u8])) {
        fold(value.as_bytes(), &mut self.once);
        look(&self.once);
        if self.once.contains(&b'%') {
            fold(&self.once, &mut self.twice);
            if self.twice != self.once {
                look(&self.twice);
            }
        }
    }
}

/// Writes the value in lower case with `%HH` and `\xHH` decoded once, and `+` as a space.
fn fold(value: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut rest = value;
    // Most values have no escape, and are copied whole.
    while let Some(at) = memchr3(b'%', b'\\', b'+', rest) {
        let (plain, escape) = rest.split_at(at);
        out.extend_from_slice(plain);
        let (decoded, next) = match escape {
            [b'%', high, low, next @ ..] | [b'\\', b'x', high, low, next @ ..] => match hex(*high, *low) {
                Some(decoded) => (decoded, next),
                None => (escape.first().copied().unwrap_or_default(), escape.get(1..).unwrap_or_default()),
            },
            [b'+', next @ ..] => (b' ', next),
            [byte, next @ ..] => (*byte, next),
            [] => break,
        };
        out.push(decoded);
        rest = next;
    }
    out.extend_from_slice(rest);
    out.make_ascii_lowercase();
}

/// Which texts of a URL's column match the check's patterns for it.
///
/// **Shape**: one mark a code. **Cost**: one pass over the distinct texts.
pub(super) fn texts_matching(selection: Selection<'_>, check: &Check, field: Field) -> Vec<bool> {
    let is_path = field == Field::UrlPath;
    let patterns: Vec<&Pattern> = check.patterns.iter().filter(|pattern| is_path || !pattern.is_of_path).collect();
    let texts = Texts::new(patterns.iter().map(|pattern| pattern.text.as_bytes().to_vec()).collect());
    let mut folded = Folded::default();
    matching(selection, field, |value| {
        let mut is_found = false;
        folded.each(value, |text| {
            texts.find(text, |hit| {
                let is_last = patterns.get(hit.pattern).is_some_and(|pattern| pattern.is_last);
                is_found |= !is_last || hit.end == text.len();
            });
        });
        is_found
    })
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|d| d as u8);
    Some(digit(high)? * 16 + digit(low)?)
}

fn key(pair: &[u8]) -> usize {
    match pair {
        [a, b] => usize::from(*a) << 8 | usize::from(*b),
        _ => 0,
    }
}

/// How often a pair of bytes may be met in a log: letters and the usual separators often, the rest rarely.
fn frequency(pair: &[u8]) -> u32 {
    let one = |byte: &u8| match byte {
        b'e' | b'a' | b'i' | b'o' | b't' | b'n' | b's' | b'r' | b'/' => 6,
        b'a'..=b'z' | b'0'..=b'9' | b' ' | b'-' | b'.' | b'=' => 4,
        b'_' | b'&' | b':' => 3,
        _ => 1,
    };
    pair.iter().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(patterns: &[&str], value: &str, expected: &[&str]) {
        let texts = Texts::new(patterns.iter().map(|p| p.as_bytes().to_vec()).collect());
        let mut found = Vec::new();
        Folded::default().each(value, |text| texts.find(text, |hit| found.push(patterns[hit.pattern])));
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, expected, "{value}");
    }

    #[test]
    fn patterns_are_found_through_escapes() {
        check(&["<script", "union select"], "q=%3CScRiPt%3E", &["<script"]);
        check(&["<script", "union select"], "q=%253cscript", &["<script"]);
        check(&["union select"], "id=1+UNION%20SELECT", &["union select"]);
        check(&["union select"], "id=1+UNION+SELECT", &["union select"]);
        check(&["/../../", "/etc/passwd"], "/a/..%2f%2e%2e/etc/passwd", &["/../../", "/etc/passwd"]);
        check(&["<script"], "%3", &[]);
        check(&["<script"], "%%3cscript", &["<script"]);
        check(&["ab", "ba"], "aba", &["ab", "ba"]);
        check(&["ab"], "a", &[]);
        check(&["\"x"], r"a\x22x", &["\"x"]);
    }
}
