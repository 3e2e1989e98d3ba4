//! Detectors that need an algorithm: what pairs of machines, sources, domains and hours show in all their rows.
//!
//! ```text
//! row ─► network, dns, logins ─► subject (a pair, a source, a domain) ─┐
//!     ├► rates ─► minutes, pages of a source, hours ───────────────────┤
//!     └► values ─► texts, ports of sources ────────────────────────────┴► merged ─► verdicts ─► one finding a check
//! crawlers, tls, alerts, long connections: plans like any other check, decided row by row
//! ```
//!
//! A subject merges exactly and is bounded (`subject`); thresholds are applied once everything is together. Rows of these
//! findings are not in `flagged_rows`, unless a plan found them: what is odd is the set of rows, none of which is so by
//! itself.

mod alerts;
mod beacon;
pub(super) mod crawlers;
mod crawling;
mod dns;
mod logins;
mod minutes;
mod names;
mod near;
mod network;
mod rates;
mod subject;
mod tls;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::report::types::Chart;
use crate::schema::{Field, FieldName};
use crate::settings::{Detectors, Settings};
use crate::table::{Dictionary, NULL_NUMBER, RowSet, Selection, Shard};
use crate::units::order;

use super::columns::{Column, Joined, SOURCE_FIELDS, View};
use super::filter::Clauses;
use super::plan::Plan;
use super::tally::Tally;

use dns::Dns;
use logins::Logins;
use network::{BY_NAME, Network};
use rates::{Rates, RatesFound};
use subject::{Codes, Gathered, Name, Subjects};
use values::{Values, ValuesFound};

/// Sentences and charts of a finding: the weightiest.
const SAID: usize = 3;
/// Letters of a sentence; what is said of names of usual length has about 200.
const MAX_LETTERS: usize = 600;
/// The state of a connection in Zeek's words.
const STATE: &str = "zeek.conn.conn_state";
/// The kind of an event in Suricata's words.
const EVENT: &str = "suricata.event_type";

/// Columns of text that detectors read, by their place in [`TEXTS`].
#[derive(Clone, Copy, Debug)]
enum Text {
    Destination,
    Action,
    Transport,
    State,
    Event,
    Question,
    QuestionType,
    ResponseCode,
    Outcome,
    User,
    Client,
    Dataset,
    Agent,
    Path,
    ServerName,
    Country,
    Source,
    Host,
}

/// The columns of [`Text`]; source and host are made of several.
const TEXTS: [&str; 16] = [
    "destination.ip",
    "event.action",
    "network.transport",
    STATE,
    EVENT,
    "dns.question.name",
    "dns.question.type",
    "dns.response_code",
    "event.outcome",
    "user.name",
    "tls.client.ja3",
    "event.dataset",
    "user_agent.original",
    "url.path",
    "tls.server_name",
    "source.geo.country_iso_code",
];

/// Columns of whole numbers that detectors read, by their place in [`INTEGERS`].
#[derive(Clone, Copy, Debug)]
enum Integer {
    Port,
    Sent,
    Received,
    Answers,
    Body,
    Status,
    Start,
}

/// The columns of [`Integer`].
const INTEGERS: [Field; 7] = [
    Field::DestinationPort,
    Field::SourceBytes,
    Field::DestinationBytes,
    Field::DestinationPackets,
    Field::HttpResponseBodyBytes,
    Field::HttpResponseStatusCode,
    Field::EventStart,
];

/// The checks that are decided row by row, ready for a store.
pub(super) fn plans(selection: Selection<'_>, settings: &Settings) -> Vec<Plan> {
    let detectors = &settings.detectors;
    let mut plans = tls::plans(selection);
    plans.extend(alerts::plans(selection));
    plans.extend(network::plans(selection, detectors));
    plans.extend(crawlers::plans(selection, detectors));
    plans
}

/// The detectors, on one worker's rows.
pub(super) struct Hunt<'a> {
    names: Names<'a>,
    network: Network,
    dns: Dns,
    logins: Logins,
    rates: Rates,
    values: Values<'a>,
    kinds: Kinds,
    hours: BTreeSet<i64>,
}

