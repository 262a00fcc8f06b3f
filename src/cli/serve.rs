//! `fairlake serve` and `fairlake env`: the local lake as a process, and how other programs find it.

use std::io::{self, Write};
use std::path::Path;

use super::talk::Trouble;
use crate::lake::{Found, LakeError, LakeOptions, REGION, Ready, find, serve as serve_lake, services};
use crate::model::{Failure, Message};

/// Serves the lake until it is told to end, or until nobody needs it any more.
pub(super) fn serve(root: &Path, port: u16, until_idle: bool) -> Result<(), Trouble> {
    let what = || Message::new("cli-what-serve").with("folder", root.display().to_string());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("lake").build()?;
    let options = LakeOptions { root: root.to_owned(), port, until_idle };
    let mut said = Ok(());
    let served = runtime.block_on(async {
        // Listened for before the lake says that it is there: who hears that may tell it to end at once.
        let ended = ended();
        serve_lake(options, services, |ready| said = announce(ready), ended).await
    });
    match served {
        Ok(()) => said,
        // Another process was quicker: whoever started this one wants a lake, not this process.
        Err(LakeError::InUse(_)) if until_idle => match find(root) {
            Ok(Found::Running { endpoint, access_key_id, secret }) => {
                announce(&Ready { endpoint, region: REGION.to_owned(), access_key_id, secret_access_key: secret })
            }
            Ok(Found::Free) => Err(Failure::new(what(), Message::new("cli-why-lake-gone")).into()),
            Err(error) => Err(Failure::new(what(), error.message()).detail(error.to_string()).into()),
        },
        Err(error) => {
            let failure = Failure::new(what(), error.message()).detail(error.to_string());
            let in_use = matches!(error, LakeError::InUse(_));
            Err(if in_use { failure.hint(Message::new("cli-hint-in-use")) } else { failure }.into())
        }
    }
}

/// The first line: what a client needs.
fn announce(ready: &Ready) -> Result<(), Trouble> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, ready).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Waits for SIGINT or SIGTERM, which are heard from the call on.
fn ended() -> impl Future<Output = ()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = [SignalKind::terminate(), SignalKind::interrupt()].map(signal);
        async move {
            let [Ok(mut terminate), Ok(mut interrupt)] = signals else { return std::future::pending().await };
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
    }
    #[cfg(not(unix))]
    async {
        drop(tokio::signal::ctrl_c().await);
    }
}

/// Prints the environment with which any AWS client finds the lake.
pub(super) fn env(root: &Path) -> Result<(), Trouble> {
    let what = Message::new("cli-what-env").with("folder", root.display().to_string());
    match find(root) {
        Ok(Found::Running { endpoint, access_key_id, secret }) => {
            let mut out = io::stdout().lock();
            let names = [
                ("AWS_ENDPOINT_URL", endpoint.as_str()),
                ("AWS_DEFAULT_REGION", REGION),
                ("AWS_REGION", REGION),
                ("AWS_ACCESS_KEY_ID", access_key_id.as_str()),
                ("AWS_SECRET_ACCESS_KEY", secret.as_str()),
            ];
            for (name, value) in names {
                writeln!(out, "export {name}='{value}'")?;
            }
            // A session token of the shell would be sent along and refused.
            writeln!(out, "unset AWS_SESSION_TOKEN AWS_PROFILE")?;
            Ok(out.flush()?)
        }
        Ok(Found::Free) => Err(Failure::new(what, Message::new("cli-why-no-lake")).hint(Message::new("cli-hint-serve")).into()),
        Err(error) => Err(Failure::new(what, error.message()).detail(error.to_string()).into()),
    }
}
