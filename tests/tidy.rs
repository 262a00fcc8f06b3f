//! Reads the sources and holds them to the rules of ARCHITECTURE.md: who imports whom, file lengths, texts in both languages.

#![allow(clippy::unwrap_used, reason = "what cannot be read here fails the test, in helpers as well")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may import. `model` imports nothing.
const ROOMS: &[(&str, &[&str])] = &[
    ("app", &["ui", "state", "worker", "message", "bias", "chart", "infer", "sql", "text", "model", "report"]),
    ("cli", &["worker", "message", "report", "bias", "chart", "infer", "sql", "text", "model", "lake"]),
    ("ui", &["state", "message", "report", "bias", "chart", "infer", "sql", "text", "model"]),
    ("state", &["message", "report", "bias", "chart", "infer", "sql", "text", "model"]),
    ("worker", &["message", "aws", "lake", "frame", "report", "bias", "chart", "infer", "sql", "text", "model"]),
    ("aws", &["model"]),
    ("lake", &["infer", "sql", "model"]),
    ("frame", &["infer", "model"]),
    ("message", &["report", "bias", "chart", "infer", "sql", "text", "model"]),
    ("report", &["bias", "chart", "text", "model"]),
    ("bias", &["model"]),
    ("chart", &["model"]),
    ("infer", &["model"]),
    ("sql", &["model"]),
    ("text", &["model"]),
    ("model", &[]),
];

/// Rooms that touch no file, clock, network, thread or global.
const PURE: &[&str] = &["message", "report", "bias", "chart", "infer", "sql", "text", "model"];

/// Crates that only these rooms may use.
const CRATES: &[(&str, &[&str])] = &[
    ("egui", &["app", "ui"]),
    ("eframe", &["app"]),
    ("egui_extras", &["ui"]),
    ("egui_plot", &["ui"]),
    ("egui_table", &["ui"]),
    ("rfd", &["app"]),
    ("winit", &["app"]),
    ("tokio", &["app", "cli", "worker", "aws", "lake"]),
    ("polars", &["frame"]),
    ("datafusion", &["lake"]),
    ("s3s", &["lake"]),
    ("rusqlite", &["lake"]),
    ("aws_sdk_s3", &["aws"]),
    ("aws_sdk_glue", &["aws"]),
    ("aws_sdk_athena", &["aws"]),
    ("aws_sdk_sts", &["aws"]),
    ("aws_config", &["aws"]),
    ("fluent_bundle", &["text"]),
];

/// What a pure room may not name.
const IMPURE: &[&str] = &[
    "std::fs",
    "std::net::Tcp",
    "std::thread",
    "std::env",
    "std::process",
    "Instant::now",
    "SystemTime::now",
    "Utc::now",
    "static mut",
    "thread_local!",
    "OnceLock",
    "LazyLock",
];

struct Source {
    path: PathBuf,
    room: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, extension, found);
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
}

/// The sources of `src` without their tests, each with its room: the first part of its path.
fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    files(&root().join("src"), "rs", &mut paths);
    paths.sort();
    let tests = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs");
    let inside = |path: &PathBuf| path.strip_prefix(root().join("src")).unwrap().to_path_buf();
    paths
        .into_iter()
        .filter(|path| !tests(&inside(path)))
        .map(|path| {
            let relative = path.strip_prefix(root().join("src")).unwrap().to_path_buf();
            let first = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
            let room = first.strip_suffix(".rs").unwrap_or(&first).to_owned();
            let text = fs::read_to_string(&path).unwrap();
            Source { path: relative, room, text }
        })
        .collect()
}

/// The lines that are code: no comments, and nothing after the file's test module.
fn code(source: &Source) -> impl Iterator<Item = (usize, &str)> {
    let body = source.text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
    body.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")).map(|(index, line)| (index + 1, line))
}

