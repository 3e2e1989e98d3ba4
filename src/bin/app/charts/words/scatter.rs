//! Words of a scatter plot.

use crate::charts::{
    data::{Point, ScatterData},
    ticks,
    words::{Line, Readout, Table},
};

/// How many points of which series, and what the axes are.
pub fn summary(data: &ScatterData) -> String {
    let count = |at: usize| data.points.iter().filter(|point| point.series == at).count() as f64;
    let parts: Vec<String> =
        data.series.iter().enumerate().map(|(at, (name, _))| format!("{} {name}", ticks::grouped(count(at)))).collect();
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
    let title = data.series.get(point.series).map(|(name, _)| name.clone()).unwrap_or_default();
    let x = Line::new(&data.x_name, data.x_unit.exact(point.x));
    let y = Line::new(&data.y_name, data.y_unit.exact(point.y));
    Readout { title, lines: vec![x, y] }
}

/// One row for each point.
pub fn table(data: &ScatterData) -> Table {
    let row = |(at, point): (usize, &Point)| {
        let series = data.series.get(point.series).map(|(name, _)| name.clone()).unwrap_or_default();
        vec![ticks::grouped(at as f64 + 1.0), series, data.x_unit.exact(point.x), data.y_unit.exact(point.y)]
    };
    Table {
        head: vec!["Point".to_owned(), "Series".to_owned(), data.x_name.clone(), data.y_name.clone()],
        rows: data.points.iter().enumerate().map(row).collect(),
    }
}
