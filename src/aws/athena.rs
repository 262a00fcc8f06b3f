//! Athena: start, follow and stop a query, read its result page by page, and where results go.

use aws_sdk_athena::types::{QueryExecution, QueryExecutionContext, QueryExecutionState, ResultConfiguration, ResultSet, StatementType};
use chrono::{DateTime, Utc};
use futures::FutureExt;

use super::{Clients, Error, Kind};
use crate::model::ResultColumn;

/// A page of a result as `GetQueryResults` gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResultPage {
    /// The columns.
    pub columns: Vec<ResultColumn>,
    /// The rows; `None` is NULL. The first page of a SELECT begins with the columns' names.
    pub rows: Vec<Vec<Option<String>>>,
    /// The rows that INSERT or CREATE TABLE AS wrote.
    pub update_count: u64,
    /// What the next page is asked with; `None` at the end.
    pub next: Option<String>,
}

/// What a workgroup says about results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkgroupResults {
    /// Its output location, if it has one.
    pub output: Option<String>,
    /// Whether Athena keeps the results itself.
    pub managed: bool,
}

/// A query's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Accepted, not begun.
    Queued,
    /// Running.
    Running,
    /// Done.
    Succeeded,
    /// Failed.
    Failed,
    /// Stopped.
    Cancelled,
}

impl State {
    /// Whether nothing changes any more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// What is known about a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execution {
    /// Athena's id.
    pub id: String,
    /// The statement.
    pub sql: String,
    /// The database of its context.
    pub database: Option<String>,
    /// Its state.
    pub state: State,
    /// Why it is in this state: Athena's text.
    pub reason: Option<String>,
    /// When it was submitted.
    pub submitted: Option<DateTime<Utc>>,
    /// When it was over.
    pub completed: Option<DateTime<Utc>>,
    /// Milliseconds in all, once Athena says so.
    pub took_ms: Option<u64>,
    /// Bytes scanned so far.
    pub scanned_bytes: u64,
    /// Where the result is; none when Athena keeps it.
    pub output: Option<String>,
    /// Whether its result is a CSV of rows (a SELECT), as opposed to DDL, INSERT and CREATE TABLE AS.
    pub has_rows: bool,
    /// Whether it is data definition or a utility statement, whose results have no header row.
    pub is_ddl: bool,
}

