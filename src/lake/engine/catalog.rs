//! Finds the tables that a query names in the lake's catalogue, views and system tables included.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use datafusion::catalog::{
    CatalogProvider as _, MemoryCatalogProvider, MemoryCatalogProviderList, MemorySchemaProvider, SchemaProvider as _, TableProvider,
};
use datafusion::datasource::ViewTable;
use datafusion::execution::SessionState;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement as PlannedStatement;
use datafusion::sql::sqlparser::ast::Statement;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::Value;

use super::error::{QueryError, translated};
use super::mark::Place;
use super::object::QueryFiles;
use super::parsed::ParsedQuery;
use super::plan::rewritten;
use super::rewrite::{Named, Relation, rewrite};
use super::system;
use super::table::LakeTable;
use super::typing::{check_plan, counted};
use super::{CATALOG, parse};
use crate::lake::glue::{Catalog, GlueError, definition, text};

/// How deeply views may stand on views.
const DEEPEST_VIEW: usize = 16;

/// Plans queries over the catalogue.
pub(super) struct Planner {
    pub(super) catalog: Catalog,
    pub(super) files: Arc<QueryFiles>,
    /// The session whose functions and configuration every query has.
    pub(super) base: SessionState,
}

/// A query that was planned, and the session it runs in.
pub(super) struct Planned {
    pub(super) plan: LogicalPlan,
    pub(super) state: SessionState,
    /// The tables and views that the query reads, `database.table`.
    pub(super) inputs: Vec<(String, String)>,
}

impl Planner {
    /// Plans a query in which unqualified names mean tables of `database`.
    pub(super) fn plan<'p>(&'p self, parsed: ParsedQuery, database: &'p str, depth: usize) -> BoxFuture<'p, Result<Planned, QueryError>> {
        async move {
            if depth > DEEPEST_VIEW {
                return Err(QueryError::new("INVALID_VIEW: Views stand on one another more than 16 deep"));
            }
            let ParsedQuery { mut query, clauses } = parsed;
            let unions = clauses.unions.as_slice();
            let named = Named::of(&query);
            rewrite(&mut query, database, &clauses).map_err(|error| at_the_only(error, unions))?;
            let (catalogs, inputs) = self.resolve(&named, database, depth).await?;
            let mut state = SessionStateBuilder::new_from_existing(self.base.clone()).with_catalog_list(catalogs).build();
            state.config_mut().options_mut().catalog.default_schema = database.to_owned();
            let statement = PlannedStatement::Statement(Box::new(Statement::Query(Box::new(query))));
            let plan = state.statement_to_plan(statement).await.map_err(|error| at_the_only(translated(&error, &named), unions))?;
            check_plan(&plan, unions).map_err(|error| translated(&error, &named))?;
            let plan = counted(plan).and_then(|plan| rewritten(plan, &state)).map_err(|error| translated(&error, &named))?;
            Ok(Planned { plan, state, inputs })
        }
        .boxed()
    }

    async fn resolve(
        &self,
        named: &Named,
        database: &str,
        depth: usize,
    ) -> Result<(Arc<MemoryCatalogProviderList>, Vec<(String, String)>), QueryError> {
        let mut schemas: HashMap<String, Arc<MemorySchemaProvider>> = HashMap::new();
        schemas.entry(database.to_owned()).or_default();
        let mut inputs = Vec::new();
        for relation in &named.relations {
            let mut parts = relation.parts.iter().rev().map(String::as_str);
            let (table, schema, catalog) = (parts.next().unwrap_or(""), parts.next(), parts.next());
            if catalog.is_some_and(|catalog| catalog != CATALOG && catalog != "hive") {
                let name = catalog.unwrap_or_default();
                return Err(QueryError::new(format!("CATALOG_NOT_FOUND: {}: Catalog '{name}' not found", at(relation))));
            }
            let maybe_cte = schema.is_none() && named.ctes.contains(table);
            let schema = schema.unwrap_or(database);
            let known = schemas.get(schema).is_some_and(|tables| tables.table_exist(table));
            if known {
                continue;
            }
            match self.table(schema, table, relation, depth, named.wants_path()).await {
                Ok(provider) => {
                    let tables = Arc::clone(schemas.entry(schema.to_owned()).or_default());
                    tables.register_table(table.to_owned(), provider).map_err(|error| QueryError::new(error.strip_backtrace()))?;
                    inputs.push((schema.to_owned(), table.to_owned()));
                }
                Err(_) if maybe_cte => {}
                Err(error) => return Err(error),
            }
        }
        let catalog = MemoryCatalogProvider::new();
        let list = MemoryCatalogProviderList::new();
        let failed = |error: datafusion::error::DataFusionError| QueryError::new(error.strip_backtrace());
        let mut names: Vec<_> = schemas.into_iter().collect();
        names.sort_by(|(one, _), (other, _)| one.cmp(other));
        for (name, tables) in names {
            catalog.register_schema(&name, tables).map_err(failed)?;
        }
        datafusion::catalog::CatalogProviderList::register_catalog(&list, CATALOG.to_owned(), Arc::new(catalog));
        Ok((Arc::new(list), inputs))
    }

