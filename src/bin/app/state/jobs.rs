//! Asking the shards: jobs over all workers, the report under the filter of now.
//!
//! A worker that dies over a job is replaced, its ranges are read again, and the job is tried once more.

use std::rc::Rc;
use std::sync::Arc;

use futures_channel::oneshot;
use gloo::timers::callback::Timeout;
use js_sys::Uint8Array;
use leptos::prelude::*;
use logloupe::protocol::{
    Chapter, Job, LearnStage, ModelJob, ModelStep, Output, RangeStart, Request, Response, RowFormat, ScanTask, Trial,
    Tried, decode,
};
use logloupe::query::{Answer, Ask, Question};
use logloupe::report::{Paragraph, QueueEntry, Report, Threat};
use logloupe::settings::Settings;

use super::pool::{Pool, Said, Trouble, answer};
use super::session::Session;
use super::store::{self, Run};

/// Where the parts of a job come together.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// At the first worker.
    First,
    /// At the worker that keeps no shards, so that stopping it loses nothing: for what may take long.
    Spare,
}

/// A report, and beside it what its checks took.
type Made = (Box<Report>, Vec<Uint8Array>);

/// What came of showing a report.
enum Shown {
    Yes,
    /// There was nothing to show.
    No,
    /// There is nothing to show under this filter; without it there may be.
    WithoutFilter,
}

/// A job's output and the bytes beside it.
pub(super) type Finished = (Output, Vec<Uint8Array>);

impl Session {
    /// Does a job, all its rounds.
    pub(super) async fn job(&self, job: &Job, place: Place) -> Result<Finished, Trouble> {
        self.job_beside(job, place, &[]).await
    }

    /// The same; `always` goes to every worker in every round, behind what the round before left.
    pub(super) async fn job_beside(&self, job: &Job, place: Place, always: &[Uint8Array]) -> Result<Finished, Trouble> {
        let pool = self.pool().await?;
        let run = self.model_run.get();
        let mut finished = self.round(&pool, job, always, place).await?;
        let mut sample = Vec::new();
        while let (Output::Next(next), mut beside) = finished {
            // A model that was stopped meanwhile goes no further.
            if place == Place::Spare && self.model_run.get() != run {
                return Err(Trouble::Stopped);
            }
            self.tell_round(&next);
            if let Job::Model(job) = &*next
                && let ModelStep::Learn(stage) = job.step
            {
                // The sample comes first and goes to every stage, and behind it what was found so far.
                if sample.is_empty() {
                    sample = std::mem::take(&mut beside);
                }
                beside.splice(0..0, sample.iter().cloned());
                finished = share(&pool, (job, stage), &beside).await?;
                continue;
            }
            beside.extend_from_slice(always);
            finished = self.round(&pool, &next, &beside, place).await?;
        }
        Ok(finished)
    }

    async fn round(
        &self,
        pool: &Rc<Pool>,
        job: &Job,
        beside: &[Uint8Array],
        place: Place,
    ) -> Result<Finished, Trouble> {
        match self.try_round(pool, job, beside, place).await {
            Err(Trouble::Died { worker, .. }) if worker < pool.size() => {
                self.read_again(pool, worker).await?;
                self.try_round(pool, job, beside, place).await
            }
            finished => finished,
        }
    }

    async fn try_round(
        &self,
        pool: &Pool,
        job: &Job,
        beside: &[Uint8Array],
        place: Place,
    ) -> Result<Finished, Trouble> {
        if pool.size() == 1 && place == Place::First {
            return finished(answer(pool.call(0, Request::Run(job.clone()), beside)).await?);
        }
        // The worker where parts come together keeps its own.
        let kept = (place == Place::First).then(|| pool.next_number());
        let ask = |worker: usize| match kept {
            Some(number) if worker == 0 => Request::Keep(job.clone(), number),
            _ => Request::Part(job.clone()),
        };
        let coming: Vec<_> = (0..pool.size()).map(|worker| pool.call(worker, ask(worker), beside)).collect();
        let mut parts = Vec::with_capacity(coming.len());
        for coming in coming {
            parts.extend(answer(coming).await?.beside);
        }
        let worker = if place == Place::First { 0 } else { pool.spare() };
        let finish = Request::Finish { job: job.clone(), kept };
        finished(answer(pool.hand_over(worker, finish, parts)).await?)
    }

    /// Says what a model's next round does.
    fn tell_round(&self, job: &Job) {
        match job {
            Job::AnomalyScore { .. } => self.store.anomaly_run.set(Run::Running("Scoring every row".into())),
            Job::Model(job) => self.store.learning.tell(job),
            _ => {}
        }
    }

    /// Answers under a filter.
    pub async fn ask(&self, filter: &str, questions: Vec<Question>) -> Result<Vec<Answer>, Trouble> {
        let ask = Ask { filter: filter.to_owned(), questions };
        match self.job(&Job::Ask(ask), Place::First).await? {
            (Output::Answers(answers), _) => Ok(answers),
            _ => Err(Trouble::another("the output of this job")),
        }
    }

