//! Known answers on small tables, and the same answer however rows are spread over shards and workers.

use proptest::prelude::*;

use super::*;
use crate::report::types::{ColumnQuality, TopValues};
use crate::schema::{ColumnSpec, Record, Value};
use crate::table::{Builder, RowSet, Store};

/// Values by column name; what is left out is null. A value is read as its column's kind asks.
type Row<'a> = Vec<(&'a str, &'a str)>;

/// One file's rows: its log, its path, its columns, its rows.
struct File<'a> {
    log: &'a str,
    path: &'a str,
    columns: Vec<ColumnSpec>,
    rows: Vec<Row<'a>>,
}

fn specs(names: &[&str]) -> Vec<ColumnSpec> {
    let kind = |name: &str| match name {
        "x.ratio" => Kind::Float,
        _ => Field::from_name(name).map_or(Kind::Keyword, Field::kind),
    };
    names.iter().map(|name| ColumnSpec { name: FieldName::new(name), kind: kind(name) }).collect()
}

fn value(kind: Kind, text: &str) -> Value<'_> {
    match kind {
        Kind::Keyword | Kind::Ip => Value::Text(text.as_bytes()),
        Kind::Integer => Value::Integer(text.parse().unwrap()),
        Kind::Float => Value::Float(text.parse().unwrap()),
        Kind::Time => Value::Time(Micros::from_seconds(text.parse().unwrap())),
    }
}

fn add(store: &mut Store, file: &File<'_>) {
    let constants = [(Field::EventDataset, file.log), (Field::LogFilePath, file.path)];
    let mut builder = Builder::new(&file.columns, &constants, &mut store.dictionaries);
    let mut record = Record::new(file.columns.len());
    for (line, row) in file.rows.iter().enumerate() {
        record.clear();
        for (name, text) in row {
            let column = file.columns.iter().position(|spec| spec.name.as_str() == *name).unwrap();
            record.set(column, value(file.columns[column].kind, text));
        }
        builder.push(&record, (line as u64 * 10, 9, line as u64 + 1), &mut store.dictionaries);
    }
    let table = builder.take();
    store.shards.push(Shard { file: 0, range_start: 0, lines_before: 0, table });
}

fn part(store: &Store, range: Option<(i64, i64)>) -> ProfilePartial {
    let rows: Vec<RowSet> = store.shards.iter().map(|shard| RowSet::all(shard.table.n_rows)).collect();
    run(Selection { store, rows: &rows }, &context(range))
}

fn context(range: Option<(i64, i64)>) -> ProfileContext {
    let range = range.map(|(first, last)| (Micros::from_seconds(first), Micros::from_seconds(last)));
    ProfileContext { range, ..ProfileContext::default() }
}

fn profile(files: &[File<'_>], range: Option<(i64, i64)>) -> Profile {
    let mut store = Store::new(1);
    for file in files {
        add(&mut store, file);
    }
    part(&store, range).finish()
}

fn column<'a>(profile: &'a Profile, name: &str) -> &'a ColumnQuality {
    profile.quality.columns.iter().find(|column| column.field == name).unwrap()
}

fn shown(top: &TopValues) -> Vec<(&str, u64, Option<u64>)> {
    top.values.iter().map(|v| (v.value.as_deref().unwrap(), v.count, v.bytes)).collect()
}

const ACCESS: [&str; 8] = [
    "@timestamp",
    "source.ip",
    "source.domain",
    "http.request.method",
    "http.response.status_code",
    "http.response.body.bytes",
    "url.path",
    "user_agent.original",
];

const GOOGLE: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

fn access_rows() -> Vec<Row<'static>> {
    let row = |time, address, status, bytes, path| {
        vec![
            ("@timestamp", time),
            ("source.ip", address),
            ("http.request.method", "GET"),
            ("http.response.status_code", status),
            ("http.response.body.bytes", bytes),
            ("url.path", path),
        ]
    };
    let mut rows = vec![
        row("0", "10.0.0.1", "200", "100", "/"),
        row("1800", "10.0.0.1", "404", "0", "/x"),
        row("3601", "10.0.0.1", "500", "7", "/"),
        row("5", "10.0.0.2", "200", "100", "/"),
        row("5", "10.0.0.2", "200", "100", "/"),
    ];
    rows.push(vec![("source.domain", "host.example"), ("user_agent.original", GOOGLE), ("@timestamp", "10")]);
    rows
}

fn access() -> Profile {
    let file = File { log: "apache.access", path: "a.log", columns: specs(&ACCESS), rows: access_rows() };
    profile(&[file], Some((0, 3601)))
}

