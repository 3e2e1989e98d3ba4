//! Questions on one finding or one row: what a fix would stop, and why not.

use logloupe::protocol::{Explain, Job, Output, Place as At};
use logloupe::query::Answer;
use logloupe::report::fix::{DryRun, Subjects, both};
use logloupe::report::{Finding, Report, WhyNot};
use logloupe::settings::Settings;

use super::jobs::Place;
use super::pool::Trouble;
use super::session::Session;

impl Session {
    /// Who and what a finding is about, without crawlers that come from where their company says.
    pub async fn subjects(&self, finding: &Finding) -> Result<Subjects, Trouble> {
        let settings = self.store.settings_now();
        let mut subjects = Subjects::of(&[finding], &settings);
        for claim in subjects.claims(&settings) {
            let answers = self.ask(&claim.ask.filter, claim.ask.questions.clone()).await?;
            if let Some(Answer::Top(found)) = answers.first() {
                subjects.verify(&claim, found);
            }
        }
        Ok(subjects)
    }

    /// What a filter beside that of now would have stopped.
    pub async fn dry_run(&self, whole: &Report, filter: &str, ids: &[String]) -> Result<DryRun, Trouble> {
        let settings = self.store.settings_now();
        let settings = Box::new(Settings { filter: both(&settings.filter, filter), ..settings });
        let rules = self.packed_rules.borrow().clone();
        let job = Job::Report { settings, inputs: self.shards().inputs.clone(), rules };
        match self.job(&job, Place::First).await? {
            (Output::Report(blocked), _) => Ok(DryRun::new(whole, &blocked, ids)),
            _ => Err(Trouble::another("a report")),
        }
    }

    /// Which checks the row at a byte of a file fired, and which it nearly did.
    pub async fn why_not(&self, file: u32, byte: u64) -> Result<Option<Box<WhyNot>>, Trouble> {
        let explain = Explain {
            settings: Box::new(self.store.settings_now()),
            rules: self.packed_rules.borrow().clone(),
            file,
            at: At::Byte(byte),
            found: None,
        };
        match self.job(&Job::Explain(Box::new(explain)), Place::First).await? {
            (Output::Explained(why), _) => Ok(why),
            _ => Err(Trouble::another("what checks say of a row")),
        }
    }
}
