//! What was said lately: failures nobody shows in place, files that were written, advice.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Instant;

use crate::model::{Failure, Message};

/// How many notices the list remembers.
const HISTORY: usize = 50;

/// The kinds of notice.
#[derive(Debug, Clone, PartialEq)]
pub enum NoticeBody {
    /// Something to know.
    Info(Message),
    /// Something failed.
    Failed(Box<Failure>),
    /// Files were written.
    Exported(Vec<PathBuf>),
}

/// A notice with when it came.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Its number, for the screen's own bookkeeping.
    pub number: u64,
    /// What it says.
    pub body: NoticeBody,
    /// When it came.
    pub at: Instant,
    /// Whether it still floats over the window.
    pub floating: bool,
}

/// The notices, newest first.
#[derive(Debug, Default)]
pub struct Notices {
    list: VecDeque<Notice>,
    last: u64,
    /// Whether the list is open.
    pub open: bool,
}

impl Notices {
    /// Every notice, newest first.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.list.iter()
    }

    /// Says something.
    pub fn info(&mut self, message: Message) {
        self.push(NoticeBody::Info(message));
    }

    /// Says that something failed.
    pub fn failed(&mut self, failure: Failure) {
        self.push(NoticeBody::Failed(Box::new(failure)));
    }

    /// Says that files were written.
    pub fn exported(&mut self, paths: Vec<PathBuf>) {
        self.push(NoticeBody::Exported(paths));
    }

    /// Takes a notice off the window; the list keeps it.
    pub fn dismiss(&mut self, number: u64) {
        if let Some(notice) = self.list.iter_mut().find(|notice| notice.number == number) {
            notice.floating = false;
        }
    }

    /// Forgets all notices.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    fn push(&mut self, body: NoticeBody) {
        self.last += 1;
        self.list.push_front(Notice { number: self.last, body, at: Instant::now(), floating: true });
        self.list.truncate(HISTORY);
    }
}