    async fn table(
        &self,
        database: &str,
        name: &str,
        relation: &Relation,
        depth: usize,
        with_path: bool,
    ) -> Result<Arc<dyn TableProvider>, QueryError> {
        let failed = |error: datafusion::error::DataFusionError| translated(&error, &Named::default());
        if let Some(table) = system::table(&self.catalog, database, name).map_err(failed)? {
            return Ok(table);
        }
        let found = match self.catalog.table(database, name) {
            Ok(found) => found,
            Err(GlueError::NotFound(_)) if self.catalog.database(database).is_err() => {
                return Err(QueryError::new(format!("SCHEMA_NOT_FOUND: {}: Schema '{database}' does not exist", at(relation))));
            }
            Err(GlueError::NotFound(_)) => {
                return Err(QueryError::new(format!(
                    "TABLE_NOT_FOUND: {}: Table '{CATALOG}.{database}.{name}' does not exist",
                    at(relation)
                )));
            }
            Err(error) => return Err(QueryError::new(format!("GENERIC_INTERNAL_ERROR: {error}"))),
        };
        if text(&found, "TableType") == "VIRTUAL_VIEW" {
            return self.view(database, name, &found, depth).await;
        }
        let table =
            LakeTable::new(database, definition(&found), self.catalog.clone(), Arc::clone(&self.files), with_path).map_err(failed)?;
        Ok(Arc::new(table))
    }

    async fn view(&self, database: &str, name: &str, found: &Value, depth: usize) -> Result<Arc<dyn TableProvider>, QueryError> {
        let stated = view_of(found).ok_or_else(|| {
            QueryError::new(format!("INVALID_VIEW: View '{CATALOG}.{database}.{name}' has no definition that Athena can read"))
        })?;
        let query =
            parse::query(&stated.sql).map_err(|error| QueryError::new(format!("INVALID_VIEW: View '{database}.{name}': {error}")))?;
        let inside = if stated.schema.is_empty() { database } else { &stated.schema };
        let planned = self.plan(query, inside, depth + 1).await.map_err(|error| {
            QueryError::new(format!("INVALID_VIEW: line 1:15: Failed analyzing stored view '{CATALOG}.{database}.{name}': {error}"))
        })?;
        Ok(Arc::new(ViewTable::new(planned.plan, Some(stated.sql))))
    }
}

fn at(relation: &Relation) -> String {
    format!("line {}:{}", relation.line, relation.column)
}

/// A view as Athena keeps it in Glue.
pub(crate) struct View {
    /// The query.
    pub(crate) sql: String,
    /// The database that the query's unqualified names mean.
    pub(crate) schema: String,
}

/// Reads Athena's `/* Presto View: … */`.
pub(crate) fn view_of(table: &Value) -> Option<View> {
    let original = text(table, "ViewOriginalText");
    let encoded = original.strip_prefix("/* Presto View: ")?.strip_suffix(" */")?;
    let stated: Value = serde_json::from_slice(&STANDARD.decode(encoded.trim()).ok()?).ok()?;
    Some(View { sql: text(&stated, "originalSql"), schema: text(&stated, "schema") })
}

/// An error about the columns of a set operation, with the place of the one that there is; of several it cannot be told which is meant.
fn at_the_only(mut error: QueryError, unions: &[Place]) -> QueryError {
    if let (true, [(line, column)]) = (error.text.contains(" query has different number of fields"), unions) {
        error.text = error.text.replacen("line 1:1", &format!("line {line}:{column}"), 1);
    }
    error
}
