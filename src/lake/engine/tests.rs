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
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let bucket = BucketName::parse("test-lake").unwrap();
        store.create_bucket(&bucket).unwrap();
        let catalog = Catalog::open(store).unwrap();
        let engine = Engine::start(catalog, Limits { threads: 2, memory: 256 << 20 }).unwrap();
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
            let mut running = engine.run(parsed, "default").await?;
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
fn missing_names_are_told_with_their_place() {
    let lake = Lake::new();
    lake.put("t/a.csv", b"1,a\n");
    lake.table("t", "t/", LAZY, json!({"field.delim": ","}), &[("id", "int"), ("name", "string")], &[], json!({}));
    assert_eq!(lake.error("SELECT x FROM t"), "COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved");
    assert_eq!(lake.error("SELECT * FROM nowhere"), "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nowhere' does not exist");
    assert_eq!(lake.error("SELECT * FROM no.where"), "SCHEMA_NOT_FOUND: line 1:15: Schema 'no' does not exist");
    assert_eq!(lake.error("SELECT *\nFROM t WHERE\n  t.y = 1"), "COLUMN_NOT_FOUND: line 3:3: Column 't.y' cannot be resolved");
}
