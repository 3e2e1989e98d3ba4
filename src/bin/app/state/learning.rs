//! Models that are trained on request, opened from a file, and asked: signals for the views, and the session's part.

use std::rc::Rc;
use std::sync::Arc;

use js_sys::Uint8Array;
use leptos::prelude::*;
use logloupe::protocol::{Job, LearnStage, ModelJob, ModelStep, ModelTask, Output, Request, Response, RowFormat};
use logloupe::report::{Compared, ConfusedRows, Learnt, Predicted, Survey, Verdict};
use serde_json::{Value, json};
use wasm_bindgen_futures::JsFuture;

use super::intake::Chosen;
use super::jobs::Place;
use super::pool::{Trouble, answer};
use super::session::Session;
use super::store::Run;
use super::training::Training;

/// Models that are trained, opened and asked. A handle: copies are the same.
#[derive(Clone, Copy, Default)]
pub struct Learning {
    /// The training, or another thing that is done with the model that is open.
    pub run: RwSignal<Run>,
    /// The model that is open.
    pub learnt: RwSignal<Option<Arc<Learnt>>>,
    /// Its answers against what is true of the open rows.
    pub compared: RwSignal<Option<Arc<Compared>>>,
    /// Rows of the cell of the confusion matrix that was picked.
    pub cell: RwSignal<Option<Arc<ConfusedRows>>>,
    /// The look at the columns.
    pub survey_run: RwSignal<Run>,
    /// What the columns are to a model.
    pub survey: RwSignal<Option<Arc<Survey>>>,
    /// How the form stood when a training was last begun.
    pub last: RwSignal<Option<Training>>,
    /// Columns that shall not be learnt from, though the log fills them.
    pub left_out: RwSignal<Vec<String>>,
    /// What was run in this session, as it is exported. **Order**: newest last.
    pub records: RwSignal<Vec<Arc<Value>>>,
}

impl Learning {
    /// Says what a round does that takes long.
    pub fn tell(&self, job: &ModelJob) {
        match (&job.task, job.step) {
            (_, ModelStep::Columns | ModelStep::Addresses) => {}
            (ModelTask::Train(_), step) => self.run.set(Run::Running(
                match step {
                    ModelStep::Learn(LearnStage::Search) => "Trying parameters",
                    ModelStep::Learn(LearnStage::Grow) => "Growing trees",
                    ModelStep::Learn(LearnStage::Done) => "Testing the model",
                    _ => "Taking a sample of the rows",
                }
                .into(),
            )),
            (ModelTask::Survey(_), _) => self.survey_run.set(Run::Running("Comparing columns".into())),
            (ModelTask::Predict(_) | ModelTask::Evaluate | ModelTask::Cell(..), _) => {
                self.run.set(Run::Running("Asking the model about every row".into()));
            }
        }
    }

    /// Says that nothing is under way.
    pub fn stop(&self) {
        self.run.set(Run::Idle);
        self.survey_run.set(Run::Idle);
    }

    /// Forgets what was said of rows that are no longer open.
    pub fn set_aside(&self) {
        self.stop();
        self.compared.set(None);
        self.cell.set(None);
        self.survey.set(None);
        self.last.set(None);
        self.left_out.set(Vec::new());
    }

    /// Takes note of a run.
    pub fn note(&self, record: Value) {
        self.records.update(|records| records.push(Arc::new(record)));
    }
}

/// A verdict's word.
pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Trust => "trust",
        Verdict::Careful => "careful",
        Verdict::Meaningless => "meaningless",
    }
}

/// What a model's file begins with.
const MODEL: &str = "{\"schema\":\"logloupe.model.v1\"";

/// Whether a file is a saved model and no log.
pub(super) async fn is_model(chosen: &Chosen) -> bool {
    if !chosen.path.to_ascii_lowercase().ends_with(".json") {
        return false;
    }
    let Ok(head) = chosen.file.slice_with_f64_and_f64(0.0, MODEL.len() as f64) else { return false };
    JsFuture::from(head.text()).await.ok().and_then(|text| text.as_string()).is_some_and(|text| text == MODEL)
}

