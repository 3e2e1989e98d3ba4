//! A file's beginning: how it is stored, in which format, why, and what reading all of it will give. Format strings are
//! tried here.
//!
//! Only the head is read, so that a file of any size is looked at in milliseconds.

use std::io::{self, Read};

use crate::error::Error;
use crate::format::detect::{Candidate, Certainty, HEAD_BYTES, detect_pieces, lines, understood};
use crate::format::log_format::pattern::{PatternError, Piece, parse};
use crate::format::log_format::propose::propose;
use crate::format::log_format::{CustomSpec, names_and_texts};
use crate::format::{FormatSpec, Framing};
use crate::protocol::{CANDIDATES_AT_MOST, Detected, Preview, PreviewColumn, Ranked, Trial, Tried, TriedPiece, encode};
use crate::query::text_of;
use crate::report::InputColumn;
use crate::scan::{Limits, Range, ReadSpec, read_range};
use crate::schema::{Field, Record, Value};
use crate::settings::{FileReading, Settings};
use crate::source::content::Stored;
use crate::source::expansion::Expansion;
use crate::source::{Source, content};
use crate::table::{Store, escape_invalid};
use crate::units::time::{Assumed, offset_seconds};
use crate::units::{Micros, days_from_civil};

/// How many rows a preview shows.
const PREVIEW_ROWS: usize = 12;

/// How many raw lines: of a file that is looked at, and of one that a format string is tried on.
const PREVIEW_LINES: usize = 12;
const TRIED_LINES: usize = 100;

/// How much of a value, in characters.
const PREVIEW_VALUE: usize = 300;

/// How much of a raw line, in bytes.
const PREVIEW_LINE_BYTES: usize = 2000;

/// Below this share of the first lines a format that has no header is doubted.
const DOUBTED_BELOW: f64 = 0.5;

/// Two guesses whose shares are nearer than this can't be told apart.
const NEAR: f64 = 0.02;

/// Compressed bytes that are undone to see how much larger the log is.
const RATIO_BYTES: u64 = 128 << 10;

/// Texts come again: twice the rows have less than twice the distinct texts (Heaps' law). With this exponent the memory of
/// ten real access and Zeek logs of 0.4 to 2.4 MB is estimated at 0.7 to 1.35 of what it is; larger logs, whose texts come
/// again more often, are estimated too high rather than too low.
const HEAPS_EXPONENT: f64 = 0.9;

/// The name by which no format at all is chosen.
const UNKNOWN: &str = "unknown";

/// Looks at a file's beginning: how it is stored, and in which format. Beside it the format's specification, for
/// [`super::Engine::read`].
///
/// # Errors
/// The source; an offset that is none.
pub fn look_at(source: &dyn Source, settings: &Settings) -> Result<(Detected, Vec<u8>), Error> {
    let (stored, head) = head_of(source, settings)?;
    let said = settings.reading_of(source.path());
    let pieces = pieces_of(source, stored, settings).map_err(|error| failed(source, &error))?;
    let mut candidates = detect_pieces(&head, &pieces, &settings.csv_columns);
    candidates.extend(own_formats(&head, settings));
    let choice = choose(&candidates, &said);
    let spec = choice.candidate.spec.clone();
    let columns = spec.columns().into_iter().map(|(name, field)| InputColumn { name, field: field.to_string() });
    let splittable = stored.is_plain() && source.seeks() && spec.framing() == Framing::Lines;
    let every = if splittable { said.every() } else { 1 };
    let read = ReadSpec {
        format: spec.clone(),
        assumed: assumed(source, &said, (&head, &spec))?,
        unlimited: settings.is_unlimited(source.path()),
        every,
    };
    let detected = Detected {
        format: spec.name(),
        id: spec.id(),
        evidence: choice.evidence,
        is_chosen: choice.is_chosen,
        doubt: if choice.is_chosen { None } else { doubt(&candidates) },
        candidates: ranked(&candidates),
        preview: preview(source, stored, (&head, PREVIEW_LINES), &read),
        stored: stored.name(),
        splittable,
        columns: columns.collect(),
    };
    Ok((detected, encode(&read)?))
}

