//! Queries over a lake in a temporary folder, without the server.

use futures::StreamExt as _;
use serde_json::json;

use super::*;
use crate::lake::storage::{ObjectMeta, Store};
use crate::model::BucketName;

pub(crate) struct Lake {
    pub(crate) engine: Engine,
    pub(crate) bucket: BucketName,
    _folder: tempfile::TempDir,
}

/// What a query answers: the columns' names and types, and the rows.
pub(crate) type Answer = (Vec<(String, String)>, Vec<Vec<Option<String>>>);

impl Lake {
    pub(crate) fn new() -> Self {
        Self::with_memory(256 << 20)
    }

    pub(crate) fn with_memory(memory: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let bucket = BucketName::parse("test-lake").unwrap();
        store.create_bucket(&bucket).unwrap();
        let catalog = Catalog::open(store).unwrap();
        let engine = Engine::start(catalog, Limits { threads: 2, memory }).unwrap();
        Self { engine, bucket, _folder: folder }
    }

    pub(crate) fn put(&self, key: &str, bytes: &[u8]) {
        self.engine.catalog().store().put_bytes(&self.bucket, key, bytes, ObjectMeta::default()).unwrap();
    }

    /// Registers a table in `default`; `location` is below the bucket.
    #[expect(clippy::too_many_arguments, reason = "a table has as many parts")]
    pub(crate) fn table(
        &self,
        name: &str,
        location: &str,
        serde: &str,
        serde_parameters: serde_json::Value,
        columns: &[(&str, &str)],
        keys: &[(&str, &str)],
        parameters: serde_json::Value,
    ) {
        let list = |columns: &[(&str, &str)]| -> Vec<serde_json::Value> {
            columns.iter().map(|(name, hive)| json!({"Name": name, "Type": hive})).collect()
        };
        let input = json!({
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "PartitionKeys": list(keys),
            "Parameters": parameters,
            "StorageDescriptor": {
                "Columns": list(columns),
                "Location": format!("s3://{}/{location}", self.bucket),
                "SerdeInfo": {"SerializationLibrary": serde, "Parameters": serde_parameters},
            },
        });
        self.engine.catalog().create_table("default", &input).unwrap();
    }

    pub(crate) fn run_counted(&self, sql: &str) -> Result<(Answer, u64), QueryError> {
        let parsed = Engine::parse(sql).map_err(|error| QueryError::new(error.to_string()))?;
        let engine = self.engine.clone();
        let work = async move {
            let mut running = engine.ready(parsed, "default", &never()).await?.start()?;
            let columns = running.columns.iter().map(|column| (column.name.clone(), column.data_type.to_string())).collect();
            let mut rows = Vec::new();
            while let Some(batch) = running.rows.next().await {
                let batch = batch.map_err(|error| Engine::explain_error(&error))?;
                for row in 0..batch.num_rows() {
                    let cell = |(array, column): (&datafusion::arrow::array::ArrayRef, &OutputColumn)| {
                        let mut out = String::new();
                        text::write(array.as_ref(), row, &column.data_type, &mut out).then_some(out)
                    };
                    rows.push(batch.columns().iter().zip(&running.columns).map(cell).collect());
                }
            }
            Ok(((columns, rows), running.scanned().bytes()))
        };
        let handle = self.engine.spawn(work).unwrap();
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(handle).unwrap()
    }

    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        self.run_counted(sql).unwrap_or_else(|error| panic!("{sql}: {error}")).0.1
    }

    /// The rows as one text: cells joined by `|`, rows by a line break, NULL as `∅`.
    pub(crate) fn shown(&self, sql: &str) -> String {
        let line = |row: &Vec<Option<String>>| row.iter().map(|cell| cell.as_deref().unwrap_or("∅")).collect::<Vec<_>>().join("|");
        self.rows(sql).iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn error(&self, sql: &str) -> String {
        match self.run_counted(sql) {
            Err(error) => error.text,
            Ok(((_, rows), _)) => panic!("{sql} answered {rows:?}"),
        }
    }
}

/// What stops no query.
fn never() -> watch::Receiver<bool> {
    watch::channel(false).1
}

const LAZY: &str = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";

