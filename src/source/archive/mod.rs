//! Archives: a zip, 7z or tar, stored in any compression, becomes its members, each a [`Source`] of its own.
//!
//! zip: [APPNOTE.TXT](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT); tar:
//! [POSIX.1-2017 pax](https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html); 7z:
//! [7zFormat.txt](https://py7zr.readthedocs.io/en/latest/archive_format.html). An archive in an archive is opened too, [`DEPTH`] deep. A member's address says how to get to it from the file that was dropped, so every worker
//! opens it by itself: in a zip or a plain tar by seeking, elsewhere by undoing what is before it, which the next member
//! then need not undo again. Nothing is unpacked to disk, no path of an archive is ever opened as one.

mod cipher;
mod cursors;
mod seven_zip;
mod tar;
mod zip;

use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use super::compression::Compression;
use super::content::{Damage, beginning};
use super::expansion::HOW_TO_GO_ON;
use super::{Root, Shared, Source};
use crate::units::Micros;

pub use cursors::Access;

/// How many archives may be in one another.
pub const DEPTH: usize = 3;

/// First bytes that tell an archive: a tar's first header.
const HEAD_BYTES: u64 = 512;

/// Members that are named as skipped, one by one; the rest is counted.
const SKIPPED_AT_MOST: usize = 1000;

/// How to get from an archive to what is in it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Step {
    /// Bytes of a tar, which is itself stored in a compression, or of a block.
    Part { within: Compression, start: u64, size: u64, crc: Option<u32> },
    /// A block of a 7z.
    Block(seven_zip::Block),
    /// A member of a zip, by its header.
    Zip { header: u64, stored: u64, size: u64, crc: u32, password: Option<String> },
}

/// A way from a file that was dropped to a member, as bytes for other workers. It may hold a password: it goes into no
/// report, setting or link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    steps: Vec<Step>,
    /// How the member itself is compressed.
    compression: Compression,
}

impl Address {
    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Out of what [`Self::to_bytes`] gave.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

/// A file in an archive.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path in the archive, those of archives between before it.
    pub path: String,
    /// How to get to it.
    pub address: Address,
    /// Its size in the archive, decompressed.
    pub size: u64,
    /// When it was last written, where the archive says.
    pub modified: Option<Micros>,
}

impl Member {
    /// The same member by its path below the archive's.
    #[must_use]
    pub fn below(self, archive: &str) -> Self {
        Self { path: format!("{archive}/{}", self.path), ..self }
    }
}

/// A file in an archive that is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its path in the archive.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// What is in an archive.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// `zip`, `tar`, `tar, gzip`.
    pub kind: String,
    /// What can be read, in the archive's order.
    pub members: Vec<Member>,
    /// What is not.
    pub skipped: Vec<Skipped>,
    /// Members that want a password, or another one.
    pub locked: u64,
}

/// Members of a file that is an archive; none of one that is not.
///
/// **Cost**: a zip's directory is read, a tar is gone through once.
///
/// # Errors
/// What the system says. A damaged archive gives what is before the damage, and names it.
pub fn members<R: Root>(access: &Access<R>, password: Option<&str>) -> io::Result<Option<Listing>> {
    let Look::Archive(found) = look(access, &[])? else { return Ok(None) };
    let mut list = List { access, password, listing: Listing::default(), total_bytes: 0, skipped: 0 };
    list.listing.kind = found.name();
    list.open((&[], ""), found, 1);
    if list.skipped > SKIPPED_AT_MOST as u64 {
        let more = list.skipped - SKIPPED_AT_MOST as u64;
        list.listing.skipped.push(Skipped { path: String::new(), reason: format!("and {more} more") });
    }
    Ok(Some(list.listing))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Zip,
    SevenZip,
    Tar,
}

/// An archive and the compression that it is in.
#[derive(Clone, Copy)]
struct Found {
    kind: Kind,
    within: Compression,
}

impl Found {
    fn name(self) -> String {
        let kind = match self.kind {
            Kind::Zip => "zip",
            Kind::SevenZip => "7z",
            Kind::Tar => "tar",
        };
        if self.within == Compression::None { kind.to_owned() } else { format!("{kind}, {}", self.within.name()) }
    }
}

/// What the beginning of a file says.
enum Look {
    Archive(Found),
    /// None, but compressed so.
    File(Compression),
}

/// Whether what the steps lead to is an archive.
fn look<R: Root>(access: &Access<R>, steps: &[Step]) -> io::Result<Look> {
    let stored = beginning(&mut access.open(steps, 0)?, HEAD_BYTES)?;
    let within = Compression::of(&stored);
    let head = match within {
        Compression::None => stored,
        // A compressed file whose beginning is damaged is a log with a warning.
        _ => match beginning(&mut access.container(steps, within, 0)?, HEAD_BYTES) {
            Ok(head) => head,
            Err(_) => return Ok(Look::File(within)),
        },
    };
    let kind = if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Some(Kind::Zip)
    } else if head.starts_with(seven_zip::MAGIC) {
        Some(Kind::SevenZip)
    } else {
        tar::is_header(&head).then_some(Kind::Tar)
    };
    Ok(kind.map_or(Look::File(within), |kind| Look::Archive(Found { kind, within })))
}

/// What an archive says of a member.
struct Entry {
    path: String,
    /// How to get to it from the archive.
    steps: Vec<Step>,
    size: u64,
    modified: Option<Micros>,
    /// Why it is not read, if the archive itself says so.
    skip: Option<&'static str>,
    is_locked: bool,
}

