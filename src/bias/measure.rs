//! From counts and a question to a report.

use super::clarify::same;
use super::collapse::{Class, Collapsed, Examined, Outcome, Parts};
use super::formula::{Undefined, group_disparity, value};
use super::report::{Balance, BiasReport, Differs, FacetReport, GroupDisparity, LabelClass, LeftOut, Metric, ValueReport};
use super::sure::{Certainty, judge};
use super::table::{Cell, Table};
use super::{BiasError, Correction, FacetSpec, MetricId, Mode, Nulls, Positive, Reference, Selection, Slice, Spec, clarify, exact};
use crate::model::{Counts, Message};

/// Measures bias: every metric asked for, of every facet value examined, with its interval and, in exact mode, where Clarify would differ.
pub fn measure(counts: &Counts, spec: &Spec) -> Result<BiasReport, BiasError> {
    let columns = check(counts, spec)?;
    let exact_mode = spec.mode == Mode::Exact;
    if let (false, Some(facet), Some(places)) = (exact_mode, spec.facets.first(), columns.first()) {
        clarify::check_facet(counts, facet, places)?;
    }
    let outcome = if exact_mode { exact::outcome(counts, spec)? } else { clarify::outcome(counts, spec)? };
    let other = if exact_mode && spec.reference == Reference::EveryoneElse {
        clarify::outcome(counts, spec)
    } else {
        Err(BiasError::BeyondClarify)
    };
    let mut facets = Vec::with_capacity(spec.facets.len());
    for (facet, columns) in spec.facets.iter().zip(&columns) {
        let parts = if exact_mode { exact::parts(counts, spec, facet, columns)? } else { clarify::parts(counts, facet, columns)? };
        let twin = match &other {
            Ok(outcome) if exact_mode => clarify::parts(counts, facet, columns).map(|parts| Twin::new(counts, outcome, parts)),
            Ok(_) => Err(BiasError::BeyondClarify),
            Err(error) => Err(error.clone()),
        };
        facets.push(one_facet(counts, spec, facet, columns, &outcome, &parts, &twin)?);
    }
    let class_rows = |at: usize| {
        let of_class = counts.rows.iter().zip(&outcome.keys).filter(|(_, key)| key.is_some_and(|key| key.class == at));
        of_class.map(|(row, _)| row.rows).sum()
    };
    let classes: Vec<LabelClass> = outcome
        .classes
        .iter()
        .enumerate()
        .map(|(at, class)| LabelClass { slice: class.slice.clone(), positive: class.positive, rows: class_rows(at) })
        .collect();
    Ok(BiasReport {
        mode: spec.mode,
        label: spec.label.clone(),
        positive: outcome.positive_name.clone(),
        predicted: spec.predicted.clone(),
        group: spec.group.clone(),
        rows: counts.total(),
        balance: Balance::of(&classes.iter().map(|class| class.rows).collect::<Vec<_>>()),
        classes,
        confidence: spec.confidence,
        facets,
        flip_test: None,
    })
}

/// Checks the question against the counts; gives the places of each facet's columns.
fn check(counts: &Counts, spec: &Spec) -> Result<Vec<Vec<usize>>, BiasError> {
    if spec.facets.is_empty() || spec.facets.iter().any(|facet| facet.columns.is_empty()) {
        return Err(BiasError::NoFacet);
    }
    if matches!(&spec.positive, Positive::Values(values) if values.is_empty()) {
        return Err(BiasError::NoPositive);
    }
    if !(spec.confidence > 0.0 && spec.confidence < 1.0) {
        return Err(BiasError::BadConfidence);
    }
    let same = |asked: Option<&String>, counted: Option<&str>| match asked {
        Some(asked) if counted != Some(asked.as_str()) => Err(BiasError::NoColumn(asked.clone())),
        _ => Ok(()),
    };
    same(Some(&spec.label), Some(&counts.label.name))?;
    same(spec.predicted.as_ref(), counts.predicted.as_ref().map(|facts| facts.name.as_str()))?;
    same(spec.group.as_ref(), counts.group.as_ref().map(|facts| facts.name.as_str()))?;
    if counts.total() == 0 {
        return Err(BiasError::NoRows);
    }
    if spec.mode == Mode::Clarify && spec.reference != Reference::EveryoneElse {
        return Err(BiasError::BeyondClarify);
    }
    let place = |name: &String| {
        if *name == spec.label || spec.predicted.as_ref() == Some(name) {
            return Err(BiasError::LabelIsFacet(name.clone()));
        }
        counts.facets.iter().position(|facts| facts.name == *name).ok_or_else(|| BiasError::NoColumn(name.clone()))
    };
    spec.facets.iter().map(|facet| facet.columns.iter().map(place).collect()).collect()
}

