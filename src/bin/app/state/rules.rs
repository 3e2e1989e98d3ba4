//! The user's Sigma rules in the session: told from logs where both are dropped, read by a worker of their own, kept in
//! the browser where the user likes, and run with every report.
//!
//! That worker is loaded while the page is idle. Where a log is opened before, it is loaded only when the user adds rules:
//! from where the page comes from, with nothing of a log in it.

use std::rc::Rc;
use std::sync::Arc;

use gloo::storage::{LocalStorage, Storage};
use gloo::timers::callback::Timeout;
use js_sys::Uint8Array;
use leptos::prelude::*;
use logloupe::protocol::{FileEntry, MemberEntry, ReadRule, Request, Response};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::File;

use super::intake::Chosen;
use super::jobs::next_task;
use super::learning::is_model;
use super::pool::{Pool, Trouble, answer};
use super::rule_files::{FILE_BYTES, KEPT_BYTES, Phase, RuleFile, has_name_of_rules, is_rule, merged};
use super::session::{Loupe, Session};
use super::settings::is_embedded;
use super::store::Stage;
use crate::text::numbers;

const KEY: &str = "logloupe.rules";

/// How long rules may take to be read.
const READING_MS: u32 = 60_000;

/// Files whose texts are asked for at once.
const FILES_AT_ONCE: usize = 32;

/// The end of a zip, where the names of what is in it stand.
const TAIL_BYTES: f64 = 1_048_576.0;

impl Loupe {
    /// Adds files of rules, whatever they are called.
    pub fn add_rules(self, chosen: Vec<Chosen>) {
        let session = self.session();
        spawn_local(async move {
            let logs = session.take_rules(chosen).await;
            let left: Vec<String> = logs.into_iter().map(|chosen| chosen.path).collect();
            if !left.is_empty() {
                session.note(format!("No Sigma rule is in {}.", some(&left)));
            }
        });
    }

    /// Adds a rule that was pasted.
    pub fn paste_rule(self, text: String) {
        let session = self.session();
        let path = session.store.rules.with_untracked(|rules| {
            // One of so many numbers is free.
            let mut paths = (1..=rules.files.len() + 1).map(|number| format!("pasted rule {number}.yml"));
            let is_free = |path: &String| rules.files.iter().all(|file| file.path != *path);
            paths.find(is_free).unwrap_or_default()
        });
        spawn_local(async move { session.put_rules(vec![RuleFile { path, text }]).await });
    }

    /// Takes files of rules out, or all of them.
    pub fn remove_rules(self, path: Option<String>) {
        let session = self.session();
        session.store.rules.update(|rules| {
            let stays = |file: &&RuleFile| path.as_ref().is_some_and(|path| file.path != *path);
            rules.files = Arc::new(rules.files.iter().filter(stays).cloned().collect());
            rules.note.clear();
        });
        spawn_local(async move { session.read_rules().await });
    }

    /// Keeps rules in this browser, or does not.
    pub fn keep_rules(self, is_kept: bool) {
        let session = self.session();
        session.store.rules.update(|rules| rules.is_kept = is_kept);
        session.store_rules();
    }
}

impl Session {
    /// Loads what reads rules and what writes documents while nothing else is to do, and the rules of last time.
    pub(super) fn prepare_rules(self: Rc<Self>) {
        let kept: Vec<(String, String)> =
            if is_embedded() { Vec::new() } else { LocalStorage::get(KEY).unwrap_or_default() };
        let files: Vec<RuleFile> = kept.into_iter().map(|(path, text)| RuleFile { path, text }).collect();
        let has_rules = !files.is_empty();
        self.store.rules.update(|rules| {
            rules.is_kept = true;
            rules.files = Arc::new(files);
        });
        let placeholders = {
            let settings = self.store.settings;
            Memo::new(move |_| settings.with(|settings| settings.sigma_placeholders.clone()))
        };
        let session = self.clone();
        Effect::new(move |before: Option<()>| {
            placeholders.track();
            if before.is_some() {
                spawn_local(session.clone().read_rules());
            }
        });
        let load = Closure::once_into_js(move || {
            spawn_local(async move {
                if has_rules {
                    self.clone().read_rules().await;
                } else if self.store.stage.with_untracked(|stage| *stage == Stage::Empty) {
                    // Where it does not come now it is asked for when it is needed, and then the error is told.
                    let _ = self.rules_part.boot().await;
                }
                if self.store.stage.with_untracked(|stage| *stage == Stage::Empty) {
                    let _ = self.documents_part.boot().await;
                }
            });
        });
        if window().request_idle_callback(load.unchecked_ref()).is_err() {
            let load: js_sys::Function = load.unchecked_into();
            Timeout::new(0, move || drop(load.call0(&JsValue::NULL))).forget();
        }
    }

