//! What a study says as lines to read: a name and a text each, the verdict first.

use std::fmt::Write as _;

use crate::protocol::Studied;
use crate::report::{
    Agreement, AlarmFigures, Evidence, Forecast, Planted, PlantedRequest, PlantedRows, RowMap, Trust, Verdict,
};

/// Features and rows that are named.
const SHOWN: usize = 10;

/// The lines of any study.
pub fn of(studied: &Studied) -> Vec<(String, String)> {
    match studied {
        Studied::Forecast(forecast) => of_forecast(forecast),
        Studied::Planted(planted) => of_planted(planted),
        Studied::Agreement(agreement) => of_agreement(agreement),
        Studied::Map(map) => of_map(map),
    }
}

fn of_forecast(forecast: &Forecast) -> Vec<(String, String)> {
    let mut lines = of_trust(&forecast.trust);
    if forecast.refused.is_some() {
        return lines;
    }
    let (step, [from, to]) = (forecast.interval_seconds, forecast.ahead_seconds);
    lines.push(line("interval", &format!("{step} s; a burst is more than {} errors", forecast.burst_over)));
    lines.push(line("lead", &format!("an alarm is about what comes {from} to {to} s later")));
    lines.push(line("alarm", &format!("from a probability of {:.4} on", forecast.threshold)));
    let rows = format!(
        "{} trained and {} tested, the newest; bursts among these: {}, of which {} follow a quiet one",
        forecast.n_train, forecast.n_test, forecast.bursts, forecast.episodes
    );
    lines.push(line("intervals", &rows));
    if let Some(area) = forecast.roc_area {
        lines.push(line("ROC area", &format!("{area:.4}")));
    }
    let days = (forecast.n_test * step) as f64 / 86_400.0;
    lines.extend(forecast.alarms.iter().map(|figures| line(&figures.by, &of_alarms(figures, days))));
    for feature in forecast.features.iter().take(SHOWN) {
        let weight = feature.importance.unwrap_or_default();
        lines.push(line("rests on", &format!("{}: {weight:.4}", feature.name)));
    }
    if let Some(next) = &forecast.next {
        let word = if next.is_alarm { "alarm" } else { "no alarm" };
        lines.push(line("next", &format!("{}: {word}, probability of a burst {:.4}", next.start, next.probability)));
    }
    lines
}

fn of_alarms(figures: &AlarmFigures, days: f64) -> String {
    let mut text = format!(
        "{} right, {} false ({:.1} a day), {} missed, {} beginnings announced; cost {}",
        figures.right,
        figures.false_alarms,
        figures.false_alarms as f64 / days,
        figures.missed,
        figures.announced,
        figures.cost
    );
    if let Some(chance) = figures.chance {
        let _ = write!(text, "; a difference that large by chance: {chance:.4}");
    }
    text
}

fn of_planted(planted: &Planted) -> Vec<(String, String)> {
    let mut lines = of_trust(&planted.trust);
    if planted.refused.is_some() {
        return lines;
    }
    let has_model = planted.model.is_some();
    lines.extend(planted.model.iter().map(|model| line("model", model)));
    lines.push(line("rows of the log", &of_rows(&planted.own, has_model)));
    lines.push(line("planted", &of_rows(&planted.all, has_model)));
    let kinds = planted.families.iter().chain(&planted.variants);
    lines.extend(kinds.map(|rows| line(&format!("  {}", rows.name.replace('_', " ")), &of_rows(rows, has_model))));
    let missed = |name: &'static str, requests: &[PlantedRequest]| -> Vec<(String, String)> {
        let text = |missed: &PlantedRequest| format!("{} ({}, {})", missed.request, missed.family, missed.variant);
        requests.iter().take(SHOWN).map(|missed| line(name, &text(missed))).collect()
    };
    lines.extend(missed("no rule finds", &planted.missed_by_rules));
    lines.extend(missed("no model finds", &planted.missed_by_model));
    lines
}

fn of_rows(rows: &PlantedRows, has_model: bool) -> String {
    let share = |found: u64| 100.0 * found as f64 / rows.rows.max(1) as f64;
    let mut text = format!("{} rows; rules find {} ({:.1} %)", rows.rows, rows.by_rules, share(rows.by_rules));
    if has_model {
        let (model, either) = (rows.by_model, rows.by_either);
        let _ = write!(text, ", the model {model} ({:.1} %), either {either} ({:.1} %)", share(model), share(either));
    }
    text
}

fn of_agreement(agreement: &Agreement) -> Vec<(String, String)> {
    let mut lines = vec![line("the model finds", &agreement.model)];
    let kappa = agreement.kappa.map_or("not to be told".to_owned(), |kappa| format!("{kappa:.4}"));
    lines.push(line("agreement", &format!("{kappa} (Cohen's kappa: 0 is chance, 1 is always)")));
    for cell in &agreement.cells {
        lines.push(line(&cell.name, &format!("{} rows", cell.rows)));
        lines.extend(cell.sample.iter().map(of_evidence));
    }
    lines
}

fn of_map(map: &RowMap) -> Vec<(String, String)> {
    let mut lines = of_trust(&map.trust);
    if map.refused.is_some() {
        return lines;
    }
    lines.push(line("rows", &format!("{}, of them {} on the map", map.n_rows, map.points.len())));
    for (name, direction) in ["to the right", "upwards"].into_iter().zip(&map.directions) {
        let parts: Vec<String> = direction.features.iter().map(|f| format!("{} {:+.2}", f.name, f.value)).collect();
        let share = direction.share * 100.0;
        lines.push(line(name, &format!("{share:.1} % of the differences: {}", parts.join(", "))));
    }
    for (at, group) in map.groups.iter().enumerate() {
        lines.push(line(&format!("group {}", at + 1), &format!("{} rows; {}", group.rows, group.traits.join("; "))));
        lines.extend(group.sample.iter().map(of_evidence));
    }
    lines
}

fn of_evidence(evidence: &Evidence) -> (String, String) {
    line("", &format!("{}:{}: {}", evidence.file, evidence.line, evidence.text))
}

fn of_trust(trust: &Trust) -> Vec<(String, String)> {
    let verdict = match trust.verdict {
        Verdict::Trust => "trust",
        Verdict::Careful => "careful",
        Verdict::Meaningless => "meaningless",
    };
    let reasons = trust.reasons.iter().map(|reason| line("  because", reason));
    std::iter::once(line("verdict", verdict)).chain(reasons).collect()
}

fn line(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}
