//! Tables of Avro, ORC, compressed texts and buckets: written by statements, and read back.

use serde_json::json;

use super::tests::Athena;
use crate::lake::codec::Codec;

/// One column of each type, over a plain row, one of edges, and one of NULLs.
const ROWS: &str = "SELECT * FROM (VALUES \
    (1, true, CAST(2 AS tinyint), CAST(-3 AS smallint), 1000000000000, 2.5, REAL '1.5', DECIMAL '-12.34', DATE '1905-03-01', \
     TIMESTAMP '1969-12-31 23:59:59.999', '서울 🙂', X'00FF'), \
    (2, false, CAST(-128 AS tinyint), CAST(32767 AS smallint), -9223372036854775807, -0.125, REAL '-1.0', DECIMAL '0.00', DATE '2024-02-29', \
     TIMESTAMP '2024-02-29 12:34:56.001', '', X''), \
    (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) \
    AS t(id, ok, tiny, small, big, price, ratio, amount, day, at, name, data)";

const SHOWN: [&str; 4] = [
    "id|ok|tiny|small|big|price|ratio|amount|day|at|name|data",
    "1|true|2|-3|1000000000000|2.5|1.5|-12.34|1905-03-01|1969-12-31 23:59:59.999|서울 🙂|00 ff",
    "2|false|-128|32767|-9223372036854775807|-0.125|-1.0|0.00|2024-02-29|2024-02-29 12:34:56.001||",
    "3|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅|∅",
];

/// Nested values, which not every format takes.
const NESTED: &str = "SELECT id, ARRAY['a', NULL] AS tags, MAP(ARRAY['k'], ARRAY[id]) AS counts, \
    CAST(ROW(id, ARRAY[ROW('x')]) AS row(n integer, parts array(row(t varchar)))) AS who \
    FROM (VALUES 1, NULL) AS t(id)";

const NESTED_SHOWN: [&str; 3] =
    ["id|tags|counts|who", "1|[a, null]|{k=1}|{n=1, parts=[{t=x}]}", "∅|[a, null]|{k=null}|{n=null, parts=[{t=x}]}"];

fn write(athena: &Athena, format: &str, compression: &str) {
    let table = format!("{format}_{compression}").to_lowercase();
    athena.succeed(&format!(
        "CREATE TABLE {table} WITH (format = '{format}', write_compression = '{compression}', external_location = 's3://test-lake/{table}/') AS {ROWS}"
    ));
    assert_eq!(athena.rows(&format!("SELECT * FROM {table} ORDER BY id")), SHOWN, "{table}");
    athena.succeed(&format!("INSERT INTO {table} SELECT * FROM {table} WHERE id < 3"));
    let counted = athena.rows(&format!("SELECT count(*) AS n, count(name) AS names, sum(id) AS s FROM {table}"));
    assert_eq!(counted, ["n|names|s", "5|4|9"], "{table}");
    assert_eq!(athena.rows(&format!("SELECT count(*) AS n FROM {table}")), ["n", "5"], "{table}");
    athena.succeed(&format!("UNLOAD (SELECT * FROM {table} WHERE id = 1) TO 's3://test-lake/out_{table}/' WITH (format = '{format}', compression = '{compression}')"));
    assert_eq!(athena.keys(&format!("out_{table}/")).len(), 1, "{table}");
}

#[test]
fn avro_is_written_and_read() {
    let athena = Athena::new();
    for compression in ["DEFLATE", "SNAPPY", "ZSTD", "BZIP2", "NONE"] {
        write(&athena, "AVRO", compression);
    }
    athena.succeed(&format!("CREATE TABLE nested WITH (format = 'AVRO') AS {NESTED}"));
    assert_eq!(athena.rows("SELECT * FROM nested ORDER BY id"), NESTED_SHOWN);
    assert_eq!(athena.rows("SELECT who.parts[1].t AS t FROM nested WHERE counts['k'] = 1"), ["t", "x"]);
    let table = athena.service.catalog().table("default", "avro_deflate").unwrap();
    let serde = &table["StorageDescriptor"]["SerdeInfo"];
    assert_eq!(serde["SerializationLibrary"], "org.apache.hadoop.hive.serde2.avro.AvroSerDe");
    assert_eq!((&table["Parameters"]["classification"], &table["Parameters"]["write.compression"]), (&json!("avro"), &json!("deflate")));
    athena.succeed("CREATE TABLE empty WITH (format = 'AVRO', external_location = 's3://test-lake/empty/') AS SELECT 1 AS a WHERE false");
    assert_eq!(athena.keys("empty/").len(), 1, "a file that says the columns");
    assert_eq!(athena.rows("SELECT * FROM empty"), ["a"]);
}

