//! The files that arrived: each with what it is, what the person knows better about it, and why it could not be read.

use std::path::{Path, PathBuf};

use crate::infer::Overrides;
use crate::message::ingest::{FilePreview, IngestCommand, LineBreaks, StoreAs};
use crate::message::{Command, Outcome};
use crate::model::{Failure, HiveType, JobId, Message};
use crate::state::Outbox;

/// A file that arrived, or a folder until its files are known.
#[derive(Debug)]
pub struct FileItem {
    /// The file.
    pub path: PathBuf,
    /// What it is, once it has been read; the previous answer while it is read again.
    pub preview: Option<Box<FilePreview>>,
    /// The job that reads it.
    pub reading: Option<JobId>,
    /// Why it could not be read.
    pub failure: Option<Failure>,
    /// What the person knows better.
    pub overrides: Overrides,
}

impl FileItem {
    fn new(path: PathBuf) -> Self {
        Self { path, preview: None, reading: None, failure: None, overrides: Overrides::default() }
    }

    /// The file's name without its folders.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy().into_owned()
    }

    /// The file's name without its extension.
    #[must_use]
    pub fn stem(&self) -> String {
        let name = self.name();
        name.split_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned()
    }

    /// Whether it can be stored as a table, and not only byte for byte.
    #[must_use]
    pub fn is_table(&self) -> bool {
        self.preview.as_ref().is_some_and(|preview| preview.recommended.is_some() && preview.evidence.errors().next().is_none())
    }

    /// Whether it has been read and can be stored in some form.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.preview.is_some() && self.reading.is_none() && self.failure.is_none()
    }

    /// How many rows have a line break inside quotes, which Athena's readers of text cannot read.
    #[must_use]
    pub fn line_break_rows(&self) -> u64 {
        self.preview.as_ref().map_or(0, |preview| preview.evidence.quoting.line_break_rows)
    }

    /// The form that is advised for it.
    #[must_use]
    pub fn advised(&self) -> StoreAs {
        match &self.preview {
            Some(preview) if self.is_table() => preview.advised_form,
            _ => StoreAs::Raw,
        }
    }

    /// The columns' names and types as they will be catalogued; two files with the same ones can be one table.
    fn columns(&self) -> Option<impl Iterator<Item = (&str, &str)>> {
        let preview = self.preview.as_ref().filter(|_| self.is_table())?;
        Some(preview.columns.iter().map(|column| (column.name.as_str(), column.type_name.as_str())))
    }

    fn read(&mut self, outbox: &mut Outbox) {
        if let Some(job) = self.reading.take() {
            outbox.ask(Command::Cancel(job));
        }
        let command = IngestCommand::Inspect { path: self.path.clone(), overrides: self.overrides.clone() };
        self.reading = Some(outbox.ask(Command::Ingest(command)));
        self.failure = None;
    }
}

/// The files, in the order in which they arrived.
#[derive(Debug, Default)]
pub struct FileList {
    items: Vec<FileItem>,
    chosen: usize,
    /// Whether the panel with what can be changed about the chosen file is open.
    pub changing: bool,
}

impl FileList {
    /// Every file.
    #[must_use]
    pub fn items(&self) -> &[FileItem] {
        &self.items
    }

    /// The number of the file on screen.
    #[must_use]
    pub const fn chosen_index(&self) -> usize {
        self.chosen
    }

    /// The file on screen.
    #[must_use]
    pub fn chosen(&self) -> Option<&FileItem> {
        self.items.get(self.chosen)
    }

    /// Shows another file.
    pub fn choose(&mut self, index: usize) {
        self.chosen = index.min(self.items.len().saturating_sub(1));
    }

