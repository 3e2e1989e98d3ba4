//! Which bytes a value must have before a regular expression is tried on it.
//!
//! Trying is slow, and most values of a log are plain words and numbers. An expression that asks for a quote, a bracket or a
//! sign somewhere is not tried where there is none; that is told by 256 bits of the value.

use std::iter::Peekable;
use std::str::Chars;

/// A set of bytes, of values in lower case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    /// The bytes of a text.
    pub fn of(text: &str) -> Self {
        let mut set = Self::default();
        text.bytes().for_each(|byte| set.insert(byte));
        set
    }

    /// Whether a byte is in both.
    pub fn meets(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(a, b)| a & b != 0)
    }

    /// Whether most values of a log have one of them.
    pub fn is_common(self) -> bool {
        self.weight() > 99
    }

    /// How many there are, each as often as it stands in logs: letters and digits are nearly everywhere.
    fn weight(self) -> u32 {
        let common = Self::of("abcdefghijklmnopqrstuvwxyz0123456789/.-_=");
        self.0.iter().zip(common.0).map(|(own, common)| own.count_ones() + 99 * (own & common).count_ones()).sum()
    }

    fn insert(&mut self, byte: u8) {
        if let Some(word) = self.0.get_mut(usize::from(byte >> 6)) {
            *word |= 1 << (byte & 63);
        }
    }

    fn join(self, other: Self) -> Self {
        let mut joined = self;
        joined.0.iter_mut().zip(other.0).for_each(|(a, b)| *a |= b);
        joined
    }
}

/// Sets of which every match of an expression has a byte each, the rarest first; none where nothing is certain.
pub(super) fn sets(pattern: &str) -> Vec<Bytes> {
    let mut reader = Reader { letters: pattern.chars().peekable(), is_odd: false };
    let mut sets = reader.alternatives();
    // A group that is closed before it is opened, or notation that is not read here.
    if reader.is_odd || reader.letters.next().is_some() {
        return Vec::new();
    }
    sets.sort_by_key(|set| (set.weight(), *set));
    sets.dedup();
    sets
}

struct Reader<'a> {
    letters: Peekable<Chars<'a>>,
    is_odd: bool,
}

