//! Connections: who calls home by the clock, who never stops, who knocks on doors, who carries much out or in.
//!
//! A connection is a row with a destination and, where its log tells, how it ended. Logs that tell of one connection again
//! (Zeek's `files`, `weird`, `notice`; Suricata's events beside `flow`) are left out; those that tell it in other words
//! (`conn` and `http`) are subjects of their own. A pair counts from inside out only: the source is private or in
//! [`Detectors::own_networks`], the destination is neither.

use std::collections::BTreeSet;

use ipnet::IpNet;

use crate::enrich::address::{self, AddressKind};
use crate::enrich::domain::registered;
use crate::report::types::{Bar, Chart};
use crate::rules::catalog::check;
use crate::rules::columns::{Column, View};
use crate::rules::filter::exact;
use crate::rules::plan::{Condition, Plan, matching};
use crate::schema::{Field, FieldName};
use crate::settings::Detectors;
use crate::table::Selection;
use crate::units::hash::{hash_text, mix};

use super::beacon::{Score, intervals, median};
use super::subject::{Codes, Name, Subject, Subjects};
use super::{EVENT, Gathering, Integer, Rows, STATE, Text, Verdict};

/// Zeek's logs of which a row is a connection.
const CONNECTIONS: [&str; 3] = ["zeek.conn", "zeek.http", "zeek.ssl"];
/// States of connections that nobody took: no answer, refused, given up half way.
const UNANSWERED: [&str; 5] = ["S0", "REJ", "RSTOS0", "RSTRH", "SH"];
/// States of connections that ended at once; taken only where nothing came back.
const RESET: [&str; 3] = ["RSTO", "RSTR", "SHR"];
/// Ports of which every machine asks by the clock: names, time, its address, its neighbours.
const HOUSEKEEPING: [i64; 12] = [53, 67, 68, 123, 137, 138, 546, 547, 853, 1900, 5353, 5355];
/// Seconds that a beacon's connections span at least.
const BEACON_SPAN: i64 = 3600;
/// A strobe's connections at least: an hour of one a second.
const STROBE_ROWS: u64 = 3600;
/// How much more is sent than received, where data leaves.
const UPLOAD_RATIO: u64 = 4;
/// The object of a subject that is a host by name.
pub(super) const BY_NAME: u64 = 1 << 32;
/// Hours of the log that are kept, the earliest first: more than two years.
const MAX_HOURS: usize = 20_000;
/// Bars of a chart.
const BARS: i64 = 40;

