//! Searches of a Sigma rule as trees: modifiers become matchers, names in conditions the searches that they mean.
//!
//! Specification: <https://sigmahq.io/sigma-specification/specification/sigma-appendix-modifiers.html>.

use std::collections::BTreeMap;

use rsigma_parser::{
    ConditionExpr, Detection, DetectionItem, Detections, Modifier, Quantifier, SigmaString, SigmaValue, SpecialChar,
    StringPart,
};

use crate::units::order;

use super::ir::{At, Comparison, Matcher, Node, Part, Pattern, Test, lower};
use super::regex;

/// What stands for placeholders such as `%admins%`, by their name.
pub type Placeholders = BTreeMap<String, Vec<String>>;

/// The tree of a rule's condition with its searches in their places.
///
/// # Errors
/// Words for what is not supported.
pub(super) fn search(detections: &Detections, placeholders: &Placeholders) -> Result<Node, String> {
    let mut conditions =
        detections.conditions.iter().map(|c| condition(c, detections, placeholders)).collect::<Result<Vec<_>, _>>()?;
    match (conditions.pop(), conditions.is_empty()) {
        (None, _) => Err("no condition".to_owned()),
        (Some(one), true) => Ok(one),
        (Some(last), false) => {
            conditions.push(last);
            Ok(Node::Any(conditions))
        }
    }
}

fn condition(expr: &ConditionExpr, searches: &Detections, placeholders: &Placeholders) -> Result<Node, String> {
    let named = |name: &str| {
        let found = searches.named.get(name).ok_or_else(|| format!("no search is called {name}"))?;
        detection(found, placeholders)
    };
    let all = |inner: &[ConditionExpr]| {
        inner.iter().map(|inner| condition(inner, searches, placeholders)).collect::<Result<Vec<_>, _>>()
    };
    match expr {
        ConditionExpr::And(inner) => Ok(Node::All(all(inner)?)),
        ConditionExpr::Or(inner) => Ok(Node::Any(all(inner)?)),
        ConditionExpr::Not(inner) => Ok(Node::Not(Box::new(condition(inner, searches, placeholders)?))),
        ConditionExpr::Identifier(name) => named(name),
        ConditionExpr::Selector { quantifier, pattern } => {
            let mut names: Vec<&String> =
                searches.named.keys().filter(|name| pattern.matches_detection_name(name)).collect();
            order::sort(&mut names);
            if names.is_empty() {
                return Err(format!("no search is called {pattern}"));
            }
            let found = names.into_iter().map(|name| named(name)).collect::<Result<Vec<_>, _>>()?;
            Ok(match quantifier {
                Quantifier::Any | Quantifier::Count(1) => Node::Any(found),
                Quantifier::All => Node::All(found),
                Quantifier::Count(count) => Node::AtLeast(u32::try_from(*count).unwrap_or(u32::MAX), found),
            })
        }
    }
}

fn detection(read: &Detection, placeholders: &Placeholders) -> Result<Node, String> {
    let all = |inner: &[Detection]| inner.iter().map(|d| detection(d, placeholders)).collect::<Result<Vec<_>, _>>();
    match read {
        Detection::AllOf(items) => {
            Ok(Node::All(items.iter().map(|i| item(i, placeholders)).collect::<Result<_, _>>()?))
        }
        Detection::AnyOf(inner) => Ok(Node::Any(all(inner)?)),
        Detection::And(inner) => Ok(Node::All(all(inner)?)),
        Detection::Keywords(values) => values_of(&Reading { field: None, modifiers: &[], placeholders }, values),
        Detection::ArrayMatch { .. } | Detection::Conditional { .. } => {
            Err("tests on each element of a list".to_owned())
        }
    }
}

/// How the values of an item are read.
#[derive(Clone, Copy)]
struct Reading<'a> {
    field: Option<&'a str>,
    modifiers: &'a [Modifier],
    placeholders: &'a Placeholders,
}

