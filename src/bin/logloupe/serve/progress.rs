//! Lines of JSON that come while a report is made. Who stops reading them stops the work.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use http_body::Frame;
use logloupe::report::Report;
use serde::Serialize;
use tokio::sync::mpsc;

use super::desk::Client;
use crate::crew::Stop;

/// Lines that wait to be read; of more, those of progress are left out.
const WAITING: usize = 16;

/// A line.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Line {
    /// Files are being read.
    Read {
        /// Bytes so far.
        read: u64,
        /// Bytes that there are.
        of: u64,
    },
    /// The report.
    Report {
        /// It.
        report: Box<Report>,
    },
    /// There is none.
    Error {
        /// Why.
        error: String,
    },
}

/// The body of an answer.
pub struct Lines {
    lines: mpsc::Receiver<Bytes>,
    client: Client,
}

/// Where its lines come from.
#[derive(Clone)]
pub struct Sender(mpsc::Sender<Bytes>);

impl Lines {
    /// A body, and what fills it; when the body is dropped, `client` is.
    pub fn new(client: Client) -> (Self, Sender) {
        let (sender, lines) = mpsc::channel(WAITING);
        (Self { lines, client }, Sender(sender))
    }

    /// What says that nobody reads any more.
    pub fn stop(&self) -> Stop {
        self.client.0.clone()
    }
}

impl Sender {
    /// A line that may be left out where nobody keeps up.
    pub fn tell(&self, line: Line) {
        if self.0.try_send(bytes(&line)).is_err() {
            // The next one says more.
        }
    }

    /// The last line.
    pub async fn end(self, line: Line) {
        if self.0.send(bytes(&line)).await.is_err() {
            // Nobody reads it any more.
        }
    }
}

fn bytes(line: &Line) -> Bytes {
    let mut bytes = serde_json::to_vec(line).unwrap_or_default();
    bytes.push(b'\n');
    bytes.into()
}

impl HttpBody for Lines {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.lines.poll_recv(context).map(|line| line.map(|bytes| Ok(Frame::data(bytes))))
    }
}
