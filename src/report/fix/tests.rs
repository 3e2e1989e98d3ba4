//! Every target with known values, and with hostile ones: whatever a log says, a line of the output has one of few shapes.

use proptest::prelude::*;
use regex_lite::Regex;
use serde_json::Value;

use super::*;
use crate::query::{TopValues, ValueCount};
use crate::report::types::{Entity, Severity};
use crate::settings::Settings;

fn finding(entities: &[(&str, &str)]) -> Finding {
    let entity = |&(field, value): &(&str, &str)| Entity { field: field.into(), value: value.into(), count: 1 };
    Finding {
        id: "web.scanner_agent".into(),
        title: "A scanner asked".into(),
        severity: Severity::High,
        count: 3,
        first: Some("2026-01-01T10:00:00Z".into()),
        last: Some("2026-01-02T10:00:00.123456Z".into()),
        attack: vec!["T1595.002".into(), "T1190".into(), "not one".into()],
        why: "Scanners look for holes.".into(),
        false_positives: "Your own test.".into(),
        entities: entities.iter().map(entity).collect(),
        ..Finding::default()
    }
}

fn text(entities: &[(&str, &str)], target: Target, by: By) -> String {
    let finding = finding(entities);
    let subjects = Subjects::of(&[&finding], &Settings::default());
    export(&[&finding], &subjects, (target, by)).text
}

const BOTH: [(&str, &str); 5] = [
    ("source.ip", "203.0.113.9"),
    ("source.ip", "2001:db8::9"),
    ("source.ip", "10.0.0.1"),
    ("url.path", "/a.php"),
    ("user_agent.original", "sqlmap/1.7 (x; \"y\")"),
];

#[test]
fn addresses_are_denied() {
    let of = |target| text(&BOTH, target, By::Addresses);
    assert_eq!(of(Target::List), "203.0.113.9\n2001:db8::9\n");
    assert!(of(Target::Nginx).ends_with("deny 203.0.113.9;\ndeny 2001:db8::9;\n"));
    assert!(
        of(Target::Apache).contains("    Require not ip 203.0.113.9\n    Require not ip 2001:db8::9\n</RequireAll>\n")
    );
    assert_eq!(of(Target::Cloudflare), "(ip.src in {203.0.113.9 2001:db8::9})\n");
    let sets = of(Target::Nftables);
    assert!(sets.contains("ip saddr @ipv4 counter drop") && sets.contains("ip6 saddr @ipv6 counter drop"), "{sets}");
    assert!(of(Target::Fail2ban).contains("fail2ban-client set logloupe banip 203.0.113.9\n"));
    assert!(!Target::ALL.into_iter().any(|target| of(target).contains("10.0.0.1")));
}