/// Tries a format string on the beginning of a file.
///
/// # Errors
/// The source; an offset that is none. A format string that does not parse is no error: the answer says so.
pub fn try_format(source: &dyn Source, settings: &Settings, trial: &Trial) -> Result<Tried, Error> {
    let (stored, head) = head_of(source, settings)?;
    let pattern = match trial {
        // Directives are pasted over several lines; kept formats are one line each.
        Trial::Pattern(pattern) => pattern.replace(['\r', '\n'], " "),
        Trial::Line(line) => propose(line.as_bytes()).unwrap_or_default(),
    };
    let pieces = match parse(&pattern) {
        Ok(pieces) => pieces,
        Err(PatternError { column, message }) => {
            return Ok(Tried { pattern, mistake: Some((column, message)), ..Tried::default() });
        }
    };
    let spec = CustomSpec { name: "tried".into(), pattern: pattern.clone() };
    let (_, lines) = lines(&head);
    let pieces = tried_pieces(&spec, &pieces, &lines);
    let said = settings.reading_of(source.path());
    let (format, unlimited) = (FormatSpec::Custom(spec), settings.is_unlimited(source.path()));
    let read = ReadSpec { assumed: assumed(source, &said, (&head, &format))?, format, unlimited, every: 1 };
    let preview = preview(source, stored, (&head, TRIED_LINES), &read);
    Ok(Tried { pattern, pieces, mistake: None, preview })
}

/// Whether a format string parses.
///
/// # Errors
/// Where it does not, and what is expected there.
pub fn check_format(pattern: &str) -> Result<(), Error> {
    match parse(pattern) {
        Ok(_) => Ok(()),
        Err(PatternError { column, message }) => Err(Error::Pattern { column, message }),
    }
}

/// The beginning of a file's text, and how the file is stored.
fn head_of(source: &dyn Source, settings: &Settings) -> Result<(Stored, Vec<u8>), Error> {
    let read = || -> io::Result<_> {
        let (stored, bytes) = content::open(source, Expansion::of(settings.is_unlimited(source.path())))?;
        let mut head = Vec::with_capacity(HEAD_BYTES);
        match bytes.take(HEAD_BYTES as u64).read_to_end(&mut head) {
            // The beginning of a damaged file still says what it is, and its account will say the rest.
            Err(error) if !head.is_empty() || is_damage(&error) => {}
            other => {
                other?;
            }
        }
        Ok((stored, head))
    };
    read().map_err(|error| failed(source, &error))
}

fn failed(source: &dyn Source, error: &io::Error) -> Error {
    Error::Read { path: source.path().into(), message: error.to_string() }
}

/// Whether the bytes are at fault, and not the system that reads them.
fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// From which size on a file is looked at beyond its beginning, in bytes.
const PIECES_FROM: u64 = 256 << 10;

/// Up to which stored size the middle of a stream is looked at, in bytes: it is reached only through all that is before.
const UNDONE_UP_TO: u64 = 8 << 20;

/// Lines from the middle and from the end of a large file, with the words for where they are.
fn pieces_of(source: &dyn Source, stored: Stored, settings: &Settings) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    if stored.is_plain() && source.seeks() {
        return pieces(source.size().unwrap_or_default(), &|start| source.open(start));
    }
    if source.size().is_none_or(|size| size > UNDONE_UP_TO) {
        return Ok(Vec::new());
    }
    let limits = Expansion::of(settings.is_unlimited(source.path()));
    let size = bytes_in(&mut content::open(source, limits)?.1);
    pieces(size, &|start| content::open_at(source, start, limits))
}

/// Bytes that come until the end, or until a damage: the rest of such a file is as good as not there.
fn bytes_in(bytes: &mut dyn Read) -> u64 {
    let mut scratch = vec![0; HEAD_BYTES];
    let mut size = 0;
    loop {
        match bytes.read(&mut scratch) {
            Ok(0) => return size,
            Ok(n) => size += n as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return size,
        }
    }
}

/// Opens a text from a byte of it on.
type OpenAt<'a> = dyn Fn(u64) -> io::Result<Box<dyn Read + 'a>> + 'a;

