//! Tables on pages: columns as wide as they need and as there is room, the head again on each page.

use super::pages::{MARGIN, Pages, TEXT_WIDTH, Type};
use super::{BODY, STRONG};
use crate::report::export::pictures::GRID;
use crate::report::export::tables::Table;

const CELL: Type = Type { size: 8.0, ..BODY };
const HEAD: Type = Type { size: 8.0, ..STRONG };
const LEADING: f32 = 11.0;
/// Between columns.
const GAP: f32 = 8.0;
/// No column of texts is narrower.
const NARROW: f32 = 52.0;
/// Letters of a cell that are shown; the other files have them all.
const LETTERS: usize = 400;

pub(super) fn table(table: &Table, pages: &mut Pages) {
    let cells: Vec<Vec<String>> =
        table.rows.iter().map(|row| row.iter().map(|cell| cut(&cell.shown())).collect()).collect();
    let is_number: Vec<bool> = (0..table.head.len()).map(|column| table.is_number(column)).collect();
    let widths = widths(table, &cells, &is_number, pages);
    pages.keep(60.0);
    pages.advance(8.0);
    pages.paragraph(0.0, Type { size: 9.0, ..STRONG }, &table.title);
    pages.advance(2.0);
    let head: Vec<String> = table.head.iter().map(ToString::to_string).collect();
    row(&head, &widths, &is_number, HEAD, pages);
    for cells in &cells {
        let height = lines(cells, &widths, CELL, pages).iter().map(Vec::len).max().unwrap_or(1) as f32 * LEADING + 4.0;
        if !pages.has_room(height) {
            pages.keep(height);
            row(&head, &widths, &is_number, HEAD, pages);
        }
        row(cells, &widths, &is_number, CELL, pages);
    }
    pages.advance(8.0);
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LETTERS) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// How wide each column is: what it needs, or an even part of what is left.
fn widths(table: &Table, cells: &[Vec<String>], is_number: &[bool], pages: &Pages) -> Vec<f32> {
    let needed = |column: usize| {
        let of_head = table.head.get(column).map_or(0.0, |head| pages.width(HEAD, head));
        let of_cells = cells.iter().filter_map(|row| row.get(column)).map(|cell| pages.width(CELL, cell));
        of_cells.fold(of_head, f32::max) + 1.0
    };
    let needed: Vec<f32> = (0..table.head.len()).map(needed).collect();
    let room = TEXT_WIDTH - GAP * (needed.len().max(1) - 1) as f32;
    // Columns that stay as they are take their width first: numbers, then what is narrower than an even part.
    let mut fixed: Vec<bool> = is_number.to_vec();
    loop {
        let taken: f32 = needed.iter().zip(&fixed).filter(|(_, is)| **is).map(|(width, _)| width).sum();
        let open = fixed.iter().filter(|is| !**is).count();
        if open == 0 {
            return needed;
        }
        let even = ((room - taken) / open as f32).max(NARROW);
        let narrow = (0..needed.len()).find(|column| !fixed[*column] && needed[*column] <= even);
        match narrow {
            Some(column) => fixed[column] = true,
            None => {
                let width = |(needed, is): (&f32, &bool)| if *is { *needed } else { even };
                return needed.iter().zip(&fixed).map(width).collect();
            }
        }
    }
}

fn lines(cells: &[String], widths: &[f32], letters: Type, pages: &Pages) -> Vec<Vec<String>> {
    cells.iter().zip(widths).map(|(cell, width)| pages.wrapped(cell, letters, width + 0.5)).collect()
}

fn row(cells: &[String], widths: &[f32], is_number: &[bool], letters: Type, pages: &mut Pages) {
    let lines = lines(cells, widths, letters, pages);
    let height = lines.iter().map(Vec::len).max().unwrap_or(1) as f32 * LEADING;
    let mut x = MARGIN;
    for ((cell, width), is_number) in lines.iter().zip(widths).zip(is_number) {
        let mut y = 9.0;
        for line in cell {
            let right = if *is_number { width - pages.width(letters, line) } else { 0.0 };
            pages.text(x + right, y, letters, line);
            y += LEADING;
        }
        x += width + GAP;
    }
    pages.line([MARGIN, height + 2.0, MARGIN + TEXT_WIDTH, height + 2.0], GRID);
    pages.advance(height + 4.0);
}
