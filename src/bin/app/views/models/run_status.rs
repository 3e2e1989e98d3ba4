//! A model's run: what is being done, a way to stop, or why it did not work.

use leptos::prelude::*;

use crate::components::notice::Notice;
use crate::state::session::use_loupe;
use crate::state::store::Run;

/// The state of a run.
#[component]
pub fn RunStatus(
    /// The run.
    run: RwSignal<Run>,
) -> impl IntoView {
    let loupe = use_loupe();
    move || match run.get() {
        Run::Idle => ().into_any(),
        Run::Running(doing) => view! {
            <div class="run" role="status">
                <progress aria-label="Under way"></progress>
                <p>{doing} " …"</p>
                <button type="button" on:click=move |_| loupe.session().stop_model()>"Stop"</button>
            </div>
        }
        .into_any(),
        Run::Failed(why) => view! {
            <Notice tone="wrong">
                <p>"The model was not made: " {why}</p>
                <p>"The rest of the report stands. Try fewer features, or fewer rows through the filter."</p>
            </Notice>
        }
        .into_any(),
    }
}
