//! The user's Sigma rules: which files are some, and what became of each rule under a report. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use logloupe::protocol::ReadRule;
use logloupe::report::{Report, Severity};
use logloupe::units::order;

/// A larger file is no rule.
pub const FILE_BYTES: usize = 1 << 20;

/// Bytes of rules that a session takes.
pub const SESSION_BYTES: usize = 16 << 20;

/// Bytes of rules that are kept in the browser: storage has room for about 5 MB, and the settings need some.
pub const KEPT_BYTES: usize = 2_000_000;

/// A file of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleFile {
    /// Its path as dropped, below its archive's if it is in one.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// How the reading of rules is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Nothing is under way.
    #[default]
    Idle,
    /// Rules are being read.
    Reading,
    /// It did not work: why.
    Failed(String),
}

/// All of the user's rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The files, by path.
    pub files: Arc<Vec<RuleFile>>,
    /// What is in them.
    pub read: Arc<Vec<ReadRule>>,
    /// How the reading is.
    pub phase: Phase,
    /// Whether they are kept in this browser.
    pub is_kept: bool,
    /// What else is to be said of the last files that were added.
    pub note: String,
}

impl Rules {
    /// Bytes of all texts.
    pub fn bytes(&self) -> usize {
        self.files.iter().map(|file| file.text.len()).sum()
    }
}

/// What became of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It matched.
    Hit,
    /// It ran and matched nothing.
    Nothing,
    /// These logs have not what it asks for.
    NotApplicable,
    /// It cannot be run here.
    Unsupported,
    /// No log is open, or the report with it is being made.
    Waiting,
}

impl State {
    /// Every state, in the order of the list.
    pub const ALL: [Self; 5] = [Self::Hit, Self::Nothing, Self::NotApplicable, Self::Unsupported, Self::Waiting];

    /// The state in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Nothing => "found nothing",
            Self::NotApplicable => "not applicable",
            Self::Unsupported => "not supported",
            Self::Waiting => "not run yet",
        }
    }
}

/// A rule, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The rule.
    pub rule: ReadRule,
    /// What became of it.
    pub state: State,
    /// What it found, which field it lacks, or why it cannot be run.
    pub note: String,
    /// A filter for the rows that it matched; empty where there is none.
    pub filter: String,
}

/// Every rule and what became of it: hits first, then by level, then by title.
pub fn listed(rules: &[ReadRule], report: Option<&Report>) -> Vec<Listed> {
    let mut known: BTreeMap<&str, (State, &str)> = BTreeMap::new();
    let mut filters: BTreeMap<&str, &str> = BTreeMap::new();
    if let Some(report) = report {
        let groups = [
            (State::Nothing, &report.rules.applied),
            (State::NotApplicable, &report.rules.not_applicable),
            (State::Unsupported, &report.rules.unsupported),
        ];
        for (state, states) in groups {
            for rule in states {
                known.insert(&rule.id, (state, &rule.note));
            }
        }
        for finding in &report.findings {
            if let Some((state, _)) = known.get_mut(finding.id.as_str()) {
                *state = State::Hit;
                filters.insert(&finding.id, &finding.filter);
            }
        }
    }
    let list = |rule: &ReadRule| {
        let id = format!("sigma.{}", rule.id);
        let (state, note) = match (&rule.unsupported, known.get(id.as_str())) {
            (Some(why), _) => (State::Unsupported, why.clone()),
            (None, Some((state, note))) => (*state, (*note).to_owned()),
            (None, None) => (State::Waiting, String::new()),
        };
        let filter = filters.get(id.as_str()).copied().unwrap_or_default().to_owned();
        Listed { rule: rule.clone(), state, note, filter }
    };
    let mut all: Vec<Listed> = rules.iter().map(list).collect();
    order::sort_by(&mut all, |a, b| {
        let key = |one: &Listed| (one.state, std::cmp::Reverse(one.rule.level));
        key(a).cmp(&key(b)).then_with(|| a.rule.title.cmp(&b.rule.title)).then_with(|| a.rule.id.cmp(&b.rule.id))
    });
    all
}

/// What of a list is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A part of title, id, note or file; in any case.
    pub text: String,
    /// One state only.
    pub state: Option<State>,
    /// One level only.
    pub level: Option<Severity>,
}

impl Wanted {
    /// Whether a rule, in the file of that path, is asked for.
    pub fn takes(&self, one: &Listed, path: &str) -> bool {
        let text = self.text.trim().to_lowercase();
        let has = |part: &str| part.to_lowercase().contains(&text);
        self.state.is_none_or(|state| state == one.state)
            && self.level.is_none_or(|level| level == one.rule.level)
            && [one.rule.title.as_str(), &one.rule.id, &one.note, path].into_iter().any(has)
    }
}

/// Whether a file of that name may hold rules.
pub fn has_name_of_rules(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".yml", ".yaml"].iter().any(|ending| path.ends_with(ending))
}

