//! Figures of a classifier, whichever it is: each with its own verdict, beside the simplest answers, by class, as curves.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::report::{ClassReport, ConfusedRows, Evidence, Figure, Figures, Simplest, Verdict};
use wasm_bindgen_futures::spawn_local;

use super::curves::Curves;
use crate::charts::MatrixChart;
use crate::charts::data::{MatrixData, Unit};
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::table::{Cell, Column, Table};
use crate::state::filter::Condition;
use crate::state::session::use_loupe;
use crate::state::store::{Store, use_store};
use crate::text::sentences::sentence;
use crate::text::{fields, numbers};

/// What was learnt, and its classes.
#[derive(Clone, Default)]
pub struct Labelled {
    /// The column, or a filter.
    pub label: Option<String>,
    /// Whether it is a filter.
    pub is_question: bool,
    /// The classes, in the order of the matrix.
    pub classes: Vec<String>,
}

/// The figures.
#[component]
pub fn FiguresView(
    /// What is shown.
    figures: Figures,
    /// What the classes are classes of.
    labelled: Labelled,
    /// Of which rows.
    title: String,
    /// Whether they are those of the model that is open, which can be asked for the rows of a cell.
    #[prop(optional)]
    of_open_model: bool,
) -> impl IntoView {
    let (store, loupe) = (use_store(), use_loupe());
    let name = labelled.label.as_deref().map_or(String::new(), |label| fields::plain(label).to_owned());
    let matrix = MatrixData {
        labels: labelled.classes.clone(),
        counts: figures.confusion.iter().map(|row| row.iter().map(|count| *count as f64).collect()).collect(),
        unit: Unit::count("rows"),
    };
    let classes = by_class(&figures.classes, &labelled);
    let (judged, simplest) = (judged(&figures.figures), simplest(&figures));
    let positive = labelled.classes.get(1).cloned().unwrap_or_default();
    let n_samples = figures.n_samples.to_string();
    let support = figures.classes.get(1).map_or(0, |class| class.support);
    let labelled = StoredValue::new(labelled);
    let on_pick = Callback::new(move |(actual, predicted, excluding): (usize, usize, bool)| {
        if of_open_model && !excluding {
            let session = loupe.session();
            spawn_local(async move { session.show_cell(actual as u32, predicted as u32).await });
        } else {
            labelled.with_value(|labelled| labelled.pick(store, actual, excluding));
        }
    });
    let says = if of_open_model {
        "Confusion matrix; a click shows the open rows of a cell, with Alt it leaves their class out"
    } else {
        "Confusion matrix; a click shows all rows that are of the class"
    };
    let cell = move || store.learning.cell.get().filter(|_| of_open_model).map(|cell| view! { <CellRows cell=cell /> });
    let beside = (!figures.simplest.is_empty()).then(|| view! {
        <Card title="Against the simplest answers".to_owned() subtitle="A model that is no better than these has learnt nothing. By chance: how likely such a difference is if both are equally good".to_owned() width="wide">
            <DataTable table=Signal::stored(simplest) />
        </Card>
    });
    view! {
        <div class="cards" data-figures=n_samples>
            <Card title=title subtitle="Each figure, where chance may move it, and whether to believe it".to_owned() width="wide">
                <DataTable table=Signal::stored(judged) />
            </Card>
            {beside}
            <Card title=format!("{name}: what rows are, and what they are called") subtitle=says.to_owned() width="wide">
                <MatrixChart data=Signal::stored(matrix) label="Actual and predicted classes".to_owned() empty="No row was held out.".to_owned() on_pick=on_pick />
                {cell}
            </Card>
            <Card title="By class".to_owned() subtitle="Precision: of those called so; recall: of those that are".to_owned()>
                <DataTable table=Signal::stored(classes) page=22 />
            </Card>
            <Curves figures=figures positive=positive support=support />
        </div>
    }
}

