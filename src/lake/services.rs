//! The JSON services of a lake, each over the same store.

use std::sync::Arc;

use super::athena::AthenaService;
use super::crawler::Crawlers;
use super::engine::{Engine, Limits};
use super::glue::{Catalog, GlueError, GlueService};
use super::{JsonService, LakeError, Store};

/// Glue and Athena over this store.
///
/// # Errors
/// [`LakeError`] where the lake's database fails or no thread can be started.
pub fn services(store: Store) -> Result<Vec<Arc<dyn JsonService>>, LakeError> {
    let catalog = Catalog::open(store).map_err(|error| match error {
        GlueError::Lake(error) => error,
        other => LakeError::io("lake.db", std::io::Error::other(other.to_string())),
    })?;
    let crawlers = Crawlers::open(catalog.clone())?;
    let engine = Engine::start(catalog.clone(), Limits::default())?;
    let athena = AthenaService::open(engine)?;
    Ok(vec![Arc::new(GlueService::new(catalog, crawlers)), Arc::new(athena)])
}
