//! Athena over a lake in a temporary folder, called as the server calls it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::*;
use crate::lake::engine::Limits;
use crate::lake::storage::{ListQuery, ObjectMeta};
use crate::model::BucketName;

pub(crate) struct Athena {
    pub(crate) service: AthenaService,
    pub(crate) bucket: BucketName,
    _folder: tempfile::TempDir,
}

impl Athena {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let bucket = BucketName::parse("test-lake").unwrap();
        store.create_bucket(&bucket).unwrap();
        let catalog = Catalog::open(store).unwrap();
        let engine = Engine::start(catalog, Limits { threads: 2, memory: 256 << 20 }).unwrap();
        Self { service: AthenaService::open(engine).unwrap(), bucket, _folder: folder }
    }

    pub(crate) fn put(&self, key: &str, bytes: &[u8]) {
        self.service.store().put_bytes(&self.bucket, key, bytes, ObjectMeta::default()).unwrap();
    }

    pub(crate) fn call(&self, operation: &str, input: &Value) -> Result<Value, JsonError> {
        self.service.answer(operation, input)
    }

    pub(crate) fn start_with(&self, mut request: Value) -> Result<String, JsonError> {
        let members = request.as_object_mut().unwrap();
        members.entry("ClientRequestToken").or_insert_with(|| Value::from(uuid::Uuid::new_v4().to_string()));
        self.call("StartQueryExecution", &request).map(|answer| answer["QueryExecutionId"].as_str().unwrap().to_owned())
    }

    pub(crate) fn finish(&self, id: &str) -> Value {
        let until = Instant::now() + Duration::from_mins(1);
        loop {
            let execution = self.call("GetQueryExecution", &json!({"QueryExecutionId": id})).unwrap()["QueryExecution"].clone();
            if !matches!(execution["Status"]["State"].as_str().unwrap(), "QUEUED" | "RUNNING") {
                return execution;
            }
            assert!(Instant::now() < until, "{id} does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs a statement to its end.
    pub(crate) fn run(&self, sql: &str) -> Value {
        let id = self.start_with(json!({"QueryString": sql})).unwrap_or_else(|error| panic!("{sql}: {}", error.message));
        self.finish(&id)
    }

    pub(crate) fn succeed(&self, sql: &str) -> Value {
        let execution = self.run(sql);
        assert_eq!(execution["Status"]["State"], "SUCCEEDED", "{sql}: {}", execution["Status"]["StateChangeReason"]);
        execution
    }

    pub(crate) fn fail(&self, sql: &str) -> String {
        let execution = self.run(sql);
        assert_eq!(execution["Status"]["State"], "FAILED", "{sql}");
        execution["Status"]["StateChangeReason"].as_str().unwrap().to_owned()
    }

    /// All rows of GetQueryResults, cells joined by `|`.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let id = self.succeed(sql)["QueryExecutionId"].as_str().unwrap().to_owned();
        let mut all = Vec::new();
        let mut token = Value::Null;
        loop {
            let mut request = json!({"QueryExecutionId": id, "MaxResults": 2});
            if !token.is_null() {
                request["NextToken"] = token.clone();
            }
            let page = self.call("GetQueryResults", &request).unwrap();
            for row in page["ResultSet"]["Rows"].as_array().unwrap() {
                let cell = |cell: &Value| cell.get("VarCharValue").map_or("∅".to_owned(), |text| text.as_str().unwrap().to_owned());
                all.push(row["Data"].as_array().unwrap().iter().map(cell).collect::<Vec<_>>().join("|"));
            }
            token = page.get("NextToken").cloned().unwrap_or(Value::Null);
            if token.is_null() {
                return all;
            }
        }
    }

    pub(crate) fn object(&self, address: &str) -> Vec<u8> {
        let place: S3Location = address.parse().unwrap();
        let (mut file, _) = self.service.store().open_read(&place.bucket, &place.key).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
        bytes
    }

    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        let page = self.service.store().list(&self.bucket, &ListQuery::prefix(prefix)).unwrap();
        page.objects.into_iter().map(|object| object.key).collect()
    }

    fn sales(&self) {
        self.put("sales/a.csv", b"id,city,price\n1,Seoul,2.5\n2,\"Busan\",\n3,Jeju,10\n");
        self.succeed(
            "CREATE EXTERNAL TABLE sales (id int, city string, price double) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' \
             LOCATION 's3://test-lake/nothing/' TBLPROPERTIES ('skip.header.line.count'='1')",
        );
        self.succeed("DROP TABLE sales");
        self.succeed(
            "CREATE EXTERNAL TABLE IF NOT EXISTS `default`.`sales` (`id` int COMMENT 'the number', city string, price double) \
             ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://test-lake/sales/' TBLPROPERTIES ('skip.header.line.count'='1')",
        );
    }
}

