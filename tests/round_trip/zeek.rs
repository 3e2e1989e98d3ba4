//! Zeek's logs: tab-separated with and without their header, and as JSON. Escapes (`\x09`) stay as written.

use serde_json::{Map, Value, json};

use crate::check::Format;
use crate::draw::{Draw, Row};

/// All of them.
pub const FORMATS: [Format; 7] = [
    Format::lines("zeek conn (TSV)", |row, _| tsv(row, &conn(row))).under(CONN),
    Format::lines("zeek http (TSV)", |row, _| tsv(row, &http(row))).under(HTTP),
    Format::lines("zeek conn (TSV)", |row, _| tsv(row, &conn(row))),
    Format::lines("zeek http (TSV)", |row, _| tsv(row, &http(row))),
    Format::lines("zeek conn (JSON)", |row, draw| json_of(row, &conn(row), draw)),
    Format::lines("zeek http (JSON)", |row, draw| json_of(row, &http(row), draw)),
    Format::lines("zeek dns (JSON)", |row, draw| json_of(row, &dns(row), draw)),
];

macro_rules! header {
    ($path:literal, $fields:literal, $types:literal) => {
        concat!(
            "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t",
            $path,
            "\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\t",
            $fields,
            "\n#types\ttime\tstring\taddr\tport\taddr\tport\t",
            $types,
            "\n"
        )
    };
}

const CONN: &str = header!(
    "conn",
    "proto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents",
    "enum\tstring\tinterval\tcount\tcount\tstring\tbool\tbool\tcount\tstring\tcount\tcount\tcount\tcount\tset[string]"
);

const HTTP: &str = header!(
    "http",
    "trans_depth\tmethod\thost\turi\treferrer\tversion\tuser_agent\torigin\trequest_body_len\tresponse_body_len\tstatus_code\tstatus_msg\tinfo_code\tinfo_msg\ttags\tusername\tpassword\tproxied\torig_fuids\torig_filenames\torig_mime_types\tresp_fuids\tresp_filenames\tresp_mime_types",
    "count\tstring\tstring\tstring\tstring\tstring\tstring\tstring\tcount\tcount\tcount\tstring\tcount\tstring\tset[enum]\tstring\tstring\tset[string]\tvector[string]\tvector[string]\tvector[string]\tvector[string]\tvector[string]\tvector[string]"
);

/// A column, its value as JSON has it, and the field that it becomes with another value where that differs.
type Column = (&'static str, Value, &'static str, Option<Value>);

fn column(name: &'static str, value: Value, field: &'static str) -> Column {
    (name, value, field, None)
}

fn conn(row: &Row) -> Vec<Column> {
    let seconds = json!(row.duration_ms as f64 / 1000.0);
    vec![
        column("proto", json!("tcp"), "network.transport"),
        column("service", json!(row.query.as_ref().map(|_| "http")), "network.protocol"),
        ("duration", seconds, "event.duration", Some(json!(row.duration_ms * 1_000_000))),
        column("orig_bytes", json!(row.request_bytes), "source.bytes"),
        column("resp_bytes", json!(row.response_bytes), "destination.bytes"),
        column("conn_state", json!("SF"), "zeek.conn.conn_state"),
        column("local_orig", json!(true), ""),
        column("local_resp", json!(false), ""),
        column("missed_bytes", json!(0), "zeek.conn.missed_bytes"),
        column("history", json!("ShADadFf"), "zeek.conn.history"),
        column("orig_pkts", json!(row.number), "source.packets"),
        column("orig_ip_bytes", json!(row.number), "zeek.conn.orig_ip_bytes"),
        column("resp_pkts", json!(row.number), "destination.packets"),
        column("resp_ip_bytes", json!(row.number), "zeek.conn.resp_ip_bytes"),
        column("tunnel_parents", json!([]), ""),
    ]
}

