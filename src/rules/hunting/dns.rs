//! Look-ups of names: data carried inside names, sources that ask for what does not exist, names that a program drew.
//!
//! A name is taken apart once, in its dictionary. A name below a registered domain counts for the tunnel; the domain
//! itself for failing look-ups and drawn letters, so that a search suffix, which makes many names of one domain, does not.

use crate::enrich::domain::registered;
use crate::schema::Field;
use crate::settings::Detectors;
use crate::table::Selection;
use crate::units::hash::hash_text;

use super::names::{entropy, is_generated};
use super::network::{clause, flag, texts};
use super::subject::{Codes, Name, Subject, Subjects};
use super::{Gathering, Rows, Text, Verdict};

/// Letters that names of a tunnel have below the domain, on average.
const TUNNEL_LETTERS: u64 = 25;
/// Their mix, in hundredths of a bit a letter: words have less, encoded bytes more.
const TUNNEL_ENTROPY: u64 = 320;
/// The same where most look-ups are of the kinds that carry most.
const CARRIER_LETTERS: u64 = 15;
/// Kinds of records that carry more than an address and that hardly anybody asks for otherwise.
const CARRIERS: [&str; 3] = ["TXT", "NULL", "CNAME"];

/// What the texts of look-ups mean, by their codes.
pub(super) struct Dns {
    names: Vec<Question>,
    /// Registered domains, by their number from 1.
    domains: Vec<String>,
    is_carrier: Vec<bool>,
    is_failure: Vec<bool>,
}

/// A name that was looked up.
#[derive(Clone, Copy, Debug, Default)]
struct Question {
    /// The number of its registered domain; 0 for none.
    domain: u32,
    domain_hash: u64,
    /// Its hash where it is below the domain; 0 where it is the domain itself.
    hash: u64,
    /// Letters below the domain, and their mix.
    property: u32,
    is_generated: bool,
}

impl Dns {
    /// The meanings, evaluated on the store's dictionaries.
    pub fn new(selection: Selection<'_>) -> Self {
        let mut domains: Vec<String> = Vec::new();
        let mut numbers = std::collections::BTreeMap::new();
        let names = texts(selection, &Field::DnsQuestionName.into(), str::to_ascii_lowercase);
        let question = |name: &String| {
            let Some((below, domain)) = registered(name) else { return Question::default() };
            let number = *numbers.entry(domain.to_owned()).or_insert_with(|| {
                domains.push(domain.to_owned());
                domains.len() as u32
            });
            let letters = below.len().min(usize::from(u16::MAX)) as u32;
            Question {
                domain: number,
                domain_hash: hash_text(domain),
                hash: if below.is_empty() { 0 } else { hash_text(below).max(1) },
                property: letters << 16 | entropy(below),
                is_generated: is_generated(domain),
            }
        };
        let names = names.iter().map(question).collect();
        let is_carrier = texts(selection, &Field::DnsQuestionType.into(), |kind| {
            CARRIERS.iter().any(|known| known.eq_ignore_ascii_case(kind))
        });
        // Zeek and Suricata write names of codes, others their numbers.
        let is_failure = texts(selection, &Field::DnsResponseCode.into(), |code| {
            code.eq_ignore_ascii_case("NXDOMAIN") || code == "3"
        });
        Self { names, domains, is_carrier, is_failure }
    }

    /// A registered domain.
    pub fn domain(&self, number: u64) -> &str {
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| self.domains.get(place)).map_or("", String::as_str)
    }

    /// Whether a shard's rows may be look-ups.
    pub fn is_wanted(rows: &Rows<'_>) -> bool {
        rows.shard.table.column(&Field::DnsQuestionName.into()).is_some()
    }

    /// Counts a row.
    pub fn count(&self, rows: &Rows<'_>, row: usize, gathering: &mut Gathering<'_>) {
        let (source, name) = (rows.code(Text::Source, row), rows.code(Text::Question, row));
        let Some(question) = self.names.get(name as usize).filter(|question| question.domain > 0) else { return };
        if source == 0 {
            return;
        }
        let (time, names) = (rows.time(row), gathering.names);
        let of_source = Codes { source, object: 0, number: 0, dataset: 0 };
        if question.hash > 0 {
            let codes = Codes { object: u64::from(question.domain), ..of_source };
            if let Some(tunnel) = gathering.kinds.tunnels.subject(codes, |codes| names.of_domain(codes, self)) {
                tunnel.rows += 1;
                tunnel.tally.add(rows.shard, row, time);
                tunnel.add_distinct(question.hash, question.property);
                if flag(&self.is_carrier, rows.code(Text::QuestionType, row)) {
                    tunnel.sent += 1;
                }
            }
        }
        let answer = rows.code(Text::ResponseCode, row);
        if answer > 0
            && let Some(lookups) = gathering.kinds.lookups.subject(of_source, |codes| names.name(codes))
        {
            lookups.rows += 1;
            if flag(&self.is_failure, answer) {
                lookups.tally.add(rows.shard, row, time);
                lookups.add_distinct(question.domain_hash, 0);
            }
        }
        if question.is_generated
            && let Some(generated) = gathering.kinds.generated.subject(of_source, |codes| names.name(codes))
        {
            generated.rows += 1;
            generated.tally.add(rows.shard, row, time);
            generated.add_distinct(question.domain_hash, 0);
        }
    }
}

