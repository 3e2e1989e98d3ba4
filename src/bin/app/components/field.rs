//! A number to set, with what it means.

use leptos::prelude::*;

/// A labelled number with its limits and one line of explanation.
#[component]
pub fn NumberField(
    /// What it is called, plain words first.
    label: &'static str,
    /// What it does.
    hint: &'static str,
    /// Smallest and largest value, and the step between values.
    limits: (f64, f64, f64),
    /// The value.
    value: RwSignal<f64>,
) -> impl IntoView {
    let (least, most, step) = limits;
    let set = move |event| {
        if let Ok(number) = event_target_value(&event).parse::<f64>() {
            value.set(number.clamp(least, most));
        }
    };
    view! {
        <label class="field">
            <span class="field-label">{label}</span>
            <input
                type="number"
                min=least
                max=most
                step=step
                prop:value=move || value.get().to_string()
                on:change=set
            />
            <span class="field-hint">{hint}</span>
        </label>
    }
}

/// A labelled choice with what it means.
#[component]
pub fn SelectField(
    /// What it is called, plain words first.
    label: &'static str,
    /// What it does.
    #[prop(into)]
    hint: Signal<String>,
    /// Each value, and how it is called.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The value.
    value: RwSignal<String>,
) -> impl IntoView {
    let shown = move || {
        let option = |(name, title): (String, String)| {
            let own = name.clone();
            view! { <option value=name selected=move || value.with(|value| *value == own)>{title}</option> }
        };
        options.get().into_iter().map(option).collect_view()
    };
    view! {
        <label class="field">
            <span class="field-label">{label}</span>
            <select on:change=move |event| value.set(event_target_value(&event))>{shown}</select>
            <span class="field-hint">{move || hint.get()}</span>
        </label>
    }
}

/// A labelled text with what it means.
#[component]
pub fn TextField(
    /// What it is called, plain words first.
    #[prop(into)]
    label: String,
    /// What it does.
    #[prop(into, optional)]
    hint: String,
    /// What it could be.
    #[prop(into, optional)]
    placeholder: String,
    /// The text.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field-label" dir="auto">{label}</span>
            <input type="text" spellcheck="false" placeholder=placeholder prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event)) />
            <span class="field-hint">{hint}</span>
        </label>
    }
}
