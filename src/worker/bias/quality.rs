//! The profile behind the data quality page: two passes over files, or a few statements on a table.

use std::collections::HashMap;
use std::sync::Arc;

use super::source::{self, is_simple, total_bytes};
use super::tally;
use crate::bias::Positive;
use crate::frame;
use crate::infer::Overrides;
use crate::message::bias::BiasSource;
use crate::message::query::RowWindow;
use crate::model::{ColumnKind, ColumnProfile, ExampleRow, FoldCounts, Message, TableProfile, TableRef};
use crate::worker::bias_sql::{self, Bins, Profiled};
use crate::worker::dispatch::Context;
use crate::worker::ingest::of_frame;
use crate::worker::job::Done;
use crate::worker::query::{self, run::quietly};
use crate::worker::results::{self, Spill};

/// Rows shown with a finding.
const EXAMPLES: usize = 5;
/// Characters of a cell that are shown.
const SHOWN: usize = 80;
/// Different values up to which a column is tried by value.
const COUNTABLE: u64 = 10_000;
/// Different numbers above which a column is looked at by ranges, and may have outliers.
const FEW_NUMBERS: u64 = 20;

/// Profiles a source; gives the statements too, for tables.
pub(super) async fn profile(
    context: &Context,
    source: &BiasSource,
    label: Option<&(String, Positive)>,
) -> Done<(TableProfile, Vec<String>)> {
    match source {
        BiasSource::Table(table) => table_profile(context, table, label).await,
        BiasSource::File(_) | BiasSource::Object(_) | BiasSource::Result { .. } => {
            let files = source::files(context, source, source::Look::Values).await?;
            let (job, sources, label) = (context.job.clone(), files.sources.clone(), label.cloned());
            let (phase, total) = (Message::new("worker-phase-quality"), total_bytes(&files.sources));
            let kind = label.as_ref().and_then(|(name, _)| {
                let columns = &files.sources.first()?.evidence.as_ref()?.columns;
                let column = columns.iter().find(|column| column.name == *name || column.catalog_name == *name)?;
                Some(tally::kind_of(column.hive_type.as_str()))
            });
            let work = move || {
                let positive = |text: &str| label.as_ref().and_then(|(_, positive)| positive.holds(kind.unwrap_or(ColumnKind::Text), text));
                let asked = label.as_ref().map(|(name, _)| (name.as_str(), &positive as frame::profile::IsPositive<'_>));
                let go_on = &mut |done| job.go_on(done, Some(total), &phase);
                frame::profile(&sources, &Overrides::default(), asked, go_on)
            };
            let profile = context.job.blocking(work).await?;
            Ok((profile.map_err(|error| of_frame(&error, Message::new("worker-what-quality")))?, Vec::new()))
        }
    }
}

/// The statements of one profile, each remembered as it is run.
struct Asking<'a> {
    context: &'a Context,
    table: &'a TableRef,
    run: Vec<String>,
}

impl Asking<'_> {
    async fn ask(&mut self, sql: String) -> Done<Arc<Spill>> {
        let (_, spill) = quietly(self.context, &sql, Some(&self.table.database)).await?;
        self.run.push(sql);
        Ok(spill)
    }

    async fn rows(&mut self, sql: String, most: usize) -> Done<Vec<Vec<Option<String>>>> {
        let spill = self.ask(sql).await?;
        let rows = u32::try_from(most).unwrap_or(u32::MAX);
        let (_, page) = query::window_of(self.context, &spill, &RowWindow { rows, ..RowWindow::default() }).await?;
        Ok(page.rows)
    }

    async fn row(&mut self, sql: String) -> Done<Vec<Option<String>>> {
        Ok(self.rows(sql, 1).await?.into_iter().next().unwrap_or_default())
    }

    async fn examples(&mut self, sql: String) -> Done<Vec<ExampleRow>> {
        let short = |cell: Option<String>| cell.map(|text| text.chars().take(SHOWN).collect());
        let rows = self.rows(sql, EXAMPLES).await?;
        Ok(rows.into_iter().map(|row| ExampleRow { number: None, cells: row.into_iter().map(short).collect() }).collect())
    }
}

