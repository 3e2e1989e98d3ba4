//! What was dropped: archives become their members, passwords are asked for, files are hashed once the report stands.
//!
//! A password goes to the workers, in the addresses of members, and nowhere else.

use std::collections::BTreeSet;
use std::rc::Rc;

use futures_channel::oneshot;
use leptos::prelude::*;
use logloupe::error::Error;
use logloupe::protocol::{FileEntry, MemberEntry, Members, Request, Response};
use logloupe::report::{Archive, Report};

use super::intake::Chosen;
use super::pool::{Pool, Trouble, answer};
use super::session::{OpenFile, Session};
use super::store::Locked;

/// A worker that is stopped over a hash, for the sake of something else, is asked again so many times.
const TRIES: u32 = 5;

/// The files that were dropped.
#[derive(Default)]
pub struct Dropped {
    /// In the order in which they came; a file that was taken out keeps its place.
    chosen: Vec<Chosen>,
    /// Places of files that were taken out.
    gone: BTreeSet<usize>,
    /// The archives among them, each with its place.
    archives: Vec<(Archive, usize)>,
    /// SHA-256 of each, once it is known.
    hashes: Vec<Option<String>>,
}

impl Dropped {
    /// The files that are part of the session.
    pub fn chosen(&self) -> Vec<Chosen> {
        let stays = |(place, _): &(usize, &Chosen)| !self.gone.contains(place);
        self.chosen.iter().enumerate().filter(stays).map(|(_, chosen)| chosen.clone()).collect()
    }

    /// The handles of all, by place.
    pub fn handles(&self) -> Vec<web_sys::File> {
        self.chosen.iter().map(|chosen| chosen.file.clone()).collect()
    }

    /// Forgets what none of the session's files comes out of any more.
    pub fn keep(&mut self, files: &[OpenFile]) {
        let is_used = |place: usize| {
            files.iter().any(|file| file.entry.dropped as usize == place)
                || self.archives.iter().any(|(archive, at)| *at == place && archive.members == 0)
        };
        self.gone = (0..self.chosen.len()).filter(|place| !is_used(*place)).collect();
    }

    /// Writes archives and hashes into a report.
    pub fn stamp(&self, report: &mut Report, files: &[OpenFile]) {
        let hash = |place: usize| self.hashes.get(place).cloned().flatten();
        for (input, file) in report.inputs.iter_mut().zip(files) {
            input.sha256 = hash(file.entry.dropped as usize);
        }
        let archives = self.archives.iter().filter(|(_, place)| !self.gone.contains(place));
        report.archives = archives.map(|(a, place)| Archive { sha256: hash(*place), ..a.clone() }).collect();
        report.archives.sort_by(|a, b| FileEntry::order(&a.path).cmp(FileEntry::order(&b.path)));
    }

    /// What was not read of archives because it expands too far: the archive's path, and the numbers.
    pub fn stopped(&self) -> Vec<(String, String)> {
        let archives = self.archives.iter().filter(|(_, place)| !self.gone.contains(place));
        let skipped = archives.flat_map(|(archive, _)| {
            let stopped = archive.skipped.iter().filter(|member| was_stopped(&member.reason));
            stopped.map(|member| (archive.path.clone(), format!("{}: {}", member.path, member.reason)))
        });
        skipped.collect()
    }

    /// The dropped file that a file of the session, as its account calls it, is or is in.
    fn source_of(&self, path: &str) -> Option<Chosen> {
        let is_it = |chosen: &&Chosen| {
            chosen.path == path
                || FileEntry::order(&chosen.path) == path
                || path.strip_prefix(&chosen.path).is_some_and(|rest| rest.starts_with('/'))
        };
        self.chosen().iter().find(is_it).cloned()
    }

    /// Why no file is left to read.
    pub fn nothing_to_read(&self) -> Trouble {
        let first = self.archives.last();
        let path = first.map(|(archive, _)| archive.path.clone()).unwrap_or_default();
        let skipped = first.and_then(|(archive, _)| archive.skipped.first());
        let why =
            skipped.map_or_else(|| "it is empty".to_owned(), |member| format!("{}: {}", member.path, member.reason));
        Trouble::Engine(Error::Read { path, message: format!("no file in it can be read; {why}") })
    }
}

/// Whether reading stopped at a limit that the user may lift; the engine's sentence ends so.
pub fn was_stopped(reason: &str) -> bool {
    reason.ends_with("read it without limits")
}

impl Session {
    /// What of archives was not read because it expands too far: the archive's path, and the numbers.
    pub fn stopped(&self) -> Vec<(String, String)> {
        self.dropped.borrow().stopped()
    }

    /// Reads a file, or the archive that it is in, again and lets it expand without limit.
    pub async fn read_without_limits(self: Rc<Self>, path: String) {
        let Some(chosen) = self.dropped.borrow().source_of(&path) else { return };
        self.store.settings.update(|settings| {
            settings.reading.entry(chosen.path.clone()).or_default().unlimited = true;
        });
        self.add(vec![chosen]).await;
    }

