//! Seeded resampling of counts: draws of as many rows as there are, with the counted shares, without touching a row.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A generator for one comparison: the seed's own stream of this number, so that no comparison depends on which others are made.
pub(super) fn generator(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// A number from 0 up to, without, 1.
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// Adds one multinomial draw of `rows` rows to `drawn`, by a binomial draw for each weight in turn from what is left.
pub(super) fn multinomial(rng: &mut ChaCha8Rng, rows: u64, weights: impl Iterator<Item = u64> + Clone, drawn: &mut Vec<u64>) {
    let mut left = rows;
    let mut weight: u64 = weights.clone().sum();
    for part in weights {
        let share = if weight == 0 { 0.0 } else { part as f64 / weight as f64 };
        let taken = binomial(rng, left, share);
        drawn.push(taken);
        left -= taken;
        weight -= part;
    }
}

/// The number of successes among `n` trials of probability `p`, exactly distributed.
pub(super) fn binomial(rng: &mut ChaCha8Rng, n: u64, p: f64) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    if p > 0.5 {
        return n - binomial(rng, n, 1.0 - p);
    }
    if n as f64 * p < 10.0 { by_inversion(rng, n, p) } else { by_rejection(rng, n, p) }
}

/// Walks up the distribution from zero; for small expectations.
fn by_inversion(rng: &mut ChaCha8Rng, n: u64, p: f64) -> u64 {
    let odds = p / (1.0 - p);
    let start = (n as f64 * (-p).ln_1p()).exp();
    loop {
        let mut u = uniform(rng);
        let mut probability = start;
        // The tail beyond 110 has no weight that a double could tell from zero: such a draw is a rounding error, drawn again.
        for k in 0..=n.min(110) {
            if u < probability {
                return k;
            }
            u -= probability;
            probability *= odds * (n - k) as f64 / (k + 1) as f64;
        }
    }
}

/// Hörmann's transformed rejection with squeeze (BTRS, 1993); for n·p of at least 10 and p up to a half.
fn by_rejection(rng: &mut ChaCha8Rng, n: u64, p: f64) -> u64 {
    let size = n as f64;
    let deviation = (size * p * (1.0 - p)).sqrt();
    let width = 1.15 + 2.53 * deviation;
    let tail = -0.0873 + 0.0248 * width + 0.01 * p;
    let centre = size * p + 0.5;
    let squeeze = 0.92 - 4.2 / width;
    let alpha = (2.83 + 5.1 / width) * deviation;
    loop {
        let side = uniform(rng) - 0.5;
        let level = uniform(rng);
        let edge = 0.5 - side.abs();
        let draw = ((2.0 * tail / edge + width) * side + centre).floor();
        if !(0.0..=size).contains(&draw) {
            continue;
        }
        let inside = edge >= 0.07 && level <= squeeze;
        // Six draws of seven are inside the squeeze and need no logarithm.
        let under = || {
            let odds = (p / (1.0 - p)).ln();
            let mode = ((size + 1.0) * p).floor();
            let height = ln_factorial(mode) + ln_factorial(size - mode);
            let scaled = (level * alpha / (tail / (edge * edge) + width)).ln();
            scaled <= height - ln_factorial(draw) - ln_factorial(size - draw) + (draw - mode) * odds
        };
        if inside || under() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to n")]
            return draw as u64;
        }
    }
}

/// ln(k!) for whole k, by Stirling's series above 9.
fn ln_factorial(k: f64) -> f64 {
    const SMALL: [f64; 10] = [
        0.0,
        0.0,
        std::f64::consts::LN_2,
        1.791_759_469_228_055,
        3.178_053_830_347_946,
        4.787_491_742_782_046,
        6.579_251_212_010_101,
        8.525_161_361_065_415,
        10.604_602_902_745_25,
        12.801_827_480_081_469,
    ];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number, never negative")]
    let small = if k < 10.0 { SMALL.get(k as usize) } else { None };
    if let Some(value) = small {
        return *value;
    }
    let (x, inverse) = (k + 1.0, 1.0 / (k + 1.0));
    let squared = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - squared * (1.0 / 360.0 - squared * (1.0 / 1260.0)));
    (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The probabilities of the binomial distribution, summed up plainly.
    fn probabilities(n: u64, p: f64) -> Vec<f64> {
        let mut ln_choose = 0.0;
        let mut all = Vec::new();
        for k in 0..=n {
            all.push((ln_choose + k as f64 * p.ln() + (n - k) as f64 * (1.0 - p).ln()).exp());
            ln_choose += ((n - k) as f64).ln() - ((k + 1) as f64).ln();
        }
        all
    }

    #[test]
    fn binomial_draws_follow_the_distribution() {
        for (n, p) in [(1, 0.3), (5, 0.5), (40, 0.1), (40, 0.4), (100, 0.5), (300, 0.8), (1000, 0.002)] {
            let mut rng = generator(7, n);
            let draws: usize = 60_000;
            let mut seen = vec![0u64; usize::try_from(n).unwrap() + 1];
            for _ in 0..draws {
                seen[usize::try_from(binomial(&mut rng, n, p)).unwrap()] += 1;
            }
            let expected = probabilities(n, p);
            // The largest gap between the two cumulated distributions stays below what chance gives once in a million.
            let (mut seen_sum, mut expected_sum, mut gap) = (0.0, 0.0, 0.0f64);
            for (seen, expected) in seen.iter().zip(expected) {
                seen_sum += *seen as f64 / draws as f64;
                expected_sum += expected;
                gap = gap.max((seen_sum - expected_sum).abs());
            }
            assert!(gap < 2.7 / (draws as f64).sqrt(), "n {n}, p {p}: {gap}");
        }
    }

    #[test]
    fn a_multinomial_draw_keeps_the_sum_and_the_same_seed_the_draw() {
        let counts = [5, 0, 1_000_000, 3, 70];
        let (mut first, mut second) = (Vec::new(), Vec::new());
        let sum = counts.iter().sum();
        multinomial(&mut generator(1, 2), sum, counts.into_iter(), &mut first);
        multinomial(&mut generator(1, 2), sum, counts.into_iter(), &mut second);
        assert_eq!(first, second);
        assert_eq!(first.iter().sum::<u64>(), sum);
        assert_eq!(first[1], 0);
        second.clear();
        multinomial(&mut generator(1, 3), sum, counts.into_iter(), &mut second);
        assert_ne!(first, second);
    }
}
