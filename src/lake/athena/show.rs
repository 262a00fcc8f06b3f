//! SHOW and DESCRIBE.

use regex::Regex;
use serde_json::Value;

use super::ddl::{self, Shown, found};
use crate::lake::engine::{QueryError, partition_name, view_of};
use crate::lake::glue::{Catalog, definition, strings, text, values_of};
use crate::model::{Column, TableDefinition};
use crate::sql::statement::Name;
use crate::sql::{Statement, Type};

pub(super) fn show(catalog: &Catalog, database: &str, statement: &Statement) -> Result<Shown, QueryError> {
    match statement {
        Statement::ShowDatabases(pattern) => {
            let all = catalog.databases().map_err(|error| ddl::failed(&error))?;
            Ok(list("database_name", matching(all.iter().map(|database| text(database, "Name")), pattern.as_deref())))
        }
        Statement::ShowTables { database: inside, pattern } => {
            let tables = tables(catalog, inside.as_deref().unwrap_or(database))?;
            Ok(list("tab_name", matching(tables.iter().map(|table| text(table, "Name")), pattern.as_deref())))
        }
        Statement::ShowViews { database: inside, pattern } => {
            let tables = tables(catalog, inside.as_deref().unwrap_or(database))?;
            let views = tables.iter().filter(|table| text(table, "TableType") == "VIRTUAL_VIEW").map(|table| text(table, "Name"));
            Ok(list("views", matching(views, pattern.as_deref())))
        }
        Statement::ShowColumns(name) => {
            let (_, table) = found(catalog, name, database)?;
            let described = definition(&table);
            let names = described.columns.iter().chain(&described.partition_keys).map(|column| format!("{:<20}", column.name));
            Ok(list("field", names.collect()))
        }
        Statement::ShowPartitions(name) => {
            let (database, table) = found(catalog, name, database)?;
            let described = definition(&table);
            if described.partition_keys.is_empty() {
                let message = format!("FAILED: SemanticException [Error 10241]: Table {} is not a partitioned table", described.name);
                return Err(QueryError::new(message));
            }
            let partitions = catalog.partitions(&database, &described.name, None).map_err(|error| ddl::failed(&error))?;
            let name = |partition| partition_name(described.key_names(), &values_of(partition));
            Ok(list("partition", partitions.iter().map(name).collect()))
        }
        Statement::ShowProperties { table, property } => {
            let (_, table) = found(catalog, table, database)?;
            let described = definition(&table);
            let columns = vec![("prpt_name".to_owned(), Type::Varchar), ("prpt_value".to_owned(), Type::Varchar)];
            let rows = match property {
                Some(name) => {
                    let missing = || format!("Table {} does not have property: {name}", described.name);
                    vec![vec![Some(described.parameters.get(name).cloned().unwrap_or_else(missing))]]
                }
                None => described.parameters.iter().map(|(name, value)| vec![Some(name.clone()), Some(value.clone())]).collect(),
            };
            Ok(Shown { columns, rows })
        }
        Statement::ShowCreateTable(name) => {
            let (database, table) = found(catalog, name, database)?;
            let lines =
                if text(&table, "TableType") == "VIRTUAL_VIEW" { view_lines(&database, &table)? } else { table_lines(name, &table) };
            Ok(list("createtab_stmt", lines))
        }
        Statement::ShowCreateView(name) => {
            let (database, table) = found(catalog, name, database)?;
            Ok(list("Create View", view_lines(&database, &table)?))
        }
        Statement::Describe { table, formatted, column } => {
            let (database, found) = found(catalog, table, database)?;
            Ok(describe(&database, &found, *formatted, column.as_deref()))
        }
        other => Err(QueryError::new(format!("NOT_SUPPORTED: {}", other.classification().substatement))),
    }
}

fn tables(catalog: &Catalog, database: &str) -> Result<Vec<Value>, QueryError> {
    catalog
        .tables(database)
        .map_err(|_error| QueryError::new(format!("FAILED: SemanticException [Error 10072]: Database does not exist: {database}")))
}

