//! Checks: what is worth a look, how bad it is, why, and which rows say so.
//!
//! ```text
//! catalog (what a person reads) ────────────────────┐
//! settings (lists, look-ups) ───────────────────────┴► plan: conditions on dictionaries ─► rows of a shard ─► partial ─► found
//!                                                      sources: what one address did in all its rows ──────┤
//!                                                      hunting: what pairs, domains, hours show in all ─────┤
//!                                                      cases: hits by source, check and time ───────────────┘
//! ```
//!
//! What the user allows is taken out of the rows before all this (`allow`), and how rules speak is settled after (`tuned`).
//!
//! Every condition is evaluated once for each distinct value; a row then costs a look-up of its code, and a check that no
//! value matches costs no pass over the rows. What shards find merges in any order into the same findings: counts are
//! exact, the evidence is the first rows by file and byte, ties are broken by text.
//!
//! Reads tables and settings; knows neither formats nor models, and asks nobody outside. Rules of the user are in [`sigma`].

mod allow;
mod attacks;
mod cases;
mod catalog;
mod columns;
mod decode;
mod filter;
mod flagged;
mod hunting;
mod lists;
mod lookups;
mod network;
mod partial;
mod plan;
pub mod sigma;
mod sources;
mod tally;
mod texts;
mod tuned;
mod why_not;

pub use crate::enrich::ports;
pub use attacks::{Attack, attacks};
pub use cases::FoundCase;
pub use catalog::{Check, checks};
pub use flagged::flagged;
pub use hunting::crawlers::crawlers;
pub use partial::{Checked, Found, RulesPartial};
pub use why_not::{SourcePartial, of_row, of_source};

use crate::schema::{Field, FieldName};
use crate::settings::Settings;
use crate::table::{Dictionary, NULL, Selection, Shard};
use crate::units::clock::{Clock, Stopwatch};

use allow::Allowed;
use cases::Hits;
use columns::View;
use hunting::Hunt;
use lookups::Searches;
use plan::Plan;
use sigma::ir::Rule;
use sigma::{Rules, Sigma};
use sources::Sources;
use tuned::Tuned;

/// What time is spent on that no check has for itself.
const PREPARING: &str = "all checks: what texts mean";
const CASES: &str = "all checks: cases";
const LOOKUPS: &str = "look-ups";
const SOURCES: &str = "checks of all rows of a source: http.scanner, http.brute_force, web.login_only";
const HUNTING: &str = "checks of all rows together: network, dns, auth, tls, http, crawler, value";

/// What the checks and the shipped rules find in the selected rows of a store.
///
/// `folders` is the folder of each file, by the file's number; a folder without a row has its zero in every look-up.
///
/// **Cost**: every distinct text of the columns that checks look at, and for each check that any text matches about a
/// nanosecond a row.
pub fn run(selection: Selection<'_>, settings: &Settings, folders: &[String]) -> RulesPartial {
    run_with(selection, settings, folders, &[])
}

/// The same, and what these rules of a user find.
///
/// **Cost**: the same again for the columns that the rules look at, and for every row that a rule matches.
pub fn run_with(selection: Selection<'_>, settings: &Settings, folders: &[String], rules: &[Rule]) -> RulesPartial {
    run_timed(selection, settings, folders, (rules, Clock::default()))
}

/// What the checks that look at one row at a time ask of it.
fn plans(selection: Selection<'_>, settings: &Settings) -> Vec<Plan> {
    let mut plans = lists::plans(selection, settings);
    plans.extend(network::plans(selection));
    plans.extend(hunting::plans(selection, settings));
    plans
}

