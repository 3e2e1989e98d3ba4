//! AWS: CloudTrail's events and the web application firewall's requests.
//! Specification: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>,
//! <https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html>.

use super::super::convert::Convert::{Client, Integer, Lower, Text, Time, Uri, Version};
use super::{Entry, Map, PLAIN, entry, second};

/// CloudTrail: events, insights, digests.
pub const CLOUDTRAIL: Map = Map {
    name: "AWS CloudTrail (JSON)",
    dataset: "aws.cloudtrail",
    prefix: "aws.cloudtrail.",
    signs: &[
        &["eventName", "insightDetails.eventName", "digestEndTime"],
        &["eventTime", "digestEndTime"],
        &["awsRegion", "awsAccountId"],
    ],
    entries: EVENTS,
    ..PLAIN
};

/// Web application firewall.
pub const WAF: Map = Map {
    name: "AWS WAF (JSON)",
    dataset: "aws.waf",
    prefix: "aws.waf.",
    signs: &[&["webaclId"], &["httpRequest.clientIp", "httpRequest.uri"]],
    entries: REQUESTS,
    headers: "httpRequest.headers",
    ..PLAIN
};

const EVENTS: &[Entry] = &[
    entry("eventTime", "@timestamp", Time),
    second("digestEndTime", "@timestamp", Time),
    entry("eventName", "event.action", Text),
    second("insightDetails.eventName", "event.action", Text),
    entry("eventSource", "service.name", Text),
    second("insightDetails.eventSource", "service.name", Text),
    entry("awsRegion", "cloud.region", Text),
    entry("sourceIPAddress", "source.ip", Client),
    entry("userAgent", "user_agent.original", Text),
    entry("errorCode", "error.code", Text),
    entry("errorMessage", "error.message", Text),
    entry("requestID", "http.request.id", Text),
    entry("eventID", "event.id", Text),
    entry("eventType", "aws.cloudtrail.eventType", Text),
    entry("readOnly", "aws.cloudtrail.readOnly", Text),
    entry("userIdentity.userName", "user.name", Text),
    second("userIdentity.sessionContext.sessionIssuer.userName", "user.name", Text),
    entry("userIdentity.principalId", "user.id", Text),
    entry("userIdentity.accountId", "cloud.account.id", Text),
    second("recipientAccountId", "cloud.account.id", Text),
    second("awsAccountId", "cloud.account.id", Text),
    entry("userIdentity.type", "aws.cloudtrail.userIdentity.type", Text),
    entry("userIdentity.arn", "aws.cloudtrail.userIdentity.arn", Text),
    entry("userIdentity.accessKeyId", "aws.cloudtrail.userIdentity.accessKeyId", Text),
    entry("tlsDetails.tlsVersion", "tls.version", Text),
    entry("tlsDetails.cipherSuite", "tls.cipher", Text),
];

const REQUESTS: &[Entry] = &[
    entry("timestamp", "@timestamp", Time),
    entry("action", "event.action", Lower),
    entry("terminatingRuleId", "rule.name", Text),
    entry("terminatingRuleType", "rule.category", Text),
    entry("webaclId", "observer.name", Text),
    entry("httpSourceName", "aws.waf.httpSourceName", Text),
    entry("httpSourceId", "aws.waf.httpSourceId", Text),
    entry("httpRequest.clientIp", "source.ip", Client),
    entry("httpRequest.country", "source.geo.country_iso_code", Text),
    entry("httpRequest.uri", "url.path", Uri),
    entry("httpRequest.args", "url.query", Text),
    entry("httpRequest.httpVersion", "http.version", Version),
    entry("httpRequest.httpMethod", "http.request.method", Text),
    entry("httpRequest.requestId", "http.request.id", Text),
    entry("httpRequest.scheme", "url.scheme", Text),
    entry("httpRequest.host", "url.domain", Text),
    entry("httpRequest.headers.host", "url.domain", Text),
    entry("httpRequest.headers.user-agent", "user_agent.original", Text),
    entry("httpRequest.headers.referer", "http.request.referrer", Text),
    entry("responseCodeSent", "http.response.status_code", Integer),
    entry("labels.name", "aws.waf.labels", Text),
    entry("ja3Fingerprint", "tls.client.ja3", Text),
];
