//! The storage as its users see it: what is acknowledged stays, through crashes, faults and other hands.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::disk::{Fault, Step};
use super::*;

const STEPS: [Step; 6] = [Step::Write, Step::SyncFile, Step::Intent, Step::Rename, Step::SyncFolder, Step::Record];

fn bucket() -> BucketName {
    BucketName::parse("my-lake").unwrap()
}

fn store() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.create_bucket(&bucket()).unwrap();
    (folder, store)
}

fn put(store: &Store, key: &str, bytes: &str) -> Result<ObjectInfo, LakeError> {
    store.put_bytes(&bucket(), key, bytes.as_bytes(), ObjectMeta::of_type("text/plain"))
}

fn get(store: &Store, key: &str) -> Result<String, LakeError> {
    let (mut file, info) = store.open_read(&bucket(), key)?;
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(info.size, text.len() as u64);
    Ok(text)
}

fn staged(store: &Store, bytes: &[u8]) -> Staged {
    let mut staged = store.begin_write().unwrap();
    staged.write_all(bytes).unwrap();
    staged
}

fn md5_hex(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

fn keys(store: &Store, query: &ListQuery) -> (Vec<String>, Vec<String>, Option<String>) {
    let page = store.list(&bucket(), query).unwrap();
    assert_eq!(page.truncated, page.next.is_some());
    (page.objects.into_iter().map(|object| object.key).collect(), page.common_prefixes, page.next)
}

fn all_keys(store: &Store) -> Vec<String> {
    keys(store, &ListQuery { max: usize::MAX, ..ListQuery::default() }).0
}

fn files_in(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

fn intents(store: &Store) -> usize {
    store.db().read(rows::intents).unwrap().len()
}

#[test]
fn an_object_is_a_file_under_its_own_name() {
    let (folder, store) = store();
    let info = put(&store, "raw/리뷰 1.csv", "a,b\n").unwrap();
    assert_eq!((info.size, info.etag.clone()), (4, md5_hex(b"a,b\n")));
    assert_eq!(fs::read_to_string(folder.path().join("buckets/my-lake/raw/리뷰 1.csv")).unwrap(), "a,b\n");
    assert_eq!(store.head(&bucket(), "raw/리뷰 1.csv").unwrap(), info);
    assert_eq!(get(&store, "raw/리뷰 1.csv").unwrap(), "a,b\n");
    assert_eq!(files_in(&store.staging()), 0);
    assert!(matches!(store.head(&bucket(), "raw"), Err(LakeError::NoSuchKey(_))));
    assert!(matches!(store.head(&BucketName::parse("other").unwrap(), "x"), Err(LakeError::NoSuchBucket(_))));
    assert!(matches!(put(&store, &"k".repeat(1025), ""), Err(LakeError::KeyTooLong)));
}

#[test]
fn what_is_dropped_unfinished_leaves_nothing() {
    let (_folder, store) = store();
    let unfinished = staged(&store, &vec![7; 300_000]);
    assert_eq!(files_in(&store.staging()), 1);
    drop(unfinished);
    assert_eq!(files_in(&store.staging()), 0);
    assert_eq!(all_keys(&store), Vec::<String>::new());
}

#[test]
fn files_that_other_hands_put_change_or_delete() {
    let (folder, store) = store();
    let root = folder.path().join("buckets/my-lake");
    fs::create_dir(root.join("data")).unwrap();
    for (name, key) in [("data/README.md", "data/README.md"), ("data/10:30 100%41.csv", "data/10:30 100%41.csv"), (".DS_Store", "")] {
        fs::write(root.join(name), name).unwrap();
        if !key.is_empty() {
            assert_eq!(get(&store, key).unwrap(), name);
        }
    }
    assert_eq!(all_keys(&store), ["data/10:30 100%41.csv", "data/README.md"]);
    let before = put(&store, "data/x.csv", "one").unwrap();
    std::thread::sleep(Duration::from_millis(20));
    fs::write(root.join("data/x.csv"), "two").unwrap();
    let after = store.head(&bucket(), "data/x.csv").unwrap();
    assert_ne!(after.etag, before.etag);
    assert_eq!(after.meta.content_type.as_deref(), Some("text/plain"));
    assert_eq!(store.list(&bucket(), &ListQuery::prefix("data/x")).unwrap().objects, std::slice::from_ref(&after));
    assert_eq!(store.head(&bucket(), "data/x.csv").unwrap(), after);
    fs::remove_file(root.join("data/x.csv")).unwrap();
    assert!(matches!(get(&store, "data/x.csv"), Err(LakeError::NoSuchKey(_))));
    store.delete(&bucket(), "data/x.csv").unwrap();
    put(&store, ".DS_Store", "stored on purpose").unwrap();
    assert_eq!(all_keys(&store), [".DS_Store", "data/10:30 100%41.csv", "data/README.md"]);
}

#[test]
fn buckets_come_and_go() {
    let (folder, store) = store();
    let names = |store: &Store| store.list_buckets().unwrap().into_iter().map(|bucket| bucket.name.to_string()).collect::<Vec<_>>();
    let aux = BucketName::parse("aux").unwrap();
    store.create_bucket(&aux).unwrap();
    let created = store.list_buckets().unwrap()[0].created;
    store.create_bucket(&aux).unwrap();
    assert_eq!(store.list_buckets().unwrap()[0].created, created);
    fs::create_dir(folder.path().join("buckets/by-hand")).unwrap();
    fs::create_dir(folder.path().join("buckets/No Bucket")).unwrap();
    assert_eq!(names(&store), ["aux", "by-hand", "my-lake"]);
    put(&store, "a/b", "x").unwrap();
    assert!(matches!(store.delete_bucket(&bucket()), Err(LakeError::BucketNotEmpty(_))));
    store.delete(&bucket(), "a/b").unwrap();
    fs::create_dir_all(folder.path().join("buckets/my-lake/empty/.deep")).unwrap();
    fs::write(folder.path().join("buckets/my-lake/empty/Thumbs.db"), "x").unwrap();
    store.delete_bucket(&bucket()).unwrap();
    assert!(matches!(store.delete_bucket(&bucket()), Err(LakeError::NoSuchBucket(_))));
    store.delete_bucket(&aux).unwrap();
    assert_eq!(names(&store), ["by-hand"]);
}

#[test]
fn deletes_take_empty_folders_with_them_and_miss_nothing() {
    let (folder, store) = store();
    for key in ["a/b/c/1", "a/b/2", "a/b/c/3"] {
        put(&store, key, "x").unwrap();
    }
    store.delete_all(&bucket(), ["a/b/c/1", "nothing", "a/b/c/3", "a/b/c/3"].map(|key| (key.to_owned(), None)).to_vec()).unwrap();
    assert!(!folder.path().join("buckets/my-lake/a/b/c").exists());
    assert_eq!(all_keys(&store), ["a/b/2"]);
    store.delete(&bucket(), "a/b/2").unwrap();
    assert_eq!(files_in(&folder.path().join("buckets/my-lake")), 0);
    assert!(matches!(store.delete(&BucketName::parse("other").unwrap(), "x"), Err(LakeError::NoSuchBucket(_))));
}

#[test]
fn conditions_hold_at_the_moment_of_the_write() {
    let (_folder, store) = store();
    let write = |condition| store.commit(&bucket(), "k", staged(&store, b"x"), ObjectMeta::default(), condition);
    assert!(matches!(write(Precondition::Present), Err(LakeError::NoSuchKey(_))));
    assert!(matches!(write(Precondition::Matches("e".to_owned())), Err(LakeError::NoSuchKey(_))));
    let etag = write(Precondition::Absent).unwrap().etag;
    assert!(matches!(write(Precondition::Absent), Err(LakeError::PreconditionFailed(_))));
    assert!(matches!(write(Precondition::Matches("e".to_owned())), Err(LakeError::PreconditionFailed(_))));
    write(Precondition::Matches(etag)).unwrap();
    write(Precondition::Present).unwrap();
    let won = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let staged = staged(&store, b"y");
                let written = store.commit(&bucket(), "race", staged, ObjectMeta::default(), Precondition::Absent);
                won.fetch_add(usize::from(written.is_ok()), Ordering::SeqCst);
            });
        }
    });
    assert_eq!(won.into_inner(), 1);
}