fn item(read: &DetectionItem, placeholders: &Placeholders) -> Result<Node, String> {
    let reading = Reading { field: read.field.name.as_deref(), modifiers: &read.field.modifiers, placeholders };
    if reading.has(Modifier::Exists) {
        let is_wanted = match read.values.first() {
            Some(SigmaValue::Bool(wanted)) => *wanted,
            Some(SigmaValue::String(text)) => !matches!(text.original.as_str(), "false" | "no"),
            _ => true,
        };
        return Ok(if is_wanted { reading.test(Matcher::Exists) } else { reading.is_null() });
    }
    let node = values_of(&reading, &read.values)?;
    // A field that is not there is not unequal either.
    let is_unequal = reading.has(Modifier::Neq);
    Ok(if is_unequal { Node::All(vec![reading.test(Matcher::Exists), Node::Not(Box::new(node))]) } else { node })
}

/// All values under `all`, else any of them: patterns together, so that a value is looked at once.
fn values_of(reading: &Reading<'_>, values: &[SigmaValue]) -> Result<Node, String> {
    let cased = reading.has(Modifier::Cased);
    let like = |patterns: Vec<Pattern>| reading.test(Matcher::Like { patterns, cased });
    let (mut nodes, mut together) = (Vec::new(), Vec::new());
    for value in values {
        match reading.value(value)? {
            Found::Patterns(patterns) if reading.has(Modifier::All) => nodes.push(like(patterns)),
            Found::Patterns(patterns) => together.extend(patterns),
            Found::Node(node) => nodes.push(node),
        }
    }
    if !together.is_empty() {
        nodes.push(like(together));
    }
    Ok(match nodes.len() {
        0 => return Err("a field without values".to_owned()),
        1 => nodes.swap_remove(0),
        _ if reading.has(Modifier::All) => Node::All(nodes),
        _ => Node::Any(nodes),
    })
}

/// What a value stands for.
enum Found {
    /// Texts, one is enough.
    Patterns(Vec<Pattern>),
    Node(Node),
}