impl Reader<'_> {
    /// What every alternative of a group has, up to its end: one set made of the rarest of each, where there are several.
    fn alternatives(&mut self) -> Vec<Bytes> {
        let (first, mut is_last) = self.sequence();
        if is_last {
            return first;
        }
        let rarest = |sets: &[Bytes]| sets.iter().copied().min_by_key(|set| (set.weight(), *set));
        let mut joined = rarest(&first);
        while !is_last {
            let (sets, last) = self.sequence();
            joined = joined.zip(rarest(&sets)).map(|(joined, set)| joined.join(set));
            is_last = last;
        }
        joined.into_iter().collect()
    }

    /// What one alternative has, and whether it is its group's last.
    fn sequence(&mut self) -> (Vec<Bytes>, bool) {
        let mut all = Vec::new();
        loop {
            let sets = match self.letters.next() {
                None | Some(')') => return (all, true),
                Some('|') => return (all, false),
                Some('(') => self.group(),
                Some('[') => self.class().into_iter().collect(),
                Some('\\') => self.escaped().into_iter().collect(),
                Some('.' | '^' | '$') => Vec::new(),
                Some(plain) => one(plain).into_iter().collect(),
            };
            if self.is_there() {
                all.extend(sets);
            }
        }
    }

    /// Whether what was read must be there, after how often it is repeated.
    fn is_there(&mut self) -> bool {
        let is_there = match self.letters.peek() {
            Some('?' | '*') => {
                self.letters.next();
                false
            }
            Some('+') => {
                self.letters.next();
                true
            }
            Some('{') => {
                let counts: String = self.letters.by_ref().skip(1).take_while(|letter| *letter != '}').collect();
                counts
                    .split(',')
                    .next()
                    .and_then(|least| least.trim().parse::<u32>().ok())
                    .is_some_and(|least| least > 0)
            }
            _ => return true,
        };
        // `+?` takes as little as it can, `+` as much: the same bytes.
        self.letters.next_if_eq(&'?');
        is_there
    }

    fn group(&mut self) -> Vec<Bytes> {
        if self.letters.next_if_eq(&'?').is_some() {
            // `?:`, `?P<name>`, or flags, which may end the group.
            let head: String =
                std::iter::from_fn(|| self.letters.next_if(|letter| !matches!(letter, ':' | '>' | ')'))).collect();
            // With this flag, blanks mean nothing.
            self.is_odd |= !head.contains('<') && head.contains('x');
            if self.letters.next() == Some(')') {
                return Vec::new();
            }
        }
        self.alternatives()
    }

    /// The bytes of an escape. **Null**: none for what is no byte, or one of too many.
    fn escaped(&mut self) -> Option<Bytes> {
        match self.letters.next()? {
            'd' => Some(Bytes::of("0123456789")),
            's' => Some(Bytes::of(" \t\n\r\u{b}\u{c}")),
            'w' => Some(Bytes::of("abcdefghijklmnopqrstuvwxyz0123456789_")),
            'n' => one('\n'),
            'r' => one('\r'),
            't' => one('\t'),
            'x' if self.letters.peek() != Some(&'{') => {
                let digits: String = self.letters.by_ref().take(2).collect();
                one(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?)
            }
            'x' | 'u' | 'U' | 'p' | 'P' => {
                self.is_odd = true;
                None
            }
            sign if sign.is_ascii_punctuation() => one(sign),
            _ => None,
        }
    }

    /// The bytes of a class. **Null**: none where it names what it is not, or more than ASCII.
    fn class(&mut self) -> Option<Bytes> {
        let is_not = self.letters.next_if_eq(&'^').is_some();
        let (mut set, mut is_known, mut is_first) = (Bytes::default(), !is_not, true);
        loop {
            let letter = self.letters.next()?;
            let from = match letter {
                ']' if !is_first => break,
                // A class in a class.
                '[' => {
                    self.is_odd = true;
                    return None;
                }
                '\\' => self.escaped(),
                plain => one(plain),
            };
            is_first = false;
            let Some(from) = from else {
                is_known = false;
                continue;
            };
            set = set.join(from);
            if self.letters.next_if_eq(&'-').is_some() {
                match self.letters.peek().copied() {
                    Some(']') | None => set = set.join(Bytes::of("-")),
                    Some(to) if letter != '\\' && to != '\\' && to.is_ascii() => {
                        self.letters.next();
                        (letter..=to).filter_map(one).for_each(|byte| set = set.join(byte));
                    }
                    _ => is_known = false,
                }
            }
        }
        Some(set).filter(|_| is_known)
    }
}

/// A letter in lower case. **Null**: none for what is not ASCII.
fn one(letter: char) -> Option<Bytes> {
    letter.is_ascii().then(|| Bytes::of(letter.to_ascii_lowercase().encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_every_match_has_are_known() {
        for (pattern, expected) in [
            (r"a'b", vec!["'", "a", "b"]),
            (r#"['"]\s*(or|and)\s+\d"#, vec!["'\"", " \t\n\r\u{b}\u{c}", "ao", "0123456789"]),
            (r"[\x00-\x1f]'|`", vec!["'`"]),
            (r"(<|>|=)x?", vec!["<>="]),
            (r"(\(|\[)+[;&]{1,3}\|*", vec!["&;", "(["]),
            (r"\$\{[^}]*:", vec!["$", ":", "{"]),
            (r"(?i)UNION;", vec![";", "i", "n", "o", "u"]),
            (r"(?P<name>~)|!", vec!["!~"]),
            (r"a{0,3}b?|c", vec![]),
            (r"[^a]%{2,}?", vec!["%"]),
            (r"[]a]~", vec!["~", "]a"]),
            (r"[a-c!-]", vec!["!-abc"]),
            (r"(?x) ' ", vec![]),
            (r"\x27.\b", vec!["'"]),
            (r"é'", vec!["'"]),
            (r")'", vec![]),
            (r"[[:alpha:]]'", vec![]),
            (r"(a|)'", vec!["'"]),
        ] {
            let mut expected: Vec<Bytes> = expected.into_iter().map(Bytes::of).collect();
            expected.sort_by_key(|set| (set.weight(), *set));
            let found = sets(pattern);
            assert_eq!(found, expected, "{pattern}");
        }
    }

    #[test]
    fn a_value_without_a_set_is_told() {
        let quote = Bytes::of("'\"");
        assert!(quote.meets(Bytes::of("it's")) && !quote.meets(Bytes::of("its")));
    }
}