/// The rooms that a source names as `crate::room`, single or in braces after `crate::{`.
fn imports(source: &Source) -> BTreeSet<String> {
    let text: String = code(source).map(|(_, line)| format!("{line}\n")).collect();
    let mut named = BTreeSet::new();
    for part in text.split("crate::").skip(1) {
        if let Some(list) = part.strip_prefix('{') {
            let mut depth = 0;
            let mut item = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 && c == ',' {
                    named.insert(word(item.trim()));
                    item.clear();
                } else {
                    item.push(c);
                }
            }
            named.insert(word(item.trim()));
        } else {
            named.insert(word(part));
        }
    }
    named.remove("");
    named
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn arrows_between_rooms_run_downward() {
    let rooms: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for source in sources() {
        if source.room == "main" || source.room == "lib" {
            continue;
        }
        seen.insert(source.room.clone());
        let Some(allowed) = rooms.get(source.room.as_str()) else {
            wrong.push(format!("{} lies in no room", source.path.display()));
            continue;
        };
        for named in imports(&source) {
            if rooms.contains_key(named.as_str()) && named != source.room && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{} imports {named}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let missing: Vec<_> = rooms.keys().filter(|room| !seen.contains(**room)).collect();
    assert!(missing.is_empty(), "rooms without a source: {missing:?}");
}

#[test]
fn rooms_do_not_pass_each_other_on() {
    let rooms: BTreeSet<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    let mut wrong = Vec::new();
    for source in sources() {
        for (line, text) in code(&source) {
            let Some(rest) = text.trim_start().strip_prefix("pub use crate::") else { continue };
            let named = word(rest);
            if rooms.contains(named.as_str()) && named != source.room {
                wrong.push(format!("{}:{line} passes {named} on", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn heavy_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for source in sources() {
        if source.room == "main" || source.room == "lib" {
            continue;
        }
        for (line, text) in code(&source) {
            for (name, allowed) in CRATES {
                let used = text.split(&format!("{name}::")).count() > 1 || text.trim() == format!("use {name};");
                let own = text.contains(&format!("_{name}::")) || text.contains(&format!("::{name}::"));
                if used && !own && !allowed.contains(&source.room.as_str()) {
                    wrong.push(format!("{}:{line} uses {name}", source.path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_rooms_are_pure() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| PURE.contains(&source.room.as_str())) {
        for (line, text) in code(source) {
            for name in IMPURE {
                if text.contains(name) {
                    wrong.push(format!("{}:{line} names {name}", source.path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut wrong = Vec::new();
    let mut paths = Vec::new();
    for folder in ["src", "tests"] {
        files(&root().join(folder), "rs", &mut paths);
    }
    for path in paths {
        let text = fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(root()).unwrap().display().to_string();
        if text.lines().count() > 600 {
            wrong.push(format!("{shown} has {} lines", text.lines().count()));
        }
        if !text.starts_with("//! ") {
            wrong.push(format!("{shown} does not say on its first line what it is for"));
        }
        // Split, so that this file does not name what it looks for.
        for word in [concat!("#[", "ignore"), concat!("todo", "!("), concat!("unimplemented", "!(")] {
            if text.contains(word) {
                wrong.push(format!("{shown} contains {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The ids that a Fluent file defines, in order, with the variables of each.
fn messages(locale: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut paths = Vec::new();
    files(&root().join("resources/i18n").join(locale), "ftl", &mut paths);
    let mut all = BTreeMap::new();
    for path in paths {
        let mut current = String::new();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let starts = line.chars().next().is_some_and(|c| c.is_ascii_lowercase());
            if let (true, Some((id, _))) = (starts, line.split_once('=')) {
                current = id.trim().to_owned();
                let twice = all.insert(current.clone(), BTreeSet::new());
                assert!(twice.is_none(), "{} defines {current} again", path.display());
            }
            for part in line.split('$').skip(1) {
                all.get_mut(&current).unwrap().insert(part.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '-').collect());
            }
        }
    }
    all
}

#[test]
fn every_text_is_in_both_languages_with_the_same_arguments() {
    let (english, korean) = (messages("en"), messages("ko"));
    let mut wrong = Vec::new();
    for (id, arguments) in &english {
        match korean.get(id) {
            None => wrong.push(format!("{id} has no Korean")),
            Some(theirs) if theirs != arguments => wrong.push(format!("{id}: {arguments:?} in English, {theirs:?} in Korean")),
            Some(_) => {}
        }
    }
    wrong.extend(korean.keys().filter(|id| !english.contains_key(*id)).map(|id| format!("{id} has no English")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The string literals that the code hands to `Message::new`, `t` and fields that end in `_id`.
fn named_texts(text: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for call in ["Message::new(\"", ".t(\""] {
        for part in text.split(call).skip(1) {
            if let Some((id, _)) = part.split_once('"') {
                ids.push(id.to_owned());
            }
        }
    }
    ids
}

#[test]
fn every_text_that_is_named_exists() {
    let english = messages("en");
    let mut wrong = Vec::new();
    for source in sources() {
        let body: String = code(&source).map(|(_, line)| format!("{line}\n")).collect();
        for id in named_texts(&body) {
            if id != "verbatim" && !english.contains_key(&id) {
                wrong.push(format!("{} names {id}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn heavy_parts_are_in_the_lock_file_once() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lock.lines() {
        if let Some(name) = line.strip_prefix("name = \"").and_then(|name| name.strip_suffix('"')) {
            *versions.entry(name).or_default() += 1;
        }
    }
    let twice: Vec<_> =
        ["egui", "eframe", "arrow", "arrow-schema", "hyper", "rustls", "usvg", "resvg", "datafusion", "polars-core", "sqlparser"]
            .into_iter()
            .filter(|name| versions.get(name).copied().unwrap_or_default() != 1)
            .collect();
    assert!(twice.is_empty(), "not exactly once in Cargo.lock: {twice:?}");
}

#[test]
fn the_page_about_athenas_sql_says_what_the_program_knows() {
    let path = root().join("docs/athena-sql.md");
    let page = fairlake::sql::reference::page();
    if std::env::var_os("FAIRLAKE_RENEW").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        written == page,
        "docs/athena-sql.md is not what the tables in src/sql say: FAIRLAKE_RENEW=1 cargo test --test tidy writes it anew"
    );
}
