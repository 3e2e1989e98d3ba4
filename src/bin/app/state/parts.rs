//! Workers that not every visit needs: loaded while the page is idle. Where a log is opened before, one is loaded only when
//! the user asks for what it does: from where the page comes from, with nothing of a log in it.

use std::cell::RefCell;

use futures_channel::oneshot;

use super::pool::{Boot, Trouble};

/// A worker of a name of its own, and what it does, in words.
pub struct Part {
    name: &'static str,
    does: &'static str,
    state: RefCell<State>,
}

/// How far it is.
#[derive(Default)]
enum State {
    /// Nobody has asked for it.
    #[default]
    Absent,
    /// It is on its way; who waits for it.
    Coming(Vec<oneshot::Sender<()>>),
    /// It is here.
    Here(Boot),
}

impl Part {
    /// A part that nobody has asked for.
    pub fn new(name: &'static str, does: &'static str) -> Self {
        Self { name, does, state: RefCell::default() }
    }

    /// What its worker is started from.
    pub async fn boot(&self) -> Result<Boot, Trouble> {
        loop {
            let coming = match &mut *self.state.borrow_mut() {
                State::Here(boot) => return Ok(boot.clone()),
                State::Coming(waiting) => {
                    let (done, coming) = oneshot::channel();
                    waiting.push(done);
                    Some(coming)
                }
                absent @ State::Absent => {
                    *absent = State::Coming(Vec::new());
                    None
                }
            };
            match coming {
                // A sender that is gone means the same as one that is done.
                Some(coming) => drop(coming.await),
                None => {
                    let loaded = Boot::load(self.name).await;
                    let state = loaded.as_ref().map_or(State::Absent, |boot| State::Here(boot.clone()));
                    if let State::Coming(waiting) = self.state.replace(state) {
                        for done in waiting {
                            let _ = done.send(());
                        }
                    }
                    return loaded.map_err(|message| {
                        Trouble::Mismatch(format!("the part that {} could not be loaded: {message}", self.does))
                    });
                }
            }
        }
    }
}
