//! Crawls over a lake in a temporary folder.
