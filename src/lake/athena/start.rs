//! `StartQueryExecution`: what is asked is checked and read, then runs on the engine's threads.

use serde_json::{Map, Value, json};
use tokio::sync::watch;

use super::error::{internal, invalid, invalid_input};
use super::execution::{Execution, Rows, State, Statistics};
use super::task::{self, Task};
use super::workgroups::{self, DEFAULT_OUTPUT, Settings};
use super::{AthenaService, Live, run};
use crate::lake::JsonError;
use crate::lake::engine::QueryError;
use crate::lake::glue::{Request, strings};
use crate::model::S3Location;
use crate::sql::StatementType;

/// The longest query that Athena takes, in bytes.
const LONGEST: usize = 262_144;

pub(super) fn start(service: &AthenaService, request: &Request<'_>) -> Result<Value, JsonError> {
    let query = request.maybe("QueryString").unwrap_or("").to_owned();
    if query.trim().is_empty() {
        return Err(invalid_input(
            "1 validation error detected: Value at 'queryString' failed to satisfy constraint: Member must have length greater than or equal to 1",
        ));
    }
    if query.len() > LONGEST {
        return Err(invalid_input(
            "1 validation error detected: Value at 'queryString' failed to satisfy constraint: Member must have length less than or equal to 262144",
        ));
    }
    let token = token(request)?;
    let workgroup = request.maybe("WorkGroup").filter(|name| !name.is_empty()).unwrap_or("primary").to_owned();
    let settings = workgroups::settings(service.db(), &workgroup)?;
    if settings.disabled {
        return Err(invalid_input("WorkGroup is disabled."));
    }
    let context = request.0.get("QueryExecutionContext").and_then(Value::as_object).cloned().unwrap_or_default();
    let wanted = request.0.pointer("/ResultConfiguration/OutputLocation").and_then(Value::as_str).unwrap_or("").to_owned();
    if let Some(before) = again(service, &token, &query, &context, &wanted)? {
        return Ok(json!({"QueryExecutionId": before}));
    }
    let (asked, place) = output(service, &settings, &wanted)?;
    let parameters = strings(request.0.get("ExecutionParameters"));
    let read = task::read(service.db(), &workgroup, &query, &parameters)?;
    let id = uuid::Uuid::new_v4().to_string();
    let encryption = match request.0.pointer("/ResultConfiguration/EncryptionConfiguration") {
        Some(own) if !settings.enforced => Some(own.clone()),
        _ => settings.encryption.clone(),
    };
    let mut execution = Execution {
        output: output_of(&place, &id, &read.task, read.classification.statement_type).to_string(),
        id: id.clone(),
        query,
        statement_type: read.classification.statement_type.as_str().to_owned(),
        substatement: read.classification.substatement.to_owned(),
        context: folded(context),
        workgroup,
        asked: if wanted.is_empty() { asked } else { wanted },
        encryption,
        parameters,
        reuse: request.0.get("ResultReuseConfiguration").cloned(),
        managed: settings.managed,
        token: Some(token),
        state: State::Queued,
        reason: None,
        class: None,
        submitted: chrono::Utc::now().timestamp_millis(),
        completed: None,
        statistics: Statistics::default(),
        columns: Vec::new(),
        rows: Rows::None,
        update_count: None,
    };
    if let Some(before) = reusable(service, &execution, &read.task)? {
        let now = chrono::Utc::now().timestamp_millis();
        execution.output = before.output;
        execution.columns = before.columns;
        execution.rows = before.rows;
        execution.state = State::Succeeded;
        execution.completed = Some(now);
        execution.statistics =
            Statistics { reused: true, total: now - execution.submitted, rows: before.statistics.rows, ..Statistics::default() };
        execution.save(service.db()).map_err(|error| internal(&error))?;
        return Ok(json!({"QueryExecutionId": id}));
    }
    // The same request may have come twice at once.
    if let Some(before) = execution.begin(service.db()).map_err(|error| internal(&error))? {
        let id = same(before, &execution.query, &execution.context, &execution.asked)?;
        return Ok(json!({"QueryExecutionId": id}));
    }
    let (stop, stopped) = watch::channel(false);
    service.live(|live| live.insert(id.clone(), Live { execution: execution.clone(), stop, scanned: None, claimed: None }));
    let work = run::run(service.clone(), execution, read.task, settings.cutoff, stopped);
    if service.inner.keeper.spawn(work).is_none() {
        service.live(|live| live.remove(&id));
        return Err(JsonError::internal("the lake is shutting down"));
    }
    Ok(json!({"QueryExecutionId": id}))
}

fn token(request: &Request<'_>) -> Result<String, JsonError> {
    let token = request.maybe("ClientRequestToken").unwrap_or("");
    if token.is_empty() {
        return Err(invalid_input("clientRequestToken is null or empty"));
    }
    if token.len() < 32 {
        return Err(invalid_input(
            "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint: Member must have length greater than or equal to 32",
        ));
    }
    Ok(token.to_owned())
}

