//! The integration tests, linked once.

mod window;
