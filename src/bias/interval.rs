//! Intervals for proportions and their differences: Wilson's score and Newcombe's hybrid of two of them.

/// The quantile of the standard normal distribution, by Acklam's rational approximation (relative error below 1.2e-9).
pub(super) fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] =
        [-5.447_609_879_822_406e1, 1.615_858_368_580_409e2, -1.556_989_798_598_866e2, 6.680_131_188_771_972e1, -1.328_068_155_288_572e1];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] = [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    let poly = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient);
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    if p < 0.024_25 {
        let q = (-2.0 * p.ln()).sqrt();
        return poly(&C, q) / (poly(&D, q) * q + 1.0);
    }
    let q = p - 0.5;
    let r = q * q;
    poly(&A, r) * q / (poly(&B, r) * r + 1.0)
}

/// Wilson's score interval of `part` in `whole`; everything without rows.
pub(super) fn wilson(part: u64, whole: u64, z: f64) -> (f64, f64) {
    if whole == 0 {
        return (0.0, 1.0);
    }
    let (n, p) = (whole as f64, part as f64 / whole as f64);
    let middle = p + z * z / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // Rounding must not push the interval off the estimate at the ends.
    (((middle - spread) / scale).clamp(0.0, p), ((middle + spread) / scale).clamp(p, 1.0))
}

/// Newcombe's hybrid score interval (method 10) of the difference of two independent proportions, the first less the second.
pub(super) fn newcombe(first: (u64, u64), second: (u64, u64), z: f64) -> (f64, f64) {
    let (p1, p2) = (first.0 as f64 / first.1 as f64, second.0 as f64 / second.1 as f64);
    let ((l1, u1), (l2, u2)) = (wilson(first.0, first.1, z), wilson(second.0, second.1, z));
    let difference = p1 - p2;
    let low = difference - (p1 - l1).hypot(u2 - p2);
    let high = difference + (u1 - p1).hypot(p2 - l2);
    (low.max(-1.0), high.min(1.0))
}

/// The quantile of sorted numbers, between neighbours where it falls between them.
pub(super) fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = p.clamp(0.0, 1.0) * last as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the last index")]
    let below = place.floor() as usize;
    let (low, high) = (*sorted.get(below)?, *sorted.get((below + 1).min(last))?);
    // An infinite neighbour has no in-between.
    if low.is_infinite() || high.is_infinite() {
        return Some(if place - place.floor() < 0.5 { low } else { high });
    }
    Some(low + (high - low) * (place - place.floor()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_are_the_tabled_ones() {
        for (p, z) in [(0.975, 1.959_963_984_540_054), (0.995, 2.575_829_303_548_901), (0.5, 0.0), (0.001, -3.090_232_306_167_813)] {
            assert!((normal_quantile(p) - z).abs() < 1e-7, "{p}");
        }
    }

    #[test]
    fn newcombe_gives_the_figures_of_his_paper() {
        // Newcombe 1998, table II, method 10: 56/70 − 48/80, 9/10 − 3/10, 10/10 − 0/20, 10/10 − 0/10.
        let z = normal_quantile(0.975);
        let published = [
            ((56, 70), (48, 80), (0.0524, 0.3339)),
            ((9, 10), (3, 10), (0.1705, 0.8090)),
            ((10, 10), (0, 20), (0.6791, 1.0)),
            ((10, 10), (0, 10), (0.6075, 1.0)),
        ];
        for (first, second, (low, high)) in published {
            let (l, h) = newcombe(first, second, z);
            assert!((l - low).abs() < 5e-5 && (h - high).abs() < 5e-5, "{first:?} {second:?}: {l} {h}");
        }
    }

    #[test]
    fn quantiles_interpolate_and_bear_infinity() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
        assert_eq!(quantile(&[1.0, f64::INFINITY], 1.0), Some(f64::INFINITY));
        assert_eq!(quantile(&[1.0, 2.0, f64::INFINITY], 0.5), Some(2.0));
    }
}
