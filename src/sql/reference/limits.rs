//! What of Athena's queries the lake refuses, and what it is known to answer otherwise.

use super::Form;

/// Constructs of queries that are refused: an example, and what it is.
pub const REFUSED_CONSTRUCTS: &[Form] = &[
    Form { text: "SELECT * FROM t MATCH_RECOGNIZE (PATTERN (a b+) DEFINE b AS true)", help: "MATCH_RECOGNIZE" },
    Form { text: "SELECT * FROM t FOR TIMESTAMP AS OF TIMESTAMP '2024-01-01 00:00:00 UTC'", help: "Time travel of Iceberg tables" },
    Form { text: "SELECT 1 FETCH FIRST 1 ROWS WITH TIES", help: "FETCH FIRST … WITH TIES" },
    Form { text: "SELECT 1 INTERSECT ALL SELECT 1", help: "INTERSECT ALL" },
    Form { text: "SELECT 1 EXCEPT ALL SELECT 1", help: "EXCEPT ALL" },
];

/// What is known to be otherwise than on Athena.
pub const DIFFERENCES: &[&str] = &[
    "Two `timestamp with time zone` that are the same instant in different zones are equal in comparisons, joins with ON, `IN` lists and \
     counts, as in Trino; `GROUP BY`, `DISTINCT`, set operations and functions of arrays and maps tell them apart.",
    "A zone's clock counts milliseconds: fields and formats of times with a zone pass over microseconds, which only the value itself keeps.",
    "Regular expressions have no look-around, no back-references and no possessive quantifiers: a pattern with one is refused.",
    "A correlated subquery over `VALUES`, and LATERAL with a FROM of its own that cannot be turned into a join, is refused.",
    "`approx_percentile`, `approx_most_frequent` and `numeric_histogram` look at all values, so they may be more exact than Athena's.",
    "There are no types for IP addresses, geometries and sketches, and no SQL/JSON functions.",
    "Some errors about a whole clause say `line 1:1` where Athena says where the clause begins.",
];
