//! `logloupe map` and `logloupe reduce`: files are read in several places and analysed in one.
//!
//! ```text
//! files ─► map ─► part ─┐
//! files ─► map ─► part ─┼─► reduce ─► the report of one `logloupe analyze` of all the files
//! files ─► map ─► part ─┘
//! ```
//!
//! A report takes several rounds over all rows (when the logs begin and end, what is usual, a forest grown on a sample), so a part
//! carries what every round asks: the rows as columns, packed, and the account of every file. What it leaves out is the raw lines; the
//! few that a report shows are read where the part says that the file is, or from the copy that it carries.

mod file;
mod join;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use anyhow::bail;
use logloupe::query::Filter;
use logloupe::source::expansion::Expansion;

use self::file::Part;
use crate::arguments::{MapFiles, Reduce};
use crate::commands;
use crate::disk::{DiskFile, DiskFiles, given};

/// `logloupe map`.
pub fn map(arguments: &MapFiles) -> anyhow::Result<ExitCode> {
    let reading = &arguments.reading;
    if reading.output.is_none() && io::stdout().is_terminal() {
        bail!("a part is for `logloupe reduce`, not to be read; --output says where to write it");
    }
    let settings = commands::settings(reading)?;
    let mut given = given(&reading.paths)?;
    if let Some(folder) = &arguments.below {
        let below = |file: &DiskFile| file.below(folder).ok_or_else(|| file.place());
        match given.iter().map(below).collect() {
            Ok(renamed) => given = renamed,
            Err(place) => bail!("{} is not below {}", place.unwrap_or_else(|| "-".into()), folder.display()),
        }
    }
    let files = DiskFiles::of(given, Expansion::of(settings.unlimited), reading.password.as_deref())?;
    let (crew, hashes) = commands::read_hashed(&files, &settings, reading)?;
    let part = Part::of((&crew, &files, &hashes), &settings, arguments.with_files)?;
    commands::write(reading.output.as_deref(), &part.to_bytes()?)?;
    Ok(ExitCode::SUCCESS)
}

/// `logloupe reduce`.
pub fn reduce(arguments: &Reduce) -> anyhow::Result<ExitCode> {
    let parts = join::read(&arguments.parts)?;
    let mut settings = join::settings(&parts)?;
    if let Some(filter) = &arguments.filter {
        settings.filter.clone_from(filter);
    }
    Filter::parse(&settings.filter).map_err(|error| anyhow::anyhow!("filter: {error}"))?;
    commands::classify(&mut settings, &arguments.reporting);
    let opening = join::Opening {
        limits: Expansion::of(settings.unlimited),
        password: arguments.password.as_deref(),
        without_lines: arguments.without_lines,
    };
    let (crew, files, archives) = join::join(parts, &opening)?;
    commands::finish((&crew, &files, archives), &settings, &arguments.reporting, arguments.output.as_deref())
}
