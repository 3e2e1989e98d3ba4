//! Google Cloud: VPC flow logs, firewall rules logging, and the load balancer's requests, as Cloud Logging writes them.
//! Specification: <https://cloud.google.com/vpc/docs/about-flow-logs-records>,
//! <https://cloud.google.com/firewall/docs/firewall-rules-logging>,
//! <https://cloud.google.com/load-balancing/docs/https/https-logging-monitoring>,
//! <https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry>.

use super::super::convert::Convert::{
    Client, Integer, Lower, Millis, Seconds, Server, Text, Time, Transport, Uri, Version,
};
use super::{Entry, Map, PLAIN, entry, second};
use crate::schema::{Record, Value};

/// VPC flow logs.
pub const VPC_FLOW: Map = Map {
    name: "Google Cloud VPC flow log (JSON)",
    dataset: "gcp.vpcflow",
    prefix: "gcp.",
    signs: &[&["jsonPayload.connection.src_ip"], &["jsonPayload.bytes_sent", "jsonPayload.reporter"]],
    entries: FLOW,
    finish: Some((FLOW_FINISH, flow_finish)),
    ..PLAIN
};

/// Firewall rules logging.
pub const FIREWALL: Map = Map {
    name: "Google Cloud firewall log (JSON)",
    dataset: "gcp.firewall",
    prefix: "gcp.",
    signs: &[&["jsonPayload.connection.src_ip"], &["jsonPayload.disposition", "jsonPayload.rule_details.reference"]],
    entries: FIRE,
    finish: Some((FIRE_FINISH, fire_finish)),
    ..PLAIN
};

/// Requests at a load balancer.
pub const LOAD_BALANCER: Map = Map {
    name: "Google Cloud load balancer log (JSON)",
    dataset: "gcp.loadbalancer",
    prefix: "gcp.",
    signs: &[&["httpRequest.requestUrl"], &["httpRequest.requestMethod", "httpRequest.status"]],
    entries: REQUESTS,
    ..PLAIN
};

const FLOW: &[Entry] = &[
    entry("timestamp", "@timestamp", Time),
    entry("insertId", "event.id", Text),
    entry("jsonPayload.connection.src_ip", "source.ip", Client),
    entry("jsonPayload.connection.src_port", "source.port", Integer),
    entry("jsonPayload.connection.dest_ip", "destination.ip", Server),
    entry("jsonPayload.connection.dest_port", "destination.port", Integer),
    entry("jsonPayload.connection.protocol", "network.transport", Transport),
    entry("jsonPayload.bytes_sent", "source.bytes", Integer),
    entry("jsonPayload.packets_sent", "source.packets", Integer),
    entry("jsonPayload.start_time", "event.start", Time),
    entry("jsonPayload.end_time", "event.end", Time),
    entry("jsonPayload.rtt_msec", "gcp.rtt", Millis),
    entry("jsonPayload.reporter", "gcp.reporter", Text),
    entry("jsonPayload.src_instance.vm_name", "source.domain", Text),
    entry("jsonPayload.dest_instance.vm_name", "destination.domain", Text),
    entry("jsonPayload.src_vpc.vpc_name", "gcp.source.vpc_name", Text),
    entry("jsonPayload.dest_vpc.vpc_name", "gcp.destination.vpc_name", Text),
    entry("resource.labels.project_id", "cloud.account.id", Text),
];

const FLOW_FINISH: &[&str] = &[
    "network.name",
    "gcp.source.vpc_name",
    "gcp.destination.vpc_name",
    "network.bytes",
    "source.bytes",
    "network.packets",
    "source.packets",
];

/// A record is one way of a connection; it is in the network that both ends are in, or the one end that is known.
fn flow_finish(at: &[usize], record: &mut Record<'_>) {
    let [network, names @ .., bytes, source_bytes, packets, source_packets] = at else { return };
    for (sum, part) in [(bytes, source_bytes), (packets, source_packets)] {
        if let Some(&value) = record.values.get(*part) {
            record.set(*sum, value);
        }
    }
    let mut names =
        names.iter().filter_map(|&name| record.values.get(name).copied()).filter(|name| *name != Value::Null);
    if let Some(name) = names.next()
        && names.next().is_none_or(|other| other == name)
    {
        record.set(*network, name);
    }
}