    /// Reads files or folders; one that is there already is read again.
    pub(super) fn arrive(&mut self, paths: Vec<PathBuf>, outbox: &mut Outbox) {
        for path in paths {
            let known = self.items.iter().position(|item| item.path == path);
            let index = known.unwrap_or_else(|| {
                self.items.push(FileItem::new(path));
                self.items.len() - 1
            });
            if let Some(item) = self.items.get_mut(index) {
                item.read(outbox);
            }
            self.chosen = index;
        }
    }

    /// Takes a file off the screen; nothing happens to it on disk.
    pub fn remove(&mut self, index: usize, outbox: &mut Outbox) {
        if index < self.items.len() {
            if let Some(job) = self.items.remove(index).reading {
                outbox.ask(Command::Cancel(job));
            }
            if self.chosen > index {
                self.chosen -= 1;
            }
            self.choose(self.chosen);
        }
        if self.items.is_empty() {
            self.changing = false;
        }
    }

    /// Takes every file off the screen for which `gone` holds.
    pub(super) fn remove_where(&mut self, gone: impl Fn(&FileItem) -> bool) {
        self.items.retain(|item| !gone(item));
        self.choose(self.chosen);
    }

    /// Changes what the person knows better about the chosen file and reads it again.
    pub fn change(&mut self, outbox: &mut Outbox, change: impl FnOnce(&mut Overrides)) {
        if let Some(item) = self.items.get_mut(self.chosen) {
            let before = item.overrides.clone();
            change(&mut item.overrides);
            if item.overrides != before {
                item.read(outbox);
            }
        }
    }

    /// Gives a column of the chosen file a type; the guess again when `None`.
    pub fn set_type(&mut self, column: usize, hive_type: Option<HiveType>, outbox: &mut Outbox) {
        self.change(outbox, |overrides| match hive_type {
            Some(hive_type) => _ = overrides.types.insert(column, hive_type),
            None => _ = overrides.types.remove(&column),
        });
    }

    /// Gives a column of the chosen file a name; the file's own again when it is empty.
    pub fn set_name(&mut self, column: usize, name: &str, outbox: &mut Outbox) {
        let name = name.trim().to_lowercase();
        self.change(outbox, |overrides| {
            if name.is_empty() {
                overrides.names.remove(&column);
            } else {
                overrides.names.insert(column, name);
            }
        });
    }

    /// Reads the chosen file again as it is, after a failure.
    pub fn retry(&mut self, outbox: &mut Outbox) {
        if let Some(item) = self.items.get_mut(self.chosen) {
            item.read(outbox);
        }
    }

    /// Takes in what a file is.
    pub(super) fn inspected(&mut self, job: JobId, preview: Box<FilePreview>) {
        let Some(reader) = self.items.iter().position(|item| item.reading == Some(job)) else { return };
        let index = self.items.iter().position(|item| item.path == preview.path).unwrap_or_else(|| {
            // A file of a folder: it stands before the folder, which goes when all its files are known.
            self.items.insert(reader, FileItem::new(preview.path.clone()));
            reader
        });
        // A file of the folder that is being read by itself as well keeps that later reading.
        if let Some(item) = self.items.get_mut(index).filter(|item| item.reading.is_none_or(|reading| reading == job)) {
            item.preview = Some(preview);
            item.failure = None;
        }
    }

