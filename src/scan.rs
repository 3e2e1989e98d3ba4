//! The only place where format and table meet: a chunk's bytes in, shards and the account of its lines out.
//!
//! ```text
//! bytes ── Splitter ─► line ── Parser ─► Record ── Builder ─► Table ─► Shard
//!                                     └─ reject, skip ─► account: accepted + rejected + skipped = lines
//! ```
//!
//! The rows, the account and every position are the same however the bytes are chunked and wherever shards are cut.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::format::{FormatSpec, Framing, Parsed, Parser, Reason};
use crate::report::types::{
    Counted, FormatRows, Input, InputColumn, REJECT_SAMPLES, Reject, RejectSample, TimePoint, TimeTrack,
};
use crate::schema::{Field, Kind, Record, Value};
use crate::source::elements::ElementSplitter;
use crate::source::lines::{Line, LineSplitter, MAX_LINE};
use crate::table::{Builder, Dictionaries, Shard, escape_invalid};
use crate::units::Micros;
use crate::units::time::Assumed;

/// How much of a rejected line is kept as a sample, in bytes.
const SAMPLE_BYTES: usize = 300;

/// How many lines a record may go on for before it is taken as broken.
const MAX_JOINED_LINES: u64 = 1000;

/// How many lines a record may have that ends where the next begins: one holds a whole page that a server answered.
const MAX_BEGUN_LINES: u64 = 50_000;

/// What some editors write before UTF-8; it is no part of the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Bytes read at once behind a range, where its last line ends.
const LAST_LINE_BYTES: usize = 64 << 10;

/// How to read a file: the same for each of its ranges.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReadSpec {
    /// Its format.
    pub format: FormatSpec,
    /// What is assumed of its times where they do not say.
    pub assumed: Assumed,
    /// Whether it may expand without limit.
    pub unlimited: bool,
    /// Every how many-th part of it is read; 1 for all.
    pub every: u64,
}

/// A line that was not understood, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedLine {
    /// Its number, counted from the range's start, from 1.
    pub line: u64,
    /// Its first byte in the file.
    pub byte: u64,
    /// Why.
    pub reason: Reason,
    /// The line; what is no UTF-8 is escaped.
    pub text: String,
}

/// What to read: the lines of a file that begin in `start..end`.
#[derive(Clone, Debug)]
pub struct Range<'a> {
    /// The file's number in the session.
    pub file: u32,
    /// Its path, as the report shows it.
    pub path: &'a str,
    /// Its format, and what is assumed of its times.
    pub spec: &'a ReadSpec,
    /// First byte.
    pub start: u64,
    /// First byte after; `u64::MAX` for the end of the file.
    pub end: u64,
}

/// Where shards are cut. Shows in no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes asked of the source at once.
    pub read_bytes: usize,
    /// Rows of a shard at most.
    pub shard_rows: usize,
}

impl Default for Limits {
    fn default() -> Self {
        // 16 MiB is where reading in a browser is fastest; 64 Ki rows keep a column's scratch in the processor's cache.
        Self { read_bytes: 16 << 20, shard_rows: 1 << 16 }
    }
}

/// The folder part of a path; `.` where there is none.
pub fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder })
}

/// Reads a range: its bytes come from `bytes`, which begins one byte before `range.start` unless that is 0.
/// `progress` is told bytes and lines so far, and may stop the reading.
///
/// # Errors
/// What the source says; what was read until then is lost with the range.
pub fn read_range(
    range: &Range<'_>,
    bytes: &mut dyn Read,
    (limits, dictionaries): (Limits, &mut Dictionaries),
    progress: &mut dyn FnMut(u64, u64) -> ControlFlow<()>,
) -> io::Result<(Vec<Shard>, Input)> {
    let mut scan = Scan::new(range, limits, dictionaries);
    feed(&mut scan, (range, bytes), (limits, dictionaries), &mut |scan| {
        progress(scan.splitter.n_bytes(), scan.splitter.n_lines())
    });
    Ok(scan.finish(dictionaries))
}

