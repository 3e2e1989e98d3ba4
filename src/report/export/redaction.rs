//! A report without what tells who somebody is: addresses, user names, query values, pages that led here, raw lines.
//!
//! What has a place of its own is changed there, and everything in words is then said again from it (`retell`); at last
//! every text of the whole report is gone through once more, whatever it is for, so that a new part of the report is no new
//! leak. A column that is not known to be harmless is left out whole, and so are the lists of the settings.
//! Addresses keep their beginning (two of four parts, two of eight) and get a number, the same wherever they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::query::{Answer, Ask, Question, TopValues};
use crate::report::types::{Entity, Evidence, Report};
use crate::schema::Field;
use crate::settings::{Allow, Lists, Settings};

/// What the report does not know by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    /// The user names of the logs, wherever they stand in a text.
    pub users: Vec<String>,
}

/// User names of a column that are asked for, the most frequent first.
const USERS: u32 = 100_000;
/// The columns that user names stand in.
const USER_FIELDS: [Field; 2] = [Field::UserName, Field::UserEffectiveName];

impl Redaction {
    /// What has to be asked of the rows, under any filter.
    pub fn ask() -> Ask {
        let top = |field: Field| Question::Top { field: field.into(), limit: USERS };
        Ask { filter: String::new(), questions: USER_FIELDS.map(top).to_vec() }
    }

    /// What was answered.
    pub fn of(answers: &[Answer]) -> Self {
        let mut users = Vec::new();
        for answer in answers {
            if let Answer::Top(top) = answer {
                users.extend(top.values.iter().filter_map(|value| value.value.clone()));
            }
        }
        Self { users }
    }
}

/// What stands in place of a value.
const LEFT_OUT: &str = "(left out)";
/// Where a finding begins to show what it decoded.
const DECODED: &str = "Found after decoding ";
/// Columns whose values may stay, once they have been gone through.
const KEPT: [&str; 12] = [
    "url.path",
    "url.domain",
    "user_agent.original",
    "http.request.method",
    "http.response.status_code",
    "http.version",
    "destination.port",
    "network.protocol",
    "network.transport",
    "event.dataset",
    "event.action",
    "tls.version",
];
/// Parts of a report whose texts are words of ours.
const OURS: [&str; 14] = [
    "tool", "schema", "severity", "level", "success", "stage", "verdict", "counted", "type", "unit", "field", "sha256",
    "first", "last",
];
/// Letters that an address is made of.
const ADDRESS: fn(char) -> bool = |letter| letter.is_ascii_hexdigit() || matches!(letter, ':' | '.');

/// What was put in place of what.
struct Redactor<'a> {
    /// Each name and its number.
    users: BTreeMap<&'a str, usize>,
    /// Bytes of the longest name.
    longest: usize,
    addresses: BTreeMap<IpAddr, usize>,
    named: BTreeSet<usize>,
    lines: u64,
    values: u64,
    links: u64,
}

/// The report without it, and in sentences what was left out.
pub(super) fn redact(report: &Report, redaction: &Redaction) -> (Report, Vec<String>) {
    let mut report = report.clone();
    let machines = machines(&report);
    let mut redactor = Redactor::of(redaction.users.iter().chain(&machines));
    redactor.values_of(&mut report);
    report.retell();
    redactor.words_of(&mut report);
    let report = redactor.every_text(report);
    let manifest = redactor.manifest();
    (report, manifest)
}

/// The names of machines that asked, where the log has names for addresses.
fn machines(report: &Report) -> Vec<String> {
    let entities = report.findings.iter().flat_map(|finding| &finding.entities);
    let entities = entities.chain(report.cases.iter().flat_map(|case| &case.sources));
    let entities = entities.chain(report.models.anomaly.iter().flat_map(|anomaly| &anomaly.entities));
    let named = entities.filter(|entity| entity.field == Field::SourceDomain.name()).map(|entity| &entity.value);
    let pairs = report.network.top_pairs.iter().map(|pair| &pair.source);
    let visitors = report.visitors.behaviour.iter().map(|one| &one.address);
    let sources = report.network.sources.values.iter().filter_map(|value| value.value.as_ref());
    let all = named.chain(pairs).chain(visitors).chain(sources);
    all.filter(|name| name.parse::<IpAddr>().is_err()).cloned().collect()
}

/// Settings without the lists that the user keeps, which may name people and machines.
fn settings_of(settings: &mut Settings) {
    if !settings.filter.is_empty() {
        LEFT_OUT.clone_into(&mut settings.filter);
    }
    settings.lists = Lists::default();
    settings.reading.clear();
    settings.formats.clear();
    settings.csv_columns.clear();
    settings.allow = Allow::default();
    settings.sigma_placeholders.clear();
    settings.detectors.own_networks.clear();
    settings.detectors.crawler_networks.clear();
}

