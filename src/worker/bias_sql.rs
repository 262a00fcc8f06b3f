//! The SQL of bias on catalogue tables: one aggregate for a measurement, one statement for a column's commonest values, one to balance.

use crate::model::TableRef;

/// A column's name as DML quotes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text as SQL writes it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Rows counted by these columns: one column of the result for each, in their order, then the count. Only the counts travel.
#[must_use]
pub fn aggregate(table: &TableRef, columns: &[String]) -> String {
    let named: Vec<String> = columns.iter().enumerate().map(|(at, name)| format!("{} AS \"c{at}\"", quoted(name))).collect();
    let places: Vec<String> = (1..=columns.len()).map(|place| place.to_string()).collect();
    format!("SELECT {}, count(*) AS \"rows\"\nFROM {}\nGROUP BY {}", named.join(", "), table.quoted(), places.join(", "))
}

/// The number of rows of a table.
#[must_use]
pub fn count(table: &TableRef) -> String {
    format!("SELECT count(*) AS \"rows\" FROM {}", table.quoted())
}

/// A column's values with their rows, most first, one more than `most` where there are more.
#[must_use]
pub fn commonest(table: &TableRef, column: &str, most: usize) -> String {
    let name = quoted(column);
    format!("SELECT {name} AS \"value\", count(*) AS \"rows\"\nFROM {}\nGROUP BY 1\nORDER BY 2 DESC, 1\nLIMIT {}", table.quoted(), most + 1)
}

/// How many rows of each cell are kept, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance<'a> {
    /// All columns of the table, in its order.
    pub columns: &'a [String],
    /// Those of them that can be cast to text; the choice of rows follows from them.
    pub texts: &'a [String],
    /// The columns whose combinations are the cells.
    pub by: &'a [String],
    /// Rows kept of each cell.
    pub keep: u64,
    /// The seed of the choice.
    pub seed: u64,
}

/// The rows of a balanced sample. The same seed takes the same rows: the order within a cell is that of a digest of the seed and the row.
#[must_use]
pub fn balanced(table: &TableRef, balance: &Balance<'_>) -> String {
    let list = |names: &[String]| names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    let texts = balance.texts.iter().map(|name| format!("coalesce(CAST({} AS varchar), '')", quoted(name)));
    let row = std::iter::once(literal(&balance.seed.to_string())).chain(texts).collect::<Vec<_>>().join(" || '|' || ");
    let has_values = balance.by.iter().map(|name| format!("{} IS NOT NULL", quoted(name))).collect::<Vec<_>>().join(" AND ");
    format!(
        "SELECT {columns}\nFROM (\n  SELECT {columns}, row_number() OVER (PARTITION BY {by} ORDER BY to_hex(md5(to_utf8({row})))) AS \"fairlake_rank\"\n  \
         FROM {table}\n  WHERE {has_values}\n)\nWHERE \"fairlake_rank\" <= {keep}",
        columns = list(balance.columns),
        by = list(balance.by),
        table = table.quoted(),
        keep = balance.keep,
    )
}

/// The same rows as a new table of Parquet files.
#[must_use]
pub fn balanced_table(table: &TableRef, to: &TableRef, balance: &Balance<'_>) -> String {
    format!("CREATE TABLE {}\nWITH (format = 'PARQUET') AS\n{}", to.quoted(), balanced(table, balance))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn one_aggregate_counts_all() {
        let sql = aggregate(&TableRef::new("db", "t"), &names(&["product \"x\"", "sentiment"]));
        assert_eq!(
            sql,
            "SELECT \"product \"\"x\"\"\" AS \"c0\", \"sentiment\" AS \"c1\", count(*) AS \"rows\"\nFROM \"db\".\"t\"\nGROUP BY 1, 2"
        );
    }

    #[test]
    fn balancing_is_one_statement() {
        let (columns, by) = (names(&["f", "l", "s"]), names(&["f", "l"]));
        let balance = Balance { columns: &columns, texts: &by, by: &by, keep: 9, seed: 7 };
        let sql = balanced_table(&TableRef::new("db", "t"), &TableRef::new("db", "t2"), &balance);
        assert!(sql.starts_with("CREATE TABLE \"db\".\"t2\"\nWITH (format = 'PARQUET') AS\nSELECT \"f\", \"l\", \"s\"\n"));
        assert!(sql.contains("PARTITION BY \"f\", \"l\" ORDER BY to_hex(md5(to_utf8('7' || '|' || coalesce(CAST(\"f\" AS varchar), '')"));
        assert!(sql.ends_with("WHERE \"fairlake_rank\" <= 9"));
        assert!(sql.contains("WHERE \"f\" IS NOT NULL AND \"l\" IS NOT NULL"));
    }
}
