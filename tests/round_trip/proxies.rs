//! Proxies and name servers. Those that do not escape quotes get none inside words.

use serde_json::{Value, json};

use crate::check::Format;
use crate::draw::{Draw, Row, dash, number, unquoted};

/// All of them.
pub const FORMATS: [Format; 8] = [
    Format::lines("Squid", squid),
    Format::lines("HAProxy", haproxy_http),
    Format::lines("HAProxy", haproxy_tcp),
    Format::lines("Envoy", envoy),
    Format::lines("CoreDNS", core_dns),
    Format::lines("Nginx Proxy Manager", proxy_manager),
    Format::lines("Zoraxy", zoraxy),
    Format::lines("HAProxy", haproxy_of_syslog),
];

/// The fields of a request.
fn request(row: &Row) -> Value {
    json!({
        "source.ip": row.client, "http.request.method": row.method, "url.path": row.path, "url.query": row.query,
        "http.response.status_code": row.status,
    })
}

fn with(mut fields: Value, more: Value) -> Value {
    let (Some(fields_map), Value::Object(more)) = (fields.as_object_mut(), more) else { return fields };
    fields_map.extend(more);
    fields
}

fn squid(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (tunnel, peer) = (draw.once_in(4), draw.perhaps(row.server.as_str()));
    let time = row.time.millis();
    let target = if tunnel {
        format!("{}:{}", row.host, row.server_port)
    } else {
        format!("http://{}{}", row.host, row.target())
    };
    let method = if tunnel { "CONNECT" } else { row.method };
    let hierarchy = peer.map_or("HIER_NONE/-".into(), |peer| format!("HIER_DIRECT/{peer}"));
    let line = format!(
        "{} {:6} {} TCP_MISS/{:03} {} {method} {target} {} {hierarchy} text/html",
        &time.epoch()[..14],
        row.duration_ms,
        row.client,
        row.status,
        number(row.response_bytes),
        dash(row.user),
    );
    let fields = json!({
        "@timestamp": time.shown(), "event.duration": row.duration_ms * 1_000_000, "squid.result_code": "TCP_MISS",
        "http.response.bytes": row.response_bytes, "url.domain": row.host, "user.name": row.user,
        "destination.ip": peer, "http.response.mime_type": "text/html", "http.request.method": method,
        "url.path": if tunnel { None } else { Some(&row.path) }, "url.query": row.query.as_ref().filter(|_| !tunnel),
        "url.port": if tunnel { Some(row.server_port) } else { None },
    });
    (line, with(request(row), fields))
}

/// `client:port [time] frontend backend/server`, whose time has no offset.
fn haproxy_front(row: &Row, backend: &str) -> String {
    let at = row.time.in_utc().millis().parts();
    let (date, decimals) = (format!("{}/{}/{}", at.day, at.month, at.year), &at.micros[..3]);
    format!("{}:{} [{date}:{}.{decimals}] fe~ {backend}/s1", row.client, row.client_port, at.clock)
}

fn haproxy_fields(row: &Row) -> Value {
    json!({
        "@timestamp": row.time.millis().shown(), "source.ip": row.client, "source.port": row.client_port,
        "event.duration": row.duration_ms * 1_000_000, "haproxy.frontend_name": "fe~", "haproxy.backend_name": row.word,
        "haproxy.server_name": "s1", "haproxy.connections.active": row.number, "haproxy.server_queue": 0,
    })
}

/// A quote inside a request does not end it: its last quote does.
fn haproxy_http(row: &Row, draw: &mut Draw) -> (String, Value) {
    let headers = draw.once_in(2);
    let captured = format!("{}|{}", row.host, row.agent.map_or(String::new(), |agent| agent.replace(['{', '}'], "")));
    let braces = if headers { format!("{{{captured}}} ") } else { String::new() };
    let line = format!(
        r#"{} 0/0/1/-1/{} {} {} - - ---- {}/1/1/1/0 0/0 {braces}"{} {} HTTP/{}""#,
        haproxy_front(row, row.word),
        row.duration_ms,
        row.status,
        row.response_bytes.unwrap_or_default(),
        row.number,
        row.method,
        row.target(),
        row.version,
    );
    let fields = json!({
        "http.version": row.version, "http.response.bytes": row.response_bytes,
        "haproxy.http.request.time_wait_without_data_ms": null,
        "haproxy.http.request.captured_headers": if headers { Some(captured) } else { None },
    });
    (line, with(with(haproxy_fields(row), request(row)), fields))
}

fn haproxy_tcp(row: &Row, _: &mut Draw) -> (String, Value) {
    let line = format!(
        "{} -1/0/{} {} SC {}/1/1/1/0 0/0",
        haproxy_front(row, row.word),
        row.duration_ms,
        row.request_bytes,
        row.number,
    );
    let fields = json!({ "destination.bytes": row.request_bytes, "haproxy.termination_state": "SC" });
    (line, with(haproxy_fields(row), fields))
}

