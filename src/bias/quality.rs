//! Data quality: what is worth saying about a profile, each finding with its rows.

use serde::{Deserialize, Serialize};

use super::Severity;
use crate::model::{Arg, ColumnProfile, ExampleRow, Message, TableProfile};

/// From this area under the curve on, one column gives the label away.
const LEAKS: f64 = 0.98;
/// From this one on, it is suspiciously good.
const STRONG: f64 = 0.9;
/// From this share of the rows on, missing values are a failing.
const MANY_NULLS: f64 = 0.5;
/// From this share on, they are worth a look.
const SOME_NULLS: f64 = 0.05;
/// From this share of the rows on, one value is nearly all.
const NEARLY_ALL: f64 = 0.995;

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityKind {
    /// A column that tells the label.
    Leakage,
    /// A label without both outcomes.
    Label,
    /// Rows that repeat others.
    Duplicates,
    /// Rows without a value.
    Nulls,
    /// A column with one value, or nearly.
    Constant,
    /// Numbers far from all others.
    Outliers,
    /// A column in which every row has a value of its own.
    Identifier,
}

/// One finding about the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualityFinding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about.
    pub kind: QualityKind,
    /// The column, if it is about one.
    pub column: Option<String>,
    /// The sentence.
    pub sentence: Message,
    /// The rows it concerns.
    pub rows: u64,
    /// Some of them.
    pub examples: Vec<ExampleRow>,
}

/// A share that is never said to be nothing.
fn said(share: f64) -> Arg {
    if share < 0.001 { Message::new("bias-quality-hardly").into() } else { Arg::Share(share) }
}

/// What is worth saying about a profile, the worst first.
pub fn quality(profile: &TableProfile) -> Vec<QualityFinding> {
    let mut found = Vec::new();
    let share = |rows: u64| rows as f64 / profile.rows.max(1) as f64;
    if profile.duplicates > 0 {
        let much = share(profile.duplicates);
        found.push(QualityFinding {
            severity: if much >= 0.05 { Severity::Fail } else { Severity::Warn },
            kind: QualityKind::Duplicates,
            column: None,
            sentence: Message::new("bias-quality-duplicates").with("rows", profile.duplicates).with("share", said(much)),
            rows: profile.duplicates,
            examples: profile.duplicate_rows.clone(),
        });
    }
    for column in &profile.columns {
        about(profile, column, &mut found);
    }
    found.sort_by(|left, right| right.severity.cmp(&left.severity).then(left.kind.cmp(&right.kind)).then(right.rows.cmp(&left.rows)));
    found
}

