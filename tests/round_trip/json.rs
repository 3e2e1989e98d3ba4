//! JSON that servers, proxies and sensors write, and JSON of any keys.

use serde_json::{Value, json};

use crate::check::{Around, Format};
use crate::draw::{Draw, Row};

/// All of them.
pub const FORMATS: [Format; 8] = [
    Format::lines("Suricata eve.json", suricata),
    Format::lines("Caddy access log (JSON)", caddy),
    Format::lines("Traefik access log (JSON)", traefik),
    Format::lines("Envoy access log (JSON)", envoy),
    Format::lines("ModSecurity audit log (JSON)", modsecurity),
    Format::lines("JSON lines", any),
    Format::lines("JSON lines", any).around(Around::Array),
    Format::lines("JSON lines", nginx),
];

fn request(row: &Row) -> Value {
    json!({
        "source.ip": row.client, "url.domain": row.host, "http.request.method": row.method, "url.path": row.path,
        "url.query": row.query, "http.version": row.version, "http.response.status_code": row.status,
        "user_agent.original": row.agent,
    })
}

fn with(mut fields: Value, more: Value) -> Value {
    let (Some(fields_map), Value::Object(more)) = (fields.as_object_mut(), more) else { return fields };
    fields_map.extend(more);
    fields
}

/// All its event types in one file.
fn suricata(row: &Row, _: &mut Draw) -> (String, Value) {
    let kind = ["http", "dns", "flow", "alert"][row.number as usize % 4];
    let at = row.time.parts();
    let mut event = json!({
        "timestamp": format!("{}T{}.{}{}", at.date, at.clock, at.micros, row.time.zone()), "event_type": kind,
        "flow_id": row.number, "src_ip": row.client, "src_port": row.client_port, "dest_ip": row.server,
        "dest_port": row.server_port, "proto": "TCP",
    });
    let mut fields = json!({
        "@timestamp": row.time.shown(), "event.id": row.number.to_string(), "source.ip": row.client,
        "source.port": row.client_port, "destination.ip": row.server, "destination.port": row.server_port,
        "network.transport": "tcp",
    });
    let (more, found) = match kind {
        "http" => (
            json!({
                "hostname": row.host, "url": row.target(), "http_user_agent": row.agent, "http_method": row.method,
                "protocol": format!("HTTP/{}", row.version), "status": row.status, "length": row.response_bytes,
                "http_refer": row.referrer,
            }),
            with(request(row), json!({ "http.response.body.bytes": row.response_bytes })),
        ),
        "dns" => (
            json!({ "rrname": row.host, "rrtype": "A", "rcode": "NOERROR", "grouped": { "A": [row.client, row.server] } }),
            json!({ "dns.question.name": row.host, "dns.answers": format!("{},{}", row.client, row.server) }),
        ),
        "flow" => (
            json!({ "bytes_toserver": row.request_bytes, "pkts_toserver": row.number, "start": row.time.iso() }),
            json!({ "source.bytes": row.request_bytes, "source.packets": row.number, "event.start": row.time.shown() }),
        ),
        _ => (
            json!({ "signature": row.path, "signature_id": 2_100_498, "severity": 2, "category": row.word }),
            json!({ "rule.name": row.path, "rule.id": "2100498", "event.severity": 2, "rule.category": row.word }),
        ),
    };
    event[kind] = more;
    fields = with(fields, found);
    (event.to_string(), fields)
}

fn caddy(row: &Row, _: &mut Draw) -> (String, Value) {
    let mut headers = json!({ "Accept": ["*/*"] });
    if let Some(agent) = row.agent {
        headers["User-Agent"] = json!([agent]);
    }
    // Its times are numbers with decimals, whose last digits are lost: ms are not.
    let time = row.time.millis();
    let line = json!({
        "level": "info", "ts": time.micros as f64 / 1e6, "msg": "handled request", "duration": row.duration_ms as f64 / 1000.0,
        "request": {
            "remote_ip": row.client, "remote_port": row.client_port.to_string(), "proto": format!("HTTP/{}", row.version),
            "method": row.method, "host": row.host, "uri": row.target(), "headers": headers,
        },
        "user_id": row.user.unwrap_or_default(), "size": row.response_bytes, "status": row.status, "resp_headers": {},
    });
    let fields = json!({
        "source.port": row.client_port, "user.name": row.user, "http.response.body.bytes": row.response_bytes,
        "event.duration": row.duration_ms * 1_000_000,
    });
    (line.to_string(), with(request(row), fields))
}

