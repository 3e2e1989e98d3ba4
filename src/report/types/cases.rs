//! Cases, the queue of what to look at first, and the threat level: what findings come to when they are put together.

use serde::{Deserialize, Serialize};

use super::{Entity, Evidence, Severity};
use crate::query::Timeline;

/// How far an attack has come, in the order in which attacks go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Finding out what is there.
    #[default]
    Reconnaissance,
    /// Trying doors that should be shut.
    Probing,
    /// Trying to break in.
    Exploitation,
    /// Being inside.
    Access,
    /// Taking orders from outside.
    CommandAndControl,
    /// Carrying data out.
    Exfiltration,
    /// Doing damage.
    Impact,
}

impl Stage {
    /// Every stage, the earliest first.
    pub const ALL: [Self; 7] = [
        Self::Reconnaissance,
        Self::Probing,
        Self::Exploitation,
        Self::Access,
        Self::CommandAndControl,
        Self::Exfiltration,
        Self::Impact,
    ];

    /// The words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reconnaissance => "reconnaissance",
            Self::Probing => "probing",
            Self::Exploitation => "exploitation",
            Self::Access => "access",
            Self::CommandAndControl => "command and control",
            Self::Exfiltration => "exfiltration",
            Self::Impact => "impact",
        }
    }
}

/// Whether an attack got what it wanted, as far as a log can say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Success {
    /// Nothing points to it.
    #[default]
    None,
    /// An answer came that success would also give.
    Possible,
    /// More than that points to it.
    Likely,
}

impl Success {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none seen",
            Self::Possible => "possible",
            Self::Likely => "likely",
        }
    }
}

/// Rows by their answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Answered {
    /// 200 to 299.
    pub success: u64,
    /// 300 to 399.
    pub redirect: u64,
    /// 400 to 499.
    pub client_error: u64,
    /// 500 and above.
    pub server_error: u64,
    /// Without a status.
    pub unknown: u64,
}

impl Answered {
    /// All rows.
    pub fn rows(&self) -> u64 {
        self.success + self.redirect + self.client_error + self.server_error + self.unknown
    }

    /// Takes the other's rows in.
    pub fn add(&mut self, other: &Self) {
        self.success += other.success;
        self.redirect += other.redirect;
        self.client_error += other.client_error;
        self.server_error += other.server_error;
        self.unknown += other.unknown;
    }
}

/// One story: what one source, or several that act alike, did without a long pause.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Case {
    /// Stable name: the same first source at the same time has the same.
    pub id: String,
    /// Who did what, in a few words.
    pub title: String,
    /// How bad: the worst of its checks, worse where it probably succeeded.
    pub severity: Severity,
    /// How sure, `0..=1`.
    pub confidence: f64,
    /// Whether it succeeded.
    pub success: Success,
    /// What points to success, in words.
    pub success_reasons: Vec<String>,
    /// What happened, in sentences.
    pub story: String,
    /// First seen.
    pub first: Option<String>,
    /// Last seen.
    pub last: Option<String>,
    /// Seconds between the two.
    pub dwell_seconds: Option<u64>,
    /// Rows under its checks; a row that two checks found counts twice.
    pub hits: u64,
    /// Bytes that were answered to these rows, or sent in them where the log has connections; null where it has neither.
    pub bytes: Option<u64>,
    /// How far it came. **Order**: of [`Stage::ALL`].
    pub stages: Vec<CaseStage>,
    /// What was found, the most severe first.
    pub checks: Vec<CaseCheck>,
    /// Who did it, most hits first. **Shape**: at most [`CASE_SOURCES`].
    pub sources: Vec<Entity>,
    /// How many did it.
    pub n_sources: u64,
    /// Hits over time by stage, as far as single rows are hits: a scan that shows only in many rows has none.
    pub timeline: Timeline,
    /// A filter that shows its rows, and what else these sources did then.
    pub filter: String,
    /// The first row of each stage, and the first that points to success.
    pub moments: Vec<Moment>,
}

/// How many sources a case lists.
pub const CASE_SOURCES: usize = 200;

/// What a case did at one stage.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CaseStage {
    /// The stage.
    pub stage: Stage,
    /// First seen.
    pub first: Option<String>,
    /// Last seen.
    pub last: Option<String>,
    /// Hits.
    pub hits: u64,
    /// Hits by their answer.
    pub answered: Answered,
    /// ATT&CK techniques.
    pub techniques: Vec<String>,
    /// ATT&CK tactics, by name.
    pub tactics: Vec<String>,
}

/// What a check found in a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CaseCheck {
    /// The finding's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// How far an attack is that this check finds.
    pub stage: Stage,
    /// Hits.
    pub hits: u64,
    /// Hits by their answer.
    pub answered: Answered,
}

/// A row of a case that matters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Moment {
    /// What it is: `first exploitation`.
    pub what: String,
    /// When.
    pub time: Option<String>,
    /// The line; null until somebody reads it.
    pub evidence: Option<Evidence>,
}

/// How many cases there are in all, and what they are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct CaseCounts {
    /// Cases, those beyond [`CASES`] too.
    pub cases: u64,
    /// Hits in all cases.
    pub hits: u64,
    /// Sources in all cases.
    pub sources: u64,
    /// Whether there were more hits than are kept: the cases are then of the most severe checks, and of a sample of
    /// sources.
    pub is_sample: bool,
}

/// How many cases a report lists.
pub const CASES: usize = 100;

/// A technique of ATT&CK that findings name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Technique {
    /// `T1190`.
    pub id: String,
    /// Its name; empty where it is not known here.
    pub name: String,
    /// The tactic that it serves, by name.
    pub tactic: String,
    /// How many findings name it.
    pub findings: u64,
    /// Rows of these findings; a row in two of them counts twice.
    pub rows: u64,
}

/// Something to look at, with why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default)]
pub struct QueueEntry {
    /// The case's id, or the finding's.
    pub id: String,
    /// Whether it is a case.
    pub is_case: bool,
    /// What it is.
    pub title: String,
    /// How bad.
    pub severity: Severity,
    /// What it is ranked by: see `report::text::queue`.
    pub score: f64,
    /// Why it is here, in words.
    pub reasons: Vec<String>,
    /// What to do.
    pub next_step: String,
    /// A filter that shows its rows.
    pub filter: String,
}

/// How many things to look at are listed.
pub const QUEUE: usize = 10;

/// How worried to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ThreatLevel {
    /// Nothing was found that would worry.
    #[default]
    None,
    /// What every machine on the Internet sees.
    Low,
    /// Somebody tried something.
    Medium,
    /// Somebody may have got in, or something inside behaves as if.
    High,
    /// Somebody probably got in.
    Critical,
}

impl ThreatLevel {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of findings that alone give this level.
    pub fn severity(self) -> Severity {
        match self {
            Self::None => Severity::Informational,
            Self::Low => Severity::Low,
            Self::Medium => Severity::Medium,
            Self::High => Severity::High,
            Self::Critical => Severity::Critical,
        }
    }
}

impl From<Severity> for ThreatLevel {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Informational => Self::None,
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
            Severity::Critical => Self::Critical,
        }
    }
}

/// How worried to be, and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Threat {
    /// The level.
    pub level: ThreatLevel,
    /// Why, most weighty first.
    pub reasons: Vec<String>,
}