#[test]
fn readers_see_whole_objects_while_they_are_replaced() {
    let (_folder, store) = store();
    put(&store, "k", "0").unwrap();
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (store, done) = (&store, &done);
            scope.spawn(move || {
                for round in 0..25 {
                    let text = format!("{writer}{round}").repeat(1 + round % 3);
                    put(store, "k", &text).unwrap();
                    put(store, &format!("own/{writer}/{round}"), &text).unwrap();
                }
                done.fetch_add(1, Ordering::SeqCst);
            });
        }
        scope.spawn(|| {
            while done.load(Ordering::SeqCst) < 4 {
                let (mut file, info) = store.open_read(&bucket(), "k").unwrap();
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).unwrap();
                assert_eq!(info.etag, md5_hex(&bytes));
                assert!(store.list(&bucket(), &ListQuery::prefix("k")).unwrap().objects.iter().all(|object| !object.etag.ends_with("-1")));
            }
        });
    });
    assert_eq!(all_keys(&store).len(), 101);
    assert_eq!((intents(&store), files_in(&store.staging())), (0, 0));
}

/// Runs `work` with a crash after every possible number of steps, and `check` on the lake that is opened afterwards with whether the work was
/// acknowledged.
fn crash_everywhere(work: impl Fn(&Store) -> Result<(), LakeError>, check: impl Fn(&Store, bool)) {
    crash_everywhere_after(|_| {}, work, check);
}

