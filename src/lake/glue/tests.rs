//! Glue's catalogue through its service.
