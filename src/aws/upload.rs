//! An upload of unknown length with bounded memory: one request when it is small, a multipart upload when it is not, and nothing left when it is not finished.

use futures::FutureExt;
use std::collections::VecDeque;
use std::sync::PoisonError;
use std::time::Duration;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use bytes::{Bytes, BytesMut};
use tokio::task::JoinHandle;

use super::{Clients, Error, Kind};
use crate::model::S3Location;

const FIRST_PART_SIZE: usize = 8 << 20;
const PARTS_IN_FLIGHT: usize = 3;
const MOST_PARTS: i32 = 10_000;
const ABORT_PAUSES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(400), Duration::from_secs(1)];

/// An object on its way. End it with [`Upload::finish`] or [`Upload::abort`]; one that is dropped is aborted in the background.
#[derive(Debug)]
pub struct Upload {
    clients: Clients,
    place: S3Location,
    content_type: &'static str,
    id: Option<String>,
    buffer: BytesMut,
    in_flight: VecDeque<JoinHandle<Result<CompletedPart, Error>>>,
    parts: Vec<CompletedPart>,
    next_part: i32,
    bytes: u64,
}

impl Upload {
    /// An upload to this place. Nothing is sent before the first part is full.
    #[must_use]
    pub fn new(clients: Clients, place: S3Location, content_type: &'static str) -> Self {
        Self {
            clients,
            place,
            content_type,
            id: None,
            buffer: BytesMut::new(),
            in_flight: VecDeque::new(),
            parts: Vec::new(),
            next_part: 1,
            bytes: 0,
        }
    }

    /// Adds bytes. Waits while enough parts are on their way.
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), Error> {
        self.bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let size = part_size(self.next_part);
            let room = size.saturating_sub(self.buffer.len());
            self.buffer.extend_from_slice(&bytes.split_to(room.min(bytes.len())));
            if self.buffer.len() >= size {
                self.send_part().await?;
            }
        }
        Ok(())
    }

    /// Sends the rest and makes the object appear, whole. Gives its bytes.
    pub async fn finish(mut self) -> Result<u64, Error> {
        match self.complete().await {
            Ok(()) => Ok(self.bytes),
            Err(error) => {
                self.abort().await;
                Err(error)
            }
        }
    }

    async fn complete(&mut self) -> Result<(), Error> {
        if self.id.is_none() {
            let body = self.buffer.split().freeze();
            return self.clients.put(&self.place, body, self.content_type).await;
        }
        if !self.buffer.is_empty() {
            self.send_part().await?;
        }
        while let Some(part) = self.in_flight.pop_front() {
            self.parts.push(joined(part).await?);
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(std::mem::take(&mut self.parts))).build();
        let (bucket, key) = (self.place.bucket.as_str(), &self.place.key);
        self.clients
            .s3
            .complete_multipart_upload()
            .bucket(bucket)
            .key(key)
            .set_upload_id(self.id.clone())
            .multipart_upload(parts)
            .send()
            .boxed()
            .await
            .map_err(|e| Error::new("CompleteMultipartUpload", &e))?;
        self.id = None;
        Ok(())
    }

    /// Gives up: no object appears and no part stays. One that cannot be reached keeps the parts:
    /// [`Clients::abort_unfinished`] tries again.
    pub async fn abort(mut self) {
        while let Some(part) = self.in_flight.pop_front() {
            part.abort();
            // Wait for it: a part that arrives after the abort would be kept.
            drop(part.await);
        }
        if let Some(id) = self.id.take() {
            abort(&self.clients, &self.place, id).await;
        }
    }

    async fn send_part(&mut self) -> Result<(), Error> {
        if self.next_part > MOST_PARTS {
            return Err(Error::plain(Kind::Invalid, "UploadPart", "an object has at most 10,000 parts"));
        }
        let id = match &self.id {
            Some(id) => id.clone(),
            None => self.begin().await?,
        };
        while self.in_flight.len() >= PARTS_IN_FLIGHT {
            if let Some(part) = self.in_flight.pop_front() {
                self.parts.push(joined(part).await?);
            }
        }
        let (number, body) = (self.next_part, self.buffer.split().freeze());
        self.next_part += 1;
        let (clients, place) = (self.clients.clone(), self.place.clone());
        self.in_flight.push_back(tokio::spawn(async move { send(&clients, &place, id, number, body).await }));
        Ok(())
    }

    async fn begin(&mut self) -> Result<String, Error> {
        let answer = self
            .clients
            .s3
            .create_multipart_upload()
            .bucket(self.place.bucket.as_str())
            .key(&self.place.key)
            .content_type(self.content_type)
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .send()
            .boxed()
            .await
            .map_err(|e| Error::new("CreateMultipartUpload", &e))?;
        let id = answer.upload_id.ok_or_else(|| Error::plain(Kind::Server, "CreateMultipartUpload", "no upload id"))?;
        self.id = Some(id.clone());
        Ok(id)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        for part in &self.in_flight {
            part.abort();
        }
        if let (Some(id), Ok(runtime)) = (self.id.take(), tokio::runtime::Handle::try_current()) {
            let (clients, place) = (self.clients.clone(), self.place.clone());
            runtime.spawn(async move { abort(&clients, &place, id).await });
        }
    }
}

