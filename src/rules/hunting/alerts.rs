//! What another tool found: Suricata's alerts by their own severity, Zeek's notices and oddities, rules of any other.
//!
//! Suricata's scale runs from 1, the worst, to 4. No row is said twice: its alerts are none of `log.rule`'s, nor are Zeek's
//! oddities (`weird`).

use crate::rules::catalog::check;
use crate::rules::columns::Column;
use crate::rules::plan::{Condition, Plan, matching, matching_named};
use crate::schema::{Field, FieldName};
use crate::table::Selection;

use super::EVENT;

/// Checks by Suricata's severity.
const LEVELS: [(&str, i64); 4] = [("alert.high", 1), ("alert.medium", 2), ("alert.low", 3), ("alert.informational", 4)];
/// Zeek's log of oddities.
const WEIRD: &str = "zeek.weird";

/// The checks of this file, ready for a store.
pub(super) fn plans(selection: Selection<'_>) -> Vec<Plan> {
    let mut plans: Vec<Plan> = LEVELS.iter().filter_map(|&(id, level)| alert(selection, id, level)).collect();
    plans.extend([rule(selection), weird(selection)].into_iter().flatten());
    plans
}

fn alert(selection: Selection<'_>, id: &str, level: i64) -> Option<Plan> {
    let event = FieldName::new(EVENT);
    let condition = Condition::all(vec![
        Condition::text(Column::Text(event.clone()), matching_named(selection, &event, |event| event == "alert")),
        Condition::text(rules(), any_rule(selection)),
        Condition::Number(Field::EventSeverity, Box::new(move |severity| severity == level)),
    ]);
    let also = format!("{EVENT}: \"alert\" and event.severity: {level}");
    Some(Plan { fallback: also.clone(), also, ..Plan::new(check(id)?, condition, vec![rules()]) })
}

fn rule(selection: Selection<'_>) -> Option<Plan> {
    let condition = Condition::all(vec![
        Condition::text(rules(), any_rule(selection)),
        unless(selection, Field::EventDataset.into(), WEIRD),
        unless(selection, FieldName::new(EVENT), "alert"),
    ]);
    Some(Plan { fallback: "rule.name: *".into(), ..Plan::new(check("log.rule")?, condition, vec![rules()]) })
}

fn weird(selection: Selection<'_>) -> Option<Plan> {
    let dataset = matching(selection, Field::EventDataset, |dataset| dataset == WEIRD);
    let condition = Condition::all(vec![
        Condition::text(rules(), any_rule(selection)),
        Condition::text(Column::Text(Field::EventDataset.into()), dataset),
    ]);
    let also = format!("event.dataset: \"{WEIRD}\"");
    Some(Plan { fallback: also.clone(), also, ..Plan::new(check("log.zeek_weird")?, condition, vec![rules()]) })
}

fn rules() -> Column {
    Column::Text(Field::RuleName.into())
}

fn any_rule(selection: Selection<'_>) -> Vec<bool> {
    matching(selection, Field::RuleName, |_| true)
}

/// Rows that have another value in the column, or none.
fn unless(selection: Selection<'_>, name: FieldName, value: &str) -> Condition {
    let mut others = matching_named(selection, &name, |text| text != value);
    match others.first_mut() {
        Some(null) => *null = true,
        None => others.push(true),
    }
    Condition::text(Column::Text(name), others)
}
