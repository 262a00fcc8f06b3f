//! Columns of a frame as small numbers, and rows that have the same numbers counted together: the inner loops of counting.

use polars::prelude::{AnyValue, Column, DataType, PlHashMap};

use crate::frame::error::FrameError;

/// Different values that are kept at hand while a column is read. A value that finds its place taken is looked up in full.
const KEPT: usize = 1 << SLOT_BITS;
const SLOT_BITS: u32 = 10;
/// Combinations that are counted in a plain table; more of them are counted by hash.
const TABLE: u64 = 1 << 20;
/// Rows that are counted at a time, so that their keys stay in the nearest cache.
const BLOCK: usize = 4096;

/// Values met lately, by their bits.
struct Kept {
    slots: Vec<(u128, u32)>,
}

impl Kept {
    const EMPTY: u32 = u32::MAX;

    fn new() -> Self {
        Self { slots: vec![(0, Self::EMPTY); KEPT] }
    }

    /// The number of the value with these bits; asks for it where it is not at hand.
    fn code(&mut self, bits: u128, ask: impl FnOnce() -> Result<u32, FrameError>) -> Result<u32, FrameError> {
        #[expect(clippy::cast_possible_truncation, reason = "both halves are mixed into the place")]
        let mixed = (bits as u64 ^ (bits >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let place = usize::try_from(mixed >> (u64::BITS - SLOT_BITS)).unwrap_or(0);
        let Some(slot) = self.slots.get_mut(place) else { return ask() };
        if slot.0 == bits && slot.1 != Self::EMPTY {
            return Ok(slot.1);
        }
        let code = ask()?;
        *slot = (bits, code);
        Ok(code)
    }
}

/// The number of each row's value. A value is asked for, with its row, when it is met first, and now and then again.
pub(super) fn of(column: &Column, ask: &mut dyn FnMut(usize, &AnyValue<'_>) -> Result<u32, FrameError>) -> Result<Vec<u32>, FrameError> {
    let mut codes = Vec::with_capacity(column.len());
    let series = column.as_materialized_series();
    let mut full = |row: usize| {
        let value = series.get(row).map_err(|error| FrameError::Parquet(error.to_string()))?;
        ask(row, &value)
    };
    let physical = series.to_physical_repr();
    let mut null = None;
    // Empty where nothing is NULL.
    let missing: Vec<bool> =
        if series.null_count() == 0 { Vec::new() } else { series.is_null().iter().map(|missing| missing == Some(true)).collect() };
    // Each branch walks the chunks of one physical type: the bits of a value are its name within a chunk.
    macro_rules! walk {
        ($values:expr, $bits:expr) => {{
            let mut kept = Kept::new();
            for value in $values {
                let row = codes.len();
                let code = match (missing.get(row), null) {
                    (Some(true), Some(code)) => code,
                    (Some(true), None) => *null.insert(full(row)?),
                    _ => kept.code($bits(value), || full(row))?,
                };
                codes.push(code);
            }
        }};
    }
    macro_rules! walk_numbers {
        ($chunked:expr, $bits:expr) => {
            if let Ok(chunked) = $chunked {
                for array in chunked.downcast_iter() {
                    walk!(array.values().iter().copied(), $bits);
                }
            }
        };
    }
    match physical.dtype() {
        DataType::String => {
            if let Ok(chunked) = physical.str() {
                for array in chunked.downcast_iter() {
                    // Two views of a chunk that are the same show the same text.
                    walk!(array.views().iter().map(|view| view.as_u128()), |bits: u128| bits);
                }
            }
        }
        DataType::Boolean => {
            let mut kept = Kept::new();
            for value in physical.bool().into_iter().flat_map(polars::prelude::ChunkedArray::iter) {
                let row = codes.len();
                // Beside the two truths there is room for NULL.
                let code = kept.code(value.map_or(2, u128::from), || full(row))?;
                codes.push(code);
            }
        }
        DataType::Int32 => walk_numbers!(physical.i32(), |number: i32| u128::from(number.cast_unsigned())),
        DataType::Int64 => walk_numbers!(physical.i64(), |number: i64| u128::from(number.cast_unsigned())),
        DataType::Float32 => walk_numbers!(physical.f32(), |number: f32| u128::from(number.to_bits())),
        DataType::Float64 => walk_numbers!(physical.f64(), |number: f64| u128::from(number.to_bits())),
        _ => {}
    }
    // Other types have few values as a rule, or few rows.
    while codes.len() < column.len() {
        let code = full(codes.len())?;
        codes.push(code);
    }
    Ok(codes)
}

/// The combinations of the columns' numbers with their rows, in the order of their first rows.
pub(super) fn combined(codes: &[Vec<u32>], rows: usize) -> Vec<(Box<[u32]>, u64)> {
    // A combination is one number whose digits, of different bases, are its codes.
    let bases: Vec<u64> = codes.iter().map(|column| u64::from(column.iter().copied().max().unwrap_or(0)) + 1).collect();
    let all = bases.iter().try_fold(1_u64, |all, base| all.checked_mul(*base));
    let key = |row: usize| codes.iter().map(|column| column.get(row).copied().unwrap_or_default()).collect::<Box<[u32]>>();
    let mut firsts: Vec<(usize, u64)> = Vec::new();
    let Some(all) = all else {
        let mut places: PlHashMap<Box<[u32]>, usize> = PlHashMap::default();
        for row in 0..rows {
            let place = *places.entry(key(row)).or_insert(firsts.len());
            count(&mut firsts, place, row);
        }
        return firsts.into_iter().map(|(row, rows)| (key(row), rows)).collect();
    };
    let mut table: Vec<u32> = vec![u32::MAX; if all <= TABLE { usize::try_from(all).unwrap_or(0) } else { 0 }];
    let mut places: PlHashMap<u64, usize> = PlHashMap::default();
    let mut packed = vec![0_u64; BLOCK];
    for start in (0..rows).step_by(BLOCK) {
        let length = BLOCK.min(rows - start);
        packed.clear();
        packed.resize(length, 0);
        for (column, base) in codes.iter().zip(&bases) {
            for (number, code) in packed.iter_mut().zip(column.get(start..start + length).unwrap_or_default()) {
                *number = *number * base + u64::from(*code);
            }
        }
        for (row, number) in (start..).zip(&packed) {
            let slot = usize::try_from(*number).ok().and_then(|number| table.get_mut(number));
            let place = match slot {
                Some(slot) if *slot == u32::MAX => {
                    *slot = u32::try_from(firsts.len()).unwrap_or(u32::MAX);
                    firsts.len()
                }
                Some(slot) => *slot as usize,
                None => *places.entry(*number).or_insert(firsts.len()),
            };
            count(&mut firsts, place, row);
        }
    }
    firsts.into_iter().map(|(row, rows)| (key(row), rows)).collect()
}

/// Counts a row at its place, which may be the next new one.
fn count(firsts: &mut Vec<(usize, u64)>, place: usize, row: usize) {
    match firsts.get_mut(place) {
        Some((_, rows)) => *rows += 1,
        None => firsts.push((row, 1)),
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Column, IntoColumn, NamedFrom, Series};
    use proptest::prelude::*;

    use super::*;
    use crate::frame::columnar::text;

    /// The codes by a plain look at each value, and how often values were asked for.
    fn asked(column: &Column) -> (Vec<u32>, Vec<String>, usize) {
        let (mut known, mut asked): (Vec<String>, usize) = (Vec::new(), 0);
        let codes = of(column, &mut |row, value| {
            asked += 1;
            assert_eq!(*value, column.get(row).unwrap());
            let shown = format!("{:?}", text(value));
            let place = known.iter().position(|other| *other == shown).unwrap_or_else(|| {
                known.push(shown);
                known.len() - 1
            });
            Ok(u32::try_from(place).unwrap())
        });
        (codes.unwrap(), known, asked)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn codes_name_the_values_of_every_type(
            cells in prop::collection::vec(prop::option::of(0_i64..40), 1..300),
            split in 0_usize..300,
        ) {
            let long = |number: i64| if number % 2 == 0 { format!("a rather long text {number}") } else { format!("한{number}") };
            let columns = [
                Series::new("x".into(), cells.iter().map(|cell| cell.map(long)).collect::<Vec<_>>()),
                Series::new("x".into(), cells.clone()),
                Series::new("x".into(), cells.iter().map(|cell| cell.map(|number| number as f64 / 8.0 - 1.0)).collect::<Vec<_>>()),
                Series::new("x".into(), cells.iter().map(|cell| cell.map(|number| number % 2 == 0)).collect::<Vec<_>>()),
            ];
            for series in columns {
                // Two chunks, whose texts lie in different buffers.
                let at = split.min(series.len());
                let mut halves = series.slice(0, at);
                halves.append(&series.slice(i64::try_from(at).unwrap(), series.len() - at)).unwrap();
                let column = halves.into_column();
                let (codes, known, asked) = asked(&column);
                prop_assert_eq!(codes.len(), cells.len());
                for (row, code) in codes.iter().enumerate() {
                    prop_assert_eq!(&known[*code as usize], &format!("{:?}", text(&column.get(row).unwrap())));
                }
                prop_assert!(asked <= cells.len());
            }
        }

        #[test]
        fn combinations_are_counted_in_the_order_met(
            rows in prop::collection::vec((0_u32..3, 0_u32..70, prop_oneof![0_u32..2, Just(u32::MAX - 1)]), 0..200),
            wide in any::<bool>(),
        ) {
            let mut codes = vec![
                rows.iter().map(|row| row.0).collect::<Vec<_>>(),
                rows.iter().map(|row| row.1).collect(),
                rows.iter().map(|row| row.2).collect(),
            ];
            if wide {
                // The product of these overflows, and the keys themselves are compared.
                codes.push(codes[2].clone());
            }
            let mut plain: Vec<(Vec<u32>, u64)> = Vec::new();
            for row in 0..rows.len() {
                let key: Vec<u32> = codes.iter().map(|column| column[row]).collect();
                match plain.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, count)) => *count += 1,
                    None => plain.push((key, 1)),
                }
            }
            let found: Vec<(Vec<u32>, u64)> = combined(&codes, rows.len()).into_iter().map(|(key, count)| (key.into_vec(), count)).collect();
            prop_assert_eq!(found, plain);
        }
    }
}
