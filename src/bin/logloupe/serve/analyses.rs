//! What logs are sent for: a report, their rows, a model, a model's answers.

#![expect(unused_qualifications, reason = "the macros that describe the interface write them")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail};
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use logloupe::protocol::{Job, ModelJob, ModelStep, ModelTask, Output, RowFormat};
use logloupe::query::Filter;
use logloupe::report::Report;
use logloupe::settings::Settings;
use logloupe::source::Source;
use logloupe::source::expansion::Expansion;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::Service;
use super::body::{Received, receive};
use super::desk::{Client, work};
use super::failure::{Failure, Refused};
use super::progress::{Line, Lines};
use crate::arguments::Reading;
use crate::crew::{Crew, Stop};
use crate::disk::{DiskFiles, Hashes};
use crate::{commands, rules};

/// How much is read between two lines of progress.
const PROGRESS_BYTES: u64 = 4 << 20;

/// What every analysis may be asked with.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// What the file is called, where the body is the file itself.
    #[param(required = false)]
    name: Option<String>,
    /// A filter, as on the page: `source.ip: 10.0.0.0/8 and http.response.status_code >= 400`.
    #[param(required = false)]
    filter: Option<String>,
    /// Settings as JSON, as the page exports them. They may also come as a part.
    #[param(required = false)]
    settings: Option<String>,
    /// The password of encrypted zip archives.
    #[param(required = false)]
    password: Option<String>,
}

/// What a report may be asked with beside that.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedReport {
    /// What the file is called, where the body is the file itself.
    #[param(required = false)]
    name: Option<String>,
    /// A filter, as on the page: `source.ip: 10.0.0.0/8 and http.response.status_code >= 400`.
    #[param(required = false)]
    filter: Option<String>,
    /// Settings as JSON, as the page exports them. They may also come as a part.
    #[param(required = false)]
    settings: Option<String>,
    /// The password of encrypted zip archives.
    #[param(required = false)]
    password: Option<String>,
    /// A column to learn with a random forest, such as `http.response.status_code`.
    #[param(required = false)]
    classify: Option<String>,
    /// Whether lines of progress come before the report, and the report as a line.
    #[param(required = false)]
    progress: Option<bool>,
}

/// What rows may be asked with beside that.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedRows {
    /// What the file is called, where the body is the file itself.
    #[param(required = false)]
    name: Option<String>,
    /// A filter, as on the page: `source.ip: 10.0.0.0/8 and http.response.status_code >= 400`.
    #[param(required = false)]
    filter: Option<String>,
    /// Settings as JSON, as the page exports them. They may also come as a part.
    #[param(required = false)]
    settings: Option<String>,
    /// The password of encrypted zip archives.
    #[param(required = false)]
    password: Option<String>,
    /// How rows are written: `ndjson` if left out.
    #[param(required = false, inline)]
    format: Option<RowsAs>,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowsAs {
    /// One JSON object a line.
    #[default]
    Ndjson,
    /// Comma-separated, with a header.
    Csv,
}

/// Files, and what bears on them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "this is how a form looks; `body` reads it as it comes")]
pub struct Form {
    /// Logs, compressed or not, and archives; the report calls them by their names.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1)]
    file: Vec<Vec<u8>>,
    /// Settings as JSON, as the page exports them.
    settings: Option<String>,
    /// Sigma rules in YAML.
    #[schema(value_type = Option<Vec<String>>, format = Binary)]
    rules: Option<Vec<Vec<u8>>>,
}

/// Files to learn from.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "this is how a form looks; `body` reads it as it comes")]
pub struct TrainingForm {
    /// Logs, compressed or not, and archives.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1)]
    file: Vec<Vec<u8>>,
    /// How to train, as JSON: `{"model": {"random_forest": {}}, "label": "http.response.status_code"}`. Names are those of a saved
    /// model.
    training: String,
    /// Settings as JSON, as the page exports them.
    settings: Option<String>,
}

/// Files to apply a model to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "this is how a form looks; `body` reads it as it comes")]
pub struct PredictionForm {
    /// Logs, compressed or not, and archives.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1)]
    file: Vec<Vec<u8>>,
    /// The model, as `/api/v1/models` and `logloupe model train` give it.
    #[schema(value_type = String, format = Binary)]
    model: Vec<u8>,
    /// Settings as JSON, as the page exports them.
    settings: Option<String>,
}