/// Subjects by what they are.
#[derive(Debug, Default)]
struct Kinds {
    pairs: Gathered,
    ports: Gathered,
    hosts: Gathered,
    tunnels: Gathered,
    lookups: Gathered,
    generated: Gathered,
    logins: Gathered,
    clients: Gathered,
}

/// What collectors add to.
struct Gathering<'a> {
    kinds: &'a mut Kinds,
    /// Hours in which any pair spoke.
    hours: &'a mut BTreeSet<i64>,
    names: &'a Names<'a>,
}

/// What shards say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct HuntFound {
    /// The settings; none where nothing was merged yet.
    detectors: Option<Detectors>,
    pairs: Subjects,
    ports: Subjects,
    hosts: Subjects,
    tunnels: Subjects,
    lookups: Subjects,
    generated: Subjects,
    logins: Subjects,
    clients: Subjects,
    rates: RatesFound,
    values: ValuesFound,
    /// Hours in which any pair spoke.
    hours: BTreeSet<i64>,
}

/// What a detector says of one subject.
#[derive(Clone, Debug, Default)]
struct Verdict {
    id: &'static str,
    /// The larger, the earlier it is said.
    weight: f64,
    sentence: String,
    tally: Tally,
    /// Columns and values.
    entities: Vec<(String, String)>,
    /// The filter that shows its rows.
    clause: String,
    chart: Option<Chart>,
}

/// What one check found.
#[derive(Clone, Debug, Default)]
pub(super) struct HuntFinding {
    pub id: &'static str,
    pub tally: Tally,
    /// Rows by column and value.
    pub entities: BTreeMap<(String, String), u64>,
    /// What was found of each source, as column and text; a source stands once for each thing that it dealt with.
    pub sources: Vec<((String, String), Tally)>,
    pub filter: Clauses,
    /// The weightiest, in words.
    pub sentences: Vec<String>,
    pub charts: Vec<Chart>,
}

impl<'a> Hunt<'a> {
    /// The columns to decode.
    pub fn columns(out: &mut Vec<Column>) {
        out.extend(TEXTS.map(|name| Column::Text(FieldName::new(name))));
        out.extend(INTEGERS.map(|field| Column::Number(field.into())));
        out.push(Column::Host);
    }

    /// The detectors, with what they need evaluated on the store's dictionaries.
    pub fn new(selection: Selection<'a>, view: &View<'a>, settings: &Settings) -> Self {
        Self {
            names: Names::new(selection, view),
            network: Network::new(selection, view, &settings.detectors),
            dns: Dns::new(selection),
            logins: Logins::new(selection),
            rates: Rates::new(selection, view),
            values: Values::new(selection),
            kinds: Kinds::default(),
            hours: BTreeSet::new(),
        }
    }

    /// Counts a shard's rows.
    pub fn count(&mut self, shard: &Shard, rows: &RowSet, view: &View<'_>) {
        let columns = Rows::new(shard, view);
        let mut gathering = Gathering { kinds: &mut self.kinds, hours: &mut self.hours, names: &self.names };
        if self.network.is_wanted(&columns) {
            rows.for_each(|row| self.network.count(&columns, row, &mut gathering));
        }
        if Dns::is_wanted(&columns) {
            rows.for_each(|row| self.dns.count(&columns, row, &mut gathering));
        }
        if Logins::is_wanted(&columns) {
            rows.for_each(|row| self.logins.count(&columns, row, &mut gathering));
        }
        if shard.table.column(&Field::TlsClientJa3.into()).is_some() {
            rows.for_each(|row| tls::count(&columns, row, &mut gathering));
        }
        if shard.table.column(&Field::HttpResponseStatusCode.into()).is_some() {
            self.rates.count(rows, &columns);
        }
        self.values.count(rows, &columns);
    }