fn crash_everywhere_after(start: impl Fn(&Store), work: impl Fn(&Store) -> Result<(), LakeError>, check: impl Fn(&Store, bool)) {
    for steps in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::default();
        let store = Store::open_on(folder.path(), disk.clone()).unwrap();
        store.create_bucket(&bucket()).unwrap();
        put(&store, "old", "old").unwrap();
        start(&store);
        disk.crash_after(steps);
        let done = work(&store);
        let crashed = disk.has_crashed();
        drop(store);
        let store = Store::open(folder.path()).unwrap();
        check(&store, done.is_ok());
        assert_eq!(get(&store, "old/er").err().map(|error| error.to_string()), Some("there is no object 'old/er'".to_owned()));
        assert_eq!(intents(&store), 0);
        assert_eq!(all_keys(&Store::open(folder.path()).unwrap()), all_keys(&store));
        for key in all_keys(&store) {
            let info = store.head(&bucket(), &key).unwrap();
            assert_eq!(info.meta.content_type.as_deref(), Some("text/plain"), "{key} is known, not a file by another hand");
        }
        if !crashed {
            assert!(done.is_ok() && steps > 3);
            return;
        }
    }
}

#[test]
fn a_crash_in_a_write_leaves_the_old_object_or_the_new_one() {
    crash_everywhere(
        |store| put(store, "a/b/new", "new").map(drop),
        |store, acknowledged| match get(store, "a/b/new") {
            Ok(text) => assert_eq!(text, "new"),
            Err(error) => {
                assert!(!acknowledged && matches!(error, LakeError::NoSuchKey(_)));
                assert!(!store.root().join("buckets/my-lake/a").exists(), "no empty folder is left");
                assert_eq!(files_in(&store.staging()), 0);
            }
        },
    );
    crash_everywhere(
        |store| put(store, "old", "newer").map(drop),
        |store, acknowledged| {
            let text = get(store, "old").unwrap();
            assert!(text == "newer" || (!acknowledged && text == "old"));
            assert_eq!(store.head(&bucket(), "old").unwrap().etag, md5_hex(text.as_bytes()));
            assert_eq!(files_in(&store.staging()), 0);
        },
    );
}

