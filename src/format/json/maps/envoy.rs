//! Envoy's access log as JSON, with its default keys and Istio's.
//! Specification: <https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage>,
//! <https://istio.io/latest/docs/tasks/observability/logs/access-log/>.

use super::super::convert::Convert::{Client, Host, Integer, Lower, Millis, Server, Text, Time, Uri, Version};
use super::{Entry, Map, PLAIN, entry, second};

/// The access log.
pub const ACCESS: Map = Map {
    name: "Envoy access log (JSON)",
    dataset: "envoy.access",
    prefix: "envoy.",
    signs: &[
        &["response_flags", "upstream_host", "upstream_cluster", "x-envoy-origin-path"],
        &["downstream_remote_address", "response_code"],
        &["start_time", "duration"],
    ],
    entries: ENTRIES,
    ..PLAIN
};

const ENTRIES: &[Entry] = &[
    entry("start_time", "@timestamp", Time),
    entry("method", "http.request.method", Text),
    second("path", "url.path", Uri),
    entry("x-envoy-origin-path", "url.path", Uri),
    entry("protocol", "http.version", Version),
    entry("response_code", "http.response.status_code", Integer),
    entry("response_flags", "envoy.response_flags", Text),
    entry("response_code_details", "envoy.response_code_details", Text),
    entry("bytes_received", "http.request.body.bytes", Integer),
    entry("bytes_sent", "http.response.body.bytes", Integer),
    entry("duration", "event.duration", Millis),
    entry("x-forwarded-for", "envoy.x-forwarded-for", Text),
    entry("x_forwarded_for", "envoy.x-forwarded-for", Text),
    entry("user-agent", "user_agent.original", Text),
    entry("user_agent", "user_agent.original", Text),
    entry("referer", "http.request.referrer", Text),
    entry("request_id", "http.request.id", Text),
    entry("x-request-id", "http.request.id", Text),
    entry(":authority", "url.domain", Host),
    entry("authority", "url.domain", Host),
    entry("upstream_host", "destination.ip", Server),
    entry("upstream_cluster", "envoy.upstream_cluster", Text),
    entry("downstream_remote_address", "source.ip", Client),
    entry("downstream_local_address", "envoy.downstream_local_address", Text),
    entry("requested_server_name", "tls.server_name", Text),
    entry("route_name", "envoy.route_name", Text),
    entry("level", "log.level", Lower),
];
