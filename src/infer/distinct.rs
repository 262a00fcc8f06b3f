//! How many different values there are: counted while they are few, estimated from the smallest hashes when they are many.

/// Up to here the count is exact.
const KEPT: usize = 4096;

const RECENT: usize = 256;

/// A count of different values in bounded memory (the k minimum values of their hashes; about 1.6% off beyond 4,096).
#[derive(Debug, Clone)]
pub struct Distinct {
    /// The hashes met last, by their lowest bits: most values of most columns are found here.
    recent: [u64; RECENT],
    /// Sorted and without doubles up to `sorted`, then what came since.
    hashes: Vec<u64>,
    sorted: usize,
    /// No hash from here on counts any more.
    threshold: u64,
}

impl Default for Distinct {
    fn default() -> Self {
        Self { recent: [0; RECENT], hashes: Vec::new(), sorted: 0, threshold: u64::MAX }
    }
}

impl Distinct {
    /// Counts a value.
    pub fn add(&mut self, value: &[u8]) {
        let hash = hash(value);
        if hash >= self.threshold {
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "only the lowest bits are wanted")]
        if let Some(recent) = self.recent.get_mut(hash as usize % RECENT) {
            if *recent == hash {
                return;
            }
            *recent = hash;
        }
        // Looking it up among the sorted ones keeps a column of few values from ever growing.
        if self.hashes.get(..self.sorted).is_some_and(|sorted| sorted.binary_search(&hash).is_ok()) {
            return;
        }
        self.hashes.push(hash);
        if self.hashes.len() - self.sorted >= 64.max(self.sorted / 2) {
            self.settle();
        }
    }

    fn settle(&mut self) {
        self.hashes.sort_unstable();
        self.hashes.dedup();
        if self.hashes.len() > KEPT {
            self.hashes.truncate(KEPT);
            self.threshold = self.hashes.last().copied().unwrap_or(u64::MAX);
        }
        self.sorted = self.hashes.len();
    }

    /// The number of different values, and whether it is exact.
    #[must_use]
    pub fn count(&self) -> (u64, bool) {
        let mut settled = self.clone();
        settled.settle();
        if settled.threshold == u64::MAX {
            return (settled.hashes.len() as u64, true);
        }
        let share = settled.threshold as f64 / u64::MAX as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count estimate is positive and far below 2^63")]
        let estimate = ((KEPT as f64 - 1.0) / share).round() as u64;
        (estimate, false)
    }
}

/// A fast hash whose every bit depends on every byte; the same in every run, so that evidence is reproducible.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    const KEYS: [u64; 3] = [0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB, 0x8EBC_6AF0_9C88_C6E3];
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        #[expect(clippy::cast_possible_truncation, reason = "the two halves of the product are folded")]
        let folded = product as u64 ^ (product >> 64) as u64;
        folded
    };
    let mut state = KEYS[0] ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk.try_into().map_or(0, u64::from_le_bytes);
        state = fold(state ^ word, KEYS[1]).rotate_left(23);
    }
    let mut tail = [0_u8; 8];
    for (slot, byte) in tail.iter_mut().zip(chunks.remainder()) {
        *slot = *byte;
    }
    state = fold(state ^ u64::from_le_bytes(tail), KEYS[1]);
    fold(state ^ KEYS[0], KEYS[2])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn few_values_are_counted_and_many_estimated() {
        let mut few = Distinct::default();
        for number in 0..200_000_u32 {
            few.add((number % 4000).to_string().as_bytes());
        }
        assert_eq!(few.count(), (4000, true));
        let mut many = Distinct::default();
        for number in 0..200_000_u32 {
            many.add(number.to_string().as_bytes());
        }
        let (estimate, exact) = many.count();
        assert!(!exact && (190_000..210_000).contains(&estimate), "{estimate}");
        assert!(many.hashes.capacity() < 5 * KEPT);
    }

    #[test]
    fn hashes_of_different_texts_differ() {
        let hashes: HashSet<u64> = (0..100_000_u32).map(|number| hash(format!("review {number}").as_bytes())).collect();
        assert_eq!(hashes.len(), 100_000);
        assert_ne!(hash(b""), hash(b"\0"));
    }
}
