//! One queue for all drawings: as many charts in an animation frame as its share of time allows, in the order they were
//! asked for.
//!
//! A page of twelve charts that drew them together would block input for as long as all of them take; so does none. A
//! chart that asks again before its turn keeps its place and is drawn once.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use wasm_bindgen::{JsCast, closure::Closure};

/// Names a chart in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u32);

type Drawing = Box<dyn FnOnce()>;

/// How long drawings may take in one frame before the rest waits for the next, in milliseconds. A frame is longer by at
/// most one chart, and views may come in the same one: together they stay below the 50 ms from which a page feels stuck.
const FRAME_SHARE_MS: f64 = 4.0;

thread_local! {
    // The main thread is one, so its queue is one: this is not state of the app but of the thread.
    static QUEUE: RefCell<VecDeque<(Ticket, Drawing)>> = const { RefCell::new(VecDeque::new()) };
    static AWAITED: Cell<bool> = const { Cell::new(false) };
    static LAST_TICKET: Cell<u32> = const { Cell::new(0) };
}

impl Ticket {
    /// A ticket that no other chart has.
    pub fn new() -> Self {
        LAST_TICKET.with(|last| {
            last.set(last.get().wrapping_add(1));
            Self(last.get())
        })
    }

    /// The number, for ids in the page.
    pub fn number(self) -> u32 {
        self.0
    }
}

/// Draws later, instead of what the same ticket asked for and has not got yet.
pub fn request(ticket: Ticket, drawing: impl FnOnce() + 'static) {
    let drawing: Drawing = Box::new(drawing);
    QUEUE.with_borrow_mut(|queue| match queue.iter_mut().find(|(owner, _)| *owner == ticket) {
        Some(waiting) => waiting.1 = drawing,
        None => queue.push_back((ticket, drawing)),
    });
    await_frame();
}

/// Takes back what the ticket asked for.
pub fn cancel(ticket: Ticket) {
    QUEUE.with_borrow_mut(|queue| queue.retain(|(owner, _)| *owner != ticket));
}

fn await_frame() {
    if AWAITED.get() {
        return;
    }
    let callback = Closure::once_into_js(draw_next);
    let asked = web_sys::window().map(|window| window.request_animation_frame(callback.unchecked_ref()));
    AWAITED.set(matches!(asked, Some(Ok(_))));
}

fn draw_next() {
    AWAITED.set(false);
    let begun = now_ms();
    while let Some((_, drawing)) = QUEUE.with_borrow_mut(VecDeque::pop_front) {
        drawing();
        if now_ms() - begun > FRAME_SHARE_MS {
            break;
        }
    }
    if QUEUE.with_borrow(|queue| !queue.is_empty()) {
        await_frame();
    }
}

fn now_ms() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(f64::INFINITY, |clock| clock.now())
}
