//! A format from one line: words, quoted and bracketed parts, key=value; what each part means is guessed from how it looks.
//!
//! Gives a format string in the notation of `pattern`, to be corrected by hand. A guess is made once for the line; how
//! many other lines it understands is for `detect::understood` to say.

use std::net::IpAddr;

use super::super::access::split_request;
use super::super::numbers::{digits, float};
use super::super::timestamp;
use super::clock;
use super::names::meaning;
use super::pattern::{FieldPiece, Piece, write};

/// Times that `timestamp` does not know, as patterns; the more telling first.
const CLOCKS: &[&str] = &[
    "%d/%b/%Y:%H:%M:%S.%f %z",
    "%a %b %e %H:%M:%S.%f %Y",
    "%a %b %e %H:%M:%S %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%d/%b/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%b %e %Y %H:%M:%S",
    "%b %e %H:%M:%S",
];

/// Keys of key=value and of JSON, and the name that each stands for.
const KEYS: &[(&str, &str)] = &[
    ("time", "@timestamp"),
    ("timestamp", "@timestamp"),
    ("@timestamp", "@timestamp"),
    ("ts", "@timestamp"),
    ("date", "@timestamp"),
    ("datetime", "@timestamp"),
    ("ip", "source.ip"),
    ("client", "source.ip"),
    ("client_ip", "source.ip"),
    ("clientip", "source.ip"),
    ("remote_addr", "source.ip"),
    ("remote_ip", "source.ip"),
    ("src", "source.ip"),
    ("src_ip", "source.ip"),
    ("srcip", "source.ip"),
    ("srcport", "source.port"),
    ("src_port", "source.port"),
    ("spt", "source.port"),
    ("dst", "destination.ip"),
    ("dst_ip", "destination.ip"),
    ("dstip", "destination.ip"),
    ("dstport", "destination.port"),
    ("dst_port", "destination.port"),
    ("dpt", "destination.port"),
    ("proto", "network.transport"),
    ("host", "url.domain"),
    ("vhost", "url.domain"),
    ("server_name", "url.domain"),
    ("method", "http.request.method"),
    ("request_method", "http.request.method"),
    ("verb", "http.request.method"),
    ("request", "http.request.line"),
    ("req", "http.request.line"),
    ("path", "url.path"),
    ("uri", "url.path"),
    ("url", "url.path"),
    ("request_uri", "url.path"),
    ("query", "url.query"),
    ("protocol", "http.version"),
    ("status", "http.response.status_code"),
    ("status_code", "http.response.status_code"),
    ("code", "http.response.status_code"),
    ("bytes", "http.response.body.bytes"),
    ("size", "http.response.body.bytes"),
    ("bytes_sent", "http.response.body.bytes"),
    ("body_bytes_sent", "http.response.body.bytes"),
    ("referer", "http.request.referrer"),
    ("referrer", "http.request.referrer"),
    ("http_referer", "http.request.referrer"),
    ("ua", "user_agent.original"),
    ("agent", "user_agent.original"),
    ("user_agent", "user_agent.original"),
    ("http_user_agent", "user_agent.original"),
    ("user", "user.name"),
    ("username", "user.name"),
    ("remote_user", "user.name"),
    ("level", "log.level"),
    ("severity", "log.level"),
    ("msg", "message"),
    ("message", "message"),
    ("request_id", "http.request.id"),
    ("pid", "process.pid"),
    ("rt", "event.duration"),
    ("request_time", "event.duration"),
    ("duration", "event.duration"),
    ("took", "event.duration"),
    ("latency", "event.duration"),
    ("duration_ms", "event.duration:ms"),
    ("took_ms", "event.duration:ms"),
    ("latency_ms", "event.duration:ms"),
    ("duration_us", "event.duration:us"),
];

const METHODS: &[&[u8]] =
    &[b"GET", b"POST", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"PATCH", b"CONNECT", b"TRACE", b"PROPFIND"];

const LEVELS: &[&[u8]] = &[
    b"trace",
    b"debug",
    b"info",
    b"notice",
    b"warn",
    b"warning",
    b"error",
    b"err",
    b"crit",
    b"critical",
    b"alert",
    b"emerg",
    b"fatal",
];