impl AthenaService {
    /// The catalogue, for tests of what stands beside Athena.
    pub(crate) fn catalog_of_tests(&self) -> Catalog {
        self.catalog().clone()
    }
}

#[test]
fn a_query_leaves_its_result_as_athena_writes_it() {
    let athena = Athena::new();
    let execution =
        athena.succeed("SELECT 1 AS n, 'a \"b\"' AS \"Text\", '' AS empty, CAST(NULL AS varchar) AS nothing, ARRAY[1, NULL] AS list");
    let location = execution["ResultConfiguration"]["OutputLocation"].as_str().unwrap();
    let id = execution["QueryExecutionId"].as_str().unwrap();
    assert_eq!(location, format!("s3://aws-athena-query-results-000000000000-us-east-1/{id}.csv"));
    let csv = String::from_utf8(athena.object(location)).unwrap();
    assert_eq!(csv, "\"n\",\"text\",\"empty\",\"nothing\",\"list\"\n\"1\",\"a \"\"b\"\"\",\"\",,\"[1, null]\"\n");
    assert!(athena.object(&format!("{location}.metadata")).windows(id.len()).any(|window| window == id.as_bytes()));
    let results = athena.call("GetQueryResults", &json!({"QueryExecutionId": id})).unwrap();
    assert_eq!(results["UpdateCount"], 0);
    let rows = &results["ResultSet"]["Rows"];
    assert_eq!(rows[0]["Data"][1]["VarCharValue"], "text");
    assert_eq!(
        rows[1]["Data"],
        json!([{"VarCharValue": "1"}, {"VarCharValue": "a \"b\""}, {"VarCharValue": ""}, {}, {"VarCharValue": "[1, null]"}])
    );
    let info = &results["ResultSet"]["ResultSetMetadata"]["ColumnInfo"];
    assert_eq!((&info[0]["Type"], &info[0]["Precision"], &info[0]["CaseSensitive"]), (&json!("integer"), &json!(10), &json!(false)));
    assert_eq!(
        (&info[1]["Type"], &info[1]["Precision"], &info[1]["CaseSensitive"]),
        (&json!("varchar"), &json!(2_147_483_647), &json!(true))
    );
    assert_eq!(info[4]["Type"], "array");
    assert_eq!((execution["StatementType"].as_str(), execution["SubstatementType"].as_str()), (Some("DML"), Some("SELECT")));
    assert_eq!(execution["WorkGroup"], "primary");
    assert_eq!(execution["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"], false);
}

#[test]
fn requests_that_are_wrong_are_refused_with_athenas_codes() {
    let athena = Athena::new();
    let code = |request: Value| {
        let error = athena.start_with(request).unwrap_err();
        (error.code, error.extra["AthenaErrorCode"].as_str().unwrap().to_owned(), error.message)
    };
    let (name, kind, message) = code(json!({"QueryString": "SELEC 1"}));
    assert_eq!((name.as_str(), kind.as_str()), ("InvalidRequestException", "MALFORMED_QUERY"));
    assert!(message.starts_with("line 1:1: mismatched input 'SELEC'"), "{message}");
    assert_eq!(code(json!({"QueryString": "SELECT 1", "WorkGroup": "nowhere"})).2, "WorkGroup is not found.");
    let place = json!({"OutputLocation": "nonsense"});
    assert_eq!(code(json!({"QueryString": "SELECT 1", "ResultConfiguration": place})).2, "outputLocation is not a valid S3 path.");
    assert_eq!(code(json!({"QueryString": "SELECT 1", "ClientRequestToken": ""})).2, "clientRequestToken is null or empty");
    assert!(code(json!({"QueryString": "SELECT 1", "ClientRequestToken": "short"})).2.contains("greater than or equal to 32"));
    let token = "t".repeat(32);
    let first = athena.start_with(json!({"QueryString": "SELECT 1", "ClientRequestToken": token})).unwrap();
    assert_eq!(athena.start_with(json!({"QueryString": "SELECT 1", "ClientRequestToken": token})).unwrap(), first);
    assert_eq!(code(json!({"QueryString": "SELECT 2", "ClientRequestToken": token})).1, "IDEMPOTENT_PARAMETER_MISMATCH");
    let unknown = athena.call("GetQueryExecution", &json!({"QueryExecutionId": "x"})).unwrap_err();
    assert_eq!(
        (unknown.message.as_str(), unknown.extra["AthenaErrorCode"].as_str()),
        ("QueryExecution x was not found", Some("QUERY_EXECUTION_NOT_FOUND"))
    );
    let failed = athena.run("SELECT x");
    assert_eq!(
        failed["Status"]["AthenaError"],
        json!({"ErrorCategory": 2, "ErrorType": 1006, "Retryable": false, "ErrorMessage": "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved"})
    );
    let results = athena.call("GetQueryResults", &json!({"QueryExecutionId": failed["QueryExecutionId"]})).unwrap_err();
    assert_eq!(results.message, "Query did not finish successfully. Final query state: FAILED");
}

