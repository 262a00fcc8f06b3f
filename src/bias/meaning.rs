//! What a metric means for one facet value: one plain sentence with that value's own figures.

use super::{BiasReport, FacetReport, Metric, MetricId, Mode, Slice, Tally, ValueReport};
use crate::model::{Arg, Message};

/// The sentence for a metric of a facet value; for a metric without a value, why it has none.
pub fn meaning(report: &BiasReport, facet: &FacetReport, value: &ValueReport, metric: &Metric) -> Message {
    let Some(number) = metric.value else {
        return metric.error().unwrap_or_else(|| Message::new("bias-undefined-facet-empty"));
    };
    let (d, a) = (&value.d, &value.a);
    let say = |id: &'static str| Message::new(id).with("value", value.slice.arg()).with("others", others(facet));
    let shares = |id: &'static str, rate: fn(&Tally) -> (u64, u64)| {
        let (ours, theirs) = (rate(d), rate(a));
        say(id).with("share", share(ours)).with("other", share(theirs))
    };
    let ratios = |id: &'static str, rate: fn(&Tally) -> (u64, u64)| {
        let (ours, theirs) = (rate(d), rate(a));
        say(id).with("ours", ours.0 as f64 / ours.1 as f64).with("theirs", theirs.0 as f64 / theirs.1 as f64)
    };
    match metric.id {
        MetricId::Ci => class_imbalance(facet, value, say("")),
        MetricId::Dpl => {
            let id = by_sign(number, ["bias-meaning-dpl-more", "bias-meaning-dpl-same", "bias-meaning-dpl-fewer"]);
            shares(id, |side| (side.positive, side.rows))
        }
        MetricId::Kl | MetricId::Js | MetricId::Lp | MetricId::Tvd | MetricId::Ks => divergence(report, value, metric.id, number, say),
        MetricId::Cddl | MetricId::Cddpl => {
            let predictions = metric.id == MetricId::Cddpl;
            let id = match (predictions, number) {
                (false, n) if n > 0.0 => "bias-meaning-cddl-worse",
                (false, n) if n < 0.0 => "bias-meaning-cddl-better",
                (false, _) => "bias-meaning-cddl-same",
                (true, n) if n > 0.0 => "bias-meaning-cddpl-worse",
                (true, n) if n < 0.0 => "bias-meaning-cddpl-better",
                (true, _) => "bias-meaning-cddpl-same",
            };
            say(id).with("group", report.group.clone().unwrap_or_default()).with("points", number.abs() * 100.0)
        }
        MetricId::Dppl => {
            let id = by_sign(number, ["bias-meaning-dppl-more", "bias-meaning-dppl-same", "bias-meaning-dppl-fewer"]);
            shares(id, |side| (side.predicted_positive(), side.predicted()))
        }
        MetricId::Di => {
            let id = if number.is_finite() { "bias-meaning-di" } else { "bias-meaning-di-infinite" };
            shares(id, |side| (side.predicted_positive(), side.predicted())).with("ratio", number)
        }
        MetricId::Dca => ratios("bias-meaning-dca", |side| (side.labelled_positive(), side.predicted_positive())),
        MetricId::Dcr => ratios("bias-meaning-dcr", |side| (side.labelled_negative(), side.predicted_negative())),
        MetricId::Sd => shares("bias-meaning-sd", |side| (side.true_negative, side.labelled_negative())),
        MetricId::Rd => shares("bias-meaning-rd", |side| (side.true_positive, side.labelled_positive())),
        MetricId::Dar => shares("bias-meaning-dar", |side| (side.true_positive, side.predicted_positive())),
        MetricId::Drr => shares("bias-meaning-drr", |side| (side.true_negative, side.predicted_negative())),
        MetricId::Ad => shares("bias-meaning-ad", |side| (side.true_positive + side.true_negative, side.predicted())),
        MetricId::Te => ratios("bias-meaning-te", |side| (side.false_negative, side.false_positive)),
        MetricId::Ft => {
            // The documentation's sign and the code's are opposite.
            let worse = if report.mode == Mode::Exact { number } else { -number };
            let id = by_sign(worse, ["bias-meaning-ft-more", "bias-meaning-ft-same", "bias-meaning-ft-fewer"]);
            say(id).with("share", Arg::Share(number.abs()))
        }
        MetricId::Ge => say("bias-meaning-ge")
            .with("high", a.false_positive + d.false_positive)
            .with("low", a.false_negative + d.false_negative)
            .with("rows", a.predicted() + d.predicted()),
    }
}

