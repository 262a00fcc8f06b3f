//! Statements that change or remove things.

use super::cursor::Cursor;
use super::{AlterTable, Name, Statement, SyntaxError};

pub(super) fn drop(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    cursor.word("DROP")?;
    if cursor.eat_word("DATABASE") || cursor.eat_word("SCHEMA") {
        let if_exists = cursor.eat_words(&["IF", "EXISTS"]);
        let name = cursor.name()?.table;
        let cascade = cursor.eat_word("CASCADE");
        if !cascade {
            cursor.eat_word("RESTRICT");
        }
        return Ok(Statement::DropDatabase { name, if_exists, cascade });
    }
    if cursor.eat_word("TABLE") {
        let if_exists = cursor.eat_words(&["IF", "EXISTS"]);
        let name = cursor.name()?;
        cursor.eat_word("PURGE");
        return Ok(Statement::DropTable { name, if_exists });
    }
    if cursor.eat_word("VIEW") {
        let if_exists = cursor.eat_words(&["IF", "EXISTS"]);
        return Ok(Statement::DropView { name: cursor.name()?, if_exists });
    }
    Err(cursor.mismatch("'DATABASE', 'SCHEMA', 'TABLE', 'VIEW'"))
}

pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Statement, SyntaxError> {
    cursor.word("ALTER")?;
    if cursor.eat_word("DATABASE") || cursor.eat_word("SCHEMA") {
        let name = cursor.name()?.table;
        cursor.words(&["SET", "DBPROPERTIES"])?;
        return Ok(Statement::AlterDatabase { name, properties: cursor.string_pairs()? });
    }
    cursor.word("TABLE")?;
    let name = cursor.name()?;
    table(cursor, name)
}

fn table(cursor: &mut Cursor<'_>, name: Name) -> Result<Statement, SyntaxError> {
    let change = if cursor.eat_words(&["ADD", "COLUMNS"]) {
        AlterTable::AddColumns(cursor.list(Cursor::column)?)
    } else if cursor.eat_words(&["REPLACE", "COLUMNS"]) {
        AlterTable::ReplaceColumns(cursor.list(Cursor::column)?)
    } else if cursor.eat_word("CHANGE") {
        cursor.eat_word("COLUMN");
        let from = cursor.identifier()?;
        AlterTable::ChangeColumn { from, to: cursor.column()? }
    } else if cursor.eat_word("ADD") {
        let if_not_exists = cursor.eat_words(&["IF", "NOT", "EXISTS"]);
        let mut partitions = Vec::new();
        while cursor.eat_word("PARTITION") {
            let values = cursor.partition_values()?;
            partitions.push((values, if cursor.eat_word("LOCATION") { Some(cursor.string()?) } else { None }));
            cursor.eat(",");
        }
        if partitions.is_empty() {
            return Err(cursor.mismatch("'COLUMNS', 'PARTITION'"));
        }
        AlterTable::AddPartitions { if_not_exists, partitions }
    } else if cursor.eat_word("DROP") {
        if cursor.peek_word() == "COLUMN" {
            cursor.rest();
            return Ok(Statement::Unsupported("ALTER TABLE DROP COLUMN (Iceberg tables)"));
        }
        let if_exists = cursor.eat_words(&["IF", "EXISTS"]);
        let mut partitions = Vec::new();
        loop {
            cursor.word("PARTITION")?;
            partitions.push(cursor.partition_values()?);
            if !cursor.eat(",") && cursor.peek_word() != "PARTITION" {
                break;
            }
        }
        cursor.eat_word("PURGE");
        AlterTable::DropPartitions { if_exists, partitions }
    } else if cursor.eat_word("PARTITION") {
        let partition = cursor.partition_values()?;
        if cursor.eat_words(&["RENAME", "TO", "PARTITION"]) {
            AlterTable::RenamePartition { from: partition, to: cursor.partition_values()? }
        } else {
            cursor.words(&["SET", "LOCATION"])?;
            AlterTable::SetLocation { partition: Some(partition), location: cursor.string()? }
        }
    } else if cursor.eat_words(&["SET", "LOCATION"]) {
        AlterTable::SetLocation { partition: None, location: cursor.string()? }
    } else if cursor.eat_words(&["SET", "TBLPROPERTIES"]) {
        AlterTable::SetProperties(cursor.string_pairs()?)
    } else {
        return Err(cursor.mismatch("'ADD', 'CHANGE', 'DROP', 'PARTITION', 'REPLACE', 'SET'"));
    };
    Ok(Statement::AlterTable { name, change })
}
