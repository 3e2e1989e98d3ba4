//! What a user may set: lists, look-ups, models, CSV columns. Shared by every room; part of the report.
//!
//! Settings hold nothing of a log but what the user puts on a list, so they may go into a link or local storage.

mod carried;
mod check;
mod link;
mod studies;
mod tuning;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::schema::FieldName;

pub use carried::{Change, changes, to_toml};
pub use link::{LINK_BYTES_AT_MOST, LINK_CHARACTERS_AT_MOST, Packed, of_link, to_link};
pub use studies::{AgreementSettings, ForecastSettings, MapSettings, PlantSettings};
pub use tuning::{Allow, RuleTuning, Tuning, entry, mistake};
pub use words::{tuning_line, tuning_of_line};

/// All settings. What a settings file leaves out has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// A filter that every figure stands under; empty for all rows.
    pub filter: String,
    /// The lists that checks compare with.
    pub lists: Lists,
    /// Domains that are looked for in each folder.
    pub lookups: Vec<Lookup>,
    /// Beginnings of user agents that are counted in each folder.
    pub user_agent_prefixes: Vec<String>,
    /// How CSV columns map to fields, by the column's name, where the names are not known.
    pub csv_columns: BTreeMap<String, FieldName>,
    /// How files are read, by path; `*` stands for those that are not named.
    pub reading: BTreeMap<String, FileReading>,
    /// Whether what is compressed may expand without limit; what expands like a bomb is stopped otherwise.
    pub unlimited: bool,
    /// Formats that the user brings, by name: format strings of nginx or Apache, or a field for each piece of a line.
    pub formats: BTreeMap<String, String>,
    /// When detectors speak.
    pub detectors: Detectors,
    /// When hits belong to one case.
    pub cases: CaseSettings,
    /// Rows that no check sees, and rules that do not run.
    pub allow: Allow,
    /// How rules speak, by their id.
    pub tuning: Tuning,
    /// What placeholders in Sigma rules (`%admins%`) stand for, by their name.
    pub sigma_placeholders: BTreeMap<String, Vec<String>>,
    /// The models.
    pub models: ModelSettings,
}

/// What the user says about how a file is read, where the log does not say or says it wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct FileReading {
    /// The offset from UTC of times that have none: `+02:00`.
    pub timezone: Option<String>,
    /// The year in which a log ends whose times have no year.
    pub year: Option<i32>,
    /// The format, in place of the one that the file looks like: a name in [`Settings::formats`], the id of a format
    /// that the file may be, or `unknown`.
    pub format: Option<String>,
    /// Only every so many-th 16 MiB is read, where a file can be read in parts: figures are of a sample then.
    pub sample: Option<u32>,
    /// Whether it may expand without limit where it is compressed, and what is in it where it is an archive.
    pub unlimited: bool,
}

impl FileReading {
    /// Every how many-th part is read; 1 for all.
    pub fn every(&self) -> u64 {
        u64::from(self.sample.unwrap_or(1).max(1))
    }
}

impl Settings {
    /// What the user says about how a file is read: under its path, and where nothing is said there under `*`.
    pub fn reading_of(&self, path: &str) -> FileReading {
        let said = |path: &str| self.reading.get(path).cloned().unwrap_or_default();
        let (own, of_all) = (said(path), said("*"));
        FileReading {
            timezone: own.timezone.or(of_all.timezone),
            year: own.year.or(of_all.year),
            format: own.format.or(of_all.format),
            sample: own.sample.or(of_all.sample),
            unlimited: own.unlimited || of_all.unlimited,
        }
    }

    /// Whether what is compressed in a file, or in the archive that it is a member of, may expand without limit.
    pub fn is_unlimited(&self, path: &str) -> bool {
        let holds = |own: &str| {
            own == "*" || path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.unlimited || self.reading.iter().any(|(own, reading)| reading.unlimited && holds(own))
    }

    /// The settings that Logloupe ships: example lists to be edited.
    pub fn shipped() -> Self {
        let names = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        Self {
            lists: Lists { banned_hosts: names(&["sharq1.com", "linguaflair.de"]), ..Lists::default() },
            lookups: vec![Lookup::new("amazon", "amazon"), Lookup::new("google.com", "google.com")],
            user_agent_prefixes: names(&["Mozilla/4.0", "Opera/9"]),
            ..Self::default()
        }
    }
}

/// Lists that checks compare with. An empty list switches its check off.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Lists {
    /// Hosts that nobody here should ask: the name itself and names below it.
    pub banned_hosts: Vec<String>,
    /// Destination ports that nobody here should use.
    pub banned_ports: Vec<u16>,
    /// Addresses known as bad: single ones or CIDR blocks.
    pub bad_addresses: Vec<String>,
    /// Hosts whose use is worth a note: the name itself and names below it.
    pub restricted_hosts: Vec<String>,
}

