//! Words of a timeline.

use crate::charts::{
    data::{TimelineData, value_at},
    ticks,
    words::{Line, Readout, Table},
};

/// How many, between when, and where the peak is.
pub fn summary(data: &TimelineData) -> String {
    let totals = (0..data.steps()).map(|step| (step, data.total_at(step)));
    let Some((peak, highest)) = totals.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else {
        return String::new();
    };
    let names: Vec<String> = data
        .series
        .iter()
        .filter(|_| data.series.len() > 1)
        .map(|series| format!("{} {}", series.name, data.unit.exact(series.values.iter().sum())))
        .collect();
    let parts = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    format!(
        "{}{parts} between {} UTC; peak {} at {} in steps of {}.",
        data.unit.full(data.total()),
        ticks::span(data.start_ms, data.end_ms()).replace(" – ", " and "),
        data.unit.exact(highest),
        ticks::moment(data.start_of(peak), data.step_ms),
        ticks::duration(data.step_ms),
    )
}

/// All layers at a step, the topmost first, `row` marked.
pub fn readout(data: &TimelineData, step: usize, row: Option<usize>) -> Readout {
    let title = format!("{} UTC", ticks::span(data.start_of(step), data.start_of(step + 1)));
    Readout { title, lines: lines(data, step..step + 1, row) }
}

/// The sums of all layers over steps.
pub fn range_readout(data: &TimelineData, from: usize, to: usize) -> Readout {
    let title = format!("{} UTC", ticks::span(data.start_of(from), data.start_of(to + 1)));
    Readout { title, lines: lines(data, from..to + 1, None) }
}

/// One row for each step, one column for each layer.
pub fn table(data: &TimelineData) -> Table {
    let names = data.series.iter().map(|series| series.name.clone());
    let row = |step: usize| {
        let values = data.series.iter().map(|series| data.unit.exact(value_at(&series.values, step)));
        std::iter::once(ticks::moment(data.start_of(step), data.step_ms)).chain(values).collect()
    };
    Table {
        head: std::iter::once("Time, UTC".to_owned()).chain(names).collect(),
        rows: (0..data.steps()).map(row).collect(),
    }
}

fn lines(data: &TimelineData, steps: std::ops::Range<usize>, row: Option<usize>) -> Vec<Line> {
    let sum = |values: &[f64]| steps.clone().map(|step| value_at(values, step)).sum::<f64>();
    let layers = data.series.iter().enumerate().rev().map(|(at, series)| Line {
        name: series.name.clone(),
        value: data.unit.exact(sum(&series.values)),
        role: Some(series.role),
        strong: row == Some(at),
    });
    let total = steps.clone().map(|step| data.total_at(step)).sum();
    let single = data.series.len() == 1;
    let total = (!single).then(|| Line::new("all", data.unit.full(total)));
    layers.filter(|line| !single || line.role.is_some()).chain(total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::data::{Role, Series, Unit};

    fn data() -> TimelineData {
        let series = |name: &str, role, values: &[f64]| Series { name: name.to_owned(), role, values: values.to_vec() };
        TimelineData {
            start_ms: 1_744_884_000_000.0,
            step_ms: 3_600_000.0,
            series: vec![
                series("2xx", Role::Status(2), &[1_000.0, 2_000.0]),
                series("5xx", Role::Status(5), &[3.0, 0.0]),
            ],
            unit: Unit::count("requests"),
        }
    }

    #[test]
    fn the_summary_names_total_span_and_peak() {
        let expected = "3,003 requests (2xx 3,000, 5xx 3) between 17 Apr 2025 10:00 and 12:00 UTC; \
                        peak 2,000 at 17 Apr 2025 11:00 in steps of 1 h.";
        assert_eq!(summary(&data()).replace('\u{a0}', " "), expected);
    }

    #[test]
    fn a_step_is_read_from_the_top_of_its_stack() {
        let found = readout(&data(), 0, Some(1));
        assert_eq!(
            found.sentence().replace('\u{a0}', " "),
            "17 Apr 2025 10:00 – 11:00 UTC: 5xx 3; 2xx 1,000; all 1,003 requests"
        );
        assert!(found.lines[0].strong);
    }

    #[test]
    fn a_range_is_summed() {
        assert_eq!(range_readout(&data(), 0, 1).lines[2].value, "3,003 requests");
    }

    #[test]
    fn the_table_has_every_step_and_layer() {
        let table = table(&data());
        assert_eq!(table.head, ["Time, UTC", "2xx", "5xx"]);
        assert_eq!(table.rows[1][1..], ["2,000", "0"]);
    }
}
