//! The lake's server: one listener on loopback, and for every request the service it is meant for.

use std::convert::Infallible;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use s3s::Body;
use s3s::dto::StreamingBlob;
use serde::Serialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::auth::{self, Credentials, Refusal};
use super::json::{self, JsonError, JsonService};
use super::lock::Lock;
use super::storage::Store;
use super::{Activity, LakeError, REGION, s3, sts};

/// The biggest request of a JSON service, in bytes.
const BIGGEST_JSON: usize = 16 * 1024 * 1024;

/// The biggest request of STS.
const BIGGEST_FORM: usize = 64 * 1024;

/// How many connections are served at a time; more wait.
const CONNECTIONS: usize = 512;

/// How many requests are worked on at a time; more wait.
const REQUESTS: usize = 128;

/// How long a connection may be silent between requests, or take for a request's head.
const SILENCE: Duration = Duration::from_mins(1);

/// How long requests under way are waited for at the end.
const FAREWELL: Duration = Duration::from_secs(5);

/// How long a lake that serves until idle waits for its first client.
const FIRST_CLIENT: Duration = Duration::from_secs(30);

/// How a lake is to be served.
#[derive(Debug, Clone)]
pub struct LakeOptions {
    /// The lake's folder.
    pub root: PathBuf,
    /// The port on loopback; 0 for any that is free.
    pub port: u16,
    /// Whether to end some seconds after the last client has gone.
    pub until_idle: bool,
}

/// What a client needs to use a lake that is being served.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Ready {
    /// Where it is served, such as `http://127.0.0.1:41234`.
    pub endpoint: String,
    /// The region that it calls itself.
    pub region: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret.
    pub secret_access_key: String,
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ready").field("endpoint", &self.endpoint).field("region", &self.region).finish_non_exhaustive()
    }
}

