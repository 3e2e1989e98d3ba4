//! The files of the session, by number: as they were dropped, or members of archives among them.

use std::collections::BTreeMap;

use logloupe::engine::Files;
use logloupe::error::Error;
use logloupe::protocol::{FileEntry, MemberEntry, Members};
use logloupe::report::SkippedMember;
use logloupe::source::archive::{Access, Address, Member, MemberSource, members};
use logloupe::source::expansion::Expansion;
use logloupe::source::{Shared, Source};
use web_sys::File;

use crate::file::FileSource;

/// All files of the session.
#[derive(Default)]
pub struct SessionFiles {
    logs: BTreeMap<u32, Log>,
    /// By the place in which they were dropped.
    dropped: Vec<FileSource>,
}

/// A file that is read.
enum Log {
    Dropped(FileSource, Expansion),
    Member(MemberSource<FileSource>),
}

impl Files for SessionFiles {
    fn source(&self, file: u32) -> Option<&dyn Source> {
        match self.logs.get(&file)? {
            Log::Dropped(file, _) => Some(file),
            Log::Member(member) => Some(member),
        }
    }
}

impl SessionFiles {
    /// The files of these entries out of those that were dropped.
    pub fn new(entries: &[FileEntry], handles: Vec<File>) -> Self {
        let dropped: Vec<FileSource> = handles.into_iter().map(|file| FileSource::new("", file)).collect();
        // Members of an archive share it, so that each goes on where the one before ended.
        let mut archives: BTreeMap<u32, Shared<Access<FileSource>>> = BTreeMap::new();
        let mut log = |entry: &FileEntry| {
            let file = dropped.get(entry.dropped as usize)?.named(&entry.path);
            let limits = Expansion::of(entry.unlimited);
            let Some(member) = &entry.member else { return Some((entry.file, Log::Dropped(file, limits))) };
            let access = archives.entry(entry.dropped).or_insert_with(|| Access::new(file, limits)).clone();
            let member = Member {
                path: entry.path.clone(),
                address: Address::of_bytes(&member.address)?,
                size: member.size_bytes,
                modified: member.modified,
            };
            Some((entry.file, Log::Member(MemberSource::new(access, member))))
        };
        let logs = entries.iter().filter_map(&mut log).collect();
        Self { logs, dropped }
    }

    /// The file of that number.
    pub fn open(&self, file: u32) -> Result<&dyn Source, Error> {
        self.source(file)
            .ok_or_else(|| Error::Read { path: format!("file {file}"), message: "not in this session".into() })
    }

    /// The file of that number, if it is one that was dropped.
    pub fn plain(&self, file: u32) -> Option<&FileSource> {
        match self.logs.get(&file)? {
            Log::Dropped(file, _) => Some(file),
            Log::Member(_) => None,
        }
    }

    /// The file that was dropped in that place.
    pub fn dropped(&self, place: u32) -> Option<FileSource> {
        self.dropped.get(place as usize).cloned()
    }

    /// What is in the file of that number, if it is an archive.
    pub fn members(&self, file: u32, password: Option<&str>) -> Result<Option<Box<Members>>, Error> {
        let Some(Log::Dropped(source, limits)) = self.logs.get(&file) else { return Ok(None) };
        let listing = members(&Access::new(source.clone(), *limits), password)
            .map_err(|error| Error::Read { path: source.path().into(), message: error.to_string() })?;
        let entry = |member: Member| MemberEntry {
            path: member.path,
            address: member.address.to_bytes(),
            size_bytes: member.size,
            modified: member.modified,
        };
        Ok(listing.map(|listing| {
            Box::new(Members {
                kind: listing.kind,
                members: listing.members.into_iter().map(entry).collect(),
                skipped: listing
                    .skipped
                    .into_iter()
                    .map(|member| SkippedMember { path: member.path, reason: member.reason })
                    .collect(),
                locked: listing.locked,
            })
        }))
    }
}
