//! Numbers as a chart shows them, and the nice places of an axis.

use serde::{Deserialize, Serialize};

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As many decimals as it takes to tell, four significant digits at most.
    #[default]
    Number,
    /// A whole number with separators.
    Count,
    /// With this many significant digits, the zeros among them too.
    Significant(u8),
    /// With this many decimals.
    Decimals(u8),
    /// A share of 1, in percent with one decimal.
    Percent,
}

impl Format {
    /// The number as words: a real minus sign, separators by thousands, `∞` for infinity, `–` for what is not a number.
    #[must_use]
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Number => fixed(value, significant(value, 4, true)),
            Self::Significant(digits) => fixed(value, significant(value, digits.clamp(1, 12), false)),
            Self::Count => fixed(value, 0),
            Self::Decimals(places) => fixed(value, usize::from(places.min(12))),
            Self::Percent => percent(value, 1),
        }
    }

    /// The number at a tick, with the decimals that its step needs.
    #[must_use]
    pub fn tick(self, value: f64, step: f64) -> String {
        match self {
            Self::Percent => percent(value, places_of(step * 100.0)),
            Self::Number | Self::Count | Self::Significant(_) | Self::Decimals(_) => fixed(value, places_of(step)),
        }
    }
}

fn percent(value: f64, places: usize) -> String {
    if value.is_finite() { format!("{}%", fixed(value * 100.0, places)) } else { fixed(value, places) }
}

/// The decimals of so many significant digits, without those that would be zero if so asked.
fn significant(value: f64, digits: u8, trim: bool) -> usize {
    if !value.is_finite() || value.abs() < 1e-12 {
        return 0;
    }
    let rounded = format!("{value:.*e}", usize::from(digits.saturating_sub(1)));
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let kept = if trim { mantissa.trim_end_matches('0') } else { mantissa };
    // Without the sign, the first digit and the point.
    let after_first = i64::try_from(kept.trim_start_matches('-').len().saturating_sub(2)).unwrap_or(0);
    let exponent: i64 = exponent.parse().unwrap_or(0);
    usize::try_from(after_first - exponent).unwrap_or(0).min(12)
}

/// The decimals that multiples of a nice step need.
fn places_of(step: f64) -> usize {
    (0..12)
        .find(|places| (step * 10_f64.powi(*places)).fract().abs() < 1e-6 || (step * 10_f64.powi(*places)).fract().abs() > 1.0 - 1e-6)
        .map_or(12, |places| usize::try_from(places).unwrap_or(0))
}

fn fixed(value: f64, places: usize) -> String {
    if value.is_nan() {
        return "–".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".to_owned() } else { "−∞".to_owned() };
    }
    if value.abs() >= 1e15 {
        return format!("{value:.3e}").replace('-', "−");
    }
    let plain = format!("{:.places$}", value.abs());
    let (whole, decimals) = plain.split_once('.').map_or((plain.as_str(), ""), |(whole, decimals)| (whole, decimals));
    let mut shown = String::with_capacity(plain.len() + 8);
    if value < 0.0 && plain.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        shown.push('−');
    }
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    if !decimals.is_empty() {
        shown.push('.');
        shown.push_str(decimals);
    }
    shown
}

/// The places of an axis: multiples of 1, 2 or 5 times a power of ten.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ticks {
    /// The distance between two of them.
    pub(super) step: f64,
    /// Those that lie between the ends, rising.
    pub(super) values: Vec<f64>,
}

/// About `wanted` nice places between two ends, two of them at least; whole ones only if so asked. Zero is one of them when it lies
/// between.
pub(super) fn ticks(low: f64, high: f64, wanted: usize, whole: bool) -> Ticks {
    let first = about(low, high, wanted, whole);
    if first.values.len() > 1 || whole && high - low < 1.0 {
        return first;
    }
    (1..4).map(|more| about(low, high, wanted + more, whole)).find(|ticks| ticks.values.len() > 1).unwrap_or(first)
}

