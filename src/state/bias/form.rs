//! What is to be measured, as it is being chosen: label, positive values, facets, group variable, rules.

use serde::{Deserialize, Serialize};

use crate::bias::{Correction, FacetSpec, MetricId, Mode, Nulls, Positive, Reference, Selection, Slice, Spec, Value};
use crate::message::bias::SourceColumn;
use crate::model::Message;

/// A label of more values than this is told by a threshold.
const FEW_LABELS: usize = 10;
/// A facet of more values than this is no likely one.
const FEW_VALUES: usize = 60;

/// Words that name a label in most data sets.
const LABEL_WORDS: [&str; 14] = [
    "sentiment",
    "label",
    "target",
    "outcome",
    "class",
    "approved",
    "hired",
    "admitted",
    "default",
    "churn",
    "income",
    "decision",
    "result",
    "y",
];
/// Words that name a predicted label.
const PREDICTED_WORDS: [&str; 4] = ["predicted", "prediction", "pred", "y_hat"];
/// Words that name a group of people or things.
const FACET_WORDS: [&str; 14] = [
    "gender",
    "sex",
    "race",
    "ethnic",
    "age",
    "region",
    "country",
    "category",
    "segment",
    "group",
    "religion",
    "marital",
    "education",
    "language",
];
/// Values that mean yes.
const POSITIVE_WORDS: [&str; 12] = ["1", "1.0", "true", "yes", "y", "positive", "approved", "accepted", "hired", "pass", "good", ">50k"];

/// Which labels are positive, as it is being chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PositiveForm {
    /// Whether a threshold tells, and not values.
    pub by_threshold: bool,
    /// The positive values.
    pub values: Vec<String>,
    /// The threshold as typed: labels above it are positive.
    pub threshold: String,
}

/// How the values of a facet are examined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Examine {
    /// Each by itself.
    #[default]
    Each,
    /// Some of them together, as one group.
    Together,
    /// The numbers above a threshold, as one group.
    Above,
    /// The numbers between edges, each bin by itself.
    Bins,
}

/// A facet as it is being chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FacetForm {
    /// The column.
    pub column: String,
    /// Further columns: every combination of values is a group then.
    pub crossed: Vec<String>,
    /// How its values are examined, where it is not crossed with others.
    pub examine: Examine,
    /// The values that are examined together.
    pub values: Vec<String>,
    /// The threshold, or the edges of the bins with commas between, as typed.
    pub numbers: String,
}

impl FacetForm {
    /// Every value of this column.
    #[must_use]
    pub fn of(column: &str) -> Self {
        Self { column: column.to_owned(), ..Self::default() }
    }

    /// All its columns.
    pub fn columns(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.column).chain(&self.crossed)
    }
}

/// The confidences that can be chosen.
pub const CONFIDENCES: [f64; 3] = [0.9, 0.95, 0.99];

/// The whole form. It is kept over restarts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Form {
    /// The label column.
    pub label: Option<String>,
    /// Which labels are positive.
    pub positive: PositiveForm,
    /// The facets.
    pub facets: Vec<FacetForm>,
    /// The group variable.
    pub group: Option<String>,
    /// The column with predicted labels.
    pub predicted: Option<String>,
    /// The rules of arithmetic.
    pub mode: Mode,
    /// What becomes of rows without a value.
    pub nulls: Nulls,
    /// Against whom each group is measured.
    pub reference: Reference,
    /// The confidence of the intervals, between 0 and 1.
    pub confidence: f64,
    /// The correction for many groups.
    pub correction: Correction,
    /// Whether the flip test is made where there are predictions: it reads rows, and every column of them.
    pub flip_test: bool,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            label: None,
            positive: PositiveForm::default(),
            facets: Vec::new(),
            group: None,
            predicted: None,
            mode: Mode::Exact,
            nulls: Nulls::Keep,
            reference: Reference::EveryoneElse,
            confidence: 0.95,
            correction: Correction::None,
            flip_test: true,
        }
    }
}

