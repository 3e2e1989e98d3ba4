//! Stacked bars over time: how much happened when.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    axis::Axis,
    data::{Role, TimelineData, value_at},
    frame::{Caption, Frame as ChartFrame},
    geometry::{Geometry, Hit, Mark, Rect},
    plot::{Picture, Plot},
    sketch::{DrawError, Frame, Plane, Sketch, data_rect, plot_area},
    state::Act,
    ticks,
    words::{Readout, Table, timeline as words},
};

/// Height in CSS pixels.
const HEIGHT: f64 = 208.0;
/// The narrowest bar with its gap, in CSS pixels: below, steps are merged.
const LEAST_STEP: f64 = 3.0;
/// Room for the vertical axis when steps are counted, in CSS pixels.
const AXIS_ROOM: f64 = 48.0;
/// Bars at least this wide are drawn with a gap between them, in CSS pixels.
const GAP_FROM: f64 = 4.0;
/// Horizontal room for one label of the time axis, in CSS pixels.
const LABEL_ROOM: f64 = 80.0;

/// Stacked bars over UTC time. Dragging chooses a range, a click picks a layer.
#[component]
pub fn TimelineChart(
    /// The layers over time.
    #[prop(into)]
    data: Signal<TimelineData>,
    /// What the chart is called.
    #[prop(into)]
    label: Signal<String>,
    /// Why the chart is empty, if it is.
    #[prop(into)]
    empty: Signal<String>,
    /// Called with start and end of a chosen range, in milliseconds since 1970.
    #[prop(into, optional)]
    on_range: Option<Callback<(f64, f64)>>,
    /// Called with the name of a picked layer, and whether to exclude it.
    #[prop(into, optional)]
    on_pick: Option<Callback<(String, bool)>>,
    /// Called when the range is taken back.
    #[prop(into, optional)]
    on_clear: Option<Callback<()>>,
    /// Called with the name of a layer whose menu is asked for, and where to open it: CSS pixels in the window.
    #[prop(into, optional)]
    on_menu: Option<Callback<(String, f64, f64)>>,
) -> impl IntoView {
    let picture = Memo::new(move |_| Picture::new(data.get()));
    let picked = move |mark: Mark| {
        data.with_untracked(|data| mark.row.and_then(|row| data.series.get(row)).map(|series| series.name.clone()))
    };
    let on_act = Callback::new(move |act| match act {
        Act::Pick { mark, exclude } => {
            if let (Some(on_pick), Some(name)) = (on_pick, picked(mark)) {
                on_pick.run((name, exclude));
            }
        }
        Act::Range { from, to } => drop(on_range.map(|on_range| on_range.run((from, to)))),
        Act::Clear => drop(on_clear.map(|on_clear| on_clear.run(()))),
        Act::Menu { mark, at: (x, y) } => {
            if let (Some(on_menu), Some(name)) = (on_menu, picked(mark)) {
                on_menu.run((name, x, y));
            }
        }
    });
    let caption = Caption { label, empty, pickable: on_pick.is_some(), has_menu: on_menu.is_some() };
    view! { <ChartFrame picture=picture.into() caption=caption on_act=on_act /> }
}

impl Plot for TimelineData {
    fn is_empty(&self) -> bool {
        self.steps() == 0 || self.total() <= 0.0
    }

    fn summary(&self) -> String {
        words::summary(self)
    }

    fn legend(&self) -> Vec<(String, Role)> {
        if self.series.len() < 2 {
            return Vec::new();
        }
        self.series.iter().map(|series| (series.name.clone(), series.role)).collect()
    }

    fn series_are_rows(&self) -> bool {
        true
    }

    fn table(&self) -> Table {
        words::table(self)
    }

    fn readout(&self, mark: Mark) -> Readout {
        words::readout(self, mark.column, mark.row)
    }

    fn range_readout(&self, from: usize, to: usize) -> Option<Readout> {
        Some(words::range_readout(self, from, to))
    }

    fn height(&self, _width: f64) -> f64 {
        HEIGHT
    }

    fn fitted(&self, width: f64) -> Option<Arc<dyn Plot>> {
        let room = ((width - AXIS_ROOM) / LEAST_STEP).max(1.0) as usize;
        let factor = ticks::step_factor(self.step_ms, self.steps().div_ceil(room));
        (factor > 1).then(|| Arc::new(self.coarser(factor)) as Arc<dyn Plot>)
    }

    fn draw(&self, sketch: &Sketch) -> Result<Geometry, DrawError> {
        let highest = (0..self.steps()).map(|step| self.total_at(step)).fold(0.0, f64::max);
        let y = Axis::from_zero(highest, &self.unit, 4);
        let labels = (f64::from(sketch.width) / LABEL_ROOM).max(2.0) as usize;
        let x = Axis::time(self.start_ms..self.end_ms(), labels);
        let plane = sketch.frame(
            x,
            y,
            &Frame {
                note: &format!("{}, UTC", ticks::span_of_days(self.start_ms, self.end_ms())),
                y_name: &format!("{} per {}", self.unit.name(), ticks::each(self.step_ms)),
                ..Frame::default()
            },
        )?;
        let cells = stack(self, &plane);
        for (row, series) in self.series.iter().enumerate() {
            let layer: Vec<Rect> = cells.iter().skip(row).step_by(self.series.len()).copied().collect();
            sketch.fill_all(&layer, sketch.theme.ink(series.role))?;
        }
        Ok(Geometry {
            plot: plot_area(&plane),
            columns: self.steps(),
            rows: self.series.len(),
            cells,
            hit: Hit::Columns,
            upward: true,
            edges: (0..=self.steps()).map(|step| self.start_of(step)).collect(),
        })
    }
}

/// The rectangles of all layers, step by step, from the bottom up.
fn stack(data: &TimelineData, plane: &Plane) -> Vec<Rect> {
    let mut cells = Vec::with_capacity(data.steps() * data.series.len());
    for step in 0..data.steps() {
        let (from, to) = (data.start_of(step), data.start_of(step + 1));
        let mut below = 0.0;
        for series in &data.series {
            let above = below + value_at(&series.values, step).max(0.0);
            cells.push(spaced(data_rect(plane, (from, below), (to, above))));
            below = above;
        }
    }
    cells
}

/// The rectangle with a gap on its right where there is room for one.
pub fn spaced(rect: Rect) -> Rect {
    if rect.width >= GAP_FROM { Rect { width: rect.width - 1.0, ..rect } } else { rect }
}
