//! The statements and the forms of queries that the lake has, each with an example that is one.

/// A form of statement, as an example that shows its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// The example.
    pub text: &'static str,
    /// What it is for, or its name where it is refused.
    pub help: &'static str,
}

const fn form(text: &'static str, help: &'static str) -> Form {
    Form { text, help }
}

/// Statements.
pub const STATEMENTS: &[Form] = &[
    form("SELECT a FROM t", "A query; see below for what it may be made of."),
    form("VALUES (1, 'a'), (2, 'b')", "Rows as they are written."),
    form(
        "CREATE TABLE new WITH (format = 'PARQUET', write_compression = 'SNAPPY', external_location = 's3://…/', partitioned_by = ARRAY['day']) AS SELECT a, day FROM t",
        "Writes a query's rows as a new table; `WITH NO DATA` writes none. Rows go into Hive's buckets by `bucketed_by` and `bucket_count`.",
    ),
    form("INSERT INTO t (a, b) SELECT a, b FROM u", "Adds rows to a table; `VALUES` as well."),
    form("UNLOAD (SELECT a FROM t) TO 's3://…/' WITH (format = 'JSON', compression = 'GZIP')", "Writes a query's rows as files."),
    form(
        "CREATE EXTERNAL TABLE IF NOT EXISTS db.t (a int COMMENT '…', b array<struct<c:string>>) COMMENT '…' PARTITIONED BY (day string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://…/' TBLPROPERTIES ('skip.header.line.count' = '1')",
        "A table over files; `ROW FORMAT SERDE '…' WITH SERDEPROPERTIES (…)`, `STORED AS …`, `CLUSTERED BY (…) INTO n BUCKETS` and partition projection (`projection.*`) as well.",
    ),
    form("CREATE OR REPLACE VIEW v AS SELECT a FROM t", "A query by a name."),
    form(
        "CREATE DATABASE IF NOT EXISTS db COMMENT '…' LOCATION 's3://…/' WITH DBPROPERTIES ('k' = 'v')",
        "A database; `SCHEMA` says the same.",
    ),
    form("DROP DATABASE IF EXISTS db CASCADE", "Without `CASCADE` only where it has no tables."),
    form("ALTER DATABASE db SET DBPROPERTIES ('k' = 'v')", "Properties of a database."),
    form("DROP TABLE IF EXISTS t", "The files stay, as on Athena."),
    form("DROP VIEW IF EXISTS v", "Its tables stay."),
    form("ALTER TABLE t ADD IF NOT EXISTS PARTITION (day = '2024-01-01') LOCATION 's3://…/'", "Several at once as well."),
    form("ALTER TABLE t DROP IF EXISTS PARTITION (day = '2024-01-01')", "The files stay."),
    form("ALTER TABLE t PARTITION (day = '1') RENAME TO PARTITION (day = '2')", "Another value for a partition."),
    form("ALTER TABLE t ADD COLUMNS (c int)", "New columns behind the others."),
    form("ALTER TABLE t REPLACE COLUMNS (a int, b string)", "Other columns in the place of all."),
    form("ALTER TABLE t CHANGE COLUMN a b int", "Another name or type for a column."),
    form("ALTER TABLE t SET LOCATION 's3://…/'", "Of a partition with `PARTITION (…)` before."),
    form("ALTER TABLE t SET TBLPROPERTIES ('k' = 'v')", "Properties of a table."),
    form("MSCK REPAIR TABLE t", "Adds the partitions whose folders are named `key=value`."),
    form("SHOW DATABASES LIKE 'a*'", "`SCHEMAS` says the same."),
    form("SHOW TABLES IN db '*a*'", "Tables and views; `*` and `|` in the pattern."),
    form("SHOW VIEWS IN db LIKE 'v*'", "Views."),
    form("SHOW COLUMNS IN t", "The columns, partition keys among them."),
    form("SHOW PARTITIONS t", "The partitions that the catalogue knows."),
    form("SHOW TBLPROPERTIES t ('k')", "All properties, or one."),
    form("SHOW CREATE TABLE t", "The statement that makes the table."),
    form("SHOW CREATE VIEW v", "The statement that makes the view."),
    form("DESCRIBE FORMATTED t", "`EXTENDED`, a single column, or nothing of these as well."),
    form(
        "EXPLAIN (TYPE LOGICAL, FORMAT JSON) SELECT a FROM t",
        "`LOGICAL`, `DISTRIBUTED`, `VALIDATE` or `IO`; `TEXT`, `GRAPHVIZ` or `JSON`.",
    ),
    form("EXPLAIN ANALYZE SELECT a FROM t", "Runs the query and measures its steps."),
    form("PREPARE name FROM SELECT a FROM t WHERE a = ?", "A statement by a name, with question marks for values."),
    form("EXECUTE name USING 1, 'x'", "Runs it with these values."),
    form("DEALLOCATE PREPARE name", "Forgets it."),
];

