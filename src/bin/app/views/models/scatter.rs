//! Two features against each other: the strangest rows among a sample of the others.

use leptos::prelude::*;
use logloupe::query::{Answer, Question, RowsQuestion};
use logloupe::report::{AnomalyRow, FeatureUse};
use logloupe::schema::{self, FieldName};

use crate::charts::ScatterPlot;
use crate::charts::data::{Point, Role, ScatterData, Unit};
use crate::components::card::Card;
use crate::state::session::{Loupe, use_loupe};
use crate::state::store::use_store;
use crate::text::fields;

/// Pages of the sample, and rows of each, spread evenly over the log.
const PAGES: u64 = 8;
const ROWS: u32 = 100;

/// A card with two features, which can be chosen.
#[component]
pub fn Scatter(
    /// What the model looked at.
    features: Vec<FeatureUse>,
    /// The strangest rows.
    rows: Vec<AnomalyRow>,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let axes = RwSignal::new(telling(&features));
    let used: Vec<String> = features.into_iter().map(|feature| feature.name).collect();
    let (names, rows) = (StoredValue::new(used.clone()), StoredValue::new(rows));
    let sample = LocalResource::new(move || {
        let total = store.report.with_untracked(|report| report.as_ref().map_or(0, |report| report.rows.filtered));
        sample(loupe, store.route.with_untracked(|route| route.filter.clone()), names.get_value(), total)
    });
    let data = Memo::new(move |_| {
        let others = sample.get().unwrap_or_default();
        rows.with_value(|rows| data(&names.get_value(), axes.get(), rows, &others))
    });
    let choose = move |which: usize| {
        let options = used.iter().enumerate().map(|(at, name)| {
            let is_chosen = move || axes.with(|axes| if which == 0 { axes.0 == at } else { axes.1 == at });
            view! { <option value=at.to_string() selected=is_chosen>{fields::feature(name)}</option> }
        });
        let set = move |event| {
            let at = event_target_value(&event).parse().unwrap_or(0);
            axes.update(|axes| if which == 0 { axes.0 = at } else { axes.1 = at });
        };
        let label = if which == 0 { "Across" } else { "Up" };
        view! { <label class="inline-field">{label} " " <select on:change=set>{options.collect_view()}</select></label> }
    };
    view! {
        <Card title="Where the strangest rows lie".to_owned() subtitle="Marked rows among a sample of the others".to_owned() width="full">
            <p class="actions">{choose(0)} {choose(1)}</p>
            <ScatterPlot data=data label="Rows by two features".to_owned() empty="These features are not columns of the log.".to_owned() />
        </Card>
    }
}

/// The first two features that were not left out, by their places.
fn telling(features: &[FeatureUse]) -> (usize, usize) {
    let is_left_out = |note: &Option<String>| note.as_ref().is_some_and(|note| note.starts_with("left out"));
    let mut places = (0..features.len()).filter(|at| features.get(*at).is_some_and(|f| !is_left_out(&f.note)));
    let first = places.next().unwrap_or(0);
    (first, places.next().unwrap_or(first))
}

const NANOS_IN_MILLI: f64 = 1e6;

type Values = Vec<Option<f64>>;

async fn sample(loupe: Loupe, filter: String, names: Vec<String>, total: u64) -> Vec<Values> {
    let columns: Vec<FieldName> = names.iter().map(|name| FieldName::new(name)).collect();
    let page = |at: u64| {
        let offset = at * (total / PAGES);
        Question::Rows(RowsQuestion { columns: columns.clone(), sort: None, offset, limit: ROWS })
    };
    // Without a sample the strangest rows are still worth seeing.
    let answers = loupe.session().ask(&filter, (0..PAGES).map(page).collect()).await.unwrap_or_default();
    let rows = answers.into_iter().flat_map(|answer| match answer {
        Answer::Rows(answer) => answer.rows,
        _ => Vec::new(),
    });
    let number = |(value, name): (&Option<String>, &FieldName)| {
        let number: f64 = value.as_ref()?.parse().ok()?;
        Some(if is_duration(name) { number / NANOS_IN_MILLI } else { number })
    };
    rows.map(|row| row.values.iter().zip(&columns).map(number).collect()).collect()
}

/// Whether the column holds durations: logs have them in nanoseconds, models in milliseconds.
fn is_duration(name: &FieldName) -> bool {
    name.unit() == schema::Unit::Nanoseconds
}

fn data(names: &[String], (x, y): (usize, usize), rows: &[AnomalyRow], others: &[Values]) -> ScatterData {
    let point = |values: &Values, series| {
        let (x, y) = ((*values.get(x)?)?, (*values.get(y)?)?);
        Some(Point { x, y, series })
    };
    let mut points: Vec<Point> = others.iter().filter_map(|values| point(values, 0)).collect();
    points.extend(rows.iter().filter_map(|row| point(&row.values, 1)));
    let name = |at: usize| names.get(at).map(|name| fields::feature(name)).unwrap_or_default();
    let unit = |at: usize| match names.get(at) {
        Some(name) if name.contains("bytes") => Unit::Bytes,
        Some(name) if is_duration(&FieldName::new(name)) => Unit::Millis,
        _ => Unit::Plain(name(at)),
    };
    let is_wide = |value: fn(&Point) -> f64| {
        let values = points.iter().map(value);
        values.clone().fold(f64::INFINITY, f64::min) > 0.0 && values.fold(0.0, f64::max) > 1000.0
    };
    let (log_x, log_y) = (is_wide(|point| point.x), is_wide(|point| point.y));
    ScatterData {
        points,
        series: vec![("sample of all rows".to_owned(), Role::Accent), ("strangest rows".to_owned(), Role::Wrong)],
        x_name: name(x),
        y_name: name(y),
        x_unit: unit(x),
        y_unit: unit(y),
        log_x,
        log_y,
    }
}
