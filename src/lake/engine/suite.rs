//! Queries with the answers that Athena gives them, from files: one case a line.

use super::tests::Lake;
use crate::sql::reference;

/// Runs all cases of a file and tells all that went wrong at once.
fn run(name: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lake/engine/cases");
    let cases = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
    let lake = Lake::new();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in cases.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        count += 1;
        let error = line.rsplit_once(" !> ");
        let answer = line.rsplit_once(" =>");
        let (sql, expected, fails) = match (error, answer) {
            (Some((sql, expected)), _) => (sql, expected, true),
            (None, Some((sql, expected))) => (sql, expected.strip_prefix(' ').unwrap_or(expected), false),
            (None, None) => panic!("{name}: {line}"),
        };
        let outcome = lake.run_counted(&sql.replace('⏎', "\n"));
        let shown = match &outcome {
            Ok(((_, rows), _)) => rows
                .iter()
                .map(|row| row.iter().map(|cell| cell.as_deref().unwrap_or("∅")).collect::<Vec<_>>().join("|"))
                .collect::<Vec<_>>()
                .join("⏎"),
            Err(error) => error.text.clone(),
        };
        let right = if fails { outcome.is_err() && shown.starts_with(expected) } else { outcome.is_ok() && shown == expected };
        if !right {
            let shown: String = shown.chars().take(600).collect();
            wrong.push(format!("{sql}\n   wants {expected}\n   gives {shown}"));
        }
    }
    assert!(wrong.is_empty(), "{name}: {} of {count} cases\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn values_are_computed_as_athena_computes_them() {
    run("values");
}

#[test]
fn functions_answer_as_trinos_do_at_their_edges() {
    run("functions");
}

#[test]
fn collections_are_handled_as_athena_handles_them() {
    run("collections");
}

#[test]
fn types_are_kept_apart_as_athena_keeps_them() {
    run("types");
}

#[test]
fn known_differences_are_closed() {
    run("differences");
}

#[test]
fn queries_are_answered_as_athena_answers_them() {
    run("queries");
}

#[test]
fn forms_that_only_trino_has_are_answered_as_it_answers_them() {
    run("forms");
}

#[test]
fn edges_of_functions_are_where_athena_has_them() {
    run("edges");
}

#[test]
fn json_is_asked_and_made_as_athena_does_it() {
    run("json");
}

#[test]
fn plans_mean_what_they_mean_to_athena() {
    run("plans");
}

/// What the documentation says of queries and files is so.
#[test]
fn what_the_page_says_is_so() {
    let lake = Lake::new();
    for form in reference::QUERY_FORMS {
        assert!(lake.run_counted(form.text).is_ok(), "{}: {:?}", form.text, lake.run_counted(form.text).err());
    }
    lake.put("t/a.csv", b"1\n");
    let plain = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
    lake.table("t", "t/", plain, serde_json::json!({}), &[("a", "int")], &[], serde_json::json!({}));
    for form in reference::REFUSED_CONSTRUCTS {
        assert!(lake.error(form.text).contains("not support"), "{}: {}", form.text, lake.error(form.text));
    }
    for (at, (format, serde)) in
        reference::TABLE_FORMATS.iter().flat_map(|format| format.serdes.iter().map(move |serde| (format, serde))).enumerate()
    {
        let name = format!("f{at}");
        lake.table(&name, "empty/", serde, serde_json::json!({}), &[("a", "int")], &[], serde_json::json!({}));
        assert_eq!(lake.run_counted(&format!("SELECT a FROM {name}")).is_ok(), format.read, "{serde}");
    }
}