/// A domain that is looked for: visited or not, how often, from which folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lookup {
    /// What the user calls it.
    pub name: String,
    /// A part of a host name, `amazon`, or a domain, `google.com`; without regard to case.
    pub pattern: String,
}

impl Lookup {
    /// A look-up of `pattern`, called `name`.
    pub fn new(name: &str, pattern: &str) -> Self {
        Self { name: name.into(), pattern: pattern.into() }
    }
}

/// From where on detectors speak, and what they take as given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Detectors {
    /// Addresses that are the user's own beside the private ones: single ones or CIDR blocks.
    pub own_networks: Vec<String>,
    /// Connections of a pair from which it can be a beacon.
    pub beacon_connections: u64,
    /// The score from which it is one, `0..=1`.
    pub beacon_score: f64,
    /// Seconds from which a connection is long.
    pub long_connection_seconds: u32,
    /// Connections of a pair in a day that are too many.
    pub strobe_per_day: u64,
    /// Ports of a machine, or machines with one port, from which trying them is a scan; at most 256.
    pub scan_targets: u16,
    /// Bytes sent to one machine from which it is a large upload.
    pub upload_bytes: u64,
    /// Bytes fetched from one machine from which it is a large download.
    pub download_bytes: u64,
    /// Names below one domain from which it can be a tunnel; at most 256.
    pub tunnel_names: u16,
    /// Domains that do not exist, from which looking them up is noted; at most 256.
    pub failed_lookups: u16,
    /// Domains with drawn letters from which looking them up is noted; at most 256.
    pub generated_names: u16,
    /// Failed logins of a source within ten minutes, half as many within a second, or five times as many in all, from
    /// which they are noted.
    pub login_failures: u64,
    /// Users whose login one source failed at, from which it is noted; at most 256.
    pub sprayed_users: u16,
    /// Requests of a source in a minute that are too many, whatever the log is used to.
    pub flood_per_minute: u32,
    /// Rows up to which a value is rare; 0 for never.
    pub rare_rows: u32,
    /// Values of a column that are rare, or new, from more than which being so is usual there; 0 for none ever.
    pub rare_values: u16,
    /// Days with rows after which a value can be new, if half of the rows are in them.
    pub baseline_days: u16,
    /// Addresses of crawlers by the company's name, instead of those that are shipped.
    pub crawler_networks: BTreeMap<String, Vec<String>>,
}

impl Default for Detectors {
    fn default() -> Self {
        Self {
            own_networks: Vec::new(),
            beacon_connections: 20,
            beacon_score: 0.8,
            long_connection_seconds: 3600,
            strobe_per_day: 86_400,
            scan_targets: 30,
            upload_bytes: 100_000_000,
            download_bytes: 1_000_000_000,
            tunnel_names: 100,
            failed_lookups: 30,
            generated_names: 10,
            login_failures: 20,
            sprayed_users: 10,
            flood_per_minute: 300,
            rare_rows: 3,
            rare_values: 5,
            baseline_days: 7,
            crawler_networks: BTreeMap::new(),
        }
    }
}

/// When hits belong to one case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CaseSettings {
    /// Hours without a hit after which what a source does is another case.
    pub quiet_hours: u32,
}

impl Default for CaseSettings {
    fn default() -> Self {
        Self { quiet_hours: 24 }
    }
}

/// Settings of the models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ModelSettings {
    /// The isolation forest.
    pub anomaly: AnomalySettings,
    /// The random forest; none unless a label is chosen.
    pub classifier: Option<ClassifierSettings>,
}

/// Settings of the isolation forest, in scikit-learn's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AnomalySettings {
    /// Whether the report has it.
    pub enabled: bool,
    /// Numeric columns to look at; empty lets the log's kind decide.
    pub features: Vec<FieldName>,
    /// The share of rows to mark, above 0 and at most 0.5.
    pub contamination: f64,
    /// How many trees.
    pub n_estimators: u32,
    /// How many rows each tree sees at most.
    pub max_samples: u32,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Default for AnomalySettings {
    fn default() -> Self {
        Self { enabled: true, features: Vec::new(), contamination: 0.05, n_estimators: 100, max_samples: 256, seed: 42 }
    }
}

/// Settings of the random forest, in scikit-learn's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ClassifierSettings {
    /// The column to learn.
    pub label: FieldName,
    /// Numeric columns to learn from; empty lets the log's kind decide.
    pub features: Vec<FieldName>,
    /// How many trees.
    pub n_estimators: u32,
    /// How deep a tree may grow.
    pub max_depth: u32,
    /// The share of rows held out to test on.
    pub test_size: f64,
    /// Where the random numbers start.
    pub seed: u64,
}

impl Default for ClassifierSettings {
    fn default() -> Self {
        Self {
            label: FieldName::new("http.response.status_code"),
            features: Vec::new(),
            n_estimators: 100,
            max_depth: 10,
            test_size: 0.3,
            seed: 42,
        }
    }
}
