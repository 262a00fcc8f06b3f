//! The crawlers: their list, the page of one of them, and what their runs have changed.

use std::collections::BTreeMap;

use super::form::CrawlerForm;
use crate::message::catalog::{CatalogCommand, CatalogEvent, ChangeKind, CrawlRun, CrawlerInfo};
use crate::message::{Command, Outcome};
use crate::model::{Failure, JobId, S3Location};
use crate::state::Outbox;

/// The parts of a crawler's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrawlerPart {
    /// What its runs have changed.
    Runs,
    /// Its definition, to be changed.
    Settings,
}

/// The page of a crawler, or of one that is being defined.
#[derive(Debug)]
pub struct CrawlerPage {
    /// The part on screen.
    pub part: CrawlerPart,
    /// Its definition.
    pub form: CrawlerForm,
}

#[derive(Debug, Clone)]
enum CrawlerJob {
    List,
    Save,
    Run(String),
    Stop(String),
    Delete(String),
    History(String),
}

/// How the runs of a crawler stand.
#[derive(Debug, Default)]
pub struct Runs {
    /// Its runs, newest first; `None` until they are listed.
    pub list: Option<Vec<CrawlRun>>,
    /// The run that was begun here.
    pub running: Option<JobId>,
    /// Why they could not be listed, or a run not be begun or stopped.
    pub failure: Option<Failure>,
    listing: bool,
}

/// What follows from a job's end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The job was none of the crawlers'.
    NotMine,
    /// It was; nothing follows.
    Noted,
    /// A run is over: tables may have changed.
    TablesChanged,
    /// This crawler is gone.
    Deleted(String),
}

/// The crawlers.
#[derive(Debug, Default)]
pub struct Crawlers {
    /// Why they could not be listed, or one not be deleted.
    pub failure: Option<Failure>,
    list: Option<Vec<CrawlerInfo>>,
    runs: BTreeMap<String, Runs>,
    jobs: BTreeMap<JobId, CrawlerJob>,
}

impl Crawlers {
    /// The crawlers; `None` until the first answer.
    #[must_use]
    pub fn list(&self) -> Option<&[CrawlerInfo]> {
        self.list.as_deref()
    }