#[test]
fn avro_refuses_what_it_cannot_hold() {
    let athena = Athena::new();
    for (sql, reason) in [
        ("SELECT 1 AS \"my id\"", "NOT_SUPPORTED: Illegal character in: my id"),
        ("SELECT MAP(ARRAY[1], ARRAY[2]) AS m", "NOT_SUPPORTED: Avro only supports maps with string keys, not map(integer, integer)"),
    ] {
        let failed = athena.fail(&format!("CREATE TABLE bad WITH (format = 'AVRO', external_location = 's3://test-lake/bad/') AS {sql}"));
        assert!(failed.starts_with(reason), "{failed}");
    }
    let failed = athena.fail("UNLOAD (SELECT 1 AS a) TO 's3://test-lake/bad/' WITH (format = 'AVRO', compression = 'GZIP')");
    assert_eq!(failed, "NOT_SUPPORTED: The local lake writes AVRO with the compressions DEFLATE, SNAPPY, ZSTD, BZIP2, NONE, not GZIP");
    assert_eq!(athena.keys("bad/"), Vec::<String>::new());
}

#[test]
fn orc_is_written_and_read() {
    let athena = Athena::new();
    let columns = "id, ok, tiny, small, big, price, ratio, day, at, name, data";
    // ORC has no way to say the last second before 1970.
    let failed = athena.fail(&format!("CREATE TABLE second WITH (format = 'ORC') AS {}", ROWS.replace("DECIMAL", "DOUBLE")));
    assert!(failed.starts_with("HIVE_WRITER_DATA_ERROR: Cannot encode timestamp value -1 in Millisecond"), "{failed}");
    let rows = ROWS.replace("23:59:59.999", "23:59:58.999");
    let shown = SHOWN.map(|row| row.replace("23:59:59.999", "23:59:58.999"));
    let shown = shown.map(|row| row.split('|').enumerate().filter(|(at, _)| *at != 7).map(|(_, cell)| cell).collect::<Vec<_>>().join("|"));
    for compression in ["ZLIB", "SNAPPY", "ZSTD", "LZ4", "NONE"] {
        let table = format!("orc_{compression}").to_lowercase();
        athena.succeed(&format!(
            "CREATE TABLE {table} WITH (format = 'ORC', write_compression = '{compression}', external_location = 's3://test-lake/{table}/') \
             AS SELECT {columns} FROM ({rows})"
        ));
        assert_eq!(athena.rows(&format!("SELECT * FROM {table} ORDER BY id")), shown, "{table}");
        athena.succeed(&format!("INSERT INTO {table} SELECT * FROM {table} WHERE id < 3"));
        let counted = athena.rows(&format!("SELECT count(*) AS n, count(name) AS names, sum(id) AS s FROM {table}"));
        assert_eq!(counted, ["n|names|s", "5|4|9"], "{table}");
        assert_eq!(athena.rows(&format!("SELECT count(*) AS n FROM {table}")), ["n", "5"], "{table}");
        athena.succeed(&format!(
            "UNLOAD (SELECT id FROM {table}) TO 's3://test-lake/out_{table}/' WITH (format = 'ORC', compression = '{compression}')"
        ));
    }
    let table = athena.service.catalog().table("default", "orc_zlib").unwrap();
    assert_eq!(table["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"], "org.apache.hadoop.hive.ql.io.orc.OrcSerde");
    assert_eq!((&table["Parameters"]["classification"], &table["Parameters"]["write.compression"]), (&json!("orc"), &json!("zlib")));
    athena.succeed("CREATE TABLE empty WITH (format = 'ORC', external_location = 's3://test-lake/empty/') AS SELECT 1 AS a WHERE false");
    assert_eq!(athena.keys("empty/").len(), 1);
    assert_eq!(athena.rows("SELECT * FROM empty"), ["a"]);
}