    /// A job is over; whether it read a file here.
    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome) -> bool {
        let Some(index) = self.items.iter().position(|item| item.reading == Some(job)) else { return false };
        if let Some(item) = self.items.get_mut(index) {
            item.reading = None;
            if let Outcome::Failed(failure) = outcome {
                item.failure = Some(failure.clone());
            } else if item.preview.is_none() {
                // A folder whose files have taken its place, or a reading that was stopped.
                self.items.remove(index);
                self.choose(self.chosen);
            }
        }
        true
    }

    /// The files that can be stored now.
    pub fn ready(&self) -> impl Iterator<Item = &FileItem> {
        self.items.iter().filter(|item| item.is_ready())
    }

    /// Whether all files that can be stored are tables of the same columns, so that together they are one table.
    #[must_use]
    pub fn one_table(&self) -> bool {
        let mut ready = self.ready();
        let Some(first) = ready.next() else { return false };
        first.columns().is_some()
            && ready.all(|item| match (first.columns(), item.columns()) {
                (Some(one), Some(other)) => one.eq(other),
                _ => false,
            })
    }

    /// Whether some file that can be stored is a table.
    #[must_use]
    pub fn any_table(&self) -> bool {
        self.ready().any(FileItem::is_table)
    }

    /// Whether some file that can be stored has line breaks inside quotes.
    #[must_use]
    pub fn any_line_breaks(&self) -> bool {
        self.ready().any(|item| item.line_break_rows() > 0)
    }

    /// The form that is advised for all of them together: Parquet where one of them needs it.
    #[must_use]
    pub fn advised(&self) -> Choice {
        let forms = || self.ready().map(FileItem::advised);
        if forms().any(|form| form == StoreAs::Parquet) {
            Choice::Parquet
        } else if forms().any(|form| form == StoreAs::Csv) {
            if self.any_line_breaks() { Choice::CsvOneLine } else { Choice::Csv }
        } else {
            Choice::Raw
        }
    }
}

/// In which form files are stored, as the person chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Parquet with the types shown.
    Parquet,
    /// Clean UTF-8 CSV.
    Csv,
    /// Clean UTF-8 CSV with a space for each line break inside quotes.
    CsvOneLine,
    /// Byte for byte.
    Raw,
}

impl Choice {
    /// The form of this choice.
    #[must_use]
    pub const fn form(self) -> StoreAs {
        match self {
            Self::Parquet => StoreAs::Parquet,
            Self::Csv | Self::CsvOneLine => StoreAs::Csv,
            Self::Raw => StoreAs::Raw,
        }
    }

    /// What becomes of line breaks inside quotes.
    #[must_use]
    pub const fn line_breaks(self) -> LineBreaks {
        match self {
            Self::CsvOneLine => LineBreaks::Replace,
            _ => LineBreaks::Keep,
        }
    }

    /// Whether Athena will read rows with line breaks inside quotes wrongly.
    #[must_use]
    pub const fn breaks_rows(self) -> bool {
        matches!(self, Self::Csv | Self::Raw)
    }

    /// Its name.
    #[must_use]
    pub const fn label(self) -> Message {
        Message::new(match self {
            Self::Parquet => "ingest-as-parquet",
            Self::Csv => "ingest-as-csv",
            Self::CsvOneLine => "ingest-as-csv-one-line",
            Self::Raw => "ingest-as-raw",
        })
    }
}

/// The paths of a text that was typed or pasted: one a line, with or without quotes, as `file://` addresses too, `~` for the home folder.
#[must_use]
pub fn paths_of(text: &str) -> Vec<PathBuf> {
    text.lines()
        .map(|line| line.trim().trim_matches(['"', '\'']))
        .filter(|line| !line.is_empty())
        .map(|line| match (line.strip_prefix("file://"), line.strip_prefix("~/")) {
            (Some(address), _) => PathBuf::from(percent_decoded(address.strip_prefix("localhost").unwrap_or(address))),
            (None, Some(rest)) => std::env::home_dir().map_or_else(|| PathBuf::from(line), |home| home.join(Path::new(rest))),
            (None, None) => PathBuf::from(line),
        })
        .collect()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| byte == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(decoded) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(decoded);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_paths_are_read_as_people_paste_them() {
        let text = "\"/data/my file.csv\"\n\n  '/x/y.csv'  \nfile:///data/%ED%95%9C%20%EA%B8%80.csv\n/100%.csv";
        let expected = ["/data/my file.csv", "/x/y.csv", "/data/한 글.csv", "/100%.csv"].map(PathBuf::from);
        assert_eq!(paths_of(text), expected);
        assert!(paths_of(" \n").is_empty());
    }
}
