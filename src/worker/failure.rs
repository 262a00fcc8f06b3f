//! The one place where errors become words: what could not be done (by command), why and what to do (by error).

use std::path::Path;

use crate::aws::{Error, Kind};
use crate::message::bias::BiasCommand;
use crate::message::catalog::CatalogCommand;
use crate::message::ingest::IngestCommand;
use crate::message::query::QueryCommand;
use crate::message::{Command, ingest::StoreRequest};
use crate::model::{Connection, Failure, Message};

/// What a person reads about an error of a service.
#[must_use]
pub fn of(error: &Error, what: Message, connection: &Connection) -> Failure {
    let (why, hint) = match error.kind {
        Kind::NoProfile => ("worker-why-no-profile", Some("worker-hint-no-profile")),
        Kind::Configuration => ("worker-why-configuration", Some("worker-hint-configuration")),
        Kind::NoCredentials => ("worker-why-no-credentials", Some("worker-hint-no-credentials")),
        Kind::Expired => ("worker-why-expired", Some(sign_in_hint(connection))),
        Kind::BadCredentials => ("worker-why-bad-credentials", Some("worker-hint-bad-credentials")),
        Kind::Denied => ("worker-why-denied", Some("worker-hint-denied")),
        Kind::NotFound => ("worker-why-not-found", Some("worker-hint-refresh")),
        Kind::Exists => ("worker-why-exists", None),
        Kind::Conflict => ("worker-why-conflict", None),
        Kind::Throttled => ("worker-why-throttled", Some("worker-hint-later")),
        Kind::Unreachable if *connection == Connection::Local => ("worker-why-lake-lost", Some("worker-hint-lake-lost")),
        Kind::Unreachable => ("worker-why-unreachable", Some("worker-hint-network")),
        Kind::Timeout => ("worker-why-timeout", Some("worker-hint-later")),
        Kind::Invalid => ("worker-why-invalid", None),
        Kind::Full => ("worker-why-full", Some("worker-hint-full")),
        Kind::Server => ("worker-why-server", Some("worker-hint-later")),
        Kind::Io => ("worker-why-io", None),
    };
    let why = Message::new(why)
        .with("operation", error.operation)
        .with("message", error.message.trim().trim_end_matches('.'))
        .with("connection", name(connection));
    let mut failure = Failure::new(what, why).detail(error.detail.clone());
    if let Some(hint) = hint {
        failure = failure.hint(Message::new(hint).with("profile", profile(connection)).with("operation", error.operation));
    }
    if matches!(error.kind, Kind::Throttled | Kind::Unreachable | Kind::Timeout | Kind::Server) {
        failure = failure.retryable();
    }
    failure
}

fn sign_in_hint(connection: &Connection) -> &'static str {
    match connection {
        Connection::Profile(_) | Connection::Endpoint { .. } => "worker-hint-sso",
        _ => "worker-hint-new-keys",
    }
}

fn profile(connection: &Connection) -> &str {
    match connection {
        Connection::Profile(profile) | Connection::Endpoint { profile, .. } => profile,
        Connection::Local | Connection::Environment => "default",
    }
}

fn name(connection: &Connection) -> String {
    match connection {
        Connection::Local => "local".to_owned(),
        Connection::Profile(profile) => profile.clone(),
        Connection::Environment => "environment".to_owned(),
        Connection::Endpoint { url, .. } => url.clone(),
    }
}

/// A failure with a file of this computer.
pub(super) fn file(path: &Path, error: &std::io::Error) -> Failure {
    let why = match error.kind() {
        std::io::ErrorKind::NotFound => "worker-why-file-missing",
        std::io::ErrorKind::PermissionDenied => "worker-why-file-denied",
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "worker-why-disk-full",
        std::io::ErrorKind::IsADirectory => "worker-why-file-folder",
        _ => "worker-why-file",
    };
    let path = path.display().to_string();
    let why = Message::new(why).with("path", path.clone()).with("error", error.to_string());
    Failure::new(Message::new("worker-what-file").with("path", path), why).detail(error.to_string())
}

/// A failure with the worker's own cache.
pub(super) fn cache(error: &std::io::Error) -> Failure {
    let full = matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded);
    let why = if full { "worker-why-disk-full" } else { "worker-why-cache" };
    let why = Message::new(why).with("path", "").with("error", error.to_string());
    Failure::new(Message::new("worker-what-rows"), why).detail(error.to_string())
}

/// What a command that takes long enough to be shown does, such as "Store reviews.csv".
pub(super) fn title(command: &Command) -> Option<Message> {
    Some(match command {
        Command::Ingest(IngestCommand::Store(request)) => store_words("worker-title-store", request),
        Command::Ingest(IngestCommand::Delete { place }) => Message::new("worker-title-delete").with("place", place.to_string()),
        Command::Catalog(CatalogCommand::RunCrawler { name }) => Message::new("worker-title-crawl").with("crawler", name.as_str()),
        Command::Query(QueryCommand::Run { .. } | QueryCommand::Attach { .. }) => Message::new("worker-title-query"),
        Command::Query(QueryCommand::Export { path, .. }) => Message::new("worker-title-export").with("file", file_name(path)),
        Command::Bias(BiasCommand::Measure { .. }) => Message::new("worker-title-measure"),
        Command::Bias(BiasCommand::Rebalance { .. }) => Message::new("worker-title-rebalance"),
        Command::Bias(BiasCommand::OverTime { .. }) => Message::new("worker-title-over-time"),
        Command::Bias(BiasCommand::Quality { .. }) => Message::new("worker-title-quality"),
        Command::Bias(BiasCommand::Export { folder, .. }) => Message::new("worker-title-export").with("file", file_name(folder)),
        Command::Lab { .. } => Message::new("worker-title-lab"),
        _ => return None,
    })
}

