//! What users decide about checks acts: allow lists, severities, thresholds, rules switched off, from a configuration file.
//!
//! The log is made up: a scanner that looks for secret files, a monitor that asks for `/health`, and people.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// Requests of the scanner.
const PROBES: u64 = 30;

/// A folder of its own for a test, with the log in it.
fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tuning-{test}"));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let mut log = String::new();
    let mut line = |address: &str, second: u64, path: &str, status: u16, agent: &str| {
        let time = format!("01/Jan/2026:10:{:02}:{:02} +0000", second / 60, second % 60);
        let _ = writeln!(log, r#"{address} - - [{time}] "GET {path} HTTP/1.1" {status} 100 "-" "{agent}""#);
    };
    for n in 0..PROBES {
        line("203.0.113.9", n, &format!("/x{n}/.env"), 404, "sqlmap/1.7");
        line("198.51.100.7", n, "/health", 200, "monitor (v1; *)");
        line("192.0.2.4", n * 7, "/shop", 200, "Mozilla/5.0");
    }
    fs::write(folder.join("access.log"), log).expect("the log is written");
    folder
}

fn run(folder: &std::path::Path, config: (&str, &str), more: &[&str]) -> Output {
    fs::write(folder.join(config.0), config.1).expect("the configuration is written");
    Command::new(env!("CARGO_BIN_EXE_logloupe"))
        .args(["analyze", "--format", "json", "--progress", "never", "--config"])
        .arg(folder.join(config.0))
        .args(more)
        .arg(folder.join("access.log"))
        .output()
        .expect("the command line runs")
}

fn report(test: &str, settings: &Value) -> Value {
    let run = run(&folder(test), ("settings.json", &settings.to_string()), &[]);
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).expect("the report is JSON")
}

fn count(report: &Value, id: &str) -> u64 {
    let findings = report["findings"].as_array().expect("findings");
    findings.iter().find(|finding| finding["id"] == id).map_or(0, |finding| finding["count"].as_u64().expect("a count"))
}

fn note<'a>(report: &'a Value, state: &str, id: &str) -> Option<&'a str> {
    let states = report["rules"][state].as_array().expect("states");
    states.iter().find(|rule| rule["id"] == id).and_then(|rule| rule["note"].as_str())
}

#[test]
fn the_log_has_findings_without_settings() {
    let report = report("plain", &json!({}));
    assert_eq!(count(&report, "web.secret_file"), PROBES);
    assert_eq!(count(&report, "web.scanner_agent"), PROBES);
    assert_eq!(count(&report, "http.scanner"), PROBES);
    assert_eq!(report["left_out"], json!({"rows": 0, "lists": [], "mistakes": []}));
}

#[test]
fn allowed_rows_are_seen_by_no_check_and_stay_in_all_figures() {
    let with = |allow: Value| json!({ "allow": allow });
    for (name, allow, list, entry, rows) in [
        ("address", json!({"addresses": ["203.0.113.9"]}), "addresses", "203.0.113.9", PROBES),
        ("block", json!({"addresses": ["# the test lab", "203.0.113.0/24"]}), "addresses", "203.0.113.0/24", PROBES),
        ("agent", json!({"user_agents": ["sqlmap/*"]}), "user_agents", "sqlmap/*", PROBES),
        ("path", json!({"paths": ["*/.env"]}), "paths", "*/.env", PROBES),
    ] {
        let report = report(name, &with(allow));
        for id in ["web.secret_file", "web.scanner_agent", "http.scanner"] {
            assert_eq!(count(&report, id), 0, "{name}: {id}");
        }
        let expected = json!([{ "list": list, "rows": rows, "entries": [{ "entry": entry, "rows": rows }] }]);
        assert_eq!((&report["left_out"]["rows"], &report["left_out"]["lists"]), (&json!(rows), &expected), "{name}");
        assert_eq!(report["rows"]["filtered"], 3 * PROBES, "{name}");
        assert_eq!(report["flagged_rows"]["informational"], 0, "{name}");
        assert_eq!(report["visitors"]["distinct_addresses"], 3, "{name}");
        assert!(report["text"].to_string().contains("they are on your allow lists"), "{name}");
    }
}

#[test]
fn an_entry_covers_no_more_than_it_says() {
    let report = report(
        "narrow",
        &json!({"allow": {"addresses": ["203.0.113.90"], "paths": ["/.env", "/healt"], "user_agents": ["sqlmap"],
                "domains": ["example.org"]}}),
    );
    assert_eq!(count(&report, "web.secret_file"), PROBES);
    assert_eq!(report["left_out"]["rows"], 0);
}

#[test]
fn a_row_on_two_lists_counts_once_in_all() {
    let report =
        report("two", &json!({"allow": {"addresses": ["203.0.113.9"], "paths": ["/x1/*", "*/.env", "/health"]}}));
    assert_eq!(report["left_out"]["rows"], 2 * PROBES);
    let paths = &report["left_out"]["lists"][1];
    assert_eq!(paths["rows"], 2 * PROBES);
    assert_eq!(
        paths["entries"],
        json!([{"entry": "/health", "rows": PROBES}, {"entry": "*/.env", "rows": PROBES - 1}, {"entry": "/x1/*", "rows": 1}])
    );
}

