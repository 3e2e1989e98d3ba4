//! Pointer and keyboard on a chart: which event means what. What it does is in [`super::state`].

use leptos::prelude::*;
use web_sys::{Element, KeyboardEvent, MouseEvent, PointerEvent};

use super::{
    geometry::{Mark, Step},
    state::{Brush, State},
};

/// A pointer that moves less than this between down and up has clicked, in CSS pixels.
const CLICK_REACH: f64 = 4.0;

/// A pointer that is down: where it went down, and whether it has moved since.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Press {
    x: f64,
    column: Option<usize>,
    dragged: bool,
}

/// The pointer and the keys of one chart.
#[derive(Clone, Copy)]
pub struct Input {
    state: State,
    press: StoredValue<Option<Press>>,
}

impl Input {
    /// The input of a chart.
    pub fn new(state: State) -> Self {
        Self { state, press: StoredValue::new(None) }
    }

    /// The pointer went down: a click or a brush begins.
    pub fn pressed(self, event: &PointerEvent) {
        let Some((x, y)) = self.place(event).filter(|_| event.button() == 0) else { return };
        let column = self.column(x, y).filter(|_| self.state.has_ranges());
        self.press.set_value(Some(Press { x, column, dragged: false }));
        if let (Some(_), Some(overlay)) = (column, self.state.overlay.get_untracked()) {
            // Without capture a brush ends at the chart's edge, which is still a brush.
            let _ = overlay.set_pointer_capture(event.pointer_id());
        }
    }

    /// The pointer moved: the brush follows, or the mark under it is pointed at.
    pub fn moved(self, event: &PointerEvent) {
        let Some((x, y)) = self.place(event) else { return };
        if let Some(press) = self.press.get_value()
            && let Some(anchor) = press.column
            && (press.dragged || (x - press.x).abs() > CLICK_REACH)
        {
            self.press.set_value(Some(Press { dragged: true, ..press }));
            self.drag(anchor, x);
            return;
        }
        self.state.point(self.mark(x, y));
    }

    /// The pointer went up: the range or the mark is chosen.
    pub fn released(self, event: &PointerEvent) {
        let Some(press) = self.press.get_value() else { return };
        self.press.set_value(None);
        let Some((x, y)) = self.place(event) else { return };
        if press.dragged {
            if let Some(brush) = self.state.brush.get_untracked() {
                self.state.apply_range(brush);
            }
        } else if (x - press.x).abs() <= CLICK_REACH {
            self.clicked(self.mark(x, y), event.alt_key());
        }
    }

    /// A click on a mark picks it, one beside all marks takes the range back.
    fn clicked(self, mark: Option<Mark>, exclude: bool) {
        match mark.filter(|mark| mark.row.is_some()) {
            Some(mark) => self.state.click(mark, exclude),
            None if self.state.brush.get_untracked().is_some() => self.state.clear(),
            None => {}
        }
    }

    /// The pointer left, or the browser took it for scrolling.
    pub fn left(self) {
        self.press.set_value(None);
        if !self.state.keyed.get_untracked() {
            self.state.point(None);
        }
    }

    /// A key went down while the chart had the focus.
    pub fn typed(self, event: &KeyboardEvent) {
        let step = match event.key().as_str() {
            "ArrowLeft" => Step::Left,
            "ArrowRight" => Step::Right,
            "ArrowUp" => Step::Up,
            "ArrowDown" => Step::Down,
            "Home" => Step::First,
            "End" => Step::Last,
            "Enter" => {
                self.state.apply(event.alt_key());
                return event.prevent_default();
            }
            "Escape" => {
                self.state.clear();
                return event.prevent_default();
            }
            _ => return,
        };
        event.prevent_default();
        self.state.step(step, event.shift_key());
    }

    /// The menu was asked for: of the mark under the pointer, or of the one stepped to.
    pub fn menu_asked(self, event: &MouseEvent) {
        let Some((x, y)) = self.place(event) else { return };
        let (left, top) = (f64::from(event.client_x()) - x, f64::from(event.client_y()) - y);
        let stepped = self.state.mark.get_untracked().filter(|_| self.state.keyed.get_untracked());
        let (mark, (x, y)) = match stepped {
            Some(mark) => (Some(mark), self.middle(mark).unwrap_or((x, y))),
            None => (self.mark(x, y), (x, y)),
        };
        if let Some(mark) = mark.filter(|mark| mark.row.is_some()) {
            event.prevent_default();
            self.state.open_menu(mark, (left + x, top + y));
        }
    }

    fn middle(self, mark: Mark) -> Option<(f64, f64)> {
        self.state.geometry.with_untracked(|geometry| Some(geometry.as_ref()?.cell(mark)?.center()))
    }

    fn drag(self, anchor: usize, x: f64) {
        let head = self.state.geometry.with_untracked(|geometry| geometry.as_ref()?.column_at(x));
        self.state.point(None);
        self.state.brush.set(head.map(|head| Brush { anchor, head, applied: false }));
    }

    fn mark(self, x: f64, y: f64) -> Option<Mark> {
        self.state.geometry.with_untracked(|geometry| geometry.as_ref()?.mark_at(x, y))
    }

    fn column(self, x: f64, y: f64) -> Option<usize> {
        self.state.geometry.with_untracked(|geometry| {
            let geometry = geometry.as_ref()?;
            if geometry.plot.contains(x, y) { geometry.column_at(x) } else { None }
        })
    }

    /// The event's place on the canvas.
    fn place(self, event: &MouseEvent) -> Option<(f64, f64)> {
        let canvas = self.state.overlay.get_untracked()?;
        let rect = AsRef::<Element>::as_ref(&canvas).get_bounding_client_rect();
        Some((f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top()))
    }
}
