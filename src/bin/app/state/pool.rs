//! The workers: started warm from memory, called by number, replaced when they die.
//!
//! The engine is compiled once and posted, its script is kept as a Blob, so a worker that starts after a log was dropped
//! asks nobody for anything. A message is `[json, beside…]` both ways; `protocol` says what travels beside.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array, WebAssembly};
use leptos::prelude::{document, window};
use logloupe::error::Error;
use logloupe::protocol::{Call, FileEntry, Reply, Request, Response, VERSION, decode, encode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, File, MessageEvent, Url, Worker};

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Trouble {
    /// The worker died over it: what the browser said.
    Died {
        /// The worker's number.
        worker: usize,
        /// What the browser said.
        message: String,
    },
    /// The engine said no.
    Engine(Error),
    /// The answer makes no sense: page and worker are of different builds.
    Mismatch(String),
    /// The user stopped it, or something newer took its place.
    Stopped,
}

impl Trouble {
    /// An answer of another kind than what was expected.
    pub fn another(expected: &str) -> Self {
        Self::Mismatch(format!("expected {expected}, found an answer of another kind"))
    }

    /// The trouble as a sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Died { message, .. } => format!("A worker stopped: {message}"),
            Self::Engine(error) => error.to_string(),
            Self::Mismatch(message) => format!("The page and its worker do not fit together: {message}"),
            Self::Stopped => "It was stopped.".to_owned(),
        }
    }
}

/// A worker's answer and what travelled beside it.
pub struct Said {
    /// The answer.
    pub response: Response,
    /// What travelled beside, as it came: parts of a job are large and go on to another worker.
    pub beside: Vec<Uint8Array>,
}

/// An answer to come.
pub type Coming = oneshot::Receiver<Result<Said, Trouble>>;

/// Called with bytes and lines read so far.
pub type OnProgress = Box<dyn Fn(u64, u64)>;

struct Waiting {
    done: oneshot::Sender<Result<Said, Trouble>>,
    on_progress: Option<OnProgress>,
}

/// What a worker is started from.
#[derive(Clone)]
pub struct Boot {
    module: WebAssembly::Module,
    script: String,
}

impl Boot {
    /// Compiles a worker, `worker`, `rules` or `documents`, and keeps its script, before any log is dropped.
    pub async fn load(name: &str) -> Result<Self, String> {
        // All three are asked for at once, so that none is on its way when a log is dropped.
        let scripts = [name, "worker-boot"].map(|name| window().fetch_with_str(&address(&format!("{name}.js"))));
        let module = compile(&address(&format!("{name}_bg.wasm"))).await;
        let parts = Array::new();
        for script in scripts {
            parts.push(&text(script).await.map_err(said)?.into());
        }
        let options = BlobPropertyBag::new();
        options.set_type("text/javascript");
        let blob = Blob::new_with_str_sequence_and_options(&parts, &options).map_err(said)?;
        let script = Url::create_object_url_with_blob(&blob).map_err(said)?;
        Ok(Self { module: module.map_err(said)?, script })
    }
}

/// The address of a file of this build.
pub fn address(name: &str) -> String {
    let build = document().document_element().and_then(|root| root.get_attribute("data-build"));
    format!("./{name}{}", build.map(|build| format!("?v={build}")).unwrap_or_default())
}

async fn compile(address: &str) -> Result<WebAssembly::Module, JsValue> {
    let streaming = JsFuture::from(WebAssembly::compile_streaming(&window().fetch_with_str(address))).await;
    let module = match streaming {
        Ok(module) => module,
        // A host that does not call the file application/wasm.
        Err(_) => {
            let response: web_sys::Response = JsFuture::from(window().fetch_with_str(address)).await?.unchecked_into();
            let bytes = JsFuture::from(response.array_buffer()?).await?;
            JsFuture::from(WebAssembly::compile(&bytes)).await?
        }
    };
    Ok(module.unchecked_into())
}

/// The text of a response.
///
/// # Errors
/// A response that says no, or what the browser said.
pub async fn text(response: Promise) -> Result<String, JsValue> {
    let response: web_sys::Response = JsFuture::from(response).await?.unchecked_into();
    if !response.ok() {
        return Err(format!("{}: {}", response.url(), response.status()).into());
    }
    Ok(JsFuture::from(response.text()?).await?.as_string().unwrap_or_default())
}

fn said(error: JsValue) -> String {
    error.as_string().unwrap_or_else(|| {
        Reflect::get(&error, &"message".into()).ok().and_then(|text| text.as_string()).unwrap_or_default()
    })
}

type Calls = Rc<RefCell<HashMap<u32, Waiting>>>;

