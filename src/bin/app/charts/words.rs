//! Charts in words: the sentence for whoever does not see the chart, what is read at a mark, and the table behind it.
//!
//! Pure. Pointer, keyboard and table all take their numbers from here, so they cannot differ.

use super::{
    data::{Bar, BarsData, Bin, HeatData, HistogramData, MatrixData, Role, ScatterData, TimelineData, Unit, value_at},
    ticks,
};

/// What is read at a mark.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Readout {
    /// Which mark it is.
    pub title: String,
    /// Its values.
    pub lines: Vec<Line>,
}

/// One value of a readout.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What the value is of.
    pub name: String,
    /// The value with its unit.
    pub value: String,
    /// The colour of what it belongs to.
    pub role: Option<Role>,
    /// Whether it is the one that is pointed at.
    pub strong: bool,
}

/// The two ends of a scale of colours.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    /// What the faintest colour means.
    pub from: String,
    /// What the strongest colour means.
    pub to: String,
}

/// A table of a chart's values. The first cell of each row is its header.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// Names of the columns.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

impl Readout {
    /// The readout as one sentence, for reading aloud.
    pub fn sentence(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(Line::phrase).collect();
        if lines.is_empty() { self.title.clone() } else { format!("{}: {}", self.title, lines.join("; ")) }
    }
}

impl Line {
    /// A line without a colour.
    pub fn new(name: &str, value: String) -> Self {
        Self { name: name.to_owned(), value, role: None, strong: false }
    }

    fn phrase(&self) -> String {
        if self.name.is_empty() { self.value.clone() } else { format!("{} {}", self.name, self.value) }
    }
}

/// Words of a timeline.
pub mod timeline {
    use super::{Line, Readout, Table, TimelineData, ticks, value_at};

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
}

/// Words of bars and columns.
pub mod bars {
    use super::{Bar, BarsData, Line, Readout, Table};

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

    fn capital(text: &str) -> String {
        super::capital(text)
    }
}

/// Words of a histogram.
pub mod histogram {
    use super::{Bin, HistogramData, Line, Readout, Role, Table, Unit, capital};

    /// How many values, between which, and where most are.
    pub fn summary(data: &HistogramData) -> String {
        let (Some(first), Some(last)) = (data.bins.first(), data.bins.last()) else { return String::new() };
        let total: f64 = data.bins.iter().map(|bin| bin.count).sum();
        let fullest = data.bins.iter().max_by(|a, b| a.count.total_cmp(&b.count).then(b.from.total_cmp(&a.from)));
        let most = fullest.map(|bin| format!("; most, {}, {}", data.counted.exact(bin.count), span(&data.unit, bin)));
        format!(
            "{} between {} and {} by {}{}.",
            data.counted.full(total),
            data.unit.short(first.from),
            data.unit.short(last.to),
            data.unit.name(),
            most.unwrap_or_default(),
        )
    }

    /// One bin.
    pub fn readout(data: &HistogramData, at: usize) -> Readout {
        range_readout(data, at, at)
    }

    /// Several bins together.
    pub fn range_readout(data: &HistogramData, from: usize, to: usize) -> Readout {
        let Some(bins) = data.bins.get(from..=to) else { return Readout::default() };
        let (Some(first), Some(last)) = (bins.first(), bins.last()) else { return Readout::default() };
        let count: f64 = bins.iter().map(|bin| bin.count).sum();
        let whole = Bin { from: first.from, to: last.to, count };
        let value = Line { role: Some(Role::Accent), strong: true, ..Line::new("", data.counted.full(count)) };
        Readout { title: capital(&span(&data.unit, &whole)), lines: vec![value] }
    }

    /// One row for each bin.
    pub fn table(data: &HistogramData) -> Table {
        let row = |bin: &Bin| vec![data.unit.short(bin.from), data.unit.short(bin.to), data.counted.exact(bin.count)];
        Table {
            head: vec![format!("From ({})", data.unit.name()), "To".to_owned(), capital(data.counted.name())],
            rows: data.bins.iter().map(row).collect(),
        }
    }

    fn span(unit: &Unit, bin: &Bin) -> String {
        format!("{} to {}", unit.short(bin.from), unit.short(bin.to))
    }
}

/// Words of a heat map.
pub mod heat {
    use super::{HeatData, Line, Readout, Table, value_at};

    /// The value of a cell.
    pub fn value(data: &HeatData, row: usize, column: usize) -> f64 {
        data.values.get(row).map_or(0.0, |values| value_at(values, column))
    }

    /// The largest value of all cells.
    pub fn largest(data: &HeatData) -> f64 {
        data.values.iter().flatten().copied().filter(|value| value.is_finite()).fold(0.0, f64::max)
    }

    /// How many, and which cell has most.
    pub fn summary(data: &HeatData) -> String {
        let total: f64 = data.values.iter().flatten().filter(|value| value.is_finite()).sum();
        let cells = (0..data.rows.len()).flat_map(|row| (0..data.columns.len()).map(move |column| (row, column)));
        let most = cells.max_by(|a, b| value(data, a.0, a.1).total_cmp(&value(data, b.0, b.1)).then_with(|| b.cmp(a)));
        let most = most.map_or_else(String::new, |(row, column)| {
            format!("; most, {}, at {}", data.unit.exact(value(data, row, column)), place(data, row, column))
        });
        format!("{} in {} by {} cells{most}.", data.unit.full(total), data.rows.len(), data.columns.len())
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
}

/// Words of a scatter plot.
pub mod scatter {
    use super::{Line, Readout, ScatterData, Table, ticks};

    /// How many points of which series, and what the axes are.
    pub fn summary(data: &ScatterData) -> String {
        let count = |at: usize| data.points.iter().filter(|point| point.series == at).count() as f64;
        let parts: Vec<String> = data
            .series
            .iter()
            .enumerate()
            .map(|(at, (name, _))| format!("{} {name}", ticks::grouped(count(at))))
            .collect();
        format!(
            "{} points, {} against {}: {}.",
            ticks::grouped(data.points.len() as f64),
            data.y_name,
            data.x_name,
            parts.join(", "),
        )
    }

    /// One point.
    pub fn readout(data: &ScatterData, at: usize) -> Readout {
        let Some(point) = data.points.get(at) else { return Readout::default() };
        let (title, role) = match data.series.get(point.series) {
            Some((name, role)) => (name.clone(), Some(*role)),
            None => (String::new(), None),
        };
        let x = Line { role, ..Line::new(&data.x_name, data.x_unit.exact(point.x)) };
        let y = Line { role, ..Line::new(&data.y_name, data.y_unit.exact(point.y)) };
        Readout { title, lines: vec![x, y] }
    }

    /// One row for each point.
    pub fn table(data: &ScatterData) -> Table {
        let row = |(at, point): (usize, &super::super::data::Point)| {
            let series = data.series.get(point.series).map(|(name, _)| name.clone()).unwrap_or_default();
            vec![ticks::grouped(at as f64 + 1.0), series, data.x_unit.exact(point.x), data.y_unit.exact(point.y)]
        };
        Table {
            head: vec!["Point".to_owned(), "Series".to_owned(), data.x_name.clone(), data.y_name.clone()],
            rows: data.points.iter().enumerate().map(row).collect(),
        }
    }
}

/// Words of a confusion matrix.
pub mod matrix {
    use super::{Line, MatrixData, Readout, Role, Table, ticks, value_at};

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
        let share = format!("{} of all that are {}", ticks::share(share(data, actual, predicted)), name(actual));
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
}

/// The text with a capital first letter.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