/// What a command wanted, as the beginning of its failure.
pub(super) fn what(command: &Command) -> Message {
    let id = match command {
        Command::Connect => "worker-what-connect",
        Command::ListConnections => "worker-what-connections",
        Command::Cancel(_) => "worker-what-cancel",
        Command::Ingest(command) => return ingest(command),
        Command::Catalog(command) => return catalog(command),
        Command::Query(command) => match command {
            QueryCommand::Run { .. } | QueryCommand::Attach { .. } => "worker-what-query",
            QueryCommand::Stop { .. } => "worker-what-stop-query",
            QueryCommand::Rows { .. } | QueryCommand::Describe { .. } => "worker-what-rows",
            QueryCommand::Draw { .. } => "worker-what-draw",
            QueryCommand::Export { path, .. } => return Message::new("worker-what-export").with("path", path.display().to_string()),
            QueryCommand::History => "worker-what-history",
            QueryCommand::Estimate { .. } => "worker-what-estimate",
        },
        Command::Bias(command) => match command {
            BiasCommand::Columns(_) => "worker-what-columns",
            BiasCommand::Measure { .. } | BiasCommand::OverTime { .. } => "worker-what-measure",
            BiasCommand::Quality { .. } => "worker-what-quality",
            BiasCommand::Rebalance { .. } | BiasCommand::RebalanceStatement { .. } => "worker-what-rebalance",
            BiasCommand::Export { folder: path, .. }
            | BiasCommand::ExportAnalysis { path, .. }
            | BiasCommand::ExportReport { path, .. } => {
                return Message::new("worker-what-export").with("path", path.display().to_string());
            }
        },
        Command::ExportChart { path, .. } => return Message::new("worker-what-export").with("path", path.display().to_string()),
        Command::Lab { .. } => "worker-what-lab",
    };
    Message::new(id)
}

fn ingest(command: &IngestCommand) -> Message {
    match command {
        IngestCommand::Inspect { path, .. } => Message::new("worker-what-inspect").with("file", file_name(path)),
        IngestCommand::ListBuckets => Message::new("worker-what-buckets"),
        IngestCommand::List { place, .. } => Message::new("worker-what-list").with("place", place.to_string()),
        IngestCommand::CreateBucket { bucket } => Message::new("worker-what-create-bucket").with("bucket", bucket.as_str()),
        IngestCommand::DeleteBucket { bucket } => Message::new("worker-what-delete-bucket").with("bucket", bucket.as_str()),
        IngestCommand::Delete { place } => Message::new("worker-what-delete").with("place", place.to_string()),
        IngestCommand::Store(request) => store_words("worker-what-store", request),
        IngestCommand::Catalogue { table, .. } => Message::new("worker-what-catalogue").with("table", table.to_string()),
    }
}

fn catalog(command: &CatalogCommand) -> Message {
    match command {
        CatalogCommand::ListDatabases => Message::new("worker-what-databases"),
        CatalogCommand::ListTables { database } => Message::new("worker-what-tables").with("database", database.as_str()),
        CatalogCommand::DescribeTable(table) | CatalogCommand::SampleTable(table) | CatalogCommand::ListPartitions(table) => {
            Message::new("worker-what-table").with("table", table.to_string())
        }
        CatalogCommand::CreateDatabase { name } => Message::new("worker-what-create-database").with("database", name.as_str()),
        CatalogCommand::DropDatabase { name } => Message::new("worker-what-drop-database").with("database", name.as_str()),
        CatalogCommand::DropTable(table) => Message::new("worker-what-drop-table").with("table", table.to_string()),
        CatalogCommand::RestoreTable { table, .. } => Message::new("worker-what-restore-table").with("table", table.to_string()),
        CatalogCommand::ListCrawlers => Message::new("worker-what-crawlers"),
        CatalogCommand::SaveCrawler(spec) => Message::new("worker-what-save-crawler").with("crawler", spec.name.as_str()),
        CatalogCommand::DeleteCrawler { name } => Message::new("worker-what-delete-crawler").with("crawler", name.as_str()),
        CatalogCommand::RunCrawler { name } => Message::new("worker-what-run-crawler").with("crawler", name.as_str()),
        CatalogCommand::StopCrawler { name } => Message::new("worker-what-stop-crawler").with("crawler", name.as_str()),
        CatalogCommand::CrawlHistory { name } => Message::new("worker-what-crawls").with("crawler", name.as_str()),
    }
}

fn store_words(id: &'static str, request: &StoreRequest) -> Message {
    let first = request.files.first().map(|file| file_name(&file.path)).unwrap_or_default();
    Message::new(id).with("file", first).with("others", request.files.len().saturating_sub(1))
}

/// The last part of a path as text.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
