//! Attacks put in the place of the log's own requests: the same addresses, times and programs, another request.

use std::fmt::Write as _;

use crate::rules::{Attack, attacks};
use crate::schema::{Field, FieldName};
use crate::table::CopiedRow;
use crate::units::hash::hash_text;

/// Families whose attack is in the values, whatever the path.
const ANYWHERE: [&str; 5] =
    ["command_injection", "cross_site_scripting", "path_traversal", "sql_injection", "template_injection"];

/// What says of a row what its request was, and must not say it of another.
const OF_THE_REQUEST: [Field; 4] =
    [Field::UrlPath, Field::UrlQuery, Field::HttpRequestLine, Field::HttpRequestReferrer];

/// How an attack is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// As it is known.
    Known,
    /// The query in capitals.
    Capitals,
    /// Every third letter and digit percent-encoded.
    Encoded,
    /// The query behind one of the log's own paths.
    OwnPath,
}

/// A request that was planted.
pub struct Planted {
    pub row: CopiedRow,
    pub family: &'static str,
    pub variant: Variant,
}

impl Variant {
    /// All.
    pub const ALL: [Self; 4] = [Self::Known, Self::Capitals, Self::Encoded, Self::OwnPath];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Known => "as it is known",
            Self::Capitals => "in capitals",
            Self::Encoded => "percent-encoded",
            Self::OwnPath => "behind a path of the log",
        }
    }

    /// The path and the query of an attack written so; nothing where that would be no attack, or the same.
    fn write(self, attack: &Attack, own: &str) -> Option<(String, Option<String>)> {
        let (path, query) = (attack.get(Field::UrlPath)?, attack.get(Field::UrlQuery));
        match self {
            Self::Known => Some((path.to_owned(), query.map(str::to_owned))),
            Self::Capitals => {
                let query = query.filter(|_| ANYWHERE.contains(&attack.family))?;
                Some((path.to_owned(), Some(capitals(query))))
                    .filter(|(_, capitals)| capitals.as_deref() != Some(query))
            }
            Self::Encoded => Some((encoded(path), query.map(encoded))),
            Self::OwnPath => {
                let query = query.filter(|_| ANYWHERE.contains(&attack.family))?;
                Some((own.to_owned(), Some(query.to_owned())))
            }
        }
    }
}

/// Every known attack in all its variants, `copies` times each, each in the place of one of the log's rows.
///
/// **Order**: by attack, copy and variant.
pub fn planted(own: &[CopiedRow], copies: u32, seed: u64) -> Vec<Planted> {
    let donors: Vec<&CopiedRow> = own.iter().filter(|row| row.text(Field::UrlPath).is_some()).collect();
    let mut planted = Vec::new();
    for (at, attack) in attacks().into_iter().enumerate() {
        for copy in 0..copies {
            for variant in Variant::ALL {
                let drawn = hash_text(&format!("{seed} {at} {copy} {variant:?}")) as usize;
                let Some(donor) = drawn.checked_rem(donors.len()).and_then(|at| donors.get(at)) else { continue };
                let own = String::from_utf8_lossy(donor.text(Field::UrlPath).unwrap_or_default()).into_owned();
                let Some((path, query)) = variant.write(&attack, &own) else { continue };
                let mut row = (*donor).clone();
                OF_THE_REQUEST.into_iter().for_each(|field| row.set(field.into(), None));
                for (name, value) in &attack.fields {
                    row.set(name.clone(), Some(value));
                }
                row.set(Field::UrlPath.into(), Some(&path));
                row.set(FieldName::from(Field::UrlQuery), query.as_deref());
                planted.push(Planted { row, family: attack.family, variant });
            }
        }
    }
    planted
}

/// Letters outside of escapes as capitals.
fn capitals(text: &str) -> String {
    outside_escapes(text, &mut |c, out| out.push(c.to_ascii_uppercase()))
}

/// Every third letter or digit outside of escapes percent-encoded.
fn encoded(text: &str) -> String {
    let mut seen = 0;
    outside_escapes(text, &mut |c, out| {
        seen += u32::from(c.is_ascii_alphanumeric());
        if c.is_ascii_alphanumeric() && seen % 3 == 0 {
            let _ = write!(out, "%{:02x}", c as u32);
        } else {
            out.push(c);
        }
    })
}

/// A text with every letter that is no part of a percent-escape written by `write`.
fn outside_escapes(text: &str, write: &mut dyn FnMut(char, &mut String)) -> String {
    let mut escape = 0;
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        if c == '%' {
            escape = 3;
        }
        if escape > 0 {
            escape -= 1;
            out.push(c);
        } else {
            write(c, &mut out);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own() -> Vec<CopiedRow> {
        let mut row = CopiedRow::default();
        row.set(Field::UrlPath.into(), Some("/shop/cart"));
        row.set(Field::UrlQuery.into(), Some("item=1"));
        row.set(Field::SourceIp.into(), Some("192.0.2.1"));
        row.set(Field::HttpResponseStatusCode.into(), Some("200"));
        vec![row]
    }

    #[test]
    fn variants_are_the_same_to_a_server() {
        assert_eq!(encoded("id=1%27 or1"), "id=%31%27 or%31");
        assert_eq!(capitals("id=%2fetc union"), "ID=%2fETC UNION");
        for text in ["/a/%2e%2e/etc/passwd", "q=<script>alert(1)</script>"] {
            let decoded = crate::models::words::decoded;
            assert_eq!(decoded(&encoded(text)), decoded(text));
        }
    }

    #[test]
    fn an_attack_keeps_who_and_when_and_nothing_of_the_request() {
        let planted = planted(&own(), 2, 42);
        assert!(planted.len() > 2 * attacks().len());
        for Planted { row, family, variant } in &planted {
            assert_eq!(row.text(Field::SourceIp), Some(&b"192.0.2.1"[..]), "{family}");
            assert_ne!(row.text(Field::UrlQuery), Some(&b"item=1"[..]), "{family}");
            assert_eq!(row.text(Field::UrlPath) == Some(b"/shop/cart"), *variant == Variant::OwnPath, "{family}");
        }
        assert!(super::planted(&[], 1, 42).is_empty());
    }
}