#[test]
fn one_column_of_orc_scans_less_than_all() {
    let athena = Athena::new();
    athena.succeed(
        "CREATE TABLE wide WITH (format = 'ORC', write_compression = 'NONE') AS SELECT x AS id, CAST(x * 7919 % 10007 AS varchar) || '-text' AS a \
         FROM UNNEST(sequence(1, 10000)) AS t(x)",
    );
    let scanned = |sql: &str| athena.succeed(sql)["Statistics"]["DataScannedInBytes"].as_u64().unwrap();
    let (one, all) = (scanned("SELECT sum(id) FROM wide"), scanned("SELECT count(a), sum(id) FROM wide"));
    assert!(one > 0 && one * 2 < all, "{one} of {all}");
}

#[test]
fn orc_refuses_what_it_cannot_write() {
    let athena = Athena::new();
    for (sql, data_type) in [
        ("DECIMAL '1.50'", "decimal(3,2)"),
        ("ARRAY[1]", "array(integer)"),
        ("MAP(ARRAY['a'], ARRAY[1])", "map(varchar, integer)"),
        ("CAST(ROW(1) AS row(a integer))", "row(a integer)"),
    ] {
        let failed = athena.fail(&format!(
            "CREATE TABLE bad WITH (format = 'ORC', external_location = 's3://test-lake/bad/') AS SELECT 1 AS id, {sql} AS x"
        ));
        assert!(
            failed.starts_with("NOT_SUPPORTED: The local lake does not write columns of type ") && failed.contains(data_type),
            "{failed}"
        );
    }
    let failed = athena.fail("UNLOAD (SELECT 1 AS a) TO 's3://test-lake/bad/' WITH (format = 'ORC', compression = 'GZIP')");
    assert_eq!(failed, "NOT_SUPPORTED: The local lake writes ORC with the compressions ZLIB, SNAPPY, ZSTD, LZ4, NONE, not GZIP");
    assert_eq!(athena.keys("bad/"), Vec::<String>::new());
}

#[test]
fn damaged_files_are_errors_and_never_fewer_rows() {
    let athena = Athena::new();
    for format in ["AVRO", "ORC"] {
        athena.succeed(&format!(
            "CREATE TABLE whole_{format} WITH (format = '{format}', external_location = 's3://test-lake/whole_{format}/') \
             AS SELECT x AS id, CAST(x AS varchar) AS name FROM UNNEST(sequence(1, 10000)) AS t(x)"
        ));
        let bytes = athena.object(&format!("s3://test-lake/{}", athena.keys(&format!("whole_{format}/"))[0]));
        for cut in [3, 17, bytes.len() / 2, bytes.len() - 20, bytes.len() - 1] {
            let table = format!("cut_{format}_{cut}").to_lowercase();
            athena.put(&format!("{table}/x"), &bytes[..cut]);
            athena.succeed(&format!(
                "CREATE EXTERNAL TABLE {table} (id bigint, name string) STORED AS {format} LOCATION 's3://test-lake/{table}/'"
            ));
            let failed = athena.fail(&format!("SELECT sum(id) FROM {table}"));
            assert!(failed.starts_with("HIVE_") && failed.contains(&format!("s3://test-lake/{table}/x")), "{table}: {failed}");
        }
    }
}

