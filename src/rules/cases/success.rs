//! Whether an attack got what it wanted: what the answers to it say, as far as a log can tell.
//!
//! An answer of 2xx is no success by itself: many sites answer everything with a page. It counts where its size is one
//! that neither ordinary requests (`usual`) nor the probes of any source got. What was asked for then decides:
//!
//! | what | says |
//! |---|---|
//! | a login that worked after many that failed | likely |
//! | a file that should not be served, a web shell, a command: an answer of an own size | likely |
//! | the same at three checks or more: pages that show what was asked have any size | possible |
//! | another attempt to break in: an answer of an own size | possible |
//! | one of these: an answer whose size the log does not have | possible |
//! | data sent out after an attempt to break in | likely; without one, possible |

use std::collections::{BTreeMap, BTreeSet};

use crate::report::types::{CaseCheck, Finding, Severity, Stage, Success};
use crate::table::Position;

use super::attack::is_login;
use super::hits::Hit;
use super::usual::Usual;
use super::{Act, Part, Path};

/// What runs on a server has these techniques; its answers are no page.
const RUNS: [&str; 3] = ["T1059.004", "T1505", "T1552"];

/// What is said of an answer with a size of its own.
const OWN_SIZE: &str = "an answer with success has a size that no ordinary request got.";
/// Checks with such answers in one case from which the pages are what varies.
const MANY_KINDS: usize = 3;

/// Sizes of answers 2xx: who else got them.
pub(super) struct Answers {
    usual: Usual,
    /// By size: the first answers to probes, with their check.
    probes: BTreeMap<i64, BTreeSet<(usize, Position)>>,
}

impl Answers {
    /// Of all paths.
    pub fn new(paths: &[Path], parts: &[Part<'_>], usual: Usual) -> Self {
        let mut probes: BTreeMap<i64, BTreeSet<(usize, Position)>> = BTreeMap::new();
        let early = |act: &&Act| parts.get(act.part).is_some_and(|part| part.stage <= Stage::Probing);
        for act in paths.iter().flat_map(|path| &path.acts).filter(early) {
            for (size, place) in act.hit.sizes.iter().zip(act.hit.answer.iter().cycle()) {
                probes.entry(*size).or_default().insert((act.part, *place));
            }
        }
        Self { usual, probes }
    }

    /// Whether an act got an answer with success that may be more than an ordinary page.
    pub fn stands_out(&self, act: &Act) -> bool {
        let Hit { answered, sizes, .. } = &act.hit;
        answered.success > 0 && (sizes.is_empty() || sizes.iter().any(|size| self.is_own(*size, act)))
    }

    /// Whether nobody but this act's check got an answer of that size.
    fn is_own(&self, size: i64, act: &Act) -> bool {
        let is_other = |(part, place): &(usize, Position)| *part != act.part && Some(*place) != act.hit.answer;
        !self.usual.has(size) && !self.probes.get(&size).is_some_and(|probes| probes.iter().any(is_other))
    }
}

/// What the answers to one check's hits say.
#[derive(Clone, Copy, Default)]
struct Said {
    /// An answer of a size that nobody else got.
    own: bool,
    /// An answer whose size is not known.
    unknown: bool,
}

/// Whether a case succeeded, why in words, and the row that says so first.
pub(super) fn of_case(
    acts: &[&Act],
    checks: &[CaseCheck],
    parts: &[Part<'_>],
    answers: &Answers,
) -> (Success, Vec<String>, Option<Position>) {
    let mut verdicts: Vec<(Success, String)> = Vec::new();
    let mut place: Option<Position> = None;
    let has_tried = checks.iter().any(|check| matches!(check.stage, Stage::Exploitation | Stage::Access));
    for (at, part) in parts.iter().enumerate() {
        let of_check = || acts.iter().filter(|act| act.part == at);
        if of_check().next().is_none() {
            continue;
        }
        let said = of_check().fold(Said::default(), |said, act| Said {
            own: said.own || act.hit.sizes.iter().any(|size| answers.is_own(*size, act)),
            unknown: said.unknown || (act.hit.answered.success > 0 && act.hit.sizes.is_empty()),
        });
        if let Some(verdict) = verdict(part, said, has_tried) {
            let is_meant = |act: &&&Act| is_login(part.finding) || act.hit.answer.is_some();
            let first = of_check().filter(is_meant).filter_map(|act| act.hit.answer.or(act.hit.evidence)).min();
            place = place.into_iter().chain(first).min();
            verdicts.push(verdict);
        }
    }
    // Pages that answer attempts of many kinds with sizes of their own show what was asked; that runs nothing.
    let kinds = verdicts.iter().filter(|(_, reason)| reason.ends_with(OWN_SIZE)).count();
    if kinds >= MANY_KINDS {
        for (success, _) in verdicts.iter_mut().filter(|(_, reason)| reason.ends_with(OWN_SIZE)) {
            *success = Success::Possible;
        }
    }
    let success = verdicts.iter().map(|(success, _)| *success).max().unwrap_or_default();
    let reasons = verdicts.into_iter().filter(|(said, _)| *said == success).map(|(_, reason)| reason).take(3);
    (success, reasons.collect(), place)
}

fn verdict(part: &Part<'_>, said: Said, has_tried: bool) -> Option<(Success, String)> {
    let Finding { title, severity, attack, id, .. } = part.finding;
    let is_serious = *severity >= Severity::Medium;
    let runs = id == "web.eval_stdin" || attack.iter().any(|t| RUNS.iter().any(|known| t.starts_with(known)));
    match part.stage {
        Stage::Access if is_login(part.finding) => {
            let is_guessed = attack.iter().any(|technique| technique.starts_with("T1110"));
            let success = if is_guessed && is_serious { Success::Likely } else { Success::Possible };
            Some((success, format!("{title}.")))
        }
        Stage::Exploitation | Stage::Access if said.own => {
            let success = if runs && is_serious { Success::Likely } else { Success::Possible };
            Some((success, format!("{title}: {OWN_SIZE}")))
        }
        Stage::Exploitation | Stage::Access if said.unknown => Some((
            Success::Possible,
            format!("{title}: it was answered with success; how large the answer was is not known."),
        )),
        Stage::Exfiltration if is_serious || has_tried => {
            let success = if has_tried { Success::Likely } else { Success::Possible };
            Some((success, format!("{title}.")))
        }
        _ => None,
    }
}
