//! Lines by the formats that users bring.

use proptest::prelude::*;

use super::*;
use crate::format::FormatSpec;
use crate::format::detect::understood;

/// `field=value` of all values that are not null, or why the line was not understood.
fn read(pattern: &str, line: &str) -> String {
    let spec = CustomSpec::new("mine", pattern).unwrap();
    let mut parser = spec.parser();
    let columns = parser.columns().to_vec();
    let mut record = Record::new(columns.len());
    let mut scratch = Vec::new();
    match parser.parse(line.as_bytes(), &mut scratch, &mut record) {
        Parsed::Row => {}
        Parsed::Skip => return "skipped".into(),
        Parsed::Reject(reason) => return reason.into_owned(),
    }
    let text = |value: &Value<'_>| match value {
        Value::Null => None,
        Value::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        Value::Integer(n) => Some(n.to_string()),
        Value::Float(f) => Some(f.to_string()),
        Value::Time(t) => Some(t.to_rfc3339()),
        Value::Local(t) => Some(format!("local {}", t.to_rfc3339())),
        Value::Yearless(t) => Some(format!("yearless {}", t.to_rfc3339())),
    };
    let mut found: Vec<String> = columns
        .iter()
        .zip(&record.values)
        .filter_map(|(column, value)| Some(format!("{}={}", column.name, text(value)?)))
        .collect();
    found.sort();
    found.join(" | ")
}

fn check(pattern: &str, line: &str, expected: &str) {
    assert_eq!(read(pattern, line), expected, "{pattern}\n{line}");
}

#[test]
fn nginx_with_upstreams() {
    check(
        r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent rt=$request_time ua="$upstream_addr" us="$upstream_status" ut=$upstream_response_time cs=$upstream_cache_status $host"#,
        r#"192.0.2.1 - - [10/Oct/2026:13:55:36 +0200] "GET /a?b=c HTTP/1.1" 502 5 rt=0.123 ua="10.0.0.1:80, 10.0.0.2:80" us="502, 200" ut=0.100, 0.020 cs=MISS shop.example:8443"#,
        "@timestamp=2026-10-10T11:55:36Z | custom.upstream_addr=10.0.0.2:80 | custom.upstream_cache_status=MISS | \
         custom.upstream_response_time=0.02 | custom.upstream_status=200 | event.duration=123000000 | event.timezone=+0200 | \
         http.request.method=GET | http.response.body.bytes=5 | http.response.status_code=502 | http.version=1.1 | \
         source.ip=192.0.2.1 | url.domain=shop.example | url.path=/a | url.port=8443 | url.query=b=c",
    );
}

#[test]
fn apache_with_durations_and_headers() {
    check(
        r#"%v:%p %h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\" %D %{X-Cache}o"#,
        r#"shop.example:443 client.example - ann [10/Oct/2026:13:55:36 +0000] "POST /b \"x\" HTTP/2.0" 201 - "-" "curl \"8\"" 1500 HIT"#,
        "@timestamp=2026-10-10T13:55:36Z | custom.sent_http_x_cache=HIT | destination.port=443 | event.duration=1500000 | \
         event.timezone=+0000 | http.request.method=POST | http.response.status_code=201 | http.version=2.0 | \
         source.domain=client.example | url.domain=shop.example | url.path=/b \\\"x\\\" | user.name=ann | \
         user_agent.original=curl \\\"8\\\"",
    );
}

