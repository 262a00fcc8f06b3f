//! The lake's storage: buckets are folders, objects are files under their own names, and everything else is in one database beside them.

pub(crate) mod names;
pub mod object;
