//! The user's Sigma rules: where they come in, and what became of each.

use leptos::{html, prelude::*};
use logloupe::report::Severity;

use crate::components::card::Card;
use crate::components::notice::Notice;
use crate::components::severity_mark::SeverityMark;
use crate::state::intake;
use crate::state::route::{Page, Route};
use crate::state::rule_files::{KEPT_BYTES, Listed, Phase, Rules, State, Wanted, is_rule, listed};
use crate::state::session::use_loupe;
use crate::state::store::use_store;
use crate::text::numbers;

/// Rules shown at first, and added at a time.
const SHOWN: usize = 50;

/// The levels, the worst first.
const LEVELS: [Severity; 5] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Informational];

/// The card of the user's rules.
#[component]
pub fn RulesCard() -> impl IntoView {
    let store = use_store();
    let rules = store.rules;
    let list = Memo::new(move |_| {
        let report = store.report.get();
        rules.with(|rules| listed(&rules.read, report.as_deref()))
    });
    let title = Signal::derive(move || match (rules.with(|rules| rules.phase.clone()), list.with(Vec::len)) {
        (Phase::Reading, _) => "Rules are being read".to_owned(),
        (_, 0) => "No rules of your own".to_owned(),
        _ => list.with(|list| sums(list)),
    });
    let subtitle = "Sigma rules, run beside the checks that Logloupe has; they are read in this tab";
    view! {
        <Card title=title subtitle=subtitle.to_owned() width="full">
            <Adding />
            <div role="status">
                {move || rules.with(|rules| match &rules.phase {
                    Phase::Failed(why) => Some(("wrong", why.clone())),
                    _ if rules.note.is_empty() => None,
                    _ => Some(("info", rules.note.clone())),
                }).map(|(tone, text)| view! { <Notice tone=tone><p dir="auto">{text}</p></Notice> })}
            </div>
            <Show when=move || list.with(|list| !list.is_empty())>
                <RuleList list=list />
            </Show>
        </Card>
    }
}

/// Ways to add rules, and whether they are kept.
#[component]
fn Adding() -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let (files, folder) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let pasted = RwSignal::new(None::<String>);
    let pick = |input: NodeRef<html::Input>| input.get_untracked().into_iter().for_each(|input| input.click());
    let chosen = move |input: NodeRef<html::Input>| {
        input.get_untracked().into_iter().for_each(|input| loupe.add_rules(intake::of_input(&input)));
    };
    let is_no_rule = move || pasted.with(|text| text.as_ref().is_some_and(|text| !text.is_empty() && !is_rule(text)));
    let take = move |_| {
        if let Some(text) = pasted.get_untracked().filter(|text| is_rule(text)) {
            pasted.set(None);
            loupe.paste_rule(text);
        }
    };
    let has_files = move || store.rules.with(|rules| !rules.files.is_empty());
    view! {
        <div class="rules-adding">
        <p class="actions">
            <button type="button" on:click=move |_| pick(files)>"Choose rule files"</button>
            <button type="button" on:click=move |_| pick(folder)>"Choose a folder"</button>
            <button type="button" aria-expanded=move || pasted.with(Option::is_some).to_string()
                on:click=move |_| pasted.update(|text| *text = if text.is_some() { None } else { Some(String::new()) })>"Paste a rule"</button>
            <Show when=has_files>
                <button type="button" on:click=move |_| loupe.remove_rules(None)>"Remove all rules"</button>
            </Show>
            <label class="unseen" for="rule-files">"Rule files"</label>
            <input id="rule-files" class="unseen" tabindex="-1" type="file" accept=".yml,.yaml,.zip" multiple node_ref=files on:change=move |_| chosen(files) />
            <label class="unseen" for="rule-folder">"Folder of rules"</label>
            <input id="rule-folder" class="unseen" tabindex="-1" type="file" prop:webkitdirectory=true multiple node_ref=folder on:change=move |_| chosen(folder) />
        </p>
        <p class="muted">
            "Rules can also be dropped anywhere on the page: single files (.yml, .yaml), folders, a zip of them, logs among them."
        </p>
        <Show when=move || pasted.with(Option::is_some)>
            <div class="field">
                <label class="field-label" for="pasted-rule">"The rule, in YAML"</label>
                <textarea id="pasted-rule" class="rule-text" rows="12" spellcheck="false"
                    prop:value=move || pasted.get().unwrap_or_default()
                    on:input=move |event| pasted.set(Some(event_target_value(&event)))></textarea>
                <span class="tone-wrong" role="alert">
                    {move || is_no_rule().then_some("A Sigma rule begins with a key such as title, and has a detection.")}
                </span>
                <p class="actions">
                    <button type="button" class="primary" on:click=take>"Add this rule"</button>
                </p>
            </div>
        </Show>
        <label class="inline-field">
            <input type="checkbox" prop:checked=move || store.rules.with(|rules| rules.is_kept)
                on:change=move |event| loupe.keep_rules(event_target_checked(&event)) />
            <span>"Keep my rules in this browser"</span>
        </label>
        <p class="muted">{move || store.rules.with(kept)}</p>
        </div>
    }
}

/// Where the rules are kept.
fn kept(rules: &Rules) -> String {
    let bytes = rules.bytes();
    let most = numbers::bytes(KEPT_BYTES as u64);
    match (rules.is_kept, bytes > KEPT_BYTES) {
        (false, _) => "They last as long as this page is open, and go nowhere.".to_owned(),
        (true, true) => format!(
            "These are {} of text, and the browser's storage takes at most {most} of rules: they last as long as this \
             page is open.",
            numbers::bytes(bytes as u64)
        ),
        (true, false) => {
            format!("Their text is kept in this browser's storage, up to {most}; no log content is among it.")
        }
    }
}

