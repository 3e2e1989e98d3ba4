//! W3C extended logs, whose header may change within the file, and IIS' own format.
//!
//! IIS writes spaces of texts as `+`, so a `+` of the client's own is not to be told from one; it is read as a space.

use serde_json::{Map, Value, json};

use crate::check::Format;
use crate::draw::{Draw, Row, dash, number};

/// All of them.
pub const FORMATS: [Format; 4] = [
    Format::lines("IIS (W3C extended)", iis)
        .under("#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n"),
    Format::lines("HTTP.sys errors (W3C extended)", http_sys).under(HTTP_SYS),
    Format::lines("CloudFront (W3C extended)", cloudfront).under(CLOUDFRONT),
    Format::lines("IIS native", native),
];

const HTTP_SYS: &str = "#Software: Microsoft HTTP API 2.0\n#Version: 1.0\n#Date: 2026-05-17 10:05:03\n#Fields: date time c-ip \
    c-port s-ip s-port cs-version cs-method cs-uri sc-status s-siteid s-reason s-queuename\n";

const CLOUDFRONT: &str = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem \
    sc-status cs(Referer) cs(User-Agent) cs-uri-query x-edge-request-id x-host-header cs-protocol cs-bytes time-taken \
    x-forwarded-for ssl-protocol cs-protocol-version c-port\n";

/// A column of IIS' log, its field, the word and the value.
type Column = (&'static str, &'static str, String, Value);

fn columns(row: &Row) -> Vec<Column> {
    let plus = |text: &str| text.replace(' ', "+");
    let agent = row.agent.map(plus);
    let referrer = row.referrer;
    vec![
        ("s-sitename", "iis.access.site_name", row.word.into(), json!(row.word)),
        ("s-computername", "host.name", row.word.into(), json!(row.word)),
        ("s-ip", "destination.ip", row.server.clone(), json!(row.server)),
        ("cs-method", "http.request.method", row.method.into(), json!(row.method)),
        ("cs-uri-query", "url.query", dash(row.query.as_deref()).into(), json!(row.query)),
        ("s-port", "destination.port", row.server_port.to_string(), json!(row.server_port)),
        ("cs-username", "user.name", dash(row.user).into(), json!(row.user)),
        ("cs-version", "http.version", format!("HTTP/{}", row.version), json!(row.version)),
        (
            "cs(User-Agent)",
            "user_agent.original",
            dash(agent.as_deref()).into(),
            json!(row.agent.map(|a| a.replace('+', " "))),
        ),
        ("cs(Referer)", "http.request.referrer", dash(referrer).into(), json!(referrer)),
        ("cs-host", "url.domain", row.host.into(), json!(row.host)),
        ("sc-substatus", "iis.access.sub_status", row.number.to_string(), json!(row.number)),
        ("sc-bytes", "http.response.body.bytes", number(row.response_bytes), json!(row.response_bytes)),
        ("cs-bytes", "http.request.body.bytes", row.request_bytes.to_string(), json!(row.request_bytes)),
        ("time-taken", "event.duration", row.duration_ms.to_string(), json!(row.duration_ms * 1_000_000)),
        ("x-own", "w3c.x_own", row.id.clone(), json!(row.id)),
    ]
}

/// Every line under a header of its own would be a new header each; so there are five, each with its columns.
fn iis(row: &Row, draw: &mut Draw) -> (String, Value) {
    let header = row.number / 4 % 5;
    let at = row.time.in_utc().seconds().parts();
    let mut names = vec!["date", "time", "c-ip", "cs-uri-stem", "sc-status"];
    let mut words = vec![at.date, at.clock, row.client.clone(), row.path.clone(), row.status.to_string()];
    let mut fields = Map::new();
    let mut left_out = Draw(header);
    for (name, field, word, value) in columns(row) {
        if left_out.once_in(3) {
            continue;
        }
        let place = left_out.below(names.len() as u64 - 1) as usize + 2;
        names.insert(place, name);
        words.insert(place, word);
        fields.insert(field.into(), value);
    }
    for (field, value) in [
        ("@timestamp", json!(row.time.seconds().shown())),
        ("source.ip", json!(row.client)),
        ("url.path", json!(row.path)),
        ("http.response.status_code", json!(row.status)),
    ] {
        fields.insert(field.into(), value);
    }
    let repeats = row.number.is_multiple_of(4) || draw.once_in(5);
    let header = if repeats { format!("#Fields: {}\n", names.join(" ")) } else { String::new() };
    (header + &words.join(" "), fields.into())
}

