//! Zeek's logs as JSON, an object a line, any log.
//! Specification: <https://docs.zeek.org/en/master/frameworks/logging.html#streaming-json>, fields of each log:
//! <https://docs.zeek.org/en/master/script-reference/log-files.html>.
//!
//! Which log it is the lines say in `_path`, else their keys tell it. A file of several logs is read by the fields that
//! mean the same in all of them.

use super::super::convert::Convert::{self, DnsClass, Principal, Seconds, Sip, Text};
use super::{Entry, Map, PLAIN, entry};
use crate::format::zeek_fields::{FIELDS, is_of};
use crate::schema::{Field, FieldName, Record, Value};

/// Any of its logs.
pub const LOG: Map = Map {
    name: "zeek (JSON)",
    dataset: "zeek",
    prefix: "zeek.",
    signs: &[
        &["ts"],
        &[
            "uid",
            "id.orig_h",
            "_path",
            "fuid",
            "uids",
            "certificate.serial",
            "note",
            "machine",
            "pkts_proc",
            "percent_lost",
            "peer",
            "tunnel_type",
            "compile_ts",
            "src",
        ],
    ],
    finish: Some((FINISH, finish)),
    ..PLAIN
};

/// Fields whose text is not yet the value: log, key, column.
const CONVERTED: &[(&str, &str, &str, Convert)] = &[
    ("dns", "qclass_name", "dns.question.class", DnsClass),
    ("dhcp", "domain", "network.name", Text),
    ("kerberos", "client", "user.name", Principal),
    ("sip", "uri", "url.domain", Sip),
    ("conn", "local_orig", "zeek.conn.local_orig", Text),
    ("conn", "local_resp", "zeek.conn.local_resp", Text),
];

/// What a log's name says of all its rows: log, protocol, transport.
const PROTOCOLS: &[(&str, &str, &str)] = &[
    ("dce_rpc", "dce_rpc", "tcp"),
    ("dhcp", "dhcp", "udp"),
    ("dnp3", "dnp3", "tcp"),
    ("dns", "dns", ""),
    ("ftp", "ftp", "tcp"),
    ("http", "http", "tcp"),
    ("irc", "irc", "tcp"),
    ("kerberos", "kerberos", "tcp"),
    ("modbus", "modbus", "tcp"),
    ("mysql", "mysql", "tcp"),
    ("ntlm", "ntlm", "tcp"),
    ("ntp", "ntp", "udp"),
    ("radius", "radius", "udp"),
    ("rdp", "rdp", "tcp"),
    ("rfb", "rfb", "tcp"),
    ("sip", "sip", "udp"),
    ("smb_cmd", "smb", "tcp"),
    ("smb_files", "smb", "tcp"),
    ("smb_mapping", "smb", "tcp"),
    ("smtp", "smtp", "tcp"),
    ("snmp", "snmp", "udp"),
    ("socks", "socks", "tcp"),
    ("ssh", "ssh", "tcp"),
    ("ssl", "", "tcp"),
];

