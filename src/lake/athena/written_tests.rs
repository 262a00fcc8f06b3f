//! Statements that write and do not end well: whatever they had written is gone.

use std::time::Duration;

use serde_json::json;

use super::tests::Athena;
use super::written;
use crate::lake::storage::ObjectMeta;

#[test]
fn files_of_a_table_whose_name_was_taken_meanwhile_are_taken_back() {
    let athena = Athena::new();
    let slow =
        "SELECT count(*) AS n FROM UNNEST(sequence(1, 3000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 3000)) AS b(y) WHERE x * y % 7 = 3";
    let id = athena
        .start_with(json!({"QueryString": format!("CREATE TABLE late WITH (external_location = 's3://test-lake/late/') AS {slow}")}))
        .unwrap();
    athena.succeed("CREATE EXTERNAL TABLE late (a int) LOCATION 's3://test-lake/other/'");
    let execution = athena.finish(&id);
    assert_eq!(execution["Status"]["State"], "FAILED", "{execution}");
    assert!(athena.keys("late/").is_empty());
    assert_eq!(athena.rows("SHOW TABLES IN default"), ["late"]);
}

#[test]
fn two_statements_do_not_write_to_one_folder() {
    let athena = Athena::new();
    let long = "SELECT sqrt(x * y) AS v FROM UNNEST(sequence(1, 10000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b(y) CROSS JOIN UNNEST(sequence(1, 10000)) AS c(z) WHERE x * y % 7 = z";
    let first = athena
        .start_with(json!({"QueryString": format!("CREATE TABLE one WITH (external_location = 's3://test-lake/both/') AS {long}")}))
        .unwrap();
    std::thread::sleep(Duration::from_millis(200));
    for second in [
        "CREATE TABLE two WITH (external_location = 's3://test-lake/both/') AS SELECT 1 AS a",
        "UNLOAD (SELECT 1 AS a) TO 's3://test-lake/both/within/' WITH (format = 'PARQUET')",
    ] {
        let error = athena.fail(second);
        assert!(error.starts_with("HIVE_PATH_ALREADY_EXISTS: Another statement is writing to s3://test-lake/both/"), "{error}");
    }
    athena.call("StopQueryExecution", &json!({"QueryExecutionId": first})).unwrap();
    assert_eq!(athena.finish(&first)["Status"]["State"], "CANCELLED");
    athena.succeed("CREATE TABLE two WITH (external_location = 's3://test-lake/both/') AS SELECT 1 AS a");
}

#[test]
fn what_a_crash_cut_off_is_taken_back_at_the_next_start() {
    let athena = Athena::new();
    let store = athena.service.store();
    athena.put("half/one.parquet", b"PAR1");
    athena.put("half/kept.parquet", b"PAR1");
    let note = "INSERT INTO athena_written (execution, bucket, key) VALUES ('cut', 'test-lake', 'half/one.parquet'), \
                ('cut', 'test-lake', 'half/two.parquet'), ('other', 'gone-bucket', 'a')";
    store.db().write(|tx| tx.execute(note, []).map(|_| ())).unwrap();
    written::recover(store).unwrap();
    assert_eq!(athena.keys("half/"), ["half/kept.parquet"]);
    let left: i64 = store.db().read(|db| db.query_row("SELECT count(*) FROM athena_written", [], |row| row.get(0))).unwrap();
    assert_eq!(left, 0);
    // A statement that ended well has nothing to take back.
    athena.succeed("CREATE TABLE done WITH (external_location = 's3://test-lake/done/') AS SELECT 1 AS a");
    athena.succeed("INSERT INTO done SELECT 2");
    written::recover(store).unwrap();
    assert_eq!(athena.rows("SELECT sum(a) AS s FROM done"), ["s", "3"]);
    assert_eq!(store.head(&athena.bucket, "half/kept.parquet").unwrap().meta.content_type, ObjectMeta::default().content_type);
}

#[test]
fn one_request_sent_many_times_at_once_is_one_execution() {
    let athena = Athena::new();
    athena.succeed("CREATE TABLE t WITH (external_location = 's3://test-lake/t/') AS SELECT 1 AS a");
    let request = json!({"QueryString": "INSERT INTO t SELECT 1", "ClientRequestToken": "t".repeat(40)});
    let ids: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| athena.start_with(request.clone()).unwrap())).collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert_eq!(ids.len(), 1);
    for id in &ids {
        assert_eq!(athena.finish(id)["Status"]["State"], "SUCCEEDED");
    }
    assert_eq!(athena.rows("SELECT count(*) AS n FROM t"), ["n", "2"]);
}

#[test]
fn a_prepared_statement_executes_no_other() {
    let athena = Athena::new();
    for inner in ["EXECUTE x", "PREPARE y FROM SELECT 1", "DEALLOCATE PREPARE x"] {
        let error = athena.start_with(json!({"QueryString": format!("PREPARE x FROM {inner}")})).unwrap_err();
        assert!(error.message.contains("Invalid statement type for prepared statement"), "{}", error.message);
    }
    let own = json!({"StatementName": "x", "WorkGroup": "primary", "QueryStatement": "EXECUTE x"});
    athena.call("CreatePreparedStatement", &own).unwrap();
    let error = athena.start_with(json!({"QueryString": "EXECUTE x"})).unwrap_err();
    assert!(error.message.contains("Invalid statement type for prepared statement: EXECUTE"), "{}", error.message);
}

#[test]
fn a_view_is_made_without_reading_anything() {
    let athena = Athena::new();
    athena.put("v/a.csv", &b"1\n2\n".repeat(50_000));
    athena.succeed("CREATE EXTERNAL TABLE v (a int) LOCATION 's3://test-lake/v/'");
    for statement in
        ["CREATE VIEW w AS SELECT a, count(*) AS n FROM v GROUP BY a", "EXPLAIN (TYPE VALIDATE) SELECT a, count(*) FROM v GROUP BY a"]
    {
        assert_eq!(athena.succeed(statement)["Statistics"]["DataScannedInBytes"], 0, "{statement}");
    }
}
