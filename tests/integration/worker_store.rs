//! Stores by the real worker on a lake in this process: what arrives, and what a cancelled or failed one leaves behind.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use fairlake::infer::Overrides;
use fairlake::message::ingest::{FileToStore, IngestCommand, IngestEvent, LineBreaks, StoreAs, StoreRequest};
use fairlake::message::{Command, Event, Outcome};
use fairlake::model::S3Location;

use crate::support::{Lake, get, run};
use crate::worker_desk::Desk;

fn store(paths: &[&Path], to: &str, form: StoreAs) -> Command {
    let files = paths.iter().map(|path| FileToStore { path: path.to_path_buf(), overrides: Overrides::default() }).collect();
    let to: S3Location = to.parse().unwrap();
    Command::Ingest(IngestCommand::Store(StoreRequest { files, to, form, line_breaks: LineBreaks::Keep, catalogue: None }))
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Waits until the server has noticed that nobody sends the cut parts any more.
pub(crate) async fn nothing_staged(lake: &Lake) {
    for _ in 0..100 {
        if lake.staged() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{} files stay in staging", lake.staged());
}

#[test]
fn a_file_arrives_byte_for_byte_and_says_what_table_it_is() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let text = "id,name\n1,한글\n2,b\n";
        let path = file(folder.path(), "이름 1.csv", text.as_bytes());
        let (events, outcome) = desk.ask(store(&[&path], "s3://new-bucket/raw", StoreAs::Raw)).await;
        assert_eq!(outcome, Outcome::Done);
        let stored = events.iter().find_map(|event| match event {
            Event::Ingest(IngestEvent::Stored { objects, folder, bytes, definition }) => Some((objects, folder, bytes, definition)),
            _ => None,
        });
        let (objects, place, bytes, definition) = stored.unwrap();
        assert_eq!(objects[0].to_string(), "s3://new-bucket/raw/이름 1.csv");
        assert_eq!(place.to_string(), "s3://new-bucket/raw/");
        assert_eq!(*bytes, text.len() as u64);
        let columns: Vec<_> = definition.as_ref().unwrap().columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(columns, ["id", "name"]);
        let client = lake.s3();
        let object = client.get_object().bucket("new-bucket").key("raw/이름 1.csv").send().await.unwrap();
        assert_eq!(object.body.collect().await.unwrap().into_bytes(), text.as_bytes());
    });
}

#[test]
fn a_korean_file_of_excel_becomes_utf_8() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let rows: String = (0..50).map(|row| format!("{row},옷이 정말 예쁘고 가격도 적당해서 만족합니다,서울\r\n")).collect();
        let (bytes, _, _) = encoding_rs::EUC_KR.encode(&rows).clone();
        let mut all = b"id,review,city\r\n".to_vec();
        all.extend_from_slice(&bytes);
        let path = file(folder.path(), "excel.csv", &all);
        let (_, outcome) = desk.ask(store(&[&path], "s3://new-bucket/", StoreAs::Csv)).await;
        assert_eq!(outcome, Outcome::Done);
        let client = lake.s3();
        let object = client.get_object().bucket("new-bucket").key("excel.csv").send().await.unwrap();
        let text = String::from_utf8(object.body.collect().await.unwrap().to_vec()).unwrap();
        assert!(text.starts_with("id,review,city\n0,옷이 정말 예쁘고 가격도 적당해서 만족합니다,서울\n"), "{text:.80}");
    });
}

#[test]
fn a_large_file_goes_in_parts_and_arrives_whole() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.bin");
        let block: Vec<u8> = (0..1_000_003_u32).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect();
        let mut out = std::fs::File::create(&path).unwrap();
        for _ in 0..20 {
            out.write_all(&block).unwrap();
        }
        drop(out);
        let (_, outcome) = desk.ask(store(&[&path], "s3://new-bucket/", StoreAs::Raw)).await;
        assert_eq!(outcome, Outcome::Done);
        let stored = std::fs::read(lake.bucket("new-bucket").join("large.bin")).unwrap();
        assert!(stored == std::fs::read(&path).unwrap());
        assert_eq!(lake.staged(), 0);
    });
}

#[test]
fn a_cancelled_store_leaves_nothing() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge.bin");
        // A gigabyte of zeros takes no room on the disk.
        std::fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
        let small = file(folder.path(), "small.csv", b"a,b\n1,2\n");
        let job = desk.send(store(&[&small, &path], "s3://new-bucket/x", StoreAs::Raw));
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            if desk.progress(job).is_some_and(|progress| progress.done > 40 << 20) {
                break;
            }
        }
        desk.cancel(job);
        let (events, outcome) = desk.hear(job).await;
        assert_eq!(outcome, Outcome::Cancelled);
        assert!(!events.iter().any(|event| matches!(event, Event::Ingest(IngestEvent::Stored { .. }))));
        let client = lake.s3();
        let listed = client.list_buckets().send().await.unwrap();
        assert!(listed.buckets().is_empty(), "the bucket was made for the store and goes with it");
        nothing_staged(&lake).await;
    });
}