#[test]
fn a_running_query_is_stopped_at_once() {
    let athena = Athena::new();
    let many =
        "UNNEST(sequence(1, 10000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b(y) CROSS JOIN UNNEST(sequence(1, 10000)) AS c(z)";
    for endless in [
        format!("SELECT count(*) FROM {many} WHERE x * y % 7 = z"),
        format!("SELECT sum(sqrt(x + z)) FROM {many}"),
        // Conditions that hold for no pair.
        "WITH a AS (SELECT x % 1 AS k, x FROM UNNEST(sequence(1, 10000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 100)) AS b(y)) \
         SELECT count(*) FROM a JOIN a AS o ON a.x + o.x < 0"
            .to_owned(),
        "WITH a AS (SELECT x % 1 AS k, x FROM UNNEST(sequence(1, 10000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 100)) AS b(y)) \
         SELECT count(*) FROM a JOIN a AS o ON a.k = o.k AND a.x + o.x < 0"
            .to_owned(),
        format!(
            "CREATE TABLE never WITH (external_location = 's3://test-lake/never/') AS SELECT sqrt(x * z) AS v FROM {many} WHERE x * y % 7 = z"
        ),
    ] {
        let id = athena.start_with(json!({"QueryString": endless})).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let execution = athena.call("GetQueryExecution", &json!({"QueryExecutionId": id})).unwrap()["QueryExecution"].clone();
        assert_eq!(execution["Status"]["State"], "RUNNING", "{endless}: {}", execution["Status"]["StateChangeReason"]);
        let error = athena.call("GetQueryResults", &json!({"QueryExecutionId": id})).unwrap_err();
        assert_eq!(error.message, "Query has not yet finished. Current state: RUNNING");
        let stopped = Instant::now();
        athena.call("StopQueryExecution", &json!({"QueryExecutionId": id})).unwrap();
        let execution = athena.finish(&id);
        assert!(stopped.elapsed() < Duration::from_millis(500), "{endless}: {:?}", stopped.elapsed());
        assert_eq!(
            (execution["Status"]["State"].as_str(), execution["Status"]["StateChangeReason"].as_str()),
            (Some("CANCELLED"), Some("Query cancelled by user"))
        );
        athena.call("StopQueryExecution", &json!({"QueryExecutionId": id})).unwrap();
    }
    assert!(athena.keys("never/").is_empty());
    assert_eq!(athena.rows("SELECT 1 AS a"), ["a", "1"]);
}

#[test]
fn long_queries_let_a_short_one_through() {
    let athena = Athena::new();
    let many =
        "UNNEST(sequence(1, 10000)) AS a(x) CROSS JOIN UNNEST(sequence(1, 10000)) AS b(y) CROSS JOIN UNNEST(sequence(1, 10000)) AS c(z)";
    let long = || athena.start_with(json!({"QueryString": format!("SELECT sum(sqrt(x + y + z)) FROM {many}")})).unwrap();
    let ids = [long(), long(), long()];
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(athena.rows("SELECT 1 AS a"), ["a", "1"]);
    for id in &ids {
        assert_eq!(
            athena.call("GetQueryExecution", &json!({"QueryExecutionId": id})).unwrap()["QueryExecution"]["Status"]["State"],
            "RUNNING"
        );
        athena.call("StopQueryExecution", &json!({"QueryExecutionId": id})).unwrap();
    }
    for id in &ids {
        assert_eq!(athena.finish(id)["Status"]["State"], "CANCELLED");
    }
}

