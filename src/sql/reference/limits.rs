//! What of Athena's queries the lake refuses, and what it is known to answer otherwise.

use super::Form;

/// Constructs of queries that are refused: an example, and what the refusal calls it.
pub const REFUSED_CONSTRUCTS: &[Form] = &[
    Form { text: "SELECT * FROM t MATCH_RECOGNIZE (PATTERN (a b+) DEFINE b AS true)", help: "MATCH_RECOGNIZE" },
    Form { text: "SELECT * FROM t FOR TIMESTAMP AS OF TIMESTAMP '2024-01-01 00:00:00 UTC'", help: "Time travel of Iceberg tables" },
    Form { text: "SELECT 1 FETCH FIRST 1 ROWS WITH TIES", help: "FETCH FIRST … WITH TIES" },
];

/// What is known to be otherwise than on Athena.
pub const DIFFERENCES: &[&str] = &[
    "A `timestamp with time zone` has one zone for a column, where Trino has one for each value.",
    "Regular expressions have no look-around, no back-references and no possessive quantifiers: a pattern with one is refused.",
];