#[test]
fn a_crash_in_a_delete_or_an_upload_is_settled_at_the_next_start() {
    crash_everywhere(|store| store.delete(&bucket(), "old"), |store, acknowledged| assert!(get(store, "old").is_err() || !acknowledged));
    crash_everywhere(
        |store| {
            let upload = store.create_upload(&bucket(), "big", ObjectMeta::of_type("text/plain"), None, ChecksumKind::FullObject)?;
            let mut staged = store.begin_write()?;
            staged.write_all(b"part").map_err(|error| LakeError::io("part", error))?;
            let part = store.upload_part(&bucket(), "big", &upload, 3, staged)?;
            let named = [CompletedPart { number: 3, etag: Some(part.etag), ..CompletedPart::default() }];
            store.complete_upload(&bucket(), "big", &upload, &named, &Checksums::default(), Precondition::None).map(drop)
        },
        |store, acknowledged| {
            let uploads = store.list_uploads(&bucket(), "", ("", ""), 10).unwrap();
            match get(store, "big") {
                Ok(text) => assert!(text == "part" && uploads.is_empty()),
                Err(_) => assert!(!acknowledged),
            }
            let parts: usize = uploads.iter().map(|upload| store.list_parts(&bucket(), "big", &upload.id, 0, 10).unwrap().len()).sum();
            assert_eq!(files_in(&store.staging()), parts, "staging holds the parts of uploads, and nothing else");
        },
    );
}

#[test]
fn a_disk_that_fails_or_lies_loses_nothing_that_was_acknowledged() {
    for step in STEPS {
        for fault in [Fault::Fail(ErrorKind::StorageFull), Fault::Fail(ErrorKind::PermissionDenied), Fault::Lie] {
            let folder = tempfile::tempdir().unwrap();
            let disk = Disk::default();
            let store = Store::open_on(folder.path(), disk.clone()).unwrap();
            store.create_bucket(&bucket()).unwrap();
            let old = put(&store, "k", "old").unwrap();
            disk.will(step, fault);
            let written = put(&store, "k", "new!");
            if let Fault::Fail(kind) = fault {
                let error = written.as_ref().unwrap_err();
                let is_full = matches!(error, LakeError::NoSpace);
                assert!(is_full == (kind == ErrorKind::StorageFull) || step == Step::Record, "{step:?}: {error}");
            } else {
                assert!(written.is_err() == matches!(step, Step::Write | Step::Rename), "{step:?}");
            }
            let text = get(&store, "k").unwrap();
            let info = store.head(&bucket(), "k").unwrap();
            assert_eq!(info.etag, md5_hex(text.as_bytes()));
            assert!(if written.is_ok() { text == "new!" } else { text == "new!" || info == old }, "{step:?} {fault:?}");
            put(&store, "k", "newer").unwrap();
            drop(store);
            let store = Store::open(folder.path()).unwrap();
            assert_eq!(get(&store, "k").unwrap(), "newer", "{step:?} {fault:?}");
            assert_eq!((intents(&store), files_in(&store.staging())), (0, 0));
        }
    }
}

