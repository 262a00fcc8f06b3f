//! From values to points along one direction.

/// A straight mapping from values to points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// The mapping of the values `ends` to the points `points`, which may run either way.
    pub(super) const fn new(ends: (f64, f64), points: (f64, f64)) -> Self {
        Self { low: ends.0, high: ends.1, from: points.0, to: points.1 }
    }

    /// The same, drawn in as far as labels need that stand beyond a value: (value, whether it is on the low side, its length).
    pub(super) fn with_room(ends: (f64, f64), points: (f64, f64), labels: &[(f64, bool, f64)]) -> Self {
        let sign = if points.1 < points.0 { -1.0 } else { 1.0 };
        let length = (points.1 - points.0).abs();
        let span = ends.1 - ends.0;
        let (mut before, mut after) = (0.0_f64, 0.0_f64);
        // Drawing the scale in moves the labels too; this converges at once in practice, as long labels belong to long bars.
        for _ in 0..6 {
            let inner = (length - before - after).max(length * 0.2);
            for &(value, low_side, label) in labels {
                let share = if low_side { (value - ends.0) / span } else { (ends.1 - value) / span };
                let needed = label - share * inner;
                if low_side { before = before.max(needed) } else { after = after.max(needed) }
            }
        }
        // A label too long for the picture must not turn the scale around.
        let (most, wanted) = (length * 0.8, before + after);
        if wanted > most {
            (before, after) = (before * most / wanted, after * most / wanted);
        }
        Self::new(ends, (points.0 + sign * before, points.1 - sign * after))
    }

    /// The least and greatest finite value, with zero between them and never equal.
    pub(super) fn reach(values: impl Iterator<Item = f64>) -> (f64, f64) {
        let (mut low, mut high, mut beyond) = (0.0_f64, 0.0_f64, (false, false));
        for value in values {
            if value.is_finite() {
                (low, high) = (low.min(value), high.max(value));
            } else if !value.is_nan() {
                beyond = (beyond.0 || value < 0.0, beyond.1 || value > 0.0);
            }
        }
        let span = if high - low > 0.0 { high - low } else { 1.0 };
        // What is infinite reaches past everything else.
        low -= if beyond.0 { span * 0.15 } else { 0.0 };
        high += if beyond.1 { span * 0.15 } else { 0.0 };
        if high - low > 0.0 { (low, high) } else { (0.0, 1.0) }
    }

    /// The place of a value in points; one beyond the ends is at the nearer end.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = (value.max(self.low).min(self.high) - self.low) / (self.high - self.low);
        let share = if share.is_nan() { 0.0 } else { share };
        self.from + (self.to - self.from) * share
    }
}

/// How many fit, from a share of points.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a small positive number first")]
pub(super) fn room(share: f64) -> usize {
    if share.is_nan() { 0 } else { share.floor().clamp(0.0, 1e6) as usize }
}
