//! Access logs: the common log format and what grew out of it. Escapes stay as written.

use serde_json::{Value, json};

use crate::check::Format;
use crate::draw::{Draw, Row, backslashed, dash, hex_escaped, number};

/// All of them.
pub const FORMATS: [Format; 7] = [
    Format::lines("common", common),
    Format::lines("combined", combined),
    Format::lines("virtual-host combined", virtual_host),
    Format::lines("nginx ingress controller", ingress),
    Format::lines("Traefik (common log format)", traefik),
    Format::lines("combined, with more fields", more),
    Format::lines("Apache SSL request log", ssl_request),
];

/// The fields of a common line.
fn fields(row: &Row) -> Value {
    json!({
        "@timestamp": row.time.seconds().shown(), "event.timezone": row.time.zone(), "source.ip": row.client,
        "user.name": row.user, "http.request.method": row.method, "url.path": row.path, "url.query": row.query,
        "http.version": row.version, "http.response.status_code": row.status,
        "http.response.body.bytes": row.response_bytes, "http.request.line": null, "source.domain": null,
    })
}

fn common_of(row: &Row) -> (String, Value) {
    let request = format!("{} {} HTTP/{}", row.method, row.target(), row.version);
    let bytes = number(row.response_bytes);
    let line =
        format!(r#"{} - {} [{}] "{request}" {} {bytes}"#, row.client, dash(row.user), row.time.common(), row.status);
    (line, fields(row))
}

/// The client may be a name, its size unknown, its request none.
fn common(row: &Row, draw: &mut Draw) -> (String, Value) {
    let row = if draw.once_in(4) { row.clone().silent() } else { row.clone() };
    let row = row.with_texts(backslashed);
    let (line, mut fields) = common_of(&row);
    if draw.once_in(8) {
        fields["source.domain"] = json!(row.host);
        fields["source.ip"] = json!(null);
        return (line.replacen(&row.client, row.host, 1), fields);
    }
    if draw.once_in(8) {
        for field in ["http.request.method", "url.path", "url.query", "http.version"] {
            fields[field] = json!(null);
        }
        fields["http.request.line"] = json!(r"\x16\x03\x01");
        let request = format!("{} {} HTTP/{}", row.method, row.target(), row.version);
        return (line.replacen(&request, r"\x16\x03\x01", 1), fields);
    }
    (line, fields)
}

/// A combined line, its texts escaped as Apache or as nginx does.
pub fn combined(row: &Row, draw: &mut Draw) -> (String, Value) {
    let mut row = row.clone();
    if draw.once_in(8) {
        row.query = Some("q=\" 200 7 \"-\" \"x".into());
    }
    let row = row.with_texts(if draw.once_in(2) { backslashed } else { hex_escaped });
    let (line, mut fields) = common_of(&row);
    fields["http.request.referrer"] = json!(row.referrer);
    fields["user_agent.original"] = json!(row.agent);
    (format!(r#"{line} "{}" "{}""#, dash(row.referrer), dash(row.agent)), fields)
}

fn virtual_host(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (line, mut fields) = combined(row, draw);
    fields["url.domain"] = json!(row.host);
    fields["destination.port"] = json!(row.server_port);
    (format!("{}:{} {line}", row.host, row.server_port), fields)
}

fn ingress(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (line, mut fields) = combined(row, draw);
    let bytes = row.request_bytes;
    fields["http.request.bytes"] = json!(bytes);
    fields["event.duration"] = json!(row.duration_ms * 1_000_000);
    fields["nginx.ingress_controller.upstream.name"] = json!(row.word);
    fields["nginx.ingress_controller.upstream_address"] = json!(format!("{0}, {0}", row.server_and_port()));
    fields["http.request.id"] = json!(row.id);
    let seconds = format!("{}.{:03}", row.duration_ms / 1000, row.duration_ms % 1000);
    let upstream = format!("{0}, {0} 0, 59 {seconds}, - 502, {1}", row.server_and_port(), row.status);
    (format!("{line} {bytes} {seconds} [{}] [] {upstream} {}", row.word, row.id), fields)
}

fn traefik(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (line, mut fields) = combined(row, draw);
    fields["event.duration"] = json!(row.duration_ms * 1_000_000);
    fields["traefik.access.request_count"] = json!(row.number + 1);
    fields["traefik.access.frontend_name"] = json!(format!("{}@docker", row.word));
    fields["traefik.access.backend_url"] = json!(format!("http://{}", row.server_and_port()));
    let (count, backend) = (row.number + 1, row.server_and_port());
    (format!(r#"{line} {count} "{}@docker" "http://{backend}" {}ms"#, row.word, row.duration_ms), fields)
}

fn more(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (line, mut fields) = combined(row, draw);
    fields["access.more"] = json!(format!("{} \"{}\" rt=0.{:03}", row.word, row.host, row.number));
    (format!("{line} {} \"{}\" rt=0.{:03}", row.word, row.host, row.number), fields)
}

fn ssl_request(row: &Row, _: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(backslashed);
    let mut fields = fields(&row);
    fields["user.name"] = json!(null);
    fields["http.response.status_code"] = json!(null);
    fields["tls.cipher"] = json!(row.word);
    let request = format!("{} {} HTTP/{}", row.method, row.target(), row.version);
    let bytes = number(row.response_bytes);
    (format!(r#"[{}] {} TLSv1.3 {} "{request}" {bytes}"#, row.time.common(), row.client, row.word), fields)
}