fn pieces(size: u64, open: &OpenAt<'_>) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    if size <= PIECES_FROM {
        return Ok(Vec::new());
    }
    let starts = [("middle", size / 2), ("end", size - HEAD_BYTES as u64)];
    let piece = |(place, start): (&'static str, u64)| {
        let mut bytes = Vec::with_capacity(HEAD_BYTES);
        open(start)?.take(HEAD_BYTES.min((size - start) as usize) as u64).read_to_end(&mut bytes)?;
        // The first line is cut off, and the last one in the middle.
        if start + (bytes.len() as u64) < size {
            bytes.truncate(memchr::memrchr(b'\n', &bytes).map_or(0, |at| at + 1));
        }
        let from = memchr::memchr(b'\n', &bytes).map_or(bytes.len(), |at| at + 1);
        Ok((place, bytes.split_off(from)))
    };
    starts.into_iter().map(piece).collect()
}

/// The user's own formats, as far as they understand any of the first lines or not: they can always be chosen.
fn own_formats(head: &[u8], settings: &Settings) -> Vec<Candidate> {
    let (_, lines) = lines(head);
    let candidate = |(name, pattern): (&String, &String)| {
        let spec = FormatSpec::Custom(CustomSpec::new(name, pattern).ok()?);
        let (rows, seen) = understood(&spec, &lines);
        let share = rows as f64 / seen.max(1) as f64;
        let evidence = format!("your format understands {rows} of the first {seen} lines");
        Some(Candidate { spec, share, certainty: Certainty::Guess, evidence })
    };
    settings.formats.iter().filter_map(candidate).collect()
}

/// The format that a file is read in.
struct Choice<'a> {
    candidate: &'a Candidate,
    evidence: String,
    is_chosen: bool,
}

/// What the user says, else what the file looks like, else the user's own format that understands most.
fn choose<'a>(candidates: &'a [Candidate], said: &FileReading) -> Choice<'a> {
    let is_own = |c: &Candidate| matches!(c.spec, FormatSpec::Custom(_));
    let best = candidates.first().unwrap_or(&NOTHING);
    let by_id = |id: &String| {
        let of_that_name = |c: &&Candidate| c.spec.id() == *id;
        candidates.iter().filter(|c| is_own(c)).find(of_that_name).or_else(|| candidates.iter().find(of_that_name))
    };
    if let Some(id) = &said.format {
        return match by_id(id) {
            Some(candidate) => {
                let evidence = format!("chosen by you; {}", candidate.evidence);
                Choice { candidate, evidence, is_chosen: true }
            }
            None => {
                let evidence = format!("{id} was chosen, but the file does not look like it; {}", best.evidence);
                Choice { candidate: best, evidence, is_chosen: false }
            }
        };
    }
    let own = candidates.iter().filter(|c| is_own(c) && c.share >= DOUBTED_BELOW);
    let own = own.max_by(|a, b| a.share.total_cmp(&b.share));
    let candidate = match own {
        Some(own) if best.spec == FormatSpec::Unknown || best.share < DOUBTED_BELOW => own,
        _ => best,
    };
    Choice { candidate, evidence: candidate.evidence.clone(), is_chosen: false }
}

/// What a list without candidates stands for; [`detect`] gives at least one.
static NOTHING: Candidate =
    Candidate { spec: FormatSpec::Unknown, share: 0.0, certainty: Certainty::Guess, evidence: String::new() };

/// Why a file should be looked at before it is read.
fn doubt(candidates: &[Candidate]) -> Option<String> {
    let mut by_share = candidates.iter().filter(|c| c.spec != FormatSpec::Unknown && c.share > 0.0);
    let best = by_share.next();
    match best {
        None => Some("no known format understands the first lines".to_owned()),
        Some(best) if best.share < DOUBTED_BELOW && best.certainty < Certainty::Header => {
            Some(format!("only {:.0} % of the first lines are understood", best.share * 100.0))
        }
        Some(best) if best.certainty == Certainty::Guess => {
            let near = by_share.find(|c| c.share > best.share - NEAR && c.spec.id() != best.spec.id())?;
            Some(format!("it may as well be {}", near.spec.name().unwrap_or_default()))
        }
        Some(_) => None,
    }
}

