//! Domains that are looked for in each folder, and beginnings of user agents that are counted in each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::query::{TopValues, ValueCount};
use crate::report::types::{FolderCount, LookupResult, PrefixResult};
use crate::schema::Field;
use crate::settings::{Lookup, Settings};
use crate::table::{Position, RowSet, Selection, Shard};
use crate::units::order;

use super::columns::{Column, HOST_FIELDS, Joined, View, host_name, rows_of_codes};
use super::plan::matching;
use super::tally::{CodeMap, Tally};

/// Hosts that a result lists.
const MAX_HOSTS: usize = 20;

/// A search by folder, ready for a store.
struct Search {
    column: Column,
    hits: Vec<bool>,
    found: Found,
    hosts: CodeMap<u32, u64>,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Found {
    name: String,
    pattern: String,
    folders: BTreeMap<String, u64>,
    tally: Tally,
    hosts: BTreeMap<String, u64>,
}

/// Look-ups and prefixes, ready for a store.
pub(super) struct Searches {
    lookups: Vec<Search>,
    prefixes: Vec<Search>,
}

/// Look-ups and prefixes of shards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct SearchesFound {
    lookups: Vec<Found>,
    prefixes: Vec<Found>,
}

impl Searches {
    /// Every search of the settings; folders without a row count too.
    pub fn new(selection: Selection<'_>, settings: &Settings, folders: &[String]) -> Self {
        let hosts = Joined::new(selection, &HOST_FIELDS);
        let search = |column: Column, hits: Vec<bool>, name: &str, pattern: &str| Search {
            column,
            hits: if hits.contains(&true) { hits } else { Vec::new() },
            found: Found {
                name: name.to_owned(),
                pattern: pattern.to_owned(),
                folders: folders.iter().map(|folder| (folder.clone(), 0)).collect(),
                ..Found::default()
            },
            hosts: CodeMap::default(),
        };
        let lookup = |lookup: &Lookup| {
            let hits = hosts.matching(&HOST_FIELDS, |text| is_looked_for(lookup, text));
            search(Column::Host, hits, &lookup.name, &lookup.pattern)
        };
        let prefix = |prefix: &String| {
            let hits = matching(selection, Field::UserAgentOriginal, |text| text.starts_with(prefix.as_str()));
            search(Column::Text(Field::UserAgentOriginal.into()), hits, "", prefix)
        };
        Self {
            lookups: settings.lookups.iter().map(lookup).collect(),
            prefixes: settings.user_agent_prefixes.iter().map(prefix).collect(),
        }
    }

    /// The columns to decode.
    pub fn columns(&self, out: &mut Vec<Column>) {
        for search in self.lookups.iter().chain(&self.prefixes).filter(|search| !search.hits.is_empty()) {
            out.extend([search.column.clone(), Column::Host]);
        }
    }

    /// Counts a shard's rows for the folder that it is in.
    pub fn count(&mut self, shard: &Shard, rows: &RowSet, view: &View<'_>, folder: &str) {
        for search in self.lookups.iter_mut().chain(&mut self.prefixes) {
            // Also a folder of which nobody said anything has its line.
            let count = search.found.folders.entry(folder.to_owned()).or_default();
            if search.hits.is_empty() {
                continue;
            }
            let found = rows_of_codes(view.codes(&search.column), &search.hits).and(rows);
            found.for_each(|row| {
                *count += 1;
                search.found.tally.add(shard, row, view.time(row));
                if let Some(host) = view.value(&Column::Host, row) {
                    *search.hosts.entry(host as u32).or_default() += 1;
                }
            });
        }
    }

    /// What was found in the store.
    pub fn found(self, view: &View<'_>) -> SearchesFound {
        let found = |searches: Vec<Search>| searches.into_iter().map(|search| search.found(view)).collect();
        SearchesFound { lookups: found(self.lookups), prefixes: found(self.prefixes) }
    }
}

impl Search {
    fn found(mut self, view: &View<'_>) -> Found {
        for (code, count) in self.hosts {
            if let Some((_, text)) = view.hosts.get(code) {
                *self.found.hosts.entry(host_name(text).into_owned()).or_default() += count;
            }
        }
        self.found
    }
}

impl SearchesFound {
    /// Takes the others in; both come from the same settings.
    pub fn merge(&mut self, other: Self) {
        merge(&mut self.lookups, other.lookups);
        merge(&mut self.prefixes, other.prefixes);
    }

    /// The look-ups with the rows that prove them, and the prefixes, in the order of the settings.
    pub fn finish(self) -> (Vec<(LookupResult, Vec<Position>)>, Vec<PrefixResult>) {
        (self.lookups.into_iter().map(lookup).collect(), self.prefixes.into_iter().map(prefix).collect())
    }
}

fn merge(into: &mut Vec<Found>, others: Vec<Found>) {
    if into.is_empty() {
        *into = others;
        return;
    }
    for (found, other) in into.iter_mut().zip(others) {
        found.tally.merge(&other.tally);
        for (folder, count) in other.folders {
            *found.folders.entry(folder).or_default() += count;
        }
        for (host, count) in other.hosts {
            *found.hosts.entry(host).or_default() += count;
        }
    }
}

fn lookup(found: Found) -> (LookupResult, Vec<Position>) {
    let result = LookupResult {
        folders: folders(&found),
        name: found.name,
        pattern: found.pattern,
        count: found.tally.count,
        visited: found.tally.count > 0,
        evidence: Vec::new(),
    };
    (result, found.tally.evidence)
}

fn prefix(found: Found) -> PrefixResult {
    let rows = found.hosts.values().sum();
    let mut values: Vec<(&String, &u64)> = found.hosts.iter().collect();
    order::sort_by(&mut values, |a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let value = |(host, count): (&String, &u64)| ValueCount { value: Some(host.clone()), count: *count, bytes: None };
    PrefixResult {
        folders: folders(&found),
        count: found.tally.count,
        hosts: TopValues {
            values: values.into_iter().take(MAX_HOSTS).map(value).collect(),
            distinct: found.hosts.len() as u64,
            rows,
        },
        prefix: found.pattern,
    }
}

/// **Order**: by count, then by folder.
fn folders(found: &Found) -> Vec<FolderCount> {
    let mut folders: Vec<FolderCount> =
        found.folders.iter().map(|(folder, count)| FolderCount { folder: folder.clone(), count: *count }).collect();
    order::sort_by(&mut folders, |a, b| b.count.cmp(&a.count).then_with(|| a.folder.cmp(&b.folder)));
    folders
}

/// A pattern with a dot is a domain and means the names below it too; one without is a part of a name.
fn is_looked_for(lookup: &Lookup, text: &str) -> bool {
    let host = host_name(text);
    let pattern = lookup.pattern.trim().to_ascii_lowercase();
    let domain = pattern.trim_start_matches("*.");
    if domain.contains('.') {
        host.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    } else {
        !domain.is_empty() && host.contains(domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_part_or_a_domain() {
        for (pattern, host, expected) in [
            ("amazon", "www.Amazon.de", true),
            ("amazon", "s3.amazonaws.com", true),
            ("google.com", "google.com:80", true),
            ("google.com", "www.google.com", true),
            ("google.com", "notgoogle.com", false),
            ("google.com", "google.com.example", false),
            ("", "example.org", false),
        ] {
            assert_eq!(is_looked_for(&Lookup::new("", pattern), host), expected, "{pattern} {host}");
        }
    }
}