/// Whether a text is a Sigma rule, a correlation or a filter: its first line is a key, and one of those that only such a
/// document has stands at the start of a line.
pub fn is_rule(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let key = |line: &str| {
        let (key, _) = line.split_once(':')?;
        key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_').then(|| key.to_owned())
    };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with(['#', '-']));
    let first = lines.next().and_then(key);
    first.is_some_and(|first| {
        let is_body = |key: &str| matches!(key, "detection" | "correlation" | "filter");
        is_body(&first) || lines.filter_map(key).any(|key| is_body(&key))
    })
}

/// `old` with `new` among them, by path; a file of the same path takes the other's place. What is too large is left out
/// and named.
pub fn merged(old: &[RuleFile], new: Vec<RuleFile>) -> (Vec<RuleFile>, Vec<String>) {
    let mut all: Vec<RuleFile> = old.iter().cloned().chain(new).collect();
    // Equals keep their order, so the newer comes after the older.
    order::sort_by(&mut all, |a, b| a.path.cmp(&b.path));
    let (mut files, mut refused): (Vec<RuleFile>, Vec<String>) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for file in all {
        if let Some(older) = files.pop_if(|last| last.path == file.path) {
            bytes -= older.text.len();
        }
        if file.text.len() > FILE_BYTES || bytes + file.text.len() > SESSION_BYTES {
            refused.push(file.path);
        } else {
            bytes += file.text.len();
            files.push(file);
        }
    }
    (files, refused)
}

#[cfg(test)]
mod tests {
    use logloupe::report::{Finding, RuleState};

    use super::*;

    #[test]
    fn rules_are_known_by_what_is_in_them() {
        let rule = "# made up\r\ntitle: A\r\nlogsource:\r\n  category: webserver\r\ndetection:\r\n  a: 1\r\n";
        assert!(is_rule(rule));
        assert!(is_rule("---\ntitle: A\ncorrelation:\n  type: event_count\n"));
        assert!(is_rule("detection:\n  x:\n"));
        assert!(!is_rule("services:\n  web:\n    image: nginx\n"), "other YAML");
        assert!(!is_rule("192.0.2.1 - - [x] \"GET /\"\ntitle: A\ndetection:\n"), "a log that has such a line");
        assert!(!is_rule("{\"title\": 1}\ndetection: 2\n"));
        assert!(!is_rule(""));
    }

    #[test]
    fn a_file_takes_the_place_of_the_one_before_it() {
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let (files, refused) = merged(&[file("b", "1"), file("c", "1")], vec![file("a", "2"), file("b", "2")]);
        assert_eq!(files, [file("a", "2"), file("b", "2"), file("c", "1")]);
        assert!(refused.is_empty());
        let (files, refused) = merged(&files, vec![file("d", &"x".repeat(FILE_BYTES + 1))]);
        assert_eq!((files.len(), refused), (3, vec!["d".to_owned()]));
    }

    #[test]
    fn every_rule_is_listed_with_what_became_of_it() {
        let rule = |id: &str, unsupported: Option<&str>| ReadRule {
            id: id.into(),
            title: id.to_uppercase(),
            unsupported: unsupported.map(str::to_owned),
            ..ReadRule::default()
        };
        let rules = [rule("a", Some("no")), rule("b", None), rule("c", None), rule("d", None), rule("e", None)];
        let state =
            |id: &str, note: &str| RuleState { id: format!("sigma.{id}"), title: String::new(), note: note.into() };
        let mut report = Report::default();
        report.rules.applied = vec![state("b", "2 rows"), state("c", "")];
        report.rules.not_applicable = vec![state("d", "no column")];
        report.findings = vec![Finding { id: "sigma.b".into(), filter: "x: 1".into(), ..Finding::default() }];
        let of = |report: Option<&Report>| -> Vec<(String, State)> {
            listed(&rules, report).into_iter().map(|one| (one.rule.id, one.state)).collect()
        };
        let expected = [
            ("b".to_owned(), State::Hit),
            ("c".to_owned(), State::Nothing),
            ("d".to_owned(), State::NotApplicable),
            ("a".to_owned(), State::Unsupported),
            ("e".to_owned(), State::Waiting),
        ];
        assert_eq!(of(Some(&report)), expected);
        assert_eq!(of(None).iter().filter(|(_, state)| *state == State::Waiting).count(), 4);
        let hit = &listed(&rules, Some(&report))[0];
        assert_eq!(hit.filter, "x: 1");
        assert!(Wanted { text: "2 ROWS".into(), ..Wanted::default() }.takes(hit, ""));
        assert!(!Wanted { state: Some(State::Nothing), ..Wanted::default() }.takes(hit, ""));
        assert!(!Wanted { text: "zzz".into(), ..Wanted::default() }.takes(hit, "rules/b.yml"));
    }
}