#[test]
fn uploads_in_parts() {
    let (folder, first) = store();
    let part = |store: &Store, upload: &str, number, byte, size| {
        let mut staged = store.begin_write().unwrap();
        staged.checksums([Algorithm::Sha256]);
        staged.write_all(&vec![byte; size]).unwrap();
        store.upload_part(&bucket(), "big", upload, number, staged).unwrap()
    };
    let five = 5 * 1024 * 1024;
    let upload =
        first.create_upload(&bucket(), "big", ObjectMeta::of_type("x/y"), Some(Algorithm::Sha256), ChecksumKind::Composite).unwrap();
    part(&first, &upload, 7, b'x', 10);
    let one = part(&first, &upload, 7, b'a', five);
    let two = part(&first, &upload, 9000, b'b', 3);
    assert_eq!(files_in(&first.staging()), 2);
    drop(first);
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(store.list_parts(&bucket(), "big", &upload, 0, 10).unwrap(), [one.clone(), two.clone()]);
    assert_eq!(store.list_parts(&bucket(), "big", &upload, 7, 10).unwrap(), std::slice::from_ref(&two));
    assert_eq!(store.list_uploads(&bucket(), "b", ("", ""), 10).unwrap()[0].id, upload);
    let complete = |named: &[(i32, &str)]| {
        let named: Vec<_> = named
            .iter()
            .map(|(number, etag)| CompletedPart { number: *number, etag: Some((*etag).to_owned()), ..CompletedPart::default() })
            .collect();
        store.complete_upload(&bucket(), "big", &upload, &named, &Checksums::default(), Precondition::None)
    };
    let (a, b) = (one.etag.as_str(), two.etag.as_str());
    assert!(matches!(complete(&[(9000, b), (7, a)]), Err(LakeError::InvalidPartOrder)));
    assert!(matches!(complete(&[(7, b)]), Err(LakeError::InvalidPart(7))));
    assert!(matches!(complete(&[(8, b)]), Err(LakeError::InvalidPart(8))));
    assert!(matches!(complete(&[]), Err(LakeError::InvalidPart(_))));
    let info = complete(&[(7, a), (9000, b)]).unwrap();
    let both = [hex::decode(a).unwrap(), hex::decode(b).unwrap()].concat();
    assert_eq!(info.etag, format!("{}-2", md5_hex(&both)));
    assert!(info.checksums.sha256.as_deref().unwrap().ends_with("-2"));
    assert_eq!((info.size, info.parts.iter().map(|part| part.size).collect::<Vec<_>>()), (five as u64 + 3, vec![five as u64, 3]));
    assert_eq!(store.head(&bucket(), "big").unwrap(), info);
    assert!(matches!(complete(&[(7, a)]), Err(LakeError::NoSuchUpload(_))));
    assert_eq!(files_in(&store.staging()), 0);

    let upload = store.create_upload(&bucket(), "big", ObjectMeta::default(), None, ChecksumKind::FullObject).unwrap();
    let (small, last) = (part(&store, &upload, 1, b'a', 3), part(&store, &upload, 2, b'b', 3));
    let named = [small, last].map(|part| CompletedPart { number: part.number, ..CompletedPart::default() });
    let refused = store.complete_upload(&bucket(), "big", &upload, &named, &Checksums::default(), Precondition::None);
    assert!(matches!(refused, Err(LakeError::EntityTooSmall { number: 1, size: 3 })));
    let wrong = Checksums { crc32: Some("AAAAAA==".to_owned()), ..Checksums::default() };
    let refused = store.complete_upload(&bucket(), "big", &upload, &named[1..], &wrong, Precondition::None);
    assert!(matches!(refused, Err(LakeError::BadDigest { algorithm: "CRC32" })));
    store.abort_upload(&bucket(), "big", &upload).unwrap();
    assert!(matches!(store.abort_upload(&bucket(), "big", &upload), Err(LakeError::NoSuchUpload(_))));
    assert_eq!((files_in(&store.staging()), store.head(&bucket(), "big").unwrap().etag), (0, info.etag));
}

#[test]
fn copies_and_changes_of_what_is_kept_with_an_object() {
    let (_folder, store) = store();
    put(&store, "a", "text").unwrap();
    let copy = store.copy((&bucket(), "a"), (&bucket(), "b"), None, Precondition::None).unwrap();
    assert_eq!((copy.meta.content_type.as_deref(), copy.etag), (Some("text/plain"), md5_hex(b"text")));
    store.copy((&bucket(), "b"), (&bucket(), "b"), Some(ObjectMeta::of_type("x/y")), Precondition::None).unwrap();
    assert_eq!(store.head(&bucket(), "b").unwrap().meta.content_type.as_deref(), Some("x/y"));
    store.update_meta(&bucket(), "b", None, |meta| meta.tags.push(("k".to_owned(), "v".to_owned()))).unwrap();
    assert_eq!(store.head(&bucket(), "b").unwrap().meta.tags, [("k".to_owned(), "v".to_owned())]);
    assert_eq!(get(&store, "b").unwrap(), "text");
    assert!(matches!(store.copy((&bucket(), "no"), (&bucket(), "b"), None, Precondition::None), Err(LakeError::NoSuchKey(_))));
}

