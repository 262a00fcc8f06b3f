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