/// The same facet read by the rules of clarify mode, to say where the two differ.
struct Twin<'a> {
    outcome: &'a Outcome,
    classes: Vec<Class>,
    parts: Parts,
    collapsed: Collapsed,
}

impl<'a> Twin<'a> {
    fn new(counts: &Counts, outcome: &'a Outcome, parts: Parts) -> Self {
        let collapsed = Collapsed::new(counts.rows.iter().map(|row| row.rows), outcome, &parts);
        Self { outcome, classes: outcome.classes.clone(), parts, collapsed }
    }

    fn table(&self, examined: &Examined, single: bool) -> Option<Table> {
        let found = self.parts.examined.iter().find(|other| single || other.slice == examined.slice)?;
        Some(binary(&self.collapsed.cells(found.part, None, &self.classes), self.outcome.groups.len()).1)
    }
}

/// The cells with their labels collapsed to positive and not, as smclarify does before every metric, and their table.
fn binary(cells: &[Cell], groups: usize) -> (Vec<Cell>, Table) {
    let cells: Vec<Cell> = cells.iter().map(|cell| Cell { class: usize::from(cell.positive), ..*cell }).collect();
    let mut table = Table::empty(2, groups);
    table.fill(&cells, cells.iter().map(|cell| cell.rows));
    (cells, table)
}

fn one_facet(
    counts: &Counts,
    spec: &Spec,
    facet: &FacetSpec,
    columns: &[usize],
    outcome: &Outcome,
    parts: &Parts,
    twin: &Result<Twin<'_>, BiasError>,
) -> Result<FacetReport, BiasError> {
    let collapsed = Collapsed::new(counts.rows.iter().map(|row| row.rows), outcome, parts);
    let reference = reference(spec, facet, parts, &collapsed)?;
    let sizes: Vec<u64> = (0..parts.count).map(|part| collapsed.rows_of(part)).filter(|rows| *rows > 0).collect();
    let comparisons = parts.examined.len().max(1);
    let corrected = if spec.correction == Correction::Bonferroni { comparisons } else { 1 };
    let how =
        Certainty { mode: spec.mode, alpha: (1.0 - spec.confidence) / corrected as f64, seed: spec.seed, draws: spec.draws, comparisons };
    let single = !matches!(facet.selection, Selection::EachValue);
    let values = parts
        .examined
        .iter()
        .map(|examined| {
            let is_reference = reference.is_some() && reference == examined.part;
            let against = if is_reference { None } else { reference };
            let mut report = one_value(spec, outcome, &collapsed, examined, against, how, &facet.name());
            if is_reference {
                report.metrics.clear();
                report.is_reference = true;
            }
            if let Ok(twin) = twin {
                let table = twin.table(examined, single);
                compare(&mut report, table.as_ref(), twin.outcome.group_trouble, has_nulls(counts, columns));
            }
            report
        })
        .collect();
    let groups = sizes.len();
    Ok(FacetReport {
        columns: facet.columns.clone(),
        values,
        rows: collapsed.total(),
        left_out: left_out(counts, spec, columns),
        parts: groups,
        equal_ci: if reference.is_some() || groups == 0 { 0.0 } else { (groups as f64 - 2.0) / groups as f64 },
        balance: Balance::of(&sizes),
        in_order_of_appearance: columns.iter().all(|column| counts.facets.get(*column).is_some_and(|facts| facts.first_seen.is_some())),
        clarify_failure: if spec.mode == Mode::Exact { twin.as_ref().err().map(BiasError::message) } else { None },
    })
}

fn reference(spec: &Spec, facet: &FacetSpec, parts: &Parts, collapsed: &Collapsed) -> Result<Option<usize>, BiasError> {
    match &spec.reference {
        Reference::EveryoneElse => Ok(None),
        Reference::Largest => Ok((0..parts.count).rev().max_by_key(|part| collapsed.rows_of(*part))),
        Reference::Named(name) => parts
            .examined
            .iter()
            .find(|examined| examined.slice.text() == *name)
            .map(|examined| examined.part)
            .ok_or_else(|| BiasError::ReferenceMissing { column: facet.columns.join(", "), wanted: name.clone() }),
    }
}