async fn table_profile(context: &Context, table: &TableRef, label: Option<&(String, Positive)>) -> Done<(TableProfile, Vec<String>)> {
    let session = context.session().await?;
    let definition = context.job.or_stop(session.clients.table(table)).await?.definition;
    let all = definition.columns.iter().chain(&definition.partition_keys);
    let simple = all.filter(|column| is_simple(column.hive_type.as_str()));
    let typed: Vec<(String, String)> = simple.map(|column| (column.name.clone(), column.hive_type.to_string())).collect();
    let names: Vec<String> = typed.iter().map(|(name, _)| name.clone()).collect();
    let mut asking = Asking { context, table, run: Vec::new() };
    if names.is_empty() {
        let rows = whole(asking.row(bias_sql::count(table)).await?.first());
        let profile = TableProfile { rows, duplicates: 0, duplicate_rows: Vec::new(), label: None, columns: Vec::new() };
        return Ok((profile, asking.run));
    }
    let steps = |done: u64| context.job.steps(done, Some(4), &Message::new("worker-phase-quality"));
    steps(0);
    let (rows, mut columns, percentiles) = figures(&mut asking, &typed).await?;
    steps(1);
    let duplicates = whole(asking.row(bias_sql::duplicates(table, &names)).await?.first());
    let duplicate_rows =
        if duplicates > 0 { asking.examples(bias_sql::duplicate_rows(table, &names, EXAMPLES)).await? } else { Vec::new() };
    steps(2);
    let fences: Vec<(String, f64, f64)> =
        columns.iter().filter_map(|column| column.fences.map(|(low, high)| (column.name.clone(), low, high))).collect();
    if !fences.is_empty() {
        let counts = asking.row(bias_sql::outliers(table, &fences)).await?;
        for ((name, ..), count) in fences.iter().zip(&counts) {
            if let Some(column) = columns.iter_mut().find(|column| column.name == *name) {
                column.outliers = whole(Some(count));
            }
        }
    }
    for column in &mut columns {
        if column.nulls > 0 {
            let sql = bias_sql::rows_where(table, &names, &bias_sql::missing(&column.name), EXAMPLES);
            column.null_rows = asking.examples(sql).await?;
        }
        if let Some(fence) = fences.iter().find(|(name, ..)| *name == column.name).filter(|_| column.outliers > 0) {
            let sql = bias_sql::rows_where(table, &names, &bias_sql::outside(fence), EXAMPLES);
            column.outlier_rows = asking.examples(sql).await?;
        }
    }
    steps(3);
    if let Some((label, positive)) = label {
        powers(&mut asking, &mut columns, &percentiles, label, positive, &names).await?;
    }
    let label = label.map(|(name, _)| name.clone());
    Ok((TableProfile { rows, duplicates, duplicate_rows, label, columns }, asking.run))
}

/// A number of rows; 0 where there is none.
fn whole(cell: Option<&Option<String>>) -> u64 {
    cell.and_then(|cell| cell.as_deref()?.parse().ok()).unwrap_or(0)
}

