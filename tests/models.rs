//! Models as jobs, which is how the page trains them, against the command line's way: the same file, bit for bit, however
//! the rows lie in shards and workers.

use std::fs;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::Path;

use logloupe::engine::learning::learn;
use logloupe::engine::learnt::{learnt, predicted};
use logloupe::engine::training::TrainSettings;
use logloupe::engine::{Engine, Files, Finished, Part, look_at, open_model};
use logloupe::protocol::{
    Job, LearnStage, ModelJob, ModelStep, ModelTask, Output, RangeStart, RowFormat, ScanTask, encode,
};
use logloupe::report::{Compared, Survey, Verdict};
use logloupe::scan::Limits;
use logloupe::schema::FieldName;
use logloupe::settings::Settings;
use logloupe::source::Source;

struct Log(String);

impl Source for Log {
    fn path(&self) -> &'static str {
        "shop-access.log"
    }

    fn size(&self) -> Option<u64> {
        Some(self.0.len() as u64)
    }

    fn open(&self, start: u64) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.0.as_bytes().get(start as usize..).unwrap_or_default()))
    }
}

impl Files for Log {
    fn source(&self, _: u32) -> Option<&dyn Source> {
        Some(self)
    }
}

fn shop() -> Log {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("public/sample/shop-access.log");
    Log(fs::read_to_string(path).expect("the sample is there"))
}

/// Engines that hold a part of the log each, in shards of so many rows.
fn engines(log: &Log, n_engines: usize, shard_rows: usize) -> Vec<Engine> {
    let (_, spec) = look_at(log, &Settings::shipped()).expect("the format is known");
    let step = log.0.len().div_ceil(n_engines);
    let (mut engines, mut starts, mut lines_before) = (Vec::new(), Vec::new(), 0);
    for at in 0..n_engines {
        let start = (at * step) as u64;
        let end = (at + 1 < n_engines).then_some(((at + 1) * step) as u64);
        let mut engine = Engine::new(at as u64, Limits { shard_rows, ..Limits::default() });
        let task = ScanTask { file: 0, start, end };
        let read = engine.read(log, &task, &spec, &mut |_, _| ControlFlow::Continue(())).expect("it can be read");
        starts.push(RangeStart { file: 0, start, lines_before });
        lines_before += read.input.lines;
        engines.push(engine);
    }
    engines.iter_mut().for_each(|engine| engine.seal(&starts));
    engines
}

/// All rounds of a job, as the page goes through them: parts cross as bytes, the model's file comes behind each round's.
fn run(engines: &[Engine], log: &Log, task: ModelTask, (filter, model): (&str, &[u8])) -> Finished {
    let step = if model.is_empty() { ModelStep::Columns } else { ModelStep::Addresses };
    let mut job = Job::Model(Box::new(ModelJob { filter: filter.to_owned(), task, step, share: None }));
    let mut beside = Vec::new();
    loop {
        beside.extend_from_slice(model);
        let parts = engines.iter().map(|engine| engine.part(&job, &beside).expect("a part").encode().expect("bytes"));
        let mut parts = parts.rev().map(|bytes| Part::decode(&bytes).expect("a part"));
        let mut merged = parts.next().expect("an engine");
        parts.for_each(|part| merged.merge(part));
        match merged.finish(&job, log).expect("an end") {
            (Output::Next(next), left) => (job, beside) = (*next, left),
            finished => return finished,
        }
    }
}

const SETTINGS: &str = r#"{
    "model": { "random_forest": { "n_estimators": 8 } },
    "label": "http.response.status_code",
    "split": { "group": "source.ip" }
}"#;

fn trained(settings: &str) -> (Log, Vec<Engine>, Vec<u8>) {
    let log = shop();
    let engines = engines(&log, 3, 500);
    let (output, file) = run(&engines, &log, ModelTask::Train(settings.to_owned()), ("", &[]));
    assert_eq!(output, Output::Model);
    (log, engines, file)
}

