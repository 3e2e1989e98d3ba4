//! Amazon's logs of words: load balancers, S3, VPC flows. None of them escapes quotes, so there are none inside words.

use serde_json::{Value, json};

use crate::check::Format;
use crate::draw::{Draw, Row, dash, number, unquoted};

/// All of them.
pub const FORMATS: [Format; 6] = [
    Format::lines("AWS load balancer", application),
    Format::lines("AWS load balancer", classic),
    Format::lines("AWS load balancer", network),
    Format::lines("S3 server access", s3),
    Format::lines("VPC flow", flow),
    Format::lines("VPC flow", custom_flow)
        .under("start srcaddr dstaddr srcport dstport protocol packets bytes end action flow-direction\n"),
];

/// Three parts of a duration in seconds, and their sum in ns; -1 stands for none.
fn parts(row: &Row) -> (String, Value) {
    if row.status == 499 {
        return ("-1 -1 -1".into(), Value::Null);
    }
    let part = format!("{}.{:03}", row.duration_ms / 1000, row.duration_ms % 1000);
    (format!("{part} {part} 0.000000"), json!(row.duration_ms * 2_000_000))
}

fn balanced(row: &Row) -> Value {
    json!({
        "@timestamp": row.time.shown(), "source.ip": row.client, "source.port": row.client_port,
        "http.request.method": row.method, "url.scheme": "https", "url.domain": row.host, "url.port": row.server_port,
        "url.path": row.path, "url.query": row.query, "http.version": row.version,
        "http.response.status_code": row.status, "http.request.body.bytes": row.request_bytes,
        "http.response.body.bytes": row.response_bytes, "user_agent.original": row.agent, "event.duration": parts(row).1,
        "aws.elb.backend.ip": row.server, "aws.elb.backend.port": row.server_port,
    })
}

/// What application and classic load balancers have alike, behind the time and the name.
fn exchange(row: &Row) -> String {
    let target = format!("https://{}:{}{}", row.host, row.server_port, row.target());
    format!(
        r#"{} {} {} {status} {status} {} {} "{} {target} HTTP/{}" "{}""#,
        row.client_and_port(),
        row.server_and_port(),
        parts(row).0,
        row.request_bytes,
        number(row.response_bytes),
        row.method,
        row.version,
        dash(row.agent),
        status = row.status,
    )
}

fn application(row: &Row, draw: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(unquoted);
    let kind = draw.one(&["http", "https", "h2", "ws"]);
    let mut fields = balanced(&row);
    fields["aws.elb.type"] = json!(kind);
    fields["aws.elb.trace_id"] = json!(row.id);
    fields["tls.server_name"] = json!(row.host);
    fields["event.start"] = json!(row.time.shown());
    let time = row.time.in_utc().iso();
    let line = format!(
        r#"{kind} {time} app/{} {} ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:x "{}" "{}" "-" 0 {time} "forward" "-" "-""#,
        row.word,
        exchange(&row),
        row.id,
        row.host,
    );
    (line, fields)
}

fn classic(row: &Row, _: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(unquoted);
    (format!("{} {} {} - -", row.time.in_utc().iso(), row.word, exchange(&row)), balanced(&row))
}

fn network(row: &Row, _: &mut Draw) -> (String, Value) {
    let fields = json!({
        "@timestamp": row.time.seconds().shown(), "source.ip": row.client, "source.port": row.client_port,
        "aws.elb.backend.ip": row.server, "aws.elb.backend.port": row.server_port, "source.bytes": row.request_bytes,
        "destination.bytes": row.response_bytes, "tls.version": "tlsv12", "tls.server_name": row.host,
        "aws.elb.connection_time.ms": row.duration_ms, "tls.cipher": "ECDHE-RSA-AES128-GCM-SHA256",
    });
    // Its times have no Z and are UTC.
    let time = row.time.in_utc().seconds().iso().replace('Z', "");
    let line = format!(
        "tls 2.0 {time} net/{} g3d4b5e8bb8464cd {} {} {} 98 {} {} - arn:aws:acm - ECDHE-RSA-AES128-GCM-SHA256 tlsv12 - {} h2 h2 \"h2\" {time}",
        row.word,
        row.client_and_port(),
        row.server_and_port(),
        row.duration_ms,
        row.request_bytes,
        number(row.response_bytes),
        row.host,
    );
    (line, fields)
}

fn s3(row: &Row, draw: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(unquoted);
    let error = draw.perhaps(draw.0 % 2).map(|_| "NoSuchKey");
    let key = row.path.strip_prefix("/").filter(|key| !key.is_empty());
    let request = format!("{} {} HTTP/{}", row.method, row.target(), row.version);
    let line = format!(
        r#"79a59df9 {} [{}] {} {} {} REST.GET.OBJECT {} "{request}" {} {} {} - {} 9 "{}" "{}" - host= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader {} TLSv1.3 - -"#,
        row.word,
        row.time.common(),
        row.client,
        dash(row.user),
        row.id,
        dash(key),
        row.status,
        dash(error),
        number(row.response_bytes),
        row.duration_ms,
        dash(row.referrer),
        dash(row.agent),
        row.host,
    );
    let fields = json!({
        "@timestamp": row.time.seconds().shown(), "aws.s3access.bucket": row.word, "source.ip": row.client,
        "user.id": row.user, "event.id": row.id, "event.action": "REST.GET.OBJECT", "aws.s3access.key": key,
        "http.request.method": row.method, "url.path": row.path, "url.query": row.query, "http.version": row.version,
        "http.response.status_code": row.status, "error.code": error, "http.response.body.bytes": row.response_bytes,
        "event.duration": row.duration_ms * 1_000_000, "http.request.referrer": row.referrer,
        "user_agent.original": row.agent, "url.domain": row.host, "tls.version": "TLSv1.3",
    });
    (line, fields)
}

const PROTOCOLS: [(i64, Option<&str>); 5] =
    [(1, Some("icmp")), (6, Some("tcp")), (17, Some("udp")), (58, Some("ipv6-icmp")), (200, None)];

fn flow_fields(row: &Row, (number, name): (i64, Option<&str>)) -> Value {
    json!({
        "@timestamp": row.time.seconds().shown(), "event.start": row.time.seconds().shown(), "source.ip": row.client,
        "destination.ip": row.server, "source.port": row.client_port, "destination.port": row.server_port,
        "network.iana_number": number, "network.transport": name, "source.packets": row.number,
        "source.bytes": row.request_bytes, "network.bytes": row.request_bytes, "event.action": "REJECT",
    })
}

fn flow(row: &Row, draw: &mut Draw) -> (String, Value) {
    let protocol = draw.one(&PROTOCOLS);
    let seconds = row.time.micros / 1_000_000;
    let line = format!(
        "2 123456789012 eni-{:017} {} {} {} {} {} {} {} {seconds} {seconds} REJECT OK",
        row.number, row.client, row.server, row.client_port, row.server_port, protocol.0, row.number, row.request_bytes,
    );
    (line, flow_fields(row, protocol))
}

fn custom_flow(row: &Row, draw: &mut Draw) -> (String, Value) {
    let protocol = draw.one(&PROTOCOLS);
    let mut fields = flow_fields(row, protocol);
    fields["network.direction"] = json!("ingress");
    let seconds = row.time.micros / 1_000_000;
    let line = format!(
        "{seconds} {} {} {} {} {} {} {} {seconds} REJECT ingress",
        row.client, row.server, row.client_port, row.server_port, protocol.0, row.number, row.request_bytes,
    );
    (line, fields)
}
