//! Files become shards: formats are looked at, ranges dealt out, read, accounted for.
//!
//! A worker that dies is replaced and all that it kept is read again; a range that kills twice is given up and says so in
//! its file's account.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use futures_channel::oneshot;
use gloo::timers::callback::Interval;
use js_sys::Uint8Array;
use leptos::prelude::*;
use logloupe::protocol::{Detected, RangeStart, Request, Response, ScanTask, Scanned};
use logloupe::report::Input;
use logloupe::report::account::Accounts;
use wasm_bindgen_futures::spawn_local;

use super::meter::now_ms;
use super::pool::{Pool, Said, Trouble, answer};
use super::session::Session;

/// Large enough to read at full speed, small enough to deal out evenly (measured: 1.2 GB/s from 16 MiB on).
const RANGE_BYTES: u64 = 16 << 20;

/// Ranges that a worker is given at a time.
const LANES: usize = 3;

/// How often the page is told how far the reading is.
const TELL_EVERY_MS: u32 = 100;

/// A range that kills this many workers is given up.
const KILLS_AT_MOST: u32 = 2;

/// What is left to read, and what was read.
#[derive(Default)]
struct Desk {
    left: VecDeque<ScanTask>,
    /// Ranges that each worker has been given, the one that it is at first.
    given: BTreeMap<usize, VecDeque<(u32, u64)>>,
    /// Ranges that waited at a worker when another one killed it.
    bystanders: BTreeSet<(u32, u64)>,
    kills: BTreeMap<(u32, u64), u32>,
    progress: BTreeMap<(u32, u64), Progress>,
}

#[derive(Clone, Copy, Default)]
struct Progress {
    bytes: u64,
    lines: u64,
    rejected: u64,
}

type SharedDesk = Rc<RefCell<Desk>>;

impl Desk {
    /// A worker answered for a range, or died: then the ranges that only waited there are not to blame.
    fn note_answer(&mut self, worker: usize, key: (u32, u64), said: &Result<Said, Trouble>) {
        let given = self.given.entry(worker).or_default();
        if !matches!(said, Err(Trouble::Died { .. })) {
            given.retain(|known| *known != key);
        } else if given.front() == Some(&key) {
            let waited: Vec<_> = given.drain(..).skip(1).collect();
            self.bystanders.extend(waited);
        }
    }
}

impl Session {
    /// Looks at the beginning of every file that is to be read.
    pub(super) async fn detect(&self, pool: &Rc<Pool>, number: u32) -> Result<(), Trouble> {
        let files = self.reading_order();
        let ask = |file: usize| {
            let settings = Box::new(self.store.settings_now());
            pool.call(file % pool.size(), Request::Detect { file: file as u32, settings }, &[])
        };
        let coming: Vec<_> = files.iter().map(|file| ask(*file)).collect();
        for (file, coming) in files.into_iter().zip(coming) {
            let said = match answer(coming).await {
                // The beginning of a file that kills a worker: nothing more is known of it, and reading will tell.
                Err(Trouble::Died { message, .. }) => {
                    self.note_detected(file, &Detected { evidence: message, ..Detected::default() });
                    continue;
                }
                said => said?,
            };
            self.check_open(number)?;
            if let Response::Detected(detected) = said.response {
                if let Some(open) = self.files.borrow_mut().get_mut(file) {
                    open.format = said.beside.first().map(Uint8Array::to_vec).unwrap_or_default();
                }
                self.note_detected(file, &detected);
            }
        }
        Ok(())
    }

    /// The numbers of the files that are to be read, in the order in which they lie in archives.
    fn reading_order(&self) -> Vec<usize> {
        let files = self.files.borrow();
        let mut order: Vec<usize> = self.unread.borrow().iter().map(|file| *file as usize).collect();
        order.sort_by_key(|file| files.get(*file).map(|file| file.place));
        order
    }

    fn note_detected(&self, file: usize, detected: &Detected) {
        let settings = self.store.settings.get_untracked();
        self.store.files.update(|files| {
            if let Some(state) = files.get_mut(file) {
                let every = if detected.splittable { settings.reading_of(&state.path).every() } else { 1 };
                // Whole parts are read, so a small file is read whole.
                let parts = state.size_bytes.div_ceil(RANGE_BYTES).div_ceil(every);
                state.to_read = (parts * RANGE_BYTES).min(state.size_bytes);
                state.every = every;
                state.detected = Some(detected.clone());
            }
        });
    }

