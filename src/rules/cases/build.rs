//! A case out of the paths of those who act alike: numbers only; `report::text` says them.

use std::collections::{BTreeMap, BTreeSet};

use crate::query::{Timeline, TimelineSeries};
use crate::report::types::{
    Answered, CASE_SOURCES, Case, CaseCheck, CaseStage, Entity, Moment, Severity, Stage, Success,
};
use crate::table::Position;
use crate::units::Micros;
use crate::units::hash::hash_text;
use crate::units::order;

use super::super::filter::{Clauses, exact};
use super::super::tally::Tally;
use super::hits::{Hit, SPAN};
use super::success::{self, Answers};
use super::{Act, FoundCase, Part, Path, attack};

/// Steps of a timeline at most.
const STEPS: i64 = 96;

/// One stage of a case, being counted.
#[derive(Default)]
struct Counting {
    first: Option<(Option<i64>, Option<Position>)>,
    hit: Hit,
    techniques: BTreeSet<String>,
    steps: BTreeMap<i64, u64>,
}

impl Hit {
    /// What a check found that looks at all rows of a source. A scan is made of refusals; else the answers are not known.
    pub(super) fn of(tally: &Tally, check: &str) -> Self {
        let answered = match check {
            "http.scanner" => Answered { client_error: tally.count, ..Answered::default() },
            _ => Answered { unknown: tally.count, ..Answered::default() },
        };
        let evidence = tally.evidence.first().copied();
        Self { answered, first: tally.first, last: tally.last, evidence, ..Self::default() }
    }
}

impl Act {
    /// How far the attack is here. Who asks for what only those inside have, and is refused, was only trying.
    fn stage(&self, part: &Part<'_>) -> Stage {
        let Answered { success, unknown, .. } = self.hit.answered;
        if part.stage == Stage::Access && success + unknown == 0 { Stage::Probing } else { part.stage }
    }
}