#[test]
fn traffic_counts_what_was_asked_and_answered() {
    let traffic = access().traffic;
    assert_eq!(traffic.first.as_deref(), Some("1970-01-01T00:00:00Z"));
    assert_eq!(traffic.last.as_deref(), Some("1970-01-01T01:00:01Z"));
    assert_eq!((traffic.answered, traffic.errors), (5, 2));
    assert_eq!((traffic.bytes_in, traffic.bytes_out), (None, Some(307)));
    assert_eq!(shown(&traffic.statuses), [("200", 3, Some(300)), ("404", 1, Some(0)), ("500", 1, Some(7))]);
    assert_eq!(shown(&traffic.paths), [("/", 4, Some(307)), ("/x", 1, Some(0))]);
    assert_eq!((traffic.paths.distinct, traffic.paths.rows), (2, 5));
    assert_eq!(shown(&traffic.datasets), [("apache.access", 6, Some(307))]);
    // 1970-01-01 was a Thursday.
    assert_eq!((traffic.hours[3][0], traffic.hours[3][1], traffic.hours.len()), (5, 1, 7));
    assert_eq!((traffic.timeline.step_seconds, traffic.timeline.split.as_str()), (60, "status class"));
    let series: Vec<(&str, u64)> =
        traffic.timeline.series.iter().map(|s| (s.name.as_str(), s.values.iter().sum())).collect();
    assert_eq!(series, [("2xx", 3), ("4xx", 1), ("5xx", 1), ("no status", 1)]);
    assert_eq!(traffic.timeline.series[0].values.len(), 61);
    assert_eq!(traffic.bytes_histogram.field.as_deref(), Some("http.response.body.bytes"));
}

#[test]
fn visitors_are_addresses_or_names_and_their_sessions() {
    let visitors = access().visitors;
    assert_eq!((visitors.distinct_addresses, visitors.sessions), (3, 4));
    let first = &visitors.behaviour[0];
    assert_eq!((first.address.as_str(), first.requests, first.errors), ("10.0.0.1", 3, 2));
    assert_eq!((first.bytes, first.sessions), (Some(107), 2));
    assert_eq!(first.last.as_deref(), Some("1970-01-01T01:00:01Z"));
    assert_eq!(visitors.behaviour[2].address, "host.example");
    assert_eq!(shown(&visitors.crawlers), [("Googlebot", 1, Some(0))]);
}

#[test]
fn quality_says_what_is_missing_and_what_is_twice() {
    let profile = access();
    assert_eq!((profile.quality.rows, profile.quality.duplicate_rows), (6, 1));
    let status = column(&profile, "http.response.status_code");
    assert_eq!((status.rows, status.missing, status.distinct, status.zero), (6, 1, 3, Some(0)));
    assert_eq!((status.kind.as_str(), status.numbers.as_ref()), ("integer", None));
    let bytes = column(&profile, "http.response.body.bytes");
    assert_eq!((bytes.unit.as_str(), bytes.zero, bytes.distinct), ("bytes", Some(1), 3));
    let numbers = bytes.numbers.as_ref().unwrap();
    assert_eq!((numbers.min, numbers.median, numbers.max, numbers.sum), (0.0, 100.0, 100.0, 307.0));
    let method = column(&profile, "http.request.method");
    assert_eq!((method.constant.as_deref(), method.rare), (Some("GET"), Some(0)));
    let order: Vec<&str> = profile.quality.columns.iter().map(|c| c.field.as_str()).collect();
    let ordered: Vec<&str> = Field::ALL.iter().map(|f| f.name()).filter(|name| order.contains(name)).collect();
    assert_eq!(order, ordered);
}

#[test]
fn rows_of_logs_without_a_column_are_not_missing_in_it() {
    let dns = File {
        log: "zeek.dns",
        path: "dns.log",
        columns: specs(&["@timestamp", "source.ip", "dns.question.name", "dns.question.type"]),
        rows: vec![
            vec![("@timestamp", "1"), ("source.ip", "10.0.0.9"), ("dns.question.name", "example.org")],
            vec![("@timestamp", "1"), ("source.ip", "10.0.0.9"), ("dns.question.type", "A")],
        ],
    };
    let http = File { log: "zeek.http", path: "http.log", columns: specs(&ACCESS), rows: access_rows() };
    let profile = profile(&[http, dns], Some((0, 3601)));
    let name = column(&profile, "dns.question.name");
    assert_eq!((name.rows, name.missing, name.distinct), (2, 1, 1));
    assert_eq!(column(&profile, "source.ip").rows, 8);
    assert_eq!(profile.network.dns.queries, 1);
    assert_eq!(shown(&profile.network.dns.names), [("example.org", 1, None)]);
}

