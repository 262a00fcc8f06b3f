//! Rows drawn by a seed from files, in one pass and bounded memory: every row is as likely as any other.

use std::ops::ControlFlow;

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::frame::Progress;
use crate::frame::cells::{kind_of, plain};
use crate::frame::count::{Source, resolve};
use crate::frame::error::FrameError;
use crate::frame::rows::Reading;
use crate::infer::{Evidence, Overrides};
use crate::model::Sample;

/// The reservoir of Vitter's algorithm R: of all that passes by, this many are kept, each with the same chance.
pub(super) struct Reservoir<T> {
    random: ChaCha8Rng,
    most: usize,
    pub(super) passed: u64,
    kept: Vec<(u64, T)>,
}

impl<T> Reservoir<T> {
    pub(super) fn new(most: usize, seed: u64) -> Self {
        Self { random: ChaCha8Rng::seed_from_u64(seed), most, passed: 0, kept: Vec::new() }
    }

    /// Lets one pass by; `item` is made only if it is kept.
    pub(super) fn pass(&mut self, item: impl FnOnce() -> T) {
        let number = self.passed;
        self.passed += 1;
        if self.kept.len() < self.most {
            self.kept.push((number, item()));
            return;
        }
        let place = usize::try_from(self.random.random_range(0..=number)).unwrap_or(usize::MAX);
        if let Some(slot) = self.kept.get_mut(place) {
            *slot = (number, item());
        }
    }

    /// What was kept, in the order in which it passed.
    pub(super) fn finish(mut self) -> Vec<T> {
        self.kept.sort_unstable_by_key(|(number, _)| *number);
        self.kept.into_iter().map(|(_, item)| item).collect()
    }
}

/// The columns of a file: the name as it is written (the catalogue's where there is none), and the catalogue's.
pub(super) fn named(evidence: &Evidence) -> Vec<(String, String)> {
    let name = |written: &str, catalog: &str| if written.is_empty() { catalog.to_owned() } else { written.to_owned() };
    evidence.columns.iter().map(|column| (name(&column.name, &column.catalog_name), column.catalog_name.clone())).collect()
}

/// At most so many rows of these files together, in their order; the same seed draws the same rows.
///
/// # Errors
/// [`FrameError::NoColumn`] where a later file lacks a column of the first, and whatever is wrong with a file.
pub fn sample(
    sources: &[Source],
    overrides: &Overrides,
    most: usize,
    seed: u64,
    progress: &mut Progress<'_>,
) -> Result<Sample, FrameError> {
    let mut columns = Vec::new();
    let mut reservoir = Reservoir::new(most, seed);
    let mut before = 0;
    for source in sources {
        let evidence = source.evidence(overrides)?;
        let choices = named(&evidence);
        if columns.is_empty() {
            let kinds = evidence.columns.iter().map(|column| kind_of(column.hive_type.as_str()));
            columns = choices.iter().map(|(name, _)| name.clone()).zip(kinds).collect();
        }
        let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
        let wanted = resolve(&names, &choices)?;
        let mut last = 0;
        let mut told = |done| {
            last = done;
            progress(before + done)
        };
        Reading::strict(&source.path, &evidence, overrides).each_row(&mut told, &mut |row| {
            reservoir.pass(|| {
                let cell = |(index, (_, kind)): (&usize, &(String, _))| {
                    row.cells.get(*index).copied().flatten().and_then(|text| plain(text.to_owned(), *kind))
                };
                wanted.iter().zip(&columns).map(cell).collect::<Vec<Option<String>>>()
            });
            Ok(ControlFlow::Continue(()))
        })?;
        before += last;
    }
    Ok(Sample { columns, of: reservoir.passed, rows: reservoir.finish() })
}
