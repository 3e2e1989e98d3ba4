//! Rows that no check sees, because the user allows their address, host, path or user agent.
//!
//! Done once, before any check: the sets of rows are narrowed, so that catalogue, sources, hunting and rules of the user
//! all see the same. Every other figure keeps the rows, and the report says how many were left out by which entry.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::enrich::address;
use crate::query::Pattern;
use crate::report::types::{AllowedEntry, AllowedRows, LeftOut};
use crate::schema::{Field, FieldName};
use crate::settings::{Settings, entry, mistake};
use crate::table::{Dictionary, RowSet, Selection, Shard};
use crate::units::order;

use super::columns::{HOST_FIELDS, host_name};

/// The columns that each list looks at.
const LISTS: [(&str, &[Field]); 4] = [
    ("addresses", &[Field::SourceIp, Field::DestinationIp]),
    ("domains", &[HOST_FIELDS[0], HOST_FIELDS[1], HOST_FIELDS[2], HOST_FIELDS[3], Field::SourceDomain]),
    ("paths", &[Field::UrlPath]),
    ("user_agents", &[Field::UserAgentOriginal]),
];

/// What an entry covers.
enum Covers {
    Block(IpNet),
    Domain(String),
    Text(Pattern),
}

/// A list, evaluated on a store's dictionaries.
struct List {
    name: &'static str,
    entries: Vec<String>,
    /// For each column and code the number of the first entry that covers it, from 1; 0 for none.
    marks: Vec<(FieldName, Vec<u32>)>,
}

/// The allow lists, ready for a store.
pub(super) struct Allowed(Vec<List>);

/// Rows that shards left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct LeftOutFound {
    rows: u64,
    /// Rows of each list, and of each of its entries.
    lists: BTreeMap<String, (u64, BTreeMap<String, u64>)>,
}

impl Allowed {
    /// The lists of the settings; entries that do not hold cover nothing.
    ///
    /// **Cost**: each distinct value of the columns, for each entry.
    pub fn new(selection: Selection<'_>, settings: &Settings) -> Self {
        let lists = settings.allow.lists();
        let list = |(name, fields): (&'static str, &[Field])| {
            let (_, lines) = lists.iter().find(|(known, _)| *known == name)?;
            let valid = lines.iter().filter(|line| mistake(name, line).is_none());
            let entries: Vec<String> = valid.filter_map(|line| entry(line)).map(str::to_owned).collect();
            let covers: Vec<Covers> = entries.iter().filter_map(|entry| Covers::of(name, entry)).collect();
            let marks = |&field: &Field| {
                let dictionary = selection.dictionary(&field.into())?;
                let mark = |text: &str| first(&covers, name, text);
                let marks: Vec<u32> =
                    std::iter::once(0).chain(Dictionary::iter(dictionary).map(|(_, text)| mark(text))).collect();
                marks.iter().any(|&mark| mark > 0).then(|| (field.into(), marks))
            };
            let marks: Vec<(FieldName, Vec<u32>)> =
                if entries.is_empty() { Vec::new() } else { fields.iter().filter_map(marks).collect() };
            (!marks.is_empty()).then_some(List { name, entries, marks })
        };
        Self(LISTS.into_iter().filter_map(list).collect())
    }

    /// The rows that checks see, and what is left out. **Null**: none where no entry covers anything.
    pub fn narrow(&self, selection: Selection<'_>) -> Option<(Vec<RowSet>, LeftOutFound)> {
        if self.0.is_empty() {
            return None;
        }
        let (mut found, mut narrowed) = (LeftOutFound::default(), Vec::new());
        for (shard, rows) in selection.store.shards.iter().zip(selection.rows) {
            let covered = self.covered(shard, rows, &mut found);
            found.rows += covered.count() as u64;
            narrowed.push(rows.clone().and(&covered.complement()));
        }
        Some((narrowed, found))
    }

