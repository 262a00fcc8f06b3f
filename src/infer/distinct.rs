//! How many different values there are: counted while they are few, estimated from the smallest hashes when they are many.

/// Up to here the count is exact.
const KEPT: usize = 4096;

/// A count of different values in bounded memory (the k minimum values of their hashes; about 1.6% off beyond 4,096).
#[derive(Debug, Clone)]
pub struct Distinct {
    /// An open hash table of the hashes; zero is an empty slot. Its length is a power of two.
    slots: Vec<u64>,
    used: usize,
    /// No hash from here on counts any more.
    threshold: u64,
}

impl Default for Distinct {
    fn default() -> Self {
        Self { slots: vec![0; 64], used: 0, threshold: u64::MAX }
    }
}

impl Distinct {
    /// Counts a value.
    pub fn add(&mut self, value: &[u8]) {
        let hash = hash(value).max(1);
        if hash < self.threshold && self.insert(hash) && self.used * 2 > self.slots.len() {
            if self.used > 2 * KEPT {
                self.trim();
            } else {
                self.rebuild(self.slots.len() * 2, |_| true);
            }
        }
    }

    fn insert(&mut self, hash: u64) -> bool {
        let mask = self.slots.len() - 1;
        #[expect(clippy::cast_possible_truncation, reason = "only the lowest bits are wanted")]
        let mut index = hash as usize & mask;
        while let Some(slot) = self.slots.get_mut(index) {
            if *slot == hash {
                return false;
            }
            if *slot == 0 {
                *slot = hash;
                self.used += 1;
                return true;
            }
            index = (index + 1) & mask;
        }
        false
    }

    fn rebuild(&mut self, length: usize, keep: impl Fn(u64) -> bool) {
        let old = std::mem::replace(&mut self.slots, vec![0; length]);
        self.used = 0;
        for hash in old {
            if hash != 0 && keep(hash) {
                self.insert(hash);
            }
        }
    }

    /// Keeps the smallest hashes only.
    fn trim(&mut self) {
        let mut hashes: Vec<u64> = self.slots.iter().copied().filter(|hash| *hash != 0).collect();
        if hashes.len() <= KEPT {
            return;
        }
        let (_, &mut threshold, _) = hashes.select_nth_unstable(KEPT);
        self.threshold = threshold;
        self.rebuild(self.slots.len(), |hash| hash < threshold);
    }

    /// The number of different values, and whether it is exact.
    #[must_use]
    pub fn count(&self) -> (u64, bool) {
        let mut settled = self.clone();
        settled.trim();
        if settled.threshold == u64::MAX {
            return (settled.used as u64, true);
        }
        let share = settled.threshold as f64 / u64::MAX as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count estimate is positive and far below 2^63")]
        let estimate = (KEPT as f64 / share).round() as u64;
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
    // What is left is read in two halves that may overlap; the length, mixed in above, keeps them apart.
    let rest = chunks.remainder();
    let tail = match (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        (Some(first), Some(last)) => u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)),
        _ => match *rest {
            [a] => u64::from(a),
            [a, b] => u64::from(a) << 8 | u64::from(b),
            [a, b, c] => u64::from(a) << 16 | u64::from(b) << 8 | u64::from(c),
            _ => 0,
        },
    };
    state = fold(state ^ tail, KEYS[1]);
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
        assert!(many.slots.len() <= 8 * KEPT);
    }

    #[test]
    fn hashes_of_different_texts_differ() {
        let hashes: HashSet<u64> = (0..100_000_u32).map(|number| hash(format!("review {number}").as_bytes())).collect();
        assert_eq!(hashes.len(), 100_000);
        assert_ne!(hash(b""), hash(b"\0"));
    }
}