    /// A crawler by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&CrawlerInfo> {
        self.list.iter().flatten().find(|crawler| crawler.spec.name == name)
    }

    /// The runs of a crawler, if somebody has looked.
    #[must_use]
    pub fn runs(&self, name: &str) -> Option<&Runs> {
        self.runs.get(name)
    }

    /// Whether a crawler runs, begun here or elsewhere.
    #[must_use]
    pub fn is_running(&self, name: &str) -> bool {
        self.runs.get(name).is_some_and(|runs| runs.running.is_some()) || self.get(name).is_some_and(|crawler| crawler.state != "READY")
    }

    pub(super) fn refresh(&mut self, outbox: &mut Outbox) {
        self.failure = None;
        self.ask(CatalogCommand::ListCrawlers, CrawlerJob::List, outbox);
    }

    /// The page of a crawler; its runs are asked for.
    pub(super) fn open(&mut self, name: &str, outbox: &mut Outbox) -> Option<CrawlerPage> {
        let form = CrawlerForm::of(&self.get(name)?.spec);
        self.history(name, outbox);
        Some(CrawlerPage { part: CrawlerPart::Runs, form })
    }

    /// Asks for a crawler's runs.
    pub fn history(&mut self, name: &str, outbox: &mut Outbox) {
        let runs = self.runs.entry(name.to_owned()).or_default();
        if !runs.listing {
            runs.listing = true;
            runs.failure = None;
            self.ask(CatalogCommand::CrawlHistory { name: name.to_owned() }, CrawlerJob::History(name.to_owned()), outbox);
        }
    }

    /// Saves a form that is without fault, and runs the crawler afterwards if wanted.
    pub fn save(&mut self, form: &mut CrawlerForm, run_after: bool, outbox: &mut Outbox) {
        form.tried = true;
        if let (Ok(spec), None) = (form.spec(), form.saving) {
            form.failure = None;
            form.saving = Some((self.ask(CatalogCommand::SaveCrawler(spec), CrawlerJob::Save, outbox), run_after));
        }
    }

    /// Runs a crawler.
    pub fn run(&mut self, name: &str, outbox: &mut Outbox) {
        if !self.is_running(name) {
            let job = self.ask(CatalogCommand::RunCrawler { name: name.to_owned() }, CrawlerJob::Run(name.to_owned()), outbox);
            let runs = self.runs.entry(name.to_owned()).or_default();
            runs.running = Some(job);
            runs.failure = None;
        }
    }

    /// Asks a running crawler to stop.
    pub fn stop(&mut self, name: &str, outbox: &mut Outbox) {
        self.ask(CatalogCommand::StopCrawler { name: name.to_owned() }, CrawlerJob::Stop(name.to_owned()), outbox);
    }

    pub(super) fn delete(&mut self, name: &str, outbox: &mut Outbox) {
        self.failure = None;
        self.ask(CatalogCommand::DeleteCrawler { name: name.to_owned() }, CrawlerJob::Delete(name.to_owned()), outbox);
    }

    fn ask(&mut self, command: CatalogCommand, job: CrawlerJob, outbox: &mut Outbox) -> JobId {
        let id = outbox.ask(Command::Catalog(command));
        self.jobs.insert(id, job);
        id
    }

    /// Takes in an answer; whether it was the crawlers'.
    pub(super) fn apply(&mut self, job: JobId, event: &CatalogEvent) -> bool {
        if !self.jobs.contains_key(&job) {
            return false;
        }
        match event {
            CatalogEvent::Crawlers(list) => self.list = Some(list.clone()),
            CatalogEvent::Crawls { name, runs } => {
                let kept = &mut self.runs.entry(name.clone()).or_default().list;
                let known = kept.take().unwrap_or_default();
                // What this window saw of a run itself knows more: a table that is gone has no versions to look its columns up in.
                let richer = |run: &CrawlRun| known.iter().find(|seen| seen.started == run.started && !seen.changes.is_empty()).cloned();
                *kept = Some(runs.iter().map(|run| richer(run).unwrap_or_else(|| run.clone())).collect());
            }
            CatalogEvent::CrawlEnded { name, run } => {
                self.runs.entry(name.clone()).or_default().list.get_or_insert_default().insert(0, run.clone());
            }
            _ => return false,
        }
        true
    }

    /// A job is over: the page's form hears of its saving, and a run that was to follow begins.
    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome, page: Option<&mut CrawlerPage>, outbox: &mut Outbox) -> Ended {
        let Some(asked) = self.jobs.remove(&job) else { return Ended::NotMine };
        let failure = if let Outcome::Failed(failure) = outcome { Some(failure.clone()) } else { None };
        let done = *outcome == Outcome::Done;
        match asked {
            CrawlerJob::List => self.failure = failure,
            CrawlerJob::Save => {
                let saving = page.and_then(|page| page.form.saving.filter(|(saving, _)| *saving == job).map(|(_, run)| (page, run)));
                if let Some((page, run_after)) = saving {
                    page.form.saving = None;
                    page.form.failure = failure;
                    if let (true, Ok(spec)) = (done, page.form.spec()) {
                        page.form = CrawlerForm::of(&spec);
                        page.part = CrawlerPart::Runs;
                        self.runs.entry(spec.name.clone()).or_default().list.get_or_insert_default();
                        if run_after {
                            self.run(&spec.name, outbox);
                        }
                    }
                } else if failure.is_some() {
                    self.failure = failure;
                }
            }
            CrawlerJob::Run(name) => {
                let runs = self.runs.entry(name.clone()).or_default();
                runs.running = None;
                runs.failure = failure;
                self.refresh(outbox);
                self.history(&name, outbox);
                return Ended::TablesChanged;
            }
            CrawlerJob::Stop(name) => {
                if failure.is_some() {
                    self.runs.entry(name).or_default().failure = failure;
                }
                self.refresh(outbox);
            }
            CrawlerJob::Delete(name) => {
                if done {
                    self.runs.remove(&name);
                    return Ended::Deleted(name);
                }
                self.failure = failure;
            }
            CrawlerJob::History(name) => {
                let runs = self.runs.entry(name).or_default();
                runs.listing = false;
                if failure.is_some() {
                    runs.failure = failure;
                }
            }
        }
        Ended::Noted
    }

    /// A form for a new crawler on a place.
    #[must_use]
    pub fn form_for(place: &S3Location) -> CrawlerForm {
        let mut form = CrawlerForm::new();
        form.targets = vec![place.to_string()];
        form.suggest(place);
        form
    }
}

/// How many tables of a run were created, changed, removed and left as they were.
#[must_use]
pub fn tally(run: &CrawlRun) -> [(ChangeKind, usize); 4] {
    [ChangeKind::Created, ChangeKind::Changed, ChangeKind::Removed, ChangeKind::Unchanged]
        .map(|kind| (kind, run.changes.iter().filter(|change| change.kind == kind).count()))
}
