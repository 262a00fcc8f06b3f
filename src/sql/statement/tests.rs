//! Statements as people and clients write them, and what is read from them.

use proptest::prelude::*;

use super::*;

fn piece<'t>(text: &'t str, span: &Range<usize>) -> &'t str {
    &text[span.clone()]
}

#[test]
fn statements_are_classified_as_athena_does() {
    use StatementType::{Ddl, Dml, Utility};
    for (text, statement_type, substatement) in [
        ("select 1", Dml, "SELECT"),
        ("-- why\nWITH x AS (SELECT 1) SELECT * FROM x;", Dml, "SELECT"),
        ("(SELECT 1) UNION ALL (SELECT 2)", Dml, "SELECT"),
        ("VALUES 1, 2", Dml, "SELECT"),
        (
            "CREATE TABLE \"db\".\"temp_table_1f\" WITH(external_location='s3://b/x', format='PARQUET') AS SELECT 1 a",
            Ddl,
            "CREATE_TABLE_AS_SELECT",
        ),
        ("CREATE EXTERNAL TABLE t (a int) LOCATION 's3://b/'", Ddl, "CREATE_TABLE"),
        ("CREATE OR REPLACE VIEW v AS SELECT 1 a", Ddl, "CREATE_VIEW"),
        ("create schema if not exists x", Ddl, "CREATE_DATABASE"),
        ("INSERT INTO t VALUES (1)", Dml, "INSERT"),
        ("UNLOAD (SELECT 1) TO 's3://b/x' WITH (format = 'PARQUET')", Dml, "UNLOAD"),
        ("SHOW TABLES IN db 'a*'", Utility, "SHOW_TABLES"),
        ("DESCRIBE db.t", Utility, "DESCRIBE_TABLE"),
        ("EXPLAIN (TYPE IO, FORMAT JSON) SELECT 1", Utility, "EXPLAIN"),
        ("MSCK REPAIR TABLE `db`.`t`", Ddl, "MSCK_REPAIR_TABLE"),
        ("ALTER TABLE t ADD IF NOT EXISTS PARTITION (d='1') LOCATION 's3://b/d' PARTITION (d='2')", Ddl, "ALTER_TABLE_ADD_PARTITION"),
        ("PREPARE p FROM SELECT ?", Ddl, "PREPARE"),
        ("EXECUTE p USING 1, 'a, b', f(x, y)", Dml, "EXECUTE"),
    ] {
        let found = classify(text).unwrap_or_else(|| panic!("{text}: {:?}", parse(text)));
        assert_eq!((found.statement_type, found.substatement), (statement_type, substatement), "{text}");
    }
}

#[test]
fn a_ctas_is_taken_apart() {
    let text = "CREATE TABLE IF NOT EXISTS db.New WITH (format = 'PARQUET', partitioned_by = ARRAY['y', 'm'], bucket_count = 3) \
                AS SELECT * FROM t WITH NO DATA;";
    let Statement::CreateTableAs { name, if_not_exists, properties, query, with_data } = parse(text).unwrap() else { panic!() };
    assert_eq!((name.database.as_deref(), name.table.as_str()), (Some("db"), "new"));
    assert!(if_not_exists && !with_data);
    assert_eq!(piece(text, &query), "SELECT * FROM t");
    assert_eq!(
        properties,
        vec![
            ("format".to_owned(), Property::Text("PARQUET".to_owned())),
            ("partitioned_by".to_owned(), Property::List(vec!["y".to_owned(), "m".to_owned()])),
            ("bucket_count".to_owned(), Property::Number("3".to_owned())),
        ]
    );
    assert_eq!(isolate("ab\ncd SELECT x", &(6..12)), "  \n   SELECT");
}

