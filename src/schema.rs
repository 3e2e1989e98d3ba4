//! The closed list of columns in Elastic Common Schema names, and one line's values on their way into a table.
//!
//! A format's own fields, which ECS lacks, are columns too: they keep their name under the format's
//! (`zeek.http.trans_depth`). Does not parse and does not store.
//!
//! Names follow the [Elastic Common Schema](https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::units::Micros;

/// What a column's values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text in a dictionary.
    Keyword,
    /// An IP address, kept as written, in a dictionary.
    Ip,
    /// A whole number (`i64`).
    Integer,
    /// A number with decimals (`f64`).
    Float,
    /// A point in time, µs UTC.
    Time,
}

impl Kind {
    /// Whether values of this kind are codes into a dictionary.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Keyword | Self::Ip)
    }
    /// Whether means and quantiles of this kind say something.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Float)
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// No unit.
    None,
    /// Bytes.
    Bytes,
    /// Nanoseconds, as ECS has durations.
    Nanoseconds,
    /// A code or an identifier: sums and means say nothing.
    Code,
    /// A count of packets.
    Packets,
}

macro_rules! fields {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $kind:ident, $unit:ident;)+) => {
        /// A column with a name of the Elastic Common Schema.
        ///
        /// **Null**: what the log does not say is null, never 0 or `-`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Field {
            /// Every field, in the order in which tables and exports show them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in the Elastic Common Schema.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What the values are.
            pub fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)+ }
            }

            /// What the numbers count.
            pub fn unit(self) -> Unit {
                match self { $(Self::$variant => Unit::$unit,)+ }
            }

            /// The field of that name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

