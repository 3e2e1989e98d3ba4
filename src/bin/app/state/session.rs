//! One session: files are opened, read, asked, closed. Owns the pool; tells the store what happens.
//!
//! `reading` turns files into shards, `jobs` asks the shards. A session's number tells what belongs to files that are no
//! longer open, so that late answers change nothing.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

use futures_channel::oneshot;
use gloo::timers::callback::Timeout;
use js_sys::Uint8Array;
use leptos::prelude::*;
use logloupe::protocol::{FileEntry, RangeStart};
use logloupe::report::Input;
use logloupe::settings::Settings;
use wasm_bindgen_futures::spawn_local;

use super::dropped::Dropped;
use super::intake::Chosen;
use super::jobs::next_task;
use super::meter;
use super::parts::Part;
use super::pool::{Boot, Pool, Trouble};
use super::rule_files::has_name_of_rules;
use crate::components::later::when_drawn;

use super::store::{FileState, FilterMistake, Run, Stage, Store};

/// How long a page that may not be in view is waited for, in milliseconds.
const UNSEEN_MS: u32 = 2_000;

/// More workers than this read no faster: the browser's own reading is the limit.
const WORKERS_AT_MOST: u32 = 4;

/// A file of the session and how to read it.
#[derive(Clone)]
pub struct OpenFile {
    /// Its path and where it is among what was dropped; its number is its place in the session.
    pub entry: FileEntry,
    /// Its place in the order of archives, in which files are best read.
    pub place: usize,
    /// The format specification from its detection, as bytes.
    pub format: Vec<u8>,
}

/// What the shards are, and who keeps them.
#[derive(Default)]
pub struct Shards {
    /// The worker that keeps each range: file, first byte → worker.
    pub holders: BTreeMap<(u32, u64), usize>,
    /// Bytes of tables of each range.
    pub table_bytes: BTreeMap<(u32, u64), u64>,
    /// Bytes of dictionaries of each worker.
    pub dictionary_bytes: BTreeMap<usize, u64>,
    /// First and last byte of each range.
    pub ends: BTreeMap<(u32, u64), Option<u64>>,
    /// The account of each range.
    pub accounts: BTreeMap<(u32, u64), Input>,
    /// Where each range begins in lines.
    pub starts: Vec<RangeStart>,
    /// One account a file.
    pub inputs: Vec<Input>,
}

/// The session. There is one; [`Loupe`] is its handle.
pub struct Session {
    pub(super) store: Store,
    pub(super) pool: RefCell<Option<Rc<Pool>>>,
    pub(super) files: RefCell<Vec<OpenFile>>,
    pub(super) dropped: RefCell<Dropped>,
    pub(super) shards: RefCell<Shards>,
    /// Files that are to be read yet.
    pub(super) unread: RefCell<BTreeSet<u32>>,
    pub(super) number: Cell<u32>,
    pub(super) newest_report: Cell<u32>,
    pub(super) is_reporting: Cell<bool>,
    waiting_for_pool: RefCell<Vec<oneshot::Sender<()>>>,
    waiting_for_end: RefCell<Vec<oneshot::Sender<()>>>,
    pub(super) waiting_for_password: RefCell<Option<oneshot::Sender<String>>>,
    pub(super) models_pending: Cell<bool>,
    pub(super) hashes_pending: Cell<bool>,
    pub(super) model_run: Cell<u32>,
    /// The share of rows to mark next, while one is being marked.
    pub(super) wanted_share: Cell<Option<f64>>,
    pub(super) is_marking: Cell<bool>,
    /// The file of the model that is open.
    pub(super) model_file: RefCell<Option<Uint8Array>>,
    pub(super) rules_part: Part,
    pub(super) documents_part: Part,
    pub(super) rules_run: Cell<u32>,
    /// The user's rules as a report's job carries them.
    pub(super) packed_rules: RefCell<Vec<u8>>,
}

/// The handle of the session for components. Copies are the same session.
#[derive(Clone, Copy)]
pub struct Loupe(StoredValue<Rc<Session>, LocalStorage>);

/// The session of the page that the calling component is on.
pub fn use_loupe() -> Loupe {
    expect_context::<Loupe>()
}

