//! How the user wants rules to speak: which do not run, how bad their findings are, from how many rows on.
//!
//! Rules are named by their id, in which `*` stands for anything. Where several entries name a rule, the exact one wins,
//! then the longest, each for what it says.

use crate::query::Pattern;
use crate::report::types::{RuleCounts, RuleState, SWITCHED_OFF, Severity};
use crate::settings::{RuleTuning, Settings, entry};
use crate::units::order;

use super::partial::Found;
use super::sources::level;

/// What the settings say of rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tuned<'a>(pub &'a Settings);

impl Tuned<'_> {
    /// What is said of a rule.
    pub fn of(self, id: &str) -> RuleTuning {
        let mut entries: Vec<(&str, &RuleTuning)> =
            self.0.tuning.iter().map(|(name, said)| (name.trim(), said)).filter(|(name, _)| names(name, id)).collect();
        let rank = |name: &str| (name != id, std::cmp::Reverse(name.len()));
        order::sort_by(&mut entries, |a, b| rank(a.0).cmp(&rank(b.0)).then_with(|| a.0.cmp(b.0)));
        entries.iter().fold(RuleTuning::default(), |said, (_, more)| RuleTuning {
            severity: said.severity.or(more.severity),
            threshold: said.threshold.or(more.threshold),
            off: said.off.or(more.off),
        })
    }

    /// Whether a rule does not run.
    pub fn is_off(self, id: &str) -> bool {
        let is_allowed = self.0.allow.rules.iter().filter_map(|line| entry(line)).any(|name| names(name, id));
        is_allowed || self.of(id).off.unwrap_or(false)
    }

    /// How bad the rule's rows are for the count of flagged rows; 0 where they do not count by themselves: it does not
    /// run, or how many there are in all decides.
    pub fn level(self, id: &str, shipped: Severity) -> u8 {
        let said = self.of(id);
        if self.is_off(id) || said.threshold.is_some() { 0 } else { level(said.severity.unwrap_or(shipped)) }
    }

    /// How bad the rule's findings are; 0 where it does not run.
    pub fn worst(self, id: &str, shipped: Severity) -> u8 {
        if self.is_off(id) { 0 } else { level(self.of(id).severity.unwrap_or(shipped)) }
    }

    /// Findings and states of rules as the user wants them, and what is said of rules that are not there.
    pub fn apply(self, findings: &mut Vec<Found>, counts: &mut RuleCounts) -> Vec<String> {
        let unknown = self.unknown(counts);
        let states = std::mem::take(&mut counts.applied);
        let (off, mut on): (Vec<RuleState>, Vec<RuleState>) =
            states.into_iter().partition(|state| self.is_off(&state.id));
        for state in &mut on {
            self.note(findings, state);
        }
        counts.applied = on;
        let note = |state| RuleState { note: SWITCHED_OFF.to_owned(), ..state };
        counts.not_applicable.extend(off.into_iter().map(note));
        findings.retain(|found| {
            let id = &found.finding.id;
            !self.is_off(id) && found.finding.count >= self.of(id).threshold.unwrap_or(0)
        });
        for found in findings {
            found.finding.severity = self.of(&found.finding.id).severity.unwrap_or(found.finding.severity);
        }
        unknown
    }

    fn note(self, findings: &[Found], state: &mut RuleState) {
        let said = self.of(&state.id);
        let Some(found) = findings.iter().find(|found| found.finding.id == state.id) else { return };
        let finding = &found.finding;
        if let Some(least) = said.threshold.filter(|least| finding.count < *least) {
            state.note = format!("{}; not reported, because the settings ask for at least {least}", state.note);
        } else if let Some(severity) = said.severity.filter(|severity| *severity != finding.severity) {
            let (is, was) = (severity.as_str(), finding.severity.as_str());
            state.note = format!("{}; {is} as the settings say, {was} as shipped", state.note);
        }
    }

    /// A sentence for each name that no rule has.
    fn unknown(self, counts: &RuleCounts) -> Vec<String> {
        let states = || [&counts.applied, &counts.not_applicable, &counts.unsupported].into_iter().flatten();
        let lines = self.0.allow.rules.iter().map(|line| ("allow.rules", line));
        let lines = lines.chain(self.0.tuning.keys().map(|line| ("tuning", line)));
        let unknown = |(list, line): (&str, &String)| {
            let name = entry(line)?;
            (!states().any(|state| names(name, &state.id))).then(|| format!("{list}: no rule is called “{name}”"))
        };
        lines.filter_map(unknown).collect()
    }
}

fn names(pattern: &str, id: &str) -> bool {
    Pattern::of(pattern).fits(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_exact_entry_wins() {
        let settings: Settings = serde_json::from_str(
            r#"{"tuning": {"web.*": {"off": true, "severity": "low"}, "web.sql*": {"severity": "high", "threshold": 5},
                "web.sql_injection": {"off": false}}, "allow": {"rules": [" http.scanner ", "sigma.*"]}}"#,
        )
        .expect("settings");
        let tuned = Tuned(&settings);
        let said = tuned.of("web.sql_injection");
        assert_eq!((said.severity, said.threshold, said.off), (Some(Severity::High), Some(5), Some(false)));
        assert!(tuned.is_off("web.xss") && !tuned.is_off("web.sql_injection"));
        assert!(tuned.is_off("http.scanner") && tuned.is_off("sigma.1") && !tuned.is_off("list.banned_host"));
        assert_eq!(tuned.level("list.banned_host", Severity::High), 4);
        assert_eq!(tuned.level("web.sql_injection", Severity::High), 0);
        assert_eq!(tuned.level("sigma.1", Severity::High), 0);
    }
}
