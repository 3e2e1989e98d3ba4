//! A confusion matrix: what rows are against what a model said they are.

use leptos::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::{
    data::{MatrixData, Role},
    frame::{Caption, Frame},
    geometry::{Geometry, Mark, Rect},
    plot::{Picture, Plot},
    ramp::{self, Cells, Names},
    sketch::{DrawError, LINE, Sketch},
    state::Act,
    ticks,
    words::{Readout, Table, matrix as words},
};

/// Height of a cell in CSS pixels: a count and a share.
const CELL: f64 = 44.0;
/// The narrowest cell that also shows the share, in CSS pixels.
const SHARE_FROM: f64 = 48.0;

/// A confusion matrix: rows are actual classes, columns predicted ones. A click picks a cell.
#[component]
pub fn MatrixChart(
    /// The counts.
    #[prop(into)]
    data: Signal<MatrixData>,
    /// What the chart is called.
    #[prop(into)]
    label: Signal<String>,
    /// Why the chart is empty, if it is.
    #[prop(into)]
    empty: Signal<String>,
    /// Called with the actual and the predicted class of a picked cell, and whether to exclude it.
    #[prop(into, optional)]
    on_pick: Option<Callback<(usize, usize, bool)>>,
) -> impl IntoView {
    let picture = Memo::new(move |_| Picture::new(data.get()));
    let on_act = Callback::new(move |act| {
        if let (Some(on_pick), Act::Pick { mark: Mark { column, row: Some(row) }, exclude }) = (on_pick, act) {
            on_pick.run((row, column, exclude));
        }
    });
    let caption = Caption { label, empty, pickable: on_pick.is_some(), has_menu: false };
    view! { <Frame picture=picture.into() caption=caption on_act=on_act /> }
}

impl Plot for MatrixData {
    fn is_empty(&self) -> bool {
        !self.counts.iter().flatten().any(|count| *count > 0.0)
    }

    fn summary(&self) -> String {
        words::summary(self)
    }

    fn legend(&self) -> Vec<(String, Role)> {
        vec![("right".to_owned(), Role::Accent), ("wrong".to_owned(), Role::Wrong)]
    }

    fn table(&self) -> Table {
        words::table(self)
    }

    fn readout(&self, mark: Mark) -> Readout {
        words::readout(self, mark.row.unwrap_or(0), mark.column)
    }

    fn height(&self, _width: f64) -> f64 {
        ramp::height(self.labels.len(), CELL, true)
    }

    fn draw(&self, sketch: &Sketch) -> Result<Geometry, DrawError> {
        let names = Names { rows: &self.labels, columns: &self.labels, title: "predicted → · actual ↓" };
        let cells = Cells::draw_names(sketch, &names, CELL)?;
        for actual in 0..self.labels.len() {
            for predicted in 0..self.labels.len() {
                draw_cell(sketch, self, cells.cell(predicted, actual), (actual, predicted))?;
            }
        }
        Ok(cells.geometry())
    }
}

/// The count, with its share of the row where there is room, on a colour as strong as the share.
fn draw_cell(
    sketch: &Sketch,
    data: &MatrixData,
    cell: Rect,
    (actual, predicted): (usize, usize),
) -> Result<(), DrawError> {
    let role = if actual == predicted { Role::Accent } else { Role::Wrong };
    let share = words::share(data, actual, predicted);
    let ground = ramp::shade(sketch, sketch.theme.ink(role), share);
    let ink = ground.readable(sketch.theme.text, sketch.theme.surface);
    sketch.fill(cell, ground)?;
    let (x, y) = (cell.center().0 as i32, cell.center().1 as i32 + 1);
    let count = words::count(data, actual, predicted);
    let count = if cell.width < SHARE_FROM { ticks::short(count) } else { ticks::grouped(count) };
    if cell.width < SHARE_FROM {
        return sketch.write(&count, (x, y), (HPos::Center, VPos::Center), ink);
    }
    let bold = sketch.bold_style(ink, (HPos::Center, VPos::Center));
    sketch.root.draw_text(&count, &bold, (x, y - LINE / 2))?;
    sketch.write(&ticks::share(share), (x, y + LINE / 2), (HPos::Center, VPos::Center), ink)
}
