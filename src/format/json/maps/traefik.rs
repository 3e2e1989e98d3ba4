//! Traefik's access log as JSON.
//! Specification: <https://doc.traefik.io/traefik/observability/access-logs/>.

use super::super::convert::Convert::{Client, Host, Integer, Text, Time, Uri, Version};
use super::{Entry, Map, PLAIN, entry, second};

/// The access log.
pub const ACCESS: Map = Map {
    name: "Traefik access log (JSON)",
    dataset: "traefik.access",
    prefix: "traefik.",
    signs: &[
        &["ClientAddr", "ClientHost"],
        &["DownstreamStatus", "RouterName", "RequestPath"],
        &["RequestMethod", "Duration"],
    ],
    entries: ENTRIES,
    ..PLAIN
};

const ENTRIES: &[Entry] = &[
    second("time", "@timestamp", Time),
    entry("StartUTC", "@timestamp", Time),
    entry("level", "log.level", Text),
    entry("ClientAddr", "source.ip", Client),
    second("ClientHost", "source.ip", Client),
    entry("ClientPort", "source.port", Integer),
    entry("ClientUsername", "user.name", Text),
    entry("DownstreamStatus", "http.response.status_code", Integer),
    second("OriginStatus", "http.response.status_code", Integer),
    entry("DownstreamContentSize", "http.response.body.bytes", Integer),
    entry("RequestContentSize", "http.request.body.bytes", Integer),
    // Nanoseconds.
    entry("Duration", "event.duration", Integer),
    entry("RequestHost", "url.domain", Host),
    second("RequestAddr", "url.domain", Host),
    entry("RequestPort", "url.port", Integer),
    entry("RequestMethod", "http.request.method", Text),
    entry("RequestPath", "url.path", Uri),
    entry("RequestProtocol", "http.version", Version),
    entry("RequestScheme", "url.scheme", Text),
    entry("RouterName", "traefik.RouterName", Text),
    entry("ServiceName", "service.name", Text),
    entry("TLSVersion", "tls.version", Text),
    entry("TLSCipher", "tls.cipher", Text),
    entry("TLSClientSubject", "traefik.TLSClientSubject", Text),
    entry("request_User-Agent", "user_agent.original", Text),
    entry("request_Referer", "http.request.referrer", Text),
    entry("request_X-Request-Id", "http.request.id", Text),
];
