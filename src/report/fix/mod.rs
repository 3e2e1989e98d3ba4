//! Findings as configuration of other programs: what would block them, or look for them elsewhere.
//!
//! ```text
//! findings ─► subjects (who and what, without the house's own) ─► filter ─► the report under it: a dry run
//!                                                              └► a file for nginx, Apache, nftables, …
//! ```
//!
//! Addresses are parsed and written anew; every other value of the log goes through `escape` for its target, and what
//! cannot be written safely is left out and told. Nothing here reads rows: the dry run is the ordinary report under the
//! filter of what would be blocked.

mod apache;
mod cloudflare;
mod dry_run;
mod escape;
mod fail2ban;
mod navigator;
mod nftables;
mod nginx;
mod sigma;
mod stix;
mod subjects;

use serde::{Deserialize, Serialize};

pub use dry_run::{DryRun, both};
pub use escape::is_odd;
pub use subjects::{Claim, Subjects};

use super::types::{Finding, Report};

/// What a fix is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// `deny` and `map` of nginx.
    Nginx,
    /// Apache 2.4.
    Apache,
    /// Sets of nftables.
    Nftables,
    /// A filter and a jail of fail2ban.
    Fail2ban,
    /// A rule expression of Cloudflare.
    Cloudflare,
    /// Values, one a line.
    List,
    /// A Sigma rule.
    Sigma,
    /// Indicators in STIX 2.1.
    Stix,
    /// A layer of the ATT&CK Navigator.
    Navigator,
}

/// What rows are recognised by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Who asked, or where the house's own machines went.
    #[default]
    Addresses,
    /// What was asked for.
    Paths,
    /// What the client calls itself.
    UserAgents,
}

/// A file for another program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fix {
    /// The file's name.
    pub name: &'static str,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub text: String,
    /// What to know before it is used, a sentence each.
    pub notes: Vec<String>,
}

impl Target {
    /// Every target, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::Nginx,
        Self::Apache,
        Self::Nftables,
        Self::Fail2ban,
        Self::Cloudflare,
        Self::List,
        Self::Sigma,
        Self::Stix,
        Self::Navigator,
    ];

    /// The word for it on the command line and in menus' values.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Nftables => "nftables",
            Self::Fail2ban => "fail2ban",
            Self::Cloudflare => "cloudflare",
            Self::List => "list",
            Self::Sigma => "sigma",
            Self::Stix => "stix",
            Self::Navigator => "navigator",
        }
    }

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Nginx => "nginx configuration",
            Self::Apache => "Apache 2.4 configuration",
            Self::Nftables => "nftables sets",
            Self::Fail2ban => "fail2ban filter and jail",
            Self::Cloudflare => "Cloudflare expression",
            Self::List => "Plain list",
            Self::Sigma => "Sigma rule",
            Self::Stix => "STIX 2.1 indicators",
            Self::Navigator => "ATT&CK Navigator layer",
        }
    }

    /// The target of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.word() == word)
    }

    /// Whether it stops requests, so that a dry run says what it would stop.
    pub fn blocks(self) -> bool {
        !matches!(self, Self::Sigma | Self::Stix | Self::Navigator)
    }

    fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Nginx => ("logloupe-nginx.conf", "text/plain"),
            Self::Apache => ("logloupe-apache.conf", "text/plain"),
            Self::Nftables => ("logloupe.nft", "text/plain"),
            Self::Fail2ban => ("logloupe-fail2ban.conf", "text/plain"),
            Self::Cloudflare => ("logloupe-cloudflare.txt", "text/plain"),
            Self::List => ("logloupe-list.txt", "text/plain"),
            Self::Sigma => ("logloupe.yml", "application/yaml"),
            Self::Stix => ("logloupe-stix.json", "application/json"),
            Self::Navigator => ("logloupe-navigator.json", "application/json"),
        }
    }
}

impl By {
    /// Every way, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Addresses, Self::Paths, Self::UserAgents];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            Self::Addresses => "addresses",
            Self::Paths => "paths",
            Self::UserAgents => "user agents",
        }
    }
}

/// The findings of a report with these ids.
pub fn findings_of<'a>(report: &'a Report, ids: &[String]) -> Vec<&'a Finding> {
    report.findings.iter().filter(|finding| ids.contains(&finding.id)).collect()
}

/// The findings written for a target; the subjects are theirs.
pub fn export(findings: &[&Finding], subjects: &Subjects, (target, by): (Target, By)) -> Fix {
    let (name, media_type) = target.file();
    let mut notes = subjects.notes.clone();
    let text = if subjects.is_empty(by) && target != Target::Navigator {
        notes.push(format!("The finding names no {} that can be used here.", by.title()));
        String::new()
    } else {
        match target {
            Target::Nginx => nginx::text(findings, subjects, by),
            Target::Apache => apache::text(findings, subjects, by),
            Target::Nftables => nftables::text(findings, subjects, by, &mut notes),
            Target::Fail2ban => fail2ban::text(findings, subjects, by, &mut notes),
            Target::Cloudflare => cloudflare::text(subjects, by, &mut notes),
            Target::List => lines(subjects.values(by).map(|value| format!("{value}\n"))),
            Target::Sigma => sigma::text(findings, subjects, by),
            Target::Stix => stix::text(findings, subjects, by),
            Target::Navigator => navigator::text(findings, &mut notes),
        }
    };
    if subjects.are_destinations(by) && matches!(target, Target::Nginx | Target::Apache | Target::Cloudflare) {
        notes.push("The addresses are where the house's own machines went: this program stops requests to you.".into());
    }
    Fix { name, media_type, text, notes }
}

/// Lines, each with its end, one after the other.
fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().concat()
}

/// A comment of one line: what the findings are.
fn about(findings: &[&Finding]) -> String {
    let titles: Vec<String> =
        findings.iter().map(|finding| escape::plain(&format!("{} ({})", finding.title, finding.id))).collect();
    format!("Logloupe: {}", titles.join("; "))
}

#[cfg(test)]
mod tests;
