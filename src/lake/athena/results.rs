//! GetQueryResults, page by page, and `GetQueryRuntimeStatistics`.

use serde_json::{Map, Value, json};

use super::AthenaService;
use super::csv_rows;
use super::error::{internal, invalid, invalid_input};
use super::execution::{Execution, Rows, State};
use super::id;
use crate::lake::glue::Request;
use crate::lake::{JsonError, LakeError};
use crate::model::S3Location;

/// The succeeded execution that a request names.
fn finished(service: &AthenaService, request: &Request<'_>) -> Result<Execution, JsonError> {
    let execution = service.execution(id(request)?)?;
    match execution.state {
        State::Succeeded => Ok(execution),
        State::Queued | State::Running => {
            let message = format!("Query has not yet finished. Current state: {}", execution.state.as_str());
            Err(invalid(message, "INVALID_QUERY_EXECUTION_STATE"))
        }
        State::Failed => {
            let message = "Query did not finish successfully. Final query state: FAILED";
            Err(invalid(message, "INVALID_QUERY_EXECUTION_STATE"))
        }
        State::Cancelled => Err(invalid("Could not find results", "RESULT_NOT_FOUND")),
    }
}

fn row(cells: &[Option<String>]) -> Value {
    let data: Vec<Value> = cells.iter().map(|cell| cell.as_ref().map_or_else(|| json!({}), |text| json!({"VarCharValue": text}))).collect();
    json!({"Data": data})
}

pub(super) fn get(service: &AthenaService, request: &Request<'_>) -> Result<Value, JsonError> {
    let execution = finished(service, request)?;
    let count = match request.number("MaxResults") {
        Some(count @ 1..=1000) => usize::try_from(count).unwrap_or(1000),
        Some(_) => return Err(invalid_input("MaxResults must be between 1 and 1000")),
        None => 1000,
    };
    let start: u64 = match request.maybe("NextToken") {
        Some(token) => token.parse().map_err(|_error| invalid_input("Invalid NextToken"))?,
        None => 0,
    };
    let (rows, next) = match &execution.rows {
        Rows::None => (Vec::new(), None),
        Rows::Here(rows) => {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            let page: Vec<Value> = rows.iter().skip(start).take(count).map(|cells| row(cells)).collect();
            let end = start.saturating_add(page.len());
            (page, (end < rows.len()).then_some(end as u64))
        }
        Rows::Csv => {
            let page = read(service, &execution, start, count)?;
            (page.rows.iter().map(|cells| row(cells)).collect(), page.next)
        }
    };
    let columns: Vec<Value> = execution.columns.iter().map(super::execution::ColumnInfo::json).collect();
    let mut answer = Map::new();
    answer.insert("UpdateCount".to_owned(), execution.update_count.unwrap_or(0).into());
    answer.insert("ResultSet".to_owned(), json!({"Rows": rows, "ResultSetMetadata": {"ColumnInfo": columns}}));
    if let Some(next) = next {
        answer.insert("NextToken".to_owned(), next.to_string().into());
    }
    Ok(Value::Object(answer))
}

fn read(service: &AthenaService, execution: &Execution, start: u64, count: usize) -> Result<csv_rows::CsvPage, JsonError> {
    let gone = || invalid("Could not find results", "RESULT_NOT_FOUND");
    let place: S3Location = execution.output.parse().map_err(|_error| gone())?;
    let (file, info) = match service.store().open_read(&place.bucket, &place.key) {
        Ok(found) => found,
        Err(LakeError::NoSuchKey(_) | LakeError::NoSuchBucket(_)) => return Err(gone()),
        Err(error) => return Err(internal(&error)),
    };
    if start > info.size {
        return Err(invalid_input("Invalid NextToken"));
    }
    csv_rows::page(file, start, count).map_err(|error| JsonError::internal(format!("the result could not be read: {error}")))
}

pub(super) fn statistics(service: &AthenaService, request: &Request<'_>) -> Result<Value, JsonError> {
    let execution = service.execution(id(request)?)?;
    let taken = &execution.statistics;
    Ok(json!({"QueryRuntimeStatistics": {
        "Timeline": {
            "QueryQueueTimeInMillis": taken.queued,
            "ServicePreProcessingTimeInMillis": 0,
            "QueryPlanningTimeInMillis": taken.planning,
            "EngineExecutionTimeInMillis": taken.engine,
            "ServiceProcessingTimeInMillis": taken.after,
            "TotalExecutionTimeInMillis": taken.total,
        },
        "Rows": {"OutputRows": taken.rows, "InputBytes": taken.scanned},
        "OutputStage": {"StageId": 0, "State": "FINISHED", "OutputRows": taken.rows, "ExecutionTime": taken.engine},
    }}))
}
