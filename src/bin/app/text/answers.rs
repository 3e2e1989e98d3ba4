//! Titles of cards: the card's question, answered in a few words out of the report's figures.

use logloupe::query::{Timeline, TopValues};
use logloupe::report::Report;

use super::{numbers, times};

/// Longer values are cut in a title; the card shows them whole.
const VALUE_LETTERS: usize = 40;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Which value leads, and by how much. `thing` is singular: `path`.
pub fn leading(top: &TopValues, thing: &str) -> String {
    let Some(first) = top.values.first() else { return format!("No {thing} in these rows") };
    let value = short(first.value.as_deref().unwrap_or("none"));
    if top.distinct == 1 {
        return format!("Only one {thing}: {value}");
    }
    format!("{value} leads with {}", numbers::share(first.count, top.rows))
}

/// The measure below such a title.
pub fn measure(top: &TopValues, things: &str) -> String {
    if top.rows == 0 {
        return String::new();
    }
    let shown = (top.values.len() as u64).min(top.distinct);
    if shown == top.distinct {
        format!("Rows by {things}")
    } else {
        format!("Rows by {things}; the first of {}", numbers::count(top.distinct))
    }
}

/// Of how many rows a card is.
pub fn of_rows(rows: u64, report: &Report) -> String {
    if rows == 0 || rows == report.rows.filtered {
        return String::new();
    }
    format!("{} of {} have it", numbers::count(rows), numbers::counted(report.rows.filtered, "row"))
}

/// When most happened.
pub fn peak(timeline: &Timeline) -> String {
    let Some(start) = timeline.start.as_deref().and_then(times::millis) else {
        return "These rows have no time".to_owned();
    };
    let steps = timeline.series.iter().map(|series| series.values.len()).max().unwrap_or(0);
    let total = |step: usize| timeline.series.iter().filter_map(|series| series.values.get(step)).sum::<u64>();
    let Some((peak, most)) =
        (0..steps).map(|step| (step, total(step))).max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))
    else {
        return "No row under the filter".to_owned();
    };
    let at = start + peak as f64 * timeline.step_seconds as f64 * 1000.0;
    format!(
        "Busiest at {}, with {}",
        times::moment(&times::rfc3339(at)).replace(":00 UTC", " UTC"),
        numbers::counted(most, "row")
    )
}

/// Which hour of which weekday is the busiest.
pub fn busiest_hour(hours: &[Vec<u64>]) -> String {
    let cells = hours
        .iter()
        .enumerate()
        .flat_map(|(day, hours)| hours.iter().enumerate().map(move |(hour, count)| (*count, day, hour)));
    match cells.max_by(|a, b| a.0.cmp(&b.0).then((b.1, b.2).cmp(&(a.1, a.2)))).filter(|cell| cell.0 > 0) {
        Some((_, day, hour)) => {
            format!("Busiest on {}s from {hour:02}:00 UTC", WEEKDAYS.get(day).copied().unwrap_or_default())
        }
        None => "These rows have no time".to_owned(),
    }
}

/// The name of a day, counted from Monday.
pub fn weekday(at: usize) -> &'static str {
    WEEKDAYS.get(at).copied().unwrap_or_default()
}

/// Names of the days of the week, from Monday.
pub fn weekdays() -> Vec<String> {
    WEEKDAYS.iter().map(|day| day[..3].to_owned()).collect()
}

/// What half of the sizes stay below.
pub fn half_below(report: &Report, field: &str) -> String {
    let column = report.quality.columns.iter().find(|column| column.field == field);
    match column.and_then(|column| column.numbers.as_ref().map(|numbers| (numbers.median, &column.unit))) {
        Some((median, unit)) => format!("Half have at most {}", numbers::in_unit(median, unit)),
        None => "These rows have no sizes".to_owned(),
    }
}

/// How many ports were asked, and how many of them are unusual.
pub fn ports(report: &Report) -> String {
    let ports = &report.network.ports;
    let odd = ports.iter().filter(|port| !port.standard).count() as u64;
    match (ports.len() as u64, odd) {
        (0, _) => "These logs name no ports".to_owned(),
        (count, 0) => format!("{}, all of them usual", numbers::counted(count, "port")),
        (count, odd) => format!("{} of {} are not usual", numbers::count(odd), numbers::counted(count, "port")),
    }
}

/// `text`, cut where it is too long for a title.
pub fn short(text: &str) -> String {
    if text.chars().count() <= VALUE_LETTERS {
        return text.to_owned();
    }
    text.chars().take(VALUE_LETTERS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use logloupe::query::{TimelineSeries, ValueCount};

    fn top(values: &[(&str, u64)]) -> TopValues {
        TopValues {
            values: values
                .iter()
                .map(|(value, count)| ValueCount { value: Some((*value).to_owned()), count: *count, bytes: None })
                .collect(),
            distinct: values.len() as u64,
            rows: values.iter().map(|(_, count)| count).sum(),
        }
    }

    #[test]
    fn the_leading_value_is_named() {
        assert_eq!(leading(&top(&[]), "path"), "No path in these rows");
        assert_eq!(leading(&top(&[("GET", 3)]), "method"), "Only one method: GET");
        let two = leading(&top(&[("GET", 3), ("POST", 1)]), "method");
        assert_eq!(two.replace('\u{a0}', " "), "GET leads with 75 %");
    }

    #[test]
    fn the_first_of_equal_peaks_is_named() {
        let timeline = Timeline {
            start: Some("2025-04-17T10:00:00Z".into()),
            step_seconds: 60,
            split: String::new(),
            series: vec![TimelineSeries { name: "2xx".into(), values: vec![1, 5, 5] }],
        };
        assert_eq!(peak(&timeline).replace('\u{a0}', " "), "Busiest at 17 Apr 2025 10:01 UTC, with 5 rows");
        assert_eq!(busiest_hour(&[vec![0, 2], vec![2, 1]]), "Busiest on Mondays from 01:00 UTC");
        assert_eq!(busiest_hour(&[]), "These rows have no time");
    }
}