const FIRE: &[Entry] = &[
    entry("timestamp", "@timestamp", Time),
    entry("insertId", "event.id", Text),
    entry("jsonPayload.connection.src_ip", "source.ip", Client),
    entry("jsonPayload.connection.src_port", "source.port", Integer),
    entry("jsonPayload.connection.dest_ip", "destination.ip", Server),
    entry("jsonPayload.connection.dest_port", "destination.port", Integer),
    entry("jsonPayload.connection.protocol", "network.transport", Transport),
    entry("jsonPayload.disposition", "event.action", Lower),
    entry("jsonPayload.rule_details.reference", "rule.name", Text),
    entry("jsonPayload.rule_details.action", "gcp.rule.action", Text),
    entry("jsonPayload.rule_details.direction", "gcp.rule.direction", Text),
    entry("jsonPayload.rule_details.priority", "gcp.rule.priority", Integer),
    entry("jsonPayload.instance.vm_name", "gcp.instance.vm_name", Text),
    entry("jsonPayload.remote_instance.vm_name", "gcp.remote_instance.vm_name", Text),
    entry("jsonPayload.vpc.vpc_name", "network.name", Text),
    entry("resource.labels.project_id", "cloud.account.id", Text),
];

const FIRE_FINISH: &[&str] = &[
    "gcp.rule.direction",
    "gcp.instance.vm_name",
    "gcp.remote_instance.vm_name",
    "source.domain",
    "destination.domain",
    "network.direction",
];

/// The instance is the source of what goes out and the destination of what comes in.
fn fire_finish(at: &[usize], record: &mut Record<'_>) {
    let [direction, instance, remote, source, destination, network] = at else { return };
    let is_out = match record.values.get(*direction) {
        Some(Value::Text(b"EGRESS")) => true,
        Some(Value::Text(b"INGRESS")) => false,
        _ => return,
    };
    let (here, there) = if is_out { (source, destination) } else { (destination, source) };
    for (from, to) in [(instance, here), (remote, there)] {
        if let Some(&name) = record.values.get(*from) {
            record.set(*to, name);
        }
    }
    record.set(*network, Value::Text(if is_out { b"outbound" } else { b"inbound" }));
}

const REQUESTS: &[Entry] = &[
    entry("timestamp", "@timestamp", Time),
    entry("insertId", "event.id", Text),
    entry("severity", "log.level", Text),
    entry("httpRequest.requestMethod", "http.request.method", Text),
    entry("httpRequest.requestUrl", "url.path", Uri),
    entry("httpRequest.requestSize", "http.request.bytes", Integer),
    entry("httpRequest.status", "http.response.status_code", Integer),
    entry("httpRequest.responseSize", "http.response.bytes", Integer),
    entry("httpRequest.userAgent", "user_agent.original", Text),
    entry("httpRequest.remoteIp", "source.ip", Client),
    entry("httpRequest.serverIp", "destination.ip", Server),
    entry("httpRequest.referer", "http.request.referrer", Text),
    entry("httpRequest.latency", "event.duration", Seconds),
    entry("httpRequest.protocol", "http.version", Version),
    entry("jsonPayload.statusDetails", "gcp.statusDetails", Text),
    entry("jsonPayload.enforcedSecurityPolicy.name", "rule.name", Text),
    entry("jsonPayload.enforcedSecurityPolicy.outcome", "event.action", Lower),
    entry("jsonPayload.enforcedSecurityPolicy.preconfiguredExprIds", "rule.id", Text),
    second("jsonPayload.remoteIp", "source.ip", Client),
    entry("resource.labels.project_id", "cloud.account.id", Text),
    entry("trace", "http.request.id", Text),
];
