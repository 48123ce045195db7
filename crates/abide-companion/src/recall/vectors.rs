//! Vectors as signed bytes with one scale each, and all of them side by side; where they are very many, also as the signs of their values. Must not
//! know what they are of.

use std::f32::consts::PI;

use abide_kernels::Kernels;

/// Most values of a vector.
const DIMENSIONS_MAX: usize = 1 << 16;

/// A vector in bytes: value `i` is about `scale × values[i]`.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantizedVector {
    scale: f32,
    values: Vec<i8>,
}

/// Vectors that are compared one by one. Where there are more, their signs tell which ones are worth it.
const COMPARED_MAX: usize = 100_000;
/// Bits of a word of signs.
const WORD: usize = u64::BITS as usize;

/// The signs of values, 1 for those above zero.
fn signs(values: &[i8]) -> impl Iterator<Item = u64> {
    let word = |values: &[i8]| {
        values.iter().enumerate().fold(0, |word, (bit, value)| word | u64::from(*value > 0) << bit)
    };
    values.chunks(WORD).map(word)
}

/// Cosines by slot.
#[derive(Debug)]
pub(super) struct Cosines {
    pub values: Vec<f32>,
    /// Whether they come from the signs alone, and those that matter are still to be compared ([`VectorTable::compare`]).
    pub estimated: bool,
}

/// Why a vector can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// Bytes that no vector was written as.
    #[error("{0} bytes are no stored vector; have this memory embedded again")]
    Malformed(usize),
    /// It comes from another embedder than the others.
    #[error(
        "the vector has {found} values where the other memories' have {expected}; embed all of them by the same model"
    )]
    Dimensions {
        /// Of the others.
        expected: usize,
        /// Of this one.
        found: usize,
    },
}

impl QuantizedVector {
    /// Rounds to 8 bits: 127 stands for the greatest magnitude. What is no number becomes 0.
    pub fn new(vector: &[f32]) -> Self {
        let vector = &vector[..vector.len().min(DIMENSIONS_MAX)];
        let greatest = vector
            .iter()
            .filter(|value| value.is_finite())
            .fold(0.0_f32, |most, value| most.max(value.abs()));
        let scale = if greatest > 0.0 { greatest / 127.0 } else { 0.0 };
        let round =
            |value: &f32| if scale > 0.0 && value.is_finite() { (value / scale).round() as i8 } else { 0 };
        Self { scale, values: vector.iter().map(round).collect() }
    }

    /// How many values it has.
    pub fn dimensions(&self) -> usize {
        self.values.len()
    }

    /// As it is stored: the scale (`f32`, little endian), then a byte for each value.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.scale.to_le_bytes().to_vec();
        bytes.extend(self.values.iter().map(|value| *value as u8));
        bytes
    }

    /// From what [`Self::to_bytes`] gave.
    ///
    /// # Errors
    /// [`VectorError::Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VectorError> {
        let malformed = VectorError::Malformed(bytes.len());
        let (scale, values) = bytes.split_first_chunk::<4>().ok_or(malformed.clone())?;
        let scale = f32::from_le_bytes(*scale);
        if !scale.is_finite() || scale < 0.0 || values.is_empty() || values.len() > DIMENSIONS_MAX {
            return Err(malformed);
        }
        Ok(Self { scale, values: values.iter().map(|byte| *byte as i8).collect() })
    }
}

/// Vectors by slot; a slot without one has scale 0.
#[derive(Debug)]
pub(super) struct VectorTable {
    dimensions: usize,
    scales: Vec<f32>,
    values: Vec<i8>,
    /// Of the values; empty up to [`Self::compared_max`] vectors.
    signs: Vec<u64>,
    present: usize,
    /// Above how many vectors signs tell which are worth it.
    compared_max: usize,
}

impl Default for VectorTable {
    fn default() -> Self {
        Self {
            dimensions: 0,
            scales: Vec::new(),
            values: Vec::new(),
            signs: Vec::new(),
            present: 0,
            compared_max: COMPARED_MAX,
        }
    }
}

impl VectorTable {
    /// How many slots have one.
    pub fn present(&self) -> usize {
        self.present
    }

    /// Sets how many vectors are compared one by one, which is [`COMPARED_MAX`] at first.
    pub fn set_compared_max(&mut self, count: usize) {
        self.compared_max = count;
        if self.present > count && self.signs.is_empty() {
            self.keep_all_signs();
        }
    }

    /// Forgets all of them, and how long they were.
    pub fn clear_all(&mut self) {
        *self = Self { compared_max: self.compared_max, ..Self::default() };
    }