fn versioned(store: &Store, versioning: Versioning) {
    store.update_bucket(&bucket(), move |settings| settings.versioning = versioning).unwrap();
}

/// The versions of a key as they are listed: their ids, whether they are markers, and their bytes.
fn versions(store: &Store, key: &str) -> Vec<(String, Option<String>)> {
    let page = store.list_versions(&bucket(), &ListQuery::prefix(key), None).unwrap();
    assert!(page.versions.iter().filter(|version| version.object.key == key).skip(1).all(|version| !version.is_latest));
    let read = |version: &VersionInfo| {
        let (file, info) = store.open_version(&bucket(), key, &version.version).unwrap();
        assert_eq!((&info.object.etag, info.is_latest), (&version.object.etag, version.is_latest));
        let text = file.map(|mut file| {
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            assert_eq!(info.object.etag, md5_hex(text.as_bytes()));
            text
        });
        (version.version.clone(), text)
    };
    page.versions.iter().filter(|version| version.object.key == key).map(read).collect()
}

fn texts(store: &Store, key: &str) -> Vec<Option<String>> {
    versions(store, key).into_iter().map(|(_, text)| text).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned()).filter(|text| text != "-")).collect()
}

fn delete_version(store: &Store, key: &str, version: &str) -> Deleted {
    store.delete_all(&bucket(), vec![(key.to_owned(), Some(version.to_owned()))]).unwrap().remove(0)
}

#[test]
fn a_bucket_with_versioning_keeps_what_is_replaced_and_deleted() {
    let (folder, store) = store();
    put(&store, "a/k", "zero").unwrap();
    versioned(&store, Versioning::Enabled);
    let one = put(&store, "a/k", "one").unwrap().version.unwrap();
    put(&store, "a/k", "two").unwrap();
    assert_eq!(texts(&store, "a/k"), some(&["two", "one", "zero"]));
    assert_eq!(versions(&store, "a/k")[2].0, "null");
    let marker = store.delete_all(&bucket(), vec![("a/k".to_owned(), None)]).unwrap().remove(0);
    assert!(marker.is_marker && get(&store, "a/k").is_err() && all_keys(&store).is_empty());
    assert_eq!(texts(&store, "a/k"), some(&["-", "two", "one", "zero"]));
    assert_eq!(store.marker(&bucket(), "a/k").unwrap().map(|info| info.version), marker.version);
    assert!(matches!(store.delete_bucket(&bucket()), Err(LakeError::BucketNotEmpty(_))));
    // Without its marker the object is there again; without its newest version the one before it is.
    assert!(delete_version(&store, "a/k", &marker.version.unwrap()).is_marker);
    assert_eq!(get(&store, "a/k").unwrap(), "two");
    let two = store.head(&bucket(), "a/k").unwrap().version.unwrap();
    delete_version(&store, "a/k", &two);
    assert_eq!(
        (get(&store, "a/k").unwrap().as_str(), store.head(&bucket(), "a/k").unwrap().version.as_deref()),
        ("one", Some(one.as_str()))
    );
    delete_version(&store, "a/k", "null");
    delete_version(&store, "a/k", "no such version");
    assert_eq!(texts(&store, "a/k"), some(&["one"]));
    assert_eq!(files_in(&folder.path().join("versions")), 0);
    // Suspended, there is one version called null, which is replaced and deleted.
    versioned(&store, Versioning::Suspended);
    put(&store, "a/k", "three").unwrap();
    put(&store, "a/k", "four").unwrap();
    assert_eq!(texts(&store, "a/k"), some(&["four", "one"]));
    assert_eq!(store.delete_all(&bucket(), vec![("a/k".to_owned(), None)]).unwrap()[0].version.as_deref(), Some("null"));
    assert_eq!(texts(&store, "a/k"), some(&["-", "one"]));
    put(&store, "a/k", "five").unwrap();
    assert_eq!(texts(&store, "a/k"), some(&["five", "one"]));
    versioned(&store, Versioning::Enabled);
    store.delete(&bucket(), "a/k").unwrap();
    let all = versions(&store, "a/k").into_iter().map(|(version, _)| ("a/k".to_owned(), Some(version))).collect();
    store.delete_all(&bucket(), all).unwrap();
    assert_eq!((texts(&store, "a/k"), files_in(&folder.path().join("versions"))), (vec![], 0));
    store.delete_bucket(&bucket()).unwrap();
}

