//! A result on disk: Athena's CSV as it came, with an index of every so many rows. Any window of it is read in a moment, in any order.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;

use super::order::{Keep, KeyKind, Order, Sorter};
use super::rows::{self, Boundaries, Record};
use crate::message::query::RowWindow;
use crate::model::{Page, ResultColumn};

/// Rows between two entries of the index.
const STRIDE: u64 = 128;
/// Orders that are kept for a result.
const ORDERS: usize = 6;
/// Most rows of a window.
const MOST_ROWS: u32 = 10_000;

/// A result on disk. Its folder goes with it.
#[derive(Debug)]
pub(in super::super) struct Spill {
    columns: Vec<ResultColumn>,
    rows: u64,
    // The offset of every STRIDEth row.
    index: Vec<u64>,
    orders: Mutex<VecDeque<(OrderKey, Arc<Order>)>>,
    paged: bool,
    folder: TempDir,
}

type OrderKey = (Option<(usize, bool)>, Option<String>);

/// The work was told to stop.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
pub(in super::super) struct Stopped;

/// Whether long work is to stop.
pub(in super::super) type IsStopped<'a> = &'a (dyn Fn() -> bool + Sync);

impl Spill {
    /// The columns.
    pub(in super::super) fn columns(&self) -> &[ResultColumn] {
        &self.columns
    }

    /// How many rows there are.
    pub(in super::super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether the rows came through `GetQueryResults`.
    pub(in super::super) fn is_paged(&self) -> bool {
        self.paged
    }

    /// The file itself, for readers of CSV: a header if it came as an object.
    pub(in super::super) fn path(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    /// A window of the rows, and how many rows match its text in all.
    pub(in super::super) fn window(&self, window: &RowWindow, stop: IsStopped<'_>) -> io::Result<(u64, Page)> {
        let count = u64::from(window.rows.min(MOST_ROWS));
        if window.sort.is_none() && window.find.as_deref().is_none_or(str::is_empty) {
            return Ok((self.rows, self.natural(window.start, count)?));
        }
        let order = self.order(window, stop)?;
        let mut page = Page { start: window.start, rows: Vec::new() };
        let mut file = BufReader::with_capacity(8 << 10, File::open(self.path())?);
        let mut record = Record::default();
        for offset in order.offsets(window.start, count)? {
            file.seek(SeekFrom::Start(offset))?;
            rows::read(&mut file, &mut record)?;
            page.rows.push(record.cells(self.columns.len()));
        }
        Ok((order.rows(), page))
    }

    fn natural(&self, start: u64, count: u64) -> io::Result<Page> {
        let mut page = Page { start, rows: Vec::new() };
        let Some(offset) = usize::try_from(start / STRIDE).ok().and_then(|entry| self.index.get(entry)) else { return Ok(page) };
        let mut file = BufReader::with_capacity(64 << 10, File::open(self.path())?);
        file.seek(SeekFrom::Start(*offset))?;
        let mut record = Record::default();
        for _ in 0..start % STRIDE {
            rows::read(&mut file, &mut record)?;
        }
        while (page.rows.len() as u64) < count && rows::read(&mut file, &mut record)? > 0 {
            page.rows.push(record.cells(self.columns.len()));
        }
        Ok(page)
    }

    /// Hands every row on, with its offset in the file, until `row` says no more.
    pub(in super::super) fn scan(&self, stop: IsStopped<'_>, mut row: impl FnMut(&Record, u64) -> io::Result<()>) -> io::Result<()> {
        let Some(mut offset) = self.index.first().copied() else { return Ok(()) };
        let mut file = BufReader::with_capacity(256 << 10, File::open(self.path())?);
        file.seek(SeekFrom::Start(offset))?;
        let mut record = Record::default();
        for number in 0..self.rows {
            let taken = rows::read(&mut file, &mut record)?;
            if taken == 0 {
                break;
            }
            row(&record, offset)?;
            offset += taken;
            if number.is_multiple_of(4096) && stop() {
                return Err(io::Error::other(Stopped));
            }
        }
        Ok(())
    }

    /// A value by its row in the order of a column.
    pub(super) fn sorted_value(&self, column: usize, row: u64, stop: IsStopped<'_>) -> io::Result<Option<String>> {
        let window = RowWindow { start: row, rows: 1, sort: Some((column, false)), find: None };
        let (_, page) = self.window(&window, stop)?;
        Ok(page.rows.into_iter().next().and_then(|cells| cells.into_iter().nth(column).flatten()))
    }

    fn order(&self, window: &RowWindow, stop: IsStopped<'_>) -> io::Result<Arc<Order>> {
        let find = window.find.as_deref().filter(|text| !text.is_empty()).map(str::to_lowercase);
        let key = (window.sort, find);
        if let Some((_, order)) = self.orders.lock().unwrap_or_else(PoisonError::into_inner).iter().find(|(known, _)| *known == key) {
            return Ok(order.clone());
        }
        let order = Arc::new(self.make_order(&key, stop)?);
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if orders.len() >= ORDERS {
            orders.pop_front();
        }
        orders.push_back((key, order.clone()));
        Ok(order)
    }

    fn make_order(&self, (sort, find): &OrderKey, stop: IsStopped<'_>) -> io::Result<Order> {
        let folder = self.folder.path();
        let matches = |record: &Record| find.as_deref().is_none_or(|text| contains(record, text));
        let Some((column, downwards)) = *sort else {
            let mut keep = Keep::new(folder)?;
            self.scan(stop, |record, offset| if matches(record) { keep.push(offset) } else { Ok(()) })?;
            return keep.finish();
        };
        let kind = self.columns.get(column).map_or(KeyKind::Text, |column| KeyKind::of(&column.type_name));
        let mut sorter = Sorter::new(folder, kind, downwards);
        self.scan(stop, |record, offset| if matches(record) { sorter.push(record.get(column), offset) } else { Ok(()) })?;
        sorter.finish()
    }
}

/// Whether a value contains a text that is in lower case, without regard to case.
fn contains(record: &Record, text: &str) -> bool {
    (0..record.len()).filter_map(|index| record.get(index)).any(|value| {
        if value.is_ascii() {
            text.is_ascii() && value.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text.as_bytes()))
        } else {
            String::from_utf8_lossy(value).to_lowercase().contains(text)
        }
    })
}

