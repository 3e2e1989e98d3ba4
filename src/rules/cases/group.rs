//! Which acts belong together: those of a source without a long pause, and those of sources that act alike.
//!
//! Two paths are one story where their times meet or come within the pause, one of their worst checks is the same, and one
//! of these holds: they have the same user agent; they come from the same block of addresses (/24, /48) that is not
//! private. A source that comes back with the same within seven pauses is one story too, and so is noise that came as far,
//! which everybody on the Internet hears: paths with nothing worse than low, or with a few hits of medium severity at most
//! that were refused or answered with an ordinary page. Attempts of any severity are noise of one kind where one of their
//! worst checks is the same, a few requests are all there is, and every one was refused: the machines of a botnet.

use std::collections::BTreeMap;

use crate::enrich::address::{self, AddressKind};
use crate::report::types::{Severity, Stage};
use crate::units::order;

use super::success::Answers;
use super::{Act, Part, Path};

/// What one source did, cut where it paused longer than `quiet`, µs. Acts without a time belong to the first path.
pub(super) fn paths(source: &(String, String), mut acts: Vec<Act>, quiet: i64) -> Vec<Path> {
    order::sort_by_key(&mut acts, |act| (act.hit.first, act.part, act.span));
    let mut paths: Vec<Path> = Vec::new();
    for act in acts {
        let (first, last) = (act.hit.first, act.hit.last);
        match paths.last_mut() {
            Some(path) if is_near(path.last, first, quiet) => {
                path.first = path.first.or(first);
                path.last = path.last.max(last);
                path.acts.push(act);
            }
            _ => paths.push(Path { source: source.clone(), acts: vec![act], first, last }),
        }
    }
    paths
}

/// Whether what begins then comes soon after what ended.
fn is_near(ended: Option<i64>, begins: Option<i64>, quiet: i64) -> bool {
    match (ended, begins) {
        (Some(ended), Some(begins)) => begins.saturating_sub(ended) <= quiet,
        _ => true,
    }
}

/// Pauses within which a source that comes back, and noise, is the same story.
const LONGER: i64 = 7;
/// Hits of a path up to which it may be noise.
const FEW: u64 = 5;

/// By what paths may be alike.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// The same user agent and check.
    Agent(u64, usize),
    /// The same block of addresses and check.
    Block(String, usize),
    /// The same source and check.
    Source(String, usize),
    /// As far.
    Noise(Stage),
    /// The same check, refused.
    Refused(usize),
}

impl Likeness {
    fn pauses(&self) -> i64 {
        match self {
            Self::Agent(..) | Self::Block(..) => 1,
            Self::Source(..) | Self::Noise(..) | Self::Refused(..) => LONGER,
        }
    }
}

/// The paths of each story. **Order**: of their first path.
pub(super) fn alike(paths: Vec<Path>, parts: &[Part<'_>], answers: &Answers, quiet: i64) -> Vec<Vec<Path>> {
    let mut groups: BTreeMap<Likeness, Vec<usize>> = BTreeMap::new();
    for (at, path) in paths.iter().enumerate() {
        let (severity, worst) = worst(path, parts);
        let mut likenesses = Vec::new();
        let block = block_of(&path.source.1);
        let agent = path.acts.iter().map(|act| act.hit.agent).filter(|agent| *agent > 0).min();
        for &check in &worst {
            likenesses.push(Likeness::Source(path.source.1.clone(), check));
            likenesses.extend(block.clone().map(|block| Likeness::Block(block, check)));
            likenesses.extend(agent.map(|agent| Likeness::Agent(agent, check)));
            likenesses.extend(is_refused(path).then_some(Likeness::Refused(check)));
        }
        if severity <= Severity::Low || (severity <= Severity::Medium && is_small(path, answers)) {
            let stage = worst.iter().filter_map(|&check| Some(parts.get(check)?.stage)).max();
            likenesses.extend(stage.map(Likeness::Noise));
        }
        for likeness in likenesses {
            groups.entry(likeness).or_default().push(at);
        }
    }
    // Each path knows an earlier one of its story, or itself.
    let mut leaders: Vec<usize> = (0..paths.len()).collect();
    for (likeness, mut members) in groups {
        let first = |at: &usize| paths.get(*at).and_then(|path| path.first);
        order::sort_by_key(&mut members, |at| (first(at), *at));
        let mut ended: Option<i64> = None;
        for pair in members.windows(2) {
            let [before, after] = *pair else { continue };
            ended = ended.max(paths.get(before).and_then(|path| path.last));
            if is_near(ended, first(&after), quiet.saturating_mul(likeness.pauses())) {
                let (a, b) = (leader(&mut leaders, before), leader(&mut leaders, after));
                leaders.get_mut(a.max(b)).into_iter().for_each(|slot| *slot = a.min(b));
            }
        }
    }
    let mut stories: BTreeMap<usize, Vec<Path>> = BTreeMap::new();
    for (at, path) in paths.into_iter().enumerate() {
        stories.entry(leader(&mut leaders, at)).or_default().push(path);
    }
    stories.into_values().collect()
}

/// Whether a path is of a few hits only, and no answer to them stands out.
fn is_small(path: &Path, answers: &Answers) -> bool {
    path.acts.iter().map(|act| act.hit.answered.rows()).sum::<u64>() <= FEW
        && path.acts.iter().all(|act| act.hit.answered.unknown == 0 && !answers.stands_out(act))
}

/// Whether no check found more than a few rows of a path, and every one was refused.
fn is_refused(path: &Path) -> bool {
    path.acts.iter().all(|act| {
        let answered = &act.hit.answered;
        answered.rows() <= FEW && answered.client_error == answered.rows()
    })
}

/// The first path of a story; ways to it are shortened on the way.
fn leader(leaders: &mut [usize], mut at: usize) -> usize {
    while let Some(&before) = leaders.get(at).filter(|before| **before != at) {
        let shorter = leaders.get(before).copied().unwrap_or(before);
        leaders.get_mut(at).into_iter().for_each(|slot| *slot = shorter);
        at = before;
    }
    at
}

/// The worst severity of a path, and the checks of that severity in their order.
fn worst(path: &Path, parts: &[Part<'_>]) -> (Severity, Vec<usize>) {
    let severity = |part: usize| parts.get(part).map_or(Severity::Informational, |part| part.finding.severity);
    let most = path.acts.iter().map(|act| severity(act.part)).max().unwrap_or_default();
    let mut checks: Vec<usize> = path.acts.iter().map(|act| act.part).filter(|part| severity(*part) == most).collect();
    order::sort(&mut checks);
    checks.dedup();
    (most, checks)
}

/// The block of addresses that one is in. **Null**: none for names and private addresses.
fn block_of(source: &str) -> Option<String> {
    let address = address::parse(source)?;
    let kind = address::kind(address);
    match address {
        _ if !matches!(kind, AddressKind::Public | AddressKind::Documentation) => None,
        std::net::IpAddr::V4(address) => Some(format!("{:?}", address.octets().get(..3)?)),
        std::net::IpAddr::V6(address) => Some(format!("{:?}", address.segments().get(..3)?)),
    }
}
