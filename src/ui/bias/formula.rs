//! Formulas with the numbers put in, as a person would write them on paper.

use crate::bias::{BiasReport, MetricId, Mode, Tally, ValueReport};
use crate::text::{count, number};

/// So many terms of a sum are written out.
const TERMS: usize = 6;

/// A metric's formula, and the same with a facet value's own numbers.
pub(super) struct Formula {
    /// In letters.
    pub(super) letters: &'static str,
    /// In numbers.
    pub(super) numbers: String,
}

/// The formula of a metric for a facet value.
pub(super) fn formula(report: &BiasReport, value: &ValueReport, id: MetricId) -> Formula {
    let (d, a) = (&value.d, &value.a);
    let result = value.metric(id).and_then(|metric| metric.value).map_or_else(|| "–".to_owned(), number);
    let minus = |first: (u64, u64), second: (u64, u64)| format!("{} − {} = {result}", ratio(first), ratio(second));
    let shares: Vec<(f64, f64)> = (0..report.classes.len())
        .filter_map(|class| Some((value.other_label_share(class)?, value.label_share(class)?)))
        .filter(|(of_a, of_d)| of_a.is_finite() && of_d.is_finite())
        .collect();
    let terms = |term: &dyn Fn(f64, f64) -> String, sign: &str| -> String {
        let mut all: Vec<String> = shares.iter().take(TERMS).map(|(of_a, of_d)| term(*of_a, *of_d)).collect();
        if shares.len() > TERMS {
            all.push("…".to_owned());
        }
        all.join(sign)
    };
    let difference = |of_a: f64, of_d: f64| format!("|{} − {}|", number(of_a), number(of_d));
    let (letters, numbers) = match id {
        MetricId::Ci => {
            ("(n_a − n_d) ÷ (n_a + n_d)", format!("({} − {}) ÷ {} = {result}", whole(a.rows), whole(d.rows), whole(a.rows + d.rows)))
        }
        MetricId::Dpl => ("q_a − q_d", minus((a.positive, a.rows), (d.positive, d.rows))),
        MetricId::Kl => {
            let term = |of_a: f64, of_d: f64| format!("{} · ln({} ÷ {})", number(of_a), number(of_a), number(of_d));
            ("Σ P_a · ln(P_a ÷ P_d)", format!("{} = {result}", terms(&term, " + ")))
        }
        MetricId::Js => {
            let side = |of: fn(&(f64, f64)) -> f64| shares.iter().take(TERMS).map(|pair| number(of(pair))).collect::<Vec<_>>().join(", ");
            let numbers = format!("P_a = ({}), P_d = ({}): {result}", side(|pair| pair.0), side(|pair| pair.1));
            ("½ · (KL(P_a, M) + KL(P_d, M)),  M = ½ · (P_a + P_d)", numbers)
        }
        MetricId::Lp => {
            let term = |of_a: f64, of_d: f64| format!("({} − {})²", number(of_a), number(of_d));
            ("√ Σ (P_a − P_d)²", format!("√({}) = {result}", terms(&term, " + ")))
        }
        MetricId::Tvd => ("½ · Σ |P_a − P_d|", format!("½ · ({}) = {result}", terms(&difference, " + "))),
        MetricId::Ks => ("max |P_a − P_d|", format!("max({}) = {result}", terms(&difference, ", "))),
        MetricId::Cddl | MetricId::Cddpl => ("Σ n_i · DD_i ÷ Σ n_i", groups(value, id == MetricId::Cddpl, &result)),
        MetricId::Dppl => ("q′_a − q′_d", minus((a.predicted_positive(), a.predicted()), (d.predicted_positive(), d.predicted()))),
        MetricId::Di => {
            let (ours, theirs) = ((d.predicted_positive(), d.predicted()), (a.predicted_positive(), a.predicted()));
            ("q′_d ÷ q′_a", format!("({}) ÷ ({}) = {result}", ratio(ours), ratio(theirs)))
        }
        MetricId::Dca => {
            let rate = |side: &Tally| (side.labelled_positive(), side.predicted_positive());
            ("n_a⁽¹⁾ ÷ n′_a⁽¹⁾ − n_d⁽¹⁾ ÷ n′_d⁽¹⁾", minus(rate(a), rate(d)))
        }
        MetricId::Dcr => {
            let rate = |side: &Tally| (side.labelled_negative(), side.predicted_negative());
            ("n_d⁽⁰⁾ ÷ n′_d⁽⁰⁾ − n_a⁽⁰⁾ ÷ n′_a⁽⁰⁾", minus(rate(d), rate(a)))
        }
        MetricId::Sd => {
            let rate = |side: &Tally| (side.true_negative, side.labelled_negative());
            ("TNR_d − TNR_a", minus(rate(d), rate(a)))
        }
        MetricId::Rd => {
            let rate = |side: &Tally| (side.true_positive, side.labelled_positive());
            ("TPR_a − TPR_d", minus(rate(a), rate(d)))
        }
        MetricId::Dar => {
            let rate = |side: &Tally| (side.true_positive, side.predicted_positive());
            ("PPV_a − PPV_d", minus(rate(a), rate(d)))
        }
        MetricId::Drr => {
            let rate = |side: &Tally| (side.true_negative, side.predicted_negative());
            ("NPV_d − NPV_a", minus(rate(d), rate(a)))
        }
        MetricId::Ad => {
            let rate = |side: &Tally| (side.true_positive + side.true_negative, side.predicted());
            ("ACC_a − ACC_d", minus(rate(a), rate(d)))
        }
        MetricId::Te => {
            let rate = |side: &Tally| (side.false_negative, side.false_positive);
            ("FN_d ÷ FP_d − FN_a ÷ FP_a", minus(rate(d), rate(a)))
        }
        // The documentation's sign, and the code's.
        MetricId::Ft => (if report.mode == Mode::Exact { "(F⁺ − F⁻) ÷ n_d" } else { "(F⁻ − F⁺) ÷ n_d" }, result),
        MetricId::Ge => ("Σ ((b_i ÷ mean b)² − 1) ÷ 2n,  b = y′ − y + 1", result),
    };
    Formula { letters, numbers }
}

