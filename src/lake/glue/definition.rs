//! Between Glue's JSON and the table definitions of the model.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::{Column, HiveType, TableDefinition};

/// Reads a table as Glue answers it; names of columns become lower case.
#[must_use]
pub fn definition(table: &Value) -> TableDefinition {
    let storage = table.get("StorageDescriptor").unwrap_or(&Value::Null);
    let serde = storage.get("SerdeInfo").unwrap_or(&Value::Null);
    TableDefinition {
        name: text(table, "Name"),
        table_type: text(table, "TableType"),
        columns: columns(storage.get("Columns")),
        partition_keys: columns(table.get("PartitionKeys")),
        location: storage.get("Location").and_then(Value::as_str).and_then(|location| location.parse().ok()),
        input_format: text(storage, "InputFormat"),
        output_format: text(storage, "OutputFormat"),
        serde_library: text(serde, "SerializationLibrary"),
        serde_parameters: parameters(serde.get("Parameters")),
        parameters: parameters(table.get("Parameters")),
    }
}

/// Writes a definition as a `TableInput`.
#[must_use]
pub fn table_input(definition: &TableDefinition) -> Value {
    let mut storage = json!({
        "Columns": columns_json(&definition.columns),
        "InputFormat": definition.input_format,
        "OutputFormat": definition.output_format,
        "Compressed": false,
        "NumberOfBuckets": -1,
        "SerdeInfo": {"SerializationLibrary": definition.serde_library, "Parameters": parameters_json(&definition.serde_parameters)},
        "BucketColumns": [],
        "SortColumns": [],
        "StoredAsSubDirectories": false,
    });
    if let (Some(location), Some(members)) = (&definition.location, storage.as_object_mut()) {
        members.insert("Location".to_owned(), Value::from(location.to_string()));
    }
    json!({
        "Name": definition.name,
        "TableType": definition.table_type,
        "PartitionKeys": columns_json(&definition.partition_keys),
        "Parameters": parameters_json(&definition.parameters),
        "StorageDescriptor": storage,
        "Retention": 0,
    })
}

/// Columns as Glue writes them.
#[must_use]
pub fn columns_json(columns: &[Column]) -> Value {
    let one = |column: &Column| {
        let mut members = Map::new();
        members.insert("Name".to_owned(), Value::from(column.name.as_str()));
        members.insert("Type".to_owned(), Value::from(column.hive_type.as_str()));
        if let Some(comment) = &column.comment {
            members.insert("Comment".to_owned(), Value::from(comment.as_str()));
        }
        Value::Object(members)
    };
    Value::Array(columns.iter().map(one).collect())
}

/// Parameters as Glue writes them.
#[must_use]
pub fn parameters_json(parameters: &BTreeMap<String, String>) -> Value {
    Value::Object(parameters.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect())
}

/// Columns as Glue answers them.
pub(crate) fn columns(list: Option<&Value>) -> Vec<Column> {
    let one = |column: &Value| Column {
        name: text(column, "Name").to_lowercase(),
        hive_type: HiveType(text(column, "Type")),
        comment: column.get("Comment").and_then(Value::as_str).map(str::to_owned),
    };
    list.and_then(Value::as_array).into_iter().flatten().map(one).collect()
}

/// Parameters as Glue answers them.
pub(crate) fn parameters(map: Option<&Value>) -> BTreeMap<String, String> {
    let pairs = map.and_then(Value::as_object).into_iter().flatten();
    pairs.filter_map(|(name, value)| value.as_str().map(|value| (name.clone(), value.to_owned()))).collect()
}

/// A text member; empty where there is none.
pub(crate) fn text(value: &Value, member: &str) -> String {
    value.get(member).and_then(Value::as_str).unwrap_or("").to_owned()
}