/// More parts than this are no log's line.
const PARTS_AT_MOST: usize = 80;

/// What follows this many bytes of a line is not looked at.
const LINE_AT_MOST: usize = 8 << 10;

/// A format string for lines like this one; none where there is nothing to tell apart.
pub fn propose(line: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(line.get(..LINE_AT_MOST).unwrap_or(line));
    let line = text.trim_end().as_bytes();
    let mut guess = Guess { line, at: 0, pieces: Vec::new(), taken: Vec::new(), n_fields: 0, quoted_after_request: 0 };
    while guess.at < line.len() && guess.n_fields < PARTS_AT_MOST {
        guess.part();
    }
    (guess.n_fields > 0).then(|| write(&guess.pieces))
}

struct Guess<'a> {
    line: &'a [u8],
    at: usize,
    pieces: Vec<Piece>,
    /// Names that are given.
    taken: Vec<String>,
    n_fields: usize,
    /// Quoted parts after a request: the referrer, then the user agent.
    quoted_after_request: usize,
}

impl<'a> Guess<'a> {
    fn rest(&self) -> &'a [u8] {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn literal(&mut self, text: &[u8]) {
        self.at += text.len();
        let text = String::from_utf8_lossy(text);
        match self.pieces.last_mut() {
            Some(Piece::Literal(before)) => before.push_str(&text),
            _ => self.pieces.push(Piece::Literal(text.into_owned())),
        }
    }

    /// Takes the next part: a separator, or something that changes.
    fn part(&mut self) {
        let rest = self.rest();
        let Some(&first) = rest.first() else { return };
        if let Some(length) = self.time_here(rest) {
            return self.at += length;
        }
        match first {
            b'"' => self.enclosed(rest, b'"'),
            b'[' => self.enclosed(rest, b']'),
            b' ' | b'\t' | b',' | b';' | b'|' | b'{' | b'}' | b'(' | b')' | b']' | b'<' | b'>' => {
                self.literal(&[first]);
            }
            _ => self.word(rest),
        }
    }

    /// A time that begins here and is not enclosed; its length.
    fn time_here(&mut self, rest: &[u8]) -> Option<usize> {
        if self.is_taken("@timestamp") || !rest.first()?.is_ascii_alphanumeric() {
            return None;
        }
        // A bare number is a time only where it is in seconds of this age or finer.
        let ends = |n: usize| {
            let blanks = rest.iter().enumerate().filter(|(_, b)| matches!(b, b' ' | b'\t' | b'|' | b'"' | b']'));
            blanks.map(|(at, _)| at).chain([rest.len()]).nth(n)
        };
        for n in (0..3).rev() {
            let Some(text) = ends(n).and_then(|end| rest.get(..end)) else { continue };
            if is_time(text) {
                self.field("@timestamp", None);
                return Some(text.len());
            }
        }
        let found = CLOCKS.iter().find_map(|pattern| Some((*pattern, clock::read(pattern, rest)?.length)));
        let (pattern, length) = found?;
        self.field("@timestamp", Some(pattern));
        Some(length)
    }

    /// A part in quotes or brackets; without its end it is a word.
    fn enclosed(&mut self, rest: &'a [u8], close: u8) {
        let end = if close == b'"' { quote_end(rest) } else { rest.iter().skip(1).position(|b| *b == close) };
        let Some(inner) = end.and_then(|end| rest.get(1..=end)) else { return self.word(rest) };
        let is_key = close == b'"'
            && rest.get(inner.len() + 2..).is_some_and(|after| after.trim_ascii_start().starts_with(b":"));
        if is_key {
            return self.json_key(rest, inner);
        }
        self.literal(rest.get(..1).unwrap_or_default());
        if self.time_whole(inner) {
            self.at += inner.len();
        } else if close == b'"' {
            let name = self.quoted(inner);
            self.field(&name, None);
            self.at += inner.len();
        } else {
            self.value(inner, None);
        }
        self.literal(&[close]);
    }

    /// A time that is all of an enclosed part.
    fn time_whole(&mut self, inner: &[u8]) -> bool {
        if self.is_taken("@timestamp") {
            return false;
        }
        if is_time(inner) {
            self.field("@timestamp", None);
            return true;
        }
        let whole = |pattern: &&&str| clock::read(pattern, inner).is_some_and(|clocked| clocked.length == inner.len());
        let found = CLOCKS.iter().find(whole);
        if let Some(pattern) = found {
            self.field("@timestamp", Some(pattern));
        }
        found.is_some()
    }

    fn quoted(&mut self, inner: &[u8]) -> String {
        let is_request = split_request(inner).is_some_and(|(_, _, version)| version.is_some());
        if is_request && !self.is_taken("http.request.line") {
            return "http.request.line".into();
        }
        let usual = ["http.request.referrer", "user_agent.original"];
        if self.is_taken("http.request.line") {
            let at = self.quoted_after_request;
            self.quoted_after_request += 1;
            if let Some(name) = usual.get(at).filter(|name| !self.is_taken(name)) {
                return (*name).to_owned();
            }
        }
        if inner.starts_with(b"http://") || inner.starts_with(b"https://") {
            return self.or_own("http.request.referrer", "text");
        }
        if memchr::memmem::find(inner, b"Mozilla/").is_some() {
            return self.or_own("user_agent.original", "text");
        }
        self.plain_name(inner)
    }

    /// `"key": `, and the value behind it.
    fn json_key(&mut self, rest: &'a [u8], inner: &'a [u8]) {
        let behind = rest.get(inner.len() + 2..).unwrap_or_default();
        let blanks = |text: &[u8]| text.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let to_colon = blanks(behind) + 1;
        let to_value = to_colon + blanks(behind.get(to_colon..).unwrap_or_default());
        self.literal(rest.get(..inner.len() + 2 + to_value).unwrap_or_default());
        self.keyed(inner);
    }

    /// The value of a key, from here.
    fn keyed(&mut self, key: &[u8]) {
        let rest = self.rest();
        let (open, inner) = match rest.first() {
            Some(b'"') => {
                let end = quote_end(rest).map_or(rest.len(), |end| end + 1);
                (true, rest.get(1..end).unwrap_or_default())
            }
            _ => (false, rest.split(|b| b" \t,;|}])\"".contains(b)).next().unwrap_or_default()),
        };
        if inner.is_empty() && !open {
            return;
        }
        if open {
            self.literal(b"\"");
        }
        self.value(inner, Some(key));
        if open && self.rest().first() == Some(&b'"') {
            self.literal(b"\"");
        }
    }

    /// A part without spaces: key=value, or a value.
    fn word(&mut self, rest: &'a [u8]) {
        let is_end = |b: &u8| b" \t|\"".contains(b);
        let mut word = rest.split(is_end).next().unwrap_or_default();
        if word.is_empty() {
            return self.literal(rest.get(..1).unwrap_or_default());
        }
        let key = word.iter().position(|b| *b == b'=').and_then(|at| word.get(..at));
        let is_key = |key: &[u8]| {
            !key.is_empty() && key.len() <= 40 && key.iter().all(|b| b.is_ascii_alphanumeric() || b"_.-@".contains(b))
        };
        if let Some(key) = key.filter(|key| is_key(key)) {
            self.literal(rest.get(..=key.len()).unwrap_or_default());
            return self.keyed(key);
        }
        // An arrow, two dashes: it stands in every line. One dash is where a value is missing.
        let is_sign = word.len() > 1 && !word.iter().any(|b| b.is_ascii_alphanumeric() || !b.is_ascii());
        let touches = matches!(self.pieces.last(), Some(Piece::Field(_)));
        if is_sign || touches {
            let first = String::from_utf8_lossy(word).chars().next().map_or(1, char::len_utf8);
            return self.literal(word.get(..if is_sign { word.len() } else { first }).unwrap_or(word));
        }
        while let Some(trimmed) = without_closing(word).filter(|trimmed| !trimmed.is_empty()) {
            word = trimmed;
        }
        let Some((address, port)) = with_port(word) else { return self.value(word, None) };
        let name = if self.is_taken("source.ip") { "destination.port" } else { "source.port" };
        self.value(address, None);
        self.literal(b":");
        let name = self.or_own(name, "integer");
        self.field(&name, None);
        self.at += port.len();
    }

    fn value(&mut self, text: &[u8], key: Option<&[u8]>) {
        if text.is_empty() {
            return;
        }
        let name = match key {
            Some(key) => self.key_name(&String::from_utf8_lossy(key), text),
            None => self.plain_name(text),
        };
        let (name, option) = match name.split_once(':') {
            Some((name, option)) => (name.to_owned(), Some(option.to_owned())),
            None => (name, None),
        };
        self.field(&name, option.as_deref());
        self.at += text.len();
    }

    fn key_name(&self, key: &str, text: &[u8]) -> String {
        let plain = key.to_ascii_lowercase();
        let known = KEYS.iter().find(|(known, _)| *known == plain).map(|(_, name)| *name);
        let fits = |name: &&str| !self.is_taken(name.split(':').next().unwrap_or_default()) && can_be(name, text);
        known.filter(fits).map_or_else(|| own_name(&plain, text), str::to_owned)
    }

    /// What a part without a key may be.
    fn plain_name(&self, text: &[u8]) -> String {
        let has_request = self.is_taken("http.request.line") || self.is_taken("url.path");
        if is_address(text) {
            return if self.is_taken("source.ip") {
                self.or_own("destination.ip", "address")
            } else {
                "source.ip".into()
            };
        }
        if METHODS.contains(&text) {
            return self.or_own("http.request.method", "text");
        }
        if text.starts_with(b"HTTP/") {
            return self.or_own("http.version", "text");
        }
        let is_target = text.starts_with(b"/") || text.starts_with(b"http://") || text.starts_with(b"https://");
        if is_target && !self.is_taken("http.request.line") {
            return self.or_own("url.path", "text");
        }
        if LEVELS.iter().any(|level| text.eq_ignore_ascii_case(level)) {
            return self.or_own("log.level", "text");
        }
        match digits(text) {
            Some(100..=599) if text.len() == 3 && has_request => self.or_own("http.response.status_code", "integer"),
            Some(_) if self.is_taken("http.response.status_code") => self.or_own("http.response.body.bytes", "integer"),
            Some(_) => self.own_part("integer"),
            None if float(text).is_some_and(|f| f >= 0.0) && has_request => self.or_own("event.duration", "number"),
            None if float(text).is_some() => self.own_part("number"),
            None => self.user_or_own(),
        }
    }

    /// The second word between an address and a time is the user, as in the common log format.
    fn user_or_own(&self) -> String {
        let is_front = self.n_fields == 2 && self.is_taken("source.ip") && !self.is_taken("@timestamp");
        if is_front && !self.is_taken("user.name") { "user.name".into() } else { self.own_part("text") }
    }

    fn or_own(&self, name: &str, kind: &str) -> String {
        if self.is_taken(name) { self.own_part(kind) } else { name.to_owned() }
    }

    fn own_part(&self, kind: &str) -> String {
        let name = format!("custom.part_{}", self.n_fields + 1);
        if kind == "text" { name } else { format!("{name}:{kind}") }
    }

    fn is_taken(&self, name: &str) -> bool {
        self.taken.iter().any(|taken| taken == name)
    }

    fn field(&mut self, name: &str, option: Option<&str>) {
        let (name, option) = match (name.split_once(':'), option) {
            (Some((name, own)), None) => (name, Some(own)),
            _ => (name, option),
        };
        let Ok(how) = meaning(name, option) else { return };
        self.taken.push(name.to_owned());
        self.n_fields += 1;
        self.pieces.push(Piece::Field(FieldPiece { name: name.to_owned(), option: option.map(str::to_owned), how }));
    }
}