#[test]
fn an_external_table_of_hive_is_taken_apart() {
    let text = "CREATE EXTERNAL TABLE IF NOT EXISTS `my-db`.`Reviews` (\n  `sentiment` int COMMENT 'from the ''rating''',\n  body string,\n \
                tags array<struct<name:string,n:decimal(10,2)>>)\nCOMMENT 'x'\nPARTITIONED BY (`year` string)\nROW FORMAT DELIMITED\n  \
                FIELDS TERMINATED BY ',' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'\nSTORED AS TEXTFILE\nLOCATION 's3://b/reviews/'\n\
                TBLPROPERTIES ('skip.header.line.count'='1', \"classification\"='csv')";
    let Statement::CreateTable(table) = parse(text).unwrap() else { panic!() };
    assert_eq!((table.name.database.as_deref(), table.name.table.as_str()), (Some("my-db"), "reviews"));
    assert!(table.external && table.if_not_exists);
    assert_eq!(table.columns[0].comment.as_deref(), Some("from the 'rating'"));
    assert_eq!(table.columns[2].data_type.hive(), "array<struct<name:string,n:decimal(10,2)>>");
    assert_eq!(table.partitioned_by[0].name, "year");
    let property = |name: &str| table.row_format.properties.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!((property("field.delim"), property("escape.delim"), property("line.delim")), (Some(","), Some("\\"), Some("\n")));
    assert_eq!(table.stored_as, Some(StoredAs::Format("TEXTFILE".to_owned())));
    assert_eq!(table.location.as_deref(), Some("s3://b/reviews/"));
    assert_eq!(table.properties[0], ("skip.header.line.count".to_owned(), "1".to_owned()));
}

#[test]
fn serde_tables_and_their_properties_are_read() {
    let text = "CREATE EXTERNAL TABLE t (a string) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' \
                WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '\"') \
                STORED AS INPUTFORMAT 'a.B' OUTPUTFORMAT 'c.D' LOCATION 's3://b/t'";
    let Statement::CreateTable(table) = parse(text).unwrap() else { panic!() };
    assert_eq!(table.row_format.serde.as_deref(), Some("org.apache.hadoop.hive.serde2.OpenCSVSerde"));
    assert_eq!(table.row_format.properties[1], ("quoteChar".to_owned(), "\"".to_owned()));
    assert_eq!(table.stored_as, Some(StoredAs::Classes { input: "a.B".to_owned(), output: "c.D".to_owned() }));
}

#[test]
fn an_unload_keeps_its_query_whole() {
    let text = "UNLOAD (SELECT concat('(', a) FROM (VALUES 1) t(a)) TO 's3://b/x/' WITH (format='JSON', compression = 'gzip')";
    let Statement::Unload { query, to, .. } = parse(text).unwrap() else { panic!() };
    assert_eq!((piece(text, &query), to.as_str()), ("SELECT concat('(', a) FROM (VALUES 1) t(a)", "s3://b/x/"));
}

#[test]
fn execute_splits_its_values() {
    let text = "EXECUTE p USING 1, 'a, b', f(x, ARRAY[1, 2])";
    let Statement::Execute { using, .. } = parse(text).unwrap() else { panic!() };
    assert_eq!(using.iter().map(|span| piece(text, span)).collect::<Vec<_>>(), vec!["1", "'a, b'", "f(x, ARRAY[1, 2])"]);
}

#[test]
fn what_is_no_statement_is_refused_with_its_place() {
    for (text, message) in [
        ("SELEC 1", "line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER'"),
        ("", "line 1:1: mismatched input '<EOF>'"),
        ("SHOW TABEL", "line 1:6: mismatched input 'TABEL'"),
        ("SELECT 1; SELECT 2", "line 1:9: Only one sql statement is allowed"),
        ("CREATE EXTERNAL TABLE t (a nit)", "line 1:28: mismatched input 'nit'. Expecting: <type>"),
        ("DROP TABLE a.b.c.d", "line 1:12: Too many dots"),
        ("MSCK REPAIR\nTABEL t", "line 2:1: mismatched input 'TABEL'. Expecting: 'TABLE'"),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with(message), "{text}: {error}");
    }
}

proptest! {
    #[test]
    fn no_text_upsets_the_parser(words in prop::collection::vec(
        prop::sample::select(vec!["CREATE", "TABLE", "EXTERNAL", "t", "(", ")", "a", "int", ",", "'x'", "=", "AS", "SELECT", "WITH", "ALTER",
            "ADD", "PARTITION", "SHOW", "IN", ".", "UNLOAD", "TO", "DROP", "\"q\"", "`b`", "1", "ARRAY", "[", "]", "<", ">", ";", "EXPLAIN"]), 0..14)) {
        let text = words.join(" ");
        if let Err(error) = parse(&text) {
            prop_assert!(error.line >= 1 && error.column >= 1);
        }
    }
}
