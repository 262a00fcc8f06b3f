//! A query execution: what was asked, how far it is, what came of it. One row of the lake's database each.

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::lake::LakeError;
use crate::lake::storage::Db;
use crate::sql::Type;

/// A day's milliseconds times 45: how long executions are remembered.
const REMEMBERED: i64 = 45 * 86_400_000;

pub(super) const MIGRATIONS: &[&str] = &["
    CREATE TABLE athena_execution (id TEXT PRIMARY KEY, workgroup TEXT NOT NULL, submitted INTEGER NOT NULL, state TEXT NOT NULL,
        token TEXT, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX athena_execution_of ON athena_execution (workgroup, submitted);
    CREATE INDEX athena_execution_token ON athena_execution (token);
    CREATE TABLE athena_workgroup (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE athena_named_query (id TEXT PRIMARY KEY, workgroup TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE athena_prepared (workgroup TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (workgroup, name)) WITHOUT ROWID;
", super::written::MIGRATION];

/// How far an execution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum State {
    Queued,
    Running,
    Succeeded,
    Failed,
    Cancelled,
}

impl State {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ColumnInfo {
    pub(super) name: String,
    pub(super) type_name: String,
    pub(super) precision: i64,
    pub(super) scale: i64,
}

impl ColumnInfo {
    pub(super) fn new(name: &str, data_type: &Type) -> Self {
        let (precision, scale) = match data_type {
            Type::Varchar => (2_147_483_647, 0),
            Type::VarcharN(length) | Type::Char(length) => (i64::from(*length), 0),
            Type::TinyInt => (3, 0),
            Type::SmallInt => (5, 0),
            Type::Integer => (10, 0),
            Type::BigInt => (19, 0),
            Type::Real | Type::Double => (17, 0),
            Type::Timestamp(_) | Type::TimestampTz(_) => (3, 0),
            Type::Decimal { precision, scale } => (i64::from(*precision), i64::from(*scale)),
            Type::Varbinary => (1_073_741_824, 0),
            _ => (0, 0),
        };
        Self { name: name.to_owned(), type_name: data_type.athena().to_owned(), precision, scale }
    }

    pub(super) fn is_case_sensitive(&self) -> bool {
        matches!(self.type_name.as_str(), "varchar" | "char")
    }

    /// The column as GetQueryResults answers it.
    pub(super) fn json(&self) -> Value {
        json!({
            "CatalogName": "hive",
            "SchemaName": "",
            "TableName": "",
            "Name": self.name,
            "Label": self.name,
            "Type": self.type_name,
            "Precision": self.precision,
            "Scale": self.scale,
            "Nullable": "UNKNOWN",
            "CaseSensitive": self.is_case_sensitive(),
        })
    }
}

/// What an execution took, in milliseconds and bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Statistics {
    pub(super) engine: i64,
    pub(super) total: i64,
    pub(super) queued: i64,
    pub(super) planning: i64,
    pub(super) after: i64,
    pub(super) scanned: u64,
    pub(super) rows: u64,
    pub(super) manifest: Option<String>,
    pub(super) reused: bool,
}

/// Where the rows of a result are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Rows {
    /// There are none.
    #[default]
    None,
    /// In the CSV at the output location, under its header.
    Csv,
    /// Here: the few rows of SHOW, DESCRIBE and EXPLAIN.
    Here(Vec<Vec<Option<String>>>),
}

/// A query execution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Execution {
    pub(super) id: String,
    pub(super) query: String,
    pub(super) statement_type: String,
    pub(super) substatement: String,
    pub(super) context: Map<String, Value>,
    pub(super) workgroup: String,
    /// The place that was asked for, as the client or the workgroup gave it.
    pub(super) asked: String,
    /// The object or folder of the result.
    pub(super) output: String,
    pub(super) encryption: Option<Value>,
    pub(super) parameters: Vec<String>,
    pub(super) reuse: Option<Value>,
    pub(super) managed: bool,
    pub(super) token: Option<String>,
    pub(super) state: State,
    pub(super) reason: Option<String>,
    /// Category and number of Athena's error.
    pub(super) class: Option<(i64, i64)>,
    /// Milliseconds since 1970.
    pub(super) submitted: i64,
    pub(super) completed: Option<i64>,
    pub(super) statistics: Statistics,
    pub(super) columns: Vec<ColumnInfo>,
    pub(super) rows: Rows,
    pub(super) update_count: Option<u64>,
}

impl Execution {
    /// The execution as `GetQueryExecution` answers it.
    pub(super) fn json(&self) -> Value {
        let seconds = |millis: i64| millis as f64 / 1000.0;
        let mut status = json!({"State": self.state.as_str(), "SubmissionDateTime": seconds(self.submitted)});
        let mut statistics = json!({
            "EngineExecutionTimeInMillis": self.statistics.engine,
            "DataScannedInBytes": self.statistics.scanned,
            "TotalExecutionTimeInMillis": self.statistics.total,
            "QueryQueueTimeInMillis": self.statistics.queued,
            "ServicePreProcessingTimeInMillis": 0,
            "QueryPlanningTimeInMillis": self.statistics.planning,
            "ServiceProcessingTimeInMillis": self.statistics.after,
            "ResultReuseInformation": {"ReusedPreviousResult": self.statistics.reused},
        });
        let put = |object: &mut Value, name: &str, value: Value| {
            if let Some(members) = object.as_object_mut() {
                members.insert(name.to_owned(), value);
            }
        };
        if let Some(completed) = self.completed {
            put(&mut status, "CompletionDateTime", seconds(completed).into());
        }
        if let Some(reason) = &self.reason {
            put(&mut status, "StateChangeReason", reason.as_str().into());
            if let Some((category, kind)) = self.class.filter(|_| self.state == State::Failed) {
                let error = json!({"ErrorCategory": category, "ErrorType": kind, "Retryable": false, "ErrorMessage": reason});
                put(&mut status, "AthenaError", error);
            }
        }
        if let Some(manifest) = &self.statistics.manifest {
            put(&mut statistics, "DataManifestLocation", manifest.as_str().into());
        }
        let mut result = json!({});
        if !self.managed {
            put(&mut result, "OutputLocation", self.output.as_str().into());
            if let Some(encryption) = &self.encryption {
                put(&mut result, "EncryptionConfiguration", encryption.clone());
            }
        }
        let mut answer = json!({
            "QueryExecutionId": self.id,
            "Query": self.query,
            "StatementType": self.statement_type,
            "SubstatementType": self.substatement,
            "ResultConfiguration": result,
            "ResultReuseConfiguration": self.reuse.clone().unwrap_or_else(|| json!({"ResultReuseByAgeConfiguration": {"Enabled": false}})),
            "QueryExecutionContext": self.context,
            "Status": status,
            "Statistics": statistics,
            "WorkGroup": self.workgroup,
            "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
        });
        if !self.parameters.is_empty() {
            put(&mut answer, "ExecutionParameters", self.parameters.clone().into());
        }
        if self.managed {
            put(&mut answer, "ManagedQueryResultsConfiguration", json!({"Enabled": true}));
        }
        answer
    }

    /// Remembers the execution as it is now.
    pub(super) fn save(&self, db: &Db) -> Result<(), LakeError> {
        db.write(|tx| self.insert(tx))
    }

    /// Remembers a new execution, unless its client token started one before: that one is answered.
    pub(super) fn begin(&self, db: &Db) -> Result<Option<Self>, LakeError> {
        db.write(|tx| {
            let before = self.token.as_deref().map_or(Ok(None), |token| of_token(tx, token))?;
            if before.is_none() {
                self.insert(tx)?;
            }
            Ok(before)
        })
    }

    fn insert(&self, db: &Connection) -> rusqlite::Result<()> {
        let body = serde_json::to_string(self).unwrap_or_default();
        db.execute(
            "INSERT OR REPLACE INTO athena_execution (id, workgroup, submitted, state, token, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![self.id, self.workgroup, self.submitted, self.state.as_str(), self.token, body],
        )?;
        Ok(())
    }

    pub(super) fn load(db: &Db, id: &str) -> Result<Option<Self>, LakeError> {
        let body: Option<String> =
            db.read(|db| db.query_row("SELECT body FROM athena_execution WHERE id = ?1", params![id], |row| row.get(0)).optional())?;
        Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
    }

    /// The execution that a client token started.
    pub(super) fn of_token(db: &Db, token: &str) -> Result<Option<Self>, LakeError> {
        db.read(|db| of_token(db, token))
    }

    /// The latest executions of a workgroup that succeeded since a moment, for the reuse of results.
    pub(super) fn succeeded_since(db: &Db, workgroup: &str, since: i64) -> Result<Vec<Self>, LakeError> {
        let query = "SELECT body FROM athena_execution WHERE workgroup = ?1 AND submitted >= ?2 AND state = 'SUCCEEDED' ORDER BY submitted DESC LIMIT 1000";
        let bodies: Vec<String> = db.read(|db| {
            let mut statement = db.prepare_cached(query)?;
            let rows = statement.query_map(params![workgroup, since], |row| row.get(0))?;
            rows.collect()
        })?;
        Ok(bodies.iter().filter_map(|body| serde_json::from_str(body).ok()).collect())
    }

    /// The ids of a workgroup's executions, newest first, a page of them.
    pub(super) fn ids(db: &Db, workgroup: &str, start: i64, count: i64) -> Result<Vec<String>, LakeError> {
        let query = "SELECT id FROM athena_execution WHERE workgroup = ?1 ORDER BY submitted DESC, id LIMIT ?3 OFFSET ?2";
        db.read(|db| {
            let mut statement = db.prepare_cached(query)?;
            let rows = statement.query_map(params![workgroup, start, count], |row| row.get(0))?;
            rows.collect()
        })
    }

    /// What was under way when the lake last ended reads FAILED, with the reason; what is older than 45 days is forgotten.
    pub(super) fn recover(db: &Db) -> Result<(), LakeError> {
        let now = chrono::Utc::now().timestamp_millis();
        let cut: Vec<String> = db.write(|tx| {
            tx.execute("DELETE FROM athena_execution WHERE submitted < ?1", params![now - REMEMBERED])?;
            let mut statement = tx.prepare("SELECT body FROM athena_execution WHERE state IN ('QUEUED', 'RUNNING')")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            rows.collect()
        })?;
        for body in cut {
            if let Ok(mut execution) = serde_json::from_str::<Self>(&body) {
                execution.state = State::Failed;
                execution.reason = Some("GENERIC_INTERNAL_ERROR: The lake was stopped while this query ran. Run it again.".to_owned());
                execution.class = Some((1, 100));
                execution.completed = Some(now);
                execution.save(db)?;
            }
        }
        Ok(())
    }
}

fn of_token(db: &Connection, token: &str) -> rusqlite::Result<Option<Execution>> {
    let query = "SELECT body FROM athena_execution WHERE token = ?1 ORDER BY submitted DESC LIMIT 1";
    let body: Option<String> = db.query_row(query, params![token], |row| row.get(0)).optional()?;
    Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
}