fn http_sys(row: &Row, _: &mut Draw) -> (String, Value) {
    let at = row.time.in_utc().seconds().parts();
    let ends = format!("{} {} {} {}", row.client, row.client_port, row.server, row.server_port);
    let request = format!("HTTP/{} {} {}", row.version, row.method, row.target());
    let fields = json!({
        "@timestamp": row.time.seconds().shown(), "source.ip": row.client, "source.port": row.client_port,
        "destination.ip": row.server, "destination.port": row.server_port, "http.version": row.version,
        "http.request.method": row.method, "url.path": row.path, "url.query": row.query,
        "http.response.status_code": row.status, "iis.error.reason_phrase": row.word, "iis.error.queue_name": null,
    });
    (format!("{} {} {ends} {request} {} 1 {} -", at.date, at.clock, row.status, row.word), fields)
}

/// As CloudFront writes what is special.
fn percent(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_graphic() && !b"\"%\\".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn cloudfront(row: &Row, _: &mut Draw) -> (String, Value) {
    let at = row.time.in_utc().seconds().parts();
    let agent = row.agent.map(percent);
    let (path, query, referrer) = (percent(&row.path), row.query.as_deref().map(percent), row.referrer.map(percent));
    let [bytes, status, port] =
        [row.response_bytes.unwrap_or_default(), row.status, row.client_port as i64].map(|n| n.to_string());
    let seconds = format!("{}.{:03}", row.duration_ms / 1000, row.duration_ms % 1000);
    let request_bytes = row.request_bytes.to_string();
    let version = format!("HTTP/{}", row.version);
    let words = [
        &at.date,
        &at.clock,
        "FRA6-C1",
        &bytes,
        &row.client,
        row.method,
        "d1.cloudfront.example",
        &path,
        &status,
        dash(referrer.as_deref()),
        dash(agent.as_deref()),
        dash(query.as_deref()),
        &row.id,
        row.host,
        "https",
        &request_bytes,
        &seconds,
        "-",
        "TLSv1.3",
        &version,
        &port,
    ];
    let fields = json!({
        "@timestamp": row.time.seconds().shown(), "aws.cloudfront.edge_location": "FRA6-C1",
        "http.response.body.bytes": row.response_bytes, "source.ip": row.client, "http.request.method": row.method,
        "url.path": path, "url.query": query, "http.response.status_code": row.status,
        "http.request.referrer": referrer, "user_agent.original": row.agent, "http.request.id": row.id,
        "url.domain": row.host, "url.scheme": "https", "http.request.body.bytes": row.request_bytes,
        "event.duration": row.duration_ms * 1_000_000, "network.forwarded_ip": null, "tls.version": "TLSv1.3",
        "http.version": row.version, "source.port": row.client_port,
    });
    (words.join("\t"), fields)
}

/// Commas end words, so they are in none.
fn native(row: &Row, draw: &mut Draw) -> (String, Value) {
    let at = row.time.in_utc().seconds().parts();
    let (year, month, day) = (&at.date[..4], &at.date[5..7], &at.date[8..]);
    let date = if draw.once_in(2) { format!("{month}/{day}/{}", &year[2..]) } else { format!("{month}/{day}/{year}") };
    let (bytes, status) = (number(row.response_bytes), row.status);
    let line = format!(
        "{}, {}, {date}, {}, W3SVC1, {}, {}, {}, {}, {bytes}, {status}, 0, {}, {}, {},",
        row.client,
        dash(row.user),
        at.clock,
        row.word,
        row.server,
        row.duration_ms,
        row.request_bytes,
        row.method,
        row.path,
        dash(row.query.as_deref()),
    );
    let fields = json!({
        "@timestamp": row.time.seconds().shown(), "source.ip": row.client, "user.name": row.user,
        "iis.access.site_name": "W3SVC1", "host.name": row.word, "destination.ip": row.server,
        "event.duration": row.duration_ms * 1_000_000, "http.request.body.bytes": row.request_bytes,
        "http.response.body.bytes": row.response_bytes, "http.response.status_code": row.status,
        "http.request.method": row.method, "url.path": row.path, "url.query": row.query,
    });
    (line, fields)
}
