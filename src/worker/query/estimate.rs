//! What a statement would read: the bytes of the files of the tables it names.

use std::collections::BTreeSet;

use super::tell;
use crate::message::query::QueryEvent;
use crate::model::TableRef;
use crate::sql::{Token, TokenKind, tokens, unquoted};
use crate::worker::dispatch::Context;
use crate::worker::job::Done;

/// Objects of a table that are counted; more make the estimate a lower bound.
const MOST_OBJECTS: usize = 100_000;

/// Adds up the files of the tables that a statement names after FROM and JOIN. Columns and partitions that it leaves out are not known here.
pub(super) async fn estimate(context: &Context, sql: &str, database: Option<&str>) -> Done {
    let session = context.session().await?;
    let (mut tables, mut bytes) = (0, 0);
    for table in named_tables(sql, database) {
        // A name that is no table is one of the statement's own (WITH), or a mistake that the engine will name.
        let Ok(found) = context.job.or_stop(session.clients.table(&table)).await else { continue };
        tables += 1;
        if let Some(location) = &found.definition.location {
            let (objects, _) = context.job.or_stop(session.clients.list_all(&location.folder(), MOST_OBJECTS)).await?;
            bytes += objects.iter().map(|object| object.size).sum::<u64>();
        }
    }
    tell(context, QueryEvent::Estimated { sql: sql.to_owned(), tables, bytes }).await
}

fn is_name(token: &Token) -> bool {
    matches!(
        token.kind,
        TokenKind::Identifier | TokenKind::QuotedIdentifier | TokenKind::BacktickIdentifier | TokenKind::Type | TokenKind::Function
    )
}

fn named_tables(sql: &str, database: Option<&str>) -> BTreeSet<TableRef> {
    let all = tokens(sql);
    let words: Vec<&Token> = all.iter().filter(|token| token.is_significant()).collect();
    let text = |index: usize| words.get(index).map(|token| token.text(sql));
    let mut found = BTreeSet::new();
    for index in 0..words.len() {
        let opens = text(index).is_some_and(|word| word.eq_ignore_ascii_case("from") || word.eq_ignore_ascii_case("join"));
        if !opens {
            continue;
        }
        let mut at = index + 1;
        loop {
            let mut parts = Vec::new();
            while let Some(token) = words.get(at).filter(|token| is_name(token)) {
                parts.push(unquoted(token.text(sql)));
                at += 1;
                if text(at) != Some(".") {
                    break;
                }
                at += 1;
            }
            match parts.as_slice() {
                [table] => found.extend(database.map(|database| TableRef::new(database, table))),
                [.., database, table] => {
                    found.insert(TableRef::new(database, table));
                }
                [] => break,
            }
            // `FROM a x, b y`: an alias, then a comma.
            while words.get(at).is_some_and(|token| is_name(token)) || text(at).is_some_and(|word| word.eq_ignore_ascii_case("as")) {
                at += 1;
            }
            if text(at) != Some(",") {
                break;
            }
            at += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_found_after_from_and_join() {
        let names = |sql: &str| named_tables(sql, Some("db")).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names("SELECT * FROM Reviews"), ["db.reviews"]);
        assert_eq!(names("select 'from x' from \"A b\".\"T\" t join c on t.x = c.y -- from z"), ["a b.t", "db.c"]);
        assert_eq!(names("SELECT 1 FROM a x, b AS y WHERE x.i = y.i"), ["db.a", "db.b"]);
        assert_eq!(names("SELECT * FROM awsdatacatalog.db2.t"), ["db2.t"]);
        assert_eq!(names("SELECT count(*) FROM (SELECT 1)"), Vec::<String>::new());
        assert_eq!(named_tables("SELECT * FROM t", None).len(), 0);
    }
}
