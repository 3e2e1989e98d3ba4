//! Files, folders and standard input as sources; archives among them become their members.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use anyhow::{Context, bail};
use logloupe::engine::Files;
use logloupe::protocol::FileEntry;
use logloupe::report::{Archive, SkippedMember};
use logloupe::source::archive::{Access, MemberSource, members};
use logloupe::source::digest::Digest;
use logloupe::source::expansion::Expansion;
use logloupe::source::{Bytes, Root, Source};
use logloupe::units::Micros;

/// Bytes of a file that are hashed at once.
const HASH_BYTES: usize = 1 << 20;

/// A file on disk, or what standard input gave.
#[derive(Clone, Debug)]
pub struct DiskFile {
    shown: String,
    at: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Disk(PathBuf),
    /// Standard input is read whole, because lines are read again as evidence.
    Memory(Arc<[u8]>),
}

impl Source for DiskFile {
    fn path(&self) -> &str {
        &self.shown
    }

    fn size(&self) -> Option<u64> {
        match &self.at {
            Place::Disk(path) => path.metadata().ok().map(|m| m.len()),
            Place::Memory(bytes) => Some(bytes.len() as u64),
        }
    }

    fn modified(&self) -> Option<Micros> {
        let Place::Disk(path) = &self.at else { return None };
        let since = path.metadata().ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(since.as_micros()).ok().map(Micros)
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        let bytes: Bytes = self.stream(start)?;
        Ok(bytes)
    }
}

impl Root for DiskFile {
    fn stream(&self, start: u64) -> io::Result<Bytes> {
        match &self.at {
            Place::Disk(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(start))?;
                Ok(Box::new(file))
            }
            Place::Memory(bytes) => {
                let mut bytes = Cursor::new(bytes.clone());
                bytes.set_position(start);
                Ok(Box::new(bytes))
            }
        }
    }
}

impl DiskFile {
    /// A file that is nowhere but here.
    pub fn in_memory(shown: String, bytes: Vec<u8>) -> Self {
        Self { shown, at: Place::Memory(bytes.into()) }
    }

    /// A file on disk under the path that the report shows.
    pub fn on_disk(path: PathBuf, shown: String) -> Self {
        Self { shown, at: Place::Disk(path) }
    }

    /// The same file, called as if `folder` had been given; none where it is not below it.
    pub fn below(&self, folder: &Path) -> Option<Self> {
        let Place::Disk(path) = &self.at else { return None };
        let (root, whole) = (folder.canonicalize().ok()?, path.canonicalize().ok()?);
        let below: Vec<_> = whole.strip_prefix(root).ok()?.iter().map(|name| name.to_string_lossy()).collect();
        Some(Self { shown: format!("{}/{}", name_of(folder), below.join("/")), at: self.at.clone() })
    }

    /// How given files are ordered: by the path that the report shows; two of one name by where they are.
    pub fn order(&self, other: &Self) -> Ordering {
        path_order(&self.shown, &other.shown).then_with(|| self.place().cmp(&other.place()))
    }

    /// Where it is on this machine; none for what standard input gave.
    pub fn place(&self) -> Option<String> {
        let Place::Disk(path) = &self.at else { return None };
        Some(path.canonicalize().as_ref().unwrap_or(path).to_string_lossy().into_owned())
    }