/// What names below a domain show.
pub(super) fn tunnels(subjects: &Subjects, detectors: &Detectors) -> Vec<Verdict> {
    subjects.0.iter().filter_map(|(name, subject)| tunnel(name, subject, detectors)).collect()
}

fn tunnel(name: &Name, subject: &Subject, detectors: &Detectors) -> Option<Verdict> {
    let n = subject.distinct.len() as u64;
    if n < u64::from(detectors.tunnel_names.clamp(1, 256)) {
        return None;
    }
    let letters = subject.distinct.values().map(|property| u64::from(property >> 16)).sum::<u64>() / n;
    let mix = subject.distinct.values().map(|property| u64::from(property & 0xffff)).sum::<u64>() / n;
    let is_carried = subject.sent * 2 >= subject.rows;
    let least = if is_carried { CARRIER_LETTERS } else { TUNNEL_LETTERS };
    if letters < least || mix < TUNNEL_ENTROPY {
        return None;
    }
    let sentence = format!(
        "{} looked up {} names below {}, on average {letters} letters long at {}.{:02} bits a letter; {} of {} look-ups were \
         TXT, NULL or CNAME.",
        name.source.1,
        many(n),
        name.object.1,
        mix / 100,
        mix % 100,
        subject.sent,
        subject.rows
    );
    let below = format!("dns.question.name: {}", crate::rules::filter::wild(&format!("*.{}", name.object.1)));
    Some(Verdict {
        id: "dns.tunnel",
        weight: subject.rows as f64,
        sentence,
        tally: subject.tally.clone(),
        entities: vec![name.source.clone(), name.object.clone()],
        clause: format!("({} and {below})", clause(&name.source)),
        ..Verdict::default()
    })
}

/// What look-ups of names that do not exist show.
pub(super) fn failing(subjects: &Subjects, detectors: &Detectors) -> Vec<Verdict> {
    let least = usize::from(detectors.failed_lookups.clamp(1, 256));
    let is_failing = |subject: &Subject| subject.distinct.len() >= least && subject.tally.count * 2 >= subject.rows;
    let verdict = |(name, subject): (&Name, &Subject)| {
        let sentence = format!(
            "{}: {} of {} look-ups found nothing, under {} domains, at most {} within a minute.",
            name.source.1,
            subject.tally.count,
            subject.rows,
            many(subject.distinct.len() as u64),
            subject.most_within(60)
        );
        let clause = format!("({} and dns.response_code: (\"NXDOMAIN\" or 3))", clause(&name.source));
        Verdict { sentence, clause, ..of_source("dns.failing_lookups", name, subject) }
    };
    subjects.0.iter().filter(|(_, subject)| is_failing(subject)).map(verdict).collect()
}

/// What look-ups of drawn names show.
pub(super) fn generated(subjects: &Subjects, detectors: &Detectors) -> Vec<Verdict> {
    let least = usize::from(detectors.generated_names.clamp(1, 256));
    let verdict = |(name, subject): (&Name, &Subject)| {
        let domains = many(subject.distinct.len() as u64);
        let sentence = format!("{} looked up {domains} such domains, {} times in all.", name.source.1, subject.rows);
        let clause = format!("({} and dns.question.name: *)", clause(&name.source));
        Verdict { sentence, clause, ..of_source("dns.generated_names", name, subject) }
    };
    subjects.0.iter().filter(|(_, subject)| subject.distinct.len() >= least).map(verdict).collect()
}

fn of_source(id: &'static str, name: &Name, subject: &Subject) -> Verdict {
    let entities = vec![name.source.clone()];
    Verdict { id, weight: subject.tally.count as f64, tally: subject.tally.clone(), entities, ..Verdict::default() }
}

/// A count that is kept up to 256.
pub(super) fn many(n: u64) -> String {
    if n >= 256 { "256 or more".to_owned() } else { n.to_string() }
}