/// The execution that the same request started before.
fn again(
    service: &AthenaService,
    token: &str,
    query: &str,
    context: &Map<String, Value>,
    wanted: &str,
) -> Result<Option<String>, JsonError> {
    let before = Execution::of_token(service.db(), token).map_err(|error| internal(&error))?;
    before.map(|before| same(before, query, context, wanted)).transpose()
}

/// The execution that was started before, if it is the one that is asked for again.
fn same(before: Execution, query: &str, context: &Map<String, Value>, wanted: &str) -> Result<String, JsonError> {
    let database = |context: &Map<String, Value>| context.get("Database").and_then(Value::as_str).unwrap_or("").to_lowercase();
    let same = before.query == query && database(&before.context) == database(context) && (wanted.is_empty() || before.asked == wanted);
    if same { Ok(before.id) } else { Err(invalid("Idempotent parameters do not match", "IDEMPOTENT_PARAMETER_MISMATCH")) }
}

/// Athena answers the database in lower case.
fn folded(mut context: Map<String, Value>) -> Map<String, Value> {
    for member in ["Database", "Catalog"] {
        if let Some(name) = context.get(member).and_then(Value::as_str).map(str::to_lowercase) {
            context.insert(member.to_owned(), Value::from(name));
        }
    }
    context
}

/// Where results go: as it was asked for, and as a folder whose bucket exists.
fn output(service: &AthenaService, settings: &Settings, wanted: &str) -> Result<(String, S3Location), JsonError> {
    let asked = if settings.managed {
        DEFAULT_OUTPUT.to_owned()
    } else if settings.enforced || wanted.is_empty() {
        settings.output.clone().or_else(|| (!wanted.is_empty() && !settings.enforced).then(|| wanted.to_owned())).ok_or_else(|| {
            invalid_input(
                "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.",
            )
        })?
    } else {
        wanted.to_owned()
    };
    let place: S3Location = asked.parse().map_err(|_error| invalid_input("outputLocation is not a valid S3 path."))?;
    let exists = service.store().bucket_exists(&place.bucket).map_err(|error| internal(&error))?;
    if !exists {
        // The bucket that every lake offers is made when it is first needed, whoever names it.
        let offered = DEFAULT_OUTPUT.parse::<S3Location>().is_ok_and(|default| default.bucket == place.bucket);
        if !offered && settings.output.as_deref() != Some(asked.as_str()) {
            return Err(invalid_input(format!("Unable to verify/create output bucket {}", place.bucket)));
        }
        service.store().create_bucket(&place.bucket).map_err(|error| internal(&error))?;
    }
    Ok((asked, place.folder()))
}

/// The result's place by the kind of statement.
fn output_of(place: &S3Location, id: &str, task: &Task, statement_type: StatementType) -> S3Location {
    match task {
        Task::Select(_) => place.join(&format!("{id}.csv")),
        Task::CreateTableAs { .. } => place.join(&format!("tables/{id}")),
        Task::Insert { .. } | Task::Unload { .. } => place.join(id),
        _ if statement_type == StatementType::Dml => place.join(&format!("{id}.csv")),
        _ => place.join(&format!("{id}.txt")),
    }
}

/// An earlier result that may be answered again.
fn reusable(service: &AthenaService, execution: &Execution, task: &Task) -> Result<Option<Execution>, JsonError> {
    let by_age = execution.reuse.as_ref().and_then(|reuse| reuse.get("ResultReuseByAgeConfiguration")).cloned().unwrap_or_default();
    let enabled = by_age.get("Enabled").and_then(Value::as_bool).unwrap_or(false);
    if !enabled || execution.managed || !matches!(task, Task::Select(query) if query.is_repeatable()) {
        return Ok(None);
    }
    let minutes = by_age.get("MaxAgeInMinutes").and_then(Value::as_i64).unwrap_or(60).clamp(0, 10_080);
    let since = execution.submitted - minutes * 60_000;
    let earlier = Execution::succeeded_since(service.db(), &execution.workgroup, since).map_err(|error| internal(&error))?;
    // Named or not, there is one catalogue.
    let context = |execution: &Execution| {
        let name = |member: &str| execution.context.get(member).and_then(Value::as_str).map(str::to_owned);
        (name("Database"), name("Catalog").unwrap_or_else(|| "awsdatacatalog".to_owned()))
    };
    let folder = |execution: &Execution| execution.output.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    Ok(earlier.into_iter().find(|before| {
        before.query == execution.query
            && context(before) == context(execution)
            && folder(before) == folder(execution)
            && before.parameters == execution.parameters
            && before.output.parse::<S3Location>().is_ok_and(|place| service.store().head(&place.bucket, &place.key).is_ok())
    }))
}

/// An error of a statement that is refused by name.
pub(super) fn not_supported(what: &str) -> QueryError {
    QueryError::new(format!("NOT_SUPPORTED: The local lake does not support {what}"))
}