    /// What was found in the store.
    pub fn found(self, view: &View<'_>, settings: &Settings) -> HuntFound {
        let (kinds, names, dns) = (self.kinds, self.names, self.dns);
        let named = |gathered: Gathered| gathered.named(|codes| names.name(codes));
        HuntFound {
            detectors: Some(settings.detectors.clone()),
            pairs: named(kinds.pairs),
            ports: named(kinds.ports),
            hosts: named(kinds.hosts),
            tunnels: kinds.tunnels.named(|codes| names.of_domain(codes, &dns)),
            lookups: named(kinds.lookups),
            generated: named(kinds.generated),
            logins: named(kinds.logins),
            clients: kinds.clients.named(|codes| names.of_client(codes)),
            rates: self.rates.named(view),
            values: self.values.named(view),
            hours: self.hours,
        }
    }
}

impl HuntFound {
    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        self.detectors = self.detectors.take().or(other.detectors);
        let others = [
            (&mut self.pairs, other.pairs),
            (&mut self.ports, other.ports),
            (&mut self.hosts, other.hosts),
            (&mut self.tunnels, other.tunnels),
            (&mut self.lookups, other.lookups),
            (&mut self.generated, other.generated),
            (&mut self.logins, other.logins),
            (&mut self.clients, other.clients),
        ];
        others.into_iter().for_each(|(own, other)| own.merge(other));
        self.rates.merge(other.rates);
        self.values.merge(other.values);
        other.hours.into_iter().for_each(|hour| network::add_hour(&mut self.hours, hour));
    }

    /// What was found, a finding a check.
    pub fn finish(self) -> Vec<HuntFinding> {
        let detectors = self.detectors.unwrap_or_default();
        let mut verdicts = network::pairs(&self.pairs, &self.hours, &detectors);
        verdicts.extend(network::scans("network.port_scan", &self.ports, &detectors));
        verdicts.extend(network::scans("network.host_sweep", &self.hosts, &detectors));
        verdicts.extend(dns::tunnels(&self.tunnels, &detectors));
        verdicts.extend(dns::failing(&self.lookups, &detectors));
        verdicts.extend(dns::generated(&self.generated, &detectors));
        verdicts.extend(logins::verdicts(&self.logins, &detectors));
        verdicts.extend(tls::rare(&self.clients));
        verdicts.extend(self.rates.verdicts(&detectors));
        verdicts.extend(self.values.verdicts(&detectors));
        order::sort_by(&mut verdicts, |a, b| {
            a.id.cmp(b.id).then(b.weight.total_cmp(&a.weight)).then_with(|| a.sentence.cmp(&b.sentence))
        });
        let mut findings: Vec<HuntFinding> = Vec::new();
        for verdict in verdicts {
            match findings.last_mut() {
                Some(finding) if finding.id == verdict.id => finding.add(verdict),
                _ => {
                    let mut finding = HuntFinding { id: verdict.id, ..HuntFinding::default() };
                    finding.filter.set(fallback(verdict.id), "");
                    finding.add(verdict);
                    findings.push(finding);
                }
            }
        }
        findings
    }
}

/// The filter where there are too many subjects.
fn fallback(id: &str) -> &'static str {
    match id.split('.').next() {
        Some("dns") => "dns.question.name: *",
        Some("auth") => "event.outcome: *",
        Some("tls") => "tls.client.ja3: *",
        Some("http") => "http.response.status_code: *",
        _ => "destination.ip: *",
    }
}

impl HuntFinding {
    fn add(&mut self, verdict: Verdict) {
        self.tally.merge(&verdict.tally);
        let is_source = |(field, _): &&(String, String)| SOURCE_FIELDS.iter().any(|known| known.name() == field);
        if let Some(source) = verdict.entities.iter().find(is_source) {
            self.sources.push((source.clone(), verdict.tally.clone()));
        }
        for entity in verdict.entities {
            *self.entities.entry(entity).or_default() += verdict.tally.count;
        }
        self.filter.add("", verdict.clause);
        if self.sentences.len() < SAID {
            self.sentences.push(sayable(&verdict.sentence));
            let chart = verdict.chart.map(|chart| Chart { title: sayable(&chart.title), ..chart });
            self.charts.extend(chart.filter(|chart| !self.charts.contains(chart)));
        }
    }
}

