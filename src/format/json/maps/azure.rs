//! Azure: Front Door and Application Gateway, their requests and their firewalls', as resource logs.
//! Specification: <https://learn.microsoft.com/azure/frontdoor/monitor-front-door-reference>,
//! <https://learn.microsoft.com/azure/application-gateway/monitor-application-gateway-reference>.

use super::super::convert::Convert::{Client, Float, Host, Integer, Lower, Seconds, Server, Text, Time, Uri, Version};
use super::{Entry, Map, PLAIN, entry, second};

/// Front Door.
pub const FRONT_DOOR: Map = Map {
    name: "Azure Front Door (JSON)",
    dataset: "azure.frontdoor",
    prefix: "azure.",
    signs: &[
        &["properties.trackingReference"],
        &["properties.clientIp", "properties.clientIP", "properties.requestUri"],
    ],
    entries: FRONT,
    ..PLAIN
};

/// Application Gateway. How long a request took is in seconds or milliseconds by the gateway's version, so its number
/// stays as it is.
pub const APPLICATION_GATEWAY: Map = Map {
    name: "Azure Application Gateway (JSON)",
    dataset: "azure.application_gateway",
    prefix: "azure.",
    signs: &[
        &["properties.instanceId", "properties.ruleSetType", "properties.listenerName"],
        &["properties.clientIP", "properties.clientIp"],
        &["properties.requestUri"],
    ],
    entries: GATEWAY,
    ..PLAIN
};

const FRONT: &[Entry] = &[
    entry("time", "@timestamp", Time),
    entry("category", "azure.category", Text),
    entry("resourceId", "observer.name", Text),
    entry("properties.trackingReference", "http.request.id", Text),
    entry("properties.httpMethod", "http.request.method", Text),
    entry("properties.httpVersion", "http.version", Version),
    second("properties.host", "url.domain", Host),
    second("properties.hostName", "url.domain", Host),
    entry("properties.requestUri", "url.path", Uri),
    entry("properties.requestBytes", "http.request.bytes", Integer),
    entry("properties.responseBytes", "http.response.bytes", Integer),
    entry("properties.userAgent", "user_agent.original", Text),
    entry("properties.referer", "http.request.referrer", Text),
    second("properties.referrer", "http.request.referrer", Text),
    entry("properties.clientIp", "source.ip", Client),
    entry("properties.clientIP", "source.ip", Client),
    entry("properties.clientPort", "source.port", Integer),
    entry("properties.clientCountry", "source.geo.country_iso_code", Text),
    entry("properties.originIp", "destination.ip", Server),
    entry("properties.timeTaken", "event.duration", Seconds),
    entry("properties.securityProtocol", "tls.version", Text),
    entry("properties.securityCipher", "tls.cipher", Text),
    entry("properties.sni", "tls.server_name", Text),
    entry("properties.httpStatusCode", "http.response.status_code", Integer),
    entry("properties.requestProtocol", "azure.requestProtocol", Text),
    entry("properties.cacheStatus", "azure.cacheStatus", Text),
    entry("properties.pop", "azure.pop", Text),
    entry("properties.ruleName", "rule.name", Text),
    entry("properties.action", "event.action", Lower),
    entry("properties.policy", "azure.policy", Text),
    entry("properties.details.msg", "message", Text),
];

const GATEWAY: &[Entry] = &[
    entry("timeStamp", "@timestamp", Time),
    second("time", "@timestamp", Time),
    entry("category", "azure.category", Text),
    entry("resourceId", "observer.name", Text),
    entry("properties.clientIP", "source.ip", Client),
    entry("properties.clientIp", "source.ip", Client),
    entry("properties.clientPort", "source.port", Integer),
    entry("properties.httpMethod", "http.request.method", Text),
    entry("properties.requestUri", "url.path", Uri),
    entry("properties.requestQuery", "url.query", Text),
    entry("properties.userAgent", "user_agent.original", Text),
    entry("properties.httpStatus", "http.response.status_code", Integer),
    entry("properties.httpVersion", "http.version", Version),
    entry("properties.receivedBytes", "http.request.bytes", Integer),
    entry("properties.sentBytes", "http.response.bytes", Integer),
    entry("properties.timeTaken", "azure.timeTaken", Float),
    second("properties.host", "url.domain", Host),
    entry("properties.originalHost", "url.domain", Host),
    second("properties.hostname", "url.domain", Host),
    entry("properties.sslProtocol", "tls.version", Text),
    entry("properties.sslCipher", "tls.cipher", Text),
    entry("properties.serverRouted", "destination.ip", Server),
    entry("properties.transactionId", "http.request.id", Text),
    entry("properties.instanceId", "azure.instanceId", Text),
    entry("properties.ruleId", "rule.id", Text),
    entry("properties.message", "rule.name", Text),
    entry("properties.ruleGroup", "rule.category", Text),
    entry("properties.action", "event.action", Lower),
    entry("properties.details.message", "message", Text),
];
