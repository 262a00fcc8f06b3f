//! Connections that are in use: the clients of each, who they belong to, and where its query results go.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, OnceCell};

use super::WorkerOptions;
use super::job::Done;
use super::local::{self, Keeper};
use crate::aws::{Access, Clients, Kind};
use crate::model::{BucketName, Connection, ConnectionInfo, Failure, Message};

/// The workgroup of queries that name none.
pub(super) const PRIMARY: &str = "primary";

/// A connection in use.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) clients: Clients,
    pub(super) connection: Connection,
    folder: Option<String>,
    keeper: Option<Keeper>,
    info: OnceCell<ConnectionInfo>,
    outputs: Mutex<HashMap<String, Option<String>>>,
}

impl Session {
    /// Who the connection belongs to, asked once.
    pub(super) async fn info(&self) -> Done<ConnectionInfo> {
        let ask = async {
            let identity = self.clients.identity().await?;
            Done::Ok(ConnectionInfo {
                connection: self.connection.clone(),
                account: identity.account,
                arn: identity.arn,
                region: self.clients.region().to_owned(),
                endpoint: self.clients.endpoint().map(str::to_owned),
                folder: self.folder.clone(),
            })
        };
        self.info.get_or_try_init(|| ask).await.cloned()
    }

    /// The output location to send with queries of a workgroup: none where the workgroup has one or Athena keeps the results, else the
    /// account's `aws-athena-query-results-…` bucket, created when it is missing.
    pub(super) async fn output_for(&self, workgroup: &str) -> Done<Option<String>> {
        let mut outputs = self.outputs.lock().await;
        if let Some(output) = outputs.get(workgroup) {
            return Ok(output.clone());
        }
        let output = match self.clients.workgroup_results(workgroup).await {
            Ok(results) if results.managed || results.output.is_some() => None,
            Ok(_) => Some(self.default_output().await?),
            // Some may run queries without seeing the workgroup; Athena says so itself if a location is missing.
            Err(error) if error.kind == Kind::Denied => None,
            Err(error) => return Err(error.into()),
        };
        outputs.insert(workgroup.to_owned(), output.clone());
        Ok(output)
    }

    async fn default_output(&self) -> Done<String> {
        let info = self.info().await?;
        let name = format!("aws-athena-query-results-{}-{}", info.account, info.region);
        let bucket = BucketName::parse(&name).map_err(|error| {
            Failure::new(Message::new("worker-what-output"), Message::verbatim(error.to_string())).hint(Message::new("worker-hint-output"))
        })?;
        self.ensure_bucket(&bucket).await?;
        Ok(format!("s3://{bucket}/"))
    }

    /// Creates a bucket unless it is there.
    pub(super) async fn ensure_bucket(&self, bucket: &BucketName) -> Done {
        if !self.clients.bucket_exists(bucket).await? {
            self.clients.create_bucket(bucket).await?;
        }
        Ok(())
    }
}

/// All connections in use.
#[derive(Debug)]
pub(super) struct Sessions {
    options: WorkerOptions,
    open: Mutex<HashMap<Connection, Arc<Session>>>,
}

impl Sessions {
    pub(super) fn new(options: WorkerOptions) -> Self {
        Self { options, open: Mutex::default() }
    }

    /// The session of a connection, made when there is none. The lock is held meanwhile, so that a lake is started once.
    pub(super) async fn get(&self, connection: &Connection) -> Done<Arc<Session>> {
        let mut open = self.open.lock().await;
        if let Some(session) = open.get(connection)
            && !session.keeper.as_ref().is_some_and(Keeper::is_lost)
        {
            return Ok(session.clone());
        }
        self.make(&mut open, connection).await
    }

    async fn make(&self, open: &mut HashMap<Connection, Arc<Session>>, connection: &Connection) -> Done<Arc<Session>> {
        let access = match connection {
            Connection::Local => Access::Keys(local::join(&self.options.lake, &self.options.launcher).await?),
            Connection::Profile(name) => Access::Profile(name.clone()),
            Connection::Environment => Access::Environment,
            Connection::Endpoint { url, profile } => Access::Endpoint { url: url.clone(), profile: profile.clone() },
        };
        let is_local = *connection == Connection::Local;
        let region = self.options.region.as_deref().filter(|_| !is_local);
        let mut clients = Box::pin(Clients::connect(&access, region)).await?;
        if let Some(before) = open.get(connection) {
            clients.take_over(&before.clients);
        }
        let keeper = is_local.then(|| clients.endpoint().map(Keeper::new)).flatten();
        let folder = is_local.then(|| self.options.lake.display().to_string());
        let session =
            Arc::new(Session { clients, connection: connection.clone(), folder, keeper, info: OnceCell::new(), outputs: Mutex::default() });
        open.insert(connection.clone(), session.clone());
        Ok(session)
    }

    /// Puts a new session in the place of one that was lost, and undoes the uploads that the loss cut off.
    pub(super) async fn renew(&self, connection: &Connection) -> Done {
        let session = self.make(&mut *self.open.lock().await, connection).await?;
        session.clients.abort_unfinished().await;
        Ok(())
    }

    /// Drops a session, so that the next one is made anew.
    pub(super) async fn forget(&self, connection: &Connection) {
        self.open.lock().await.remove(connection);
    }
}