#[test]
fn tables_are_made_of_queries_and_read_back() {
    let athena = Athena::new();
    athena.sales();
    assert_eq!(athena.rows("SELECT * FROM sales ORDER BY id"), ["id|city|price", "1|Seoul|2.5", "2|\"Busan\"|∅", "3|Jeju|10.0"]);
    let execution = athena.succeed(
        "CREATE TABLE \"default\".\"Copy\" WITH (external_location = 's3://test-lake/copy/', format = 'PARQUET', write_compression = 'SNAPPY') \
         AS SELECT id, city, price, DATE '2024-01-01' AS day, DECIMAL '1.50' AS amount, ARRAY[id] AS list FROM sales",
    );
    let manifest = execution["Statistics"]["DataManifestLocation"].as_str().unwrap();
    let id = execution["QueryExecutionId"].as_str().unwrap();
    assert!(manifest.ends_with(&format!("/tables/{id}-manifest.csv")), "{manifest}");
    let files = String::from_utf8(athena.object(manifest)).unwrap();
    assert_eq!(files.lines().count(), 1);
    assert!(files.starts_with("s3://test-lake/copy/"));
    assert_eq!(athena.rows("SELECT * FROM copy WHERE id = 3"), ["id|city|price|day|amount|list", "3|Jeju|10.0|2024-01-01|1.50|[3]"]);
    let table = athena.service.catalog().table("default", "copy").unwrap();
    let types: Vec<&str> =
        table["StorageDescriptor"]["Columns"].as_array().unwrap().iter().map(|column| column["Type"].as_str().unwrap()).collect();
    assert_eq!(types, ["int", "string", "double", "date", "decimal(3,2)", "array<int>"]);
    let results = athena.call("GetQueryResults", &json!({"QueryExecutionId": id})).unwrap();
    assert_eq!((&results["UpdateCount"], &results["ResultSet"]["Rows"]), (&json!(3), &json!([])));
    assert_eq!(results["ResultSet"]["ResultSetMetadata"]["ColumnInfo"][0]["Name"], "rows");
    assert!(athena.fail("CREATE TABLE copy AS SELECT 1 AS a").starts_with("TABLE_ALREADY_EXISTS"));
    assert!(
        athena
            .fail("CREATE TABLE other WITH (external_location = 's3://test-lake/copy/') AS SELECT 1 AS a")
            .starts_with("HIVE_PATH_ALREADY_EXISTS")
    );
    assert!(athena.fail("CREATE TABLE bad AS SELECT 1").contains("Column name not specified"));
    assert!(athena.fail("CREATE TABLE bad AS SELECT 1 AS a, 2 AS a").contains("Column name 'a' specified more than once"));
    assert!(athena.fail("CREATE TABLE bad AS SELECT NULL AS a").contains("Column type is unknown"));
}

#[test]
fn one_column_of_parquet_scans_less_than_all() {
    let athena = Athena::new();
    athena.succeed(
        "CREATE TABLE wide AS SELECT x AS id, CAST(x * 7919 % 10007 AS varchar) AS a, sqrt(x) AS b, cast(x AS varchar) || '-text' AS c FROM (SELECT y + 10000 * z AS x FROM UNNEST(sequence(1, 10000)) AS t(y) CROSS JOIN UNNEST(sequence(0, 1)) AS u(z))",
    );
    let scanned = |sql: &str| athena.succeed(sql)["Statistics"]["DataScannedInBytes"].as_u64().unwrap();
    let (one, all) = (scanned("SELECT sum(id) FROM wide"), scanned("SELECT count(a), count(c), sum(b), sum(id) FROM wide WHERE c <> 'x'"));
    assert!(one > 0 && one * 2 < all, "{one} of {all}");
    let by_id = scanned("SELECT * FROM wide WHERE id = 5");
    assert!(by_id <= all + 100_000, "{by_id}");
    assert_eq!(athena.rows("SELECT count(*) AS n, sum(id) AS s FROM wide"), ["n|s", "20000|200010000"]);
}

