//! Regular expressions of rules: linear in the value, bounded in size, and tried only where a text that they need is.

use regex_lite::{Regex, RegexBuilder};

/// Bytes that a compiled expression may take: it bounds what a value costs.
const MAX_BYTES: usize = 64 << 10;

/// A compiled expression.
///
/// # Errors
/// Words for what it cannot do: look-around, back references, too large repetitions.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(MAX_BYTES).build().map_err(|error| error.to_string())
}

/// Texts that every match has in it, in lower case: one of each list. The list that is rarest in logs comes first.
///
/// Looks only at what is plain: letters that are there at least once, and groups that are, with the texts of their
/// alternatives joined to what stands beside them.
pub(super) fn needs(pattern: &str) -> Vec<Vec<String>> {
    // With the flag `x`, blanks mean nothing.
    let sets_x = |head: &str| {
        let flags = head.split([')', ':']).next().unwrap_or_default();
        flags.contains('x') && !flags.contains(['<', 'P'])
    };
    if pattern.split("(?").skip(1).any(sets_x) {
        return Vec::new();
    }
    alternatives(&mut pattern.chars().peekable()).lists
}

/// How often one of these texts may stand in a value, in millionths: a letter that is in most values in one of sixteen
/// places, any other in one of 256.
pub(super) fn commonness(texts: &[String]) -> u32 {
    let bits = |byte: u8| match byte {
        b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'-' => 4,
        b'_' | b'=' | b'&' | b':' | b'%' | b' ' => 5,
        _ => 8,
    };
    let common = |text: &String| 1u32 << 20u32.saturating_sub(text.bytes().map(bits).fold(0, u32::saturating_add));
    texts.iter().map(common).fold(0, u32::saturating_add)
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Texts that are put together at most: each is looked for.
const MAX_TEXTS: usize = 100;

/// What is known of a group, or of one of its alternatives.
struct Known {
    /// One text of each list is in every match.
    lists: Vec<Vec<String>>,
    /// Every match ends in one of these; in nothing certain where one is empty.
    ends: Vec<String>,
    /// Whether a match is nothing but one of the ends.
    is_whole: bool,
}

/// What is known of a group, up to its end; of several alternatives, the best list of each as one.
fn alternatives(letters: &mut Letters<'_>) -> Known {
    let (mut known, mut is_last) = sequence(letters);
    let mut joined = (!is_last).then(|| known.lists.drain(..).next()).flatten();
    let is_one = is_last;
    while !is_last {
        let (next, last) = sequence(letters);
        joined = joined.zip(next.lists.into_iter().next()).map(|(mut joined, list)| {
            joined.extend(list);
            joined
        });
        known.ends.extend(next.ends);
        known.is_whole &= next.is_whole;
        is_last = last;
    }
    if !is_one {
        known.lists = joined.into_iter().collect();
    }
    if known.ends.len() > MAX_TEXTS || (!known.is_whole && known.ends.iter().any(String::is_empty)) {
        known.is_whole = false;
        known.ends = vec![String::new()];
    }
    known
}

/// What is known of one alternative, and whether it is its group's last.
fn sequence(letters: &mut Letters<'_>) -> (Known, bool) {
    let mut known = Known { lists: Vec::new(), ends: vec![String::new()], is_whole: true };
    let is_last = loop {
        let Some(letter) = letters.next() else { break true };
        let next = match letter {
            ')' => break true,
            '|' => break false,
            '(' => Some(group(letters)),
            '[' => {
                skip_class(letters);
                None
            }
            '\\' => escaped(letters).map(literal),
            '.' | '^' | '$' => None,
            plain => Some(literal(plain)),
        };
        let times = times(letters);
        match next {
            Some(next) if times != Times::Maybe => known.follow(next, times),
            _ => known.interrupt(),
        }
    };
    let ends = known.ends.clone();
    known.lists.push(ends);
    known.lists.retain(|texts| texts.iter().all(|text| !text.is_empty()));
    known.lists.sort_by_cached_key(|texts| commonness(texts));
    (known, is_last)
}

impl Known {
    /// What comes behind, at least once.
    fn follow(&mut self, next: Self, times: Times) {
        let is_joined = next.is_whole && self.ends.len() * next.ends.len() <= MAX_TEXTS;
        if is_joined {
            let behind = |end: &String| next.ends.iter().map(|text| format!("{end}{text}")).collect::<Vec<_>>();
            self.ends = self.ends.iter().flat_map(behind).collect();
        }
        if !is_joined || times == Times::Often {
            self.interrupt();
            self.ends = next.ends;
            self.lists.extend(next.lists);
        }
    }

    /// What comes behind may be anything.
    fn interrupt(&mut self) {
        self.is_whole = false;
        self.lists.push(std::mem::replace(&mut self.ends, vec![String::new()]));
    }
}

fn literal(letter: char) -> Known {
    Known { lists: Vec::new(), ends: vec![letter.to_lowercase().collect()], is_whole: true }
}

/// How often something is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    Once,
    /// At least once.
    Often,
    /// Perhaps never.
    Maybe,
}

