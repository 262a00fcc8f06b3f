//! The local lake from a client's side: find the one that runs or start one, and keep it awake while it is needed.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::{LaunchError, Launcher};
use crate::aws::Keys;
use crate::lake::{Found, REGION, Stay, find};
use crate::model::{Failure, Message};

/// How long a lake may take to come up: it may have to finish what a crash left behind.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a lake that is ending is waited for.
const END_TIMEOUT: Duration = Duration::from_secs(15);

/// The line that `fairlake serve` writes first.
#[derive(Clone, Serialize, Deserialize)]
pub struct ServeLine {
    /// The endpoint of all services.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
}

impl From<ServeLine> for Keys {
    fn from(line: ServeLine) -> Self {
        Self { endpoint: line.endpoint, region: line.region, access_key_id: line.access_key_id, secret_access_key: line.secret_access_key }
    }
}

/// The keys of the lake in this folder, which is started when none serves it.
pub(super) async fn join(root: &Path, launcher: &Launcher) -> Result<Keys, Failure> {
    let what = || Message::new("worker-what-lake").with("folder", root.display().to_string());
    let until = tokio::time::Instant::now() + END_TIMEOUT;
    loop {
        let folder = root.to_owned();
        let found = tokio::task::spawn_blocking(move || find(&folder)).await;
        let found = found.map_err(|error| Failure::new(what(), Message::new("worker-why-panic")).detail(error.to_string()))?;
        match found {
            Ok(Found::Running { endpoint, access_key_id, secret }) => {
                // One that is just ending holds its lock and answers no more.
                if Stay::at(&endpoint).await.is_ok() || tokio::time::Instant::now() > until {
                    return Ok(Keys { endpoint, region: REGION.to_owned(), access_key_id, secret_access_key: secret });
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(Found::Free) => {
                return launcher(root.to_owned()).await.map_err(|error| {
                    Failure::new(what(), Message::verbatim(error.to_string())).hint(Message::new("worker-hint-lake-start"))
                });
            }
            Err(error) => return Err(Failure::new(what(), error.message()).detail(error.to_string())),
        }
    }
}

/// Starts this program's `serve --until-idle` as a process of its own, and waits for its first line.
pub(super) async fn launch(root: PathBuf) -> Result<Keys, LaunchError> {
    let started = tokio::task::spawn_blocking(move || start(&root));
    match tokio::time::timeout(START_TIMEOUT, started).await {
        Ok(Ok(line)) => line,
        Ok(Err(error)) => Err(LaunchError(error.to_string())),
        Err(_elapsed) => Err(LaunchError(format!("the lake did not come up within {} seconds", START_TIMEOUT.as_secs()))),
    }
}

fn start(root: &Path) -> Result<Keys, LaunchError> {
    let said = |error: std::io::Error| LaunchError(error.to_string());
    let program = std::env::current_exe().map_err(said)?;
    // What the lake says while it runs goes to a file; a pipe would break when this process ends.
    std::fs::create_dir_all(root).map_err(said)?;
    let log = root.join("serve.log");
    let errors = std::fs::File::create(&log).map_err(said)?;
    let mut command = Command::new(program);
    command.arg("serve").arg("--until-idle").arg("--lake").arg(root);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
    detach(&mut command);
    let mut child = command.spawn().map_err(said)?;
    let mut line = String::new();
    if let Some(stdout) = child.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).map_err(said)?;
    }
    if let Ok(line) = serde_json::from_str::<ServeLine>(&line) {
        // Whoever starts a process has to collect it when it ends.
        let collect = std::thread::Builder::new().name("lake-child".to_owned()).spawn(move || drop(child.wait()));
        drop(collect);
        return Ok(line.into());
    }
    drop(child.wait());
    let words = std::fs::read_to_string(&log).unwrap_or_default();
    Err(LaunchError(words.lines().next().unwrap_or("the lake ended without a word").to_owned()))
}

#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    // A group of its own: Ctrl+C in the terminal of the client is not meant for the lake.
    command.process_group(0);
}

#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const DETACHED_PROCESS: u32 = 0x0000_0008;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}

/// Keeps the lake awake. Dropping it lets the lake go to sleep.
#[derive(Debug)]
pub(super) struct Keeper(JoinHandle<()>);

impl Keeper {
    /// Keeps the lake at this endpoint awake.
    pub(super) fn new(endpoint: &str) -> Self {
        let endpoint = endpoint.to_owned();
        Self(tokio::spawn(async move {
            if let Ok(mut stay) = Stay::at(&endpoint).await {
                stay.gone().await;
            }
        }))
    }

    /// Whether the lake has gone.
    pub(super) fn is_lost(&self) -> bool {
        self.0.is_finished()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}
