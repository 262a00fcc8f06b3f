//! Versions: kept, listed, given back, and safe from crashes.

use std::io::Read as _;

use crate::lake::storage::{DeleteKey, Deleted, LakeError, ListQuery, Store, VersionInfo, Versioning};

use super::faults::crash_everywhere_after;
use super::{all_keys, bucket, files_in, get, md5_hex, put, store};

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
    store.delete_all(&bucket(), vec![DeleteKey::version(key, version)]).unwrap().remove(0).unwrap()
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
    let marker = store.delete_all(&bucket(), vec![DeleteKey::new("a/k")]).unwrap().remove(0).unwrap();
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
    assert_eq!(store.delete_all(&bucket(), vec![DeleteKey::new("a/k")]).unwrap().remove(0).unwrap().version.as_deref(), Some("null"));
    assert_eq!(texts(&store, "a/k"), some(&["-", "one"]));
    put(&store, "a/k", "five").unwrap();
    assert_eq!(texts(&store, "a/k"), some(&["five", "one"]));
    versioned(&store, Versioning::Enabled);
    store.delete(&bucket(), "a/k").unwrap();
    let all = versions(&store, "a/k").into_iter().map(|(version, _)| DeleteKey::version("a/k", version)).collect();
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
        |store| store.delete_all(&bucket(), vec![DeleteKey::version("k", newest(store))]).map(drop),
        |store, done| whole(store, [&["two", "one"], &["one"]], done),
    );
    crash_everywhere_after(
        |store| {
            start(store);
            store.delete(&bucket(), "k").unwrap();
        },
        |store| store.delete_all(&bucket(), vec![DeleteKey::version("k", newest(store))]).map(drop),
        |store, done| whole(store, [&["-", "two", "one"], &["two", "one"]], done),
    );
}
