//! Clarify's `analysis_config.json`: read, checked, turned into a question about bias, and written.

use serde::{Deserialize, Serialize};

use super::python::dumps;
use crate::bias::{FacetSpec, MetricId, Mode, Positive, Selection, Spec, Value};
use crate::model::Message;

/// A column by its name or by its place, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NameOrIndex {
    /// Its place among the headers.
    Index(usize),
    /// Its name.
    Name(String),
}

impl From<&str> for NameOrIndex {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

/// Values, or a single number that is a threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// Values; a single number among them is a threshold on a continuous column.
    Many(Vec<Value>),
    /// One value.
    One(Value),
}

impl OneOrMany {
    fn values(&self) -> Vec<Value> {
        match self {
            Self::Many(values) => values.clone(),
            Self::One(value) => vec![value.clone()],
        }
    }
}

/// One facet of the configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacetConfig {
    /// The column.
    pub name_or_index: NameOrIndex,
    /// The group examined; every value by itself without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_or_threshold: Option<OneOrMany>,
}

/// Which metrics: `"all"`, or a list of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Words", into = "Words")]
pub enum MetricList {
    /// `"all"`.
    All,
    /// These.
    Names(Vec<MetricId>),
}

/// The same as it stands in the file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Many(Vec<String>),
}

impl TryFrom<Words> for MetricList {
    type Error = String;

    fn try_from(words: Words) -> Result<Self, String> {
        let known = |name: &String| MetricId::by_name(name).ok_or_else(|| format!("'{name}' is no bias metric"));
        match words {
            Words::One(word) if word == "all" => Ok(Self::All),
            Words::One(word) => Err(format!("'{word}' is neither \"all\" nor a list of bias metrics")),
            Words::Many(names) => Ok(Self::Names(names.iter().map(known).collect::<Result<_, _>>()?)),
        }
    }
}

impl From<MetricList> for Words {
    fn from(list: MetricList) -> Self {
        match list {
            MetricList::All => Self::One("all".to_owned()),
            MetricList::Names(names) => Self::Many(names.iter().map(|id| id.name().to_owned()).collect()),
        }
    }
}

/// The metrics of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsConfig {
    /// Which ones.
    pub methods: MetricList,
}

impl MetricsConfig {
    fn names(&self, all: &[MetricId]) -> Vec<MetricId> {
        match &self.methods {
            MetricList::All => all.to_vec(),
            MetricList::Names(names) => names.clone(),
        }
    }
}

/// The report that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportConfig {
    /// The file's name, without an ending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The title on the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// What is to be computed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodsConfig {
    /// The metrics of the data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pre_training_bias: Option<MetricsConfig>,
    /// The metrics of the predictions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_training_bias: Option<MetricsConfig>,
    /// Explanations by SHAP: kept, not computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shap: Option<serde_json::Value>,
    /// Partial dependence plots: kept, not computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pdp: Option<serde_json::Value>,
    /// The report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportConfig>,
}

/// The bias part of an analysis configuration, in the order in which Clarify's SDK writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are Clarify's, documented there")]
pub struct AnalysisConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<String>>,
    pub label: NameOrIndex,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted_label: Option<NameOrIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted_label_dataset_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted_label_headers: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joinsource_name_or_index: Option<NameOrIndex>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded_columns: Option<Vec<NameOrIndex>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability_threshold: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label_values_or_threshold: Option<OneOrMany>,
    pub facet: Vec<FacetConfig>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet_dataset_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facet_headers: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_variable: Option<NameOrIndex>,
    pub methods: MethodsConfig,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predictor: Option<serde_json::Value>,
}