#[test]
fn partitions_are_written_pruned_and_added() {
    let athena = Athena::new();
    athena.succeed(
        "CREATE TABLE logs WITH (format = 'JSON', write_compression = 'GZIP', partitioned_by = ARRAY['day'], external_location = 's3://test-lake/logs') \
         AS SELECT * FROM (VALUES (1, 'a', '2024-01-01'), (2, 'b', '2024-01-02'), (3, NULL, '2024-01-02')) AS t(id, name, day)",
    );
    assert_eq!(athena.rows("SELECT * FROM logs ORDER BY id"), ["id|name|day", "1|a|2024-01-01", "2|b|2024-01-02", "3|∅|2024-01-02"]);
    assert_eq!(athena.rows("SHOW PARTITIONS logs"), ["day=2024-01-01", "day=2024-01-02"]);
    let keys = athena.keys("logs/");
    assert!(keys[0].starts_with("logs/day=2024-01-01/") && keys[0].rsplit('.').next() == Some("gz"), "{keys:?}");
    let one = athena.succeed("SELECT count(*) FROM logs WHERE day = '2024-01-01'")["Statistics"]["DataScannedInBytes"].as_u64().unwrap();
    let all = athena.succeed("SELECT count(*) FROM logs")["Statistics"]["DataScannedInBytes"].as_u64().unwrap();
    assert!(one < all, "{one} of {all}");
    assert_eq!(athena.rows("SELECT day FROM \"logs$partitions\" ORDER BY 1"), ["day", "2024-01-01", "2024-01-02"]);
    assert_eq!(athena.rows("SELECT count(DISTINCT \"$path\") AS files FROM logs"), ["files", "2"]);
    athena.succeed("INSERT INTO logs VALUES (4, 'd', '2024-01-03')");
    athena.succeed("INSERT INTO logs (id, day) SELECT 5, '2024-01-03'");
    assert_eq!(athena.rows("SELECT id, name FROM logs WHERE day > '2024-01-02' ORDER BY id"), ["id|name", "4|d", "5|∅"]);
    athena.succeed("ALTER TABLE logs DROP PARTITION (day = '2024-01-03')");
    assert_eq!(athena.rows("SELECT count(*) AS n FROM logs"), ["n", "3"]);
    athena.succeed("MSCK REPAIR TABLE logs");
    assert_eq!(athena.rows("SELECT count(*) AS n FROM logs"), ["n", "5"]);
    assert!(
        athena.fail("CREATE TABLE p WITH (partitioned_by = ARRAY['a']) AS SELECT 1 AS a, 2 AS b").starts_with("HIVE_COLUMN_ORDER_MISMATCH")
    );
}

#[test]
fn unload_writes_files_alone() {
    let athena = Athena::new();
    let execution = athena.succeed("UNLOAD (SELECT 1 AS a, 'x' AS b UNION ALL SELECT 2, NULL) TO 's3://test-lake/out/' WITH (format = 'TEXTFILE', compression = 'NONE')");
    assert_eq!(execution["SubstatementType"], "UNLOAD");
    let keys = athena.keys("out/");
    assert_eq!(keys.len(), 1);
    let text = String::from_utf8(athena.object(&format!("s3://test-lake/{}", keys[0]))).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["1,x", "2,\\N"]);
}

#[test]
fn statements_that_show_say_what_hive_says() {
    let athena = Athena::new();
    athena.sales();
    athena.succeed("CREATE DATABASE IF NOT EXISTS shop COMMENT 'things' LOCATION 's3://test-lake/shop/'");
    athena.succeed("CREATE DATABASE IF NOT EXISTS shop");
    assert!(athena.fail("CREATE DATABASE shop").contains("already exists"));
    assert_eq!(athena.rows("SHOW DATABASES"), ["default", "shop"]);
    assert_eq!(athena.rows("SHOW DATABASES LIKE 's*'"), ["shop"]);
    assert_eq!(athena.rows("SHOW TABLES"), ["sales"]);
    assert_eq!(athena.rows("SHOW TABLES IN default 'x*'"), Vec::<String>::new());
    assert_eq!(athena.rows("DESCRIBE sales")[0], format!("{:<20}\t{:<20}\t{:<20}", "id", "int", "the number"));
    assert_eq!(athena.rows("SHOW COLUMNS IN sales")[1].trim_end(), "city");
    assert_eq!(athena.rows("SHOW TBLPROPERTIES sales ('skip.header.line.count')"), ["1"]);
    let ddl = athena.rows("SHOW CREATE TABLE sales");
    assert_eq!(ddl[0], "CREATE EXTERNAL TABLE `sales`(");
    assert_eq!(athena.rows("SHOW CREATE TABLE default.sales")[0], "CREATE EXTERNAL TABLE `default.sales`(");
    assert!(ddl.contains(&"  's3://test-lake/sales/'".to_owned()) && ddl.contains(&"  FIELDS TERMINATED BY ',' ".to_owned()), "{ddl:?}");
    athena.succeed("ALTER TABLE sales ADD COLUMNS (note string)");
    athena.succeed("ALTER TABLE sales SET TBLPROPERTIES ('owner' = 'me')");
    assert_eq!(athena.rows("SHOW TBLPROPERTIES sales ('owner')"), ["me"]);
    assert_eq!(athena.rows("SELECT note FROM sales LIMIT 1"), ["note", "∅"]);
    assert!(athena.fail("DESCRIBE nothing").starts_with("FAILED: SemanticException [Error 10001]: Table not found default.nothing"));
    assert!(athena.fail("DROP DATABASE default").contains("is not empty"));
    athena.succeed("DROP DATABASE shop CASCADE");
    athena.succeed("DROP TABLE IF EXISTS nothing");
    athena.succeed("DROP TABLE sales");
    assert_eq!(athena.keys("sales/").len(), 1, "the files stay");
    let utility = athena.succeed("SHOW TABLES");
    assert_eq!((utility["StatementType"].as_str(), utility["SubstatementType"].as_str()), (Some("UTILITY"), Some("SHOW_TABLES")));
    assert!(utility["ResultConfiguration"]["OutputLocation"].as_str().unwrap().rsplit('.').next() == Some("txt"));
}