fn whole(rows: u64) -> String {
    count(i64::try_from(rows).unwrap_or(i64::MAX))
}

fn ratio((part, all): (u64, u64)) -> String {
    format!("{} ÷ {}", whole(part), whole(all))
}

/// The weighted mean over the groups.
fn groups(value: &ValueReport, predictions: bool, result: &str) -> String {
    let disparity = |group: &crate::bias::GroupDisparity| if predictions { group.predictions } else { group.labels };
    let counted: Vec<(u64, f64)> = value.groups.iter().filter_map(|group| Some((group.rows, disparity(group)?))).collect();
    let all: u64 = counted.iter().map(|(rows, _)| rows).sum();
    let mut terms: Vec<String> = counted.iter().take(TERMS).map(|(rows, part)| format!("{} · {}", whole(*rows), number(*part))).collect();
    if counted.len() > TERMS {
        terms.push("…".to_owned());
    }
    if terms.is_empty() { result.to_owned() } else { format!("({}) ÷ {} = {result}", terms.join(" + "), whole(all)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bias::{Positive, Spec, Value, measure};
    use crate::model::{ColumnFacts, ColumnKind, CountRow, Counts};

    fn report() -> BiasReport {
        let facts =
            |name: &str, kind| ColumnFacts { name: name.into(), kind, distinct: 2, non_null: 1000, min: None, max: None, first_seen: None };
        let row = |facet: &str, label: &str, predicted: &str, group: &str, rows| CountRow {
            facets: vec![Some(facet.into())],
            label: Some(label.into()),
            predicted: Some(predicted.into()),
            group: Some(group.into()),
            rows,
        };
        let mut rows = Vec::new();
        for (at, facet) in ["a", "d"].into_iter().enumerate() {
            for (label, predicted, count) in [("1", "1", 400), ("1", "0", 100), ("0", "1", 50), ("0", "0", 450)] {
                for group in ["x", "y"] {
                    rows.push(row(facet, label, predicted, group, count / (1 + at as u64) + if group == "x" { 7 } else { 3 }));
                }
            }
        }
        let counts = Counts {
            facets: vec![facts("f", ColumnKind::Text)],
            label: facts("y", ColumnKind::Integer),
            predicted: Some(facts("p", ColumnKind::Integer)),
            group: Some(facts("g", ColumnKind::Text)),
            rows,
        };
        let mut spec = Spec::new(["f"], "y", Positive::Values(vec![Value::Integer(1)]));
        spec.predicted = Some("p".into());
        spec.group = Some("g".into());
        measure(&counts, &spec).unwrap()
    }

    /// Works out "a ÷ b − c ÷ d" and "(a − b) ÷ c".
    fn worked_out(numbers: &str) -> f64 {
        let (left, _) = numbers.split_once(" = ").unwrap();
        let read = |text: &str| text.trim().trim_matches(['(', ')']).replace(',', "").parse::<f64>().unwrap();
        let quotient = |text: &str| text.split_once('÷').map(|(a, b)| read(a) / read(b)).unwrap();
        if let Some((difference, all)) =
            left.strip_prefix('(').and_then(|rest| rest.split_once(") ÷ ")).filter(|(inside, _)| inside.contains('−'))
        {
            let (a, b) = difference.split_once('−').unwrap();
            return (read(a) - read(b)) / read(all);
        }
        if let Some((a, b)) = left.split_once(") ÷ (") {
            return quotient(a) / quotient(b);
        }
        let (a, b) = left.split_once(" − ").unwrap();
        quotient(a) - quotient(b)
    }

    #[test]
    fn the_numbers_give_the_value() {
        let report = report();
        let value = &report.facets[0].values[1];
        for id in [
            MetricId::Ci,
            MetricId::Dpl,
            MetricId::Dppl,
            MetricId::Di,
            MetricId::Dca,
            MetricId::Dcr,
            MetricId::Sd,
            MetricId::Rd,
            MetricId::Dar,
            MetricId::Drr,
            MetricId::Ad,
            MetricId::Te,
        ] {
            let written = formula(&report, value, id).numbers;
            let metric = value.metric(id).unwrap().value.unwrap();
            assert!((worked_out(&written) - metric).abs() < 1e-9, "{id:?}: {written} is not {metric}");
        }
    }

    #[test]
    fn every_metric_has_a_formula_with_its_value() {
        let report = report();
        let value = &report.facets[0].values[0];
        for metric in &value.metrics {
            let formula = formula(&report, value, metric.id);
            assert!(!formula.letters.is_empty());
            let shown = metric.value.map_or_else(|| "–".to_owned(), number);
            assert!(formula.numbers.ends_with(&shown), "{:?}: {}", metric.id, formula.numbers);
        }
        let sum = formula(&report, value, MetricId::Cddl).numbers;
        assert!(sum.starts_with('(') && sum.contains(" · "), "{sum}");
    }
}