#[test]
fn versions_are_listed_page_by_page() {
    let (_folder, store) = store();
    versioned(&store, Versioning::Enabled);
    for (key, times) in [("a/1", 3), ("a/2", 1), ("b", 2), ("c/1", 1)] {
        for time in 0..times {
            put(&store, key, &time.to_string()).unwrap();
        }
    }
    store.delete(&bucket(), "b").unwrap();
    let pages = |query: ListQuery| {
        let (mut found, mut start, mut version) = (Vec::new(), None, None);
        loop {
            let query = ListQuery { start_after: start, ..query.clone() };
            let page = store.list_versions(&bucket(), &query, version.as_deref()).unwrap();
            assert!(page.versions.len() + page.common_prefixes.len() <= query.max);
            found.extend(page.common_prefixes);
            found.extend(
                page.versions
                    .into_iter()
                    .map(|info| format!("{} {}", info.object.key, if info.is_marker { "-" } else { &info.object.etag[..2] })),
            );
            let Some((next, next_version)) = page.next else { return found };
            (start, version) = (Some(next), Some(next_version).filter(|version| !version.is_empty()));
        }
    };
    let all = pages(ListQuery { max: 100, ..ListQuery::default() });
    assert_eq!(
        all.iter().map(|line| line.split(' ').next().unwrap()).collect::<Vec<_>>(),
        ["a/1", "a/1", "a/1", "a/2", "b", "b", "b", "c/1"]
    );
    assert_eq!(all[4], "b -");
    for max in 1..5 {
        assert_eq!(pages(ListQuery { max, ..ListQuery::default() }), all);
        let rolled = pages(ListQuery { max, delimiter: Some("/".to_owned()), ..ListQuery::default() });
        let mut sorted = [vec!["a/".to_owned(), "c/".to_owned()], all[4..7].to_vec()].concat();
        sorted.sort();
        let mut found = rolled.clone();
        found.sort();
        assert_eq!(found, sorted);
    }
}

#[test]
fn a_crash_between_versions_loses_none() {
    let start = |store: &Store| {
        versioned(store, Versioning::Enabled);
        put(store, "k", "one").unwrap();
        put(store, "k", "two").unwrap();
    };
    let whole = |store: &Store, expected: [&[&str]; 2], acknowledged: bool| {
        let found = texts(store, "k");
        assert!(found == some(expected[1]) || (!acknowledged && found == some(expected[0])), "{found:?}");
        let kept = found.iter().flatten().count() - usize::from(get(store, "k").is_ok());
        assert_eq!(files_in(&store.root().join("versions")), kept);
    };
    crash_everywhere_after(
        start,
        |store| put(store, "k", "three").map(drop),
        |store, done| {
            whole(store, [&["two", "one"], &["three", "two", "one"]], done);
        },
    );
    crash_everywhere_after(
        start,
        |store| store.delete(&bucket(), "k"),
        |store, done| {
            whole(store, [&["two", "one"], &["-", "two", "one"]], done);
        },
    );
    let newest = |store: &Store| versions(store, "k")[0].0.clone();
    crash_everywhere_after(
        start,
        |store| store.delete_all(&bucket(), vec![("k".to_owned(), Some(newest(store)))]).map(drop),
        |store, done| whole(store, [&["two", "one"], &["one"]], done),
    );
    crash_everywhere_after(
        |store| {
            start(store);
            store.delete(&bucket(), "k").unwrap();
        },
        |store| store.delete_all(&bucket(), vec![("k".to_owned(), Some(newest(store)))]).map(drop),
        |store, done| whole(store, [&["-", "two", "one"], &["two", "one"]], done),
    );
}