/// Statements that Athena has and the lake refuses; the help is the name that the refusal says.
pub const REFUSED_STATEMENTS: &[Form] = &[
    form("DELETE FROM t WHERE a = 1", "DELETE (Iceberg tables)"),
    form("UPDATE t SET a = 1", "UPDATE (Iceberg tables)"),
    form("MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", "MERGE (Iceberg tables)"),
    form("OPTIMIZE t REWRITE DATA USING BIN_PACK", "OPTIMIZE (Iceberg tables)"),
    form("VACUUM t", "VACUUM (Iceberg tables)"),
    form("ALTER TABLE t DROP COLUMN a", "ALTER TABLE DROP COLUMN (Iceberg tables)"),
    form("INSERT OVERWRITE TABLE t SELECT 1", "INSERT OVERWRITE"),
    form("DESCRIBE INPUT name", "DESCRIBE INPUT and DESCRIBE OUTPUT"),
    form("USING EXTERNAL FUNCTION f(x varchar) RETURNS varchar LAMBDA 'f' SELECT f('x')", "USING EXTERNAL FUNCTION"),
];

/// What a query may be made of. The examples run by themselves.
pub const QUERY_FORMS: &[Form] = &[
    form("WITH a AS (SELECT 1 AS x) SELECT x FROM a", "Named subqueries, also recursive ones:"),
    form(
        "SELECT l.k FROM (VALUES 1) AS l(k) LEFT JOIN (VALUES 2) AS r(k) ON l.k = r.k",
        "Joins of all kinds, `USING` and `NATURAL` among them:",
    ),
    form(
        "SELECT a, x, n FROM (VALUES (1, ARRAY['p'])) AS t(a, b) CROSS JOIN UNNEST(b) WITH ORDINALITY AS u(x, n)",
        "Arrays and maps as rows; after `LEFT JOIN … ON TRUE` as well:",
    ),
    form(
        "SELECT a, sum(b) FROM (VALUES (1, 2)) AS t(a, b) GROUP BY GROUPING SETS ((a), ()) HAVING sum(b) > 1",
        "Groups, with `CUBE`, `ROLLUP` and `grouping(…)`:",
    ),
    form(
        "SELECT x, sum(x) OVER w FROM (VALUES 1, 2) AS t(x) WINDOW w AS (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
        "Windows by rows, ranges and groups:",
    ),
    form(
        "SELECT x FROM (VALUES 1, 2) AS t(x) WHERE x IN (SELECT 1) OR EXISTS (SELECT 1 WHERE x = 2) OR x > ALL (SELECT 5)",
        "Subqueries as values, in `IN`, `EXISTS`, `ANY`, `ALL` and `SOME`, also where they take columns from outside:",
    ),
    form("SELECT 1 UNION SELECT 2 EXCEPT SELECT 2 INTERSECT ALL SELECT 2", "Set operations, with `ALL` and `DISTINCT`:"),
    form(
        "SELECT x FROM (VALUES 3, NULL, 1) AS t(x) ORDER BY x DESC NULLS FIRST OFFSET 1 LIMIT 1",
        "Order and limits, `FETCH FIRST … ROWS ONLY` and `WITH TIES` too:",
    ),
    form("SELECT x FROM (VALUES 1, 2) AS t(x) TABLESAMPLE BERNOULLI (50)", "Samples:"),
    form("SELECT transform(ARRAY[1, 2], x -> x + 1)", "Lambdas:"),
    form("SELECT (1, 'a') = ROW(1, 'a'), (1, 2) IN (SELECT 1, 2)", "Rows and their comparison, field by field:"),
    form("SELECT x, y FROM (VALUES 1) AS t(x) CROSS JOIN LATERAL (SELECT x + 1 AS y)", "Values made for each row:"),
    form(
        "SELECT table_name FROM information_schema.tables",
        "The catalogue as tables; `\"$path\"` and `\"table$partitions\"` on tables of files:",
    ),
];
