//! Who asked: addresses, their sessions, and the crawlers among them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::enrich::crawler::crawler_of;
use crate::report::types::{Behaviour, Visitors};
use crate::schema::Field;
use crate::table::{NULL_NUMBER, Partial, Selection};
use crate::units::Micros;

use super::Counted;
use super::answered::RowBytes;
use super::columns::Columns;
use super::joined::Joined;
use super::keys::{Keys, merge_values};
use super::pairs::{PairCounter, Pairs};
use super::sessions::{Interval, Sessions};
use super::tally::{TextTallies, most};
use super::traffic::FEW;

/// Addresses whose behaviour is shown.
const TOP_ADDRESSES: usize = 50;

/// Columns that say who asked, the first that has a value.
pub(super) const SOURCE: [Field; 2] = [Field::SourceIp, Field::SourceDomain];

/// What a worker counts on its way through its shards.
pub(super) struct VisitorsPass<'a> {
    addresses: Joined<'a>,
    countries: Joined<'a>,
    address_countries: PairCounter,
    /// By code of the address.
    states: Vec<State>,
    closed: Vec<(u32, Interval)>,
    gap: i64,
}

/// What is known of an address so far.
#[derive(Clone, Copy)]
struct State {
    requests: u32,
    errors: u32,
    bytes: u64,
    /// The session that a time was last added to; ends before it starts where there is none.
    start: i64,
    end: i64,
}

/// A worker's part of the visitors panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct VisitorsPartial {
    addresses: Keys,
    /// **Order**: as the addresses.
    requests: Vec<Requests>,
    /// **Order**: as the addresses.
    sessions: Sessions,
    countries: Pairs,
    crawlers: TextTallies,
    gap: i64,
}

/// Requests of one address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Requests {
    rows: u64,
    errors: u64,
    bytes: u64,
}

impl<'a> VisitorsPass<'a> {
    /// No rows yet; a gap longer than `gap` ends a session.
    pub fn new(selection: Selection<'a>, gap: Micros) -> Self {
        let addresses = Joined::new(&SOURCE, selection);
        Self {
            states: vec![State::NONE; addresses.n_codes()],
            addresses,
            countries: Joined::new(&[Field::SourceCountry], selection),
            address_countries: PairCounter::new(),
            closed: Vec::new(),
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
            let Some(state) = self.states.get_mut(address as usize) else { continue };
            state.requests += 1;
            state.errors += u32::from(status >= 400);
            state.bytes = state.bytes.saturating_add(bytes);
            if time == NULL_NUMBER {
                continue;
            }
            if time >= state.start.saturating_sub(self.gap) && time <= state.end.saturating_add(self.gap) {
                state.start = state.start.min(time);
                state.end = state.end.max(time);
            } else {
                let closed = std::mem::replace(state, State { start: time, end: time, ..*state });
                self.closed.extend(closed.session().map(|session| (address, session)));
            }
        }
    }

    /// The worker's part.
    pub fn finish(mut self, columns: &Columns<'a>) -> VisitorsPartial {
        let seen = |(code, state): (usize, &State)| (state.requests > 0).then_some(code as u32);
        let codes = self.states.iter().enumerate().skip(1).filter_map(seen);
        let (addresses, order) = Keys::of_codes(codes.map(|code| (code, self.addresses.text(code))));
        let state = |&code: &u32| self.states.get(code as usize).copied().unwrap_or(State::NONE);
        self.closed.extend(order.iter().filter_map(|code| Some((*code, state(code).session()?))));
        VisitorsPartial {
            addresses,
            requests: order.iter().map(|code| state(code).requests()).collect(),
            sessions: Sessions::of_codes(self.closed, &order, self.gap),
            countries: self.address_countries.finish(|c| self.addresses.text(c), |c| self.countries.text(c)),
            crawlers: crawlers(columns),
            gap: self.gap,
        }
    }
}

impl State {
    const NONE: Self = Self { requests: 0, errors: 0, bytes: 0, start: i64::MAX, end: i64::MIN };

    fn session(self) -> Option<Interval> {
        (self.start <= self.end).then(|| Interval::new(self.start, self.end))
    }

    fn requests(self) -> Requests {
        Requests { rows: u64::from(self.requests), errors: u64::from(self.errors), bytes: self.bytes }
    }
}

/// Requests by the crawler that their user agent names; each distinct user agent is looked at once.
fn crawlers(columns: &Columns<'_>) -> TextTallies {
    let agents = columns.tallies(Field::UserAgentOriginal);
    TextTallies::of_texts(agents.filter_map(|(agent, tally)| Some((crawler_of(agent)?.name, tally))))
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
            sessions: self.sessions.len() as u64,
            crawlers: self.crawlers.top(FEW, counted.has_bytes(&[Field::UserAgentOriginal])),
            behaviour: self.behaviour(counted.has_bytes(&SOURCE)),
        }
    }

    /// **Order**: by requests, the most first; ties by address.
    fn behaviour(&self, has_bytes: bool) -> Vec<Behaviour> {
        let mut all: Vec<(&str, Requests, &[Interval])> =
            self.addresses.iter().zip(&self.requests).zip(self.sessions.iter()).map(|((a, &r), s)| (a, r, s)).collect();
        most(&mut all, TOP_ADDRESSES, |a, b| b.1.rows.cmp(&a.1.rows).then_with(|| a.0.cmp(b.0)));
        let countries = self.top_countries(&all.iter().map(|(address, ..)| *address).collect::<Vec<_>>());
        let behaviour = |(address, requests, sessions): (&str, Requests, &[Interval])| Behaviour {
            address: address.to_owned(),
            requests: requests.rows,
            errors: requests.errors,
            bytes: has_bytes.then_some(requests.bytes),
            sessions: sessions.len() as u64,
            first: sessions.first().map(|session| Micros(session.start).to_rfc3339()),
            last: sessions.last().map(|session| Micros(session.end()).to_rfc3339()),
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
