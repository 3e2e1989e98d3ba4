//! A histogram: how often values fall into ranges.

use leptos::prelude::*;

use super::{
    axis::Axis,
    data::{Bin, HistogramData, Role},
    frame::{Caption, Frame as ChartFrame},
    geometry::{Geometry, Hit, Mark, Rect},
    plot::{Picture, Plot},
    sketch::{DrawError, Frame, Sketch, data_rect, plot_area},
    state::Act,
    timeline::spaced,
    words::{Readout, Table, histogram as words},
};

/// Height in CSS pixels.
const HEIGHT: f64 = 208.0;
/// Horizontal room for one label of the axis of values, in CSS pixels.
const LABEL_ROOM: f64 = 72.0;
/// How far below its upper end the first bin starts on a logarithmic axis if it starts at zero.
const ZERO_FACTOR: f64 = 0.5;

/// A histogram. Dragging chooses a range of values, a click the range of one bin.
#[component]
pub fn HistogramChart(
    /// The bins.
    #[prop(into)]
    data: Signal<HistogramData>,
    /// What the chart is called.
    #[prop(into)]
    label: Signal<String>,
    /// Why the chart is empty, if it is.
    #[prop(into)]
    empty: Signal<String>,
    /// Called with both ends of a chosen range of values.
    #[prop(into, optional)]
    on_range: Option<Callback<(f64, f64)>>,
    /// Called when the range is taken back.
    #[prop(into, optional)]
    on_clear: Option<Callback<()>>,
) -> impl IntoView {
    let picture = Memo::new(move |_| Picture::new(data.get()));
    let bin = move |mark: Mark| data.with_untracked(|data| data.bins.get(mark.column).copied());
    let choose = move |range: Option<(f64, f64)>| {
        if let (Some(on_range), Some(range)) = (on_range, range) {
            on_range.run(range);
        }
    };
    let on_act = Callback::new(move |act| match act {
        Act::Pick { mark, .. } => choose(bin(mark).map(|bin| (bin.from, bin.to))),
        Act::Range { from, to } => choose(Some((from, to))),
        Act::Clear => drop(on_clear.map(|on_clear| on_clear.run(()))),
        Act::Menu { .. } => {}
    });
    let caption = Caption { label, empty, pickable: on_range.is_some(), has_menu: false };
    view! { <ChartFrame picture=picture.into() caption=caption on_act=on_act /> }
}

impl Plot for HistogramData {
    fn is_empty(&self) -> bool {
        !self.bins.iter().any(|bin| bin.count > 0.0)
    }

    fn summary(&self) -> String {
        words::summary(self)
    }

    fn legend(&self) -> Vec<(String, Role)> {
        Vec::new()
    }

    fn table(&self) -> Table {
        words::table(self)
    }

    fn readout(&self, mark: Mark) -> Readout {
        words::readout(self, mark.column)
    }

    fn range_readout(&self, from: usize, to: usize) -> Option<Readout> {
        Some(words::range_readout(self, from, to))
    }

    fn height(&self, _width: f64) -> f64 {
        HEIGHT
    }

    fn draw(&self, sketch: &Sketch) -> Result<Geometry, DrawError> {
        let highest = self.bins.iter().map(|bin| bin.count).fold(0.0, f64::max);
        let labels = (f64::from(sketch.width) / LABEL_ROOM).max(2.0) as usize;
        let x = self.value_axis(labels);
        let name = self.unit.name();
        let name = if self.log { format!("{name}, logarithmic") } else { name.to_owned() };
        let frame = Frame { x_name: &name, y_name: self.counted.name(), ..Frame::default() };
        let plane = sketch.frame(x, Axis::from_zero(highest, &self.counted, 4), &frame)?;
        let cell = |bin: &Bin| spaced(data_rect(&plane, (bin.from, 0.0), (bin.to, bin.count)));
        let cells: Vec<Rect> = self.bins.iter().map(cell).collect();
        sketch.fill_all(&cells, sketch.theme.ink(Role::Accent))?;
        Ok(Geometry {
            plot: plot_area(&plane),
            columns: self.bins.len(),
            rows: 1,
            cells,
            hit: Hit::Columns,
            upward: true,
            edges: self.edges(),
        })
    }
}

impl HistogramData {
    fn value_axis(&self, labels: usize) -> Axis {
        let ends = self.bins.first().zip(self.bins.last());
        let (first, end) = ends.map_or((0.0, 1.0), |(first, last)| (first.from, last.to));
        if !self.log {
            return Axis::linear(first..end, &self.unit, labels);
        }
        let positive = self.bins.iter().find(|bin| bin.to > 0.0).map_or(1.0, |bin| bin.to * ZERO_FACTOR);
        Axis::logarithmic(if first > 0.0 { first } else { positive }..end, &self.unit, labels)
    }

    fn edges(&self) -> Vec<f64> {
        self.bins.iter().map(|bin| bin.from).chain(self.bins.last().map(|bin| bin.to)).collect()
    }
}