#[test]
fn constants_come_back_with_their_names_and_types() {
    let lake = Lake::new();
    let ((columns, rows), scanned) = lake.run_counted("SELECT 1 AS n, 'x' AS Text, 1.5, true, NULL, DATE '2020-01-02'").unwrap();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["n", "text", "_col2", "_col3", "_col4", "_col5"]);
    let types: Vec<&str> = columns.iter().map(|(_, data_type)| data_type.as_str()).collect();
    assert_eq!(types, ["integer", "varchar", "double", "boolean", "unknown", "date"]);
    let row: Vec<Option<&str>> = rows[0].iter().map(Option::as_deref).collect();
    assert_eq!(row, [Some("1"), Some("x"), Some("1.5"), Some("true"), None, Some("2020-01-02")]);
    assert_eq!(scanned, 0);
}

#[test]
fn delimited_text_is_read_as_lazy_simple_serde_reads_it() {
    let lake = Lake::new();
    lake.put("t/a.csv", b"id,name,price\n1,\"quoted, or not\",2.5\nx,\\N,\n3,esc\\,aped\n4,plain,1e3,more\n");
    lake.put("t/_hidden", b"9,9,9\n");
    lake.put("t/.hidden/b.csv", b"9,9,9\n");
    lake.table(
        "t",
        "t/",
        LAZY,
        json!({"field.delim": ",", "escape.delim": "\\"}),
        &[("id", "int"), ("name", "string"), ("price", "double")],
        &[],
        json!({"skip.header.line.count": "1"}),
    );
    assert_eq!(lake.shown("SELECT * FROM t"), "1|\"quoted| or not\"\n∅|∅|∅\n3|esc,aped|∅\n4|plain|1000.0".replace("| or not\"", "|∅"));
    assert_eq!(lake.shown("SELECT count(*), count(id) FROM default.t"), "4|3");
    assert_eq!(lake.shown("SELECT id FROM t WHERE id > 1 ORDER BY id DESC"), "4\n3");
}

