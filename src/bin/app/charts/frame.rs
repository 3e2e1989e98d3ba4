//! The figure around every chart: canvases, legend, tooltip, keyboard, table and picture.

use leptos::{html, prelude::*};

use super::{
    export::SaveButton,
    input::Input,
    legend::Legend,
    plot::Picture,
    resize::SizeWatch,
    state::{Act, State},
    table::ValueTable,
    theme::ThemeWatch,
    tip::Tip,
};

/// What the frame needs to know of a chart besides its picture.
#[derive(Clone, Copy)]
pub struct Caption {
    /// What the chart is called.
    pub label: Signal<String>,
    /// Why it is empty, if it is.
    pub empty: Signal<String>,
    /// Whether marks can be picked.
    pub pickable: bool,
    /// Whether marks have a menu.
    pub has_menu: bool,
}

/// A chart in its figure.
#[component]
pub fn Frame(
    /// The data, ready to be drawn.
    picture: Signal<Picture>,
    /// Label, reason for being empty, and whether marks can be picked.
    caption: Caption,
    /// What is called when a mark or a range is chosen.
    on_act: Callback<Act>,
) -> impl IntoView {
    let state = State::new(picture, on_act);
    let ready = Memo::new(move |_| !picture.with(|picture| picture.0.is_empty()));
    state.keep_painted();
    view! {
        <figure class="chart" aria-label=move || caption.label.get()>
            <Show when=move || ready.get() fallback=move || view! { <p class="chart-empty">{move || caption.empty.get()}</p> }>
                <Legend state=state pickable=caption.pickable />
                <Stage state=state caption=caption />
                <footer class="chart-foot">
                    <ValueTable picture=picture label=caption.label />
                    <SaveButton state=state label=caption.label />
                </footer>
            </Show>
        </figure>
    }
}

/// The canvases with what points at them.
#[component]
fn Stage(
    /// The chart's state.
    state: State,
    /// Its label, and whether marks can be picked.
    caption: Caption,
) -> impl IntoView {
    let input = Input::new(state);
    let stage = NodeRef::<html::Div>::new();
    let hint = format!("chart-hint-{}", state.ticket.number());
    let height = Memo::new(move |_| state.drawn.with(|picture| picture.0.height(state.width.get())));
    let summary = move || state.whole.with(|picture| picture.0.summary());
    let spoken = move || state.keyed.get().then(|| state.readout()).flatten().map(|readout| readout.sentence());
    watch(stage, state);
    view! {
        <div
            class="chart-stage"
            class:chart-pickable=caption.pickable
            node_ref=stage
            tabindex="0"
            role="application"
            aria-roledescription="chart"
            aria-label=move || caption.label.get()
            aria-describedby=hint.clone()
            style:height=move || format!("{}px", height.get())
            on:keydown=move |event| input.typed(&event)
            on:contextmenu=move |event| {
                if caption.has_menu {
                    input.menu_asked(&event);
                }
            }
            on:blur=move |_| state.point(None)
        >
            <canvas class="chart-base" node_ref=state.base role="img" aria-label=summary></canvas>
            <canvas
                class="chart-overlay"
                class:chart-on-mark=move || state.mark.get().is_some_and(|mark| mark.row.is_some())
                node_ref=state.overlay
                aria-hidden="true"
                on:pointerdown=move |event| input.pressed(&event)
                on:pointermove=move |event| input.moved(&event)
                on:pointerup=move |event| input.released(&event)
                on:pointercancel=move |_| input.left()
                on:pointerleave=move |_| input.left()
                on:dblclick=move |_| state.clear()
            ></canvas>
            <Tip state=state />
        </div>
        <p class="chart-hidden" id=hint>{keys(caption.pickable)}</p>
        <p class="chart-hidden" aria-live="polite">{spoken}</p>
    }
}

/// Follows the size of the stage and the theme for as long as the stage is on the page.
fn watch(stage: NodeRef<html::Div>, state: State) {
    let watches = StoredValue::new_local(None);
    Effect::new(move |_| {
        if let Some(stage) = stage.get() {
            let size = SizeWatch::new(&stage, move |width| {
                if state.width.get_untracked() != width {
                    state.width.set(width);
                }
            });
            let repaint = move || state.theme.update(|changes| *changes = changes.wrapping_add(1));
            let theme = ThemeWatch::new(repaint, move || state.paint());
            watches.set_value(Some((size, theme)));
        }
    });
}

fn keys(pickable: bool) -> &'static str {
    if pickable {
        "Arrow keys step through the marks. Enter filters, Alt and Enter excludes, Shift and arrows choose a range, Escape clears."
    } else {
        "Arrow keys step through the marks, Escape clears."
    }
}