#[test]
fn paths_and_agents_mean_themselves() {
    let of = |target, by| text(&BOTH, target, by);
    assert!(of(Target::Nginx, By::Paths).contains("    \"~^/a\\.php(\\?|$)\" 1;\n"));
    assert!(of(Target::Nginx, By::UserAgents).contains("    \"~^sqlmap/1\\.7 \\(x\\x3b \\x22y\\x22\\)$\" 1;\n"));
    assert!(of(Target::Apache, By::Paths).contains("RewriteCond %{THE_REQUEST} \"^[A-Z]+ /a\\.php[? ]\"\n"));
    assert_eq!(of(Target::Cloudflare, By::UserAgents), "(http.user_agent in {\"sqlmap/1.7 (x; \\x22y\\x22)\"})\n");
    let filter = of(Target::Fail2ban, By::UserAgents);
    let line = filter.lines().find(|line| line.contains("<HOST>")).expect("a line");
    let line = Regex::new(&line.trim().replace("<HOST>", r"\S+")).expect("an expression");
    assert!(
        line.is_match(
            r#"203.0.113.9 - - [01/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "sqlmap/1.7 (x; "y")""#
        )
    );
    assert!(!line.is_match(r#"203.0.113.9 - - [01/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "curl/8""#));
}

#[test]
fn what_a_target_cannot_do_is_told() {
    let finding = finding(&BOTH);
    let subjects = Subjects::of(&[&finding], &Settings::default());
    assert_eq!(subjects.notes, ["1 address is left out: it is private, special or your own."]);
    let fix = export(&[&finding], &subjects, (Target::Nftables, By::Paths));
    assert!(fix.text.is_empty() && fix.notes.iter().any(|note| note.contains("choose addresses")), "{:?}", fix.notes);
    let none = Subjects::default();
    let fix = export(&[&finding], &none, (Target::Nginx, By::Addresses));
    assert!(fix.text.is_empty() && fix.notes[0].contains("names no addresses"), "{:?}", fix.notes);
}

#[test]
fn own_allowed_and_verified_addresses_are_left_out() {
    let mut settings = Settings::default();
    settings.detectors.own_networks = vec!["203.0.113.0/28".into()];
    settings.allow.addresses = vec!["198.51.100.7".into(), "nonsense".into()];
    let crawler = "66.249.66.1";
    let entities = [
        ("source.ip", "203.0.113.9"),
        ("source.ip", "198.51.100.7"),
        ("source.ip", crawler),
        ("source.ip", "192.0.2.5"),
    ];
    let finding = finding(&entities);
    let mut subjects = Subjects::of(&[&finding], &settings);
    assert_eq!(subjects.filter(By::Addresses).as_deref(), Some("source.ip: (\"66.249.66.1\" or \"192.0.2.5\")"));
    // Both say that they are Google's; only one comes from there.
    let claims = subjects.claims(&settings);
    let google = claims.iter().find(|claim| claim.company == "Google").expect("a claim");
    assert!(crate::query::Filter::parse(&google.ask.filter).is_ok(), "{}", google.ask.filter);
    let value = |text: &str| ValueCount { value: Some(text.into()), count: 1, bytes: None };
    let found = TopValues { values: vec![value(crawler), value("192.0.2.5")], ..TopValues::default() };
    subjects.verify(google, &found);
    assert_eq!(subjects.filter(By::Addresses).as_deref(), Some("source.ip: (\"192.0.2.5\")"));
    assert_eq!(subjects.notes.len(), 3, "{:?}", subjects.notes);
}

#[test]
fn machines_of_the_house_are_not_blocked_but_what_they_went_to() {
    let entities = [("source.ip", "10.0.0.7"), ("destination.ip", "203.0.113.9")];
    assert_eq!(text(&entities, Target::List, By::Addresses), "203.0.113.9\n");
    assert!(text(&entities, Target::Nftables, By::Addresses).contains("chain output"));
    assert!(text(&entities, Target::Sigma, By::Addresses).contains("dst_ip:"));
}

#[test]
fn stix_and_navigator_are_what_they_should_be() {
    let bundle: Value = serde_json::from_str(&text(&BOTH, Target::Stix, By::Addresses)).expect("JSON");
    let objects = bundle["objects"].as_array().expect("objects");
    let indicators: Vec<&Value> = objects.iter().filter(|object| object["type"] == "indicator").collect();
    assert_eq!(indicators[0]["pattern"], "[ipv4-addr:value = '203.0.113.9']");
    assert_eq!(indicators[1]["pattern"], "[ipv6-addr:value = '2001:db8::9']");
    assert_eq!(indicators[0]["valid_from"], "2026-01-01T10:00:00.000Z");
    assert_eq!(indicators[0]["modified"], "2026-01-02T10:00:00.123Z");
    assert_eq!(objects.iter().filter(|object| object["type"] == "attack-pattern").count(), 2);
    assert_eq!(objects.iter().filter(|object| object["type"] == "relationship").count(), 4);
    let id =
        Regex::new("^[a-z-]+--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$").expect("an id");
    let mut ids: Vec<&str> = objects.iter().filter_map(|object| object["id"].as_str()).collect();
    assert!(ids.iter().all(|text| id.is_match(text)), "{ids:?}");
    ids.sort_unstable();
    let n_objects = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), n_objects, "ids are unique");
    assert_eq!(
        bundle.to_string(),
        serde_json::from_str::<Value>(&text(&BOTH, Target::Stix, By::Addresses)).expect("JSON").to_string()
    );
    let layer: Value = serde_json::from_str(&text(&BOTH, Target::Navigator, By::Addresses)).expect("JSON");
    assert_eq!(layer["versions"]["layer"], "4.5");
    assert_eq!(layer["techniques"][0]["techniqueID"], "T1190");
    assert_eq!(layer["techniques"][0]["score"], 4);
}

#[test]
fn a_sigma_rule_finds_what_it_was_made_of() {
    for (by, field, value) in [
        (By::UserAgents, "user_agent.original", r#"we*ird? \* "agent": #1 'x' {y}"#),
        (By::Paths, "url.path", r"/a\b*c?.php"),
    ] {
        let text = text(&[(field, value)], Target::Sigma, by);
        let mut reader = crate::rules::sigma::read::Reader::new(&std::collections::BTreeMap::new());
        reader.add("made.yml", &text);
        let rules = reader.finish();
        assert_eq!(rules.len(), 1, "{text}");
        assert_eq!((rules[0].title.as_str(), rules[0].level), ("A scanner asked", Severity::High), "{text}");
        assert_eq!(rules[0].attack, ["T1190", "T1595.002"], "{text}");
        let shown = format!("{:?}", rules[0].body);
        assert!(!shown.contains("Unsupported") && !shown.contains("Many") && !shown.contains("One"), "{shown}");
        assert!(shown.contains(&format!("Text({:?})", value.to_lowercase())), "{shown}");
    }
}

/// Letters that end quotes, comments, lines, blocks or expand to something in one of the targets.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\"",
        "'",
        "\\",
        "\n",
        "\r",
        "\0",
        "\u{2028}",
        "\u{85}",
        "\u{202e}",
        "#",
        ";",
        "{",
        "}",
        "$",
        "${PATH}",
        "%",
        "%(x)s",
        "%{X}",
        "<",
        ">",
        "<HOST>",
        "*",
        "?",
        "(",
        ")",
        "[",
        "]",
        "|",
        "^",
        "~",
        "`",
        "$(id)",
        "</RequireAll>",
        "--",
        "-",
        ": ",
        "- ",
        "!",
        "&",
        "deny all;",
        "\\E",
        "\\Q",
        "a",
        "Z",
        "0",
        " ",
        "/",
        ".",
        "é",
        "\u{1F980}",
        "\u{feff}",
        "\u{1b}[2J",
        "]]",
        "' OR '1'='1",
    ]);
    prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())
}