struct Slot {
    worker: Worker,
    calls: Calls,
    dead: Rc<Cell<bool>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(ErrorEvent)>,
}

impl Slot {
    fn stop(&self, why: &Trouble) {
        self.worker.terminate();
        self.dead.set(true);
        fail(&self.calls, why);
    }
}

/// The workers that keep shards, numbered from 0, one more, number [`Pool::spare`], that keeps none, and after it those
/// that share a training with it and start when there is one.
pub struct Pool {
    boot: Boot,
    size: usize,
    slots: RefCell<Vec<Option<Slot>>>,
    files: RefCell<(Vec<FileEntry>, Vec<File>)>,
    last_id: Cell<u32>,
}

impl Pool {
    /// `size` workers and the spare one, started.
    pub fn start(boot: Boot, size: usize) -> Result<Self, Trouble> {
        let slots = RefCell::new((0..size + size.max(1)).map(|_| None).collect());
        let pool = Self { boot, size, slots, files: RefCell::default(), last_id: Cell::new(0) };
        // The spare one too: a worker that starts later is one more thing that happens while a log is open.
        for worker in 0..=size {
            pool.ensure(worker)?;
        }
        Ok(pool)
    }

    /// One more worker of the same build, which knows none of the session's files; [`Pool::end`] stops it.
    pub fn aside(&self) -> Result<Self, Trouble> {
        Self::start(self.boot.clone(), 0)
    }

    /// Stops every worker for good.
    pub fn end(self) {
        self.stop_all();
    }

    fn stop_all(&self) {
        for worker in 0..self.size + self.n_learners() {
            self.stop(worker, &Trouble::Stopped);
        }
    }

    /// How many workers keep shards.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The number of the worker that keeps no shards: it can be stopped without losing any.
    pub fn spare(&self) -> usize {
        self.size
    }

    /// How many workers share a training; none keeps shards, so that all can be stopped.
    pub fn n_learners(&self) -> usize {
        self.size.max(1)
    }

    /// The number of one of them; the first is the spare one.
    pub fn learner(&self, at: usize) -> usize {
        self.size + at
    }

    /// Stops all that share a training but the spare one: what they took in memory is free again.
    pub fn dismiss_learners(&self) {
        for at in 1..self.n_learners() {
            self.stop(self.learner(at), &Trouble::Stopped);
        }
    }

    /// Tells every worker, now and later, which files there are.
    pub fn tell_files(&self, entries: Vec<FileEntry>, files: Vec<File>) {
        *self.files.borrow_mut() = (entries, files);
        for worker in 0..self.size + self.n_learners() {
            let is_up =
                self.slots.borrow().get(worker).is_some_and(|slot| slot.as_ref().is_some_and(|s| !s.dead.get()));
            if is_up {
                self.post_files(worker);
            }
        }
    }

    /// Stops every worker and starts all anew, empty.
    pub fn restart(&self) -> Result<(), Trouble> {
        *self.files.borrow_mut() = (Vec::new(), Vec::new());
        self.stop_all();
        (0..=self.size).try_for_each(|worker| self.ensure(worker))
    }

    /// Stops one worker; its calls end with `why`. It starts again when it is next called.
    pub fn stop(&self, worker: usize, why: &Trouble) {
        let slot = self.slots.borrow_mut().get_mut(worker).and_then(Option::take);
        if let Some(slot) = slot {
            slot.stop(why);
        }
    }

    /// A number that no other part that is kept has.
    pub fn next_number(&self) -> u32 {
        self.last_id.set(self.last_id.get().wrapping_add(1));
        self.last_id.get()
    }

    /// Sends a request; a worker that is dead is replaced first.
    pub fn call(&self, worker: usize, request: Request, beside: &[Uint8Array]) -> Coming {
        self.call_with_progress(worker, request, beside, None)
    }

    /// As [`Pool::call`], but what is beside is handed over, not copied: it is empty here afterwards.
    pub fn hand_over(&self, worker: usize, request: Request, beside: Vec<Uint8Array>) -> Coming {
        let (done, coming) = oneshot::channel();
        if let Err(trouble) = self.ensure(worker) {
            let _ = done.send(Err(trouble));
            return coming;
        }
        let transfer: Array = beside.iter().map(Uint8Array::buffer).collect();
        let beside = beside.into_iter().map(JsValue::from).collect();
        self.post(worker, request, (beside, transfer), Waiting { done, on_progress: None });
        coming
    }