impl Form {
    /// The groups that all others can be compared with by name: the values of the one facet, where each is examined by itself.
    #[must_use]
    pub fn named_references(&self, columns: &[SourceColumn]) -> Vec<String> {
        let [facet] = self.facets.as_slice() else { return Vec::new() };
        if !facet.crossed.is_empty() || facet.examine != Examine::Each {
            return Vec::new();
        }
        let values = columns.iter().find(|column| column.name == facet.column).map_or(&[][..], |column| &column.values);
        values.iter().map(|(value, _)| Slice::of(value.as_deref()).text()).collect()
    }

    /// Whether every column of the form is among these.
    #[must_use]
    pub fn fits(&self, columns: &[SourceColumn]) -> bool {
        let has = |name: &String| columns.iter().any(|column| column.name == *name);
        self.label.as_ref().is_some_and(has)
            && !self.facets.is_empty()
            && self.facets.iter().all(|facet| facet.columns().all(has))
            && self.group.as_ref().is_none_or(has)
            && self.predicted.as_ref().is_none_or(has)
    }

    /// A form with what is likely meant: the label and the facet that look like ones, and the value that means yes.
    #[must_use]
    pub fn guess(columns: &[SourceColumn]) -> Self {
        let mut form = Self::default();
        let best = |score: &dyn Fn(&SourceColumn) -> Option<u32>, taken: &[&str]| {
            let free = columns.iter().filter(|column| !taken.contains(&column.name.as_str()));
            // The first of the best, so that the order of the columns decides between equals.
            free.filter_map(|column| Some((score(column)?, column))).rev().max_by_key(|(score, _)| *score).map(|(_, column)| column)
        };
        let predicted = best(&|column| named(column, &PREDICTED_WORDS).then(|| score_label(column)).flatten(), &[]);
        let not_label = predicted.map(|column| column.name.as_str());
        let Some(label) = best(&score_label, not_label.as_slice()) else { return form };
        form.set_label(label);
        form.predicted = predicted.map(|column| column.name.clone());
        let taken: Vec<&str> = [Some(label.name.as_str()), not_label].into_iter().flatten().collect();
        if let Some(facet) = best(&score_facet, &taken) {
            form.facets.push(FacetForm::of(&facet.name));
        }
        form
    }

    /// Chooses the label column, and the value that means yes among its own.
    pub fn set_label(&mut self, column: &SourceColumn) {
        self.label = Some(column.name.clone());
        self.positive = likely_positive(column);
        self.facets.retain(|facet| facet.column != column.name);
        for facet in &mut self.facets {
            facet.crossed.retain(|crossed| *crossed != column.name);
        }
    }