fn every_line_is(text: &str, shapes: &[&str]) -> Result<(), TestCaseError> {
    let shapes: Vec<Regex> =
        shapes.iter().map(|shape| Regex::new(&format!("^(?:{shape})$")).expect("a shape")).collect();
    for line in text.lines() {
        prop_assert!(shapes.iter().any(|shape| shape.is_match(line)), "{line:?} of {text}");
    }
    prop_assert!(!text.chars().any(|letter| letter.is_control() && letter != '\n'), "{text:?}");
    Ok(())
}

/// A value in an expression: nothing that a configuration knows as special.
const SAFE: &str = r"(?:[A-Za-z0-9/_,=:@ -]|\\[.()+?*]|\\x[0-9a-f]{2}|\\U[0-9a-f]{8})+";

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_breaks_out(agent in hostile(), path in hostile(), title in hostile(), address in hostile()) {
        let mut finding = finding(&[("user_agent.original", &agent), ("url.path", &path), ("source.ip", &address), ("source.ip", "192.0.2.1")]);
        finding.title.clone_from(&title);
        finding.id.clone_from(&title);
        finding.why = format!("{title}\n{agent}");
        finding.false_positives.clone_from(&path);
        let subjects = Subjects::of(&[&finding], &Settings::default());
        for by in By::ALL {
            let of = |target| export(&[&finding], &subjects, (target, by)).text;
            let comment = r"# [^\\\x00-\x1f]*";
            every_line_is(&of(Target::Nginx), &[
                comment, r"deny [0-9a-f.:]+;", r"map \$[a-z_]+ \$[a-z_]+ \{", "    default 0;", &format!("    \"~\\^{SAFE}(?:\\$|\\(\\\\\\?\\|\\$\\))\" 1;"),
                r"if \(\$[a-z_]+\) \{", "    return 403;", r"\}",
            ])?;
            every_line_is(&of(Target::Apache), &[
                comment, "</?RequireAll>", "    Require all granted", "    Require not ip [0-9a-f.:]+", "RewriteEngine On",
                &format!(r#"RewriteCond %\{{THE_REQUEST\}} "\^\[A-Z\]\+ {SAFE}\[\? \]"(?: \[OR\])?"#),
                &format!(r#"RewriteCond %\{{HTTP_USER_AGENT\}} "\^{SAFE}\$"(?: \[OR\])?"#), r#"RewriteRule "\^" "-" \[F\]"#,
            ])?;
            every_line_is(&of(Target::Nftables), &[comment, r"[a-z0-9 @_:;={}-]*", r" +[0-9a-f.:]+,?"])?;
            every_line_is(&of(Target::Fail2ban), &[
                comment, "fail2ban-client set logloupe banip [0-9a-f.:]+", "", r"\[Definition\]", r"\[logloupe\]", "failregex =", "ignoreregex =",
                &format!(r#"            \^<HOST> \\S\+ \\S\+ \\\[\[\^\\\]\]\*\\\] (?:"\[A-Z\]\+ |"\[\^"\]\*" \\d\+ \\S\+ "\[\^"\]\*" "){SAFE}(?:\[\? \]|")"#),
                "[a-z]+ = [a-z0-9,/.]+",
            ])?;
            every_line_is(&of(Target::Cloudflare), &[
                r"\(ip\.src in \{[0-9a-f.: ]+\}\)",
                r#"\(http\.(?:user_agent|request\.uri\.path) in \{"(?:[ !#-\[\]-~]|\\x[0-9a-f]{2})+"\}\)"#,
            ])?;
            for target in [Target::Stix, Target::Navigator] {
                let text = of(target);
                prop_assert!(text.is_empty() || serde_json::from_str::<Value>(&text).is_ok(), "{text}");
            }
            let text = of(Target::Sigma);
            if !text.is_empty() {
                let mut reader = crate::rules::sigma::read::Reader::new(&std::collections::BTreeMap::new());
                reader.add("made.yml", &text);
                let rules = reader.finish();
                prop_assert_eq!(rules.len(), 1);
                prop_assert!(!matches!(rules[0].body, crate::rules::sigma::ir::Body::Unsupported(_)), "{:?}: {}", rules[0].body, text);
                prop_assert_eq!(rules[0].level, Severity::High);
            }
            if let Some(filter) = subjects.filter(by) {
                prop_assert!(crate::query::Filter::parse(&filter).is_ok(), "{}", filter);
            }
        }
    }
}