/// The last part of a path: folders may be called as people are.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

impl<'a> Redactor<'a> {
    fn of(names: impl Iterator<Item = &'a String>) -> Self {
        let mut users: Vec<&str> = names.map(String::as_str).filter(|user| !user.is_empty()).collect();
        users.sort_unstable();
        users.dedup();
        let users: BTreeMap<&str, usize> = users.into_iter().zip(1..).collect();
        let longest = users.keys().map(|user| user.len()).max().unwrap_or(0);
        Self { users, longest, addresses: BTreeMap::new(), named: BTreeSet::new(), lines: 0, values: 0, links: 0 }
    }

    /// What has a place of its own.
    fn values_of(&mut self, report: &mut Report) {
        settings_of(&mut report.settings);
        for archive in &mut report.archives {
            archive.path = self.text(file_name(&archive.path));
            archive.skipped.iter_mut().for_each(|member| member.path = self.text(file_name(&member.path)));
        }
        // An id is made from the first source's address, and who has the id can try all addresses.
        report.cases.iter_mut().zip(1..).for_each(|(case, number)| case.id = format!("case.{number}"));
        for list in &mut report.left_out.lists {
            self.values += list.entries.len() as u64;
            list.entries.clear();
        }
        report.left_out.mistakes.clear();
        let network = &mut report.network;
        for top in [&mut network.sources, &mut network.destinations, &mut network.unknown_hosts, &mut network.dns.names]
        {
            self.top(top);
        }
        for pair in &mut network.top_pairs {
            self.each([&mut pair.source, &mut pair.destination]);
        }
        let traffic = &mut report.traffic;
        for top in [&mut traffic.paths, &mut traffic.domains, &mut traffic.user_agents] {
            self.top(top);
        }
        self.links += traffic.referrers.distinct;
        traffic.referrers = TopValues { values: Vec::new(), ..traffic.referrers };
        self.top(&mut report.visitors.crawlers);
        report.visitors.behaviour.iter_mut().for_each(|one| one.address = self.text(&one.address));
        for input in &mut report.inputs {
            (input.path, input.folder) = (self.text(file_name(&input.path)), String::new());
            input.rejects.iter_mut().for_each(|reject| reject.samples.clear());
        }
        report.quality.columns.iter_mut().for_each(|column| (column.constant, column.note) = (None, None));
        for lookup in &mut report.lookups {
            lookup.folders.clear();
            self.lines_of(&mut lookup.evidence);
        }
        for prefix in &mut report.user_agent_prefixes {
            prefix.folders.clear();
            self.top(&mut prefix.hosts);
        }
        for finding in &mut report.findings {
            if let Some(at) = finding.why.find(DECODED) {
                finding.why.truncate(at);
                self.values += 1;
            }
            finding.why = self.text(&finding.why);
            finding.filter.clear();
            self.entities(&mut finding.entities);
            self.lines_of(&mut finding.evidence);
            finding.charts.clear();
        }
        for case in &mut report.cases {
            case.filter.clear();
            self.entities(&mut case.sources);
            case.success_reasons.iter_mut().for_each(|reason| *reason = self.text(reason));
            case.moments.iter_mut().for_each(|moment| self.lines_of(moment.evidence.as_mut_slice()));
        }
        if let Some(anomaly) = &mut report.models.anomaly {
            anomaly.rows.clear();
            self.entities(&mut anomaly.entities);
        }
        for classifier in &mut report.models.classifiers {
            classifier.classes.clear();
        }
    }

    /// What is said in words, once more.
    fn words_of(&mut self, report: &mut Report) {
        for paragraph in &mut report.text {
            self.each([&mut paragraph.heading, &mut paragraph.body]);
        }
        report.threat.reasons.iter_mut().for_each(|reason| *reason = self.text(reason));
        for entry in &mut report.queue {
            self.each([&mut entry.title, &mut entry.next_step]);
            entry.reasons.iter_mut().for_each(|reason| *reason = self.text(reason));
        }
        for case in &mut report.cases {
            self.each([&mut case.title, &mut case.story]);
        }
        for finding in &mut report.findings {
            self.each([&mut finding.title, &mut finding.next_step, &mut finding.false_positives]);
        }
        let trusts = report.models.anomaly.iter_mut().map(|anomaly| (&mut anomaly.trust, &mut anomaly.refused));
        let others = report.models.classifiers.iter_mut().map(|one| (&mut one.trust, &mut one.refused));
        for (trust, refused) in trusts.chain(others) {
            trust.reasons.iter_mut().for_each(|reason| *reason = self.text(reason));
            *refused = refused.as_ref().map(|why| self.text(why));
        }
    }

