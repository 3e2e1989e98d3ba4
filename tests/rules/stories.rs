//! Cases, the queue and the threat level against rows whose story is known: `tests/cases/stories/*.json`.

use std::fs;
use std::path::Path;

use logloupe::query::{Compiled, Filter};
use logloupe::report::{Case, Report, RowCounts, Stage};
use logloupe::rules::{Checked, RulesPartial};
use logloupe::settings::Settings;
use logloupe::table::{Partial, RowSet};
use serde::Deserialize;

use super::{CaseRow, all_rows, checked, plain, print, rows_of, run_all, settings, store};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Story {
    name: String,
    rows: Vec<CaseRow>,
    cases: Vec<Expected>,
    threat: String,
}

/// What a case must be like, as far as it is said.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    title: Option<String>,
    severity: Option<String>,
    success: Option<String>,
    stages: Option<Vec<String>>,
    sources: Option<u64>,
    hits: Option<u64>,
    dwell_seconds: Option<u64>,
}

fn report(checked: Checked) -> Report {
    let mut report = Report {
        findings: checked.findings.into_iter().map(|found| found.finding).collect(),
        cases: checked.cases.into_iter().map(|found| found.case).collect(),
        case_counts: checked.case_counts,
        flagged_rows: checked.flagged_rows,
        rows: RowCounts { filtered: 1, total: 1 },
        ..Report::default()
    };
    report.retell();
    report
}

fn word(value: impl serde::Serialize) -> Option<String> {
    serde_json::to_value(value).unwrap().as_str().map(str::to_owned)
}

fn differences(case: &Case, expected: &Expected) -> Vec<String> {
    let stages: Vec<String> = case.stages.iter().map(|stage| word(stage.stage).unwrap()).collect();
    let text = |name: &str, found: Option<String>, wanted: &Option<String>| {
        (wanted.is_some() && found != *wanted).then(|| format!("{name} {found:?}"))
    };
    let number = |name: &str, found: u64, wanted: Option<u64>| {
        wanted.filter(|wanted| *wanted != found).map(|_| format!("{name} {found}"))
    };
    [
        text("title", Some(case.title.clone()), &expected.title),
        text("severity", word(case.severity), &expected.severity),
        text("success", word(case.success), &expected.success),
        text("stages", Some(stages.join(" ")), &expected.stages.as_ref().map(|stages| stages.join(" "))),
        number("sources", case.n_sources, expected.sources),
        number("hits", case.hits, expected.hits),
        number("dwell", case.dwell_seconds.unwrap_or(0), expected.dwell_seconds),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn stories() -> Vec<Story> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/stories");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    files.flat_map(|text| serde_json::from_str::<Vec<Story>>(&text).unwrap()).collect()
}

#[test]
fn hits_become_the_stories_that_they_are() {
    let mut failures = Vec::new();
    for story in stories() {
        let report = report(checked(&rows_of(&story.rows), &Settings::shipped()));
        let name = &story.name;
        if report.cases.len() != story.cases.len() {
            let titles: Vec<&str> = report.cases.iter().map(|case| case.title.as_str()).collect();
            failures.push(format!("{name}: {} cases: {titles:?}", titles.len()));
        }
        for (case, expected) in report.cases.iter().zip(&story.cases) {
            let found = differences(case, expected);
            if !found.is_empty() {
                failures.push(format!("{name}: {found:?}: {}", case.story));
            }
        }
        if report.threat.level.as_str() != story.threat {
            failures.push(format!("{name}: threat {}: {:?}", report.threat.level.as_str(), report.threat.reasons));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_case_says_what_a_person_needs() {
    let report = report(checked(&all_rows(), &settings()));
    assert!(report.cases.len() > 10, "{}", report.cases.len());
    for case in &report.cases {
        let sentences = case.story.matches(". ").count() + 1;
        assert!((2..=8).contains(&sentences), "{}", case.story);
        assert!(case.id.starts_with("case.") && !case.title.is_empty() && !case.filter.is_empty(), "{case:?}");
        assert!(!case.stages.is_empty() && case.stages.is_sorted_by_key(|stage| stage.stage), "{case:?}");
        assert_eq!(case.hits, case.stages.iter().map(|stage| stage.hits).sum::<u64>(), "{case:?}");
        assert_eq!(case.hits, case.checks.iter().map(|check| check.hits).sum::<u64>(), "{case:?}");
        assert!(case.moments.len() >= case.stages.len(), "{case:?}");
        assert!(!case.story.chars().any(char::is_control), "{}", case.story);
    }
    let ids: std::collections::BTreeSet<&str> = report.cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids.len(), report.cases.len(), "ids are unique");
}

#[test]
fn the_queue_is_short_ranked_and_says_why() {
    let report = report(checked(&all_rows(), &settings()));
    assert_eq!(report.queue.len(), 10);
    assert!(report.queue.is_sorted_by(|a, b| a.score >= b.score));
    for entry in &report.queue {
        assert!(!entry.reasons.is_empty() && !entry.next_step.is_empty() && !entry.title.is_empty(), "{entry:?}");
        let is_known = if entry.is_case {
            report.cases.iter().any(|case| case.id == entry.id)
        } else {
            report.findings.iter().any(|finding| finding.id == entry.id)
        };
        assert!(is_known, "{entry:?}");
    }
}

#[test]
fn the_filter_of_a_case_shows_all_its_rows() {
    for story in stories() {
        let store = store(&rows_of(&story.rows), 5, 0, 1, 7);
        for found in run_all(&store, &Settings::shipped()).finish().cases {
            let case = found.case;
            let filter = Filter::parse(&case.filter).unwrap_or_else(|error| panic!("{}: {error}", case.filter));
            let rows = Compiled::new(&filter, &store).select_all(&store);
            let shown: u64 = rows.iter().map(|rows| RowSet::count(rows) as u64).sum();
            // A row may be a hit of several checks; it is one of each.
            let least = case.checks.iter().map(|check| check.hits).max().unwrap_or(0);
            assert!(shown >= least, "{}: {} shows {shown} rows, not {least}", story.name, case.filter);
        }
    }
}

#[test]
fn more_hits_than_are_kept_give_the_same_cases_however_they_are_cut() {
    let rows = plain(
        r#"[{"source.domain": "s{n}", "url.path": "/.env", "http.response.status_code": 404, "repeat": 130000},
            {"source.domain": "t{n}", "url.path": "/x", "url.query": "f=../../../../etc/passwd", "repeat": 20}]"#,
    );
    let settings = settings();
    let whole = checked(&rows, &settings);
    assert!(whole.case_counts.is_sample);
    let worst = whole.cases.iter().filter(|found| found.case.stages.iter().any(|s| s.stage == Stage::Exploitation));
    assert_eq!(worst.map(|found| found.case.n_sources).sum::<u64>(), 20, "the severe ones are kept");
    let mut merged = RulesPartial::default();
    for worker in 0..3 {
        merged.merge(run_all(&store(&rows, 9_000, worker, 3, worker as u64), &settings));
    }
    assert!(print(merged.finish()) == print(whole));
}
