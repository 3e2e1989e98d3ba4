//! Checks against the lists of the settings: hosts, ports, addresses. An empty list switches its check off.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::enrich::address;
use crate::schema::Field;
use crate::settings::Settings;
use crate::table::{Dictionary, Selection};
use crate::units::order;

use super::catalog::{Check, check};
use super::columns::{Column, HOST_FIELDS, Joined, host_name, host_of_url};
use super::filter::{any_of, exact, wild};
use super::plan::{Condition, Plan, matching};
use super::why_not::shown;

/// The checks whose list is empty.
pub(super) fn switched_off(settings: &Settings) -> Vec<&'static str> {
    let lists = &settings.lists;
    let mut off = Vec::new();
    if Hosts::new(&lists.banned_hosts).is_empty() {
        off.extend(["list.banned_host", "list.banned_host_referrer"]);
    }
    if Hosts::new(&lists.restricted_hosts).is_empty() {
        off.push("list.restricted_host");
    }
    if lists.banned_ports.is_empty() {
        off.push("list.banned_port");
    }
    if networks(&lists.bad_addresses).is_empty() {
        off.extend(["list.bad_address_source", "list.bad_address_destination"]);
    }
    off
}

/// The checks whose list is not empty, ready for a store.
pub(super) fn plans(selection: Selection<'_>, settings: &Settings) -> Vec<Plan> {
    let lists = &settings.lists;
    let banned = Hosts::new(&lists.banned_hosts);
    let mut plans = Vec::new();
    plans.extend(check("list.banned_host").map(|c| hosts(c, selection, &banned)));
    plans.extend(check("list.banned_host_referrer").map(|c| referrers(c, selection, &banned)));
    plans.extend(check("list.restricted_host").map(|c| hosts(c, selection, &Hosts::new(&lists.restricted_hosts))));
    plans.extend(check("list.banned_port").map(|c| ports(c, &lists.banned_ports)));
    let bad = networks(&lists.bad_addresses);
    plans.extend(check("list.bad_address_source").map(|c| addresses(c, selection, Field::SourceIp, &bad)));
    plans.extend(check("list.bad_address_destination").map(|c| addresses(c, selection, Field::DestinationIp, &bad)));
    plans
}

/// For checks whose list has an entry near to a value of a row that is a store of its own: which entry.
pub(super) fn nearest(selection: Selection<'_>, settings: &Settings) -> Vec<(&'static str, String)> {
    let lists = &settings.lists;
    let mut near = Vec::new();
    let joined = Joined::new(selection, &HOST_FIELDS);
    let hosts = (1..=joined.len() as u32).filter_map(|code| joined.get(code)).map(|(_, text)| host_name(text));
    for host in hosts {
        for (id, list) in [("list.banned_host", &lists.banned_hosts), ("list.restricted_host", &lists.restricted_hosts)]
        {
            let list = Hosts::new(list);
            let labels = |entry: &&String| entry.rsplit('.').zip(host.rsplit('.')).take_while(|(a, b)| a == b).count();
            let nearest = list.0.iter().max_by_key(labels).filter(|entry| labels(entry) > 1);
            near.extend(nearest.map(|entry| (id, format!("the host is {}, the nearest entry {entry}", shown(&host)))));
        }
    }
    let bad = networks(&lists.bad_addresses);
    let of = |field: Field| selection.dictionary(&field.into()).into_iter().flat_map(Dictionary::iter);
    for (id, field) in
        [("list.bad_address_source", Field::SourceIp), ("list.bad_address_destination", Field::DestinationIp)]
    {
        for address in of(field).filter_map(|(_, text)| address::parse(text)) {
            let bits = |(net, _): &&(IpNet, String)| common_bits(net.addr(), address);
            let least = if address.is_ipv4() { 16 } else { 32 };
            let nearest = bad.iter().max_by_key(bits).filter(|entry| bits(entry) >= least);
            near.extend(nearest.map(|(_, entry)| (id, format!("the address is {address}, the nearest entry {entry}"))));
        }
    }
    near
}

/// How many bits two addresses begin with alike.
fn common_bits(a: IpAddr, b: IpAddr) -> u32 {
    match (a, b) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (u32::from(a) ^ u32::from(b)).leading_zeros(),
        (IpAddr::V6(a), IpAddr::V6(b)) => (u128::from(a) ^ u128::from(b)).leading_zeros(),
        _ => 0,
    }
}

/// Host names, and the names below them.
#[derive(Clone, Debug, Default)]
pub(super) struct Hosts(BTreeSet<String>);

impl Hosts {
    /// The hosts of a list, which may be written as names, with `*.` in front, or as URLs; lines that are empty or begin
    /// with `#` are left out.
    pub fn new(list: &[String]) -> Self {
        let name = |entry: &String| {
            let entry = entry.trim();
            let host = host_of_url(entry).unwrap_or_else(|| host_name(entry.split('/').next().unwrap_or(entry)));
            let host = host.trim_start_matches("*.").trim_start_matches('.').to_owned();
            (!host.is_empty() && !entry.starts_with('#')).then_some(host)
        };
        Self(list.iter().filter_map(name).collect())
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The entry that a host is, or is below.
    pub fn entry_of<'a>(&'a self, host: &str) -> Option<&'a str> {
        let mut rest = host;
        loop {
            if let Some(entry) = self.0.get(rest) {
                return Some(entry);
            }
            rest = rest.split_once('.')?.1;
        }
    }
}