#[test]
fn the_same_line_in_two_files_is_a_duplicate_but_not_in_two_logs() {
    let file = |log, path| File { log, path, columns: specs(&["url.path"]), rows: vec![vec![("url.path", "/a")]] };
    assert_eq!(profile(&[file("a", "1"), file("a", "2")], None).quality.duplicate_rows, 1);
    assert_eq!(profile(&[file("a", "1"), file("b", "1")], None).quality.duplicate_rows, 0);
}

#[test]
fn columns_say_where_their_values_may_come_from() {
    let names = ["@timestamp", "event.duration", "rule.name", "x.id", "x.number", "x.mostly", "x.ratio"];
    let ids: Vec<String> = (0..40).map(|i| format!("id{i}")).collect();
    let times: Vec<String> = (0..40).map(|i| (i / 3 * 600).to_string()).collect();
    let numbers: Vec<String> = (0..40).map(|i| (i / 2).to_string()).collect();
    let row = |i: usize| {
        vec![
            ("@timestamp", times[i].as_str()),
            ("event.duration", "600000000000"),
            ("rule.name", "Suspicious"),
            ("x.id", ids[i].as_str()),
            ("x.number", numbers[i].as_str()),
            ("x.mostly", if i < 2 { "unknown" } else { numbers[i].as_str() }),
            ("x.ratio", "0.5"),
        ]
    };
    let file = File { log: "csv", path: "a.csv", columns: specs(&names), rows: (0..40).map(row).collect() };
    let profile = profile(&[file], None);
    let check = |name: &str, expected: &str| {
        let note = column(&profile, name).note.clone().unwrap_or_default();
        assert!(note.contains(expected), "{name}: {note}");
    };
    check("event.duration", "always 600 s: the exporter's window");
    check("rule.name", "cannot tell bad from good");
    check("@timestamp", "marks of 10 minutes");
    check("x.id", "identifier");
    check("x.number", "numbers kept as text");
    check("x.mostly", "but for 1 value");
    check("x.ratio", "always 0.5");
    assert_eq!(column(&profile, "x.number").numbers.as_ref().map(|n| (n.max, n.sum)), Some((19.0, 380.0)));
    assert_eq!(column(&profile, "x.mostly").numbers, None);
}

#[test]
fn networks_have_pairs_ports_and_hosts_without_a_name() {
    let names = [
        "source.ip",
        "destination.ip",
        "destination.port",
        "url.domain",
        "network.transport",
        "network.protocol",
        "source.bytes",
        "destination.bytes",
        "source.geo.country_iso_code",
    ];
    let row = |destination: &'static [(&'static str, &'static str)], country| {
        let mut row = vec![("source.ip", "10.0.0.1"), ("source.geo.country_iso_code", country)];
        row.extend_from_slice(destination);
        row
    };
    let connection: &[(&str, &str)] = &[
        ("destination.ip", "192.0.2.1"),
        ("destination.port", "443"),
        ("network.transport", "tcp"),
        ("source.bytes", "10"),
        ("destination.bytes", "20"),
    ];
    let request: &[(&str, &str)] =
        &[("url.domain", "192.0.2.1:8080"), ("destination.port", "8080"), ("network.protocol", "http")];
    let rows = vec![row(connection, "DE"), row(connection, "US"), row(request, "US"), row(&[], "AT")];
    let profile = profile(&[File { log: "a", path: "a", columns: specs(&names), rows }], None);
    let network = profile.network;
    assert_eq!((network.pairs, network.requests), (2, 3));
    assert_eq!((network.top_pairs[0].destination.as_str(), network.top_pairs[0].count), ("192.0.2.1", 2));
    assert_eq!(network.ports.iter().map(|p| (p.port, p.count)).collect::<Vec<_>>(), [(443, 2), (8080, 1)]);
    assert_eq!(shown(&network.unknown_hosts), [("192.0.2.1", 1, Some(0))]);
    assert_eq!(shown(&network.protocols), [("tcp", 2, Some(40)), ("http", 1, Some(0))]);
    assert_eq!(shown(&network.countries), [("US", 2, Some(20)), ("AT", 1, Some(0)), ("DE", 1, Some(20))]);
    assert_eq!((profile.traffic.bytes_in, profile.traffic.bytes_out), (Some(20), Some(40)));
    assert_eq!(profile.traffic.bytes_histogram.field.as_deref(), Some("destination.bytes"));
    assert_eq!(profile.traffic.timeline.split, "log");
    assert_eq!(profile.visitors.behaviour[0].country.as_deref(), Some("US"));
}

