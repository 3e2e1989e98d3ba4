//! The techniques of ATT&CK that findings name, under their tactics.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{Report, Technique};

use crate::components::card::Card;
use crate::text::numbers;

/// A matrix: a column a tactic, in it the techniques with their counts.
#[component]
pub fn Attack(
    /// The report.
    report: Signal<Arc<Report>>,
) -> impl IntoView {
    let tactics = Memo::new(move |_| report.with(|report| by_tactic(&report.techniques)));
    let title = Signal::derive(move || {
        let count = report.with(|report| report.techniques.len() as u64);
        format!("{} of ATT&CK", numbers::counted(count, "technique"))
    });
    view! {
        <Show when=move || tactics.with(|tactics| !tactics.is_empty())>
            <Card title=title subtitle="What the findings are called in MITRE's catalogue of attacks: a column a tactic, with findings and rows".to_owned()>
                <div class="table-box" tabindex="0" role="region" aria-label="Techniques of ATT&CK">
                    <table class="attack">
                        <caption class="unseen">"Techniques of ATT&CK that findings name, by tactic"</caption>
                        {move || matrix(&tactics.get())}
                    </table>
                </div>
            </Card>
        </Show>
    }
}

/// **Order**: as the report has them, which is that of attacks.
fn by_tactic(techniques: &[Technique]) -> Vec<(String, Vec<Technique>)> {
    let mut tactics: Vec<(String, Vec<Technique>)> = Vec::new();
    for technique in techniques {
        match tactics.last_mut() {
            Some((tactic, known)) if *tactic == technique.tactic => known.push(technique.clone()),
            _ => tactics.push((technique.tactic.clone(), vec![technique.clone()])),
        }
    }
    tactics
}

fn matrix(tactics: &[(String, Vec<Technique>)]) -> impl IntoView + use<> {
    let head = tactics.iter().map(|(tactic, _)| view! { <th scope="col">{tactic.clone()}</th> }).collect_view();
    let height = tactics.iter().map(|(_, techniques)| techniques.len()).max().unwrap_or(0);
    let row = |at: usize| {
        let cells = tactics.iter().map(|(_, techniques)| view! { <td>{techniques.get(at).map(cell)}</td> });
        view! { <tr>{cells.collect_view()}</tr> }
    };
    let rows = (0..height).map(row).collect_view();
    view! { <thead><tr>{head}</tr></thead> <tbody>{rows}</tbody> }
}

fn cell(technique: &Technique) -> impl IntoView + use<> {
    let counts =
        format!("{}, {}", numbers::counted(technique.findings, "finding"), numbers::counted(technique.rows, "row"));
    view! {
        <span class="strong">{technique.id.clone()}</span>
        " "
        {technique.name.clone()}
        <br />
        <span class="muted">{counts}</span>
    }
}
