//! The operations on crawlers.

use serde_json::Value;

use super::catalog::Catalog;
use super::error::GlueError;
use super::request::Request;
use crate::lake::crawler::Crawlers;

/// The answer to an operation of this group; `None` for any other.
pub(super) fn answer(_: &Catalog, _: &Crawlers, _: &str, _: &Request<'_>) -> Option<Result<Value, GlueError>> {
    None
}
