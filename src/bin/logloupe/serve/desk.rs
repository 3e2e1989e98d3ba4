//! Work that takes long: so many at once, others wait, no longer than the limit; who goes away leaves nothing behind.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::failure::Failure;
use crate::crew::Stop;

/// Requests that may be in work or waiting.
const WAITING_AT_MOST: usize = 64;

/// Where work is taken.
pub struct Desk {
    at_once: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// After which a request is given up.
    pub time_limit: Duration,
    /// Bytes of a request at most.
    pub body_limit: u64,
}

/// The right to work, until it is dropped.
pub struct Place {
    _waiting: OwnedSemaphorePermit,
    _working: OwnedSemaphorePermit,
}

/// Stops the work of a request when the request is dropped: its client has gone, or its time is up.
#[derive(Default)]
pub struct Client(pub Stop);

impl Drop for Client {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Desk {
    /// A desk for so many at once.
    pub fn new(at_once: usize, time_limit: Duration, body_limit: u64) -> Self {
        let [at_once, waiting] = [at_once, WAITING_AT_MOST].map(|permits| Arc::new(Semaphore::new(permits)));
        Self { at_once, waiting, time_limit, body_limit }
    }

    /// Waits for a place. Bodies are read after that, so who waits costs a connection only.
    pub async fn place(&self) -> Result<Place, Failure> {
        let busy = || Failure::busy("too many requests wait already");
        let waiting = Arc::clone(&self.waiting).try_acquire_owned().map_err(|_| busy())?;
        let working = Arc::clone(&self.at_once).acquire_owned().await.map_err(|_| busy())?;
        Ok(Place { _waiting: waiting, _working: working })
    }
}

/// Does the work on a thread where it may block. The place is held until the work has ended, also where nobody waits for it.
pub async fn work<T: Send + 'static>(
    place: Place,
    client: &Client,
    task: impl FnOnce(&Stop) -> anyhow::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let stop = client.0.clone();
    let done = tokio::task::spawn_blocking(move || {
        let done = task(&stop);
        drop(place);
        done
    });
    match done.await {
        Ok(done) => done.map_err(Failure::from),
        Err(error) => Err(Failure::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}
