//! Calls in, replies out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use js_sys::{Array, Promise, Uint8Array};
use logloupe::engine::learnt::{learnt, predicted};

use logloupe::engine::{Engine, Part, SavedModel, Scored, look_at, open_model, read_lines, rejected, try_format};
use logloupe::error::Error;
use logloupe::protocol::{Call, Job, Output, Reply, Request, Response, ScanTask, VERSION, decode, encode};
use logloupe::scan::Limits;
use logloupe::source::digest::Digest;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DedicatedWorkerGlobalScope, File, MessageEvent};

use crate::file::FileSource;
use crate::files::SessionFiles;

/// How often progress is told, in milliseconds.
const PROGRESS_EVERY_MS: f64 = 100.0;

/// Bytes that are hashed between other requests, a few hundredths of a second of work.
const HASH_BYTES: u64 = 4 << 20;

/// Everything that this worker keeps.
struct Worker {
    engine: Engine,
    files: SessionFiles,
    /// Parts that wait here for the others, by number.
    kept: BTreeMap<u32, Part>,
    /// The model that `Predict` asks.
    model: Option<SavedModel>,
    /// The scores that `Mark` marks.
    scored: Option<Scored>,
}

/// Parts that may wait at once; of jobs that were given up the oldest goes first.
const KEPT_AT_MOST: usize = 4;

/// A response, and the bytes beside it.
type Answer = Result<(Response, Vec<u8>), Error>;

/// Installs the handler of messages and says that the worker is up.
pub fn start() {
    console_error_panic_hook::set_once();
    let worker = Rc::new(RefCell::new(Worker::default()));
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        receive(&worker, &Array::from(&event.data()));
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&Reply { id: 0, response: Response::Ready { version: VERSION } }, &[]);
    crate::warm::up();
}

