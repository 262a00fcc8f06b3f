//! Findings, charts and numbers as files for people and programs.

pub mod render;