    /// Takes the rules out of what was chosen, and gives what is left.
    pub(super) async fn take_rules(self: &Rc<Self>, chosen: Vec<Chosen>) -> Vec<Chosen> {
        let (mut logs, mut found, mut strangers) = (Vec::new(), Vec::new(), Vec::new());
        let mut left = chosen.into_iter();
        loop {
            // Many are asked for at once, since one after the other would take long; not all, since asking takes its time too.
            let batch: Vec<Chosen> = left.by_ref().take(FILES_AT_ONCE).collect();
            if batch.is_empty() {
                break;
            }
            let texts: Vec<_> = batch.iter().map(|chosen| is_small_yaml(chosen).then(|| chosen.file.text())).collect();
            let any = texts.iter().any(Option::is_some);
            for (chosen, text) in batch.into_iter().zip(texts) {
                if let Some(text) = text {
                    let text = JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default();
                    if is_rule(&text) {
                        found.push(RuleFile { path: chosen.path, text });
                        continue;
                    }
                } else if chosen.path.to_ascii_lowercase().ends_with(".zip") && names_yaml(&chosen.file).await {
                    // An archive that cannot be opened is opened again as a log, and then it is told why.
                    if let Ok((rules, others)) = self.rules_in(&chosen).await {
                        let is_collection = rules.len() > others.len();
                        found.extend(rules);
                        if is_collection {
                            strangers.extend(others);
                            continue;
                        }
                    }
                }
                if is_model(&chosen).await {
                    self.clone().open_model(chosen.file).await;
                } else {
                    logs.push(chosen);
                }
            }
            if any {
                next_task().await;
            }
        }
        if !found.is_empty() {
            self.put_rules(found).await;
            if !strangers.is_empty() {
                self.note(format!("No rules, and left out: {}.", some(&strangers)));
            }
        }
        logs
    }

    /// The rules in an archive, and the paths of what else is in it.
    async fn rules_in(&self, chosen: &Chosen) -> Result<(Vec<RuleFile>, Vec<String>), Trouble> {
        let pool = self.pool().await?.aside()?;
        let found = rules_in(&pool, chosen).await;
        pool.end();
        found
    }

    /// Takes in files of rules, reads all anew, and makes the report again.
    async fn put_rules(self: &Rc<Self>, new: Vec<RuleFile>) {
        let (files, refused) = self.store.rules.with_untracked(|rules| merged(&rules.files, new));
        self.store.rules.update(|rules| {
            rules.files = Arc::new(files);
            rules.note.clear();
        });
        if !refused.is_empty() {
            self.note(format!("Too large to be taken: {}.", some(&refused)));
        }
        self.clone().read_rules().await;
    }

    /// Reads all rules, and makes the report again where there is one.
    async fn read_rules(self: Rc<Self>) {
        next_task().await;
        self.store_rules();
        next_task().await;
        let run = self.rules_run.get().wrapping_add(1);
        self.rules_run.set(run);
        let files = self.store.rules.with_untracked(|rules| rules.files.clone());
        self.store.rules.update(|rules| rules.phase = Phase::Reading);
        let read = self.ask_rules(&files).await;
        // Hundreds of rules take a while to unpack; what they change on the page is a task of its own.
        next_task().await;
        if self.rules_run.get() != run {
            return;
        }
        let (read, packed, phase) = match read {
            Ok((read, packed)) => (read, packed, Phase::Idle),
            Err(trouble) => (Vec::new(), Vec::new(), Phase::Failed(trouble.sentence())),
        };
        let count = numbers::counted(read.len() as u64, "rule");
        if !files.is_empty() && phase == Phase::Idle {
            self.store.announcement.set(format!("{count} of your own"));
        }
        self.store.rules.update(|rules| {
            rules.read = Arc::new(read);
            rules.phase = phase;
        });
        let is_new = *self.packed_rules.borrow() != packed;
        *self.packed_rules.borrow_mut() = packed;
        if is_new {
            self.refresh().await;
        }
    }