/// The dictionaries' hashes start at a number that who writes a log cannot know.
fn new_engine() -> Engine {
    Engine::new(getrandom::u64().unwrap_or(0), Limits::default()).with_clock(|| (now() * 1e6) as u64)
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn receive(worker: &Rc<RefCell<Worker>>, message: &Array) {
    match decode::<Call>(&Uint8Array::new(&message.get(0)).to_vec()) {
        Ok(Call { id, version: VERSION, request: Request::Scan(task) }) => {
            let spec = beside(message).concat();
            // Asked for now, so that the browser reads while this worker is still at the range before.
            let coming = worker.borrow().files.plain(task.file).and_then(|file| file.ask(task.start, task.end));
            spawn_local(scan(worker.clone(), id, task, spec, coming));
        }
        Ok(Call { id, version: VERSION, request: Request::Hash { dropped } }) => {
            let file = worker.borrow().files.dropped(dropped);
            spawn_local(async move {
                let hash = match file {
                    Some(file) => hash(&file).await,
                    None => None,
                };
                post(&Reply { id, response: Response::Hashed(hash) }, &[]);
            });
        }
        Ok(call) => {
            let (response, beside) = match worker.borrow_mut().answer(&call, message) {
                Ok(answer) => answer,
                Err(error) => (Response::Failed(error), Vec::new()),
            };
            post(&Reply { id: call.id, response }, &beside);
        }
        Err(error) => {
            post(&Reply { id: 0, response: Response::Failed(error) }, &[]);
        }
    }
}

/// Reads a range once its bytes are here.
async fn scan(worker: Rc<RefCell<Worker>>, id: u32, task: ScanTask, spec: Vec<u8>, coming: Option<Promise>) {
    // Bytes that could not be read ahead are asked for again, and then the error is told.
    let ahead = match coming {
        Some(coming) => JsFuture::from(coming).await.ok(),
        None => None,
    };
    let (response, beside) = match worker.borrow_mut().scan(id, &task, &spec, ahead.as_ref()) {
        Ok(answer) => answer,
        Err(error) => (Response::Failed(error), Vec::new()),
    };
    post(&Reply { id, response }, &beside);
}

/// The SHA-256 of a file, a piece at a time, so that other requests are answered between.
async fn hash(file: &FileSource) -> Option<String> {
    let mut digest = Digest::default();
    let mut position = 0;
    loop {
        let buffer = JsFuture::from(file.piece(position, HASH_BYTES)?).await.ok()?;
        let bytes = Uint8Array::new(&buffer).to_vec();
        if bytes.is_empty() {
            return Some(digest.finish());
        }
        digest.update(&bytes);
        position += bytes.len() as u64;
    }
}

/// What travels beside the call, as bytes.
fn beside(message: &Array) -> Vec<Vec<u8>> {
    message.iter().skip(1).map(|item| Uint8Array::new(&item).to_vec()).collect()
}

fn post(reply: &Reply, beside: &[u8]) {
    let Ok(reply) = encode(reply) else { return };
    let reply = Uint8Array::from(reply.as_slice());
    let transfer = Array::of1(&reply.buffer());
    let message = Array::of1(&reply);
    if !beside.is_empty() {
        let bytes = Uint8Array::from(beside);
        transfer.push(&bytes.buffer());
        message.push(&bytes);
    }
    if scope().post_message_with_transfer(&message, &transfer).is_err() {
        web_sys::console::error_1(&"a reply could not be posted".into());
    }
}

impl Default for Worker {
    fn default() -> Self {
        Self { engine: new_engine(), files: SessionFiles::default(), kept: BTreeMap::new(), model: None, scored: None }
    }
}

impl Worker {
    fn answer(&mut self, call: &Call, message: &Array) -> Answer {
        if call.version != VERSION {
            let message = format!("page speaks version {}, worker {VERSION}", call.version);
            return Err(Error::Message { message });
        }
        let plain = |response| Ok((response, Vec::new()));
        match &call.request {
            Request::Files(entries) => {
                let files: Vec<File> = message.iter().skip(1).map(JsCast::unchecked_into).collect();
                self.files = SessionFiles::new(entries, files);
                plain(Response::Ok)
            }
            Request::Members { file, password } => {
                plain(Response::Members(self.files.members(*file, password.as_deref())?))
            }
            Request::Hash { .. } => Err(Error::Message { message: "a hash is made beside".into() }),
            Request::Detect { file, settings } => {
                let (detected, spec) = look_at(self.files.open(*file)?, settings)?;
                Ok((Response::Detected(Box::new(detected)), spec))
            }
            Request::Try { file, settings, trial } => {
                plain(Response::Tried(Box::new(try_format(self.files.open(*file)?, settings, trial)?)))
            }
            Request::Renumber(files) => {
                self.engine.renumber(files);
                plain(Response::Ok)
            }
            Request::Rejected { task, lines_before, format } => {
                let (source, spec) = (self.files.open(task.file)?, beside(message).concat());
                Ok((Response::Part, rejected(source, (task, *lines_before), &spec, *format)?))
            }
            Request::Scan(task) => self.scan(call.id, task, &beside(message).concat(), None),
            Request::Seal(starts) => {
                self.engine.seal(starts);
                plain(Response::Ok)
            }
            Request::Part(job) => Ok((Response::Part, self.engine.part(job, &beside(message).concat())?.encode()?)),
            Request::Keep(job, number) => {
                let part = self.engine.part(job, &beside(message).concat())?;
                self.kept.insert(*number, part);
                while self.kept.len() > KEPT_AT_MOST {
                    self.kept.pop_first();
                }
                plain(Response::Ok)
            }
            Request::Finish { job, kept } => {
                let kept = kept.and_then(|number| self.kept.remove(&number));
                let merged = merged((kept, &beside(message)))?;
                let Job::AnomalyScore { settings, .. } = job else { return Ok(done(merged.finish(job, &self.files)?)) };
                match merged.scored(&self.files)? {
                    Ok(mut scored) => {
                        let anomaly = scored.mark(settings)?;
                        self.scored = Some(scored);
                        Ok(done((Output::Anomaly(anomaly), Vec::new())))
                    }
                    Err(merged) => Ok(done(merged.finish(job, &self.files)?)),
                }
            }
            Request::Mark(settings) => {
                let anomaly = self.scored.as_mut().ok_or_else(no_model)?.mark(settings)?;
                Ok(done((Output::Anomaly(anomaly), Vec::new())))
            }
            Request::Why(values) => {
                let why = self.scored.as_ref().ok_or_else(no_model)?.explain(values)?;
                plain(Response::Predicted(Box::new(why)))
            }
            Request::Run(job) => Ok(done(self.engine.run(job, &self.files)?)),
            Request::Lines { file, spans } => plain(Response::Lines(read_lines(&self.files, *file, spans)?)),
            Request::Tell(report) => {
                let mut report = report.clone();
                report.retell();
                plain(Response::Told(report.threat, report.queue, report.text))
            }
            Request::Learn => {
                let model = open_model(&beside(message).concat())?;
                let shown = learnt(&model);
                self.model = Some(model);
                plain(Response::Learnt(Box::new(shown)))
            }
            Request::Predict(values) => {
                plain(Response::Predicted(Box::new(predicted(self.model.as_ref().ok_or_else(no_model)?, values)?)))
            }
            Request::Reset => {
                *self = Self::default();
                plain(Response::Ok)
            }
            Request::Rules { .. } | Request::Write { .. } | Request::LeftOut { .. } | Request::Parquet => {
                Err(Error::Message { message: "a worker of its own does this".into() })
            }
        }
    }

    fn scan(&mut self, id: u32, task: &ScanTask, spec: &[u8], ahead: Option<&JsValue>) -> Answer {
        let source = self.files.open(task.file)?;
        let plain = self.files.plain(task.file);
        let mut last = now();
        let mut tell = |bytes: u64, lines: u64| {
            if now() - last > PROGRESS_EVERY_MS {
                last = now();
                // Of a compressed file it is known how far it was read as it is stored.
                let bytes = plain.map_or(bytes, |file| file.reached().saturating_sub(task.start));
                post(&Reply { id, response: Response::Progress { bytes, lines } }, &[]);
            }
            ControlFlow::Continue(())
        };
        let scanned = match (ahead, plain) {
            (Some(buffer), Some(file)) => {
                self.engine.read(&file.prefetched(task.start, buffer), task, spec, &mut tell)?
            }
            _ => self.engine.read(source, task, spec, &mut tell)?,
        };
        Ok((Response::Scanned(Box::new(scanned)), Vec::new()))
    }
}

fn no_model() -> Error {
    Error::Model { message: "no model is open".into() }
}

fn merged((kept, parts): (Option<Part>, &[Vec<u8>])) -> Result<Part, Error> {
    let mut merged = kept;
    for part in parts {
        let part = Part::decode(part)?;
        match &mut merged {
            None => merged = Some(part),
            Some(all) => all.merge(part),
        }
    }
    merged.ok_or_else(|| Error::Message { message: "a job without parts".into() })
}

fn done((output, beside): (Output, Vec<u8>)) -> (Response, Vec<u8>) {
    (Response::Done(Box::new(output)), beside)
}

/// Milliseconds since the worker started.
fn now() -> f64 {
    scope().performance().map_or(0.0, |performance| performance.now())
}
