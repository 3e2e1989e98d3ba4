//! How a value of a JSON log becomes the values of columns: numbers, times in several units, targets of requests,
//! addresses with ports.

use memchr::{memchr, memchr3, memmem};
use serde::{Deserialize, Serialize};

use crate::format::access::{host_and_port, looks_like_address, split_request};
use crate::format::csv::whole;
use crate::format::numbers::{digits, float, seconds_scaled};
use crate::format::timestamp;
use crate::schema::{Field, FieldName, Kind, Record, Value};
use crate::units::Micros;
use crate::units::time::{civil, fraction, month, two, with_offset};

/// How text becomes values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Convert {
    /// As it is.
    Text,
    /// In small letters.
    Lower,
    /// A whole number.
    Integer,
    /// A number with decimals.
    Float,
    /// A time as text, or a number of seconds, milli-, micro- or nanoseconds since 1970, told by how large it is.
    Time,
    /// Seconds, also as `0.012s` or `1.5ms`, as ns.
    Seconds,
    /// Milliseconds as ns.
    Millis,
    /// Microseconds as ns.
    Micros,
    /// The target of a request: path and query; scheme, host and port too where it is absolute.
    Uri,
    /// A request line: method, target, version.
    Request,
    /// `HTTP/1.1` as `1.1`.
    Version,
    /// Who asked: an address or a name, perhaps with a port.
    Client,
    /// Who was asked: an address or a name, perhaps with a port.
    Server,
    /// The host that was asked for, perhaps with a port.
    Host,
    /// A transport by its number or its name.
    Transport,
    /// `user/REALM` or `user@realm`.
    Principal,
    /// `sip:user@host:port`.
    Sip,
    /// A class of DNS as Zeek names it.
    DnsClass,
}

/// How many columns one value can fill.
pub const MAX_TARGETS: usize = 8;

/// Places of the columns that a value fills: its own, then those of [`Convert::beside`].
pub type Targets = [usize; MAX_TARGETS];

impl Convert {
    /// What the column's values are.
    pub fn kind(self) -> Kind {
        match self {
            Self::Integer | Self::Seconds | Self::Millis | Self::Micros => Kind::Integer,
            Self::Float => Kind::Float,
            Self::Time => Kind::Time,
            _ => Kind::Keyword,
        }
    }

