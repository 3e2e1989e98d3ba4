//! What the service says of itself: formats, checks, health, and its interface, to be read by programs and by people.

use std::fmt::Write as _;
use std::sync::Arc;

use anyhow::bail;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use logloupe::engine::{Engine, KNOWN_FORMATS};
use logloupe::protocol::{Job, Output};
use logloupe::scan::Limits;
use logloupe::settings::Settings;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Service;
use super::failure::{Failure, Refused};
use crate::crew::Crew;
use crate::disk::DiskFiles;

/// What the page that describes the interface may do: show itself.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A format or a check.
#[derive(Serialize, ToSchema)]
pub struct Named {
    /// What it is chosen or named by.
    id: String,
    /// What it is.
    about: String,
}

/// How the service is.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    status: &'static str,
    /// The version of the program.
    version: &'static str,
}

/// Whether the service is up, and which version it is.
#[utoipa::path(get, path = "/api/v1/health", tag = "service", responses((status = 200, body = Health)))]
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Every format that is understood.
#[utoipa::path(get, path = "/api/v1/formats", tag = "service", responses((status = 200, body = Vec<Named>)))]
pub async fn formats() -> Json<Vec<Named>> {
    Json(KNOWN_FORMATS.iter().map(|known| Named { id: known.id.into(), about: known.about.into() }).collect())
}

/// Every check that is shipped, by its id.
#[utoipa::path(get, path = "/api/v1/rules", tag = "service", responses(
    (status = 200, body = Vec<Named>),
    (status = 503, description = "Too much is asked at once.", body = Refused),
))]
pub async fn rules(State(service): State<Arc<Service>>) -> Result<Json<Vec<Named>>, Failure> {
    let place = service.desk.place().await?;
    let client = super::desk::Client::default();
    super::desk::work(place, &client, |_| checks()).await.map(Json)
}

/// All checks say of no rows that they cannot run.
fn checks() -> anyhow::Result<Vec<Named>> {
    let crew = Crew::of(vec![Engine::new(0, Limits::default())], Vec::new());
    let job = Job::Report { settings: Box::new(Settings::shipped()), inputs: Vec::new(), rules: Vec::new() };
    let Output::Report(report) = crew.run(job, &DiskFiles::default())?.0 else { bail!("no report came out") };
    let states = report.rules.applied.into_iter().chain(report.rules.not_applicable).chain(report.rules.unsupported);
    let mut checks: Vec<Named> = states.map(|rule| Named { id: rule.id, about: rule.title }).collect();
    checks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(checks)
}

/// The interface as OpenAPI.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "service", responses((status = 200, body = Value)))]
pub async fn openapi(State(service): State<Arc<Service>>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], service.openapi.clone()).into_response()
}

/// The interface as a page.
pub async fn page(State(service): State<Arc<Service>>) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(service.described.clone())).into_response()
}

/// How that page looks.
pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("api.css")).into_response()
}

/// The page of an interface.
pub fn describe(openapi: &Value) -> String {
    let mut out = String::from(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>Logloupe: the \
         interface for programs</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/api/style.css\">\n\
         </head>\n<body>\n<main>\n<h1>Logloupe: the interface for programs</h1>\n<p>",
    );
    out.push_str(&escaped(&openapi["info"]["description"]));
    out.push_str("</p>\n<p><a href=\"/api/v1/openapi.json\">The same as OpenAPI, to be read by programs</a></p>\n");
    for (path, item) in openapi["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            operation_into(&mut out, (path, method), operation, &openapi["components"]["schemas"]);
        }
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn operation_into(out: &mut String, (path, method): (&str, &str), operation: &Value, schemas: &Value) {
    // Writing into a string does not fail.
    let id = escaped(&operation["operationId"]);
    let _ = writeln!(
        out,
        "<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\"><code>{} {path}</code></h2>",
        method.to_uppercase()
    );
    let _ = writeln!(out, "<p>{}</p>", escaped(&operation["summary"]));
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    list(
        out,
        "In the address",
        parameters.map(|parameter| (escaped(&parameter["name"]), escaped(&parameter["description"]))),
    );
    for (media, content) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        let schema = content["schema"]["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        let parts = schema.and_then(|name| schemas[name]["properties"].as_object()).into_iter().flatten();
        let parts = parts.map(|(name, part)| (escaped_text(name), escaped(&part["description"])));
        list(out, &format!("Sent as {}", escaped_text(media)), parts);
    }
    let responses = operation["responses"].as_object().into_iter().flatten();
    list(
        out,
        "Answered with",
        responses.map(|(status, response)| (escaped_text(status), escaped(&response["description"]))),
    );
    out.push_str("</section>\n");
}

fn list(out: &mut String, title: &str, entries: impl Iterator<Item = (String, String)>) {
    let entries: Vec<String> =
        entries.map(|(term, about)| format!("<dt><code>{term}</code></dt><dd>{about}</dd>")).collect();
    let list = if entries.is_empty() { String::new() } else { format!("<dl>\n{}\n</dl>\n", entries.join("\n")) };
    let _ = write!(out, "<h3>{title}</h3>\n{list}");
}

fn escaped(value: &Value) -> String {
    escaped_text(value.as_str().unwrap_or_default())
}

fn escaped_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
