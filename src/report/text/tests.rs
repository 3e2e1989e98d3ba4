//! Exact sentences for reports as they come: flagged traffic of one kind, a shop's log, attacks, an empty file.

use crate::report::types::{
    Anomaly, Behaviour, Classifier, ColumnQuality, Entity, Finding, FlaggedRows, FolderCount, Input, LookupResult,
    Port, PrefixResult, Quality, Reject, Report, RowCounts, RuleState, Severity, ThreatLevel, Timeline, TimelineSeries,
    TopValues, Trust, ValueCount, Verdict,
};

use super::{paragraphs, threat};

/// The sentences under a heading.
fn check(report: &Report, heading: &str, expected: &str) {
    let found = paragraphs(report).into_iter().find(|paragraph| paragraph.heading == heading);
    assert_eq!(found.map(|paragraph| paragraph.body).unwrap_or_default(), expected);
}

fn top(values: &[(&str, u64)]) -> TopValues {
    TopValues {
        values: values
            .iter()
            .map(|(value, count)| ValueCount { value: Some((*value).to_owned()), count: *count, bytes: None })
            .collect(),
        distinct: values.len() as u64,
        rows: values.iter().map(|(_, count)| count).sum(),
    }
}

fn constant(field: &str, value: &str, rows: u64) -> ColumnQuality {
    ColumnQuality {
        field: field.to_owned(),
        kind: "keyword".to_owned(),
        rows,
        distinct: 1,
        constant: Some(value.to_owned()),
        ..ColumnQuality::default()
    }
}

fn states(number: usize) -> Vec<RuleState> {
    vec![RuleState::default(); number]
}

/// Traffic that a firewall flagged, exported in windows of ten minutes.
fn flagged() -> Report {
    let mut report = Report {
        rows: RowCounts { filtered: 282, total: 282 },
        inputs: vec![Input {
            path: "web.csv".into(),
            format: Some("CloudWatch web traffic (CSV)".into()),
            lines: 283,
            accepted: 282,
            skipped: 1,
            timezones: vec!["Z".into()],
            ..Input::default()
        }],
        quality: Quality {
            rows: 282,
            duplicate_rows: 0,
            columns: vec![
                constant("rule.name", "Suspicious Web Traffic", 282),
                constant("event.duration", "600000000000", 282),
                constant("network.protocol", "https", 282),
                constant("http.response.status_code", "200", 282),
            ],
        },
        flagged_rows: FlaggedRows { informational: 282, low: 282, ..FlaggedRows::default() },
        ..Report::default()
    };
    report.traffic.first = Some("2024-04-25T23:00:00Z".into());
    report.traffic.last = Some("2024-04-26T09:50:00Z".into());
    report.traffic.answered = 282;
    report.traffic.bytes_in = Some(338_228_034);
    report.traffic.bytes_out = Some(23_844_310);
    report.traffic.statuses = top(&[("200", 282)]);
    report.visitors.distinct_addresses = 28;
    report.visitors.sessions = 56;
    report.visitors.behaviour =
        vec![Behaviour { address: "165.225.209.4".into(), requests: 29, ..Behaviour::default() }];
    report.network.sources = TopValues { distinct: 28, rows: 282, ..top(&[("165.225.209.4", 29)]) };
    report.network.destinations = top(&[("10.138.69.97", 282)]);
    report.network.countries = TopValues { distinct: 7, rows: 282, ..top(&[("US", 113)]) };
    report.network.ports = vec![Port {
        port: 443,
        meaning: Some("encrypted web pages (HTTPS)".into()),
        standard: true,
        count: 282,
        ..Port::default()
    }];
    report.rules.applied = states(7);
    report.rules.not_applicable = states(1);
    report.findings =
        vec![finding("Another tool flagged these rows", Severity::Low, 282, &["165.225.209.4", "x", "y"])];
    report
}

fn finding(title: &str, severity: Severity, count: u64, sources: &[&str]) -> Finding {
    let entity = |source: &&str| Entity { field: "source.ip".into(), value: (*source).to_owned(), count: 1 };
    Finding {
        id: title.to_lowercase().replace(' ', "_"),
        title: title.into(),
        severity,
        confidence: 0.8,
        count,
        first: Some("2024-04-25T23:00:00Z".into()),
        attack: vec!["T1110".into()],
        entities: sources.iter().map(entity).collect(),
        next_step: "Look at it.".into(),
        ..Finding::default()
    }
}