#[test]
fn a_model_trained_in_rounds_is_the_command_lines() {
    let (log, _, file) = trained(SETTINGS);
    let whole = engines(&log, 1, 1 << 16);
    let engine = &whole[0];
    let mut settings = TrainSettings::from_json(SETTINGS).expect("settings");
    settings.choose(&engine.columns("").expect("columns")).expect("features");
    let book = engine.addresses("", &settings.numbers).expect("addresses");
    let sample = engine.sampled("", &settings, &book).expect("a sample");
    let model = learn(sample, &settings).expect("a model");
    assert_eq!(String::from_utf8(file).expect("JSON"), model.to_json().expect("JSON"));
}

/// As the page trains it: the sample goes to workers that keep no rows, each of which does its share.
fn trained_in_shares(settings: &str, n_workers: u32) -> Vec<u8> {
    let log = shop();
    let engines = engines(&log, 2, 1 << 16);
    let task = ModelTask::Train(settings.to_owned());
    let step = ModelStep::Columns;
    let mut job = ModelJob { filter: String::new(), task, step, share: Some((0, n_workers)) };
    let (mut beside, mut sample) = (Vec::new(), Vec::new());
    loop {
        let learner = Engine::new(7, Limits::default());
        let shares = match job.step {
            ModelStep::Learn(LearnStage::Done) => 1,
            ModelStep::Learn(_) => n_workers,
            _ => 0,
        };
        let parts: Vec<Part> = if shares == 0 {
            engines
                .iter()
                .map(|engine| engine.part(&Job::Model(Box::new(job.clone())), &beside).expect("a part"))
                .collect()
        } else {
            let all = [sample.as_slice(), &beside].concat();
            let part = |share| {
                let job = ModelJob { share: Some((share, shares)), ..job.clone() };
                learner.part(&Job::Model(Box::new(job)), &all).expect("a part")
            };
            (0..shares).rev().map(part).collect()
        };
        let mut merged: Option<Part> = None;
        for part in parts {
            let part = Part::decode(&part.encode().expect("bytes")).expect("a part");
            match &mut merged {
                None => merged = Some(part),
                Some(all) => all.merge(part),
            }
        }
        let was_rows = job.step == ModelStep::Rows;
        match merged.expect("a part").finish(&Job::Model(Box::new(job.clone())), &log).expect("an end") {
            (Output::Next(next), left) => {
                let Job::Model(next) = *next else { panic!("another job") };
                job = *next;
                (beside, sample) = if was_rows { (Vec::new(), left) } else { (left, sample) };
            }
            (output, file) => {
                assert_eq!(output, Output::Model);
                return file;
            }
        }
    }
}

#[test]
fn workers_that_share_a_training_learn_the_same() {
    let (_, _, whole) = trained(SETTINGS);
    for n_workers in [1, 2, 5] {
        assert!(trained_in_shares(SETTINGS, n_workers) == whole, "{n_workers} workers");
    }
    let searched = r#"{
        "model": { "random_forest": { "n_estimators": 30 } },
        "label": "http.response.status_code",
        "grid": { "max_depth": [2, 6], "n_estimators": [5, 30] },
        "folds": 3
    }"#;
    let (_, _, whole) = trained(searched);
    assert!(String::from_utf8_lossy(&whole).contains("candidates"));
    assert!(trained_in_shares(searched, 3) == whole);
}

#[test]
fn a_model_answers_for_rows_and_is_compared_with_what_is_true() {
    let (log, engines, file) = trained(SETTINGS);
    let (_, lines) = run(&engines, &log, ModelTask::Predict(RowFormat::Csv), ("", &file));
    let lines = String::from_utf8(lines).expect("text");
    let n_rows: usize = engines.iter().flat_map(|engine| &engine.store().shards).map(|shard| shard.table.n_rows).sum();
    assert_eq!(lines.lines().count(), n_rows + 1);
    assert!(lines.starts_with("file,line,verdict,probability of 200,"), "{}", lines.lines().next().unwrap_or_default());
    let (output, _) = run(&engines, &log, ModelTask::Evaluate, ("http.request.method: GET", &file));
    let Output::Compared(compared) = output else { panic!("{output:?}") };
    let Compared { n_unknown, figures } = *compared;
    assert!(n_unknown < 20 && figures.n_samples > 5_000, "{n_unknown} {}", figures.n_samples);
    assert_eq!(figures.simplest.len(), 1);
}

