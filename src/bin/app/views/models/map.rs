//! Groups of rows that are alike, and the directions in which they differ.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::protocol::Study;
use logloupe::report::{MapGroup, RowMap};
use logloupe::settings::MapSettings;
use wasm_bindgen_futures::spawn_local;

use super::run_status::RunStatus;
use crate::charts::ScatterPlot;
use crate::charts::data::{Point, Role, ScatterData, Unit};
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::field::NumberField;
use crate::components::table::{Cell, Column, Table};
use crate::components::verdict_mark::VerdictMark;
use crate::state::session::use_loupe;
use crate::state::store::{Run, use_store};

/// Colours that a picture has for groups.
const COLOURS: usize = 7;

/// The form, and what came out.
#[component]
pub fn MapCard() -> impl IntoView {
    let (studies, loupe) = (use_store().studies.get_value(), use_loupe());
    let groups = RwSignal::new(f64::from(MapSettings::default().k));
    let is_running = move || studies.map_run.with(|run| matches!(run, Run::Running(_)));
    let run = move |_| {
        let settings = MapSettings { k: groups.get_untracked() as u32, ..MapSettings::default() };
        let session = loupe.session();
        spawn_local(async move { session.study(Study::Map(settings)).await });
    };
    let found = move || studies.map.get().map(|map| view! { <Mapped map=map /> });
    view! {
        <Card
            title="Which rows are alike".to_owned()
            subtitle="Principal components and k-means on the numbers of a sample of rows".to_owned()
            width="full"
        >
            <div class="form">
                <NumberField label="Groups" hint="k: how many, is chosen and not found." limits=(2.0, 20.0, 1.0) value=groups />
            </div>
            <p class="actions form-actions">
                <button type="button" class="primary" disabled=is_running on:click=run>"Group the rows"</button>
            </p>
            <RunStatus run=studies.map_run />
            {found}
        </Card>
    }
}

#[component]
fn Mapped(
    /// What was found.
    map: Arc<RowMap>,
) -> impl IntoView {
    let told = map.refused.is_none().then(|| {
        let (table, picture) = (groups(&map), picture(&map));
        view! {
            <ScatterPlot data=Signal::stored(picture) label="Rows that are alike".to_owned() empty="There are no rows.".to_owned() />
            <DataTable table=Signal::stored(table) page=20 />
        }
    });
    view! {
        <div class="stack" data-map>
            <VerdictMark trust=map.trust.clone() />
            {told}
        </div>
    }
}

/// The rows, each group in a colour of its own; the smallest share one.
fn picture(map: &RowMap) -> ScatterData {
    let n_coloured = map.groups.len().min(COLOURS);
    let mut series: Vec<(String, Role)> =
        (0..n_coloured).map(|at| (format!("group {}", at + 1), Role::Series(at as u8 + 1))).collect();
    if map.groups.len() > COLOURS {
        series.push(("other groups".to_owned(), Role::Muted));
    }
    let axis = |at: usize, name: &str| {
        let direction = map.directions.get(at);
        direction.map_or(name.to_owned(), |direction| {
            format!("{name} ({:.0} % of the differences)", direction.share * 100.0)
        })
    };
    let points = map.points.iter();
    let (x_name, y_name) = (axis(0, "first direction"), axis(1, "second direction"));
    ScatterData {
        points: points.map(|p| Point { x: p.x, y: p.y, series: (p.group as usize).min(n_coloured) }).collect(),
        series,
        x_unit: Unit::Plain(x_name.clone()),
        y_unit: Unit::Plain(y_name.clone()),
        x_name,
        y_name,
        log_x: false,
        log_y: false,
    }
}

fn groups(map: &RowMap) -> Table {
    let whole = map.points.len() as u64;
    let row = |(at, group): (usize, &MapGroup)| {
        let example = group.sample.first().map_or("", |evidence| evidence.text.as_str());
        vec![
            Cell::text(format!("group {}", at + 1)),
            Cell::part(group.rows, whole),
            Cell::text(group.traits.join("; ")),
            Cell::content(example),
        ]
    };
    Table {
        caption: "Groups of rows".into(),
        columns: vec![
            Column::text("Group"),
            Column::number("Rows"),
            Column::text("What sets it apart"),
            Column::text("One of them"),
        ],
        rows: map.groups.iter().enumerate().map(row).collect(),
        empty: "There are none.".into(),
    }
}
