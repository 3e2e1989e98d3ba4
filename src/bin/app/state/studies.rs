//! Questions to the models that are asked one at a time: signals for the views, and the session's part.

use std::sync::Arc;

use leptos::prelude::*;
use logloupe::protocol::{Job, Output, RuleSet, Studied, Study};
use logloupe::report::{Agreement, Forecast, Planted, RowMap};

use super::jobs::Place;
use super::pool::Trouble;
use super::session::Session;
use super::store::Run;

/// What studies said last, and what is under way. A handle: copies are the same.
#[derive(Clone, Copy, Default)]
pub struct Studies {
    /// The forecast's run.
    pub forecast_run: RwSignal<Run>,
    /// Whether the next interval will have a burst of errors.
    pub forecast: RwSignal<Option<Arc<Forecast>>>,
    /// The run of what is planted.
    pub planted_run: RwSignal<Run>,
    /// Who finds known attacks among the log's rows.
    pub planted: RwSignal<Option<Arc<Planted>>>,
    /// The comparison's run.
    pub agreement_run: RwSignal<Run>,
    /// Where rules and the open model agree.
    pub agreement: RwSignal<Option<Arc<Agreement>>>,
    /// The map's run.
    pub map_run: RwSignal<Run>,
    /// Rows as points of a plane.
    pub map: RwSignal<Option<Arc<RowMap>>>,
}

impl Studies {
    /// Says that nothing is under way.
    pub fn stop(&self) {
        for run in [self.forecast_run, self.planted_run, self.agreement_run, self.map_run] {
            run.set(Run::Idle);
        }
    }

    /// Forgets what was said of rows that are no longer open.
    pub fn set_aside(&self) {
        self.stop();
        self.forecast.set(None);
        self.planted.set(None);
        self.agreement.set(None);
        self.map.set(None);
    }

    fn take(&self, studied: Studied) {
        match studied {
            Studied::Forecast(forecast) => self.forecast.set(Some(Arc::new(forecast))),
            Studied::Planted(planted) => self.planted.set(Some(Arc::new(planted))),
            Studied::Agreement(agreement) => self.agreement.set(Some(Arc::new(agreement))),
            Studied::Map(map) => self.map.set(Some(Arc::new(map))),
        }
    }

    fn run_of(&self, study: &Study) -> (RwSignal<Run>, &'static str) {
        match study {
            Study::Forecast { .. } => (self.forecast_run, "Counting intervals, and learning from the older ones"),
            Study::Plant { .. } => (self.planted_run, "Planting attacks in a copy of some rows"),
            Study::Agreement { .. } => (self.agreement_run, "Asking the rules and the model about every row"),
            Study::Map(_) => (self.map_run, "Drawing some rows by what is alike in them"),
        }
    }
}

impl Session {
    /// Asks a question about the rows under the filter.
    pub async fn study(&self, study: Study) {
        let studies = self.store.studies.get_value();
        let number = self.begin_model();
        let (run, doing) = studies.run_of(&study);
        run.set(Run::Running(doing.into()));
        let job = Job::Study { filter: self.store.settings_now().filter, study: Box::new(study) };
        let studied = match self.job(&job, Place::Spare).await {
            Ok((Output::Studied(studied), _)) => Ok(studied),
            Ok(_) => Err(Trouble::another("a study")),
            Err(trouble) => Err(trouble),
        };
        if self.model_run.get() != number {
            return;
        }
        run.set(match studied.map(|studied| studies.take(*studied)) {
            Ok(()) | Err(Trouble::Stopped) => Run::Idle,
            Err(trouble) => Run::Failed(trouble.sentence()),
        });
    }

    /// How rules run now.
    pub fn rule_set(&self) -> RuleSet {
        let settings = Box::new(self.store.settings_now());
        RuleSet { settings, packed: self.packed_rules.borrow().clone() }
    }
}
