//! Threads over engines: ranges are dealt out, every engine does its part of a job, parts merge.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::Instant;

use logloupe::engine::{Engine, Files, Finished, Part, look_at, rejected};
use logloupe::error::Error;
use logloupe::protocol::{Job, Output, RangeStart, RowFormat, ScanTask};
use logloupe::report::Input;
use logloupe::report::account::Accounts;
use logloupe::scan::Limits;
use logloupe::settings::Settings;
use rayon::prelude::*;

use crate::disk::DiskFiles;

/// Bytes of a file that one thread reads at a time.
pub const RANGE_BYTES: u64 = 16 << 20;

/// How the work is cut; shows in no answer.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Threads.
    pub jobs: usize,
    /// Bytes of a range.
    pub range_bytes: u64,
    /// Reading and shards.
    pub limits: Limits,
}

/// Engines, one a thread, that hold every row between them.
pub struct Crew {
    engines: Vec<Engine>,
    /// The account of every file.
    pub inputs: Vec<Input>,
    /// Every range that was read.
    work: Vec<Work>,
    /// Where each range begins in lines.
    starts: Vec<RangeStart>,
}

/// A range to read, and its format's specification.
struct Work {
    task: ScanTask,
    spec: std::sync::Arc<Vec<u8>>,
}

impl Crew {
    /// Reads every file. Bytes read so far go to `progress`.
    pub fn read(
        files: &DiskFiles,
        settings: &Settings,
        cut: Cut,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Self, Error> {
        let (work, evidence) = plan(files, settings, cut.range_bytes)?;
        let queue = Mutex::new(work.iter());
        let accounts = Mutex::new(Accounts::default());
        let bytes = AtomicU64::new(0);
        let engines: Result<Vec<Engine>, Error> = (0..cut.jobs.max(1))
            .into_par_iter()
            .map(|thread| {
                let mut engine = Engine::new(thread as u64, cut.limits).with_clock(nanoseconds);
                while let Some(work) = lock(&queue).next() {
                    let mut seen = 0;
                    let mut tell = |now: u64, _: u64| {
                        progress(bytes.fetch_add(now - seen, Ordering::Relaxed) + now - seen);
                        seen = now;
                        ControlFlow::Continue(())
                    };
                    let Some(source) = files.source(work.task.file) else { continue };
                    let scanned = engine.read(source, &work.task, &work.spec, &mut tell)?;
                    lock(&accounts).add(work.task.file, work.task.start, scanned.input);
                }
                Ok(engine)
            })
            .collect();
        let accounts = accounts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (mut inputs, before) = accounts.finish();
        for (input, evidence) in inputs.iter_mut().zip(evidence) {
            input.format_evidence = evidence;
        }
        let starts: Vec<RangeStart> =
            before.into_iter().map(|(file, start, lines_before)| RangeStart { file, start, lines_before }).collect();
        let mut engines = engines?;
        engines.iter_mut().for_each(|engine| engine.seal(&starts));
        Ok(Self { engines, inputs, work, starts })
    }

    /// Engines that were filled elsewhere, with the account of every file.
    pub fn of(engines: Vec<Engine>, inputs: Vec<Input>) -> Self {
        let engines = engines.into_iter().map(|engine| engine.with_clock(nanoseconds)).collect();
        Self { engines, inputs, work: Vec::new(), starts: Vec::new() }
    }

    /// What each thread holds.
    pub fn engines(&self) -> &[Engine] {
        &self.engines
    }

    /// The lines that were not understood, in the order of the files.
    pub fn rejected(&self, files: &DiskFiles, format: RowFormat) -> Result<Vec<u8>, Error> {
        let of = |work: &Work| {
            let Some(source) = files.source(work.task.file) else { return Ok(Vec::new()) };
            let is_here = |start: &&RangeStart| (start.file, start.start) == (work.task.file, work.task.start);
            let before = self.starts.iter().find(is_here).map_or(0, |start| start.lines_before);
            rejected(source, (&work.task, before), &work.spec, format)
        };
        let all: Result<Vec<Vec<u8>>, Error> = self.work.par_iter().map(of).collect();
        Ok(all?.concat())
    }

    /// How many engines there are, each with a thread of its own.
    pub fn n_engines(&self) -> usize {
        self.engines.len()
    }

    /// Does a job, all its rounds.
    pub fn run(&self, job: Job, files: &(dyn Files + Sync)) -> Result<Finished, Error> {
        let mut finished = self.round(&job, &[], files)?;
        while let (Output::Next(next), beside) = finished {
            finished = self.round(&next, &beside, files)?;
        }
        Ok(finished)
    }

    /// What every engine has to say, merged in whatever order.
    pub fn gather<T: Send>(
        &self,
        part: impl Fn(&Engine) -> Result<T, Error> + Send + Sync,
        merge: impl Fn(&mut T, T),
    ) -> Result<T, Error> {
        let parts: Result<Vec<T>, Error> = self.engines.par_iter().map(part).collect();
        let merged = parts?.into_iter().reduce(|mut all, part| {
            merge(&mut all, part);
            all
        });
        merged.ok_or_else(|| Error::Message { message: "no engine".into() })
    }

    fn round(&self, job: &Job, beside: &[u8], files: &(dyn Files + Sync)) -> Result<Finished, Error> {
        self.gather(|engine| engine.part(job, beside), Part::merge)?.finish(job, files)
    }
}

/// The ranges of every file, and the evidence for each file's format.
fn plan(files: &DiskFiles, settings: &Settings, range_bytes: u64) -> Result<(Vec<Work>, Vec<String>), Error> {
    let mut logs: Vec<_> = files.logs().enumerate().collect();
    let mut evidence = vec![String::new(); logs.len()];
    logs.sort_by_key(|(_, source)| source.place());
    let mut work = Vec::new();
    for (number, source) in logs {
        let (detected, spec) = look_at(source, settings)?;
        if let Some(slot) = evidence.get_mut(number) {
            *slot = detected.evidence;
        }
        let spec = std::sync::Arc::new(spec);
        let size = source.size().filter(|_| detected.splittable).unwrap_or(0);
        let every = settings.reading_of(source.path()).every();
        // A sample is of parts of one size, whatever the ranges: the same settings give the same rows.
        let range_bytes = if every > 1 { RANGE_BYTES } else { range_bytes.max(1) };
        let pieces = size.div_ceil(range_bytes).max(1);
        let ranges = (0..pieces).filter(|piece| piece % every == 0).map(|piece| {
            let end = (piece + 1 < pieces).then_some((piece + 1) * range_bytes);
            let task = ScanTask { file: number as u32, start: piece * range_bytes, end };
            Work { task, spec: std::sync::Arc::clone(&spec) }
        });
        work.extend(ranges);
    }
    Ok((work, evidence))
}

/// Since the first call.
fn nanoseconds() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
