//! What is wrong with settings that came from elsewhere, in sentences.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::{Settings, mistake};

/// Characters of a text in the settings, at most.
const TEXT_AT_MOST: usize = 4_096;

/// What the page lets people set, too: trees beyond these would keep a machine busy for hours.
const TREES: RangeInclusive<u32> = 1..=1_000;
const DEPTH: RangeInclusive<u32> = 1..=32;
const SAMPLES: RangeInclusive<u32> = 2..=100_000;
/// A year at most.
const QUIET_HOURS: RangeInclusive<u32> = 1..=8_760;

impl Settings {
    /// What is wrong with the entries and numbers, each in a sentence without its end.
    pub fn mistakes(&self) -> Vec<String> {
        let mut wrong = self.allow.mistakes();
        let detectors = &self.detectors;
        let networks = detectors.crawler_networks.values().flatten().chain(&detectors.own_networks);
        wrong.extend(networks.chain(&self.lists.bad_addresses).filter_map(|entry| mistake("addresses", entry)));
        let hosts = self.lists.banned_hosts.iter().chain(&self.lists.restricted_hosts);
        wrong.extend(hosts.filter_map(|entry| mistake("domains", entry)));
        let anomaly = &self.models.anomaly;
        let mut numbers = vec![
            ("cases.quiet_hours", QUIET_HOURS.contains(&self.cases.quiet_hours)),
            ("detectors.beacon_score", (0.0..=1.0).contains(&detectors.beacon_score)),
            ("models.anomaly.contamination", anomaly.contamination > 0.0 && anomaly.contamination <= 0.5),
            ("models.anomaly.n_estimators", TREES.contains(&anomaly.n_estimators)),
            ("models.anomaly.max_samples", SAMPLES.contains(&anomaly.max_samples)),
        ];
        if let Some(classifier) = &self.models.classifier {
            numbers.extend([
                ("models.classifier.n_estimators", TREES.contains(&classifier.n_estimators)),
                ("models.classifier.max_depth", DEPTH.contains(&classifier.max_depth)),
                ("models.classifier.test_size", classifier.test_size > 0.0 && classifier.test_size < 1.0),
            ]);
        }
        wrong.extend(numbers.iter().filter(|(_, holds)| !holds).map(|(name, _)| format!("{name} is out of its range")));
        // Settings are plain data; nothing in them can fail to be written.
        wrong.extend(text_mistake(&serde_json::to_value(self).unwrap_or_default()));
        wrong
    }
}

/// What is wrong with the first text that cannot be shown as it is.
fn text_mistake(value: &Value) -> Option<String> {
    let of_text = |text: &str| {
        if text.chars().any(is_unseen) {
            Some("a text has characters in it that are not seen".to_owned())
        } else {
            (text.chars().count() > TEXT_AT_MOST).then(|| format!("a text has more than {TEXT_AT_MOST} characters"))
        }
    };
    match value {
        Value::String(text) => of_text(text),
        Value::Array(items) => items.iter().find_map(text_mistake),
        Value::Object(entries) => {
            entries.iter().find_map(|(name, value)| of_text(name).or_else(|| text_mistake(value)))
        }
        _ => None,
    }
}

/// Control characters but the tab, and those that turn the direction of what follows.
fn is_unseen(letter: char) -> bool {
    letter.is_control() && letter != '\t' || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