async fn send(clients: &Clients, place: &S3Location, id: String, number: i32, body: Bytes) -> Result<CompletedPart, Error> {
    let answer = clients
        .s3
        .upload_part()
        .bucket(place.bucket.as_str())
        .key(&place.key)
        .upload_id(id)
        .part_number(number)
        .checksum_algorithm(ChecksumAlgorithm::Crc32)
        .body(ByteStream::from(body))
        .send()
        .boxed()
        .await
        .map_err(|e| Error::new("UploadPart", &e))?;
    Ok(CompletedPart::builder().part_number(number).set_e_tag(answer.e_tag).set_checksum_crc32(answer.checksum_crc32).build())
}

async fn joined(part: JoinHandle<Result<CompletedPart, Error>>) -> Result<CompletedPart, Error> {
    part.await.unwrap_or_else(|error| Err(Error::plain(Kind::Server, "UploadPart", error.to_string())))
}

/// A multipart upload that could not be aborted, since nobody answered: its parts are still kept.
#[derive(Debug)]
pub(super) struct Unfinished {
    place: S3Location,
    id: String,
}

impl Clients {
    /// Takes over the uploads that another client of the same service could not abort.
    pub fn take_over(&mut self, before: &Self) {
        self.unfinished = before.unfinished.clone();
    }

    /// Aborts the uploads that could not be aborted before. Those that still cannot be are kept for the next time.
    pub async fn abort_unfinished(&self) {
        let uploads = std::mem::take(&mut *self.unfinished.lock().unwrap_or_else(PoisonError::into_inner));
        for upload in uploads {
            abort(self, &upload.place, upload.id).await;
        }
    }
}

/// Aborts, and looks whether it is so: a part that was on its way may arrive after the first time.
async fn abort(clients: &Clients, place: &S3Location, id: String) {
    let (bucket, key) = (place.bucket.as_str(), &place.key);
    for pause in ABORT_PAUSES {
        let sent = clients.s3.abort_multipart_upload().bucket(bucket).key(key).upload_id(&id).send().boxed().await;
        if let Err(error) = sent.map_err(|e| Error::new("AbortMultipartUpload", &e))
            && !error.is_not_found()
        {
            tracing::warn!(place = %place, error = %error.detail, "an upload could not be undone");
        }
        let left = clients.s3.list_parts().bucket(bucket).key(key).upload_id(&id).max_parts(1).send().boxed().await;
        match left.map_err(|e| Error::new("ListParts", &e)) {
            Err(error) if error.is_not_found() => return,
            Err(error) if error.kind == Kind::Unreachable => break,
            _ => tokio::time::sleep(pause).await,
        }
    }
    clients.unfinished.lock().unwrap_or_else(PoisonError::into_inner).push(Unfinished { place: place.clone(), id });
}

/// The size of a part. It doubles every 2,000 parts, so that 10,000 of them hold about 500 GB while a small upload stays small in memory.
fn part_size(number: i32) -> usize {
    FIRST_PART_SIZE << ((number.clamp(1, MOST_PARTS) - 1) / 2000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_so_that_large_objects_fit() {
        assert_eq!(part_size(1), 8 << 20);
        assert_eq!(part_size(2000), 8 << 20);
        assert_eq!(part_size(2001), 16 << 20);
        assert_eq!(part_size(MOST_PARTS), 128 << 20);
        let all: u64 = (1..=MOST_PARTS).map(|number| part_size(number) as u64).sum();
        assert!(all > 480 << 30);
    }
}