impl Session {
    /// Trains a model with these settings, on the rows under the filter, and opens it.
    pub async fn train(&self, settings: Value) {
        let learning = self.store.learning;
        let run = self.begin_model();
        learning.run.set(Run::Running("Looking at the columns".into()));
        let filter = self.store.settings_now().filter;
        let task = ModelTask::Train(settings.to_string());
        let file = match self.model_job(&filter, task, ModelStep::Columns, &[]).await {
            Ok((Output::Model, mut beside)) => beside.pop().ok_or_else(|| Trouble::another("a model")),
            Ok(_) => Err(Trouble::another("a model")),
            Err(trouble) => Err(trouble),
        };
        let opened = match file {
            Ok(file) => self.open_file(file).await,
            Err(trouble) => Err(trouble),
        };
        if self.model_run.get() != run {
            return;
        }
        if let Ok(learnt) = &opened {
            learning.note(record(&filter, settings, learnt));
        }
        end_run(learning.run, opened.map(drop));
    }

    /// Opens a model's file.
    pub async fn open_model(self: Rc<Self>, file: web_sys::File) {
        let learning = self.store.learning;
        let run = self.begin_model();
        learning.run.set(Run::Running("Opening the model".into()));
        let opened = match JsFuture::from(file.array_buffer()).await {
            Ok(buffer) => self.open_file(Uint8Array::new(&buffer)).await.map(drop),
            Err(_) => Err(Trouble::Mismatch("the browser could not read the file".into())),
        };
        if self.model_run.get() == run {
            end_run(learning.run, opened);
        }
    }

    async fn open_file(&self, file: Uint8Array) -> Result<Arc<Learnt>, Trouble> {
        let learnt = self.keep_model(&file).await?;
        *self.model_file.borrow_mut() = Some(file);
        self.store.learning.compared.set(None);
        self.store.learning.cell.set(None);
        self.store.learning.learnt.set(Some(learnt.clone()));
        Ok(learnt)
    }

    /// Gives the model to the worker that is asked about single rows.
    async fn keep_model(&self, file: &Uint8Array) -> Result<Arc<Learnt>, Trouble> {
        let pool = self.pool().await?;
        match answer(pool.call(pool.spare(), Request::Learn, std::slice::from_ref(file))).await?.response {
            Response::Learnt(learnt) => Ok(Arc::from(learnt)),
            _ => Err(Trouble::another("a model")),
        }
    }

    /// The open model's file.
    pub fn model_bytes(&self) -> Option<Vec<u8>> {
        self.model_file.borrow().as_ref().map(Uint8Array::to_vec)
    }

    /// Closes the model that is open.
    pub fn close_model(&self) {
        let learning = self.store.learning;
        self.model_file.take();
        learning.learnt.set(None);
        learning.compared.set(None);
        learning.cell.set(None);
        learning.records.set(Vec::new());
    }

    /// What the open model says of a row of these values, by column.
    pub async fn predict(&self, values: Vec<(String, String)>) -> Result<Box<Predicted>, Trouble> {
        let pool = self.pool().await?;
        let ask = || answer(pool.call(pool.spare(), Request::Predict(values.clone()), &[]));
        let said = match ask().await {
            // A worker that was stopped meanwhile knows no model any more.
            Err(Trouble::Engine(logloupe::error::Error::Model { .. }) | Trouble::Died { .. } | Trouble::Stopped) => {
                let file = self.model_file.borrow().clone().ok_or_else(|| Trouble::another("a model"))?;
                self.keep_model(&file).await?;
                ask().await?
            }
            said => said?,
        };
        match said.response {
            Response::Predicted(predicted) => Ok(predicted),
            _ => Err(Trouble::another("a prediction")),
        }
    }

    /// What the open model says of every row under the filter, as a file's bytes.
    pub async fn predict_rows(&self, format: RowFormat) -> Result<Vec<u8>, String> {
        let run = self.begin_model();
        let filter = self.store.settings_now().filter;
        let finished = self.asked(&filter, ModelTask::Predict(format)).await;
        if self.model_run.get() == run {
            self.store.learning.run.set(Run::Idle);
        }
        let (_, beside) = finished.map_err(|trouble| trouble.sentence())?;
        Ok(beside.first().map(Uint8Array::to_vec).unwrap_or_default())
    }