#[test]
fn views_prepared_statements_and_explain_work() {
    let athena = Athena::new();
    athena.sales();
    athena.succeed("CREATE VIEW cheap AS SELECT id, price FROM sales WHERE price < 5");
    assert!(athena.fail("CREATE VIEW cheap AS SELECT 1 AS a").starts_with("VIEW_ALREADY_EXISTS"));
    athena.succeed("CREATE OR REPLACE VIEW cheap AS SELECT id, price * 2 AS double_price FROM sales WHERE price < 5");
    assert_eq!(athena.rows("SELECT * FROM cheap"), ["id|double_price", "1|5.0"]);
    assert_eq!(athena.rows("SHOW VIEWS"), ["cheap"]);
    assert_eq!(athena.rows("SHOW CREATE VIEW cheap")[0], "CREATE VIEW default.cheap AS");
    athena.succeed("PREPARE by_id FROM SELECT city FROM sales WHERE id = ? OR city = ?");
    assert_eq!(athena.rows("EXECUTE by_id USING 1, 'Jeju'"), ["city", "Seoul", "Jeju"]);
    let id = athena
        .start_with(json!({"QueryString": "SELECT ? AS a, ? AS b, ? AS c", "ExecutionParameters": ["1 + 1", "abc def", "'x'"]}))
        .unwrap();
    athena.finish(&id);
    let results = athena.call("GetQueryResults", &json!({"QueryExecutionId": id})).unwrap();
    assert_eq!(results["ResultSet"]["Rows"][1]["Data"], json!([{"VarCharValue": "2"}, {"VarCharValue": "abc def"}, {"VarCharValue": "x"}]));
    assert!(athena.start_with(json!({"QueryString": "SELECT ?"})).is_err());
    athena.succeed("DEALLOCATE PREPARE by_id");
    assert!(athena.rows("EXPLAIN SELECT count(*) FROM sales").len() > 1);
    assert_eq!(athena.rows("EXPLAIN (TYPE VALIDATE) SELECT 1"), ["true"]);
    assert!(athena.rows("EXPLAIN (TYPE IO, FORMAT JSON) SELECT * FROM sales")[0].contains("\"table\": \"sales\""));
    assert!(athena.rows("EXPLAIN ANALYZE SELECT count(*) FROM sales").join("\n").contains("output_rows"));
    athena.succeed("DROP VIEW cheap");
    assert!(athena.fail("DELETE FROM sales WHERE id = 1").starts_with("NOT_SUPPORTED"));
}

#[test]
fn results_are_reused_when_asked_for_and_never_else() {
    let athena = Athena::new();
    let reuse = json!({"ResultReuseByAgeConfiguration": {"Enabled": true, "MaxAgeInMinutes": 5}});
    let ask = |sql: &str| {
        let id = athena.start_with(json!({"QueryString": sql, "ResultReuseConfiguration": reuse})).unwrap();
        let execution = athena.finish(&id);
        (
            execution["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"].as_bool().unwrap(),
            execution["ResultConfiguration"]["OutputLocation"].clone(),
        )
    };
    let (first, location) = ask("SELECT 5 AS n");
    assert!(!first);
    assert_eq!(ask("SELECT 5 AS n"), (true, location));
    assert!(!ask("SELECT random() AS n").0 && !ask("SELECT random() AS n").0);
    assert_eq!(athena.succeed("SELECT 5 AS n")["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"], false);
}

