//! `logloupe serve`: the page, and the analyses of the command line over HTTP, for programs of this machine.
//!
//! ```text
//! request ─► gate (host, origin, token) ─► body (files, in memory or nameless) ─► desk (so many at once) ─► the engine ─► answer
//! ```
//!
//! The engine is called as the command line calls it, so a report is the same, byte for byte. Nothing of a request is kept: no file has
//! a name on disk, nothing is logged, and a client that goes away ends its work.

mod analyses;
mod body;
mod desk;
mod failure;
mod gate;
mod progress;
mod site;
mod told;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::desk::Desk;
use self::failure::Failure;
use self::gate::Gate;
use self::site::Site;
use crate::arguments::Serve;

/// How long requests that are in work have to end when the service is stopped.
const GRACE: Duration = Duration::from_secs(10);

/// What every request is answered from.
pub struct Service {
    desk: Desk,
    site: Site,
    /// The interface as JSON, and as a page.
    openapi: String,
    described: String,
}

impl Service {
    /// What is said where a request took too long.
    pub const LATE: &'static str = "this took longer than a request may";
}

#[derive(OpenApi)]
#[openapi(info(
    title = "Logloupe",
    description = "Sends logs to the analyser that runs on this machine. Nothing that is sent is kept. A report is that of the command \
        line, byte for byte. Where a log has no years, settings say the year: a file that is sent has no date."
))]
struct Interface;

/// `logloupe serve`; ends with 0 when it is stopped.
pub fn serve(arguments: &Serve) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let served = runtime.block_on(run(arguments));
    // Work that nobody waits for any more does not keep the program.
    runtime.shutdown_background();
    served.map(|()| ExitCode::SUCCESS)
}

async fn run(arguments: &Serve) -> anyhow::Result<()> {
    let listener = TcpListener::bind(arguments.listen).await.with_context(|| arguments.listen.to_string())?;
    let listens = listener.local_addr()?;
    let router = router(arguments, listens)?;
    println!("listening on http://{listens}");
    let stopped = Arc::new(tokio::sync::Notify::new());
    let stopping = Arc::clone(&stopped);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        signalled().await;
        stopping.notify_one();
    });
    tokio::select! {
        served = async { serving.await } => served?,
        () = async { stopped.notified().await; tokio::time::sleep(GRACE).await } => {}
    }
    Ok(())
}

fn router(arguments: &Serve, listens: SocketAddr) -> anyhow::Result<Router> {
    let gate = Arc::new(Gate::new(arguments, listens)?);
    let (api, mut openapi) = OpenApiRouter::with_openapi(Interface::openapi())
        .routes(routes!(analyses::analyze))
        .routes(routes!(analyses::rows))
        .routes(routes!(analyses::models))
        .routes(routes!(analyses::predict))
        .routes(routes!(told::formats))
        .routes(routes!(told::rules))
        .routes(routes!(told::health))
        .routes(routes!(told::openapi))
        .split_for_parts();
    if gate.has_token() {
        require_token(&mut openapi);
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let at_once = arguments.at_once.map_or(cores.div_ceil(2), usize::from);
    let service = Arc::new(Service {
        desk: Desk::new(at_once, Duration::from_secs(arguments.time_limit), arguments.body_limit << 20),
        site: Site::new(arguments.site.as_deref())?,
        described: told::describe(&serde_json::to_value(&openapi)?),
        openapi: openapi.to_pretty_json()?,
    });
    Ok(api
        .route("/api", get(told::page))
        .route("/api/style.css", get(told::style))
        .fallback(elsewhere)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&service), in_time))
        .layer(from_fn_with_state(gate, gate::guard))
        .with_state(service))
}

/// Says in the interface that every request but one brings the token.
fn require_token(openapi: &mut utoipa::openapi::OpenApi) {
    use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
    let scheme = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    openapi.components.get_or_insert_default().add_security_scheme("token", scheme);
    openapi.security = Some(vec![SecurityRequirement::new("token", [""; 0])]);
    if let Some(health) = openapi.paths.paths.get_mut("/api/v1/health").and_then(|item| item.get.as_mut()) {
        health.security = Some(Vec::new());
    }
}

/// The page's files; without a page the interface is what there is to see.
async fn elsewhere(State(service): State<Arc<Service>>, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return ([(header::ALLOW, "GET, HEAD")], not_allowed().await).into_response();
    }
    if request.uri().path() == "/" && !service.site.has_page() {
        return Redirect::temporary("/api").into_response();
    }
    service.site.answer(request.uri())
}

/// The router adds which ways there are.
async fn not_allowed() -> Response {
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "this address is not asked that way").into_response()
}

/// Gives a request up after the limit; what it had begun is dropped, and with that stopped.
async fn in_time(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(service.desk.time_limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::busy(Service::LATE).into_response(),
    }
}

/// Waits until somebody stops the program.
async fn signalled() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut interrupted), Ok(mut terminated)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        {
            tokio::select! { _ = interrupted.recv() => {}, _ = terminated.recv() => {} }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
