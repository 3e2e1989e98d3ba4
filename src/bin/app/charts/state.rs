//! What a chart on the page knows between two events, and what events do to it.
//!
//! The base canvas is painted from data, size and theme; the overlay from mark and brush. Moving the pointer repaints
//! only the overlay.

use gloo::timers::callback::Timeout;
use leptos::{html, prelude::*};
use web_sys::{HtmlCanvasElement, HtmlElement};

use super::{
    canvas::Size,
    geometry::{Geometry, Mark, Step},
    overlay,
    plot::Picture,
    schedule::{self, Ticket},
    sketch::Sketch,
    theme::Theme,
    words::Readout,
};

/// A click waits this long for a second one where a double click means something else.
const DOUBLE_CLICK_MS: u32 = 220;

/// What was done with a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Act {
    /// A mark was chosen; `exclude` when Alt was held.
    Pick {
        /// The mark.
        mark: Mark,
        /// Whether to exclude it rather than to filter by it.
        exclude: bool,
    },
    /// A range of the horizontal axis was chosen.
    Range {
        /// Where it starts.
        from: f64,
        /// Where it ends.
        to: f64,
    },
    /// The range was taken back.
    Clear,
    /// The menu of a mark was asked for, by right click or Shift and F10.
    Menu {
        /// The mark.
        mark: Mark,
        /// Where to open it, in CSS pixels from the window's top left corner.
        at: (f64, f64),
    },
}

/// The columns of a brush, in the order they were chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brush {
    /// Where it began.
    pub anchor: usize,
    /// Where it is now.
    pub head: usize,
    /// Whether it was applied: it stays visible, but what is read out is again the mark.
    pub applied: bool,
}

impl Brush {
    /// First and last column.
    pub fn columns(self) -> (usize, usize) {
        (self.anchor.min(self.head), self.anchor.max(self.head))
    }
}

/// The signals of one chart.
#[derive(Clone, Copy)]
pub struct State {
    /// The canvas of the chart itself.
    pub base: NodeRef<html::Canvas>,
    /// The canvas above it.
    pub overlay: NodeRef<html::Canvas>,
    /// All data.
    pub whole: Signal<Picture>,
    /// What is drawn of it at this width.
    pub drawn: Memo<Picture>,
    /// Width in CSS pixels.
    pub width: RwSignal<f64>,
    /// Counts changes of the theme.
    pub theme: RwSignal<u32>,
    /// Where the marks are; none until the chart is painted.
    pub geometry: RwSignal<Option<Geometry>>,
    /// The mark that is pointed at or stepped to.
    pub mark: RwSignal<Option<Mark>>,
    /// The chosen range.
    pub brush: RwSignal<Option<Brush>>,
    /// Whether the keyboard was used last.
    pub keyed: RwSignal<bool>,
    /// Names the chart in the queue and its elements in the page.
    pub ticket: Ticket,
    on_act: Callback<Act>,
    click: StoredValue<Option<Timeout>, LocalStorage>,
}

impl State {
    /// The state of a chart that has just been put on the page.
    pub fn new(whole: Signal<Picture>, on_act: Callback<Act>) -> Self {
        let width = RwSignal::new(0.0);
        let drawn = Memo::new(move |_| {
            let whole = whole.get();
            whole.0.fitted(width.get()).map_or(whole, Picture)
        });
        Self {
            base: NodeRef::new(),
            overlay: NodeRef::new(),
            whole,
            drawn,
            width,
            theme: RwSignal::new(0),
            geometry: RwSignal::new(None),
            mark: RwSignal::new(None),
            brush: RwSignal::new(None),
            keyed: RwSignal::new(false),
            ticket: Ticket::new(),
            on_act,
            click: StoredValue::new_local(None),
        }
    }

    /// Keeps both canvases up to date.
    pub fn keep_painted(self) {
        Effect::new(move |_| {
            self.drawn.track();
            self.brush.set(None);
        });
        Effect::new(move |_| {
            self.drawn.track();
            self.theme.track();
            if self.width.get() >= 1.0 {
                schedule::request(self.ticket, move || self.paint());
            }
        });
        Effect::new(move |_| self.paint_overlay());
        on_cleanup(move || schedule::cancel(self.ticket));
    }

    /// What is read out now, from the brush or else from the mark.
    pub fn readout(self) -> Option<Readout> {
        let picture = self.drawn.get();
        if let Some((from, to)) = self.open_brush() {
            return picture.0.range_readout(from, to);
        }
        self.mark.get().map(|mark| picture.0.readout(mark))
    }

    /// First and last column of a brush that is not applied yet.
    pub fn open_brush(self) -> Option<(usize, usize)> {
        self.brush.get().filter(|brush| !brush.applied).map(Brush::columns)
    }

