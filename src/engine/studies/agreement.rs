//! Rules and a model on the same rows: both, one of them, neither, and some rows of each kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::engine::sample::hash;
use crate::engine::{AddressBook, Files, evidence_at, rules_of};
use crate::error::Error;
use crate::protocol::RuleSet;
use crate::report::{Agreement, AgreementCell, Param};
use crate::rules::flagged;
use crate::settings::AgreementSettings;
use crate::table::{Position, Selection};

use super::alarm::Alarm;

/// Kinds of rows, by whether rules and whether the model find them.
const KINDS: [&str; 4] = ["both", "rules only", "the model only", "neither"];

/// A worker's rows by kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AgreementPart {
    rows: [u64; 4],
    /// Those with the smallest hashes of each kind.
    shown: [BTreeMap<(u64, u32, u64), Position>; 4],
}

/// Counts rows by who finds them.
///
/// # Errors
/// What the model refuses, rules of another version.
pub fn part(
    selection: Selection<'_>,
    (settings, rules, model): (&AgreementSettings, &RuleSet, &str),
    book: &AddressBook,
) -> Result<AgreementPart, Error> {
    let by_rules = flagged(selection, &rules.settings, &rules_of(&rules.packed)?, settings.level);
    let by_model = Alarm::read(model, settings.class.as_deref())?.rows(selection, book)?;
    let mut part = AgreementPart::default();
    let shards = selection.store.shards.iter().zip(selection.rows).zip(by_rules.iter().zip(&by_model));
    for ((shard, rows), (by_rules, by_model)) in shards {
        rows.for_each(|row| {
            let kind = match (by_rules.contains(row), by_model.contains(row)) {
                (true, true) => 0,
                (true, false) => 1,
                (false, true) => 2,
                (false, false) => 3,
            };
            part.rows[kind] += 1;
            let place = shard.position(row);
            let key = (hash(settings.seed, &place), place.file, place.byte);
            let shown = &mut part.shown[kind];
            if shown.len() < settings.n_shown as usize || shown.last_key_value().is_some_and(|(last, _)| key < *last) {
                shown.insert(key, place);
                cut(shown, settings);
            }
        });
    }
    Ok(part)
}

fn cut(shown: &mut BTreeMap<(u64, u32, u64), Position>, settings: &AgreementSettings) {
    while shown.len() > settings.n_shown as usize {
        shown.pop_last();
    }
}

impl AgreementPart {
    /// Takes another worker's rows in; `finish` keeps as many as are shown.
    pub fn merge(&mut self, other: Self) {
        self.rows.iter_mut().zip(other.rows).for_each(|(sum, rows)| *sum += rows);
        self.shown.iter_mut().zip(other.shown).for_each(|(all, more)| all.extend(more));
    }

    /// The kinds with their lines.
    ///
    /// # Errors
    /// A model of another version.
    pub fn finish(mut self, settings: &AgreementSettings, model: &str, files: &dyn Files) -> Result<Agreement, Error> {
        let alarm = Alarm::read(model, settings.class.as_deref())?;
        let kappa = kappa(self.rows);
        let cells = self.shown.iter_mut().zip(KINDS).zip(self.rows).map(|((shown, name), rows)| {
            cut(shown, settings);
            let mut places: Vec<Position> = shown.values().copied().collect();
            places.sort_unstable();
            AgreementCell { name: name.to_owned(), rows, sample: evidence_at(files, &places) }
        });
        let param = |name: &str, value| Param { name: name.into(), value };
        let params = vec![param("level", settings.level.as_str().into()), param("seed", settings.seed.into())];
        Ok(Agreement { params, model: alarm.in_words(), kappa, cells: cells.collect() })
    }
}

/// Cohen's kappa. **Null**: where one of both finds all rows or none, and so does the other.
///
/// Source: J. Cohen, "A coefficient of agreement for nominal scales", 1960.
fn kappa([both, rules, model, neither]: [u64; 4]) -> Option<f64> {
    let n = (both + rules + model + neither) as f64;
    let share = |rows: u64| rows as f64 / n;
    let (by_rules, by_model) = (share(both + rules), share(both + model));
    let by_chance = by_rules * by_model + (1.0 - by_rules) * (1.0 - by_model);
    let kappa = (share(both) + share(neither) - by_chance) / (1.0 - by_chance);
    Some(kappa).filter(|kappa| kappa.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_beyond_chance() {
        // sklearn.metrics.cohen_kappa_score
        assert_eq!(kappa([10, 0, 0, 90]), Some(1.0));
        assert!((kappa([20, 5, 10, 15]).unwrap() - 0.4).abs() < 1e-12);
        assert!(kappa([1, 9, 9, 81]).unwrap().abs() < 1e-12);
        assert_eq!(kappa([0, 0, 0, 50]), None);
        assert_eq!(kappa([0; 4]), None);
    }
}
