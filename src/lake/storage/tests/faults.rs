//! What is acknowledged stays, whatever step the process ends at and whatever the disk says.

use std::io::{ErrorKind, Write as _};

use crate::lake::storage::disk::{Disk, Fault, Step};
use crate::lake::storage::{ChecksumKind, Checksums};
use crate::lake::storage::{CompletedPart, LakeError, ListQuery, ObjectMeta, Precondition, Store, Versioning};

use super::{all_keys, bucket, files_in, get, intents, md5_hex, put};

const STEPS: [Step; 6] = [Step::Write, Step::SyncFile, Step::Intent, Step::Rename, Step::SyncFolder, Step::Record];

/// Runs `work` with a crash after every possible number of steps, and `check` on the lake that is opened afterwards with whether the work was
/// acknowledged.
fn crash_everywhere(work: impl Fn(&Store) -> Result<(), LakeError>, check: impl Fn(&Store, bool)) {
    crash_everywhere_after(|_| {}, work, check);
}

pub(super) fn crash_everywhere_after(start: impl Fn(&Store), work: impl Fn(&Store) -> Result<(), LakeError>, check: impl Fn(&Store, bool)) {
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

/// A kind of change: what is there before it, what it does, and whether it has taken place whole.
struct Work {
    name: &'static str,
    prepare: fn(&Store),
    change: fn(&Store) -> Result<(), LakeError>,
    is_done: fn(&Store) -> bool,
}

fn parts(store: &Store) -> Result<(), LakeError> {
    let upload = store.create_upload(&bucket(), "deep/big", ObjectMeta::of_type("text/plain"), None, ChecksumKind::FullObject)?;
    let mut staged = store.begin_write()?;
    staged.write_all(b"parts").map_err(|error| LakeError::io("part", error))?;
    let part = store.upload_part(&bucket(), "deep/big", &upload, 3, staged)?;
    let named = [CompletedPart { number: 3, etag: Some(part.etag), ..CompletedPart::default() }];
    store.complete_upload(&bucket(), "deep/big", &upload, &named, &Checksums::default(), Precondition::None).map(drop)
}

/// What may be read under a key: the object as it was before a change, or as it is after, and never anything between.
const WHOLE: [(&str, &[&str]); 5] =
    [("old", &["old", "newer"]), ("other", &["other"]), ("a/b/new", &["new"]), ("deep/big", &["parts"]), ("a/copy", &["other"])];

const WORKS: [Work; 6] = [
    Work {
        name: "a new object",
        prepare: |_| {},
        change: |store| put(store, "a/b/new", "new").map(drop),
        is_done: |store| get(store, "a/b/new").is_ok(),
    },
    Work {
        name: "an object in the place of another",
        prepare: |_| {},
        change: |store| put(store, "old", "newer").map(drop),
        is_done: |store| get(store, "old").is_ok_and(|text| text == "newer"),
    },
    Work {
        name: "an object in the place of one that is kept as a version",
        prepare: |store| store.update_bucket(&bucket(), |settings| settings.versioning = Versioning::Enabled).unwrap(),
        change: |store| put(store, "old", "newer").map(drop),
        is_done: |store| {
            let texts = version_texts(store);
            texts.first().is_some_and(|text| text == "newer") && texts.last().is_some_and(|text| text == "old")
        },
    },
    Work { name: "an upload in parts", prepare: |_| {}, change: parts, is_done: |store| get(store, "deep/big").is_ok() },
    Work {
        name: "a copy",
        prepare: |_| {},
        change: |store| store.copy((&bucket(), "other"), (&bucket(), "a/copy"), None, Precondition::None).map(drop),
        is_done: |store| get(store, "a/copy").is_ok(),
    },
    Work {
        name: "a deletion",
        prepare: |_| {},
        change: |store| store.delete(&bucket(), "old"),
        is_done: |store| get(store, "old").is_err(),
    },
];

/// The bytes of all versions of the old object, the newest first; what cannot be read is `lost`.
fn version_texts(store: &Store) -> Vec<String> {
    let versions = store.list_versions(&bucket(), &ListQuery::prefix("old"), None).unwrap().versions;
    let read = |version: &str| match store.open_version(&bucket(), "old", version) {
        Ok((Some(file), _)) => std::io::read_to_string(file).unwrap(),
        _ => "lost".to_owned(),
    };
    versions.iter().map(|version| read(&version.version)).collect()
}

/// A lake with two objects, before a change.
fn before(folder: &std::path::Path, disk: &Disk, prepare: fn(&Store)) -> Store {
    let store = Store::open_on(folder, disk.clone()).unwrap();
    store.create_bucket(&bucket()).unwrap();
    put(&store, "old", "old").unwrap();
    put(&store, "other", "other").unwrap();
    prepare(&store);
    disk.watch();
    store
}

/// Whether everything that can be read is whole and known; `any` lets what a lying disk has lost be seen for what it is.
fn all_whole(store: &Store, any: bool, what: &str) {
    for key in all_keys(store) {
        let (text, info) = (get(store, &key).unwrap(), store.head(&bucket(), &key).unwrap());
        let allowed = WHOLE.iter().find(|(known, _)| *known == key).unwrap().1;
        let is_whole = allowed.contains(&text.as_str());
        let is_known = info.etag == md5_hex(text.as_bytes()) || info.etag == md5_of_parts(text.as_bytes());
        // What is lost is at least not taken for what was stored.
        assert!((is_whole && is_known) || (any && !is_known), "{what}: {key} is {text:?} with {}", info.etag);
    }
}

fn md5_of_parts(bytes: &[u8]) -> String {
    use md5::Digest as _;
    format!("{}-1", md5_hex(&md5::Md5::digest(bytes)))
}

/// Whether nothing is left in staging but the parts of uploads, and no change is half done.
fn nothing_left(store: &Store, what: &str) {
    let uploads = store.list_uploads(&bucket(), "", ("", ""), 10).unwrap();
    let count = |upload: &crate::lake::storage::UploadInfo| store.list_parts(&bucket(), &upload.key, &upload.id, 0, 10).unwrap().len();
    let parts: usize = uploads.iter().map(count).sum();
    assert_eq!((intents(store), files_in(&store.staging())), (0, parts), "{what}");
}

#[test]
fn a_power_cut_at_any_step_loses_nothing_that_was_acknowledged() {
    for Work { name, prepare, change, is_done } in WORKS {
        for steps in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let disk = Disk::default();
            let store = before(folder.path(), &disk, prepare);
            disk.crash_after(steps);
            let acknowledged = change(&store).is_ok();
            let crashed = disk.has_crashed();
            drop(store);
            disk.lose_power();
            // The power fails again while the lake is put right, at a step of its own.
            let again = Disk::default();
            again.watch();
            again.crash_after(steps % 3);
            drop(Store::open_on(folder.path(), again.clone()));
            again.lose_power();
            let what = format!("{name}, power cut after {steps} steps");
            let store = Store::open(folder.path()).unwrap();
            all_whole(&store, false, &what);
            nothing_left(&store, &what);
            assert!(!name.ends_with("version") || version_texts(&store).contains(&"old".to_owned()), "{what}: the version is gone");
            assert!(is_done(&store) || !acknowledged, "{what}: it was acknowledged");
            change(&store).unwrap();
            assert!(is_done(&store), "{what}: it can be done after all");
            if !crashed {
                assert!(acknowledged && steps > 3, "{what}");
                break;
            }
        }
    }
}

