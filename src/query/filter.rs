//! The filter language: a subset of Kibana's query language (KQL).
//!
//! ```text
//! source.ip: 10.0.0.0/8 and not (http.response.status_code >= 400 or url.path: /admin*)
//! url.domain: (example.com or *.example.com) and user_agent.original: "curl/8.0"
//! dns.question.name: *            rows that have a value
//! login                           rows in which any text has this in it, without regard to case
//! event.weekday: Monday and event.hour >= 22      when in the week the row is, in UTC
//! ```
//!
//! `:` compares text exactly, numbers by value, addresses also with CIDR blocks; `*` stands for anything where the value
//! is not in quotes. `event.hour` is 0 to 23, `event.weekday` 1 for Monday to 7 or an English name: both come out of
//! `@timestamp` and are no columns. `and` binds tighter than `or`; the words count without regard to case. Parses only: `matching`
//! finds the rows.

use crate::error::Error;
use crate::schema::{Field, FieldName};
use crate::units::Micros;

/// A filter, parsed.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// Every row.
    All,
    /// Rows of both.
    And(Box<Filter>, Box<Filter>),
    /// Rows of either.
    Or(Box<Filter>, Box<Filter>),
    /// Rows not of it.
    Not(Box<Filter>),
    /// Rows whose field has that value.
    Is(FieldName, Pattern),
    /// Rows whose field has a value at all.
    Exists(FieldName),
    /// Rows whose field compares so.
    Compare(FieldName, Comparison, String),
    /// Rows in which any text has this in it.
    Any(String),
}

/// A value to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// The value itself.
    Exact(String),
    /// Parts with anything between them: `a*b` is `["a", "b"]`.
    Wildcard(Vec<String>),
}

/// How a number or a time compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// Whether `a` compares so with `b`.
    pub fn holds<T: PartialOrd>(self, a: &T, b: &T) -> bool {
        match self {
            Self::Less => a < b,
            Self::AtMost => a <= b,
            Self::Greater => a > b,
            Self::AtLeast => a >= b,
        }
    }
}

impl Filter {
    /// Parses a filter; an empty text is every row.
    ///
    /// # Errors
    /// [`Error::Filter`] with the column, counted in characters from 1.
    ///
    /// ```
    /// use logloupe::query::Filter;
    /// assert!(Filter::parse("source.ip: 10.0.0.0/8 and http.response.status_code >= 400").is_ok());
    /// assert_eq!(Filter::parse("a: (b or").unwrap_err().to_string(), "column 9: expected a value, found the end");
    /// ```
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut parser = Parser { tokens: tokens(text)?, at: 0, end: text.chars().count() + 1 };
        if parser.tokens.is_empty() {
            return Ok(Self::All);
        }
        let filter = parser.or()?;
        match parser.peek() {
            None => Ok(filter),
            Some(token) => Err(expected("'and', 'or' or the end", &token.clone())),
        }
    }
}

