//! Clients that say that they are a well-known crawler and come from elsewhere.
//!
//! The companies publish the addresses of their crawlers. Shipped are blocks that hold all of those published in August
//! 2026 (`googlebot.json`, `bingbot.json`, `applebot.json`, compared then), on purpose wider, with the neighbours that such
//! lists have grown into, and for older logs those of before the lists, as programs that check visitors have long had
//! them: an address inside proves nothing, one outside speaks against the claim. OpenAI and Anthropic crawl from rented
//! addresses that change; theirs are compared only with a list of the user's, as are all others whose name stands in
//! [`Detectors::crawler_networks`].

use ipnet::IpNet;

use crate::enrich::address::{self, AddressKind};
use crate::rules::catalog::check;
use crate::rules::columns::Column;
use crate::rules::filter::{any_of, wild};
use crate::rules::plan::{Condition, Plan, matching};
use crate::schema::{Field, FieldName};
use crate::settings::Detectors;
use crate::table::{Dictionary, Selection};

use super::network::network;

/// Companies, what their crawlers' user agents contain, and their address blocks.
const COMPANIES: &[(&str, &[&str], &str)] = &[
    (
        "Google",
        &["Googlebot", "Storebot-Google", "Google-InspectionTool", "GoogleOther"],
        "34.0.0.0/9 34.128.0.0/10 35.240.0.0/13 66.249.64.0/19 192.178.0.0/16 2001:4860::/32 \
         64.233.160.0/19 72.14.192.0/18 74.125.0.0/16 203.208.32.0/19 209.85.128.0/17 216.239.32.0/19",
    ),
    (
        "Bing",
        &["bingbot", "BingPreview", "msnbot"],
        "13.64.0.0/11 20.0.0.0/9 40.64.0.0/10 51.104.0.0/15 52.160.0.0/11 52.224.0.0/11 65.52.0.0/14 139.217.0.0/16 \
         157.54.0.0/15 191.232.0.0/13 199.30.16.0/20 207.46.0.0/16 \
         64.4.0.0/18 131.253.0.0/18 157.56.0.0/14 157.60.0.0/16 207.68.128.0/18",
    ),
    ("Apple", &["Applebot"], "17.0.0.0/8"),
    ("OpenAI", &["GPTBot", "OAI-SearchBot", "ChatGPT-User"], ""),
    ("Anthropic", &["ClaudeBot", "Claude-User", "Claude-SearchBot"], ""),
];

/// Companies whose crawlers' networks are known, what the crawlers' user agents contain, and the networks.
pub fn crawlers(
    detectors: &Detectors,
) -> impl Iterator<Item = (&'static str, &'static [&'static str], Vec<IpNet>)> + use<'_> {
    COMPANIES.iter().filter_map(|(company, agents, shipped)| {
        let networks = networks(detectors, company, shipped);
        (!networks.is_empty()).then_some((*company, *agents, networks))
    })
}

/// The networks of a company: the user's, or those that are shipped.
fn networks(detectors: &Detectors, company: &str, shipped: &str) -> Vec<IpNet> {
    let shipped = shipped.split_whitespace().filter_map(network);
    let own = detectors.crawler_networks.get(company);
    own.map_or_else(|| shipped.collect(), |own| own.iter().filter_map(|text| network(text)).collect())
}

/// A company that somebody claims to be: its place among [`COMPANIES`], its networks, the user agents that name it.
struct Claimed {
    company: usize,
    networks: Vec<IpNet>,
    agents: Vec<bool>,
}

/// One plan: whichever company is claimed.
pub(super) fn plans(selection: Selection<'_>, detectors: &Detectors) -> Option<Plan> {
    let (agent, source) = (Field::UserAgentOriginal, Field::SourceIp);
    let claimed: Vec<Claimed> =
        COMPANIES.iter().enumerate().filter_map(|(company, of)| claimed(selection, detectors, company, of)).collect();
    let suspects = suspects(selection, &claimed);
    let mut conditions = Vec::new();
    let mut claims = Vec::new();
    for Claimed { company, networks, agents } in claimed {
        let elsewhere = selection.dictionary(&source.into()).map_or_else(Vec::new, |dictionary| {
            let is_elsewhere = |(code, &companies): (usize, &u8)| {
                companies >> company & 1 > 0 && is_elsewhere(dictionary.get(code as u32), &networks)
            };
            suspects.iter().enumerate().map(is_elsewhere).collect()
        });
        let names = COMPANIES.get(company).map_or(&[][..], |(_, names, _)| names);
        claims.extend(names.iter().map(|name| wild(&format!("*{name}*"))));
        conditions.push(Condition::all(vec![
            Condition::text(Column::Text(agent.into()), agents),
            Condition::text(Column::Text(source.into()), elsewhere),
        ]));
    }
    Some(Plan {
        pair: Some((Column::Text(agent.into()), Column::Text(source.into()))),
        fallback: any_of(agent.name(), &claims).unwrap_or_default(),
        ..Plan::new(check("crawler.impostor")?, Condition::any(conditions), Vec::new())
    })
}

/// **Null**: none where no user agent names the company, or where its addresses are not known.
fn claimed(
    selection: Selection<'_>,
    detectors: &Detectors,
    company: usize,
    (name, agents, shipped): &(&str, &[&str], &str),
) -> Option<Claimed> {
    let networks = networks(detectors, name, shipped);
    let names = |text: &str| agents.iter().any(|name| text.contains(name));
    let agents = if networks.is_empty() { Vec::new() } else { matching(selection, Field::UserAgentOriginal, names) };
    agents.contains(&true).then_some(Claimed { company, networks, agents })
}

/// For every code of an address, as bits, the companies that it claims to be: most addresses claim none, and are not
/// compared with any network.
fn suspects(selection: Selection<'_>, claimed: &[Claimed]) -> Vec<u8> {
    let (agent, source) = (FieldName::from(Field::UserAgentOriginal), FieldName::from(Field::SourceIp));
    let mut suspects = vec![0; selection.dictionary(&source).map_or(0, Dictionary::len)];
    let mut companies = vec![0u8; selection.dictionary(&agent).map_or(0, Dictionary::len)];
    for Claimed { company, agents, .. } in claimed {
        companies.iter_mut().zip(agents).for_each(|(bits, &is_named)| *bits |= u8::from(is_named) << company);
    }
    let (mut agents, mut sources) = (Vec::new(), Vec::new());
    for (shard, _) in selection.shards().filter(|_| !claimed.is_empty()) {
        shard.table.read_codes(&agent, &mut agents);
        shard.table.read_codes(&source, &mut sources);
        for (&agent, &source) in agents.iter().zip(&sources) {
            let bits = companies.get(agent as usize).copied().unwrap_or(0);
            if bits > 0 {
                suspects.get_mut(source as usize).into_iter().for_each(|known| *known |= bits);
            }
        }
    }
    suspects
}

/// A machine of the house that takes the name is a test of its own.
fn is_elsewhere(text: &str, networks: &[IpNet]) -> bool {
    let Some(address) = address::parse(text) else { return false };
    matches!(address::kind(address), AddressKind::Public | AddressKind::Documentation)
        && !networks.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_one() {
        for (company, agents, blocks) in COMPANIES {
            assert!(!agents.is_empty() && COMPANIES.len() <= u8::BITS as usize);
            for block in blocks.split_whitespace() {
                assert_eq!(
                    network(block).map(|network| network.trunc().to_string()).as_deref(),
                    Some(block),
                    "{company}"
                );
            }
        }
    }
}
