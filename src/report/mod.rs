//! Findings, charts and numbers as files for people and programs; for machines Clarify's `analysis_config.json` and `analysis.json`, to the letter.

mod analysis;
pub mod charts;
mod config;
mod python;
pub mod render;

pub use analysis::analysis_json;
pub use config::{AnalysisConfig, FacetConfig, MethodsConfig, MetricList, MetricsConfig, NameOrIndex, OneOrMany, ReportConfig};
