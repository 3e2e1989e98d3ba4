//! Who and what findings are about, as far as it may be blocked: without the house's own addresses, what the user allows,
//! and crawlers that come from where their company says.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::enrich::address::{self, AddressKind};
use crate::query::{Ask, Pattern, Question, TopValues, quote};
use crate::report::types::{Entity, Finding};
use crate::rules::crawlers;
use crate::schema::{Field, FieldName};
use crate::settings::{Settings, entry, mistake};

use super::By;
use super::escape::is_writable;

/// Values of a column that a finding lists at most: it may have more.
const LISTED: usize = 50;

/// Who and what would be blocked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subjects {
    /// Who asked. **Order**: by address.
    pub sources: Vec<IpAddr>,
    /// Where the house's own machines went, where nobody from outside asked. **Order**: by address.
    pub destinations: Vec<IpAddr>,
    /// What was asked for. **Order**: by path.
    pub paths: Vec<String>,
    /// What clients call themselves. **Order**: by text.
    pub user_agents: Vec<String>,
    /// What was left out, and why, a sentence each.
    pub notes: Vec<String>,
}

/// A question whose answer tells which of the addresses say that they are a company's crawler.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The company.
    pub company: String,
    /// The question.
    pub ask: Ask,
    networks: Vec<IpNet>,
}

impl Subjects {
    /// The subjects of findings.
    pub fn of(findings: &[&Finding], settings: &Settings) -> Self {
        let entities = || findings.iter().flat_map(|finding| &finding.entities);
        let values = |field: Field| entities().filter(move |entity| entity.field == field.name());
        let mut subjects = Self::default();
        let sources = subjects.addresses(values(Field::SourceIp), settings);
        // Who asked from inside is not blocked: what it went to is.
        subjects.destinations =
            if sources.is_empty() { subjects.addresses(values(Field::DestinationIp), settings) } else { Vec::new() };
        subjects.sources = sources;
        subjects.paths = subjects.texts(values(Field::UrlPath), &settings.allow.paths, "path");
        subjects.user_agents =
            subjects.texts(values(Field::UserAgentOriginal), &settings.allow.user_agents, "user agent");
        let is_cut = |finding: &&Finding| {
            let of = |field: Field| finding.entities.iter().filter(|entity| entity.field == field.name()).count();
            [Field::SourceIp, Field::UrlPath, Field::UserAgentOriginal].into_iter().any(|field| of(field) >= LISTED)
        };
        if findings.iter().any(is_cut) {
            subjects.notes.push(format!("Only the {LISTED} most frequent values of a column are in it."));
        }
        subjects
    }

