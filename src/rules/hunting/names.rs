//! What a host name is made of: its registered domain, how its letters are mixed, whether a person would have made it up.
//!
//! A registered domain is the last two labels, or three under the [`SUFFIXES`] of which the public has the third. The
//! full list (publicsuffix.org) is 150 KB, which a page that is loaded from anywhere should not weigh; under a suffix that
//! is missing here, several owners count as one.

use std::collections::BTreeMap;

/// Second labels under which countries register, and the countries' labels after them.
const SUFFIXES: &[(&str, &str)] = &[
    ("ac", "at be cn id il in ir jp ke kr nz th uk za"),
    ("co", "at id il in jp ke kr nz th tz ug uk uz ve za zm zw"),
    (
        "com",
        "ar au bd bn bo br cn co cy do ec eg es gh gr gt hk kw lb mt mx my ng ni np om pa pe pg ph pk pl pr pt py qa \
             ro ru sa sg sv tr tw ua uy ve vn",
    ),
    ("edu", "ar au bd br cn co ec eg gr hk in mx my ng pe ph pk pl sa sg tr tw ua uy vn"),
    ("go", "id jp ke kr th tz ug"),
    ("gob", "ar cl ec es mx pe ve"),
    ("gov", "ar au br cn co eg gr hk il in mx my ng ph pk pl sa sg tr tw ua uk vn za"),
    ("gouv", "fr"),
    ("ne", "jp ke kr tz ug"),
    ("net", "ar au br cn co ec eg gr hk id il in mx my ng nz pe ph pk pl ru sa sg th tr tw ua uk vn za"),
    ("nhs", "uk"),
    ("or", "at id jp ke kr th tz ug"),
    ("org", "ar au br cn co ec eg gr hk il in mx my ng nz pe ph pk pl ru sa sg tr tw ua uk vn za"),
    ("sch", "id uk"),
];

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

/// The registered domain of a host name, and what stands before it.
///
/// **Null**: none for single labels, addresses, and names of reverse look-ups and local networks.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let mut dots = name.rmatch_indices('.').map(|(at, _)| at);
    let last = dots.next()?;
    let top = name.get(last + 1..)?;
    if matches!(top, "arpa" | "local" | "lan" | "home" | "internal" | "localdomain" | "corp" | "") {
        return None;
    }
    if top.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let second = dots.next();
    let label = name.get(second.map_or(0, |at| at + 1)..last)?;
    let is_suffix = SUFFIXES.iter().any(|(known, tops)| *known == label && tops.split(' ').any(|known| known == top));
    let start = if is_suffix { dots.next().map_or(0, |at| at + 1) } else { second.map_or(0, |at| at + 1) };
    if is_suffix && second.is_none() {
        return None;
    }
    Some((name.get(..start.saturating_sub(1))?, name.get(start..)?))
}

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
    fn names_have_a_registered_domain() {
        for (name, expected) in [
            ("www.example.com", Some(("www", "example.com"))),
            ("a.b.example.co.uk.", Some(("a.b", "example.co.uk"))),
            ("example.com", Some(("", "example.com"))),
            ("example.co.uk", Some(("", "example.co.uk"))),
            ("co.uk", None),
            ("localhost", None),
            ("4.3.2.1.in-addr.arpa", None),
            ("192.0.2.1", None),
            ("printer.local", None),
            ("", None),
            (".", None),
            ("..", None),
        ] {
            assert_eq!(split(name), expected, "{name}");
        }
    }

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
