//! *Why not*: which rules a row fits, and which it nearly does, with the one thing that does not hold.
//!
//! ```text
//! round 1: the row as a store of its own ─► allow lists, plans, Sigma rules, lists
//! round 2: all rows of its source ─► sources and hunting: how far their counts are
//! ```
//!
//! A rule is near if all but one of its conditions hold and one that holds tells something: that a row is a GET is no
//! reason to name every rule on GETs.

use serde::{Deserialize, Serialize};

use crate::report::types::{RuleSays, Severity, WhyNot};
use crate::settings::Settings;
use crate::table::{RowSet, Selection, Store};
use crate::units::order;

use super::allow::Allowed;
use super::catalog::check;
use super::columns::{View, text_of};
use super::hunting::{self, Hunt, HuntFound};
use super::plan::Plan;
use super::sigma::ir::Rule;
use super::sources::{Sources, SourcesFound};
use super::tuned::Tuned;
use super::{lists, network, sigma, web};

/// Rules that are named as near.
const MAX_NEAR: usize = 12;
/// Letters of a value that are shown.
const MAX_LETTERS: usize = 80;

/// What all rows of one source show, in some shards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourcePartial {
    sources: SourcesFound,
    hunt: HuntFound,
}

/// What rules say of a row that is a store of its own.
pub fn of_row(one: &Store, settings: &Settings, rules: &[Rule]) -> WhyNot {
    let rows: Vec<RowSet> = one.shards.iter().map(|shard| RowSet::all(shard.table.n_rows)).collect();
    let selection = Selection { store: one, rows: &rows };
    let tuned = Tuned(settings);
    let mut why = WhyNot { allowed: Allowed::new(selection, settings).entries(selection), ..WhyNot::default() };
    let mut plans = lists::plans(selection, settings);
    plans.extend(network::plans(selection));
    plans.extend(web::plans(selection));
    plans.extend(hunting::plans(selection, settings));
    let mut columns = Vec::new();
    plans.iter().for_each(|plan| plan.columns(&mut columns));
    let mut view = View::new(selection, &columns);
    for shard in &one.shards {
        view.load(shard);
        why.source = view.value(&super::columns::Column::Source, 0).and_then(|code| {
            view.sources.get(code as u32).map(|(field, text)| (field.as_str().to_owned(), text.to_owned()))
        });
        for plan in plans.iter().filter(|plan| !tuned.is_off(plan.check.id)) {
            let says = |why: Vec<String>| said(tuned, plan.check.id, (plan.check.title, plan.check.severity), why);
            if plan.condition.rows(&view, 1).contains(0) {
                why.fired.push(says(values(plan, selection, &view)));
            } else if let Some(missing) = plan.condition.missing(&view, selection) {
                why.nearly.push(says(vec![missing]));
            }
        }
    }
    for (rule, fits, sentences) in sigma::near(selection, sigma::Rules::with(rules)) {
        let id = sigma::id_of(rule);
        if tuned.is_off(&id) {
            continue;
        }
        let says = said(tuned, &id, (&rule.title, rule.level), sentences);
        if fits { why.fired.push(says) } else { why.nearly.push(says) }
    }
    for (id, sentence) in lists::nearest(selection, settings) {
        if let Some(check) = check(id).filter(|_| !why.fired.iter().any(|rule| rule.id == id) && !tuned.is_off(id)) {
            why.nearly.push(said(tuned, id, (check.title, check.severity), vec![sentence]));
        }
    }
    sort(&mut why);
    why
}

/// What the values of a row are that a plan counts.
fn values(plan: &Plan, selection: Selection<'_>, view: &View<'_>) -> Vec<String> {
    let mut columns = Vec::new();
    plan.condition.columns(&mut columns);
    columns.dedup();
    let value = |column| {
        let (field, text) = text_of(selection, view, column, view.value(column, 0)?)?;
        Some(format!("{field} is {}", shown(&text)))
    };
    columns.iter().filter_map(value).collect()
}

/// What all rows of a source show; the selection is these rows.
pub fn of_source(selection: Selection<'_>, settings: &Settings) -> SourcePartial {
    let narrowed = Allowed::new(selection, settings).narrow(selection);
    let rows = narrowed.as_ref().map_or(selection.rows, |(rows, _)| rows);
    let selection = Selection { rows, ..selection };
    let mut columns = Vec::new();
    Sources::columns(&mut columns);
    Hunt::columns(&mut columns);
    let mut view = View::new(selection, &columns);
    let mut sources = Sources::new(selection, &view);
    let mut hunt = Hunt::new(selection, &view, settings);
    for (shard, rows) in selection.shards() {
        view.load(shard);
        sources.count(shard, rows, &view, &[]);
        hunt.count(shard, rows, &view);
    }
    SourcePartial { sources: sources.found(selection, &view), hunt: hunt.found(&view, settings) }
}

impl SourcePartial {
    /// Takes another worker's part in.
    pub fn merge(&mut self, other: Self) {
        self.sources.merge(other.sources);
        self.hunt.merge(other.hunt);
    }

    /// The row's answer with what its source did.
    pub fn finish(self, mut why: WhyNot, settings: &Settings) -> WhyNot {
        let tuned = Tuned(settings);
        let mut near = self.sources.near();
        near.extend(self.hunt.near());
        let (of_sources, _) = self.sources.finish(tuned);
        let mut fired: Vec<(&str, Vec<String>)> = of_sources
            .into_iter()
            .map(|finding| {
                let rows = if finding.tally.count == 1 { "1 row" } else { &format!("{} rows", finding.tally.count) };
                (finding.id, vec![format!("{rows} of its source: this is about all that the source did")])
            })
            .collect();
        fired.extend(self.hunt.finish().into_iter().map(|finding| (finding.id, finding.sentences)));
        let says = |id: &str, sentences| {
            let check = check(id).filter(|check| !tuned.is_off(check.id))?;
            Some(said(tuned, check.id, (check.title, check.severity), sentences))
        };
        near.retain(|(id, _)| !fired.iter().any(|(other, _)| other == id));
        why.fired.extend(fired.into_iter().filter_map(|(id, sentences)| says(id, sentences)));
        why.nearly.extend(near.into_iter().filter_map(|(id, sentence)| says(id, vec![sentence])));
        sort(&mut why);
        why.nearly.truncate(MAX_NEAR);
        why
    }
}

fn said(tuned: Tuned<'_>, id: &str, (title, severity): (&str, Severity), why: Vec<String>) -> RuleSays {
    let severity = tuned.of(id).severity.unwrap_or(severity);
    RuleSays { id: id.to_owned(), title: title.to_owned(), severity, why }
}

fn sort(why: &mut WhyNot) {
    for list in [&mut why.fired, &mut why.nearly] {
        order::sort_by(list, |a, b| {
            b.severity.cmp(&a.severity).then_with(|| a.id.cmp(&b.id)).then_with(|| a.why.cmp(&b.why))
        });
        list.dedup();
    }
}

/// A value of the log in a sentence: in quotes, cut, without control characters.
pub(super) fn shown(text: &str) -> String {
    let plain = |letter: char| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter };
    let mut out: String = text.chars().take(MAX_LETTERS).map(plain).collect();
    if text.chars().nth(MAX_LETTERS).is_some() {
        out.push('…');
    }
    format!("“{out}”")
}