    /// Compares the open model's answers with what is true of the rows under the filter.
    pub async fn compare(&self) {
        let learning = self.store.learning;
        let run = self.begin_model();
        let filter = self.store.settings_now().filter;
        let compared = match self.asked(&filter, ModelTask::Evaluate).await {
            Ok((Output::Compared(compared), _)) => Ok(compared),
            Ok(_) => Err(Trouble::another("figures")),
            Err(trouble) => Err(trouble),
        };
        if self.model_run.get() != run {
            return;
        }
        let ended = compared.map(|compared| learning.compared.set(Some(Arc::from(compared))));
        end_run(learning.run, ended);
    }

    /// Shows which rows under the filter are of one class and called another, by the places of both.
    pub async fn show_cell(&self, actual: u32, predicted: u32) {
        let learning = self.store.learning;
        let run = self.begin_model();
        let filter = self.store.settings_now().filter;
        let found = match self.asked(&filter, ModelTask::Cell(actual, predicted)).await {
            Ok((Output::Cell(found), _)) => Ok(found),
            Ok(_) => Err(Trouble::another("rows")),
            Err(trouble) => Err(trouble),
        };
        if self.model_run.get() != run {
            return;
        }
        let ended = found.map(|found| learning.cell.set(Some(Arc::from(found))));
        end_run(learning.run, ended);
    }

    async fn asked(&self, filter: &str, task: ModelTask) -> Result<super::jobs::Finished, Trouble> {
        self.store.learning.run.set(Run::Running("Looking at addresses".into()));
        let file = self.model_file.borrow().clone().ok_or_else(|| Trouble::another("a model"))?;
        self.model_job(filter, task, ModelStep::Addresses, &[file]).await
    }

    /// Looks at what there is to learn from.
    pub async fn survey(&self) {
        let learning = self.store.learning;
        let run = self.begin_model();
        learning.survey_run.set(Run::Running("Looking at the columns".into()));
        // All columns: a label that is learnt later leaves what tells it by itself.
        let settings = json!({ "model": { "random_forest": {} } });
        let task = ModelTask::Survey(settings.to_string());
        let filter = self.store.settings_now().filter;
        let found = match self.model_job(&filter, task, ModelStep::Columns, &[]).await {
            Ok((Output::Survey(survey), _)) => Ok(survey),
            Ok(_) => Err(Trouble::another("a look at columns")),
            Err(trouble) => Err(trouble),
        };
        if self.model_run.get() != run {
            return;
        }
        let ended = found.map(|survey| learning.survey.set(Some(Arc::from(survey))));
        end_run(learning.survey_run, ended);
    }

    async fn model_job(
        &self,
        filter: &str,
        task: ModelTask,
        step: ModelStep,
        always: &[Uint8Array],
    ) -> Result<super::jobs::Finished, Trouble> {
        let job = Job::Model(Box::new(ModelJob { filter: filter.to_owned(), task, step, share: Some((0, 1)) }));
        self.job_beside(&job, Place::Spare, always).await
    }
}

/// What a run ends with.
fn end_run(run: RwSignal<Run>, result: Result<(), Trouble>) {
    run.set(match result {
        Ok(()) | Err(Trouble::Stopped) => Run::Idle,
        Err(trouble) => Run::Failed(trouble.sentence()),
    });
}

/// A training as it is exported.
fn record(filter: &str, settings: Value, learnt: &Learnt) -> Value {
    let figures = learnt.figures.iter().flat_map(|figures| &figures.figures).map(|figure| {
        json!({
            "name": figure.name,
            "value": figure.value,
            "interval": figure.interval,
            "verdict": word(figure.verdict),
            "because": figure.because,
        })
    });
    json!({
        "model": learnt.model,
        "filter": filter,
        "settings": settings,
        "label": learnt.label,
        "n_train": learnt.n_train,
        "n_test": learnt.n_test,
        "split": learnt.split,
        "verdict": learnt.trust.as_ref().map(|trust| word(trust.verdict)),
        "reasons": learnt.trust.as_ref().map(|trust| &trust.reasons),
        "figures": figures.collect::<Vec<_>>(),
    })
}