    /// Whether this slot has one.
    pub fn has(&self, slot: usize) -> bool {
        self.scales.get(slot).is_some_and(|scale| *scale > 0.0)
    }

    /// Sets the vector of a slot. The first one decides the dimensions.
    pub fn set(&mut self, slot: usize, vector: &QuantizedVector) -> Result<(), VectorError> {
        let found = vector.dimensions();
        if self.present == 0 {
            self.clear_all();
            self.dimensions = found;
        }
        if found != self.dimensions {
            return Err(VectorError::Dimensions { expected: self.dimensions, found });
        }
        if self.scales.len() <= slot {
            self.scales.resize(slot + 1, 0.0);
            self.values.resize((slot + 1) * self.dimensions, 0);
        }
        self.clear(slot);
        self.present += usize::from(vector.scale > 0.0);
        self.scales[slot] = vector.scale;
        self.values[slot * found..(slot + 1) * found].copy_from_slice(&vector.values);
        self.keep_signs(slot);
        Ok(())
    }

    /// The signs of one more vector, or of all where these are the first too many.
    fn keep_signs(&mut self, slot: usize) {
        if !self.signs.is_empty() {
            self.keep_signs_from(slot, 1);
        } else if self.present > self.compared_max {
            self.keep_all_signs();
        }
    }

    fn keep_all_signs(&mut self) {
        self.keep_signs_from(0, self.scales.len());
    }

    fn keep_signs_from(&mut self, first: usize, count: usize) {
        let (width, words) = (self.dimensions, self.dimensions.div_ceil(WORD));
        self.signs.resize(self.scales.len() * words, 0);
        let rows = self.values[first * width..].chunks_exact(width).take(count);
        for (kept, row) in self.signs[first * words..].chunks_exact_mut(words).zip(rows) {
            kept.iter_mut().zip(signs(row)).for_each(|(kept, word)| *kept = word);
        }
    }

    /// Forgets the vector of a slot.
    pub fn clear(&mut self, slot: usize) {
        if self.has(slot) {
            self.present -= 1;
            self.scales[slot] = 0.0;
            self.values[slot * self.dimensions..(slot + 1) * self.dimensions].fill(0);
            if !self.signs.is_empty() {
                let words = self.dimensions.div_ceil(WORD);
                self.signs[slot * words..(slot + 1) * words].fill(0);
            }
        }
    }

    /// Moves the vector of a slot, if it has one, to one before it that has none.
    pub fn swap_into(&mut self, from: usize, to: usize) {
        if from == to || from >= self.scales.len() {
            return;
        }
        let (width, words) = (self.dimensions, self.dimensions.div_ceil(WORD));
        self.scales.swap(from, to);
        self.values.copy_within(from * width..(from + 1) * width, to * width);
        self.values[from * width..(from + 1) * width].fill(0);
        if !self.signs.is_empty() {
            self.signs.copy_within(from * words..(from + 1) * words, to * words);
            self.signs[from * words..(from + 1) * words].fill(0);
        }
    }

    /// Moves the vector of a slot, if it has one, to another.
    pub fn relocate(&mut self, from: usize, to: usize) {
        if !self.has(from) {
            return;
        }
        let width = self.dimensions;
        let vector = QuantizedVector {
            scale: self.scales[from],
            values: self.values[from * width..(from + 1) * width].to_vec(),
        };
        self.clear(from);
        // It is as long as the others: it was among them.
        _ = self.set(to, &vector);
    }

    /// The cosine of `query` (of length 1) with each of `slots` slots; those without a vector have the mean of the others, so that
    /// what is not embedded yet is neither preferred nor left out. `None` where there is nothing to compare.
    pub fn cosines(&self, kernels: &Kernels, query: &QuantizedVector, slots: usize) -> Option<Cosines> {
        if self.present == 0 || query.dimensions() != self.dimensions {
            return None;
        }
        let estimated = self.present > self.compared_max;
        let mut values =
            if estimated { self.estimates(kernels, query)? } else { self.exact(kernels, query)? };
        let there = values.iter().zip(&self.scales).filter(|(_, scale)| **scale > 0.0);
        let sum: f64 = there.map(|(cosine, _)| f64::from(*cosine)).sum();
        let mean = (sum / self.present as f64) as f32;
        for (cosine, scale) in values.iter_mut().zip(&self.scales) {
            if *scale == 0.0 {
                *cosine = mean;
            }
        }
        values.resize(slots, mean);
        Some(Cosines { values, estimated })
    }