/// The same, and how long each check takes by this clock.
pub fn run_timed(
    selection: Selection<'_>,
    settings: &Settings,
    folders: &[String],
    (rules, clock): (&[Rule], Clock),
) -> RulesPartial {
    let mut watch = Stopwatch::new(clock);
    let everything = selection;
    let narrowed = Allowed::new(selection, settings).narrow(selection);
    let selection = Selection { rows: narrowed.as_ref().map_or(selection.rows, |(rows, _)| rows), ..selection };
    let tuned = Tuned(settings);
    let mut plans = plans(selection, settings);
    plans.retain(|plan| !plan.condition.is_never() && !tuned.is_off(plan.check.id));
    let mut searches = Searches::new(selection, settings, folders);

    let mut columns = Vec::new();
    for plan in &plans {
        plan.columns(&mut columns);
    }
    searches.columns(&mut columns);
    Sources::columns(&mut columns);
    Hunt::columns(&mut columns);
    Hits::columns(&mut columns);
    let mut view = View::new(selection, &columns);
    let mut sources = Sources::new(selection, &view);
    let mut hunt = Hunt::new(selection, &view, settings);
    watch.lap(|| PREPARING.to_owned());
    let mut sigma = Sigma::new(selection, Rules::with(rules), tuned);
    watch.lap(|| sigma::SHARED.to_owned());
    sigma.watch = Stopwatch::new(clock);
    let mut hits = Hits::new(selection);

    let shards = everything.store.shards.iter().zip(everything.rows).zip(selection.rows);
    for ((shard, all), rows) in shards.filter(|((_, all), _)| all.is_all() || all.count() > 0) {
        view.load(shard);
        let mut levels = vec![0u8; shard.table.n_rows];
        let columns = cases::Columns::of(&view);
        watch.begin();
        for plan in &mut plans {
            let found = plan.condition.rows(&view, shard.table.n_rows).and(rows);
            let level = tuned.level(plan.check.id, plan.check.severity);
            let hit = hits.check(plan.check.id, tuned.worst(plan.check.id, plan.check.severity));
            found.for_each(|row| {
                plan.tally.add(shard, row, view.time(row));
                plan.count(&view, row);
                hits.add(hit, (shard, row), &columns);
                levels.get_mut(row).into_iter().for_each(|worst| *worst = level.max(*worst));
            });
            watch.lap(|| plan.check.id.to_owned());
        }
        sigma.count(shard, rows, &view, &mut levels, &mut |id, severity, rows| {
            let hit = hits.check(id, tuned.worst(id, severity));
            rows.for_each(|row| hits.add(hit, (shard, row), &columns));
        });
        watch.begin();
        hits.pass(rows, &columns, &levels);
        watch.lap(|| CASES.to_owned());
        // Look-ups are no checks: they see what is allowed too.
        searches.count(shard, all, &view, &folder_of(selection, shard, folders));
        watch.lap(|| LOOKUPS.to_owned());
        sources.count(shard, rows, &view, &levels);
        watch.lap(|| SOURCES.to_owned());
        hunt.count(shard, rows, &view);
        watch.lap(|| HUNTING.to_owned());
    }
    let of_rules = std::mem::take(&mut sigma.watch.times);
    let sigma = sigma.found(selection, &view);
    let mut partial = partial_of(selection, settings, plans, (searches, sources, &view));
    partial.hits = hits.named(&view);
    partial.hunt = hunt.found(&view, settings);
    partial.sigma = sigma;
    partial.left_out = narrowed.map(|(_, found)| found).unwrap_or_default();
    partial.add_times(watch.times);
    partial.add_times(of_rules);
    partial
}

fn partial_of(
    selection: Selection<'_>,
    settings: &Settings,
    plans: Vec<Plan>,
    (searches, sources, view): (Searches, Sources, &View<'_>),
) -> RulesPartial {
    let mut partial = RulesPartial::new(selection, lists::switched_off(settings));
    for plan in &plans {
        partial.add(plan, selection, view);
    }
    partial.searches = searches.found(view);
    partial.sources = sources.found(selection, view);
    partial
}

/// The folder that a shard's file is in.
fn folder_of(selection: Selection<'_>, shard: &Shard, folders: &[String]) -> String {
    let name = FieldName::from(Field::FileDirectory);
    let mut codes = Vec::new();
    if shard.table.column(&name).is_some() {
        shard.table.read_codes(&name, &mut codes);
    }
    let code = codes.first().copied().unwrap_or(NULL);
    let by_column = selection.dictionary(&name).filter(|_| code != NULL).map(|d: &Dictionary| d.get(code));
    let by_number = folders.get(shard.file as usize).map(String::as_str);
    by_number.or(by_column).unwrap_or_default().to_owned()
}