/// The rows of a cell that was picked, down to their lines.
#[component]
fn CellRows(
    /// What was found.
    cell: Arc<ConfusedRows>,
) -> impl IntoView {
    let told = format!(
        "{} of the open log, those that trained among them, {} {} and called {}.",
        numbers::counted(cell.rows, "row"),
        if cell.rows == 1 { "is" } else { "are" },
        cell.actual,
        cell.predicted
    );
    let row = |evidence: &Evidence| {
        vec![Cell::content(&format!("{}:{}", evidence.file, evidence.line)), Cell::content(&evidence.text)]
    };
    let table = Table {
        caption: "Rows of the cell".into(),
        columns: vec![Column::text("Place"), Column::text("Line")],
        rows: cell.sample.iter().map(row).collect(),
        empty: "No open row is in this cell.".into(),
    };
    view! {
        <div class="stack" data-cell>
            <p dir="auto" role="status">{told}</p>
            <DataTable table=Signal::stored(table) page=10 />
        </div>
    }
}

impl Labelled {
    /// Filters by the rows of a class, as far as a filter can say so: what a model called them it cannot.
    fn pick(&self, store: Store, class: usize, excluding: bool) {
        let (Some(label), Some(class)) = (&self.label, self.classes.get(class)) else { return };
        match (self.is_question, (class == "yes") != excluding) {
            (false, _) => store.pick(&Condition::new(label, class), excluding),
            (true, true) => store.narrow(&format!("({label})")),
            (true, false) => store.narrow(&format!("not ({label})")),
        }
    }
}

fn judged(figures: &[Figure]) -> Table {
    let row = |figure: &Figure| {
        let (mark, tone) = match figure.verdict {
            Verdict::Trust => ("✓ trust", "ok"),
            Verdict::Careful => ("! careful", "careful"),
            Verdict::Meaningless => ("✕ meaningless", "wrong"),
        };
        let interval = figure.interval.map_or(String::new(), |(from, to)| format!("{from:.3} to {to:.3}"));
        vec![
            Cell::text(figure.name.as_str()),
            number(figure.value),
            Cell::text(mark).toned(tone),
            Cell::text(interval),
            Cell::text(sentence(&figure.because)),
        ]
    };
    Table {
        caption: "Figures".into(),
        columns: vec![
            Column::text("Figure"),
            Column::number("Value"),
            Column::text("Verdict"),
            Column::text("In 95 of 100 draws"),
            Column::text("Because"),
        ],
        rows: figures.iter().map(row).collect(),
        empty: "There are no figures.".into(),
    }
}

/// The model first, then the simplest answers.
fn simplest(figures: &Figures) -> Table {
    let own = |name: &str| figures.figures.iter().find(|f| f.name == name).map_or(0.0, |figure| figure.value);
    let model = vec![
        Cell::text("this model"),
        number(own("accuracy")),
        number(own("balanced accuracy")),
        Cell::text(""),
        Cell::text(""),
    ];
    let row = |simple: &Simplest| {
        vec![
            Cell::text(simple.name.as_str()),
            number(simple.accuracy),
            number(simple.balanced_accuracy),
            number(simple.p_value),
            Cell::content(&simple.answer),
        ]
    };
    Table {
        caption: "Simplest answers".into(),
        columns: vec![
            Column::text("Who answers"),
            Column::number("Accuracy"),
            Column::number("Balanced"),
            Column::number("By chance"),
            Column::text("How"),
        ],
        rows: std::iter::once(model).chain(figures.simplest.iter().map(row)).collect(),
        empty: "There are none.".into(),
    }
}

fn by_class(classes: &[ClassReport], labelled: &Labelled) -> Table {
    let name = |class: &str| match &labelled.label {
        Some(label) if !labelled.is_question && labelled.classes.iter().any(|known| known == class) => {
            Cell::value(label, Some(class))
        }
        _ => Cell::content(class),
    };
    let row = |class: &ClassReport| {
        vec![
            name(&class.class),
            number(class.precision),
            number(class.recall),
            number(class.f1),
            Cell::count(class.support),
        ]
    };
    Table {
        caption: "Figures by class".into(),
        columns: vec![
            Column::text("Class"),
            Column::number("Precision"),
            Column::number("Recall"),
            Column::number("F1"),
            Column::number("Rows"),
        ],
        rows: classes.iter().map(row).collect(),
        empty: "There are no classes.".into(),
    }
}

/// A figure with three decimals.
pub fn number(value: f64) -> Cell {
    Cell { number: Some(value), ..Cell::text(format!("{value:.3}")) }
}
