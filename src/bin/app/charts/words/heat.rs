//! Words of a heat map.

use crate::charts::{
    data::{HeatData, Unit, value_at},
    words::{Line, Readout, Table},
};

/// The value of a cell.
pub fn value(data: &HeatData, row: usize, column: usize) -> f64 {
    data.values.get(row).map_or(0.0, |values| value_at(values, column))
}

/// The largest value of all cells, whatever its sign.
pub fn largest(data: &HeatData) -> f64 {
    data.values.iter().flatten().copied().filter(|value| value.is_finite()).map(f64::abs).fold(0.0, f64::max)
}

/// Whether any value is below 0.
pub fn has_negative(data: &HeatData) -> bool {
    data.values.iter().flatten().any(|value| *value < 0.0)
}

/// How many, and which cell has most.
pub fn summary(data: &HeatData) -> String {
    let total: f64 = data.values.iter().flatten().filter(|value| value.is_finite()).sum();
    let cells = (0..data.rows.len()).flat_map(|row| (0..data.columns.len()).map(move |column| (row, column)));
    let size = |cell: &(usize, usize)| value(data, cell.0, cell.1).abs();
    let most = cells.max_by(|a, b| size(a).total_cmp(&size(b)).then_with(|| b.cmp(a)));
    let most = most.map_or_else(String::new, |(row, column)| {
        format!("; most, {}, at {}", data.unit.exact(value(data, row, column)), place(data, row, column))
    });
    let all = match &data.unit {
        // Measures do not add up.
        Unit::Plain(name) => name.clone(),
        unit => unit.full(total),
    };
    format!("{all} in {} by {} cells{most}.", data.rows.len(), data.columns.len())
}

/// One cell.
pub fn readout(data: &HeatData, row: usize, column: usize) -> Readout {
    let value = Line { strong: true, ..Line::new("", data.unit.full(value(data, row, column))) };
    Readout { title: place(data, row, column), lines: vec![value] }
}

/// One row for each row.
pub fn table(data: &HeatData) -> Table {
    let row = |(at, name): (usize, &String)| {
        let values = (0..data.columns.len()).map(|column| data.unit.exact(value(data, at, column)));
        std::iter::once(name.clone()).chain(values).collect()
    };
    Table {
        head: std::iter::once(String::new()).chain(data.columns.iter().cloned()).collect(),
        rows: data.rows.iter().enumerate().map(row).collect(),
    }
}

fn place(data: &HeatData, row: usize, column: usize) -> String {
    let name = |names: &[String], at: usize| names.get(at).cloned().unwrap_or_default();
    format!("{} {}", name(&data.rows, row), name(&data.columns, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fullest_cell_is_named() {
        let data = HeatData {
            rows: vec!["Mon".to_owned(), "Tue".to_owned()],
            columns: vec!["00".to_owned(), "01".to_owned()],
            values: vec![vec![1.0, 2.0], vec![7.0]],
            unit: Unit::count("requests"),
        };
        assert_eq!(summary(&data), "10 requests in 2 by 2 cells; most, 7, at Tue 00.");
        assert_eq!(readout(&data, 1, 1).sentence(), "Tue 01: 0 requests");
        let measured = HeatData { values: vec![vec![0.5, -0.75]], unit: Unit::Plain("Pearson".to_owned()), ..data };
        assert_eq!(summary(&measured), "Pearson in 2 by 2 cells; most, −0.75, at Mon 01.");
        assert!(has_negative(&measured) && largest(&measured) == 0.75);
    }
}