    fn each<const N: usize>(&mut self, texts: [&mut String; N]) {
        texts.into_iter().for_each(|text| *text = self.text(text));
    }

    fn top(&mut self, top: &mut TopValues) {
        for value in &mut top.values {
            value.value = value.value.as_ref().map(|text| self.text(text));
        }
    }

    fn entities(&mut self, entities: &mut [Entity]) {
        for entity in entities {
            let is_address = entity.value.parse::<IpAddr>().is_ok();
            if is_address || KEPT.contains(&entity.field.as_str()) {
                entity.value = self.text(&entity.value);
            } else {
                self.values += 1;
                LEFT_OUT.clone_into(&mut entity.value);
            }
        }
    }

    fn lines_of(&mut self, lines: &mut [Evidence]) {
        for line in lines {
            self.lines += u64::from(!line.text.is_empty());
            line.text.clear();
            line.file = self.text(file_name(&line.file));
        }
    }

    /// A text without addresses, links, queries and user names.
    fn text(&mut self, text: &str) -> String {
        let text = self.without_mail(text);
        let text = self.without_links(&text);
        let text = self.without_addresses(&text);
        self.without_users(&text)
    }

    /// Words with `@` inside.
    fn without_mail(&mut self, text: &str) -> String {
        let is_mail = |word: &str| {
            word.split_once('@').is_some_and(|(name, host)| {
                name.ends_with(char::is_alphanumeric) && host.starts_with(char::is_alphanumeric)
            })
        };
        let mut out = String::with_capacity(text.len());
        for word in text.split_inclusive(|letter: char| letter.is_whitespace() || "\"'<>()“”,;".contains(letter)) {
            if is_mail(word) {
                self.links += 1;
                out.push_str(LEFT_OUT);
                out.extend(word.chars().next_back().filter(|last| !last.is_alphanumeric()));
            } else {
                out.push_str(word);
            }
        }
        out
    }