    /// Raw lines of a file, by byte offset and length.
    pub async fn lines(&self, file: u32, spans: Vec<(u64, u32)>) -> Result<Vec<String>, Trouble> {
        let pool = self.pool().await?;
        match answer(pool.call(0, Request::Lines { file, spans }, &[])).await?.response {
            Response::Lines(lines) => Ok(lines),
            _ => Err(Trouble::another("lines")),
        }
    }

    /// A format string, tried on the beginning of a file.
    pub async fn try_format(&self, file: u32, trial: Trial) -> Result<Box<Tried>, Trouble> {
        let pool = self.pool().await?;
        let settings = Box::new(self.store.settings_now());
        match answer(pool.call(pool.spare(), Request::Try { file, settings, trial }, &[])).await?.response {
            Response::Tried(tried) => Ok(tried),
            _ => Err(Trouble::another("a format string that was tried")),
        }
    }

    /// The lines of all files that were not understood, as a file's bytes.
    pub async fn rejected(&self, format: RowFormat) -> Result<Vec<u8>, Trouble> {
        let pool = self.pool().await?;
        let mut bytes = format.rejected_header().as_bytes().to_vec();
        let ranges: Vec<(ScanTask, u64)> = {
            let shards = self.shards.borrow();
            let has_rejected = |key: &(u32, u64)| shards.accounts.get(key).is_some_and(|input| input.rejected > 0);
            let starts = shards.starts.iter().filter(|start| has_rejected(&(start.file, start.start)));
            let range = |start: &RangeStart| {
                let end = shards.ends.get(&(start.file, start.start)).copied().flatten();
                (ScanTask { file: start.file, start: start.start, end }, start.lines_before)
            };
            starts.map(range).collect()
        };
        for (task, lines_before) in ranges {
            let format_bytes = self.files.borrow().get(task.file as usize).map(|file| file.format.clone());
            let beside = [Uint8Array::from(format_bytes.unwrap_or_default().as_slice())];
            let request = Request::Rejected { task, lines_before, format };
            let said = answer(pool.call(pool.spare(), request, &beside)).await?;
            bytes.extend(said.beside.first().map(Uint8Array::to_vec).unwrap_or_default());
        }
        Ok(bytes)
    }

    /// The rows under the filter, cleaned, as a file's bytes.
    pub async fn export(&self, filter: &str, format: RowFormat) -> Result<Vec<u8>, Trouble> {
        let job = Job::Export { filter: filter.to_owned(), format, columns: Vec::new() };
        let (_, beside) = self.job(&job, Place::First).await?;
        Ok(beside.first().map(Uint8Array::to_vec).unwrap_or_default())
    }

