//! Sigma rules from their YAML to findings: what matches, what becomes of rules that cannot run, correlations, filters, and
//! that neither shards nor workers show.

#![expect(clippy::unwrap_used, reason = "tests say what they expect by failing")]

use std::collections::BTreeMap;

use logloupe::query::{Compiled, Filter};
use logloupe::rules::sigma::ir::{Body, Rule};
use logloupe::rules::sigma::read::Reader;
use logloupe::rules::{Checked, RulesPartial, run_with};
use logloupe::schema::{ColumnSpec, Field, Record, Value};
use logloupe::settings::Settings;
use logloupe::table::{Builder, Partial, RowSet, Selection, Shard, Store};
use logloupe::units::Micros;

const COLUMNS: [Field; 8] = [
    Field::Timestamp,
    Field::SourceIp,
    Field::HttpRequestMethod,
    Field::UrlPath,
    Field::UrlQuery,
    Field::HttpResponseStatusCode,
    Field::UserAgentOriginal,
    Field::UserName,
];

/// Rows as `second source method path?query status agent user`; `-` is null.
fn store(rows: &[&str], shard: usize, worker: usize, workers: usize) -> Store {
    let specs = COLUMNS.map(ColumnSpec::ecs);
    let mut store = Store::new(worker as u64);
    for (number, chunk) in rows.chunks(shard).enumerate().filter(|(number, _)| number % workers == worker) {
        let constants = [(Field::EventDataset, "access")];
        let mut builder = Builder::new(&specs, &constants, &mut store.dictionaries);
        for (at, row) in chunk.iter().enumerate() {
            let words: Vec<&str> = row.split(' ').collect();
            let (path, query) = words[3].split_once('?').unwrap_or((words[3], "-"));
            let values = [words[0], words[1], words[2], path, query, words[4], words[5], words[6]];
            let mut record = Record::new(specs.len());
            for (column, (value, field)) in values.into_iter().zip(COLUMNS).enumerate() {
                let value = match field {
                    _ if value == "-" => Value::Null,
                    Field::Timestamp => Value::Time(Micros::from_seconds(value.parse().unwrap())),
                    Field::HttpResponseStatusCode => Value::Integer(value.parse().unwrap()),
                    _ => Value::Text(value.as_bytes()),
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

fn part(store: &Store, rules: &[Rule]) -> RulesPartial {
    let rows: Vec<RowSet> = store.shards.iter().map(|shard| RowSet::all(shard.table.n_rows)).collect();
    run_with(Selection { store, rows: &rows }, &Settings::default(), &[], rules)
}

fn read(yaml: &str) -> Vec<Rule> {
    let known = BTreeMap::from([("admins".to_owned(), vec!["root".to_owned(), "admin*".to_owned()])]);
    let mut reader = Reader::new(&known);
    reader.add("rules.yml", yaml);
    reader.finish()
}

/// What the rules find, after checking that cuts and workers change nothing.
fn checked(rules: &[Rule], rows: &[&str]) -> Checked {
    let whole = part(&store(rows, rows.len(), 0, 1), rules).finish_with(rules, &Settings::default());
    for (shard, workers) in [(1, 1), (2, 3), (3, 2)] {
        let mut merged = RulesPartial::default();
        for worker in (0..workers).rev() {
            merged.merge(part(&store(rows, shard, worker, workers), rules));
        }
        let merged = merged.finish_with(rules, &Settings::default());
        let shown = |checked: &Checked| {
            let findings: Vec<_> = checked.findings.iter().map(|f| (f.finding.clone(), f.evidence.clone())).collect();
            (findings, checked.rules.clone(), checked.flagged_rows)
        };
        assert_eq!(shown(&merged), shown(&whole), "shards of {shard}, {workers} workers");
    }
    whole
}

/// A rule for web servers.
fn rule(detection: &str) -> String {
    let detection = detection.replace('\n', "\n  ");
    format!("title: A\nid: a\nlogsource: {{category: webserver}}\nlevel: high\ndetection:\n  {detection}\n")
}

/// Rows, by number, that the rule's finding has as evidence.
fn found(checked: &Checked, id: &str) -> Vec<u64> {
    let finding = checked.findings.iter().find(|found| found.finding.id == format!("sigma.{id}"));
    finding.into_iter().flat_map(|found| found.evidence.iter().map(|place| place.byte / 100)).collect()
}

const ROWS: [&str; 5] = [
    "0 192.0.2.1 GET /index.html 200 Mozilla -",
    "1 192.0.2.2 POST /Login.php?user=admin&p='or'1 302 curl/8 root",
    "2 198.51.100.7 GET /cgi-bin/a.pl?x=/etc/passwd 404 - -",
    "3 2001:db8::5 get /a%20b.tar.gz?- 500 sqlmap/1.0 admin2",
    "4 - GET /index.html?id=1 200 Mozilla alice",
];

fn check(detection: &str, expected: &[u64]) {
    let rules = read(&rule(detection));
    let checked = checked(&rules, &ROWS);
    assert_eq!(found(&checked, "a"), expected, "{detection}\n{:?}", checked.rules.unsupported);
}

#[test]
fn modifiers_mean_what_the_specification_says() {
    check("s: {cs-method: get}\ncondition: s", &[0, 2, 3, 4]);
    check("s: {cs-method|cased: get}\ncondition: s", &[3]);
    check("s: {cs-uri-query|contains: '.PHP?user='}\ncondition: s", &[1]);
    check("s: {cs-uri-query|startswith: [/cgi, /a]}\ncondition: s", &[2, 3]);
    check("s: {cs-uri-stem|endswith: .html}\ncondition: s", &[0, 4]);
    check("s: {cs-uri-query|contains|all: [etc, x=]}\ncondition: s", &[2]);
    check("s: {cs-uri-query: '/index.html'}\ncondition: s", &[0]);
    check("s: {cs-uri-query: '/in?ex*'}\ncondition: s", &[0, 4]);
    check("s: {cs-uri-query|re: '\\.PHP\\?.*[0-9]$'}\ncondition: s", &[]);
    check("s: {cs-uri-query|re|i: '\\.PHP\\?.*[0-9]$'}\ncondition: s", &[1]);
    check("s: {c-ip|cidr: [192.0.2.0/24, '2001:db8::/32']}\ncondition: s", &[0, 1, 3]);
    check("s: {sc-status: [200, '302']}\ncondition: s", &[0, 1, 4]);
    check("s: {sc-status|gte: 400}\ncondition: s", &[2, 3]);
    check("s: {sc-status: '4*'}\ncondition: s", &[2]);
    check("s: {sc-status|neq: 200}\ncondition: s", &[1, 2, 3]);
    check("s: {cs-username: null}\ncondition: s", &[0, 2]);
    check("s: {cs-username|exists: true}\ncondition: s", &[1, 3, 4]);
    check("s: {cs-username|expand: '%admins%'}\ncondition: s", &[1, 3]);
    check("s: {c-uri-extension: [gz, pl]}\ncondition: s", &[2, 3]);
    check("s: {cs-uri-query|fieldref|contains: cs-username}\ncondition: s", &[]);
    check("s: ['SQLMAP', '/etc/passwd']\ncondition: s", &[2, 3]);
    check("s: {cs-uri-query|base64offset|contains: etc/passwd}\ncondition: s", &[]);
}

#[test]
fn conditions_join_searches() {
    let searches = "sel_a: {cs-method: GET}\nsel_b: {sc-status: 200}\nno_one: {c-useragent|contains: mozilla}\n";
    for (condition, expected) in [
        ("1 of sel_*", [0u64, 2, 3, 4].as_slice()),
        ("all of sel_*", &[0, 4]),
        ("2 of them", &[0, 4]),
        ("sel_a and not no_one", &[2, 3]),
        ("not (sel_a or no_one)", &[1]),
    ] {
        check(&format!("{searches}condition: {condition}"), expected);
    }
}

#[test]
fn a_finding_tells_what_the_rule_says_and_shows_its_rows() {
    let yaml = rule("s: {cs-uri-query|contains: 'x=/etc'}\ncondition: s")
        + "description: Reads files.\nauthor: Somebody\ntags: [attack.t1190, attack.initial-access]\nreferences: [https://example.com/a]\n";
    let checked = checked(&read(&yaml), &ROWS);
    let finding = &checked.findings.iter().find(|found| found.finding.id == "sigma.a").unwrap().finding;
    assert_eq!(finding.why, "Reads files. (A Sigma rule by Somebody.)");
    assert_eq!(finding.attack, ["T1190"]);
    assert!(finding.next_step.ends_with("https://example.com/a"));
    assert_eq!(finding.filter, r#"(url.path: "/cgi-bin/a.pl" and url.query: "x=/etc/passwd")"#);
    assert_eq!(checked.flagged_rows.high, 1);
    let store = store(&ROWS, 2, 0, 1);
    let rows = Compiled::new(&Filter::parse(&finding.filter).unwrap(), &store).select_all(&store);
    assert_eq!(rows.iter().map(RowSet::count).sum::<usize>(), 1);
}

#[test]
fn every_rule_says_what_became_of_it() {
    let yaml = [
        rule("s: {cs-method: TRACE}\ncondition: s"),
        rule("s: {cs-cookie: a}\ncondition: s").replace("id: a", "id: b"),
        rule("s: {EventID: 1}\ncondition: s").replace("id: a", "id: c").replace("webserver", "process_creation"),
        rule("s: {cs-uri-query|re: '(?=a)b'}\ncondition: s").replace("id: a", "id: d"),
        rule("s: {cs-username|expand: '%unknown%'}\ncondition: s").replace("id: a", "id: e"),
        rule("s: {cs-method|oddly: GET}\ncondition: s").replace("id: a", "id: f"),
        "just: a mapping".to_owned(),
        "- a list".to_owned(),
    ];
    let rules = read(&yaml.join("\n---\n"));
    let states = checked(&rules, &ROWS).rules;
    let own = |list: &[logloupe::report::RuleState]| -> Vec<String> {
        let own = list.iter().filter(|state| state.id.starts_with("sigma."));
        own.map(|state| format!("{}: {}", state.id, state.note)).collect()
    };
    assert_eq!(own(&states.applied), ["sigma.a: there is none here"]);
    assert_eq!(
        own(&states.not_applicable),
        ["sigma.b: no row has cs-cookie", "sigma.c: there is no process_creation log"]
    );
    let unsupported = own(&states.unsupported);
    assert_eq!(unsupported.len(), 5, "{unsupported:?}");
    assert!(unsupported[1].contains("%unknown%"), "{unsupported:?}");
}

#[test]
fn documents_of_one_file_share_what_is_global() {
    let yaml = "action: global\ntitle: Both\nlogsource: {category: webserver}\n---\n\
        id: a\ndetection: {s: {cs-method: POST}, condition: s}\n---\n\
        id: b\ndetection: {s: {sc-status: 500}, condition: s}\n";
    let rules = read(yaml);
    assert_eq!(rules.iter().map(|rule| rule.title.as_str()).collect::<Vec<_>>(), ["Both", "Both"]);
    let checked = checked(&rules, &ROWS);
    assert_eq!((found(&checked, "a"), found(&checked, "b")), (vec![1], vec![3]));
}

#[test]
fn filters_take_rows_from_rules() {
    let yaml = rule("s: {cs-method: GET}\ncondition: s")
        + "---\ntitle: F\nlogsource: {category: webserver}\nfilter: {rules: [a], own: {c-ip: 192.0.2.1}, condition: not own}\n";
    assert_eq!(found(&checked(&read(&yaml), &ROWS), "a"), [2, 3, 4]);
}

#[test]
fn correlations_count_rows_over_time() {
    let rows = [
        "0 192.0.2.1 POST /login 401 a x",
        "10 192.0.2.1 POST /login 401 a y",
        "20 192.0.2.2 POST /login 401 a x",
        "25 192.0.2.1 POST /login 401 a z",
        "29 192.0.2.1 POST /login 302 a z",
        "500 192.0.2.1 POST /login 401 a x",
        "900 192.0.2.2 POST /login 302 a x",
    ];
    let base = "title: Refused\nid: r\nname: refused\nlogsource: {category: webserver}\ndetection: {s: {sc-status: 401}, condition: s}\n---\n\
        title: In\nid: i\nname: in\nlogsource: {category: webserver}\ndetection: {s: {sc-status: 302}, condition: s}\n---\n";
    for (correlation, expected, states) in [
        (
            "type: event_count\n  rules: [refused]\n  group-by: [c-ip]\n  timespan: 1m\n  condition: {gte: 3}",
            [0u64, 1, 3].as_slice(),
            1,
        ),
        (
            "type: value_count\n  rules: [refused]\n  group-by: [c-ip]\n  timespan: 1m\n  condition: {field: cs-username, gte: 2}",
            &[0, 1, 3],
            1,
        ),
        ("type: temporal_ordered\n  rules: [refused, in]\n  group-by: [c-ip]\n  timespan: 5s", &[3, 4], 0),
        (
            "type: temporal\n  rules: [in, refused]\n  group-by: [who]\n  timespan: 10m\n  aliases: {who: {in: cs-username, refused: cs-username}}",
            &[3, 4, 5, 6],
            0,
        ),
    ] {
        let yaml = format!("{base}title: C\nid: c\nlevel: medium\ncorrelation:\n  {correlation}\n");
        let rules = read(&yaml);
        assert!(!matches!(rules[2].body, Body::Unsupported(_)), "{:?}", rules[2].body);
        let checked = checked(&rules, &rows);
        assert_eq!(found(&checked, "c"), expected, "{:?}", rules[2].body);
        // The rules that are counted are no findings themselves.
        assert_eq!(found(&checked, "r"), [0; 0]);
        assert_eq!(found(&checked, "i").is_empty(), states == 0);
    }
    let old = rule("s: {sc-status: 401}\ntimeframe: 1m\ncondition: s | count() by c-ip > 2");
    assert_eq!(found(&checked(&read(&old), &rows), "a"), [0, 1, 3]);
}

#[test]
fn hostile_rules_end() {
    let deep = rule(&format!("s: {{cs-method: GET}}\ncondition: {}s{}", "(".repeat(5000), ")".repeat(5000)));
    assert!(matches!(read(&deep)[0].body, Body::Unsupported(_)));
    let large = rule("s: {cs-uri-query|re: '((a{500}){500}){500}'}\ncondition: s");
    assert!(matches!(read(&large)[0].body, Body::Unsupported(_)));
    let dashes = format!("'{}'", "-a ".repeat(300));
    check(&format!("s: {{c-useragent|windash|contains: {dashes}}}\ncondition: s"), &[]);
    let stars = "*a".repeat(2000);
    check(&format!("s: {{cs-uri-query: '{stars}'}}\ncondition: s"), &[]);
}

#[test]
fn shipped_rules_look_below_the_surface_and_say_so() {
    let rows = [
        "0 192.0.2.1 GET /a?q=plain 200 a -",
        "1 192.0.2.1 GET /a?q=%253Cscript%253E 200 a -",
        "2 192.0.2.2 GET /a?q=PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg== 200 a -",
        "3 192.0.2.3 GET /a?id=1'%20or%20'1'='1 200 a -",
        "4 192.0.2.3 GET /a?q=it's 200 a -",
    ];
    let yaml = rule("s: {cs-uri-query|contains: '<script>'}\ncondition: s");
    let own = read(&yaml);
    assert_eq!(found(&checked(&own, &rows), "a"), [0; 0]);
    let shipped = |rules: Vec<Rule>| -> Vec<Rule> {
        rules.into_iter().map(|rule| Rule { family: "made_up".to_owned(), ..rule }).collect()
    };
    let of = |rules: &[Rule]| {
        let mut found = checked(rules, &rows).findings;
        found.retain(|found| found.finding.id == "a");
        found.pop().map(|found| (found.finding.why, found.evidence.iter().map(|e| e.byte / 100).collect::<Vec<_>>()))
    };
    let (why, places) = of(&shipped(own)).unwrap();
    assert_eq!(places, [1, 2]);
    assert_eq!(why, "A. Found after decoding percent signs twice: /a?q=<script>");
    let tokens = rule("s: {libinjection.sqli|exists: true}\ncondition: s");
    let (why, places) = of(&shipped(read(&tokens))).unwrap();
    assert_eq!(places, [3]);
    assert_eq!(why, "A. A database would read it as its language (fingerprint s&sos of libinjection).");
}

#[test]
fn each_rule_knows_its_file() {
    let rule = |id: &str| {
        format!(
            "title: {id}\nid: {id}\nlogsource:\n  category: webserver\ndetection:\n  a:\n    c-ip: x\n  condition: a\n"
        )
    };
    let counted = "title: both\nid: both\ncorrelation:\n  type: event_count\n  rules: [one, two]\n  group-by: [c-ip]\n  timespan: 1m\n  condition:\n    gte: 2\n";
    let mut reader = Reader::default();
    reader.add("first", &format!("{counted}---\n{}", rule("one")));
    reader.add("second", "no: [rule");
    reader.add("third", &rule("two"));
    let (rules, files) = reader.finish_with_files();
    let placed: Vec<(&str, u32)> = rules.iter().map(|rule| rule.id.as_str()).zip(files).collect();
    assert_eq!(placed, [("one", 0), ("second", 1), ("two", 2), ("both", 0)]);
}

#[test]
fn hours_and_weekdays_filter_rows() {
    // Thursday 1 January 1970, 00:00; 23:59 of the day before; Saturday, 13:00.
    let rows = ["0 a GET / 200 - -", "-60 b GET / 200 - -", "219600 c GET / 200 - -", "- d GET / 200 - -"];
    let store = store(&rows, 2, 0, 1);
    let count = |text: &str| -> usize {
        let filter = Compiled::new(&Filter::parse(text).unwrap(), &store);
        store.shards.iter().map(|shard| filter.select(shard).count()).sum()
    };
    assert_eq!(count("event.weekday: Thursday"), 1);
    assert_eq!(count("event.hour: 23 and event.weekday: 3"), 1);
    assert_eq!(count("event.weekday >= 6"), 1);
    assert_eq!(count("event.hour: *"), 3, "a row without a time has no hour");
    assert_eq!(count("not event.hour: 13"), 3);
}
