//! A Sigma rule for web servers, so that another tool looks for the same.
//!
//! <https://sigmahq.io/sigma-specification/>. Texts stand in double quotes, escaped.

use crate::report::types::Severity;

use super::escape::yaml_in_quotes;
use super::stix::uuid;
use super::{By, Finding, Subjects, lines};

/// The rule.
pub fn text(findings: &[&Finding], subjects: &Subjects, by: By) -> String {
    let joined = |of: fn(&Finding) -> &str, by: &str| findings.iter().map(|f| of(f)).collect::<Vec<_>>().join(by);
    let (titles, why) = (joined(|f| &f.title, "; "), joined(|f| &f.why, " "));
    let level = findings.iter().map(|finding| finding.severity).max().unwrap_or_default();
    let field = match by {
        By::Addresses if subjects.are_destinations(by) => "dst_ip",
        By::Addresses => "c-ip",
        By::Paths => "cs-uri-stem",
        By::UserAgents => "cs-user-agent",
    };
    let values: Vec<String> = subjects.values(by).map(|value| yaml_in_quotes(&wildcards_escaped(&value))).collect();
    let mut tags: Vec<String> =
        findings.iter().flat_map(|f| &f.attack).filter(|technique| is_technique(technique)).cloned().collect();
    tags.sort_unstable();
    tags.dedup();
    let tags = lines(tags.iter().map(|technique| format!("  - attack.{}\n", technique.to_ascii_lowercase())));
    let tags = if tags.is_empty() { tags } else { format!("tags:\n{tags}") };
    let false_positives = yaml_in_quotes(&joined(|f| &f.false_positives, " "));
    let date = findings.iter().filter_map(|f| f.last.as_deref()?.get(..10)).max();
    let date = date.map_or_else(String::new, |date| format!("date: {date}\n"));
    let list = lines(values.iter().map(|value| format!("      - {value}\n")));
    let id = uuid(&format!("sigma {titles} {field} {}", values.join(" ")));
    format!(
        "title: {}\nid: {id}\nstatus: experimental\ndescription: {}\nauthor: Logloupe\n{date}{tags}logsource:\n  category: {}\ndetection:\n  selection:\n    {field}:\n{list}  condition: selection\nfalsepositives:\n  - {false_positives}\nlevel: {}\n",
        yaml_in_quotes(&titles),
        yaml_in_quotes(&why),
        if subjects.are_destinations(by) { "firewall" } else { "webserver" },
        Severity::as_str(level),
    )
}

/// A value in which stars, question marks and backslashes mean themselves.
fn wildcards_escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for letter in value.chars() {
        if matches!(letter, '*' | '?' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// Whether a text is the id of an ATT&CK technique: `T1190`, `T1071.001`.
pub fn is_technique(text: &str) -> bool {
    let digits = |text: &str, number: usize| text.len() == number && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('T').is_some_and(|rest| match rest.split_once('.') {
        Some((technique, part)) => digits(technique, 4) && digits(part, 3),
        None => digits(rest, 4),
    })
}
