//! Delimited values with four delimiters, with and without a header, and logfmt.

use serde_json::{Value, json};

use crate::check::Format;
use crate::draw::{Draw, Row, backslashed};

/// All of them.
pub const FORMATS: [Format; 9] = [
    Format::lines("CSV with a header", |row, draw| table(row, draw, ","))
        .under("time,src_ip,method,path,query,status,bytes,user_agent,note\n"),
    Format::lines("semicolon-separated with a header", |row, draw| table(row, draw, ";"))
        .under("time;src_ip;method;path;query;status;bytes;user_agent;note\n"),
    Format::lines("tab-separated with a header", |row, draw| table(row, draw, "\t"))
        .under("time\tsrc_ip\tmethod\tpath\tquery\tstatus\tbytes\tuser_agent\tnote\n"),
    Format::lines("bar-separated with a header", |row, draw| table(row, draw, "|"))
        .under("time|src_ip|method|path|query|status|bytes|user_agent|note\n"),
    Format::lines("CSV without a header", |row, _| bare(row, ",")),
    Format::lines("semicolon-separated without a header", |row, _| bare(row, ";")),
    Format::lines("tab-separated without a header", |row, _| bare(row, "\t")),
    Format::lines("bar-separated without a header", |row, _| bare(row, "|")),
    Format::lines("key=value (logfmt)", logfmt),
];

/// A row's texts, one with a line end in it; what has a delimiter, a quote or a line end is quoted.
fn cells(row: &Row, stamp: String, delimiter: &str) -> String {
    let number = |value: Option<i64>| value.map_or(String::new(), |value| value.to_string());
    let cells = [
        stamp,
        row.client.clone(),
        row.method.into(),
        row.path.clone(),
        row.query.clone().unwrap_or_default(),
        number(Some(row.status)),
        number(row.response_bytes),
        row.agent.unwrap_or_default().into(),
        note(row),
    ];
    let quoted = |cell: String| {
        let is_plain = !cell.contains(['"', '\n']) && !cell.contains(delimiter);
        if is_plain { cell } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
    };
    cells.map(quoted).join(delimiter)
}

fn note(row: &Row) -> String {
    if row.number % 5 == 1 { format!("{}\nand \"{}\"", row.host, row.word) } else { row.word.into() }
}

fn table(row: &Row, draw: &mut Draw, delimiter: &str) -> (String, Value) {
    let (stamp, time) = row.time.anyhow(draw);
    let fields = json!({
        "@timestamp": time.shown(), "source.ip": row.client, "http.request.method": row.method, "url.path": row.path,
        "url.query": row.query, "http.response.status_code": row.status, "http.response.body.bytes": row.response_bytes,
        "user_agent.original": row.agent, "csv.note": note(row),
    });
    (cells(row, stamp, delimiter), fields)
}

/// Without names a column is what its values look like.
fn bare(row: &Row, delimiter: &str) -> (String, Value) {
    let fields = json!({
        "@timestamp": row.time.shown(), "source.ip": row.client, "csv.column_3": row.method, "csv.column_4": row.path,
        "csv.column_5": row.query, "csv.column_6": row.status, "csv.column_7": row.response_bytes,
        "csv.column_8": row.agent, "csv.column_9": note(row),
    });
    (cells(row, row.time.iso(), delimiter), fields)
}

/// Escapes inside quotes stay as written.
fn logfmt(row: &Row, draw: &mut Draw) -> (String, Value) {
    let (stamp, time) = row.time.anyhow(draw);
    let row = row.clone().with_texts(backslashed);
    let quoted = |text: &str| format!("\"{text}\"");
    let agent = row.agent.map_or(String::new(), |agent| format!(" user_agent={}", quoted(agent)));
    let query = row.query.as_deref().map_or(String::new(), |query| format!(" query={}", quoted(query)));
    let line = format!(
        "time={} level=info remote_addr={} method={} path={}{query} status={} bytes={}{agent} own.key={} user=",
        quoted(&stamp),
        row.client,
        row.method,
        quoted(&row.path),
        row.status,
        row.response_bytes.unwrap_or_default(),
        row.word,
    );
    let fields = json!({
        "@timestamp": time.shown(), "source.ip": row.client, "http.request.method": row.method, "url.path": row.path,
        "url.query": row.query, "http.response.status_code": row.status, "http.response.body.bytes": row.response_bytes,
        "user_agent.original": row.agent, "logfmt.own.key": row.word, "user.name": null,
    });
    (line, fields)
}
