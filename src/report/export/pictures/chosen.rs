//! Which charts a report has.

use super::bars::{Bar, bars};
use super::hours::hours;
use super::timeline::{moments, timeline};
use super::{BAR, Picture, color_of, color_of_severity};
use crate::query::{Histogram, TopValues};
use crate::report::text::words::{count, size};
use crate::report::types::{Report, Severity};

/// Bars of a list.
const BARS: usize = 10;

/// The charts that have something to show, in the order in which the report has them.
pub(in crate::report::export) fn pictures(report: &Report) -> Vec<Picture> {
    let traffic = &report.traffic;
    let [first, last] = moments(traffic.first.as_deref(), traffic.last.as_deref());
    let rows = timeline("timeline", "Rows over time".to_owned(), &traffic.timeline, [&first, &last]);
    let tops = [
        ("statuses", "Answers by status", &traffic.statuses),
        ("methods", "Request methods", &traffic.methods),
        ("paths", "Paths asked for most", &traffic.paths),
        ("hosts", "Hosts asked most", &traffic.domains),
        ("addresses", "Addresses that asked most", &report.network.sources),
        ("destinations", "Addresses asked most", &report.network.destinations),
        ("countries", "Countries", &report.network.countries),
        ("protocols", "Protocols", &report.network.protocols),
        ("names", "Names looked up most", &report.network.dns.names),
        ("programs", "User agents", &traffic.user_agents),
    ];
    let tops = tops.into_iter().filter_map(|(name, title, top)| of_top(name, title, top));
    let lists = rows.into_iter().chain(hours("hours", &traffic.hours)).chain(tops);
    let sizes = of_bins("sizes", "Bytes of an answer or connection", &traffic.bytes_histogram);
    let scores = report.models.anomaly.as_ref().and_then(|anomaly| {
        let title = "How strange rows are: scores of the isolation forest, lower is stranger";
        of_scores("scores", title, &anomaly.scores)
    });
    lists.chain(sizes).chain(severities(report)).chain(scores).collect()
}

fn of_top(name: &'static str, title: &str, top: &TopValues) -> Option<Picture> {
    let bar = |(value, place): (&crate::query::ValueCount, usize)| {
        let shown = value.value.clone().unwrap_or_else(|| "none".to_owned());
        let color = if name == "statuses" { color_of(&shown, place) } else { BAR };
        (shown, value.count, color)
    };
    let chosen: Vec<Bar> = top.values.iter().take(BARS).zip(0..).map(bar).collect();
    if chosen.is_empty() {
        return None;
    }
    let title = match top.distinct {
        all if all > chosen.len() as u64 => format!("{title}: {} of {}", chosen.len(), count(all)),
        _ => title.to_owned(),
    };
    Some(bars(name, title, &chosen, top.rows))
}

fn of_bins(name: &'static str, title: &str, histogram: &Histogram) -> Option<Picture> {
    let bins = histogram.bins.iter().filter(|bin| bin.count > 0);
    let bar = |bin: &crate::query::HistogramBin| {
        (format!("{} to {}", size(bin.from as u64), size(bin.to as u64)), bin.count, BAR)
    };
    let chosen: Vec<Bar> = bins.map(bar).collect();
    let all = chosen.iter().map(|(_, rows, _)| rows).sum();
    (!chosen.is_empty()).then(|| bars(name, title.to_owned(), &chosen, all))
}

fn of_scores(name: &'static str, title: &str, histogram: &Histogram) -> Option<Picture> {
    let bar = |bin: &crate::query::HistogramBin| (format!("{:.3} to {:.3}", bin.from, bin.to), bin.count, BAR);
    let chosen: Vec<Bar> = histogram.bins.iter().filter(|bin| bin.count > 0).map(bar).collect();
    let all = chosen.iter().map(|(_, rows, _)| rows).sum();
    (!chosen.is_empty()).then(|| bars(name, title.to_owned(), &chosen, all))
}

fn severities(report: &Report) -> Option<Picture> {
    let levels = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Informational];
    let found = |level: Severity| report.findings.iter().filter(|finding| finding.severity == level).count() as u64;
    let chosen: Vec<Bar> = levels
        .into_iter()
        .map(|level| (level.as_str().to_owned(), found(level), color_of_severity(level)))
        .filter(|(_, findings, _)| *findings > 0)
        .collect();
    (!chosen.is_empty()).then(|| bars("severities", "Findings by severity".to_owned(), &chosen, 0))
}
