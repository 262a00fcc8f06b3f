//! EXPLAIN in its types and formats, and EXPLAIN ANALYZE.

use serde_json::{Value, json};

use super::run::Job;
use crate::lake::engine::{ParsedQuery, QueryError};
use crate::lake::glue::{definition, text};
use crate::sql::statement::Explain;
use crate::sql::{Classification, Type};

pub(super) async fn explain(
    job: &mut Job,
    explain: &Explain,
    inner: Option<ParsedQuery>,
    classification: Classification,
) -> Result<(), QueryError> {
    let (column, lines) = match inner {
        _ if explain.kind == "VALIDATE" => {
            if let Some(query) = inner {
                job.plan(query).await?;
            }
            return job.text(vec![("Valid".to_owned(), Type::Boolean)], vec![vec![Some("true".to_owned())]]);
        }
        Some(query) if explain.kind == "IO" => ("Query Plan", input_output(job, query).await?),
        Some(query) => {
            let plan = job.service.inner.engine.explain(query, &job.database(), explain.analyze, &job.stopped).await?;
            let shown = match explain.format.as_str() {
                "GRAPHVIZ" => plan.graphviz,
                "JSON" => plan.json,
                _ => plan.text,
            };
            ("Query Plan", shown)
        }
        None => ("Query Plan", format!("{}\n", classification.substatement)),
    };
    // Text plans are shown line by line, JSON as one value.
    let rows =
        if explain.format == "JSON" { vec![vec![Some(lines)]] } else { lines.lines().map(|line| vec![Some(line.to_owned())]).collect() };
    job.text(vec![(column.to_owned(), Type::Varchar)], rows)
}

/// The tables that a query reads, with the columns' constraints left out and the sizes that the catalogue knows.
async fn input_output(job: &Job, query: ParsedQuery) -> Result<String, QueryError> {
    let ready = job.plan(query).await?;
    let mut inputs = Vec::new();
    for (database, name) in &ready.inputs {
        let Ok(table) = job.service.catalog().table(database, name) else { continue };
        let described = definition(&table);
        let number = |parameter: &str| described.parameters.get(parameter).and_then(|value| value.parse::<f64>().ok());
        let estimate = json!({
            "outputRowCount": number("recordCount").map_or(Value::from("NaN"), Value::from),
            "outputSizeInBytes": number("sizeKey").map_or(Value::from("NaN"), Value::from),
            "cpuCost": "NaN",
            "maxMemory": 0.0,
            "networkCost": 0.0,
        });
        inputs.push(json!({
            "table": {"catalog": "awsdatacatalog", "schemaTable": {"schema": database, "table": text(&table, "Name")}},
            "columnConstraints": [],
            "estimate": estimate,
        }));
    }
    let plan = json!({"inputTableColumnInfos": inputs, "estimate": {"outputRowCount": "NaN", "outputSizeInBytes": "NaN", "cpuCost": "NaN", "maxMemory": 0.0, "networkCost": 0.0}});
    serde_json::to_string_pretty(&plan).map_err(|error| QueryError::new(format!("GENERIC_INTERNAL_ERROR: {error}")))
}
