//! Rows are written, told, read and compared.

use std::io::{self, Read};
use std::ops::ControlFlow;

use logloupe::engine::{Engine, Files, look_at};
use logloupe::protocol::{Job, RowFormat, ScanTask};
use logloupe::scan::Limits;
use logloupe::settings::Settings;
use logloupe::source::Source;
use logloupe::units::Micros;
use serde_json::{Map, Value};

use crate::draw::{Draw, Row};

/// A format and how a row is written in it.
pub struct Format {
    /// Its name, as the report shows it.
    pub name: &'static str,
    /// What stands before the first row.
    pub header: &'static str,
    /// The line or lines of a row, without the last line's end; and the fields that the reader must find, null for those
    /// that it must not.
    pub write: fn(&Row, &mut Draw) -> (String, Value),
    /// What stands around the rows.
    pub around: Around,
}

/// What stands around rows.
#[derive(Clone, Copy)]
pub enum Around {
    /// Each has its line.
    Lines,
    /// They are elements of an array.
    Array,
    /// They are elements of an array under this key.
    Envelope(&'static str),
}

impl Format {
    /// A format of lines.
    pub const fn lines(name: &'static str, write: fn(&Row, &mut Draw) -> (String, Value)) -> Self {
        Self { name, header: "", write, around: Around::Lines }
    }

    /// The same under a header.
    pub const fn under(self, header: &'static str) -> Self {
        Self { header, ..self }
    }

    /// The same with something around its rows.
    pub const fn around(self, around: Around) -> Self {
        Self { around, ..self }
    }

    /// The file, with line ends of either kind, with a mark of its encoding or without one, ended or cut behind its last row.
    fn file(&self, rows: &[String], draw: &mut Draw) -> String {
        let end = draw.one(&["\n", "\n", "\r\n"]);
        let header = self.header.replace('\n', end);
        let text = match self.around {
            Around::Lines => format!("{header}{}{}", rows.join(end), draw.one(&[end, ""])),
            Around::Array => format!("[{end}{}{end}]{end}", rows.join(&format!(",{end}"))),
            Around::Envelope(key) => format!("{{\"{key}\":[{}]}}", rows.join(",")),
        };
        format!("{}{text}", draw.one(&["", "", "\u{feff}"]))
    }
}

/// How many files of each format are written.
const FILES: u64 = 40;

/// Writes files of these formats and reads them.
pub fn check(formats: &[Format]) {
    for format in formats {
        for seed in 0..FILES {
            round(format, seed);
        }
    }
}

fn round(format: &Format, seed: u64) {
    let mut draw = Draw(seed);
    let n_rows = if draw.once_in(3) { 1 } else { 1 + draw.below(40) };
    let written: Vec<(String, Value)> = (0..n_rows)
        .map(|number| {
            let row = Row::new(number, &mut draw);
            (format.write)(&row, &mut draw)
        })
        .collect();
    let lines: Vec<String> = written.iter().map(|(line, _)| line.clone()).collect();
    let log = Memory(format.file(&lines, &mut draw).into_bytes());
    let (detected, spec) = look_at(&log, &Settings::shipped()).expect("it is looked at");
    let told = format!("{}, seed {seed}: {}", format.name, detected.evidence);
    assert_eq!(detected.format.as_deref(), Some(format.name), "{told}\n{}", lines[0]);
    let limits = Limits { read_bytes: draw.one(&[1, 7, 100, 16 << 20]), shard_rows: draw.one(&[1, 3, 1 << 16]) };
    let mut engine = Engine::new(seed, limits);
    let task = ScanTask { file: 0, start: 0, end: None };
    let input = engine.read(&log, &task, &spec, &mut |_, _| ControlFlow::Continue(())).expect("it is read").input;
    assert_eq!((&input.rejects, input.accepted), (&Vec::new(), n_rows), "{told}\n{}", lines.join("\n"));
    let job = Job::Export { filter: String::new(), format: RowFormat::Ndjson, columns: Vec::new() };
    let (_, text) = engine.run(&job, &log).expect("rows are written");
    let rows = String::from_utf8(text).expect("text");
    for ((line, expected), row) in written.iter().zip(rows.lines()) {
        let row: Map<String, Value> = serde_json::from_str(row).expect("an object");
        for (field, value) in expected.as_object().expect("an object") {
            let found = row.get(field).unwrap_or(&Value::Null);
            assert_eq!(found, value, "{field}, {told}\n{line}\n{row:?}");
        }
    }
}

struct Memory(Vec<u8>);

impl Source for Memory {
    fn path(&self) -> &'static str {
        "unknown"
    }

    fn size(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    /// The end of 2026: times without a year are of that year.
    fn modified(&self) -> Option<Micros> {
        Some(Micros(1_798_761_599_000_000))
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.0.get(start as usize..).unwrap_or_default()))
    }
}

impl Files for Memory {
    fn source(&self, file: u32) -> Option<&dyn Source> {
        (file == 0).then_some(self as &dyn Source)
    }
}
