//! Suricata's `eve.json`: all its event types in one file.
//! Specification: <https://docs.suricata.io/en/latest/output/eve/eve-json-format.html>.
//!
//! The engine's own counters (`stats`) stay out, their rows do not.

use super::super::convert::Convert::{Client, Host, Integer, Lower, Server, Text, Time, Uri, Version};
use super::{Entry, Map, PLAIN, entry, second};
use crate::schema::{Record, Value};

/// `eve.json`.
pub const EVE: Map = Map {
    name: "Suricata eve.json",
    dataset: "suricata.eve",
    prefix: "suricata.",
    signs: &[&["event_type"], &["timestamp"], &["src_ip", "stats.uptime", "flow_id", "engine.message"]],
    entries: ENTRIES,
    passed: &["stats", "packet", "packet_info", "payload", "payload_printable", "alert.rule"],
    finish: Some((FINISH, finish)),
    ..PLAIN
};

const ENTRIES: &[Entry] = &[
    entry("timestamp", "@timestamp", Time),
    entry("event_type", "suricata.event_type", Text),
    entry("src_ip", "source.ip", Client),
    entry("src_port", "source.port", Integer),
    entry("dest_ip", "destination.ip", Server),
    entry("dest_port", "destination.port", Integer),
    entry("proto", "network.transport", Lower),
    entry("app_proto", "network.protocol", Lower),
    entry("community_id", "network.community_id", Text),
    entry("flow_id", "event.id", Text),
    entry("in_iface", "suricata.in_iface", Text),
    entry("host", "host.name", Text),
    entry("ether.src_mac", "source.mac", Text),
    entry("ether.dest_mac", "destination.mac", Text),
    entry("alert.signature", "rule.name", Text),
    entry("alert.signature_id", "rule.id", Text),
    entry("alert.category", "rule.category", Text),
    entry("alert.severity", "event.severity", Integer),
    entry("alert.action", "event.action", Text),
    entry("alert.gid", "suricata.alert.gid", Integer),
    entry("alert.rev", "suricata.alert.rev", Integer),
    entry("anomaly.event", "rule.name", Text),
    entry("anomaly.type", "rule.category", Text),
    entry("http.hostname", "url.domain", Host),
    entry("http.http_port", "url.port", Integer),
    entry("http.url", "url.path", Uri),
    entry("http.http_user_agent", "user_agent.original", Text),
    entry("http.http_content_type", "http.response.mime_type", Text),
    entry("http.http_refer", "http.request.referrer", Text),
    entry("http.http_method", "http.request.method", Text),
    entry("http.protocol", "http.version", Version),
    entry("http.status", "http.response.status_code", Integer),
    entry("http.length", "http.response.body.bytes", Integer),
    entry("http.xff", "suricata.http.xff", Text),
    entry("http.redirect", "suricata.http.redirect", Text),
    entry("dns.type", "suricata.dns.type", Text),
    entry("dns.id", "dns.id", Text),
    entry("dns.rrname", "dns.question.name", Text),
    entry("dns.rrtype", "dns.question.type", Text),
    entry("dns.queries.rrname", "dns.question.name", Text),
    entry("dns.queries.rrtype", "dns.question.type", Text),
    entry("dns.query.rrname", "dns.question.name", Text),
    entry("dns.query.rrtype", "dns.question.type", Text),
    entry("dns.rcode", "dns.response_code", Text),
    entry("dns.grouped.A", "dns.answers", Text),
    second("dns.grouped.AAAA", "dns.answers", Text),
    second("dns.grouped.CNAME", "dns.answers", Text),
    second("dns.answers.rdata", "dns.answers", Text),
    second("dns.rdata", "dns.answers", Text),
    entry("tls.sni", "tls.server_name", Text),
    entry("tls.version", "tls.version", Text),
    entry("tls.subject", "tls.server.subject", Text),
    entry("tls.issuerdn", "tls.server.issuer", Text),
    entry("tls.ja3.hash", "tls.client.ja3", Text),
    entry("tls.ja3s.hash", "tls.server.ja3s", Text),
    entry("tls.fingerprint", "suricata.tls.fingerprint", Text),
    entry("tls.serial", "suricata.tls.serial", Text),
    entry("tls.notbefore", "suricata.tls.notbefore", Text),
    entry("tls.notafter", "suricata.tls.notafter", Text),
    entry("ssh.client.software_version", "suricata.ssh.client.software_version", Text),
    entry("ssh.client.proto_version", "suricata.ssh.client.proto_version", Text),
    entry("ssh.server.software_version", "suricata.ssh.server.software_version", Text),
    entry("ssh.server.proto_version", "suricata.ssh.server.proto_version", Text),
    entry("smtp.helo", "suricata.smtp.helo", Text),
    entry("smtp.mail_from", "suricata.smtp.mail_from", Text),
    entry("smtp.rcpt_to", "suricata.smtp.rcpt_to", Text),
    entry("email.from", "suricata.email.from", Text),
    entry("email.to", "suricata.email.to", Text),
    entry("email.subject", "suricata.email.subject", Text),
    entry("fileinfo.filename", "file.name", Text),
    entry("fileinfo.size", "file.size", Integer),
    entry("fileinfo.magic", "file.mime_type", Text),
    entry("fileinfo.md5", "suricata.fileinfo.md5", Text),
    entry("fileinfo.sha1", "suricata.fileinfo.sha1", Text),
    entry("fileinfo.sha256", "suricata.fileinfo.sha256", Text),
    entry("flow.start", "event.start", Time),
    entry("flow.end", "event.end", Time),
    entry("flow.bytes_toserver", "source.bytes", Integer),
    entry("flow.bytes_toclient", "destination.bytes", Integer),
    entry("flow.pkts_toserver", "source.packets", Integer),
    entry("flow.pkts_toclient", "destination.packets", Integer),
    entry("flow.state", "suricata.flow.state", Text),
    entry("flow.reason", "suricata.flow.reason", Text),
    entry("netflow.start", "event.start", Time),
    entry("netflow.end", "event.end", Time),
    entry("netflow.bytes", "source.bytes", Integer),
    entry("netflow.pkts", "source.packets", Integer),
    entry("tcp.state", "suricata.tcp.state", Text),
    entry("tcp.tcp_flags", "suricata.tcp.tcp_flags", Text),
];

const FINISH: &[&str] = &[
    "event.start",
    "event.end",
    "event.duration",
    "suricata.event_type",
    "network.protocol",
    "network.bytes",
    "source.bytes",
    "destination.bytes",
    "network.packets",
    "source.packets",
    "destination.packets",
];

/// A flow's duration is what lies between its start and its end; an event of a protocol is of that protocol.
fn finish(at: &[usize], record: &mut Record<'_>) {
    let [start, end, duration, event_type, protocol, sums @ ..] = at else { return };
    super::sums(sums, record);
    if let (Some(&Value::Time(from)), Some(&Value::Time(to))) = (record.values.get(*start), record.values.get(*end))
        && let Some(nanoseconds) = to.0.checked_sub(from.0).and_then(|micros| micros.checked_mul(1000))
    {
        record.set(*duration, Value::Integer(nanoseconds));
    }
    if let (Some(Value::Null), Some(&Value::Text(name))) =
        (record.values.get(*protocol), record.values.get(*event_type))
        && matches!(name, b"dns" | b"http" | b"tls" | b"ssh" | b"smtp" | b"ftp" | b"smb" | b"rdp" | b"mqtt" | b"sip")
    {
        record.set(*protocol, Value::Text(name));
    }
}