#[test]
fn a_failure_or_a_lie_at_any_step_leaves_everything_whole() {
    let faults = [Fault::Fail(ErrorKind::StorageFull), Fault::Fail(ErrorKind::PermissionDenied), Fault::Lie];
    for Work { name, prepare, change, is_done } in WORKS {
        for (fault, power_cut) in faults.into_iter().flat_map(|fault| [(fault, false), (fault, true)]) {
            for steps in 0.. {
                let folder = tempfile::tempdir().unwrap();
                let disk = Disk::default();
                let store = before(folder.path(), &disk, prepare);
                disk.fault_after(steps, fault);
                let acknowledged = change(&store).is_ok();
                let met = disk.has_met_fault();
                let what = format!("{name}, {fault:?} at step {steps}");
                all_whole(&store, false, &what);
                assert!(is_done(&store) || !acknowledged, "{what}: it was acknowledged");
                drop(store);
                if power_cut {
                    disk.lose_power();
                }
                let store = Store::open(folder.path()).unwrap();
                let lied = power_cut && fault == Fault::Lie;
                all_whole(&store, lied, &what);
                nothing_left(&store, &what);
                let kept = !name.ends_with("version") || lied || version_texts(&store).contains(&"old".to_owned());
                assert!(kept, "{what}: the version is gone");
                assert!(is_done(&store) || !acknowledged || lied, "{what}: it was acknowledged, and is gone after the next start");
                change(&store).unwrap();
                // What a lying disk has left of the newest version counts as put there by hand, in the place of the version without an id.
                assert!(is_done(&store) || (lied && name.ends_with("version")), "{what}: it can be done after all");
                all_whole(&store, lied, &what);
                if !met {
                    assert!(acknowledged && steps > 3, "{what}");
                    break;
                }
            }
        }
    }
}

#[test]
fn a_database_without_room_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.create_bucket(&bucket()).unwrap();
    put(&store, "old", "old").unwrap();
    let pages = |most: i64| {
        let now: i64 = store.db().write(|tx| tx.query_row("PRAGMA page_count", [], |row| row.get(0))).unwrap();
        let most = if most == 0 { now } else { most };
        store.db().write(|tx| tx.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))).unwrap();
    };
    pages(0);
    let mut meta = ObjectMeta::of_type("text/plain");
    meta.user.insert("long".to_owned(), "x".repeat(100_000));
    let refused = store.put_bytes(&bucket(), "old", b"newer", meta.clone()).unwrap_err();
    assert!(matches!(refused, LakeError::NoSpace), "{refused}");
    assert!(store.put_bytes(&bucket(), "a/b/new", b"new", meta.clone()).is_err());
    assert_eq!((get(&store, "old").unwrap().as_str(), all_keys(&store)), ("old", vec!["old".to_owned()]));
    // The last change is over when the next one is.
    drop(store.delete(&bucket(), "none"));
    nothing_left(&store, "a full database");
    pages(1_000_000);
    store.put_bytes(&bucket(), "old", b"newer", meta).unwrap();
    assert_eq!(get(&store, "old").unwrap(), "newer");
}