    /// Public addresses that are neither the user's own nor allowed; what is left out is told.
    fn addresses<'a>(&mut self, values: impl Iterator<Item = &'a Entity>, settings: &Settings) -> Vec<IpAddr> {
        let found: BTreeSet<IpAddr> = values.filter_map(|entity| address::parse(&entity.value)).collect();
        let own = blocks(&settings.detectors.own_networks);
        let allowed = blocks(&settings.allow.addresses);
        let is_in = |blocks: &[IpNet], address: &IpAddr| blocks.iter().any(|block| block.contains(address));
        let is_public = |address: &IpAddr| {
            matches!(address::kind(*address), AddressKind::Public | AddressKind::Documentation) && !is_in(&own, address)
        };
        let (public, inner): (Vec<IpAddr>, Vec<IpAddr>) = found.into_iter().partition(is_public);
        let (known, wanted): (Vec<IpAddr>, Vec<IpAddr>) = public.into_iter().partition(|a| is_in(&allowed, a));
        self.left_out(inner.len(), "address", "private, special or your own");
        self.left_out(known.len(), "address", "on your allow list");
        wanted
    }

    fn texts<'a>(&mut self, values: impl Iterator<Item = &'a Entity>, allowed: &[String], what: &str) -> Vec<String> {
        let found: BTreeSet<&str> = values.map(|entity| entity.value.as_str()).collect();
        let patterns: Vec<Pattern> = allowed.iter().filter_map(|line| entry(line)).map(Pattern::of).collect();
        let (known, other): (Vec<&str>, Vec<&str>) =
            found.into_iter().partition(|text| patterns.iter().any(|pattern| pattern.fits(text)));
        let (wanted, odd): (Vec<&str>, Vec<&str>) = other.into_iter().partition(|text| is_writable(text));
        self.left_out(known.len(), what, "on your allow list");
        self.left_out(odd.len(), what, "too long, or holds characters that cannot be written safely");
        wanted.into_iter().map(str::to_owned).collect()
    }

    fn left_out(&mut self, number: usize, what: &str, why: &str) {
        match number {
            0 => {}
            1 => self.notes.push(format!("1 {what} is left out: it is {why}.")),
            many => {
                let ending = if what.ends_with("ss") { "es" } else { "s" };
                self.notes.push(format!("{many} {what}{ending} are left out, each {why}."));
            }
        }
    }

    /// Questions on which of the addresses say that they are crawlers: a crawler that comes from its company's addresses
    /// should not be blocked with the rest.
    pub fn claims(&self, settings: &Settings) -> Vec<Claim> {
        if self.sources.is_empty() {
            return Vec::new();
        }
        let addresses = any_of(Field::SourceIp, self.sources.iter().map(ToString::to_string));
        let claim = |(company, agents, networks): (&str, &[&str], Vec<IpNet>)| {
            let agents: Vec<String> = agents.iter().map(|agent| format!("*{agent}*")).collect();
            let agents = format!("{}: ({})", Field::UserAgentOriginal.name(), agents.join(" or "));
            let question = Question::Top { field: FieldName::from(Field::SourceIp), limit: self.sources.len() as u32 };
            let ask = Ask { filter: format!("{addresses} and {agents}"), questions: vec![question] };
            Claim { company: company.to_owned(), ask, networks }
        };
        crawlers(&settings.detectors).map(claim).collect()
    }

    /// Leaves out the addresses that answered to a claim and lie in the company's networks.
    pub fn verify(&mut self, claim: &Claim, found: &TopValues) {
        let claiming: BTreeSet<IpAddr> =
            found.values.iter().filter_map(|value| address::parse(value.value.as_deref()?)).collect();
        let before = self.sources.len();
        self.sources.retain(|address| {
            !claiming.contains(address) || !claim.networks.iter().any(|network| network.contains(address))
        });
        let why = format!("a crawler of {} that comes from its networks", claim.company);
        self.left_out(before - self.sources.len(), "address", &why);
    }

    /// Whether there is nothing to recognise rows by.
    pub fn is_empty(&self, by: By) -> bool {
        match by {
            By::Addresses => self.sources.is_empty() && self.destinations.is_empty(),
            By::Paths => self.paths.is_empty(),
            By::UserAgents => self.user_agents.is_empty(),
        }
    }

    /// The way by which rows are best recognised.
    pub fn best(&self) -> By {
        By::ALL.into_iter().find(|by| !self.is_empty(*by)).unwrap_or_default()
    }

    /// Whether the addresses are where the house's own machines went.
    pub fn are_destinations(&self, by: By) -> bool {
        by == By::Addresses && self.sources.is_empty() && !self.destinations.is_empty()
    }

    /// The addresses, whichever they are.
    pub(super) fn any_addresses(&self) -> &[IpAddr] {
        if self.sources.is_empty() { &self.destinations } else { &self.sources }
    }

    /// What rows are recognised by, as texts.
    pub(super) fn values(&self, by: By) -> Box<dyn Iterator<Item = String> + '_> {
        match by {
            By::Addresses => Box::new(self.any_addresses().iter().map(ToString::to_string)),
            By::Paths => Box::new(self.paths.iter().cloned()),
            By::UserAgents => Box::new(self.user_agents.iter().cloned()),
        }
    }

    /// A filter for the rows that would be blocked. **Null**: none where there are none.
    pub fn filter(&self, by: By) -> Option<String> {
        let field = match by {
            By::Addresses if self.are_destinations(by) => Field::DestinationIp,
            By::Addresses => Field::SourceIp,
            By::Paths => Field::UrlPath,
            By::UserAgents => Field::UserAgentOriginal,
        };
        (!self.is_empty(by)).then(|| any_of(field, self.values(by)))
    }
}

fn any_of(field: Field, values: impl Iterator<Item = String>) -> String {
    let values: Vec<String> = values.map(|value| quote(&value)).collect();
    format!("{}: ({})", field.name(), values.join(" or "))
}

fn blocks(list: &[String]) -> Vec<IpNet> {
    let lines = list.iter().filter(|line| mistake("addresses", line).is_none()).filter_map(|line| entry(line));
    lines.filter_map(|text| text.parse().ok().or_else(|| address::parse(text).map(IpNet::from))).collect()
}
