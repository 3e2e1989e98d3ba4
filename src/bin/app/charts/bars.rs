//! Horizontal bars: the largest of many, each with its name, its value and its length.

use leptos::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{
    data::{Bar, BarsData, Role},
    frame::{Caption, Frame},
    geometry::{Geometry, Hit, Mark, Rect},
    plot::{Picture, Plot},
    sketch::{DrawError, Sketch},
    state::Act,
    words::{Readout, Table, bars as words},
};

/// Height of one row in CSS pixels.
const ROW: f64 = 24.0;
/// Height of a bar in CSS pixels.
const THICKNESS: f64 = 12.0;
/// Distance between name, bar and value in CSS pixels.
const GAP: i32 = 8;
/// The share of the width that names may take.
const NAMES: f64 = 0.42;
/// The shortest bar of a value above zero, in CSS pixels.
const LEAST: f64 = 2.0;

/// Horizontal bars with names and values. A click picks a bar.
#[component]
pub fn BarChart(
    /// The bars, the first on top.
    #[prop(into)]
    data: Signal<BarsData>,
    /// What the chart is called.
    #[prop(into)]
    label: Signal<String>,
    /// Why the chart is empty, if it is.
    #[prop(into)]
    empty: Signal<String>,
    /// Called with the key of a picked bar, and whether to exclude it.
    #[prop(into, optional)]
    on_pick: Option<Callback<(String, bool)>>,
    /// Called with the key of a bar whose menu is asked for, and where to open it: CSS pixels in the window.
    #[prop(into, optional)]
    on_menu: Option<Callback<(String, f64, f64)>>,
) -> impl IntoView {
    let picture = Memo::new(move |_| Picture::new(Rows(data.get())));
    let on_act = act_on_bars(data, |mark| mark.row, BarCalls { on_pick, on_menu });
    let caption = Caption { label, empty, pickable: on_pick.is_some(), has_menu: on_menu.is_some() };
    view! { <Frame picture=picture.into() caption=caption on_act=on_act /> }
}

/// What is called when something is done with a bar.
#[derive(Clone, Copy)]
pub struct BarCalls {
    /// Called with the key of a picked bar, and whether to exclude it.
    pub on_pick: Option<Callback<(String, bool)>>,
    /// Called with the key of a bar whose menu is asked for, and where to open it.
    pub on_menu: Option<Callback<(String, f64, f64)>>,
}

/// Hands on picks and menus of bars by their keys; `place` says which bar a mark is.
pub fn act_on_bars(data: Signal<BarsData>, place: fn(Mark) -> Option<usize>, calls: BarCalls) -> Callback<Act> {
    let key = move |mark| data.with_untracked(|data| Some(data.bars.get(place(mark)?)?.key.clone()));
    Callback::new(move |act| match act {
        Act::Pick { mark, exclude } => {
            if let (Some(on_pick), Some(key)) = (calls.on_pick, key(mark)) {
                on_pick.run((key, exclude));
            }
        }
        Act::Menu { mark, at: (x, y) } => {
            if let (Some(on_menu), Some(key)) = (calls.on_menu, key(mark)) {
                on_menu.run((key, x, y));
            }
        }
        Act::Range { .. } | Act::Clear => {}
    })
}

/// Bars as rows.
struct Rows(BarsData);

impl Plot for Rows {
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
        words::readout(&self.0, mark.row.unwrap_or(0))
    }

    fn height(&self, _width: f64) -> f64 {
        ROW * self.0.bars.len() as f64
    }

    fn draw(&self, sketch: &Sketch) -> Result<Geometry, DrawError> {
        let columns = Columns::measure(sketch, &self.0);
        for (row, bar) in self.0.bars.iter().enumerate() {
            columns.draw_row(sketch, &self.0, (row, bar))?;
        }
        let width = f64::from(sketch.width);
        let cell = |row: usize| Rect { x: 0.0, y: ROW * row as f64, width, height: ROW };
        Ok(Geometry {
            plot: Rect { x: 0.0, y: 0.0, width, height: f64::from(sketch.height) },
            columns: 1,
            rows: self.0.bars.len(),
            cells: (0..self.0.bars.len()).map(cell).collect(),
            hit: Hit::Rows,
            upward: false,
            edges: Vec::new(),
        })
    }
}

/// Where names end, bars are and how long the longest is.
struct Columns {
    names: i32,
    bars: f64,
    longest: f64,
}

impl Columns {
    fn measure(sketch: &Sketch, data: &BarsData) -> Self {
        let widest = |texts: &mut dyn Iterator<Item = i32>| texts.max().unwrap_or(0);
        let most = (f64::from(sketch.width) * NAMES) as i32;
        let names = widest(&mut data.bars.iter().map(|bar| sketch.text_width(&bar.label))).min(most);
        let values = widest(&mut data.bars.iter().map(|bar| sketch.text_width(&data.unit.exact(bar.value))));
        let bars = sketch.width - names - values - 2 * GAP;
        let longest = data.bars.iter().map(|bar| bar.value).filter(|value| value.is_finite()).fold(0.0, f64::max);
        Self { names, bars: f64::from(bars.max(0)), longest }
    }

    fn draw_row(&self, sketch: &Sketch, data: &BarsData, (row, bar): (usize, &Bar)) -> Result<(), DrawError> {
        let top = ROW * row as f64;
        let middle = (top + ROW / 2.0) as i32 + 1;
        let name = sketch.fitted(&bar.label, self.names);
        sketch.write(&name, (0, middle), (HPos::Left, VPos::Center), sketch.theme.text)?;
        let share = if self.longest > 0.0 { (bar.value / self.longest).clamp(0.0, 1.0) } else { 0.0 };
        let length = if bar.value > 0.0 { (self.bars * share).max(LEAST) } else { 0.0 };
        let x = f64::from(self.names + GAP);
        let rect = Rect { x, y: top + (ROW - THICKNESS) / 2.0, width: length.round(), height: THICKNESS };
        sketch.fill(rect, sketch.theme.ink(bar.role))?;
        let at = (rect.right() as i32 + GAP, middle);
        sketch.write(&data.unit.exact(bar.value), at, (HPos::Left, VPos::Center), sketch.theme.muted)
    }
}
