//! A column of numbers in a few figures.

/// What is said of a column of numbers; the figures of an empty one are not numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Description {
    /// How many numbers there are.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation, of a sample (n − 1); NaN for fewer than two.
    pub std: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// Each share asked for, from 0 to 1, and its percentile, interpolated between the nearest two.
    pub percentiles: Vec<(f64, f64)>,
}

/// Describes numbers; NaN counts as missing. Percentiles are asked for as shares from 0 to 1.
#[must_use]
pub fn describe(values: impl IntoIterator<Item = f64>, shares: &[f64]) -> Description {
    let mut sorted: Vec<f64> = values.into_iter().filter(|value| !value.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / count;
    let squares: f64 = sorted.iter().map(|value| (value - mean).powi(2)).sum();
    let std = if sorted.len() > 1 { (squares / (count - 1.0)).sqrt() } else { f64::NAN };
    Description {
        count: sorted.len() as u64,
        mean,
        std,
        min: sorted.first().copied().unwrap_or(f64::NAN),
        max: sorted.last().copied().unwrap_or(f64::NAN),
        percentiles: shares.iter().map(|share| (*share, percentile(&sorted, *share))).collect(),
    }
}

/// The percentile of sorted numbers, between the nearest two; NaN without any.
pub(super) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share.clamp(0.0, 1.0) * (sorted.len().max(1) - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the slice")]
    let below = place.floor() as usize;
    match (sorted.get(below), sorted.get(below + 1)) {
        (Some(low), Some(high)) => low + (high - low) * (place - below as f64),
        (Some(low), None) => *low,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn figures_are_those_of_pandas() {
        // pandas: Series([1, 2, 4, 8]).describe(percentiles=[.1, .5, 1])
        let found = describe([8.0, 1.0, 4.0, 2.0, f64::NAN], &[0.1, 0.5, 1.0]);
        assert_eq!((found.count, found.min, found.max), (4, 1.0, 8.0));
        assert!((found.mean - 3.75).abs() < 1e-12 && (found.std - 3.095_695_936_834_452).abs() < 1e-12);
        for ((_, got), expected) in found.percentiles.iter().zip([1.3, 3.0, 8.0]) {
            assert!((got - expected).abs() < 1e-12, "{got}");
        }
        assert!(describe([], &[0.5]).mean.is_nan() && describe([1.0], &[]).std.is_nan());
    }

    proptest! {
        #[test]
        fn percentiles_lie_between_their_neighbours(values in prop::collection::vec(-1e6..1e6_f64, 1..50), share in 0.0..=1.0_f64) {
            let found = describe(values.clone(), &[share]);
            let got = found.percentiles[0].1;
            prop_assert!(found.min <= got && got <= found.max);
            let below = values.iter().filter(|value| **value <= got + 1e-9).count() as f64;
            prop_assert!(below >= share * (values.len() - 1) as f64);
        }
    }
}
