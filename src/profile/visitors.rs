//! Who asked: addresses, their sessions, and the crawlers among them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::enrich::crawler::crawler_of;
use crate::report::types::{Behaviour, Visitors};
use crate::schema::Field;
use crate::table::keys::{Keys, merge_values};
use crate::table::plain::{self, Plain};
use crate::table::{NULL, NULL_NUMBER, Partial, Selection};
use crate::units::Micros;

use super::Counted;
use super::answered::RowBytes;
use super::columns::Columns;
use super::joined::Joined;
use super::pairs::{PairCounter, Pairs};
use super::sessions::{Sessions, sessions};
use super::tally::TextTallies;
use super::traffic::FEW;
use crate::units::hash::hash_text;

/// Addresses whose behaviour is shown.
const TOP_ADDRESSES: usize = 50;

/// Columns that say who asked, the first that has a value.
pub(super) const SOURCE: [Field; 2] = [Field::SourceIp, Field::SourceDomain];

/// Columns of the second pass.
pub(super) const VISITS: &[Field] = &[Field::SourceIp, Field::SourceDomain, Field::Timestamp];

/// What a worker counts on its way through its shards: once for requests, once more for their times.
pub(super) struct VisitorsPass<'a> {
    addresses: Joined<'a>,
    countries: Joined<'a>,
    address_countries: PairCounter,
    /// By code of the address.
    states: Vec<State>,
    keys: Keys,
    /// **Order**: as the keys.
    requests: Vec<Requests>,
    /// Rows that have a time. **Order**: as the keys.
    timed: Vec<u32>,
    /// The times of each address together, in the order of the keys; filled by the second pass.
    times: Vec<i64>,
    gap: i64,
}

/// What is known of an address so far. A worker cannot hold 2³² rows.
#[derive(Clone, Copy, Default)]
struct State {
    requests: u32,
    errors: u32,
    /// Rows that have a time.
    timed: u32,
    /// Where its next time goes.
    next: u32,
    bytes: u64,
}

/// A worker's part of the visitors panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct VisitorsPartial {
    addresses: Keys,
    /// **Order**: as the addresses.
    #[serde(with = "plain")]
    requests: Vec<Requests>,
    /// **Order**: as the addresses.
    sessions: Sessions,
    countries: Pairs,
    crawlers: TextTallies,
    gap: i64,
}

/// Requests of one address.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Requests {
    rows: u64,
    errors: u64,
    bytes: u64,
}

impl Plain for Requests {
    const SIZE: usize = 3 * u64::SIZE;

    fn write(self, out: &mut Vec<u8>) {
        self.rows.write(out);
        self.errors.write(out);
        self.bytes.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Self {
        Self { rows: u64::read(bytes), errors: u64::read(bytes), bytes: u64::read(bytes) }
    }
}

impl<'a> VisitorsPass<'a> {
    /// No rows yet; a gap longer than `gap` ends a session.
    pub fn new(selection: Selection<'a>, gap: Micros) -> Self {
        let addresses = Joined::new(&SOURCE, selection);
        Self {
            states: vec![State::default(); addresses.n_codes()],
            addresses,
            countries: Joined::new(&[Field::SourceCountry], selection),
            address_countries: PairCounter::new(),
            keys: Keys::default(),
            requests: Vec::new(),
            timed: Vec::new(),
            times: Vec::new(),
            gap: gap.0.max(0),
        }
    }

    /// The addresses, as other panels join them.
    pub fn addresses(&self) -> &Joined<'a> {
        &self.addresses
    }

    /// Takes the shard in that was read last.
    pub fn add(&mut self, columns: &Columns<'_>, answered: &RowBytes) {
        if !self.addresses.read(columns) {
            return;
        }
        if self.countries.read(columns) {
            self.address_countries.add(self.addresses.codes(), self.countries.codes());
        }
        let times = columns.numbers(Field::Timestamp);
        let statuses = columns.numbers(Field::HttpResponseStatusCode);
        let rows = self.addresses.codes().iter().zip(times).zip(statuses).zip(&answered.bytes);
        for (((&address, &time), &status), &bytes) in rows {
            if let Some(state) = self.states.get_mut(address as usize) {
                state.requests += 1;
                state.errors += u32::from(status >= 400);
                state.timed += u32::from(time != NULL_NUMBER);
                state.bytes = state.bytes.saturating_add(bytes);
            }
        }
    }

