//! The integration tests, linked once.

mod ui_query;
mod window;
