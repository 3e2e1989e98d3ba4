//! The random forest of the report, which the settings ask for: first whether to believe it, then its figures.

use leptos::prelude::*;
use logloupe::report::{Classifier, Figure, Figures};

use super::anomaly::features;
use super::figures::{FiguresView, Labelled};
use crate::components::card::Card;
use crate::components::data_table::DataTable;
use crate::components::notice::Notice;
use crate::components::verdict_mark::VerdictMark;
use crate::text::{fields, numbers};

/// The result, or the sentence with which the model refuses.
#[component]
pub fn ClassifierResult(
    /// The result.
    classifier: Classifier,
) -> impl IntoView {
    if let Some(refusal) = classifier.refused {
        return view! { <Notice tone="careful"><p>{refusal}</p></Notice> }.into_any();
    }
    let learned = fields::plain(&classifier.label).to_owned();
    let held_out = numbers::counted(classifier.n_test, "row");
    let title = format!("{learned}: on {held_out} held out, grown on {}", numbers::count(classifier.n_train));
    let labelled = Labelled {
        label: Some(classifier.label.clone()),
        is_question: false,
        classes: classifier.classes.iter().map(|class| class.class.clone()).collect(),
    };
    let features = features(&classifier.features);
    view! {
        <VerdictMark trust=classifier.trust.clone() />
        <FiguresView figures=figures(classifier) labelled=labelled title=title />
        <Card title="What its decisions rest on".to_owned() subtitle="Features by importance".to_owned()>
            <DataTable table=Signal::stored(features) page=20 />
        </Card>
    }
    .into_any()
}

/// The figures share the verdict of the whole.
fn figures(classifier: Classifier) -> Figures {
    let (verdict, because) = (classifier.trust.verdict, classifier.trust.reasons.first().cloned().unwrap_or_default());
    let figure =
        |(name, value): (String, f64)| Figure { name, value, interval: None, verdict, because: because.clone() };
    Figures {
        n_samples: classifier.n_test,
        figures: classifier.metrics.into_iter().map(|metric| figure((metric.name, metric.value))).collect(),
        classes: classifier.classes,
        confusion: classifier.confusion,
        ..Figures::default()
    }
}