const FILE: &str = "rows.csv";

/// Takes a result in as it arrives.
#[derive(Debug)]
pub(super) struct SpillWriter {
    file: File,
    boundaries: Boundaries,
    folder: TempDir,
}

impl SpillWriter {
    /// A writer in this folder; `has_header` says that the first record names the columns.
    pub(super) fn new(folder: TempDir, has_header: bool) -> io::Result<Self> {
        let file = File::create(folder.path().join(FILE))?;
        Ok(Self { file, boundaries: Boundaries::new(u64::from(has_header), STRIDE), folder })
    }

    /// Adds bytes of Athena's CSV.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.boundaries.feed(bytes);
        self.file.write_all(bytes)
    }

    /// Adds rows.
    pub(super) fn rows(&mut self, rows: &[Vec<Option<String>>]) -> io::Result<()> {
        let mut text = Vec::new();
        for row in rows {
            rows::write(&mut text, row)?;
        }
        self.bytes(&text)
    }

    /// The result, whole.
    pub(super) fn finish(self, columns: Vec<ResultColumn>, paged: bool) -> Spill {
        let (rows, index) = self.boundaries.finish();
        Spill { columns, rows, index, orders: Mutex::default(), paged, folder: self.folder }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spill(rows: u32) -> Spill {
        let mut writer = SpillWriter::new(tempfile::tempdir().unwrap(), true).unwrap();
        writer.bytes(b"\"n\",\"text\"\n").unwrap();
        for number in 0..rows {
            let text = match number % 4 {
                0 => None,
                1 => Some(String::new()),
                2 => Some(format!("Row \"{number}\",\nbroken")),
                _ => Some(format!("행 {number}")),
            };
            writer.rows(&[vec![Some((number * 7919 % rows).to_string()), text]]).unwrap();
        }
        let column = |name: &str, type_name: &str| ResultColumn { name: name.to_owned(), type_name: type_name.to_owned() };
        writer.finish(vec![column("n", "bigint"), column("text", "varchar")], false)
    }

    fn window(spill: &Spill, start: u64, rows: u32, sort: Option<(usize, bool)>, find: Option<&str>) -> (u64, Vec<Vec<Option<String>>>) {
        let window = RowWindow { start, rows, sort, find: find.map(str::to_owned) };
        let (matching, page) = spill.window(&window, &|| false).unwrap();
        assert_eq!(page.start, start);
        (matching, page.rows)
    }

    #[test]
    fn any_window_is_read_with_its_true_values() {
        let spill = spill(10_007);
        assert_eq!(spill.rows(), 10_007);
        let (_, rows) = window(&spill, 0, 3, None, None);
        assert_eq!(rows[0], [Some("0".to_owned()), None]);
        assert_eq!(rows[1], [Some("7919".to_owned()), Some(String::new())]);
        assert_eq!(rows[2][1].as_deref(), Some("Row \"2\",\nbroken"));
        let (_, rows) = window(&spill, 10_003, 100, None, None);
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0][1].as_deref(), Some("행 10003"));
        assert!(window(&spill, 10_007, 5, None, None).1.is_empty());
        assert!(window(&spill, u64::MAX, 5, None, None).1.is_empty());
    }

    #[test]
    fn sorting_and_finding_agree_with_the_rows() {
        let spill = spill(1_009);
        let (_, rows) = window(&spill, 500, 2, Some((0, false)), None);
        assert_eq!(rows[0][0].as_deref(), Some("500"));
        let (_, rows) = window(&spill, 0, 2, Some((0, true)), None);
        assert_eq!(rows[0][0].as_deref(), Some("1008"));
        let (matching, rows) = window(&spill, 0, 1000, Some((0, true)), Some("ROW \"10"));
        // 10, 102, 106 and 1002, 1006 of those that are 2 modulo 4.
        assert_eq!(matching, 5);
        assert_eq!(rows.len(), 5);
        assert_eq!(window(&spill, 0, 10, None, Some("행 1007")).0, 1);
        assert_eq!(window(&spill, 0, 10, None, Some("nowhere")), (0, Vec::new()));
        assert_eq!(spill.sorted_value(0, 7, &|| false).unwrap().as_deref(), Some("7"));
    }

    #[test]
    fn a_scan_can_be_stopped() {
        let error = spill(10_000).window(&RowWindow { rows: 1, sort: Some((0, false)), ..RowWindow::default() }, &|| true).unwrap_err();
        assert!(error.get_ref().is_some_and(|error| error.downcast_ref::<Stopped>().is_some()));
    }

    #[test]
    fn a_result_without_rows_has_empty_windows() {
        let writer = SpillWriter::new(tempfile::tempdir().unwrap(), true).unwrap();
        let spill = writer.finish(Vec::new(), false);
        assert_eq!(spill.rows(), 0);
        assert_eq!(window(&spill, 0, 10, Some((0, false)), Some("x")), (0, Vec::new()));
    }
}