#[test]
fn rules_are_switched_off_and_listed_as_such() {
    for (name, settings) in [
        ("allowed", json!({"allow": {"rules": ["web.secret_file", "http.scan*"]}})),
        ("off", json!({"tuning": {"web.secret*": {"off": true}, "http.scanner": {"off": true}}})),
    ] {
        let report = report(name, &settings);
        for id in ["web.secret_file", "http.scanner"] {
            assert_eq!(count(&report, id), 0, "{name}");
            assert_eq!(note(&report, "not_applicable", id), Some("it is switched off in the settings"), "{name}");
            assert_eq!(note(&report, "applied", id), None, "{name}");
        }
        assert_eq!(count(&report, "web.scanner_agent"), PROBES, "{name}");
    }
}

#[test]
fn severities_and_thresholds_are_the_users() {
    let shipped = report("shipped", &json!({}));
    let report = report(
        "severity",
        &json!({"tuning": {"web.*": {"severity": "informational"}, "http.*": {"severity": "informational"},
                "web.scanner_agent": {"severity": "critical"}, "web.secret_file": {"threshold": PROBES + 1}}}),
    );
    let finding = &report["findings"][0];
    assert_eq!((&finding["id"], &finding["severity"]), (&json!("web.scanner_agent"), &json!("critical")));
    assert_eq!(report["flagged_rows"]["critical"], PROBES);
    assert_eq!(shipped["flagged_rows"]["critical"], 0);
    assert_eq!(count(&report, "web.secret_file"), 0);
    let told = note(&report, "applied", "web.secret_file").expect("a note");
    assert_eq!(told, "30 rows; not reported, because the settings ask for at least 31");
    assert!(note(&report, "applied", "web.scanner_agent").expect("a note").contains("critical as the settings say"));
}

#[test]
fn a_rule_that_does_not_exist_is_told() {
    let report =
        report("unknown", &json!({"allow": {"rules": ["web.nothing"]}, "tuning": {"web.nothing*": {"off": true}}}));
    assert_eq!(
        report["left_out"]["mistakes"],
        json!(["allow.rules: no rule is called “web.nothing”", "tuning: no rule is called “web.nothing*”"])
    );
}