#[test]
fn workgroups_say_where_results_go() {
    let athena = Athena::new();
    let primary = athena.call("GetWorkGroup", &json!({"WorkGroup": "primary"})).unwrap();
    assert_eq!(primary["WorkGroup"]["Configuration"]["EnforceWorkGroupConfiguration"], false);
    let place = json!({"ResultConfiguration": {"OutputLocation": "s3://test-lake/results/"}, "EnforceWorkGroupConfiguration": true});
    athena.call("CreateWorkGroup", &json!({"Name": "team", "Configuration": place})).unwrap();
    assert_eq!(athena.call("CreateWorkGroup", &json!({"Name": "team"})).unwrap_err().message, "WorkGroup is already created");
    let own = json!({"OutputLocation": "s3://test-lake/mine/"});
    let id = athena.start_with(json!({"QueryString": "SELECT 1 AS a", "WorkGroup": "team", "ResultConfiguration": own})).unwrap();
    assert_eq!(athena.finish(&id)["ResultConfiguration"]["OutputLocation"], format!("s3://test-lake/results/{id}.csv"));
    athena
        .call("UpdateWorkGroup", &json!({"WorkGroup": "team", "ConfigurationUpdates": {"EnforceWorkGroupConfiguration": false}}))
        .unwrap();
    let id = athena.start_with(json!({"QueryString": "SELECT 1 AS a", "WorkGroup": "team", "ResultConfiguration": own})).unwrap();
    assert_eq!(athena.finish(&id)["ResultConfiguration"]["OutputLocation"], format!("s3://test-lake/mine/{id}.csv"));
    let listed = athena.call("ListQueryExecutions", &json!({"WorkGroup": "team"})).unwrap();
    assert_eq!(listed["QueryExecutionIds"].as_array().unwrap().len(), 2);
    assert!(athena.call("DeleteWorkGroup", &json!({"WorkGroup": "team"})).is_err());
    athena.call("DeleteWorkGroup", &json!({"WorkGroup": "team", "RecursiveDeleteOption": true})).unwrap();
    let named = json!({"Name": "q", "Database": "default", "QueryString": "SELECT 1"});
    let id = athena.call("CreateNamedQuery", &named).unwrap()["NamedQueryId"].clone();
    assert_eq!(athena.call("GetNamedQuery", &json!({"NamedQueryId": id})).unwrap()["NamedQuery"]["WorkGroup"], "primary");
    assert_eq!(athena.call("ListDatabases", &json!({"CatalogName": "AwsDataCatalog"})).unwrap()["DatabaseList"][0]["Name"], "default");
}

