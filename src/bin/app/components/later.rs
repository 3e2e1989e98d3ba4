//! Parts of a page that come a few frames after its first ones, so that no task is long.

use leptos::prelude::*;

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

/// Calls back some frames from now.
pub fn after_frames(frames: u32, then: impl FnOnce() + 'static) {
    match frames {
        0 => then(),
        _ => request_animation_frame(move || after_frames(frames - 1, then)),
    }
}