#[test]
fn toml_says_the_same_and_mistakes_stop() {
    let toml = "[allow]\nuser_agents = [\"sqlmap/*\"]\n[tuning.\"http.scanner\"]\noff = true\n";
    let json = json!({"allow": {"user_agents": ["sqlmap/*"]}, "tuning": {"http.scanner": {"off": true}}});
    let same = run(&folder("toml"), ("settings.toml", toml), &[]);
    assert!(same.status.success(), "{}", String::from_utf8_lossy(&same.stderr));
    let json = run(&folder("toml"), ("settings.json", &json.to_string()), &[]);
    assert_eq!(String::from_utf8_lossy(&same.stdout), String::from_utf8_lossy(&json.stdout));
    for (config, expected) in [
        (r#"{"allow": {"addresses": ["300.1.1.1"]}}"#, "allow.addresses: “300.1.1.1” is no address"),
        (r#"{"allow": {"paths": ["*"]}}"#, "allow.paths: “*” would leave out every row"),
        (r#"{"tuning": {"web.xss": {"severity": "awful"}}}"#, "unknown variant `awful`"),
        (r#"{"tuning": {"web.xss": {"level": "low"}}}"#, "unknown field `level`"),
    ] {
        let run = run(&folder("mistakes"), ("settings.json", config), &[]);
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.code() == Some(2) && said.contains(expected), "{config}: {said}");
    }
}

#[test]
fn how_the_log_is_cut_changes_nothing() {
    let settings =
        json!({"allow": {"paths": ["/health", "/x2*"]}, "tuning": {"web.*": {"threshold": 3, "severity": "low"}}});
    let settings = settings.to_string();
    let whole = run(&folder("cuts"), ("settings.json", &settings), &["--jobs", "1"]);
    for (rows, bytes, jobs) in [("1", "500", "3"), ("7", "1000", "2"), ("1000", "64", "5")] {
        let cut = ["--shard-rows", rows, "--range-bytes", bytes, "--jobs", jobs];
        let cut = run(&folder("cuts"), ("settings.json", &settings), &cut);
        assert!(cut.status.success() && cut.stdout == whole.stdout, "{rows} rows, {bytes} bytes, {jobs} threads");
    }
}

fn command(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_logloupe"))
        .args(arguments)
        .arg("--progress=never")
        .arg(folder.join("access.log"))
        .output()
        .expect("the command line runs")
}

fn said(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

/// The number of the scanner's, the monitor's and a visitor's first line.
const LINES: [&str; 3] = ["1", "2", "3"];

#[test]
fn a_line_says_which_checks_fired_and_which_nearly_did() {
    let folder = folder("explain");
    let of = |line: &str, more: &[&str]| said(&command(&folder, &[&["explain", "--line", line], more].concat()).stdout);
    let probe = of(LINES[0], &[]);
    let (fired, nearly) = probe.split_once("Nearly fired").expect("both lists");
    for id in ["(web.secret_file)", "(web.scanner_agent)", "(http.scanner)"] {
        assert!(fired.contains(id) && !nearly.contains(id), "{id}: {probe}");
    }
    // The file was asked for, but not handed out: only the answer is another.
    assert!(nearly.contains("(web.secret_file_served)") && nearly.contains("404"), "{probe}");
    let visit = of(LINES[2], &[]);
    assert!(visit.starts_with("Fired: no check\nNearly fired: no check\n"), "{visit}");
    for cut in [["--shard-rows", "1", "--jobs", "3"], ["--shard-rows", "7", "--jobs", "2"]] {
        assert_eq!(of(LINES[0], &cut), probe);
    }
    fs::write(folder.join("allow.json"), r#"{"allow": {"paths": ["*/.env"], "rules": ["web.scanner_agent"]}}"#)
        .expect("settings");
    let config = folder.join("allow.json");
    let allowed = of(LINES[0], &["--config", config.to_str().expect("a path")]);
    assert!(allowed.starts_with("No check sees this row: it is on your allow lists (paths: */.env)."), "{allowed}");
    assert!(!allowed.contains("web.scanner_agent"), "{allowed}");
    assert_eq!(command(&folder, &["explain", "--line", "9999"]).status.code(), Some(1));
}

#[test]
fn thresholds_say_how_far_a_source_is() {
    let folder = folder("near");
    let log = (0..14).map(|n| {
        format!("203.0.113.9 - - [01/Jan/2026:10:00:{n:02} +0000] \"GET /p{n} HTTP/1.1\" 404 1 \"-\" \"x\"\n")
    });
    fs::write(folder.join("access.log"), log.collect::<Vec<_>>().concat()).expect("the log is written");
    let near = said(&command(&folder, &["explain", "--line", "3"]).stdout);
    assert!(near.contains("(http.scanner)") && near.contains("14 requests of 20 needed"), "{near}");
}

#[test]
fn a_rule_of_the_user_names_the_test_that_failed() {
    let folder = folder("sigma");
    let rule = "title: Shop from curl\nid: 2b0f2b1c-5c1e-4c47-9c1e-0f5a3f8e7d11\nlogsource:\n  category: webserver\ndetection:\n  selection:\n    \
                cs-uri-stem: /shop\n    cs-user-agent|contains: curl\n  condition: selection\nlevel: high\n";
    fs::write(folder.join("rule.yml"), rule).expect("the rule is written");
    let path = folder.join("rule.yml");
    let rules = format!("--rules={}", path.display());
    let near = said(&command(&folder, &["explain", "--line", LINES[2], &rules]).stdout);
    assert!(near.contains("[high] Shop from curl (sigma.2b0f2b1c-5c1e-4c47-9c1e-0f5a3f8e7d11)"), "{near}");
    assert!(near.contains("cs-user-agent is “Mozilla/5.0”, where the rule asks for “*curl*”"), "{near}");
    let other = said(&command(&folder, &["explain", "--line", LINES[1], &rules]).stdout);
    assert!(!other.contains("Shop from curl"), "{other}");
}

#[test]
fn a_fix_says_what_it_would_have_stopped() {
    let folder = folder("fix");
    let fix = |more: &[&str]| command(&folder, &[&["fix", "--finding", "web.secret_file"], more].concat());
    let run = fix(&["--format", "nginx"]);
    assert_eq!(run.status.code(), Some(0), "{}", said(&run.stderr));
    assert!(said(&run.stdout).ends_with("deny 203.0.113.9;\n"), "{}", said(&run.stdout));
    let dry = said(&run.stderr);
    assert!(dry.contains("It would have stopped 30 of 90 rows (33.3 %), from one address."), "{dry}");
    assert!(dry.contains("All of them are of what it is for.") && dry.contains("30 rows of web.secret_file"), "{dry}");
    let agents =
        command(&folder, &["fix", "--finding", "web.scanner_agent", "--format", "apache", "--by", "user-agents"]);
    assert!(
        said(&agents.stdout).contains(r#"RewriteCond %{HTTP_USER_AGENT} "^sqlmap/1\.7$""#),
        "{}",
        said(&agents.stdout)
    );
    let unknown = command(&folder, &["fix", "--finding", "web.nothing", "--format", "list"]);
    assert!(unknown.status.code() == Some(2) && said(&unknown.stderr).contains("there is no finding web.nothing"));
    // A rule that is made of a finding finds the same rows.
    let rule = fix(&["--format", "sigma"]).stdout;
    fs::write(folder.join("made.yml"), rule).expect("the rule is written");
    let found =
        command(&folder, &["analyze", "--format", "json", &format!("--rules={}", folder.join("made.yml").display())]);
    let report: Value = serde_json::from_slice(&found.stdout).expect("the report is JSON");
    let own = report["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .find(|f| f["id"].as_str().is_some_and(|id| id.starts_with("sigma.")));
    assert_eq!(own.map(|finding| &finding["count"]), Some(&json!(PROBES)), "{}", said(&found.stderr));
}