/// A word without the sign at its end that belongs to the line: `,`, or a bracket that it does not open itself.
fn without_closing(word: &[u8]) -> Option<&[u8]> {
    let (last, rest) = word.split_last()?;
    let open = match last {
        b',' | b';' | b':' => return Some(rest),
        b')' => b'(',
        b']' => b'[',
        b'>' => b'<',
        b'}' => b'{',
        _ => return None,
    };
    (!rest.contains(&open)).then_some(rest)
}

/// Where the text that begins with a quote ends, counted from behind the quote.
fn quote_end(rest: &[u8]) -> Option<usize> {
    let mut escaped = false;
    rest.iter().skip(1).position(|b| {
        let ends = *b == b'"' && !escaped;
        escaped = *b == b'\\' && !escaped;
        ends
    })
}

fn is_address(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<IpAddr>().is_ok())
}

/// An address and its port: `192.0.2.1:443`, `[2001:db8::1]:443`.
fn with_port(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memrchr(b':', text)?;
    let (address, port) = (text.get(..at)?, text.get(at + 1..)?);
    (is_address(address) && digits(port).is_some_and(|port| port <= 65_535)).then_some((address, port))
}

/// Whether a part is a time beyond doubt: a date, or seconds since 1970 of this age.
fn is_time(text: &[u8]) -> bool {
    let is_number = text.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    let is_recent = text.first() == Some(&b'1') && text.len() >= 10;
    timestamp::parse(text).is_some() && (!is_number || is_recent)
}