#[test]
fn flagged_traffic_is_called_so() {
    let report = flagged();
    check(
        &report,
        "What this is",
        "1 file, read as CloudWatch web traffic (CSV): 282 rows (a row is one entry of the log), from 25 April 2024, 23:00 to \
         26 April 2024, 09:50 UTC.",
    );
    check(
        &report,
        "What stands out",
        "All 282 rows carry the same verdict of another tool, \"Suspicious Web Traffic\". So the log holds flagged traffic \
         only and cannot show what normal traffic looks like (there is one class). More came in than went out: 338 MB against \
         23.8 MB, 14.2 to 1. Bytes in are what the server received: uploads, not downloads. All 282 rows go to one target, \
         10.138.69.97, port 443: encrypted web pages (HTTPS). Every row lasts exactly 600 s: that is the exporter's window, \
         not behaviour. One value each stands in every row of network.protocol (https) and http.response.status_code (200): \
         these columns cannot tell rows apart.",
    );
    check(
        &report,
        "Who asked",
        "28 addresses asked, in 56 sessions (a session ends after 30 minutes without a request). The one that asked most is \
         165.225.209.4: 29 of 282 rows, 10 %. By the log's own word they are in 7 countries, most often US (113 of 282 rows, \
         40 %).",
    );
    check(&report, "Errors", "None of the 282 answers says that something went wrong (status 400 or above).");
    check(
        &report,
        "Suspicious",
        "1 check found something, of low severity. Another tool flagged these rows: 282 rows, from 165.225.209.4 and 2 other \
         sources, first on 25 April 2024, 23:00 UTC. 1 check could not run, because the log lacks a field or a list is empty.",
    );
    check(
        &report,
        "What we could not read",
        "Every line was understood: 283 lines; 1 line is a header, a comment or blank.",
    );
}

#[test]
fn the_level_of_flagged_traffic_is_not_raised_by_its_flag() {
    let found = threat(&flagged());
    assert_eq!(found.level, ThreatLevel::Low);
    assert_eq!(
        found.reasons,
        [
            "Another tool flagged these rows: 282 rows, from 165.225.209.4 and 2 other sources (low).",
            "There is one target: all 282 rows go to 10.138.69.97.",
            "The rows come from 7 countries by the log's own word, most often US (113 of 282 rows, 40 %).",
            "All 282 rows were flagged by the same rule of another tool, \"Suspicious Web Traffic\": the level says nothing \
             about other traffic.",
        ]
    );
}

/// A web server's log without countries, ports and hosts.
fn shop() -> Report {
    let mut report = Report {
        rows: RowCounts { filtered: 500, total: 10_000 },
        inputs: vec![
            Input {
                path: "a/access.log".into(),
                folder: "a".into(),
                format: Some("combined".into()),
                lines: 9_000,
                rejected: 2,
                timezones: vec!["+0330".into()],
                rejects: vec![Reject { reason: "no [time]".into(), count: 2, ..Reject::default() }],
                ..Input::default()
            },
            Input { path: "b/photo.jpg".into(), folder: "b".into(), lines: 1, rejected: 1, ..Input::default() },
        ],
        quality: Quality { rows: 500, duplicate_rows: 5, ..Quality::default() },
        ..Report::default()
    };
    report.settings.filter = "http.response.status_code >= 400".into();
    report.traffic.first = Some("2019-01-22T00:26:14Z".into());
    report.traffic.last = Some("2019-01-22T00:33:14Z".into());
    report.traffic.answered = 500;
    report.traffic.errors = 200;
    report.traffic.statuses = top(&[("200", 300), ("404", 150), ("500", 49), ("502", 1)]);
    report.traffic.paths = TopValues { distinct: 40, rows: 500, ..top(&[("/cart", 60)]) };
    report.traffic.timeline = Timeline {
        start: Some("2019-01-22T00:26:00Z".into()),
        step_seconds: 60,
        split: "status class".into(),
        series: vec![TimelineSeries { name: "2xx".into(), values: vec![10, 10, 0, 10, 10, 10, 10, 440] }],
    };
    report.visitors.distinct_addresses = 20;
    report.visitors.sessions = 1;
    report.visitors.crawlers = top(&[("Googlebot", 100), ("bingbot", 25)]);
    report.visitors.behaviour = vec![
        Behaviour { address: "192.0.2.1".into(), requests: 200, errors: 120, ..Behaviour::default() },
        Behaviour { address: "192.0.2.2".into(), requests: 10, errors: 9, ..Behaviour::default() },
    ];
    report.network.sources = TopValues { distinct: 20, rows: 500, ..top(&[("192.0.2.1", 200)]) };
    report.rules.applied = states(16);
    report.lookups = vec![
        LookupResult { name: "amazon".into(), ..LookupResult::default() },
        LookupResult { name: "google.com".into(), ..LookupResult::default() },
    ];
    report.user_agent_prefixes =
        vec![PrefixResult { prefix: "Mozilla/4.0".into(), count: 1, ..PrefixResult::default() }];
    report
}

