//! Every check against rows that it must find and rows that it must not, and the merging of what shards find.
//!
//! Cases are data: `tests/cases/rules/*.json`. A row is its fields; `repeat` makes it many, with `{n}` in its texts counting
//! from 0, `{h}` being letters and digits that look drawn, and its time moving on by `step` seconds, `jitter` more or less.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

#[path = "rules/stories.rs"]
mod stories;

use std::fs;
use std::path::Path;

use logloupe::query::{Compiled, Filter};
use logloupe::rules::sigma::shipped;
use logloupe::rules::{Checked, RulesPartial, checks, run};
use logloupe::schema::{ColumnSpec, Field, FieldName, Kind, Record, Value};
use logloupe::settings::{Lookup, Settings};
use logloupe::table::{Builder, Partial, RowSet, Selection, Shard, Store};
use logloupe::units::Micros;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    rows: Vec<CaseRow>,
    #[serde(default)]
    must: Vec<String>,
    #[serde(default)]
    must_not: Vec<String>,
    /// Rows of each check in `must`, if it matters.
    count: Option<u64>,
    /// The filter of the first check in `must`, if it matters.
    filter: Option<String>,
}

#[derive(Clone, Deserialize)]
struct CaseRow {
    #[serde(default = "once")]
    repeat: u64,
    #[serde(default)]
    step: i64,
    /// Seconds by which the time of a repeated row is off at most, one way or the other.
    #[serde(default)]
    jitter: i64,
    #[serde(flatten)]
    fields: Map<String, Json>,
}

fn once() -> u64 {
    1
}

/// 2026-01-01T00:00:00Z, where a row says no time.
const START: i64 = 1_767_225_600;

type Row = Vec<(FieldName, Json)>;

fn rows_of(rows: &[CaseRow]) -> Vec<Row> {
    let mut out = Vec::new();
    for row in rows {
        for n in 0..row.repeat {
            let value = |json: &Json| match json {
                Json::String(text) => {
                    let drawn = format!("{:016x}", (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
                    Json::String(text.replace("{n}", &n.to_string()).replace("{h}", &drawn))
                }
                other => other.clone(),
            };
            let jitter = (n as i64 * 7919) % (2 * row.jitter + 1) - row.jitter;
            let moved = n as i64 * row.step + jitter;
            let mut fields: Row = row.fields.iter().map(|(k, v)| (FieldName::new(k), value(v))).collect();
            match fields.iter_mut().find(|(name, _)| *name == Field::Timestamp.into()) {
                Some((_, time)) => *time = Json::from(START + time.as_i64().unwrap() + moved),
                None => fields.push((Field::Timestamp.into(), Json::from(START + moved))),
            }
            out.push(fields);
        }
    }
    out
}

/// The rows as one store: cut into shards of `shard` rows, which are in files as `file` says, every `workers`-th shard from
/// `worker` on.
fn store(rows: &[Row], shard: usize, worker: usize, workers: usize, seed: u64) -> Store {
    let mut names: Vec<&FieldName> = rows.iter().flatten().map(|(name, _)| name).collect();
    names.sort();
    names.dedup();
    let kind = |name: &FieldName| match name.ecs() {
        Some(field) => field.kind(),
        None if name.as_str().ends_with("not_valid_after") => Kind::Time,
        None => Kind::Keyword,
    };
    let specs: Vec<ColumnSpec> =
        names.iter().map(|name| ColumnSpec { name: (*name).clone(), kind: kind(name) }).collect();
    let mut store = Store::new(seed);
    for (number, chunk) in rows.chunks(shard).enumerate().filter(|(number, _)| number % workers == worker) {
        let mut builder = Builder::new(&specs, &[], &mut store.dictionaries);
        for (at, row) in chunk.iter().enumerate() {
            let mut record = Record::new(specs.len());
            for (name, value) in row {
                let column = specs.iter().position(|spec| spec.name == *name).unwrap();
                let kind = specs[column].kind;
                let value = match value {
                    Json::String(text) => Value::Text(text.as_bytes()),
                    Json::Number(number) if kind == Kind::Time => {
                        let start = if name.ecs().is_some() { 0 } else { START };
                        Value::Time(Micros::from_seconds(start + number.as_i64().unwrap()))
                    }
                    Json::Number(number) => Value::Integer(number.as_i64().unwrap()),
                    _ => Value::Null,
                };
                record.set(column, value);
            }
            let line = (number * shard + at) as u64;
            builder.push(&record, (line * 100, 99, at as u64 + 1), &mut store.dictionaries);
        }
        let lines_before = (number * shard) as u64;
        store.shards.push(Shard { file: 0, range_start: lines_before * 100, lines_before, table: builder.take() });
    }
    store
}

fn settings() -> Settings {
    let texts = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    let mut settings = Settings::shipped();
    settings.lists.banned_ports = vec![4444, 6667];
    settings.lists.bad_addresses = texts(&["198.51.100.0/24", "2001:db8:bad::/48", "203.0.113.66"]);
    settings.lists.restricted_hosts = texts(&["games.example"]);
    settings
}

fn run_all(store: &Store, settings: &Settings) -> RulesPartial {
    let all: Vec<RowSet> = store.shards.iter().map(|shard| RowSet::all(shard.table.n_rows)).collect();
    run(Selection { store, rows: &all }, settings, &["monday".into(), "tuesday".into()])
}

fn checked(rows: &[Row], settings: &Settings) -> Checked {
    run_all(&store(rows, usize::MAX / 2, 0, 1, 7), settings).finish()
}

/// Checks and shipped rules.
fn ids_of_all() -> impl Iterator<Item = &'static str> {
    checks().iter().map(|check| check.id).chain(shipped().iter().map(|rule| rule.id.as_str()))
}

fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/rules");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    // Cases of shipped rules are in a folder of their own.
    files.retain(|file| file.is_file());
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let of_file: Vec<Case> =
            serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        cases.extend(of_file.into_iter().map(|case| (name.clone(), case)));
    }
    cases
}

