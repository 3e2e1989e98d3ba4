//! From where to where: pairs, ports, hosts without a name, countries, protocols, names looked up.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::report::types::{Dns, Network, Pair, Port};
use crate::schema::Field;
use crate::table::{NumberCounts, Partial, Selection};
use crate::units::order::most;

use super::Counted;
use super::answered::RowBytes;
use super::columns::Columns;
use super::joined::Joined;
use super::pairs::{PairCounter, Pairs};
use super::tally::{Tally, TextTallies};
use super::traffic::{FEW, TOP};

/// Ports that are listed.
const TOP_PORTS: usize = 100;

/// Countries that are listed: all that there are, so that a map has no holes.
const COUNTRIES: usize = 300;

/// Columns that say who was asked, the first that has a value.
const DESTINATION: [Field; 3] = [Field::DestinationIp, Field::UrlDomain, Field::DestinationDomain];

/// Columns that say in which language, the first that has a value.
const PROTOCOL: [Field; 2] = [Field::NetworkProtocol, Field::NetworkTransport];

/// What a worker counts on its way through its shards.
pub(super) struct NetworkPass<'a> {
    destinations: Joined<'a>,
    pairs: PairCounter,
    protocols: Joined<'a>,
    /// By code of the protocol.
    protocol_tallies: Vec<Tally>,
}

/// A worker's part of the network panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct NetworkPartial {
    pairs: Pairs,
    protocols: TextTallies,
}

impl<'a> NetworkPass<'a> {
    /// No rows yet.
    pub fn new(selection: Selection<'a>) -> Self {
        let protocols = Joined::new(&PROTOCOL, selection);
        Self {
            destinations: Joined::new(&DESTINATION, selection),
            pairs: PairCounter::new(),
            protocol_tallies: vec![Tally::default(); protocols.n_codes()],
            protocols,
        }
    }

    /// Takes the shard in that was read last; `sources` has read it too.
    pub fn add(&mut self, columns: &Columns<'_>, sources: &Joined<'a>, answered: &RowBytes) {
        if self.destinations.read(columns) {
            self.pairs.add(sources.codes(), self.destinations.codes());
        }
        if self.protocols.read(columns) {
            for (&code, &bytes) in self.protocols.codes().iter().zip(&answered.bytes) {
                if let Some(tally) = self.protocol_tallies.get_mut(code as usize) {
                    tally.add(Tally { rows: 1, bytes });
                }
            }
        }
    }

    /// The worker's part.
    pub fn finish(self, sources: &Joined<'a>) -> NetworkPartial {
        let tallies = self.protocol_tallies.iter().enumerate().skip(1);
        let protocols = tallies.map(|(code, &tally)| (self.protocols.text(code as u32), tally));
        NetworkPartial {
            protocols: TextTallies::of_texts(protocols),
            pairs: self.pairs.finish(|code| sources.text(code), |code| self.destinations.text(code)),
        }
    }
}

impl NetworkPartial {
    /// Takes the other part in.
    pub fn merge(&mut self, other: Self) {
        self.pairs.merge(other.pairs);
        self.protocols.merge(other.protocols);
    }

    /// The panel.
    pub fn finish(self, counted: &Counted<'_>) -> Network {
        let names = counted.top(Field::DnsQuestionName, TOP);
        Network {
            pairs: self.pairs.len() as u64,
            requests: self.pairs.rows(),
            top_pairs: self.top_pairs(),
            ports: ports(counted),
            sources: counted.top(Field::SourceIp, TOP),
            destinations: counted.top(Field::DestinationIp, TOP),
            unknown_hosts: unknown_hosts(counted).top(TOP, counted.has_bytes(&[Field::UrlDomain])),
            countries: counted.top(Field::SourceCountry, COUNTRIES),
            protocols: self.protocols.top(FEW, counted.has_bytes(&PROTOCOL)),
            dns: Dns {
                queries: names.rows,
                names,
                types: counted.top(Field::DnsQuestionType, FEW),
                responses: counted.top(Field::DnsResponseCode, FEW),
            },
        }
    }

    /// **Order**: by rows, the most first; ties by source, then by destination.
    fn top_pairs(&self) -> Vec<Pair> {
        let mut all: Vec<(&str, &str, u64)> = self.pairs.iter().collect();
        most(&mut all, TOP, |a, b| b.2.cmp(&a.2).then_with(|| (a.0, a.1).cmp(&(b.0, b.1))));
        let pair = |(source, destination, count): (&str, &str, u64)| Pair {
            source: source.to_owned(),
            destination: destination.to_owned(),
            count,
        };
        all.into_iter().map(pair).collect()
    }
}

/// The most frequent ports; what they are for is filled in by whoever has the list.
fn ports(counted: &Counted<'_>) -> Vec<Port> {
    let counts = counted.numbers(Field::DestinationPort);
    let counts = counts.flat_map(NumberCounts::integers);
    let mut ports: Vec<Port> = counts
        .filter_map(|(port, count)| Some(Port { port: u16::try_from(port).ok()?, count, ..Port::default() }))
        .collect();
    most(&mut ports, TOP_PORTS, |a, b| b.count.cmp(&a.count).then(a.port.cmp(&b.port)));
    ports
}

/// Hosts asked that are addresses, without their port.
fn unknown_hosts(counted: &Counted<'_>) -> TextTallies {
    let hosts = counted.texts(Field::UrlDomain).flat_map(TextTallies::iter);
    TextTallies::of_texts(hosts.filter_map(|(host, tally)| Some((host_address(host)?, tally))))
}

/// The address in a host: `10.0.0.1`, `10.0.0.1:8080`, `::1`, `[::1]`, `[::1]:8080`; none for names.
fn host_address(host: &str) -> Option<&str> {
    if let Some(rest) = host.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let port_fits = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return (port_fits && address.parse::<Ipv6Addr>().is_ok()).then_some(address);
    }
    if host.parse::<IpAddr>().is_ok() {
        return Some(host);
    }
    let (address, port) = host.split_once(':')?;
    (is_port(port) && address.parse::<Ipv4Addr>().is_ok()).then_some(address)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_an_address_or_a_name() {
        let check = |host, expected| assert_eq!(host_address(host), expected, "{host}");
        check("10.0.0.1", Some("10.0.0.1"));
        check("10.0.0.1:8080", Some("10.0.0.1"));
        check("::1", Some("::1"));
        check("[2001:db8::1]:443", Some("2001:db8::1"));
        check("[::1]", Some("::1"));
        check("example.org", None);
        check("10.0.0.1.example.org", None);
        check("10.0.0.1:80a", None);
        check("10.0.0.1:", None);
        check("[10.0.0.1]", None);
        check("", None);
    }
}
