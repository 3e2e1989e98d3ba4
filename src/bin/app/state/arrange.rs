//! Files come into a session and go out of it, and single files are read in another way: the others stay as they are.
//!
//! Files are ordered by path, so that a session's report does not depend on how the files came together: those that stay
//! get new numbers, in the workers too.

use std::collections::BTreeMap;
use std::rc::Rc;

use leptos::prelude::*;
use logloupe::protocol::{FileEntry, Renumbered, Request};

use super::intake::Chosen;
use super::pool::{Pool, Trouble, answer};
use super::session::{OpenFile, Session};
use super::store::{FileState, Stage};

/// Sessions up to this size are read without asking: that takes seconds.
const READ_AT_ONCE_BYTES: u64 = 256 << 20;

/// A file of the session to be.
struct Place {
    file: OpenFile,
    state: FileState,
    /// Its number so far, where its shards stay.
    from: Option<u32>,
}

impl Session {
    /// Adds files; one with the path of a file that is open takes its place.
    pub(super) async fn add(self: Rc<Self>, chosen: Vec<Chosen>) {
        let chosen = self.take_rules(chosen).await;
        if chosen.is_empty() {
            return;
        }
        let number = self.next_number();
        let listed = match self.pool().await {
            Ok(pool) => self.list(&pool, number, chosen).await,
            Err(trouble) => Err(trouble),
        };
        match listed {
            Ok(new) => {
                let mut places = self.places(|_| true);
                places.retain(|place| new.iter().all(|new| new.entry.path != place.file.entry.path));
                places.extend(new.into_iter().map(|file| Place { state: file.state(), file, from: None }));
                self.arrange(places).await;
            }
            Err(Trouble::Stopped) => {}
            Err(trouble) => self.fail(&trouble),
        }
    }

    /// Takes a file out.
    pub(super) async fn remove(self: Rc<Self>, file: usize) {
        let mut places = self.places(|_| true);
        if file < places.len() {
            places.remove(file);
        }
        if places.is_empty() {
            return self.close();
        }
        self.arrange(places).await;
    }

    /// Looks at files again, and reads them again if they were read.
    pub async fn look_again(self: Rc<Self>, files: Vec<usize>) {
        let places = self.places(|file| !files.contains(&(file as usize)));
        self.arrange(places).await;
    }

    /// The files of now; those that `stays` says no to, and those that are not read yet, have no shards to keep.
    fn places(&self, stays: impl Fn(u32) -> bool) -> Vec<Place> {
        let states = self.store.files.get_untracked();
        let unread = self.unread.borrow();
        let files = self.files.borrow();
        let place = |((at, file), state): ((usize, &OpenFile), FileState)| {
            let at = at as u32;
            Place { file: file.clone(), state, from: (stays(at) && !unread.contains(&at)).then_some(at) }
        };
        files.iter().enumerate().zip(states).map(place).collect()
    }

    /// Makes these the files of the session, and looks at those that have no shards.
    async fn arrange(self: Rc<Self>, mut places: Vec<Place>) {
        places.sort_by(|a, b| FileEntry::order(&a.file.entry.path).cmp(FileEntry::order(&b.file.entry.path)));
        // The preview stays if it is there: what is read waits for the user as before.
        let was_waiting = self.store.waiting.get_untracked();
        let number = self.next_number();
        self.set_aside(Stage::Preview);
        let (mut moved, mut unread) = (Vec::new(), std::collections::BTreeSet::new());
        for (to, place) in (0..).zip(&places) {
            match place.from {
                Some(from) => moved.push(Renumbered { from, to }),
                None => drop(unread.insert(to)),
            }
        }
        let (files, states): (Vec<_>, Vec<_>) = places.into_iter().map(|place| (place.file, place.state)).unzip();
        self.dropped.borrow_mut().keep(&files);
        *self.files.borrow_mut() = files;
        *self.unread.borrow_mut() = unread;
        self.store.files.set(states);
        self.renumber(&moved);
        let looked = match self.pool().await {
            Ok(pool) => self.tell_arranged(&pool, number, &moved).await,
            Err(trouble) => Err(trouble),
        };
        match looked {
            Ok(()) if was_waiting => self.store.waiting.set(true),
            looked => self.looked(number, looked).await,
        }
    }

    async fn tell_arranged(&self, pool: &Rc<Pool>, number: u32, moved: &[Renumbered]) -> Result<(), Trouble> {
        // What a model is at is of the files before.
        pool.stop(pool.spare(), &Trouble::Stopped);
        let coming: Vec<_> =
            (0..pool.size()).map(|worker| pool.call(worker, Request::Renumber(moved.to_vec()), &[])).collect();
        for coming in coming {
            answer(coming).await?;
        }
        self.check_open(number)?;
        self.tell_files(pool);
        self.detect(pool, number).await
    }

    /// Gives what is known of shards the files' new numbers.
    fn renumber(&self, moved: &[Renumbered]) {
        fn keyed<T>(map: &mut BTreeMap<(u32, u64), T>, moved: &[Renumbered]) {
            let to = |file: u32| moved.iter().find(|known| known.from == file).map(|known| known.to);
            let old = std::mem::take(map).into_iter();
            *map = old.filter_map(|((file, start), value)| Some(((to(file)?, start), value))).collect();
        }
        let mut shards = self.shards.borrow_mut();
        keyed(&mut shards.holders, moved);
        keyed(&mut shards.table_bytes, moved);
        keyed(&mut shards.ends, moved);
        keyed(&mut shards.accounts, moved);
        shards.inputs.clear();
        shards.starts.clear();
    }

    /// Whether the preview should be seen before anything is read: much to read, or a doubt about a format. A file that
    /// is not recognised is no reason where others are.
    pub(super) fn should_wait(&self) -> bool {
        let unread = self.unread.borrow();
        self.store.files.with_untracked(|files| {
            let new: Vec<&FileState> = files
                .iter()
                .enumerate()
                .filter(|(at, _)| unread.contains(&(*at as u32)))
                .map(|(_, file)| file)
                .collect();
            let size: u64 = new.iter().map(|file| file.size_bytes).sum();
            let is_known = |file: &&FileState| file.detected.as_ref().is_some_and(|detected| detected.format.is_some());
            let is_doubted =
                |file: &&FileState| file.detected.as_ref().is_some_and(|detected| detected.doubt.is_some());
            let any_known = files.iter().any(|file| is_known(&file));
            size > READ_AT_ONCE_BYTES || new.iter().any(|file| is_doubted(file) && (is_known(file) || !any_known))
        })
    }
}