#[test]
fn times_in_every_place() {
    let time = |pattern: &str, line: &str, expected: &str| check(pattern, line, expected);
    time(
        "$msec $status",
        "1760104536.250 200",
        "@timestamp=2025-10-10T13:55:36.250Z | event.timezone=Z | http.response.status_code=200",
    );
    time(
        "$time_local $status",
        "10/Oct/2026:13:55:36 +0000 200",
        "@timestamp=2026-10-10T13:55:36Z | event.timezone=+0000 | http.response.status_code=200",
    );
    time(
        "${@timestamp} $status",
        "2026-10-10 13:55:36 200",
        "@timestamp=local 2026-10-10T13:55:36Z | http.response.status_code=200",
    );
    time(
        "%{%b %e %T}t %h",
        "Oct  9 13:55:36 192.0.2.1",
        "@timestamp=yearless 1972-10-09T13:55:36Z | source.ip=192.0.2.1",
    );
    time("$time_iso8601 $status", "noon 200", "time_iso8601 is no time");
}

#[test]
fn two_of_one_meaning_keep_their_names() {
    check(
        "$request_time $time_iso8601 $msec \"$request\" $uri $status $status",
        "0.5 2026-10-10T13:55:36+00:00 1760104536.250 \"GET /a HTTP/1.1\" /b 200 201",
        "@timestamp=2026-10-10T13:55:36Z | custom.msec=1760104536.250 | custom.status=201 | custom.uri=/b | \
         event.duration=500000000 | event.timezone=+00:00 | http.request.method=GET | http.response.status_code=200 | \
         http.version=1.1 | url.path=/a",
    );
}

#[test]
fn lines_that_do_not_fit_say_why() {
    let pattern = r#"[$time_iso8601] "$request" $status"#;
    check(pattern, "x", "the line begins otherwise than the format");
    check(pattern, "[2026-10-10T13:55:36Z] GET", r#"no "] \"" after time_iso8601"#);
    check(pattern, r#"[2026-10-10T13:55:36Z] "GET / HTTP/1.1" ok"#, "status is no number");
    check("$status a", "200 a b", "the line goes on after the format's end");
    check(pattern, "", "skipped");
    check(pattern, "# comment", "skipped");
}

#[test]
fn a_proposal_understands_its_line() {
    let lines: &[&str] = &[
        r#"192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "-" "c""#,
        "2026-05-17 10:05:03,250 INFO 192.0.2.1 GET /a 404 12",
        r#"time=2026-05-17T10:05:03Z msg="a \"b\" c" status=200"#,
        "May  7 10:05:03 web-1 app[77]: user ann logged in from 192.0.2.7",
        "a,b;c|d",
    ];
    for line in lines {
        let pattern = propose::propose(line.as_bytes()).unwrap();
        let spec = FormatSpec::Custom(CustomSpec::new("x", &pattern).unwrap());
        assert_eq!(understood(&spec, &[line.as_bytes()]), (1, 1), "{line}\n{pattern}");
    }
}

proptest! {
    #[test]
    fn whatever_is_written_by_a_format_is_read_by_it(
        status in 100..600_i64, micros in 0..10_000_000_i64, path in "/[a-z0-9/._-]{0,20}", agent in "[a-zA-Z0-9/. ]{1,20}[a-z]"
    ) {
        let line = format!("192.0.2.7 \"GET {path} HTTP/1.1\" {status} {micros} \"{agent}\"");
        let found = read(r#"%h "%r" %>s %D "%{User-Agent}i""#, &line);
        prop_assert!(found.contains(&format!("http.response.status_code={status} ")), "{}", found);
        prop_assert!(found.contains(&format!("event.duration={} ", micros * 1000)), "{}", found);
        prop_assert!(found.contains(&format!("url.path={path} ")), "{}", found);
        prop_assert!(found.ends_with(&format!("user_agent.original={}", agent.trim())), "{}", found);
    }

    #[test]
    fn any_format_string_and_any_line_end_well(pattern in ".{0,60}", line in ".{0,80}") {
        let _ = propose::propose(line.as_bytes()).map(|proposed| {
            prop_assert!(CustomSpec::new("x", &proposed).is_ok(), "{}", proposed);
            Ok(())
        });
        if let Ok(spec) = CustomSpec::new("x", &pattern) {
            understood(&FormatSpec::Custom(spec), &[line.as_bytes()]);
        }
    }
}