fn about(profile: &TableProfile, column: &ColumnProfile, found: &mut Vec<QualityFinding>) {
    let share = |rows: u64| rows as f64 / profile.rows.max(1) as f64;
    let say = |id: &'static str| Message::new(id).with("column", column.name.as_str());
    let finding = |severity, kind, sentence, rows, examples: &[ExampleRow]| QualityFinding {
        severity,
        kind,
        column: Some(column.name.clone()),
        sentence,
        rows,
        examples: examples.to_vec(),
    };
    let is_label = profile.label.as_ref() == Some(&column.name);
    if column.nulls > 0 {
        let much = share(column.nulls);
        let severity = match much {
            _ if much >= MANY_NULLS => Severity::Fail,
            // A label without a value teaches nothing.
            _ if much >= SOME_NULLS || is_label => Severity::Warn,
            _ => Severity::Pass,
        };
        let sentence = say("bias-quality-nulls").with("rows", column.nulls).with("share", said(much));
        found.push(finding(severity, QualityKind::Nulls, sentence, column.nulls, &column.null_rows));
    }
    let valued = profile.rows - column.nulls.min(profile.rows);
    if column.distinct == 1 && valued > 0 {
        let value = column.commonest.as_ref().map_or_else(String::new, |(value, _)| value.clone());
        let sentence = say(if is_label { "bias-quality-label-constant" } else { "bias-quality-constant" }).with("value", value);
        let kind = if is_label { QualityKind::Label } else { QualityKind::Constant };
        found.push(finding(if is_label { Severity::Fail } else { Severity::Warn }, kind, sentence, valued, &[]));
    } else if let Some((value, rows)) = column.commonest.as_ref().filter(|(_, rows)| share(*rows) >= NEARLY_ALL) {
        let sentence = say("bias-quality-nearly-constant").with("value", value.as_str()).with("share", Arg::Share(share(*rows)));
        found.push(finding(Severity::Warn, QualityKind::Constant, sentence, *rows, &[]));
    }
    // Few rows are soon all different; estimates of very many values are a few percent off.
    if profile.rows >= 100 && column.distinct as f64 >= valued as f64 * 0.98 && valued as f64 >= profile.rows as f64 * 0.98 {
        found.push(finding(Severity::Pass, QualityKind::Identifier, say("bias-quality-identifier"), valued, &[]));
    }
    if let Some((low, high)) = column.fences.filter(|_| column.outliers > 0) {
        let much = share(column.outliers);
        let sentence = say("bias-quality-outliers").with("rows", column.outliers).with("low", low).with("high", high);
        let severity = if much >= 0.01 { Severity::Warn } else { Severity::Pass };
        found.push(finding(severity, QualityKind::Outliers, sentence, column.outliers, &column.outlier_rows));
    }
    if let (Some(power), Some(label)) = (column.power, &profile.label)
        && power.auc >= STRONG
    {
        let leaks = power.auc >= LEAKS;
        let sentence = say(if leaks { "bias-quality-leaks" } else { "bias-quality-strong" });
        let sentence = sentence.with("label", label.as_str()).with("auc", power.auc);
        let severity = if leaks { Severity::Fail } else { Severity::Warn };
        found.push(finding(severity, QualityKind::Leakage, sentence, valued, &[]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bias::Severity::{Fail, Pass, Warn};
    use crate::model::{ColumnKind, Power};

    fn column(name: &str) -> ColumnProfile {
        ColumnProfile {
            name: name.into(),
            type_name: "bigint".into(),
            kind: ColumnKind::Integer,
            nulls: 0,
            distinct: 7,
            commonest: None,
            fences: None,
            outliers: 0,
            power: None,
            null_rows: vec![],
            outlier_rows: vec![],
        }
    }

    #[test]
    fn findings_come_worst_first_and_a_clean_table_has_none() {
        let clean = TableProfile { rows: 1000, duplicates: 0, duplicate_rows: vec![], label: None, columns: vec![column("a")] };
        assert!(quality(&clean).is_empty());
        let dirty = TableProfile {
            duplicates: 3,
            label: Some("y".into()),
            columns: vec![
                ColumnProfile { nulls: 10, ..column("few") },
                ColumnProfile { nulls: 600, ..column("many") },
                ColumnProfile { distinct: 1, commonest: Some(("9".into(), 1000)), ..column("one") },
                ColumnProfile { distinct: 1000, ..column("id") },
                ColumnProfile { outliers: 4, fences: Some((0.0, 9.0)), ..column("far") },
                ColumnProfile { power: Some(Power { auc: 0.999, folds: 5 }), ..column("leak") },
                ColumnProfile { power: Some(Power { auc: 0.6, folds: 5 }), ..column("fair") },
                ColumnProfile { distinct: 1, commonest: Some(("1".into(), 1000)), ..column("y") },
            ],
            ..clean
        };
        let found = quality(&dirty);
        let said: Vec<(&str, Severity)> = found.iter().map(|one| (one.sentence.id.as_ref(), one.severity)).collect();
        assert_eq!(
            said,
            [
                ("bias-quality-leaks", Fail),
                ("bias-quality-label-constant", Fail),
                ("bias-quality-nulls", Fail),
                ("bias-quality-duplicates", Warn),
                ("bias-quality-constant", Warn),
                ("bias-quality-nulls", Pass),
                ("bias-quality-outliers", Pass),
                ("bias-quality-identifier", Pass),
            ]
        );
    }
}