/// Reads how often what was just read is there.
fn times(letters: &mut Letters<'_>) -> Times {
    let times = match letters.next_if(|letter| matches!(letter, '?' | '*' | '+' | '{')) {
        None => return Times::Once,
        Some('+') => Times::Often,
        Some('{') => {
            let counts: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
            let least = counts.split(',').next().and_then(|least| least.trim().parse::<u32>().ok());
            if least.is_some_and(|least| least > 0) { Times::Often } else { Times::Maybe }
        }
        Some(_) => Times::Maybe,
    };
    // `+?` takes as little as it can, `+` as much: the same texts.
    letters.next_if_eq(&'?');
    times
}

/// The character that an escape stands for. **Null**: none for classes, and for numbers, which are passed.
fn escaped(letters: &mut Letters<'_>) -> Option<char> {
    let letter = letters.next()?;
    let digits = match letter {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    if letters.peek() != Some(&'{') {
        letters.by_ref().take(digits).for_each(drop);
    }
    Some(letter).filter(char::is_ascii_punctuation)
}

/// What is known of the group that begins here; of one that only sets flags, that it is nothing.
fn group(letters: &mut Letters<'_>) -> Known {
    if letters.next_if_eq(&'?').is_some() {
        // `?:`, `?P<name>`, or flags, which may end the group.
        let end = letters.by_ref().find(|letter| matches!(letter, ':' | '>' | ')'));
        if end == Some(')') {
            return Known { lists: Vec::new(), ends: vec![String::new()], is_whole: true };
        }
    }
    alternatives(letters)
}

fn skip_class(letters: &mut Letters<'_>) {
    let mut is_first = true;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '^' if is_first => continue,
            ']' if !is_first => return,
            _ => {}
        }
        is_first = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_match_has_is_known() {
        for (pattern, expected) in [
            (r"\?d=[0-9]{1,3}\.[0-9]{1,3}", "?d="),
            (r"\.(zip|asp)\?d=[0-9]", ".zip?d= .asp?d="),
            (r"(?i)[^a](char|ord)\(\s*x", "char( ord("),
            (r"(a[0-9]|bcd){2,}efg(h|i)", "efgh efgi"),
            (r"(\.\./){2,}(etc|proc)", "../etc ../proc"),
            (r"xa+bc?", "xa"),
            (r"x(abc){1,2}d", "xabc"),
            (r"x(abc){0,2}", "x"),
            (r"(?i)(ipfs\.io/|ipfs\.io\s).+\..+@.+", "ipfs.io/ ipfs.io"),
            (r"-a\.workers\.dev|\.railway\.app", "-a.workers.dev .railway.app"),
            (r"(?:abc|d.)efgh", "efgh"),
            (r"(abc|def)?ghi|jkl", "ghi jkl"),
            (r"(abc|[x])y", "y"),
            (r".{150}", ""),
            (r"ab|.", ""),
            (r".+:Assumed-role/aws:.+", ":assumed-role/aws:"),
            (r"ab?cd*ef+gh", "fgh"),
            (r"[]a]xy[^]b]z", "xy"),
            (r"a\d\wbc", "bc"),
            (r"(?P<name>abc)d", "abcd"),
            (r")(", ""),
            (r"(?ix) ab cd", ""),
            (r"(?:x yz)", "x yz"),
            (r"\x41bc\u{42}de\.", "de."),
        ] {
            assert_eq!(needs(pattern).first().map_or_else(String::new, |texts| texts.join(" ")), expected, "{pattern}");
        }
    }

    #[test]
    fn what_would_be_slow_is_refused() {
        assert!(compile(r"(a{1000}){1000}").is_err());
        assert!(compile(r"(?=look)around").is_err());
        assert!(compile(r"(?i)^a+$").is_ok_and(|regex| regex.is_match("AAA")));
    }

    #[test]
    fn all_that_a_match_has_is_known() {
        let lists = needs(r"(/img/|/tmp/)([^?]{0,9}/)?x+\.(php[345]?|jspx?)$");
        assert_eq!(lists.first().map(Vec::as_slice), Some(["/img/".to_owned(), "/tmp/".to_owned()].as_slice()));
        assert!(lists.contains(&vec!["php".to_owned(), "jsp".to_owned()]), "{lists:?}");
        assert!(lists.contains(&vec!["x.".to_owned()]), "{lists:?}");
    }
}
