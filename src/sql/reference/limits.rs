//! What of Athena's queries the lake refuses, and what it is known to answer otherwise.

use super::Form;

/// Constructs of queries that are refused: an example, and what it is.
pub const REFUSED_CONSTRUCTS: &[Form] = &[
    Form { text: "SELECT * FROM t MATCH_RECOGNIZE (PATTERN (a b+) DEFINE b AS true)", help: "MATCH_RECOGNIZE" },
    Form { text: "SELECT * FROM t FOR TIMESTAMP AS OF TIMESTAMP '2024-01-01 00:00:00 UTC'", help: "Time travel of Iceberg tables" },
];

/// What is known to be otherwise than on Athena.
pub const DIFFERENCES: &[&str] = &[
    "`z` in a pattern of `format_datetime` shows the name of a zone, `America/New_York`, where Athena shows its abbreviation, `EST`.",
    "`from_unixtime_nanos`, and times with more than six digits, are those from the year 1677 to 2262.",
    "Texts that `lpad`, `rpad` and `format` make are at most 16 MB long.",
    "`approx_percentile`, `approx_most_frequent` and `numeric_histogram` look at all values, so they may be more exact than Athena's.",
    "There are no types for IP addresses, geometries and sketches, and no `json_table`.",
    "Some errors about a whole clause say `line 1:1` where Athena says where the clause begins.",
];