/// A page of a listing, said in the most obvious way.
fn slow_list(keys: &[String], query: &ListQuery) -> (Vec<String>, Vec<String>, Option<String>) {
    let mut items = BTreeMap::new();
    for key in keys.iter().filter(|key| key.starts_with(&query.prefix) && query.start_after.as_ref().is_none_or(|after| *key > after)) {
        let rest = &key[query.prefix.len()..];
        let rolled = query
            .delimiter
            .as_ref()
            .and_then(|delimiter| rest.find(delimiter.as_str()).map(|at| query.prefix.len() + at + delimiter.len()));
        let item = rolled.map_or(key.as_str(), |end| &key[..end]).to_owned();
        if query.start_after.as_ref() != Some(&item) {
            items.insert(item, rolled.is_some());
        }
    }
    let truncated = items.len() > query.max;
    let page: Vec<_> = items.into_iter().take(query.max).collect();
    let next = page.last().filter(|_| truncated).map(|(item, _)| item.clone());
    let of = |is_prefix| page.iter().filter(|(_, rolled)| *rolled == is_prefix).map(|(item, _)| item.clone()).collect();
    (of(false), of(true), next)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn listings_are_what_the_obvious_way_gives(
        keys in prop::collection::btree_set("[abB/.-]{1,5}", 0..14),
        queries in prop::collection::vec(("[abB/.]{0,3}", prop::option::of(prop::sample::select(vec!["/", "a", "b/", "//"])), prop::option::of("[abB/.]{0,4}"), 1..5usize), 1..12),
    ) {
        let (_folder, store) = store();
        for key in &keys {
            put(&store, key, "x").unwrap();
        }
        let sorted: Vec<String> = keys.into_iter().collect();
        prop_assert_eq!(&all_keys(&store), &sorted);
        for (prefix, delimiter, start_after, max) in queries {
            let mut query = ListQuery { prefix, delimiter: delimiter.map(str::to_owned), start_after, max };
            loop {
                let page = self::keys(&store, &query);
                prop_assert_eq!(&page, &slow_list(&sorted, &query), "{:?}", &query);
                let Some(next) = page.2 else { break };
                query.start_after = Some(next);
            }
        }
    }
}

#[test]
fn big_folders_are_listed_page_by_page_and_never_out_of_date() {
    let (folder, store) = store();
    let root = folder.path().join("buckets/my-lake/big");
    fs::create_dir(&root).unwrap();
    for number in 0..1500 {
        fs::write(root.join(format!("{number:05}")), "x").unwrap();
    }
    std::thread::sleep(Duration::from_millis(2100));
    let query =
        |after: Option<&str>| ListQuery { prefix: "big/".to_owned(), start_after: after.map(str::to_owned), max: 1000, delimiter: None };
    let first = keys(&store, &query(None));
    assert_eq!((first.0.len(), first.2.as_deref()), (1000, Some("big/00999")));
    assert_eq!(keys(&store, &query(Some("big/00999"))).0.len(), 500);
    fs::write(root.join("02000"), "x").unwrap();
    put(&store, "big/02001", "x").unwrap();
    fs::remove_file(root.join("01000")).unwrap();
    let rest = keys(&store, &query(Some("big/00999"))).0;
    assert_eq!((rest.len(), rest[0].as_str(), rest[500].as_str()), (501, "big/01001", "big/02001"));
}
