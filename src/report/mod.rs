//! The report: one versioned JSON document that the page shows, the command line prints and the service returns.
//!
//! `types` is its shape, `account` puts the accounts of ranges together, `text` says it in words, `fix` writes
//! findings for other programs, `export` the whole for other people. Holds results only:
//! nothing here computes them.

pub mod account;
pub mod export;
pub mod fix;
pub mod param;
#[cfg(test)]
mod published;
pub mod text;
pub mod types;

pub use types::*;

impl Report {
    /// Says again in words what the report holds: to be called when models have been added.
    pub fn retell(&mut self) {
        self.cases.iter_mut().for_each(text::tell);
        self.queue = text::queue(self);
        self.threat = text::threat(self);
        self.text = text::paragraphs(self);
    }

    /// Takes over what the checks said in another report.
    pub fn take_checks(&mut self, other: Self) {
        self.lookups = other.lookups;
        self.user_agent_prefixes = other.user_agent_prefixes;
        self.findings = other.findings;
        self.flagged_rows = other.flagged_rows;
        self.rules = other.rules;
        self.cases = other.cases;
        self.case_counts = other.case_counts;
        self.techniques = other.techniques;
        self.left_out = other.left_out;
        self.queue = other.queue;
        self.threat = other.threat;
        self.text = other.text;
    }
}