/// How many rules did what.
fn sums(list: &[Listed]) -> String {
    let count = |state: State| list.iter().filter(|one| one.state == state).count() as u64;
    let parts = State::ALL.into_iter().map(|state| (count(state), state)).filter(|(count, _)| *count > 0);
    let parts: Vec<String> =
        parts.map(|(count, state)| format!("{} {}", numbers::count(count), state.title())).collect();
    format!("{} of your own: {}", numbers::counted(list.len() as u64, "rule"), parts.join(", "))
}

/// The rules that are asked for, fifty at a time.
#[component]
fn RuleList(
    /// Every rule.
    list: Memo<Vec<Listed>>,
) -> impl IntoView {
    let store = use_store();
    let wanted = RwSignal::new(Wanted::default());
    let shown = RwSignal::new(SHOWN);
    let path = move |one: &Listed| {
        store
            .rules
            .with(|rules| rules.files.get(one.rule.file as usize).map(|file| file.path.clone()))
            .unwrap_or_default()
    };
    let asked = Memo::new(move |_| {
        let wanted = wanted.get();
        let with_path = |one: Listed| (path(&one), one);
        list.get().into_iter().map(with_path).filter(|(path, one)| wanted.takes(one, path)).collect::<Vec<_>>()
    });
    let choose = move |change: &dyn Fn(&mut Wanted)| {
        wanted.update(change);
        shown.set(SHOWN);
    };
    let states = State::ALL.into_iter().enumerate();
    let states =
        states.map(|(at, state)| view! { <option value=at.to_string()>{state.title()}</option> }).collect_view();
    let levels = LEVELS.into_iter().enumerate();
    let levels =
        levels.map(|(at, level)| view! { <option value=at.to_string()>{level.as_str()}</option> }).collect_view();
    let picked = |event| event_target_value(&event).parse::<usize>().ok();
    let rows = move || {
        let asked = asked.get().into_iter().take(shown.get());
        asked.map(|(path, one)| view! { <RuleRow path=path one=one /> }).collect_view()
    };
    let count = move || asked.with(Vec::len);
    view! {
        <div class="rules-asked" role="search" aria-label="Rules">
            <label class="inline-field">
                <span class="field-label">"Search"</span>
                <input type="search" on:input=move |event| choose(&|wanted| wanted.text = event_target_value(&event)) />
            </label>
            <label class="inline-field">
                <span class="field-label">"State"</span>
                <select on:change=move |event| { let state = picked(event).and_then(|at| State::ALL.get(at).copied()); choose(&|wanted| wanted.state = state) }>
                    <option value="">"any"</option>
                    {states}
                </select>
            </label>
            <label class="inline-field">
                <span class="field-label">"Level"</span>
                <select on:change=move |event| { let level = picked(event).and_then(|at| LEVELS.get(at).copied()); choose(&|wanted| wanted.level = level) }>
                    <option value="">"any"</option>
                    {levels}
                </select>
            </label>
            <span class="muted" aria-live="polite">
                {move || format!("{} of {}", numbers::count(count() as u64), numbers::counted(list.with(Vec::len) as u64, "rule"))}
            </span>
        </div>
        <Show when=move || { count() > 0 } fallback=|| view! { <p class="empty">"No rule is like that."</p> }>
            <div class="table-box rules-box" tabindex="0" role="region" aria-label="Rules of your own">
                <table>
                    <caption class="unseen">"Rules of your own"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Rule"</th>
                            <th scope="col">"Level"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Found, or why not"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Show>
        <Show when=move || { count() > shown.get() }>
            <button type="button" class="quiet" on:click=move |_| shown.update(|shown| *shown += SHOWN)>
                {move || format!("Show {} more of {}", SHOWN.min(count() - shown.get()), count())}
            </button>
        </Show>
    }
}

/// A rule, with its text on demand.
#[component]
fn RuleRow(
    /// The path of its file.
    path: String,
    /// The rule and what became of it.
    one: Listed,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let is_open = RwSignal::new(false);
    let Listed { rule, state, note, filter } = one;
    let spent = store.times.with_untracked(|times| times.get(&format!("sigma.{}", rule.id)).copied());
    let took = spent.map(|spent| format!(", {}", numbers::in_unit(spent as f64 / 1e6, "ms")));
    let tone = match state {
        State::Hit => "careful",
        State::Nothing => "ok",
        _ => "",
    };
    let link = (!filter.is_empty()).then(|| {
        let route = move || Route { page: Page::Rows, filter: filter.clone(), ..store.route.get() };
        view! { <a href=move || route().to_fragment()>"Rows"</a> }
    });
    let text = move || {
        let text = store.rules.with(|rules| rules.files.get(rule.file as usize).map(|file| file.text.clone()));
        view! { <pre class="rule-text" tabindex="0" dir="auto">{text}</pre> }
    };
    let (shown, removed) = (path.clone(), StoredValue::new(path));
    view! {
        <tr>
            <th scope="row">
                <span class="cell-text" dir="auto">{rule.title}</span>
                <span class="muted cell-text" dir="auto" title=rule.id>{shown}</span>
                <span class="rules-ways">
                    {link}
                    <button type="button" class="quiet" aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|open| *open = !*open)>"Text"</button>
                </span>
            </th>
            <td><SeverityMark severity=rule.level /></td>
            <td data-tone=tone>{state.title()}</td>
            <td><span class="cell-text" dir="auto">{note}{took}</span></td>
        </tr>
        <Show when=move || is_open.get()>
            <tr>
                <td colspan="4" class="rule-whole">
                    {text}
                    <button type="button" class="quiet" on:click=move |_| loupe.remove_rules(Some(removed.get_value()))>"Remove this file"</button>
                </td>
            </tr>
        </Show>
    }
}
