//! What was dropped: archives become their members, passwords are asked for, files are hashed once the report stands.
//!
//! A password goes to the workers, in the addresses of members, and nowhere else.

use std::rc::Rc;

use futures_channel::oneshot;
use leptos::prelude::*;
use logloupe::error::Error;
use logloupe::protocol::{FileEntry, MemberEntry, Members, Request, Response};
use logloupe::report::{Archive, Report};

use super::intake::Chosen;
use super::pool::{Pool, Trouble, answer};
use super::session::{OpenFile, Session};
use super::store::{FileState, Locked};

/// A worker that is stopped over a hash, for the sake of something else, is asked again so many times.
const TRIES: u32 = 5;

/// The files that were dropped.
#[derive(Default)]
pub struct Dropped {
    /// In the order of their paths.
    pub chosen: Vec<Chosen>,
    /// The archives among them, each with its place.
    archives: Vec<(Archive, usize)>,
    /// SHA-256 of each, once it is known.
    hashes: Vec<Option<String>>,
}

impl Dropped {
    /// Nothing is known of them yet.
    pub fn new(chosen: Vec<Chosen>) -> Self {
        let hashes = vec![None; chosen.len()];
        Self { chosen, archives: Vec::new(), hashes }
    }

    /// Writes archives and hashes into a report.
    pub fn stamp(&self, report: &mut Report, files: &[OpenFile]) {
        let hash = |place: usize| self.hashes.get(place).cloned().flatten();
        for (input, file) in report.inputs.iter_mut().zip(files) {
            input.sha256 = hash(file.dropped);
        }
        let archives = self.archives.iter();
        report.archives = archives.map(|(a, place)| Archive { sha256: hash(*place), ..a.clone() }).collect();
    }
}

impl Session {
    /// Tells the workers which files there are: those that were dropped, or what is in them.
    pub(super) async fn list(&self, pool: &Rc<Pool>, number: u32) -> Result<(), Trouble> {
        let chosen = self.dropped.borrow().chosen.clone();
        let handles: Vec<_> = chosen.iter().map(|chosen| chosen.file.clone()).collect();
        let unlimited = self.store.settings.with_untracked(|settings| settings.unlimited);
        let plain = |(place, chosen): (usize, &Chosen)| FileEntry {
            file: place as u32,
            path: chosen.path.clone(),
            size_bytes: chosen.file.size() as u64,
            dropped: place as u32,
            member: None,
            unlimited,
        };
        let entries: Vec<FileEntry> = chosen.iter().enumerate().map(plain).collect();
        pool.tell_files(entries.clone(), handles.clone());
        let mut all = Vec::new();
        for (entry, members) in entries.into_iter().zip(self.members(pool, number, chosen.len()).await?) {
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
            all.extend(members.members.into_iter().map(|member| below(&entry, member)));
        }
        if all.is_empty() {
            return Err(self.nothing_to_read());
        }
        self.take_entries(pool, all, handles);
        Ok(())
    }

    /// Why no file is left to read.
    fn nothing_to_read(&self) -> Trouble {
        let dropped = self.dropped.borrow();
        let first = dropped.archives.first();
        let path = first.map(|(archive, _)| archive.path.clone()).unwrap_or_default();
        let skipped = first.and_then(|(archive, _)| archive.skipped.first());
        let why =
            skipped.map_or_else(|| "it is empty".to_owned(), |member| format!("{}: {}", member.path, member.reason));
        Trouble::Engine(Error::Read { path, message: format!("no file in it can be read; {why}") })
    }

    /// What is in each of the files that were dropped.
    async fn members(&self, pool: &Pool, number: u32, count: usize) -> Result<Vec<Option<Members>>, Trouble> {
        let ask = |file: usize| {
            let request = Request::Members { file: file as u32, password: None };
            pool.call(file % pool.size(), request, &[])
        };
        let coming: Vec<_> = (0..count).map(ask).collect();
        let mut listed = Vec::with_capacity(count);
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

    fn take_entries(&self, pool: &Pool, entries: Vec<FileEntry>, handles: Vec<web_sys::File>) {
        let mut placed: Vec<(usize, FileEntry)> = entries.into_iter().enumerate().collect();
        placed.sort_by(|(_, a), (_, b)| FileEntry::order(&a.path).cmp(FileEntry::order(&b.path)));
        let (places, mut entries): (Vec<usize>, Vec<FileEntry>) = placed.into_iter().unzip();
        for (file, entry) in entries.iter_mut().enumerate() {
            entry.file = file as u32;
        }
        let state = |entry: &FileEntry| FileState {
            path: entry.path.clone(),
            size_bytes: entry.size_bytes,
            ..FileState::default()
        };
        self.store.files.set(entries.iter().map(state).collect());
        let open = |(entry, place): (&FileEntry, usize)| OpenFile {
            path: entry.path.clone(),
            dropped: entry.dropped as usize,
            place,
            format: Vec::new(),
        };
        *self.files.borrow_mut() = entries.iter().zip(places).map(open).collect();
        pool.tell_files(entries, handles);
    }

    /// Hashes what was dropped, at the worker that keeps no shards, and writes it into the report.
    pub(super) async fn hash(self: Rc<Self>, number: u32) {
        let count = self.dropped.borrow().chosen.len();
        for place in 0..count {
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
