//! Error logs, what syslog carries, and the ModSecurity audit log.

use serde_json::{Value, json};

use crate::access::combined;
use crate::check::Format;
use crate::draw::{Draw, Row, backslashed, unquoted};

/// All of them.
pub const FORMATS: [Format; 7] = [
    Format::lines("Apache error log", apache),
    Format::lines("nginx error log", nginx),
    Format::lines("application log", application),
    Format::lines("combined, through syslog", syslog_3164),
    Format::lines("combined, through syslog", syslog_5424),
    Format::lines("syslog", sshd),
    Format::lines("ModSecurity audit log", audit),
];

fn apache(row: &Row, draw: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(backslashed);
    let at = row.time.in_utc().parts();
    let time = format!("{} {} {} {}.{} {}", at.weekday, at.month, at.day, at.clock, at.micros, at.year);
    let (level, user) = (draw.one(&["error", "warn", "notice", "trace8"]), row.user.unwrap_or("admin"));
    let referrer = row.referrer.map_or(String::new(), |referrer| format!(", referer: {referrer}"));
    let message =
        format!("AH01617: user {user}: authentication failure for \"{}\": Password Mismatch{referrer}", row.path);
    let process = format!("[pid {}:tid {}]", row.number, row.server_port);
    let line = format!("[{time}] [auth_basic:{level}] {process} [client {}:{}] {message}", row.client, row.client_port);
    let fields = json!({
        "@timestamp": row.time.shown(), "log.level": level, "apache.error.module": "auth_basic",
        "process.pid": row.number, "process.thread.id": row.server_port, "source.ip": row.client,
        "source.port": row.client_port, "error.code": "AH01617", "message": message, "http.request.referrer": row.referrer,
    });
    (line, fields)
}

/// nginx escapes nothing of what it quotes, so there are no quotes inside. The message goes on over lines.
fn nginx(row: &Row, draw: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(unquoted);
    let at = row.time.in_utc().parts();
    let break_line = if draw.once_in(3) { "\nPHP message: " } else { " " };
    let message =
        format!("FastCGI sent in stderr: \"PHP message: {}{break_line}{}\" while reading", row.word, row.path);
    let referrer = row.referrer.map_or(String::new(), |referrer| format!(", referrer: \"{referrer}\""));
    let line = format!(
        "{} {} [error] {}#{}: *{} {message}, client: {}, server: {}, request: \"{} {} HTTP/{}\", upstream: \"fastcgi://{}\", host: \"{}:{}\"{referrer}",
        at.date.replace('-', "/"),
        at.clock,
        row.number,
        row.server_port,
        row.number,
        row.client,
        row.word,
        row.method,
        row.target(),
        row.version,
        row.server_and_port(),
        row.host,
        row.server_port,
    );
    let fields = json!({
        "@timestamp": row.time.seconds().shown(), "log.level": "error", "process.pid": row.number,
        "nginx.error.connection_id": row.number, "source.ip": row.client, "nginx.error.server": row.word,
        "http.request.method": row.method, "url.path": row.path, "url.query": row.query, "http.version": row.version,
        "url.domain": row.host, "url.port": row.server_port, "http.request.referrer": row.referrer, "message": message,
    });
    (line, fields)
}

/// The message goes on over lines, as stack traces do.
fn application(row: &Row, draw: &mut Draw) -> (String, Value) {
    let row = row.clone().with_texts(unquoted);
    let at = row.time.in_utc().parts();
    let time = format!("{}{}{}{}", at.date, draw.one(&["T", " "]), at.clock, draw.one(&[".", ","]));
    let level = draw.one(&["INFO", "WARN", "ERROR", "DEBUG"]);
    let container = draw.one(&["", "web-1  | "]);
    let trace = if draw.once_in(3) { "\n\tat com.example.Shop(Shop.java:41)" } else { "" };
    let message = format!(
        "{level} [pool-{}] Login - login failed for user \"{}\" from {}{trace}",
        row.number, row.word, row.client
    );
    let line = format!("{container}{time}{}Z {message}", at.micros);
    let fields = json!({
        "@timestamp": row.time.shown(), "log.level": level, "message": message, "source.ip": row.client, "user.name": row.word,
        "event.outcome": "failure",
    });
    (line, fields)
}

