//! The tables of a report, each whole: a document shows their beginnings, and each is a CSV file of its own.

use crate::query::TopValues;
use crate::report::text::words::{count, share, size};
use crate::report::types::{Entity, Metric, Report, RuleState, Verdict};

use super::cell::{plain_cell, text_cell};

/// Letters of `2026-05-17 10:05`.
const MINUTE: usize = 16;

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    /// The stem of its file.
    pub name: String,
    /// What it shows.
    pub title: String,
    /// The heads of its columns.
    pub head: Vec<&'static str>,
    /// **Shape**: as many cells a row as there are heads.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Count(u64),
    Bytes(u64),
    Figure(f64),
    /// Rows, of how many.
    Share(u64, u64),
    /// RFC 3339.
    Time(String),
    Empty,
}

impl Cell {
    /// Whether it is set to the right.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Bytes(_) | Self::Figure(_) | Self::Share(..))
    }

    /// For people.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(number) => count(*number),
            Self::Bytes(bytes) => size(*bytes),
            Self::Figure(figure) => figure_text(*figure),
            Self::Share(part, whole) => share(*part, *whole),
            Self::Time(moment) => moment.replacen('T', " ", 1).chars().take(MINUTE).collect(),
            Self::Empty => String::new(),
        }
    }

    /// For programs.
    fn csv(&self) -> String {
        match self {
            Self::Text(text) | Self::Time(text) => text_cell(text),
            Self::Count(number) | Self::Bytes(number) => number.to_string(),
            Self::Figure(figure) => figure.to_string(),
            Self::Share(part, whole) => (*part as f64 / (*whole).max(1) as f64).to_string(),
            Self::Empty => String::new(),
        }
    }
}

impl Table {
    /// The table as CSV.
    pub fn csv(&self) -> String {
        let mut out = self.head.iter().map(|head| plain_cell(head)).collect::<Vec<_>>().join(",");
        out.push('\n');
        for row in &self.rows {
            out.push_str(&row.iter().map(Cell::csv).collect::<Vec<_>>().join(","));
            out.push('\n');
        }
        out
    }

    /// Whether a column holds numbers.
    pub fn is_number(&self, column: usize) -> bool {
        self.rows.iter().any(|row| row.get(column).is_some_and(Cell::is_number))
    }
}

