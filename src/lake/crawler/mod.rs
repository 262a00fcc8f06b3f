//! Crawlers.

/// The crawlers of a lake.
#[derive(Clone)]
pub struct Crawlers;
