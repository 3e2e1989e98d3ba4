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