fn execution(from: QueryExecution) -> Execution {
    let status = from.status;
    let statistics = from.statistics;
    let state = match status.as_ref().and_then(|status| status.state.as_ref()) {
        Some(QueryExecutionState::Queued) => State::Queued,
        Some(QueryExecutionState::Succeeded) => State::Succeeded,
        Some(QueryExecutionState::Failed) => State::Failed,
        Some(QueryExecutionState::Cancelled) => State::Cancelled,
        _ => State::Running,
    };
    let output = from.result_configuration.and_then(|results| results.output_location).filter(|location| !location.is_empty());
    let sql = from.query.unwrap_or_default();
    let substatement = from.substatement_type.unwrap_or_default().to_uppercase();
    let writes =
        ["CREATE_TABLE_AS_SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "UNLOAD"].iter().any(|kind| substatement.starts_with(kind));
    let is_dml = from.statement_type == Some(StatementType::Dml);
    Execution {
        id: from.query_execution_id.unwrap_or_default(),
        sql,
        database: from.query_execution_context.and_then(|context| context.database),
        state,
        reason: status.as_ref().and_then(|status| status.state_change_reason.clone()),
        submitted: status.as_ref().and_then(|status| status.submission_date_time.as_ref()).and_then(super::s3::time),
        completed: status.as_ref().and_then(|status| status.completion_date_time.as_ref()).and_then(super::s3::time),
        took_ms: statistics.as_ref().and_then(|figures| figures.total_execution_time_in_millis).and_then(|ms| u64::try_from(ms).ok()),
        scanned_bytes: statistics.and_then(|figures| figures.data_scanned_in_bytes).and_then(|n| u64::try_from(n).ok()).unwrap_or_default(),
        has_rows: is_dml && !writes,
        is_ddl: !is_dml,
        output,
    }
}

impl Clients {
    /// Starts a query. The same token never starts a second one.
    pub async fn start_query(
        &self,
        sql: &str,
        database: Option<&str>,
        workgroup: Option<&str>,
        output: Option<&str>,
        token: &str,
    ) -> Result<String, Error> {
        let context = database.map(|database| QueryExecutionContext::builder().database(database).build());
        let result = output.map(|output| ResultConfiguration::builder().output_location(output).build());
        let answer = self
            .athena
            .start_query_execution()
            .query_string(sql)
            .set_query_execution_context(context)
            .set_work_group(workgroup.map(str::to_owned))
            .set_result_configuration(result)
            .client_request_token(token)
            .send()
            .boxed()
            .await
            .map_err(|e| Error::new("StartQueryExecution", &e))?;
        answer.query_execution_id.ok_or_else(|| Error::plain(Kind::Server, "StartQueryExecution", "no execution id"))
    }

    /// What is known about a query.
    pub async fn query_execution(&self, id: &str) -> Result<Execution, Error> {
        let answer = self
            .athena
            .get_query_execution()
            .query_execution_id(id)
            .send()
            .boxed()
            .await
            .map_err(|e| Error::new("GetQueryExecution", &e))?;
        answer.query_execution.map(execution).ok_or_else(|| Error::plain(Kind::Server, "GetQueryExecution", "no query execution"))
    }

    /// Stops a query; one that is over stays as it is.
    pub async fn stop_query(&self, id: &str) -> Result<(), Error> {
        self.athena
            .stop_query_execution()
            .query_execution_id(id)
            .send()
            .boxed()
            .await
            .map(|_| ())
            .map_err(|e| Error::new("StopQueryExecution", &e))
    }

    /// A page of a result of at most `most` rows (1 to 1,000).
    pub async fn query_results(&self, id: &str, most: i32, next: Option<String>) -> Result<ResultPage, Error> {
        let answer = self
            .athena
            .get_query_results()
            .query_execution_id(id)
            .max_results(most)
            .set_next_token(next)
            .send()
            .boxed()
            .await
            .map_err(|e| Error::new("GetQueryResults", &e))?;
        let mut page = answer.result_set.map(page_of).unwrap_or_default();
        page.update_count = answer.update_count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default();
        page.next = answer.next_token;
        Ok(page)
    }

    /// The latest queries of a workgroup, newest first, at most 50.
    pub async fn query_history(&self, workgroup: Option<&str>) -> Result<Vec<Execution>, Error> {
        let list = self.athena.list_query_executions().max_results(50).set_work_group(workgroup.map(str::to_owned));
        let ids = list.send().boxed().await.map_err(|e| Error::new("ListQueryExecutions", &e))?.query_execution_ids.unwrap_or_default();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let batch = self.athena.batch_get_query_execution().set_query_execution_ids(Some(ids.clone()));
        let answer = batch.send().boxed().await.map_err(|e| Error::new("BatchGetQueryExecution", &e))?;
        let mut found: Vec<Execution> = answer.query_executions.unwrap_or_default().into_iter().map(execution).collect();
        let place = |query: &Execution| ids.iter().position(|id| query.id == *id).unwrap_or(usize::MAX);
        found.sort_by_key(place);
        Ok(found)
    }

    /// Where a workgroup's results go.
    pub async fn workgroup_results(&self, workgroup: &str) -> Result<WorkgroupResults, Error> {
        let answer = self.athena.get_work_group().work_group(workgroup).send().boxed().await.map_err(|e| Error::new("GetWorkGroup", &e))?;
        let configuration = answer.work_group.and_then(|group| group.configuration);
        let Some(configuration) = configuration else { return Ok(WorkgroupResults::default()) };
        Ok(WorkgroupResults {
            output: configuration.result_configuration.and_then(|results| results.output_location).filter(|location| !location.is_empty()),
            managed: configuration.managed_query_results_configuration.is_some_and(|managed| managed.enabled),
        })
    }
}

fn page_of(set: ResultSet) -> ResultPage {
    let columns = set.result_set_metadata.and_then(|meta| meta.column_info).unwrap_or_default();
    let columns = columns.into_iter().map(|column| ResultColumn {
        name: column.label.filter(|label| !label.is_empty()).unwrap_or(column.name),
        type_name: column.r#type,
    });
    let rows = set.rows.unwrap_or_default().into_iter();
    let rows = rows.map(|row| row.data.unwrap_or_default().into_iter().map(|datum| datum.var_char_value).collect());
    ResultPage { columns: columns.collect(), rows: rows.collect(), ..ResultPage::default() }
}
