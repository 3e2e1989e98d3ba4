//! Logins that a service reports as such (`event.outcome`): one source that guesses, one that tries many users, one that
//! gets in after that. A web server's own word that it let a user not in, as its error log has it, counts too. What web
//! pages answer to logins is in `sources`, which has to guess it.

use crate::schema::Field;
use crate::settings::Detectors;
use crate::table::Selection;
use crate::units::hash::hash_text;

use super::dns::many;
use super::network::{clause, flag, texts};
use super::subject::{Codes, Name, Subject, Subjects};
use super::{Gathering, Rows, Text, Verdict};

/// What actions are called that are logins: a part of the name, without regard to case. A line of PAM has no action, and
/// is about a login that the service reports too.
const LOGINS: [&str; 4] = ["login", "logon", "signin", "authenticat"];
/// Seconds within which failures are a program's.
const WINDOW_SECONDS: i64 = 600;
/// How many times less failures within one second are a program's: nobody types as fast.
const AT_ONCE: u64 = 2;
/// How many times more failures make a program's in all.
const IN_ALL: u64 = 5;
/// Failures for each success at least, where somebody got in by guessing.
const RARE: u64 = 5;

/// What the texts of logins mean, by their codes.
pub(super) struct Logins {
    is_login: Vec<bool>,
    /// 1 for failure, 2 for success.
    outcomes: Vec<u8>,
    users: Vec<u64>,
}

impl Logins {
    /// The meanings, evaluated on the store's dictionaries.
    pub fn new(selection: Selection<'_>) -> Self {
        let is_login = texts(selection, &Field::EventAction.into(), |action| {
            let action = action.to_ascii_lowercase();
            LOGINS.iter().any(|word| action.contains(word))
        });
        let outcomes = texts(selection, &Field::EventOutcome.into(), |outcome| match outcome {
            "failure" => 1,
            "success" => 2,
            _ => 0,
        });
        Self { is_login, outcomes, users: texts(selection, &Field::UserName.into(), hash_text) }
    }

    /// Whether a shard's rows may be logins.
    pub fn is_wanted(rows: &Rows<'_>) -> bool {
        rows.shard.table.column(&Field::EventOutcome.into()).is_some()
    }

    /// Counts a row.
    pub fn count(&self, rows: &Rows<'_>, row: usize, gathering: &mut Gathering<'_>) {
        let source = rows.code(Text::Source, row);
        let outcome = self.outcomes.get(rows.code(Text::Outcome, row) as usize).copied().unwrap_or(0);
        let action = rows.code(Text::Action, row);
        let of_server = action == 0 && rows.code(Text::Path, row) > 0 && rows.code(Text::User, row) > 0;
        if source == 0 || outcome == 0 || !(of_server || flag(&self.is_login, action)) {
            return;
        }
        let codes = Codes { source, object: 0, number: 0, dataset: 0 };
        let names = gathering.names;
        let Some(subject) = gathering.kinds.logins.subject(codes, |codes| names.name(codes)) else { return };
        let time = rows.time(row);
        subject.rows += 1;
        if outcome == 2 {
            subject.other.add(rows.shard, row, time);
            return;
        }
        subject.tally.add(rows.shard, row, time);
        time.into_iter().for_each(|time| subject.add_time(time));
        let user = rows.code(Text::User, row);
        if user > 0 {
            subject.add_distinct(self.users.get(user as usize).copied().unwrap_or(0), 0);
        }
    }
}

/// What the logins of sources show.
pub(super) fn verdicts(subjects: &Subjects, detectors: &Detectors) -> Vec<Verdict> {
    subjects.0.iter().flat_map(|(name, subject)| of_source(name, subject, detectors)).collect()
}

fn of_source(name: &Name, subject: &Subject, detectors: &Detectors) -> Vec<Verdict> {
    let (failures, least) = (subject.tally.count, detectors.login_failures.max(1));
    let is_burst = subject.most_within(1).saturating_mul(AT_ONCE) >= least;
    let is_guessing =
        is_burst || subject.most_within(WINDOW_SECONDS) >= least || failures >= least.saturating_mul(IN_ALL);
    let is_spraying = subject.distinct.len() >= usize::from(detectors.sprayed_users.clamp(2, 256));
    let enough = subject.second_of(least).map(|second| second.saturating_mul(1_000_000));
    let is_after = matches!((enough, subject.other.last), (Some(enough), Some(last)) if last >= enough);
    let got_in = is_guessing && is_after && subject.other.count * RARE <= failures;

    let source = &name.source.1;
    let failure = |id, sentence| Verdict {
        id,
        weight: failures as f64,
        sentence,
        tally: subject.tally.clone(),
        entities: vec![name.source.clone()],
        clause: format!("({} and event.outcome: \"failure\")", clause(&name.source)),
        ..Verdict::default()
    };
    let users = many(subject.distinct.len() as u64);
    let mut verdicts = Vec::new();
    if is_guessing {
        let within = subject.most_within(WINDOW_SECONDS);
        let sentence = format!("{source}: {failures} logins failed, at most {within} of them within ten minutes.");
        verdicts.push(failure("auth.brute_force", sentence));
    }
    if is_spraying {
        let sentence = format!("{source}: {failures} logins failed, as {users} different users.");
        verdicts.push(failure("auth.password_spraying", sentence));
    }
    if got_in {
        let sentence = format!("{source}: {} logins succeeded beside {failures} that failed.", subject.other.count);
        verdicts.push(Verdict {
            tally: subject.other.clone(),
            clause: format!("({} and event.outcome: \"success\")", clause(&name.source)),
            ..failure("auth.success_after_failures", sentence)
        });
    }
    verdicts
}
