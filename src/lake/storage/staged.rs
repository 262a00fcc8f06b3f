//! A file in staging: what is being written and is not an object yet. It is hashed on the way, and deleted unless it is committed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use md5::{Digest, Md5};
use s3s::checksum::ChecksumHasher;
use s3s::crypto::Checksum as _;

use crate::lake::LakeError;

use super::disk::{self, Disk, Step};
use super::object::{Algorithm, Checksums};

/// Small writes are gathered up to this many bytes.
const BUFFER: usize = 128 * 1024;

/// What a staged file turned out to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests {
    /// The number of bytes.
    pub size: u64,
    /// Their MD5, unless it was left out.
    pub md5: [u8; 16],
    /// The checksums that were asked for.
    pub checksums: Checksums,
    /// The file's modification time in nanoseconds since 1970.
    pub(crate) modified: i64,
}

/// A file in staging. Dropped before it is committed, it is deleted.
pub struct Staged {
    path: PathBuf,
    disk: Disk,
    writer: Option<BufWriter<Hashing>>,
    digests: Option<Digests>,
    kept: bool,
}

struct Hashing {
    file: File,
    disk: Disk,
    size: u64,
    md5: Option<Md5>,
    sums: ChecksumHasher,
}

impl Hashing {
    fn computes(&self) -> bool {
        let ChecksumHasher { crc32, crc32c, crc64nvme, sha1, sha256, .. } = &self.sums;
        self.md5.is_some() || crc32.is_some() || crc32c.is_some() || crc64nvme.is_some() || sha1.is_some() || sha256.is_some()
    }
}

impl Staged {
    pub(super) fn create(path: PathBuf, disk: &Disk) -> Result<Self, LakeError> {
        let file = disk.create(&path).map_err(|error| LakeError::io(&path, error))?;
        let hashing = Hashing { file, disk: disk.clone(), size: 0, md5: Some(Md5::new()), sums: ChecksumHasher::default() };
        Ok(Self { path, disk: disk.clone(), writer: Some(BufWriter::with_capacity(BUFFER, hashing)), digests: None, kept: false })
    }

    /// Has these checksums computed as well; to be called before anything is written.
    pub fn checksums(&mut self, algorithms: impl IntoIterator<Item = Algorithm>) {
        if let Some(writer) = &mut self.writer {
            for algorithm in algorithms {
                choose(&mut writer.get_mut().sums, algorithm);
            }
        }
    }

    /// Leaves the MD5 out, for what gets its ETag otherwise; to be called before anything is written.
    pub(super) fn without_md5(&mut self) {
        if let Some(writer) = &mut self.writer {
            writer.get_mut().md5 = None;
        }
    }

    /// How many bytes have been written.
    pub fn len(&self) -> u64 {
        match (&self.digests, &self.writer) {
            (Some(digests), _) => digests.size,
            (None, Some(writer)) => writer.get_ref().size + writer.buffer().len() as u64,
            (None, None) => 0,
        }
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a whole file. Where nothing is computed over the bytes, nobody looks at them: the system copies them, or shares them.
    pub(super) fn append(&mut self, file: &mut File) -> io::Result<u64> {
        let Some(writer) = self.writer.as_mut().filter(|writer| !writer.get_ref().computes()) else { return io::copy(file, self) };
        writer.flush()?;
        let hashing = writer.get_mut();
        let count = if hashing.disk.before(Step::Write)? { io::copy(file, &mut hashing.file)? } else { file.metadata()?.len() };
        hashing.size += count;
        Ok(count)
    }

    /// Ends the writing, makes the file durable and says what it is. Called again, it says the same.
    ///
    /// # Errors
    /// [`LakeError::NoSpace`] or [`LakeError::Io`] when the file could not be written in full.
    pub fn finish(&mut self) -> Result<&Digests, LakeError> {
        if let Some(writer) = self.writer.take() {
            let failed = |error| LakeError::io(&self.path, error);
            let hashing = writer.into_inner().map_err(|error| failed(error.into_error()))?;
            hashing.file.set_modified(disk::stamp()).map_err(failed)?;
            self.disk.sync_file(&hashing.file, &self.path).map_err(failed)?;
            let metadata = hashing.file.metadata().map_err(failed)?;
            if metadata.len() != hashing.size {
                return Err(failed(io::Error::other(format!("{} of {} bytes were written", metadata.len(), hashing.size))));
            }
            self.digests = Some(Digests {
                size: hashing.size,
                md5: hashing.md5.map(|md5| md5.finalize().into()).unwrap_or_default(),
                checksums: checksums_of(hashing.sums),
                modified: disk::modified(&metadata),
            });
        }
        self.digests.as_ref().ok_or_else(|| LakeError::io(&self.path, io::Error::other("the writing has failed")))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file is no longer this value's to delete.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }
}

impl std::fmt::Debug for Staged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Staged").field("path", &self.path).field("len", &self.len()).finish_non_exhaustive()
    }
}

impl Write for Staged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.as_mut().ok_or_else(|| io::Error::other("the writing has ended"))?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // The writer is taken apart unflushed: what it still holds is of no use to anybody.
        if let Some(writer) = self.writer.take() {
            drop(writer.into_parts());
        }
        if !self.kept
            && let Err(error) = self.disk.remove(&self.path)
        {
            tracing::warn!(path = %self.path.display(), %error, "a file in staging could not be deleted; it goes at the next start");
        }
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = if self.disk.before(Step::Write)? { self.file.write(bytes)? } else { bytes.len() };
        let written = bytes.get(..count).unwrap_or(bytes);
        if let Some(md5) = &mut self.md5 {
            md5.update(written);
        }
        self.sums.update(written);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn checksums_of(sums: ChecksumHasher) -> Checksums {
    let sums = sums.finalize();
    Checksums {
        crc32: sums.checksum_crc32,
        crc32c: sums.checksum_crc32c,
        crc64nvme: sums.checksum_crc64nvme,
        sha1: sums.checksum_sha1,
        sha256: sums.checksum_sha256,
        ..Checksums::default()
    }
}

/// These checksums of some bytes.
pub(crate) fn checksums_of_bytes(bytes: &[u8], algorithms: impl Iterator<Item = Algorithm>) -> Checksums {
    let mut sums = ChecksumHasher::default();
    algorithms.for_each(|algorithm| choose(&mut sums, algorithm));
    sums.update(bytes);
    checksums_of(sums)
}

/// The checksum over the checksums of parts, with their number behind; `None` where a part has none.
pub(super) fn composite<'a>(algorithm: Algorithm, parts: impl Iterator<Item = &'a Checksums>) -> Option<String> {
    let engine = base64::engine::general_purpose::STANDARD;
    let mut bytes = Vec::new();
    let mut count = 0;
    for part in parts {
        bytes.extend(engine.decode(part.get(algorithm)?).ok()?);
        count += 1;
    }
    checksums_of_bytes(&bytes, std::iter::once(algorithm)).get(algorithm).map(|sum| format!("{sum}-{count}"))
}

fn choose(sums: &mut ChecksumHasher, algorithm: Algorithm) {
    match algorithm {
        Algorithm::Crc32 => sums.crc32 = Some(s3s::crypto::Crc32::new()),
        Algorithm::Crc32c => sums.crc32c = Some(s3s::crypto::Crc32c::new()),
        Algorithm::Crc64Nvme => sums.crc64nvme = Some(s3s::crypto::Crc64Nvme::new()),
        Algorithm::Sha1 => sums.sha1 = Some(s3s::crypto::Sha1::new()),
        Algorithm::Sha256 => sums.sha256 = Some(s3s::crypto::Sha256::new()),
    }
}
