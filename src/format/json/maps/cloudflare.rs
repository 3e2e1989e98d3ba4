//! Cloudflare Logpush, HTTP requests.
//! Specification: <https://developers.cloudflare.com/logs/logpush/logpush-job/datasets/zone/http_requests/>.

use super::super::convert::Convert::{Client, Host, Integer, Lower, Millis, Server, Text, Time, Uri, Version};
use super::{Entry, Map, PLAIN, entry, second};

/// HTTP requests.
pub const HTTP: Map = Map {
    name: "Cloudflare HTTP requests (JSON)",
    dataset: "cloudflare.http",
    prefix: "cloudflare.",
    signs: &[
        &["ClientIP"],
        &["ClientRequestHost", "ClientRequestURI", "ClientRequestPath", "RayID"],
        &["EdgeStartTimestamp", "Datetime", "EdgeResponseStatus"],
    ],
    entries: ENTRIES,
    ..PLAIN
};

const ENTRIES: &[Entry] = &[
    entry("EdgeStartTimestamp", "@timestamp", Time),
    second("Datetime", "@timestamp", Time),
    entry("EdgeEndTimestamp", "event.end", Time),
    entry("RayID", "http.request.id", Text),
    entry("ClientIP", "source.ip", Client),
    entry("ClientSrcPort", "source.port", Integer),
    entry("ClientCountry", "source.geo.country_iso_code", Text),
    entry("ClientASN", "cloudflare.ClientASN", Integer),
    entry("ClientRequestBytes", "http.request.bytes", Integer),
    entry("ClientRequestHost", "url.domain", Host),
    entry("ClientRequestMethod", "http.request.method", Text),
    entry("ClientRequestURI", "url.path", Uri),
    second("ClientRequestPath", "url.path", Text),
    second("ClientRequestQuery", "url.query", Text),
    entry("ClientRequestProtocol", "http.version", Version),
    entry("ClientRequestScheme", "url.scheme", Text),
    entry("ClientRequestReferer", "http.request.referrer", Text),
    entry("ClientRequestUserAgent", "user_agent.original", Text),
    entry("ClientSSLProtocol", "tls.version", Text),
    entry("ClientSSLCipher", "tls.cipher", Text),
    entry("JA3Hash", "tls.client.ja3", Text),
    entry("EdgeResponseStatus", "http.response.status_code", Integer),
    entry("EdgeResponseBytes", "http.response.bytes", Integer),
    entry("EdgeResponseBodyBytes", "http.response.body.bytes", Integer),
    entry("EdgeResponseContentType", "http.response.mime_type", Text),
    entry("EdgeTimeToFirstByteMs", "cloudflare.EdgeTimeToFirstByte", Millis),
    entry("OriginIP", "destination.ip", Server),
    entry("OriginResponseStatus", "cloudflare.OriginResponseStatus", Integer),
    entry("CacheCacheStatus", "cloudflare.CacheCacheStatus", Text),
    entry("SecurityAction", "event.action", Lower),
    second("WAFAction", "event.action", Lower),
    entry("SecurityRuleID", "rule.id", Text),
    second("WAFRuleID", "rule.id", Text),
    entry("SecurityRuleDescription", "rule.name", Text),
    second("WAFRuleMessage", "rule.name", Text),
    entry("BotScore", "cloudflare.BotScore", Integer),
    entry("ZoneName", "cloudflare.ZoneName", Text),
];
