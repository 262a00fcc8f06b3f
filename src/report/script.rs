//! The same analysis as a Python program: with smclarify or as a SageMaker Clarify job, and from counts with awswrangler.

use serde::Serialize;

use super::AnalysisConfig;
use super::python::literal;
use crate::bias::{Mode, Nulls, Positive, Reference, Selection, Spec, Value};
use crate::model::{Message, TableRef};

/// Where a program reads its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows<'a> {
    /// A file on this computer.
    File(&'a str),
    /// An object or a prefix, as `s3://…`.
    Object(&'a str),
    /// A table of the catalogue.
    Table(&'a TableRef),
    /// The result of a query that was run, by its id.
    Execution(&'a str),
}

const CLARIFY: &str = include_str!("programs/clarify.py");
const WRANGLER: &str = include_str!("programs/wrangler.py");

/// A program that measures with smclarify 0.5, or sends the same question to SageMaker as a Clarify job.
///
/// # Errors
/// What [`AnalysisConfig::of`] has no words for.
pub fn clarify(spec: &Spec, rows: Rows<'_>) -> Result<String, Message> {
    let config = AnalysisConfig::of(spec, None)?;
    let columns = columns(spec);
    Ok(CLARIFY.replace("\"@CONFIG@\"", &literal(&config)).replace("    pass  # @READ@", &indented(&read(rows, &columns))))
}

/// A program that counts in Athena, or from a file, and computes the exact figures from the counts.
#[must_use]
pub fn wrangler(spec: &Spec, rows: Rows<'_>, sql: Option<&str>) -> String {
    let question = Question::of(spec);
    let counts = match (rows, sql) {
        (Rows::Table(table), Some(sql)) => format!(
            "import awswrangler as wr\n\nSQL = \"\"\"\n{}\n\"\"\"\ncounts = wr.athena.read_sql_query(SQL, database={}, ctas_approach=False)\n\
             counts.columns = {}\nreturn counts",
            sql.replace('\\', "\\\\").replace("\"\"\"", "\\\"\"\""),
            literal(&table.database),
            literal(&counted(spec)),
        ),
        _ => format!(
            "columns = {}\n{}\nreturn data.groupby(columns, dropna=False, sort=False).size().reset_index(name=\"rows\")",
            literal(&columns(spec)),
            read(rows, &columns(spec)).trim_end_matches("\nreturn data"),
        ),
    };
    WRANGLER.replace("\"@QUESTION@\"", &literal(&question)).replace("    pass  # @COUNTS@", &indented(&counts))
}

/// The columns of the aggregate, in its order: a column stands there once for each of its parts in the question.
fn counted(spec: &Spec) -> Vec<&str> {
    let mut columns = spec.facet_columns();
    columns.extend(std::iter::once(&spec.label).chain(&spec.predicted).chain(&spec.group).map(String::as_str));
    columns.push("rows");
    columns
}

/// The columns that are read, each once.
fn columns(spec: &Spec) -> Vec<&str> {
    let mut columns = spec.facet_columns();
    for name in std::iter::once(&spec.label).chain(&spec.predicted).chain(&spec.group) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    columns
}

/// Statements that read the rows into `data` and return it.
fn read(rows: Rows<'_>, columns: &[&str]) -> String {
    let by_ending = |path: &str, module: &str, from: &str| {
        let path_literal = literal(&path);
        let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        let call = match ending.as_deref() {
            Some("parquet") => format!("{module}.read_parquet({path_literal})"),
            Some("jsonl" | "ndjson" | "json") => format!("{module}.read_json({path_literal}, lines=True)"),
            Some("tsv") => format!("{module}.read_csv({path_literal}, sep=\"\\t\")"),
            _ => format!("{module}.read_csv({path_literal})"),
        };
        format!("{from}data = {call}\nreturn data")
    };
    match rows {
        Rows::File(path) => by_ending(path, "pd", ""),
        Rows::Object(uri) => by_ending(uri, "wr.s3", "import awswrangler as wr\n\n"),
        Rows::Table(table) => {
            let quoted = |name: &&str| format!("\"{}\"", name.replace('"', "\"\""));
            let sql = format!("SELECT {} FROM {}", columns.iter().map(quoted).collect::<Vec<_>>().join(", "), table.quoted());
            let (sql, database) = (literal(&sql), literal(&table.database));
            format!(
                "import awswrangler as wr\n\ndata = wr.athena.read_sql_query({sql}, database={database}, ctas_approach=False)\nreturn data"
            )
        }
        Rows::Execution(id) => {
            format!("import awswrangler as wr\n\ndata = wr.athena.get_query_results(query_execution_id={})\nreturn data", literal(&id))
        }
    }
}

/// Statements as the body of a function.
fn indented(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The question as the program reads it.
#[derive(Serialize)]
struct Question<'a> {
    label: &'a str,
    predicted: Option<&'a str>,
    group: Option<&'a str>,
    positive: Choice<'a>,
    facets: Vec<Facet<'a>>,
    keep_nulls: bool,
    reference: Option<&'a str>,
    metrics: Vec<&'static str>,
}

#[derive(Serialize)]
struct Facet<'a> {
    columns: &'a [String],
    #[serde(flatten)]
    choice: Choice<'a>,
}

#[derive(Serialize, Default)]
struct Choice<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<&'a [Value]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    above: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bins: Option<&'a [f64]>,
}

impl<'a> Question<'a> {
    fn of(spec: &'a Spec) -> Self {
        let positive = match &spec.positive {
            Positive::Values(values) => Choice { values: Some(values), ..Choice::default() },
            Positive::Threshold(above) => Choice { above: Some(*above), ..Choice::default() },
        };
        let choice = |selection: &'a Selection| match selection {
            Selection::EachValue => Choice::default(),
            Selection::Values(values) => Choice { values: Some(values), ..Choice::default() },
            Selection::Threshold(above) => Choice { above: Some(*above), ..Choice::default() },
            Selection::Bins(edges) => Choice { bins: Some(edges), ..Choice::default() },
        };
        Self {
            label: &spec.label,
            predicted: spec.predicted.as_deref(),
            group: spec.group.as_deref(),
            positive,
            facets: spec.facets.iter().map(|facet| Facet { columns: &facet.columns, choice: choice(&facet.selection) }).collect(),
            // Clarify's own rules have no twin here: the program follows the definitions, NULL as a value of its own.
            keep_nulls: spec.mode == Mode::Clarify || spec.nulls == Nulls::Keep,
            reference: match &spec.reference {
                Reference::EveryoneElse => None,
                Reference::Largest => Some("largest"),
                Reference::Named(name) => Some(name),
            },
            metrics: spec.metrics.iter().map(|id| id.name()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bias::FacetSpec;

    fn spec() -> Spec {
        let mut spec = Spec::new(["sex"], "approved", Positive::Values(vec![1_i64.into(), "예😀\"".into()]));
        spec.facets.push(FacetSpec::column("age").select(Selection::Threshold(40.5)));
        spec.group = Some("city".into());
        spec
    }

    #[test]
    fn literals_are_pythons() {
        let text = clarify(&spec(), Rows::File("/data/a \"b\".csv")).unwrap();
        assert!(text.contains("\"label_values_or_threshold\": [1, \"예😀\\\"\"],"), "{text}");
        assert!(text.contains("    data = pd.read_csv(\"/data/a \\\"b\\\".csv\")\n    return data\n"), "{text}");
        let text = wrangler(&spec(), Rows::Object("s3://b/x.parquet"), None);
        assert!(text.contains("    import awswrangler as wr\n\n    data = wr.s3.read_parquet(\"s3://b/x.parquet\")\n"), "{text}");
        assert!(
            text.contains("\"keep_nulls\": True,") && text.contains("\"predicted\": None,") && text.contains("\"above\": 40.5,"),
            "{text}"
        );
        for text in [text, clarify(&spec(), Rows::Execution("id")).unwrap()] {
            assert!(!text.contains('@') && !text.contains(" pass "), "{text}");
        }
    }

    #[test]
    fn a_table_is_counted_by_the_very_statement() {
        let table = TableRef::new("db", "t");
        let text = wrangler(&spec(), Rows::Table(&table), Some("SELECT 1"));
        assert!(text.contains("    SQL = \"\"\"\n    SELECT 1\n    \"\"\"\n"), "{text}");
        assert!(text.contains("counts.columns = [\"sex\", \"age\", \"approved\", \"city\", \"rows\"]"), "{text}");
        let text = clarify(&spec(), Rows::Table(&table)).unwrap();
        assert!(text.contains(r#"SELECT \"sex\", \"age\", \"approved\", \"city\" FROM \"db\".\"t\""#), "{text}");
        let crossed = Spec { facets: vec![FacetSpec::intersection(["a", "b"])], ..spec() };
        assert!(clarify(&crossed, Rows::Table(&table)).is_err());
    }
}