/// The time of the line inside counts, as it has a year and an offset.
fn syslog_3164(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (line, mut fields) = combined(row, draw);
    let mut header = header_3164(row, draw.one(&["", "<190>"]), "nginx");
    let has_pid = !draw.once_in(2);
    if !has_pid {
        header = header.replace(&format!("[{}]", row.number), "");
    }
    fields["host.name"] = json!("web1");
    fields["process.name"] = json!("nginx");
    fields["process.pid"] = json!(Some(row.number).filter(|_| has_pid));
    (header + &line, fields)
}

fn header_3164(row: &Row, priority: &str, process: &str) -> String {
    let at = row.time.of_2026().in_utc().parts();
    let day = format!("{:>2}", at.day.trim_start_matches('0'));
    format!("{priority}{} {day} {} web1 {process}[{}]: ", at.month, at.clock, row.number)
}

fn syslog_5424(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (line, mut fields) = combined(row, draw);
    let data = draw.one(&["-", "[meta@32473 zone=\"a\\]b\" x=\"]\"]"]);
    let header = format!("<190>1 {} web1 nginx {} access {data} ", row.time.iso(), row.number);
    fields["host.name"] = json!("web1");
    fields["process.name"] = json!("nginx");
    fields["process.pid"] = json!(row.number);
    fields["log.syslog.priority"] = json!(190);
    fields["log.syslog.structured_data"] = if data == "-" { json!(null) } else { json!(data) };
    (header + &line, fields)
}

fn sshd(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (user, is_in) = (row.user.unwrap_or("root"), draw.once_in(2));
    let invalid = if !is_in && draw.once_in(2) { "invalid user " } else { "" };
    let what = if is_in { "Accepted publickey" } else { "Failed password" };
    let signature = if is_in { ": ED25519 SHA256:AAAAexample" } else { "" };
    let message = format!("{what} for {invalid}{user} from {} port {} ssh2{signature}", row.client, row.client_port);
    let fields = json!({
        "@timestamp": row.time.of_2026().shown(), "host.name": "web1", "process.name": "sshd", "process.pid": row.number,
        "message": message, "user.name": user, "source.ip": row.client, "source.port": row.client_port,
        "event.action": "ssh_login", "event.outcome": if is_in { "success" } else { "failure" },
    });
    (header_3164(row, "", "sshd") + &message, fields)
}

/// What a server answered may look like a boundary of another transaction.
fn audit(row: &Row, _: &mut Draw) -> (String, Value) {
    let (id, time) = (format!("{:08x}", row.number), row.time.seconds());
    let agent = row.agent.map_or(String::new(), |agent| format!("User-Agent: {agent}\n"));
    let text = format!(
        "--{id}-A--\n[{}] {} {} {} {} {}\n--{id}-B--\n{} {} HTTP/{}\nHost: {}\n{agent}\n--{id}-F--\nHTTP/1.1 {} X\n\n--{id}-E--\n--ffffffff-Z--\n\
         --{id}-H--\nMessage: Warning. Matched \"x\" at ARGS. [file \"/a.conf\"] [line \"1\"] [id \"942100\"] [msg \"{}\"] [severity \"CRITICAL\"] [tag \"attack-sqli\"]\n\n--{id}-Z--\n",
        time.common(),
        row.id,
        row.client,
        row.client_port,
        row.server,
        row.server_port,
        row.method,
        row.target(),
        row.version,
        row.host,
        row.status,
        row.word,
    );
    let fields = json!({
        "@timestamp": time.shown(), "event.id": row.id, "source.ip": row.client, "source.port": row.client_port,
        "destination.ip": row.server, "destination.port": row.server_port, "http.request.method": row.method,
        "url.path": row.path, "url.query": row.query, "http.version": row.version, "url.domain": row.host,
        "user_agent.original": row.agent, "http.response.status_code": row.status, "rule.id": "942100",
        "rule.name": row.word, "rule.category": "attack-sqli", "event.severity": 2, "modsecurity.audit.messages": 1,
    });
    (text, fields)
}
