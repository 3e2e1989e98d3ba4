//! What a host name shows: how its letters are mixed, whether a person would have made it up.

use std::collections::BTreeMap;

/// For each letter, those that often follow it in English words: together 86 % of their pairs of letters, counted over
/// the words of programs' manuals.
const FOLLOWERS: [&str; 26] = [
    "bcdgiklmnprstuv",
    "aeilou",
    "aehiklortu",
    "aeiorsu",
    "abcdefgilmnprstvxy",
    "aefioru",
    "aeir",
    "aeio",
    "abcdefglmnoprstv",
    "aeou",
    "ei",
    "adeilostuy",
    "aeimop",
    "acdefginostu",
    "bcdglmnoprstuvw",
    "aeiloprtu",
    "u",
    "acdeimnorstuy",
    "acehilopstu",
    "acefhiloprstuy",
    "eilmnprst",
    "aei",
    "aei",
    "st",
    "lp",
    "aeo",
];

/// Letters below which a name has too few pairs to judge by.
const MIN_LETTERS: usize = 10;

/// How mixed the letters of a text are: bits a letter (Shannon), in hundredths.
pub(super) fn entropy(text: &str) -> u32 {
    let mut counts: BTreeMap<u8, u32> = BTreeMap::new();
    for byte in text.bytes().filter(|byte| *byte != b'.') {
        *counts.entry(byte).or_default() += 1;
    }
    let total = f64::from(counts.values().sum::<u32>());
    let bits: f64 = counts.values().map(|&count| f64::from(count) / total).map(|p| -p * libm::log2(p)).sum();
    (bits * 100.0) as u32
}

/// Whether the first label of a registered domain reads as if a program had drawn its letters: at least ten letters and
/// digits, and at most four in ten of their pairs are among those that English words are made of.
pub(super) fn is_generated(domain: &str) -> bool {
    let label = domain.split('.').next().unwrap_or_default().as_bytes();
    let letters = label.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    if label.len() < MIN_LETTERS || letters * 2 < label.len() || !label.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let usual = label.windows(2).filter(|pair| is_usual(pair)).count();
    usual * 10 <= (label.len() - 1) * 4
}

fn is_usual(pair: &[u8]) -> bool {
    let [first, second] = pair else { return false };
    let place = first.to_ascii_lowercase().wrapping_sub(b'a');
    FOLLOWERS
        .get(usize::from(place))
        .is_some_and(|followers| followers.bytes().any(|known| known == second.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_make_up_other_names_than_programs() {
        for name in ["kqxzvbwtpjhg.com", "xjwqhvkzptrbcm.info", "a8f3kq9zx7wv2b.net"] {
            assert!(is_generated(name), "{name}");
        }
        for name in [
            "googleusercontent.com",
            "stackoverflow.com",
            "windowsupdate.com",
            "washingtonpost.com",
            "bundesverfassungsgericht.de",
            "akamaitechnologies.com",
            "bootstrapcdn.com",
            "msftconnecttest.com",
            "wttr.in",
            "xn--bcher-kva.example",
            "0123456789012.com",
        ] {
            assert!(!is_generated(name), "{name}");
        }
    }

    #[test]
    fn mixed_letters_have_more_bits() {
        assert_eq!((entropy("aaaa"), entropy("abab"), entropy("abcd"), entropy("")), (0, 100, 200, 0));
    }
}