impl Filter {
    /// The times between which every row of the filter lies, as far as its conditions on `@timestamp` say.
    pub fn time_range(&self) -> (Option<Micros>, Option<Micros>) {
        match self {
            Self::And(a, b) => {
                let ((a_from, a_to), (b_from, b_to)) = (a.time_range(), b.time_range());
                (a_from.max(b_from), [a_to, b_to].into_iter().flatten().min())
            }
            Self::Compare(field, comparison, value) if field.ecs() == Some(Field::Timestamp) => {
                let time = Micros::from_iso(value);
                match comparison {
                    Comparison::Greater | Comparison::AtLeast => (time, None),
                    Comparison::Less => (None, time.map(|Micros(end)| Micros(end - 1))),
                    Comparison::AtMost => (None, time),
                }
            }
            _ => (None, None),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Token {
    column: usize,
    kind: TokenKind,
}

#[derive(Clone, Debug, PartialEq)]
enum TokenKind {
    Open,
    Close,
    Colon,
    Compare(Comparison),
    Word(String),
    Quoted(String),
}

impl Token {
    fn shown(&self) -> String {
        match &self.kind {
            TokenKind::Open => "'('".into(),
            TokenKind::Close => "')'".into(),
            TokenKind::Colon => "':'".into(),
            TokenKind::Compare(_) => "a comparison".into(),
            TokenKind::Word(word) => format!("'{word}'"),
            TokenKind::Quoted(text) => format!("\"{text}\""),
        }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, TokenKind::Word(text) if text.eq_ignore_ascii_case(word))
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let chars: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(&c) = chars.get(at) {
        let (kind, next) = match (c, chars.get(at + 1)) {
            (c, _) if c.is_whitespace() => {
                at += 1;
                continue;
            }
            ('(', _) => (TokenKind::Open, at + 1),
            (')', _) => (TokenKind::Close, at + 1),
            (':', _) => (TokenKind::Colon, at + 1),
            ('<', Some('=')) => (TokenKind::Compare(Comparison::AtMost), at + 2),
            ('>', Some('=')) => (TokenKind::Compare(Comparison::AtLeast), at + 2),
            ('<', _) => (TokenKind::Compare(Comparison::Less), at + 1),
            ('>', _) => (TokenKind::Compare(Comparison::Greater), at + 1),
            ('"', _) => quoted(&chars, at)?,
            _ => word(&chars, at, tokens.last()),
        };
        tokens.push(Token { column: at + 1, kind });
        at = next;
    }
    Ok(tokens)
}

fn quoted(chars: &[char], start: usize) -> Result<(TokenKind, usize), Error> {
    let (mut text, mut at) = (String::new(), start + 1);
    loop {
        match (chars.get(at), chars.get(at + 1)) {
            (Some('"'), _) => return Ok((TokenKind::Quoted(text), at + 1)),
            (Some('\\'), Some(&c @ ('"' | '\\'))) => {
                text.push(c);
                at += 2;
            }
            (Some(&c), _) => {
                text.push(c);
                at += 1;
            }
            (None, _) => {
                return Err(Error::Filter { column: start + 1, message: "quote is never closed".into() });
            }
        }
    }
}

/// A word ends at white space or a bracket; as a field's name also at a colon or a comparison. After a colon those may
/// be in it, so that `source.ip: 2001:db8::1` needs no quotes.
fn word(chars: &[char], start: usize, before: Option<&Token>) -> (TokenKind, usize) {
    let is_value = before.is_some_and(|t| matches!(t.kind, TokenKind::Colon | TokenKind::Compare(_)));
    let ends = |c: char| c.is_whitespace() || "()\"".contains(c) || (!is_value && ":<>".contains(c));
    let rest = chars.get(start..).unwrap_or_default();
    let len = rest.iter().position(|&c| ends(c)).unwrap_or(rest.len()).max(1);
    (TokenKind::Word(rest.iter().take(len).collect()), start + len)
}

fn expected(what: &str, found: &Token) -> Error {
    Error::Filter { column: found.column, message: format!("expected {what}, found {}", found.shown()) }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self, what: &str) -> Result<Token, Error> {
        let token = self.peek().cloned();
        self.at += 1;
        token.ok_or_else(|| Error::Filter { column: self.end, message: format!("expected {what}, found the end") })
    }

    fn accept(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is_word(word));
        self.at += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Filter, Error> {
        let mut left = self.and()?;
        while self.accept("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Filter, Error> {
        let mut left = self.not()?;
        while self.accept("and") {
            left = Filter::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Filter, Error> {
        if self.accept("not") { Ok(Filter::Not(Box::new(self.not()?))) } else { self.primary() }
    }

    fn primary(&mut self) -> Result<Filter, Error> {
        let token = self.next("a field or a value")?;
        match (&token.kind, self.peek().map(|t| t.kind.clone())) {
            (TokenKind::Open, _) => {
                let inner = self.or()?;
                let close = self.next("')'")?;
                if close.kind == TokenKind::Close { Ok(inner) } else { Err(expected("')'", &close)) }
            }
            (TokenKind::Word(field) | TokenKind::Quoted(field), Some(TokenKind::Colon)) => {
                self.at += 1;
                self.values(&FieldName::new(field))
            }
            (TokenKind::Word(field) | TokenKind::Quoted(field), Some(TokenKind::Compare(comparison))) => {
                self.at += 1;
                let value = self.next("a number or a time")?;
                match value.kind {
                    TokenKind::Word(text) | TokenKind::Quoted(text) => {
                        Ok(Filter::Compare(FieldName::new(field), comparison, text))
                    }
                    _ => Err(expected("a number or a time", &value)),
                }
            }
            (TokenKind::Word(text) | TokenKind::Quoted(text), _) => {
                let is_operator =
                    matches!(token.kind, TokenKind::Word(_)) && ["and", "or"].iter().any(|w| token.is_word(w));
                if is_operator { Err(expected("a field or a value", &token)) } else { Ok(Filter::Any(text.clone())) }
            }
            _ => Err(expected("a field or a value", &token)),
        }
    }

    /// What stands after `field:`: a value, or values in brackets.
    fn values(&mut self, field: &FieldName) -> Result<Filter, Error> {
        let token = self.next("a value")?;
        match token.kind {
            TokenKind::Word(text) if text == "*" => Ok(Filter::Exists(field.clone())),
            TokenKind::Word(text) => Ok(Filter::Is(field.clone(), Pattern::of(&text))),
            TokenKind::Quoted(text) => Ok(Filter::Is(field.clone(), Pattern::Exact(text))),
            TokenKind::Open => {
                let mut all = self.value_and(field)?;
                while self.accept("or") {
                    all = Filter::Or(Box::new(all), Box::new(self.value_and(field)?));
                }
                let close = self.next("')'")?;
                if close.kind == TokenKind::Close { Ok(all) } else { Err(expected("'or' or ')'", &close)) }
            }
            _ => Err(expected("a value", &token)),
        }
    }

    fn value_and(&mut self, field: &FieldName) -> Result<Filter, Error> {
        let mut all = self.value_not(field)?;
        while self.accept("and") {
            all = Filter::And(Box::new(all), Box::new(self.value_not(field)?));
        }
        Ok(all)
    }

    fn value_not(&mut self, field: &FieldName) -> Result<Filter, Error> {
        if self.accept("not") { Ok(Filter::Not(Box::new(self.value_not(field)?))) } else { self.values(field) }
    }
}

impl Pattern {
    /// What a text means where `*` stands for anything.
    pub fn of(text: &str) -> Self {
        if text.contains('*') {
            Self::Wildcard(text.split('*').map(str::to_owned).collect())
        } else {
            Self::Exact(text.to_owned())
        }
    }

    /// Whether a text fits.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Exact(value) => value == text,
            Self::Wildcard(parts) => fits_parts(parts, text),
        }
    }
}

fn fits_parts(parts: &[String], text: &str) -> bool {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return text.is_empty() };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for part in parts.iter().skip(1).take(parts.len().saturating_sub(2)) {
        let Some(at) = rest.find(part.as_str()) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.ends_with(last.as_str())
}

/// A value as the filter language writes it: in quotes.
pub fn quote(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found = match Filter::parse(text) {
            Ok(filter) => show(&filter),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{text}");
    }

    fn show(filter: &Filter) -> String {
        match filter {
            Filter::All => "all".into(),
            Filter::And(a, b) => format!("({} & {})", show(a), show(b)),
            Filter::Or(a, b) => format!("({} | {})", show(a), show(b)),
            Filter::Not(a) => format!("!{}", show(a)),
            Filter::Is(field, Pattern::Exact(value)) => format!("{field}={value}"),
            Filter::Is(field, Pattern::Wildcard(parts)) => format!("{field}~{}", parts.join("…")),
            Filter::Exists(field) => format!("{field}?"),
            Filter::Compare(field, comparison, value) => format!("{field} {comparison:?} {value}"),
            Filter::Any(text) => format!("any {text}"),
        }
    }

    #[test]
    fn filters_parse() {
        check("", "all");
        check("a: b", "a=b");
        check("a: b and c: d or not e: f", "((a=b & c=d) | !e=f)");
        check("a: (b or \"c d\") AND e >= 4", "((a=b | a=c d) & e AtLeast 4)");
        check("a: (b and not c)", "(a=b & !a=c)");
        check("a: *", "a?");
        check("a: /x*y", "a~/x…y");
        check("a: \"x*\"", "a=x*");
        check("a: \"say \\\"hi\\\" \\\\\"", "a=say \"hi\" \\");
        check("source.ip: 2001:db8::1", "source.ip=2001:db8::1");
        check("@timestamp >= \"2026-01-01T00:00:00Z\"", "@timestamp AtLeast 2026-01-01T00:00:00Z");
        check("@timestamp < 2026-01-01T00:00:00Z", "@timestamp Less 2026-01-01T00:00:00Z");
        check("login", "any login");
        check("\"csv.odd name\": 1", "csv.odd name=1");
    }

    #[test]
    fn errors_point_at_the_column() {
        check("a: ", "column 4: expected a value, found the end");
        check("a: b c: d", "column 6: expected 'and', 'or' or the end, found 'c'");
        check("(a: b", "column 6: expected ')', found the end");
        check("and a: b", "column 1: expected a field or a value, found 'and'");
        check("é: \"open", "column 4: quote is never closed");
        check("a >= (", "column 6: expected a number or a time, found '('");
        check("a: b )", "column 6: expected 'and', 'or' or the end, found ')'");
    }

    #[test]
    fn stars_stand_for_anything() {
        let fits = |pattern: &str, text: &str| match Filter::parse(&format!("a: {pattern}")) {
            Ok(Filter::Is(_, pattern)) => pattern.fits(text),
            other => panic!("{other:?}"),
        };
        assert!(fits("/a*", "/abc") && fits("*c", "/abc") && fits("*b*", "/abc") && fits("/a*b*c", "/a-b-c"));
        assert!(!fits("/a*", "x/abc") && !fits("*b", "/abc") && !fits("ab*ba", "aba"));
    }

    #[test]
    fn a_quoted_value_comes_back() {
        let value = "a\\b \"c\" *";
        check(&format!("f: {}", quote(value)), &format!("f={value}"));
    }
}
