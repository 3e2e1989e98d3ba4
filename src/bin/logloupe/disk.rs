//! Files, folders and standard input as sources.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, bail};
use logloupe::engine::Files;
use logloupe::protocol::FileEntry;
use logloupe::source::Source;
use logloupe::units::Micros;

/// A file on disk, or what standard input gave.
#[derive(Debug)]
pub struct DiskFile {
    shown: String,
    at: Place,
}

#[derive(Debug)]
enum Place {
    Disk(PathBuf),
    /// Standard input is read whole, because lines are read again as evidence.
    Memory(Vec<u8>),
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
        match &self.at {
            Place::Disk(path) => {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(start))?;
                Ok(Box::new(file))
            }
            Place::Memory(bytes) => Ok(Box::new(bytes.get(start as usize..).unwrap_or_default())),
        }
    }
}

/// The files of a run, by number.
#[derive(Debug, Default)]
pub struct DiskFiles(pub Vec<DiskFile>);

impl Files for DiskFiles {
    fn source(&self, file: u32) -> Option<&dyn Source> {
        self.0.get(file as usize).map(|file| file as &dyn Source)
    }
}

/// Every file below the given paths, sorted by the path that the report shows: below a folder that was given, the path
/// begins with the folder's name, as a browser has it.
pub fn collect(paths: &[PathBuf]) -> anyhow::Result<DiskFiles> {
    let mut files = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes).context("standard input")?;
            files.push(DiskFile { shown: "stdin".into(), at: Place::Memory(bytes) });
            continue;
        }
        let meta = path.metadata().with_context(|| path.display().to_string())?;
        let name = name_of(path);
        if meta.is_dir() { below(path, &name, &mut files)? } else { files.push(on_disk(path.clone(), name)) }
    }
    if files.is_empty() {
        bail!("no file below the given paths");
    }
    files.sort_by(|a, b| FileEntry::order(&a.shown).cmp(FileEntry::order(&b.shown)));
    Ok(DiskFiles(files))
}

fn on_disk(path: PathBuf, shown: String) -> DiskFile {
    DiskFile { shown, at: Place::Disk(path) }
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
            files.push(on_disk(entry.path(), shown));
        }
    }
    Ok(())
}