impl Loupe {
    /// A session without files; its workers start in the background.
    pub fn start(store: Store) -> Self {
        let session = Rc::new(Session {
            store,
            pool: RefCell::default(),
            files: RefCell::default(),
            dropped: RefCell::default(),
            shards: RefCell::default(),
            unread: RefCell::default(),
            number: Cell::new(0),
            newest_report: Cell::new(0),
            is_reporting: Cell::new(false),
            waiting_for_pool: RefCell::default(),
            waiting_for_end: RefCell::default(),
            waiting_for_password: RefCell::default(),
            models_pending: Cell::new(false),
            hashes_pending: Cell::new(false),
            model_run: Cell::new(0),
            wanted_share: Cell::new(None),
            is_marking: Cell::new(false),
            model_file: RefCell::default(),
            rules_part: Part::new("rules", "reads rules"),
            documents_part: Part::new("documents", "writes documents"),
            rules_run: Cell::new(0),
            packed_rules: RefCell::default(),
        });
        spawn_local(session.clone().warm_up());
        Self(StoredValue::new_local(session))
    }

    /// The session itself.
    pub fn session(self) -> Rc<Session> {
        self.0.get_value()
    }

    /// Opens files in place of those that are open.
    pub fn open(self, chosen: Vec<Chosen>) {
        spawn_local(self.session().open(chosen));
    }

    /// Reads the same files again from the start, under the settings of now.
    pub fn reopen(self) {
        let session = self.session();
        let chosen = session.dropped.borrow().chosen();
        spawn_local(session.open(chosen));
    }

    /// Adds files to those that are open; those are not read again.
    pub fn add(self, chosen: Vec<Chosen>) {
        spawn_local(self.session().add(chosen));
    }

    /// Takes a file out; the others are not read again.
    pub fn remove(self, file: usize) {
        spawn_local(self.session().remove(file));
    }

    /// Looks at some files again under the settings of now, and reads those again that were read.
    pub fn look_again(self, files: Vec<usize>) {
        spawn_local(self.session().look_again(files));
    }

    /// Reads a file again that expands further than the limits allow.
    pub fn read_without_limits(self, path: String) {
        spawn_local(self.session().read_without_limits(path));
    }

    /// Reads the files that the preview shows.
    pub fn read(self) {
        let session = self.session();
        session.store.waiting.set(false);
        let number = session.number.get();
        spawn_local(session.go_on(number));
    }

    /// Closes all files; what is under way ends.
    pub fn close(self) {
        self.session().close();
    }

    /// Gives a password for the archive that waits for one; none lets its encrypted members be.
    pub fn unlock(self, password: Option<String>) {
        self.session().unlock(password);
    }

    /// Makes the report anew, under the filter and settings of now.
    pub fn refresh(self) {
        spawn_local(self.session().refresh());
    }
}

impl Session {
    async fn warm_up(self: Rc<Self>) {
        let pool = match Boot::load("worker").await {
            Ok(boot) => Pool::start(boot, self.workers()).map_err(|trouble| trouble.sentence()),
            Err(message) => Err(message),
        };
        match pool {
            Ok(pool) => *self.pool.borrow_mut() = Some(Rc::new(pool)),
            Err(message) => self.store.stage.set(Stage::Failed {
                what: format!("The engine did not start: {message}"),
                remedy: "Load the page again. If it stays so, the host may not serve all files of the page.".into(),
            }),
        }
        for waiting in self.waiting_for_pool.take() {
            let _ = waiting.send(());
        }
        self.prepare_rules();
    }

    /// How many workers keep shards.
    pub fn workers(&self) -> usize {
        let cores = window().navigator().hardware_concurrency() as u32;
        let asked = self.store.route.with_untracked(|route| route.workers);
        asked.unwrap_or(cores.clamp(1, WORKERS_AT_MOST)) as usize
    }

