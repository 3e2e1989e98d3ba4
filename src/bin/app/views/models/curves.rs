//! What a model's probabilities of the second of two classes are worth: curves, and a threshold to move.

use leptos::prelude::*;
use logloupe::report::{Figures, Threshold};

use crate::charts::ScatterPlot;
use crate::charts::data::{Point, Role, ScatterData, Unit};
use crate::components::card::Card;
use crate::text::numbers;

/// The ROC curve, precision against recall, the calibration, and the threshold; nothing where there are more classes.
#[component]
pub fn Curves(
    /// The figures.
    figures: Figures,
    /// The class whose probability is meant.
    positive: String,
    /// Rows that are of it.
    support: u64,
) -> impl IntoView {
    if figures.roc.is_empty() && figures.thresholds.is_empty() {
        return ().into_any();
    }
    let diagonal: Vec<(f64, f64)> = (0..=20).map(|at| (f64::from(at) / 20.0, f64::from(at) / 20.0)).collect();
    let roc = curve(
        &[("the model", figures.roc.clone()), ("guessing", diagonal.clone())],
        ("called so wrongly, of all others", "called so, of all that are"),
    );
    let share = support as f64 / figures.n_samples.max(1) as f64;
    let found = figures.thresholds.iter().map(|point| (point.recall, point.precision)).collect();
    let flat = diagonal.iter().map(|(x, _)| (*x, share)).collect();
    let precision = curve(
        &[("the model", found), ("guessing", flat)],
        ("recall: found, of all that are", "precision: right, of all called so"),
    );
    let said = figures.calibration.iter().map(|(said, was, _)| (*said, *was)).collect();
    let calibration =
        curve(&[("the model", said), ("what it should be", diagonal)], ("probability said", "share that was"));
    let empty = "The rows held out are all of one class.";
    view! {
        <ThresholdCard points=figures.thresholds positive=positive.clone() support=support />
        <Card title=format!("Finding \"{positive}\" against crying wolf") subtitle="ROC curve: up and left is better".to_owned()>
            <ScatterPlot data=Signal::stored(roc) label="ROC curve".to_owned() empty=empty.to_owned() />
        </Card>
        <Card title="Finding much against being right".to_owned() subtitle="Precision-recall curve: up and right is better".to_owned()>
            <ScatterPlot data=Signal::stored(precision) label="Precision-recall curve".to_owned() empty=empty.to_owned() />
        </Card>
        <Card title="Whether its probabilities mean what they say".to_owned() subtitle="Calibration: on the diagonal they do".to_owned()>
            <ScatterPlot data=Signal::stored(calibration) label="Calibration".to_owned() empty=empty.to_owned() />
        </Card>
    }
    .into_any()
}

/// A threshold to move: what is found and how much of it is right.
#[component]
fn ThresholdCard(
    /// Highest threshold first.
    points: Vec<Threshold>,
    /// The class whose probability is meant.
    positive: String,
    /// Rows that are of it.
    support: u64,
) -> impl IntoView {
    let last = points.len().saturating_sub(1);
    let half = points.iter().rposition(|point| point.threshold >= 0.5).unwrap_or(0);
    let at = RwSignal::new(last - half);
    let points = StoredValue::new(points);
    let point = move || points.with_value(|points| points.get(last - at.get().min(last)).copied()).unwrap_or_default();
    let title = format!("From which probability on a row is called \"{positive}\"");
    let says = move || {
        let Threshold { threshold, precision, recall, called } = point();
        let right = (precision * called as f64).round() as u64;
        format!(
            "From {threshold:.3} on: {} called so, {} of them rightly (precision {precision:.3}); {} of {} found (recall {recall:.3})",
            numbers::counted(called, "row"),
            numbers::count(right),
            numbers::count(right),
            numbers::count(support),
        )
    };
    view! {
        <Card title=title subtitle="Threshold on the rows held out; lower finds more and errs more".to_owned()>
            <label class="field">
                <span class="field-label">{move || format!("Threshold {:.3}", point().threshold)}</span>
                <input type="range" min="0" max=last.to_string() step="1" prop:value=move || at.get().to_string()
                    on:input=move |event| at.set(event_target_value(&event).parse().unwrap_or(0)) />
            </label>
            <p class="threshold-says" role="status">{says}</p>
        </Card>
    }
}

/// How the model does with fewer rows to learn from.
#[component]
pub fn LearningCurve(
    /// Rows, balanced accuracy on the test, and on these rows themselves.
    points: Vec<(u64, f64, f64)>,
) -> impl IntoView {
    let of = |pick: fn(&(u64, f64, f64)) -> f64| points.iter().map(|point| (point.0 as f64, pick(point))).collect();
    let series = [("rows held out", of(|point| point.1)), ("the rows themselves", of(|point| point.2))];
    let data =
        ScatterData { x_unit: Unit::count("rows"), ..curve(&series, ("rows to learn from", "balanced accuracy")) };
    view! {
        <Card title="Whether more rows would help".to_owned() subtitle="Learning curve: where the first still rises, they would; far below the second, the model learns by heart".to_owned()>
            <ScatterPlot data=Signal::stored(data) label="Learning curve".to_owned() empty="There is none.".to_owned() />
        </Card>
    }
}

/// Points of curves on axes from 0 to 1.
fn curve(series: &[(&str, Vec<(f64, f64)>)], (x_name, y_name): (&str, &str)) -> ScatterData {
    let points = series.iter().enumerate();
    let points = points.flat_map(|(series, (_, points))| points.iter().map(move |&(x, y)| Point { x, y, series }));
    let roles = [Role::Accent, Role::Muted];
    ScatterData {
        points: points.collect(),
        series: series.iter().zip(roles).map(|((name, _), role)| ((*name).to_owned(), role)).collect(),
        x_name: x_name.to_owned(),
        y_name: y_name.to_owned(),
        x_unit: Unit::Plain(x_name.to_owned()),
        y_unit: Unit::Plain(y_name.to_owned()),
        log_x: false,
        log_y: false,
    }
}