/// Serves a lake until `shutdown` is done, or until it is idle where that is asked for. `services` makes the JSON services over its storage; `ready`
/// is called when clients may come.
///
/// # Errors
/// [`LakeError::InUse`] when another process serves it, and whatever keeps it from being opened.
pub async fn serve(
    options: LakeOptions,
    services: impl FnOnce(Store) -> Result<Vec<Arc<dyn JsonService>>, LakeError> + Send + 'static,
    ready: impl FnOnce(&Ready),
    shutdown: impl Future,
) -> Result<(), LakeError> {
    let root = options.root.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let lock = Lock::take(&root)?;
        let credentials = Credentials::read_or_create(&root)?;
        let store = Store::open(&root)?;
        let services = services(store.clone())?;
        Ok((lock, credentials, store, services))
    });
    let (lock, credentials, store, services) = opened.await.map_err(|_panicked| LakeError::Closed).and_then(|opened| opened)?;
    let activity = store.activity().clone();
    let failed = |error| LakeError::io(&options.root, error);
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).await.map_err(failed)?;
    let endpoint = format!("http://{}", listener.local_addr().map_err(failed)?);
    lock.publish(&endpoint)?;
    ready(&Ready {
        endpoint,
        region: REGION.to_owned(),
        access_key_id: credentials.access_key_id.clone(),
        secret_access_key: credentials.secret_access_key.clone(),
    });
    let s3 = s3::Front::new(store, credentials.clone());
    let router = Arc::new(Router { s3, services, credentials, requests: Semaphore::new(REQUESTS) });
    let idle = async {
        if options.until_idle {
            tokio::select! {
                () = tokio::time::sleep(FIRST_CLIENT) => {}
                () = activity.wait() => {}
            }
            activity.idle().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    let (end, ends) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::select! {
        () = accept(&listener, &router, &activity, &ends, &mut connections) => {}
        _ = shutdown => {}
        () = idle => {}
    }
    drop(listener);
    end.send_replace(true);
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(FAREWELL, all).await.is_err() {
        connections.shutdown().await;
    }
    drop(lock);
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    router: &Arc<Router>,
    activity: &Activity,
    ends: &watch::Receiver<bool>,
    connections: &mut JoinSet<()>,
) {
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        while connections.try_join_next().is_some() {}
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (router, busy, ends) = (Arc::clone(router), activity.busy(), ends.clone());
                connections.spawn(async move {
                    converse(stream, router, ends).await;
                    drop((permit, busy));
                });
            }
            Err(error) => {
                // Too many open files, mostly: others will be closed.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Serves one connection until either side ends it.
async fn converse(stream: TcpStream, router: Arc<Router>, mut ends: watch::Receiver<bool>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "small answers will be slow on this connection");
    }
    let service = service_fn(move |request| {
        let router = Arc::clone(&router);
        async move { Ok::<_, Infallible>(router.answer(request).await) }
    });
    let connection =
        http1::Builder::new().timer(TokioTimer::new()).header_read_timeout(SILENCE).serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let done = tokio::select! {
        done = connection.as_mut() => done,
        () = async { drop(ends.wait_for(|end| *end).await) } => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = done {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Knows which service a request is for.
struct Router {
    s3: s3::Front,
    services: Vec<Arc<dyn JsonService>>,
    credentials: Credentials,
    requests: Semaphore,
}

impl Router {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let request_id = uuid::Uuid::new_v4().to_string();
        let (parts, body) = request.into_parts();
        let host = parts
            .headers
            .get(http::header::HOST)
            .and_then(|host| host.to_str().ok())
            .or(parts.uri.authority().map(http::uri::Authority::as_str));
        if !host.is_some_and(auth::is_local_host) {
            return text(StatusCode::MISDIRECTED_REQUEST, "This is a lake on this computer; it answers to 127.0.0.1 and localhost only.\n");
        }
        if parts.uri.path() == "/_fairlake/alive" && parts.method == Method::GET {
            return stay();
        }
        let Ok(_permit) = self.requests.acquire().await else { return text(StatusCode::SERVICE_UNAVAILABLE, "") };
        if let Some(target) = parts.headers.get("x-amz-target") {
            let target = target.to_str().unwrap_or_default().to_owned();
            return self.json(&parts, body, &target, &request_id).await.map(Body::from);
        }
        if is_query_protocol(&parts) {
            return self.sts(&parts, body, &request_id).await.map(Body::from);
        }
        self.s3.answer(parts, body, &request_id).await
    }

    async fn json(&self, parts: &Parts, body: Incoming, target: &str, request_id: &str) -> Response<Bytes> {
        let refuse = |error: &JsonError| json::error_response(error, request_id);
        if parts.method != Method::POST {
            return refuse(&JsonError::unknown_operation());
        }
        let body = match collect(body, BIGGEST_JSON).await {
            Ok(body) => body,
            Err(status) => {
                return refuse(&JsonError {
                    status: status.as_u16(),
                    ..JsonError::new("RequestEntityTooLargeException", "the request is too large")
                });
            }
        };
        // The name that a service signs with is that of its targets, in small letters and without the vendor.
        let prefix = target.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let service = prefix.trim_start_matches("aws").trim_start_matches("amazon");
        match auth::verify(parts, &body, service, &self.credentials, chrono::Utc::now()) {
            Ok(()) => json::dispatch(&self.services, target, &body, request_id).await,
            Err(refusal) => {
                let code = match refusal {
                    Refusal::Unsigned => "MissingAuthenticationTokenException",
                    Refusal::Incomplete(_) => "IncompleteSignatureException",
                    Refusal::UnknownKey => "UnrecognizedClientException",
                    Refusal::Mismatch(_) | Refusal::Signature | Refusal::HeadersNotSigned | Refusal::Query(_) => {
                        "InvalidSignatureException"
                    }
                };
                refuse(&JsonError::new(code, refusal.to_string()))
            }
        }
    }

    async fn sts(&self, parts: &Parts, body: Incoming, request_id: &str) -> Response<Bytes> {
        let Ok(body) = collect(body, BIGGEST_FORM).await else {
            return sts::refuse(&Refusal::Incomplete("the request is too large".to_owned()), request_id);
        };
        if let Err(refusal) = auth::verify(parts, &body, "sts", &self.credentials, chrono::Utc::now()) {
            return sts::refuse(&refusal, request_id);
        }
        let form = String::from_utf8_lossy(&body);
        let form = if form.is_empty() { parts.uri.query().unwrap_or_default() } else { &form };
        sts::answer(form, &self.credentials.access_key_id, request_id)
    }
}

/// Whether a request is of the query protocol, which among the lake's services is STS's alone.
fn is_query_protocol(parts: &Parts) -> bool {
    let form = |parts: &Parts| {
        let content_type = parts.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        content_type.starts_with("application/x-www-form-urlencoded")
    };
    parts.uri.path() == "/" && ((parts.method == Method::POST && form(parts)) || auth::query_value(&parts.uri, "Action").is_some())
}

/// The whole of a body that may have so many bytes.
async fn collect(body: Incoming, most: usize) -> Result<Bytes, StatusCode> {
    match Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::BAD_REQUEST),
    }
}

/// An answer that never ends: the client that asked for it keeps the lake awake for as long as it listens.
fn stay() -> Response<Body> {
    let nothing = futures::stream::pending::<Result<Bytes, std::io::Error>>();
    Response::new(Body::from(s3s::stream::DynByteStream::from(StreamingBlob::wrap(nothing))))
}

fn text(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}
