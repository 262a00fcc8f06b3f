//! Every choice of some places out of many, and runs of elements within others.

use datafusion::arrow::array::{Array as _, ArrayRef};
use datafusion::common::Result;

use super::call::{Call, booleans, some};
use super::collection::comparable_both;

/// The ways to choose `size` of `count` places, each in rising order.
pub(super) fn combinations(count: usize, size: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..size {
        all = all
            .into_iter()
            .flat_map(|set: Vec<usize>| {
                let from = set.last().map_or(0, |last| last + 1);
                (from..count).map(move |next| [set.as_slice(), &[next]].concat())
            })
            .collect();
    }
    // Trino lists them by their last places first.
    all.sort_by(|a, b| a.iter().rev().cmp(b.iter().rev()));
    all
}

/// Whether an array has all of another's elements in a row.
pub(super) fn contains_sequence(call: &Call) -> Result<ArrayRef> {
    booleans(call.rows, |row| {
        let (whole, part) = (some!(call.list(0, row)), some!(call.list(1, row)));
        let (mine, theirs) = comparable_both(&whole, &part)?;
        let starts =
            (0..(whole.len() + 1).saturating_sub(part.len())).any(|from| (0..part.len()).all(|at| mine.row(from + at) == theirs.row(at)));
        Ok(Some(starts))
    })
}
