//! A table's definition as the `CREATE EXTERNAL TABLE` that makes it again.

use std::fmt::Write as _;

use crate::model::{Column, TableDefinition, TableRef};

/// The statement; a view's definition is only told by its columns.
#[must_use]
pub fn ddl(table: &TableRef, definition: &TableDefinition) -> String {
    let mut out = String::new();
    let columns = |columns: &[Column]| {
        let line = |column: &Column| {
            let comment = column.comment.as_ref().map(|comment| format!(" COMMENT {}", text(comment))).unwrap_or_default();
            format!("  {} {}{comment}", name(&column.name), column.hive_type)
        };
        columns.iter().map(line).collect::<Vec<_>>().join(",\n")
    };
    let view = definition.table_type == "VIRTUAL_VIEW";
    let kind = if view { "-- VIEW" } else { "CREATE EXTERNAL TABLE" };
    // Writing to a String does not fail.
    let _ok = writeln!(out, "{kind} {}.{} (\n{}\n)", name(&table.database), name(&table.table), columns(&definition.columns));
    if view {
        return out;
    }
    if !definition.partition_keys.is_empty() {
        let _ok = writeln!(out, "PARTITIONED BY (\n{}\n)", columns(&definition.partition_keys));
    }
    if !definition.serde_library.is_empty() {
        let _ok = writeln!(out, "ROW FORMAT SERDE\n  {}", text(&definition.serde_library));
        if !definition.serde_parameters.is_empty() {
            let _ok = writeln!(out, "WITH SERDEPROPERTIES (\n{}\n)", properties(definition.serde_parameters.iter()));
        }
    }
    if !definition.input_format.is_empty() {
        let (input, output) = (text(&definition.input_format), text(&definition.output_format));
        let _ok = writeln!(out, "STORED AS INPUTFORMAT\n  {input}\nOUTPUTFORMAT\n  {output}");
    }
    if let Some(location) = &definition.location {
        let _ok = writeln!(out, "LOCATION\n  {}", text(&location.to_string()));
    }
    if !definition.parameters.is_empty() {
        let _ok = writeln!(out, "TBLPROPERTIES (\n{}\n)", properties(definition.parameters.iter()));
    }
    out
}

fn name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A Hive string: backslashes and quotes are escaped, control characters written as octal.
fn text(value: &str) -> String {
    let mut out = String::from("'");
    for c in value.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ok = write!(out, "\\{:03o}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

fn properties<'a>(pairs: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    pairs.map(|(key, value)| format!("  {}={}", text(key), text(value))).collect::<Vec<_>>().join(",\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_table_reads_as_athena_would_show_it() {
        let definition = TableDefinition {
            name: "reviews".to_owned(),
            table_type: "EXTERNAL_TABLE".to_owned(),
            columns: vec![
                Column::new("sentiment", "int"),
                Column { comment: Some("it's text".to_owned()), ..Column::new("review_body", "string") },
            ],
            partition_keys: vec![Column::new("year", "int")],
            location: "s3://dsoaws/data/".parse().ok(),
            input_format: "org.apache.hadoop.mapred.TextInputFormat".to_owned(),
            output_format: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat".to_owned(),
            serde_library: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe".to_owned(),
            serde_parameters: [("field.delim".to_owned(), "\u{1}".to_owned()), ("escape.delim".to_owned(), "\\".to_owned())].into(),
            parameters: [("skip.header.line.count".to_owned(), "1".to_owned())].into(),
        };
        let expected = "CREATE EXTERNAL TABLE `dsoaws`.`reviews` (
  `sentiment` int,
  `review_body` string COMMENT 'it\\'s text'
)
PARTITIONED BY (
  `year` int
)
ROW FORMAT SERDE
  'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe'
WITH SERDEPROPERTIES (
  'escape.delim'='\\\\',
  'field.delim'='\\001'
)
STORED AS INPUTFORMAT
  'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT
  'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION
  's3://dsoaws/data/'
TBLPROPERTIES (
  'skip.header.line.count'='1'
)
";
        assert_eq!(ddl(&TableRef::new("dsoaws", "reviews"), &definition), expected);
    }
}