/// Whether a value can have the meaning that its key promises.
fn can_be(name: &str, text: &[u8]) -> bool {
    match name {
        "@timestamp" => timestamp::parse(text).is_some(),
        "source.port"
        | "destination.port"
        | "http.response.status_code"
        | "http.response.body.bytes"
        | "process.pid" => text == b"-" || digits(text).is_some(),
        _ if name.starts_with("event.duration") => text == b"-" || float(text).is_some(),
        _ => true,
    }
}

fn own_name(key: &str, text: &[u8]) -> String {
    let plain: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    match (digits(text), float(text)) {
        (Some(_), _) => format!("custom.{plain}:integer"),
        (None, Some(_)) => format!("custom.{plain}:number"),
        _ => format!("custom.{plain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::parse;
    use super::*;

    fn check(line: &str, expected: &str) {
        let found = propose(line.as_bytes());
        assert_eq!(found.as_deref(), Some(expected), "{line}");
        assert!(parse(expected).is_ok());
    }

    #[test]
    fn access_logs() {
        check(
            r#"192.0.2.1 - ann [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8" 0.123"#,
            r#"${source.ip} ${custom.part_2} ${user.name} [${@timestamp}] "${http.request.line}" ${http.response.status_code} ${http.response.body.bytes} "${http.request.referrer}" "${user_agent.original}" ${event.duration}"#,
        );
        check(
            "2026-05-17 10:05:03,250 INFO 192.0.2.1 GET /a?b=c 404 12",
            "${@timestamp} ${log.level} ${source.ip} ${http.request.method} ${url.path} ${http.response.status_code} ${http.response.body.bytes}",
        );
        check(
            "10:05 192.0.2.1:5000 -> 198.51.100.2:443 x",
            "${custom.part_1} ${source.ip}:${source.port} -> ${destination.ip}:${destination.port} ${custom.part_6}",
        );
        check(
            "2026-05-17 10:05:03 <192.0.2.1> GET /a?b=c -> 404 (0.250)",
            "${@timestamp} <${source.ip}> ${http.request.method} ${url.path} -> ${http.response.status_code} (${event.duration})",
        );
        check(
            "17.05.2026 10:05:03|192.0.2.1|POST|/login|302|1.5",
            "${@timestamp:%d.%m.%Y %H:%M:%S}|${source.ip}|${http.request.method}|${url.path}|${http.response.status_code}|${event.duration}",
        );
    }

    #[test]
    fn keys_and_values() {
        check(
            r#"time=2026-05-17T10:05:03Z level=info ip=192.0.2.1 method=GET path=/a status=200 duration_ms=12 msg="all is well" shard=7"#,
            r#"time=${@timestamp} level=${log.level} ip=${source.ip} method=${http.request.method} path=${url.path} status=${http.response.status_code} duration_ms=${event.duration:ms} msg="${message}" shard=${custom.shard:integer}"#,
        );
        check(
            r#"{"ts": 1779012303.5, "client":"192.0.2.1","status":200,"took":0.5}"#,
            r#"{"ts": ${@timestamp}, "client":"${source.ip}","status":${http.response.status_code},"took":${event.duration}}"#,
        );
    }

    #[test]
    fn what_cannot_be_told_is_kept_as_text() {
        check("one two", "${custom.part_1} ${custom.part_2}");
        assert_eq!(propose(b""), None);
        assert_eq!(propose(b"   "), None);
    }
}