    /// SHA-256 as stored; none where it cannot be read to its end.
    pub fn sha256(&self) -> Option<String> {
        let mut bytes = self.stream(0).ok()?;
        let (mut digest, mut buffer) = (Digest::default(), vec![0; HASH_BYTES]);
        loop {
            match bytes.read(&mut buffer) {
                Ok(0) => return Some(digest.finish()),
                Ok(n) => digest.update(buffer.get(..n)?),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }
}

/// A file that is read: as given, or a member of one that was given.
pub enum LogFile {
    /// As given.
    Given(DiskFile),
    /// A member of an archive that was given.
    Member(MemberSource<DiskFile>),
    /// Read elsewhere; here it cannot be read.
    Absent(Absent),
}

/// The path of a file that is not here, as the report shows it.
pub struct Absent(pub String);

impl Source for Absent {
    fn path(&self) -> &str {
        &self.0
    }

    fn size(&self) -> Option<u64> {
        None
    }

    fn open(&self, _: u64) -> io::Result<Box<dyn Read + '_>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// The files of a run, by number.
#[derive(Default)]
pub struct DiskFiles {
    /// Each with the place in `given` of the file that it comes out of.
    logs: Vec<(LogFile, usize)>,
    given: Vec<DiskFile>,
    /// What the given files are that are archives, each with its place in `given`.
    archives: Vec<(Archive, usize)>,
}

impl Files for DiskFiles {
    fn source(&self, file: u32) -> Option<&dyn Source> {
        self.logs.get(file as usize).map(|(log, _)| log.source())
    }
}

impl LogFile {
    /// What reads it.
    pub fn source(&self) -> &dyn Source {
        match self {
            Self::Given(file) => file,
            Self::Member(member) => member,
            Self::Absent(absent) => absent,
        }
    }
}

impl DiskFiles {
    /// These logs, in the order of their numbers, for whoever knows their hashes already.
    pub fn read_before(logs: Vec<LogFile>) -> Self {
        Self { logs: logs.into_iter().map(|log| (log, 0)).collect(), ..Self::default() }
    }

    /// The files that were given, in their order.
    pub fn given(&self) -> &[DiskFile] {
        &self.given
    }

    /// The place among the given files of the one that a log comes out of.
    pub fn origin(&self, file: usize) -> Option<usize> {
        self.logs.get(file).map(|(_, given)| *given)
    }

    /// The places among the given files of those that are archives, in the order of [`Self::archives`].
    pub fn archive_origins(&self) -> impl Iterator<Item = usize> {
        self.archives.iter().map(|(_, given)| *given)
    }

    /// The logs, to be put into another order.
    pub fn into_logs(self) -> impl Iterator<Item = LogFile> {
        self.logs.into_iter().map(|(log, _)| log)
    }

    /// The logs in the order of their numbers.
    pub fn logs(&self) -> impl Iterator<Item = &dyn Source> {
        self.logs.iter().map(|(log, _)| log.source())
    }

    /// SHA-256 of each given file.
    pub fn hashes(&self) -> Hashes {
        Hashes(self.given.iter().map(DiskFile::sha256).collect())
    }

    /// The hash of the given file that a log comes out of.
    pub fn hash_of(&self, file: usize, hashes: &Hashes) -> Option<String> {
        let (_, given) = self.logs.get(file)?;
        hashes.0.get(*given).cloned().flatten()
    }

    /// What the archives are, with their hashes.
    pub fn archives(&self, hashes: &Hashes) -> Vec<Archive> {
        let hashed = |(archive, given): &(Archive, usize)| {
            let sha256 = hashes.0.get(*given).cloned().flatten();
            Archive { sha256, ..archive.clone() }
        };
        self.archives.iter().map(hashed).collect()
    }
}

/// SHA-256 of the files that were given.
#[derive(Default)]
pub struct Hashes(Vec<Option<String>>);

impl Hashes {
    /// That of the given file at this place.
    pub fn at(&self, given: usize) -> Option<String> {
        self.0.get(given).cloned().flatten()
    }
}

/// Every file below the given paths and in the archives there, sorted by the path that the report shows: below a folder
/// that was given, the path begins with the folder's name, as a browser has it.
pub fn collect(paths: &[PathBuf], limits: Expansion, password: Option<&str>) -> anyhow::Result<DiskFiles> {
    DiskFiles::of(given(paths)?, limits, password)
}

/// Every file below the given paths, archives unopened.
pub fn given(paths: &[PathBuf]) -> anyhow::Result<Vec<DiskFile>> {
    let mut given = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).context("standard input")?;
            given.push(DiskFile::in_memory("stdin".into(), bytes));
            continue;
        }
        let meta = path.metadata().with_context(|| path.display().to_string())?;
        let name = name_of(path);
        if meta.is_dir() { below(path, &name, &mut given)? } else { given.push(DiskFile::on_disk(path.clone(), name)) }
    }
    if given.is_empty() {
        bail!("no file below the given paths");
    }
    Ok(given)
}

impl DiskFiles {
    /// The given files and what is in the archives among them, in the order of the paths that the report shows.
    pub fn of(mut given: Vec<DiskFile>, limits: Expansion, password: Option<&str>) -> anyhow::Result<Self> {
        given.sort_by(DiskFile::order);
        let mut files = Self::default();
        for (at, file) in given.iter().enumerate() {
            expand(&mut files, (at, file), limits, password).with_context(|| file.shown.clone())?;
        }
        files.logs.sort_by(|(a, _), (b, _)| path_order(a.source().path(), b.source().path()));
        files.given = given;
        Ok(files)
    }
}

/// How files are ordered that the report shows under these paths.
pub fn path_order(a: &str, b: &str) -> Ordering {
    FileEntry::order(a).cmp(FileEntry::order(b)).then_with(|| a.cmp(b))
}

/// Takes the file, or the members of the archive that it is.
fn expand(
    files: &mut DiskFiles,
    (at, file): (usize, &DiskFile),
    limits: Expansion,
    password: Option<&str>,
) -> io::Result<()> {
    let access = Access::new(file.clone(), limits);
    let Some(listing) = members(&access, password)? else {
        files.logs.push((LogFile::Given(file.clone()), at));
        return Ok(());
    };
    let skipped = listing.skipped.into_iter().map(|member| SkippedMember { path: member.path, reason: member.reason });
    let archive = Archive {
        path: file.shown.clone(),
        kind: listing.kind,
        size_bytes: file.size().unwrap_or(0),
        sha256: None,
        members: listing.members.len() as u64,
        skipped: skipped.collect(),
    };
    files.archives.push((archive, at));
    let members =
        listing.members.into_iter().map(|member| MemberSource::new(access.clone(), member.below(&file.shown)));
    files.logs.extend(members.map(|member| (LogFile::Member(member), at)));
    Ok(())
}

fn name_of(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn below(folder: &Path, shown: &str, files: &mut Vec<DiskFile>) -> anyhow::Result<()> {
    for entry in folder.read_dir().with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let shown = format!("{shown}/{}", entry.file_name().to_string_lossy());
        // Links are not followed: a folder that links to its parent has no end.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            below(&entry.path(), &shown, files)?;
        } else if kind.is_file() {
            files.push(DiskFile::on_disk(entry.path(), shown));
        }
    }
    Ok(())
}
