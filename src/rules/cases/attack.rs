//! ATT&CK: how far an attack is that a check finds, and which techniques findings name.

use std::collections::BTreeMap;

use crate::report::types::{Finding, Stage, Technique};
use crate::units::order;

/// Tactics in the order in which attacks go on.
const TACTICS: [&str; 14] = [
    "Reconnaissance",
    "Resource development",
    "Initial access",
    "Execution",
    "Persistence",
    "Privilege escalation",
    "Defence evasion",
    "Credential access",
    "Discovery",
    "Lateral movement",
    "Collection",
    "Command and control",
    "Exfiltration",
    "Impact",
];

/// Checks whose technique does not say it, or says something else: the beginning of their id, and how far they are.
/// `None`: they say nothing of an attack.
const CHECKS: [(&str, Option<Stage>); 12] = [
    ("list.bad_address_source", Some(Stage::Reconnaissance)),
    ("list.restricted_host", None),
    ("list.banned_host_referrer", None),
    ("http.unknown_host", None),
    ("network.nonstandard_port", None),
    ("network.upload_heavy", Some(Stage::Exfiltration)),
    ("line.proxy", Some(Stage::Probing)),
    ("tls.", None),
    ("alert.", Some(Stage::Exploitation)),
    ("log.rule", None),
    ("value.", Some(Stage::Reconnaissance)),
    ("proxy.connect_answered", Some(Stage::Exploitation)),
];

/// A line of `attack.txt`.
struct Known {
    stage: Option<Stage>,
    tactic: &'static str,
    name: &'static str,
}

/// How far an attack is that this finding shows. **Null**: none where it says nothing of an attack.
pub(super) fn stage_of(finding: &Finding) -> Option<Stage> {
    let of_check = CHECKS.iter().find(|(id, _)| finding.id.starts_with(id)).map(|(_, stage)| *stage);
    if is_login(finding) {
        return Some(Stage::Access);
    }
    // What is asked of a server so that it gives something away is an attempt, whatever else it is called.
    if of_check.is_none() && finding.attack.iter().any(|technique| technique == "T1190") {
        return Some(Stage::Exploitation);
    }
    of_check.unwrap_or_else(|| match finding.attack.first() {
        Some(technique) => known(technique).and_then(|known| known.stage),
        // A rule that names none was still written because somebody does that.
        None => finding.id.starts_with("sigma.").then_some(Stage::Probing),
    })
}

/// Whether somebody came in by an account that is valid.
pub(super) fn is_login(finding: &Finding) -> bool {
    finding.attack.iter().any(|technique| technique.starts_with("T1078"))
}

/// The tactic of a technique; empty where it is not known here.
pub(super) fn tactic_of(technique: &str) -> &'static str {
    known(technique).map_or("", |known| known.tactic)
}

/// The techniques that findings name.
pub(in crate::rules) fn techniques<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<Technique> {
    let mut named: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for finding in findings {
        for technique in &finding.attack {
            let (findings, rows) = named.entry(technique).or_default();
            *findings += 1;
            *rows += finding.count;
        }
    }
    let technique = |(id, (findings, rows)): (&str, (u64, u64))| {
        let known = known(id);
        let (name, tactic) = known.map_or(("", "Other"), |known| (known.name, known.tactic));
        Technique { id: id.to_owned(), name: name.to_owned(), tactic: tactic.to_owned(), findings, rows }
    };
    let mut techniques: Vec<Technique> = named.into_iter().map(technique).collect();
    let place = |technique: &Technique| TACTICS.iter().position(|tactic| *tactic == technique.tactic).unwrap_or(99);
    order::sort_by(&mut techniques, |a, b| {
        place(a).cmp(&place(b)).then(b.rows.cmp(&a.rows)).then_with(|| a.id.cmp(&b.id))
    });
    techniques
}

/// What is known of a technique, else of the one above it.
fn known(technique: &str) -> Option<Known> {
    let parent = technique.split('.').next().unwrap_or(technique);
    line_of(technique).or_else(|| line_of(parent))
}

fn line_of(technique: &str) -> Option<Known> {
    let line = include_str!("attack.txt").lines().find(|line| line.split('\t').next() == Some(technique))?;
    let mut columns = line.split('\t').skip(1);
    let (stage, tactic, name) = (columns.next()?, columns.next()?, columns.next()?);
    let stage = Stage::ALL.into_iter().find(|known| known.as_str().replace(' ', "_") == stage);
    Some(Known { stage, tactic, name })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(id: &str, attack: &[&str]) -> Finding {
        let attack = attack.iter().map(ToString::to_string).collect();
        Finding { id: id.to_owned(), attack, count: 2, ..Finding::default() }
    }

    #[test]
    fn the_first_technique_says_how_far_an_attack_is_unless_the_check_is_known() {
        for (id, attack, expected) in [
            ("web.sql_injection", &["T1190"][..], Some(Stage::Exploitation)),
            ("web.scanner_agent", &["T1595.002"], Some(Stage::Probing)),
            ("line.tls", &["T1595"], Some(Stage::Reconnaissance)),
            ("sigma.x", &["T1071.999", "T1048"], Some(Stage::CommandAndControl)),
            ("sigma.x", &[], Some(Stage::Probing)),
            ("sigma.x", &["T9999"], None),
            ("tls.old_version", &["T1557"], None),
            ("alert.high", &[], Some(Stage::Exploitation)),
            ("http.spike", &[], None),
            ("auth.success_after_failures", &["T1110", "T1078"], Some(Stage::Access)),
            ("web.path_traversal", &["T1083", "T1190"], Some(Stage::Exploitation)),
            ("web.local_files", &["T1005"], Some(Stage::Exploitation)),
        ] {
            assert_eq!(stage_of(&finding(id, attack)), expected, "{id} {attack:?}");
        }
    }

    #[test]
    fn every_line_of_the_table_is_whole_and_known_once() {
        let lines = || include_str!("attack.txt").lines().filter(|line| !line.starts_with('#'));
        for line in lines() {
            let id = line.split('\t').next().unwrap_or_default();
            let Some(known) = line_of(id) else { panic!("{line}") };
            assert!(TACTICS.contains(&known.tactic) && !known.name.is_empty(), "{line}");
            assert!(known.stage.is_some() || line.contains("\t-\t"), "{line}");
            assert_eq!(lines().filter(|other| other.starts_with(&format!("{id}\t"))).count(), 1, "{id}");
        }
    }

    #[test]
    fn techniques_stand_in_the_order_of_their_tactics() {
        let findings = [finding("a", &["T1190", "T1595"]), finding("b", &["T1190"]), finding("c", &["T0001"])];
        let techniques = techniques(findings.iter());
        let said: Vec<_> = techniques.iter().map(|t| (t.id.as_str(), t.tactic.as_str(), t.findings, t.rows)).collect();
        assert_eq!(
            said,
            [("T1595", "Reconnaissance", 1, 2), ("T1190", "Initial access", 2, 4), ("T0001", "Other", 1, 2)]
        );
    }
}
