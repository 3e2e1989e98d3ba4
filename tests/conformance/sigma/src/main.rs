//! Compares, row by row, which Sigma rules match in Logloupe and in rsigma, which evaluates one JSON event after the other.
//!
//! `cargo run -- RULES LOG…`: a folder of rules and log files. Prints a line for each rule that matches anywhere: rows here,
//! rows there, rows that differ; then rows that differ, and rules that one of the two cannot read. Ends with 1 where rows
//! differ. Which columns Sigma's words mean is written down here once more, so that a slip in one list shows.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use logloupe::engine::{Engine, Files, look_at};
use logloupe::protocol::{Job, RowFormat, ScanTask};
use logloupe::rules::sigma::ir::{Body, LogSource};
use logloupe::rules::sigma::{matching_rows, read::Reader};
use logloupe::scan::Limits;
use logloupe::settings::Settings;
use logloupe::source::Source;
use logloupe::table::{RowSet, Selection};
use rsigma_eval::{CompiledRule, JsonEvent, compile_rule, evaluate_rule};
use serde_json::{Map, Value, json};

struct Log(PathBuf, Vec<u8>);

impl Source for Log {
    fn path(&self) -> &str {
        self.0.to_str().unwrap_or("log")
    }
    fn size(&self) -> Option<u64> {
        Some(self.1.len() as u64)
    }
    fn open(&self, start: u64) -> std::io::Result<Box<dyn std::io::Read + '_>> {
        Ok(Box::new(&self.1[start as usize..]))
    }
}

struct Logs(Vec<Log>);

impl Files for Logs {
    fn source(&self, file: u32) -> Option<&dyn Source> {
        self.0.get(file as usize).map(|log| log as &dyn Source)
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let mut paths = Vec::new();
    below(&arguments.next().expect("a folder of rules"), &mut paths);
    let logs = Logs(arguments.map(|path| Log(path.clone(), fs::read(path).expect("a log"))).collect());

    let mut reader = Reader::new(&BTreeMap::new());
    let mut theirs: BTreeMap<String, Result<CompiledRule, String>> = BTreeMap::new();
    for path in &paths {
        let yaml = fs::read_to_string(path).expect("rules are UTF-8");
        reader.add(&path.display().to_string(), &yaml);
        for (id, rule) in reference(&yaml) {
            theirs.insert(id, rule);
        }
    }
    let rules = reader.finish();

    let mut engine = Engine::new(0, Limits::default());
    for (file, log) in (0..).zip(&logs.0) {
        let (_, spec) = look_at(log, &Settings::default()).expect("a format");
        let task = ScanTask { file, start: 0, end: None };
        engine.read(log, &task, &spec, &mut |_, _| ControlFlow::Continue(())).expect("a readable log");
    }
    let job = Job::Export { filter: String::new(), format: RowFormat::Ndjson, columns: Vec::new() };
    let (_, exported) = engine.run(&job, &logs).expect("rows");
    let rows: Vec<Map<String, Value>> = exported
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("a row"))
        .collect();
    let sets: Vec<RowSet> = engine.store().shards.iter().map(|shard| RowSet::all(shard.table.n_rows)).collect();
    let found = matching_rows(Selection { store: engine.store(), rows: &sets }, &rules);
    let mut ours: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut first = 0;
    for (shard, found) in sets.iter().zip(found) {
        for (rule, set) in found {
            set.for_each(|row| ours.entry(rule).or_default().push(first + row));
        }
        first += shard.table_len();
    }
    assert_eq!(first, rows.len(), "every row is exported");

    let (mut n_compared, mut n_differing, mut out) = (0, 0, String::new());
    let mut events: BTreeMap<LogSource, Vec<Option<Value>>> = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate() {
        let Body::Search(_) = rule.body else { continue };
        let compiled = match theirs.get(rule.id.trim_end_matches(".rows")) {
            Some(Ok(compiled)) => compiled,
            Some(Err(error)) => {
                println!("not read by rsigma: {} ({}): {error}", rule.id, rule.title);
                continue;
            }
            None => {
                println!("not known to rsigma: {} ({})", rule.id, rule.title);
                continue;
            }
        };
        let events = events.entry(rule.source.clone()).or_insert_with(|| {
            rows.iter().map(|row| is_for(&rule.source, row).then(|| event(&rule.source, row))).collect()
        });
        let matches = |event: &Option<Value>| {
            event.as_ref().is_some_and(|event| evaluate_rule(compiled, &JsonEvent::borrow(event)).is_some())
        };
        let theirs: Vec<usize> =
            (0..).zip(events.iter()).filter(|(_, event)| matches(event)).map(|(row, _)| row).collect();
        let ours = ours.remove(&at).unwrap_or_default();
        n_compared += 1;
        let only = |a: &[usize], b: &[usize]| {
            a.iter().filter(|row| b.binary_search(row).is_err()).copied().collect::<Vec<_>>()
        };
        let (here, there) = (only(&ours, &theirs), only(&theirs, &ours));
        let differing = here.len() + there.len();
        n_differing += differing;
        if !ours.is_empty() || !theirs.is_empty() {
            println!("{:>7} {:>7} {differing:>5}  {}", ours.len(), theirs.len(), rule.title);
        }
        for (side, list) in [("here", &here), ("there", &there)] {
            for &row in list.iter().take(2) {
                out += &format!("only {side}: {} {}: {}\n", rule.id, rule.title, json!(rows[row]));
            }
        }
    }
    println!("{n_compared} rules, {} rows, {n_differing} differences\n{out}", rows.len());
    ExitCode::from(u8::from(n_differing > 0))
}