    /// What the shards are, for figures about memory.
    pub fn shards(&self) -> std::cell::Ref<'_, Shards> {
        self.shards.borrow()
    }

    /// The pool, as soon as it is up.
    pub(super) async fn pool(&self) -> Result<Rc<Pool>, Trouble> {
        if self.pool.borrow().is_none() {
            let (done, up) = oneshot::channel();
            self.waiting_for_pool.borrow_mut().push(done);
            // A sender that is gone means the same as one that is done.
            let _ = up.await;
        }
        self.pool.borrow().clone().ok_or(Trouble::Mismatch("the engine did not start".into()))
    }

    /// Whether `number` is still the session that is open.
    pub(super) fn check_open(&self, number: u32) -> Result<(), Trouble> {
        if self.number.get() == number { Ok(()) } else { Err(Trouble::Stopped) }
    }

    async fn open(self: Rc<Self>, chosen: Vec<Chosen>) {
        let begin = || {
            meter::mark("logloupe-drop");
            meter::start(self.store.requests);
        };
        let is_log = chosen.iter().any(|chosen| !has_name_of_rules(&chosen.path));
        if is_log {
            begin();
        }
        let chosen = self.take_rules(chosen).await;
        if chosen.is_empty() {
            return;
        }
        if !is_log {
            begin();
        }
        let was_used = !self.files.borrow().is_empty();
        let number = self.next_number();
        self.forget(Stage::Preview);
        self.store.files.set(chosen.iter().map(state_of).collect());
        self.files.borrow_mut().clear();
        *self.dropped.borrow_mut() = Dropped::default();
        let pool = match self.pool().await {
            Ok(pool) if was_used => pool.restart().map(|()| pool),
            pool => pool,
        };
        let looked = match pool {
            Ok(pool) => self.look_into(&pool, number, chosen).await,
            Err(trouble) => Err(trouble),
        };
        self.looked(number, looked).await;
    }

    /// What is in the files that were chosen, and what each of it looks like.
    async fn look_into(&self, pool: &Rc<Pool>, number: u32, chosen: Vec<Chosen>) -> Result<(), Trouble> {
        let mut files = self.list(pool, number, chosen).await?;
        if files.is_empty() {
            return Err(self.dropped.borrow().nothing_to_read());
        }
        files.sort_by(|a, b| FileEntry::order(&a.entry.path).cmp(FileEntry::order(&b.entry.path)));
        self.store.files.set(files.iter().map(OpenFile::state).collect());
        *self.unread.borrow_mut() = (0..files.len() as u32).collect();
        *self.files.borrow_mut() = files;
        self.tell_files(pool);
        self.detect(pool, number).await
    }

    /// After files were looked at: reads them, or waits where the preview should be seen first.
    pub(super) async fn looked(self: Rc<Self>, number: u32, result: Result<(), Trouble>) {
        match result {
            Ok(()) if self.should_wait() => {
                self.store.waiting.set(true);
                self.store.announcement.set("The preview is ready. The files are read when you say so.".into());
            }
            Ok(()) => self.go_on(number).await,
            Err(Trouble::Stopped) => {}
            Err(trouble) if self.number.get() == number => self.fail(&trouble),
            Err(_) => {}
        }
    }

    /// Tells the workers which files there are.
    pub(super) fn tell_files(&self, pool: &Pool) {
        let files = self.files.borrow();
        let numbered = |(at, file): (usize, &OpenFile)| FileEntry { file: at as u32, ..file.entry.clone() };
        pool.tell_files(files.iter().enumerate().map(numbered).collect(), self.dropped.borrow().handles());
    }

    /// Reads what is not read yet, and makes the report.
    pub(super) async fn go_on(self: Rc<Self>, number: u32) {
        match self.clone().analyze(number).await {
            Ok(()) => self.finished(number).await,
            Err(Trouble::Stopped) => {}
            Err(trouble) if self.number.get() == number => self.fail(&trouble),
            Err(_) => {}
        }
    }

    async fn analyze(self: Rc<Self>, number: u32) -> Result<(), Trouble> {
        let pool = self.pool().await?;
        self.store.stage.set(Stage::Reading);
        self.clone().read(&pool, number).await?;
        self.store.stage.set(Stage::Analyzing);
        self.models_pending.set(true);
        self.hashes_pending.set(true);
        self.clone().refresh().await;
        self.check_open(number)
    }

    /// The number of what begins now: late answers to what was before change nothing.
    pub(super) fn next_number(&self) -> u32 {
        self.number.set(self.number.get().wrapping_add(1));
        self.number.get()
    }

    /// Shows the report, then lets the models work in the background.
    async fn finished(self: Rc<Self>, number: u32) {
        if self.store.report.with_untracked(Option::is_none) {
            return;
        }
        next_task().await;
        if self.check_open(number).is_err() {
            return;
        }
        self.store.stage.set(Stage::Ready);
        self.store.announcement.set("The report is ready.".into());
        painted().await;
        spawn_local(self.clone().hash(number));
        self.run_models(number).await;
    }

    pub(super) fn close(self: Rc<Self>) {
        self.next_number();
        self.forget(Stage::Empty);
        // Its values are out of the log that is closed.
        self.store.drop_filter();
        self.close_model();
        self.files.borrow_mut().clear();
        *self.dropped.borrow_mut() = Dropped::default();
        let pool = self.pool.borrow().clone();
        if let Some(Err(trouble)) = pool.map(|pool| pool.restart()) {
            self.fail(&trouble);
        }
    }

    fn forget(&self, stage: Stage) {
        *self.shards.borrow_mut() = Shards::default();
        self.unread.borrow_mut().clear();
        self.store.files.set(Vec::new());
        self.store.settings.update(without_samples);
        self.set_aside(stage);
    }

    /// Forgets what was found; files and shards stay.
    pub(super) fn set_aside(&self, stage: Stage) {
        let store = self.store;
        self.models_pending.set(false);
        self.hashes_pending.set(false);
        self.waiting_for_password.take();
        store.locked.set(None);
        self.model_run.set(self.model_run.get().wrapping_add(1));
        store.report.set(None);
        store.inputs.set(Arc::default());
        store.waiting.set(false);
        store.reading_seconds.set(0.0);
        store.mistake.set(None);
        store.refreshing.set(false);
        store.anomaly_run.set(Run::Idle);
        store.classifier_run.set(Run::Idle);
        store.learning.set_aside();
        store.studies.get_value().set_aside();
        store.open_finding.set(None);
        store.open_case.set(None);
        store.menu.set(None);
        store.stage.set(stage);
    }

    /// Ends the session with what happened and what to do.
    pub(super) fn fail(&self, trouble: &Trouble) {
        let remedy = match trouble {
            Trouble::Died { .. } => {
                "The log may be too large for this tab: close other tabs, drop fewer files, or use the command line."
            }
            Trouble::Mismatch(_) => "Load the page again: part of it may be from an older visit.",
            _ => "Drop the files again, or drop them one by one to see which one it is.",
        };
        self.store.stage.set(Stage::Failed { what: trouble.sentence(), remedy: remedy.into() });
        self.models_pending.set(false);
        self.hashes_pending.set(false);
        self.tell_end();
    }

    /// Says that a filter does not hold.
    pub fn mistake(&self, filter: &str, trouble: &Trouble) {
        let mistake = match trouble {
            Trouble::Engine(logloupe::error::Error::Filter { column, message }) => {
                FilterMistake { filter: filter.into(), column: Some(*column), message: message.clone() }
            }
            other => FilterMistake { filter: filter.into(), column: None, message: other.sentence() },
        };
        self.store.mistake.set(Some(mistake));
    }

    /// Waits until the report and its models are here, or the session failed.
    pub async fn end(&self) {
        while self.is_under_way() {
            let (done, end) = oneshot::channel();
            self.waiting_for_end.borrow_mut().push(done);
            // A sender that is gone means the same as one that is done.
            let _ = end.await;
        }
    }

    fn is_under_way(&self) -> bool {
        let failed = self.store.stage.with_untracked(|stage| matches!(stage, Stage::Failed { .. }));
        let has_report = self.store.report.with_untracked(Option::is_some);
        !failed && (!has_report || self.models_pending.get() || self.hashes_pending.get() || self.is_reporting.get())
    }

    /// Wakes whoever waits for the end.
    pub(super) fn tell_end(&self) {
        for waiting in self.waiting_for_end.take() {
            let _ = waiting.send(());
        }
    }
}