#[test]
fn a_cancelled_store_keeps_what_was_there_before() {
    run(async {
        let lake = Lake::start().await;
        let client = lake.s3();
        client.create_bucket().bucket("my-lake").send().await.unwrap();
        crate::support::put(&client, "x/other.csv", b"a\n1\n").await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("huge.bin");
        std::fs::File::create(&path).unwrap().set_len(1 << 30).unwrap();
        let job = desk.send(store(&[&path], "s3://my-lake/x", StoreAs::Raw));
        loop {
            tokio::time::sleep(Duration::from_millis(10)).await;
            if desk.progress(job).is_some_and(|progress| progress.done > 40 << 20) {
                break;
            }
        }
        desk.cancel(job);
        assert_eq!(desk.hear(job).await.1, Outcome::Cancelled);
        let listed = client.list_objects_v2().bucket("my-lake").send().await.unwrap();
        let keys: Vec<_> = listed.contents().iter().map(|object| object.key().unwrap()).collect();
        assert_eq!(keys, ["x/other.csv"]);
        let uploads = client.list_multipart_uploads().bucket("my-lake").send().await.unwrap();
        assert!(uploads.uploads().is_empty());
        assert_eq!(get(&client, "x/other.csv").await, b"a\n1\n");
        nothing_staged(&lake).await;
    });
}

#[test]
fn a_file_that_fails_takes_the_others_back() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let good = file(folder.path(), "good.csv", b"a,b\n1,2\n");
        let bad = file(folder.path(), "bad.csv", b"\x89PNG\r\n\x1a\n not a table");
        let (_, outcome) = desk.ask(store(&[&good, &bad], "s3://new-bucket/x", StoreAs::Parquet)).await;
        let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
        assert_eq!(failure.why.id, "worker-why-not-a-table");
        let missing = folder.path().join("missing.csv");
        let (_, outcome) = desk.ask(store(&[&good, &missing], "s3://new-bucket/x", StoreAs::Raw)).await;
        let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
        assert_eq!(failure.why.id, "worker-why-file-missing");
        assert!(lake.s3().list_buckets().send().await.unwrap().buckets().is_empty());
    });
}

#[test]
fn listing_and_deleting() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), "a.csv", b"a,b\n1,2\n");
        assert_eq!(desk.ask(store(&[&path], "s3://new-bucket/x/y", StoreAs::Raw)).await.1, Outcome::Done);
        let list = |place: &str| Command::Ingest(IngestCommand::List { place: place.parse().unwrap(), from: None });
        let (events, _) = desk.ask(list("s3://new-bucket/x/")).await;
        assert!(events.iter().any(|event| matches!(
            event,
            Event::Ingest(IngestEvent::Listed { folders, objects, next: None, .. }) if folders == &["x/y/"] && objects.is_empty()
        )));
        let delete = Command::Ingest(IngestCommand::Delete { place: "s3://new-bucket/x/".parse().unwrap() });
        let (events, outcome) = desk.ask(delete).await;
        assert_eq!(outcome, Outcome::Done);
        assert!(events.iter().any(|event| matches!(event, Event::Ingest(IngestEvent::Deleted { objects: 1, .. }))));
        let (_, outcome) = desk
            .ask(Command::Ingest(IngestCommand::DeleteBucket { bucket: fairlake::model::BucketName::parse("new-bucket").unwrap() }))
            .await;
        assert_eq!(outcome, Outcome::Done);
        let (_, outcome) = desk.ask(list("s3://new-bucket/")).await;
        let Outcome::Failed(failure) = outcome else { panic!("{outcome:?}") };
        assert_eq!(failure.why.id, "worker-why-not-found");
    });
}

#[test]
fn connecting_says_whose_lake_it_is() {
    run(async {
        let lake = Lake::start().await;
        let mut desk = Desk::on(&lake);
        let (events, outcome) = desk.ask(Command::Connect).await;
        assert_eq!(outcome, Outcome::Done);
        let Some(Event::Connected(info)) = events.first() else { panic!("{events:?}") };
        assert_eq!((info.account.as_str(), info.endpoint.as_deref()), ("000000000000", Some(lake.ready.endpoint.as_str())));
        assert_eq!(info.folder.as_deref(), Some(lake.root().display().to_string().as_str()));
    });
}
