//! The tables of a case: its stages, its checks, who did it.

use logloupe::report::{Answered, Case, CaseCheck, CaseStage};

use crate::components::table::{Cell, Column, Table};
use crate::text::{fields, times};

/// Stages with their answers.
pub fn stages(case: &Case) -> Table {
    let row = |stage: &CaseStage| {
        let mut cells = vec![Cell::text(stage.stage.as_str()), Cell::text(when(stage))];
        cells.extend(answers(&stage.answered));
        let attack = format!("{} ({})", stage.tactics.join(", "), stage.techniques.join(", "));
        cells.push(Cell::text(if stage.techniques.is_empty() { "–".to_owned() } else { attack }));
        cells
    };
    let mut columns = vec![Column::text("Stage"), Column::text("When")];
    columns.extend(ANSWERS.map(Column::number));
    columns.push(Column::text("ATT&CK"));
    Table {
        caption: "Stages of the case".into(),
        columns,
        rows: case.stages.iter().map(row).collect(),
        empty: String::new(),
    }
}

fn when(stage: &CaseStage) -> String {
    let ends = stage.first.as_deref().zip(stage.last.as_deref());
    ends.and_then(|(first, last)| times::span(first, last)).unwrap_or_else(|| "–".to_owned())
}

/// What was found, with the answers.
pub fn checks(case: &Case) -> Table {
    let row = |check: &CaseCheck| {
        let mut cells = vec![
            Cell::text(check.title.clone()),
            Cell::text(check.severity.as_str()),
            Cell::text(check.stage.as_str()),
        ];
        cells.extend(answers(&check.answered));
        cells
    };
    let mut columns = vec![Column::text("Check"), Column::text("Severity"), Column::text("Stage")];
    columns.extend(ANSWERS.map(Column::number));
    Table {
        caption: "Checks of the case".into(),
        columns,
        rows: case.checks.iter().map(row).collect(),
        empty: String::new(),
    }
}

/// Who did it.
pub fn sources(case: &Case) -> Table {
    let most = case.sources.iter().map(|source| source.count).max().unwrap_or(0);
    let rows = case.sources.iter().map(|source| {
        let name = Cell::value(&source.field, Some(&source.value));
        vec![name, Cell::text(fields::plain(&source.field)), Cell::part(source.count, most)]
    });
    Table {
        caption: "Sources of the case".into(),
        columns: vec![Column::text("Source"), Column::text("What it is"), Column::number("Hits")],
        rows: rows.collect(),
        empty: "The log names no source.".into(),
    }
}

const ANSWERS: [&str; 6] = ["Hits", "2xx", "3xx", "4xx", "5xx", "No status"];

fn answers(answered: &Answered) -> [Cell; 6] {
    let Answered { success, redirect, client_error, server_error, unknown } = *answered;
    [answered.rows(), success, redirect, client_error, server_error, unknown].map(Cell::count)
}
