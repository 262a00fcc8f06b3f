//! Forms of browsers (multipart/form-data), read as they arrive: the fields in front of the file, then the file's bytes up to the boundary that ends it.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use futures::{Stream, StreamExt};
use http::HeaderMap;
use percent_encoding::percent_decode_str;
use s3s::stream::ByteStream;
use s3s::{S3Error, S3Result, StdError, s3_error};

/// How many bytes a form may have in front of its file.
const MOST_BEFORE_FILE: usize = 20 * 1024;

/// How many characters a boundary may have.
const LONGEST_BOUNDARY: usize = 70;

/// How long a sender may keep silent in the middle of a form.
const PATIENCE: Duration = Duration::from_mins(2);

/// The fields of a form by their names in small letters.
pub(super) type Fields = BTreeMap<String, String>;

/// The boundary between the parts of a form, from the content type of the request.
pub(super) fn boundary(headers: &HeaderMap) -> Option<String> {
    let content_type = headers.get(http::header::CONTENT_TYPE)?.to_str().ok()?;
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary").unwrap_or_default();
    Some(if boundary.len() > LONGEST_BOUNDARY { String::new() } else { boundary })
}

/// A form on its way.
pub(super) struct Form<S> {
    body: S,
    buffer: BytesMut,
    /// What ends a part: a line break, two dashes and the boundary.
    end: Vec<u8>,
    /// How many bytes have been read from the buffer.
    read: usize,
}

/// What stands in front of a form's file.
pub(super) struct Opening {
    /// The fields before the file. Of a name that is given more than once, the values are joined with commas.
    pub(super) fields: Fields,
    /// The file's name as the browser gives it; `None` where the form ends without a file.
    pub(super) file: Option<String>,
}

impl<S, E> Form<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<StdError>,
{
    /// A form in this body, with this boundary.
    pub(super) fn new(body: S, boundary: &str) -> Self {
        // With a line break in front, the first boundary looks like every other.
        Self { body, buffer: BytesMut::from(&b"\r\n"[..]), end: format!("\r\n--{boundary}").into_bytes(), read: 0 }
    }

    /// Reads the fields in front of the file, and leaves the form where the file's bytes begin.
    pub(super) async fn opening(&mut self) -> S3Result<Opening> {
        if self.end.len() <= b"\r\n--".len() {
            return Err(malformed());
        }
        let mut fields = Fields::new();
        // What stands before the first boundary is for readers without forms.
        drop(self.until_boundary().await?);
        loop {
            // After the boundary comes a line break, or two dashes where the form ends.
            while self.buffer.len() < 2 {
                self.more().await?;
            }
            if self.buffer.starts_with(b"--") {
                return Ok(Opening { fields, file: None });
            }
            let head = self.until(b"\r\n\r\n").await?;
            let head = std::str::from_utf8(&head).map_err(|_foreign| malformed())?;
            let Described { name, file } = Described::parse(head).ok_or_else(malformed)?;
            if name == "file" {
                return Ok(Opening { fields, file: Some(file) });
            }
            let value = self.until_boundary().await?;
            let value = std::str::from_utf8(&value).map_err(|_foreign| malformed())?;
            fields.entry(name).and_modify(|before| *before = format!("{before},{value}")).or_insert_with(|| value.to_owned());
        }
    }

    /// Reads on to the end, whatever comes, but not over so many bytes.
    pub(super) async fn rest(mut self, most: usize) {
        let mut read = 0;
        while read < most
            && let Some(Ok(chunk)) = self.body.next().await
        {
            read += chunk.len();
        }
    }

    /// The file's bytes; an error where they are fewer or more than `sizes` says, or the form breaks off.
    pub(super) fn file(self, sizes: RangeInclusive<u64>) -> File<S> {
        File { form: self, sizes, size: 0, ended: false }
    }

    /// The bytes before the next boundary, which is passed over.
    async fn until_boundary(&mut self) -> S3Result<Bytes> {
        let end = self.end.clone();
        self.until(&end).await
    }