    /// The columns that are filled beside its own.
    pub fn beside(self) -> &'static [&'static str] {
        match self {
            Self::Uri => &["url.query", "url.scheme", "url.domain", "url.port"],
            Self::Request => &[
                "url.query",
                "url.scheme",
                "url.domain",
                "url.port",
                "http.request.method",
                "http.version",
                "http.request.line",
            ],
            Self::Client => &["source.port", "source.domain"],
            Self::Server => &["destination.port", "destination.domain"],
            Self::Host => &["url.port"],
            Self::Transport => &["network.iana_number"],
            Self::Principal => &["user.domain"],
            Self::Sip => &["url.port", "url.scheme", "url.username"],
            _ => &[],
        }
    }

    /// How the values of a field are usually written.
    pub fn of(name: &FieldName, kind: Kind) -> Self {
        match (name.ecs(), kind) {
            (Some(Field::UrlPath), _) => Self::Uri,
            (Some(Field::UrlDomain), _) => Self::Host,
            (Some(Field::SourceIp), _) => Self::Client,
            (Some(Field::DestinationIp), _) => Self::Server,
            (Some(Field::HttpVersion), _) => Self::Version,
            (Some(Field::NetworkTransport), _) => Self::Transport,
            (Some(Field::NetworkProtocol), _) => Self::Lower,
            (_, Kind::Integer) => Self::Integer,
            (_, Kind::Float) => Self::Float,
            (_, Kind::Time) => Self::Time,
            _ => Self::Text,
        }
    }

    /// Fills the columns from a text that is not empty.
    ///
    /// # Errors
    /// What was expected.
    pub fn fill<'a>(self, text: &'a [u8], to: &Targets, record: &mut Record<'a>) -> Result<(), &'static str> {
        let value = match self {
            Self::Text | Self::Lower => Value::Text(text),
            Self::Integer => whole(text).map(Value::Integer).ok_or("whole number")?,
            Self::Float => float(text).map(Value::Float).ok_or("number")?,
            Self::Time => time(text).ok_or("time")?,
            Self::Seconds => duration(text, 9).ok_or("duration")?,
            Self::Millis => duration(text, 6).ok_or("duration")?,
            Self::Micros => duration(text, 3).ok_or("duration")?,
            Self::Version => Value::Text(text.strip_prefix(b"HTTP/").unwrap_or(text)),
            Self::DnsClass => Value::Text(if text == b"C_INTERNET" { b"IN" } else { text }),
            Self::Uri => {
                uri(text, to, record);
                return Ok(());
            }
            Self::Request => {
                request(text, to, record);
                return Ok(());
            }
            Self::Client | Self::Server => {
                end(text, to, record);
                return Ok(());
            }
            Self::Host => {
                host(text, (to[0], to[1]), record);
                return Ok(());
            }
            Self::Transport => {
                transport(text, to, record);
                return Ok(());
            }
            Self::Principal => {
                let cut = text.iter().position(|b| matches!(b, b'/' | b'@')).unwrap_or(text.len());
                set(record, to[1], text.get(cut + 1..).unwrap_or_default());
                Value::Text(text.get(..cut).unwrap_or(text))
            }
            Self::Sip => {
                sip(text, to, record);
                return Ok(());
            }
        };
        record.set(to[0], value);
        Ok(())
    }
}

fn set<'a>(record: &mut Record<'a>, column: usize, text: &'a [u8]) {
    if !matches!(text, b"" | b"-") {
        record.set(column, Value::Text(text));
    }
}

/// **Null**: a time of 0 is none.
fn time(text: &[u8]) -> Option<Value<'static>> {
    if let Some(stamp) = timestamp::parse(text) {
        return Some(timestamp::value(stamp));
    }
    if let Some(stamp) = asctime(text) {
        return Some(stamp);
    }
    let nanoseconds = digits(text).filter(|_| text.len() == 19);
    if let Some(nanoseconds) = nanoseconds {
        return Some(Value::Time(Micros(nanoseconds / 1000)));
    }
    let number = float(text)?;
    // Seconds of this century, milliseconds, microseconds.
    let micros = match number.abs() {
        0.0 => return Some(Value::Null),
        1e8..1e11 => number * 1e6,
        1e11..1e14 => number * 1e3,
        1e14..1e17 => number,
        _ => return None,
    };
    Some(Value::Time(Micros(micros as i64)))
}

/// `Thu Sep 30 13:27:06 2021`, in local time; decimals may follow the seconds.
fn asctime(text: &[u8]) -> Option<Value<'static>> {
    let month = month(text.get(4..7)?)?;
    let day = if text.get(8) == Some(&b' ') { digits(text.get(9..10)?)? } else { two(text, 8)? };
    let separators = [text.get(3)?, text.get(7)?, text.get(10)?, text.get(13)?, text.get(16)?];
    if separators != [&b' ', &b' ', &b' ', &b':', &b':'] {
        return None;
    }
    let (micros, rest) = fraction(text.get(19..)?)?;
    let year = digits(rest.trim_ascii())?;
    let seconds = civil(year, month, day, (two(text, 11)?, two(text, 14)?, two(text, 17)?))?;
    with_offset(seconds, micros, &[]).map(timestamp::value)
}