    /// Makes the report under the filter and settings of now. The newest request wins; those between are passed over.
    ///
    /// The first report comes whole. One that takes another's place shows what was counted first: that takes a fraction of
    /// the time of the checks, whose words stay until theirs come.
    pub(super) async fn refresh(self: Rc<Self>) {
        self.newest_report.set(self.newest_report.get().wrapping_add(1));
        if self.shards.borrow().inputs.is_empty() || self.is_reporting.replace(true) {
            return;
        }
        self.store.refreshing.set(true);
        'asked: loop {
            let (newest, number) = (self.newest_report.get(), self.number.get());
            let is_first = self.store.report.with_untracked(Option::is_none);
            let chapters: &[Option<Chapter>] =
                if is_first { &[None] } else { &[Some(Chapter::Panels), Some(Chapter::Checks)] };
            let settings = self.store.settings_now();
            for chapter in chapters {
                let result = self.chapter(*chapter, &settings).await;
                // A report takes a while to read; what it changes on the page is a task of its own.
                next_task().await;
                if self.check_open(number).is_err() {
                    break 'asked;
                }
                if newest != self.newest_report.get() {
                    continue 'asked;
                }
                match self.show(&settings.filter, *chapter, result).await {
                    Shown::Yes => {}
                    Shown::No => break 'asked,
                    Shown::WithoutFilter => {
                        self.store.drop_filter();
                        continue 'asked;
                    }
                }
            }
            if newest == self.newest_report.get() {
                break;
            }
        }
        self.is_reporting.set(false);
        self.store.refreshing.set(false);
        self.tell_end();
    }

    /// A chapter of the report, or all of it.
    async fn chapter(&self, chapter: Option<Chapter>, settings: &Settings) -> Result<Made, Trouble> {
        let (settings, inputs) = (Box::new(settings.clone()), self.shards.borrow().inputs.clone());
        let rules = self.packed_rules.borrow().clone();
        let job = match chapter {
            None => Job::Report { settings, inputs, rules },
            Some(chapter) => Job::Chapter { chapter, settings, inputs, rules },
        };
        match self.job(&job, Place::First).await? {
            (Output::Report(report), beside) => Ok((report, beside)),
            _ => Err(Trouble::another("a report")),
        }
    }

    /// Shows what came.
    async fn show(&self, filter: &str, chapter: Option<Chapter>, result: Result<Made, Trouble>) -> Shown {
        let trouble = match result {
            Ok((report, beside)) => {
                self.store.mistake.set(None);
                if chapter != Some(Chapter::Panels) {
                    let times = beside.first().and_then(|times| decode(&times.to_vec()).ok());
                    self.store.times.set(times.unwrap_or_default());
                }
                self.put_in(chapter, report).await;
                return Shown::Yes;
            }
            Err(trouble) => trouble,
        };
        match trouble {
            Trouble::Stopped => {}
            trouble if trouble_is_of_the_filter(&trouble) => {
                self.mistake(filter, &trouble);
                // A filter out of the address that does not hold: the mistake is shown beside all rows.
                if self.store.report.with_untracked(Option::is_none) {
                    return Shown::WithoutFilter;
                }
            }
            trouble => self.fail(&trouble),
        }
        Shown::No
    }

    /// Puts a report in the place of that of before, or one of its chapters.
    async fn put_in(&self, chapter: Option<Chapter>, mut report: Box<Report>) {
        let before = self.store.report.get_untracked();
        match (chapter, before) {
            (Some(Chapter::Checks), Some(before)) => {
                let mut whole = (*before).clone();
                whole.take_checks(*report);
                let number = self.number.get();
                let told = self.tell(&whole).await;
                if self.check_open(number).is_err() {
                    return;
                }
                // What the models say may have come meanwhile.
                self.amend(|report| {
                    report.take_checks(whole);
                    if let Some((threat, queue, text)) = told {
                        (report.threat, report.queue, report.text) = (threat, queue, text);
                    }
                });
            }
            (_, before) => {
                if let Some(before) = before {
                    report.models = before.models.clone();
                    report.settings.models = before.settings.models.clone();
                    if chapter.is_some() {
                        report.take_checks((*before).clone());
                    }
                }
                self.dropped.borrow().stamp(&mut report, &self.files.borrow());
                self.store.report.set(Some(Arc::from(report)));
            }
        }
    }

    /// Whether `filter` holds: how many rows it lets through, or what is wrong with it.
    pub async fn try_filter(&self, filter: &str) -> Result<u64, Trouble> {
        match self.ask(filter, vec![Question::Count]).await?.first() {
            Some(Answer::Count(count)) => Ok(*count),
            _ => Err(Trouble::another("a count")),
        }
    }

    /// What a worker says in words of what a report holds.
    pub(super) async fn tell(&self, report: &Report) -> Option<(Threat, Vec<QueueEntry>, Vec<Paragraph>)> {
        let asked = Request::Tell(Box::new(report.clone()));
        match answer(self.pool().await.ok()?.call(0, asked, &[])).await.ok()?.response {
            Response::Told(threat, queue, text) => Some((threat, queue, text)),
            _ => None,
        }
    }

    /// Changes the report that is shown, if there is one.
    pub(super) fn amend(&self, change: impl FnOnce(&mut Report)) {
        self.store.report.update(|report| {
            if let Some(report) = report {
                change(Arc::make_mut(report));
            }
        });
    }

    /// The report, its models made under the filter of now. Waits for what is under way.
    pub async fn whole_report(&self) -> Result<Arc<Report>, String> {
        self.end().await;
        let settings = self.store.settings_now();
        let is_stale = self.store.anomaly_filter.get_untracked() != settings.filter;
        let report = self.store.report.get_untracked();
        if let Some(report) = report.filter(|report| is_stale && report.models.anomaly.is_some()) {
            self.fit_anomaly(report.settings.models.anomaly.clone()).await;
        }
        if let store::Stage::Failed { what, .. } = self.store.stage.get_untracked() {
            return Err(what);
        }
        self.store.report.get_untracked().ok_or_else(|| "no log is open".to_owned())
    }
}

/// A stage of a training, done by all that share it; the end by one.
async fn share(pool: &Pool, (job, stage): (&ModelJob, LearnStage), beside: &[Uint8Array]) -> Result<Finished, Trouble> {
    let n_shares = if stage == LearnStage::Done { 1 } else { pool.n_learners() };
    let ask = |at: usize| {
        let job = ModelJob { share: Some((at as u32, n_shares as u32)), ..job.clone() };
        pool.call(pool.learner(at), Request::Part(Job::Model(Box::new(job))), beside)
    };
    let coming: Vec<_> = (0..n_shares).map(ask).collect();
    let mut parts = Vec::with_capacity(n_shares);
    for coming in coming {
        parts.extend(answer(coming).await?.beside);
    }
    if stage == LearnStage::Done {
        pool.dismiss_learners();
    }
    let finish = Request::Finish { job: Job::Model(Box::new(job.clone())), kept: None };
    finished(answer(pool.hand_over(pool.spare(), finish, parts)).await?)
}

/// Lets the browser draw and take input before what follows.
pub async fn next_task() {
    let (done, turn) = oneshot::channel();
    Timeout::new(0, move || {
        let _ = done.send(());
    })
    .forget();
    // A sender that is gone means the same as one that is done.
    let _ = turn.await;
}

pub(super) fn finished(said: Said) -> Result<Finished, Trouble> {
    match said.response {
        Response::Done(output) => Ok((*output, said.beside)),
        _ => Err(Trouble::another("the output of a job")),
    }
}

fn trouble_is_of_the_filter(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Engine(logloupe::error::Error::Filter { .. }))
}
