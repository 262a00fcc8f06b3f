//! Runs of neighbours and choices of elements, and runs of elements within others.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, ListArray, NullBufferBuilder, UInt32Array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{cast, take};
use datafusion::common::{Result, exec_err};

use super::call::{Call, booleans};
use super::collection::{bounds, item_field};
use super::comparable::comparable_both;

/// The most elements that the answer for one array has.
const MOST_CHOSEN: usize = 100_000;
const MOST_NEIGHBOURS: usize = 1_000_000;

/// How many ways there are to choose; `None` beyond what 64 bits hold.
fn choices(count: usize, size: usize) -> Option<usize> {
    let rest = count.checked_sub(size)?;
    (1..=size).try_fold(1_usize, |ways, at| Some(ways.checked_mul(rest + at)? / at))
}

/// Gives the ways to choose `size` of `count` places, each in rising order, by their last places first.
fn choose(count: usize, size: usize, mut each: impl FnMut(&[usize])) {
    if size > count {
        return;
    }
    let mut chosen: Vec<usize> = (0..size).collect();
    loop {
        each(&chosen);
        // The first place that can move on does, and those before it begin anew.
        let room = |at: usize| chosen.get(at + 1).copied().unwrap_or(count);
        let Some(moved) = (0..size).find(|at| chosen.get(*at).is_some_and(|place| place + 1 < room(*at))) else { return };
        for (at, place) in chosen.iter_mut().enumerate().take(moved + 1) {
            *place = if at == moved { *place + 1 } else { at };
        }
    }
}

/// Arrays of arrays: `of` gets how many items a row has and gives the places of each array.
fn nested(call: &Call, of: impl Fn(usize, i64, &mut dyn FnMut(&[usize])) -> Result<()>) -> Result<ArrayRef> {
    let (list, outer) = (call.needed(0)?.as_list::<i32>(), item_field(&call.gives)?);
    let inner = item_field(&outer)?;
    let (mut places, mut sizes, mut counts, mut valid) = (Vec::new(), Vec::new(), Vec::new(), NullBufferBuilder::new(call.rows));
    for row in 0..call.rows {
        let before = sizes.len();
        let size = call.integer(1, row).filter(|_| list.is_valid(row));
        valid.append(size.is_some());
        if let Some(size) = size {
            let (start, length) = bounds(list, row);
            of(length, size, &mut |set| {
                places.extend(set.iter().filter_map(|at| u32::try_from(start + at).ok()));
                sizes.push(set.len());
            })?;
        }
        counts.push(sizes.len() - before);
    }
    let values = cast(&take(list.values(), &UInt32Array::from(places), None)?, inner.data_type())?;
    let sets = Arc::new(ListArray::try_new(inner, OffsetBuffer::from_lengths(sizes), values, None)?);
    Ok(Arc::new(ListArray::try_new(outer, OffsetBuffer::from_lengths(counts), sets, valid.finish())?))
}

/// All choices of so many elements.
pub(super) fn combinations(call: &Call) -> Result<ArrayRef> {
    nested(call, |length, size, each| {
        let Ok(size @ 0..=5) = usize::try_from(size) else {
            let bound = if size < 0 { "be negative" } else { "exceed 5" };
            return exec_err!("INVALID_FUNCTION_ARGUMENT: combination size must not {bound}: {size}");
        };
        if size <= length && choices(length, size).is_none_or(|ways| ways.saturating_mul(size) > MOST_CHOSEN) {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: combinations exceed max size");
        }
        choose(length, size, each);
        Ok(())
    })
}

/// All runs of so many neighbours; the whole where there are no more.
pub(super) fn ngrams(call: &Call) -> Result<ArrayRef> {
    nested(call, |length, size, each| {
        if size <= 0 {
            return exec_err!("INVALID_FUNCTION_ARGUMENT: N must be positive");
        }
        let size = usize::try_from(size).map_or(length, |size| size.min(length));
        if (length - size + 1).saturating_mul(size) > MOST_NEIGHBOURS {
            return exec_err!(
                "INVALID_FUNCTION_ARGUMENT: The runs of {size} among {length} elements have more than {MOST_NEIGHBOURS} in all"
            );
        }
        (0..=length - size).for_each(|start| each(&(start..start + size).collect::<Vec<_>>()));
        Ok(())
    })
}

/// Whether an array has all of another's elements in a row.
pub(super) fn contains_sequence(call: &Call) -> Result<ArrayRef> {
    let (whole, part) = (call.needed(0)?.as_list::<i32>(), call.needed(1)?.as_list::<i32>());
    let (mine, theirs) = comparable_both(whole.values(), part.values())?;
    booleans(call.rows, |row| {
        if whole.is_null(row) || part.is_null(row) {
            return Ok(None);
        }
        let ((start, length), (from, count)) = (bounds(whole, row), bounds(part, row));
        let starts = |at: usize| (0..count).all(|next| mine.row(start + at + next) == theirs.row(from + next));
        Ok(Some((0..(length + 1).saturating_sub(count)).any(starts)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_there_once_by_its_last_places() {
        for count in 0..8 {
            for size in 0..5 {
                let mut all: Vec<Vec<usize>> = Vec::new();
                choose(count, size, |set| all.push(set.to_vec()));
                assert_eq!(choices(count, size).unwrap_or(0), all.len(), "{size} of {count}");
                assert!(all.iter().all(|set| set.is_sorted_by(|a, b| a < b) && set.iter().all(|at| *at < count)));
                assert!(all.is_sorted_by(|a, b| a.iter().rev().lt(b.iter().rev())));
            }
        }
        assert_eq!(choices(60, 5), Some(5_461_512));
        assert_eq!(choices(usize::MAX, 5), None);
    }
}
