//! Pages of rows, asked for when they come into sight.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leptos::prelude::*;
use logloupe::query::{Answer, Question, RowView, RowsAnswer, RowsQuestion, Sort};
use logloupe::report::Report;
use logloupe::schema::FieldName;
use wasm_bindgen_futures::spawn_local;

use super::window::Window;
use crate::state::pool::Trouble;
use crate::state::session::Loupe;
use crate::text::fields;

/// Rows of a page.
const PAGE: u64 = 100;

/// Columns shown unless others are chosen.
const COLUMNS: usize = 9;

/// A row with all of its columns.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenRow {
    /// Its place in the list.
    pub at: u64,
    /// The columns.
    pub columns: Vec<FieldName>,
    /// The row.
    pub row: RowView,
}

/// What the list knows. A handle: copies are the same list.
#[derive(Clone, Copy)]
pub struct Pages {
    loupe: Loupe,
    filter: RwSignal<String>,
    /// Every column that the rows have.
    pub present: RwSignal<Vec<FieldName>>,
    /// Whether the columns were chosen by hand.
    pub is_chosen: RwSignal<bool>,
    /// The columns shown.
    pub columns: RwSignal<Vec<FieldName>>,
    /// The order; null for that of the files.
    pub sort: RwSignal<Option<Sort>>,
    /// What is in sight.
    pub window: RwSignal<Window>,
    /// The pages that are here.
    pub loaded: RwSignal<BTreeMap<u64, Arc<Vec<RowView>>>>,
    asked: StoredValue<BTreeSet<u64>>,
    round: StoredValue<u32>,
    looks: StoredValue<u32>,
    /// Counts the lists that were begun: each begins at its top.
    pub begun: RwSignal<u32>,
    /// The row that the keys move.
    pub active: RwSignal<u64>,
    /// The row whose line is shown.
    pub open: RwSignal<Option<OpenRow>>,
    /// Why rows did not come.
    pub problem: RwSignal<Option<String>>,
}

impl Pages {
    /// An empty list.
    pub fn new(loupe: Loupe) -> Self {
        Self {
            loupe,
            filter: RwSignal::new(String::new()),
            present: RwSignal::new(Vec::new()),
            is_chosen: RwSignal::new(false),
            columns: RwSignal::new(Vec::new()),
            sort: RwSignal::new(None),
            window: RwSignal::new(Window { total: 0, top: 0.0, height: 600.0 }),
            loaded: RwSignal::new(BTreeMap::new()),
            asked: StoredValue::new(BTreeSet::new()),
            round: StoredValue::new(0),
            looks: StoredValue::new(0),
            begun: RwSignal::new(0),
            active: RwSignal::new(0),
            open: RwSignal::new(None),
            problem: RwSignal::new(None),
        }
    }

    /// Keeps the list as the report's filter, the order and the columns say.
    pub fn follow(self, report: Signal<Arc<Report>>) {
        let filter = Memo::new(move |_| report.with(|report| (report.settings.filter.clone(), report.rows)));
        Effect::new(move |_| {
            self.filter.set(filter.get().0);
            self.look();
        });
        Effect::new(move |_| {
            self.columns.track();
            self.sort.track();
            self.forget();
        });
        Effect::new(move |_| {
            self.loaded.track();
            self.ask_in_sight(self.window.get());
        });
    }

    /// Asks how many rows there are and which columns they have.
    fn look(self) {
        self.open.set(None);
        self.forget();
        self.looks.update_value(|looks| *looks = looks.wrapping_add(1));
        let look = self.looks.get_value();
        let question = RowsQuestion { limit: 1, ..RowsQuestion::default() };
        spawn_local(async move {
            match self.ask(question).await {
                Ok(answer) if look == self.looks.get_value() => self.take_columns(answer),
                Ok(_) => {}
                Err(trouble) => self.problem.set(Some(trouble.sentence())),
            }
        });
    }

    fn take_columns(self, answer: RowsAnswer) {
        let kept: Vec<FieldName> =
            self.columns.get_untracked().into_iter().filter(|name| answer.columns.contains(name)).collect();
        let columns = if kept.is_empty() || !self.is_chosen.get_untracked() {
            fields::telling(&answer.columns, COLUMNS)
        } else {
            kept
        };
        self.present.set(answer.columns);
        if self.columns.with_untracked(|known| *known != columns) {
            self.columns.set(columns);
        }
        self.active.set(0);
        self.begun.update(|begun| *begun = begun.wrapping_add(1));
        self.window.update(|window| window.total = answer.total);
    }

    /// Forgets the pages that are here; those in sight are asked for again.
    fn forget(self) {
        self.round.update_value(|round| *round = round.wrapping_add(1));
        self.asked.update_value(BTreeSet::clear);
        self.loaded.set(BTreeMap::new());
    }

    fn ask_in_sight(self, window: Window) {
        let (first, end) = window.rows();
        if end == 0 || self.columns.with_untracked(Vec::is_empty) {
            return;
        }
        for page in first / PAGE..=(end - 1) / PAGE {
            if self.asked.try_update_value(|asked| asked.insert(page)) == Some(true) {
                self.fetch(page);
            }
        }
    }

    fn fetch(self, page: u64) {
        let round = self.round.get_value();
        let question = RowsQuestion {
            columns: self.columns.get_untracked(),
            sort: self.sort.get_untracked(),
            offset: page * PAGE,
            limit: PAGE as u32,
        };
        spawn_local(async move {
            let answer = self.ask(question).await;
            if round != self.round.get_value() {
                return;
            }
            match answer {
                Ok(answer) => {
                    self.problem.set(None);
                    self.loaded.update(|loaded| drop(loaded.insert(page, Arc::new(answer.rows))));
                }
                Err(trouble) => self.problem.set(Some(trouble.sentence())),
            }
        });
    }

    async fn ask(self, question: RowsQuestion) -> Result<RowsAnswer, Trouble> {
        rows(self.loupe, &self.filter.get_untracked(), Question::Rows(question)).await
    }

    /// The row at a place, where its page is here.
    pub fn row(self, at: u64) -> Option<RowView> {
        self.loaded.with(|loaded| loaded.get(&(at / PAGE)).and_then(|page| page.get((at % PAGE) as usize).cloned()))
    }

    /// Opens the row at a place, with all its columns.
    pub fn open_row(self, at: u64) {
        let Some(row) = untrack(|| self.row(at)) else { return };
        self.active.set(at);
        let (total, columns) = (self.window.get_untracked().total, self.present.get_untracked());
        let question = Question::RowsAt { total, columns, places: vec![(row.file, row.byte)] };
        spawn_local(async move {
            match rows(self.loupe, "", question).await {
                Ok(answer) => {
                    let columns = answer.columns;
                    self.open.set(answer.rows.into_iter().next().map(|row| OpenRow { at, columns, row }));
                }
                Err(trouble) => self.problem.set(Some(trouble.sentence())),
            }
        });
    }
}

async fn rows(loupe: Loupe, filter: &str, question: Question) -> Result<RowsAnswer, Trouble> {
    match loupe.session().ask(filter, vec![question]).await?.pop() {
        Some(Answer::Rows(answer)) => Ok(answer),
        _ => Err(Trouble::another("rows")),
    }
}