/// A duration whose number is in units of `10^decimals` ns where no unit is written.
fn duration(text: &[u8], decimals: usize) -> Option<Value<'static>> {
    let cut = text.iter().rposition(|b| b.is_ascii_digit() || *b == b'.')? + 1;
    let (number, unit) = text.split_at(cut);
    let decimals = match unit {
        b"" => decimals,
        b"s" => 9,
        b"ms" => 6,
        b"us" | b"\xC2\xB5s" => 3,
        b"ns" => 0,
        _ => return None,
    };
    let nanoseconds = seconds_scaled(number, decimals).or_else(|| {
        // 3.3987e-05
        let nanoseconds = float(number)? * libm::pow(10.0, decimals as f64);
        (nanoseconds.abs() < 9e18).then_some(libm::round(nanoseconds) as i64)
    });
    nanoseconds.map(Value::Integer)
}

fn uri<'a>(text: &'a [u8], to: &Targets, record: &mut Record<'a>) {
    let mut local = text;
    if text.first() != Some(&b'/')
        && let Some(at) = memmem::find(text.get(..12.min(text.len())).unwrap_or_default(), b"://")
    {
        set(record, to[2], text.get(..at).unwrap_or_default());
        let rest = text.get(at + 3..).unwrap_or_default();
        let cut = memchr3(b'/', b'?', b'#', rest).unwrap_or(rest.len());
        host(rest.get(..cut).unwrap_or_default(), (to[3], to[4]), record);
        local = rest.get(cut..).unwrap_or_default();
    }
    let cut = memchr(b'?', local).unwrap_or(local.len());
    set(record, to[0], local.get(..cut).unwrap_or_default());
    set(record, to[1], local.get(cut + 1..).unwrap_or_default());
}

fn request<'a>(text: &'a [u8], to: &Targets, record: &mut Record<'a>) {
    let Some((method, target, version)) = split_request(text) else {
        return set(record, to[7], text);
    };
    set(record, to[5], method);
    set(record, to[6], version.unwrap_or_default());
    uri(target, to, record);
}

fn host<'a>(text: &'a [u8], (name_at, port_at): (usize, usize), record: &mut Record<'a>) {
    let (name, port) = host_and_port(text);
    set(record, name_at, name);
    if let Some(port) = port {
        record.set(port_at, Value::Integer(port));
    }
}

/// One end of a connection: address, port, name. Of several addresses (`X-Forwarded-For`) the first.
fn end<'a>(text: &'a [u8], to: &Targets, record: &mut Record<'a>) {
    let text = text.get(..memchr(b',', text).unwrap_or(text.len())).unwrap_or(text).trim_ascii();
    if looks_like_address(text) {
        return set(record, to[0], text);
    }
    let (name, port) = host_and_port(text);
    if let Some(port) = port {
        record.set(to[1], Value::Integer(port));
    }
    let name = name.strip_prefix(b"[").and_then(|n| n.strip_suffix(b"]")).unwrap_or(name);
    set(record, if looks_like_address(name) { to[0] } else { to[2] }, name);
}

fn transport<'a>(text: &'a [u8], to: &Targets, record: &mut Record<'a>) {
    let Some(number) = digits(text) else { return set(record, to[0], text) };
    record.set(to[1], Value::Integer(number));
    let name: &[u8] = match number {
        1 => b"icmp",
        6 => b"tcp",
        17 => b"udp",
        47 => b"gre",
        50 => b"esp",
        58 => b"ipv6-icmp",
        132 => b"sctp",
        _ => b"",
    };
    set(record, to[0], name);
}

