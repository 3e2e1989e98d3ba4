//! Points in two dimensions.

use std::{cmp::Reverse, collections::HashSet, sync::Arc};

use leptos::prelude::*;
use plotters::{
    element::{Circle, Cross, Rectangle, TriangleMarker},
    style::{Color, ShapeStyle},
};

use super::{
    axis::Axis,
    data::{Point, Role, ScatterData, Unit},
    frame::{Caption, Frame as ChartFrame},
    geometry::{Geometry, Hit, Mark, Rect},
    plot::{Picture, Plot},
    sketch::{DrawError, Frame, Plane, Sketch, plot_area, rgba},
    state::Act,
    ticks,
    words::{Readout, Table, scatter as words},
};

/// Height in CSS pixels.
const HEIGHT: f64 = 288.0;
/// Radius of a point in CSS pixels.
const RADIUS: i32 = 3;
/// How far from a point the pointer may be, in CSS pixels.
const REACH: f64 = 16.0;
/// Room for one label of the horizontal axis, in CSS pixels.
const LABEL_ROOM: f64 = 72.0;
/// About how many ticks the vertical axis has.
const Y_TICKS: usize = 6;
/// Points closer together than this in both directions are drawn once, in CSS pixels.
const SAME_PLACE: i32 = 2;
/// More points than this are not drawn: a canvas needs about a microsecond for each pixel of a circle.
const MOST_POINTS: usize = 4_000;
/// Opacity of a point, so that dense places are darker.
const OPACITY: f64 = 0.75;
/// The part of a linear axis that is left free at its ends.
const MARGIN: f64 = 0.04;

/// Points of up to seven series. A click picks the nearest point.
#[component]
pub fn ScatterPlot(
    /// The points.
    #[prop(into)]
    data: Signal<ScatterData>,
    /// What the chart is called.
    #[prop(into)]
    label: Signal<String>,
    /// Why the chart is empty, if it is.
    #[prop(into)]
    empty: Signal<String>,
    /// Called with the place of a picked point in the data.
    #[prop(into, optional)]
    on_pick: Option<Callback<usize>>,
) -> impl IntoView {
    let picture = Memo::new(move |_| Picture::new(Points::all(data.get())));
    let drawn = Memo::new(move |_| data.with(in_order));
    let on_act = Callback::new(move |act| {
        let Act::Pick { mark, .. } = act else { return };
        if let (Some(on_pick), Some(at)) = (on_pick, drawn.with_untracked(|order| order.get(mark.column).copied())) {
            on_pick.run(at);
        }
    });
    let caption = Caption { label, empty, pickable: on_pick.is_some(), has_menu: false };
    view! { <ChartFrame picture=picture.into() caption=caption on_act=on_act /> }
}

/// The points with the order in which keys step through them.
#[derive(Clone)]
struct Points {
    data: Arc<ScatterData>,
    order: Arc<Vec<usize>>,
}

impl Points {
    fn all(data: ScatterData) -> Self {
        Self { order: Arc::new(in_order(&data)), data: Arc::new(data) }
    }
}

/// The places of the points that can be drawn, from left to right, evenly thinned out to [`MOST_POINTS`].
fn in_order(data: &ScatterData) -> Vec<usize> {
    let fits = |value: f64, log: bool| value.is_finite() && (!log || value > 0.0);
    let is_drawn = |point: &Point| fits(point.x, data.log_x) && fits(point.y, data.log_y);
    let places = |series: usize| {
        let of_series = |at: &usize| data.points[*at].series.min(data.series.len()) == series;
        (0..data.points.len()).filter(|at| is_drawn(&data.points[*at])).filter(of_series).collect()
    };
    let mut order = thinned((0..=data.series.len()).map(places).collect(), MOST_POINTS);
    order.sort_by(|a, b| data.points[*a].x.total_cmp(&data.points[*b].x).then(a.cmp(b)));
    order
}

/// At most `most` of the places: small series keep all of theirs, what is left is shared by the large ones.
fn thinned(mut series: Vec<Vec<usize>>, most: usize) -> Vec<usize> {
    series.sort_by_key(Vec::len);
    let (mut kept, mut waiting) = (Vec::new(), series.len());
    for places in series {
        let room = (most - kept.len().min(most)) / waiting.max(1);
        let stride = places.len().div_ceil(room.max(1)).max(1);
        kept.extend(places.into_iter().step_by(stride));
        waiting -= 1;
    }
    kept
}

impl Plot for Points {
    fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    fn summary(&self) -> String {
        words::summary(&self.data)
    }