/// Rows, and of each column its NULLs, its different values, its commonest value and its percentiles.
async fn figures(asking: &mut Asking<'_>, typed: &[(String, String)]) -> Done<(u64, Vec<ColumnProfile>, Vec<Vec<f64>>)> {
    let is_number = |type_name: &str| matches!(tally::kind_of(type_name), ColumnKind::Integer | ColumnKind::Float);
    let profiled: Vec<Profiled> =
        typed.iter().map(|(name, type_name)| Profiled { name: name.clone(), number: is_number(type_name) }).collect();
    let cells = asking.row(bias_sql::profile(asking.table, &profiled)).await?;
    let figure = |at: usize| whole(cells.get(at));
    let rows = figure(0);
    let (mut columns, mut percentiles) = (Vec::new(), Vec::new());
    for (at, (name, type_name)) in typed.iter().enumerate() {
        let text = cells.get(at * 3 + 3).cloned().flatten().unwrap_or_default();
        let found: Vec<f64> = text.split('|').filter_map(|part| part.parse().ok()).collect();
        let valued = figure(at * 3 + 1);
        // An estimate may be a few percent off, but not beyond the rows.
        let distinct = figure(at * 3 + 2).min(valued);
        let reach = found.get(4).zip(found.get(14)).map(|(low, high)| (*low, *high, 3.0 * (high - low)));
        let fences =
            reach.filter(|(.., reach)| *reach > 0.0 && distinct > FEW_NUMBERS).map(|(low, high, reach)| (low - reach, high + reach));
        columns.push(ColumnProfile {
            name: name.clone(),
            type_name: type_name.clone(),
            kind: tally::kind_of(type_name),
            nulls: rows.saturating_sub(valued),
            distinct,
            commonest: None,
            fences,
            outliers: 0,
            power: None,
            null_rows: Vec::new(),
            outlier_rows: Vec::new(),
        });
        percentiles.push(found);
    }
    // The commonest value matters where there are few.
    let few: Vec<usize> = columns.iter().enumerate().filter(|(_, column)| column.distinct <= 100).map(|(at, _)| at).collect();
    for part in few.chunks(bias_sql::COLUMNS_AT_ONCE) {
        let names: Vec<String> = part.iter().filter_map(|at| columns.get(*at)).map(|column| column.name.clone()).collect();
        let found = asking.rows(bias_sql::commonest(asking.table, &names, 1), part.len() * 2 + 1).await?;
        for row in found {
            let cell = |at: usize| row.get(at).and_then(Option::as_deref);
            let place = cell(0).and_then(|text| text.parse().ok()).and_then(|grouping| bias_sql::place_of(grouping, part.len()));
            let column = place.and_then(|place| part.get(place)).and_then(|at| columns.get_mut(*at));
            let (Some(column), Some(value)) = (column, cell(1)) else { continue };
            let rows = cell(2).and_then(|text| text.parse().ok()).unwrap_or(0);
            if column.commonest.as_ref().is_none_or(|(_, most)| *most < rows) {
                column.commonest = Some((tally::written(value, column.kind), rows));
            }
        }
    }
    Ok((rows, columns, percentiles))
}

/// How well each column alone tells the label.
async fn powers(
    asking: &mut Asking<'_>,
    columns: &mut [ColumnProfile],
    percentiles: &[Vec<f64>],
    label: &str,
    positive: &Positive,
    texts: &[String],
) -> Done {
    let kind = columns.iter().find(|column| column.name == label).map_or(ColumnKind::Text, |column| column.kind);
    let tried: Vec<(usize, (String, Bins))> = columns
        .iter()
        .zip(percentiles)
        .enumerate()
        .filter(|(_, (column, _))| column.name != label && column.distinct > 1)
        .filter_map(|(at, (column, percentiles))| {
            let mut edges = percentiles.clone();
            edges.dedup_by(|a, b| a.total_cmp(b).is_eq());
            let bins = match column.distinct {
                few if few <= FEW_NUMBERS => Bins::Values,
                _ if !edges.is_empty() => Bins::Ranges(edges),
                countable if countable <= COUNTABLE => Bins::Values,
                _ => return None,
            };
            Some((at, (column.name.clone(), bins)))
        })
        .collect();
    for part in tried.chunks(bias_sql::COLUMNS_AT_ONCE) {
        let asked: Vec<(String, Bins)> = part.iter().map(|(_, column)| column.clone()).collect();
        let spill = asking.ask(bias_sql::folds(asking.table, &asked, label, texts)).await?;
        let mut found: Vec<(HashMap<Vec<u8>, usize>, FoldCounts)> = vec![Default::default(); part.len()];
        let job = &asking.context.job;
        let (path, stop) = (spill.path(), || job.is_stopped());
        let scanned = spill.scan(&stop, |record, _| {
            let text = |at: usize| record.get(at).and_then(|text| std::str::from_utf8(text).ok());
            let whole = |at: usize| text(at).and_then(|text| text.parse::<u64>().ok());
            let outcome = text(3).and_then(|label| positive.holds(kind, &tally::written(label, kind)));
            let (Some(grouping), Some(value), Some(fold), Some(outcome), Some(rows)) =
                (whole(0), record.get(1), whole(2), outcome, whole(4))
            else {
                return Ok(());
            };
            let place = bias_sql::place_of(grouping, part.len());
            if let Some((bins, folds)) = place.and_then(|place| found.get_mut(place)) {
                let next = bins.len();
                let bin = *bins.entry(value.to_vec()).or_insert(next);
                folds.add(bin, usize::try_from(fold).unwrap_or_default(), outcome, rows);
            }
            Ok(())
        });
        scanned.map_err(|error| results::stopped_by(&error, &path))?;
        for ((at, _), (_, folds)) in part.iter().zip(found) {
            if let Some(column) = columns.get_mut(*at) {
                column.power = folds.power();
            }
        }
    }
    Ok(())
}