/// The output as text, so that a difference can be read.
fn print(checked: Checked) -> String {
    format!("{checked:#?}")
}

#[test]
fn checks_find_what_they_must_and_leave_what_they_must_not() {
    let mut failures = Vec::new();
    for (file, case) in cases() {
        let checked = checked(&rows_of(&case.rows), &settings());
        let found = |id: &String| checked.findings.iter().find(|found| found.finding.id == *id).map(|f| &f.finding);
        let ids: Vec<&str> = checked.findings.iter().map(|found| found.finding.id.as_str()).collect();
        let place = format!("{file}: {}: found {ids:?}", case.name);
        for id in case.must.iter().chain(&case.must_not) {
            assert!(ids_of_all().any(|known| known == id), "{file}: no check is called {id}");
        }
        for id in &case.must {
            match found(id) {
                None => failures.push(format!("{place}, not {id}")),
                Some(finding) if case.count.is_some_and(|count| count != finding.count) => {
                    failures.push(format!("{place}, {id} in {} rows, not {:?}", finding.count, case.count));
                }
                Some(_) => {}
            }
        }
        if let (Some(expected), Some(finding)) = (&case.filter, case.must.first().and_then(found))
            && *expected != finding.filter
        {
            failures.push(format!("{place}, filter {}", finding.filter));
        }
        failures.extend(case.must_not.iter().filter(|id| found(id).is_some()).map(|id| format!("{place}, also {id}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn filters_show_the_rows_of_their_findings() {
    // These say more than a filter can: a ratio of two columns, or what a source did in other rows.
    const WIDER: [&str; 8] = [
        "network.upload_heavy",
        "http.brute_force",
        "http.brute_force_success",
        "network.port_scan",
        "network.host_sweep",
        "dns.generated_names",
        "http.flood",
        "tls.expired",
    ];
    for (file, case) in cases() {
        let store = store(&rows_of(&case.rows), 5, 0, 1, 7);
        for found in run_all(&store, &settings()).finish().findings {
            let finding = found.finding;
            let place = format!("{file}: {}: {} {}", case.name, finding.id, finding.filter);
            let filter = Filter::parse(&finding.filter).unwrap_or_else(|error| panic!("{place}: {error}"));
            let rows = Compiled::new(&filter, &store).select_all(&store);
            let shown: usize = rows.iter().map(RowSet::count).sum();
            let is_wider = WIDER.contains(&finding.id.as_str()) && shown as u64 >= finding.count;
            let is_right = is_wider || shown as u64 == finding.count;
            assert!(is_right, "{place}: shows {shown} rows, not {}", finding.count);
        }
    }
}

#[test]
fn every_check_has_a_case_that_must_match_and_one_that_must_not() {
    let cases = cases();
    let lacking = |pick: fn(&Case) -> &Vec<String>| -> Vec<&str> {
        let has = |id: &str| cases.iter().any(|(_, case)| pick(case).iter().any(|known| known == id));
        checks().iter().map(|check| check.id).filter(|id| !has(id)).collect()
    };
    assert_eq!(lacking(|case| &case.must), [""; 0], "must match");
    assert_eq!(lacking(|case| &case.must_not), [""; 0], "must not match");
}

/// All rows of all cases, one after the other.
fn all_rows() -> Vec<Row> {
    cases().iter().flat_map(|(_, case)| rows_of(&case.rows)).collect()
}

#[test]
fn shards_and_workers_do_not_show() {
    let (rows, settings) = (all_rows(), settings());
    let expected = print(checked(&rows, &settings));
    for (shard, workers) in [(1, 1), (7, 2), (100, 3), (13, 5)] {
        let parts = (0..workers).map(|worker| run_all(&store(&rows, shard, worker, workers, worker as u64), &settings));
        // Through bytes, as between workers; the last comes first.
        let mut merged = RulesPartial::default();
        for part in parts.collect::<Vec<_>>().into_iter().rev() {
            let bytes = postcard::to_allocvec(&part).unwrap();
            merged.merge(postcard::from_bytes(&bytes).unwrap());
        }
        let found = print(merged.finish());
        let difference = expected.lines().zip(found.lines()).find(|(a, b)| a != b);
        assert_eq!(difference, None, "shards of {shard} rows, {workers} workers");
        assert_eq!(expected.len(), found.len());
    }
}

#[test]
fn only_selected_rows_count() {
    let rows = all_rows();
    let (store, settings) = (store(&rows, 50, 0, 1, 1), settings());
    let sets: Vec<RowSet> = store.shards.iter().map(|s| RowSet::from_fn(s.table.n_rows, |row| row % 3 == 0)).collect();
    let some = run(Selection { store: &store, rows: &sets }, &settings, &[]).finish();
    let selected: u64 = sets.iter().map(|set| set.count() as u64).sum();
    assert!(some.flagged_rows.informational <= selected);
    assert!(some.findings.iter().all(|found| found.finding.count <= selected));
    let none: Vec<RowSet> = store.shards.iter().map(|s| RowSet::none(s.table.n_rows)).collect();
    let none = run(Selection { store: &store, rows: &none }, &settings, &["monday".into()]).finish();
    assert!(none.findings.is_empty());
    assert_eq!(none.flagged_rows.informational, 0);
    assert_eq!(none.lookups[0].0.folders[0].folder, "monday");
    assert_eq!(none.rules.not_applicable.len(), 0, "what could run does not depend on the filter");
}

#[test]
fn what_a_log_says_in_a_sentence_is_short_and_has_no_control_characters() {
    let rows = plain(
        r#"[{"source.domain": "a\u001b[2J{n}", "event.action": "login", "event.outcome": "failure", "user.name": "u{n}", "repeat": 1},
            {"source.domain": "b\u001b[2J", "event.action": "login", "event.outcome": "failure", "user.name": "u{n}", "repeat": 40}]"#,
    );
    let found = checked(&rows, &settings()).findings;
    let finding = &found.iter().find(|found| found.finding.id == "auth.password_spraying").unwrap().finding;
    assert!(finding.why.contains("b\u{FFFD}[2J: 40 logins failed"), "{}", finding.why);
    assert!(!finding.why.chars().any(char::is_control), "{}", finding.why);
}

fn plain(rows: &str) -> Vec<Row> {
    rows_of(&serde_json::from_str::<Vec<CaseRow>>(rows).unwrap())
}

#[test]
fn look_ups_say_also_where_nothing_was_found() {
    let rows = plain(
        r#"[{"url.domain": "www.amazon.de", "source.ip": "10.0.0.1", "repeat": 3},
            {"url.domain": "S3.AmazonAWS.com:443", "source.ip": "10.0.0.2"},
            {"dns.question.name": "google.com.example", "source.ip": "10.0.0.2"}]"#,
    );
    let checked = checked(&rows, &settings());
    let lookups: Vec<String> = checked
        .lookups
        .iter()
        .map(|(result, evidence)| {
            let folders: Vec<String> = result.folders.iter().map(|f| format!("{} {}", f.folder, f.count)).collect();
            format!("{} {} {} [{}] {}", result.name, result.count, result.visited, folders.join(", "), evidence.len())
        })
        .collect();
    assert_eq!(lookups, ["amazon 4 true [monday 4, tuesday 0] 4", "google.com 0 false [monday 0, tuesday 0] 0"]);
}

#[test]
fn prefixes_are_counted_by_folder_with_their_hosts() {
    let rows = plain(
        r#"[{"user_agent.original": "Mozilla/4.0 (compatible; MSIE 6.0)", "url.domain": "a.example", "repeat": 2},
            {"user_agent.original": "Mozilla/4.0 (compatible)", "url.domain": "B.example:80"},
            {"user_agent.original": "Mozilla/5.0"},
            {"user_agent.original": "Not Opera/9"}]"#,
    );
    let prefixes = checked(&rows, &settings()).user_agent_prefixes;
    let hosts: Vec<_> = prefixes[0].hosts.values.iter().map(|v| (v.value.as_deref().unwrap(), v.count)).collect();
    assert_eq!((prefixes[0].count, hosts), (3, vec![("a.example", 2), ("b.example", 1)]));
    assert_eq!((prefixes[1].prefix.as_str(), prefixes[1].count), ("Opera/9", 0));
    assert_eq!(prefixes[1].folders.len(), 2);
}

#[test]
fn a_row_counts_once_under_its_worst_finding() {
    let rows = plain(
        r#"[{"url.domain": "sharq1.com", "url.path": "/.env", "source.ip": "10.0.0.1"},
            {"url.domain": "x.example", "url.path": "/.env", "source.ip": "10.0.0.1"},
            {"url.domain": "192.0.2.1", "url.path": "/", "source.ip": "10.0.0.1"},
            {"url.domain": "x.example", "url.path": "/", "source.ip": "10.0.0.1"}]"#,
    );
    let flagged = checked(&rows, &settings()).flagged_rows;
    assert_eq!((flagged.informational, flagged.low, flagged.medium, flagged.high, flagged.critical), (3, 3, 1, 1, 0));
}

#[test]
fn a_check_that_cannot_run_says_why() {
    let mut settings = Settings::shipped();
    settings.lookups = vec![Lookup::new("x", "x")];
    let checked = checked(&plain(r#"[{"source.ip": "10.0.0.1", "url.path": "/"}]"#), &settings);
    let why = |id: &str| checked.rules.not_applicable.iter().find(|state| state.id == id).map(|s| s.note.as_str());
    assert_eq!(why("list.banned_port"), Some("its list is empty"));
    assert_eq!(why("web.scanner_agent"), Some("no row has user_agent.original"));
    let applied = checked.rules.applied.iter().find(|state| state.id == "web.path_traversal").unwrap();
    assert_eq!(applied.note, "there is none here");
}
