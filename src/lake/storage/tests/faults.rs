//! What is acknowledged stays, whatever step the process ends at and whatever the disk says.

use std::io::{ErrorKind, Write as _};

use crate::lake::storage::disk::{Disk, Fault, Step};
use crate::lake::storage::{ChecksumKind, Checksums};
use crate::lake::storage::{CompletedPart, LakeError, ObjectMeta, Precondition, Store};

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