    fn legend(&self) -> Vec<(String, Role)> {
        if self.data.series.len() < 2 { Vec::new() } else { self.data.series.clone() }
    }

    fn has_shapes(&self) -> bool {
        true
    }

    fn table(&self) -> Table {
        words::table(&self.data)
    }

    fn readout(&self, mark: Mark) -> Readout {
        self.order.get(mark.column).map(|at| words::readout(&self.data, *at)).unwrap_or_default()
    }

    fn height(&self, _width: f64) -> f64 {
        HEIGHT
    }

    fn draw(&self, sketch: &Sketch) -> Result<Geometry, DrawError> {
        let data = &self.data;
        let labels = (f64::from(sketch.width) / LABEL_ROOM).max(2.0) as usize;
        let x = self.axis(|point| point.x, (&data.x_unit, data.log_x), labels);
        let y = self.axis(|point| point.y, (&data.y_unit, data.log_y), Y_TICKS);
        let (x_name, y_name) = (axis_name(&data.x_name, data.log_x), axis_name(&data.y_name, data.log_y));
        let note = self.note();
        let plane = sketch.frame(x, y, &Frame { x_name: &x_name, y_name: &y_name, note: &note, x_grid: true })?;
        let cells = self.draw_points(sketch, &plane)?;
        Ok(Geometry {
            plot: plot_area(&plane),
            columns: cells.len(),
            rows: 1,
            cells,
            hit: Hit::Nearest(REACH),
            upward: true,
            edges: Vec::new(),
        })
    }
}

impl Points {
    fn axis(&self, value: impl Fn(&Point) -> f64, (unit, log): (&Unit, bool), count: usize) -> Axis {
        let values = self.order.iter().filter_map(|at| self.data.points.get(*at)).map(value);
        let (low, high) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        if log {
            return Axis::logarithmic(low / 1.5..high * 1.5, unit, count);
        }
        let margin = if high > low { (high - low) * MARGIN } else { 0.5 };
        Axis::linear(low - margin..high + margin, unit, count)
    }

    fn note(&self) -> String {
        let (drawn, all) = (self.order.len(), self.data.points.len());
        if drawn == all {
            return String::new();
        }
        format!("{} of {} points drawn", ticks::grouped(drawn as f64), ticks::grouped(all as f64))
    }

    /// Draws the points, each place once and the rarest series on top, and gives the rectangles of all of them.
    fn draw_points(&self, sketch: &Sketch, plane: &Plane) -> Result<Vec<Rect>, DrawError> {
        let mut seen = HashSet::new();
        let mut cells = Vec::with_capacity(self.order.len());
        let inks: Vec<_> = self.data.series.iter().map(|(_, role)| sketch.theme.ink(*role).faded(OPACITY)).collect();
        let mut layers = vec![Vec::new(); self.data.series.len() + 1];
        for point in self.order.iter().filter_map(|at| self.data.points.get(*at)) {
            let (x, y) = plane.plotting_area().map_coordinate(&(point.x, point.y));
            cells.push(Rect::between((x - RADIUS, y - RADIUS), (x + RADIUS, y + RADIUS)));
            let series = point.series.min(self.data.series.len());
            if seen.insert((x / SAME_PLACE, y / SAME_PLACE, series)) {
                layers[series].push((x, y));
            }
        }
        let mut layers: Vec<_> = layers.into_iter().enumerate().collect();
        layers.sort_by_key(|(series, places)| (Reverse(places.len()), *series));
        for (series, places) in layers {
            let ink = inks.get(series).copied().unwrap_or(sketch.theme.muted);
            for place in places {
                draw_point(sketch, place, series, rgba(ink).filled())?;
            }
        }
        Ok(cells)
    }
}

/// Series differ in colour and in shape; the legend shows the same shapes.
fn draw_point(sketch: &Sketch, (x, y): (i32, i32), series: usize, style: ShapeStyle) -> Result<(), DrawError> {
    match series % 4 {
        0 => sketch.root.draw(&Circle::new((x, y), RADIUS, style)),
        1 => sketch.root.draw(&TriangleMarker::new((x, y), RADIUS + 2, style)),
        2 => {
            let corners = [(x - RADIUS + 1, y - RADIUS + 1), (x + RADIUS - 1, y + RADIUS - 1)];
            sketch.root.draw(&Rectangle::new(corners, style))
        }
        _ => sketch.root.draw(&Cross::new((x, y), RADIUS, style.stroke_width(2))),
    }
}

fn axis_name(name: &str, log: bool) -> String {
    if log { format!("{name}, logarithmic") } else { name.to_owned() }
}