fn ranked(candidates: &[Candidate]) -> Vec<Ranked> {
    let told = |c: &Candidate| Ranked {
        id: c.spec.id(),
        name: c.spec.name().unwrap_or_else(|| UNKNOWN.to_owned()),
        share: c.share,
        certainty: c.certainty.name().to_owned(),
        evidence: c.evidence.clone(),
    };
    let is_known = |c: &&Candidate| !matches!(c.spec, FormatSpec::Unknown | FormatSpec::Custom(_));
    let is_own = |c: &&Candidate| matches!(c.spec, FormatSpec::Custom(_));
    let mut all: Vec<Ranked> = candidates.iter().filter(is_known).take(CANDIDATES_AT_MOST).map(told).collect();
    all.extend(candidates.iter().filter(is_own).map(told));
    all.extend(candidates.iter().filter(|c| c.spec == FormatSpec::Unknown).map(told));
    all
}

/// What is assumed of a file's times: what the user says, else UTC, and that times without a year lie in the year that
/// begins with the file's first time that has one; if none has, that the log ends when it was last written.
fn assumed(source: &dyn Source, said: &FileReading, (head, format): (&[u8], &FormatSpec)) -> Result<Assumed, Error> {
    let offset_seconds = match &said.timezone {
        None => 0,
        Some(offset) => offset_seconds(offset.trim().as_bytes())
            .ok_or_else(|| Error::Message { message: format!("{offset} is no offset from UTC, such as +02:00") })?,
    };
    let ends = match (said.year, earliest(head, format)) {
        (Some(year), _) => Micros((days_from_civil(i64::from(year) + 1, 1, 1) - 1) * Micros::PER_DAY - 1),
        (None, Some(first)) => Micros(first.0.saturating_add(363 * Micros::PER_DAY)),
        (None, None) => source.modified().unwrap_or_default(),
    };
    Ok(Assumed { offset_seconds, ends })
}

/// The earliest time with a year among the first lines.
fn earliest(head: &[u8], format: &FormatSpec) -> Option<Micros> {
    let mut parser = format.parser();
    let timestamp = parser.columns().iter().position(|column| column.name.ecs() == Some(Field::Timestamp))?;
    let n_columns = parser.columns().len();
    let mut scratch = Vec::new();
    let mut time = |line: &&[u8]| {
        let mut record = Record::new(n_columns);
        parser.parse(line, &mut scratch, &mut record);
        match record.values.get(timestamp) {
            Some(Value::Time(time) | Value::Local(time)) => Some(*time),
            _ => None,
        }
    };
    lines(head).1.iter().filter_map(&mut time).min()
}

/// The first lines as rows, and what all of the file is expected to be.
fn preview(source: &dyn Source, stored: Stored, (head, n_lines): (&[u8], usize), read: &ReadSpec) -> Preview {
    let is_whole = head.len() < HEAD_BYTES;
    let whole = if is_whole { head } else { lines(head).0 };
    let mut store = Store::new(0);
    let range = Range { file: 0, path: source.path(), spec: read, start: 0, end: u64::MAX };
    let limits = Limits { read_bytes: HEAD_BYTES, ..Limits::default() };
    let mut bytes = whole;
    let scanned = read_range(&range, &mut bytes, (limits, &mut store.dictionaries), &mut |_, _| {
        std::ops::ControlFlow::Continue(())
    });
    let Ok((shards, input)) = scanned else { return Preview::default() };
    store.shards = shards;
    let table_bytes: usize = store.shards.iter().map(|shard| shard.table.size_bytes()).sum();
    let expected_bytes = if is_whole { Some(head.len() as u64) } else { log_bytes(source, stored, read.unlimited) };
    let growth = expected_bytes.map(|bytes| bytes as f64 / whole.len().max(1) as f64 / read.every as f64);
    let of_all = |count: f64| growth.map(|growth| (count * growth) as u64);
    let texts = store.dictionaries.size_bytes() as f64;
    let expected_table_bytes =
        growth.map(|growth| (table_bytes as f64 * growth + texts * growth.max(1.0).powf(HEAPS_EXPONENT)) as u64);
    let (columns, rows) = first_rows(&store);
    Preview {
        columns,
        rows,
        lines: first_lines(whole, &read.format, n_lines),
        n_lines: input.accepted + input.rejected,
        n_rows: input.accepted,
        expected_lines: of_all(input.lines as f64),
        expected_rows: of_all(input.accepted as f64),
        expected_table_bytes,
        expected_bytes,
    }
}