    /// The columns that a facet can be crossed with: those that play no other part.
    #[must_use]
    pub fn crossable<'c>(&self, facet: &FacetForm, columns: &'c [SourceColumn]) -> Vec<&'c SourceColumn> {
        let free = |column: &&SourceColumn| {
            self.label.as_ref() != Some(&column.name)
                && self.predicted.as_ref() != Some(&column.name)
                && !facet.columns().any(|used| *used == column.name)
        };
        columns.iter().filter(free).collect()
    }

    /// The column that a new facet would have: the likeliest that is free.
    #[must_use]
    pub fn next_facet<'c>(&self, columns: &'c [SourceColumn]) -> Option<&'c SourceColumn> {
        let used = |column: &&SourceColumn| {
            self.label.as_ref() == Some(&column.name)
                || self.predicted.as_ref() == Some(&column.name)
                || self.facets.iter().any(|facet| facet.column == column.name)
        };
        let free = columns.iter().filter(|column| !used(column));
        free.clone()
            .rev()
            .max_by_key(|column| score_facet(column).map_or(0, |score| score + 1))
            .or_else(|| columns.iter().find(|column| !used(column)))
    }

    /// The question that the form asks, or what is still missing.
    pub fn spec(&self, columns: &[SourceColumn]) -> Result<Spec, Message> {
        let column = |name: &str| columns.iter().find(|column| column.name == name);
        let label = self.label.clone().ok_or(Message::new("biastab-need-label"))?;
        let kind = column(&label).map_or("", |column| column.type_name.as_str());
        let positive = if self.positive.by_threshold {
            Positive::Threshold(
                number(&self.positive.threshold).ok_or(Message::new("biastab-need-threshold").with("column", label.as_str()))?,
            )
        } else if self.positive.values.is_empty() {
            return Err(Message::new("biastab-need-positive").with("column", label.as_str()));
        } else {
            Positive::Values(self.positive.values.iter().map(|value| typed(kind, value)).collect())
        };
        if self.facets.is_empty() {
            return Err(Message::new("biastab-need-facet"));
        }
        let mut facets = Vec::with_capacity(self.facets.len());
        for facet in &self.facets {
            let name = facet.column.as_str();
            let kind = column(name).map_or("", |column| column.type_name.as_str());
            let selection = match facet.examine {
                _ if !facet.crossed.is_empty() => Selection::EachValue,
                Examine::Each => Selection::EachValue,
                Examine::Together if facet.values.is_empty() => return Err(Message::new("biastab-need-values").with("column", name)),
                Examine::Together => Selection::Values(facet.values.iter().map(|value| typed(kind, value)).collect()),
                Examine::Above => {
                    Selection::Threshold(number(&facet.numbers).ok_or(Message::new("biastab-need-threshold").with("column", name))?)
                }
                Examine::Bins => Selection::Bins(edges(&facet.numbers).ok_or(Message::new("biastab-need-edges").with("column", name))?),
            };
            facets.push(FacetSpec::intersection(facet.columns().cloned()).select(selection));
        }
        let mut spec = Spec::new(Vec::<String>::new(), label, positive);
        spec.facets = facets;
        spec.group.clone_from(&self.group);
        spec.predicted.clone_from(&self.predicted);
        spec.mode = self.mode;
        spec.confidence = self.confidence;
        spec.correction = self.correction;
        if self.predicted.is_some() && !self.flip_test {
            let all = MetricId::PRE_TRAINING.into_iter().chain(MetricId::POST_TRAINING);
            spec.metrics = all.filter(|id| *id != MetricId::Ft).collect();
        }
        if self.mode == Mode::Exact {
            spec.nulls = self.nulls;
            spec.reference.clone_from(&self.reference);
            if let Reference::Named(name) = &self.reference
                && !self.named_references(columns).contains(name)
            {
                return Err(Message::new("biastab-need-reference").with("name", name.as_str()));
            }
        }
        Ok(spec)
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

/// Edges with commas or blanks between; at least one, rising.
fn edges(text: &str) -> Option<Vec<f64>> {
    let edges: Vec<f64> = text.split([',', ' ', ';']).filter(|part| !part.trim().is_empty()).map(number).collect::<Option<_>>()?;
    (!edges.is_empty() && edges.is_sorted_by(|a, b| a < b)).then_some(edges)
}

/// A value in its column's type: Clarify's rules tell `1` from `'1'`.
fn typed(type_name: &str, text: &str) -> Value {
    let value = match type_name.to_ascii_lowercase() {
        kind if kind.contains("int") || kind.starts_with('u') || kind.starts_with('i') => text.parse().ok().map(Value::Integer),
        kind if kind == "double" || kind == "real" || kind.starts_with("float") || kind.starts_with("decimal") || kind.starts_with('f') => {
            text.parse().ok().map(Value::Float)
        }
        kind if kind.starts_with("bool") => text.parse().ok().map(Value::Bool),
        _ => None,
    };
    value.unwrap_or_else(|| Value::Text(text.to_owned()))
}

fn named(column: &SourceColumn, words: &[&str]) -> bool {
    let name = column.name.to_lowercase();
    words.iter().any(|word| if word.len() == 1 { name == *word } else { name.contains(word) })
}

/// How many values a column shows, NULL left out.
fn values(column: &SourceColumn) -> usize {
    column.values.iter().filter(|(value, _)| value.is_some()).count()
}

/// Whether every value is a number.
#[must_use]
pub fn numeric(column: &SourceColumn) -> bool {
    values(column) > 0 && column.values.iter().filter_map(|(value, _)| value.as_deref()).all(|value| number(value).is_some())
}

/// How much a column looks like a label; nothing for a column that can't be one.
fn score_label(column: &SourceColumn) -> Option<u32> {
    let count = values(column);
    if count < 2 || (column.more || count > FEW_LABELS) && !(numeric(column) && named(column, &LABEL_WORDS)) {
        return None;
    }
    let yes = column.values.iter().filter_map(|(value, _)| value.as_deref()).any(positive_word);
    let few = if count <= 3 { 3 } else { 0 };
    Some(8 * u32::from(named(column, &LABEL_WORDS)) + 2 * u32::from(numeric(column)) + 3 * u32::from(yes) + few)
}

/// How much a column looks like a facet.
fn score_facet(column: &SourceColumn) -> Option<u32> {
    let count = values(column);
    if count < 2 || column.more || count > FEW_VALUES {
        return None;
    }
    Some(6 * u32::from(named(column, &FACET_WORDS)) + 3 * u32::from(!numeric(column)) + u32::from(count <= 30))
}

fn positive_word(value: &str) -> bool {
    POSITIVE_WORDS.contains(&value.trim().to_lowercase().as_str())
}

/// The value that means yes; for numbers those above the middle; for many numbers a threshold in the middle.
fn likely_positive(column: &SourceColumn) -> PositiveForm {
    let shown: Vec<&str> = column.values.iter().filter_map(|(value, _)| value.as_deref()).collect();
    let values = |values: Vec<&str>| PositiveForm { values: values.into_iter().map(str::to_owned).collect(), ..PositiveForm::default() };
    let numbers: Option<Vec<f64>> = if shown.is_empty() { None } else { shown.iter().map(|value| number(value)).collect() };
    if let Some(numbers) = numbers {
        let (low, high) = numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| (low.min(*n), high.max(*n)));
        let middle = f64::midpoint(low, high);
        if column.more || shown.len() > FEW_LABELS {
            return PositiveForm { by_threshold: true, values: Vec::new(), threshold: middle.to_string() };
        }
        let above = shown.iter().zip(&numbers).filter(|(_, number)| **number > middle).map(|(value, _)| *value);
        return values(above.collect());
    }
    let yes: Vec<&str> = shown.iter().copied().filter(|value| positive_word(value)).collect();
    values(if yes.is_empty() { shown.into_iter().take(1).collect() } else { yes })
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn column(name: &str, type_name: &str, values: &[(&str, u64)], more: bool) -> SourceColumn {
        let values = values.iter().map(|(value, rows)| (Some((*value).to_owned()), *rows)).collect();
        SourceColumn { name: name.into(), type_name: type_name.into(), values, more }
    }

    fn course() -> Vec<SourceColumn> {
        vec![
            column("sentiment", "int", &[("1", 17_433), ("0", 2_823), ("-1", 2_370)], false),
            column("review_body", "string", &[("Love it", 3), ("Great", 2)], true),
            column("product_category", "string", &[("Dresses", 6_145), ("Knits", 4_626), ("Trend", 118)], false),
        ]
    }

    #[test]
    fn the_course_data_is_understood_at_once() {
        let form = Form::guess(&course());
        assert_eq!(form.label.as_deref(), Some("sentiment"));
        assert_eq!(form.positive.values, ["1"]);
        assert_eq!(form.facets.len(), 1);
        assert_eq!(form.facets[0].column, "product_category");
        assert!(form.fits(&course()));
        let spec = form.spec(&course()).unwrap();
        assert_eq!(spec, Spec::new(["product_category"], "sentiment", Positive::Values(vec![Value::Integer(1)])));
    }

    #[test]
    fn labels_predictions_and_thresholds_are_told_apart() {
        let ages: Vec<(String, u64)> = (18..80).map(|age: i32| (age.to_string(), 5)).collect();
        let ages: Vec<(&str, u64)> = ages.iter().map(|(age, rows)| (age.as_str(), *rows)).collect();
        let columns = vec![
            column("id", "bigint", &[("1", 1), ("2", 1)], true),
            column("gender", "varchar", &[("f", 50), ("m", 60)], false),
            column("age", "bigint", &ages, false),
            column("approved", "varchar", &[("no", 70), ("yes", 40)], false),
            column("predicted_approved", "varchar", &[("no", 80), ("yes", 30)], false),
        ];
        let form = Form::guess(&columns);
        assert_eq!(form.label.as_deref(), Some("approved"));
        assert_eq!(form.predicted.as_deref(), Some("predicted_approved"));
        assert_eq!(form.positive.values, ["yes"]);
        assert_eq!(form.facets[0].column, "gender");
        assert!(likely_positive(&columns[2]).by_threshold);
        assert_eq!(form.next_facet(&columns).unwrap().name, "id");
        assert_eq!(Form::guess(&[]), Form::default());
        let rating = column("rating", "bigint", &[("5", 9), ("4", 4), ("3", 2), ("2", 1), ("1", 1)], false);
        assert_eq!(likely_positive(&rating).values, ["5", "4"]);
    }

    #[test]
    fn what_is_missing_is_said() {
        let columns = course();
        let missing = |form: &Form| form.spec(&columns).unwrap_err().id;
        let mut form = Form::default();
        assert_eq!(missing(&form), "biastab-need-label");
        form.label = Some("sentiment".into());
        assert_eq!(missing(&form), "biastab-need-positive");
        form.positive.by_threshold = true;
        assert_eq!(missing(&form), "biastab-need-threshold");
        form.positive.threshold = "0".into();
        assert_eq!(missing(&form), "biastab-need-facet");
        form.facets.push(FacetForm { examine: Examine::Together, ..FacetForm::of("product_category") });
        assert_eq!(missing(&form), "biastab-need-values");
        form.facets[0].examine = Examine::Bins;
        form.facets[0].numbers = "3, 2".into();
        assert_eq!(missing(&form), "biastab-need-edges");
        form.facets[0].numbers = "2, 3.5".into();
        assert_eq!(form.spec(&columns).unwrap().facets[0].selection, Selection::Bins(vec![2.0, 3.5]));
        assert_eq!(form.spec(&columns).unwrap().positive, Positive::Threshold(0.0));
    }
    #[test]
    fn crossed_columns_references_and_certainty_reach_the_question() {
        let columns = course();
        let mut form = Form::guess(&columns);
        form.reference = Reference::Named("Knits".into());
        form.confidence = 0.99;
        form.correction = Correction::Bonferroni;
        form.nulls = Nulls::LeaveOut;
        let spec = form.spec(&columns).unwrap();
        assert_eq!((spec.reference, spec.confidence), (Reference::Named("Knits".into()), 0.99));
        assert_eq!((spec.correction, spec.nulls), (Correction::Bonferroni, Nulls::LeaveOut));

        let free: Vec<&str> = form.crossable(&form.facets[0], &columns).into_iter().map(|column| column.name.as_str()).collect();
        assert_eq!(free, ["review_body"]);
        form.facets[0].crossed.push("review_body".into());
        assert_eq!(form.spec(&columns).unwrap_err().id, "biastab-need-reference", "a combination has no such value");
        form.reference = Reference::Largest;
        assert_eq!(form.spec(&columns).unwrap().facets, [FacetSpec::intersection(["product_category", "review_body"])]);

        form.reference = Reference::Named("Knits".into());
        form.mode = Mode::Clarify;
        let spec = form.spec(&columns).unwrap();
        assert_eq!((spec.reference, spec.nulls), (Reference::EveryoneElse, Nulls::Keep), "Clarify has rules of its own");
        form.set_label(&columns[1]);
        assert!(form.facets[0].crossed.is_empty());

        let mut form = Form::guess(&columns);
        form.predicted = Some("review_body".into());
        assert!(form.spec(&columns).unwrap().wants_flip_test());
        form.flip_test = false;
        let spec = form.spec(&columns).unwrap();
        assert!(!spec.wants_flip_test() && spec.wants(MetricId::Ge) && spec.wants(MetricId::Ci));
    }
}