#[test]
fn fields_of_rows_are_shown_by_their_names() {
    let lake = Lake::new();
    let ((columns, _), _) =
        lake.run_counted("SELECT t.r.a, r.b FROM (SELECT CAST(ROW(1, 2) AS ROW(a integer, b integer)) AS r) AS t").unwrap();
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn only_what_widens_is_inserted() {
    let lake = Lake::new();
    let columns = [("id".to_owned(), "bigint".to_owned()), ("name".to_owned(), "string".to_owned())];
    let run = |sql: &str| {
        let query = Engine::parse(sql).unwrap().into_columns(&columns, None).unwrap();
        let engine = lake.engine.clone();
        let work = async move { engine.ready(query, "default", &never()).await.map(|ready| ready.columns) };
        let handle = lake.engine.spawn(work).unwrap();
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(handle).unwrap()
    };
    let types: Vec<String> = run("SELECT 1, 'x'").unwrap().iter().map(|column| column.data_type.to_string()).collect();
    assert_eq!(types, ["bigint", "varchar"]);
    let error = run("SELECT DATE '2020-01-01', 'x'").unwrap_err().text;
    assert_eq!(error, "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [bigint], Query: [date]");
    assert!(run("SELECT 1.5, 'x'").is_err() && run("SELECT 1, 2").is_err() && run("SELECT NULL, NULL").is_ok());
}

#[test]
fn the_hidden_column_is_no_part_of_a_star() {
    let lake = Lake::new();
    lake.put("t/a.csv", b"1,x\n");
    lake.put("u/b.csv", b"1,y\n");
    for (name, columns) in [("t", [("id", "int"), ("a", "string")]), ("u", [("id", "int"), ("b", "string")])] {
        lake.table(name, &format!("{name}/"), LAZY, json!({"field.delim": ","}), &columns, &[], json!({}));
    }
    let (t, u) = ("s3://test-lake/t/a.csv", "s3://test-lake/u/b.csv");
    for (sql, names, row) in [
        ("SELECT *, \"$path\" FROM t", "id|a|$path", format!("1|x|{t}")),
        ("SELECT \"$path\", t.* FROM t", "$path|id|a", format!("{t}|1|x")),
        ("SELECT * FROM t WHERE \"$path\" LIKE '%a.csv'", "id|a", "1|x".to_owned()),
        ("SELECT * FROM (SELECT * FROM t WHERE \"$path\" <> '') JOIN u ON true", "id|a|id|b", "1|x|1|y".to_owned()),
        ("SELECT *, t.\"$path\", u.\"$path\" AS p FROM t, u", "id|a|id|b|$path|p", format!("1|x|1|y|{t}|{u}")),
        ("SELECT *, \"$path\" FROM t CROSS JOIN UNNEST(ARRAY[7]) AS n(v)", "id|a|v|$path", format!("1|x|7|{t}")),
        ("SELECT *, \"$path\" FROM t CROSS JOIN UNNEST(ARRAY[7])", "id|a|_col0|$path", format!("1|x|7|{t}")),
        ("SELECT *, \"$path\" FROM t JOIN (SELECT id, b FROM u) AS v USING (id)", "id|a|b|$path", format!("1|x|y|{t}")),
        ("SELECT p.\"$path\", a FROM (SELECT *, \"$path\" FROM t) AS p", "$path|a", format!("{t}|x")),
    ] {
        let ((columns, _), _) = lake.run_counted(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let shown: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(shown.join("|"), names, "{sql}");
        assert_eq!(lake.shown(sql), row, "{sql}");
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_value() {
    let lake = Lake::new();
    lake.put("t/a.csv", b"\xef\xbb\xbf1,x\n2,\xef\xbb\xbfy\n");
    lake.table("t", "t/", LAZY, json!({"field.delim": ","}), &[("id", "int"), ("a", "string")], &[], json!({}));
    assert_eq!(lake.shown("SELECT id, length(a) FROM t ORDER BY id"), "1|1\n2|2");
    lake.table("q", "t/", "org.apache.hadoop.hive.serde2.OpenCSVSerde", json!({}), &[("id", "int"), ("a", "string")], &[], json!({}));
    assert_eq!(lake.shown("SELECT id FROM q ORDER BY id"), "1\n2");
}

#[test]
fn missing_names_are_told_with_their_place() {
    let lake = Lake::new();
    lake.put("t/a.csv", b"1,a\n");
    lake.table("t", "t/", LAZY, json!({"field.delim": ","}), &[("id", "int"), ("name", "string")], &[], json!({}));
    assert_eq!(lake.error("SELECT x FROM t"), "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved");
    assert_eq!(lake.error("SELECT * FROM nowhere"), "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nowhere' does not exist");
    assert_eq!(lake.error("SELECT * FROM no.where"), "SCHEMA_NOT_FOUND: line 1:15: Schema 'no' does not exist");
    assert_eq!(lake.error("SELECT *\nFROM t WHERE\n  t.y = 1"), "COLUMN_NOT_FOUND: line 3:3: Column 't.y' cannot be resolved");
}

/// Keywords with a form of their own, and calls that are rewritten before they are planned.
const REWRITTEN: &[&str] = &[
    "any_value",
    "arbitrary",
    "approx_most_frequent",
    "approx_percentile",
    "bitwise_and_agg",
    "bitwise_or_agg",
    "bitwise_xor_agg",
    "ceiling",
    "char_length",
    "character_length",
    "count_if",
    "every",
    "extract",
    "if",
    "listagg",
    "max_by",
    "min_by",
    "mod",
    "numeric_histogram",
    "position",
    "reduce_agg",
    "try",
    "variance",
];

/// Every function of the table is one that the planner knows or rewrites.
#[test]
fn every_function_of_the_table_is_answered_for() {
    let state = base_session(Limits { threads: 1, memory: 64 << 20 });
    let missing: Vec<&str> = crate::sql::functions::all()
        .map(|function| function.name)
        .filter(|name| {
            !state.scalar_functions().contains_key(*name)
                && !state.aggregate_functions().contains_key(*name)
                && !state.window_functions().contains_key(*name)
                && !state.higher_order_functions().contains_key(*name)
                && !REWRITTEN.contains(name)
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn open_csv_tables_are_read_with_their_types() {
    let lake = Lake::new();
    lake.put("t/a.csv", b"id,name,price,day,at\n1,\"a, \"\"b\"\"\",2.5,0,1000\n2,plain,3,19723,1577882096789\n");
    let columns = [("id", "bigint"), ("name", "string"), ("price", "double"), ("day", "date"), ("at", "timestamp")];
    let serde = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
    lake.table("t", "t/", serde, json!({"separatorChar": ",", "quoteChar": "\""}), &columns, &[], json!({"skip.header.line.count": "1"}));
    assert_eq!(
        lake.shown("SELECT * FROM t"),
        "1|a, \"b\"|2.5|1970-01-01|1970-01-01 00:00:01.000\n2|plain|3.0|2024-01-01|2020-01-01 12:34:56.789"
    );
    lake.put("bad/a.csv", b"1\n\"\"\n");
    lake.table("bad", "bad/", serde, json!({}), &[("id", "int")], &[], json!({}));
    assert!(lake.error("SELECT id FROM bad").starts_with("HIVE_BAD_DATA: Error parsing field value ''"));
}

#[test]
fn json_tables_are_read_whatever_the_case_of_their_keys() {
    let lake = Lake::new();
    lake.put("t/a.json", b"{\"ID\": 1, \"Tags\": [\"x\", null], \"info\": {\"N\": 2.5}, \"m\": {\"k\": 1}, \"raw\": {\"a\": [1]}}\n\n{\"id\": \"7\", \"tags\": null}\n");
    let columns =
        [("id", "int"), ("tags", "array<string>"), ("info", "struct<n:double,z:int>"), ("m", "map<string,int>"), ("raw", "string")];
    lake.table("t", "t/", "org.openx.data.jsonserde.JsonSerDe", json!({}), &columns, &[], json!({}));
    assert_eq!(lake.shown("SELECT * FROM t ORDER BY id"), "1|[x, null]|{n=2.5, z=null}|{k=1}|{\"a\":[1]}\n7|∅|∅|∅|∅");
    assert_eq!(lake.shown("SELECT t.info.n, m['k'], tags[1] FROM t WHERE id = 1"), "2.5|1|x");
    lake.put("bad/a.json", b"{\"id\": 1}\nnot json\n");
    lake.table("strict", "bad/", "org.openx.data.jsonserde.JsonSerDe", json!({}), &[("id", "int")], &[], json!({}));
    lake.table(
        "lenient",
        "bad/",
        "org.openx.data.jsonserde.JsonSerDe",
        json!({"ignore.malformed.json": "true"}),
        &[("id", "int")],
        &[],
        json!({}),
    );
    assert!(lake.error("SELECT id FROM strict").starts_with("HIVE_CURSOR_ERROR: Row is not a valid JSON Object"));
    assert_eq!(lake.shown("SELECT id FROM lenient ORDER BY id"), "1\n∅");
}

#[test]
fn projected_partitions_need_no_catalogue() {
    let lake = Lake::new();
    for (day, city, text) in [("2024-01-01", "a", "1\n"), ("2024-01-02", "a", "2\n"), ("2024-01-02", "b", "3\n")] {
        lake.put(&format!("p/{day}/{city}/f.csv"), text.as_bytes());
    }
    let parameters = json!({
        "projection.enabled": "true",
        "projection.day.type": "date",
        "projection.day.range": "2024-01-01,2024-01-03",
        "projection.day.format": "yyyy-MM-dd",
        "projection.city.type": "enum",
        "projection.city.values": "a,b",
        "storage.location.template": "s3://test-lake/p/${day}/${city}/",
    });
    lake.table("p", "p/", LAZY, json!({"field.delim": ","}), &[("x", "int")], &[("day", "string"), ("city", "string")], parameters.clone());
    assert_eq!(lake.shown("SELECT x, day, city FROM p ORDER BY x"), "1|2024-01-01|a\n2|2024-01-02|a\n3|2024-01-02|b");
    let ((_, rows), one) = lake.run_counted("SELECT x FROM p WHERE day = '2024-01-02' AND city = 'b'").unwrap();
    let (_, all) = lake.run_counted("SELECT x FROM p").unwrap();
    assert_eq!((rows.len(), one < all), (1, true));
    let mut injected = parameters;
    injected["projection.city.type"] = json!("injected");
    lake.table("q", "p/", LAZY, json!({"field.delim": ","}), &[("x", "int")], &[("day", "string"), ("city", "string")], injected);
    assert!(lake.error("SELECT x FROM q").starts_with("CONSTRAINT_VIOLATION"));
    assert_eq!(lake.shown("SELECT x FROM q WHERE city = 'a' ORDER BY x"), "1\n2");
}

#[test]
fn open_csv_values_that_do_not_fit_are_errors() {
    let lake = Lake::new();
    lake.put("oc/a.csv", b"3000000000,300,1.5x,1e400,99999999999\n");
    let columns = [("a", "int"), ("b", "tinyint"), ("c", "decimal(10,2)"), ("d", "string"), ("e", "date")];
    lake.table("oc", "oc/", "org.apache.hadoop.hive.serde2.OpenCSVSerde", json!({}), &columns, &[], json!({}));
    assert_eq!(lake.shown("SELECT d FROM oc"), "1e400");
    for (column, value, at) in [("a", "3000000000", 0), ("b", "300", 1), ("c", "1.5x", 2), ("e", "99999999999", 4)] {
        let error = lake.error(&format!("SELECT {column} FROM oc"));
        assert!(error.starts_with(&format!("HIVE_BAD_DATA: Error parsing field value '{value}' for field {at}")), "{error}");
    }
}

#[test]
fn numbers_of_json_keep_their_digits() {
    let lake = Lake::new();
    let lines = [
        r#"{"b":18446744073709551615,"s":123456789012345678901234567890,"d":12345678901234567.89}"#,
        r#"{"b":9007199254740993.5,"s":1.10,"d":99999999999999999999.999}"#,
        r#"{"b":"7","s":{"a": [1, 2.50]},"d":1e3}"#,
    ];
    lake.put("j/a.json", lines.join("\n").as_bytes());
    let columns = [("b", "bigint"), ("s", "string"), ("d", "decimal(30,2)")];
    lake.table("j", "j/", "org.openx.data.jsonserde.JsonSerDe", json!({}), &columns, &[], json!({}));
    assert_eq!(
        lake.shown("SELECT * FROM j"),
        "∅|123456789012345678901234567890|12345678901234567.89\n9007199254740993|1.10|100000000000000000000.00\n7|{\"a\":[1,2.50]}|1000.00"
    );
    assert_eq!(lake.shown("SELECT count(*) FROM j"), "3");
}

#[test]
fn settings_of_json_are_followed() {
    let lake = Lake::new();
    lake.put("j/a.json", b"{\"Time\":\"B\",\"time\":\"a\",\"a.b\":\"dotted\"}\n");
    let serde = "org.openx.data.jsonserde.JsonSerDe";
    let mapping = json!({"case.insensitive": "false", "mapping.t1": "time", "mapping.t2": "Time"});
    lake.table("mapped", "j/", serde, mapping, &[("t1", "string"), ("t2", "string")], &[], json!({}));
    assert_eq!(lake.shown("SELECT * FROM mapped"), "a|B");
    lake.table("dotted", "j/", serde, json!({"dots.in.keys": "true"}), &[("a_b", "string"), ("time", "string")], &[], json!({}));
    assert_eq!(lake.shown("SELECT * FROM dotted"), "dotted|a");
}

#[test]
fn settings_that_change_rows_are_followed_or_refused() {
    let lake = Lake::new();
    lake.put("t/a.csv", b"1,x\n");
    let columns = [("a", "string"), ("at", "timestamp")];
    for (at, (serde, parameters, refused)) in [
        (json!({}), json!({"skip.footer.line.count": "1"}), "'skip.footer.line.count'='1'"),
        (json!({}), json!({"skip.header.line.count": "one"}), "'skip.header.line.count'='one'"),
        (json!({"serialization.encoding": "SJIS"}), json!({}), "'serialization.encoding'='SJIS'"),
        (json!({"line.delim": ";"}), json!({}), "'line.delim'=';'"),
        (json!({"field.delim": "§"}), json!({}), "'field.delim'='§'"),
        (json!({"timestamp.formats": "yyyy-MM-dd'T'HH:mm:ss,dd.MM.yyyy"}), json!({}), "'timestamp.formats'='dd.MM.yyyy'"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("t{at}");
        lake.table(&name, "t/", LAZY, serde, &columns, &[], parameters);
        let error = lake.error(&format!("SELECT * FROM {name}"));
        assert!(error.starts_with("NOT_SUPPORTED: The local lake has no reader for tables with ") && error.contains(refused), "{error}");
    }
    let harmless =
        json!({"line.delim": "\n", "serialization.encoding": "UTF-8", "timestamp.formats": "yyyy-MM-dd HH:mm:ss", "field.delim": "44"});
    lake.table("fine", "t/", LAZY, harmless, &columns, &[], json!({"skip.footer.line.count": "0", "Skip.Header.Line.Count": "0"}));
    assert_eq!(lake.shown("SELECT * FROM fine"), "1|∅");
    lake.put("z/a.csv.LZ4", b"\x04\x22\x4d\x18");
    lake.table("z", "z/", LAZY, json!({}), &[("a", "string")], &[], json!({}));
    assert!(lake.error("SELECT * FROM z").starts_with("HIVE_CANNOT_OPEN_SPLIT"));
}

#[test]
fn partitions_are_read_as_their_own_serde_says() {
    let lake = Lake::new();
    lake.put("pf/k=1/a", b"x;y\n");
    lake.put("pf/k=2/a", b"v,w\n");
    lake.put("pf/k=3/a", b"{\"b\": 1}\n");
    lake.table("pf", "pf/", LAZY, json!({"field.delim": ","}), &[("a", "string"), ("b", "string")], &[("k", "string")], json!({}));
    let add = |value: &str, serde: serde_json::Value| {
        let place = format!("s3://test-lake/pf/k={value}/");
        let input = json!({"Values": [value], "StorageDescriptor": {"Location": place, "SerdeInfo": serde}});
        lake.engine.catalog().create_partition("default", "pf", &input).unwrap();
    };
    add("1", json!({"SerializationLibrary": LAZY, "Parameters": {"field.delim": ";"}}));
    add("2", json!({}));
    add("3", json!({"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}));
    assert_eq!(lake.shown("SELECT * FROM pf ORDER BY k"), "x|y|1\nv|w|2\n∅|1|3");
    add("4", json!({"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"}));
    assert_eq!(
        lake.error("SELECT * FROM pf"),
        "NOT_SUPPORTED: Partition k=4 of table default.pf has files of another format than its table"
    );
}

#[test]
fn projected_values_have_the_types_of_their_keys() {
    let lake = Lake::new();
    lake.put("pd/2024/01/02/a", b"1\n");
    lake.put("pt/2024-01-02 03:00:00/a", b"7\n");
    lake.put("pi/y=007/a", b"9\n");
    let projected = |kind: &str, range: &str, more: serde_json::Value| {
        let mut parameters = json!({"projection.enabled": "true", "projection.k.type": kind, "projection.k.range": range});
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let template = |folder: &str| format!("s3://test-lake/{folder}/${{k}}/");
    for (name, hive, parameters) in [
        (
            "pd",
            "date",
            projected(
                "date",
                "2024/01/01,2024/01/03",
                json!({"projection.k.format": "yyyy/MM/dd", "storage.location.template": template("pd")}),
            ),
        ),
        (
            "pt",
            "timestamp",
            projected(
                "date",
                "2024-01-02 00:00:00,2024-01-02 05:00:00",
                json!({
                    "projection.k.format": "yyyy-MM-dd HH:mm:ss", "projection.k.interval": "1", "projection.k.interval.unit": "HOURS",
                    "storage.location.template": template("pt"),
                }),
            ),
        ),
    ] {
        lake.table(name, &format!("{name}/"), LAZY, json!({"field.delim": ","}), &[("x", "int")], &[("k", hive)], parameters);
    }
    let digits = json!({
        "projection.enabled": "true", "projection.y.type": "integer", "projection.y.range": "1,9", "projection.y.digits": "3",
    });
    lake.table("pi", "pi/", LAZY, json!({"field.delim": ","}), &[("x", "int")], &[("y", "int")], digits);
    for (sql, rows) in [
        ("SELECT * FROM pd", "1|2024-01-02"),
        ("SELECT * FROM pd WHERE k = DATE '2024-01-02'", "1|2024-01-02"),
        ("SELECT count(*) FROM pd WHERE k > DATE '2024-01-02'", "0"),
        ("SELECT * FROM pt WHERE k = TIMESTAMP '2024-01-02 03:00:00'", "7|2024-01-02 03:00:00.000"),
        ("SELECT * FROM pi WHERE y = 7", "9|7"),
        ("SELECT * FROM pi WHERE y IN (6, 7)", "9|7"),
    ] {
        assert_eq!(lake.shown(sql), rows, "{sql}");
    }
}

#[test]
fn partition_values_that_are_none_of_their_type_are_refused() {
    let lake = Lake::new();
    lake.put("p/y=abc/a", b"1\n");
    lake.table("p", "p/", LAZY, json!({"field.delim": ","}), &[("x", "int")], &[("y", "int")], json!({}));
    let add = |value: &str| {
        let place = format!("s3://test-lake/p/y={value}/");
        let input = json!({"Values": [value], "StorageDescriptor": {"Location": place}});
        lake.engine.catalog().create_partition("default", "p", &input).unwrap();
    };
    add("__HIVE_DEFAULT_PARTITION__");
    assert_eq!(lake.shown("SELECT * FROM p"), "");
    add("abc");
    assert_eq!(lake.error("SELECT * FROM p"), "HIVE_INVALID_PARTITION_VALUE: Invalid partition value 'abc' for INTEGER partition key: y");
}

#[test]
fn what_does_not_fit_in_memory_spills() {
    let lake = Lake::with_memory(96 << 20);
    let sql = "SELECT count(*), min(d), max(d) FROM (SELECT x, row_number() OVER (ORDER BY k) AS d FROM \
               (SELECT x, to_hex(md5(to_utf8(CAST(x AS varchar)))) AS k FROM UNNEST(sequence(1, 1000)) AS a(y) CROSS JOIN UNNEST(sequence(1, 1500)) AS b(x)) t) u";
    assert_eq!(lake.shown(sql), "1500000|1|1500000");
    // Groups that take several times the memory.
    let lake = Lake::with_memory(48 << 20);
    let sql = "SELECT count(*), sum(n) FROM (SELECT k, count(*) AS n FROM \
               (SELECT to_hex(md5(to_utf8(CAST(x AS varchar)))) AS k FROM UNNEST(sequence(1, 1000)) AS a(y) CROSS JOIN UNNEST(sequence(1, 900)) AS b(z) \
               CROSS JOIN (SELECT 1) CROSS JOIN UNNEST(ARRAY[y * 1000 + z]) AS c(x)) t GROUP BY k) u";
    assert_eq!(lake.shown(sql), "900000|900000");
}

#[test]
fn numbers_of_json_tables_keep_their_digits() {
    let lake = Lake::new();
    let row = r#"{"b":18446744073709551615,"c":9007199254740993.5,"s":123456789012345678901234567890,"d":12345678901234567.89,"o":{"z":1.50, "a":[1e2]}}"#;
    lake.put("t/a.json", format!("{row}\n{{\"B\":1,\"b\":2,\"a.b\":\"x\"}}\n").as_bytes());
    let columns = [("b", "bigint"), ("c", "bigint"), ("s", "string"), ("d", "decimal(30,2)"), ("o", "string"), ("a_b", "string")];
    lake.table("t", "t/", "org.openx.data.jsonserde.JsonSerDe", json!({"dots.in.keys": "true"}), &columns, &[], json!({}));
    assert_eq!(
        lake.shown("SELECT * FROM t"),
        "∅|9007199254740993|123456789012345678901234567890|12345678901234567.89|{\"z\":1.50,\"a\":[1e2]}|∅\n2|∅|∅|∅|∅|x"
    );
    lake.put("m/a.json", b"{\"time\":\"a\",\"Time\":\"B\"}\n");
    let mapping = json!({"mapping.t1": "time", "mapping.t2": "Time", "case.insensitive": "false"});
    lake.table("m", "m/", "org.openx.data.jsonserde.JsonSerDe", mapping, &[("t1", "string"), ("t2", "string")], &[], json!({}));
    assert_eq!(lake.shown("SELECT * FROM m"), "a|B");
}

#[test]
fn what_does_not_fit_is_said_and_not_passed_over() {
    let lake = Lake::new();
    let serde = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
    lake.put("big/a.csv", b"3000000000\n");
    lake.table("big", "big/", serde, json!({}), &[("n", "int")], &[], json!({}));
    assert!(lake.error("SELECT n FROM big").starts_with("HIVE_BAD_DATA: Error parsing field value '3000000000'"));
    lake.put("z/a.csv.lz4", b"1\n");
    lake.table("z", "z/", LAZY, json!({}), &[("x", "int")], &[], json!({}));
    assert!(lake.error("SELECT * FROM z").contains("does not unpack .lz4 files"));
}
