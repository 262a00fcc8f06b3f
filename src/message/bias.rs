//! What the Bias tab asks for and hears.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::bias::{Balancing, BiasReport, Limits, Plan, Positive, QualityFinding, Spec, Trend};
use crate::chart::Chart;
use crate::model::{Counts, S3Location, TableProfile, TableRef, TimeBucket};

/// Where the rows are that are measured.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BiasSource {
    /// A catalogue table: one SQL aggregate, only counts travel.
    Table(TableRef),
    /// A file on this computer.
    File(PathBuf),
    /// An object, or every object below a prefix that ends with a slash.
    Object(S3Location),
    /// The result of a query.
    Result {
        /// Athena's id of the query execution.
        execution: String,
    },
}

/// The commands of the Bias tab.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BiasCommand {
    /// What can be chosen: columns with their commonest values. Answer: [`BiasEvent::Columns`].
    Columns(BiasSource),
    /// Measure. Answer: [`BiasEvent::Measured`].
    Measure {
        /// The rows.
        source: BiasSource,
        /// What is measured.
        spec: Spec,
    },
    /// Balance the cells of facets by label, write the rows, and measure them again. Answer: [`BiasEvent::Rebalanced`].
    Rebalance {
        /// The rows.
        source: BiasSource,
        /// What is measured; its label is balanced.
        spec: Spec,
        /// How.
        #[serde(default)]
        balancing: Balancing,
        /// The facet columns whose combinations are balanced; those of the first facet when there are none.
        #[serde(default)]
        by: Vec<String>,
        /// The seed of the choice of rows.
        seed: u64,
        /// Where the rows are written.
        to: RebalanceTarget,
    },
    /// Tell the statement that [`BiasCommand::Rebalance`] would run on a table. Answer: [`BiasEvent::RebalanceStatement`].
    RebalanceStatement {
        /// The table.
        table: TableRef,
        /// What would be balanced.
        plan: Box<Plan>,
        /// The seed of the choice of rows.
        seed: u64,
        /// Where the rows would be written.
        to: RebalanceTarget,
    },
    /// Measure every bucket of a time column. Answer: [`BiasEvent::OverTime`].
    OverTime {
        /// The rows.
        source: BiasSource,
        /// What is measured.
        spec: Spec,
        /// The time column: dates, timestamps, or texts that read as such.
        column: String,
        /// How long the buckets are.
        bucket: TimeBucket,
    },
    /// Look for what is wrong with the data. Answer: [`BiasEvent::Quality`].
    Quality {
        /// The rows.
        source: BiasSource,
        /// The label and what is positive, to find columns that give it away.
        label: Option<(String, Positive)>,
    },
    /// Write `analysis.json`, every [`ReportForm`] and every chart. Answer: [`super::Event::Exported`].
    Export {
        /// The measurement.
        measurement: Box<Measurement>,
        /// By which figures pass, warn or fail.
        #[serde(default)]
        limits: Limits,
        /// Bias over time, if it was measured: its charts go with the others.
        #[serde(default)]
        trend: Option<Box<Trend>>,
        /// What was measured before, if this is the measurement of balanced rows: charts of the change go with the others.
        #[serde(default)]
        before: Option<Box<BiasReport>>,
        /// The folder, created when it is missing.
        folder: PathBuf,
        /// Dots per inch of the PNG files.
        dpi: u32,
    },
    /// Write `analysis.json` alone. Answer: [`super::Event::Exported`].
    ExportAnalysis {
        /// The measurement.
        measurement: Box<Measurement>,
        /// The file.
        path: PathBuf,
    },
    /// Write one report. Answer: [`super::Event::Exported`].
    ExportReport {
        /// The measurement.
        measurement: Box<Measurement>,
        /// Which.
        form: ReportForm,
        /// By which figures pass, warn or fail.
        #[serde(default)]
        limits: Limits,
        /// The file.
        path: PathBuf,
    },
}

/// One of the files that a measurement is exported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportForm {
    /// The report for people, as one HTML file.
    Html,
    /// The same as a PDF of several pages.
    Pdf,
    /// Clarify's configuration.
    Config,
    /// A Python program that measures with smclarify, or as a SageMaker Clarify job.
    Clarify,
    /// A Python program that counts with awswrangler and computes from the counts.
    Wrangler,
}

impl ReportForm {
    /// The name of its file.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Html => "report.html",
            Self::Pdf => "report.pdf",
            Self::Config => "analysis_config.json",
            Self::Clarify => "bias_clarify.py",
            Self::Wrangler => "bias_awswrangler.py",
        }
    }
}

/// Where balanced rows are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RebalanceTarget {
    /// A new file on this computer: Parquet where its name says so, else CSV.
    File(PathBuf),
    /// A new table, by CREATE TABLE AS. Only for catalogue tables.
    Table(TableRef),
}

/// A column that can be chosen as label, facet or group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceColumn {
    /// Its name.
    pub name: String,
    /// Its type's name.
    pub type_name: String,
    /// Its commonest values with their rows, most first, at most 200; `None` is NULL.
    pub values: Vec<(Option<String>, u64)>,
    /// Whether it has more values than are listed.
    pub more: bool,
}

/// A measurement with all that is needed to show, export and repeat it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measurement {
    /// The rows.
    pub source: BiasSource,
    /// What was measured.
    pub spec: Spec,
    /// The counts behind it.
    pub counts: Counts,
    /// The figures.
    pub report: BiasReport,
    /// The aggregate that was run, for tables.
    pub sql: Option<String>,
}

/// What the Bias tab hears.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BiasEvent {
    /// The columns of a source.
    Columns {
        /// The source.
        source: BiasSource,
        /// Its rows.
        rows: u64,
        /// Its columns.
        columns: Vec<SourceColumn>,
    },
    /// A measurement, with its charts: class imbalance, label distribution, facet by metric.
    Measured {
        /// The measurement.
        measurement: Box<Measurement>,
        /// The charts.
        charts: Vec<BiasChart>,
    },
    /// The statement that would balance a table.
    RebalanceStatement {
        /// The statement.
        sql: String,
    },
    /// Bias over time.
    OverTime {
        /// The rows.
        source: BiasSource,
        /// What was measured.
        spec: Spec,
        /// The buckets.
        trend: Box<Trend>,
        /// The aggregate that was run, for tables.
        sql: Option<String>,
    },
    /// What is wrong with the data.
    Quality {
        /// The rows.
        source: BiasSource,
        /// What the columns are like.
        profile: Box<TableProfile>,
        /// What is worth saying of them.
        findings: Vec<QualityFinding>,
        /// The statements that were run, for tables.
        sql: Vec<String>,
    },
    /// Balanced rows, measured beside their source.
    Rebalanced {
        /// Before.
        before: Box<Measurement>,
        /// After.
        after: Box<Measurement>,
        /// The statement that wrote it, for a table.
        sql: Option<String>,
        /// The charts of the after measurement.
        charts: Vec<BiasChart>,
    },
}

/// A chart of a measurement by the view it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BiasChart {
    /// What it shows; also the file's stem.
    pub kind: BiasChartKind,
    /// The facet column.
    pub facet: String,
    /// The chart.
    pub chart: Chart,
}

/// The charts of the Bias tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BiasChartKind {
    /// Rows by facet value.
    Imbalance,
    /// Shares of the labels by facet value.
    Labels,
    /// One metric over the facet values.
    Metric,
    /// All metrics by all facet values.
    HeatMap,
    /// The disparity within each group of the group variable.
    Groups,
    /// One metric over time.
    Trend,
    /// One metric before and after.
    Change,
}