/// Keys that only one log has: all of them have to be there.
const KEYS: &[(&str, &[&str])] = &[
    ("conn", &["conn_state"]),
    ("dns", &["trans_id", "rejected"]),
    ("sip", &["call_id", "seq"]),
    ("http", &["trans_depth", "method", "response_body_len"]),
    ("http", &["trans_depth", "request_body_len", "tags"]),
    ("ssl", &["established", "resumed"]),
    ("files", &["fuid", "seen_bytes"]),
    ("x509", &["certificate.serial"]),
    ("ssh", &["auth_attempts"]),
    ("ssh", &["host_key_alg"]),
    ("smtp", &["helo"]),
    ("smtp", &["mailfrom"]),
    ("kerberos", &["request_type", "forwardable"]),
    ("kerberos", &["request_type", "success"]),
    ("ntlm", &["server_nb_computer_name"]),
    ("ntlm", &["domainname"]),
    ("dhcp", &["uids", "msg_types"]),
    ("dce_rpc", &["named_pipe"]),
    ("smb_cmd", &["tree_service", "command"]),
    ("smb_mapping", &["share_type"]),
    ("smb_files", &["action", "name", "path"]),
    ("rdp", &["security_protocol"]),
    ("rfb", &["client_major_version"]),
    ("socks", &["bound_p"]),
    ("snmp", &["get_requests"]),
    ("radius", &["username", "result"]),
    ("mysql", &["cmd", "arg"]),
    ("modbus", &["func"]),
    ("dnp3", &["fc_request"]),
    ("irc", &["command", "value"]),
    ("ftp", &["command", "reply_code"]),
    ("ftp", &["command", "password"]),
    ("ntp", &["stratum"]),
    ("dpd", &["analyzer", "failure_reason"]),
    ("tunnel", &["tunnel_type"]),
    ("intel", &["seen.indicator"]),
    ("weird", &["name", "notice"]),
    ("signatures", &["sig_id"]),
    ("notice", &["note", "suppress_for"]),
    ("notice", &["note", "actions"]),
    ("pe", &["compile_ts"]),
    ("capture_loss", &["percent_lost"]),
    ("stats", &["pkts_proc"]),
    ("traceroute", &["src", "dst", "proto"]),
    ("packet_filter", &["node", "filter"]),
];

/// Which log has these keys. **Null**: none where no log is told by them.
pub fn kind_of(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    KEYS.iter().find(|(_, keys)| keys.iter().all(|key| has(key))).map(|(log, _)| *log)
}

/// What becomes of a log's keys.
pub fn entries(log: &str) -> Vec<Entry> {
    let converted = CONVERTED.iter().filter(|(of, ..)| *of == log);
    let mut entries: Vec<Entry> = converted.map(|&(_, path, name, convert)| entry(path, name, convert)).collect();
    let is_same_in_all = |name: &str, field: Field| FIELDS.iter().all(|f| f.1 != name || f.2 == field);
    for &(logs, path, field) in FIELDS {
        if is_of(logs, log) || (log.is_empty() && is_same_in_all(path, field)) {
            let name = FieldName::from(field);
            let convert = match field {
                Field::EventDuration => Seconds,
                _ => Convert::of(&name, field.kind()),
            };
            entries.push(entry(path, field.name(), convert));
        }
    }
    entries
}

/// The protocol that a log is of.
pub fn constants(log: &str) -> Vec<(&'static str, &'static str)> {
    let Some(&(_, protocol, transport)) = PROTOCOLS.iter().find(|(of, ..)| *of == log) else { return Vec::new() };
    let columns = [("network.protocol", protocol), ("network.transport", transport)];
    columns.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

const FINISH: &[&str] = &[
    "network.transport",
    "source.port",
    "destination.port",
    "zeek.conn.local_orig",
    "zeek.conn.local_resp",
    "network.direction",
    "network.bytes",
    "source.bytes",
    "destination.bytes",
    "network.packets",
    "source.packets",
    "destination.packets",
];

/// Zeek writes ICMP's type and code where other protocols have ports; it says which ends are local.
fn finish(at: &[usize], record: &mut Record<'_>) {
    let [transport, source_port, destination_port, from, to, direction, sums @ ..] = at else { return };
    super::sums(sums, record);
    if record.values.get(*transport).is_some_and(|v| *v == Value::Text(b"icmp")) {
        record.set(*source_port, Value::Null);
        record.set(*destination_port, Value::Null);
    }
    let is_local = |at: usize| match record.values.get(at) {
        Some(Value::Text(b"true")) => Some(true),
        Some(Value::Text(b"false")) => Some(false),
        _ => None,
    };
    let word: &[u8] = match (is_local(*from), is_local(*to)) {
        (Some(true), Some(true)) => b"internal",
        (Some(true), Some(false)) => b"outbound",
        (Some(false), Some(true)) => b"inbound",
        (Some(false), Some(false)) => b"external",
        _ => return,
    };
    record.set(*direction, Value::Text(word));
}
