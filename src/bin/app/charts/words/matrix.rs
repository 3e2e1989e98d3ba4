//! Words of a confusion matrix.

use crate::charts::{
    data::{MatrixData, Role, value_at},
    ticks,
    words::{Line, Readout, Table},
};

/// How many rows of actual class `actual` were called `predicted`.
pub fn count(data: &MatrixData, actual: usize, predicted: usize) -> f64 {
    data.counts.get(actual).map_or(0.0, |row| value_at(row, predicted))
}

/// The share of the actual class `actual` that was called `predicted`.
pub fn share(data: &MatrixData, actual: usize, predicted: usize) -> f64 {
    let total: f64 = (0..data.labels.len()).map(|column| count(data, actual, column)).sum();
    if total > 0.0 { count(data, actual, predicted) / total } else { 0.0 }
}

/// How many, and how many of them right.
pub fn summary(data: &MatrixData) -> String {
    let total: f64 = data.counts.iter().flatten().filter(|value| value.is_finite()).sum();
    let right: f64 = (0..data.labels.len()).map(|at| count(data, at, at)).sum();
    let share = if total > 0.0 { ticks::share(right / total) } else { "–".to_owned() };
    format!(
        "{} in {} classes: {} predicted as what they are ({share}).",
        data.unit.full(total),
        data.labels.len(),
        ticks::grouped(right),
    )
}

/// One cell.
pub fn readout(data: &MatrixData, actual: usize, predicted: usize) -> Readout {
    let name = |at: usize| data.labels.get(at).cloned().unwrap_or_default();
    let role = if actual == predicted { Role::Accent } else { Role::Wrong };
    let found = count(data, actual, predicted);
    let value = Line { role: Some(role), strong: true, ..Line::new("", data.unit.full(found)) };
    let share = format!("{} of actual {}", ticks::share(share(data, actual, predicted)), name(actual));
    Readout {
        title: format!("Actual {}, predicted {}", name(actual), name(predicted)),
        lines: vec![value, Line::new("", share)],
    }
}

/// One row for each actual class.
pub fn table(data: &MatrixData) -> Table {
    let row = |(actual, name): (usize, &String)| {
        let counts = (0..data.labels.len()).map(|predicted| ticks::grouped(count(data, actual, predicted)));
        std::iter::once(name.clone()).chain(counts).collect()
    };
    let predicted = data.labels.iter().map(|name| format!("Predicted {name}"));
    Table {
        head: std::iter::once("Actual".to_owned()).chain(predicted).collect(),
        rows: data.labels.iter().enumerate().map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::data::Unit;

    #[test]
    fn shares_are_of_the_actual_class() {
        let data = MatrixData {
            labels: vec!["ordinary".to_owned(), "attack".to_owned()],
            counts: vec![vec![90.0, 10.0], vec![1.0, 3.0]],
            unit: Unit::count("rows"),
        };
        assert_eq!(share(&data, 0, 1), 0.1);
        let expected = "104 rows in 2 classes: 93 predicted as what they are (89 %).";
        assert_eq!(summary(&data).replace('\u{a0}', " "), expected);
        assert_eq!(table(&data).rows[1], ["attack", "1", "3"]);
    }
}
