//! What INSERT and CREATE TABLE AS write is what the table reads, wherever it is and whatever its SerDe.

use super::tests::Athena;

#[test]
fn rows_go_where_their_partitions_are() {
    let athena = Athena::new();
    athena.succeed(
        "CREATE EXTERNAL TABLE p (x int) PARTITIONED BY (k string, y int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://test-lake/p/'",
    );
    athena.succeed("ALTER TABLE p ADD PARTITION (k = '1', y = '01') LOCATION 's3://test-lake/elsewhere/'");
    athena.succeed("INSERT INTO p VALUES (5, '1', 1), (6, '10:30', 2)");
    assert_eq!(athena.rows("SELECT * FROM p ORDER BY x"), ["x|k|y", "5|1|1", "6|10:30|2"]);
    assert_eq!((athena.keys("elsewhere/").len(), athena.keys("p/k=10%3A30/y=2/").len()), (1, 1));
    assert_eq!(athena.rows("SHOW PARTITIONS p"), ["k=1/y=01", "k=10%3A30/y=2"]);
    athena.succeed("INSERT INTO p VALUES (7, '1', 1), (8, '10:30', 2)");
    assert_eq!(athena.rows("SELECT count(*) AS n, sum(x) AS s FROM p"), ["n|s", "4|26"]);
}

#[test]
fn the_usual_place_of_a_partition_is_escaped() {
    let athena = Athena::new();
    athena.put("h/t=10%3A30/a.csv", b"1\n");
    athena.succeed("CREATE EXTERNAL TABLE h (x int) PARTITIONED BY (t string) LOCATION 's3://test-lake/h/'");
    athena.succeed("ALTER TABLE h ADD PARTITION (t = '10:30')");
    assert_eq!(athena.rows("SELECT * FROM h"), ["x|t", "1|10:30"]);
    athena.succeed("ALTER TABLE h DROP PARTITION (t = '10:30')");
    assert!(athena.rows("MSCK REPAIR TABLE h").join("\n").contains("h:t=10%3A30"));
    assert_eq!(athena.rows("SELECT * FROM h"), ["x|t", "1|10:30"]);
}

#[test]
fn rows_go_where_the_projection_reads_them() {
    let athena = Athena::new();
    let table = |name: &str, key: &str, properties: &str| {
        athena.succeed(&format!(
            "CREATE EXTERNAL TABLE {name} (x int) PARTITIONED BY (t {key}) LOCATION 's3://test-lake/{name}/' TBLPROPERTIES ('projection.enabled'='true', {properties})"
        ));
    };
    table("plain", "string", "'projection.t.type'='enum', 'projection.t.values'='10:30,b'");
    table(
        "days",
        "date",
        "'projection.t.type'='date', 'projection.t.range'='2024/01/01,2024/01/03', 'projection.t.format'='yyyy/MM/dd', \
         'storage.location.template'='s3://test-lake/days/${t}/'",
    );
    table("named", "string", "'projection.t.type'='injected'");
    athena.succeed("INSERT INTO plain VALUES (2, '10:30')");
    assert_eq!(athena.rows("SELECT * FROM plain"), ["x|t", "2|10:30"]);
    athena.succeed("INSERT INTO days VALUES (3, DATE '2024-01-02')");
    assert_eq!(athena.rows("SELECT * FROM days"), ["x|t", "3|2024-01-02"]);
    assert_eq!(athena.keys("days/2024/01/02/").len(), 1);
    let failed = athena.fail("INSERT INTO days VALUES (3, DATE '2025-01-02')");
    assert_eq!(failed, "NOT_SUPPORTED: The table's partition projection has no partition t=2025-01-02: its rows could not be read");
    assert!(
        athena
            .fail("INSERT INTO named VALUES (1, 'a')")
            .starts_with("NOT_SUPPORTED: The local lake does not insert into tables with injected")
    );
    assert_eq!(athena.keys("days/").len(), 1);
}

#[test]
fn rows_are_not_put_beside_a_table_of_one_object() {
    let athena = Athena::new();
    athena.put("one.csv", b"1\n2\n");
    athena.succeed("CREATE EXTERNAL TABLE one (x int) LOCATION 's3://test-lake/one.csv'");
    assert_eq!(athena.rows("SELECT count(*) AS n FROM one"), ["n", "2"]);
    let failed = athena.fail("INSERT INTO one VALUES (3)");
    assert!(failed.starts_with("NOT_SUPPORTED: The location of table 'default.one' is a single object"), "{failed}");
    assert_eq!(athena.rows("SELECT count(*) AS n FROM one"), ["n", "2"]);
}