    async fn until(&mut self, end: &[u8]) -> S3Result<Bytes> {
        let mut from = 0;
        loop {
            if let Some(at) = find(&self.buffer, end, from) {
                let bytes = self.buffer.split_to(at).freeze();
                self.buffer.advance(end.len());
                self.read += at + end.len();
                return if self.read > MOST_BEFORE_FILE { Err(too_long()) } else { Ok(bytes) };
            }
            from = self.buffer.len().saturating_sub(end.len());
            self.more().await?;
        }
    }

    async fn more(&mut self) -> S3Result<()> {
        if self.read + self.buffer.len() > MOST_BEFORE_FILE {
            return Err(too_long());
        }
        match tokio::time::timeout(PATIENCE, self.body.next()).await {
            Ok(Some(Ok(chunk))) => {
                self.buffer.extend_from_slice(&chunk);
                Ok(())
            }
            Ok(Some(Err(_)) | None) => Err(malformed()),
            Err(_elapsed) => Err(s3_error!(
                RequestTimeout,
                "Your socket connection to the server was not read from or written to within the timeout period."
            )),
        }
    }
}

/// The file of a form: its bytes as they arrive. The last of them is followed by an error where something is wrong with the file as a whole.
pub(super) struct File<S> {
    form: Form<S>,
    sizes: RangeInclusive<u64>,
    size: u64,
    ended: bool,
}

impl<S> File<S> {
    /// What can be told of the file from the bytes that are there.
    fn there(&mut self) -> Poll<Option<S3Result<Bytes>>> {
        let Form { buffer, end, .. } = &mut self.form;
        let count = match find(buffer, end, 0) {
            Some(0) => {
                self.ended = true;
                let too_small = self.size < *self.sizes.start();
                return Poll::Ready(
                    too_small.then(|| Err(s3_error!(EntityTooSmall, "Your proposed upload is smaller than the minimum allowed size"))),
                );
            }
            Some(at) => at,
            None => buffer.len().saturating_sub(end.len()),
        };
        if count == 0 {
            // What is there may be the beginning of a boundary.
            return Poll::Pending;
        }
        self.size += count as u64;
        if self.size > *self.sizes.end() {
            self.ended = true;
            return Poll::Ready(Some(Err(s3_error!(EntityTooLarge, "Your proposed upload exceeds the maximum allowed size"))));
        }
        Poll::Ready(Some(Ok(buffer.split_to(count).freeze())))
    }
}

impl<S, E> Stream for File<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<StdError>,
{
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.ended {
                return Poll::Ready(None);
            }
            if let Poll::Ready(next) = self.there() {
                return Poll::Ready(next.map(|bytes| bytes.map_err(StdError::from)));
            }
            match ready!(self.form.body.poll_next_unpin(context)) {
                Some(Ok(chunk)) => self.form.buffer.extend_from_slice(&chunk),
                Some(Err(broken)) => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(broken.into())));
                }
                None => {
                    self.ended = true;
                    return Poll::Ready(Some(Err(malformed().into())));
                }
            }
        }
    }
}

impl<S, E> ByteStream for File<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Into<StdError>,
{
}

fn malformed() -> S3Error {
    s3_error!(MalformedPOSTRequest, "The body of your POST request is not well-formed multipart/form-data.")
}

fn too_long() -> S3Error {
    s3_error!(MaxPostPreDataLengthExceededError, "Your POST request fields preceding the upload file were too large.")
}

/// Where `wanted`, which begins with a carriage return, stands first in `bytes` at or after `from`.
fn find(bytes: &[u8], wanted: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let rest = bytes.get(from..)?;
        let at = rest.iter().position(|byte| *byte == b'\r')?;
        if rest.get(at..)?.starts_with(wanted) {
            return Some(from + at);
        }
        from += at + 1;
    }
}

/// What the head of a part says of it.
struct Described {
    /// The field's name in small letters.
    name: String,
    /// The file's name, if it has one.
    file: String,
}