fn one_value(
    spec: &Spec,
    outcome: &Outcome,
    collapsed: &Collapsed,
    examined: &Examined,
    reference: Option<usize>,
    how: Certainty,
    facet: &str,
) -> ValueReport {
    let classes = outcome.classes.len();
    let mut cells = collapsed.cells(examined.part, reference, &outcome.classes);
    let mut table = Table::empty(classes, outcome.groups.len());
    table.fill(&cells, cells.iter().map(|cell| cell.rows));
    let (other_labels, labels) = table.classes.iter().copied().unzip();
    if spec.mode == Mode::Clarify {
        (cells, table) = binary(&cells, outcome.groups.len());
    }
    let ids = MetricId::PRE_TRAINING.into_iter().chain(MetricId::POST_TRAINING).filter(|id| spec.wants(*id));
    let mut metrics: Vec<Metric> = ids
        .map(|id| {
            let result = value(id, &table, spec.mode, outcome.group_trouble);
            Metric { id, value: result.ok(), interval: None, undefined: result.err(), differs: None, distinguishable: None }
        })
        .collect();
    judge(&mut metrics, &cells, &table, outcome.group_trouble, stream(facet, &examined.slice), how);
    let predicted = spec.predicted.is_some();
    let exact = spec.mode == Mode::Exact;
    let groups = outcome
        .groups
        .iter()
        .zip(table.labels.iter().zip(&table.predictions))
        .map(|(group, (labels, predictions))| GroupDisparity {
            group: group.clone(),
            rows: labels.rows(),
            examined: labels.favourable_d + labels.unfavourable_d,
            labels: group_disparity(labels, exact),
            predictions: if predicted { group_disparity(predictions, exact) } else { None },
        })
        .collect();
    let (a, d) = (table.a, table.d);
    let (positive, negative) = (a.positive + d.positive, a.negative() + d.negative());
    let disparity = (positive > 0 && negative > 0).then(|| d.negative() as f64 / negative as f64 - d.positive as f64 / positive as f64);
    ValueReport {
        slice: examined.slice.clone(),
        name: examined.name.clone(),
        d,
        a,
        labels,
        other_labels,
        metrics,
        groups,
        disparity,
        is_reference: false,
    }
}

/// A number of its own for each facet value (FNV-1a), so that its draws don't depend on its neighbours or on their order.
fn stream(facet: &str, slice: &Slice) -> u64 {
    let bytes = facet.bytes().chain([0]).chain(slice.text().into_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn has_nulls(counts: &Counts, columns: &[usize]) -> bool {
    counts.rows.iter().any(|row| {
        row.label.is_none()
            || (counts.predicted.is_some() && row.predicted.is_none())
            || columns.iter().any(|column| row.facets.get(*column).is_some_and(Option::is_none))
    })
}

fn left_out(counts: &Counts, spec: &Spec, columns: &[usize]) -> LeftOut {
    if spec.mode == Mode::Clarify || spec.nulls == Nulls::Keep {
        return LeftOut::default();
    }
    let mut left = LeftOut::default();
    for row in &counts.rows {
        if columns.iter().any(|column| row.facets.get(*column).is_none_or(Option::is_none)) {
            left.facet += row.rows;
        }
        if row.label.is_none() {
            left.label += row.rows;
        }
        if spec.predicted.is_some() && row.predicted.is_none() {
            left.predicted += row.rows;
        }
        if spec.group.is_some() && row.group.is_none() {
            left.group += row.rows;
        }
    }
    left
}

/// Notes at each exact metric what Clarify would say, where that is something else.
fn compare(report: &mut ValueReport, table: Option<&Table>, groups: Option<Undefined>, nulls: bool) {
    let Some(table) = table else { return };
    let other_rows = (table.d, table.a) != (report.d, report.a);
    let classes = report.labels.iter().zip(&report.other_labels).filter(|(d, a)| **d + **a > 0).count();
    for metric in &mut report.metrics {
        let theirs = value(metric.id, table, Mode::Clarify, groups);
        let alike = match (metric.value, theirs) {
            (Some(ours), Ok(theirs)) if ours.is_infinite() || theirs.is_infinite() => same(ours, theirs),
            (Some(ours), Ok(theirs)) => (ours - theirs).abs() <= 1e-12 * ours.abs().max(1.0),
            (None, Err(_)) => true,
            _ => false,
        };
        if alike {
            continue;
        }
        let why = match metric.id {
            _ if matches!(theirs, Err(Undefined::GroupHasNulls { .. } | Undefined::GroupOrder)) => "bias-differs-group-nulls",
            _ if other_rows && nulls => "bias-differs-nulls",
            _ if other_rows => "bias-differs-types",
            MetricId::Ci => "bias-differs-empty-side",
            id if id.is_divergence() && classes > 2 => "bias-differs-collapsed",
            id if id.is_divergence() => "bias-differs-truncated",
            MetricId::Cddl | MetricId::Cddpl if nulls || groups.is_some() => "bias-differs-nulls",
            MetricId::Cddl | MetricId::Cddpl => "bias-differs-one-sided-groups",
            _ => "bias-differs-zero-by-zero",
        };
        let error = theirs.err().map(|undefined| undefined.clarify_text(metric.id).to_owned());
        metric.differs = Some(Differs { value: theirs.ok(), error, why: Message::new(why) });
    }
}
