//! Caddy's access log.
//! Specification: <https://caddyserver.com/docs/logging>, <https://caddyserver.com/docs/caddyfile/directives/log>.

use super::super::convert::Convert::{Client, Host, Integer, Seconds, Text, Time, Uri, Version};
use super::{Entry, Map, PLAIN, entry, second};

/// The access log.
pub const ACCESS: Map = Map {
    name: "Caddy access log (JSON)",
    dataset: "caddy.access",
    prefix: "caddy.",
    signs: &[
        &["request.uri"],
        &["request.remote_ip", "request.remote_addr", "request.client_ip"],
        &["duration", "resp_headers", "resp_headers.Server", "common_log"],
    ],
    entries: ENTRIES,
    ..PLAIN
};

const ENTRIES: &[Entry] = &[
    entry("ts", "@timestamp", Time),
    entry("level", "log.level", Text),
    entry("logger", "caddy.logger", Text),
    entry("msg", "message", Text),
    entry("request.remote_ip", "source.ip", Client),
    entry("request.remote_addr", "source.ip", Client),
    entry("request.remote_port", "source.port", Integer),
    second("request.client_ip", "source.ip", Client),
    entry("request.proto", "http.version", Version),
    entry("request.method", "http.request.method", Text),
    entry("request.host", "url.domain", Host),
    entry("request.uri", "url.path", Uri),
    entry("request.headers.User-Agent", "user_agent.original", Text),
    entry("request.headers.user-agent", "user_agent.original", Text),
    entry("request.headers.Referer", "http.request.referrer", Text),
    entry("request.headers.referer", "http.request.referrer", Text),
    entry("request.tls.server_name", "tls.server_name", Text),
    entry("request.tls.version", "caddy.request.tls.version", Integer),
    entry("request.tls.cipher_suite", "caddy.request.tls.cipher_suite", Integer),
    entry("bytes_read", "http.request.body.bytes", Integer),
    entry("user_id", "user.name", Text),
    entry("duration", "event.duration", Seconds),
    entry("size", "http.response.body.bytes", Integer),
    entry("status", "http.response.status_code", Integer),
    entry("resp_headers.Content-Type", "http.response.mime_type", Text),
];
