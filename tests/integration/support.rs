//! A lake of its own for every test: served in this process, in a folder that goes with it, with the SDK's clients for it.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, StalledStreamProtectionConfig};
use aws_sdk_s3::primitives::ByteStream;
use fairlake::lake::{JsonService, LakeError, LakeOptions, Ready, Store, serve};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A lake that is being served.
pub(crate) struct Lake {
    /// What a client needs.
    pub(crate) ready: Ready,
    folder: Option<TempDir>,
    stop: Option<oneshot::Sender<()>>,
    server: Option<JoinHandle<Result<(), LakeError>>>,
}

impl Lake {
    /// A new lake with S3 and STS alone.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| Ok(Vec::new())).await
    }

    /// A new lake with these JSON services.
    pub(crate) async fn start_with(services: impl FnOnce(Store) -> Result<Vec<Arc<dyn JsonService>>, LakeError> + Send + 'static) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::serve(folder, services).await
    }

    /// The same lake, served anew.
    pub(crate) async fn restart(mut self) -> Self {
        let folder = self.folder.take().expect("a folder");
        self.end().await;
        Self::serve(folder, |_| Ok(Vec::new())).await
    }

    /// The lake's folder.
    pub(crate) fn root(&self) -> &Path {
        self.folder.as_ref().expect("a folder").path()
    }

    /// The folder of a bucket.
    pub(crate) fn bucket(&self, name: &str) -> std::path::PathBuf {
        self.root().join("buckets").join(name)
    }

    /// How many files are in staging; the folders there are the engine's.
    pub(crate) fn staged(&self) -> usize {
        let entries = std::fs::read_dir(self.root().join("staging")).expect("staging");
        entries.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_file())).count()
    }

    /// Waits until nothing is in staging: what a client left behind by going goes soon after it.
    pub(crate) async fn nothing_staged(&self) {
        for _ in 0..500 {
            if self.staged() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} files are left in staging", self.staged());
    }

    /// Ends the server and waits until it has gone.
    pub(crate) async fn end(&mut self) {
        if let (Some(stop), Some(server)) = (self.stop.take(), self.server.take()) {
            stop.send(()).expect("a server");
            server.await.expect("no panic").expect("a good end");
        }
    }

    async fn serve(folder: TempDir, services: impl FnOnce(Store) -> Result<Vec<Arc<dyn JsonService>>, LakeError> + Send + 'static) -> Self {
        let options = LakeOptions { root: folder.path().to_owned(), port: 0, until_idle: false };
        let (stop, stopped) = oneshot::channel::<()>();
        let (tell, told) = oneshot::channel();
        let server = tokio::spawn(async move {
            let ready = |ready: &Ready| tell.send(ready.clone()).expect("somebody waits");
            serve(options, services, ready, stopped).await
        });
        let ready = told.await.expect("a lake that is ready");
        Self { ready, folder: Some(folder), stop: Some(stop), server: Some(server) }
    }

    /// Where the lake is, without the scheme.
    pub(crate) fn address(&self) -> String {
        self.ready.endpoint.trim_start_matches("http://").to_owned()
    }

    /// The lake's key.
    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::new(&self.ready.access_key_id, &self.ready.secret_access_key, None, None, "lake")
    }

    /// A client of its S3.
    pub(crate) fn s3(&self) -> Client {
        self.s3_as(self.credentials(), &self.ready.region)
    }

    /// A client of its S3 with another key, or another region.
    pub(crate) fn s3_as(&self, credentials: Credentials, region: &str) -> Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .endpoint_url(&self.ready.endpoint)
            .credentials_provider(credentials)
            .http_client(http_client())
            .force_path_style(true)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
            .build();
        Client::from_conf(config)
    }

    /// A client of its STS.
    pub(crate) fn sts(&self) -> aws_sdk_sts::Client {
        let config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.ready.region.clone()))
            .endpoint_url(&self.ready.endpoint)
            .credentials_provider(self.credentials())
            .http_client(http_client())
            .build();
        aws_sdk_sts::Client::from_conf(config)
    }
}

/// A client for plain HTTP: nothing here leaves the computer.
pub(crate) fn http_client() -> aws_smithy_runtime_api::client::http::SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

/// Runs a test on a runtime of its own.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime").block_on(test)
}

/// A new lake with a bucket, and a client of it.
pub(crate) async fn lake() -> (Lake, Client) {
    let lake = Lake::start().await;
    let s3 = lake.s3();
    s3.create_bucket().bucket("my-lake").send().await.unwrap();
    (lake, s3)
}

/// Stores an object.
pub(crate) async fn put(s3: &Client, key: &str, bytes: &[u8]) {
    s3.put_object().bucket("my-lake").key(key).body(ByteStream::from(bytes.to_vec())).send().await.unwrap();
}

/// An object's bytes.
pub(crate) async fn get(s3: &Client, key: &str) -> Vec<u8> {
    s3.get_object().bucket("my-lake").key(key).send().await.unwrap().body.collect().await.unwrap().to_vec()
}

/// The error's code and status.
macro_rules! refused {
    ($sent:expr) => {{
        let error = $sent.await.unwrap_err();
        let status = error.raw_response().map_or(0, |response| response.status().as_u16());
        (aws_sdk_s3::error::ProvideErrorMetadata::code(&error).unwrap_or_default().to_owned(), status)
    }};
}

/// A code and status that are expected.
pub(crate) fn code(expected: &str, status: u16) -> (String, u16) {
    (expected.to_owned(), status)
}

/// Sends these bytes as they are and gives the answer up to the end of the connection or a pause.
pub(crate) async fn raw(lake: &Lake, request: &[u8]) -> String {
    let mut connection = TcpStream::connect(lake.address()).await.unwrap();
    connection.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(Ok(count @ 1..)) = tokio::time::timeout(Duration::from_millis(500), connection.read(&mut buffer)).await {
        answer.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

/// An object's text.
pub(crate) async fn get_text(s3: &Client, key: &str) -> String {
    String::from_utf8(get(s3, key).await).unwrap()
}

pub(crate) use refused;