#[test]
fn what_is_kept_beside_queries_is_listed_changed_and_deleted() {
    let athena = Athena::new();
    let call = |operation: &str, input: Value| athena.call(operation, &input).unwrap();
    let ids: Vec<Value> = ["one", "two", "three"]
        .iter()
        .map(|name| {
            call("CreateNamedQuery", json!({"Name": name, "Database": "default", "QueryString": "SELECT 1"}))["NamedQueryId"].clone()
        })
        .collect();
    let page = call("ListNamedQueries", json!({"MaxResults": 2}));
    let rest = call("ListNamedQueries", json!({"MaxResults": 2, "NextToken": page["NextToken"]}));
    assert_eq!((page["NamedQueryIds"].as_array().unwrap().len(), rest["NamedQueryIds"].as_array().unwrap().len()), (2, 1));
    call("UpdateNamedQuery", json!({"NamedQueryId": ids[0], "Name": "first", "QueryString": "SELECT 2"}));
    let batch = call("BatchGetNamedQuery", json!({"NamedQueryIds": [ids[0], "nothing"]}));
    assert_eq!((&batch["NamedQueries"][0]["QueryString"], &batch["NamedQueries"][0]["Name"]), (&json!("SELECT 2"), &json!("first")));
    assert_eq!(batch["UnprocessedNamedQueryIds"][0]["NamedQueryId"], "nothing");
    call("DeleteNamedQuery", json!({"NamedQueryId": ids[0]}));
    assert!(athena.call("GetNamedQuery", &json!({"NamedQueryId": ids[0]})).is_err());

    let statement = json!({"StatementName": "s", "WorkGroup": "primary", "QueryStatement": "SELECT ? AS a"});
    call("CreatePreparedStatement", statement.clone());
    assert_eq!(athena.call("CreatePreparedStatement", &statement).unwrap_err().code, "InvalidRequestException");
    call("UpdatePreparedStatement", json!({"StatementName": "s", "WorkGroup": "primary", "QueryStatement": "SELECT ? AS b"}));
    let batch = call("BatchGetPreparedStatement", json!({"WorkGroup": "primary", "PreparedStatementNames": ["s", "t"]}));
    assert_eq!(batch["PreparedStatements"][0]["QueryStatement"], "SELECT ? AS b");
    assert_eq!(batch["UnprocessedPreparedStatementNames"][0]["StatementName"], "t");
    assert_eq!(call("ListPreparedStatements", json!({"WorkGroup": "primary"}))["PreparedStatements"][0]["StatementName"], "s");
    assert_eq!(athena.rows("EXECUTE s USING 'x'"), ["b", "x"]);
    call("DeletePreparedStatement", json!({"StatementName": "s", "WorkGroup": "primary"}));
    let gone = athena.call("GetPreparedStatement", &json!({"StatementName": "s", "WorkGroup": "primary"})).unwrap_err();
    assert_eq!(gone.code, "ResourceNotFoundException");

    let arn = "arn:aws:athena:us-east-1:000000000000:workgroup/primary";
    call("TagResource", json!({"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "b"}]}));
    call("UntagResource", json!({"ResourceARN": arn, "TagKeys": ["cost"]}));
    assert_eq!(call("ListTagsForResource", json!({"ResourceARN": arn}))["Tags"], json!([{"Key": "team", "Value": "a"}]));
    assert_eq!(athena.call("DeleteWorkGroup", &json!({"WorkGroup": "primary"})).unwrap_err().code, "InvalidRequestException");
    call("UpdateWorkGroup", json!({"WorkGroup": "primary", "State": "DISABLED"}));
    assert!(athena.start_with(json!({"QueryString": "SELECT 1 AS a"})).is_err());
    call("UpdateWorkGroup", json!({"WorkGroup": "primary", "State": "ENABLED"}));
}

#[test]
fn the_catalogue_is_shown_as_athena_shows_it() {
    let athena = Athena::new();
    athena.sales();
    let call = |operation: &str, input: Value| athena.call(operation, &input).unwrap();
    assert_eq!(call("ListDataCatalogs", json!({}))["DataCatalogsSummary"][0]["CatalogName"], "AwsDataCatalog");
    assert_eq!(call("GetDataCatalog", json!({"Name": "AwsDataCatalog"}))["DataCatalog"]["Type"], "GLUE");
    let place = json!({"CatalogName": "AwsDataCatalog", "DatabaseName": "default"});
    assert_eq!(call("GetDatabase", place.clone())["Database"]["Name"], "default");
    let with = |member: &str, value: &str| {
        let mut place = place.clone();
        place[member] = json!(value);
        place
    };
    let table = call("GetTableMetadata", with("TableName", "sales"))["TableMetadata"].clone();
    assert_eq!(
        (&table["Name"], &table["TableType"], &table["Columns"][0]["Name"]),
        (&json!("sales"), &json!("EXTERNAL_TABLE"), &json!("id"))
    );
    assert_eq!(table["Parameters"]["location"], "s3://test-lake/sales/");
    assert!(table["Parameters"]["serde.serialization.lib"].as_str().unwrap().starts_with("org.apache.hadoop"));
    let found = |expression: &str| call("ListTableMetadata", with("Expression", expression))["TableMetadataList"].as_array().unwrap().len();
    assert_eq!((found("sal.*"), found("x.*")), (1, 0));
    for (operation, input) in [("GetTableMetadata", with("TableName", "nothing")), ("GetDatabase", with("DatabaseName", "nothing"))] {
        assert_eq!(athena.call(operation, &input).unwrap_err().code, "MetadataException", "{operation}");
    }
}

#[test]
fn a_query_cut_off_by_a_crash_reads_failed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let catalog = Catalog::open(store).unwrap();
    let engine = Engine::start(catalog, Limits { threads: 1, memory: 64 << 20 }).unwrap();
    let service = AthenaService::open(engine.clone()).unwrap();
    let token = uuid::Uuid::new_v4().to_string();
    let answer = service.answer("StartQueryExecution", &json!({"QueryString": "SELECT 1", "ClientRequestToken": token})).unwrap();
    let id = answer["QueryExecutionId"].as_str().unwrap().to_owned();
    while matches!(service.execution(&id).unwrap().state, State::Queued | State::Running) {
        std::thread::sleep(Duration::from_millis(5));
    }
    // As if the lake had ended before the query did.
    let mut execution = service.execution(&id).unwrap();
    execution.state = State::Queued;
    execution.save(service.db()).unwrap();
    drop(service);
    let again = AthenaService::open(engine).unwrap();
    let found = again.execution(&id).unwrap();
    assert_eq!(found.state, State::Failed);
    assert!(found.reason.unwrap().contains("stopped while this query ran"));
}