impl Reading<'_> {
    fn has(&self, modifier: Modifier) -> bool {
        self.modifiers.contains(&modifier)
    }

    fn test(&self, matcher: Matcher) -> Node {
        Node::Test(Test { field: self.field.map(str::to_owned), matcher })
    }

    fn is_null(&self) -> Node {
        Node::Not(Box::new(self.test(Matcher::Exists)))
    }

    fn value(&self, value: &SigmaValue) -> Result<Found, String> {
        let is_text = [Modifier::Contains, Modifier::StartsWith, Modifier::EndsWith].iter().any(|&m| self.has(m));
        let test = |matcher: Matcher| Ok(Found::Node(self.test(matcher)));
        if let Some(part) = self.modifiers.iter().find(|m| is_part_of_time(**m)) {
            return Err(format!("the modifier {part:?}").to_lowercase());
        }
        if self.has(Modifier::FieldRef) {
            return test(Matcher::Field { other: plain(value), at: self.at(), cased: self.has(Modifier::Cased) });
        }
        if self.has(Modifier::Re) {
            let pattern = self.flags() + &plain(value);
            regex::compile(&pattern).map_err(|error| format!("the regular expression {pattern}: {error}"))?;
            return test(Matcher::Regex(pattern));
        }
        if self.has(Modifier::Cidr) {
            let block = plain(value);
            let block = block.parse().map_err(|error| format!("the block {block}: {error}"))?;
            return test(Matcher::Cidr(vec![block]));
        }
        if let Some(comparison) = self.comparison() {
            let number = plain(value);
            let number = number.parse().map_err(|_| format!("{number} is no number"))?;
            return test(Matcher::Number(comparison, number));
        }
        match value {
            SigmaValue::Integer(number) if !is_text && self.field.is_some() => {
                test(Matcher::Number(Comparison::Equal, *number as f64))
            }
            SigmaValue::Float(number) if !is_text && self.field.is_some() => {
                test(Matcher::Number(Comparison::Equal, *number))
            }
            SigmaValue::Null => Ok(Found::Node(self.is_null())),
            SigmaValue::Bool(wanted) => {
                let words = if *wanted { ["true", "1", "yes"] } else { ["false", "0", "no"] };
                Ok(Found::Patterns(words.map(|word| vec![Part::Text(word.to_owned())]).to_vec()))
            }
            SigmaValue::Integer(_) | SigmaValue::Float(_) => {
                Ok(Found::Patterns(vec![self.placed(vec![Part::Text(value.to_string())])]))
            }
            SigmaValue::String(text) => self.texts(text).map(Found::Patterns),
        }
    }

    /// The patterns of a text: more than one where an encoding or a placeholder has several.
    fn texts(&self, text: &SigmaString) -> Result<Vec<Pattern>, String> {
        if self.has(Modifier::Expand) {
            let texts = expanded(&text.original, self.placeholders)?;
            return Ok(texts.iter().map(|text| self.placed(self.parts(&SigmaString::new(text)))).collect());
        }
        let wide = [Modifier::Wide, Modifier::Utf16, Modifier::Utf16be].into_iter().find(|&m| self.has(m));
        let (is_base64, is_offset) = (self.has(Modifier::Base64), self.has(Modifier::Base64Offset));
        if wide.is_none() && !is_base64 && !is_offset {
            return Ok(vec![self.placed(self.parts(text))]);
        }
        let Some(plain) = text.as_plain() else { return Err("wildcards in an encoded value".to_owned()) };
        let bytes = wide.map_or_else(|| plain.as_bytes().to_vec(), |wide| utf16(&plain, wide));
        if is_offset {
            let texts = base64_offsets(&bytes);
            return Ok(texts
                .into_iter()
                .map(|text| vec![Part::Many, Part::Text(self.folded(&text)), Part::Many])
                .collect());
        }
        let text = if is_base64 { base64(&bytes) } else { String::from_utf8_lossy(&bytes).into_owned() };
        Ok(vec![self.placed(vec![Part::Text(self.folded(&text))])])
    }

    fn parts(&self, text: &SigmaString) -> Pattern {
        let mut parts = Vec::new();
        for part in &text.parts {
            match part {
                StringPart::Special(SpecialChar::WildcardMulti) => parts.push(Part::Many),
                StringPart::Special(SpecialChar::WildcardSingle) => parts.push(Part::One),
                StringPart::Plain(text) if self.has(Modifier::WindAsh) => {
                    for (at, piece) in text.split('-').enumerate() {
                        parts.extend((at > 0).then_some(Part::Dash));
                        parts.extend(Some(piece).filter(|p| !p.is_empty()).map(|p| Part::Text(self.folded(p))));
                    }
                }
                StringPart::Plain(text) => parts.push(Part::Text(self.folded(text))),
            }
        }
        parts
    }

    fn folded(&self, text: &str) -> String {
        let mut out = text.to_owned();
        if !self.has(Modifier::Cased) {
            lower(text, &mut out);
        }
        out
    }

    /// The pattern with what may stand around it. Words without a field may stand anywhere.
    fn placed(&self, mut pattern: Pattern) -> Pattern {
        let at = if self.field.is_none() { At::Anywhere } else { self.at() };
        if matches!(at, At::Anywhere | At::End) && pattern.first() != Some(&Part::Many) {
            pattern.insert(0, Part::Many);
        }
        if matches!(at, At::Anywhere | At::Start) && pattern.last() != Some(&Part::Many) {
            pattern.push(Part::Many);
        }
        pattern
    }

    fn at(&self) -> At {
        let at = [(Modifier::Contains, At::Anywhere), (Modifier::StartsWith, At::Start), (Modifier::EndsWith, At::End)];
        at.into_iter().find(|(modifier, _)| self.has(*modifier)).map_or(At::Whole, |(_, at)| at)
    }

    fn comparison(&self) -> Option<Comparison> {
        let comparisons = [
            (Modifier::Gt, Comparison::Greater),
            (Modifier::Gte, Comparison::AtLeast),
            (Modifier::Lt, Comparison::Less),
            (Modifier::Lte, Comparison::AtMost),
        ];
        comparisons.into_iter().find(|(modifier, _)| self.has(*modifier)).map(|(_, comparison)| comparison)
    }

    fn flags(&self) -> String {
        let flags = [(Modifier::IgnoreCase, 'i'), (Modifier::Multiline, 'm'), (Modifier::DotAll, 's')];
        let flags: String =
            flags.into_iter().filter(|(modifier, _)| self.has(*modifier)).map(|(_, flag)| flag).collect();
        if flags.is_empty() { flags } else { format!("(?{flags})") }
    }
}

