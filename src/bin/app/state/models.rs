//! The models of the report: those that the settings ask for, and those that are run anew.

use std::rc::Rc;

use leptos::prelude::*;
use logloupe::protocol::{Job, Output, Request, Response};
use logloupe::report::{Anomaly, Classifier, Predicted};
use logloupe::settings::{AnomalySettings, ClassifierSettings};
use serde_json::{Value, json};

use super::jobs::{Finished, Place, finished};
use super::learning::word;
use super::pool::{Trouble, answer};
use super::session::Session;
use super::store::Run;

impl Session {
    /// The models that the settings ask for, one after the other.
    pub(super) async fn run_models(self: Rc<Self>, number: u32) {
        let settings = self.store.settings.get_untracked().models;
        if settings.anomaly.enabled {
            self.fit_anomaly(settings.anomaly).await;
        }
        if let Some(classifier) = settings.classifier.filter(|_| self.check_open(number).is_ok()) {
            self.fit_classifier(classifier).await;
        }
        if self.check_open(number).is_ok() {
            self.models_pending.set(false);
            self.tell_end();
        }
    }

    /// Grows an isolation forest, scores every row under the filter, and puts the result into the report.
    pub async fn fit_anomaly(&self, settings: AnomalySettings) {
        let store = self.store;
        let run = self.begin_model();
        let filter = store.settings_now().filter;
        store.anomaly_run.set(Run::Running("Growing trees on a sample of the rows".into()));
        let result = self.anomaly(&filter, &settings).await;
        if self.model_run.get() != run {
            return;
        }
        match result {
            Ok(anomaly) => {
                store.anomaly_filter.set(filter);
                store.anomaly_run.set(Run::Idle);
                store.learning.note(anomaly_record(&store.anomaly_filter.get_untracked(), &settings, &anomaly));
                self.amend(|report| {
                    report.models.anomaly = Some(anomaly);
                    report.settings.models.anomaly = settings;
                });
                self.retell().await;
            }
            Err(Trouble::Stopped) => store.anomaly_run.set(Run::Idle),
            Err(trouble) => store.anomaly_run.set(Run::Failed(trouble.sentence())),
        }
    }

    async fn anomaly(&self, filter: &str, settings: &AnomalySettings) -> Result<Anomaly, Trouble> {
        let job = Job::AnomalyFit { filter: filter.to_owned(), settings: settings.clone() };
        anomaly_of(self.job(&job, Place::Spare).await?)
    }

    /// Marks another share of the rows that were scored last. The newest share wins; those between are passed over.
    pub async fn mark(&self, share: f64) {
        self.wanted_share.set(Some(share));
        if self.is_marking.replace(true) {
            return;
        }
        while let Some(share) = self.wanted_share.take() {
            let report = self.store.report.get_untracked();
            let Some(report) = report.filter(|report| report.models.anomaly.is_some()) else { break };
            let settings = AnomalySettings { contamination: share, ..report.settings.models.anomaly.clone() };
            match self.marked(&settings).await {
                Ok(anomaly) => self.amend(|report| {
                    report.models.anomaly = Some(anomaly);
                    report.settings.models.anomaly = settings;
                }),
                Err(Trouble::Stopped) => break,
                // The worker that had the scores was replaced.
                Err(_) => self.fit_anomaly(settings).await,
            }
        }
        self.is_marking.set(false);
        self.retell().await;
    }

    async fn marked(&self, settings: &AnomalySettings) -> Result<Anomaly, Trouble> {
        let pool = self.pool().await?;
        finished(answer(pool.call(pool.spare(), Request::Mark(settings.clone()), &[])).await?).and_then(anomaly_of)
    }

    /// Why a row of these values, in the order of the features, was given its score.
    pub async fn why(&self, values: Vec<f64>) -> Result<Box<Predicted>, Trouble> {
        let pool = self.pool().await?;
        match answer(pool.call(pool.spare(), Request::Why(values), &[])).await?.response {
            Response::Predicted(why) => Ok(why),
            _ => Err(Trouble::another("reasons")),
        }
    }

    /// Grows and tests a random forest, and puts the result into the report.
    pub async fn fit_classifier(&self, settings: ClassifierSettings) {
        let store = self.store;
        let run = self.begin_model();
        store.classifier_run.set(Run::Running("Growing a forest on the rows to learn from".into()));
        let job = Job::Classify { filter: store.settings_now().filter, settings: settings.clone() };
        let result = match self.job(&job, Place::Spare).await {
            Ok((Output::Classifier(classifier), _)) => Ok(classifier),
            Ok(_) => Err(Trouble::another("a classifier")),
            Err(trouble) => Err(trouble),
        };
        if self.model_run.get() != run {
            return;
        }
        match result {
            Ok(classifier) => {
                self.learned(classifier, settings);
                self.retell().await;
            }
            Err(Trouble::Stopped) => store.classifier_run.set(Run::Idle),
            Err(trouble) => store.classifier_run.set(Run::Failed(trouble.sentence())),
        }
    }

    fn learned(&self, classifier: Classifier, settings: ClassifierSettings) {
        self.store.classifier_run.set(Run::Idle);
        self.amend(|report| {
            report.models.classifiers = vec![classifier];
            report.settings.models.classifier = Some(settings);
        });
    }

    /// The number of a model's run that begins now: what an older one still says is thrown away.
    pub(super) fn begin_model(&self) -> u32 {
        self.model_run.set(self.model_run.get().wrapping_add(1));
        self.model_run.get()
    }

    /// Stops a model's run. Parts that the workers have begun are finished there and thrown away.
    pub fn stop_model(&self) {
        self.begin_model();
        if let Some(pool) = self.pool.borrow().as_ref() {
            pool.stop(pool.spare(), &Trouble::Stopped);
            pool.dismiss_learners();
        }
        self.store.anomaly_run.set(Run::Idle);
        self.store.classifier_run.set(Run::Idle);
        self.store.learning.stop();
        self.store.studies.get_value().stop();
        self.models_pending.set(false);
        self.tell_end();
    }

    /// Lets a worker say in words what the report holds with its models.
    async fn retell(&self) {
        let Some(report) = self.store.report.get_untracked() else { return };
        // Words that do not come leave those that are there.
        if let Some((threat, queue, text)) = self.tell(&report).await {
            self.amend(|report| (report.threat, report.queue, report.text) = (threat, queue, text));
        }
    }
}

fn anomaly_of((output, _): Finished) -> Result<Anomaly, Trouble> {
    match output {
        Output::Anomaly(anomaly) => Ok(anomaly),
        _ => Err(Trouble::another("the output of this job")),
    }
}

/// A forest as it is exported.
fn anomaly_record(filter: &str, settings: &AnomalySettings, anomaly: &Anomaly) -> Value {
    json!({
        "model": "isolation forest",
        "filter": filter,
        "settings": settings,
        "scored": anomaly.scored,
        "marked": anomaly.anomalies,
        "threshold": anomaly.threshold,
        "verdict": word(anomaly.trust.verdict),
        "reasons": anomaly.trust.reasons,
    })
}
