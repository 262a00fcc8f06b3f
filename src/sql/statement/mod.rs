//! What one statement asks for: queries stay text for the engine's own parser, DDL and utility statements become values.

mod alter;
mod create;
mod cursor;
mod show;

use std::ops::Range;

use self::cursor::Cursor;
use super::token;
use super::types::Type;

/// A name with as many parts as were written; all lower case, quotes taken off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Name {
    /// The data catalog, such as `awsdatacatalog`.
    pub catalog: Option<String>,
    /// The database.
    pub database: Option<String>,
    /// The table or view.
    pub table: String,
    /// Where the name stands in the text.
    pub span: Range<usize>,
}

/// A value of `WITH (name = value)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Property {
    /// A quoted text.
    Text(String),
    /// A number as it was written.
    Number(String),
    /// true or false.
    Boolean(bool),
    /// `ARRAY['a', 'b']`.
    List(Vec<String>),
}

impl Property {
    /// The property as one text; the items of a list are joined by commas.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Boolean(yes) => yes.to_string(),
            Self::List(items) => items.join(","),
        }
    }
}

/// Properties in the order in which they were written; names lower case.
pub type Properties = Vec<(String, Property)>;

/// A column of Hive's DDL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnDefinition {
    /// The name, lower case.
    pub name: String,
    /// The type.
    pub data_type: Type,
    /// The comment.
    pub comment: Option<String>,
}

/// How rows are written in the files of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowFormat {
    /// The SerDe's class, of `ROW FORMAT SERDE`; `None` for `DELIMITED` and where nothing was said.
    pub serde: Option<String>,
    /// The SerDe's properties; those of `DELIMITED` under Hive's names (`field.delim`, `escape.delim`, …).
    pub properties: Vec<(String, String)>,
}

/// What kind of files a table has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredAs {
    /// `STORED AS PARQUET`: the format's name in upper case.
    Format(String),
    /// `STORED AS INPUTFORMAT '…' OUTPUTFORMAT '…'`.
    Classes {
        /// The input format's class.
        input: String,
        /// The output format's class.
        output: String,
    },
}

/// `CREATE EXTERNAL TABLE`, or Iceberg's `CREATE TABLE`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateTable {
    /// The table.
    pub name: Name,
    /// Whether `EXTERNAL` was written.
    pub external: bool,
    /// Whether a table that exists is left alone.
    pub if_not_exists: bool,
    /// The data columns.
    pub columns: Vec<ColumnDefinition>,
    /// The table's comment.
    pub comment: Option<String>,
    /// The partition keys. Iceberg's transforms are refused.
    pub partitioned_by: Vec<ColumnDefinition>,
    /// `CLUSTERED BY (…) INTO n BUCKETS`.
    pub clustered_by: Option<(Vec<String>, u32)>,
    /// How rows are written.
    pub row_format: RowFormat,
    /// What kind of files.
    pub stored_as: Option<StoredAs>,
    /// `LOCATION '…'`.
    pub location: Option<String>,
    /// `TBLPROPERTIES (…)`.
    pub properties: Vec<(String, String)>,
}

/// A partition's values as they were written: `PARTITION (year = '2024', month = 1)`.
pub type PartitionValues = Vec<(String, String)>;

/// What `ALTER TABLE` changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlterTable {
    /// `ADD [IF NOT EXISTS] PARTITION (…) [LOCATION '…'] …`.
    AddPartitions {
        /// Whether partitions that exist are left alone.
        if_not_exists: bool,
        /// The partitions with their locations.
        partitions: Vec<(PartitionValues, Option<String>)>,
    },
    /// `DROP [IF EXISTS] PARTITION (…), …`.
    DropPartitions {
        /// Whether partitions that do not exist are passed over.
        if_exists: bool,
        /// The partitions.
        partitions: Vec<PartitionValues>,
    },
    /// `PARTITION (…) RENAME TO PARTITION (…)`.
    RenamePartition {
        /// The partition.
        from: PartitionValues,
        /// Its new values.
        to: PartitionValues,
    },
    /// `ADD COLUMNS (…)`.
    AddColumns(Vec<ColumnDefinition>),
    /// `REPLACE COLUMNS (…)`.
    ReplaceColumns(Vec<ColumnDefinition>),
    /// `CHANGE [COLUMN] old new type`.
    ChangeColumn {
        /// The column's present name.
        from: String,
        /// Its new definition.
        to: ColumnDefinition,
    },
    /// `[PARTITION (…)] SET LOCATION '…'`.
    SetLocation {
        /// The partition, if one is meant.
        partition: Option<PartitionValues>,
        /// The new place.
        location: String,
    },
    /// `SET TBLPROPERTIES (…)`.
    SetProperties(Vec<(String, String)>),
}

