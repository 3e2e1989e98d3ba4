//! JSON logs of any keys: well-known names become fields, the others stay as they are.
//! Names: ECS itself; those of delimited files ([`csv`]); nginx's variables with `escape=json`
//! (<https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format>); Akamai's DataStream 2
//! (<https://techdocs.akamai.com/datastream2/docs/data-set-parameters>); Fastly's usual ones
//! (<https://docs.fastly.com/en/guides/useful-log-formats>).

use super::super::convert::Convert::{self, Client, Host, Integer, Millis, Request, Seconds, Text, Time, Uri, Version};
use super::{Map, PLAIN};
use crate::format::csv;
use crate::schema::{Field, FieldName};

/// Any JSON objects.
pub const ANY: Map = Map { name: "JSON lines", dataset: "json", prefix: "json.", ..PLAIN };

/// Names, small and with `_` between their words, that delimited files do not have.
const NAMES: &[(&str, Field, Convert)] = &[
    ("request", Field::UrlPath, Request),
    ("request_line", Field::UrlPath, Request),
    ("request_time", Field::EventDuration, Seconds),
    ("duration_seconds", Field::EventDuration, Seconds),
    ("duration_s", Field::EventDuration, Seconds),
    ("duration_ms", Field::EventDuration, Millis),
    ("latency_ms", Field::EventDuration, Millis),
    ("elapsed_ms", Field::EventDuration, Millis),
    ("response_time_ms", Field::EventDuration, Millis),
    ("responsetimems", Field::EventDuration, Millis),
    ("time_iso8601", Field::Timestamp, Time),
    ("msec", Field::Timestamp, Time),
    ("reqtimesec", Field::Timestamp, Time),
    ("start_time", Field::Timestamp, Time),
    ("remote_user", Field::UserName, Text),
    ("remote_port", Field::SourcePort, Integer),
    ("cliip", Field::SourceIp, Client),
    ("remoteip", Field::SourceIp, Client),
    ("remoteaddr", Field::SourceIp, Client),
    ("reqmethod", Field::HttpRequestMethod, Text),
    ("reqhost", Field::UrlDomain, Host),
    ("reqpath", Field::UrlPath, Text),
    ("request_path", Field::UrlPath, Uri),
    ("querystr", Field::UrlQuery, Text),
    ("args", Field::UrlQuery, Text),
    ("statuscode", Field::HttpResponseStatusCode, Integer),
    ("response_status", Field::HttpResponseStatusCode, Integer),
    ("rspcontentlen", Field::HttpResponseBodyBytes, Integer),
    ("response_body_size", Field::HttpResponseBodyBytes, Integer),
    ("rspcontenttype", Field::HttpResponseMimeType, Text),
    ("content_type", Field::HttpResponseMimeType, Text),
    ("turnaroundtimemsec", Field::EventDuration, Millis),
    ("ua", Field::UserAgentOriginal, Text),
    ("request_user_agent", Field::UserAgentOriginal, Text),
    ("request_referer", Field::HttpRequestReferrer, Text),
    ("request_protocol", Field::HttpVersion, Version),
    ("server_protocol", Field::HttpVersion, Version),
    ("proto", Field::HttpVersion, Version),
    ("scheme", Field::UrlScheme, Text),
    ("reqid", Field::HttpRequestId, Text),
    ("request_id", Field::HttpRequestId, Text),
    ("http_x_request_id", Field::HttpRequestId, Text),
    ("request_length", Field::HttpRequestBytes, Integer),
    ("tlsversion", Field::TlsVersion, Text),
    ("ssl_protocol", Field::TlsVersion, Text),
    ("ssl_cipher", Field::TlsCipher, Text),
    ("level", Field::LogLevel, Text),
    ("severity", Field::LogLevel, Text),
    ("pid", Field::ProcessPid, Integer),
    ("error", Field::ErrorMessage, Text),
];

/// Objects that say whose their keys are, not what.
const WRAPPERS: [&str; 12] =
    ["request", "req", "response", "res", "resp", "http", "httprequest", "log", "data", "event", "context", "headers"];

/// Names that mean too many things outside of tables of requests.
const VAGUE: [&str; 7] = ["version", "response", "size", "port", "agent", "service", "action"];

/// The field of a key path, and how its values are usually written.
pub fn known_name(path: &str) -> Option<(FieldName, Convert)> {
    if let Some(field) = Field::from_name(path).filter(|field| !field.is_of_the_file()) {
        let name = FieldName::from(field);
        // ECS has the path there, the query elsewhere.
        let convert = if field == Field::UrlPath { Text } else { Convert::of(&name, field.kind()) };
        return Some((name, convert));
    }
    let mut rest = path;
    while let Some((wrapper, inner)) = rest.split_once('.')
        && WRAPPERS.contains(&wrapper.to_ascii_lowercase().as_str())
    {
        rest = inner;
    }
    let plain: String = rest.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let plain = plain.trim_matches('_');
    if let Some(&(_, field, convert)) = NAMES.iter().find(|(name, _, _)| *name == plain) {
        return Some((field.into(), convert));
    }
    if VAGUE.contains(&plain) {
        return None;
    }
    let field = csv::known_field(plain)?;
    let name = FieldName::from(field);
    let convert = Convert::of(&name, field.kind());
    Some((name, convert))
}
