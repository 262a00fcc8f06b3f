//! Functions of numbers and bits, and of any type.

use super::{Function, scalar};

/// Numbers.
pub(super) const NUMBERS: &[Function] = &[
    scalar("abs", "abs(x) → same as x", "The absolute value."),
    scalar("acos", "acos(x) → double", "The arc cosine, in radians."),
    scalar("asin", "asin(x) → double", "The arc sine, in radians."),
    scalar("atan", "atan(x) → double", "The arc tangent, in radians."),
    scalar("atan2", "atan2(y, x) → double", "The arc tangent of y / x, in radians."),
    scalar("beta_cdf", "beta_cdf(a, b, value) → double", "The share of a beta distribution below the value."),
    scalar("cbrt", "cbrt(x) → double", "The cube root."),
    scalar("ceil", "ceil(x) → same as x", "The next whole number upward."),
    scalar("ceiling", "ceiling(x) → same as x", "The next whole number upward."),
    scalar("cos", "cos(x) → double", "The cosine of an angle in radians."),
    scalar("cosh", "cosh(x) → double", "The hyperbolic cosine."),
    scalar("cosine_similarity", "cosine_similarity(x, y) → double", "The cosine of the angle between two sparse vectors (maps)."),
    scalar("degrees", "degrees(x) → double", "Radians in degrees."),
    scalar("e", "e() → double", "Euler's number."),
    scalar("exp", "exp(x) → double", "Euler's number to the power of x."),
    scalar("floor", "floor(x) → same as x", "The next whole number downward."),
    scalar("format_number", "format_number(number) → varchar", "The number with a unit: 1.23M."),
    scalar("from_base", "from_base(string, radix) → bigint", "The number that the digits stand for in this base."),
    scalar("infinity", "infinity() → double", "Positive infinity."),
    scalar("inverse_beta_cdf", "inverse_beta_cdf(a, b, share) → double", "The value below which this share of a beta distribution lies."),
    scalar(
        "inverse_normal_cdf",
        "inverse_normal_cdf(mean, sd, share) → double",
        "The value below which this share of a normal distribution lies.",
    ),
    scalar("is_finite", "is_finite(x) → boolean", "Whether x is neither infinite nor NaN."),
    scalar("is_infinite", "is_infinite(x) → boolean", "Whether x is infinite."),
    scalar("is_nan", "is_nan(x) → boolean", "Whether x is not a number."),
    scalar("ln", "ln(x) → double", "The natural logarithm."),
    scalar("log", "log(base, x) → double", "The logarithm of x to a base."),
    scalar("log10", "log10(x) → double", "The logarithm to base 10."),
    scalar("log2", "log2(x) → double", "The logarithm to base 2."),
    scalar("mod", "mod(n, m) → same as n % m", "The remainder of n / m."),
    scalar("nan", "nan() → double", "Not a number."),
    scalar("normal_cdf", "normal_cdf(mean, sd, value) → double", "The share of a normal distribution below the value."),
    scalar("parse_data_size", "parse_data_size(string) → decimal(38,0)", "The bytes that a text such as 2.3MB stands for."),
    scalar("parse_presto_data_size", "parse_presto_data_size(string) → decimal(38,0)", "The bytes that a text such as 2.3MB stands for."),
    scalar("pi", "pi() → double", "The constant pi."),
    scalar("pow", "pow(x, p) → double", "x to the power of p."),
    scalar("power", "power(x, p) → double", "x to the power of p."),
    scalar("radians", "radians(x) → double", "Degrees in radians."),
    scalar("rand", "rand([m [, n]]) → double, or same as m", "A random number from 0 to 1, below m, or from m to below n."),
    scalar("random", "random([m [, n]]) → double, or same as m", "A random number from 0 to 1, below m, or from m to below n."),
    scalar(
        "round",
        "round(x [, decimals]) → same as x",
        "The nearest number with so many decimals; halves go away from zero. Without them decimal(p,s) becomes decimal(p-s+1,0), with them decimal(p+1,s).",
    ),
    scalar("sign", "sign(x) → same as x", "-1, 0 or 1 by the sign; of a decimal a decimal(1,0)."),
    scalar("sin", "sin(x) → double", "The sine of an angle in radians."),
    scalar("sinh", "sinh(x) → double", "The hyperbolic sine."),
    scalar("sqrt", "sqrt(x) → double", "The square root."),
    scalar("tan", "tan(x) → double", "The tangent of an angle in radians."),
    scalar("tanh", "tanh(x) → double", "The hyperbolic tangent."),
    scalar("to_base", "to_base(x, radix) → varchar", "The digits of x in this base."),
    scalar(
        "truncate",
        "truncate(x [, decimals]) → same as x",
        "The number without the decimals beyond. Without a count of them decimal(p,s) becomes decimal(p-s,0).",
    ),
    scalar(
        "width_bucket",
        "width_bucket(x, low, high, buckets or x, bins) → bigint",
        "The number of the histogram bucket that x falls in.",
    ),
    scalar(
        "wilson_interval_lower",
        "wilson_interval_lower(successes, trials, z) → double",
        "The lower bound of Wilson's interval for a share.",
    ),
    scalar(
        "wilson_interval_upper",
        "wilson_interval_upper(successes, trials, z) → double",
        "The upper bound of Wilson's interval for a share.",
    ),
];

/// Bits.
pub(super) const BITS: &[Function] = &[
    scalar("bit_count", "bit_count(x, bits) → bigint", "How many bits are set in x, read as two's complement of so many bits."),
    scalar("bitwise_and", "bitwise_and(x, y) → bigint", "The bits set in both."),
    scalar("bitwise_left_shift", "bitwise_left_shift(x, shift) → same as x", "The bits moved to the left."),
    scalar("bitwise_not", "bitwise_not(x) → bigint", "The bits inverted."),
    scalar("bitwise_or", "bitwise_or(x, y) → bigint", "The bits set in either."),
    scalar("bitwise_right_shift", "bitwise_right_shift(x, shift) → same as x", "The bits moved to the right, zeros coming in."),
    scalar(
        "bitwise_right_shift_arithmetic",
        "bitwise_right_shift_arithmetic(x, shift) → same as x",
        "The bits moved to the right, the sign staying.",
    ),
    scalar("bitwise_xor", "bitwise_xor(x, y) → bigint", "The bits set in one but not both."),
];

/// Conditions, and what is there for any type.
pub(super) const ANY: &[Function] = &[
    scalar("coalesce", "coalesce(value, ...) → same as values", "The first value that is not NULL."),
    scalar("greatest", "greatest(value, ...) → same as values", "The largest value; NULL if any is NULL."),
    scalar("if", "if(condition, true_value [, false_value]) → same as values", "One value or the other; NULL without a second value."),
    scalar("least", "least(value, ...) → same as values", "The smallest value; NULL if any is NULL."),
    scalar("nullif", "nullif(value, other) → same as value", "NULL if the two are equal, else the first."),
    scalar("try", "try(expression) → same as expression", "The value, or NULL where computing it fails."),
    scalar("typeof", "typeof(expression) → varchar", "The name of the value's type."),
    scalar("uuid", "uuid() → uuid", "A random UUID."),
    scalar("version", "version() → varchar", "The version of the engine."),
];