/// A form of `EXPLAIN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explain {
    /// Whether the statement is run and measured.
    pub analyze: bool,
    /// `LOGICAL`, `DISTRIBUTED`, `VALIDATE` or `IO`.
    pub kind: String,
    /// `TEXT`, `GRAPHVIZ` or `JSON`.
    pub format: String,
    /// The statement that is explained.
    pub statement: Range<usize>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Statement {
    /// `SELECT`, `WITH`, `VALUES`, `TABLE` or a query in parentheses.
    Query(Range<usize>),
    /// `CREATE TABLE … AS`.
    CreateTableAs {
        /// The new table.
        name: Name,
        /// Whether a table that exists is left alone.
        if_not_exists: bool,
        /// `WITH (…)`.
        properties: Properties,
        /// The query.
        query: Range<usize>,
        /// False with `WITH NO DATA`.
        with_data: bool,
    },
    /// `INSERT INTO`.
    Insert {
        /// The table.
        table: Name,
        /// The columns, if they were named.
        columns: Option<Vec<String>>,
        /// The query, `VALUES` included.
        query: Range<usize>,
    },
    /// `UNLOAD (query) TO '…' WITH (…)`.
    Unload {
        /// The query.
        query: Range<usize>,
        /// Where its rows go.
        to: String,
        /// `WITH (…)`.
        properties: Properties,
    },
    /// `CREATE EXTERNAL TABLE`.
    CreateTable(Box<CreateTable>),
    /// `CREATE [OR REPLACE] VIEW`.
    CreateView {
        /// The view.
        name: Name,
        /// Whether a view that exists is replaced.
        or_replace: bool,
        /// The query.
        query: Range<usize>,
    },
    /// `CREATE DATABASE`.
    CreateDatabase {
        /// The database.
        name: String,
        /// Whether one that exists is left alone.
        if_not_exists: bool,
        /// The comment.
        comment: Option<String>,
        /// `LOCATION '…'`.
        location: Option<String>,
        /// `WITH DBPROPERTIES (…)`.
        properties: Vec<(String, String)>,
    },
    /// `DROP DATABASE`.
    DropDatabase {
        /// The database.
        name: String,
        /// Whether one that does not exist is passed over.
        if_exists: bool,
        /// Whether its tables go with it.
        cascade: bool,
    },
    /// `ALTER DATABASE … SET DBPROPERTIES`.
    AlterDatabase {
        /// The database.
        name: String,
        /// The properties.
        properties: Vec<(String, String)>,
    },
    /// `DROP TABLE`.
    DropTable {
        /// The table.
        name: Name,
        /// Whether one that does not exist is passed over.
        if_exists: bool,
    },
    /// `DROP VIEW`.
    DropView {
        /// The view.
        name: Name,
        /// Whether one that does not exist is passed over.
        if_exists: bool,
    },
    /// `ALTER TABLE`.
    AlterTable {
        /// The table.
        name: Name,
        /// What changes.
        change: AlterTable,
    },
    /// `MSCK REPAIR TABLE`.
    RepairTable(Name),
    /// `SHOW DATABASES [LIKE '…']`.
    ShowDatabases(Option<String>),
    /// `SHOW TABLES [IN db] ['…']`.
    ShowTables {
        /// The database.
        database: Option<String>,
        /// The pattern: `*` and `|`.
        pattern: Option<String>,
    },
    /// `SHOW VIEWS [IN db] [LIKE '…']`.
    ShowViews {
        /// The database.
        database: Option<String>,
        /// The pattern.
        pattern: Option<String>,
    },
    /// `SHOW COLUMNS IN t`.
    ShowColumns(Name),
    /// `SHOW PARTITIONS t`.
    ShowPartitions(Name),
    /// `SHOW TBLPROPERTIES t [('name')]`.
    ShowProperties {
        /// The table.
        table: Name,
        /// The one property that is asked for.
        property: Option<String>,
    },
    /// `SHOW CREATE TABLE t`.
    ShowCreateTable(Name),
    /// `SHOW CREATE VIEW v`.
    ShowCreateView(Name),
    /// `DESCRIBE [EXTENDED | FORMATTED] t`.
    Describe {
        /// The table.
        table: Name,
        /// With all that the catalogue knows.
        formatted: bool,
        /// The one column that is asked for.
        column: Option<String>,
    },
    /// `PREPARE name FROM statement`.
    Prepare {
        /// The name.
        name: String,
        /// The statement.
        statement: Range<usize>,
    },
    /// `EXECUTE name [USING value, …]`.
    Execute {
        /// The name.
        name: String,
        /// The values' expressions.
        using: Vec<Range<usize>>,
    },
    /// `DEALLOCATE PREPARE name`.
    Deallocate(String),
    /// `EXPLAIN …`.
    Explain(Explain),
    /// A statement that Athena has and the lake does not: its construct's name.
    Unsupported(&'static str),
}

/// Why a text is no statement, in Athena's words and with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}:{column}: {message}")]
pub struct SyntaxError {
    /// The line, from 1.
    pub line: usize,
    /// The character, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl SyntaxError {
    /// An error at a byte of the text.
    #[must_use]
    pub fn at(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let (line, column) = token::line_and_column(text, offset);
        Self { line, column, message: message.into() }
    }
}

/// Athena's three kinds of statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementType {
    /// Changes the catalogue.
    Ddl,
    /// Reads or writes rows.
    Dml,
    /// Shows something about the catalogue or a query.
    Utility,
}

