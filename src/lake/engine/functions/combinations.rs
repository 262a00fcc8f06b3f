//! Every choice of some places out of many.

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
