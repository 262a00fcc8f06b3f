//! The worker and its local lake: started when none runs, started again when it is lost, left clean when the program ends.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fairlake::aws::Keys;
use fairlake::infer::Overrides;
use fairlake::lake::{LakeOptions, Ready, serve};
use fairlake::message::ingest::{FileToStore, IngestCommand, IngestEvent, LineBreaks, StoreAs, StoreRequest};
use fairlake::message::{Command, Event, Outcome};
use fairlake::worker::{LaunchError, Launcher, WorkerOptions};
use tokio::sync::{oneshot, watch};

use crate::support::{Lake, run};
use crate::worker_desk::Desk;
use crate::worker_store::nothing_staged;

/// A launcher that serves in this process, counts how often, and ends every lake when told.
fn launcher() -> (Launcher, Arc<AtomicUsize>, watch::Sender<u32>) {
    let started = Arc::new(AtomicUsize::new(0));
    let (end, ends) = watch::channel(0);
    let count = started.clone();
    let home = tokio::runtime::Handle::current();
    let launch = move |root: PathBuf| {
        count.fetch_add(1, Ordering::SeqCst);
        let (home, mut ends) = (home.clone(), ends.clone());
        ends.mark_unchanged();
        let (tell, told) = oneshot::channel();
        let served = async move {
            let options = LakeOptions { root, port: 0, until_idle: false };
            let ready = |ready: &Ready| drop(tell.send(ready.clone()));
            drop(serve(options, fairlake::lake::services, ready, async move { ends.changed().await }).await);
        };
        home.spawn(served);
        let future: futures::future::BoxFuture<'static, Result<Keys, LaunchError>> = Box::pin(async move {
            let ready = told.await.map_err(|error| LaunchError(error.to_string()))?;
            Ok(Keys {
                endpoint: ready.endpoint,
                region: ready.region,
                access_key_id: ready.access_key_id,
                secret_access_key: ready.secret_access_key,
            })
        });
        future
    };
    (Arc::new(launch), started, end)
}

fn buckets() -> Command {
    Command::Ingest(IngestCommand::ListBuckets)
}

#[test]
fn a_lake_is_started_once_and_again_when_it_is_lost() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let (launcher, started, end) = launcher();
        let options = WorkerOptions { launcher, ..WorkerOptions::new(folder.path().to_owned()) };
        let mut desk = Desk::with(options);
        let (first, second) = (desk.send(buckets()), desk.send(buckets()));
        for job in [first, second] {
            assert_eq!(desk.hear(job).await.1, Outcome::Done);
        }
        assert_eq!(started.load(Ordering::SeqCst), 1, "two commands at once share one lake");
        let create = Command::Ingest(IngestCommand::CreateBucket { bucket: fairlake::model::BucketName::parse("my-lake").unwrap() });
        assert_eq!(desk.ask(create).await.1, Outcome::Done);
        end.send_modify(|times| *times += 1);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let (events, outcome) = desk.ask(buckets()).await;
        assert_eq!(outcome, Outcome::Done);
        assert!(matches!(&events[0], Event::Ingest(IngestEvent::Buckets(buckets)) if buckets.len() == 1));
        assert_eq!(started.load(Ordering::SeqCst), 2);
        drop(desk);
        end.send_modify(|times| *times += 1);
    });
}

#[test]
fn a_lake_that_cannot_start_says_so() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let launcher: Launcher = Arc::new(|_| Box::pin(async { Err(LaunchError("no port is free".to_owned())) }));
        let mut desk = Desk::with(WorkerOptions { launcher, ..WorkerOptions::new(folder.path().to_owned()) });
        let Outcome::Failed(failure) = desk.ask(buckets()).await.1 else { panic!("no lake, no buckets") };
        assert_eq!(failure.what.id, "worker-what-lake");
        assert!(failure.hint.is_some());
    });
}

#[test]
fn a_panic_fails_its_job_and_no_other() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let calls = Arc::new(AtomicUsize::new(0));
        let (good, _, end) = launcher();
        let launcher: Launcher = Arc::new(move |root| {
            assert!(calls.fetch_add(1, Ordering::SeqCst) > 0, "on purpose");
            good(root)
        });
        let mut desk = Desk::with(WorkerOptions { launcher, ..WorkerOptions::new(folder.path().to_owned()) });
        let Outcome::Failed(failure) = desk.ask(buckets()).await.1 else { panic!("the first start panics") };
        assert_eq!(failure.why.id, "worker-why-panic");
        assert!(failure.detail.contains("on purpose"));
        assert_eq!(desk.ask(buckets()).await.1, Outcome::Done);
        drop(desk);
        end.send_modify(|times| *times += 1);
    });
}

#[test]
fn the_end_of_the_program_undoes_a_store() {
    run(async {
        let lake = Lake::start().await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge.bin");
        std::fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
        let mut desk = Desk::on(&lake);
        let files = vec![FileToStore { path, overrides: Overrides::default() }];
        let to = "s3://new-bucket/x".parse().unwrap();
        let request = StoreRequest { files, to, form: StoreAs::Raw, line_breaks: LineBreaks::Keep, catalogue: None };
        let job = desk.send(Command::Ingest(IngestCommand::Store(request)));
        while desk.progress(job).is_none_or(|progress| progress.done < 40 << 20) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::task::spawn_blocking(move || drop(desk)).await.unwrap();
        assert!(lake.s3().list_buckets().send().await.unwrap().buckets().is_empty());
        nothing_staged(&lake).await;
    });
}

#[test]
fn a_store_that_loses_its_lake_is_repeated_and_leaves_no_parts() {
    run(async {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge.bin");
        std::fs::File::create(&path).unwrap().set_len(400 << 20).unwrap();
        let (launcher, started, end) = launcher();
        let root = folder.path().join("lake");
        let mut desk = Desk::with(WorkerOptions { launcher, ..WorkerOptions::new(root.clone()) });
        let files = vec![FileToStore { path, overrides: Overrides::default() }];
        let to = "s3://new-bucket/x/".parse().unwrap();
        let request = StoreRequest { files, to, form: StoreAs::Raw, line_breaks: LineBreaks::Keep, catalogue: None };
        let job = desk.send(Command::Ingest(IngestCommand::Store(request)));
        while desk.progress(job).is_none_or(|progress| progress.done < 40 << 20) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        end.send_modify(|times| *times += 1);
        assert_eq!(desk.hear(job).await.1, Outcome::Done);
        assert_eq!(started.load(Ordering::SeqCst), 2, "the lake ended in the middle");
        let stored = root.join("buckets").join("new-bucket").join("x").join("huge.bin");
        assert_eq!(std::fs::metadata(stored).unwrap().len(), 400 << 20);
        let staged = || -> Vec<String> {
            let names = std::fs::read_dir(root.join("staging")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            // The engine keeps a folder there for what does not fit into memory.
            names.filter(|name| !name.starts_with("datafusion-")).collect()
        };
        for _ in 0..100 {
            if staged().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(staged().is_empty(), "what the lost lake had taken stays: {:?}", staged());
        drop(desk);
        end.send_modify(|times| *times += 1);
    });
}