    /// The entries that cover any of the rows, each with its list: `paths: /health`.
    pub fn entries(&self, selection: Selection<'_>) -> Vec<String> {
        let lists = self.narrow(selection).map(|(_, found)| found.lists).unwrap_or_default();
        lists
            .iter()
            .flat_map(|(list, (_, entries))| entries.keys().map(move |entry| format!("{list}: {entry}")))
            .collect()
    }

    fn covered(&self, shard: &Shard, rows: &RowSet, found: &mut LeftOutFound) -> RowSet {
        let none = || RowSet::none(shard.table.n_rows);
        let mut codes = Vec::new();
        self.0.iter().fold(none(), |covered, list| {
            let mut of_list = none();
            for (name, marks) in list.marks.iter().filter(|(name, _)| shard.table.column(name).is_some()) {
                shard.table.read_codes(name, &mut codes);
                let mark = |code: u32| marks.get(code as usize).copied().unwrap_or(0);
                let new = RowSet::matching(&codes, |code| mark(code) > 0).and(rows).and(&of_list.clone().complement());
                if new.count() > 0 {
                    let (of_rows, entries) = found.lists.entry(list.name.to_owned()).or_default();
                    *of_rows += new.count() as u64;
                    let mut counts = vec![0u64; list.entries.len() + 1];
                    new.for_each(|row| {
                        let at = codes.get(row).map_or(0, |&code| mark(code));
                        counts.get_mut(at as usize).into_iter().for_each(|count| *count += 1);
                    });
                    for (entry, count) in
                        list.entries.iter().zip(counts.iter().skip(1)).filter(|(_, count)| **count > 0)
                    {
                        *entries.entry(entry.clone()).or_default() += count;
                    }
                }
                of_list = of_list.or(&new);
            }
            covered.or(&of_list)
        })
    }
}

impl Covers {
    fn of(list: &str, entry: &str) -> Option<Self> {
        match list {
            "addresses" => {
                let block = entry.parse::<IpNet>().ok().or_else(|| address::parse(entry).map(IpNet::from));
                block.map(Self::Block)
            }
            "domains" => {
                Some(Self::Domain(host_name(entry).trim_start_matches("*.").trim_start_matches('.').to_owned()))
            }
            _ => Some(Self::Text(Pattern::of(entry))),
        }
    }

    fn covers(&self, text: &str, address: Option<IpAddr>) -> bool {
        match self {
            Self::Block(block) => address.is_some_and(|address| block.contains(&address)),
            Self::Domain(domain) => {
                let before = text.strip_suffix(domain.as_str());
                before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
            Self::Text(pattern) => pattern.fits(text),
        }
    }
}

/// The number of the first entry that covers a value, from 1; 0 for none.
fn first(entries: &[Covers], list: &str, text: &str) -> u32 {
    let address = if list == "addresses" { address::parse(text) } else { None };
    let host = if list == "domains" { host_name(text) } else { text.into() };
    entries.iter().position(|entry| entry.covers(&host, address)).map_or(0, |at| at as u32 + 1)
}

impl LeftOutFound {
    /// Takes the others in.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        for (list, (rows, entries)) in other.lists {
            let own = self.lists.entry(list).or_default();
            own.0 += rows;
            for (entry, rows) in entries {
                *own.1.entry(entry).or_default() += rows;
            }
        }
    }

    /// What was left out, with what is wrong in the lists.
    pub fn finish(self, settings: &Settings) -> LeftOut {
        let list = |(list, (rows, entries)): (String, (u64, BTreeMap<String, u64>))| {
            let mut entries: Vec<AllowedEntry> =
                entries.into_iter().map(|(entry, rows)| AllowedEntry { entry, rows }).collect();
            order::sort_by(&mut entries, |a, b| b.rows.cmp(&a.rows).then_with(|| a.entry.cmp(&b.entry)));
            AllowedRows { list, rows, entries }
        };
        LeftOut {
            rows: self.rows,
            lists: self.lists.into_iter().map(list).collect(),
            mistakes: settings.allow.mistakes(),
        }
    }
}