fn list(column: &str, values: Vec<String>) -> Shown {
    let rows = values.into_iter().map(|value| vec![Some(value)]).collect();
    Shown { columns: vec![(column.to_owned(), Type::Varchar)], rows }
}

/// Hive's patterns: `*` for anything, `|` between alternatives; Athena also takes regular expressions.
fn matching(names: impl Iterator<Item = String>, pattern: Option<&str>) -> Vec<String> {
    let Some(pattern) = pattern else { return names.collect() };
    let built: String = {
        let mut before = None;
        pattern
            .chars()
            .map(|c| {
                let repeats = matches!(before, Some('.' | ')' | ']'));
                before = Some(c);
                if c == '*' && !repeats { ".*".to_owned() } else { c.to_string() }
            })
            .collect()
    };
    match Regex::new(&format!("(?i)^(?:{built})$")) {
        Ok(filter) => names.filter(|name| filter.is_match(name)).collect(),
        Err(_) => Vec::new(),
    }
}

fn describe(database: &str, table: &Value, formatted: bool, only: Option<&str>) -> Shown {
    let described = definition(table);
    let columns = ["col_name", "data_type", "comment"].iter().map(|name| ((*name).to_owned(), Type::Varchar)).collect();
    let line = |column: &Column| {
        let comment = column.comment.clone().unwrap_or_default();
        vec![Some(format!("{:<20}\t{:<20}\t{:<20}", column.name, column.hive_type.as_str(), comment))]
    };
    if let Some(only) = only {
        let rows = described.columns.iter().chain(&described.partition_keys).filter(|column| column.name == only).map(line).collect();
        return Shown { columns, rows };
    }
    let heading = |text: &str| vec![Some(format!("{text:<20}\t{:<20}\t{:<20}", "", ""))];
    let blank = || heading("");
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    if formatted {
        rows.extend([vec![Some(format!("{:<20}\t{:<20}\t{:<20}", "# col_name", "data_type", "comment"))], blank()]);
    }
    rows.extend(described.columns.iter().map(line));
    // Partition keys are shown among the columns and again under a heading of their own.
    if !formatted {
        rows.extend(described.partition_keys.iter().map(line));
    }
    if !described.partition_keys.is_empty() {
        rows.extend([
            blank(),
            heading("# Partition Information"),
            vec![Some(format!("{:<20}\t{:<20}\t{:<20}", "# col_name", "data_type", "comment"))],
            blank(),
        ]);
        rows.extend(described.partition_keys.iter().map(line));
    }
    if formatted {
        rows.push(blank());
        rows.push(heading("# Detailed Table Information"));
        let mut fact = |name: &str, value: &str| rows.push(vec![Some(format!("{name:<20}\t{value:<20}\t{:<20}", ""))]);
        fact("Database:", database);
        fact("Owner:", &text(table, "Owner"));
        fact("Location:", &described.location.as_ref().map(ToString::to_string).unwrap_or_default());
        fact("Table Type:", &described.table_type);
        fact("Table Parameters:", "");
        for (name, value) in &described.parameters {
            fact("", &format!("{name:<20}\t{value}"));
        }
        fact("# Storage Information", "");
        fact("SerDe Library:", &described.serde_library);
        fact("InputFormat:", &described.input_format);
        fact("OutputFormat:", &described.output_format);
        fact("Storage Desc Params:", "");
        for (name, value) in &described.serde_parameters {
            fact("", &format!("{name:<20}\t{value}"));
        }
    }
    Shown { columns, rows }
}

fn view_lines(database: &str, table: &Value) -> Result<Vec<String>, QueryError> {
    let name = text(table, "Name");
    let view = view_of(table).ok_or_else(|| QueryError::new(format!("INVALID_VIEW: '{database}.{name}' is not a view")))?;
    let mut lines = vec![format!("CREATE VIEW {database}.{name} AS")];
    lines.extend(view.sql.lines().map(str::to_owned));
    Ok(lines)
}