    /// Reads every file that is to be read; sets the accounts, and seals the shards.
    pub(super) async fn read(self: Rc<Self>, pool: &Rc<Pool>, number: u32) -> Result<(), Trouble> {
        let desk = SharedDesk::default();
        desk.borrow_mut().left = self.tasks();
        let telling = self.tell_progress(&desk);
        while !desk.borrow().left.is_empty() {
            // The browser reads the bytes of one range while the worker is at another. A worker hears of a range only
            // between two, so a third waits with its bytes.
            let lanes = (0..LANES).flat_map(|_| 0..pool.size());
            let lanes: Vec<_> = lanes.map(|worker| self.lane(pool, &desk, worker, number)).collect();
            for lane in lanes {
                // A lane that is gone is one that ended; what it left is taken up in the next round.
                let _ = lane.await;
            }
            self.check_open(number)?;
        }
        drop(telling);
        self.note_speed(&desk.borrow());
        self.show_progress(&desk.borrow());
        self.unread.borrow_mut().clear();
        self.account();
        self.seal(pool).await
    }

    fn tasks(&self) -> VecDeque<ScanTask> {
        let states = self.store.files.get_untracked();
        let files = self.reading_order().into_iter().filter_map(|file| Some((file, states.get(file)?)));
        let ranges = files.flat_map(|(file, state)| {
            let splittable = state.detected.as_ref().is_some_and(|detected| detected.splittable);
            let pieces = if splittable { state.size_bytes.div_ceil(RANGE_BYTES).max(1) } else { 1 };
            (0..pieces).filter(|piece| piece % state.every.max(1) == 0).map(move |piece| ScanTask {
                file: file as u32,
                start: piece * RANGE_BYTES,
                end: (piece + 1 < pieces).then_some((piece + 1) * RANGE_BYTES),
            })
        });
        ranges.collect()
    }

    /// One worker takes ranges until none is left, or until it dies.
    fn lane(self: &Rc<Self>, pool: &Rc<Pool>, desk: &SharedDesk, worker: usize, number: u32) -> oneshot::Receiver<()> {
        let (done, end) = oneshot::channel();
        let (session, pool, desk) = (self.clone(), pool.clone(), desk.clone());
        spawn_local(async move {
            while let Some(task) = session.next_task(&desk, number) {
                match session.scan(&pool, &desk, worker, &task).await {
                    Ok(scanned) => session.take(&desk, worker, scanned),
                    Err(trouble) => session.lose(&desk, worker, &task, &trouble),
                }
            }
            let _ = done.send(());
        });
        end
    }

    fn next_task(&self, desk: &SharedDesk, number: u32) -> Option<ScanTask> {
        self.check_open(number).ok()?;
        desk.borrow_mut().left.pop_front()
    }

    async fn scan(
        &self,
        pool: &Pool,
        desk: &SharedDesk,
        worker: usize,
        task: &ScanTask,
    ) -> Result<Box<Scanned>, Trouble> {
        let format = self.files.borrow().get(task.file as usize).map(|file| file.format.clone()).unwrap_or_default();
        let key = (task.file, task.start);
        let progress = {
            let desk = desk.clone();
            Box::new(move |bytes, lines| {
                desk.borrow_mut().progress.insert(key, Progress { bytes, lines, rejected: 0 });
            })
        };
        desk.borrow_mut().given.entry(worker).or_default().push_back(key);
        let coming = pool.call_with_progress(
            worker,
            Request::Scan(task.clone()),
            &[Uint8Array::from(format.as_slice())],
            Some(progress),
        );
        let said = answer(coming).await;
        desk.borrow_mut().note_answer(worker, key, &said);
        match said?.response {
            Response::Scanned(scanned) => Ok(scanned),
            _ => Err(Trouble::another("a range that was read")),
        }
    }

    fn take(&self, desk: &SharedDesk, worker: usize, scanned: Box<Scanned>) {
        let key = (scanned.task.file, scanned.task.start);
        let mut shards = self.shards.borrow_mut();
        shards.holders.insert(key, worker);
        shards.ends.insert(key, scanned.task.end);
        shards.table_bytes.insert(key, scanned.table_bytes);
        shards.dictionary_bytes.insert(worker, scanned.dictionary_bytes);
        let mut desk = desk.borrow_mut();
        let size = self.store.files.with_untracked(|files| files.get(key.0 as usize).map_or(0, |file| file.size_bytes));
        let bytes = scanned.task.end.unwrap_or(size).saturating_sub(key.1);
        let (lines, rejected) = (scanned.input.lines, scanned.input.rejected);
        desk.progress.insert(key, Progress { bytes, lines, rejected });
        shards.accounts.insert(key, scanned.input);
    }

