//! *Why not* of one row: first the row by itself, then all rows of its source.

use crate::error::Error;
use crate::protocol::{Explain, Job, Output, Place};
use crate::query::{Compiled, Filter, Pattern};
use crate::report::WhyNot;
use crate::rules::sigma::ir::Rule;
use crate::rules::{self, SourcePartial};
use crate::schema::FieldName;
use crate::table::{At, RowSet, Selection, Store};

use super::{Finished, PartKind};

/// The part of a store: the row, if it has it; then its source's rows.
pub fn part(store: &Store, explain: &Explain, rules: &[Rule]) -> Result<PartKind, Error> {
    let settings = &explain.settings;
    let Some(found) = &explain.found else {
        let at = match explain.at {
            Place::Byte(byte) => At::Byte(byte),
            Place::Line(line) => At::Line(line),
        };
        let one = store.one(explain.file, at);
        return Ok(PartKind::Row(one.map(|one| Box::new(rules::of_row(&one, settings, rules)))));
    };
    let Some((field, source)) = &found.source else { return Ok(PartKind::Source(Box::default())) };
    let of_source = Filter::Is(FieldName::new(field), Pattern::Exact(source.clone()));
    let filter = Filter::And(Box::new(Filter::parse(&settings.filter)?), Box::new(of_source));
    let rows: Vec<RowSet> = Compiled::new(&filter, store).select_all(store);
    Ok(PartKind::Source(Box::new(rules::of_source(Selection { store, rows: &rows }, settings))))
}

/// The next round for the row that was found; nothing where no store has it.
pub fn next_round(found: Option<Box<WhyNot>>, explain: &Explain) -> Finished {
    let output = match found {
        None => Output::Explained(None),
        Some(found) => {
            Output::Next(Box::new(Job::Explain(Box::new(Explain { found: Some(*found), ..explain.clone() }))))
        }
    };
    (output, Vec::new())
}

/// The answer.
pub fn finish(part: SourcePartial, explain: &Explain) -> Finished {
    let found = explain.found.clone().map(|found| Box::new(part.finish(found, &explain.settings)));
    (Output::Explained(found), Vec::new())
}
