//! The SQL of bias on catalogue tables: one aggregate for a measurement, one statement for a column's commonest values, one to balance.

use crate::model::{Grouping, TableRef, TimeBucket};

/// A column's name as DML quotes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as SQL writes it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Rows counted by these columns: one column of the result for each, in their order, then the count. Only the counts travel. A time column is
/// counted by the first days of its buckets.
#[must_use]
pub fn aggregate(table: &TableRef, columns: &[String], time: Option<(&str, TimeBucket)>) -> String {
    let value = |name: &String| match time {
        Some((column, bucket)) if column == name => {
            format!("CAST(date_trunc('{}', CAST({} AS timestamp)) AS date)", bucket.name(), quoted(name))
        }
        _ => quoted(name),
    };
    let named: Vec<String> = columns.iter().enumerate().map(|(at, name)| format!("{} AS \"c{at}\"", value(name))).collect();
    let places: Vec<String> = (1..=columns.len()).map(|place| place.to_string()).collect();
    format!("SELECT {}, count(*) AS \"rows\"\nFROM {}\nGROUP BY {}", named.join(", "), table.quoted(), places.join(", "))
}

/// The number of rows of a table.
#[must_use]
pub fn count(table: &TableRef) -> String {
    format!("SELECT count(*) AS \"rows\" FROM {}", table.quoted())
}

/// The most columns that one statement counts the values of: `grouping` gives a bit for each, and Trino has room for 63.
pub const COLUMNS_AT_ONCE: usize = 60;

/// The values of every column with their rows, most first, one more than `most` where there are more, and the number of all rows: one scan.
/// The first column of the result tells whose values they are, by [`place_of`].
#[must_use]
pub fn commonest(table: &TableRef, columns: &[String], most: usize) -> String {
    let list = |item: &dyn Fn(usize) -> String| (0..columns.len()).map(item).collect::<Vec<_>>().join(", ");
    let casts: Vec<String> =
        columns.iter().enumerate().map(|(at, name)| format!("CAST({} AS varchar) AS \"c{at}\"", quoted(name))).collect();
    let names = list(&|at| format!("\"c{at}\""));
    let value = if columns.len() == 1 { names.clone() } else { format!("coalesce({names})") };
    let sets = list(&|at| format!("(\"c{at}\")"));
    format!(
        "SELECT \"place\", \"value\", \"rows\"\nFROM (\n  SELECT \"place\", \"value\", \"rows\", \
         row_number() OVER (PARTITION BY \"place\" ORDER BY \"rows\" DESC, \"value\") AS \"rank\"\n  \
         FROM (\n    SELECT grouping({names}) AS \"place\", {value} AS \"value\", count(*) AS \"rows\"\n    \
         FROM (SELECT {casts} FROM {table})\n    GROUP BY GROUPING SETS ({sets}, ())\n  )\n)\nWHERE \"rank\" <= {limit}",
        casts = casts.join(", "),
        table = table.quoted(),
        limit = most + 1,
    )
}

/// Which of so many columns a row of [`commonest`] is about, by its first cell; `None` for the number of all rows.
#[must_use]
pub fn place_of(grouping: u64, columns: usize) -> Option<usize> {
    // A bit for each column, the first one the highest; it is 0 where the row is grouped by that column.
    (0..columns).find(|at| grouping >> (columns - 1 - at) & 1 == 0)
}

/// How the cells of a table are made to count the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Balanced {
    /// So many rows of each are kept.
    Kept(u64),
    /// Rows of each are written again until there are so many.
    Filled(u64),
    /// Every row gets this number over the rows of its cell as a weight.
    Weighted(f64),
}

/// What is balanced, how, and by what.
#[derive(Debug, Clone, PartialEq)]
pub struct Balance<'a> {
    /// All columns of the table, in its order.
    pub columns: &'a [String],
    /// Those of them that can be cast to text; the choice of rows follows from them.
    pub texts: &'a [String],
    /// The columns whose combinations are the cells, and how the values of each are gathered first.
    pub by: &'a [(String, Grouping)],
    /// How.
    pub balanced: Balanced,
    /// The seed of the choice.
    pub seed: u64,
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