    /// Puts back what a dead worker kept; gives up a range that could not be read, and says so in its account.
    fn lose(&self, desk: &SharedDesk, worker: usize, task: &ScanTask, trouble: &Trouble) {
        let key = (task.file, task.start);
        let died = matches!(trouble, Trouble::Died { .. });
        let mut desk = desk.borrow_mut();
        desk.progress.remove(&key);
        if died {
            for lost in self.lost_ranges(worker) {
                self.shards.borrow_mut().accounts.remove(&(lost.file, lost.start));
                desk.progress.remove(&(lost.file, lost.start));
                desk.left.push_back(lost);
            }
        }
        let is_bystander = desk.bystanders.remove(&key);
        let kills = desk.kills.entry(key).or_default();
        *kills += u32::from(!is_bystander);
        if *trouble == Trouble::Stopped {
        } else if died && *kills < KILLS_AT_MOST {
            desk.left.push_back(task.clone());
        } else {
            let account = self.given_up(task, trouble);
            self.shards.borrow_mut().accounts.insert(key, account);
        }
    }

    /// The ranges that `worker` kept; it keeps them no more.
    pub(super) fn lost_ranges(&self, worker: usize) -> Vec<ScanTask> {
        let mut shards = self.shards.borrow_mut();
        let keys: Vec<_> =
            shards.holders.iter().filter(|(_, holder)| **holder == worker).map(|(key, _)| *key).collect();
        for key in &keys {
            shards.holders.remove(key);
        }
        let task =
            |key: &(u32, u64)| ScanTask { file: key.0, start: key.1, end: shards.ends.get(key).copied().flatten() };
        keys.iter().map(task).collect()
    }

    fn given_up(&self, task: &ScanTask, trouble: &Trouble) -> Input {
        let path = self.files.borrow().get(task.file as usize).map(|file| file.entry.path.clone()).unwrap_or_default();
        let end = task.end.map_or("the end".to_owned(), |end| end.to_string());
        let folder = path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default();
        let warning = format!("bytes {} to {end} could not be read: {}", task.start, trouble.sentence());
        Input { path, folder, warnings: vec![warning], ..Input::default() }
    }

    /// Puts the accounts of all ranges together.
    fn account(&self) {
        let mut accounts = Accounts::default();
        for ((file, start), input) in &self.shards.borrow().accounts {
            accounts.add(*file, *start, input.clone());
        }
        let (mut inputs, before) = accounts.finish();
        self.store.files.with_untracked(|files| {
            for (input, file) in inputs.iter_mut().zip(files) {
                let evidence = file.detected.as_ref().map(|detected| detected.evidence.clone());
                input.format_evidence = evidence.unwrap_or_default();
            }
        });
        let start = |(file, start, lines_before)| RangeStart { file, start, lines_before };
        let mut shards = self.shards.borrow_mut();
        shards.starts = before.into_iter().map(start).collect();
        shards.inputs.clone_from(&inputs);
        self.store.inputs.set(Arc::new(inputs));
    }

    async fn seal(&self, pool: &Pool) -> Result<(), Trouble> {
        let starts = self.shards.borrow().starts.clone();
        let coming: Vec<_> =
            (0..pool.size()).map(|worker| pool.call(worker, Request::Seal(starts.clone()), &[])).collect();
        for coming in coming {
            answer(coming).await?;
        }
        Ok(())
    }

    /// Reads again what a worker lost that died after everything was read.
    pub(super) async fn read_again(&self, pool: &Rc<Pool>, worker: usize) -> Result<(), Trouble> {
        let desk = SharedDesk::default();
        for task in self.lost_ranges(worker) {
            let scanned = self.scan(pool, &desk, worker, &task).await?;
            self.take(&desk, worker, scanned);
        }
        let starts = self.shards.borrow().starts.clone();
        answer(pool.call(worker, Request::Seal(starts), &[])).await.map(|_| ())
    }

    /// Takes note of how fast this tab reads, once there is enough to go by.
    fn note_speed(&self, desk: &Desk) {
        let bytes: u64 = desk.progress.values().map(|progress| progress.bytes).sum();
        let seconds = self.store.reading_seconds.get_untracked();
        if seconds > 0.5 {
            self.store.speed.set(Some(bytes as f64 / seconds));
        }
    }

    fn tell_progress(self: &Rc<Self>, desk: &SharedDesk) -> Interval {
        let (session, desk, begun) = (self.clone(), desk.clone(), now_ms());
        Interval::new(TELL_EVERY_MS, move || {
            session.store.reading_seconds.set((now_ms() - begun) / 1000.0);
            session.show_progress(&desk.borrow());
        })
    }

    fn show_progress(&self, desk: &Desk) {
        self.store.files.update(|files| {
            for (at, file) in files.iter_mut().enumerate() {
                if desk.progress.range((at as u32, 0)..=(at as u32, u64::MAX)).next().is_none() {
                    continue;
                }
                let ranges = desk.progress.range((at as u32, 0)..=(at as u32, u64::MAX)).map(|(_, progress)| progress);
                (file.bytes, file.lines, file.rejected) = ranges.fold((0, 0, 0), |(bytes, lines, rejected), range| {
                    (bytes + range.bytes, lines + range.lines, rejected + range.rejected)
                });
                file.bytes = file.bytes.min(file.size_bytes);
            }
        });
    }
}
