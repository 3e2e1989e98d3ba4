//! Format strings cut into pieces: what stands in every line, and what changes.
//!
//! Two notations. nginx's: `$name`, `${name}`, and, beyond nginx, a field by its name with an option:
//! `${source.ip}`, `${@timestamp:%Y-%m-%d %H:%M:%S}`, `${event.duration:ms}`, `${custom.queue:integer}`; `${-}` is passed
//! over. Apache's: `%h`, `%>s`, `%{Referer}i`. The directive around the string (`log_format main '…' '…';`, `LogFormat
//! "…" name`) may be there.

use std::fmt::Write;

use super::names::{APACHE, APACHE_NAMED, How, meaning};

/// A piece of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// What stands in every line.
    Literal(String),
    /// What changes.
    Field(FieldPiece),
}

/// A piece that changes from line to line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPiece {
    /// Its name: of a field, of a variable, or the user's own.
    pub name: String,
    /// What follows the colon.
    pub option: Option<String>,
    /// How it becomes values.
    pub how: How,
}

/// What is wrong with a format string, and where: in characters from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// In characters from 1.
    pub column: usize,
    /// Expected against found.
    pub message: String,
}

/// More pieces than this are no log's format, and each costs a column.
const PIECES_AT_MOST: usize = 200;

/// The pieces of a format string.
///
/// # Errors
/// What can't be read by: a name that is not closed, two names that touch, no name at all.
pub fn parse(text: &str) -> Result<Vec<Piece>, PatternError> {
    let (letters, is_apache) = body(text);
    let mut reader = Reader { letters: &letters, at: 0, pieces: Vec::new() };
    while let Some(&(letter, column)) = reader.letters.get(reader.at) {
        reader.at += 1;
        match letter {
            '%' if is_apache => reader.directive(column)?,
            '$' if !is_apache => reader.variable(column)?,
            letter => reader.literal(letter),
        }
        if reader.pieces.len() > PIECES_AT_MOST {
            return Err(wrong(column, "a format of at most 200 pieces"));
        }
    }
    check(reader.pieces)
}

/// The pieces as a format string in the notation of nginx; [`parse`] makes the same pieces of it.
pub fn write(pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => out.push_str(&text.replace('$', "${dollar}")),
            Piece::Field(FieldPiece { name, option, .. }) => {
                // Writing to a string cannot fail.
                let _ = match option {
                    Some(option) => write!(out, "${{{name}:{option}}}"),
                    None => write!(out, "${{{name}}}"),
                };
            }
        }
    }
    out
}

/// A character and its column, from 1.
type Letter = (char, usize);

fn wrong(column: usize, expected: &str) -> PatternError {
    PatternError { column, message: format!("expected {expected}") }
}

/// The string without the directive around it and its quotes, and whether it is in Apache's notation.
fn body(text: &str) -> (Vec<Letter>, bool) {
    let letters: Vec<Letter> = text.chars().zip(1..).collect();
    let words = |word: &str| {
        let skip = letters.iter().take_while(|(c, _)| c.is_whitespace()).count();
        let rest = letters.get(skip..).unwrap_or_default();
        let same = word.chars().zip(rest).filter(|(w, (c, _))| w.eq_ignore_ascii_case(c)).count() == word.len();
        (same && rest.get(word.len()).is_some_and(|(c, _)| c.is_whitespace())).then_some(skip + word.len())
    };
    let is_apache = |body: &[Letter]| {
        let directive = body.windows(2).any(|pair| matches!(pair, [('%', _), (next, _)] if !next.is_whitespace()));
        let variable = body.windows(2).any(
            |pair| matches!(pair, [('$', _), (next, _)] if next.is_ascii_alphabetic() || *next == '_' || *next == '{'),
        );
        directive && !variable
    };
    let directives = ["log_format", "LogFormat", "CustomLog", "TransferLog", "GlobalLog"];
    let after = directives.iter().find_map(|word| words(word));
    let from = after.unwrap_or(0);
    let rest = letters.get(from..).unwrap_or_default();
    let trimmed = trim(rest);
    // Without a directive, quotes stand around the whole or belong to the log.
    let quoted = match after {
        Some(_) => strings(rest),
        None => whole(trimmed).or_else(|| joined(trimmed)),
    };
    let body = quoted.unwrap_or_else(|| trimmed.to_vec());
    let apache = is_apache(&body);
    let body = if apache { unescaped(&body) } else { body };
    (body, apache)
}