/// The statement that would make a table, which is named as it was asked for: with its database or without.
fn table_lines(asked: &Name, table: &Value) -> Vec<String> {
    let described = definition(table);
    let database = asked.database.as_ref().map(|database| format!("{database}.")).unwrap_or_default();
    let column = |column: &Column| {
        let comment = column.comment.as_ref().map(|comment| format!(" COMMENT '{}'", escaped(comment))).unwrap_or_default();
        format!("  `{}` {}{comment}", column.name, column.hive_type)
    };
    let listed = |columns: &[Column], lines: &mut Vec<String>| {
        for (at, one) in columns.iter().enumerate() {
            let end = if at + 1 == columns.len() { ")" } else { ", " };
            lines.push(format!("{}{end}", column(one)));
        }
    };
    let mut lines = vec![format!("CREATE EXTERNAL TABLE `{database}{}`(", described.name)];
    listed(&described.columns, &mut lines);
    if let Some(comment) = described.parameters.get("comment") {
        lines.extend([String::from("COMMENT"), format!("  '{}'", escaped(comment))]);
    }
    if !described.partition_keys.is_empty() {
        lines.push("PARTITIONED BY ( ".to_owned());
        listed(&described.partition_keys, &mut lines);
    }
    let storage = table.get("StorageDescriptor").cloned().unwrap_or_default();
    let buckets = strings(storage.get("BucketColumns"));
    if let Some(count) = storage.get("NumberOfBuckets").and_then(Value::as_i64).filter(|_| !buckets.is_empty()) {
        lines.push("CLUSTERED BY ( ".to_owned());
        for (at, name) in buckets.iter().enumerate() {
            lines.push(format!("  {name}{}", if at + 1 == buckets.len() { ") " } else { ", " }));
        }
        lines.push(format!("INTO {count} BUCKETS"));
    }
    lines.extend(row_format(&described));
    lines.extend(["STORED AS INPUTFORMAT ".to_owned(), format!("  '{}' ", described.input_format)]);
    lines.extend(["OUTPUTFORMAT ".to_owned(), format!("  '{}'", described.output_format)]);
    if let Some(location) = &described.location {
        lines.extend(["LOCATION".to_owned(), format!("  '{location}'")]);
    }
    let properties: Vec<_> = described.parameters.iter().filter(|(name, _)| *name != "EXTERNAL" && *name != "comment").collect();
    if !properties.is_empty() {
        lines.push("TBLPROPERTIES (".to_owned());
        for (at, (name, value)) in properties.iter().enumerate() {
            let end = if at + 1 == properties.len() { ")" } else { ", " };
            lines.push(format!("  '{}'='{}'{end}", escaped(name), escaped(value)));
        }
    }
    lines
}

fn row_format(table: &TableDefinition) -> Vec<String> {
    let delimited = table.serde_library.ends_with("LazySimpleSerDe");
    let known = |name: &str| table.serde_parameters.get(name);
    if delimited && known("field.delim").is_some() {
        let mut lines = vec!["ROW FORMAT DELIMITED ".to_owned()];
        for (name, words) in [
            ("field.delim", "FIELDS TERMINATED BY"),
            ("escape.delim", "ESCAPED BY"),
            ("collection.delim", "COLLECTION ITEMS TERMINATED BY"),
            ("mapkey.delim", "MAP KEYS TERMINATED BY"),
            ("line.delim", "LINES TERMINATED BY"),
        ] {
            if let Some(sign) = known(name) {
                lines.push(format!("  {words} '{}' ", escaped(sign)));
            }
        }
        return lines;
    }
    let mut lines = vec!["ROW FORMAT SERDE ".to_owned(), format!("  '{}' ", table.serde_library)];
    let properties: Vec<_> =
        table.serde_parameters.iter().filter(|(name, value)| *name != "serialization.format" || *value != "1").collect();
    if !properties.is_empty() {
        lines.push("WITH SERDEPROPERTIES ( ".to_owned());
        for (at, (name, value)) in properties.iter().enumerate() {
            let end = if at + 1 == properties.len() { ") " } else { ", " };
            lines.push(format!("  '{}'='{}'{end}", escaped(name), escaped(value)));
        }
    }
    lines
}

/// A text inside the quotes of DDL.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}