/// The group that a column's value falls into: any value that tells the groups apart.
fn group(name: &str, grouping: &Grouping) -> String {
    let name = quoted(name);
    match grouping {
        Grouping::EachValue => name,
        Grouping::Ranges(edges) => {
            let one = |(at, edge): (usize, &f64)| format!("WHEN CAST({name} AS double) <= {edge:E} THEN {at}");
            format!("CASE {} ELSE {} END", edges.iter().enumerate().map(one).collect::<Vec<_>>().join(" "), edges.len())
        }
        Grouping::Within { values, numbers: true } => {
            let values: Vec<String> =
                values.iter().filter_map(|value| value.parse::<f64>().ok()).map(|number| format!("{number:E}")).collect();
            format!("CAST({name} AS double) IN ({})", values.join(", "))
        }
        Grouping::Within { values, numbers: false } => {
            format!("CAST({name} AS varchar) IN ({})", values.iter().map(|value| literal(value)).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A digest of the seed and a row: an order that is the same every time, and no other.
fn digest(seed: u64, texts: &[String]) -> String {
    let cells = texts.iter().map(|name| format!("coalesce(CAST({} AS varchar), '')", quoted(name)));
    let row = std::iter::once(literal(&seed.to_string())).chain(cells).collect::<Vec<_>>().join(" || '|' || ");
    format!("to_hex(md5(to_utf8({row})))")
}

/// The rows of a balanced table. The same seed takes the same rows: the order within a cell is that of a digest of the seed and the row.
#[must_use]
pub fn balanced(table: &TableRef, balance: &Balance<'_>) -> String {
    let (columns, table) = (list(balance.columns), table.quoted());
    let by = balance.by.iter().map(|(name, grouping)| group(name, grouping)).collect::<Vec<_>>().join(", ");
    let has_values = balance.by.iter().map(|(name, _)| format!("{} IS NOT NULL", quoted(name))).collect::<Vec<_>>().join(" AND ");
    let order = digest(balance.seed, balance.texts);
    let rank = format!("row_number() OVER (PARTITION BY {by} ORDER BY {order}) AS \"fairlake_rank\"");
    let rows = format!("count(*) OVER (PARTITION BY {by})");
    match balance.balanced {
        Balanced::Kept(keep) => format!(
            "SELECT {columns}\nFROM (\n  SELECT {columns}, {rank}\n  FROM {table}\n  WHERE {has_values}\n)\nWHERE \"fairlake_rank\" <= {keep}"
        ),
        Balanced::Filled(target) => format!(
            "SELECT {columns}\nFROM (\n  SELECT {columns}, {rank}, {rows} AS \"fairlake_rows\"\n  FROM {table}\n  WHERE {has_values}\n)\n\
             CROSS JOIN UNNEST(sequence(1, {target} / \"fairlake_rows\" + \
             CASE WHEN \"fairlake_rank\" <= mod({target}, \"fairlake_rows\") THEN 1 ELSE 0 END)) AS \"fairlake_copies\"(\"fairlake_copy\")"
        ),
        Balanced::Weighted(share) => {
            let weight = quoted(&free_name(balance.columns));
            format!("SELECT {columns}, {share:E} / {rows} AS {weight}\nFROM {table}\nWHERE {has_values}")
        }
    }
}

/// A name for the column of weights that no column has yet.
fn free_name(columns: &[String]) -> String {
    let numbered = (2..).map(|number| format!("weight_{number}"));
    let mut names = std::iter::once("weight".to_owned()).chain(numbered);
    names.find(|name| !columns.iter().any(|column| column.eq_ignore_ascii_case(name))).unwrap_or_default()
}

/// At most so many rows by a seed: the same seed draws the same rows.
#[must_use]
pub fn sample(table: &TableRef, columns: &[String], most: usize, seed: u64) -> String {
    format!("SELECT {}\nFROM {}\nORDER BY {}\nLIMIT {most}", list(columns), table.quoted(), digest(seed, columns))
}

/// The same rows as a new table of Parquet files.
#[must_use]
pub fn balanced_table(table: &TableRef, to: &TableRef, balance: &Balance<'_>) -> String {
    format!("CREATE TABLE {}\nWITH (format = 'PARQUET') AS\n{}", to.quoted(), balanced(table, balance))
}

/// What a profile asks of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiled {
    /// Its name.
    pub name: String,
    /// Whether it is one of numbers.
    pub number: bool,
}

/// How a column's rows are told apart when its power is tried.
#[derive(Debug, Clone, PartialEq)]
pub enum Bins {
    /// By value.
    Values,
    /// By range between these rising edges.
    Ranges(Vec<f64>),
}

/// The rows of a table, and of each column the rows with a value, the different values, and for numbers their percentiles in twentieths: one scan.
#[must_use]
pub fn profile(table: &TableRef, columns: &[Profiled]) -> String {
    let one = |(at, column): (usize, &Profiled)| {
        let name = quoted(&column.name);
        let shares: Vec<String> = (1..20).map(|at| format!("{:.2}", f64::from(at) / 20.0)).collect();
        let percentiles = if column.number {
            let parts = format!("approx_percentile(CAST({name} AS double), ARRAY[{}])", shares.join(", "));
            format!("array_join({parts}, '|')")
        } else {
            "CAST(NULL AS varchar)".to_owned()
        };
        format!("count({name}) AS \"n{at}\", approx_distinct(CAST({name} AS varchar)) AS \"d{at}\", {percentiles} AS \"p{at}\"")
    };
    let parts: Vec<String> = std::iter::once("count(*) AS \"rows\"".to_owned()).chain(columns.iter().enumerate().map(one)).collect();
    format!("SELECT {}\nFROM {}", parts.join(",\n  "), table.quoted())
}

/// How many rows repeat another one in all of these columns.
#[must_use]
pub fn duplicates(table: &TableRef, columns: &[String]) -> String {
    format!(
        "SELECT coalesce(sum(\"rows\" - 1), 0) AS \"duplicates\"\nFROM (SELECT count(*) AS \"rows\" FROM {} GROUP BY {} HAVING count(*) > 1)",
        table.quoted(),
        list(columns)
    )
}

/// Some of the rows that repeat others.
#[must_use]
pub fn duplicate_rows(table: &TableRef, columns: &[String], most: usize) -> String {
    format!("SELECT {columns}\nFROM {}\nGROUP BY {columns}\nHAVING count(*) > 1\nLIMIT {most}", table.quoted(), columns = list(columns))
}

/// Rows outside the fences of columns of numbers: a count for each, in one scan.
#[must_use]
pub fn outliers(table: &TableRef, fences: &[(String, f64, f64)]) -> String {
    let one = |(at, fence): (usize, &(String, f64, f64))| format!("count_if({}) AS \"o{at}\"", outside(fence));
    let counts: Vec<String> = fences.iter().enumerate().map(one).collect();
    format!("SELECT {}\nFROM {}", counts.join(", "), table.quoted())
}

/// The condition that a number lies outside its fences.
#[must_use]
pub fn outside((name, low, high): &(String, f64, f64)) -> String {
    let name = quoted(name);
    format!("CAST({name} AS double) < {low:E} OR CAST({name} AS double) > {high:E}")
}

/// The condition that a column has no value.
#[must_use]
pub fn missing(name: &str) -> String {
    format!("{} IS NULL", quoted(name))
}

/// Some rows for which a condition holds.
#[must_use]
pub fn rows_where(table: &TableRef, columns: &[String], condition: &str, most: usize) -> String {
    format!("SELECT {}\nFROM {}\nWHERE {condition}\nLIMIT {most}", list(columns), table.quoted())
}

/// Rows by each column's value or range, by one of five folds, and by the label's value: one scan. The first cell tells the column, by [`place_of`].
#[must_use]
pub fn folds(table: &TableRef, columns: &[(String, Bins)], label: &str, texts: &[String]) -> String {
    let value = |(at, (name, bins)): (usize, &(String, Bins))| {
        let name = quoted(name);
        let value = match bins {
            Bins::Values => format!("coalesce(CAST({name} AS varchar), '')"),
            Bins::Ranges(edges) => {
                let steps: Vec<String> =
                    edges.iter().enumerate().map(|(at, edge)| format!("WHEN CAST({name} AS double) <= {edge:E} THEN '{at}'")).collect();
                format!("CASE WHEN {name} IS NULL THEN '' {} ELSE '{}' END", steps.join(" "), edges.len())
            }
        };
        format!("{value} AS \"c{at}\"")
    };
    let values: Vec<String> = columns.iter().enumerate().map(value).collect();
    let names: Vec<String> = (0..columns.len()).map(|at| format!("\"c{at}\"")).collect();
    let sets: Vec<String> = names.iter().map(|name| format!("({name}, \"fold\", \"label\")")).collect();
    let one = if names.len() == 1 { names.join("") } else { format!("coalesce({})", names.join(", ")) };
    format!(
        "SELECT grouping({names}) AS \"place\", {one} AS \"value\", \"fold\", \"label\", count(*) AS \"rows\"\nFROM (\n  \
         SELECT {values}, mod(strpos('0123456789ABCDEF', substr({digest}, 1, 1)), 5) AS \"fold\", CAST({label} AS varchar) AS \"label\"\n  \
         FROM {table}\n  WHERE {label} IS NOT NULL\n)\nGROUP BY GROUPING SETS ({sets})",
        names = names.join(", "),
        values = values.join(", "),
        digest = digest(0, texts),
        label = quoted(label),
        table = table.quoted(),
        sets = sets.join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn one_aggregate_counts_all() {
        let sql = aggregate(&TableRef::new("db", "t"), &names(&["product \"x\"", "sentiment"]), None);
        assert_eq!(
            sql,
            "SELECT \"product \"\"x\"\"\" AS \"c0\", \"sentiment\" AS \"c1\", count(*) AS \"rows\"\nFROM \"db\".\"t\"\nGROUP BY 1, 2"
        );
    }

    #[test]
    fn the_values_of_all_columns_are_one_scan() {
        let sql = commonest(&TableRef::new("db", "t"), &names(&["a", "b\"c"]), 200);
        assert_eq!(sql.matches("FROM \"db\".\"t\"").count(), 1);
        assert!(sql.contains("CAST(\"b\"\"c\" AS varchar) AS \"c1\""));
        assert!(sql.contains("grouping(\"c0\", \"c1\") AS \"place\", coalesce(\"c0\", \"c1\") AS \"value\""));
        assert!(sql.ends_with("GROUP BY GROUPING SETS ((\"c0\"), (\"c1\"), ())\n  )\n)\nWHERE \"rank\" <= 201"), "{sql}");
        assert_eq!((place_of(0b011, 3), place_of(0b101, 3), place_of(0b110, 3), place_of(0b111, 3)), (Some(0), Some(1), Some(2), None));
    }

    #[test]
    fn balancing_is_one_statement() {
        let (columns, texts) = (names(&["f", "l", "s"]), names(&["f", "l"]));
        let by = ["f", "l"].map(|name| (name.to_owned(), Grouping::EachValue));
        let mut balance = Balance { columns: &columns, texts: &texts, by: &by, balanced: Balanced::Kept(9), seed: 7 };
        let sql = balanced_table(&TableRef::new("db", "t"), &TableRef::new("db", "t2"), &balance);
        assert!(sql.starts_with("CREATE TABLE \"db\".\"t2\"\nWITH (format = 'PARQUET') AS\nSELECT \"f\", \"l\", \"s\"\n"));
        assert!(sql.contains("PARTITION BY \"f\", \"l\" ORDER BY to_hex(md5(to_utf8('7' || '|' || coalesce(CAST(\"f\" AS varchar), '')"));
        assert!(sql.ends_with("WHERE \"fairlake_rank\" <= 9"));
        assert!(sql.contains("WHERE \"f\" IS NOT NULL AND \"l\" IS NOT NULL"));
        balance.balanced = Balanced::Filled(90);
        let sql = balanced(&TableRef::new("db", "t"), &balance);
        assert!(
            sql.contains("sequence(1, 90 / \"fairlake_rows\" + CASE WHEN \"fairlake_rank\" <= mod(90, \"fairlake_rows\") THEN 1"),
            "{sql}"
        );
        balance.balanced = Balanced::Weighted(12.5);
        let sql = balanced(&TableRef::new("db", "t"), &balance);
        assert!(sql.contains("1.25E1 / count(*) OVER (PARTITION BY \"f\", \"l\") AS \"weight\""), "{sql}");
        let within = |values: &[&str], numbers| Grouping::Within { values: names(values), numbers };
        let groupings = [Grouping::Ranges(vec![30.0, 40.5]), within(&["1", "2.5"], true), within(&["it's"], false)];
        let written = [
            "CASE WHEN CAST(\"f\" AS double) <= 3E1 THEN 0 WHEN CAST(\"f\" AS double) <= 4.05E1 THEN 1 ELSE 2 END",
            "CAST(\"f\" AS double) IN (1E0, 2.5E0)",
            "CAST(\"f\" AS varchar) IN ('it''s')",
        ];
        for (grouping, expected) in groupings.into_iter().zip(written) {
            let by = [("f".to_owned(), grouping)];
            let sql = balanced(&TableRef::new("db", "t"), &Balance { by: &by, ..balance.clone() });
            assert!(sql.contains(&format!("PARTITION BY {expected})")) && sql.ends_with("WHERE \"f\" IS NOT NULL"), "{sql}");
        }
    }

    #[test]
    fn time_is_counted_by_bucket_and_samples_by_digest() {
        let columns = names(&["f", "at"]);
        let sql = aggregate(&TableRef::new("db", "t"), &columns, Some(("at", TimeBucket::Quarter)));
        assert!(sql.contains("\"f\" AS \"c0\", CAST(date_trunc('quarter', CAST(\"at\" AS timestamp)) AS date) AS \"c1\""), "{sql}");
        let sql = sample(&TableRef::new("db", "t"), &columns, 50, 3);
        assert!(
            sql.starts_with("SELECT \"f\", \"at\"\nFROM \"db\".\"t\"\nORDER BY to_hex(md5(to_utf8('3' || ") && sql.ends_with("LIMIT 50")
        );
    }
}