fn trim(mut letters: &[Letter]) -> &[Letter] {
    while let [(c, _), rest @ ..] = letters
        && c.is_whitespace()
    {
        letters = rest;
    }
    while let [rest @ .., (c, _)] = letters
        && (c.is_whitespace() || *c == ';')
        && (*c != ';' || rest.last().is_some_and(|(c, _)| "'\"".contains(*c)))
    {
        letters = rest;
    }
    letters
}

/// All strings in quotes, joined, as nginx does; none where there is none.
fn strings(letters: &[Letter]) -> Option<Vec<Letter>> {
    let mut out = Vec::new();
    let mut open: Option<char> = None;
    let mut any = false;
    let mut escaped = false;
    for &(letter, column) in letters {
        match open {
            None if letter == '\'' || letter == '"' => (open, any) = (Some(letter), true),
            None => {}
            Some(quote) if letter == quote && !escaped => open = None,
            Some(quote) => {
                // The escape of a quote of the same kind goes with it; Apache's others are undone later.
                if escaped && letter == quote {
                    out.pop();
                }
                out.push((letter, column));
            }
        }
        escaped = letter == '\\' && !escaped;
    }
    any.then_some(out)
}

/// What is inside of quotes around the whole: of single ones, or of double ones that are escaped inside.
fn whole(letters: &[Letter]) -> Option<Vec<Letter>> {
    let [(first, _), inner @ .., (last, _)] = letters else { return None };
    let is_bare = |quote: char| {
        let mut before = ' ';
        inner.iter().any(|(c, _)| {
            let bare = *c == quote && before != '\\';
            before = *c;
            bare
        })
    };
    let around = first == last && matches!(first, '\'' | '"') && !is_bare(*first);
    around.then(|| strings(letters)).flatten()
}

/// nginx's strings over several lines without the directive: `'…' '…'`.
fn joined(letters: &[Letter]) -> Option<Vec<Letter>> {
    let is_single = |end: Option<&Letter>| end.is_some_and(|(c, _)| *c == '\'');
    (is_single(letters.first()) && is_single(letters.last())).then(|| strings(letters)).flatten()
}

/// Apache's escapes undone: `\"`, `\\`, `\t`.
fn unescaped(letters: &[Letter]) -> Vec<Letter> {
    let mut out = Vec::with_capacity(letters.len());
    let mut letters = letters.iter().copied();
    while let Some((letter, column)) = letters.next() {
        let undone = if letter == '\\' { letters.next().map(|(next, _)| next) } else { Some(letter) };
        match (letter, undone) {
            ('\\', Some('t')) => out.push(('\t', column)),
            ('\\', Some('n')) => {}
            ('\\', None) => out.push(('\\', column)),
            (_, Some(undone)) => out.push((undone, column)),
            _ => {}
        }
    }
    out
}

struct Reader<'a> {
    letters: &'a [Letter],
    at: usize,
    pieces: Vec<(Piece, usize)>,
}

