//! AWS Glue over the lake's database: databases, tables, partitions, classifiers and crawlers.

mod catalog;
mod classifier;
mod crawlers;
mod definition;
mod error;
mod expression;
mod index;
mod partition;
mod request;
mod statistics;
mod tables;

use async_trait::async_trait;
use serde_json::{Value, json};

pub use catalog::{ACCOUNT, Catalog};
pub use definition::{columns_json, definition, parameters_json, table_input};
pub use error::GlueError;

pub(crate) use catalog::now;
pub(crate) use definition::{columns, parameters, text};
pub(crate) use expression::NULL_PARTITION;
pub(crate) use partition::{strings, values_of};
pub(crate) use request::Request;

use crate::lake::crawler::Crawlers;
use crate::lake::{JsonError, JsonService};

/// The Glue of a lake.
#[derive(Clone)]
pub struct GlueService {
    catalog: Catalog,
    crawlers: Crawlers,
}

impl GlueService {
    /// Glue over this catalogue and its crawlers.
    #[must_use]
    pub const fn new(catalog: Catalog, crawlers: Crawlers) -> Self {
        Self { catalog, crawlers }
    }

    fn answer(&self, operation: &str, input: &Value) -> Result<Value, JsonError> {
        let request = Request(input);
        let answered = tables::answer(&self.catalog, operation, &request)
            .or_else(|| index::answer(&self.catalog, operation, &request))
            .or_else(|| statistics::answer(&self.catalog, operation, &request))
            .or_else(|| classifier::answer(&self.catalog, operation, &request))
            .or_else(|| crawlers::answer(&self.catalog, &self.crawlers, operation, &request));
        answered.ok_or_else(JsonError::unknown_operation)?.map_err(JsonError::from)
    }
}

#[async_trait]
impl JsonService for GlueService {
    fn target_prefix(&self) -> &'static str {
        "AWSGlue"
    }

    async fn call(&self, operation: &str, input: Value) -> Result<Value, JsonError> {
        let (service, operation) = (self.clone(), operation.to_owned());
        tokio::task::spawn_blocking(move || service.answer(&operation, &input))
            .await
            .map_err(|error| JsonError::internal(error.to_string()))?
    }
}

/// The answer of operations that say nothing.
fn done() -> Value {
    json!({})
}

#[cfg(test)]
mod tests;
