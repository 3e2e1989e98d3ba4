//! How far subjects are from the detectors' thresholds.

use super::HuntFound;
use super::subject::{Name, Subject, Subjects};

/// What is counted of a subject.
type Count = fn(&Subject) -> u64;

impl HuntFound {
    /// For each detector that any subject comes half the way to, how far the farthest is.
    pub fn near(&self) -> Vec<(&'static str, String)> {
        let detectors = self.detectors.clone().unwrap_or_default();
        let distinct: Count = |subject| subject.distinct.len() as u64;
        let within: Count = |subject| subject.most_within(600);
        let targets = u64::from(detectors.scan_targets);
        let kinds: [(&'static str, &Subjects, Count, u64, &str); 10] = [
            ("network.beacon", &self.pairs, |pair| pair.rows, detectors.beacon_connections, "connections"),
            ("network.large_upload", &self.pairs, |pair| pair.sent, detectors.upload_bytes, "bytes sent"),
            ("network.large_download", &self.pairs, |pair| pair.received, detectors.download_bytes, "bytes fetched"),
            ("network.port_scan", &self.ports, distinct, targets, "ports"),
            ("network.host_sweep", &self.hosts, distinct, targets, "machines"),
            ("dns.tunnel", &self.tunnels, distinct, u64::from(detectors.tunnel_names), "names below one domain"),
            (
                "dns.failing_lookups",
                &self.lookups,
                distinct,
                u64::from(detectors.failed_lookups),
                "domains that do not exist",
            ),
            (
                "dns.generated_names",
                &self.generated,
                distinct,
                u64::from(detectors.generated_names),
                "domains with drawn letters",
            ),
            ("auth.brute_force", &self.logins, within, detectors.login_failures, "failed logins within ten minutes"),
            ("auth.password_spraying", &self.logins, distinct, u64::from(detectors.sprayed_users), "users"),
        ];
        let mut near: Vec<(&'static str, String)> = kinds
            .into_iter()
            .filter_map(|(id, subjects, count, least, unit)| {
                let most = subjects.0.iter().max_by(|a, b| count(a.1).cmp(&count(b.1)).then_with(|| b.0.cmp(a.0)));
                let (name, subject) = most?;
                Some((id, progress(&named(name), (count(subject), least), unit)?))
            })
            .collect();
        let most = self.rates.busiest_minute();
        let flood = most.and_then(|(name, count)| {
            progress(&name, (count, u64::from(detectors.flood_per_minute)), "requests in a minute")
        });
        near.extend(flood.map(|sentence| ("http.flood", sentence)));
        near
    }
}

/// `10.0.0.1 to 192.0.2.1: 17 of 20 connections needed`. **Null**: none below the half.
fn progress(name: &str, (count, least): (u64, u64), unit: &str) -> Option<String> {
    let name = crate::rules::why_not::shown(name);
    match count {
        _ if count == 0 || count.saturating_mul(2) < least => None,
        _ if count < least => Some(format!("{name}: {count} {unit} of {least} needed")),
        _ => Some(format!("{name}: {count} {unit} of {least} needed, but what else it asks for does not hold")),
    }
}

fn named(name: &Name) -> String {
    match (name.source.1.as_str(), name.object.1.as_str()) {
        (source, "") => source.to_owned(),
        ("", object) => object.to_owned(),
        (source, object) => format!("{source} to {object}"),
    }
}