/// The report of logs: that of `logloupe analyze --format json`, byte for byte.
#[utoipa::path(post, path = "/api/v1/analyze", tag = "logs", params(AskedReport),
    request_body(content((Form = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses(
        (status = 200, description = "The report `logloupe.report.v1`; or, with `progress=true`, lines of JSON: \
            `{\"read\": bytes, \"of\": bytes}` while files are read, then `{\"report\": …}` or `{\"error\": …}`.",
            content((Value = "application/json"), (String = "application/x-ndjson"))),
        (status = 400, description = "The request is no form, or asks for what there is not.", body = Refused),
        (status = 413, description = "The request is too large.", body = Refused),
        (status = 422, description = "The filter, the settings or the files are not understood.", body = Refused),
        (status = 503, description = "Too much is asked at once, or it took too long.", body = Refused),
    ))]
pub async fn analyze(
    State(service): State<Arc<Service>>,
    query: Result<Query<AskedReport>, axum::extract::rejection::QueryRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let AskedReport { name, filter, settings, password, classify, progress } = asked(query)?;
    let asked = Asked { name, filter, settings, password };
    let place = service.desk.place().await?;
    let received = receive(request, asked.name(), service.desk.body_limit).await?;
    let client = Client::default();
    if progress == Some(true) {
        // What is not understood is refused before the first line is written.
        let opened = tokio::task::spawn_blocking(move || Logs::new(&asked, received)).await;
        let mut logs = opened.map_err(|error| Failure::from(anyhow::Error::from(error)))??;
        commands::classify(&mut logs.settings, classify.as_deref());
        let (lines, sender) = Lines::new(client);
        let stop = lines.stop();
        let time_limit = service.desk.time_limit;
        tokio::spawn(async move {
            let client = Client(stop);
            let line = sender.clone();
            let told = move |read: u64, of: u64| line.tell(Line::Read { read, of });
            let report = work(place, &client, move |stop| Ok(Box::new(logs.report((&told, stop))?)));
            let last = match tokio::time::timeout(time_limit, report).await {
                Ok(Ok(report)) => Line::Report { report },
                Ok(Err(failure)) => Line::Error { error: failure.message() },
                Err(_) => Line::Error { error: Service::LATE.into() },
            };
            sender.end(last).await;
        });
        return Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], Body::new(lines)).into_response());
    }
    let task = move |stop: &Stop| {
        let mut logs = Logs::new(&asked, received)?;
        commands::classify(&mut logs.settings, classify.as_deref());
        commands::json(&logs.report((&|_, _| (), stop))?)
    };
    let bytes = work(place, &client, task).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// The cleaned rows of logs in ECS names.
#[utoipa::path(post, path = "/api/v1/rows", tag = "logs", params(AskedRows),
    request_body(content((Form = "multipart/form-data"), (Vec<u8> = "application/octet-stream"))),
    responses(
        (status = 200, description = "A row a line.", content((String = "application/x-ndjson"), (String = "text/csv"))),
        (status = 400, description = "The request is no form, or asks for what there is not.", body = Refused),
        (status = 413, description = "The request is too large.", body = Refused),
        (status = 422, description = "The filter, the settings or the files are not understood.", body = Refused),
        (status = 503, description = "Too much is asked at once, or it took too long.", body = Refused),
    ))]
pub async fn rows(
    State(service): State<Arc<Service>>,
    query: Result<Query<AskedRows>, axum::extract::rejection::QueryRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let AskedRows { name, filter, settings, password, format } = asked(query)?;
    let asked = Asked { name, filter, settings, password };
    let place = service.desk.place().await?;
    let received = receive(request, asked.name(), service.desk.body_limit).await?;
    let (format, media) = match format.unwrap_or_default() {
        RowsAs::Ndjson => (RowFormat::Ndjson, "application/x-ndjson"),
        RowsAs::Csv => (RowFormat::Csv, "text/csv; charset=utf-8"),
    };
    let client = Client::default();
    let task = move |stop: &Stop| {
        let logs = Logs::new(&asked, received)?;
        let job = Job::Export { filter: logs.settings.filter.clone(), format, columns: Vec::new() };
        Ok(logs.read((&|_, _| (), stop))?.run(job, &logs.files)?.1)
    };
    let bytes = work(place, &client, task).await?;
    Ok(([(header::CONTENT_TYPE, media)], bytes).into_response())
}

/// Trains a model on logs; it is that of `logloupe model train`.
#[utoipa::path(post, path = "/api/v1/models", tag = "models", params(Asked),
    request_body(content = TrainingForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "The model `logloupe.model.v1`, its figures among it.", body = Value),
        (status = 400, description = "The request is no form, or asks for what there is not.", body = Refused),
        (status = 413, description = "The request is too large.", body = Refused),
        (status = 422, description = "What was sent is not understood, or cannot be learnt from.", body = Refused),
        (status = 503, description = "Too much is asked at once, or it took too long.", body = Refused),
    ))]