    /// Points at a mark, or at nothing.
    pub fn point(self, mark: Option<Mark>) {
        self.keyed.set(false);
        if self.mark.get_untracked() != mark {
            self.mark.set(mark);
        }
    }

    /// Steps to the next mark; with `extend`, takes it into the range.
    pub fn step(self, step: Step, extend: bool) {
        let before = self.mark.get_untracked();
        let next = self.geometry.with_untracked(|geometry| geometry.as_ref()?.step(before, step));
        self.keyed.set(true);
        self.mark.set(next);
        let Some(next) = next else { return };
        if extend && self.has_ranges() {
            let anchor = before.map_or(next.column, |mark| mark.column);
            let open = self.brush.get_untracked().filter(|brush| !brush.applied);
            let anchor = open.map_or(anchor, |brush| brush.anchor);
            self.brush.set(Some(Brush { anchor, head: next.column, applied: false }));
        } else {
            self.brush.update(|brush| *brush = brush.filter(|brush| brush.applied));
        }
    }

    /// Applies the brush, or else picks the mark.
    pub fn apply(self, exclude: bool) {
        let open = self.brush.get_untracked().filter(|brush| !brush.applied);
        match (open, self.mark.get_untracked()) {
            (Some(brush), _) => self.apply_range(brush),
            (None, Some(mark)) => self.on_act.run(Act::Pick { mark, exclude }),
            (None, None) => {}
        }
    }

    /// Hands on a chosen range.
    pub fn apply_range(self, brush: Brush) {
        let (from, to) = brush.columns();
        self.brush.set(Some(Brush { applied: true, ..brush }));
        let range = self.geometry.with_untracked(|geometry| geometry.as_ref()?.range(from, to));
        if let Some((from, to)) = range {
            self.on_act.run(Act::Range { from, to });
        }
    }

    /// Hands on a click, where a double click means something after it is clear that it is none.
    pub fn click(self, mark: Mark, exclude: bool) {
        if !self.has_ranges() {
            self.on_act.run(Act::Pick { mark, exclude });
            return;
        }
        let wait = Timeout::new(DOUBLE_CLICK_MS, move || self.on_act.run(Act::Pick { mark, exclude }));
        self.click.set_value(Some(wait));
    }

    /// Asks for the menu of a mark.
    pub fn open_menu(self, mark: Mark, at: (f64, f64)) {
        self.on_act.run(Act::Menu { mark, at });
    }

    /// Picks a series by its name in the legend.
    pub fn pick_series(self, row: usize, exclude: bool) {
        self.on_act.run(Act::Pick { mark: Mark { column: 0, row: Some(row) }, exclude });
    }

    /// Takes back mark, brush and a waiting click, and says so where ranges can be chosen.
    pub fn clear(self) {
        self.click.set_value(None);
        self.mark.set(None);
        self.brush.set(None);
        if self.has_ranges() {
            self.on_act.run(Act::Clear);
        }
    }

    /// Whether ranges can be chosen.
    pub fn has_ranges(self) -> bool {
        self.geometry.with_untracked(|geometry| geometry.as_ref().is_some_and(|geometry| !geometry.edges.is_empty()))
    }

    /// The size of the drawing at `scale` device pixels to one CSS pixel.
    pub fn size(self, scale: f64) -> Size {
        let width = self.width.get_untracked();
        let height = self.drawn.with_untracked(|picture| picture.0.height(width));
        Size { width: width as u32, height: height as u32, scale }
    }

    /// Paints the chart now.
    pub fn paint(self) {
        let (Some(base), Some(overlay)) = (self.base.get_untracked(), self.overlay.get_untracked()) else { return };
        let size = self.size(web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()));
        for canvas in [&base, &overlay] {
            fix_size(canvas, size);
        }
        let picture = self.drawn.get_untracked();
        let drawn = Sketch::new(&base, size, Theme::read(&base))
            .filter(|_| !picture.0.is_empty())
            .and_then(|sketch| picture.0.draw(&sketch).ok());
        self.geometry.set(drawn);
    }

    fn paint_overlay(self) {
        let (mark, brush) = (self.mark.get(), self.brush.get().map(Brush::columns));
        let Some(canvas) = self.overlay.get() else { return };
        self.geometry.with(|geometry| {
            if let Some(geometry) = geometry {
                let scale = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
                overlay::paint(&canvas, self.size(scale), geometry, overlay::Shown { mark, brush });
            }
        });
    }
}

/// Gives a canvas its size on the page, in whole pixels, so that nothing is scaled.
fn fix_size(canvas: &HtmlCanvasElement, size: Size) {
    let style = HtmlElement::style(canvas);
    for (name, pixels) in [("width", size.width), ("height", size.height)] {
        if let Err(error) = style.set_property(name, &format!("{pixels}px")) {
            web_sys::console::warn_1(&error);
        }
    }
}
