//! The storage as its users see it.

mod faults;
pub(crate) mod power;
mod versions;

use std::collections::BTreeMap;
use std::io::{Read, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

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
    store.delete_all(&bucket(), ["a/b/c/1", "nothing", "a/b/c/3", "a/b/c/3"].map(DeleteKey::new).to_vec()).unwrap();
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
    assert_eq!(complete(&[(7, a), (9000, b)]).unwrap(), info, "who did not hear the answer hears it again");
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
fn uploads_that_nobody_goes_on_with_end_after_a_week() {
    let (folder, store) = store();
    let begin = |key: &str| store.create_upload(&bucket(), key, ObjectMeta::default(), None, ChecksumKind::FullObject).unwrap();
    let (old, slow, fresh) = (begin("old"), begin("slow"), begin("fresh"));
    for (key, upload) in [("old", &old), ("slow", &slow)] {
        store.upload_part(&bucket(), key, upload, 1, staged(&store, b"part")).unwrap();
    }
    let days_ago = |days| chrono::Utc::now() - chrono::TimeDelta::days(days);
    store
        .db()
        .write(|tx| {
            tx.execute("UPDATE uploads SET created = ?1 WHERE id <> ?2", (days_ago(8).timestamp_micros(), &fresh))?;
            tx.execute("UPDATE parts SET modified = ?1 WHERE upload = ?2", (days_ago(8).timestamp_nanos_opt(), &old))
        })
        .unwrap();
    drop(store);
    let store = Store::open(folder.path()).unwrap();
    let left: Vec<_> = store.list_uploads(&bucket(), "", ("", ""), 10).unwrap().into_iter().map(|upload| upload.key).collect();
    assert_eq!((left, files_in(&store.staging())), (vec!["fresh".to_owned(), "slow".to_owned()], 1));
}

#[test]
fn a_deletion_can_depend_on_what_is_there() {
    let (_folder, store) = store();
    let etag = put(&store, "k", "text").unwrap().etag;
    put(&store, "other", "text").unwrap();
    let delete = |key: &str, condition| DeleteKey { condition, ..DeleteKey::new(key) };
    let wrong = || Precondition::Matches("another".to_owned());
    let all = vec![delete("k", wrong()), delete("none", Precondition::Present), delete("other", Precondition::Present)];
    let done = store.delete_all(&bucket(), all).unwrap();
    assert!(matches!(done.as_slice(), [Err(LakeError::PreconditionFailed(_)), Err(LakeError::NoSuchKey(_)), Ok(_)]), "{done:?}");
    assert_eq!(all_keys(&store), ["k"]);
    assert!(store.delete_all(&bucket(), vec![delete("k", Precondition::Matches(etag))]).unwrap()[0].is_ok());
    assert!(all_keys(&store).is_empty());
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