#[test]
fn a_quiet_log_is_described_with_what_it_lacks() {
    let report = shop();
    check(
        &report,
        "What this is",
        "2 files in 2 folders, read as combined: 500 rows (a row is one entry of the log), on 22 January 2019 from 00:26 to \
         00:33 UTC. A filter is on, http.response.status_code >= 400: 500 of 10,000 rows, 5 %. Everything here is about these \
         rows. The log writes its times with the offset +0330; here they are in UTC. Some rows repeat another in every field \
         (5 of 500 rows, 1 %); they are kept and counted.",
    );
    check(
        &report,
        "What stands out",
        "One address, 192.0.2.1, stands in 200 of 500 rows, 40 %. Most happened in the 1 minute from 22 January 2019, 00:33 \
         UTC: 440 rows, 6.2 times the average.",
    );
    check(
        &report,
        "Who asked",
        "20 addresses asked, in 1 session (a session ends after 30 minutes without a request). The one that asked most is \
         192.0.2.1: 200 of 500 rows, 40 %. Programs that say that they are robots (crawlers) made 125 of 500 rows, 25 %; the \
         most frequent is Googlebot (100). The log does not name countries, and nothing is looked up elsewhere.",
    );
    check(
        &report,
        "What was asked for",
        "40 different pages and files (paths) were asked for, most often /cart (60 of 500 rows, 12 %). The log does not name \
         ports. The log does not name hosts, so it cannot show visits to amazon or google.com. 1 request came from programs \
         whose name begins with Mozilla/4.0.",
    );
    check(
        &report,
        "Errors",
        "Something went wrong in 200 of 500 answers, 40 % (status 400 or above). Most often the answer was 404, not found: \
         150 times. The server itself failed 50 times (5xx). One address, 192.0.2.1, got 120 of 200 errors, 60 %.",
    );
    check(
        &report,
        "Suspicious",
        "None of the 16 checks that could run found anything. That is no proof that nothing happened: checks look for what is \
         known.",
    );
    check(
        &report,
        "What we could not read",
        "Not understood were 3 of 9,001 lines, less than 0.1 %. The most frequent reason: no [time] (2 lines). The format of \
         b/photo.jpg is not known to us.",
    );
    check(&report, "Where to look first", "");
    assert_eq!(threat(&report).level, ThreatLevel::None);
    assert_eq!(
        threat(&report).reasons,
        [
            "None of the 16 checks that could run found anything.",
            "One address dominates: 192.0.2.1, 200 of 500 rows, 40 %."
        ]
    );
}

#[test]
fn visits_are_yes_or_no_with_their_folders() {
    let mut report = shop();
    report.quality.columns = vec![ColumnQuality { field: "url.domain".into(), ..ColumnQuality::default() }];
    report.traffic.paths = TopValues::default();
    report.user_agent_prefixes.clear();
    let folder = |folder: &str, count| FolderCount { folder: folder.into(), count };
    report.lookups[0].count = 12;
    report.lookups[0].visited = true;
    report.lookups[0].folders = vec![folder("a", 12), folder("b", 0)];
    check(
        &report,
        "What was asked for",
        "The log does not name ports. There are visits to amazon: 12 rows, in 1 of 2 folders. There is no visit to google.com.",
    );
}

#[test]
fn unusual_ports_are_named_or_there_are_none() {
    let mut report = shop();
    report.traffic.paths = TopValues::default();
    report.user_agent_prefixes.clear();
    report.lookups.clear();
    let port = |port, standard, meaning: Option<&str>, count| Port {
        port,
        standard,
        meaning: meaning.map(Into::into),
        count,
        ..Port::default()
    };
    report.network.ports = vec![port(443, true, None, 90), port(80, true, None, 10)];
    check(&report, "What was asked for", "All of it went to usual ports (2 of them); there is no activity on others.");
    report.network.ports.push(port(4444, false, Some("often a remote control"), 3));
    check(
        &report,
        "What was asked for",
        "One port is not a registered one, 4444: often a remote control (3 of 103 rows, 2.9 %).",
    );
}

