//! Named queries and prepared statements.

use rusqlite::{OptionalExtension as _, params};
use serde_json::{Value, json};

use super::error::{internal, invalid_input};
use super::workgroups;
use crate::lake::JsonError;
use crate::lake::glue::{Request, now, strings, text};
use crate::lake::storage::Db;

/// The answer to an operation of this group; `None` for any other.
pub(super) fn answer(db: &Db, operation: &str, request: &Request<'_>) -> Option<Result<Value, JsonError>> {
    let answer = match operation {
        "CreateNamedQuery" => create_named(db, request),
        "GetNamedQuery" => needed(request, "NamedQueryId").and_then(|id| named(db, &id)).map(|found| json!({"NamedQuery": found})),
        "BatchGetNamedQuery" => batch_named(db, request),
        "ListNamedQueries" => list_named(db, request),
        "UpdateNamedQuery" => update_named(db, request),
        "DeleteNamedQuery" => delete_named(db, request),
        "CreatePreparedStatement" => create_prepared(db, request),
        "GetPreparedStatement" => get_prepared(db, request),
        "BatchGetPreparedStatement" => batch_prepared(db, request),
        "ListPreparedStatements" => list_prepared(db, request),
        "UpdatePreparedStatement" => update_prepared(db, request),
        "DeletePreparedStatement" => delete_prepared(db, request),
        _ => return None,
    };
    Some(answer)
}

fn needed(request: &Request<'_>, member: &str) -> Result<String, JsonError> {
    request.text(member).map(str::to_owned).map_err(|error| invalid_input(error.to_string()))
}

fn workgroup(request: &Request<'_>) -> String {
    request.maybe("WorkGroup").filter(|name| !name.is_empty()).unwrap_or("primary").to_owned()
}

fn create_named(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let workgroup = workgroup(request);
    workgroups::find(db, &workgroup)?;
    let id = uuid::Uuid::new_v4().to_string();
    let body = json!({
        "NamedQueryId": id,
        "Name": needed(request, "Name")?,
        "Description": request.maybe("Description").unwrap_or(""),
        "Database": needed(request, "Database")?,
        "QueryString": needed(request, "QueryString")?,
        "WorkGroup": workgroup,
    });
    let query = "INSERT INTO athena_named_query (id, workgroup, body) VALUES (?1, ?2, ?3)";
    db.write(|tx| tx.execute(query, params![id, workgroup, body.to_string()])).map_err(|error| internal(&error))?;
    Ok(json!({"NamedQueryId": id}))
}

fn named(db: &Db, id: &str) -> Result<Value, JsonError> {
    let query = "SELECT body FROM athena_named_query WHERE id = ?1";
    let body: Option<String> =
        db.read(|db| db.query_row(query, params![id], |row| row.get(0)).optional()).map_err(|error| internal(&error))?;
    body.and_then(|body| serde_json::from_str(&body).ok()).ok_or_else(|| invalid_input(format!("NamedQuery {id} was not found")))
}

fn batch_named(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for id in strings(request.0.get("NamedQueryIds")) {
        match named(db, &id) {
            Ok(query) => found.push(query),
            Err(error) => missing.push(json!({"NamedQueryId": id, "ErrorCode": "INTERNAL_FAILURE", "ErrorMessage": error.message})),
        }
    }
    Ok(json!({"NamedQueries": found, "UnprocessedNamedQueryIds": missing}))
}

fn list_named(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let workgroup = workgroup(request);
    let ids: Vec<String> = db
        .read(|db| {
            let mut statement = db.prepare("SELECT id FROM athena_named_query WHERE workgroup = ?1 ORDER BY id")?;
            let rows = statement.query_map(params![workgroup], |row| row.get(0))?;
            rows.collect()
        })
        .map_err(|error| internal(&error))?;
    let ids = ids.into_iter().map(Value::from).collect();
    request.page("NamedQueryIds", ids, 50).map_err(|error| invalid_input(error.to_string()))
}

fn update_named(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let id = needed(request, "NamedQueryId")?;
    let mut body = named(db, &id)?;
    if let Some(members) = body.as_object_mut() {
        for member in ["Name", "Description", "QueryString"] {
            if let Some(value) = request.maybe(member) {
                members.insert(member.to_owned(), Value::from(value));
            }
        }
    }
    db.write(|tx| tx.execute("UPDATE athena_named_query SET body = ?2 WHERE id = ?1", params![id, body.to_string()]))
        .map_err(|error| internal(&error))?;
    Ok(json!({}))
}

