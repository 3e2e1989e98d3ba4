//! What a chart is given: plain values, no browser. Times are milliseconds since 1970 in UTC.

use super::ticks;

/// The role that colours a mark. The theme turns it into a colour, so that both themes stay right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The one colour of charts with a single series.
    Accent,
    /// What is left over: "other".
    Muted,
    /// One of the seven colours of series, 1..=7.
    Series(u8),
    /// The class of an HTTP status code, 1..=5.
    Status(u8),
    /// A verdict: careful.
    Careful,
    /// A verdict: meaningless, a mistake.
    Wrong,
}

impl Role {
    /// The CSS custom property that holds the colour.
    pub fn property(self) -> String {
        match self {
            Self::Accent => "--accent".to_owned(),
            Self::Muted => "--text-muted".to_owned(),
            Self::Series(number) => format!("--series-{number}"),
            Self::Status(class) => format!("--status-{class}xx"),
            Self::Careful => "--careful".to_owned(),
            Self::Wrong => "--wrong".to_owned(),
        }
    }
}

/// What a number counts or measures.
#[derive(Debug, Clone, PartialEq)]
pub enum Unit {
    /// Things, named in the plural: `requests`.
    Count(String),
    /// Bytes, written in decimal units.
    Bytes,
    /// A duration in milliseconds.
    Millis,
    /// A number with this name and no unit.
    Plain(String),
}

impl Unit {
    /// A count of `things`.
    pub fn count(things: &str) -> Self {
        Self::Count(things.to_owned())
    }

    /// The name to write on an axis.
    pub fn name(&self) -> &str {
        match self {
            Self::Count(name) | Self::Plain(name) => name,
            Self::Bytes => "bytes",
            Self::Millis => "time",
        }
    }

    /// The number as written on an axis or beside a bar: short.
    pub fn short(&self, value: f64) -> String {
        match self {
            Self::Count(_) | Self::Plain(_) => ticks::short(value),
            Self::Bytes => ticks::bytes(value),
            Self::Millis => ticks::duration(value),
        }
    }

    /// The number as written in a table or beside a name: exact where it is a count, without the counted thing.
    pub fn exact(&self, value: f64) -> String {
        match self {
            Self::Count(_) | Self::Plain(_) => ticks::grouped(value),
            _ => self.short(value),
        }
    }

    /// The number with what it counts: `12,345 requests`.
    pub fn full(&self, value: f64) -> String {
        match self {
            Self::Count(name) => format!("{} {name}", ticks::grouped(value)),
            _ => self.exact(value),
        }
    }
}

/// One layer of a stack.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// What the layer is called; also what is handed back when it is picked.
    pub name: String,
    /// Its colour.
    pub role: Role,
    /// One value for each step.
    pub values: Vec<f64>,
}

/// Stacked bars over time.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineData {
    /// Where the first step starts.
    pub start_ms: f64,
    /// How long each step is.
    pub step_ms: f64,
    /// The layers, from the bottom up.
    pub series: Vec<Series>,
    /// What is counted.
    pub unit: Unit,
}

impl TimelineData {
    /// The number of steps.
    pub fn steps(&self) -> usize {
        self.series.iter().map(|series| series.values.len()).max().unwrap_or(0)
    }

    /// Where the last step ends.
    pub fn end_ms(&self) -> f64 {
        self.start_of(self.steps())
    }

    /// Where the step `step` starts.
    pub fn start_of(&self, step: usize) -> f64 {
        self.start_ms + step as f64 * self.step_ms
    }

    /// The sum of all layers at one step.
    pub fn total_at(&self, step: usize) -> f64 {
        self.series.iter().map(|series| value_at(&series.values, step)).sum()
    }

    /// The sum of everything.
    pub fn total(&self) -> f64 {
        (0..self.steps()).map(|step| self.total_at(step)).sum()
    }

    /// The same values in steps `factor` times as long, which start at multiples of their length, or of a day if longer.
    pub fn coarser(&self, factor: usize) -> Self {
        let step_ms = self.step_ms * factor.max(1) as f64;
        let raster = if step_ms % ticks::DAY == 0.0 { ticks::DAY.max(self.step_ms) } else { step_ms };
        let start_ms = (self.start_ms / raster).floor() * raster;
        let ahead = ((self.start_ms - start_ms) / self.step_ms).round() as usize;
        let steps = (ahead + self.steps()).div_ceil(factor.max(1));
        let merge = |values: &[f64]| {
            let mut merged = vec![0.0; steps];
            for at in 0..values.len() {
                merged[(ahead + at) / factor.max(1)] += value_at(values, at);
            }
            merged
        };
        let series =
            self.series.iter().map(|series| Series { values: merge(&series.values), ..series.clone() }).collect();
        Self { start_ms, step_ms, series, unit: self.unit.clone() }
    }
}