#[test]
fn texts_are_compressed_and_read_in_every_way() {
    let athena = Athena::new();
    for (compression, ending) in
        [("GZIP", ".gz"), ("BZIP2", ".bz2"), ("ZSTD", ".zst"), ("SNAPPY", ".snappy"), ("DEFLATE", ".deflate"), ("NONE", "")]
    {
        for format in ["JSON", "TEXTFILE"] {
            let table = format!("{format}_{compression}").to_lowercase();
            athena.succeed(&format!(
                "CREATE TABLE {table} WITH (format = '{format}', write_compression = '{compression}', external_location = 's3://test-lake/{table}/') \
                 AS SELECT x AS id, 'name ' || CAST(x AS varchar) AS name FROM UNNEST(sequence(1, 5000)) AS t(x)"
            ));
            let keys = athena.keys(&format!("{table}/"));
            assert!(keys.iter().all(|key| key.ends_with(ending) && (!ending.is_empty() || !key.contains('.'))), "{keys:?}");
            let answer = athena.rows(&format!("SELECT count(*) AS n, sum(id) AS s, max(name) AS m FROM {table}"));
            assert_eq!(answer, ["n|s|m", "5000|12502500|name 999"], "{table}");
            athena.succeed(&format!("INSERT INTO {table} VALUES (0, 'more')"));
            assert_eq!(athena.rows(&format!("SELECT name FROM {table} WHERE id = 0")), ["name", "more"], "{table}");
            let scanned = athena.succeed(&format!("SELECT sum(id) FROM {table}"))["Statistics"]["DataScannedInBytes"].as_u64().unwrap();
            let stored: usize =
                athena.keys(&format!("{table}/")).iter().map(|key| athena.object(&format!("s3://test-lake/{key}")).len()).sum();
            assert_eq!(scanned, stored as u64, "{table} is scanned as it is stored");
        }
    }
    let failed = athena.fail("CREATE TABLE bad WITH (format = 'TEXTFILE', write_compression = 'LZ4') AS SELECT 1 AS a");
    assert_eq!(
        failed,
        "NOT_SUPPORTED: The local lake writes TEXTFILE with the compressions GZIP, BZIP2, ZSTD, SNAPPY, DEFLATE, NONE, not LZ4"
    );
}

#[test]
fn files_of_many_compressions_are_one_table() {
    let athena = Athena::new();
    for (at, codec) in [Codec::Gzip, Codec::Bzip2, Codec::Zstd, Codec::Snappy, Codec::Deflate].into_iter().enumerate() {
        let mut packer = crate::lake::codec::Packer::new(Some(codec), Vec::new()).unwrap();
        std::io::Write::write_all(&mut packer, format!("id,v\n{at},{codec:?}\n").as_bytes()).unwrap();
        athena.put(&format!("mixed/{at}.csv{}", codec.ending()), &packer.finish().unwrap());
    }
    athena.put("mixed/plain.csv", b"id,v\n9,Plain\n");
    athena.succeed(
        "CREATE EXTERNAL TABLE mixed (id int, v string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://test-lake/mixed/' \
         TBLPROPERTIES ('skip.header.line.count'='1')",
    );
    assert_eq!(athena.rows("SELECT * FROM mixed ORDER BY id"), ["id|v", "0|Gzip", "1|Bzip2", "2|Zstd", "3|Snappy", "4|Deflate", "9|Plain"]);
    athena.put("mixed/damaged.csv.zst", b"id,v\n1,x\n");
    assert!(athena.fail("SELECT * FROM mixed").starts_with("HIVE_CURSOR_ERROR: Failed to read file s3://test-lake/mixed/damaged.csv.zst"));
}