/// The time of the line itself is better than that of syslog, which has no year.
fn haproxy_of_syslog(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (line, fields) = if draw.once_in(2) { haproxy_http(row, draw) } else { haproxy_tcp(row, draw) };
    let at = row.time.of_2026().in_utc().parts();
    let day = format!("{:>2}", at.day.trim_start_matches('0'));
    let header = format!("{}{} {day} {} lb1 haproxy[{}]: ", draw.one(&["", "<134>"]), at.month, at.clock, row.number);
    (header + &line, with(fields, json!({ "host.name": "lb1", "process.name": "haproxy", "process.pid": row.number })))
}

fn envoy(row: &Row, _: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(unquoted);
    let time = row.time.in_utc().millis();
    let line = format!(
        r#"[{}] "{} {} HTTP/{}" {} - {} {} {} 5 "{}" "{}" "{}" "{}:{}" "{}""#,
        time.iso(),
        row.method,
        row.target(),
        row.version,
        row.status,
        row.request_bytes,
        number(row.response_bytes),
        row.duration_ms,
        row.client,
        dash(row.agent),
        row.id,
        row.host,
        row.server_port,
        row.server_and_port(),
    );
    let fields = json!({
        "@timestamp": time.shown(), "http.version": row.version, "http.request.body.bytes": row.request_bytes,
        "http.response.body.bytes": row.response_bytes, "event.duration": row.duration_ms * 1_000_000,
        "user_agent.original": row.agent, "http.request.id": row.id, "url.domain": row.host, "url.port": row.server_port,
        "destination.ip": row.server, "destination.port": row.server_port, "network.protocol": "http",
    });
    (line, with(request(&row), fields))
}

fn core_dns(row: &Row, draw: &mut Draw) -> (String, Value) {
    let has_time = draw.once_in(2);
    let (kind, code) = (draw.one(&["A", "AAAA", "PTR", "TYPE65"]), draw.one(&["NOERROR", "NXDOMAIN", "SERVFAIL"]));
    let time = if has_time { format!("{} ", row.time.in_utc().iso()) } else { String::new() };
    let line = format!(
        r#"{time}[INFO] {} - {} "{kind} IN {}. udp 34 false 512" {code} qr,rd,ra 144 {}.{:03}s"#,
        row.client_and_port(),
        row.number,
        row.host,
        row.duration_ms / 1000,
        row.duration_ms % 1000,
    );
    let fields = json!({
        "@timestamp": if has_time { Some(row.time.shown()) } else { None }, "source.ip": row.client,
        "source.port": row.client_port, "dns.id": row.number.to_string(), "dns.question.type": kind,
        "dns.question.name": row.host, "dns.question.class": "IN", "network.transport": "udp",
        "dns.response_code": code, "event.duration": row.duration_ms * 1_000_000,
    });
    (line, fields)
}

fn proxy_manager(row: &Row, draw: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(unquoted);
    let cache = if draw.once_in(2) { "- 200, 502 " } else { "" };
    let line = format!(
        r#"[{}] {cache}{} - {} https {} "{}" [Client {}] [Length {}] [Gzip -] [Sent-to {}] "{}" "{}""#,
        row.time.common(),
        row.status,
        row.method,
        row.host,
        row.target(),
        row.client,
        number(row.response_bytes),
        row.server,
        dash(row.agent),
        dash(row.referrer),
    );
    let fields = json!({
        "@timestamp": row.time.seconds().shown(), "url.scheme": "https", "url.domain": row.host,
        "http.response.body.bytes": row.response_bytes, "destination.ip": row.server, "user_agent.original": row.agent,
        "http.request.referrer": row.referrer, "nginx_proxy_manager.gzip_ratio": null,
    });
    (line, with(request(&row), fields))
}

/// What is in brackets ends at a bracket before a space.
fn zoraxy(row: &Row, _: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(|text| text.replace("] ", ") "));
    let at = row.time.in_utc().parts();
    let date = at.date.replace('-', "/");
    let line = format!(
        "{date} {} [{} {}.{}] [router:host-http] [origin:{}] [client: {}] [useragent: {}] {} {} {}",
        at.clock,
        at.date,
        at.clock,
        at.micros,
        row.host,
        row.client,
        row.agent.unwrap_or_default(),
        row.method,
        row.target(),
        row.status,
    );
    let fields = json!({
        "@timestamp": row.time.shown(), "zoraxy.router": "host-http", "url.domain": row.host,
        "user_agent.original": row.agent,
    });
    (line, with(request(&row), fields))
}