fn traefik(row: &Row, _: &mut Draw) -> (String, Value) {
    let line = json!({
        "ClientAddr": row.client_and_port(), "ClientUsername": row.user.unwrap_or("-"), "DownstreamStatus": row.status,
        "DownstreamContentSize": row.response_bytes, "Duration": row.duration_ms * 1_000_000 + 1, "RequestHost": row.host,
        "RequestMethod": row.method, "RequestPath": row.target(), "RequestProtocol": format!("HTTP/{}", row.version),
        "RouterName": "web@docker", "StartUTC": row.time.in_utc().iso(), "request_User-Agent": row.agent,
    });
    let fields = json!({
        "@timestamp": row.time.shown(), "source.port": row.client_port, "user.name": row.user,
        "event.duration": row.duration_ms * 1_000_000 + 1, "http.response.body.bytes": row.response_bytes,
    });
    (line.to_string(), with(request(row), fields))
}

fn envoy(row: &Row, _: &mut Draw) -> (String, Value) {
    let line = json!({
        "start_time": row.time.in_utc().iso(), "method": row.method, "path": row.target(), "authority": row.host,
        "protocol": format!("HTTP/{}", row.version), "response_code": row.status, "response_flags": "-",
        "bytes_received": row.request_bytes, "bytes_sent": row.response_bytes, "duration": row.duration_ms,
        "downstream_remote_address": row.client_and_port(), "user_agent": row.agent, "upstream_host": row.server_and_port(),
    });
    let fields = json!({
        "@timestamp": row.time.shown(), "source.port": row.client_port, "destination.ip": row.server,
        "destination.port": row.server_port, "http.request.body.bytes": row.request_bytes,
        "http.response.body.bytes": row.response_bytes, "event.duration": row.duration_ms * 1_000_000,
    });
    (line.to_string(), with(request(row), fields))
}

fn modsecurity(row: &Row, _: &mut Draw) -> (String, Value) {
    let at = row.time.in_utc().parts();
    let line = json!({ "transaction": {
        "client_ip": row.client, "time_stamp": format!("{} {} {} {} {}", at.weekday, at.month, at.day, at.clock, at.year),
        "client_port": row.client_port, "host_ip": row.server, "host_port": row.server_port, "unique_id": row.id,
        "request": {
            "method": row.method, "http_version": 1.1, "uri": row.target(),
            "headers": { "Host": row.host, "User-Agent": row.agent },
        },
        "response": { "http_code": row.status }, "producer": { "modsecurity": "ModSecurity v3" },
        "messages": [{ "message": row.word, "details": { "ruleId": "942100", "severity": "2" } }],
    } });
    let fields = json!({
        "@timestamp": row.time.seconds().shown(), "source.port": row.client_port, "http.version": "1.1",
        "destination.ip": row.server, "http.request.id": row.id, "rule.id": "942100", "rule.name": row.word,
    });
    (line.to_string(), with(request(row), fields))
}

/// What is not known by its name keeps it.
fn any(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (stamp, time) = row.time.anyhow(draw);
    let object = json!({
        "time": stamp, "client_ip": row.client, "method": row.method, "url": row.target(), "status": row.status,
        "user_agent": row.agent, "host": row.host, "own": { "number": row.number as f64 / 8.0, "text": row.path, "is": true },
        "list": [row.word, 1, null], "duration_ms": row.duration_ms,
    });
    let fields = json!({
        "@timestamp": time.shown(), "source.ip": row.client, "http.request.method": row.method, "url.path": row.path,
        "url.query": row.query, "http.response.status_code": row.status, "user_agent.original": row.agent,
        "url.domain": row.host, "json.own.text": row.path, "json.own.is": "true", "json.list": format!("{},1", row.word),
        "event.duration": row.duration_ms * 1_000_000,
    });
    let text = object.to_string();
    // Other writers escape slashes and letters that need none.
    let text = if draw.once_in(2) { text.replace('/', "\\/").replace('ü', "\\u00fc") } else { text };
    (text, fields)
}

/// nginx with `escape=json`, where numbers are texts.
fn nginx(row: &Row, _: &mut Draw) -> (String, Value) {
    let time = row.time.seconds();
    let line = json!({
        "time_iso8601": time.iso(), "remote_addr": row.client, "remote_user": row.user.unwrap_or_default(),
        "request": format!("{} {} HTTP/{}", row.method, row.target(), row.version), "status": row.status.to_string(),
        "body_bytes_sent": row.response_bytes.map(|n| n.to_string()), "http_user_agent": row.agent.unwrap_or_default(),
        "request_time": format!("{}.{:03}", row.duration_ms / 1000, row.duration_ms % 1000), "server_name": row.host,
    });
    let fields = json!({
        "@timestamp": time.shown(), "user.name": row.user, "http.response.body.bytes": row.response_bytes,
        "event.duration": row.duration_ms * 1_000_000,
    });
    (line.to_string(), with(request(row), fields))
}