impl StatementType {
    /// Athena's word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ddl => "DDL",
            Self::Dml => "DML",
            Self::Utility => "UTILITY",
        }
    }
}

/// What Athena's `GetQueryExecution` says a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Classification {
    /// The kind.
    pub statement_type: StatementType,
    /// The finer kind, such as `SELECT` or `CREATE_TABLE_AS_SELECT`.
    pub substatement: &'static str,
}

impl Statement {
    /// What Athena calls this statement.
    #[must_use]
    pub const fn classification(&self) -> Classification {
        use StatementType::{Ddl, Dml, Utility};
        let (statement_type, substatement) = match self {
            Self::Query(_) => (Dml, "SELECT"),
            Self::CreateTableAs { .. } => (Ddl, "CREATE_TABLE_AS_SELECT"),
            Self::Insert { .. } => (Dml, "INSERT"),
            Self::Unload { .. } => (Dml, "UNLOAD"),
            Self::CreateTable(_) => (Ddl, "CREATE_TABLE"),
            Self::CreateView { .. } => (Ddl, "CREATE_VIEW"),
            Self::CreateDatabase { .. } => (Ddl, "CREATE_DATABASE"),
            Self::DropDatabase { .. } => (Ddl, "DROP_DATABASE"),
            Self::AlterDatabase { .. } => (Ddl, "ALTER_DATABASE"),
            Self::DropTable { .. } => (Ddl, "DROP_TABLE"),
            Self::DropView { .. } => (Ddl, "DROP_VIEW"),
            Self::AlterTable { change, .. } => (
                Ddl,
                match change {
                    AlterTable::AddPartitions { .. } => "ALTER_TABLE_ADD_PARTITION",
                    AlterTable::DropPartitions { .. } => "ALTER_TABLE_DROP_PARTITION",
                    AlterTable::RenamePartition { .. } => "ALTER_TABLE_RENAME_PARTITION",
                    AlterTable::AddColumns(_) => "ALTER_TABLE_ADD_COLUMNS",
                    AlterTable::ReplaceColumns(_) => "ALTER_TABLE_REPLACE_COLUMNS",
                    AlterTable::ChangeColumn { .. } => "ALTER_TABLE_CHANGE_COLUMN",
                    AlterTable::SetLocation { .. } => "ALTER_TABLE_SET_LOCATION",
                    AlterTable::SetProperties(_) => "ALTER_TABLE_SET_TBLPROPERTIES",
                },
            ),
            Self::RepairTable(_) => (Ddl, "MSCK_REPAIR_TABLE"),
            Self::ShowDatabases(_) => (Utility, "SHOW_DATABASES"),
            Self::ShowTables { .. } => (Utility, "SHOW_TABLES"),
            Self::ShowViews { .. } => (Utility, "SHOW_VIEWS"),
            Self::ShowColumns(_) => (Utility, "SHOW_COLUMNS"),
            Self::ShowPartitions(_) => (Utility, "SHOW_PARTITIONS"),
            Self::ShowProperties { .. } => (Utility, "SHOW_TBLPROPERTIES"),
            Self::ShowCreateTable(_) => (Utility, "SHOW_CREATE_TABLE"),
            Self::ShowCreateView(_) => (Utility, "SHOW_CREATE_VIEW"),
            Self::Describe { .. } => (Utility, "DESCRIBE_TABLE"),
            Self::Prepare { .. } => (Ddl, "PREPARE"),
            Self::Execute { .. } => (Dml, "EXECUTE"),
            Self::Deallocate(_) => (Ddl, "DEALLOCATE"),
            Self::Explain(_) => (Utility, "EXPLAIN"),
            Self::Unsupported(_) => (Dml, "UNSUPPORTED"),
        };
        Classification { statement_type, substatement }
    }
}

