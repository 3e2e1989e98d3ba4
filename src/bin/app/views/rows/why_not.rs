//! Which checks a row fired, and which nearly did: asked for when the user wants to know.

use leptos::prelude::*;
use logloupe::report::{RuleSays, WhyNot};
use wasm_bindgen_futures::spawn_local;

use crate::components::severity_mark::SeverityMark;
use crate::state::session::use_loupe;

/// What is known so far.
#[derive(Clone)]
enum Asked {
    Not,
    Waiting,
    Here(Option<Box<WhyNot>>),
    Failed(String),
}

/// The button, then the two lists.
#[component]
pub fn WhyNotPanel(
    /// The row's file.
    file: u32,
    /// Where its line begins.
    byte: u64,
) -> impl IntoView {
    let loupe = use_loupe();
    let asked = RwSignal::new(Asked::Not);
    let ask = move |_| {
        asked.set(Asked::Waiting);
        spawn_local(async move {
            let answer = loupe.session().why_not(file, byte).await;
            // The panel may show another row by now; then nobody waits for this answer.
            let _ = asked.try_set(match answer {
                Ok(why) => Asked::Here(why),
                Err(trouble) => Asked::Failed(trouble.sentence()),
            });
        });
    };
    view! {
        <div class="why-not" aria-live="polite">
            {move || match asked.get() {
                Asked::Not => view! { <button type="button" on:click=ask>"Which checks fired, and which nearly did?"</button> }.into_any(),
                Asked::Waiting => view! { <p class="muted">"Asking the checks …"</p> }.into_any(),
                Asked::Here(Some(why)) => view! { <Answers why=*why /> }.into_any(),
                Asked::Here(None) => view! { <p class="muted">"This line is no row any more."</p> }.into_any(),
                Asked::Failed(why) => view! { <p class="tone-wrong">{why}</p> }.into_any(),
            }}
        </div>
    }
}

/// What the checks say.
#[component]
fn Answers(
    /// The answer.
    why: WhyNot,
) -> impl IntoView {
    let allowed = (!why.allowed.is_empty())
        .then(|| view! { <p dir="auto">{format!("No check sees this row: it is on your allow lists ({}).", why.allowed.join(", "))}</p> });
    view! {
        {allowed}
        <h3>"Checks that fired"</h3>
        <Rules rules=why.fired none="None: neither by this row nor by all rows of its source." />
        <h3>"Checks that nearly fired"</h3>
        <Rules rules=why.nearly none="None: each lacks more than one thing." />
    }
}

/// Rules with what they say.
#[component]
fn Rules(
    /// The rules.
    rules: Vec<RuleSays>,
    /// What is said where there are none.
    none: &'static str,
) -> impl IntoView {
    if rules.is_empty() {
        return view! { <p class="muted">{none}</p> }.into_any();
    }
    let rule = |rule: RuleSays| {
        let sentences = rule.why.into_iter().map(|why| view! { <p class="muted" dir="auto">{why}</p> }).collect_view();
        view! {
            <li>
                <p><SeverityMark severity=rule.severity /> " " <strong>{rule.title}</strong> " " <code>{rule.id}</code></p>
                {sentences}
            </li>
        }
    };
    view! { <ul class="why-not-list">{rules.into_iter().map(rule).collect_view()}</ul> }.into_any()
}
