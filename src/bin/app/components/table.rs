//! What a table holds, apart from how it is drawn; also as CSV.

use std::cmp::Ordering;

use logloupe::query::{TopValues, ValueCount};
use logloupe::report::export::text_cell;

use super::display;
use crate::state::filter::Condition;
use crate::text::numbers;

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// What it holds, for whoever does not see it.
    pub caption: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows. **Shape**: as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// Why it is empty, if it is.
    pub empty: String,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its title.
    pub title: &'static str,
    /// Whether it holds numbers.
    pub is_number: bool,
}

impl Column {
    /// A column of text.
    pub fn text(title: &'static str) -> Self {
        Self { title, is_number: false }
    }

    /// A column of numbers.
    pub fn number(title: &'static str) -> Self {
        Self { title, is_number: true }
    }
}

/// One cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// What is shown.
    pub text: String,
    /// What is shown on hover, copied on a click and written into files, where the text is only its beginning.
    pub whole: Option<String>,
    /// What it is sorted by, if not by its text.
    pub number: Option<f64>,
    /// The length of a bar behind the number, `0..=1`.
    pub share: Option<f64>,
    /// What a click filters by.
    pub condition: Option<Condition>,
    /// `ok`, `careful` or `wrong`.
    pub tone: &'static str,
}

impl Cell {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Text out of a log.
    pub fn content(text: &str) -> Self {
        Self::text(display::visible(text))
    }

    /// The first digits of a hash; a dash where it is not known.
    pub fn hash(hash: Option<&str>) -> Self {
        let shown = hash.map(|hash| format!("{}…", hash.get(..8).unwrap_or(hash)));
        Self { text: shown.unwrap_or_else(|| "–".into()), whole: hash.map(str::to_owned), ..Self::default() }
    }

    /// A value that filters.
    pub fn value(field: &str, value: Option<&str>) -> Self {
        let condition = value.map_or_else(|| Condition::none(field), |value| Condition::new(field, value));
        Self { text: display::text(value), condition: Some(condition), ..Self::default() }
    }

    /// A count.
    pub fn count(value: u64) -> Self {
        Self { text: numbers::count(value), number: Some(value as f64), ..Self::default() }
    }

    /// A count with a bar as long as its share of `whole`.
    pub fn part(value: u64, whole: u64) -> Self {
        let share = if whole == 0 { 0.0 } else { value as f64 / whole as f64 };
        Self { share: Some(share), ..Self::count(value) }
    }

    /// A share of `whole`.
    pub fn share(part: u64, whole: u64) -> Self {
        Self { text: numbers::share(part, whole), number: Some(part as f64 / whole.max(1) as f64), ..Self::default() }
    }

    /// Bytes; a dash where they are not known.
    pub fn bytes(value: Option<u64>) -> Self {
        match value {
            Some(value) => Self { text: numbers::bytes(value), number: Some(value as f64), ..Self::default() },
            None => Self { text: "–".into(), number: Some(-1.0), ..Self::default() },
        }
    }

    /// A number in a unit.
    pub fn number(value: f64, unit: &str) -> Self {
        Self { text: numbers::in_unit(value, unit), number: Some(value), ..Self::default() }
    }

    /// The same cell in a tone.
    pub fn toned(self, tone: &'static str) -> Self {
        Self { tone, ..self }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self.number, other.number) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => self.text.cmp(&other.text),
        }
    }
}

impl Table {
    /// The places of the rows in the order of a column; as they came where `sort` is null.
    pub fn order(&self, sort: Option<(usize, bool)>) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        if let Some((column, descending)) = sort {
            order.sort_by(|a, b| {
                let cells = self
                    .rows
                    .get(*a)
                    .and_then(|row| row.get(column))
                    .zip(self.rows.get(*b).and_then(|row| row.get(column)));
                let ordering = cells.map_or(Ordering::Equal, |(a, b)| a.compare(b));
                if descending { ordering.reverse() } else { ordering }
            });
        }
        order
    }

    /// The table as CSV (RFC 4180); what a spreadsheet would run is kept from running.
    pub fn to_csv(&self) -> String {
        let head = self.columns.iter().map(|column| text_cell(column.title)).collect::<Vec<_>>().join(",");
        let rows = self.rows.iter().map(|row| {
            let cells = row.iter().map(|cell| match (cell.number, cell.share.is_some()) {
                (Some(number), _) if number.fract() == 0.0 => format!("{number}"),
                _ => text_cell(cell.whole.as_ref().unwrap_or(&cell.text)),
            });
            cells.collect::<Vec<_>>().join(",")
        });
        std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\r\n") + "\r\n"
    }

    /// The most frequent values of `field`, each with its share of the rows.
    pub fn of_values(caption: &str, title: &'static str, field: &str, top: &TopValues, empty: &str) -> Self {
        let has_bytes = top.values.iter().any(|value| value.bytes.is_some());
        let mut columns = vec![Column::text(title), Column::number("Rows"), Column::number("Share")];
        if has_bytes {
            columns.push(Column::number("Bytes"));
        }
        let most = top.values.iter().map(|value| value.count).max().unwrap_or(0);
        let row = |value: &ValueCount| {
            let mut cells = vec![
                Cell::value(field, value.value.as_deref()),
                Cell::part(value.count, most),
                Cell::share(value.count, top.rows),
            ];
            if has_bytes {
                cells.push(Cell::bytes(value.bytes));
            }
            cells
        };
        Self { caption: caption.into(), columns, rows: top.values.iter().map(row).collect(), empty: empty.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cells: &[(&str, u64)]) -> Table {
        Table {
            columns: vec![Column::text("Value"), Column::number("Rows")],
            rows: cells.iter().map(|(text, count)| vec![Cell::content(text), Cell::count(*count)]).collect(),
            ..Table::default()
        }
    }

    #[test]
    fn rows_are_sorted_by_number_where_there_is_one() {
        let table = table(&[("b", 9), ("a", 1200)]);
        assert_eq!(table.order(None), [0, 1]);
        assert_eq!(table.order(Some((1, true))), [1, 0]);
        assert_eq!(table.order(Some((0, false))), [1, 0]);
    }

    #[test]
    fn a_spreadsheet_runs_nothing() {
        let csv = table(&[("=1+1", 1200), ("a,\"b\"", 2)]).to_csv();
        assert_eq!(csv, "Value,Rows\r\n'=1+1,1200\r\n\"a,\"\"b\"\"\",2\r\n");
    }
}