fn first_rows(store: &Store) -> (Vec<PreviewColumn>, Vec<Vec<Option<String>>>) {
    let Some(shard) = store.shards.first() else { return (Vec::new(), Vec::new()) };
    let n_rows = shard.table.n_rows.min(PREVIEW_ROWS);
    let mut columns = Vec::new();
    let mut rows = vec![Vec::new(); n_rows];
    for (name, kind) in store.columns() {
        let Some(column) = shard.table.column(&name).filter(|_| !name.ecs().is_some_and(Field::is_of_the_file)) else {
            continue;
        };
        let dictionary = store.dictionaries.get(&name);
        let cells: Vec<Option<String>> = (0..n_rows)
            .map(|row| text_of(dictionary, &column.data, row).map(|text| text.chars().take(PREVIEW_VALUE).collect()))
            .collect();
        if cells.iter().any(Option::is_some) {
            columns.push(PreviewColumn { field: name.to_string(), kind });
            rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
        }
    }
    (columns, rows)
}

/// The first lines as they stand, and why those were not understood that were not. Lines of records that go on over
/// several lines are not judged one by one.
fn first_lines(whole: &[u8], format: &FormatSpec, n_lines: usize) -> Vec<(String, Option<String>)> {
    let (_, lines) = lines(whole);
    let mut parser = format.parser();
    let n_columns = parser.columns().len();
    let mut scratch = Vec::new();
    let mut judge = |line: &[u8]| {
        let mut record = Record::new(n_columns);
        match parser.parse(line, &mut scratch, &mut record) {
            crate::format::Parsed::Reject(reason) => Some(reason.into_owned()),
            _ => None,
        }
    };
    let is_judged = matches!(format.framing(), Framing::Lines | Framing::Sequential);
    let told = lines.into_iter().take(n_lines).map(|line| {
        let text = escape_invalid(line.get(..PREVIEW_LINE_BYTES).unwrap_or(line));
        (text, if is_judged { judge(line) } else { None })
    });
    told.collect()
}

/// Bytes of the log, decompressed: of a compressed one by how much larger its beginning becomes.
fn log_bytes(source: &dyn Source, stored: Stored, unlimited: bool) -> Option<u64> {
    let size = source.size()?;
    if stored.is_plain() {
        return Some(size);
    }
    let taken = size.min(RATIO_BYTES);
    let raw = source.open(0).ok()?.take(taken);
    let mut undone = stored.encoding.decode(stored.compression.undo(raw, Expansion::of(unlimited)));
    let mut buffer = vec![0; HEAD_BYTES];
    let mut n_bytes = 0;
    // The cut end is an error, and what came until then counts.
    while let Ok(n @ 1..) = undone.read(&mut buffer) {
        n_bytes += n as u64;
    }
    Some((n_bytes as f64 / taken.max(1) as f64 * size as f64) as u64)
}

fn tried_pieces(spec: &CustomSpec, pieces: &[Piece], lines: &[&[u8]]) -> Vec<TriedPiece> {
    let found = names_and_texts(spec, lines);
    let mut found = found.into_iter();
    let told = pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => TriedPiece { text: text.clone(), name: None, field: None },
        Piece::Field(field) => {
            let name = field.option.as_ref().map_or(field.name.clone(), |option| format!("{}:{option}", field.name));
            let (column, text) = found.next().unwrap_or_default();
            TriedPiece { text, name: Some(name), field: column.map(|column| column.to_string()) }
        }
    });
    told.collect()
}
