//! A list of the settings, one entry a line.

use leptos::prelude::*;

/// A text area with one entry a line, and what is wrong with the entries.
#[component]
pub fn ListEditor(
    /// What the list is called.
    label: &'static str,
    /// What its entries are.
    hint: &'static str,
    /// The entries, one a line.
    text: RwSignal<String>,
    /// What is wrong with an entry, if anything.
    check: fn(&str) -> Option<String>,
) -> impl IntoView {
    let wrong = Memo::new(move |_| text.with(|text| entries(text).find_map(check)));
    let id = format!("list-{}", label.to_ascii_lowercase().replace(' ', "-"));
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            <textarea
                id=id
                rows="5"
                spellcheck="false"
                aria-describedby=hint_id.clone()
                aria-invalid=move || wrong.with(Option::is_some).to_string()
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
            <span class="field-hint" id=hint_id>{hint}</span>
            <span class="tone-wrong" role="alert">{move || wrong.get()}</span>
        </div>
    }
}

/// The entries of a list: lines that are not blank.
pub fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}