/// The rules of a file as rsigma compiles them; the old aggregations are cut off, as only their searches are compared.
fn reference(yaml: &str) -> Vec<(String, Result<CompiledRule, String>)> {
    let cut = |line: &str| match line.trim_start().starts_with("condition:") {
        true => line.split(" | ").next().unwrap_or(line).to_owned(),
        false => line.to_owned(),
    };
    let yaml: Vec<String> = yaml.lines().map(cut).collect();
    let Ok(read) = rsigma_parser::parse_sigma_yaml(&yaml.join("\n")) else { return Vec::new() };
    let compiled = |rule: &rsigma_parser::SigmaRule| {
        let id = rule.id.clone().unwrap_or_else(|| rule.title.clone());
        (id, compile_rule(rule).map_err(|error| error.to_string()))
    };
    read.rules.iter().map(compiled).collect()
}

/// Whether a row is of the log that a rule is for.
fn is_for(source: &LogSource, row: &Map<String, Value>) -> bool {
    let dataset = row.get("event.dataset").and_then(Value::as_str).unwrap_or_default();
    match (source.category.as_str(), source.product.as_str(), source.service.as_str()) {
        ("webserver" | "proxy", ..) => ["access", "zeek.http"].contains(&dataset),
        ("dns", ..) => dataset == "zeek.dns",
        ("firewall", ..) => dataset == "zeek.conn",
        (_, "zeek", service) => dataset.strip_prefix("zeek.") == Some(service),
        (_, "", "apache" | "nginx") | (_, "apache" | "nginx", _) => dataset == "access",
        ("", "", "") => true,
        _ => false,
    }
}

/// Sigma's words and the columns that they mean; `uri` and `url` are put together.
const WORDS: &[(&str, &str)] = &[
    ("cs-uri-query", "uri"),
    ("cs-uri", "uri"),
    ("uri", "uri"),
    ("c-uri", "uri url"),
    ("cs-uri-stem", "url.path"),
    ("c-uri-stem", "url.path"),
    ("c-uri-query", "url.query"),
    ("c-uri-extension", "extension"),
    ("cs-method", "http.request.method"),
    ("method", "http.request.method"),
    ("sc-status", "http.response.status_code"),
    ("status_code", "http.response.status_code"),
    ("cs-user-agent", "user_agent.original"),
    ("c-useragent", "user_agent.original"),
    ("user_agent", "user_agent.original"),
    ("userAgent", "user_agent.original"),
    ("cs-host", "url.domain destination.domain tls.server_name"),
    ("r-dns", "url.domain destination.domain tls.server_name"),
    ("host", "url.domain"),
    ("cs-referer", "http.request.referrer"),
    ("c-ip", "source.ip source.address"),
    ("src_ip", "source.ip source.address"),
    ("clientip", "source.ip source.address"),
    ("dst_ip", "destination.ip"),
    ("src_port", "source.port"),
    ("dst_port", "destination.port"),
    ("cs-username", "user.name"),
    ("query", "dns.question.name"),
    ("dns_query", "dns.question.name"),
    ("record_type", "dns.question.type"),
    ("qtype_name", "dns.question.type"),
    ("answer", "dns.answers"),
    ("answers", "dns.answers"),
    ("id.orig_h", "source.ip"),
    ("id.orig_p", "source.port"),
    ("id.resp_h", "destination.ip"),
    ("id.resp_p", "destination.port"),
    ("resp_mime_types", "http.response.mime_type"),
    ("request_body_len", "http.request.body.bytes"),
];

/// A row as an event in Sigma's words for that log, beside its own columns.
fn event(source: &LogSource, row: &Map<String, Value>) -> Value {
    let of_files = ["event.dataset", "log.file.path", "file.directory", "@timestamp"];
    let mut event = row.clone();
    event.retain(|name, value| !of_files.contains(&name.as_str()) && !value.is_null());
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let query = text("url.query").map_or_else(String::new, |query| format!("?{query}"));
    let value = |word: &str| match word {
        "uri" => text("url.path").map(|path| json!(format!("{path}{query}"))),
        "url" => text("url.domain").map(|host| {
            let (scheme, path) = (text("url.scheme").unwrap_or("http"), text("url.path").unwrap_or_default());
            json!(format!("{scheme}://{host}{path}{query}"))
        }),
        "extension" => text("url.path").and_then(|path| Some(json!(path.rsplit('/').next()?.rsplit_once('.')?.1))),
        name => row.get(name).filter(|value| !value.is_null()).cloned(),
    };
    for (word, columns) in WORDS {
        let mut values: Vec<Value> = columns.split(' ').filter_map(value).collect();
        match values.len() {
            0 => {}
            1 => drop(event.insert((*word).to_owned(), values.remove(0))),
            _ => drop(event.insert((*word).to_owned(), Value::Array(values))),
        }
    }
    if source.product == "zeek" {
        let prefix = format!("zeek.{}.", source.service);
        for (name, value) in row.iter().filter(|(_, value)| !value.is_null()) {
            if let Some(own) = name.strip_prefix(&prefix) {
                event.insert(own.to_owned(), value.clone());
            }
        }
        if let ("smb_files", Some(name)) = (source.service.as_str(), row.get("file.name")) {
            event.insert("name".to_owned(), name.clone());
        }
    }
    Value::Object(event)
}

fn below(path: &Path, out: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path).expect("a folder").map(|e| e.expect("an entry").path()).collect();
        entries.sort();
        entries.iter().for_each(|entry| below(entry, out));
    } else if path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml") {
        out.push(path.to_owned());
    }
}