#[test]
fn findings_of_one_source_weigh_more_together() {
    let mut report = shop();
    let medium = |title: &str| finding(title, Severity::Medium, 7, &["192.0.2.7"]);
    report.findings = vec![medium("Aaa"), medium("Bbb"), medium("Ccc"), finding("Ddd", Severity::Low, 1, &[])];
    report.flagged_rows.medium = 21;
    let found = threat(&report);
    assert_eq!(found.level, ThreatLevel::High);
    assert_eq!(
        found.reasons[..2],
        ["3 different checks of at least medium severity point at 192.0.2.7.", "Aaa: 7 rows, from 192.0.2.7 (medium)."]
    );
    report.findings.remove(0);
    assert_eq!(threat(&report).level, ThreatLevel::Medium);
    check(
        &report,
        "Suspicious",
        "3 checks found something: 2 of medium and 1 of low severity. Bbb: 7 rows, from 192.0.2.7, first on 25 April 2024, \
         23:00 UTC. Ccc: 7 rows, from 192.0.2.7, first on 25 April 2024, 23:00 UTC. Ddd: 1 row, first on 25 April 2024, 23:00 \
         UTC. In findings of medium severity or above are 21 of 500 rows, 4.2 %.",
    );
    check(
        &report,
        "Where to look first",
        "First: Bbb (ATT&CK T1110). Look at it. Then: Ccc (ATT&CK T1110). Look at it. After that: Ddd (ATT&CK T1110). Look at \
         it.",
    );
}

#[test]
fn a_guess_weighs_less() {
    let mut report = shop();
    report.findings = vec![Finding { confidence: 0.4, ..finding("Aaa", Severity::High, 7, &[]) }];
    assert_eq!(threat(&report).level, ThreatLevel::Medium);
    report.findings = vec![Finding { confidence: 0.6, ..finding("Aaa", Severity::High, 1, &[]) }];
    assert_eq!(threat(&report).level, ThreatLevel::Medium);
    report.findings = vec![Finding { confidence: 0.9, ..finding("Aaa", Severity::High, 1, &[]) }];
    assert_eq!(threat(&report).level, ThreatLevel::High);
}

#[test]
fn models_say_what_was_chosen_and_what_was_refused() {
    let mut report = flagged();
    report.models.anomaly = Some(Anomaly {
        scored: 282,
        anomalies: 15,
        entities: vec![Entity { field: "source.ip".into(), value: "155.91.45.242".into(), count: 13 }],
        trust: Trust { verdict: Verdict::Careful, reasons: vec!["the share of anomalies was chosen".into()] },
        ..Anomaly::default()
    });
    report.models.classifiers = vec![Classifier {
        label: "rule.name".into(),
        refused: Some("all 282 rows have the same class.".into()),
        ..Classifier::default()
    }];
    check(
        &report,
        "Models",
        "15 rows of 282 are marked as the most unusual (isolation forest). The share of 5 % was chosen beforehand, so the \
         number is no finding; the order is. 13 of them are from 155.91.45.242. These figures are to be taken with care: the \
         share of anomalies was chosen. No model was trained to tell rule.name apart: all 282 rows have the same class.",
    );
}

#[test]
fn nothing_to_show_is_said() {
    let mut report = shop();
    report.rows.filtered = 0;
    report.quality = Quality::default();
    report.traffic.first = None;
    let headings: Vec<String> = paragraphs(&report).into_iter().map(|p| p.heading).collect();
    assert_eq!(headings, ["What this is", "What we could not read"]);
    check(&Report::default(), "What this is", "0 files: no row.");
    check(&Report::default(), "What we could not read", "There was no line to read.");
}

#[test]
fn values_of_the_log_stay_values() {
    let mut report = shop();
    report.traffic.paths = top(&[("/\u{1b}[31m<b>\u{202e}", 5), ("/", 1)]);
    let text: String = paragraphs(&report).into_iter().map(|p| p.body).collect();
    assert!(text.contains("/\\u{1b}[31m<b>\\u{202e}"), "{text}");
}

#[test]
fn no_sentence_shouts() {
    for report in [flagged(), shop()] {
        for paragraph in paragraphs(&report) {
            assert!(!paragraph.body.contains('!'), "{}", paragraph.body);
            assert!(paragraph.body.ends_with('.'), "{}", paragraph.body);
        }
        assert!((4..=9).contains(&paragraphs(&report).len()));
    }
}