/// The case of these paths.
pub(super) fn case(paths: &[Path], parts: &[Part<'_>], answers: &Answers) -> FoundCase {
    let acts: Vec<&Act> = paths.iter().flat_map(|path| &path.acts).collect();
    let stages = stages(&acts, parts);
    let checks = checks(&acts, parts);
    let (success, success_reasons, success_place) = success::of_case(&acts, &checks, parts, answers);
    let mut whole = Hit::default();
    acts.iter().for_each(|act| whole.merge(&act.hit));
    let (first, last) = (whole.first, whole.last);

    let mut case = Case {
        id: id(paths),
        severity: severity(&checks, &whole.answered, success),
        confidence: confidence(&checks, parts),
        success,
        success_reasons,
        first: time(first),
        last: time(last),
        dwell_seconds: first.zip(last).map(|(first, last)| (last.abs_diff(first)) / 1_000_000),
        hits: whole.answered.rows(),
        bytes: whole.bytes,
        sources: sources(paths),
        n_sources: paths.iter().map(|path| &path.source).collect::<BTreeSet<_>>().len() as u64,
        timeline: timeline(&stages),
        filter: filter(paths, first.zip(last).filter(|_| acts.iter().all(|act| act.hit.first.is_some()))),
        checks,
        ..Case::default()
    };
    let mut places = Vec::new();
    for (stage, counted) in &stages {
        let tactics: BTreeSet<&str> = counted.techniques.iter().map(|t| attack::tactic_of(t)).collect();
        case.stages.push(CaseStage {
            stage: *stage,
            first: time(counted.hit.first),
            last: time(counted.hit.last),
            hits: counted.hit.answered.rows(),
            answered: counted.hit.answered,
            techniques: counted.techniques.iter().cloned().collect(),
            tactics: tactics.into_iter().filter(|tactic| !tactic.is_empty()).map(str::to_owned).collect(),
        });
        let (first, place) = counted.first.unwrap_or_default();
        let what = format!("first sign of {}", stage.as_str());
        case.moments.push(Moment { what, time: time(first), evidence: None });
        places.push(place);
    }
    if let Some(place) = success_place {
        case.moments.push(Moment { what: "first sign of success".to_owned(), time: None, evidence: None });
        places.push(Some(place));
    }
    FoundCase { case, places }
}

fn time(micros: Option<i64>) -> Option<String> {
    micros.map(|micros| Micros(micros).to_rfc3339())
}

fn stages(acts: &[&Act], parts: &[Part<'_>]) -> BTreeMap<Stage, Counting> {
    let mut stages: BTreeMap<Stage, Counting> = BTreeMap::new();
    for act in acts {
        let Some(part) = parts.get(act.part) else { continue };
        let counting = stages.entry(act.stage(part)).or_default();
        counting.hit.merge(&act.hit);
        counting.techniques.extend(part.finding.attack.iter().cloned());
        let first = (act.hit.first, act.hit.evidence);
        counting.first = Some(counting.first.map_or(first, |known| known.min(first)));
        if let Some(span) = act.span {
            *counting.steps.entry(span).or_default() += act.hit.answered.rows();
        }
    }
    stages
}

/// **Order**: the most severe first, then by hits, then by id.
fn checks(acts: &[&Act], parts: &[Part<'_>]) -> Vec<CaseCheck> {
    let mut checks: BTreeMap<usize, CaseCheck> = BTreeMap::new();
    for act in acts {
        let Some(part) = parts.get(act.part) else { continue };
        let check = checks.entry(act.part).or_insert_with(|| CaseCheck {
            id: part.finding.id.clone(),
            title: part.finding.title.clone(),
            severity: part.finding.severity,
            ..CaseCheck::default()
        });
        check.stage = check.stage.max(act.stage(part));
        check.answered.add(&act.hit.answered);
        check.hits += act.hit.answered.rows();
    }
    let mut checks: Vec<CaseCheck> = checks.into_values().collect();
    order::sort_by(&mut checks, |a, b| {
        b.severity.cmp(&a.severity).then(b.hits.cmp(&a.hits)).then_with(|| a.id.cmp(&b.id))
    });
    checks
}

/// The worst check's; medium at most where every answer was a refusal; high at least where it probably succeeded, and
/// critical where the check was high then.
fn severity(checks: &[CaseCheck], answered: &Answered, success: Success) -> Severity {
    let worst = checks.iter().map(|check| check.severity).max().unwrap_or_default();
    match success {
        Success::Likely if worst >= Severity::High => Severity::Critical,
        Success::Likely => Severity::High,
        Success::None if answered.success + answered.unknown == 0 => worst.min(Severity::Medium),
        _ => worst,
    }
}

/// The surest of the worst checks, and a twentieth more for every other check, up to 0.95.
fn confidence(checks: &[CaseCheck], parts: &[Part<'_>]) -> f64 {
    let worst = checks.iter().map(|check| check.severity).max().unwrap_or_default();
    let is_worst = |id: &str| checks.iter().any(|check| check.id == id && check.severity == worst);
    let of_worst = parts.iter().filter(|part| is_worst(&part.finding.id)).map(|part| part.finding.confidence);
    let surest = of_worst.fold(0.0, f64::max);
    let more = surest + checks.len().saturating_sub(1) as f64 * 0.05;
    // In hundredths, so that a sum of twentieths reads as one.
    libm::round(more.min(0.95).max(surest) * 100.0) / 100.0
}

fn sources(paths: &[Path]) -> Vec<Entity> {
    let mut sources: BTreeMap<&(String, String), u64> = BTreeMap::new();
    for path in paths {
        *sources.entry(&path.source).or_default() += path.acts.iter().map(|act| act.hit.answered.rows()).sum::<u64>();
    }
    let entity = |((field, value), count): (&(String, String), u64)| Entity {
        field: field.clone(),
        value: value.clone(),
        count,
    };
    let mut sources: Vec<Entity> = sources.into_iter().map(entity).collect();
    order::sort_by(&mut sources, |a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    sources.truncate(CASE_SOURCES);
    sources
}

/// The same for the same first source at the same time, whatever else a log has.
fn id(paths: &[Path]) -> String {
    let first = paths.iter().min_by_key(|path| (path.first, &path.source));
    let name = first.map_or_else(String::new, |path| format!("{} {:?}", path.source.1, path.first));
    format!("case.{:08x}", hash_text(&name) >> 32)
}

/// Everything that these sources did then.
fn filter(paths: &[Path], times: Option<(i64, i64)>) -> String {
    let also = times.map_or_else(String::new, |(first, last)| {
        let (first, last) = (Micros(first).to_rfc3339(), Micros(last).to_rfc3339());
        format!("@timestamp >= \"{first}\" and @timestamp <= \"{last}\"")
    });
    let mut clauses = Clauses::default();
    clauses.set("", &also);
    for path in paths {
        clauses.add(&path.source.0, exact(&path.source.1));
    }
    clauses.text()
}

fn timeline(stages: &BTreeMap<Stage, Counting>) -> Timeline {
    let spans = || stages.values().flat_map(|counting| counting.steps.keys().copied());
    let (Some(first), Some(last)) = (spans().min(), spans().max()) else { return Timeline::default() };
    let width = (last - first) / STEPS + 1;
    let length = ((last - first) / width + 1) as usize;
    let series = |(stage, counting): (&Stage, &Counting)| {
        let mut values = vec![0; length];
        for (span, rows) in &counting.steps {
            values.get_mut(((span - first) / width) as usize).into_iter().for_each(|value| *value += rows);
        }
        TimelineSeries { name: stage.as_str().to_owned(), values }
    };
    Timeline {
        start: time(first.checked_mul(SPAN)),
        step_seconds: (width * SPAN / 1_000_000) as u64,
        split: "stage".to_owned(),
        series: stages.iter().filter(|(_, counting)| !counting.steps.is_empty()).map(series).collect(),
    }
}
