//! What a user may set: lists, look-ups, models, CSV columns. Shared by every room; part of the report.
//!
//! Settings never hold log content, so they may go into a link or local storage.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::schema::FieldName;

/// All settings. What a settings file leaves out has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// What placeholders in Sigma rules (`%admins%`) stand for, by their name.
    pub sigma_placeholders: BTreeMap<String, Vec<String>>,
    /// The models.
    pub models: ModelSettings,
}

/// What the user says about how a file is read, where the log does not say or says it wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileReading {
    /// The offset from UTC of times that have none: `+02:00`.
    pub timezone: Option<String>,
    /// The year in which a log ends whose times have no year.
    pub year: Option<i32>,
}

impl Settings {
    /// What the user says about how a file is read: under its path, else under `*`.
    pub fn reading_of(&self, path: &str) -> FileReading {
        self.reading.get(path).or_else(|| self.reading.get("*")).cloned().unwrap_or_default()
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

/// Settings of the models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelSettings {
    /// The isolation forest.
    pub anomaly: AnomalySettings,
    /// The random forest; none unless a label is chosen.
    pub classifier: Option<ClassifierSettings>,
}

/// Settings of the isolation forest, in scikit-learn's words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
