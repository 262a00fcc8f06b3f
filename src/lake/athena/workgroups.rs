//! Workgroups: kept as the JSON that Athena answers. `primary` always exists.

use rusqlite::{OptionalExtension as _, params};
use serde_json::{Map, Value, json};

use super::error::{internal, invalid_input};
use crate::lake::JsonError;
use crate::lake::glue::{Request, now, text};
use crate::lake::storage::Db;

/// Where results go when neither client nor workgroup says: the bucket is made when it is first needed.
pub(super) const DEFAULT_OUTPUT: &str = "s3://aws-athena-query-results-000000000000-us-east-1/";

/// What a workgroup says about where results go.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Settings {
    pub(super) enforced: bool,
    pub(super) output: Option<String>,
    pub(super) encryption: Option<Value>,
    pub(super) managed: bool,
    pub(super) cutoff: Option<u64>,
    pub(super) disabled: bool,
}

/// The workgroup `primary` as a new lake has it.
pub(super) fn ensure_primary(db: &Db) -> Result<(), crate::lake::LakeError> {
    let body = json!({
        "Name": "primary",
        "State": "ENABLED",
        "Description": "",
        "CreationTime": now(),
        "Configuration": configuration(&json!({"ResultConfiguration": {"OutputLocation": DEFAULT_OUTPUT}, "EnforceWorkGroupConfiguration": false})),
    });
    db.write(|tx| {
        tx.execute("INSERT OR IGNORE INTO athena_workgroup (name, body) VALUES ('primary', ?1)", params![body.to_string()])?;
        Ok(())
    })
}

/// A configuration with what Athena fills in.
fn configuration(given: &Value) -> Value {
    let mut members = given.as_object().cloned().unwrap_or_default();
    members.entry("ResultConfiguration").or_insert_with(|| json!({}));
    members.entry("EnforceWorkGroupConfiguration").or_insert(Value::Bool(true));
    members.entry("PublishCloudWatchMetricsEnabled").or_insert(Value::Bool(false));
    members.entry("RequesterPaysEnabled").or_insert(Value::Bool(false));
    let engine = json!({"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"});
    members.insert("EngineVersion".to_owned(), engine);
    Value::Object(members)
}

/// The answer to an operation of this group; `None` for any other.
pub(super) fn answer(db: &Db, operation: &str, request: &Request<'_>) -> Option<Result<Value, JsonError>> {
    let answer = match operation {
        "CreateWorkGroup" => create(db, request),
        "GetWorkGroup" => name(request, "WorkGroup").and_then(|name| find(db, &name)).map(|found| json!({"WorkGroup": found})),
        "ListWorkGroups" => list(db, request),
        "UpdateWorkGroup" => update(db, request),
        "DeleteWorkGroup" => delete(db, request),
        _ => return None,
    };
    Some(answer)
}

fn name(request: &Request<'_>, member: &str) -> Result<String, JsonError> {
    request.text(member).map(str::to_owned).map_err(|error| invalid_input(error.to_string()))
}

/// A workgroup as Athena answers it.
pub(super) fn find(db: &Db, name: &str) -> Result<Value, JsonError> {
    let query = "SELECT body FROM athena_workgroup WHERE name = ?1";
    let body: Option<String> =
        db.read(|db| db.query_row(query, params![name], |row| row.get(0)).optional()).map_err(|error| internal(&error))?;
    body.and_then(|body| serde_json::from_str(&body).ok()).ok_or_else(|| invalid_input("WorkGroup is not found."))
}

/// What a workgroup says about its results.
pub(super) fn settings(db: &Db, name: &str) -> Result<Settings, JsonError> {
    let workgroup = find(db, name)?;
    let configuration = workgroup.get("Configuration").cloned().unwrap_or_default();
    let result = configuration.get("ResultConfiguration").cloned().unwrap_or_default();
    let output = text(&result, "OutputLocation");
    Ok(Settings {
        enforced: configuration.get("EnforceWorkGroupConfiguration").and_then(Value::as_bool).unwrap_or(false),
        output: (!output.is_empty()).then_some(output),
        encryption: result.get("EncryptionConfiguration").cloned(),
        managed: configuration.pointer("/ManagedQueryResultsConfiguration/Enabled").and_then(Value::as_bool).unwrap_or(false),
        cutoff: configuration.get("BytesScannedCutoffPerQuery").and_then(Value::as_u64),
        disabled: text(&workgroup, "State") == "DISABLED",
    })
}