pub async fn models(
    State(service): State<Arc<Service>>,
    query: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let asked = asked(query)?;
    let place = service.desk.place().await?;
    let mut received = receive(request, asked.name(), service.desk.body_limit).await?;
    let Some(training) = received.training.take() else { return Err(lacks("training")) };
    let client = Client::default();
    let task = move |stop: &Stop| {
        let logs = Logs::new(&asked, received)?;
        logs.model((ModelTask::Train(training), ModelStep::Columns), &[], stop)
    };
    let bytes = work(place, &client, task).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// What a saved model says of each row of logs.
#[utoipa::path(post, path = "/api/v1/predict", tag = "models", params(AskedRows),
    request_body(content = PredictionForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "A row a line.", content((String = "application/x-ndjson"), (String = "text/csv"))),
        (status = 400, description = "The request is no form, or asks for what there is not.", body = Refused),
        (status = 413, description = "The request is too large.", body = Refused),
        (status = 422, description = "What was sent is not understood.", body = Refused),
        (status = 503, description = "Too much is asked at once, or it took too long.", body = Refused),
    ))]
pub async fn predict(
    State(service): State<Arc<Service>>,
    query: Result<Query<AskedRows>, axum::extract::rejection::QueryRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let AskedRows { name, filter, settings, password, format } = asked(query)?;
    let asked = Asked { name, filter, settings, password };
    let place = service.desk.place().await?;
    let mut received = receive(request, asked.name(), service.desk.body_limit).await?;
    let Some(model) = received.model.take() else { return Err(lacks("model")) };
    let (format, media) = match format.unwrap_or_default() {
        RowsAs::Ndjson => (RowFormat::Ndjson, "application/x-ndjson"),
        RowsAs::Csv => (RowFormat::Csv, "text/csv; charset=utf-8"),
    };
    let client = Client::default();
    let task = move |stop: &Stop| {
        let logs = Logs::new(&asked, received)?;
        logs.model((ModelTask::Predict(format), ModelStep::Addresses), &model, stop)
    };
    let bytes = work(place, &client, task).await?;
    Ok(([(header::CONTENT_TYPE, media)], bytes).into_response())
}

impl Asked {
    fn name(&self) -> &str {
        self.name.as_deref().filter(|name| !name.is_empty()).unwrap_or("log")
    }
}

fn asked<T>(query: Result<Query<T>, axum::extract::rejection::QueryRejection>) -> Result<T, Failure> {
    query.map(|Query(asked)| asked).map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.body_text()))
}

fn lacks(part: &str) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, format!("a part called {part} is missing"))
}

/// Who is told how far reading is (bytes read, bytes there are), and who may stop it.
type Watch<'a> = (&'a (dyn Fn(u64, u64) + Sync), &'a Stop);

/// The files of a request, and the settings that they are read under.
struct Logs {
    files: DiskFiles,
    settings: Settings,
    rules: Vec<(String, String)>,
}

impl Logs {
    fn new(asked: &Asked, received: Received) -> anyhow::Result<Self> {
        if received.files.is_empty() {
            bail!("no file was sent: a part called file is one");
        }
        let mut settings = match received.settings.as_ref().or(asked.settings.as_ref()) {
            Some(text) => serde_json::from_str(text).context("settings")?,
            None => Settings::shipped(),
        };
        commands::check(&settings).context("settings")?;
        if let Some(filter) = &asked.filter {
            settings.filter.clone_from(filter);
        }
        Filter::parse(&settings.filter).context("filter")?;
        let limits = Expansion::of(settings.unlimited);
        let files = DiskFiles::of(received.files, limits, asked.password.as_deref())?;
        Ok(Self { files, settings, rules: received.rules })
    }

    fn read(&self, (tell, stop): Watch<'_>) -> anyhow::Result<Crew> {
        let of = self.files.logs().filter_map(Source::size).sum();
        let told = AtomicU64::new(0);
        let progress = |read: u64| {
            if read / PROGRESS_BYTES > told.fetch_max(read / PROGRESS_BYTES, Ordering::Relaxed) {
                tell(read, of);
            }
        };
        Ok(Crew::read(&self.files, &self.settings, commands::cut(&Reading::default()), (&progress, stop))?)
    }

    fn report(&self, watch: Watch<'_>) -> anyhow::Result<Report> {
        let (crew, hashes): (Crew, Hashes) = commands::hashed(&self.files, || self.read(watch))?;
        let rules = rules::packed(&rules::of_texts(&self.rules, &self.settings))?;
        let mut report = commands::report(&crew, &self.files, &self.settings, rules)?;
        report.archives = self.files.archives(&hashes);
        Ok(report)
    }

    fn model(&self, (task, step): (ModelTask, ModelStep), beside: &[u8], stop: &Stop) -> anyhow::Result<Vec<u8>> {
        let crew = self.read((&|_, _| (), stop))?;
        let job = Job::Model(Box::new(ModelJob { filter: self.settings.filter.clone(), task, step, share: None }));
        match crew.run_with((job, beside), &self.files)? {
            (Output::Model | Output::Export, bytes) => Ok(bytes),
            _ => bail!("no model came out"),
        }
    }
}
