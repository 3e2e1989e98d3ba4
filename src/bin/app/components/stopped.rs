//! What was stopped because it expands too far, and the way on.

use leptos::prelude::*;

use super::notice::Notice;
use crate::state::dropped::was_stopped;
use crate::state::session::use_loupe;

/// A warning about a file; where reading stopped at a limit, it offers to go on anyway.
#[component]
pub fn Stopped(
    /// The path of the file, or of the archive that it is in.
    path: String,
    /// What happened, with the numbers.
    what: String,
) -> impl IntoView {
    let loupe = use_loupe();
    let can_go_on = was_stopped(&what);
    let path = StoredValue::new(path);
    view! {
        <Notice tone="careful">
            <p dir="auto">{what}</p>
            {can_go_on.then(|| view! {
                <p class="actions">
                    <button type="button" on:click=move |_| loupe.read_without_limits(path.get_value())>
                        "Go on anyway: read it without limits"
                    </button>
                </p>
            })}
        </Notice>
    }
}