/// Notes an hour, if it is among the first that are kept.
pub(super) fn add_hour(hours: &mut BTreeSet<i64>, hour: i64) {
    if hours.insert(hour) && hours.len() > MAX_HOURS {
        hours.pop_last();
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum End {
    #[default]
    Unknown,
    Unanswered,
    Reset,
    Answered,
}

/// What the texts of connections mean, by their codes.
pub(super) struct Network {
    is_inside: Vec<bool>,
    destinations: Vec<Option<AddressKind>>,
    is_own: Vec<bool>,
    is_named: Vec<bool>,
    is_squid: Vec<bool>,
    is_other_log: Vec<bool>,
    is_other_event: Vec<bool>,
    states: Vec<End>,
    actions: Vec<End>,
    is_tcp: Vec<bool>,
    hashes: Vec<u64>,
}

impl Network {
    /// The meanings, evaluated on the store's dictionaries.
    pub fn new(selection: Selection<'_>, view: &View<'_>, detectors: &Detectors) -> Self {
        let own: Vec<IpNet> = detectors.own_networks.iter().filter_map(|text| network(text)).collect();
        let is_inside = |text: &str, also: Option<AddressKind>| {
            let own = |address| own.iter().any(|network| network.contains(&address));
            address::parse(text).is_some_and(|address| own(address) || Some(address::kind(address)) == also)
        };
        let is_squid = matching(selection, Field::EventDataset, |log| log.starts_with("squid"));
        let destinations = selection.dictionary(&Field::DestinationIp.into());
        // Most logs have no connections, and many sources.
        let is_wanted = destinations.is_some_and(|texts| !texts.is_empty()) || is_squid.contains(&true);
        let codes = |len: usize| 0..if is_wanted { len as u32 } else { 0 };
        let source =
            |code: u32| view.sources.get(code).is_some_and(|(_, text)| is_inside(text, Some(AddressKind::Private)));
        let named = |code: u32| {
            let host = view.hosts.get(code).filter(|(field, _)| field.ecs() == Some(Field::UrlDomain));
            host.is_some_and(|(_, text)| registered(text.split(':').next().unwrap_or(text)).is_some())
        };
        let is_other = |log: &str| log.starts_with("zeek.") && !CONNECTIONS.contains(&log);
        Self {
            is_inside: codes(view.sources.len()).map(source).collect(),
            destinations: destinations.map_or_else(Vec::new, address::kinds),
            is_own: matching(selection, Field::DestinationIp, |text| is_inside(text, None)),
            is_named: codes(view.hosts.len()).map(named).collect(),
            is_squid,
            is_other_log: matching(selection, Field::EventDataset, is_other),
            is_other_event: texts(selection, &FieldName::new(EVENT), |event| !matches!(event, "flow" | "netflow")),
            states: texts(selection, &FieldName::new(STATE), end_of_state),
            actions: texts(selection, &Field::EventAction.into(), end_of_action),
            is_tcp: matching(selection, Field::NetworkTransport, |transport| transport.eq_ignore_ascii_case("tcp")),
            hashes: texts(selection, &Field::DestinationIp.into(), hash_text),
        }
    }

    /// Whether a shard's rows may be connections.
    pub fn is_wanted(&self, rows: &Rows<'_>) -> bool {
        let has = |field: Field| rows.shard.table.column(&field.into()).is_some();
        has(Field::DestinationIp) || self.is_squid.contains(&true)
    }

    /// Counts a row.
    pub fn count(&self, rows: &Rows<'_>, row: usize, gathering: &mut Gathering<'_>) {
        let source = rows.code(Text::Source, row);
        let dataset = rows.code(Text::Dataset, row);
        let is_other = flag(&self.is_other_log, dataset) || flag(&self.is_other_event, rows.code(Text::Event, row));
        if source == 0 || is_other {
            return;
        }
        let destination = rows.code(Text::Destination, row);
        let kind = self.destinations.get(destination as usize).copied().flatten();
        if matches!(kind, Some(AddressKind::Multicast | AddressKind::Reserved | AddressKind::Loopback)) {
            return;
        }
        let port = rows.number(Integer::Port, row).unwrap_or(0);
        let end = self.end(rows, row);
        if destination > 0 && port > 0 && matches!(end, End::Answered | End::Unanswered) {
            let hash = self.hashes.get(destination as usize).copied().unwrap_or(0);
            let is_unanswered = end == End::Unanswered;
            let (target, door) = ((u64::from(destination), 0), (0, port));
            for (is_ports, (object, number), thing) in [(true, target, mix(port as u64)), (false, door, hash)] {
                let codes = Codes { source, object, number, dataset };
                let kind = if is_ports { &mut gathering.kinds.ports } else { &mut gathering.kinds.hosts };
                let Some(subject) = kind.subject(codes, |codes| gathering.names.name(codes)) else { continue };
                subject.rows += 1;
                if is_unanswered {
                    subject.tally.add(rows.shard, row, rows.time(row));
                    subject.add_distinct(thing, 0);
                }
            }
        }
        let Some(object) = self.outside(rows, row, kind) else { return };
        if !self.is_inside.get(source as usize).copied().unwrap_or(false) || HOUSEKEEPING.contains(&port) {
            return;
        }
        let codes = Codes { source, object, number: port, dataset };
        let Some(subject) = gathering.kinds.pairs.subject(codes, |codes| gathering.names.name(codes)) else { return };
        let time = rows.number(Integer::Start, row).or_else(|| rows.time(row));
        subject.tally.add(rows.shard, row, time);
        subject.rows += 1;
        time.into_iter().for_each(|time| subject.add_time(time));
        let (sent, received) = (rows.number(Integer::Sent, row), rows.number(Integer::Received, row));
        let received = received.or_else(|| rows.number(Integer::Body, row));
        sent.or(received).into_iter().for_each(|size| subject.add_size(size));
        subject.sent = subject.sent.saturating_add(sent.unwrap_or(0).max(0) as u64);
        subject.received = subject.received.saturating_add(received.unwrap_or(0).max(0) as u64);
        if let Some(time) = time {
            add_hour(gathering.hours, time.div_euclid(3_600_000_000));
        }
    }

    /// What a row dealt with, if that is outside.
    fn outside(&self, rows: &Rows<'_>, row: usize, kind: Option<AddressKind>) -> Option<u64> {
        let (destination, host) = (rows.code(Text::Destination, row), rows.code(Text::Host, row));
        let is_public = matches!(kind, Some(AddressKind::Public | AddressKind::Documentation));
        if is_public && !flag(&self.is_own, destination) {
            return Some(u64::from(destination));
        }
        let is_squid = flag(&self.is_squid, rows.code(Text::Dataset, row));
        let is_proxied = destination == 0 && is_squid && flag(&self.is_named, host);
        is_proxied.then_some(BY_NAME | u64::from(host))
    }

    fn end(&self, rows: &Rows<'_>, row: usize) -> End {
        match self.states.get(rows.code(Text::State, row) as usize) {
            Some(End::Reset) if rows.number(Integer::Received, row).unwrap_or(0) == 0 => return End::Unanswered,
            Some(End::Reset) => return End::Answered,
            Some(&end) if end != End::Unknown => return end,
            _ => {}
        }
        match (self.actions.get(rows.code(Text::Action, row) as usize), rows.number(Integer::Answers, row)) {
            (Some(&end), _) if end != End::Unknown => end,
            (_, Some(0)) => End::Unanswered,
            // One packet against a packet of TCP is a refusal.
            (_, Some(1)) if flag(&self.is_tcp, rows.code(Text::Transport, row)) => End::Unanswered,
            (_, Some(_)) => End::Answered,
            _ => End::Unknown,
        }
    }
}

fn end_of_state(state: &str) -> End {
    if UNANSWERED.contains(&state) {
        End::Unanswered
    } else if RESET.contains(&state) {
        End::Reset
    } else if state == "OTH" {
        End::Unknown
    } else {
        End::Answered
    }
}

fn end_of_action(action: &str) -> End {
    match action.to_ascii_lowercase().as_str() {
        "reject" | "drop" | "deny" | "denied" | "block" | "blocked" => End::Unanswered,
        "accept" | "allow" | "allowed" | "pass" => End::Answered,
        _ => End::Unknown,
    }
}

/// What each text of a column means; that of "no value" is the default.
pub(super) fn texts<T: Default>(selection: Selection<'_>, name: &FieldName, mean: impl Fn(&str) -> T) -> Vec<T> {
    let Some(dictionary) = selection.dictionary(name) else { return Vec::new() };
    std::iter::once(T::default()).chain(dictionary.iter().map(|(_, text)| mean(text))).collect()
}

pub(super) fn flag(flags: &[bool], code: u32) -> bool {
    flags.get(code as usize).copied().unwrap_or(false)
}

/// The network that a text writes, or the single address.
pub(super) fn network(text: &str) -> Option<IpNet> {
    text.trim().parse().ok().or_else(|| address::parse(text).map(IpNet::from))
}

/// Connections that lasted long, row by row.
pub(super) fn plans(selection: Selection<'_>, detectors: &Detectors) -> Option<Plan> {
    let least = i64::from(detectors.long_connection_seconds).saturating_mul(1_000_000_000);
    let transport = Column::Text(Field::NetworkTransport.into());
    let destination = Column::Text(Field::DestinationIp.into());
    let is_one = |text: &str| address::parse(text).map(address::kind) != Some(AddressKind::Multicast);
    let condition = Condition::all(vec![
        Condition::Number(Field::EventDuration, Box::new(move |duration| duration >= least)),
        Condition::text(transport, matching(selection, Field::NetworkTransport, |_| true)),
        Condition::text(destination, matching(selection, Field::DestinationIp, is_one)),
    ]);
    let fallback = format!(
        "event.duration >= {least} and network.transport: * and destination.ip: * and not destination.ip: (224.0.0.0/4 or \
         \"ff00::/8\")"
    );
    Some(Plan { fallback, ..Plan::new(check("network.long_connection")?, condition, Vec::new()) })
}

// ----------------------------------------------------------------------------------------------------------- verdicts

/// What pairs show in a log that has these hours.
pub(super) fn pairs(pairs: &Subjects, hours: &BTreeSet<i64>, detectors: &Detectors) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (name, pair) in &pairs.0 {
        verdicts.extend(beacon(name, pair, hours, detectors));
        verdicts.extend(strobe(name, pair, detectors));
        verdicts.extend(transfer(name, pair, detectors));
    }
    verdicts
}

fn beacon(name: &Name, pair: &Subject, hours: &BTreeSet<i64>, detectors: &Detectors) -> Option<Verdict> {
    let (first, last) = (pair.seconds.first_key_value()?.0, pair.seconds.last_key_value()?.0);
    if pair.rows < detectors.beacon_connections || last - first < BEACON_SPAN || pair.seconds.len() < 4 {
        return None;
    }
    let score = Score::of(pair, hours);
    if score.total() < detectors.beacon_score {
        return None;
    }
    let interval = median(&intervals(pair));
    let sentence = format!(
        "{} {} times, with a median of {interval} seconds between: score {:.2} (timing {:.2}, data size {:.2}, duration {:.2}, histogram \
         {:.2}).",
        spoken(name),
        pair.rows,
        score.total(),
        score.timing,
        score.size,
        score.duration,
        score.histogram
    );
    let chart = Some(Chart { title: format!("Seconds between connections: {}", spoken(name)), ..chart(pair) });
    Some(Verdict { sentence, chart, ..verdict("network.beacon", name, pair, score.total()) })
}

/// How often each interval came, in bars of equal width up to four times the median.
fn chart(pair: &Subject) -> Chart {
    let intervals = intervals(pair);
    let highest = (median(&intervals) * 4.0) as i64;
    let width = (highest / BARS).max(1);
    let mut bars: Vec<Bar> = Vec::new();
    for (&interval, &count) in &intervals {
        let from = interval.min(highest.max(1)) / width * width;
        match bars.last_mut() {
            Some(bar) if bar.from == from => bar.count += u64::from(count),
            _ => bars.push(Bar { from, count: u64::from(count) }),
        }
    }
    Chart { title: String::new(), unit: "s".to_owned(), bars }
}

fn strobe(name: &Name, pair: &Subject, detectors: &Detectors) -> Option<Verdict> {
    let micros = pair.tally.last?.saturating_sub(pair.tally.first?).max(1);
    let a_day = u128::from(pair.rows) * 86_400_000_000 / micros as u128;
    if pair.rows < STROBE_ROWS || a_day < u128::from(detectors.strobe_per_day) {
        return None;
    }
    let sentence = format!("{} {} times, which makes {a_day} in a day.", spoken(name), pair.rows);
    Some(Verdict { sentence, ..verdict("network.strobe", name, pair, pair.rows as f64) })
}

fn transfer(name: &Name, pair: &Subject, detectors: &Detectors) -> Option<Verdict> {
    let is_upload = pair.sent >= detectors.upload_bytes && pair.sent / UPLOAD_RATIO >= pair.received;
    let is_download = pair.received >= detectors.download_bytes && pair.received / UPLOAD_RATIO >= pair.sent;
    let (id, bytes) = match (is_upload, is_download) {
        (true, _) => ("network.large_upload", pair.sent),
        (_, true) => ("network.large_download", pair.received),
        _ => return None,
    };
    let sentence = format!("{}: {} bytes were sent and {} came back.", spoken(name), pair.sent, pair.received);
    Some(Verdict { sentence, ..verdict(id, name, pair, bytes as f64) })
}

/// What trying ports or machines shows.
pub(super) fn scans(id: &'static str, subjects: &Subjects, detectors: &Detectors) -> Vec<Verdict> {
    let least = usize::from(detectors.scan_targets.clamp(1, 256));
    let is_scan = |subject: &Subject| {
        // At least 80 %, in whole numbers.
        subject.distinct.len() >= least && subject.tally.count * 5 >= subject.rows * 4
    };
    let verdict = |(name, subject): (&Name, &Subject)| {
        let things = match (subject.distinct.len(), id) {
            (256, _) => "256 or more".to_owned(),
            (n, _) => n.to_string(),
        };
        let things = if id == "network.port_scan" { format!("{things} ports") } else { format!("{things} machines") };
        let sentence =
            format!("{}: {things}, {} of {} rows without an answer.", spoken(name), subject.tally.count, subject.rows);
        Verdict { sentence, ..verdict(id, name, subject, subject.distinct.len() as f64) }
    };
    subjects.0.iter().filter(|(_, subject)| is_scan(subject)).map(verdict).collect()
}

/// `192.0.2.1 to 198.51.100.2, port 443`.
fn spoken(name: &Name) -> String {
    let object = if name.object.1.is_empty() { String::new() } else { format!(" to {}", name.object.1) };
    let port = if name.number > 0 { format!(", port {}", name.number) } else { String::new() };
    format!("{}{object}{port}", name.source.1)
}

fn verdict(id: &'static str, name: &Name, subject: &Subject, weight: f64) -> Verdict {
    let mut clauses = vec![clause(&name.source)];
    clauses.extend((!name.object.1.is_empty()).then(|| clause(&name.object)));
    clauses.extend((name.number > 0).then(|| format!("destination.port: {}", name.number)));
    clauses.extend((!name.dataset.is_empty()).then(|| format!("event.dataset: {}", exact(&name.dataset))));
    let mut entities = vec![name.source.clone()];
    entities.extend((!name.object.1.is_empty()).then(|| name.object.clone()));
    entities.extend((name.number > 0).then(|| (Field::DestinationPort.name().to_owned(), name.number.to_string())));
    Verdict {
        id,
        weight,
        tally: subject.tally.clone(),
        entities,
        clause: format!("({})", clauses.join(" and ")),
        ..Verdict::default()
    }
}

/// `field: "value"`.
pub(super) fn clause((field, text): &(String, String)) -> String {
    format!("{field}: {}", exact(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_drawn_in_bars_that_hold_them_all() {
        let mut pair = Subject::default();
        (0..100).for_each(|n| pair.add_time((n * 60 + n % 3 + if n > 90 { 90_000 } else { 0 }) * 1_000_000));
        let bars = chart(&pair).bars;
        assert_eq!(bars.iter().map(|bar| bar.count).sum::<u64>(), 99);
        assert!(bars.is_sorted_by(|a, b| a.from < b.from) && bars.len() as i64 <= BARS + 1, "{bars:?}");
        assert!(chart(&Subject::default()).bars.is_empty());
    }

    #[test]
    fn ends_are_read_from_states_and_actions() {
        assert_eq!(
            [end_of_state("S0"), end_of_state("SF"), end_of_state("OTH")],
            [End::Unanswered, End::Answered, End::Unknown]
        );
        assert_eq!(
            [end_of_action("REJECT"), end_of_action("allow"), end_of_action("ssh_login")],
            [End::Unanswered, End::Answered, End::Unknown]
        );
    }
}
