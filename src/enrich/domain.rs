//! The registered domain of a host name, by a list that is part of the program (`suffixes.txt`, whose first line names its
//! source and its day).
//!
//! The list has the suffixes that registries keep. Names that companies give to their customers (`github.io`,
//! `cloudfront.net`) count as the company's: that part of the public list is as large again, and such names are often drawn
//! by a program, which is no sign of anything there.

use std::sync::OnceLock;

use crate::units::order;

/// Labels that the longest suffix has.
const MOST_LABELS: usize = 4;

/// Names and, with blanks between, the labels below them that are suffixes too. **Order**: by name.
static SUFFIXES: OnceLock<Vec<(&str, &str)>> = OnceLock::new();

/// What stands before the registered domain of a host name in lower case, and the registered domain.
///
/// **Null**: none for suffixes, single labels, addresses, and names of reverse look-ups and local networks. **Cost**: a
/// binary search for each label of the suffix; ask once for each dictionary entry.
///
/// ```
/// use logloupe::enrich::domain::registered;
/// assert_eq!(registered("a.b.example.co.uk"), Some(("a.b", "example.co.uk")));
/// assert_eq!(registered("co.uk"), None);
/// ```
pub fn registered(name: &str) -> Option<(&str, &str)> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let top = name.rsplit('.').next()?;
    if matches!(top, "arpa" | "local" | "lan" | "home" | "internal" | "localdomain" | "corp" | "")
        || top.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    // Where the labels begin, the last label first.
    let dots = name.rmatch_indices('.').map(|(at, _)| at + 1);
    let starts: Vec<usize> = dots.chain([0]).take(MOST_LABELS + 1).collect();
    let mut n_labels = 1;
    for (n, pair) in starts.windows(2).enumerate() {
        let &[parent, start] = pair else { break };
        let below = below(name.get(parent..)?);
        let label = name.get(start..parent - 1)?;
        if below.split(' ').any(|known| known.strip_prefix('!') == Some(label)) {
            n_labels = n + 1;
            break;
        }
        if below.split(' ').any(|known| known == label || known == "*") {
            n_labels = n + 2;
        }
    }
    let start = *starts.get(n_labels)?;
    Some((name.get(..start.saturating_sub(1))?, name.get(start..).filter(|domain| !domain.starts_with('.'))?))
}

/// The labels below a name that are suffixes too; empty for none.
fn below(name: &str) -> &'static str {
    let suffixes = SUFFIXES.get_or_init(|| {
        let lines = include_str!("suffixes.txt").lines().filter_map(|line| line.split_once('\t'));
        let mut suffixes: Vec<_> =
            lines.flat_map(|(names, below)| names.split(' ').map(move |name| (name, below))).collect();
        order::sort(&mut suffixes);
        suffixes
    });
    let found = suffixes.binary_search_by(|(known, _)| (*known).cmp(name)).ok();
    found.and_then(|place| suffixes.get(place)).map_or("", |(_, below)| below)
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
            ("x.example.com.pl", Some(("x", "example.com.pl"))),
            ("x.example.ama.aichi.jp", Some(("x", "example.ama.aichi.jp"))),
            // Whatever stands there is a suffix, but for one.
            ("x.example.any.kawasaki.jp", Some(("x", "example.any.kawasaki.jp"))),
            ("x.city.kawasaki.jp", Some(("x", "city.kawasaki.jp"))),
            ("x.www.ck", Some(("x", "www.ck"))),
            ("x.example.any.ck", Some(("x", "example.any.ck"))),
            ("x.example.github.io", Some(("x.example", "github.io"))),
            ("x.example.nobody-knows-this", Some(("x", "example.nobody-knows-this"))),
            ("x.example.xn--p1ai", Some(("x", "example.xn--p1ai"))),
            ("0.bg", None),
            ("any.ck", None),
            ("co.uk", None),
            ("localhost", None),
            ("4.3.2.1.in-addr.arpa", None),
            ("192.0.2.1", None),
            ("printer.local", None),
            ("", None),
            (".", None),
            ("..", None),
            (".com", None),
            ("..com", None),
        ] {
            assert_eq!(registered(name), expected, "{name}");
        }
    }
}
