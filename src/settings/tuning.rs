//! What the user has decided about the checks: what they leave alone, and how each rule speaks.
//!
//! Types, and what is wrong with entries, in sentences. Which rows and rules an entry covers is the affair of `rules`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::units::severity::Severity;

/// Rows that no check sees, and rules that do not run. Lines that are empty or begin with `#` are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Allow {
    /// Source or destination addresses: single ones or CIDR blocks.
    pub addresses: Vec<String>,
    /// Hosts that ask or are asked: the name itself and names below it.
    pub domains: Vec<String>,
    /// Paths; `*` stands for anything.
    pub paths: Vec<String>,
    /// User agents; `*` stands for anything.
    pub user_agents: Vec<String>,
    /// Rules that do not run, by id; `*` stands for anything.
    pub rules: Vec<String>,
}

/// How a rule speaks; what is null stays as the rule has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RuleTuning {
    /// How bad its finding is.
    pub severity: Option<Severity>,
    /// Rows from which it is reported.
    pub threshold: Option<u64>,
    /// Whether it does not run.
    pub off: Option<bool>,
}

/// Settings of rules, by id; `*` stands for anything, and the more exact entry wins.
pub type Tuning = BTreeMap<String, RuleTuning>;

impl Allow {
    /// The lists with their names, in the order of this type.
    pub fn lists(&self) -> [(&'static str, &[String]); 5] {
        [
            ("addresses", &self.addresses),
            ("domains", &self.domains),
            ("paths", &self.paths),
            ("user_agents", &self.user_agents),
            ("rules", &self.rules),
        ]
    }

    /// What is wrong with the entries, a sentence each.
    pub fn mistakes(&self) -> Vec<String> {
        let wrong = |(list, entries): (&str, &[String])| -> Vec<String> {
            entries.iter().filter_map(|entry| mistake(list, entry)).map(|why| format!("allow.{list}: {why}")).collect()
        };
        self.lists().into_iter().flat_map(wrong).collect()
    }
}

/// An entry of a list without blanks around it. **Null**: none where it is empty or a comment.
pub fn entry(line: &str) -> Option<&str> {
    Some(line.trim()).filter(|entry| !entry.is_empty() && !entry.starts_with('#'))
}

/// What is wrong with an entry of one of the lists of [`Allow`], in a sentence without its end.
pub fn mistake(list: &str, line: &str) -> Option<String> {
    let entry = entry(line)?;
    let is_everything = entry.bytes().all(|byte| byte == b'*');
    match list {
        "addresses" => (!is_address(entry)).then(|| format!("“{entry}” is no address and no block of addresses")),
        "domains" => {
            let is_name = !is_everything && !entry.contains(|letter: char| letter.is_whitespace() || letter == '/');
            (!is_name).then(|| format!("“{entry}” is no host name"))
        }
        "rules" => None,
        _ => is_everything.then(|| format!("“{entry}” would leave out every row")),
    }
}

fn is_address(entry: &str) -> bool {
    entry.parse::<IpAddr>().is_ok() || entry.parse::<IpNet>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_do_not_hold_are_told() {
        for (list, entry, expected) in [
            ("addresses", "192.0.2.7", None),
            ("addresses", " 192.0.2.0/24 ", None),
            ("addresses", "2001:db8::/32", None),
            ("addresses", "# the office", None),
            ("addresses", "", None),
            ("addresses", "192.0.2.0/33", Some("“192.0.2.0/33” is no address and no block of addresses")),
            ("addresses", "192.0.2.*", Some("“192.0.2.*” is no address and no block of addresses")),
            ("domains", "*.example.org", None),
            ("domains", "*", Some("“*” is no host name")),
            ("domains", "example.org/x", Some("“example.org/x” is no host name")),
            ("paths", "/health*", None),
            ("paths", "**", Some("“**” would leave out every row")),
            ("user_agents", "*", Some("“*” would leave out every row")),
            ("rules", "web.*", None),
        ] {
            assert_eq!(mistake(list, entry).as_deref(), expected, "{list} {entry}");
        }
        let allow = Allow { addresses: vec!["x".into()], paths: vec!["*".into()], ..Allow::default() };
        assert_eq!(
            allow.mistakes(),
            [
                "allow.addresses: “x” is no address and no block of addresses",
                "allow.paths: “*” would leave out every row"
            ]
        );
    }
}