/// A listing in the making.
struct List<'a, R: Root> {
    access: &'a Access<R>,
    password: Option<&'a str>,
    listing: Listing,
    total_bytes: u64,
    skipped: u64,
}

impl<R: Root> List<'_, R> {
    /// Lists the archive that the steps lead to, and those in it.
    fn open(&mut self, (steps, path): (&[Step], &str), found: Found, depth: usize) {
        let mut candidates = Vec::new();
        let room = self.access.limits.members.saturating_sub(self.listing.members.len());
        let listed = {
            let mut take = |entry: Entry| {
                candidates.push(entry);
                candidates.len() <= room
            };
            match found.kind {
                Kind::Tar => tar::list(self.access, steps, found.within, &mut take),
                Kind::Zip if found.within == Compression::None => {
                    zip::list(self.access, (steps, self.password), &mut take)
                }
                Kind::SevenZip if found.within == Compression::None => seven_zip::list(self.access, steps, &mut take),
                Kind::Zip | Kind::SevenZip => {
                    Err(io::Error::other(format!("a {} is not opened, unpack the outer one", found.name())))
                }
            }
        };
        for (at, entry) in candidates.into_iter().enumerate() {
            let path = join(path, &entry.path);
            if at >= room {
                let most = self.access.limits.members;
                self.skip(path, format!("beyond the limit of {most} members; {HOW_TO_GO_ON}"));
                break;
            }
            self.take((steps, path), entry, depth);
        }
        if let Err(error) = listed {
            let reason = format!("the archive could not be read any further: {error}");
            self.skip(path.to_owned(), reason);
        }
    }

    fn take(&mut self, (steps, path): (&[Step], String), entry: Entry, depth: usize) {
        if let Some(reason) = entry.skip.or_else(|| of_no_use(&path)) {
            return self.skip(path, reason.to_owned());
        }
        if entry.is_locked && self.password.is_none() {
            self.listing.locked += 1;
            return self.skip(path, "encrypted: it needs a password".to_owned());
        }
        self.total_bytes = self.total_bytes.saturating_add(entry.size);
        let most = self.access.limits.total_bytes;
        if self.total_bytes > most {
            return self.skip(path, format!("beyond the limit of {most} bytes in one archive; {HOW_TO_GO_ON}"));
        }
        let steps: Vec<Step> = steps.iter().cloned().chain(entry.steps).collect();
        let compression = match look(self.access, &steps) {
            Ok(Look::Archive(_)) if depth >= DEPTH => {
                return self.skip(path, format!("an archive in {DEPTH} others is not opened"));
            }
            Ok(Look::Archive(found)) => return self.open((&steps, &path), found, depth + 1),
            Ok(Look::File(compression)) => compression,
            Err(error) if error.kind() == io::ErrorKind::Unsupported => return self.skip(path, error.to_string()),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                self.listing.locked += 1;
                return self.skip(path, error.to_string());
            }
            // What is damaged behind its beginning says so in its account.
            Err(_) => Compression::None,
        };
        let address = Address { steps, compression };
        self.listing.members.push(Member { path, address, size: entry.size, modified: entry.modified });
    }

    fn skip(&mut self, path: String, reason: String) {
        self.skipped += 1;
        if self.listing.skipped.len() < SKIPPED_AT_MOST {
            self.listing.skipped.push(Skipped { path, reason });
        }
    }
}

/// Files that systems leave in archives, which are no logs.
fn of_no_use(path: &str) -> Option<&'static str> {
    let mut parts = path.split('/');
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_system = parts.any(|part| part == "__MACOSX")
        || matches!(name, ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || name.starts_with("._");
    is_system.then_some("a file of the operating system")
}

/// A path below another, in one spelling: no `./` and no `/` at its beginning, and no `\`.
fn join(above: &str, path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut rest = path.trim_start_matches('/');
    while let Some(after) = rest.strip_prefix("./") {
        rest = after.trim_start_matches('/');
    }
    if above.is_empty() { rest.to_owned() } else { format!("{above}/{rest}") }
}

/// A member of an archive as a source.
pub struct MemberSource<R: Root> {
    path: String,
    access: Shared<Access<R>>,
    address: Address,
    size: u64,
    modified: Option<Micros>,
}

impl<R: Root> MemberSource<R> {
    /// The member of the archive behind `access`. Its path here is the one that the report shows, the archive's own
    /// before it.
    pub fn new(access: Shared<Access<R>>, member: Member) -> Self {
        let Member { path, address, size, modified } = member;
        Self { path, access, address, size, modified }
    }
}

impl<R: Root> Source for MemberSource<R> {
    fn path(&self) -> &str {
        &self.path
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }

    fn modified(&self) -> Option<Micros> {
        self.modified.or_else(|| self.access.root.modified())
    }

    fn compression(&self) -> io::Result<Compression> {
        Ok(self.address.compression)
    }

    fn place(&self) -> [u64; DEPTH] {
        let mut place = [0; DEPTH];
        for (slot, step) in place.iter_mut().zip(&self.address.steps) {
            *slot = match step {
                Step::Part { start, .. } => *start,
                Step::Block(block) => block.start(),
                Step::Zip { header, .. } => *header,
            };
        }
        place
    }

    fn seeks(&self) -> bool {
        self.access.seeks(&self.address.steps)
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        match self.access.open(&self.address.steps, start) {
            Ok(bytes) => Ok(bytes as Box<dyn Read + '_>),
            // A damage is told where it is met: in the account of this member, and not instead of all accounts.
            Err(error) => Ok(Box::new(Damage(Some(error)))),
        }
    }
}
