//! ModSecurity's and Coraza's audit log as JSON, of version 3 and of version 2.
//! Specification: <https://github.com/owasp-modsecurity/ModSecurity/wiki/ModSecurity-2-Data-Formats>,
//! <https://coraza.io/docs/seclang/directives/#secauditlogformat>.

use super::super::convert::Convert::{Client, Host, Integer, Request, Server, Text, Time, Uri, Version};
use super::{Entry, Map, PLAIN, entry, second};

/// Version 3 and Coraza: all in `transaction`.
pub const AUDIT: Map = Map {
    name: "ModSecurity audit log (JSON)",
    dataset: "modsecurity.audit",
    prefix: "modsecurity.",
    signs: &[&["transaction.client_ip"], &["transaction.request.uri", "transaction.unique_id", "transaction.id"]],
    entries: ENTRIES,
    ..PLAIN
};

/// Version 2: `transaction`, `request`, `response`, `audit_data`.
pub const AUDIT_2: Map =
    Map { signs: &[&["transaction.remote_address"], &["request.request_line"]], entries: ENTRIES_2, ..AUDIT };

const ENTRIES: &[Entry] = &[
    entry("transaction.time_stamp", "@timestamp", Time),
    second("transaction.timestamp", "@timestamp", Time),
    second("transaction.unix_timestamp", "@timestamp", Time),
    entry("transaction.client_ip", "source.ip", Client),
    entry("transaction.client_port", "source.port", Integer),
    entry("transaction.host_ip", "destination.ip", Server),
    entry("transaction.host_port", "destination.port", Integer),
    entry("transaction.unique_id", "http.request.id", Text),
    second("transaction.id", "http.request.id", Text),
    entry("transaction.server_id", "observer.name", Text),
    entry("transaction.request.method", "http.request.method", Text),
    entry("transaction.request.http_version", "http.version", Version),
    second("transaction.request.protocol", "http.version", Version),
    entry("transaction.request.uri", "url.path", Uri),
    entry("transaction.request.headers.Host", "url.domain", Host),
    entry("transaction.request.headers.host", "url.domain", Host),
    entry("transaction.request.headers.User-Agent", "user_agent.original", Text),
    entry("transaction.request.headers.user-agent", "user_agent.original", Text),
    entry("transaction.request.headers.Referer", "http.request.referrer", Text),
    entry("transaction.request.headers.referer", "http.request.referrer", Text),
    entry("transaction.response.http_code", "http.response.status_code", Integer),
    second("transaction.response.status", "http.response.status_code", Integer),
    entry("transaction.is_interrupted", "modsecurity.is_interrupted", Text),
    entry("transaction.messages.message", "rule.name", Text),
    entry("transaction.messages.details.ruleId", "rule.id", Text),
    entry("transaction.messages.details.severity", "event.severity", Integer),
    entry("transaction.messages.details.tags", "rule.category", Text),
    entry("transaction.messages.details.match", "message", Text),
    entry("transaction.messages.details.data", "modsecurity.data", Text),
    second("messages.message", "rule.name", Text),
    second("messages.data.id", "rule.id", Text),
    second("messages.data.severity", "event.severity", Integer),
    second("messages.data.msg", "message", Text),
];

const ENTRIES_2: &[Entry] = &[
    entry("transaction.time", "@timestamp", Time),
    entry("transaction.transaction_id", "http.request.id", Text),
    entry("transaction.remote_address", "source.ip", Client),
    entry("transaction.remote_port", "source.port", Integer),
    entry("transaction.local_address", "destination.ip", Server),
    entry("transaction.local_port", "destination.port", Integer),
    entry("request.request_line", "url.path", Request),
    entry("request.headers.Host", "url.domain", Host),
    entry("request.headers.host", "url.domain", Host),
    entry("request.headers.User-Agent", "user_agent.original", Text),
    entry("request.headers.user-agent", "user_agent.original", Text),
    entry("request.headers.Referer", "http.request.referrer", Text),
    entry("response.status", "http.response.status_code", Integer),
    entry("audit_data.messages", "message", Text),
    entry("audit_data.action.message", "modsecurity.action.message", Text),
    entry("audit_data.action.intercepted", "modsecurity.action.intercepted", Text),
];