    /// Takes files in, and lists what is in them: themselves, or the members of the archives that they are. The workers
    /// know these files only until they are told the session's.
    pub(super) async fn list(
        &self,
        pool: &Rc<Pool>,
        number: u32,
        mut chosen: Vec<Chosen>,
    ) -> Result<Vec<OpenFile>, Trouble> {
        chosen.sort_by(|a, b| FileEntry::order(&a.path).cmp(FileEntry::order(&b.path)));
        let first = self.dropped.borrow().chosen.len();
        let plain = |(place, chosen): (usize, &Chosen)| FileEntry {
            file: place as u32,
            path: chosen.path.clone(),
            size_bytes: chosen.file.size() as u64,
            dropped: place as u32,
            member: None,
            unlimited: self.store.settings.with_untracked(|settings| settings.is_unlimited(&chosen.path)),
        };
        let entries: Vec<FileEntry> = (first..).zip(&chosen).map(plain).collect();
        {
            let mut dropped = self.dropped.borrow_mut();
            dropped.chosen.extend(chosen);
            let count = dropped.chosen.len();
            dropped.hashes.resize(count, None);
        }
        pool.tell_files(entries.clone(), self.dropped.borrow().handles());
        let mut all = Vec::new();
        let listed = self.members(pool, number, &entries).await?;
        for (entry, members) in entries.into_iter().zip(listed) {
            let Some(members) = members else {
                all.push(entry);
                continue;
            };
            let members = self.unlocked(pool, number, (&entry, members)).await?;
            let archive = Archive {
                path: entry.path.clone(),
                kind: members.kind,
                size_bytes: entry.size_bytes,
                sha256: None,
                members: members.members.len() as u64,
                skipped: members.skipped,
            };
            self.dropped.borrow_mut().archives.push((archive, entry.dropped as usize));
            let members = members.members.into_iter().map(|member| below(&entry, member));
            all.extend(members.filter(|member| !self.is_rule_file(&member.path)));
        }
        let next = self.files.borrow().iter().map(|file| file.place + 1).max().unwrap_or(0);
        Ok((next..).zip(all).map(|(place, entry)| OpenFile { entry, place, format: Vec::new() }).collect())
    }

    /// What is in each of the files that were dropped.
    async fn members(&self, pool: &Pool, number: u32, entries: &[FileEntry]) -> Result<Vec<Option<Members>>, Trouble> {
        let ask = |entry: &FileEntry| {
            let request = Request::Members { file: entry.file, password: None };
            pool.call(entry.file as usize % pool.size(), request, &[])
        };
        let coming: Vec<_> = entries.iter().map(ask).collect();
        let mut listed = Vec::with_capacity(entries.len());
        for coming in coming {
            listed.push(match answer(coming).await {
                // A file that a worker cannot list is read as it is, and reading will tell.
                Err(Trouble::Died { .. } | Trouble::Engine(_)) => None,
                said => of_members(said?.response)?,
            });
            self.check_open(number)?;
        }
        Ok(listed)
    }

    /// The members of an archive after its password was asked for, if it needs one.
    async fn unlocked(
        &self,
        pool: &Pool,
        number: u32,
        (entry, mut members): (&FileEntry, Members),
    ) -> Result<Members, Trouble> {
        let mut is_wrong = false;
        while members.locked > 0 {
            let locked = Locked { path: entry.path.clone(), count: members.locked, is_wrong };
            let Some(password) = self.ask_password(locked).await else { break };
            self.check_open(number)?;
            let request = Request::Members { file: entry.file, password: Some(password) };
            let said = answer(pool.call(0, request, &[])).await?;
            members = of_members(said.response)?.ok_or_else(|| Trouble::another("the members of an archive"))?;
            is_wrong = true;
        }
        self.check_open(number)?;
        Ok(members)
    }

    async fn ask_password(&self, locked: Locked) -> Option<String> {
        let (done, coming) = oneshot::channel();
        *self.waiting_for_password.borrow_mut() = Some(done);
        self.store.locked.set(Some(locked));
        // A sender that is gone means that nobody gives one.
        coming.await.ok()
    }

    /// Takes a password, or that there is none.
    pub(super) fn unlock(&self, password: Option<String>) {
        self.store.locked.set(None);
        if let (Some(waiting), Some(password)) = (self.waiting_for_password.take(), password) {
            // Whoever waited may be gone.
            let _ = waiting.send(password);
        }
    }

    /// Hashes what was dropped, at the worker that keeps no shards, and writes it into the report.
    pub(super) async fn hash(self: Rc<Self>, number: u32) {
        let left: Vec<usize> = {
            let dropped = self.dropped.borrow();
            let is_left = |place: &usize| !dropped.gone.contains(place) && dropped.hashes.get(*place) == Some(&None);
            (0..dropped.chosen.len()).filter(is_left).collect()
        };
        for place in left {
            let hash = self.hash_of(place as u32, number).await;
            if self.check_open(number).is_err() {
                return;
            }
            if let Some(slot) = self.dropped.borrow_mut().hashes.get_mut(place) {
                *slot = hash;
            }
        }
        self.amend(|report| self.dropped.borrow().stamp(report, &self.files.borrow()));
        self.hashes_pending.set(false);
        self.tell_end();
    }

    async fn hash_of(&self, dropped: u32, number: u32) -> Option<String> {
        let pool = self.pool().await.ok()?;
        for _ in 0..TRIES {
            self.check_open(number).ok()?;
            match answer(pool.call(pool.spare(), Request::Hash { dropped }, &[])).await {
                Ok(said) => match said.response {
                    Response::Hashed(hash) => return hash,
                    _ => return None,
                },
                Err(Trouble::Stopped | Trouble::Died { .. }) => {}
                Err(_) => return None,
            }
        }
        None
    }
}

fn below(archive: &FileEntry, member: MemberEntry) -> FileEntry {
    FileEntry {
        file: 0,
        path: format!("{}/{}", archive.path, member.path),
        size_bytes: member.size_bytes,
        dropped: archive.dropped,
        member: Some(member),
        unlimited: archive.unlimited,
    }
}

fn of_members(response: Response) -> Result<Option<Members>, Trouble> {
    match response {
        Response::Members(members) => Ok(members.map(|members| *members)),
        _ => Err(Trouble::another("the members of an archive")),
    }
}