/// The lines of a range that are not understood, all of them and whole. `bytes` as in [`read_range`].
pub fn read_rejected(range: &Range<'_>, bytes: &mut dyn Read, limits: Limits) -> Vec<RejectedLine> {
    let mut dictionaries = Dictionaries::new(0);
    let mut scan = Scan::new(range, limits, &mut dictionaries);
    scan.lines.kept_rejects = Some(Vec::new());
    feed(&mut scan, (range, bytes), (limits, &mut dictionaries), &mut |scan| {
        // Rows are not wanted.
        scan.lines.shards.clear();
        ControlFlow::Continue(())
    });
    scan.end(&mut dictionaries);
    scan.lines.kept_rejects.unwrap_or_default()
}

/// Hands the bytes of a range on, chunk by chunk; `after` is asked after each whether to go on.
fn feed(
    scan: &mut Scan,
    (range, bytes): (&Range<'_>, &mut dyn Read),
    (limits, dictionaries): (Limits, &mut Dictionaries),
    after: &mut dyn FnMut(&mut Scan) -> ControlFlow<()>,
) {
    let mut position = range.start.saturating_sub(1);
    let len = limits.read_bytes.max(1).min(usize::try_from(range.end - position).unwrap_or(usize::MAX));
    let mut buffer = vec![0; len.max(LAST_LINE_BYTES.min(limits.read_bytes.max(1)))];
    loop {
        // Behind the range only the rest of its last line is wanted.
        let wanted = match range.end.saturating_sub(position) {
            0 => LAST_LINE_BYTES,
            left => usize::try_from(left).unwrap_or(usize::MAX),
        };
        let len = wanted.min(buffer.len());
        let n = match bytes.read(buffer.get_mut(..len).unwrap_or_default()) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // What is before the damage is read, and the account says that it ends there.
            Err(error) => {
                scan.lines.warnings.push(format!("reading stopped after byte {}: {error}", scan.splitter.read_to()));
                scan.is_cut = true;
                break;
            }
        };
        position += n as u64;
        let read = scan.push(buffer.get(..n).unwrap_or_default(), dictionaries);
        if read.is_break() || after(scan).is_break() {
            break;
        }
    }
}

/// Reading of a range, fed chunk by chunk.
pub struct Scan {
    splitter: Splitter,
    end: u64,
    /// Whether the file breaks off: what is there of its last line is no line.
    is_cut: bool,
    lines: Lines,
}

impl Scan {
    /// Begins to read a range.
    pub fn new(range: &Range<'_>, limits: Limits, dictionaries: &mut Dictionaries) -> Self {
        Self {
            splitter: Splitter::new(range),
            end: range.end,
            is_cut: false,
            lines: Lines::new(range, limits, dictionaries),
        }
    }

    /// Takes a chunk; breaks once the range is read.
    pub fn push(&mut self, chunk: &[u8], dictionaries: &mut Dictionaries) -> ControlFlow<()> {
        let lines = &mut self.lines;
        let read = self.splitter.push(chunk, self.end, |line| lines.take(line, (chunk, dictionaries)));
        lines.builder.settle(chunk, dictionaries);
        read
    }

    /// The shards of the range, and the account of its lines, counted from the range's start.
    pub fn finish(mut self, dictionaries: &mut Dictionaries) -> (Vec<Shard>, Input) {
        self.end(dictionaries);
        let n_bytes = self.splitter.n_bytes();
        let shards = std::mem::take(&mut self.lines.shards);
        (shards, self.lines.account(n_bytes, self.splitter.n_lines()))
    }

    /// Takes the last line, which no line end follows, and makes shards of what waits.
    fn end(&mut self, dictionaries: &mut Dictionaries) {
        let lines = &mut self.lines;
        let is_cut = self.is_cut;
        self.splitter.finish(self.end, |line| {
            if is_cut {
                lines.reject("the file breaks off in this line".into(), line);
            } else {
                lines.take(line, (&[], dictionaries));
            }
        });
        match self.lines.framing {
            Framing::Begun => self.lines.close_open((&[], dictionaries)),
            _ => self.lines.give_up_open(),
        }
        self.lines.cut(&[], dictionaries);
    }
}

/// What cuts bytes into lines, or what counts as lines.
enum Splitter {
    Lines(LineSplitter),
    Elements(ElementSplitter),
}

impl Splitter {
    fn new(range: &Range<'_>) -> Self {
        match range.spec.format.framing() {
            Framing::Elements(around) => Self::Elements(ElementSplitter::new(around)),
            _ => Self::Lines(LineSplitter::new(range.start.saturating_sub(1), range.start > 0)),
        }
    }

