//! The lake's tree: buckets, folders and objects, listed only where somebody looks.

use std::collections::{BTreeMap, BTreeSet};

use crate::message::ingest::{BucketSummary, IngestCommand, IngestEvent, ObjectSummary};
use crate::message::{Command, Outcome};
use crate::model::{BucketName, Failure, JobId, S3Location};
use crate::state::Outbox;

/// What a job of the tree is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum LakeJob {
    Buckets,
    List(S3Location),
    /// What follows the part that is listed.
    ListMore(S3Location),
    CreateBucket(BucketName),
    DeleteBucket,
    Delete(S3Location),
}

/// What is right below a bucket or folder.
#[derive(Debug, Default)]
pub struct Listing {
    /// The folders below it.
    pub folders: Vec<S3Location>,
    /// The objects below it.
    pub objects: Vec<ObjectSummary>,
    /// Where it breaks off, when more exist than are listed.
    pub next: Option<String>,
    /// Whether an answer has come.
    pub known: bool,
    /// Why it could not be listed.
    pub failure: Option<Failure>,
    job: Option<JobId>,
}

/// A bucket that is being named.
#[derive(Debug, Default)]
pub struct NewBucket {
    /// The name as it is typed.
    pub name: String,
    /// Why it could not be created.
    pub failure: Option<Failure>,
    job: Option<JobId>,
}

impl NewBucket {
    /// Whether it is being created.
    #[must_use]
    pub const fn waiting(&self) -> bool {
        self.job.is_some()
    }
}

/// What a line of the tree stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RowKind<'a> {
    /// A bucket.
    Bucket,
    /// A folder, that is a prefix that ends with a slash.
    Folder,
    /// An object of this many bytes.
    Object(u64),
    /// The listing above is being read.
    Loading,
    /// Nothing is below.
    Empty,
    /// More exist than are listed.
    More,
    /// The listing above failed.
    Failed(&'a Failure),
}

/// A line of the tree as it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// How deep it lies; buckets lie at 0.
    pub depth: usize,
    /// The bucket.
    pub bucket: &'a BucketName,
    /// The key or prefix; of a remark, that of the folder it is about.
    pub key: &'a str,
    /// The last part of the key, or the bucket's name.
    pub name: &'a str,
    /// What it is.
    pub kind: RowKind<'a>,
    /// Whether what is below it is shown.
    pub open: bool,
}

impl Row<'_> {
    /// Where it is.
    #[must_use]
    pub fn place(&self) -> S3Location {
        S3Location { bucket: self.bucket.clone(), key: self.key.to_owned() }
    }

    /// Whether it is a bucket or folder, which opens and closes.
    #[must_use]
    pub const fn opens(&self) -> bool {
        matches!(self.kind, RowKind::Bucket | RowKind::Folder)
    }

    /// Whether it is only a remark about the folder above it.
    #[must_use]
    pub const fn is_remark(&self) -> bool {
        matches!(self.kind, RowKind::Loading | RowKind::Empty | RowKind::More | RowKind::Failed(_))
    }
}

/// The tree.
#[derive(Debug, Default)]
pub struct LakeTree {
    /// Only names with this text are shown, with the folders above them.
    pub filter: String,
    /// The line that was chosen last.
    pub chosen: Option<S3Location>,
    /// A bucket that is being named.
    pub new_bucket: Option<NewBucket>,
    /// What is deleted once the person says yes; a bucket when its key is empty.
    pub question: Option<S3Location>,
    /// Why the buckets could not be read or something could not be deleted.
    pub failure: Option<Failure>,
    buckets: Option<Vec<BucketSummary>>,
    open: BTreeSet<S3Location>,
    listings: BTreeMap<S3Location, Listing>,
    jobs: BTreeMap<JobId, LakeJob>,
}

impl LakeTree {
    /// The buckets; `None` until the first answer.
    #[must_use]
    pub fn buckets(&self) -> Option<&[BucketSummary]> {
        self.buckets.as_deref()
    }

    /// What is below a bucket or folder, if somebody has looked there.
    #[must_use]
    pub fn listing(&self, place: &S3Location) -> Option<&Listing> {
        self.listings.get(place)
    }

    /// Whether the buckets are being read.
    #[must_use]
    pub fn waiting(&self) -> bool {
        self.jobs.values().any(|job| matches!(job, LakeJob::Buckets | LakeJob::Delete(_) | LakeJob::DeleteBucket))
    }

    /// Forgets the lake, since another one is connected.
    pub(super) fn forget(&mut self) {
        *self = Self { filter: std::mem::take(&mut self.filter), ..Self::default() };
    }

    /// Reads again what is shown; the old lines stay until the answers come.
    pub fn refresh(&mut self, outbox: &mut Outbox) {
        self.failure = None;
        let job = outbox.ask(Command::Ingest(IngestCommand::ListBuckets));
        self.jobs.insert(job, LakeJob::Buckets);
        let open: Vec<S3Location> = self.open.iter().cloned().collect();
        self.listings.retain(|place, _| self.open.contains(place));
        for place in open {
            self.list(place, outbox);
        }
    }

