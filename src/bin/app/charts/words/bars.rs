//! Words of bars and columns.

use crate::charts::{
    data::{Bar, BarsData},
    words::{Line, Readout, Table, capital},
};

/// How many bars, the longest first, and the first three by value.
pub fn summary(data: &BarsData) -> String {
    let mut ranked: Vec<&Bar> = data.bars.iter().collect();
    ranked.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.label.cmp(&b.label)));
    let first: Vec<String> =
        ranked.iter().take(3).map(|bar| format!("{} {}", bar.label, data.unit.full(bar.value))).collect();
    let count = data.bars.len();
    let bars = if count == 1 { "1 bar".to_owned() } else { format!("{count} bars") };
    format!("{bars}. Largest: {}.", first.join(", "))
}

/// One bar.
pub fn readout(data: &BarsData, at: usize) -> Readout {
    let Some(bar) = data.bars.get(at) else { return Readout::default() };
    let value = Line { role: Some(bar.role), strong: true, ..Line::new("", data.unit.full(bar.value)) };
    let detail = bar.detail.as_ref().map(|detail| Line::new("", detail.clone()));
    Readout { title: bar.label.clone(), lines: std::iter::once(value).chain(detail).collect() }
}

/// One row for each bar.
pub fn table(data: &BarsData) -> Table {
    let detailed = data.bars.iter().any(|bar| bar.detail.is_some());
    let mut head = vec!["Name".to_owned(), capital(data.unit.name())];
    if detailed {
        head.push("Detail".to_owned());
    }
    let row = |bar: &Bar| {
        let mut row = vec![bar.label.clone(), data.unit.exact(bar.value)];
        if detailed {
            row.push(bar.detail.clone().unwrap_or_default());
        }
        row
    };
    Table { head, rows: data.bars.iter().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::data::{Role, Unit};

    fn data(bars: &[(&str, f64)]) -> BarsData {
        let bar = |(label, value): &(&str, f64)| Bar {
            key: (*label).to_owned(),
            label: (*label).to_owned(),
            value: *value,
            role: Role::Accent,
            detail: None,
        };
        BarsData { bars: bars.iter().map(bar).collect(), unit: Unit::count("requests") }
    }

    #[test]
    fn the_summary_names_the_largest() {
        let found = summary(&data(&[("404", 5.0), ("200", 1_200.0)]));
        assert_eq!(found, "2 bars. Largest: 200 1,200 requests, 404 5 requests.");
    }

    #[test]
    fn details_get_a_column_where_there_are_any() {
        let mut data = data(&[("404", 5.0)]);
        assert_eq!(table(&data).head, ["Name", "Requests"]);
        data.bars[0].detail = Some("half of all".to_owned());
        assert_eq!(table(&data).rows, [["404", "5", "half of all"]]);
    }
}
