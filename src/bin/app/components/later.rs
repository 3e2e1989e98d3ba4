//! Parts of a page that come a few frames after its first ones, so that no task is long.

use leptos::prelude::*;

use crate::charts::schedule::{self, Ticket};

/// Frames after which every part of a page stands and its charts wait to be drawn.
const FRAMES_OF_A_PAGE: u32 = 5;

/// Its children, some frames from now.
#[component]
pub fn Later(
    /// How many frames from now.
    frames: u32,
    /// What comes then.
    children: ChildrenFn,
) -> impl IntoView {
    let is_here = RwSignal::new(false);
    after_frames(frames, move || {
        // The page may have been left by then.
        let _ = is_here.try_set(true);
    });
    view! { <Show when=move || is_here.get()>{children()}</Show> }
}

/// Says that the page is busy until all of it is drawn, to whoever does not see it.
#[component]
pub fn Settling() -> impl IntoView {
    let is_drawn = RwSignal::new(false);
    when_drawn(move || {
        // The page may have been left by then.
        let _ = is_drawn.try_set(true);
    });
    view! { <Show when=move || !is_drawn.get()><span class="unseen" aria-busy="true"></span></Show> }
}

/// Calls back when all parts of the page stand and the charts that wait by then are painted.
pub fn when_drawn(then: impl FnOnce() + 'static) {
    let painted = || after_frames(1, then);
    after_frames(FRAMES_OF_A_PAGE, || schedule::request(Ticket::new(), painted));
}

/// Calls back some frames from now.
pub fn after_frames(frames: u32, then: impl FnOnce() + 'static) {
    match frames {
        0 => then(),
        _ => request_animation_frame(move || after_frames(frames - 1, then)),
    }
}