#[test]
fn texts_are_written_in_the_dialect_of_their_table() {
    let athena = Athena::new();
    let rows = "SELECT * FROM (VALUES (NULL, 'x'), ('a,b', 'c\\d'), ('two' || chr(10) || 'lines', ' n ')) AS t(a, b)";
    athena.succeed(
        "CREATE EXTERNAL TABLE escapes (a string, b string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' ESCAPED BY '\\\\' \
         NULL DEFINED AS '' LOCATION 's3://test-lake/escapes/'",
    );
    athena.succeed(&format!("INSERT INTO escapes {rows}"));
    assert_eq!(athena.rows("SELECT * FROM escapes ORDER BY b DESC"), ["a|b", "∅|x", "a,b|c\\d", "two\nlines| n "]);
    athena.succeed(
        "CREATE EXTERNAL TABLE nested (a array<string>, m map<string,int>, r struct<x:array<int>,y:string>) ROW FORMAT DELIMITED \
         FIELDS TERMINATED BY ',' ESCAPED BY '^' COLLECTION ITEMS TERMINATED BY '|' MAP KEYS TERMINATED BY ':' LOCATION 's3://test-lake/nested/'",
    );
    athena.succeed(
        "INSERT INTO nested SELECT ARRAY['a|', 'b'], MAP(ARRAY['k:1', 'l'], ARRAY[1, NULL]), CAST(ROW(ARRAY[1, 2], 'z^') AS ROW(x array(integer), y varchar))",
    );
    assert_eq!(
        athena.rows("SELECT cardinality(a) AS n, a[1] AS a, m['k:1'] AS k, m['l'] AS l, cardinality(r.x) AS x, r.y FROM nested"),
        ["n|a|k|l|x|y", "2|a||1|∅|2|z^"]
    );
    let mut table = athena.service.catalog().table("default", "nested").unwrap();
    table["Name"] = "formatted".into();
    table["StorageDescriptor"]["Location"] = "s3://test-lake/formatted/".into();
    table["StorageDescriptor"]["Columns"] = serde_json::json!([{"Name": "a", "Type": "int"}, {"Name": "b", "Type": "int"}]);
    table["StorageDescriptor"]["SerdeInfo"]["Parameters"] = serde_json::json!({"serialization.format": ","});
    athena.service.catalog().create_table("default", &table).unwrap();
    athena.succeed("INSERT INTO formatted VALUES (1, 2)");
    assert_eq!(athena.rows("SELECT * FROM formatted"), ["a|b", "1|2"]);
    athena.succeed(
        "CREATE EXTERNAL TABLE mapped (id int, who string) ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' \
         WITH SERDEPROPERTIES ('mapping.who'='UserName') LOCATION 's3://test-lake/mapped/'",
    );
    athena.succeed("INSERT INTO mapped VALUES (1, 'bob')");
    assert_eq!(athena.rows("SELECT * FROM mapped"), ["id|who", "1|bob"]);
}

#[test]
fn values_come_back_from_every_format() {
    let athena = Athena::new();
    let select = "SELECT X'00FF10' AS b, DECIMAL '12345678901234567890.1234567890' AS d, 9223372036854775807 AS n, \
                  CAST('2020-01-01 00:00:00.9996' AS timestamp(6)) AS t, ARRAY[X'01', X'02'] AS bs, \
                  ARRAY[CAST('1969-12-31 23:59:59.9995' AS timestamp(6))] AS ts, 1e-7 AS e";
    for format in ["TEXTFILE", "JSON", "PARQUET", "AVRO"] {
        athena.succeed(&format!("CREATE TABLE v_{format} WITH (format = '{format}') AS {select}"));
        let shown = athena.rows(&format!("SELECT to_hex(b) AS b, d, n, t, to_hex(bs[1]) AS bs, ts, e FROM v_{format}"));
        assert_eq!(
            shown,
            [
                "b|d|n|t|bs|ts|e",
                "00FF10|12345678901234567890.1234567890|9223372036854775807|2020-01-01 00:00:01.000|01|[1970-01-01 00:00:00.000]|1.0E-7"
            ],
            "{format}"
        );
    }
    athena.succeed(&format!("CREATE TABLE v_orc WITH (format = 'ORC') AS SELECT t FROM ({select})"));
    assert_eq!(athena.rows("SELECT t FROM v_orc"), ["t", "2020-01-01 00:00:01.000"]);
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let athena = Athena::new();
    for (sign, shown) in [("§", "§"), ("||", "||"), ("", "")] {
        let failed = athena.fail(&format!("CREATE TABLE bad WITH (format = 'TEXTFILE', field_delimiter = '{sign}') AS SELECT 1 AS a"));
        assert_eq!(failed, format!("INVALID_TABLE_PROPERTY: Invalid value for property 'field_delimiter': {shown}"));
    }
    for (value, athena_type) in
        [("TIME '10:00:00'", "time(3)"), ("ARRAY[NULL]", "array(unknown)"), ("JSON '1'", "json"), ("uuid()", "uuid")]
    {
        let failed = athena.fail(&format!("CREATE TABLE bad WITH (format = 'PARQUET') AS SELECT {value} AS a"));
        assert!(failed.starts_with("NOT_SUPPORTED: Unsupported Hive type: "), "{athena_type}: {failed}");
    }
}