    /// As [`Pool::call`]; `on_progress` is told how far it is.
    pub fn call_with_progress(
        &self,
        worker: usize,
        request: Request,
        beside: &[Uint8Array],
        on_progress: Option<OnProgress>,
    ) -> Coming {
        let arrays: Vec<JsValue> = beside.iter().map(JsValue::from).collect();
        let (done, coming) = oneshot::channel();
        if let Err(trouble) = self.ensure(worker) {
            let _ = done.send(Err(trouble));
            return coming;
        }
        self.post(worker, request, (arrays, Array::new()), Waiting { done, on_progress });
        coming
    }

    fn post(&self, worker: usize, request: Request, (beside, transfer): (Vec<JsValue>, Array), waiting: Waiting) {
        let id = self.last_id.get().wrapping_add(1);
        self.last_id.set(id);
        let slots = self.slots.borrow();
        let Some(slot) = slots.get(worker).and_then(Option::as_ref) else { return };
        let call = encode(&Call { id, version: VERSION, request }).unwrap_or_default();
        let message = Array::of1(&Uint8Array::from(call.as_slice()));
        for item in beside {
            message.push(&item);
        }
        slot.calls.borrow_mut().insert(id, waiting);
        if let Err(error) = slot.worker.post_message_with_transfer(&message, &transfer) {
            fail(&slot.calls, &Trouble::Mismatch(said(error)));
        }
    }

    fn post_files(&self, worker: usize) {
        let (entries, files) = self.files.borrow().clone();
        if entries.is_empty() {
            return;
        }
        let beside = files.into_iter().map(JsValue::from).collect();
        // Nobody waits: calls are answered in order, and the next one shows whether it worked.
        let (done, _) = oneshot::channel();
        self.post(worker, Request::Files(entries), (beside, Array::new()), Waiting { done, on_progress: None });
    }

    fn ensure(&self, worker: usize) -> Result<(), Trouble> {
        let is_up = |slot: &Option<Slot>| slot.as_ref().is_some_and(|slot| !slot.dead.get());
        if self.slots.borrow().get(worker).is_some_and(is_up) {
            return Ok(());
        }
        let slot = spawn(&self.boot, worker).map_err(|error| Trouble::Mismatch(said(error)))?;
        if let Some(place) = self.slots.borrow_mut().get_mut(worker) {
            *place = Some(slot);
        }
        self.post_files(worker);
        Ok(())
    }
}

fn spawn(boot: &Boot, number: usize) -> Result<Slot, JsValue> {
    let worker = Worker::new(&boot.script)?;
    let calls = Calls::default();
    let dead = Rc::new(Cell::new(false));
    let on_message = {
        let calls = calls.clone();
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| hear(&calls, &event.data()))
    };
    let on_error = {
        let (calls, dead, worker) = (calls.clone(), dead.clone(), worker.clone());
        Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
            event.prevent_default();
            worker.terminate();
            dead.set(true);
            fail(&calls, &Trouble::Died { worker: number, message: event.message() });
        })
    };
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    let greeting = Object::new();
    Reflect::set(&greeting, &"module".into(), &boot.module)?;
    worker.post_message(&greeting)?;
    Ok(Slot { worker, calls, dead, _on_message: on_message, _on_error: on_error })
}

fn hear(calls: &Calls, message: &JsValue) {
    let parts = Array::from(message);
    let reply: Reply = match decode(&Uint8Array::new(&parts.get(0)).to_vec()) {
        Ok(reply) => reply,
        Err(error) => return fail(calls, &Trouble::Mismatch(error.to_string())),
    };
    match reply.response {
        Response::Ready { version } if version != VERSION => {
            fail(calls, &Trouble::Mismatch(format!("version {version}, expected {VERSION}")));
        }
        Response::Ready { .. } => {}
        Response::Progress { bytes, lines } => {
            if let Some(on_progress) = calls.borrow().get(&reply.id).and_then(|waiting| waiting.on_progress.as_ref()) {
                on_progress(bytes, lines);
            }
        }
        response => {
            let Some(waiting) = calls.borrow_mut().remove(&reply.id) else { return };
            let beside = parts.iter().skip(1).map(JsCast::unchecked_into).collect();
            let result = match response {
                Response::Failed(error) => Err(Trouble::Engine(error)),
                response => Ok(Said { response, beside }),
            };
            // Whoever asked may be gone.
            let _ = waiting.done.send(result);
        }
    }
}

fn fail(calls: &Calls, why: &Trouble) {
    let waiting: Vec<Waiting> = calls.borrow_mut().drain().map(|(_, waiting)| waiting).collect();
    for waiting in waiting {
        let _ = waiting.done.send(Err(why.clone()));
    }
}

/// Waits for an answer.
pub async fn answer(coming: Coming) -> Result<Said, Trouble> {
    coming.await.unwrap_or(Err(Trouble::Stopped))
}