    fn exact(&self, kernels: &Kernels, query: &QuantizedVector) -> Option<Vec<f32>> {
        let mut dots = vec![0; self.scales.len()];
        kernels.dot_rows(&query.values, &self.values, &mut dots).ok()?;
        Some(dots.iter().zip(&self.scales).map(|(dot, scale)| *dot as f32 * scale * query.scale).collect())
    }

    fn estimates(&self, kernels: &Kernels, query: &QuantizedVector) -> Option<Vec<f32>> {
        let query: Vec<u64> = signs(&query.values).collect();
        let mut differing = vec![0; self.scales.len()];
        kernels.differing_bits(&query, &self.signs, &mut differing).ok()?;
        let cosine = |differing| (PI * differing as f32 / self.dimensions as f32).cos();
        let table: Vec<f32> = (0..=self.dimensions).map(cosine).collect();
        Some(differing.iter().map(|differing| table[*differing as usize]).collect())
    }

    /// Puts true cosines of some slots (those that have a vector) into `cosines` instead of what was estimated.
    pub fn compare(
        &self,
        kernels: &Kernels,
        query: &QuantizedVector,
        slots: &[usize],
        cosines: &mut Cosines,
    ) -> Option<()> {
        let width = self.dimensions;
        let slots: Vec<usize> = slots.iter().copied().filter(|slot| self.has(*slot)).collect();
        let mut rows = Vec::with_capacity(slots.len() * width);
        slots.iter().for_each(|slot| rows.extend_from_slice(&self.values[slot * width..(slot + 1) * width]));
        let mut dots = vec![0; slots.len()];
        kernels.dot_rows(&query.values, &rows, &mut dots).ok()?;
        for (slot, dot) in slots.iter().zip(dots) {
            cosines.values[*slot] = dot as f32 * self.scales[*slot] * query.scale;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use abide_kernels::Isa;
    use proptest::prelude::*;

    use super::*;

    fn unit(values: &[f32]) -> QuantizedVector {
        let length = values.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-9);
        QuantizedVector::new(&values.iter().map(|value| value / length).collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Whichever vector was the first too many, and whatever came and went since.
        #[test]
        fn signs_are_those_of_the_vectors(
            changes in prop::collection::vec((0_usize..30, prop::option::weighted(0.8, prop::collection::vec(-1.0_f32..1.0, 150))), 12..60),
        ) {
            let kernels = Kernels::new(1, Isa::detect());
            let mut table = VectorTable { compared_max: 10, ..VectorTable::default() };
            for (slot, vector) in &changes {
                match vector {
                    Some(vector) => table.set(*slot, &unit(vector)).unwrap(),
                    None => table.clear(*slot),
                }
                prop_assert!(table.present <= 10 || !table.signs.is_empty());
                if !table.signs.is_empty() {
                    let expected: Vec<u64> = table.values.chunks_exact(150).flat_map(signs).collect();
                    prop_assert_eq!(&table.signs, &expected);
                }
            }
            let query = unit(&changes[0].1.clone().unwrap_or_else(|| vec![1.0; 150]));
            if let Some(mut cosines) = table.cosines(&kernels, &query, 30) {
                prop_assert_eq!(cosines.estimated, table.present > 10);
                let exact = VectorTable { compared_max: usize::MAX, ..table }.check(&kernels, &query, &mut cosines);
                prop_assert!(exact.is_ok(), "{:?}", exact);
            }
        }
    }

    impl VectorTable {
        /// Whether `cosines` are near those that comparing gives, and the same once they were compared.
        fn check(
            &self,
            kernels: &Kernels,
            query: &QuantizedVector,
            cosines: &mut Cosines,
        ) -> Result<(), String> {
            let exact = self.cosines(kernels, query, 30).ok_or("nothing to compare")?.values;
            let pairs = || (0..30).filter(|slot| self.has(*slot));
            if let Some(slot) = pairs().find(|slot| (cosines.values[*slot] - exact[*slot]).abs() > 0.45) {
                return Err(format!("{} is no estimate of {}", cosines.values[slot], exact[slot]));
            }
            self.compare(kernels, query, &(0..30).collect::<Vec<_>>(), cosines).ok_or("not compared")?;
            let other = pairs().find(|slot| (cosines.values[*slot] - exact[*slot]).abs() > 1e-6);
            other.map_or(Ok(()), |slot| Err(format!("{} instead of {}", cosines.values[slot], exact[slot])))
        }
    }
}
