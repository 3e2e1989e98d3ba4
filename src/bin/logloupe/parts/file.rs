//! A part as a file: a line that says of which version it is, a checksum, and what was read, packed.
//!
//! ```text
//! logloupe part 1, 0.1.0 ⏎
//! SHA-256 of the rest, in hexadecimal digits ⏎
//! zlib of postcard of a `Part`
//! ```

use std::io::{Read as _, Write as _};

use anyhow::{Context, bail};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use logloupe::engine::Engine;
use logloupe::protocol::{decode, encode};
use logloupe::report::{Archive, Input};
use logloupe::settings::Settings;
use logloupe::source::digest::Digest;
use logloupe::source::{Root as _, Source as _};
use logloupe::units::Micros;
use serde::{Deserialize, Serialize};

use crate::crew::Crew;
use crate::disk::{DiskFile, DiskFiles, Hashes};

/// How every part begins.
const MAGIC: &[u8] = b"logloupe part ";

/// The first line of the parts that are understood here: rows of another version may be read otherwise.
const FIRST_LINE: &str = concat!("logloupe part 1, ", env!("CARGO_PKG_VERSION"), "\n");

/// Length of the checksum.
const DIGITS: usize = 64;

/// What was read of some files.
#[derive(Serialize, Deserialize)]
pub struct Part {
    /// Settings as JSON.
    pub settings: String,
    /// The files as they were given.
    pub given: Vec<GivenFile>,
    /// Those of them that are archives, each with its place among the given.
    pub archives: Vec<(Archive, u32)>,
    /// What was read, in the order of the numbers that the engines know.
    pub logs: Vec<Log>,
    /// The engines' rows.
    pub engines: Vec<Vec<u8>>,
}

/// A file that was given, so that it is known again.
#[derive(Serialize, Deserialize)]
pub struct GivenFile {
    /// Its path in the report.
    pub shown: String,
    /// Where it is. **Null**: it came from standard input.
    pub place: Option<String>,
    /// Its size as stored.
    pub size_bytes: Option<u64>,
    /// When it was last written.
    pub modified: Option<Micros>,
    /// Its hash.
    pub sha256: Option<String>,
    /// The file itself, if the part carries it.
    pub bytes: Option<Vec<u8>>,
}

/// A log: a given file or a member of one.
#[derive(Serialize, Deserialize)]
pub struct Log {
    /// Its path, a compression's ending included.
    pub path: String,
    /// The place of the given file that it comes out of.
    pub given: u32,
    /// The account of its lines.
    pub input: Input,
}

impl Part {
    /// What a crew has read. Files that cannot be reached again are carried, and all if `with_files` says so.
    pub fn of(
        (crew, files, hashes): (&Crew, &DiskFiles, &Hashes),
        settings: &Settings,
        with_files: bool,
    ) -> anyhow::Result<Self> {
        let given: anyhow::Result<Vec<GivenFile>> =
            files.given().iter().enumerate().map(|(at, file)| given_file(file, hashes.at(at), with_files)).collect();
        let logs = files.logs().zip(&crew.inputs).enumerate().map(|(at, (source, input))| Log {
            path: source.path().to_owned(),
            given: files.origin(at).unwrap_or_default() as u32,
            input: input.clone(),
        });
        let origins = files.archive_origins().map(|given| given as u32);
        let engines: Result<Vec<Vec<u8>>, _> = crew.engines().iter().map(Engine::to_bytes).collect();
        Ok(Self {
            settings: serde_json::to_string(settings)?,
            given: given?,
            archives: files.archives(hashes).into_iter().zip(origins).collect(),
            logs: logs.collect(),
            engines: engines?,
        })
    }

    /// The part as a file.
    pub fn to_bytes(&self) -> anyhow::Result<Vec<u8>> {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(&encode(self)?)?;
        let packed = packer.finish()?;
        let mut bytes = FIRST_LINE.as_bytes().to_vec();
        bytes.extend(checksum(&packed).bytes());
        bytes.push(b'\n');
        bytes.extend(packed);
        Ok(bytes)
    }

    /// What is in the file of a part.
    pub fn from_bytes(bytes: &[u8]) -> anyhow::Result<Self> {
        if !bytes.starts_with(MAGIC) {
            bail!("this is no part that `logloupe map` wrote");
        }
        let Some(rest) = bytes.strip_prefix(FIRST_LINE.as_bytes()) else {
            let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let found = String::from_utf8_lossy(line.get(..line.len().min(60)).unwrap_or_default());
            bail!("expected `{}`, found `{found}`: map the files again with this version", FIRST_LINE.trim_end());
        };
        let packed = rest.split_at_checked(DIGITS).and_then(|(sum, rest)| {
            let packed = rest.strip_prefix(b"\n")?;
            (checksum(packed).as_bytes() == sum).then_some(packed)
        });
        let Some(packed) = packed else { bail!("the part is damaged: its checksum does not fit") };
        let mut unpacked = Vec::new();
        ZlibDecoder::new(packed).read_to_end(&mut unpacked).context("the part is damaged")?;
        decode(&unpacked).context("the part is damaged")
    }
}

impl GivenFile {
    /// The file, where it can be read here and is what was mapped.
    pub fn reachable(&mut self) -> Option<DiskFile> {
        if let Some(bytes) = self.bytes.take() {
            return Some(DiskFile::in_memory(self.shown.clone(), bytes));
        }
        let file = DiskFile::on_disk(self.place.as_ref()?.into(), self.shown.clone());
        let is_as_long = file.size().is_some() && file.size() == self.size_bytes;
        // A copy has another time, so only its hash can tell.
        let is_it =
            is_as_long && (file.modified() == self.modified || self.sha256.is_some() && file.sha256() == self.sha256);
        is_it.then_some(file)
    }
}

fn given_file(file: &DiskFile, sha256: Option<String>, with_files: bool) -> anyhow::Result<GivenFile> {
    let place = file.place();
    let bytes = (with_files || place.is_none()).then(|| {
        let mut bytes = Vec::new();
        file.stream(0)?.read_to_end(&mut bytes).map(|_| bytes)
    });
    Ok(GivenFile {
        shown: file.path().to_owned(),
        place,
        size_bytes: file.size(),
        modified: file.modified(),
        sha256,
        bytes: bytes.transpose().with_context(|| file.path().to_owned())?,
    })
}

fn checksum(bytes: &[u8]) -> String {
    let mut digest = Digest::default();
    digest.update(bytes);
    digest.finish()
}
