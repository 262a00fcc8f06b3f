//! Custom classifiers: kept and answered as they were given, with the times that Glue adds.

use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use super::catalog::{Catalog, bodies, now, object, parsed};
use super::definition::text;
use super::done;
use super::error::GlueError;
use super::request::Request;

/// The kinds of classifiers, by the members of requests and answers.
const KINDS: [&str; 4] = ["CsvClassifier", "JsonClassifier", "GrokClassifier", "XMLClassifier"];

/// The answer to an operation of this group; `None` for any other.
pub(super) fn answer(catalog: &Catalog, operation: &str, request: &Request<'_>) -> Option<Result<Value, GlueError>> {
    let answer = match operation {
        "CreateClassifier" => create(catalog, request),
        "UpdateClassifier" => update(catalog, request),
        "DeleteClassifier" => delete(catalog, request),
        "GetClassifier" => request.text("Name").and_then(|name| catalog.classifier(name)).map(|found| json!({"Classifier": found})),
        "GetClassifiers" => catalog.classifiers().and_then(|all| request.page("Classifiers", all, 100)),
        _ => return None,
    };
    Some(answer)
}

/// The one classifier that a request carries, checked.
fn given(request: &Request<'_>) -> Result<(&'static str, Value), GlueError> {
    let mut found = None;
    for kind in KINDS {
        // Requests of other SDKs spell it `XmlClassifier`.
        let body = request.0.get(kind).or_else(|| request.0.get(kind.replace("XML", "Xml")));
        if let Some(body) = body.filter(|body| body.is_object()) {
            if found.is_some() {
                return Err(GlueError::InvalidInput("Only one classifier can be given".to_owned()));
            }
            found = Some((kind, body.clone()));
        }
    }
    let (kind, body) = found.ok_or_else(|| GlueError::InvalidInput("A classifier must be given".to_owned()))?;
    if text(&body, "Name").is_empty() {
        return Err(GlueError::InvalidInput("A classifier needs a name".to_owned()));
    }
    if kind == "CsvClassifier" {
        let (delimiter, quote) = (text(&body, "Delimiter"), text(&body, "QuoteSymbol"));
        if delimiter.chars().count() > 1 || quote.chars().count() > 1 {
            return Err(GlueError::InvalidInput("Delimiter and QuoteSymbol are one character each".to_owned()));
        }
        if !quote.is_empty() && quote == delimiter {
            return Err(GlueError::InvalidInput("The quote symbol must be different from the delimiter".to_owned()));
        }
    }
    Ok((kind, body))
}

fn create(catalog: &Catalog, request: &Request<'_>) -> Result<Value, GlueError> {
    let (kind, body) = given(request)?;
    let name = text(&body, "Name");
    let mut body = object(&body);
    body.insert("CreationTime".to_owned(), now());
    body.insert("LastUpdated".to_owned(), now());
    body.insert("Version".to_owned(), Value::from(1));
    let body = json!({kind: body});
    catalog.write(|tx| {
        let added = tx.execute("INSERT OR IGNORE INTO glue_classifier (name, body) VALUES (?1, ?2)", params![name, body.to_string()])?;
        if added == 1 { Ok(done()) } else { Err(GlueError::AlreadyExists(format!("Classifier {name} already exists"))) }
    })
}

fn update(catalog: &Catalog, request: &Request<'_>) -> Result<Value, GlueError> {
    let (kind, changes) = given(request)?;
    let name = text(&changes, "Name");
    let old = catalog.classifier(&name)?;
    let mut body = old.get(kind).map(object).ok_or_else(|| GlueError::InvalidInput(format!("Classifier {name} is of another kind")))?;
    body.extend(object(&changes));
    body.insert("LastUpdated".to_owned(), now());
    let version = body.get("Version").and_then(Value::as_i64).unwrap_or(1) + 1;
    body.insert("Version".to_owned(), Value::from(version));
    let body = json!({kind: body});
    catalog.write(|tx| {
        tx.execute("UPDATE glue_classifier SET body = ?2 WHERE name = ?1", params![name, body.to_string()])?;
        Ok(done())
    })
}

fn delete(catalog: &Catalog, request: &Request<'_>) -> Result<Value, GlueError> {
    let name = request.text("Name")?;
    catalog.write(|tx| {
        let removed = tx.execute("DELETE FROM glue_classifier WHERE name = ?1", params![name])?;
        if removed == 1 { Ok(done()) } else { Err(not_found(name)) }
    })
}

fn not_found(name: &str) -> GlueError {
    GlueError::NotFound(format!("Classifier {name} not found"))
}

impl Catalog {
    /// A classifier as Glue answers it: `{"CsvClassifier": {…}}`.
    ///
    /// # Errors
    /// [`GlueError::NotFound`].
    pub fn classifier(&self, name: &str) -> Result<Value, GlueError> {
        self.read(|db| {
            let body: Option<String> =
                db.query_row("SELECT body FROM glue_classifier WHERE name = ?1", params![name], |row| row.get(0)).optional()?;
            body.map(|body| parsed(&body)).ok_or_else(|| not_found(name))
        })
    }

    fn classifiers(&self) -> Result<Vec<Value>, GlueError> {
        self.read(|db| bodies(db, "SELECT body FROM glue_classifier ORDER BY name", params![]))
    }
}