    /// Gives every address its key and its place among the times, once all shards are in.
    pub fn make_room(&mut self) {
        let seen = |(code, state): (usize, &State)| (state.requests > 0).then_some(code as u32);
        let codes = self.states.iter().enumerate().skip(1).filter_map(seen);
        let text = |code| self.addresses.text(code);
        let (keys, order) = Keys::of_codes(codes.map(|code| (code, hash_text(text(code)), text(code))));
        let mut next = 0;
        for code in order {
            if let Some(state) = self.states.get_mut(code as usize) {
                self.requests.push(state.requests());
                self.timed.push(state.timed);
                state.next = next;
                next += state.timed;
            }
        }
        self.keys = keys;
        self.times = vec![0; next as usize];
    }

    /// Takes the times of the shard in that was read last, the second time.
    pub fn add_times(&mut self, columns: &Columns<'_>) {
        if !self.addresses.read(columns) {
            return;
        }
        for (&address, &time) in self.addresses.codes().iter().zip(columns.numbers(Field::Timestamp)) {
            if time != NULL_NUMBER
                && address != NULL
                && let Some(state) = self.states.get_mut(address as usize)
                && let Some(slot) = self.times.get_mut(state.next as usize)
            {
                *slot = time;
                state.next += 1;
            }
        }
    }

    /// The worker's part.
    pub fn finish(self, columns: &Columns<'a>) -> VisitorsPartial {
        let address = |code| self.addresses.text(code);
        VisitorsPartial {
            addresses: self.keys,
            requests: self.requests,
            sessions: Sessions::new(self.times, self.timed, self.gap),
            countries: self.address_countries.finish(address, |code| self.countries.text(code)),
            crawlers: crawlers(columns),
            gap: self.gap,
        }
    }
}

impl State {
    fn requests(self) -> Requests {
        Requests { rows: u64::from(self.requests), errors: u64::from(self.errors), bytes: self.bytes }
    }
}

/// Requests by the crawler that their user agent names; each distinct user agent is looked at once.
fn crawlers(columns: &Columns<'_>) -> TextTallies {
    let agents = columns.tallies(Field::UserAgentOriginal);
    TextTallies::of_texts(agents.filter_map(|(_, agent, tally)| Some((crawler_of(agent)?.name, tally))))
}

impl VisitorsPartial {
    /// Takes the other part in.
    pub fn merge(&mut self, other: Self) {
        self.gap = self.gap.max(other.gap);
        let plan = self.addresses.merge(other.addresses);
        merge_values(&plan, &mut self.requests, other.requests, Requests::add);
        self.sessions.merge(&plan, &other.sessions, self.gap);
        self.countries.merge(other.countries);
        self.crawlers.merge(other.crawlers);
    }

    /// The panel.
    pub fn finish(self, counted: &Counted<'_>) -> Visitors {
        Visitors {
            distinct_addresses: self.addresses.len() as u64,
            sessions: self.sessions.len(self.gap),
            crawlers: self.crawlers.top(FEW, counted.has_bytes(&[Field::UserAgentOriginal])),
            behaviour: self.behaviour(counted.has_bytes(&SOURCE)),
        }
    }

    /// **Order**: by requests, the most first; ties by address.
    fn behaviour(&self, has_bytes: bool) -> Vec<Behaviour> {
        let places = self.addresses.most_frequent(self.requests.iter().map(|requests| requests.rows), TOP_ADDRESSES);
        let times: Vec<&[i64]> = self.sessions.iter().collect();
        let row = |place: usize| {
            let requests = self.requests.get(place).copied().unwrap_or_default();
            (self.addresses.get(place), requests, times.get(place).copied().unwrap_or_default())
        };
        let all: Vec<(&str, Requests, &[i64])> = places.into_iter().map(row).collect();
        let countries = self.top_countries(&all.iter().map(|(address, ..)| *address).collect::<Vec<_>>());
        let behaviour = |(address, requests, times): (&str, Requests, &[i64])| Behaviour {
            address: address.to_owned(),
            requests: requests.rows,
            errors: requests.errors,
            bytes: has_bytes.then_some(requests.bytes),
            sessions: sessions(times, self.gap),
            first: times.first().map(|&time| Micros(time).to_rfc3339()),
            last: times.last().map(|&time| Micros(time).to_rfc3339()),
            country: countries.get(address).map(|(_, country)| (*country).to_owned()),
        };
        all.into_iter().map(behaviour).collect()
    }

    /// The most frequent country of each of these addresses; ties by country.
    fn top_countries<'s>(&'s self, addresses: &[&'s str]) -> BTreeMap<&'s str, (u64, &'s str)> {
        let mut top: BTreeMap<&str, (u64, &str)> = addresses.iter().map(|&address| (address, (0, ""))).collect();
        for (address, country, rows) in self.countries.iter() {
            if let Some(known) = top.get_mut(address)
                && (rows > known.0 || (rows == known.0 && country < known.1))
            {
                *known = (rows, country);
            }
        }
        top.retain(|_, &mut (rows, _)| rows > 0);
        top
    }
}

impl Requests {
    fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.errors += other.errors;
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}