fn about(low: f64, high: f64, wanted: usize, whole: bool) -> Ticks {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return Ticks { step: 1.0, values: if low.is_finite() { vec![low] } else { Vec::new() } };
    }
    let rough = span / wanted.max(1) as f64;
    let mut exponent = rough.log10().floor();
    let mantissa = rough / 10_f64.powf(exponent);
    let mut nice = [1.0, 2.0, 5.0].into_iter().find(|nice| mantissa <= nice * (1.0 + 1e-9)).unwrap_or(10.0);
    if whole && exponent < 0.0 {
        (nice, exponent) = (1.0, 0.0);
    }
    // Multiplying by whole powers of ten keeps 0.3 from becoming 0.30000000000000004.
    let at = |k: f64| if exponent < 0.0 { k * nice / 10_f64.powf(-exponent) } else { k * nice * 10_f64.powf(exponent) };
    let step = at(1.0);
    let mut values = Vec::new();
    let mut k = (low / step - 1e-9).ceil();
    while at(k) <= high + step * 1e-9 && values.len() <= 4 * wanted.max(1) {
        values.push(if k == 0.0 { 0.0 } else { at(k) });
        k += 1.0;
    }
    Ticks { step, values }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(Format::Count.show(22626.0), "22,626");
        assert_eq!(Format::Count.show(-1257.4), "−1,257");
        assert_eq!(Format::Count.show(-0.2), "0");
        assert_eq!(Format::Count.show(100.0), "100");
        assert_eq!(Format::Decimals(3).show(0.780_303), "0.780");
        assert_eq!(Format::Percent.show(0.005_215), "0.5%");
        assert_eq!(Format::Number.show(0.110_042), "0.11");
        assert_eq!(Format::Number.show(0.989_57), "0.9896");
        assert_eq!(Format::Number.show(0.000_185_746), "0.0001857");
        assert_eq!(Format::Number.show(62.709_847), "62.71");
        assert_eq!(Format::Number.show(1234.0), "1,234");
        assert_eq!(Format::Number.show(0.0), "0");
        assert_eq!(Format::Number.show(22_626.4), "22,626");
        assert_eq!(Format::Significant(3).show(0.989_57), "0.990");
        assert_eq!(Format::Significant(2).show(0.000_185_746), "0.00019");
        assert_eq!(Format::Significant(3).show(0.0), "0");
        assert_eq!(Format::Number.show(f64::INFINITY), "∞");
        assert_eq!(Format::Percent.show(f64::NEG_INFINITY), "−∞");
        assert_eq!(Format::Number.show(f64::NAN), "–");
        assert_eq!(Format::Number.tick(0.30, 0.1), "0.3");
        assert_eq!(Format::Percent.tick(0.25, 0.25), "25%");
        assert_eq!(Format::Count.tick(20000.0, 5000.0), "20,000");
    }

    #[test]
    fn places_are_nice() {
        assert_eq!(ticks(0.0, 17433.0, 5, true).values, [0.0, 5000.0, 10000.0, 15000.0]);
        assert_eq!(ticks(-0.09, 0.11, 4, false).values, [-0.05, 0.0, 0.05, 0.1]);
        assert_eq!(ticks(0.0, 0.78, 4, false).values, [0.0, 0.2, 0.4, 0.6]);
        assert_eq!(ticks(0.0, 2.0, 8, true).values, [0.0, 1.0, 2.0]);
        assert_eq!(ticks(-999.0, 999.0, 2, true).values, [-500.0, 0.0, 500.0]);
        assert_eq!(ticks(3.0, 3.0, 5, false).values, [3.0]);
        assert_eq!(ticks(f64::NAN, 3.0, 5, false).values, Vec::<f64>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn places_are_inside_even_and_few(low in -1e9..1e9_f64, span in 1e-6..1e9_f64, wanted in 2_usize..12) {
            let high = low + span;
            // Below that, the numbers themselves are too coarse.
            prop_assume!(high - low > low.abs() * 1e-9);
            let ticks = ticks(low, high, wanted, false);
            prop_assert!((2..=wanted + 3).contains(&ticks.values.len()), "{:?}", ticks);
            let slack = ticks.step * 1e-6 + low.abs().max(high.abs()) * 1e-12;
            for value in &ticks.values {
                prop_assert!(*value >= low - slack && *value <= high + slack);
                let multiple = value / ticks.step;
                prop_assert!((multiple - multiple.round()).abs() < 1e-5);
            }
            for pair in ticks.values.windows(2) {
                prop_assert!((pair[1] - pair[0] - ticks.step).abs() <= slack);
            }
            let mantissa = ticks.step / 10_f64.powf(ticks.step.log10().floor() );
            prop_assert!([1.0, 2.0, 5.0, 10.0].iter().any(|nice| (mantissa - nice).abs() < 1e-6), "{}", mantissa);
        }
    }
}