impl OpenFile {
    /// What is known of a file that was not looked at yet.
    pub(super) fn state(&self) -> FileState {
        FileState { path: self.entry.path.clone(), size_bytes: self.entry.size_bytes, ..FileState::default() }
    }
}

/// A sample is for the files that it was chosen for, and so is reading without limits.
fn without_samples(settings: &mut Settings) {
    for reading in settings.reading.values_mut() {
        reading.sample = None;
        reading.unlimited = false;
    }
}

/// What is known of a file that was just chosen.
pub(super) fn state_of(chosen: &Chosen) -> FileState {
    FileState { path: chosen.path.clone(), size_bytes: chosen.file.size() as u64, ..FileState::default() }
}

/// Waits until all of the first page stands, whose parts and charts come one by one, and marks that moment: what works in
/// the background would take the processor from it. A page that nobody looks at is not drawn, and not waited for long.
async fn painted() {
    let (done, end) = oneshot::channel();
    let done = Rc::new(Cell::new(Some(done)));
    let tell = |done: &Cell<Option<oneshot::Sender<()>>>| {
        // Whoever comes second finds nobody waiting.
        let _ = done.take().map(|done| done.send(()));
    };
    let drawn = done.clone();
    when_drawn(move || {
        meter::mark("logloupe-ready");
        tell(&drawn);
    });
    Timeout::new(UNSEEN_MS, move || tell(&done)).forget();
    let _ = end.await;
}
