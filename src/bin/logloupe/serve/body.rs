//! What a request sends: files, and settings, rules or a model beside them. Small files stay in memory, larger ones go to files
//! without a name, which are gone when the request is.

use std::fs::File;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};

use super::failure::Failure;
use crate::disk::DiskFile;

/// Bytes of all files of a request that stay in memory.
const IN_MEMORY: u64 = 8 << 20;

/// Bytes of a text beside the files.
const TEXT_AT_MOST: usize = 1 << 20;

/// Bytes of a model.
const MODEL_AT_MOST: usize = 256 << 20;

/// Parts of a request.
const PARTS_AT_MOST: usize = 10_000;

/// Bytes that may come without being part of a file or a text: headers of parts, and what stands between them.
const BETWEEN_AT_MOST: u64 = 4 << 20;

/// What a request sent.
#[derive(Default)]
pub struct Received {
    /// The files, under the names that they were sent with.
    pub files: Vec<DiskFile>,
    /// Settings as JSON.
    pub settings: Option<String>,
    /// Sigma rules: each file's name and text.
    pub rules: Vec<(String, String)>,
    /// How to train, as JSON.
    pub training: Option<String>,
    /// A saved model.
    pub model: Option<Vec<u8>>,
}

/// Takes a request in. What is no multipart is one file, called `name`.
pub async fn receive(request: Request, name: &str, limit: u64) -> Result<Received, Failure> {
    let told = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if told.is_some_and(|told: u64| told > limit) {
        return Err(Failure::too_large(limit));
    }
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_multipart = media.to_ascii_lowercase().starts_with("multipart/");
    let meter = Arc::new(Meter { limit, ..Meter::default() });
    let request = request.map(|body| Body::new(Metered { body, meter: Arc::clone(&meter) }));
    let mut receiving = Receiving { received: Received::default(), in_memory: 0, meter };
    let done =
        if is_multipart { receiving.parts(request).await } else { receiving.whole(request.into_body(), name).await };
    match done {
        Ok(()) => Ok(receiving.received),
        Err(_) if receiving.meter.is_over() => Err(Failure::too_large(limit)),
        Err(failure) => Err(failure),
    }
}

struct Receiving {
    received: Received,
    in_memory: u64,
    meter: Arc<Meter>,
}

impl Receiving {
    async fn whole(&mut self, mut body: Body, name: &str) -> Result<(), Failure> {
        let mut file = Spool::default();
        while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let frame = frame.map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.to_string()))?;
            if let Ok(bytes) = frame.into_data() {
                self.meter.taken();
                file.push(&bytes, &mut self.in_memory)?;
            }
        }
        if file.is_empty() {
            return Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "nothing was sent"));
        }
        self.received.files.push(file.finish(name.to_owned()));
        Ok(())
    }

    async fn parts(&mut self, request: Request) -> Result<(), Failure> {
        let refused = |error: MultipartError| Failure::new(StatusCode::BAD_REQUEST, error.body_text());
        let mut parts = Multipart::from_request(request, &())
            .await
            .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.body_text()))?;
        let mut n_parts = 0;
        while let Some(mut part) = parts.next_field().await.map_err(refused)? {
            n_parts += 1;
            if n_parts > PARTS_AT_MOST {
                return Err(Failure::new(
                    StatusCode::BAD_REQUEST,
                    format!("a request has at most {PARTS_AT_MOST} parts"),
                ));
            }
            let name = part.file_name().filter(|name| !name.is_empty()).unwrap_or("file").to_owned();
            match part.name().unwrap_or_default() {
                "file" => {
                    let mut file = Spool::default();
                    while let Some(bytes) = part.chunk().await.map_err(refused)? {
                        self.meter.taken();
                        file.push(&bytes, &mut self.in_memory)?;
                    }
                    self.received.files.push(file.finish(name));
                }
                "settings" => self.received.settings = Some(self.text(part).await?),
                "rules" => {
                    let text = self.text(part).await?;
                    self.received.rules.push((name, text));
                }
                "training" => self.received.training = Some(self.text(part).await?),
                "model" => self.received.model = Some(self.bytes(part, MODEL_AT_MOST).await?),
                other => {
                    let message =
                        format!("expected a part called file, settings, rules, training or model, found {other:?}");
                    return Err(Failure::new(StatusCode::BAD_REQUEST, message));
                }
            }
        }
        Ok(())
    }

    /// As the command line reads a file of rules: what is no UTF-8 is replaced, and the reader of the text says what it makes of it.
    async fn text(&self, part: Field<'_>) -> Result<String, Failure> {
        let bytes = self.bytes(part, TEXT_AT_MOST).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    async fn bytes(&self, mut part: Field<'_>, at_most: usize) -> Result<Vec<u8>, Failure> {
        let mut all = Vec::new();
        while let Some(bytes) =
            part.chunk().await.map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.body_text()))?
        {
            self.meter.taken();
            if all.len() + bytes.len() > at_most {
                return Err(Failure::too_large(at_most as u64));
            }
            all.extend_from_slice(&bytes);
        }
        Ok(all)
    }
}

/// A file as it comes in: in memory, and on disk once a request has sent much.
#[derive(Default)]
struct Spool {
    bytes: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    fn push(&mut self, bytes: &[u8], in_memory: &mut u64) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::new(StatusCode::INSUFFICIENT_STORAGE, error.to_string());
        if self.file.is_none() && *in_memory + bytes.len() as u64 > IN_MEMORY {
            let mut file = tempfile::tempfile().map_err(failed)?;
            file.write_all(&self.bytes).map_err(failed)?;
            *in_memory -= self.bytes.len() as u64;
            self.bytes = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            Some(file) => file.write_all(bytes).map_err(failed),
            None => {
                *in_memory += bytes.len() as u64;
                self.bytes.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.file.is_none() && self.bytes.is_empty()
    }

    fn finish(self, name: String) -> DiskFile {
        match self.file {
            Some(file) => DiskFile::nameless(name, file),
            None => DiskFile::in_memory(name, self.bytes),
        }
    }
}

/// Counts what comes.
#[derive(Default)]
struct Meter {
    limit: u64,
    all: AtomicU64,
    between: AtomicU64,
}

impl Meter {
    /// What came so far was taken: it is part of something.
    fn taken(&self) {
        self.between.store(0, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.all.load(Ordering::Relaxed) > self.limit
    }

    fn count(&self, bytes: usize) -> bool {
        let all = self.all.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        let between = self.between.fetch_add(bytes as u64, Ordering::Relaxed) + bytes as u64;
        all <= self.limit && between <= BETWEEN_AT_MOST
    }
}

/// A body that ends where too much comes.
struct Metered {
    body: Body,
    meter: Arc<Meter>,
}

impl HttpBody for Metered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(bytes) = frame.data_ref()
            && !self.meter.count(bytes.len())
        {
            return Poll::Ready(Some(Err(axum::Error::new("too much was sent"))));
        }
        polled
    }
}
