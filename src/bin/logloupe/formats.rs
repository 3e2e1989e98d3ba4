//! `logloupe formats`: all that are understood, or what files look like, why, and how their first lines read.

use std::fmt::Write;

use logloupe::engine::{KNOWN_FORMATS, look_at};
use logloupe::error::Error;
use logloupe::protocol::{Detected, Preview};
use logloupe::settings::Settings;

use crate::disk::DiskFiles;
use crate::terminal::harmless;

/// How many rows of a file are shown.
const ROWS: usize = 3;

/// How much of a value is shown, in characters.
const VALUE: usize = 100;

/// All formats, by what they are chosen by.
pub fn all() -> String {
    let mut out = String::new();
    for format in KNOWN_FORMATS {
        // Writing into a string does not fail.
        let _ = writeln!(out, "{:26} {}", format.id, format.about);
    }
    out.push_str("\nAll of them also compressed (gzip, bzip2, xz, zstd), in zip and tar, in UTF-16. --input-format takes a name of this list;\n");
    out.push_str("--log-format takes a format string of nginx or Apache, or one of fields: ${source.ip} ${url.path}\n");
    out
}

/// What each file looks like, and its first rows.
pub fn of_files(files: &DiskFiles, settings: &Settings) -> Result<String, Error> {
    let mut out = String::new();
    for source in files.logs() {
        let (detected, _) = look_at(source, settings)?;
        // Writing into a string does not fail.
        let _ = one(&mut out, source.path(), &detected);
    }
    Ok(out)
}

fn one(out: &mut String, path: &str, detected: &Detected) -> std::fmt::Result {
    let name = detected.format.as_deref().unwrap_or("not recognised");
    writeln!(out, "{}: {} ({})", harmless(path), harmless(name), harmless(&detected.id))?;
    writeln!(out, "  {}", harmless(&detected.evidence))?;
    if let Some(doubt) = &detected.doubt {
        writeln!(out, "  look twice: {}", harmless(doubt))?;
    }
    for candidate in &detected.candidates {
        writeln!(
            out,
            "  {:>4.0} %  {:6} {:20} {}",
            candidate.share * 100.0,
            candidate.certainty,
            harmless(&candidate.id),
            harmless(&candidate.evidence)
        )?;
    }
    rows(out, &detected.preview)
}

fn rows(out: &mut String, preview: &Preview) -> std::fmt::Result {
    for (number, row) in (1..).zip(preview.rows.iter().take(ROWS)) {
        writeln!(out, "  row {number}")?;
        for (column, value) in preview.columns.iter().zip(row) {
            let Some(value) = value else { continue };
            let short: String = value.chars().take(VALUE).collect();
            writeln!(out, "    {:32} {}", harmless(&column.field), harmless(&short))?;
        }
    }
    let failed = preview.lines.iter().filter_map(|(line, reason)| Some((line, reason.as_ref()?)));
    for (line, reason) in failed.take(ROWS) {
        let short: String = line.chars().take(VALUE).collect();
        writeln!(out, "  not understood ({}): {}", harmless(reason), harmless(&short))?;
    }
    writeln!(out)
}
