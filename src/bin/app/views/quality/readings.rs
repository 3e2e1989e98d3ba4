//! How each file is read, and the way to read it otherwise: only that file is read again.

use leptos::prelude::*;

use crate::components::card::Card;
use crate::components::file_options::FileOptions;
use crate::state::store::use_store;

/// Files shown at first, and added at a time.
const SHOWN: usize = 20;

/// All files with their formats, first rows and options.
#[component]
pub fn Readings() -> impl IntoView {
    let store = use_store();
    let shown = RwSignal::new(SHOWN);
    let count = move || store.files.with(Vec::len);
    let files = move || {
        let files = store.files.get().into_iter().enumerate().take(shown.get());
        files.map(|(at, file)| view! { <FileOptions file=at state=file open=false /> }).collect_view()
    };
    view! {
        <Card
            title="How each file is read".to_owned()
            subtitle="What it looks like and why; what you change reads that file again, the others stay".to_owned()
        >
            <div class="files">{files}</div>
            <Show when=move || { count() > shown.get() }>
                <button type="button" class="quiet" on:click=move |_| shown.update(|shown| *shown += SHOWN)>
                    {move || format!("Show {} more of {}", SHOWN.min(count() - shown.get()), count())}
                </button>
            </Show>
        </Card>
    }
}