#[test]
fn a_filter_can_be_learnt() {
    let question = r#"{
        "model": { "logistic_regression": {} },
        "question": "http.response.status_code >= 400",
        "split": "time",
        "grid": {}
    }"#;
    let (_, _, file) = trained(question);
    let model = open_model(&file).expect("a model");
    assert_eq!(model.classes, ["no", "yes"]);
    // What the filter asks for is not learnt from.
    assert!(!model.numbers.iter().chain(&model.texts).any(|name| name.as_str().contains("status")));
    let shown = learnt(&model);
    assert!(shown.tried.len() == 1 && shown.tried[0].1 > 0.5, "{:?}", shown.tried);
    assert!(shown.is_question && shown.label.as_deref() == Some("http.response.status_code >= 400"));
    let figures = shown.figures.expect("figures");
    assert!(!figures.roc.is_empty() && !figures.thresholds.is_empty() && !figures.calibration.is_empty());
    assert!(figures.figures.iter().all(|figure| !figure.because.is_empty()));
    // What the texts say is measured on them.
    let given = |path: &str| vec![("url.path".to_owned(), path.to_owned())];
    let short = predicted(&model, &given("/")).expect("an answer");
    let long = predicted(&model, &given("/wp-login.php/../../etc/passwd%00")).expect("an answer");
    assert_ne!(short.numbers, long.numbers);
    assert!(predicted(&model, &[("url.path length".to_owned(), "long".to_owned())]).is_err());
}

#[test]
fn a_guess_is_no_figure_to_trust() {
    // The day of the week does not tell the hour.
    let question = r#"{ "model": { "logistic_regression": {} }, "numbers": ["weekday"], "question": "event.hour: 3" }"#;
    let (_, _, file) = trained(question);
    let shown = learnt(&open_model(&file).expect("a model"));
    let figures = shown.figures.expect("figures").figures;
    let accuracy = figures.iter().find(|figure| figure.name == "accuracy").expect("an accuracy");
    assert!(accuracy.value > 0.9 && accuracy.verdict == Verdict::Meaningless, "{accuracy:?}");
}

#[test]
fn columns_are_looked_at_before() {
    let log = shop();
    let survey = |n_engines, shard_rows| -> Survey {
        let task = ModelTask::Survey(r#"{ "model": { "random_forest": {} } }"#.to_owned());
        match run(&engines(&log, n_engines, shard_rows), &log, task, ("", &[])).0 {
            Output::Survey(survey) => *survey,
            other => panic!("{other:?}"),
        }
    };
    let found = survey(3, 700);
    // Not compared as they are: a column with itself has no value.
    assert_eq!(encode(&found).expect("bytes"), encode(&survey(1, 1 << 16)).expect("bytes"));
    let bytes = found.features.iter().find(|feature| feature.name == "http.response.body.bytes").expect("a column");
    assert_eq!(bytes.bins.iter().map(|bin| bin.count).sum::<u64>() + bytes.missing, found.n_samples);
    assert_eq!((bytes.kind.as_str(), bytes.unit.as_str()), ("number", "bytes"));
    assert!(found.pairs.iter().all(|pair| pair.a != pair.b));
    for list in ["positive", "negative", "by rank", "categories"] {
        assert!(found.pairs.iter().filter(|pair| pair.list == list).count() <= 10);
    }
    let grid = &found.grids[0];
    assert!(grid.values.iter().enumerate().all(|(at, row)| row[at].is_nan()));
    let (a, b) = (0, 1);
    assert!(grid.values[a][b].is_nan() || grid.values[a][b] == grid.values[b][a]);
}

#[test]
fn columns_that_only_a_log_has_are_what_their_texts_are() {
    let row = |at: u64| format!("{},{},{},{}\n", at * 7 % 90, ["red", "blue"][at as usize % 2], at * 31 % 997, at % 3);
    let log = Log(std::iter::once("height,colour,mark,label\n".to_owned()).chain((0..400).map(row)).collect());
    let mut settings = TrainSettings::from_json(r#"{ "label": "csv.label" }"#).expect("settings");
    settings.choose(&engines(&log, 1, 64)[0].columns("").expect("columns")).expect("features");
    let named = |names: &[FieldName]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(named(&settings.numbers), ["csv.height", "csv.mark"]);
    assert_eq!((named(&settings.categories), named(&settings.words)), (vec!["csv.colour".to_owned()], vec![]));
}