fn create(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let name = name(request, "Name")?;
    if name.len() > 128 || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        return Err(invalid_input("WorkGroup name is not valid."));
    }
    let given = request.0.get("Configuration").cloned().unwrap_or_else(|| json!({}));
    check(&given)?;
    let body = json!({
        "Name": name,
        "State": "ENABLED",
        "Description": request.maybe("Description").unwrap_or(""),
        "CreationTime": now(),
        "Configuration": configuration(&given),
    });
    let added = db
        .write(|tx| tx.execute("INSERT OR IGNORE INTO athena_workgroup (name, body) VALUES (?1, ?2)", params![name, body.to_string()]))
        .map_err(|error| internal(&error))?;
    if added == 1 { Ok(json!({})) } else { Err(invalid_input("WorkGroup is already created")) }
}

fn check(configuration: &Value) -> Result<(), JsonError> {
    let cutoff = configuration.get("BytesScannedCutoffPerQuery").and_then(Value::as_u64);
    if cutoff.is_some_and(|cutoff| cutoff < 10_000_000) {
        return Err(invalid_input("BytesScannedCutoffPerQuery must be at least 10000000"));
    }
    let output = configuration.pointer("/ResultConfiguration/OutputLocation").and_then(Value::as_str).unwrap_or("");
    if !output.is_empty() && output.parse::<crate::model::S3Location>().is_err() {
        return Err(invalid_input("outputLocation is not a valid S3 path."));
    }
    Ok(())
}

fn list(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let bodies: Vec<String> = db
        .read(|db| {
            let mut statement = db.prepare("SELECT body FROM athena_workgroup ORDER BY name")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect()
        })
        .map_err(|error| internal(&error))?;
    let summaries = bodies.iter().filter_map(|body| serde_json::from_str::<Value>(body).ok()).map(|workgroup| {
        json!({
            "Name": text(&workgroup, "Name"),
            "State": text(&workgroup, "State"),
            "Description": text(&workgroup, "Description"),
            "CreationTime": workgroup.get("CreationTime"),
            "EngineVersion": workgroup.pointer("/Configuration/EngineVersion"),
        })
    });
    request.page("WorkGroups", summaries.collect(), 50).map_err(|error| invalid_input(error.to_string()))
}

fn update(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let name = name(request, "WorkGroup")?;
    let mut workgroup = find(db, &name)?;
    let changes = request.0.get("ConfigurationUpdates").cloned().unwrap_or_default();
    check(&changes)?;
    if let Some(members) = workgroup.as_object_mut() {
        for member in ["Description", "State"] {
            if let Some(value) = request.maybe(member) {
                members.insert(member.to_owned(), Value::from(value));
            }
        }
        if let Some(Value::Object(configuration)) = members.get_mut("Configuration") {
            apply(configuration, &changes);
        }
    }
    db.write(|tx| tx.execute("UPDATE athena_workgroup SET body = ?2 WHERE name = ?1", params![name, workgroup.to_string()]))
        .map_err(|error| internal(&error))?;
    Ok(json!({}))
}

fn apply(configuration: &mut Map<String, Value>, changes: &Value) {
    for (member, value) in changes.as_object().into_iter().flatten() {
        match member.as_str() {
            "RemoveBytesScannedCutoffPerQuery" if value == &Value::Bool(true) => {
                configuration.remove("BytesScannedCutoffPerQuery");
            }
            "ResultConfigurationUpdates" => {
                let result = configuration.entry("ResultConfiguration").or_insert_with(|| json!({}));
                let Some(result) = result.as_object_mut() else { continue };
                for (name, value) in value.as_object().into_iter().flatten() {
                    match name.strip_prefix("Remove") {
                        Some(removed) => {
                            if value == &Value::Bool(true) {
                                result.remove(removed);
                            }
                        }
                        None => {
                            result.insert(name.clone(), value.clone());
                        }
                    }
                }
            }
            "ManagedQueryResultsConfigurationUpdates" => {
                configuration.insert("ManagedQueryResultsConfiguration".to_owned(), value.clone());
            }
            "EngineVersion" => {}
            other => {
                configuration.insert(other.to_owned(), value.clone());
            }
        }
    }
}

fn delete(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let name = name(request, "WorkGroup")?;
    if name == "primary" {
        return Err(invalid_input("The primary workgroup cannot be deleted"));
    }
    find(db, &name)?;
    let count = |table: &str| {
        let query = format!("SELECT count(*) FROM {table} WHERE workgroup = ?1");
        db.read(|db| db.query_row(&query, params![name], |row| row.get::<_, i64>(0))).map_err(|error| internal(&error))
    };
    let holds = count("athena_named_query")? + count("athena_prepared")? + count("athena_execution")?;
    if holds > 0 && !request.flag("RecursiveDeleteOption") {
        return Err(invalid_input("WorkGroup is not empty"));
    }
    db.write(|tx| {
        for table in ["athena_named_query", "athena_prepared", "athena_execution"] {
            tx.execute(&format!("DELETE FROM {table} WHERE workgroup = ?1"), params![name])?;
        }
        tx.execute("DELETE FROM athena_workgroup WHERE name = ?1", params![name])
    })
    .map_err(|error| internal(&error))?;
    Ok(json!({}))
}