impl Reader<'_> {
    fn literal(&mut self, letter: char) {
        match self.pieces.last_mut() {
            Some((Piece::Literal(text), _)) => text.push(letter),
            _ => {
                self.pieces
                    .push((Piece::Literal(letter.to_string()), self.letters.get(self.at - 1).map_or(1, |l| l.1)));
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).map(|(letter, _)| *letter)
    }

    /// What stands up to `end`, which is passed.
    fn until(&mut self, end: char, column: usize) -> Result<String, PatternError> {
        let rest = self.letters.get(self.at..).unwrap_or_default();
        let n = rest.iter().position(|(letter, _)| *letter == end);
        let Some(n) = n else { return Err(wrong(column, &format!("{end} after the name, found the end"))) };
        self.at += n + 1;
        Ok(rest.iter().take(n).map(|(letter, _)| *letter).collect())
    }

    fn field(&mut self, name: String, option: Option<String>, column: usize) -> Result<(), PatternError> {
        let how =
            meaning(&name, option.as_deref()).map_err(|message| PatternError { column, message: message.into() })?;
        if let How::Clock(pattern) = &how
            && !super::clock::is_pattern(pattern)
        {
            return Err(wrong(column, "a time's pattern of strftime's letters, such as %Y-%m-%d %H:%M:%S"));
        }
        self.pieces.push((Piece::Field(FieldPiece { name, option, how }), column));
        Ok(())
    }

    fn variable(&mut self, column: usize) -> Result<(), PatternError> {
        let (name, option) = if self.peek() == Some('{') {
            self.at += 1;
            let inner = self.until('}', column)?;
            match inner.split_once(':') {
                Some((name, option)) => (name.to_owned(), Some(option.to_owned())),
                None => (inner, None),
            }
        } else {
            let mut name = String::new();
            while let Some(letter) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
                name.push(letter);
                self.at += 1;
            }
            (name, None)
        };
        match name.as_str() {
            "" => Err(wrong(column, "a name after $")),
            "dollar" => {
                self.literal('$');
                Ok(())
            }
            _ => self.field(name, option, column),
        }
    }

    /// `%[status,…][<>][{name}]letter`.
    fn directive(&mut self, column: usize) -> Result<(), PatternError> {
        let mut is_original = false;
        let mut name = None;
        loop {
            let letter = self.peek().ok_or_else(|| wrong(column, "a letter after %, found the end"))?;
            self.at += 1;
            match letter {
                '%' => {
                    self.literal('%');
                    return Ok(());
                }
                '<' => is_original = true,
                '>' | '!' | ',' | '0'..='9' => {}
                '{' => name = Some(self.until('}', column)?),
                '^' => {
                    let rest: String = self.letters.iter().skip(self.at).take(2).map(|(c, _)| *c).collect();
                    self.at += 2;
                    let prefix = match rest.as_str() {
                        "ti" => "http_",
                        "to" => "sent_trailer_",
                        _ => return Err(wrong(column, "%{…}^ti or %{…}^to")),
                    };
                    return self.field(header(prefix, &name.unwrap_or_default()), None, column);
                }
                letter => return self.apache(letter, name, (is_original, column)),
            }
        }
    }

    fn apache(
        &mut self,
        letter: char,
        name: Option<String>,
        (is_original, column): (bool, usize),
    ) -> Result<(), PatternError> {
        let byte = u8::try_from(letter).unwrap_or(0);
        let plain = APACHE.iter().find(|(known, _)| *known == byte).map(|(_, variable)| *variable);
        let (variable, option) = match (letter, name.as_deref()) {
            ('t', name) => return self.time(name, column),
            ('s', _) if is_original => ("original_status", None),
            ('D', _) => ("event.duration", Some("us")),
            ('T', Some(unit @ ("ms" | "us" | "s"))) => ("event.duration", Some(unit)),
            ('T', Some(_)) => return Err(wrong(column, "%{s}T, %{ms}T or %{us}T")),
            ('a' | 'h', Some("c")) => ("realip_remote_addr", None),
            ('p', Some("remote")) => ("remote_port", None),
            ('P', Some("tid" | "hextid")) => ("tid", None),
            (_, name) => match (APACHE_NAMED.iter().find(|(known, _)| *known == byte), name) {
                (Some((_, prefix)), Some(name)) => return self.field(header(prefix, name), None, column),
                _ => match plain {
                    Some(plain) => (plain, None),
                    None => return Err(wrong(column, &format!("a directive of Apache, found %{letter}"))),
                },
            },
        };
        self.field(variable.to_owned(), option.map(str::to_owned), column)
    }

    /// `%t` stands in brackets by itself; `%{…}t` is a pattern, and parts of one join.
    fn time(&mut self, pattern: Option<&str>, column: usize) -> Result<(), PatternError> {
        let pattern = pattern.map(|p| p.trim_start_matches("begin:").trim_start_matches("end:"));
        let pattern = match pattern {
            None | Some("") => {
                self.literal('[');
                self.field("time_local".to_owned(), None, column)?;
                self.literal(']');
                return Ok(());
            }
            Some("sec" | "msec" | "usec") => return self.field("@timestamp".to_owned(), None, column),
            Some("msec_frac" | "usec_frac") => "%f",
            Some(pattern) => pattern,
        };
        // Parts that touch, or that a short literal without a quote joins, are one time.
        let joined = match self.pieces.as_slice() {
            [.., (Piece::Field(field), _)] => clock(field).map(|before| (1, format!("{before}{pattern}"))),
            [.., (Piece::Field(field), _), (Piece::Literal(text), _)]
                if text.len() <= 2 && !text.contains(['"', '[', ']']) =>
            {
                clock(field).map(|before| (2, format!("{before}{text}{pattern}")))
            }
            _ => None,
        };
        let (n, pattern) = joined.unwrap_or((0, pattern.to_owned()));
        self.pieces.truncate(self.pieces.len() - n);
        self.field("@timestamp".to_owned(), Some(pattern), column)
    }
}