impl AnalysisConfig {
    /// Reads a configuration; the message says what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, Message> {
        serde_json::from_str(text).map_err(|error| {
            let words = error.to_string();
            let place = |message: Message| message.with("line", error.line()).with("column", error.column());
            if let Some((field, _)) = words.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`')) {
                return place(Message::new("bias-config-unknown-field").with("field", field));
            }
            if let Some((field, _)) = words.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')) {
                return Message::new("bias-config-missing-field").with("field", field);
            }
            if error.is_syntax() || error.is_eof() {
                return place(Message::new("bias-config-not-json").with("words", words.clone()));
            }
            place(Message::new("bias-config-wrong-value").with("words", words.clone()))
        })
    }

    /// The configuration on one line, as Clarify's SDK writes it.
    pub fn to_json(&self) -> String {
        dumps(self, false)
    }

    fn column(&self, column: &NameOrIndex) -> Result<String, Message> {
        match column {
            NameOrIndex::Name(name) => Ok(name.clone()),
            NameOrIndex::Index(index) => {
                let headers =
                    self.headers.as_ref().ok_or_else(|| Message::new("bias-config-index-without-headers").with("index", *index))?;
                let out_of_range = || Message::new("bias-config-index-out-of-range").with("index", *index).with("headers", headers.len());
                headers.get(*index).cloned().ok_or_else(out_of_range)
            }
        }
    }

    /// The question that the configuration asks, in this mode. In exact mode [`Spec::with_thresholds`] then tells thresholds from values.
    pub fn spec(&self, mode: Mode) -> Result<Spec, Message> {
        let positive = match &self.label_values_or_threshold {
            None => return Err(Message::new("bias-config-missing-field").with("field", "label_values_or_threshold")),
            Some(OneOrMany::One(Value::Integer(_) | Value::Float(_))) if mode == Mode::Exact => Positive::Threshold(
                self.label_values_or_threshold.iter().flat_map(OneOrMany::values).find_map(|value| value.number()).unwrap_or(0.0),
            ),
            Some(values) => Positive::Values(values.values()),
        };
        if self.facet.is_empty() {
            return Err(Message::new("bias-config-missing-field").with("field", "facet"));
        }
        let facet = |facet: &FacetConfig| {
            let selection = match &facet.value_or_threshold {
                None => Selection::EachValue,
                Some(OneOrMany::Many(values)) if values.is_empty() => Selection::EachValue,
                Some(OneOrMany::One(Value::Float(number))) if mode == Mode::Exact => Selection::Threshold(*number),
                Some(OneOrMany::One(Value::Integer(number))) if mode == Mode::Exact => Selection::Threshold(*number as f64),
                Some(values) => Selection::Values(values.values()),
            };
            Ok::<_, Message>(FacetSpec::column(self.column(&facet.name_or_index)?).select(selection))
        };
        let mut spec = Spec::new(Vec::<String>::new(), self.column(&self.label)?, positive);
        spec.facets = self.facet.iter().map(facet).collect::<Result<_, _>>()?;
        spec.mode = mode;
        let optional = |column: &Option<NameOrIndex>| column.as_ref().map(|column| self.column(column)).transpose();
        spec.group = optional(&self.group_variable)?;
        if let Some(before) = &self.methods.pre_training_bias {
            spec.metrics.extend(before.names(&MetricId::PRE_TRAINING));
        }
        if let Some(after) = &self.methods.post_training_bias {
            spec.metrics.extend(after.names(&MetricId::POST_TRAINING));
            spec.predicted = optional(&self.predicted_label)?;
            if spec.predicted.is_none() {
                return Err(Message::new("bias-config-no-predictions"));
            }
        }
        if spec.metrics.is_empty() {
            return Err(Message::new("bias-config-no-metrics"));
        }
        let misplaced = |config: &Option<MetricsConfig>, post: bool| {
            config.iter().flat_map(|config| config.names(&[])).find(|id| id.is_post_training() != post)
        };
        if let Some(id) = misplaced(&self.methods.pre_training_bias, false).or_else(|| misplaced(&self.methods.post_training_bias, true)) {
            return Err(Message::new("bias-config-misplaced-metric").with("metric", id.name()));
        }
        Ok(spec)
    }

    /// The configuration for a question, as far as Clarify has words for it: intersections and bins have none.
    pub fn of(spec: &Spec, headers: Option<Vec<String>>) -> Result<Self, Message> {
        let facet = |facet: &FacetSpec| {
            let [column] = facet.columns.as_slice() else {
                return Err(Message::new("bias-config-beyond-clarify").with("facet", facet.name()));
            };
            let value_or_threshold = match &facet.selection {
                Selection::EachValue => None,
                Selection::Values(values) => Some(OneOrMany::Many(values.clone())),
                Selection::Threshold(number) => Some(OneOrMany::Many(vec![whole(*number)])),
                Selection::Bins(_) => return Err(Message::new("bias-config-beyond-clarify").with("facet", facet.name())),
            };
            Ok(FacetConfig { name_or_index: column.as_str().into(), value_or_threshold })
        };
        let metrics = |post: bool, all: &[MetricId]| {
            let asked: Vec<MetricId> = all.iter().copied().filter(|id| spec.metrics.is_empty() || spec.metrics.contains(id)).collect();
            let methods = if asked.len() == all.len() { MetricList::All } else { MetricList::Names(asked.clone()) };
            (!asked.is_empty() && (!post || spec.predicted.is_some())).then_some(MetricsConfig { methods })
        };
        Ok(Self {
            version: None,
            dataset_type: Some("text/csv".to_owned()),
            dataset_uri: None,
            features: None,
            headers,
            label: spec.label.as_str().into(),
            predicted_label: spec.predicted.as_deref().map(Into::into),
            predicted_label_dataset_uri: None,
            predicted_label_headers: None,
            joinsource_name_or_index: None,
            excluded_columns: None,
            probability_threshold: None,
            label_values_or_threshold: Some(OneOrMany::Many(match &spec.positive {
                Positive::Values(values) => values.clone(),
                Positive::Threshold(number) => vec![whole(*number)],
            })),
            facet: spec.facets.iter().map(facet).collect::<Result<_, _>>()?,
            facet_dataset_uri: None,
            facet_headers: None,
            group_variable: spec.group.as_deref().map(Into::into),
            methods: MethodsConfig {
                pre_training_bias: metrics(false, &MetricId::PRE_TRAINING),
                post_training_bias: metrics(true, &MetricId::POST_TRAINING),
                report: Some(ReportConfig { name: Some("report".to_owned()), title: Some("Analysis Report".to_owned()) }),
                ..MethodsConfig::default()
            },
            predictor: None,
        })
    }
}

/// A number as people write it: without a point where it is whole.
fn whole(number: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be a whole number of this range")]
    if number.fract() == 0.0 && number.abs() < 9e15 { Value::Integer(number as i64) } else { Value::Float(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file of the course's job, as the job wrote it.
    const COURSE: &str = r#"{"dataset_type": "text/csv", "headers": ["sentiment", "review_body", "product_category"], "label": "sentiment", "label_values_or_threshold": [1], "facet": [{"name_or_index": "product_category"}], "methods": {"pre_training_bias": {"methods": ["CI", "DPL", "KL", "JS", "LP", "TVD", "KS"]}, "report": {"name": "report", "title": "Analysis Report"}}}"#;

    #[test]
    fn the_courses_file_reads_and_writes_to_the_letter() {
        let config = AnalysisConfig::parse(COURSE).unwrap();
        assert_eq!(config.to_json(), COURSE);
        let spec = config.spec(Mode::Clarify).unwrap();
        assert_eq!(spec.positive, Positive::Values(vec![Value::Integer(1)]));
        assert_eq!(spec.facets, [FacetSpec::column("product_category")]);
        assert_eq!(spec.metrics.len(), 7);
        assert_eq!(AnalysisConfig::of(&spec, config.headers.clone()).unwrap(), config);
    }

    #[test]
    fn columns_by_place_and_all_metrics() {
        let text = r#"{"headers":["y","f","p","g"],"label":0,"predicted_label":2,"label_values_or_threshold":[1.0,"a",true],
            "facet":[{"name_or_index":1,"value_or_threshold":[40]}],"group_variable":"g","methods":
            {"pre_training_bias":{"methods":"all"},"post_training_bias":{"methods":["DI","FT"]}}}"#;
        let spec = AnalysisConfig::parse(text).unwrap().spec(Mode::Clarify).unwrap();
        assert_eq!((spec.label.as_str(), spec.predicted.as_deref(), spec.group.as_deref()), ("y", Some("p"), Some("g")));
        assert_eq!(spec.positive, Positive::Values(vec![1.0.into(), "a".into(), true.into()]));
        assert_eq!(spec.facets[0].selection, Selection::Values(vec![Value::Integer(40)]));
        assert_eq!(spec.metrics.len(), 10);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let cases = [
            ("{", "bias-config-not-json"),
            (r#"{"label":"y","facets":[]}"#, "bias-config-unknown-field"),
            (r#"{"label":"y","facet":[]}"#, "bias-config-missing-field"),
            (r#"{"label":"y","facet":[],"methods":{"pre_training_bias":{"methods":["CX"]}}}"#, "bias-config-wrong-value"),
        ];
        for (text, id) in cases {
            assert_eq!(AnalysisConfig::parse(text).unwrap_err().id, id, "{text}");
        }
        let spec = |text: &str| AnalysisConfig::parse(text).unwrap().spec(Mode::Exact).unwrap_err().id.into_owned();
        let base = r#""label_values_or_threshold":[1],"facet":[{"name_or_index":"f"}]"#;
        assert_eq!(spec(&format!(r#"{{"label":3,{base},"methods":{{}}}}"#)), "bias-config-index-without-headers");
        assert_eq!(spec(&format!(r#"{{"label":3,"headers":["a"],{base},"methods":{{}}}}"#)), "bias-config-index-out-of-range");
        assert_eq!(spec(&format!(r#"{{"label":"y",{base},"methods":{{}}}}"#)), "bias-config-no-metrics");
        assert_eq!(
            spec(&format!(r#"{{"label":"y",{base},"methods":{{"post_training_bias":{{"methods":"all"}}}}}}"#)),
            "bias-config-no-predictions"
        );
        assert_eq!(
            spec(&format!(r#"{{"label":"y",{base},"methods":{{"pre_training_bias":{{"methods":["DI"]}}}}}}"#)),
            "bias-config-misplaced-metric"
        );
    }
}
