//! The files of one query as DataFusion's object store: it reads them from the lake's storage and counts the bytes.

use std::fmt;
use std::fs::File;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use datafusion::object_store::path::Path;
use datafusion::object_store::{
    self, Attributes, CopyOptions, Error, GetOptions, GetRange, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult,
};
use futures::StreamExt as _;
use futures::stream::BoxStream;

use crate::lake::storage::Store;
use crate::model::BucketName;

/// An object that a query reads, as it was when the query listed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LakeObject {
    pub(crate) bucket: BucketName,
    pub(crate) key: String,
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) modified: DateTime<Utc>,
}

impl LakeObject {
    /// The address that `"$path"` shows.
    pub(crate) fn address(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.key)
    }
}

/// The objects of one query. DataFusion knows each by its number, so that no key is ever mangled into a path.
pub(crate) struct QueryFiles {
    store: Store,
    objects: RwLock<Vec<Arc<LakeObject>>>,
    scanned: AtomicU64,
}

impl QueryFiles {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, objects: RwLock::default(), scanned: AtomicU64::new(0) }
    }

    /// How many bytes have been read so far.
    pub(crate) fn scanned(&self) -> u64 {
        self.scanned.load(Ordering::Relaxed)
    }

    /// Counts bytes that were read past this store.
    pub(crate) fn count(&self, bytes: u64) {
        self.scanned.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Makes an object known; the meta by which DataFusion will ask for it.
    pub(crate) fn add(&self, object: LakeObject) -> ObjectMeta {
        let mut objects = self.objects.write().unwrap_or_else(PoisonError::into_inner);
        let location = Path::from(objects.len().to_string());
        let meta =
            ObjectMeta { location, last_modified: object.modified, size: object.size, e_tag: Some(object.etag.clone()), version: None };
        objects.push(Arc::new(object));
        meta
    }

    /// The object that DataFusion knows by this location.
    pub(crate) fn object(&self, location: &Path) -> object_store::Result<Arc<LakeObject>> {
        let objects = self.objects.read().unwrap_or_else(PoisonError::into_inner);
        let found = location.as_ref().parse::<usize>().ok().and_then(|number| objects.get(number).cloned());
        found.ok_or_else(|| Error::NotFound { path: location.to_string(), source: "no object of this query".into() })
    }

    /// Opens an object; fails where it is no longer the one that was listed.
    pub(crate) fn open(&self, object: &LakeObject) -> object_store::Result<File> {
        let (file, now) = self
            .store
            .open_read(&object.bucket, &object.key)
            .map_err(|error| Error::NotFound { path: object.address(), source: Box::new(error) })?;
        if now.size != object.size {
            let reason = format!("{} was changed while the query read it", object.address());
            return Err(Error::Precondition { path: object.address(), source: reason.into() });
        }
        Ok(file)
    }

    /// Ranges of the bytes of an object; they are counted.
    pub(super) fn read(&self, location: &Path, ranges: &[Range<u64>]) -> object_store::Result<Vec<Bytes>> {
        let object = self.object(location)?;
        let file = self.open(&object)?;
        let failed = |source: std::io::Error| Error::Generic { store: "lake", source: Box::new(source) };
        let mut pieces = Vec::with_capacity(ranges.len());
        for range in ranges {
            let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
            let mut buffer = vec![0; length];
            read_exact_at(&file, &mut buffer, range.start).map_err(failed)?;
            self.count(range.end.saturating_sub(range.start));
            pieces.push(Bytes::from(buffer));
        }
        Ok(pieces)
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> std::io::Result<()> {
    while !buffer.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, offset)?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        buffer = buffer.get_mut(read..).unwrap_or_default();
        offset += read as u64;
    }
    Ok(())
}

impl fmt::Debug for QueryFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("QueryFiles")
    }
}

impl fmt::Display for QueryFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lake")
    }
}

fn read_only<T>(operation: &str) -> object_store::Result<T> {
    Err(Error::NotImplemented { operation: operation.to_owned(), implementer: "the files of a query".to_owned() })
}

#[async_trait]
impl ObjectStore for QueryFiles {
    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> object_store::Result<PutResult> {
        read_only("put")
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> object_store::Result<Box<dyn MultipartUpload>> {
        read_only("put_multipart")
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        let object = self.object(location)?;
        let meta = ObjectMeta {
            location: location.clone(),
            last_modified: object.modified,
            size: object.size,
            e_tag: Some(object.etag.clone()),
            version: None,
        };
        options.check_preconditions(&meta)?;
        let range = match options.range {
            Some(GetRange::Bounded(range)) => range.start..range.end.min(object.size),
            Some(GetRange::Offset(start)) => start.min(object.size)..object.size,
            Some(GetRange::Suffix(length)) => object.size.saturating_sub(length)..object.size,
            None => 0..object.size,
        };
        let bytes = if options.head { Vec::new() } else { self.read(location, std::slice::from_ref(&range))? };
        let payload = GetResultPayload::Stream(futures::stream::iter(bytes.into_iter().map(Ok)).boxed());
        Ok(GetResult { payload, meta, range, attributes: Attributes::default() })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> object_store::Result<Vec<Bytes>> {
        self.read(location, ranges)
    }

    fn delete_stream(&self, _: BoxStream<'static, object_store::Result<Path>>) -> BoxStream<'static, object_store::Result<Path>> {
        futures::stream::once(async { read_only("delete") }).boxed()
    }

    fn list(&self, _: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        futures::stream::once(async { read_only("list") }).boxed()
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> object_store::Result<ListResult> {
        read_only("list")
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> object_store::Result<()> {
        read_only("copy")
    }
}