fn clock(field: &FieldPiece) -> Option<&str> {
    match &field.how {
        How::Clock(pattern) => Some(pattern),
        _ => None,
    }
}

/// The variable of a header: `User-Agent` is `http_user_agent`.
fn header(prefix: &str, name: &str) -> String {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let prefix = if name.starts_with(prefix) { "" } else { prefix };
    format!("{prefix}{name}")
}

/// Whether lines can be cut by the pieces.
fn check(pieces: Vec<(Piece, usize)>) -> Result<Vec<Piece>, PatternError> {
    let mut before: Option<&FieldPiece> = None;
    for (piece, column) in &pieces {
        let Piece::Field(field) = piece else {
            before = None;
            continue;
        };
        // A time's pattern says by itself where the time ends.
        if let Some(before) = before.filter(|before| clock(before).is_none()) {
            let message =
                format!("expected something between {} and {}: nothing tells where one ends", before.name, field.name);
            return Err(PatternError { column: *column, message });
        }
        before = Some(field);
    }
    if !pieces.iter().any(|(piece, _)| matches!(piece, Piece::Field(_))) {
        return Err(wrong(1, "a name such as $remote_addr or %h"));
    }
    let mut pieces: Vec<Piece> = pieces.into_iter().map(|(piece, _)| piece).collect();
    // Blanks at a line's end are not looked at.
    if let Some(Piece::Literal(text)) = pieces.last_mut() {
        text.truncate(text.trim_end().len());
        if text.is_empty() {
            pieces.pop();
        }
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let found = parse(text).map(|pieces| write(&pieces));
        assert_eq!(found.as_deref(), Ok(expected), "{text}");
        let again = parse(expected).map(|pieces| write(&pieces));
        assert_eq!(again.as_deref(), Ok(expected));
    }

    fn check_wrong(text: &str, column: usize, message: &str) {
        assert_eq!(parse(text), Err(PatternError { column, message: message.into() }), "{text}");
    }

    #[test]
    fn nginx_with_and_without_its_directive() {
        let expected = "${remote_addr} - ${remote_user} [${time_local}] \"${request}\" ${status}";
        check(r#"$remote_addr - $remote_user [$time_local] "$request" $status"#, expected);
        check(r#"'$remote_addr - $remote_user [$time_local] "$request" $status'"#, expected);
        check(
            "log_format main escape=json '$remote_addr - $remote_user [$time_local] '\n    '\"$request\" $status';",
            expected,
        );
        check(r#"{"t":"$time_iso8601","n":$status}"#, r#"{"t":"${time_iso8601}","n":${status}}"#);
    }

    #[test]
    fn apache_with_and_without_its_directive() {
        let expected = r#"${remote_addr} ${remote_ident} ${remote_user} [${time_local}] "${request}" ${status} ${body_bytes_sent} "${http_referer}""#;
        check(r#"%h %l %u %t "%r" %>s %b "%{Referer}i""#, expected);
        check(r#"LogFormat "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\"" combined"#, expected);
        check(r#""%h %l %u %t \"%r\" %>s %b \"%{Referer}i\"""#, expected);
        check(r"%a\t%{UNIQUE_ID}e %D", "${remote_addr}\t${env_unique_id} ${event.duration:us}");
        check("%!200,304{X-Id}i %{ms}T %{c}a", "${http_x_id} ${event.duration:ms} ${realip_remote_addr}");
        check("[%{%Y-%m-%d %T}t.%{usec_frac}t %{%z}t] %v", "[${@timestamp:%Y-%m-%d %T.%f %z}] ${server_name}");
    }

    #[test]
    fn fields_by_their_own_names() {
        check(
            "${source.ip} ${event.duration:ms} ${-} ${custom.a:integer}",
            "${source.ip} ${event.duration:ms} ${-} ${custom.a:integer}",
        );
        check("cost ${dollar}5 $status", "cost ${dollar}5 ${status}");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        check_wrong(
            "$remote_addr$status",
            13,
            "expected something between remote_addr and status: nothing tells where one ends",
        );
        check_wrong("a ${status", 3, "expected } after the name, found the end");
        check_wrong("only text", 1, "expected a name such as $remote_addr or %h");
        check_wrong("%h %", 4, "expected a letter after %, found the end");
        check_wrong("%h %y", 4, "expected a directive of Apache, found %y");
        check_wrong("LogFormat \"%h %{x\" a", 15, "expected } after the name, found the end");
        check_wrong("$status ${event.duration:years}", 9, "the unit of a duration is s, ms, us or ns");
    }
}
