//! What stands out: one verdict, one source, one target, one hour, columns that never change.

use crate::report::types::{ColumnQuality, Report};
use crate::units::Micros;

use super::threat::constant_of;
use super::words::{self, counted, list, part, rows, size, time, times, value};

/// Percent of the rows from which one value stands out.
const STANDS_OUT: u64 = 20;
/// Times the average from which a span of time stands out.
const PEAK: u64 = 4;
/// Spans with rows, and rows in one of them, below which an average says nothing.
const MIN_SPANS: u64 = 5;
const MIN_PEAK: u64 = 20;

pub fn stands_out(report: &Report) -> Vec<String> {
    let mut sentences: Vec<String> =
        [one_rule(report), directions(report), one_source(report), one_target(report), peak(report), durations(report)]
            .into_iter()
            .flatten()
            .collect();
    sentences.extend(constants(report));
    if sentences.is_empty() {
        sentences.push("No single address, target or hour stands out.".to_owned());
    }
    sentences
}

fn one_rule(report: &Report) -> Option<String> {
    let rule = value(constant_of(report, "rule.name")?);
    Some(format!(
        "All {} carry the same verdict of another tool, \"{rule}\". So the log holds flagged traffic only and cannot show what \
         normal traffic looks like (there is one class).",
        rows(report.quality.rows)
    ))
}

fn directions(report: &Report) -> Option<String> {
    let (received, answered) = (report.traffic.bytes_in?, report.traffic.bytes_out?);
    if received <= answered {
        return None;
    }
    let ratio = match answered {
        0 => String::new(),
        some => format!(", {} to 1", times(received, some)),
    };
    Some(format!(
        "More came in than went out: {} against {}{ratio}. Bytes in are what the server received: uploads, not downloads.",
        size(received),
        size(answered)
    ))
}

fn one_source(report: &Report) -> Option<String> {
    let sources = &report.network.sources;
    let top = sources.values.first()?;
    let address = value(top.value.as_deref()?);
    if sources.distinct == 1 {
        return Some(format!("All {} come from one address, {address}.", rows(sources.rows)));
    }
    (top.count * 100 >= sources.rows * STANDS_OUT)
        .then(|| format!("One address, {address}, stands in {}.", part(top.count, sources.rows, "rows")))
}

fn one_target(report: &Report) -> Option<String> {
    let targets = &report.network.destinations;
    let target = value(targets.values.first()?.value.as_deref()?);
    let port = report.network.ports.first().filter(|_| report.network.ports.len() == 1);
    let port = port.map_or_else(String::new, |port| match &port.meaning {
        Some(meaning) => format!(", port {}: {}", port.port, value(meaning)),
        None => format!(", port {}", port.port),
    });
    (targets.distinct == 1 && targets.rows > 1)
        .then(|| format!("All {} go to one target, {target}{port}.", rows(targets.rows)))
}

/// The span of time with the most rows, where it is far above the average.
fn peak(report: &Report) -> Option<String> {
    let timeline = &report.traffic.timeline;
    let steps = timeline.series.iter().map(|series| series.values.len()).max()?;
    let totals: Vec<u64> =
        (0..steps).map(|step| timeline.series.iter().filter_map(|series| series.values.get(step)).sum()).collect();
    let most = totals.iter().copied().max()?;
    let at = totals.iter().position(|total| *total == most)?;
    let all: u64 = totals.iter().sum();
    // Empty spans do not count: a log may have gaps of years. A few rows more are no peak.
    let filled = totals.iter().filter(|total| **total > 0).count() as u64;
    if filled < MIN_SPANS || most < MIN_PEAK || most * filled <= all * PEAK {
        return None;
    }
    let seconds = at as i64 * i64::try_from(timeline.step_seconds).ok()?;
    let start = Micros(Micros::from_iso(timeline.start.as_deref()?)?.0 + seconds * Micros::PER_SECOND).to_rfc3339();
    Some(format!(
        "Most happened in the {} from {}: {}, {} times the average.",
        words::length(timeline.step_seconds),
        time(&start),
        rows(most),
        times(most * filled, all)
    ))
}

fn durations(report: &Report) -> Option<String> {
    let nanoseconds: f64 = constant_of(report, "event.duration")?.parse().ok()?;
    let seconds = nanoseconds / 1e9;
    Some(format!("Every row lasts exactly {seconds} s: that is the exporter's window, not behaviour."))
}

/// Columns that have one value, and that nothing above speaks of.
fn constants(report: &Report) -> Option<String> {
    const SPOKEN_OF: [&str; 10] = [
        "event.timezone",
        "rule.name",
        "event.duration",
        "destination.ip",
        "destination.port",
        "source.ip",
        "source.domain",
        "event.dataset",
        "log.file.path",
        "file.directory",
    ];
    if report.quality.rows < 2 {
        return None;
    }
    let speaks = |column: &&ColumnQuality| {
        constant_of(report, &column.field).is_some()
            && !SPOKEN_OF.contains(&column.field.as_str())
            && column.kind != "time"
    };
    let columns: Vec<&ColumnQuality> = report.quality.columns.iter().filter(speaks).collect();
    let name = |column: &&ColumnQuality| {
        format!("{} ({})", value(&column.field), value(column.constant.as_deref().unwrap_or_default()))
    };
    let mut named: Vec<String> = columns.iter().take(4).map(name).collect();
    let others = columns.len().saturating_sub(named.len());
    if others > 0 {
        named.push(counted(others as u64, "other column", "other columns"));
    }
    match columns.len() {
        0 => None,
        1 => Some(format!("One value stands in every row of {}: the column cannot tell rows apart.", list(&named))),
        _ => Some(format!(
            "One value each stands in every row of {}: these columns cannot tell rows apart.",
            list(&named)
        )),
    }
}
