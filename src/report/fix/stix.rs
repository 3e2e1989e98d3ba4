//! STIX 2.1: an indicator for each value, and the ATT&CK techniques that they indicate.
//!
//! <https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html>. Ids are UUIDs of version 5 (RFC 9562) of what they
//! name, and times are those of the log, so that the same log gives the same bundle.

use std::net::IpAddr;

use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::sigma::is_technique;
use super::{By, Finding, Subjects};

/// The namespace of our ids: a UUID drawn once.
const NAMESPACE: [u8; 16] =
    [0x3b, 0x0e, 0x6f, 0x0a, 0x5c, 0x1d, 0x4d, 0x57, 0x9f, 0x0c, 0x2a, 0x7d, 0x1e, 0x84, 0x6b, 0x21];

/// Where a log has no times.
const NO_TIME: &str = "1970-01-01T00:00:00.000Z";

/// The bundle.
pub fn text(findings: &[&Finding], subjects: &Subjects, by: By) -> String {
    let first =
        findings.iter().filter_map(|f| f.first.as_deref()).map(millis).min().unwrap_or_else(|| NO_TIME.to_owned());
    let last =
        findings.iter().filter_map(|f| f.last.as_deref()).map(millis).max().unwrap_or_else(|| NO_TIME.to_owned());
    let object = |kind: &str, key: &str| {
        json!({ "type": kind, "spec_version": "2.1", "id": format!("{kind}--{}", uuid(&format!("{kind} {key}"))),
                "created": last, "modified": last })
    };
    let with = |mut object: Value, more: Value| {
        if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
            object.extend(more);
        }
        object
    };
    let titles: Vec<&str> = findings.iter().map(|finding| finding.title.as_str()).collect();
    let titles = titles.join("; ");
    let patterns: Vec<String> = match by {
        By::Addresses => subjects.any_addresses().iter().map(address).collect(),
        By::Paths => subjects.paths.iter().map(|path| request("request_value", path)).collect(),
        By::UserAgents => {
            subjects.user_agents.iter().map(|agent| request("request_header.'User-Agent'", agent)).collect()
        }
    };
    let mut techniques: Vec<&String> =
        findings.iter().flat_map(|f| &f.attack).filter(|technique| is_technique(technique)).collect();
    techniques.sort_unstable();
    techniques.dedup();
    let attacks: Vec<Value> = techniques
        .iter()
        .map(|technique| {
            let reference = json!({ "source_name": "mitre-attack", "external_id": technique });
            with(object("attack-pattern", technique), json!({ "name": technique, "external_references": [reference] }))
        })
        .collect();
    let mut objects = Vec::new();
    for pattern in patterns {
        let about = json!({
            "name": titles, "indicator_types": ["malicious-activity"], "pattern": pattern, "pattern_type": "stix",
            "valid_from": first,
        });
        let indicator = with(object("indicator", &format!("{titles} {pattern}")), about);
        for attack in &attacks {
            let key = format!("{} {}", indicator["id"], attack["id"]);
            let ends = json!({
                "relationship_type": "indicates", "source_ref": indicator["id"], "target_ref": attack["id"],
            });
            objects.push(with(object("relationship", &key), ends));
        }
        objects.push(indicator);
    }
    objects.extend(attacks);
    let ids: Vec<String> = objects.iter().map(|object| object["id"].to_string()).collect();
    let bundle = json!({ "type": "bundle", "id": format!("bundle--{}", uuid(&ids.join(" "))), "objects": objects });
    format!("{bundle:#}\n")
}

fn address(address: &IpAddr) -> String {
    format!("[{}-addr:value = '{address}']", if address.is_ipv4() { "ipv4" } else { "ipv6" })
}

/// A property of a request; texts of patterns stand in single quotes.
fn request(property: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('\'', "\\'");
    format!("[network-traffic:extensions.'http-request-ext'.{property} = '{value}']")
}

/// A time with exactly three decimals, as the specification wants it.
fn millis(time: &str) -> String {
    let (seconds, rest) =
        time.strip_suffix('Z').and_then(|time| time.split_once('.')).unwrap_or((time.trim_end_matches('Z'), ""));
    let decimals: String = rest.chars().chain("000".chars()).take(3).collect();
    format!("{seconds}.{decimals}Z")
}

/// The UUID of version 5 of a text, in our namespace.
pub fn uuid(text: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(NAMESPACE);
    hash.update(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    let number = u128::from_be_bytes(bytes);
    let number = number & !(0xF << 76) | 5 << 76;
    let number = number & !(0b11 << 62) | 0b10 << 62;
    let digits = format!("{number:032x}");
    let piece = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    [piece(0, 8), piece(8, 12), piece(12, 16), piece(16, 20), piece(20, 32)].join("-")
}