fields! {
    /// When the event happened.
    Timestamp = "@timestamp", Time, None;
    /// The offset from UTC that the log wrote, such as `+01:00`.
    EventTimezone = "event.timezone", Keyword, None;
    /// When the event, or the window that it sums up, began.
    EventStart = "event.start", Time, None;
    /// When it ended.
    EventEnd = "event.end", Time, None;
    /// How long it took.
    EventDuration = "event.duration", Integer, Nanoseconds;
    /// The address that a request came from.
    SourceIp = "source.ip", Ip, None;
    /// The name that a request came from, where the log resolves names.
    SourceDomain = "source.domain", Keyword, None;
    /// The port that it came from.
    SourcePort = "source.port", Integer, Code;
    /// Bytes that the source sent.
    SourceBytes = "source.bytes", Integer, Bytes;
    /// Packets that the source sent.
    SourcePackets = "source.packets", Integer, Packets;
    /// The source's country by the log's own word, ISO 3166-1 alpha-2.
    SourceCountry = "source.geo.country_iso_code", Keyword, None;
    /// The source's hardware address.
    SourceMac = "source.mac", Keyword, None;
    /// The source's address behind which a translated one stands.
    SourceNatIp = "source.nat.ip", Ip, None;
    /// The client as the log names it, where that is neither an address nor a plain name.
    SourceAddress = "source.address", Keyword, None;
    /// The address that was asked.
    DestinationIp = "destination.ip", Ip, None;
    /// The name that was asked.
    DestinationDomain = "destination.domain", Keyword, None;
    /// The port that was asked.
    DestinationPort = "destination.port", Integer, Code;
    /// Bytes that the destination sent.
    DestinationBytes = "destination.bytes", Integer, Bytes;
    /// Packets that the destination sent.
    DestinationPackets = "destination.packets", Integer, Packets;
    /// The destination's country by the log's own word, ISO 3166-1 alpha-2.
    DestinationCountry = "destination.geo.country_iso_code", Keyword, None;
    /// The destination's hardware address.
    DestinationMac = "destination.mac", Keyword, None;
    /// The destination as the log names it, where that is neither an address nor a plain name.
    DestinationAddress = "destination.address", Keyword, None;
    /// `tcp`, `udp`, `icmp`.
    NetworkTransport = "network.transport", Keyword, None;
    /// The application protocol, lower case: `http`, `dns`.
    NetworkProtocol = "network.protocol", Keyword, None;
    /// `ipv4`, `ipv6`.
    NetworkType = "network.type", Keyword, None;
    /// The transport's number at IANA.
    NetworkIanaNumber = "network.iana_number", Integer, Code;
    /// `inbound`, `outbound`, as the log says.
    NetworkDirection = "network.direction", Keyword, None;
    /// The hash by which tools know a connection.
    NetworkCommunityId = "network.community_id", Keyword, None;
    /// Bytes both ways.
    NetworkBytes = "network.bytes", Integer, Bytes;
    /// Packets both ways.
    NetworkPackets = "network.packets", Integer, Packets;
    /// The request's verb.
    HttpRequestMethod = "http.request.method", Keyword, None;
    /// The full request line where it is no request: TLS bytes on a plain port, `-`.
    HttpRequestLine = "http.request.line", Keyword, None;
    /// Identifies a request.
    HttpRequestId = "http.request.id", Keyword, None;
    /// `http`, `https`.
    UrlScheme = "url.scheme", Keyword, None;
    /// The host part of what was asked.
    UrlDomain = "url.domain", Keyword, None;
    /// The port part of what was asked.
    UrlPort = "url.port", Integer, Code;
    /// The path as the client sent it, not decoded.
    UrlPath = "url.path", Keyword, None;
    /// What follows `?`, not decoded.
    UrlQuery = "url.query", Keyword, None;
    /// `1.0`, `1.1`, `2.0`.
    HttpVersion = "http.version", Keyword, None;
    /// The status that the server answered.
    HttpResponseStatusCode = "http.response.status_code", Integer, Code;
    /// Bytes in the request's body.
    HttpRequestBodyBytes = "http.request.body.bytes", Integer, Bytes;
    /// Bytes of the whole request.
    HttpRequestBytes = "http.request.bytes", Integer, Bytes;
    /// Bytes in the answer's body.
    HttpResponseBodyBytes = "http.response.body.bytes", Integer, Bytes;
    /// Bytes of the whole answer.
    HttpResponseBytes = "http.response.bytes", Integer, Bytes;
    /// The answer's media type.
    HttpResponseMimeType = "http.response.mime_type", Keyword, None;
    /// Where the client says that it came from.
    HttpRequestReferrer = "http.request.referrer", Keyword, None;
    /// What the client says that it is.
    UserAgentOriginal = "user_agent.original", Keyword, None;
    /// The authenticated user.
    UserName = "user.name", Keyword, None;
    /// The user's number or identifier.
    UserId = "user.id", Keyword, None;
    /// The user whose rights are used.
    UserEffectiveName = "user.effective.name", Keyword, None;
    /// The name that was looked up.
    DnsQuestionName = "dns.question.name", Keyword, None;
    /// The record type that was looked up.
    DnsQuestionType = "dns.question.type", Keyword, None;
    /// How the look-up ended: `NOERROR`, `NXDOMAIN`.
    DnsResponseCode = "dns.response_code", Keyword, None;
    /// The answers, comma-separated as the log has them.
    DnsAnswers = "dns.answers", Keyword, None;
    /// The class that was looked up, mostly `IN`.
    DnsQuestionClass = "dns.question.class", Keyword, None;
    /// Identifies a query.
    DnsId = "dns.id", Keyword, None;
    /// The server name that a TLS client asked for.
    TlsServerName = "tls.server_name", Keyword, None;
    /// The TLS version.
    TlsVersion = "tls.version", Keyword, None;
    /// The cipher suite.
    TlsCipher = "tls.cipher", Keyword, None;
    /// The fingerprint of a TLS client.
    TlsClientJa3 = "tls.client.ja3", Keyword, None;
    /// The fingerprint of a TLS server.
    TlsServerJa3s = "tls.server.ja3s", Keyword, None;
    /// Whom a TLS server's certificate names.
    TlsServerSubject = "tls.server.subject", Keyword, None;
    /// Who signed it.
    TlsServerIssuer = "tls.server.issuer", Keyword, None;
    /// A file's media type.
    FileMimeType = "file.mime_type", Keyword, None;
    /// A file's name.
    FileName = "file.name", Keyword, None;
    /// A file's size.
    FileSize = "file.size", Integer, Bytes;
    /// The rule of another tool that flagged the event.
    RuleName = "rule.name", Keyword, None;
    /// That rule's number.
    RuleId = "rule.id", Keyword, None;
    /// What kind of event that rule flags.
    RuleCategory = "rule.category", Keyword, None;
    /// What another tool made of the event.
    EventAction = "event.action", Keyword, None;
    /// `success`, `failure`.
    EventOutcome = "event.outcome", Keyword, None;
    /// How severe another tool finds it; the scale is that tool's.
    EventSeverity = "event.severity", Integer, Code;
    /// `error`, `notice`, `warn`: the log's own level.
    LogLevel = "log.level", Keyword, None;
    /// The program that wrote the line.
    ProcessName = "process.name", Keyword, None;
    /// Its process.
    ProcessPid = "process.pid", Integer, Code;
    /// Its thread.
    ProcessThreadId = "process.thread.id", Integer, Code;
    /// The machine that wrote the line.
    HostName = "host.name", Keyword, None;
    /// The service that wrote the line.
    ServiceName = "service.name", Keyword, None;
    /// The cloud account that it belongs to.
    CloudAccountId = "cloud.account.id", Keyword, None;
    /// The cloud region.
    CloudRegion = "cloud.region", Keyword, None;
    /// A code of what went wrong.
    ErrorCode = "error.code", Keyword, None;
    /// What went wrong, in words.
    ErrorMessage = "error.message", Keyword, None;
    /// Identifies the event or its connection in the log.
    EventId = "event.id", Keyword, None;
    /// The device, service or account that wrote the event.
    ObserverName = "observer.name", Keyword, None;
    /// A message in words.
    Message = "message", Keyword, None;
    /// Which log the row is from: `apache.access`, `zeek.http`, `csv`.
    EventDataset = "event.dataset", Keyword, None;
    /// The file that the row is from.
    LogFilePath = "log.file.path", Keyword, None;
    /// The folder of that file.
    FileDirectory = "file.directory", Keyword, None;
}