#[test]
fn buckets_hold_the_rows_of_their_hashes() {
    let athena = Athena::new();
    athena.succeed(
        "CREATE TABLE dealt WITH (format = 'PARQUET', bucketed_by = ARRAY['id'], bucket_count = 4, external_location = 's3://test-lake/dealt/') \
         AS SELECT x AS id, 'n' || CAST(x AS varchar) AS name FROM UNNEST(sequence(-3, 8)) AS t(x)",
    );
    let keys = athena.keys("dealt/");
    assert_eq!(keys.len(), 4);
    for (bucket, key) in keys.iter().enumerate() {
        assert!(key.starts_with(&format!("dealt/{bucket:06}_0_")), "{key}");
    }
    // A bigint is its own hash with its upper half mixed in, its sign bit off: -3 is 2, -2 is 1, -1 is 0.
    let rows = athena.rows("SELECT regexp_extract(\"$path\", '/0*(\\d+)_0_', 1) AS bucket, array_join(array_agg(id ORDER BY id), ' ') AS ids FROM dealt GROUP BY 1 ORDER BY 1");
    assert_eq!(rows, ["bucket|ids", "0|-1 0 4 8", "1|-2 1 5", "2|-3 2 6", "3|3 7"]);
    let storage = athena.service.catalog().table("default", "dealt").unwrap()["StorageDescriptor"].clone();
    assert_eq!((&storage["BucketColumns"], &storage["NumberOfBuckets"]), (&json!(["id"]), &json!(4)));
    let made = athena.rows("SHOW CREATE TABLE dealt").join("\n");
    assert!(made.contains("\nCLUSTERED BY ( \n  id) \nINTO 4 BUCKETS\nROW FORMAT SERDE"), "{made}");
    let failed = athena.fail("INSERT INTO dealt VALUES (9, 'n9')");
    assert_eq!(failed, "NOT_SUPPORTED: Inserting into bucketed tables is not supported. Table 'default.dealt'");
    assert_eq!(athena.keys("dealt/").len(), 4);
    // Each partition has all buckets, with rows or without.
    athena.succeed(
        "CREATE TABLE parted WITH (format = 'TEXTFILE', bucketed_by = ARRAY['name', 'id'], bucket_count = 3, partitioned_by = ARRAY['k'], \
         external_location = 's3://test-lake/parted/') AS SELECT * FROM (VALUES (1, 'a', 'x'), (2, 'b', 'x'), (3, 'hello', 'y')) AS t(id, name, k)",
    );
    assert_eq!((athena.keys("parted/k=x/").len(), athena.keys("parted/k=y/").len()), (3, 3));
    assert_eq!(athena.rows("SELECT * FROM parted ORDER BY id"), ["id|name|k", "1|a|x", "2|b|x", "3|hello|y"]);
    // "hello".hashCode() * 31 + 3 is -1220935311 in 32 bits, and 926548337 without its sign: bucket 2 of 3.
    let place = athena.rows("SELECT regexp_extract(\"$path\", '/(\\d+)_0_', 1) AS b FROM parted WHERE id = 3");
    assert_eq!(place, ["b", "000002"]);
}

#[test]
fn bad_buckets_are_refused_as_athena_refuses_them() {
    let athena = Athena::new();
    for (properties, reason) in [
        ("bucketed_by = ARRAY['a']", "INVALID_TABLE_PROPERTY: bucketed_by and bucket_count must be specified together"),
        ("bucket_count = 3", "INVALID_TABLE_PROPERTY: bucketed_by and bucket_count must be specified together"),
        ("bucketed_by = ARRAY['a'], bucket_count = 0", "INVALID_TABLE_PROPERTY: bucketed_by and bucket_count must be specified together"),
        ("bucketed_by = ARRAY['z'], bucket_count = 2", "INVALID_TABLE_PROPERTY: Bucketing columns [z] not present in schema"),
        (
            "bucketed_by = ARRAY['b'], bucket_count = 2, partitioned_by = ARRAY['b']",
            "INVALID_TABLE_PROPERTY: Bucketing columns [b] must not be partition columns",
        ),
        ("bucketed_by = ARRAY['at'], bucket_count = 2", "NOT_SUPPORTED: Cannot create a table bucketed on an unsupported type"),
        (
            "bucketed_by = ARRAY['a'], bucket_count = 101",
            "HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers for partitions/buckets.",
        ),
    ] {
        let failed = athena.fail(&format!(
            "CREATE TABLE bad WITH (external_location = 's3://test-lake/bad/', {properties}) \
             AS SELECT x AS a, TIMESTAMP '2024-01-01 00:00:00' AS at, CAST(x % 2 AS varchar) AS b FROM UNNEST(sequence(1, 1000)) AS t(x)"
        ));
        assert_eq!(failed, reason);
        assert_eq!(athena.keys("bad/"), Vec::<String>::new());
    }
}

#[test]
fn a_failed_write_leaves_no_object() {
    let athena = Athena::new();
    for format in ["PARQUET", "AVRO", "ORC", "JSON", "TEXTFILE"] {
        let failed = athena.fail(&format!(
            "CREATE TABLE bad WITH (format = '{format}', external_location = 's3://test-lake/bad/') \
             AS SELECT y + 10000 * z AS a, 1 / (90000 - y - 10000 * z) AS b FROM UNNEST(sequence(1, 10000)) AS t(y) CROSS JOIN UNNEST(sequence(0, 9)) AS u(z)"
        ));
        assert!(failed.starts_with("DIVISION_BY_ZERO"), "{format}: {failed}");
        assert_eq!(athena.keys("bad/"), Vec::<String>::new(), "{format}");
        assert!(athena.service.catalog().table("default", "bad").is_err(), "{format}");
    }
}
