//! A heat map: a table of values shown by colour, such as hours by weekdays.

use leptos::prelude::*;

use super::{
    data::{HeatData, Role},
    frame::{Caption, Frame},
    geometry::{Geometry, Mark},
    plot::{Picture, Plot},
    ramp::{self, Cells, Names},
    sketch::{DrawError, Sketch},
    state::Act,
    words::{Readout, Scale, Table, heat as words},
};

/// Height of a cell in CSS pixels.
const CELL: f64 = 24.0;

/// A heat map. A click picks a cell.
#[component]
pub fn HeatMap(
    /// The values.
    #[prop(into)]
    data: Signal<HeatData>,
    /// What the chart is called.
    #[prop(into)]
    label: Signal<String>,
    /// Why the chart is empty, if it is.
    #[prop(into)]
    empty: Signal<String>,
    /// Called with the row and the column of a picked cell, and whether to exclude it.
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

impl Plot for HeatData {
    fn is_empty(&self) -> bool {
        self.rows.is_empty() || self.columns.is_empty() || words::largest(self) <= 0.0
    }

    fn summary(&self) -> String {
        words::summary(self)
    }

    fn legend(&self) -> Vec<(String, Role)> {
        if words::has_negative(self) {
            vec![("above 0".to_owned(), Role::Accent), ("below 0".to_owned(), Role::Wrong)]
        } else {
            Vec::new()
        }
    }

    fn scale(&self) -> Option<Scale> {
        Some(Scale { from: "0".to_owned(), to: self.unit.full(words::largest(self)) })
    }

    fn table(&self) -> Table {
        words::table(self)
    }

    fn readout(&self, mark: Mark) -> Readout {
        words::readout(self, mark.row.unwrap_or(0), mark.column)
    }

    fn height(&self, _width: f64) -> f64 {
        ramp::height(self.rows.len(), CELL, false)
    }

    fn draw(&self, sketch: &Sketch) -> Result<Geometry, DrawError> {
        let names = Names { rows: &self.rows, columns: &self.columns, title: "" };
        let cells = Cells::draw_names(sketch, &names, CELL)?;
        let (full, below) = (sketch.theme.ink(Role::Accent), sketch.theme.ink(Role::Wrong));
        let largest = words::largest(self);
        for row in 0..self.rows.len() {
            for column in 0..self.columns.len() {
                let share = words::value(self, row, column) / largest;
                let ink = if share < 0.0 { below } else { full };
                sketch.fill(cells.cell(column, row), ramp::shade(sketch, ink, share.abs()))?;
            }
        }
        Ok(cells.geometry())
    }
}