/// Everyone else, or the facet value that all are compared with.
pub(super) fn others(facet: &FacetReport) -> Arg {
    let reference = facet.values.iter().find(|value| value.is_reference);
    reference.map_or_else(|| Message::new("bias-everyone-else").into(), |value| value.slice.arg())
}

fn share((part, whole): (u64, u64)) -> Arg {
    Arg::Share(if whole == 0 { 0.0 } else { part as f64 / whole as f64 })
}

fn by_sign(number: f64, [below, same, above]: [&'static str; 3]) -> &'static str {
    match number {
        _ if number > 0.0 => above,
        _ if number < 0.0 => below,
        _ => same,
    }
}

fn class_imbalance(facet: &FacetReport, value: &ValueReport, sentence: Message) -> Message {
    let total = value.a.rows + value.d.rows;
    let equal = (1.0 - facet.equal_ci) / 2.0 * total as f64;
    let ratio = value.d.rows as f64 / equal;
    let id = match ratio {
        _ if ratio < 0.8 => "bias-meaning-ci-under",
        _ if ratio > 1.25 => "bias-meaning-ci-over",
        _ => "bias-meaning-ci-even",
    };
    #[expect(clippy::cast_possible_truncation, reason = "at most the number of rows")]
    let equal = Arg::Count(equal.round() as i64);
    Message { id: id.into(), ..sentence }
        .with("rows", value.d.rows)
        .with("total", total)
        .with("share", share((value.d.rows, total)))
        .with("equal", equal)
}

/// The label whose shares lie furthest apart: its name and the shares in d and in a.
fn widest_gap(report: &BiasReport, value: &ValueReport) -> (Arg, f64, f64) {
    let positive = (Message::new("bias-class-positive").into(), value.d.positive_share(), value.a.positive_share());
    if report.mode == Mode::Clarify {
        return positive;
    }
    let gap = |(_, ours, theirs): &(&Slice, f64, f64)| (ours - theirs).abs();
    let classes = report.classes.iter().enumerate();
    let shares = classes.filter_map(|(at, class)| Some((&class.slice, value.label_share(at)?, value.other_label_share(at)?)));
    let widest = shares.max_by(|left, right| gap(left).total_cmp(&gap(right)));
    widest.map_or(positive, |(slice, ours, theirs)| (slice.arg(), ours, theirs))
}

fn divergence(report: &BiasReport, value: &ValueReport, id: MetricId, number: f64, say: impl Fn(&'static str) -> Message) -> Message {
    if number.abs() < 1e-15 {
        return say("bias-meaning-alike");
    }
    if number.is_infinite() {
        let missing = report.classes.iter().zip(value.labels.iter().zip(&value.other_labels)).find(|(_, (d, a))| **d == 0 && **a > 0);
        let class = missing.map_or_else(|| Message::new("bias-class-positive").into(), |(class, _)| class.slice.arg());
        return say("bias-meaning-kl-infinite").with("class", class);
    }
    let (class, ours, theirs) = widest_gap(report, value);
    let sentence = match id {
        MetricId::Kl => say("bias-meaning-kl").with("metric", number),
        MetricId::Js => say("bias-meaning-js").with("part", Arg::Share(number / std::f64::consts::LN_2)),
        MetricId::Lp => say("bias-meaning-lp").with("metric", number),
        MetricId::Tvd => {
            #[expect(clippy::cast_possible_truncation, reason = "at most the number of rows")]
            let count = (number * value.d.rows as f64).round() as i64;
            return say("bias-meaning-tvd").with("part", Arg::Share(number)).with("count", count).with("rows", value.d.rows);
        }
        _ => say("bias-meaning-ks"),
    };
    sentence.with("class", class).with("share", Arg::Share(ours)).with("other", Arg::Share(theirs))
}