    /// What follows `://` or a question mark with an equals sign, up to a blank or a quote.
    fn without_links(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find("://").into_iter().chain(rest.find('?')).min() {
            let (before, from) = rest.split_at(at);
            let ends = |letter: char| letter.is_whitespace() || "\"'<>“”".contains(letter);
            let (part, after) = from.split_at(from.find(ends).unwrap_or(from.len()));
            out.push_str(before);
            if part.starts_with("://") || part.contains('=') {
                self.links += 1;
                let sign = part.chars().next().unwrap_or_default();
                out.push(sign);
                out.push_str(LEFT_OUT);
            } else {
                out.push_str(part);
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn without_addresses(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(ADDRESS) {
            let (before, from) = rest.split_at(start);
            let (run, after) = from.split_at(from.find(|letter| !ADDRESS(letter)).unwrap_or(from.len()));
            out.push_str(before);
            self.run(run, &mut out);
            rest = after;
        }
        out.push_str(rest);
        out
    }

    /// Letters of which addresses are made: the longest address from each place on goes.
    fn run(&mut self, run: &str, out: &mut String) {
        let mut rest = run;
        // Shorter is no address, longer none either: `::1`, and six parts of four with one of IPv4.
        while rest.len() > 2 {
            let lengths = (3..=rest.len().min(45)).rev();
            let found = lengths.into_iter().find_map(|len| Some((rest.get(..len)?.parse::<IpAddr>().ok()?, len)));
            let (address, len) = match found {
                Some((address, len)) => (Some(address), len),
                None => (None, 1),
            };
            match address {
                Some(address) => out.push_str(&self.pseudonym(address)),
                None => out.push_str(rest.get(..len).unwrap_or_default()),
            }
            rest = rest.get(len..).unwrap_or_default();
        }
        out.push_str(rest);
    }

    fn pseudonym(&mut self, address: IpAddr) -> String {
        let next = self.addresses.len() + 1;
        let number = *self.addresses.entry(address).or_insert(next);
        match address {
            IpAddr::V4(address) => {
                let [a, b, ..] = address.octets();
                format!("{a}.{b}.x.x#{number}")
            }
            IpAddr::V6(address) => {
                let [a, b, ..] = address.segments();
                format!("{a:x}:{b:x}:x#{number}")
            }
        }
    }

    /// Names that stand by themselves; of those that begin at the same place the longest.
    fn without_users(&mut self, text: &str) -> String {
        let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let mut out = String::with_capacity(text.len());
        let (mut rest, mut before) = (text, None);
        while let Some(letter) = rest.chars().next() {
            let name = if is_part(before) { None } else { self.name_at(rest) };
            let length = if let Some((number, length)) = name {
                self.named.insert(number);
                out.push_str("name#");
                out.push_str(&number.to_string());
                length
            } else {
                out.push(letter);
                letter.len_utf8()
            };
            let (done, left) = rest.split_at(length);
            before = done.chars().next_back();
            rest = left;
        }
        out
    }

    /// The number and the bytes of the longest name that a text begins with, if no letter follows it.
    fn name_at(&self, text: &str) -> Option<(usize, usize)> {
        let mut found = None;
        let ends =
            text.char_indices().map(|(at, letter)| at + letter.len_utf8()).take_while(|end| *end <= self.longest);
        for end in ends {
            let (name, after) = text.split_at(end);
            if !after.chars().next().is_some_and(char::is_alphanumeric) {
                found = self.users.get(name).map(|number| (*number, end)).or(found);
            }
        }
        found
    }

    /// The report with every text gone through, wherever it stands.
    fn every_text(&mut self, report: Report) -> Report {
        let Ok(mut whole) = serde_json::to_value(&report) else { return Report::default() };
        self.walk(&mut whole);
        let read = serde_json::from_value(whole);
        debug_assert!(read.is_ok(), "words of ours have stayed: {read:?}");
        // Nothing at all is better than what was not gone through.
        read.unwrap_or_default()
    }

    fn walk(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item)),
            Value::Object(members) => {
                let open = members.iter_mut().filter(|(name, _)| !OURS.contains(&name.as_str()));
                open.for_each(|(_, member)| self.walk(member));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn manifest(&self) -> Vec<String> {
        let many = |n: u64, what: &str| (n > 0).then(|| format!("{n} {what}"));
        let parts = [
            many(
                self.addresses.len() as u64,
                "addresses: each keeps its beginning and has a number, the same wherever it stands",
            ),
            many(self.named.len() as u64, "names of users and of machines that asked: each has a number"),
            many(self.links, "addresses of pages and of mail, and queries with values"),
            many(self.values, "values of columns that may tell who somebody is, and texts that were decoded"),
            many(self.lines, "raw lines: their place is given"),
        ];
        let mut said: Vec<String> = parts.into_iter().flatten().collect();
        said.push(
            "Filters, lists of the settings, samples of lines that were not understood, and the folders of files are left out"
                .to_owned(),
        );
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_that_have_names_have_none() {
        let name = "carols-laptop.example.org";
        let entity = || Entity { field: "source.domain".to_owned(), value: name.to_owned(), count: 3 };
        let mut report = Report::default();
        report.findings.push(crate::report::types::Finding {
            why: format!("Logins failed. {name}: 30 logins failed."),
            entities: vec![entity()],
            ..Default::default()
        });
        report.cases.push(crate::report::types::Case { sources: vec![entity()], n_sources: 1, ..Default::default() });
        report
            .visitors
            .behaviour
            .push(crate::report::types::Behaviour { address: name.to_owned(), ..Default::default() });
        let (redacted, manifest) = redact(&report, &Redaction::default());
        let text = serde_json::to_string(&redacted).expect("a report is JSON");
        assert!(!text.contains("carols"), "{text}");
        assert!(text.contains("name#1: 30 logins failed.") && manifest.len() > 1);
    }

    #[test]
    fn texts_lose_addresses_links_queries_and_users() {
        for (text, expected) in [
            ("192.0.2.7 asked", "192.0.x.x#1 asked"),
            ("192.0.2.7, 192.0.2.9, 192.0.2.7:80", "192.0.x.x#1, 192.0.x.x#2, 192.0.x.x#1:80"),
            ("x1.192.0.2.77.9", "x1.192.x.x#1.77.9"),
            ("[2001:db8::1]:443", "[2001:db8:x#1]:443"),
            ("at 10:30:00 it was 5.5 of 7", "at 10:30:00 it was 5.5 of 7"),
            ("Chrome/126.0.6478.127", "Chrome/126.0.6478.127"),
            ("bot (+http://example.com/a?b=c)", "bot (+http:(left out)"),
            ("/a?id=secret x", "/a?(left out) x"),
            ("who? me", "who? me"),
            ("write to bob@example.org, please", "write to (left out), please"),
            ("/~alice/malice", "/~name#2/malice"),
            ("alice al alices", "name#2 name#1 alices"),
        ] {
            let names = ["alice".to_owned(), "al".to_owned()];
            assert_eq!(Redactor::of(names.iter()).text(text), expected, "{text}");
        }
    }
}