/// The value at a place, zero where there is none.
pub fn value_at(values: &[f64], at: usize) -> f64 {
    values.get(at).copied().filter(|value| value.is_finite()).unwrap_or(0.0)
}

/// One bar or column.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// What is handed back when it is picked.
    pub key: String,
    /// What is written beside it.
    pub label: String,
    /// How long it is.
    pub value: f64,
    /// Its colour.
    pub role: Role,
    /// One more line for whoever points at it.
    pub detail: Option<String>,
}

/// Horizontal bars or vertical columns, in the order they are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct BarsData {
    /// The bars, first on top or at the left.
    pub bars: Vec<Bar>,
    /// What is counted.
    pub unit: Unit,
}

/// One bin of a histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Where it starts, inclusive.
    pub from: f64,
    /// Where it ends, exclusive.
    pub to: f64,
    /// How many fall into it.
    pub count: f64,
}

/// How often values fall into ranges of values.
#[derive(Debug, Clone, PartialEq)]
pub struct HistogramData {
    /// The bins, ascending.
    pub bins: Vec<Bin>,
    /// Whether the axis of values is logarithmic.
    pub log: bool,
    /// The unit of the values.
    pub unit: Unit,
    /// What is counted.
    pub counted: Unit,
}

/// A table of values shown by colour, such as hours by weekdays.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatData {
    /// Names of the rows, from the top.
    pub rows: Vec<String>,
    /// Names of the columns, from the left.
    pub columns: Vec<String>,
    /// One list of values for each row.
    pub values: Vec<Vec<f64>>,
    /// What is counted.
    pub unit: Unit,
}

/// One point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its place on the horizontal axis.
    pub x: f64,
    /// Its place on the vertical axis.
    pub y: f64,
    /// The place of its series in [`ScatterData::series`].
    pub series: usize,
}

/// Points in two dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterData {
    /// The points; their order is what a pick refers to.
    pub points: Vec<Point>,
    /// Name and colour of each series.
    pub series: Vec<(String, Role)>,
    /// Name of the horizontal axis.
    pub x_name: String,
    /// Name of the vertical axis.
    pub y_name: String,
    /// Unit of the horizontal axis.
    pub x_unit: Unit,
    /// Unit of the vertical axis.
    pub y_unit: Unit,
    /// Whether the horizontal axis is logarithmic; points at or below zero are not drawn then.
    pub log_x: bool,
    /// Whether the vertical axis is logarithmic; points at or below zero are not drawn then.
    pub log_y: bool,
}

/// A confusion matrix: what rows are against what a model said they are.
#[derive(Debug, Clone, PartialEq)]
pub struct MatrixData {
    /// Names of the classes, the same for both directions.
    pub labels: Vec<String>,
    /// Counts, one list for each actual class, in it one count for each predicted class.
    pub counts: Vec<Vec<f64>>,
    /// What is counted.
    pub unit: Unit,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline() -> TimelineData {
        let series =
            |name: &str, values: &[f64]| Series { name: name.to_owned(), role: Role::Accent, values: values.to_vec() };
        TimelineData {
            start_ms: 0.0,
            step_ms: 10.0,
            series: vec![series("a", &[1.0, 2.0, 3.0]), series("b", &[4.0, f64::NAN])],
            unit: Unit::count("requests"),
        }
    }

    #[test]
    fn missing_values_are_zero() {
        let data = timeline();
        assert_eq!(data.steps(), 3);
        assert_eq!(data.end_ms(), 30.0);
        assert_eq!(data.total(), 10.0);
    }

    #[test]
    fn coarser_steps_keep_the_sum() {
        let data = TimelineData { series: timeline().series[..1].to_vec(), ..timeline() };
        let coarser = data.coarser(2);
        assert_eq!(coarser.series[0].values, [3.0, 3.0]);
        assert_eq!((coarser.step_ms, coarser.total()), (20.0, data.total()));
        let later = TimelineData { start_ms: 30.0, ..data }.coarser(2);
        assert_eq!((later.start_ms, later.series[0].values.as_slice()), (20.0, [1.0, 5.0].as_slice()));
    }

    #[test]
    fn roles_name_properties() {
        assert_eq!(Role::Status(4).property(), "--status-4xx");
        assert_eq!(Role::Series(1).property(), "--series-1");
    }

    #[test]
    fn units_write_numbers() {
        assert_eq!(Unit::count("requests").full(12_345.0), "12,345 requests");
        assert_eq!(Unit::Bytes.exact(1_000.0), "1\u{a0}kB");
    }
}
