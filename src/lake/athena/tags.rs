//! Tags of workgroups, kept beside those of the catalogue.

use rusqlite::params;
use serde_json::{Value, json};

use super::error::invalid_input;
use crate::lake::JsonError;
use crate::lake::glue::{Catalog, Request, strings, text};

/// The answer to an operation on tags.
pub(super) fn answer(catalog: &Catalog, operation: &str, request: &Request<'_>) -> Result<Value, JsonError> {
    let arn = request.text("ResourceARN").map_err(|error| invalid_input(error.to_string()))?;
    let answered = match operation {
        "TagResource" => catalog.write(|tx| {
            for tag in request.list("Tags") {
                let query = "INSERT OR REPLACE INTO glue_tag (arn, name, value) VALUES (?1, ?2, ?3)";
                tx.execute(query, params![arn, text(tag, "Key"), text(tag, "Value")])?;
            }
            Ok(json!({}))
        }),
        "UntagResource" => catalog.write(|tx| {
            for name in strings(request.0.get("TagKeys")) {
                tx.execute("DELETE FROM glue_tag WHERE arn = ?1 AND name = ?2", params![arn, name])?;
            }
            Ok(json!({}))
        }),
        _ => catalog.read(|db| {
            let mut statement = db.prepare_cached("SELECT name, value FROM glue_tag WHERE arn = ?1 ORDER BY name")?;
            let rows =
                statement.query_map(params![arn], |row| Ok(json!({"Key": row.get::<_, String>(0)?, "Value": row.get::<_, String>(1)?})))?;
            let tags: Vec<Value> = rows.collect::<rusqlite::Result<_>>()?;
            Ok(json!({"Tags": tags}))
        }),
    };
    answered.map_err(JsonError::from)
}