/// A sentence without control characters, which log content in it may have, and not longer than anybody reads.
fn sayable(sentence: &str) -> String {
    let plain = |letter: char| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter };
    sentence.chars().take(MAX_LETTERS).map(plain).collect()
}

/// The columns of the shard in view.
struct Rows<'v> {
    shard: &'v Shard,
    view: &'v View<'v>,
    texts: [&'v [u32]; TEXTS.len() + 2],
    integers: [&'v [i64]; INTEGERS.len()],
}

impl<'v> Rows<'v> {
    fn new(shard: &'v Shard, view: &'v View<'v>) -> Self {
        let mut texts: [&[u32]; TEXTS.len() + 2] = [&[]; TEXTS.len() + 2];
        for (slot, name) in texts.iter_mut().zip(TEXTS) {
            *slot = view.codes(&Column::Text(FieldName::new(name)));
        }
        for (text, column) in [(Text::Source, Column::Source), (Text::Host, Column::Host)] {
            texts.get_mut(text as usize).into_iter().for_each(|slot| *slot = view.codes(&column));
        }
        Self { shard, view, texts, integers: INTEGERS.map(|field| view.numbers(field)) }
    }

    /// A row's code in a column of text; 0 for no value.
    fn code(&self, text: Text, row: usize) -> u32 {
        self.texts.get(text as usize).and_then(|codes| codes.get(row)).copied().unwrap_or(0)
    }

    /// A row's number. **Null**: none.
    fn number(&self, integer: Integer, row: usize) -> Option<i64> {
        let value = self.integers.get(integer as usize).and_then(|numbers| numbers.get(row)).copied()?;
        (value != NULL_NUMBER).then_some(value)
    }

    /// When a row happened, µs.
    fn time(&self, row: usize) -> Option<i64> {
        self.view.time(row)
    }
}

/// What the codes of subjects stand for.
struct Names<'a> {
    sources: Joined<'a>,
    hosts: Joined<'a>,
    destinations: Option<&'a Dictionary>,
    datasets: Option<&'a Dictionary>,
    clients: Option<&'a Dictionary>,
}

impl<'a> Names<'a> {
    fn new(selection: Selection<'a>, view: &View<'a>) -> Self {
        Self {
            sources: view.sources.clone(),
            hosts: view.hosts.clone(),
            destinations: selection.dictionary(&Field::DestinationIp.into()),
            datasets: selection.dictionary(&Field::EventDataset.into()),
            clients: selection.dictionary(&Field::TlsClientJa3.into()),
        }
    }

    /// The name of a subject whose object is a destination or a host.
    fn name(&self, codes: Codes) -> Name {
        let object = match codes.object {
            0 => ("", ""),
            host if host & BY_NAME > 0 => joined(&self.hosts, host as u32),
            destination => (Field::DestinationIp.name(), text(self.destinations, destination as u32)),
        };
        Name::new(joined(&self.sources, codes.source), object, codes.number, text(self.datasets, codes.dataset))
    }

    /// The name of a subject that is a fingerprint, whoever has it.
    fn of_client(&self, codes: Codes) -> Name {
        let object = (Field::TlsClientJa3.name(), text(self.clients, codes.object as u32));
        Name::new(("", ""), object, 0, "")
    }

    /// The name of a subject whose object is a registered domain.
    fn of_domain(&self, codes: Codes, dns: &Dns) -> Name {
        let object = (Field::DnsQuestionName.name(), dns.domain(codes.object));
        Name::new(joined(&self.sources, codes.source), object, 0, "")
    }
}

fn joined<'a>(texts: &'a Joined<'_>, code: u32) -> (&'a str, &'a str) {
    texts.get(code).map_or(("", ""), |(field, text)| (field.as_str(), text))
}

fn text(dictionary: Option<&Dictionary>, code: u32) -> &str {
    dictionary.map_or("", |dictionary| dictionary.get(code))
}