impl Field {
    /// Whether every row of a shard has the same value, so that no column is kept for it.
    pub fn is_of_the_file(self) -> bool {
        matches!(self, Self::EventDataset | Self::LogFilePath | Self::FileDirectory)
    }
}

/// A column's name: an ECS field, or a format's own.
///
/// **Order**: ECS fields first, in the order of [`Field::ALL`]; then the others by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldName {
    /// A field of the closed list.
    Ecs(Field),
    /// A format's own field, by its full name.
    Own(Box<str>),
}

impl FieldName {
    /// The name of a format's own field, or the ECS field of that name.
    pub fn new(name: &str) -> Self {
        Field::from_name(name).map_or_else(|| Self::Own(name.into()), Self::Ecs)
    }

    /// The full name.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ecs(field) => field.name(),
            Self::Own(name) => name,
        }
    }

    /// What the numbers count.
    pub fn unit(&self) -> Unit {
        match self {
            Self::Ecs(field) => field.unit(),
            Self::Own(_) => Unit::None,
        }
    }

    /// The field of the closed list, if it is one.
    pub fn ecs(&self) -> Option<Field> {
        match self {
            Self::Ecs(field) => Some(*field),
            Self::Own(_) => None,
        }
    }
}

impl From<Field> for FieldName {
    fn from(field: Field) -> Self {
        Self::Ecs(field)
    }
}

impl FromStr for FieldName {
    type Err = std::convert::Infallible;
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(name))
    }
}

impl fmt::Display for FieldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
impl schemars::JsonSchema for FieldName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FieldName".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

impl Serialize for FieldName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for FieldName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&String::deserialize(deserializer)?))
    }
}

impl Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown field {name}")))
    }
}

/// One column of a format: its name and what its values are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSpec {
    /// The column's name.
    pub name: FieldName,
    /// What its values are.
    pub kind: Kind,
}

impl ColumnSpec {
    /// The column of an ECS field.
    pub fn ecs(field: Field) -> Self {
        Self { name: FieldName::Ecs(field), kind: field.kind() }
    }

    /// A column of a format's own.
    pub fn own(name: &str, kind: Kind) -> Self {
        Self { name: FieldName::new(name), kind }
    }
}

/// One value of one line, borrowed from the line.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Value<'a> {
    /// The log does not say.
    #[default]
    Null,
    /// Text as bytes; what is no UTF-8 is escaped when it enters a dictionary.
    Text(&'a [u8]),
    /// A whole number.
    Integer(i64),
    /// A number with decimals.
    Float(f64),
    /// A point in time.
    Time(Micros),
    /// A time of day without an offset from UTC: `scan` makes a point in time of it, by the offset assumed.
    Local(Micros),
    /// The same without a year, as if it were 1972, which has a 29th of February.
    Yearless(Micros),
}

/// One line's values, in the order of its format's [`ColumnSpec`]s. Reused from line to line.
#[derive(Debug, Default)]
pub struct Record<'a> {
    /// **Shape**: as many as the format has columns.
    pub values: Vec<Value<'a>>,
}

impl<'a> Record<'a> {
    /// A record of `n_columns` nulls.
    pub fn new(n_columns: usize) -> Self {
        Self { values: vec![Value::Null; n_columns] }
    }

    /// Sets all values to null.
    pub fn clear(&mut self) {
        self.values.fill(Value::Null);
    }

    /// The same record for another line: all `n_columns` values null, the memory kept.
    #[must_use]
    pub fn recycle<'b>(mut self, n_columns: usize) -> Record<'b> {
        self.values.clear();
        // Collected in place, so that a line costs no allocation.
        let mut values: Vec<Value<'b>> = self.values.into_iter().map(|_| Value::Null).collect();
        values.resize(n_columns, Value::Null);
        Record { values }
    }

    /// Sets the value of a column; a column that the record does not have is left out.
    pub fn set(&mut self, column: usize, value: Value<'a>) {
        debug_assert!(column < self.values.len(), "column {column} of {}", self.values.len());
        if let Some(slot) = self.values.get_mut(column) {
            *slot = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_name() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.name()), Some(*field));
        }
        assert_eq!(FieldName::new("zeek.http.trans_depth").as_str(), "zeek.http.trans_depth");
    }

    #[test]
    fn names_cross_as_plain_text() {
        let json = serde_json::to_string(&FieldName::from(Field::SourceIp)).unwrap();
        assert_eq!(json, "\"source.ip\"");
        assert_eq!(serde_json::from_str::<FieldName>(&json).unwrap(), FieldName::Ecs(Field::SourceIp));
    }
}
