//! Vertical columns: a few categories in an order that means something.

use leptos::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{
    axis::Axis,
    bars::{BarCalls, act_on_bars},
    data::{Bar, BarsData, Role, Unit},
    frame::{Caption, Frame as ChartFrame},
    geometry::{Geometry, Hit, Mark, Rect},
    plot::{Picture, Plot},
    sketch::{DrawError, Frame, LINE, Plane, Sketch, data_rect, plot_area},
    words::{Readout, Table, bars as words},
};

/// Height in CSS pixels.
const HEIGHT: f64 = 208.0;
/// The share of its place that a column takes.
const FULLNESS: f64 = 0.76;
/// The widest column in CSS pixels.
const WIDEST: f64 = 64.0;
/// Least distance between two names in CSS pixels.
const NAME_GAP: i32 = 6;

/// Vertical columns with names below and, where they fit, values above. A click picks a column.
#[component]
pub fn ColumnChart(
    /// The columns, the first at the left.
    #[prop(into)]
    data: Signal<BarsData>,
    /// What the chart is called.
    #[prop(into)]
    label: Signal<String>,
    /// Why the chart is empty, if it is.
    #[prop(into)]
    empty: Signal<String>,
    /// Called with the key of a picked column, and whether to exclude it.
    #[prop(into, optional)]
    on_pick: Option<Callback<(String, bool)>>,
    /// Called with the key of a column whose menu is asked for, and where to open it: CSS pixels in the window.
    #[prop(into, optional)]
    on_menu: Option<Callback<(String, f64, f64)>>,
) -> impl IntoView {
    let picture = Memo::new(move |_| Picture::new(Columns(data.get())));
    let on_act = act_on_bars(data, |mark| mark.row.map(|_| mark.column), BarCalls { on_pick, on_menu });
    let caption = Caption { label, empty, pickable: on_pick.is_some(), has_menu: on_menu.is_some() };
    view! { <ChartFrame picture=picture.into() caption=caption on_act=on_act /> }
}

/// Bars as columns.
struct Columns(BarsData);

impl Plot for Columns {
    fn is_empty(&self) -> bool {
        self.0.bars.is_empty()
    }

    fn summary(&self) -> String {
        words::summary(&self.0)
    }

    fn legend(&self) -> Vec<(String, Role)> {
        Vec::new()
    }

    fn table(&self) -> Table {
        words::table(&self.0)
    }

    fn readout(&self, mark: Mark) -> Readout {
        words::readout(&self.0, mark.column)
    }

    fn height(&self, _width: f64) -> f64 {
        HEIGHT
    }

    fn draw(&self, sketch: &Sketch) -> Result<Geometry, DrawError> {
        let Self(data) = self;
        let highest = data.bars.iter().map(|bar| bar.value).filter(|value| value.is_finite()).fold(0.0, f64::max);
        let y = Axis::from_zero(highest, &data.unit, 4);
        let frame = Frame { y_name: data.unit.name(), ..Frame::default() };
        let plane = sketch.frame_with_room(Axis::places(data.bars.len()), y, &frame, LINE + 3)?;
        let cells: Vec<Rect> = data.bars.iter().enumerate().map(|(at, bar)| column(&plane, at, bar)).collect();
        for (cell, bar) in cells.iter().zip(&data.bars) {
            sketch.fill(*cell, sketch.theme.ink(bar.role))?;
        }
        let plot = plot_area(&plane);
        draw_names(sketch, data, plot)?;
        draw_values(sketch, data, (&cells, plot))?;
        Ok(Geometry {
            plot,
            columns: data.bars.len(),
            rows: 1,
            cells,
            hit: Hit::Columns,
            upward: true,
            edges: Vec::new(),
        })
    }
}

fn column(plane: &Plane, at: usize, bar: &Bar) -> Rect {
    let value = if bar.value.is_finite() { bar.value.max(0.0) } else { 0.0 };
    let place = data_rect(plane, (at as f64, 0.0), (at as f64 + 1.0, value));
    let width = (place.width * FULLNESS).clamp(1.0, WIDEST).round();
    Rect { x: (place.center().0 - width / 2.0).round(), width, ..place }
}

/// Writes every name, or every second, third and so on where there is no room for all.
fn draw_names(sketch: &Sketch, data: &BarsData, plot: Rect) -> Result<(), DrawError> {
    let place = plot.width / data.bars.len() as f64;
    let widest = data.bars.iter().map(|bar| sketch.text_width(&bar.label)).max().unwrap_or(0);
    let shown = f64::from(widest.min((plot.width / 4.0) as i32));
    let stride =
        if data.bars.len() > 12 { ((shown + f64::from(NAME_GAP)) / place).ceil().max(1.0) as usize } else { 1 };
    let room = (place * stride as f64) as i32 - NAME_GAP;
    for (at, bar) in data.bars.iter().enumerate().step_by(stride) {
        let x = plot.x + place * (at as f64 + 0.5);
        let name = sketch.fitted(&bar.label, room);
        let at = (x as i32, plot.bottom() as i32 + NAME_GAP);
        sketch.write(&name, at, (HPos::Center, VPos::Top), sketch.theme.text)?;
    }
    Ok(())
}

/// Writes the values above the columns, if there is room for all.
fn draw_values(sketch: &Sketch, data: &BarsData, (cells, plot): (&[Rect], Rect)) -> Result<(), DrawError> {
    let place = (plot.width / data.bars.len() as f64) as i32;
    let text = |bar: &Bar| match data.unit {
        Unit::Count(_) if bar.value < 10_000.0 => data.unit.exact(bar.value),
        _ => data.unit.short(bar.value),
    };
    if data.bars.iter().any(|bar| sketch.text_width(&text(bar)) + NAME_GAP > place) {
        return Ok(());
    }
    for (cell, bar) in cells.iter().zip(&data.bars) {
        let at = (cell.center().0 as i32, cell.y as i32 - 3);
        sketch.write(&text(bar), at, (HPos::Center, VPos::Bottom), sketch.theme.muted)?;
    }
    Ok(())
}