fn is_part_of_time(modifier: Modifier) -> bool {
    use Modifier::{Day, Hour, Minute, Month, Week, Year};
    [Minute, Hour, Day, Week, Month, Year].contains(&modifier)
}

/// A value as it is written, its escapes taken off where it has no wildcard.
fn plain(value: &SigmaValue) -> String {
    match value {
        SigmaValue::String(text) => text.as_plain().unwrap_or_else(|| text.original.clone()),
        other => other.to_string(),
    }
}

/// The texts that a text with `%name%` stands for.
fn expanded(text: &str, placeholders: &Placeholders) -> Result<Vec<String>, String> {
    let mut texts = vec![String::new()];
    for (at, piece) in text.split('%').enumerate() {
        let values = match at % 2 {
            0 => vec![piece.to_owned()],
            _ => {
                placeholders.get(piece).cloned().ok_or_else(|| format!("the settings do not say what %{piece}% is"))?
            }
        };
        if texts.len().saturating_mul(values.len()) > 10_000 {
            return Err("placeholders that stand for too many texts".to_owned());
        }
        texts = texts.iter().flat_map(|text| values.iter().map(move |value| format!("{text}{value}"))).collect();
    }
    Ok(texts)
}

fn utf16(text: &str, how: Modifier) -> Vec<u8> {
    let mark: &[u8] = if how == Modifier::Utf16 { &[0xFF, 0xFE] } else { &[] };
    let bytes = |unit: u16| if how == Modifier::Utf16be { unit.to_be_bytes() } else { unit.to_le_bytes() };
    mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect()
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().enumerate().fold(0u32, |bits, (at, &byte)| bits | u32::from(byte) << (16 - 8 * at));
        for at in 0..4 {
            let six = bits >> (18 - 6 * at) & 63;
            let letter = BASE64.get(six as usize).copied().unwrap_or(b'=');
            out.push(if at > chunk.len() { '=' } else { letter.into() });
        }
    }
    out
}

/// The bytes in base64 as they look at each of the three places where they may begin, without the letters that their
/// neighbours take part in.
fn base64_offsets(bytes: &[u8]) -> Vec<String> {
    let at = |offset: usize| {
        let text = base64(&[&vec![0; offset], bytes].concat());
        let start = [0, 2, 3].get(offset).copied().unwrap_or(0);
        let end = text.len() - [0, 3, 2].get((offset + bytes.len()) % 3).copied().unwrap_or(0);
        text.get(start..end).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    (0..3).filter_map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_spelled_out() {
        assert_eq!(base64(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64(b"fooba"), "Zm9vYmE=");
        assert_eq!(base64(b"foob"), "Zm9vYg==");
        // Examples of the specification.
        assert_eq!(base64_offsets(b"/bin/bash"), ["L2Jpbi9iYXNo", "9iaW4vYmFza", "vYmluL2Jhc2"]);
        assert_eq!(utf16("é!", Modifier::Wide), [0xE9, 0, b'!', 0]);
        assert_eq!(utf16("!", Modifier::Utf16), [0xFF, 0xFE, b'!', 0]);
        assert_eq!(utf16("!", Modifier::Utf16be), [0, b'!']);
    }

    #[test]
    fn placeholders_stand_for_their_values() {
        let known = Placeholders::from([("a".to_owned(), vec!["1".to_owned(), "2".to_owned()])]);
        assert_eq!(expanded("x%a%y", &known).as_deref(), Ok(["x1y".to_owned(), "x2y".to_owned()].as_slice()));
        assert!(expanded("%b%", &known).is_err());
    }
}