    fn push(&mut self, chunk: &[u8], end: u64, visit: impl FnMut(Line<'_>)) -> ControlFlow<()> {
        match self {
            Self::Lines(lines) => lines.push(chunk, end, visit),
            Self::Elements(elements) => {
                elements.push(chunk, visit);
                ControlFlow::Continue(())
            }
        }
    }

    fn finish(&mut self, end: u64, visit: impl FnMut(Line<'_>)) {
        match self {
            Self::Lines(lines) => lines.finish(end, visit),
            Self::Elements(elements) => elements.finish(visit),
        }
    }

    fn n_lines(&self) -> u64 {
        match self {
            Self::Lines(lines) => lines.n_lines(),
            Self::Elements(elements) => elements.n_elements(),
        }
    }

    fn n_bytes(&self) -> u64 {
        match self {
            Self::Lines(lines) => lines.n_bytes(),
            Self::Elements(elements) => elements.n_bytes(),
        }
    }

    /// Offset in the file up to which lines are given out.
    fn read_to(&self) -> u64 {
        match self {
            Self::Lines(lines) => lines.line_start(),
            Self::Elements(elements) => elements.n_bytes(),
        }
    }
}

/// The chunk in which texts may wait for their codes, and where the codes are.
type Texts<'a> = (&'a [u8], &'a mut Dictionaries);

/// A record that goes on.
struct Open {
    number: u64,
    byte: u64,
    n_lines: u64,
    text: Vec<u8>,
    /// Why it is rejected if it never ends.
    unclosed: &'static str,
}

/// What becomes of lines.
struct Lines {
    parser: Box<dyn Parser>,
    record: Record<'static>,
    scratch: Vec<u8>,
    n_columns: usize,
    builder: Builder,
    shards: Vec<Shard>,
    shard_rows: usize,
    file: u32,
    range_start: u64,
    open: Option<Open>,
    framing: Framing,
    assumed: Assumed,
    /// Columns of times.
    times_at: Vec<usize>,
    timestamp: Option<usize>,
    timezone: Option<usize>,
    input: Input,
    accepted: u64,
    skipped: u64,
    rejects: BTreeMap<Reason, (u64, Vec<RejectSample>)>,
    /// All of them, where they are wanted.
    kept_rejects: Option<Vec<RejectedLine>>,
    times: Option<(Micros, Micros)>,
    track: TimeTrack,
    timezones: Vec<Vec<u8>>,
    warnings: Vec<String>,
}

impl Lines {
    fn new(range: &Range<'_>, limits: Limits, dictionaries: &mut Dictionaries) -> Self {
        let parser = range.spec.format.parser();
        let folder = folder_of(range.path);
        let dataset = range.spec.format.dataset();
        let constants =
            [(Field::EventDataset, dataset.as_str()), (Field::LogFilePath, range.path), (Field::FileDirectory, folder)];
        let builder = Builder::new(parser.columns(), &constants, dictionaries);
        let place = |field: Field| parser.columns().iter().position(|c| c.name.ecs() == Some(field));
        let columns = range.spec.format.columns().into_iter();
        let input = Input {
            path: range.path.to_owned(),
            folder: folder.to_owned(),
            format: range.spec.format.name(),
            columns: columns.map(|(name, field)| InputColumn { name, field: field.to_string() }).collect(),
            every: range.spec.every,
            counted: match range.spec.format.framing() {
                Framing::Elements(_) => Counted::Elements,
                _ => Counted::Lines,
            },
            ..Input::default()
        };
        Self {
            assumed: range.spec.assumed,
            times_at: (0..).zip(parser.columns()).filter(|(_, c)| c.kind == Kind::Time).map(|(at, _)| at).collect(),
            timestamp: place(Field::Timestamp),
            timezone: place(Field::EventTimezone),
            n_columns: parser.columns().len(),
            framing: range.spec.format.framing(),
            record: Record::default(),
            scratch: Vec::new(),
            builder,
            shards: Vec::new(),
            shard_rows: limits.shard_rows.max(1),
            file: range.file,
            range_start: range.start,
            open: None,
            input,
            accepted: 0,
            skipped: 0,
            rejects: BTreeMap::new(),
            kept_rejects: None,
            times: None,
            track: TimeTrack::default(),
            timezones: Vec::new(),
            warnings: Vec::new(),
            parser,
        }
    }

    fn take(&mut self, line: Line<'_>, texts: Texts<'_>) {
        if line.overlong {
            match self.framing {
                Framing::Begun => self.close_open(texts),
                _ => self.give_up_open(),
            }
            let reason = match self.framing {
                Framing::Elements(_) => "element is longer than 1 MiB",
                _ => "line is longer than 1 MiB",
            };
            return self.reject(reason.into(), line);
        }
        let line = match line.text.strip_prefix(BYTE_ORDER_MARK) {
            Some(text) if line.byte == 0 => Line { text, byte: BYTE_ORDER_MARK.len() as u64, ..line },
            _ => line,
        };
        match self.framing {
            Framing::Lines | Framing::Sequential | Framing::Elements(_) => self.parse(line, texts),
            Framing::Joined => self.take_joined(line, texts),
            Framing::Begun => self.take_begun(line, texts),
        }
    }

    /// Joins lines up to the one that begins the next record.
    fn take_begun(&mut self, line: Line<'_>, (chunk, dictionaries): Texts<'_>) {
        let begins = self.parser.begins(line.text);
        match &mut self.open {
            // A line that belongs to nothing speaks for itself.
            None if !begins => return self.parse(line, (chunk, dictionaries)),
            Some(open) if !begins && open.n_lines < MAX_BEGUN_LINES && open.text.len() + line.text.len() < MAX_LINE => {
                open.text.push(b'\n');
                open.text.extend_from_slice(line.text);
                open.n_lines += 1;
                return;
            }
            _ => self.close_open((chunk, &mut *dictionaries)),
        }
        if begins {
            let Line { number, byte, text, .. } = line;
            self.open = Some(Open { number, byte, n_lines: 1, text: text.to_vec(), unclosed: "" });
        } else {
            self.parse(line, (chunk, dictionaries));
        }
    }

    /// Parses the record that the next one, or the end of the file, has closed.
    fn close_open(&mut self, texts: Texts<'_>) {
        let Some(Open { number, byte, n_lines, text, .. }) = self.open.take() else { return };
        self.skipped += n_lines - 1;
        self.parse(Line { number, byte, text: &text, overlong: false }, texts);
    }

    /// Joins lines while a record goes on.
    fn take_joined(&mut self, line: Line<'_>, texts: Texts<'_>) {
        let goes_on = self.parser.goes_on(line.text, self.open.is_some());
        let joined = match (self.open.take(), goes_on) {
            (None, None) => return self.parse(line, texts),
            (None, Some(unclosed)) => {
                Open { number: line.number, byte: line.byte, n_lines: 1, text: line.text.to_vec(), unclosed }
            }
            (Some(mut open), _) => {
                open.text.push(b'\n');
                open.text.extend_from_slice(line.text);
                open.n_lines += 1;
                open
            }
        };
        if goes_on.is_none() {
            // The lines after the first belong to the same row.
            self.skipped += joined.n_lines - 1;
            let Open { number, byte, text, .. } = joined;
            return self.parse(Line { number, byte, text: &text, overlong: false }, texts);
        }
        let is_too_long = joined.n_lines > MAX_JOINED_LINES || joined.text.len() > MAX_LINE;
        self.open = Some(joined);
        if is_too_long {
            self.give_up_open();
        }
    }

    /// Rejects the lines of a record that never ends.
    fn give_up_open(&mut self) {
        if let Some(Open { number, byte, n_lines, text, unclosed }) = self.open.take() {
            let reason = Reason::from(unclosed);
            self.reject(reason.clone(), Line { number, byte, text: &text, overlong: false });
            if let Some((count, _)) = self.rejects.get_mut(&reason) {
                *count += n_lines - 1;
            }
        }
    }

    fn parse(&mut self, line: Line<'_>, (chunk, dictionaries): Texts<'_>) {
        let mut record = std::mem::take(&mut self.record).recycle(self.n_columns);
        let parsed = self.parser.parse(line.text, &mut self.scratch, &mut record);
        if parsed == Parsed::Row {
            settle_times(self.assumed, &self.times_at, &mut record);
            let time = self.timestamp.and_then(|at| record.values.get(at));
            if let Some(&Value::Time(time)) = time {
                self.times = Some(self.times.map_or((time, time), |(a, b)| (a.min(time), b.max(time))));
                self.track.push(TimePoint { time, line: line.number, byte: line.byte });
            }
            if let Some(&Value::Text(zone)) = self.timezone.and_then(|at| record.values.get(at))
                && self.timezones.last().is_none_or(|last| last != zone)
            {
                note_timezone(&mut self.timezones, zone);
            }
            self.builder.push_waiting(&record, (line.byte, line.text.len(), line.number), (chunk, dictionaries));
            self.accepted += 1;
        }
        self.record = record.recycle(0);
        match parsed {
            Parsed::Row if self.builder.n_rows() >= self.shard_rows => self.cut(chunk, dictionaries),
            Parsed::Row => {}
            Parsed::Skip => self.skipped += 1,
            Parsed::Reject(reason) => self.reject(reason, line),
        }
    }

    fn reject(&mut self, reason: Reason, line: Line<'_>) {
        if let Some(kept) = &mut self.kept_rejects {
            let text = escape_invalid(line.text);
            kept.push(RejectedLine { line: line.number, byte: line.byte, reason: reason.clone(), text });
        }
        let (count, samples) = self.rejects.entry(reason).or_default();
        *count += 1;
        if samples.len() < REJECT_SAMPLES {
            let text = escape_invalid(line.text.get(..SAMPLE_BYTES).unwrap_or(line.text));
            samples.push(RejectSample { line: line.number, byte: line.byte, text });
        }
    }

    /// Makes a shard of the rows that wait.
    fn cut(&mut self, chunk: &[u8], dictionaries: &mut Dictionaries) {
        self.builder.settle(chunk, dictionaries);
        if self.builder.n_rows() > 0 {
            let table = self.builder.take();
            self.shards.push(Shard { file: self.file, range_start: self.range_start, lines_before: 0, table });
        }
    }

    fn account(self, n_bytes: u64, n_lines: u64) -> Input {
        let rejects: Vec<Reject> = self
            .rejects
            .into_iter()
            .map(|(reason, (count, samples))| Reject { reason: reason.into_owned(), count, samples })
            .collect();
        let rejected = rejects.iter().map(|reject| reject.count).sum();
        let formats = self.parser.rows_by_format().into_iter();
        debug_assert_eq!(self.accepted + rejected + self.skipped, n_lines, "{}", self.input.path);
        Input {
            size_bytes: n_bytes,
            lines: n_lines,
            accepted: self.accepted,
            rejected,
            skipped: self.skipped,
            rejects,
            formats: formats.map(|(format, count)| FormatRows { format, count }).collect(),
            first: self.times.map(|(first, _)| first.to_rfc3339()),
            last: self.times.map(|(_, last)| last.to_rfc3339()),
            track: Some(self.track),
            timezones: self.timezones.iter().map(|zone| escape_invalid(zone)).collect(),
            warnings: self.warnings,
            ..self.input
        }
    }
}

/// Makes points in time of what has no offset, or no year.
fn settle_times(assumed: Assumed, times_at: &[usize], record: &mut Record<'_>) {
    for &at in times_at {
        match record.values.get(at) {
            Some(&Value::Local(time)) => record.set(at, Value::Time(assumed.local(time))),
            Some(&Value::Yearless(time)) => record.set(at, Value::Time(assumed.yearless(time))),
            _ => {}
        }
    }
}

/// Keeps the distinct offsets, the latest last.
fn note_timezone(timezones: &mut Vec<Vec<u8>>, zone: &[u8]) {
    match timezones.iter().position(|known| known == zone) {
        Some(at) => {
            let known = timezones.remove(at);
            timezones.push(known);
        }
        None => timezones.push(zone.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::detect::{MappedColumns, detect};

    const LOG: &str = "192.0.2.1 - - [10/Oct/2026:13:55:36 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"c\"\n\
        broken\n\n\
        192.0.2.2 - - [10/Oct/2026:13:55:38 +0200] \"GET /b HTTP/1.1\" 404 - \"-\" \"c\"\r\n\
        192.0.2.2 - - [10/Oct/2026:13:55:39 +0200] \"GET /b HTTP/1.1\" 404 - \"-\" \"c\"";

    fn read(log: &str, limits: Limits, cuts: &[u64]) -> (Vec<String>, Input) {
        let format = detect(log.as_bytes(), &MappedColumns::new()).swap_remove(0).spec;
        let spec = ReadSpec { format, assumed: Assumed::default(), unlimited: false, every: 1 };
        let mut dictionaries = Dictionaries::new(1);
        let mut accounts = crate::report::account::Accounts::default();
        let mut rows = Vec::new();
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain([u64::MAX]);
        for (start, end) in starts.zip(ends) {
            let range = Range { file: 0, path: "logs/access.log", spec: &spec, start, end };
            let mut bytes = &log.as_bytes()[start.saturating_sub(1) as usize..];
            let mut chunks = Chunks(&mut bytes, limits.read_bytes);
            let (shards, input) =
                read_range(&range, &mut chunks, (limits, &mut dictionaries), &mut |_, _| ControlFlow::Continue(()))
                    .unwrap();
            accounts.add(0, start, input);
            for shard in shards {
                for row in 0..shard.table.n_rows {
                    let column = shard.table.column(&Field::UrlPath.into());
                    let code = column.map(|c| match &c.data {
                        crate::table::ColumnData::Text(codes) => codes.get(row),
                        _ => 0,
                    });
                    let path = dictionaries.get(&Field::UrlPath.into()).unwrap().get(code.unwrap());
                    rows.push(format!("{path} at {} of {}", shard.position(row).byte, shard.position(row).length));
                }
            }
        }
        (rows, accounts.finish().0.swap_remove(0))
    }

    /// Gives at most so many bytes at a time.
    struct Chunks<'a>(&'a mut &'a [u8], usize);

    impl Read for Chunks<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let n = out.len().min(self.1);
            self.0.read(&mut out[..n])
        }
    }

    #[test]
    fn the_answer_does_not_depend_on_buffers_shards_and_ranges() {
        let (rows, input) = read(LOG, Limits::default(), &[]);
        assert_eq!(rows, ["/a at 0 of 74", "/b at 83 of 74", "/b at 159 of 74"]);
        assert_eq!((input.lines, input.accepted, input.rejected, input.skipped), (5, 3, 1, 1));
        assert_eq!((input.size_bytes, input.rejects[0].samples[0].line), (LOG.len() as u64, 2));
        assert_eq!(input.timezones, ["+0000", "+0200"]);
        for read_bytes in [1, 7, 100] {
            for shard_rows in [1, 2] {
                let limits = Limits { read_bytes, shard_rows };
                for cuts in [&[][..], &[1], &[75, 76], &[83], &[50, 100, 150, 200]] {
                    assert_eq!(read(LOG, limits, cuts), (rows.clone(), input.clone()), "{limits:?} {cuts:?}");
                }
            }
        }
    }

    #[test]
    fn quoted_lines_of_a_table_belong_to_one_row() {
        let log = "a,path\n1,\"/x\ny\"\n2,/z\n3,\"open\n";
        let (rows, input) = read(log, Limits { read_bytes: 3, shard_rows: 9 }, &[]);
        assert_eq!(rows, ["/x\ny at 7 of 8", "/z at 16 of 4"]);
        assert_eq!((input.lines, input.accepted, input.rejected, input.skipped), (5, 2, 1, 2));
    }

    #[test]
    fn elements_of_a_document_do_not_depend_on_buffers_and_shards() {
        let log = "{\"Records\":[{\"path\":\"/a\\/b\"},\n {\"path\": \"/{c}\", \"n\":[{}]},\n{\"path\":tru} ],\"next\":\"x\"}\n";
        let (rows, input) = read(log, Limits::default(), &[]);
        assert_eq!(rows, ["/a/b at 12 of 16", "/{c} at 31 of 26"]);
        assert_eq!((input.lines, input.accepted, input.rejected, input.skipped), (3, 2, 1, 0));
        assert_eq!((input.counted, input.size_bytes), (Counted::Elements, log.len() as u64));
        assert_eq!(input.rejects[0].samples[0], RejectSample { line: 3, byte: 59, text: "{\"path\":tru}".into() });
        for read_bytes in [1, 7, 100] {
            for shard_rows in [1, 2] {
                assert_eq!(
                    read(log, Limits { read_bytes, shard_rows }, &[]),
                    (rows.clone(), input.clone()),
                    "{read_bytes}"
                );
            }
        }
    }
}