    async fn ask_rules(&self, files: &[RuleFile]) -> Result<(Vec<ReadRule>, Vec<u8>), Trouble> {
        if files.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let pool = Rc::new(Pool::start(self.rules_part.boot().await?, 0)?);
        let request = Request::Rules {
            files: files.iter().map(|file| (file.path.clone(), file.text.clone())).collect(),
            placeholders: self.store.settings.with_untracked(|settings| settings.sigma_placeholders.clone()),
        };
        let coming = pool.call(0, request, &[]);
        // Who writes a rule chooses how long it takes to read.
        let watch = {
            let pool = pool.clone();
            let message = format!("the rules were not read within {} seconds", READING_MS / 1000);
            Timeout::new(READING_MS, move || pool.stop(0, &Trouble::Died { worker: 0, message }))
        };
        let said = answer(coming).await;
        drop(watch);
        pool.stop(0, &Trouble::Stopped);
        let said = said?;
        match said.response {
            Response::Rules(rules) => Ok((rules, said.beside.first().map(Uint8Array::to_vec).unwrap_or_default())),
            _ => Err(Trouble::another("rules")),
        }
    }

    /// Says something of the files that were added last.
    fn note(&self, sentence: String) {
        self.store.announcement.set(sentence.clone());
        self.store.rules.update(|rules| {
            if !rules.note.is_empty() {
                rules.note.push(' ');
            }
            rules.note.push_str(&sentence);
        });
    }

    /// Keeps the rules' texts in the browser, or nothing where they should not be or are too large.
    fn store_rules(&self) {
        if is_embedded() {
            return;
        }
        self.store.rules.with_untracked(|rules| {
            if rules.is_kept && rules.bytes() <= KEPT_BYTES && !rules.files.is_empty() {
                let kept: Vec<(&str, &str)> =
                    rules.files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
                // Where storage is forbidden or full the rules last as long as the page.
                let _ = LocalStorage::set(KEY, kept);
            } else {
                LocalStorage::delete(KEY);
            }
        });
    }

    /// Whether a file of the session is one of the user's rules, in an archive that has logs too.
    pub(super) fn is_rule_file(&self, path: &str) -> bool {
        self.store.rules.with_untracked(|rules| {
            has_name_of_rules(path) && rules.files.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok()
        })
    }
}

async fn rules_in(pool: &Pool, chosen: &Chosen) -> Result<(Vec<RuleFile>, Vec<String>), Trouble> {
    let archive =
        FileEntry { path: chosen.path.clone(), size_bytes: chosen.file.size() as u64, ..FileEntry::default() };
    pool.tell_files(vec![archive.clone()], vec![chosen.file.clone()]);
    let listed = answer(pool.call(0, Request::Members { file: 0, password: None }, &[])).await?;
    let Response::Members(Some(members)) = listed.response else { return Ok(Default::default()) };
    let below = |member: MemberEntry| FileEntry {
        path: format!("{}/{}", chosen.path, member.path),
        size_bytes: member.size_bytes,
        member: Some(member),
        ..FileEntry::default()
    };
    let entries: Vec<FileEntry> =
        (0..).zip(members.members).map(|(file, member)| FileEntry { file, ..below(member) }).collect();
    pool.tell_files(entries.clone(), vec![chosen.file.clone()]);
    let ask = |entry: &FileEntry| {
        let is_small = has_name_of_rules(&entry.path) && entry.size_bytes <= FILE_BYTES as u64;
        let spans = vec![(0, entry.size_bytes as u32)];
        is_small.then(|| pool.call(0, Request::Lines { file: entry.file, spans }, &[]))
    };
    let coming: Vec<_> = entries.iter().map(ask).collect();
    let (mut rules, mut others) = (Vec::new(), Vec::new());
    for (entry, coming) in entries.into_iter().zip(coming) {
        let text = match coming {
            Some(coming) => match answer(coming).await?.response {
                Response::Lines(lines) => lines.concat(),
                _ => return Err(Trouble::another("lines")),
            },
            None => String::new(),
        };
        if is_rule(&text) { rules.push(RuleFile { path: entry.path, text }) } else { others.push(entry.path) }
    }
    Ok((rules, others))
}

fn is_small_yaml(chosen: &Chosen) -> bool {
    has_name_of_rules(&chosen.path) && chosen.file.size() <= FILE_BYTES as f64
}

/// Whether the directory at the end of a zip names a YAML file; what it names is looked at only then.
async fn names_yaml(file: &File) -> bool {
    let start = (file.size() - TAIL_BYTES).max(0.0);
    let Ok(tail) = file.slice_with_f64(start) else { return false };
    let bytes = JsFuture::from(tail.array_buffer()).await.map(|buffer| Uint8Array::new(&buffer).to_vec());
    bytes.is_ok_and(|bytes| [b".yml".as_slice(), b".yaml"].iter().any(|ending| contains(&bytes, ending)))
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// The first few of many names.
fn some(names: &[String]) -> String {
    let first = names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    match names.len() {
        0..=3 => first,
        count => format!("{first} and {} more", numbers::count(count as u64 - 3)),
    }
}