#[test]
fn no_rows_make_an_empty_profile() {
    let profile = profile(&[], None);
    assert_eq!(profile, ProfilePartial::default().finish());
    assert_eq!((profile.quality.rows, profile.traffic.hours.len()), (0, 7));
}

#[test]
fn only_selected_rows_count() {
    let mut store = Store::new(1);
    add(&mut store, &File { log: "a", path: "a", columns: specs(&ACCESS), rows: access_rows() });
    let rows = [RowSet::from_fn(6, |row| row == 1 || row == 3)];
    let profile = run(Selection { store: &store, rows: &rows }, &context(Some((0, 3601)))).finish();
    assert_eq!((profile.quality.rows, profile.traffic.bytes_out), (2, Some(100)));
    assert_eq!(shown(&profile.traffic.paths), [("/", 1, Some(100)), ("/x", 1, Some(0))]);
    assert_eq!(profile.visitors.distinct_addresses, 2);
}

/// Columns of the two logs of the property, and the values that they may have.
const POOLS: [(&str, &[&str]); 14] = [
    ("@timestamp", &["0", "1", "1799", "1800", "1801", "3600", "7200", "90000"]),
    ("source.ip", &["10.0.0.1", "10.0.0.2", "host"]),
    ("source.domain", &["host", "other"]),
    ("source.geo.country_iso_code", &["DE", "US"]),
    ("destination.ip", &["192.0.2.1", "a.example"]),
    ("url.domain", &["a.example", "192.0.2.1", "192.0.2.1:80", "b.example"]),
    ("destination.port", &["53", "443", "99999"]),
    ("network.transport", &["udp", "tcp"]),
    ("network.protocol", &["dns", "tcp"]),
    ("http.response.status_code", &["200", "404", "503", "0", "-1", "5000"]),
    ("http.response.body.bytes", &["0", "10", "2000000", "9223372036854775807"]),
    ("user_agent.original", &["Googlebot/2.1", "bingbot/2.0", "Firefox"]),
    ("x.ratio", &["0.5", "-0.0", "0", "1e300"]),
    ("x.text", &["1", "2.5", "-3", "word"]),
];

/// A row as choices: its log, and for each column a value of the pool or null; its shard and its worker.
type Choice = (usize, Vec<Option<prop::sample::Index>>, usize, usize);

fn choices() -> impl Strategy<Value = Vec<Choice>> {
    let cells = prop::collection::vec(prop::option::weighted(0.7, any::<prop::sample::Index>()), POOLS.len());
    prop::collection::vec((0usize..2, cells, 0usize..3, 0usize..2), 0..40)
}

fn row_of(choice: &Choice) -> Row<'static> {
    let cells = POOLS.iter().zip(&choice.1);
    // The second log lacks every third column.
    let kept = cells.enumerate().filter(|(place, _)| choice.0 == 0 || place % 3 != 0);
    kept.filter_map(|(_, ((name, pool), index))| Some((*name, pool[index.as_ref()?.index(pool.len())]))).collect()
}

/// A store of the rows that `keep` takes, one shard for each log and shard number.
fn store_of(choices: &[Choice], seed: u64, keep: impl Fn(&Choice) -> Option<usize>) -> Store {
    let columns = specs(&POOLS.map(|(name, _)| name));
    let mut store = Store::new(seed);
    for shard in 0..3 {
        for (log, path) in ["log a", "log b"].into_iter().zip(["a", "b"]).enumerate() {
            let here = choices.iter().filter(|choice| choice.0 == log && keep(choice) == Some(shard));
            let rows: Vec<Row<'_>> = here.map(row_of).collect();
            if !rows.is_empty() {
                add(&mut store, &File { log: path.0, path: path.1, columns: columns.clone(), rows });
            }
        }
    }
    store
}

proptest! {
    #[test]
    fn shards_workers_and_their_order_change_nothing(choices in choices(), seed: u64) {
        let range = Some((0, 90_000));
        let whole = part(&store_of(&choices, seed, |_| Some(0)), range).finish();

        let reversed: Vec<Choice> = choices.iter().rev().cloned().collect();
        let first = part(&store_of(&choices, !seed, |c| (c.3 == 0).then_some(c.2)), range);
        let second = part(&store_of(&reversed, seed / 3, |c| (c.3 == 1).then_some(2 - c.2)), range);
        let cross = |partial: &ProfilePartial| -> ProfilePartial {
            postcard::from_bytes(&postcard::to_allocvec(partial).unwrap()).unwrap()
        };
        let (mut ab, mut ba) = (cross(&first), cross(&second));
        ab.merge(cross(&second));
        ba.merge(cross(&first));
        prop_assert_eq!(&ab.finish(), &whole);
        prop_assert_eq!(&ba.finish(), &whole);
    }
}