/// Reads one statement; a semicolon may end it.
///
/// # Errors
/// [`SyntaxError`] with Athena's words where the text is no statement, or more than one.
pub fn parse(text: &str) -> Result<Statement, SyntaxError> {
    let mut cursor = Cursor::new(text);
    let statement = read(&mut cursor)?;
    cursor.finish()?;
    Ok(statement)
}

/// What a statement is; `None` when it cannot be read.
#[must_use]
pub fn classify(text: &str) -> Option<Classification> {
    parse(text).ok().map(|statement| statement.classification())
}

/// The same text with all but one piece blanked out, so that what reads the piece still counts lines and columns of the whole.
#[must_use]
pub fn isolate(text: &str, piece: &Range<usize>) -> String {
    text.char_indices().take_while(|(at, _)| *at < piece.end).map(|(at, c)| if at >= piece.start || c == '\n' { c } else { ' ' }).collect()
}

fn read(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    const STARTS: &str =
        "'ALTER', 'CREATE', 'DEALLOCATE', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'INSERT', 'MSCK', 'PREPARE', 'SHOW', 'UNLOAD', <query>";
    let unsupported = |cursor: &mut Cursor<'_>, what| {
        cursor.rest();
        Ok(Statement::Unsupported(what))
    };
    match cursor.peek_word().as_str() {
        "SELECT" | "WITH" | "VALUES" | "TABLE" => Ok(Statement::Query(cursor.rest())),
        _ if cursor.peek_is("(") => Ok(Statement::Query(cursor.rest())),
        "CREATE" => create::read(cursor),
        "INSERT" => create::insert(cursor),
        "UNLOAD" => create::unload(cursor),
        "DROP" => alter::drop(cursor),
        "ALTER" => alter::read(cursor),
        "MSCK" => {
            cursor.words(&["MSCK", "REPAIR", "TABLE"])?;
            Ok(Statement::RepairTable(cursor.name()?))
        }
        "SHOW" => show::read(cursor),
        "DESCRIBE" | "DESC" => show::describe(cursor),
        "EXPLAIN" => show::explain(cursor),
        "PREPARE" => {
            cursor.word("PREPARE")?;
            let name = cursor.identifier()?;
            cursor.word("FROM")?;
            Ok(Statement::Prepare { name, statement: cursor.rest() })
        }
        "EXECUTE" => show::execute(cursor),
        "DEALLOCATE" => {
            cursor.words(&["DEALLOCATE", "PREPARE"])?;
            Ok(Statement::Deallocate(cursor.identifier()?))
        }
        "DELETE" => unsupported(cursor, "DELETE (Iceberg tables)"),
        "UPDATE" => unsupported(cursor, "UPDATE (Iceberg tables)"),
        "MERGE" => unsupported(cursor, "MERGE (Iceberg tables)"),
        "OPTIMIZE" => unsupported(cursor, "OPTIMIZE (Iceberg tables)"),
        "VACUUM" => unsupported(cursor, "VACUUM (Iceberg tables)"),
        "USING" => unsupported(cursor, "USING EXTERNAL FUNCTION"),
        _ => Err(cursor.mismatch(STARTS)),
    }
}

#[cfg(test)]
mod tests;