impl Described {
    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
        let (_, disposition) = lines.find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))?;
        let (kind, parameters) = disposition.split_once(';')?;
        if !kind.trim().eq_ignore_ascii_case("form-data") {
            return None;
        }
        let name = parameter(parameters, "name")?;
        // Names beyond ASCII: `UTF-8''%ed%95%9c`.
        let encoded = parameter(parameters, "filename*").and_then(|value| {
            let (charset, name) = value.split_once("''")?;
            charset.eq_ignore_ascii_case("utf-8").then(|| percent_decode_str(name).decode_utf8_lossy().into_owned())
        });
        let file = encoded.or_else(|| parameter(parameters, "filename")).unwrap_or_default();
        Some(Self { name: name.to_ascii_lowercase(), file })
    }
}

/// The value of a parameter among `; name=value; name="value"`. In quotes only a quote is escaped: a file's name may hold backslashes of its own.
fn parameter(parameters: &str, name: &str) -> Option<String> {
    let mut rest = parameters.trim_start_matches([';', ' ', '\t']);
    while let Some((key, after)) = rest.split_once('=') {
        let (value, left) = if let Some(quoted) = after.strip_prefix('"') {
            let ends = |(at, _): &(usize, &str)| !quoted.get(..*at).unwrap_or_default().ends_with('\\');
            let (at, _) = quoted.match_indices('"').find(ends)?;
            (quoted.get(..at)?.replace("\\\"", "\""), quoted.get(at + 1..)?)
        } else {
            let at = after.find(';').unwrap_or(after.len());
            (after.get(..at)?.trim().to_owned(), after.get(at..)?)
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = left.trim_start_matches([';', ' ', '\t']);
    }
    None
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    /// The fields, the file's name, and what has come of its bytes: they, or the code of what was wrong with them.
    type Read = (Fields, Option<String>, Result<Vec<u8>, String>);

    /// What is read of a form that arrives in such pieces, or the code of what was wrong with it.
    fn read(body: &[u8], piece: usize, sizes: RangeInclusive<u64>) -> Result<Read, String> {
        let code = |error: S3Error| error.code().as_str().to_owned();
        let pieces: Vec<_> = body.chunks(piece).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut form = Form::new(futures::stream::iter(pieces), "XX");
            let opening = form.opening().await.map_err(code)?;
            let mut bytes = Ok(Vec::new());
            if opening.file.is_some() {
                let mut file = form.file(sizes);
                while let Some(chunk) = file.next().await {
                    match chunk {
                        Ok(chunk) => bytes.as_mut().unwrap().extend_from_slice(&chunk),
                        Err(error) => bytes = Err(code(*error.downcast::<S3Error>().unwrap())),
                    }
                }
            }
            Ok((opening.fields, opening.file, bytes))
        })
    }

    fn part(disposition: &str, value: &[u8]) -> Vec<u8> {
        [format!("--XX\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: text/x\r\n\r\n").as_bytes(), value, b"\r\n"]
            .concat()
    }

    fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body: Vec<u8> = parts.iter().flat_map(|(disposition, value)| part(disposition, value)).collect();
        body.extend(b"--XX--\r\n");
        body
    }

    proptest! {
        #[test]
        fn however_it_is_cut_the_same_arrives(
            value in "[a-zA-Z\r\n-]{0,30}",
            file in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'-'), Just(b'X'), any::<u8>()], 0..200),
            piece in 1_usize..50,
        ) {
            prop_assume!(!value.contains("--XX") && !file.windows(6).any(|window| window == b"\r\n--XX"));
            let body = form(&[("name=\"Key\"", value.as_bytes()), ("name=file; filename=\"a b.csv\"", &file), ("name=after", b"x")]);
            let (fields, name, bytes) = read(&body, piece, 0..=1000).unwrap();
            prop_assert_eq!(fields, Fields::from([("key".to_owned(), value)]));
            prop_assert_eq!(name.as_deref(), Some("a b.csv"));
            prop_assert_eq!(bytes, Ok(file));
        }
    }

    #[test]
    fn sizes_are_kept_to_the_byte() {
        let body = |size: usize| form(&[("name=file", &vec![b'x'; size])]);
        for (size, expected) in [(4, Err("EntityTooSmall")), (5, Ok(5)), (7, Ok(7)), (8, Err("EntityTooLarge"))] {
            for piece in [1, 3, 1000] {
                let (_, _, bytes) = read(&body(size), piece, 5..=7).unwrap();
                assert_eq!(bytes.map(|bytes| bytes.len()), expected.map_err(str::to_owned), "{size} in pieces of {piece}");
            }
        }
        let (_, file, bytes) = read(&form(&[("name=file", b"")]), 1, 0..=0).unwrap();
        assert_eq!((file.as_deref(), bytes), (Some(""), Ok(Vec::new())));
    }

    #[test]
    fn names_and_values_are_read_as_browsers_write_them() {
        let body = form(&[
            ("name=\"KEY\"; filename=\"KEY\"", b"a/${filename}"),
            ("name=\"x-amz-meta-\\\"q\\\"\"", "한".as_bytes()),
            ("name=twice", b"1"),
            ("name=twice", b"2"),
            ("name=\"file\"; filename=\"C:\\dir\\f;=.csv\"", b""),
        ]);
        let (fields, file, _) = read(&body, 1000, 0..=9).unwrap();
        let expected = [("key", "a/${filename}"), ("twice", "1,2"), ("x-amz-meta-\"q\"", "한")];
        assert_eq!(fields, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!(file.as_deref(), Some("C:\\dir\\f;=.csv"));
        let body = form(&[("name=file; filename*=UTF-8''%ED%95%9C.csv", b"")]);
        assert_eq!(read(&body, 1000, 0..=9).unwrap().1.as_deref(), Some("한.csv"));
        let headers = |value: &str| HeaderMap::from_iter([(http::header::CONTENT_TYPE, value.parse().unwrap())]);
        assert_eq!(boundary(&headers("Multipart/Form-Data; charset=utf-8; Boundary=\"a;b\"")).as_deref(), Some("a;b"));
        assert_eq!(boundary(&headers("multipart/form-data; boundary=a")).as_deref(), Some("a"));
        assert_eq!(boundary(&headers("multipart/form-data")).as_deref(), Some(""));
        assert_eq!(boundary(&headers("text/plain; boundary=a")), None);
    }

    #[test]
    fn what_is_no_form_is_refused() {
        let good = form(&[("name=key", b"k"), ("name=file", b"data")]);
        let cut = |count: usize| good.get(..good.len() - count).unwrap().to_vec();
        for (body, code) in [
            (Vec::new(), "MalformedPOSTRequest"),
            (b"no form at all".to_vec(), "MalformedPOSTRequest"),
            (form(&[("nothing=here", b"")]), "MalformedPOSTRequest"),
            (b"--XX\r\nContent-Type: text/plain\r\n\r\nx\r\n--XX--".to_vec(), "MalformedPOSTRequest"),
            (form(&[("name=key", b"\xff")]), "MalformedPOSTRequest"),
            (form(&[("name=key", &vec![b'x'; 30_000])]), "MaxPostPreDataLengthExceededError"),
            (b"--XX\r\nX: ".iter().copied().chain(std::iter::repeat_n(b'x', 30_000)).collect(), "MaxPostPreDataLengthExceededError"),
        ] {
            for piece in [7, 100_000] {
                assert_eq!(read(&body, piece, 0..=9).err().as_deref(), Some(code));
            }
        }
        assert_eq!(read(&form(&[("name=key", b"k")]), 5, 0..=9).unwrap().1, None);
        assert_eq!(read(&cut(b"\r\n--XX--\r\n".len()), 5, 0..=9).unwrap().2, Err("MalformedPOSTRequest".to_owned()));
    }
}
