//! Distributions and intervals of statistics.

use std::f64::consts::{PI, SQRT_2};

use datafusion::arrow::array::ArrayRef;
use datafusion::common::{Result, exec_err};

use super::call::{Call, doubles, some};
use super::{Gives, Kind, Scalar, Type0, scalar};

const THREE: &[Kind] = &[Kind::Double, Kind::Double, Kind::Double];
const DOUBLE: Gives = Gives::Always(Type0::Double);

pub(super) const FUNCTIONS: &[Scalar] = &[
    scalar("normal_cdf", THREE, DOUBLE, |call| {
        of_three(call, |mean, deviation, value| {
            check(deviation > 0.0, "standardDeviation must be > 0")?;
            Ok(normal((value - mean) / deviation))
        })
    }),
    scalar("inverse_normal_cdf", THREE, DOUBLE, |call| {
        of_three(call, |mean, deviation, share| {
            check(share > 0.0 && share < 1.0, "p must be 0 > p > 1")?;
            check(deviation > 0.0, "sd must be > 0")?;
            Ok(mean + deviation * found(|value| normal(value) < share, -40.0, 40.0))
        })
    }),
    scalar("beta_cdf", THREE, DOUBLE, |call| {
        of_three(call, |a, b, value| {
            check((0.0..=1.0).contains(&value), "value must be in the interval [0, 1]")?;
            positive(a, b)?;
            Ok(beta(a, b, value))
        })
    }),
    scalar("inverse_beta_cdf", THREE, DOUBLE, |call| {
        of_three(call, |a, b, share| {
            check((0.0..=1.0).contains(&share), "p must be in the interval [0, 1]")?;
            positive(a, b)?;
            Ok(found(|value| beta(a, b, value) < share, 0.0, 1.0))
        })
    }),
    scalar("wilson_interval_lower", &[Kind::Integer, Kind::Integer, Kind::Double], DOUBLE, |call| wilson(call, -1.0)),
    scalar("wilson_interval_upper", &[Kind::Integer, Kind::Integer, Kind::Double], DOUBLE, |call| wilson(call, 1.0)),
];

fn check(holds: bool, otherwise: &str) -> Result<()> {
    if holds { Ok(()) } else { exec_err!("INVALID_FUNCTION_ARGUMENT: {otherwise}") }
}

fn positive(a: f64, b: f64) -> Result<()> {
    check(a > 0.0, "a must be > 0")?;
    check(b > 0.0, "b must be > 0")
}

fn of_three(call: &Call, of: fn(f64, f64, f64) -> Result<f64>) -> Result<ArrayRef> {
    doubles(call.rows, |row| of(some!(call.double(0, row)), some!(call.double(1, row)), some!(call.double(2, row))).map(Some))
}

/// The place up to which something holds, by halving.
fn found(holds: impl Fn(f64) -> bool, low: f64, high: f64) -> f64 {
    let (mut low, mut high) = (low, high);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if holds(middle) { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// The standard normal distribution's share below a value.
fn normal(value: f64) -> f64 {
    0.5 * complement(-value / SQRT_2)
}

/// One minus the error function: a series near zero, a continued fraction beyond.
fn complement(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - complement(-x);
    }
    if x < 2.5 {
        let (mut term, mut sum) = (x, x);
        for n in 1..200 {
            let n = f64::from(n);
            term *= -x * x / n;
            sum += term / (2.0 * n + 1.0);
        }
        return 1.0 - 2.0 / PI.sqrt() * sum;
    }
    let fraction = (1..80).rev().fold(x, |below, n| x + f64::from(n) / 2.0 / below);
    (-x * x).exp() / PI.sqrt() / fraction
}

/// The logarithm of the gamma function, after Lanczos.
fn log_gamma(x: f64) -> f64 {
    const TERMS: [f64; 8] = [
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (PI / (PI * x).sin()).ln() - log_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let base = x + 7.5;
    let sum = (1_i32..).zip(TERMS).fold(0.999_999_999_999_809_9, |sum, (at, term)| sum + term / (x + f64::from(at)));
    0.5 * (2.0 * PI).ln() + (x + 0.5) * base.ln() - base + sum.ln()
}

/// The regularised incomplete beta function.
fn beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The continued fraction converges quickly below the mean, and the function mirrors itself there.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta(b, a, 1.0 - x);
    }
    let front = (a * x.ln() + b * (1.0 - x).ln() + log_gamma(a + b) - log_gamma(a) - log_gamma(b)).exp() / a;
    let fraction = (1..400).rev().fold(1.0, |below, step: i32| {
        let (m, even) = (f64::from(step / 2), step % 2 == 0);
        let over = if even {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        1.0 + over / below
    });
    front / fraction
}

/// A bound of Wilson's interval for the share of successes.
fn wilson(call: &Call, side: f64) -> Result<ArrayRef> {
    doubles(call.rows, |row| {
        let (successes, trials, z) = (some!(call.integer(0, row)), some!(call.integer(1, row)), some!(call.double(2, row)));
        check(successes >= 0, "number of successes must not be negative")?;
        check(trials > 0, "number of trials must be positive")?;
        check(successes <= trials, "number of successes must not be larger than number of trials")?;
        check(z >= 0.0, "z-score must not be negative")?;
        let n = trials as f64;
        let share = successes as f64 / n;
        let middle = share + z * z / (2.0 * n);
        let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        Ok(Some((middle + side * half) / (1.0 + z * z / n)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_those_of_the_tables() {
        for (value, share) in [(0.0, 0.5), (1.0, 0.841_344_746_068_543), (-1.96, 0.024_997_895_148_220_4), (4.0, 0.999_968_328_758_167)] {
            assert!((normal(value) - share).abs() < 1e-14, "{value}: {}", normal(value));
        }
        assert!((beta(2.0, 3.0, 0.5) - 0.6875).abs() < 1e-13);
        assert!((beta(0.5, 0.5, 0.5) - 0.5).abs() < 1e-12);
        assert!((beta(10.0, 2.0, 0.9) - 0.697_356_880_2).abs() < 1e-9);
        assert!((log_gamma(5.0) - 24_f64.ln()).abs() < 1e-12);
    }
}