fn hosts(check: &'static Check, selection: Selection<'_>, list: &Hosts) -> Plan {
    let joined = Joined::new(selection, &HOST_FIELDS);
    let hits = if list.is_empty() {
        Vec::new()
    } else {
        joined.matching(&HOST_FIELDS, |t| list.entry_of(&host_name(t)).is_some())
    };
    let list = list.clone();
    Plan {
        show: Box::new(move |field, text| {
            match list.entry_of(text) {
                Some(entry) => vec![(field.to_owned(), exact(entry)), (field.to_owned(), wild(&format!("*.{entry}")))],
                // With a port or in capitals: the language compares letter by letter.
                None => vec![(field.to_owned(), exact(text))],
            }
        }),
        ..Plan::new(check, Condition::text(Column::Host, hits), vec![Column::Host])
    }
}

fn referrers(check: &'static Check, selection: Selection<'_>, list: &Hosts) -> Plan {
    let field = Field::HttpRequestReferrer;
    let entry = |url: &str| host_of_url(url).is_some_and(|host| list.entry_of(&host).is_some());
    let hits = if list.is_empty() { Vec::new() } else { matching(selection, field, entry) };
    let wildcards: Vec<String> = list.0.iter().map(|entry| wild(&format!("*{entry}*"))).collect();
    Plan {
        fallback: any_of(field.name(), &wildcards).unwrap_or_default(),
        ..Plan::new(check, Condition::text(Column::Text(field.into()), hits), vec![Column::Text(field.into())])
    }
}

fn ports(check: &'static Check, list: &[u16]) -> Plan {
    let mut banned = list.to_vec();
    order::sort(&mut banned);
    let column = Column::Number(Field::DestinationPort.into());
    let condition = if banned.is_empty() {
        Condition::Never
    } else {
        let fits = move |port| u16::try_from(port).is_ok_and(|port| banned.binary_search(&port).is_ok());
        Condition::Number(Field::DestinationPort, Box::new(fits))
    };
    Plan::new(check, condition, vec![column])
}

fn addresses(check: &'static Check, selection: Selection<'_>, field: Field, list: &[(IpNet, String)]) -> Plan {
    let entry = |text: &str| address::parse(text).is_some_and(|address| network_of(list, address).is_some());
    let hits = if list.is_empty() { Vec::new() } else { matching(selection, field, entry) };
    let column = Column::Text(field.into());
    let list = list.to_vec();
    Plan {
        show: Box::new(move |field, text| {
            let entry = address::parse(text).and_then(|address| network_of(&list, address));
            entry.map(|entry| (field.to_owned(), exact(entry))).into_iter().collect()
        }),
        ..Plan::new(check, Condition::text(column.clone(), hits), vec![column])
    }
}

/// The entries of a list that are addresses or CIDR blocks, as they are compared and as they are written.
fn networks(list: &[String]) -> Vec<(IpNet, String)> {
    let network = |entry: &String| {
        let entry = entry.split('#').next().unwrap_or_default().trim();
        let net = entry.parse::<IpNet>().ok().or_else(|| address::parse(entry).map(IpNet::from))?;
        Some((
            net.trunc(),
            if net.prefix_len() == net.max_prefix_len() { net.addr().to_string() } else { net.trunc().to_string() },
        ))
    };
    list.iter().filter_map(network).collect()
}

fn network_of(list: &[(IpNet, String)], address: IpAddr) -> Option<&str> {
    list.iter().find(|(net, _)| net.contains(&address)).map(|(_, entry)| entry.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_be_written_in_many_ways() {
        let list = ["sharq1.com", "*.Example.org", "http://evil.example/path", "# a comment", "", ".dot.example"];
        let hosts = Hosts::new(&list.map(String::from));
        for (host, expected) in [
            ("sharq1.com", Some("sharq1.com")),
            ("www.sharq1.com", Some("sharq1.com")),
            ("notsharq1.com", None),
            ("a.b.example.org", Some("example.org")),
            ("evil.example", Some("evil.example")),
            ("dot.example", Some("dot.example")),
            ("com", None),
        ] {
            assert_eq!(hosts.entry_of(host), expected, "{host}");
        }
    }

    #[test]
    fn addresses_are_single_or_blocks() {
        let list = networks(&["10.1.2.3/8", "2001:db8::/32", "192.0.2.7 # known", "nonsense"].map(String::from));
        let find = |text: &str| address::parse(text).and_then(|a| network_of(&list, a).map(String::from));
        assert_eq!(find("10.200.0.1").as_deref(), Some("10.0.0.0/8"));
        assert_eq!(find("192.0.2.7").as_deref(), Some("192.0.2.7"));
        assert_eq!(find("192.0.2.8"), None);
        assert_eq!(find("2001:db8::5").as_deref(), Some("2001:db8::/32"));
    }
}
