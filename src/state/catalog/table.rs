//! The page of a table: what the catalogue and the files tell about it, each part asked for when it is looked at.

use std::collections::BTreeMap;

use crate::message::catalog::{CatalogCommand, CatalogEvent, PartitionSummary, TableDetails};
use crate::message::{Command, Outcome};
use crate::model::{Failure, JobId, Page, ResultColumn, TableRef};
use crate::state::Outbox;

/// The parts of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Its columns.
    #[default]
    Columns,
    /// Its first rows.
    Sample,
    /// Its partitions.
    Partitions,
    /// How the catalogue describes it.
    Definition,
}

impl Part {
    /// Every part, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::Columns, Self::Sample, Self::Partitions, Self::Definition];

    /// The id of its label.
    #[must_use]
    pub const fn label_id(self) -> &'static str {
        match self {
            Self::Columns => "catalog-part-columns",
            Self::Sample => "catalog-part-sample",
            Self::Partitions => "catalog-part-partitions",
            Self::Definition => "catalog-part-definition",
        }
    }

    /// What has to be asked to show it; the definition has the columns too.
    const fn question(self) -> Question {
        match self {
            Self::Columns | Self::Definition => Question::Details,
            Self::Sample => Question::Sample,
            Self::Partitions => Question::Partitions,
        }
    }
}

/// What is asked about a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Details,
    Sample,
    Partitions,
}

/// The page.
#[derive(Debug)]
pub struct TablePage {
    /// The table.
    pub table: TableRef,
    /// The part on screen.
    pub part: Part,
    /// Its definition, with the size of its files.
    pub details: Option<Box<TableDetails>>,
    /// Its first rows.
    pub sample: Option<(Vec<ResultColumn>, Page)>,
    /// Its partitions.
    pub partitions: Option<Vec<PartitionSummary>>,
    /// Only columns or partitions with this text are shown.
    pub filter: String,
    waiting: BTreeMap<Question, JobId>,
    failures: BTreeMap<Question, Failure>,
}

impl TablePage {
    pub(super) fn new(table: TableRef, outbox: &mut Outbox) -> Self {
        let mut page = Self {
            table,
            part: Part::Columns,
            details: None,
            sample: None,
            partitions: None,
            filter: String::new(),
            waiting: BTreeMap::new(),
            failures: BTreeMap::new(),
        };
        page.ask(Question::Details, outbox);
        page
    }

    /// Shows a part, and asks for it the first time.
    pub fn show(&mut self, part: Part, outbox: &mut Outbox) {
        self.part = part;
        self.filter.clear();
        let missing = match part.question() {
            Question::Details => self.details.is_none(),
            Question::Sample => self.sample.is_none(),
            Question::Partitions => self.partitions.is_none(),
        };
        if missing && !self.failures.contains_key(&part.question()) {
            self.ask(part.question(), outbox);
        }
    }

    /// Asks again for the part on screen, and for the definition.
    pub fn reload(&mut self, outbox: &mut Outbox) {
        self.ask(Question::Details, outbox);
        if self.part.question() != Question::Details {
            self.ask(self.part.question(), outbox);
        }
        // Parts out of sight are asked for again when they are looked at.
        if self.part != Part::Sample {
            self.sample = None;
        }
        if self.part != Part::Partitions {
            self.partitions = None;
        }
    }

    /// The job that is waited for in the part on screen.
    #[must_use]
    pub fn waiting(&self) -> Option<JobId> {
        self.waiting.get(&self.part.question()).copied()
    }

    /// Why the part on screen could not be read.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.failures.get(&self.part.question())
    }

    fn ask(&mut self, question: Question, outbox: &mut Outbox) {
        if !self.waiting.contains_key(&question) {
            let table = self.table.clone();
            let command = match question {
                Question::Details => CatalogCommand::DescribeTable(table),
                Question::Sample => CatalogCommand::SampleTable(table),
                Question::Partitions => CatalogCommand::ListPartitions(table),
            };
            self.failures.remove(&question);
            self.waiting.insert(question, outbox.ask(Command::Catalog(command)));
        }
    }

    /// The jobs that nobody waits for once the page is left.
    pub(super) fn leave(&self, outbox: &mut Outbox) {
        for job in self.waiting.values() {
            outbox.ask(Command::Cancel(*job));
        }
    }

    /// Takes in an answer; whether it was the page's.
    pub(super) fn apply(&mut self, job: JobId, event: &CatalogEvent) -> bool {
        if !self.waiting.values().any(|waiting| *waiting == job) {
            return false;
        }
        match event {
            CatalogEvent::Table(details) => self.details = Some(details.clone()),
            CatalogEvent::Sample { columns, page, .. } => self.sample = Some((columns.clone(), page.clone())),
            CatalogEvent::Partitions { partitions, .. } => self.partitions = Some(partitions.clone()),
            _ => return false,
        }
        true
    }

    /// A job is over; whether it was the page's.
    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome) -> bool {
        let Some(question) = self.waiting.iter().find(|(_, waiting)| **waiting == job).map(|(question, _)| *question) else { return false };
        self.waiting.remove(&question);
        if let Outcome::Failed(failure) = outcome {
            self.failures.insert(question, failure.clone());
        }
        true
    }
}
