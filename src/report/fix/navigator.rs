//! A layer of the ATT&CK Navigator, version 4.5: the techniques of the findings, the worse the darker.
//!
//! <https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md>

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Finding;
use super::escape::plain;
use super::sigma::is_technique;

/// The layer.
pub fn text(findings: &[&Finding], notes: &mut Vec<String>) -> String {
    let mut techniques: BTreeMap<&str, (u8, Vec<String>)> = BTreeMap::new();
    for finding in findings {
        for technique in finding.attack.iter().filter(|technique| is_technique(technique)) {
            let (score, titles) = techniques.entry(technique).or_default();
            *score = (*score).max(finding.severity as u8 + 1);
            titles.push(format!("{}: {} rows", plain(&finding.title), finding.count));
        }
    }
    if techniques.is_empty() {
        notes.push("The finding names no ATT&CK technique.".into());
    }
    let technique = |(id, (score, titles)): (&&str, &(u8, Vec<String>))| json!({ "techniqueID": id, "score": score, "comment": titles.join("; "), "enabled": true });
    let techniques: Vec<Value> = techniques.iter().map(technique).collect();
    let layer = json!({
        "name": "Logloupe", "description": "Techniques of the findings; the score is their severity, 1 to 5.",
        "domain": "enterprise-attack", "versions": { "layer": "4.5", "navigator": "5.1.0" },
        "techniques": techniques,
        "gradient": { "colors": ["#fff3d6", "#d1495b"], "minValue": 1, "maxValue": 5 },
    });
    format!("{layer:#}\n")
}