/// The target stays whole in TSV and in JSON, as Zeek calls it: `uri`.
fn http(row: &Row) -> Vec<Column> {
    vec![
        column("trans_depth", json!(row.number), "zeek.http.trans_depth"),
        column("method", json!(row.method), "http.request.method"),
        column("host", json!(row.host), "url.domain"),
        ("uri", json!(row.target()), "url.path", Some(json!(row.path))),
        column("referrer", json!(row.referrer), "http.request.referrer"),
        column("version", json!(row.version), "http.version"),
        column("user_agent", json!(row.agent), "user_agent.original"),
        column("origin", json!(null), ""),
        column("request_body_len", json!(row.request_bytes), "http.request.body.bytes"),
        column("response_body_len", json!(row.response_bytes), "http.response.body.bytes"),
        column("status_code", json!(row.status), "http.response.status_code"),
        column("status_msg", json!("OK"), "zeek.http.status_msg"),
        column("info_code", json!(null), ""),
        column("info_msg", json!(null), ""),
        column("tags", json!([]), ""),
        column("username", json!(row.user), "user.name"),
        column("password", json!(null), ""),
        column("proxied", json!(null), ""),
        column("orig_fuids", json!(null), ""),
        column("orig_filenames", json!(null), ""),
        column("orig_mime_types", json!(null), ""),
        column("resp_fuids", json!(["F1", "F2"]), ""),
        column("resp_filenames", json!(null), ""),
        column("resp_mime_types", json!(["text/html", "text/plain"]), "http.response.mime_type"),
    ]
}

fn dns(row: &Row) -> Vec<Column> {
    let answers = json!([row.server, row.client]);
    vec![
        column("proto", json!("udp"), "network.transport"),
        column("trans_id", json!(row.number), ""),
        ("rtt", json!(row.duration_ms as f64 / 1000.0), "event.duration", Some(json!(row.duration_ms * 1_000_000))),
        column("query", json!(row.host), "dns.question.name"),
        ("qclass_name", json!("C_INTERNET"), "dns.question.class", Some(json!("IN"))),
        column("qtype_name", json!("AAAA"), "dns.question.type"),
        column("rcode_name", json!("NXDOMAIN"), "dns.response_code"),
        ("answers", answers, "dns.answers", Some(json!(format!("{},{}", row.server, row.client)))),
        column("rejected", json!(false), ""),
    ]
}

fn fields(row: &Row, columns: &[Column]) -> Map<String, Value> {
    let mut fields = Map::new();
    for (_, value, field, found) in columns.iter().filter(|(_, _, field, _)| !field.is_empty()) {
        let found = found.as_ref().unwrap_or(value);
        let joined =
            found.as_array().map(|list| json!(list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")));
        fields.insert((*field).into(), joined.unwrap_or_else(|| found.clone()));
    }
    for (field, value) in [
        ("event.id", json!(row.id)),
        ("source.ip", json!(row.client)),
        ("source.port", json!(row.client_port)),
        ("destination.ip", json!(row.server)),
        ("destination.port", json!(row.server_port)),
    ] {
        fields.insert(field.into(), value);
    }
    fields
}

fn tsv(row: &Row, columns: &[Column]) -> (String, Value) {
    let [client_port, server_port] = [row.client_port.to_string(), row.server_port.to_string()];
    let mut words =
        vec![row.time.epoch(), row.id.clone(), row.client.clone(), client_port, row.server.clone(), server_port];
    for (_, value, _, _) in columns {
        words.push(match value {
            Value::Null => "-".into(),
            Value::Bool(is) => if *is { "T" } else { "F" }.into(),
            Value::String(text) => text.clone(),
            Value::Array(list) if list.is_empty() => "(empty)".into(),
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            Value::Number(number) if number.is_f64() => format!("{:.6}", number.as_f64().unwrap_or_default()),
            other => other.to_string(),
        });
    }
    let mut fields = fields(row, columns);
    fields.insert("@timestamp".into(), json!(row.time.shown()));
    (words.join("\t"), fields.into())
}

fn json_of(row: &Row, columns: &[Column], draw: &mut Draw) -> (String, Value) {
    let is_iso = draw.once_in(2);
    let ends = [
        ("id.orig_h", json!(row.client)),
        ("id.orig_p", json!(row.client_port)),
        ("id.resp_h", json!(row.server)),
        ("id.resp_p", json!(row.server_port)),
    ];
    // As a number its last digits are lost.
    let stamp = if is_iso { json!(row.time.in_utc().iso()) } else { json!(row.time.seconds().micros as f64 / 1e6) };
    let time = if is_iso { row.time } else { row.time.seconds() };
    let mut object: Map<String, Value> =
        [("ts", stamp), ("uid", json!(row.id))].map(|(k, v)| (k.into(), v)).into_iter().collect();
    object.extend(ends.map(|(k, v)| (k.into(), v)));
    object.extend(columns.iter().filter(|c| !c.1.is_null()).map(|(name, value, _, _)| ((*name).into(), value.clone())));
    let mut fields = fields(row, columns);
    fields.insert("@timestamp".into(), json!(time.shown()));
    (Value::from(object).to_string(), fields.into())
}
