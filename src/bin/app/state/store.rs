//! Everything that more than one component shares, in one list.
//!
//! The address (page, filter) is the truth for what it holds; the rest is here. What only one component needs is a signal
//! of its own.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::protocol::Detected;
use logloupe::report::{Input, Report};
use logloupe::settings::Settings;
use logloupe::units::clock::Times;

use super::allow::Undo;
use super::filter::Condition;
use super::learning::Learning;
use super::link::Offered;
use super::route::Route;
use super::rule_files::Rules;
use super::studies::Studies;
use super::theme::Choice;

/// Where a session is in its life.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// No log is open.
    #[default]
    Empty,
    /// Files are chosen; their formats are being looked at.
    Preview,
    /// Lines become rows.
    Reading,
    /// All lines are read; the report is being made.
    Analyzing,
    /// The report is here.
    Ready,
    /// It came to an end: what happened, and what to do.
    Failed {
        /// What happened.
        what: String,
        /// What to do about it.
        remedy: String,
    },
}

impl Stage {
    /// The name on `<html data-session>`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Preview => "preview",
            Self::Reading => "reading",
            Self::Analyzing => "analyzing",
            Self::Ready => "ready",
            Self::Failed { .. } => "failed",
        }
    }

    /// Whether something is under way.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Preview | Self::Reading | Self::Analyzing)
    }
}

/// What is known of a file that was dropped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileState {
    /// Its path as dropped.
    pub path: String,
    /// Its size as stored.
    pub size_bytes: u64,
    /// What its beginning says; null until it was looked at.
    pub detected: Option<Detected>,
    /// Every how many-th part is read; 1 for all.
    pub every: u64,
    /// Bytes to read: the size, or less where a sample is read.
    pub to_read: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Lines read.
    pub lines: u64,
    /// Lines that were not understood so far.
    pub rejected: u64,
}

/// An archive that waits for a password.
#[derive(Clone, Debug, PartialEq)]
pub struct Locked {
    /// Its path as dropped.
    pub path: String,
    /// How many of its members are encrypted.
    pub count: u64,
    /// Whether a password was given that does not fit.
    pub is_wrong: bool,
}

/// How a model's run is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Run {
    /// Nothing is under way; the result, if any, is in the report.
    #[default]
    Idle,
    /// It is under way: what is being done.
    Running(String),
    /// It did not work: why.
    Failed(String),
}

/// A value that a menu is open for.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuTarget {
    /// The condition that the value stands for.
    pub condition: Condition,
    /// Where to open, in pixels of the window.
    pub at: (f64, f64),
}

/// A mistake in a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterMistake {
    /// The filter's text.
    pub filter: String,
    /// Where, in characters from 1; null where it is no matter of place.
    pub column: Option<usize>,
    /// Expected against found.
    pub message: String,
}

/// Filters of this session, for undo and redo.
#[derive(Clone, Debug, PartialEq)]
pub struct FilterHistory {
    /// In the order in which they came.
    pub entries: Vec<String>,
    /// The one that holds.
    pub at: usize,
}

impl FilterHistory {
    /// Takes note that `filter` holds now: a step back, a step on, or something new.
    pub fn note(&mut self, filter: &str) {
        let holds = |at: Option<usize>| at.and_then(|at| self.entries.get(at)).is_some_and(|known| known == filter);
        if holds(Some(self.at)) {
        } else if holds(self.at.checked_sub(1)) {
            self.at -= 1;
        } else if holds(Some(self.at + 1)) {
            self.at += 1;
        } else {
            self.entries.truncate(self.at + 1);
            self.entries.push(filter.to_owned());
            self.at = self.entries.len() - 1;
        }
    }

    /// The filter before.
    pub fn before(&self) -> Option<String> {
        self.at.checked_sub(1).and_then(|at| self.entries.get(at)).cloned()
    }

    /// The filter after, if one was undone.
    pub fn after(&self) -> Option<String> {
        self.entries.get(self.at + 1).cloned()
    }
}