fn delete_named(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let id = needed(request, "NamedQueryId")?;
    db.write(|tx| tx.execute("DELETE FROM athena_named_query WHERE id = ?1", params![id])).map_err(|error| internal(&error))?;
    Ok(json!({}))
}

fn missing(name: &str) -> JsonError {
    JsonError::new("ResourceNotFoundException", format!("PreparedStatement {name} was not found")).with("ResourceName", name)
}

/// A prepared statement of a workgroup as Athena answers it.
pub(super) fn prepared(db: &Db, workgroup: &str, name: &str) -> Result<Value, JsonError> {
    let query = "SELECT body FROM athena_prepared WHERE workgroup = ?1 AND name = ?2";
    let body: Option<String> =
        db.read(|db| db.query_row(query, params![workgroup, name], |row| row.get(0)).optional()).map_err(|error| internal(&error))?;
    body.and_then(|body| serde_json::from_str(&body).ok()).ok_or_else(|| missing(name))
}

/// Keeps a prepared statement; `replace` one of its name, or say whether there was none.
pub(super) fn prepare(db: &Db, workgroup: &str, name: &str, statement: &str, description: &str, replace: bool) -> Result<bool, JsonError> {
    let body = json!({
        "StatementName": name,
        "QueryStatement": statement,
        "WorkGroupName": workgroup,
        "Description": description,
        "LastModifiedTime": now(),
    });
    let verb = if replace { "REPLACE" } else { "IGNORE" };
    let query = format!("INSERT OR {verb} INTO athena_prepared (workgroup, name, body) VALUES (?1, ?2, ?3)");
    let added = db.write(|tx| tx.execute(&query, params![workgroup, name, body.to_string()])).map_err(|error| internal(&error))?;
    Ok(added == 1)
}

/// Forgets a prepared statement; false where there was none.
pub(super) fn deallocate(db: &Db, workgroup: &str, name: &str) -> Result<bool, JsonError> {
    let query = "DELETE FROM athena_prepared WHERE workgroup = ?1 AND name = ?2";
    let removed = db.write(|tx| tx.execute(query, params![workgroup, name])).map_err(|error| internal(&error))?;
    Ok(removed == 1)
}

fn create_prepared(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let (name, workgroup) = (needed(request, "StatementName")?, workgroup(request));
    let statement = needed(request, "QueryStatement")?;
    workgroups::find(db, &workgroup)?;
    if prepare(db, &workgroup, &name, &statement, request.maybe("Description").unwrap_or(""), false)? {
        Ok(json!({}))
    } else {
        Err(invalid_input("PreparedStatement with the given name already exists"))
    }
}

fn get_prepared(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let name = needed(request, "StatementName")?;
    Ok(json!({"PreparedStatement": prepared(db, &workgroup(request), &name)?}))
}

fn batch_prepared(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let (mut found, mut unprocessed) = (Vec::new(), Vec::new());
    for name in strings(request.0.get("PreparedStatementNames")) {
        match prepared(db, &workgroup(request), &name) {
            Ok(statement) => found.push(statement),
            Err(error) => {
                unprocessed.push(json!({"StatementName": name, "ErrorCode": "STATEMENT_NOT_FOUND", "ErrorMessage": error.message}));
            }
        }
    }
    Ok(json!({"PreparedStatements": found, "UnprocessedPreparedStatementNames": unprocessed}))
}

fn list_prepared(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let workgroup = workgroup(request);
    let bodies: Vec<String> = db
        .read(|db| {
            let mut statement = db.prepare("SELECT body FROM athena_prepared WHERE workgroup = ?1 ORDER BY name")?;
            let rows = statement.query_map(params![workgroup], |row| row.get(0))?;
            rows.collect()
        })
        .map_err(|error| internal(&error))?;
    let all = bodies
        .iter()
        .filter_map(|body| serde_json::from_str::<Value>(body).ok())
        .map(|body| json!({"StatementName": text(&body, "StatementName"), "LastModifiedTime": body.get("LastModifiedTime")}));
    request.page("PreparedStatements", all.collect(), 50).map_err(|error| invalid_input(error.to_string()))
}

fn update_prepared(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let (name, workgroup) = (needed(request, "StatementName")?, workgroup(request));
    prepared(db, &workgroup, &name)?;
    prepare(db, &workgroup, &name, &needed(request, "QueryStatement")?, request.maybe("Description").unwrap_or(""), true)?;
    Ok(json!({}))
}

fn delete_prepared(db: &Db, request: &Request<'_>) -> Result<Value, JsonError> {
    let name = needed(request, "StatementName")?;
    if deallocate(db, &workgroup(request), &name)? { Ok(json!({})) } else { Err(missing(&name)) }
}
