//! What the models say, and whether to believe it.

use super::{Block, Parts, VALUES, heading, sentences};
use crate::report::export::tables::verdict;
use crate::report::text::words::{count, counted};
use crate::report::types::{Report, Trust};

pub(super) fn models(report: &Report, parts: &Parts, out: &mut Vec<Block>) {
    if report.models.anomaly.is_none() && report.models.classifiers.is_empty() {
        return;
    }
    heading(2, "Models", out);
    if let Some(anomaly) = &report.models.anomaly {
        heading(3, "Unusual rows (isolation forest)", out);
        let body = match &anomaly.refused {
            Some(refused) => format!("None: {refused}"),
            None => format!(
                "{} of {} rows are marked as the strangest. Strange is not the same as bad: the model only says which rows differ.",
                count(anomaly.anomalies),
                count(anomaly.scored)
            ),
        };
        sentences(&body, out);
        trust(&anomaly.trust, out);
        out.extend(parts.picture("scores"));
        out.extend(parts.table("unusual-addresses", VALUES, &[]));
        out.extend(parts.table("unusual-rows", VALUES, &["Score", "File", "Line", "Why"]));
    }
    for (classifier, place) in report.models.classifiers.iter().zip(1..) {
        heading(3, &format!("Model that learned {}", classifier.label), out);
        match &classifier.refused {
            Some(refused) => sentences(&format!("None: {refused}"), out),
            None => {
                let train = counted(classifier.n_train, "row", "rows");
                sentences(
                    &format!("It learned from {train} and was tested on {} others.", count(classifier.n_test)),
                    out,
                );
            }
        }
        out.extend(parts.table(&format!("model-{place}-figures"), VALUES, &[]));
        out.extend(parts.table(&format!("model-{place}-classes"), VALUES, &[]));
        trust(&classifier.trust, out);
    }
}

fn trust(trust: &Trust, out: &mut Vec<Block>) {
    sentences(&format!("Verdict: {}", verdict(trust.verdict)), out);
    if !trust.reasons.is_empty() {
        out.push(Block::Items(trust.reasons.clone()));
    }
}
