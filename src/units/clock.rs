//! How long things take, for those who ask. The library reads no clock: a host brings one, and without it nothing is
//! measured. Times are no part of a report; they travel beside it.

use std::collections::BTreeMap;

/// Tells nanoseconds since some moment. **Null**: none where nobody measures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock(pub Option<fn() -> u64>);

/// Nanoseconds by what they were spent on.
pub type Times = BTreeMap<String, u64>;

/// Adds up what is spent from lap to lap.
#[derive(Clone, Debug, Default)]
pub struct Stopwatch {
    clock: Clock,
    since: u64,
    /// What was spent so far.
    pub times: Times,
}

impl Stopwatch {
    /// Begins now.
    pub fn new(clock: Clock) -> Self {
        Self { clock, since: clock.0.map_or(0, |now| now()), times: Times::new() }
    }

    /// What was spent since the last lap is spent on nothing that is asked for.
    pub fn begin(&mut self) {
        self.since = self.clock.0.map_or(0, |now| now());
    }

    /// What was spent since the last lap is spent on this.
    pub fn lap(&mut self, what: impl FnOnce() -> String) {
        if let Some(now) = self.clock.0 {
            let now = now();
            *self.times.entry(what()).or_default() += now.saturating_sub(self.since);
            self.since = now;
        }
    }
}
