//! Which columns go together: the strongest pairs, and all of them as a map.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{FeaturePair, Grid, Survey};

use crate::charts::HeatMap;
use crate::charts::data::{HeatData, Unit};
use crate::components::data_table::DataTable;
use crate::components::field::SelectField;
use crate::components::table::{Cell, Column, Table};
use crate::components::value::Value;
use crate::state::filter::Condition;
use crate::text::{fields, numbers};

/// The lists of pairs, and what they say.
const LISTS: [(&str, &str); 4] = [
    ("positive", "More of one is more of the other (Pearson)"),
    ("negative", "More of one is less of the other (Pearson)"),
    ("by rank", "By rank, straight or not (Spearman)"),
    ("categories", "One category tells the other (Cramér's V)"),
];

/// The strongest pairs of each list, and the map of a measure; a click in it tells the pair.
#[component]
pub fn Pairs(
    /// What was found.
    survey: Arc<Survey>,
) -> impl IntoView {
    let lists = LISTS.map(|(list, title)| {
        let table = table(list, &survey.pairs);
        view! {
            <section data-pairs=list>
                <h3>{title}</h3>
                <DataTable table=Signal::stored(table) page=10 />
            </section>
        }
    });
    let measures: Vec<(String, String)> =
        survey.grids.iter().map(|grid| (grid.measure.clone(), grid.measure.clone())).collect();
    let measure = RwSignal::new("Pearson".to_owned());
    let picked = RwSignal::new(None::<(usize, usize)>);
    let survey = StoredValue::new(survey);
    let grid = Memo::new(move |_| {
        picked.set(None);
        let wanted = measure.get();
        survey.with_value(|survey| survey.grids.iter().find(|grid| grid.measure == wanted).cloned()).unwrap_or_default()
    });
    let data = Signal::derive(move || grid.with(heat));
    let on_pick = Callback::new(move |(row, column, _): (usize, usize, bool)| picked.set(Some((row, column))));
    let told = move || picked.get().and_then(|(row, column)| grid.with(|grid| told(grid, row, column)));
    view! {
        <div class="halves">{lists}</div>
        <section data-heat>
            <h3>"Every column against every other"</h3>
            <div class="form">
                <SelectField label="Measure" hint="Darker goes together more; a click tells the pair." options=Signal::stored(measures) value=measure />
            </div>
            <HeatMap data=data label="Columns against columns".to_owned() empty="No two columns of this kind vary.".to_owned() on_pick=on_pick />
            <p role="status" data-pair>{told}</p>
        </section>
    }
}

fn table(list: &str, pairs: &[FeaturePair]) -> Table {
    let row = |pair: &FeaturePair| {
        let value = Cell { number: Some(pair.value), ..Cell::text(format!("{:+.3}", pair.value)) };
        vec![side(&pair.a), side(&pair.b), Cell { share: Some(pair.value.abs()), ..value }, Cell::count(pair.n_samples)]
    };
    let title = LISTS.iter().find(|(known, _)| *known == list).map_or("Pairs", |(_, title)| title);
    Table {
        caption: title.into(),
        columns: vec![Column::text("One"), Column::text("The other"), Column::number("Value"), Column::number("Rows")],
        rows: pairs.iter().filter(|pair| pair.list == list).map(row).collect(),
        empty: "There are none.".into(),
    }
}

/// A column; one value of a column filters by it.
fn side(name: &str) -> Cell {
    let text = shown(name);
    match condition(name) {
        Some(condition) => Cell { condition: Some(condition), ..Cell::content(&text) },
        None => Cell::content(&text),
    }
}

fn shown(name: &str) -> String {
    match name.split_once(" = ") {
        Some((field, value)) => format!("{} = {value}", fields::plain(field)),
        None => fields::feature(name),
    }
}

fn condition(name: &str) -> Option<Condition> {
    name.split_once(" = ").map(|(field, value)| Condition::new(field, value))
}

fn heat(grid: &Grid) -> HeatData {
    let names: Vec<String> = grid.names.iter().map(|name| shown(name)).collect();
    HeatData {
        rows: names.clone(),
        columns: names,
        values: grid.values.clone(),
        unit: Unit::Plain(grid.measure.clone()),
    }
}

/// A pair in words, with what can be filtered by.
fn told(grid: &Grid, row: usize, column: usize) -> Option<AnyView> {
    let (a, b) = (grid.names.get(row)?, grid.names.get(column)?);
    let value = grid.values.get(row)?.get(column)?;
    let side = |name: &str| match condition(name) {
        Some(condition) => view! { <Value condition=condition label=shown(name) /> }.into_any(),
        None => view! { <span dir="auto">{shown(name)}</span> }.into_any(),
    };
    if a == b {
        return Some(view! { "A column is not compared with itself." }.into_any());
    }
    let value = if value.is_nan() { "not known".to_owned() } else { numbers::grouped(*value) };
    Some(view! { {side(a)} " and " {side(b)} ": " <strong>{value}</strong> " (" {grid.measure.clone()} ")" }.into_any())
}