/// Everything that is shared. A handle: copies are the same store.
#[derive(Clone, Copy)]
pub struct Store {
    /// Page, filter and number of workers, as the address has them.
    pub route: RwSignal<Route>,
    /// The filters before and after.
    pub history: RwSignal<FilterHistory>,
    /// Where the session is in its life.
    pub stage: RwSignal<Stage>,
    /// The files in the order of their numbers.
    pub files: RwSignal<Vec<FileState>>,
    /// The archive that waits for a password, if one does.
    pub locked: RwSignal<Option<Locked>>,
    /// Seconds spent reading so far.
    pub reading_seconds: RwSignal<f64>,
    /// Bytes read in a second, as last measured in this tab.
    pub speed: RwSignal<Option<f64>>,
    /// Whether the preview waits for the user to say that the files be read.
    pub waiting: RwSignal<bool>,
    /// The report under the filter; null before the first one.
    pub report: RwSignal<Option<Arc<Report>>>,
    /// Whether a report for a newer filter is on its way.
    pub refreshing: RwSignal<bool>,
    /// The accounts of the files, once read; the report has them too.
    pub inputs: RwSignal<Arc<Vec<Input>>>,
    /// What is wrong with the filter, if it does not hold.
    pub mistake: RwSignal<Option<FilterMistake>>,
    /// The settings, without the filter.
    pub settings: RwSignal<Settings>,
    /// The user's Sigma rules.
    pub rules: RwSignal<Rules>,
    /// Nanoseconds that checks took for the report that is shown, by their id or by what they share.
    pub times: RwSignal<Times>,
    /// The isolation forest's run.
    pub anomaly_run: RwSignal<Run>,
    /// The filter under which the isolation forest ran last.
    pub anomaly_filter: RwSignal<String>,
    /// The random forest's run.
    pub classifier_run: RwSignal<Run>,
    /// Models that are trained, opened and asked.
    pub learning: Learning,
    /// Questions to the models that are asked one at a time.
    pub studies: StoredValue<Studies>,
    /// The value that a menu is open for.
    pub menu: RwSignal<Option<MenuTarget>>,
    /// What a link brought, while it waits to be applied or not.
    pub offered: RwSignal<Option<Offered>>,
    /// The guide's text, once it is here, or why it is not.
    pub guide: RwSignal<Option<Result<String, String>>>,
    /// The step that can be taken back, if the last one can.
    pub undo: RwSignal<Option<Undo>>,
    /// The finding that is open in the findings' view, by its place in the report.
    pub open_finding: RwSignal<Option<usize>>,
    /// The case that is open in the findings' view, by its id.
    pub open_case: RwSignal<Option<String>>,
    /// Whether the dialog of keys is open.
    pub keys_open: RwSignal<bool>,
    /// Whether the dialog of actions is open.
    pub palette_open: RwSignal<bool>,
    /// Light, dark, or as the system has it.
    pub theme: RwSignal<Choice>,
    /// Addresses asked for since the drop; none, if the page keeps its word.
    pub requests: RwSignal<Vec<String>>,
    /// What a screen reader is told next.
    pub announcement: RwSignal<String>,
}

impl Store {
    /// A store in which nothing has happened, at `route`.
    pub fn new(route: Route, settings: Settings, theme: Choice) -> Self {
        let history = FilterHistory { entries: vec![route.filter.clone()], at: 0 };
        Self {
            route: RwSignal::new(route),
            history: RwSignal::new(history),
            stage: RwSignal::new(Stage::Empty),
            files: RwSignal::new(Vec::new()),
            locked: RwSignal::new(None),
            reading_seconds: RwSignal::new(0.0),
            speed: RwSignal::new(None),
            waiting: RwSignal::new(false),
            report: RwSignal::new(None),
            refreshing: RwSignal::new(false),
            inputs: RwSignal::new(Arc::default()),
            mistake: RwSignal::new(None),
            settings: RwSignal::new(settings),
            rules: RwSignal::new(Rules::default()),
            times: RwSignal::new(Times::new()),
            anomaly_run: RwSignal::new(Run::Idle),
            anomaly_filter: RwSignal::new(String::new()),
            classifier_run: RwSignal::new(Run::Idle),
            learning: Learning::default(),
            studies: StoredValue::default(),
            menu: RwSignal::new(None),
            offered: RwSignal::new(None),
            guide: RwSignal::new(None),
            undo: RwSignal::new(None),
            open_finding: RwSignal::new(None),
            open_case: RwSignal::new(None),
            keys_open: RwSignal::new(false),
            palette_open: RwSignal::new(false),
            theme: RwSignal::new(theme),
            requests: RwSignal::new(Vec::new()),
            announcement: RwSignal::new(String::new()),
        }
    }

    /// Whether files can come into the session and go out of it: nothing is under way.
    pub fn can_add(&self) -> bool {
        self.waiting.get() || self.stage.with(|stage| *stage == Stage::Ready)
    }

    /// The settings with the filter that the address holds.
    pub fn settings_now(&self) -> Settings {
        Settings { filter: self.route.with_untracked(|route| route.filter.clone()), ..self.settings.get_untracked() }
    }
}

/// The store of the page that the calling component is on.
pub fn use_store() -> Store {
    expect_context::<Store>()
}