    /// Opens or closes a bucket or folder.
    pub fn toggle(&mut self, place: &S3Location, outbox: &mut Outbox) {
        if !self.open.remove(place) {
            self.open_folder(place.clone(), outbox);
        }
    }

    /// Opens a bucket or folder with all folders above it.
    pub fn open_folder(&mut self, place: S3Location, outbox: &mut Outbox) {
        let root = S3Location { bucket: place.bucket.clone(), key: String::new() };
        let ends = place.key.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| at + 1);
        let above: Vec<S3Location> = ends
            .filter_map(|end| place.key.get(..end))
            .map(|key| S3Location { bucket: place.bucket.clone(), key: key.to_owned() })
            .collect();
        for folder in std::iter::once(root).chain(above) {
            self.want(&folder, outbox);
            self.open.insert(folder);
        }
        self.chosen = Some(place);
    }

    /// Lists a folder unless it is listed already.
    pub fn want(&mut self, place: &S3Location, outbox: &mut Outbox) {
        let wanted = self.listings.get(place).is_none_or(|listing| listing.failure.is_some() || (!listing.known && listing.job.is_none()));
        if wanted {
            self.list(place.clone(), outbox);
        }
    }

    /// Lists a folder again, with the buckets if its own is new.
    pub fn changed_below(&mut self, place: &S3Location, outbox: &mut Outbox) {
        if !self.buckets.as_ref().is_some_and(|buckets| buckets.iter().any(|bucket| bucket.name == place.bucket)) {
            let job = outbox.ask(Command::Ingest(IngestCommand::ListBuckets));
            self.jobs.insert(job, LakeJob::Buckets);
        }
        let stale: Vec<S3Location> = self
            .listings
            .keys()
            .filter(|listed| listed.bucket == place.bucket && (place.key.starts_with(&listed.key) || listed.key.starts_with(&place.key)))
            .cloned()
            .collect();
        for listed in stale {
            self.list(listed, outbox);
        }
    }

    fn list(&mut self, place: S3Location, outbox: &mut Outbox) {
        let job = outbox.ask(Command::Ingest(IngestCommand::List { place: place.clone(), from: None }));
        let listing = self.listings.entry(place.clone()).or_default();
        listing.job = Some(job);
        listing.failure = None;
        self.jobs.insert(job, LakeJob::List(place));
    }

    /// Goes on with a listing that broke off.
    pub fn list_more(&mut self, place: &S3Location, outbox: &mut Outbox) {
        let Some(listing) = self.listings.get_mut(place).filter(|listing| listing.job.is_none() && listing.next.is_some()) else { return };
        let from = listing.next.clone();
        let job = outbox.ask(Command::Ingest(IngestCommand::List { place: place.clone(), from }));
        listing.job = Some(job);
        listing.failure = None;
        self.jobs.insert(job, LakeJob::ListMore(place.clone()));
    }

    /// Creates the bucket that is being named, if its name is legal.
    pub fn create_bucket(&mut self, outbox: &mut Outbox) {
        let Some(draft) = &mut self.new_bucket else { return };
        if let (Ok(bucket), None) = (BucketName::parse(draft.name.trim()), draft.job) {
            let job = outbox.ask(Command::Ingest(IngestCommand::CreateBucket { bucket: bucket.clone() }));
            draft.job = Some(job);
            draft.failure = None;
            self.jobs.insert(job, LakeJob::CreateBucket(bucket));
        }
    }

    /// Deletes what was asked about.
    pub fn delete(&mut self, outbox: &mut Outbox) {
        let Some(place) = self.question.take() else { return };
        self.failure = None;
        if place.key.is_empty() {
            let job = outbox.ask(Command::Ingest(IngestCommand::DeleteBucket { bucket: place.bucket }));
            self.jobs.insert(job, LakeJob::DeleteBucket);
        } else {
            let job = outbox.ask(Command::Ingest(IngestCommand::Delete { place: place.clone() }));
            self.jobs.insert(job, LakeJob::Delete(place));
        }
    }

    /// Takes in an answer; whether it was the tree's.
    pub(super) fn apply(&mut self, job: JobId, event: &IngestEvent, outbox: &mut Outbox) -> bool {
        let Some(asked) = self.jobs.get(&job).cloned() else { return false };
        match event {
            IngestEvent::Buckets(buckets) => {
                self.listings.retain(|place, _| buckets.iter().any(|bucket| bucket.name == place.bucket));
                self.open.retain(|place| buckets.iter().any(|bucket| bucket.name == place.bucket));
                self.buckets = Some(buckets.clone());
                if let LakeJob::CreateBucket(bucket) = asked {
                    self.new_bucket = None;
                    self.open_folder(S3Location { bucket, key: String::new() }, outbox);
                }
            }
            IngestEvent::Listed { place, folders, objects, next } => {
                if let Some(listing) = self.listings.get_mut(place).filter(|listing| listing.job == Some(job)) {
                    if !matches!(asked, LakeJob::ListMore(_)) {
                        listing.folders.clear();
                        listing.objects.clear();
                    }
                    listing.folders.extend(folders.iter().map(|prefix| S3Location { bucket: place.bucket.clone(), key: prefix.clone() }));
                    // The empty object that some tools write to stand for the folder itself is no line of its own.
                    listing.objects.extend(objects.iter().filter(|object| object.key != place.key).cloned());
                    listing.next.clone_from(next);
                    listing.known = true;
                }
            }
            IngestEvent::Deleted { place, .. } => {
                if self.chosen.as_ref() == Some(place) {
                    self.chosen = None;
                }
                let gone = |other: &S3Location| other.bucket == place.bucket && other.key.starts_with(&place.key);
                if place.key.ends_with('/') {
                    self.listings.retain(|listed, _| !gone(listed));
                    self.open.retain(|opened| !gone(opened));
                }
                self.changed_below(place, outbox);
            }
            _ => {}
        }
        true
    }

    /// A job is over; whether it was the tree's.
    pub(super) fn ended(&mut self, job: JobId, outcome: &Outcome) -> bool {
        let Some(asked) = self.jobs.remove(&job) else { return false };
        let failure = if let Outcome::Failed(failure) = outcome { Some(failure.clone()) } else { None };
        match asked {
            LakeJob::Buckets | LakeJob::DeleteBucket | LakeJob::Delete(_) => {
                if failure.is_some() {
                    self.failure = failure;
                }
            }
            LakeJob::List(place) | LakeJob::ListMore(place) => {
                if let Some(listing) = self.listings.get_mut(&place).filter(|listing| listing.job == Some(job)) {
                    listing.job = None;
                    listing.failure = failure;
                }
            }
            LakeJob::CreateBucket(_) => {
                if let Some(draft) = &mut self.new_bucket {
                    draft.job = None;
                    draft.failure = failure;
                } else if failure.is_some() {
                    self.failure = failure;
                }
            }
        }
        true
    }

    /// The lines that are shown, from the top.
    #[must_use]
    pub fn rows(&self) -> Vec<Row<'_>> {
        let filter = self.filter.trim().to_lowercase();
        let mut rows = Vec::new();
        for bucket in self.buckets.iter().flatten() {
            let place = S3Location { bucket: bucket.name.clone(), key: String::new() };
            let open = self.is_open(&place, &filter);
            let start = rows.len();
            let name = bucket.name.as_str();
            rows.push(Row { depth: 0, bucket: &bucket.name, key: "", name, kind: RowKind::Bucket, open });
            let below = open && self.push_below(&place, &bucket.name, 1, &filter, &mut rows);
            if !filter.is_empty() && !below && !name.contains(&filter) {
                rows.truncate(start);
            }
        }
        rows
    }

    fn is_open(&self, place: &S3Location, filter: &str) -> bool {
        if filter.is_empty() { self.open.contains(place) } else { self.listings.contains_key(place) }
    }

    /// Adds the lines below a folder; whether one of them has the filter's text in its name.
    fn push_below<'a>(&'a self, place: &S3Location, bucket: &'a BucketName, depth: usize, filter: &str, rows: &mut Vec<Row<'a>>) -> bool {
        let Some((place, listing)) = self.listings.get_key_value(place) else { return false };
        let mut found = false;
        let remark = |kind| Row { depth, bucket, key: &place.key, name: "", kind, open: false };
        for folder in &listing.folders {
            let open = self.is_open(folder, filter);
            let start = rows.len();
            rows.push(Row { depth, bucket, key: &folder.key, name: folder.leaf(), kind: RowKind::Folder, open });
            let below = open && self.push_below(folder, bucket, depth + 1, filter, rows);
            let matches = filter.is_empty() || below || folder.leaf().to_lowercase().contains(filter);
            if !matches {
                rows.truncate(start);
            }
            found |= matches;
        }
        for object in &listing.objects {
            let name = object.key.rsplit('/').next().unwrap_or(&object.key);
            if filter.is_empty() || name.to_lowercase().contains(filter) {
                rows.push(Row { depth, bucket, key: &object.key, name, kind: RowKind::Object(object.size), open: false });
                found = true;
            }
        }
        if let Some(failure) = &listing.failure {
            rows.push(remark(RowKind::Failed(failure)));
        } else if !listing.known {
            rows.push(remark(RowKind::Loading));
        } else if listing.next.is_some() {
            rows.push(remark(if listing.job.is_some() { RowKind::Loading } else { RowKind::More }));
        } else if listing.folders.is_empty() && listing.objects.is_empty() && filter.is_empty() {
            rows.push(remark(RowKind::Empty));
        }
        found
    }
}