fn sip<'a>(text: &'a [u8], to: &Targets, record: &mut Record<'a>) {
    let Some(colon) = memchr(b':', text) else { return set(record, to[0], text) };
    set(record, to[2], text.get(..colon).unwrap_or_default());
    let rest = text.get(colon + 1..).unwrap_or_default();
    let rest = rest.get(..memchr3(b';', b'?', b'>', rest).unwrap_or(rest.len())).unwrap_or(rest);
    let host_at = memchr(b'@', rest).map_or(0, |at| at + 1);
    set(record, to[3], rest.get(..host_at.saturating_sub(1)).unwrap_or_default());
    host(rest.get(host_at..).unwrap_or_default(), (to[0], to[1]), record);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(convert: Convert, text: &str) -> String {
        let to = std::array::from_fn(|at| at);
        let mut record = Record::new(MAX_TARGETS);
        if let Err(expected) = convert.fill(text.as_bytes(), &to, &mut record) {
            return format!("no {expected}");
        }
        let shown = record.values.iter().map(|value| match value {
            Value::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Time(time) => time.to_rfc3339(),
            Value::Local(time) => format!("local {}", time.to_rfc3339()),
            _ => String::new(),
        });
        shown.collect::<Vec<_>>().join("|").trim_end_matches('|').into()
    }

    #[test]
    fn times_are_told_by_their_size() {
        for text in
            ["1763632800", "1763632800.0", "1.7636328e9", "1763632800000", "1763632800000000", "1763632800000000000"]
        {
            assert_eq!(values(Convert::Time, text), "2025-11-20T10:00:00Z", "{text}");
        }
        assert_eq!(values(Convert::Time, "2025-11-20T10:00:00+01:00"), "2025-11-20T09:00:00Z");
        assert_eq!(values(Convert::Time, "Thu Nov 20 10:00:00 2025"), "local 2025-11-20T10:00:00Z");
        assert_eq!(values(Convert::Time, "Thu Nov  6 10:00:00.250000 2025"), "local 2025-11-06T10:00:00.250Z");
        assert_eq!(values(Convert::Time, "0.0"), "");
        assert_eq!(values(Convert::Time, "soon"), "no time");
    }

    #[test]
    fn durations_are_nanoseconds() {
        assert_eq!(values(Convert::Seconds, "0.012"), "12000000");
        assert_eq!(values(Convert::Seconds, "0.012s"), "12000000");
        assert_eq!(values(Convert::Seconds, "3.3987e-05"), "33987");
        assert_eq!(values(Convert::Millis, "7"), "7000000");
        assert_eq!(values(Convert::Millis, "1.5s"), "1500000000");
        assert_eq!(values(Convert::Seconds, "33.987µs"), "33987");
        assert_eq!(values(Convert::Seconds, "1h"), "no duration");
    }

    #[test]
    fn targets_are_cut_into_their_parts() {
        assert_eq!(values(Convert::Uri, "/a?b=1"), "/a|b=1");
        assert_eq!(values(Convert::Uri, "https://h.example:8443/a?b"), "/a|b|https|h.example|8443");
        assert_eq!(values(Convert::Request, "GET /a?b HTTP/1.1"), "/a|b||||GET|1.1");
        assert_eq!(values(Convert::Request, "\u{1}\u{2}"), "|||||||\u{1}\u{2}");
        assert_eq!(values(Convert::Sip, "sip:ann@h.example:5060;x=1"), "h.example|5060|sip|ann");
        assert_eq!(values(Convert::Sip, "sip:h.example"), "h.example||sip");
    }

    #[test]
    fn ends_are_addresses_or_names_with_ports() {
        assert_eq!(values(Convert::Client, "192.0.2.1:5000"), "192.0.2.1|5000");
        assert_eq!(values(Convert::Client, "[2001:db8::1]:5000"), "2001:db8::1|5000");
        assert_eq!(values(Convert::Client, "2001:db8::1"), "2001:db8::1");
        assert_eq!(values(Convert::Client, "192.0.2.1, 198.51.100.2"), "192.0.2.1");
        assert_eq!(values(Convert::Server, "app.example:80"), "|80|app.example");
        assert_eq!(values(Convert::Host, "app.example:80"), "app.example|80");
        assert_eq!(values(Convert::Transport, "6"), "tcp|6");
        assert_eq!(values(Convert::Principal, "ann/EXAMPLE.COM"), "ann|EXAMPLE.COM");
    }
}