/// A figure with at most four decimals.
fn figure_text(figure: f64) -> String {
    let text = format!("{figure:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn maybe(known: Option<&String>, cell: fn(String) -> Cell) -> Cell {
    known.cloned().map_or(Cell::Empty, cell)
}

fn bytes(known: Option<u64>) -> Cell {
    known.map_or(Cell::Empty, Cell::Bytes)
}

/// Every table that has a row.
pub(super) fn tables(report: &Report) -> Vec<Table> {
    let mut all = vec![files(report), columns(report)];
    all.extend(checks(report));
    all.extend(tops(report));
    all.extend(network(report));
    all.extend(time_tables(report));
    all.extend(models(report));
    all.retain(|table| !table.rows.is_empty());
    all
}

fn table(name: &str, title: &str, head: &[&'static str], rows: Vec<Vec<Cell>>) -> Table {
    Table { name: name.to_owned(), title: title.to_owned(), head: head.to_vec(), rows }
}

fn files(report: &Report) -> Table {
    let row = |input: &crate::report::types::Input| {
        let format = input.format.clone().unwrap_or_else(|| "not understood".to_owned());
        let (first, last) = (maybe(input.first.as_ref(), Cell::Time), maybe(input.last.as_ref(), Cell::Time));
        let sha256 = maybe(input.sha256.as_ref(), Cell::Text);
        let mut row = vec![text(&input.path), Cell::Text(format), Cell::Bytes(input.size_bytes)];
        row.extend([input.lines, input.accepted, input.rejected, input.skipped].map(Cell::Count));
        row.extend([first, last, sha256]);
        row
    };
    let head =
        ["File", "Format", "Size", "Lines", "Accepted", "Rejected", "Skipped", "First (UTC)", "Last (UTC)", "SHA-256"];
    let title = "Files that were read: lines = accepted + rejected + skipped";
    table("files", title, &head, report.inputs.iter().map(row).collect())
}

fn columns(report: &Report) -> Table {
    let row = |column: &crate::report::types::ColumnQuality| {
        let note = maybe(column.note.as_ref(), Cell::Text);
        let counts = [column.rows, column.missing, column.distinct].map(Cell::Count);
        [text(&column.field), text(&column.kind)].into_iter().chain(counts).chain([note]).collect()
    };
    let head = ["Column", "Type", "Rows", "Missing", "Distinct", "Note"];
    table("columns", "Columns and what they are fit for", &head, report.quality.columns.iter().map(row).collect())
}

fn checks(report: &Report) -> Vec<Table> {
    let case = |case: &crate::report::types::Case| {
        vec![
            text(case.severity.as_str()),
            text(&case.title),
            Cell::Count(case.hits),
            Cell::Count(case.n_sources),
            text(case.success.as_str()),
            maybe(case.first.as_ref(), Cell::Time),
            maybe(case.last.as_ref(), Cell::Time),
            text(&case.id),
        ]
    };
    let finding = |finding: &crate::report::types::Finding| {
        vec![
            text(finding.severity.as_str()),
            text(&finding.title),
            Cell::Count(finding.count),
            maybe(finding.first.as_ref(), Cell::Time),
            maybe(finding.last.as_ref(), Cell::Time),
            Cell::Text(finding.attack.join(" ")),
            text(&finding.id),
        ]
    };
    let involved = report.findings.iter().flat_map(|finding| {
        finding
            .entities
            .iter()
            .map(|entity| vec![text(&finding.id), text(&entity.field), text(&entity.value), Cell::Count(entity.count)])
    });
    let evidence = report.findings.iter().flat_map(|finding| {
        finding.evidence.iter().map(|line| {
            vec![text(&finding.id), text(&line.file), Cell::Count(line.line), Cell::Count(line.byte), text(&line.text)]
        })
    });
    let technique = |technique: &crate::report::types::Technique| {
        let counts = [Cell::Count(technique.findings), Cell::Count(technique.rows)];
        [text(&technique.id), text(&technique.name), text(&technique.tactic)].into_iter().chain(counts).collect()
    };
    let rules = [
        ("ran", &report.rules.applied),
        ("not applicable or off", &report.rules.not_applicable),
        ("not supported", &report.rules.unsupported),
    ];
    let rule = |(state, rules): (&'static str, &Vec<RuleState>)| {
        let row = |rule: &RuleState| vec![text(&rule.id), text(&rule.title), text(state), text(&rule.note)];
        rules.iter().map(row).collect::<Vec<_>>()
    };
    vec![
        table(
            "cases",
            "Cases, the worst first",
            &["Severity", "Case", "Hits", "Sources", "Success", "First (UTC)", "Last (UTC)", "Id"],
            report.cases.iter().map(case).collect(),
        ),
        table(
            "findings",
            "All findings, the worst first",
            &["Severity", "Finding", "Rows", "First (UTC)", "Last (UTC)", "ATT&CK", "Id"],
            report.findings.iter().map(finding).collect(),
        ),
        table(
            "involved",
            "Who and what takes part in findings",
            &["Finding", "Field", "Value", "Rows"],
            involved.collect(),
        ),
        table(
            "evidence",
            "Lines that prove findings",
            &["Finding", "File", "Line", "Byte", "Text"],
            evidence.collect(),
        ),
        table(
            "techniques",
            "Techniques of ATT&CK that findings name",
            &["Technique", "Name", "Tactic", "Findings", "Rows"],
            report.techniques.iter().map(technique).collect(),
        ),
        table(
            "checks",
            "Checks and what became of them",
            &["Id", "Check", "State", "Note"],
            rules.into_iter().flat_map(rule).collect(),
        ),
    ]
}

/// Lists of the most frequent values: stem, title, values.
fn tops(report: &Report) -> Vec<Table> {
    let (traffic, network) = (&report.traffic, &report.network);
    let all: [(&str, &str, &TopValues); 17] = [
        ("addresses", "Addresses that asked", &network.sources),
        ("paths", "Paths", &traffic.paths),
        ("hosts", "Hosts asked", &traffic.domains),
        ("statuses", "Answers", &traffic.statuses),
        ("methods", "Request methods", &traffic.methods),
        ("user-agents", "User agents", &traffic.user_agents),
        ("crawlers", "Crawlers by their own word", &report.visitors.crawlers),
        ("referrers", "Pages that led here", &traffic.referrers),
        ("versions", "HTTP versions", &traffic.versions),
        ("logs", "Logs", &traffic.datasets),
        ("countries", "Countries", &network.countries),
        ("destinations", "Addresses asked", &network.destinations),
        ("unknown-hosts", "Hosts asked by their address", &network.unknown_hosts),
        ("protocols", "Protocols", &network.protocols),
        ("names", "Names looked up", &network.dns.names),
        ("record-types", "Types of records looked up", &network.dns.types),
        ("responses", "How look-ups ended", &network.dns.responses),
    ];
    let one = |(name, title, top): (&str, &str, &TopValues)| {
        let row = |value: &crate::query::ValueCount| {
            let name = value.value.clone().unwrap_or_else(|| "none".to_owned());
            vec![Cell::Text(name), Cell::Count(value.count), Cell::Share(value.count, top.rows), bytes(value.bytes)]
        };
        let title = format!("{title}: {} different ones", count(top.distinct));
        let head = ["Value", "Rows", "Share", "Bytes"];
        let mut made = table(name, &title, &head, top.values.iter().map(row).collect());
        if made.rows.iter().all(|row| row.last() == Some(&Cell::Empty)) {
            made.head.pop();
            made.rows.iter_mut().for_each(|row| drop(row.pop()));
        }
        made
    };
    all.into_iter().map(one).collect()
}

fn network(report: &Report) -> Vec<Table> {
    let visitor = |one: &crate::report::types::Behaviour| {
        vec![
            text(&one.address),
            Cell::Count(one.requests),
            Cell::Count(one.errors),
            bytes(one.bytes),
            Cell::Count(one.sessions),
            maybe(one.first.as_ref(), Cell::Time),
            maybe(one.last.as_ref(), Cell::Time),
            maybe(one.country.as_ref(), Cell::Text),
        ]
    };
    let pair =
        |pair: &crate::report::types::Pair| vec![text(&pair.source), text(&pair.destination), Cell::Count(pair.count)];
    let port = |port: &crate::report::types::Port| {
        let number = Cell::Text(port.port.to_string());
        let [service, meaning] = [&port.service, &port.meaning].map(|known| maybe(known.as_ref(), Cell::Text));
        vec![number, service, meaning, Cell::Count(port.count)]
    };
    let lookup = |lookup: &crate::report::types::LookupResult| {
        let visited = if lookup.visited { "yes" } else { "no" };
        vec![text(&lookup.name), text(&lookup.pattern), text(visited), Cell::Count(lookup.count)]
    };
    vec![
        table(
            "visitors",
            "Addresses with the most requests",
            &["Address", "Requests", "Errors", "Bytes", "Sessions", "First (UTC)", "Last (UTC)", "Country"],
            report.visitors.behaviour.iter().map(visitor).collect(),
        ),
        table(
            "pairs",
            "From where to where",
            &["From", "To", "Rows"],
            report.network.top_pairs.iter().map(pair).collect(),
        ),
        table(
            "ports",
            "Ports asked",
            &["Port", "Service", "Meaning", "Rows"],
            report.network.ports.iter().map(port).collect(),
        ),
        table(
            "lookups",
            "Domains that were looked for",
            &["Name", "Pattern", "Visited", "Rows"],
            report.lookups.iter().map(lookup).collect(),
        ),
    ]
}

/// What the charts over time are drawn of.
fn time_tables(report: &Report) -> Vec<Table> {
    let timeline = &report.traffic.timeline;
    let bucket = |series: &crate::query::TimelineSeries| {
        let row = |(at, rows): (usize, &u64)| {
            vec![Cell::Count(at as u64 * timeline.step_seconds), text(&series.name), Cell::Count(*rows)]
        };
        series.values.iter().enumerate().filter(|(_, rows)| **rows > 0).map(row).collect::<Vec<_>>()
    };
    let hour = |(day, hours): (usize, &Vec<u64>)| {
        let row = |(hour, rows): (usize, &u64)| [day as u64 + 1, hour as u64, *rows].map(Cell::Count).to_vec();
        hours.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let start = timeline.start.clone().unwrap_or_default();
    vec![
        table(
            "timeline",
            &format!("Rows over time, in seconds after {start}"),
            &["Seconds", "Series", "Rows"],
            timeline.series.iter().flat_map(bucket).collect(),
        ),
        table(
            "hours",
            "Rows by day of the week from Monday (1) and hour (UTC)",
            &["Day", "Hour", "Rows"],
            report.traffic.hours.iter().enumerate().flat_map(hour).collect(),
        ),
    ]
}

fn models(report: &Report) -> Vec<Table> {
    let mut all = Vec::new();
    if let Some(anomaly) = &report.models.anomaly {
        let row = |row: &crate::report::types::AnomalyRow| {
            vec![Cell::Figure(row.score), text(&row.file), Cell::Count(row.line), text(&row.why), text(&row.text)]
        };
        all.push(table(
            "unusual-rows",
            "The strangest rows first",
            &["Score", "File", "Line", "Why", "Text"],
            anomaly.rows.iter().map(row).collect(),
        ));
        all.push(table(
            "unusual-addresses",
            "Addresses with the most marked rows",
            &["Field", "Value", "Rows"],
            entities(&anomaly.entities),
        ));
        all.push(table(
            "unusual-features",
            "What the isolation forest looked at",
            &FEATURES,
            features(&anomaly.features),
        ));
    }
    for (classifier, place) in report.models.classifiers.iter().zip(1..) {
        let metric = |metric: &Metric| vec![text(&metric.name), Cell::Figure(metric.value)];
        all.push(table(
            &format!("model-{place}-figures"),
            &format!("How the model of {} did on rows held out", classifier.label),
            &["Figure", "Value"],
            classifier.metrics.iter().map(metric).collect(),
        ));
        let class = |class: &crate::report::types::ClassReport| {
            let figures = [class.precision, class.recall, class.f1].map(Cell::Figure);
            [text(&class.class)].into_iter().chain(figures).chain([Cell::Count(class.support)]).collect()
        };
        all.push(table(
            &format!("model-{place}-classes"),
            "By class",
            &["Class", "Precision", "Recall", "F1", "Rows"],
            classifier.classes.iter().map(class).collect(),
        ));
        all.push(table(
            &format!("model-{place}-features"),
            "What the model learnt from",
            &FEATURES,
            features(&classifier.features),
        ));
    }
    all
}

const FEATURES: [&str; 3] = ["Feature", "Importance", "Note"];

fn features(features: &[crate::report::types::FeatureUse]) -> Vec<Vec<Cell>> {
    let row = |one: &crate::report::types::FeatureUse| {
        let importance = one.importance.map_or(Cell::Empty, Cell::Figure);
        vec![text(&one.name), importance, maybe(one.note.as_ref(), Cell::Text)]
    };
    features.iter().map(row).collect()
}

/// Entities as rows.
pub(super) fn entities(entities: &[Entity]) -> Vec<Vec<Cell>> {
    entities.iter().map(|one| vec![text(&one.field), text(&one.value), Cell::Count(one.count)]).collect()
}

/// The word of a verdict, with its sign.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Trust => "✓ trust",
        Verdict::Careful => "! careful",
        Verdict::Meaningless => "✕ meaningless",
    }
}
