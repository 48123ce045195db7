//! Vectors as signed bytes with one scale each, and all of them side by side. Must not know what they are of.

use abide_kernels::Kernels;

/// Most values of a vector.
const DIMENSIONS_MAX: usize = 1 << 16;

/// A vector in bytes: value `i` is about `scale × values[i]`.
#[derive(Debug, Clone, PartialEq)]
pub struct QuantizedVector {
    scale: f32,
    values: Vec<i8>,
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
#[derive(Debug, Default)]
pub(super) struct VectorTable {
    dimensions: usize,
    scales: Vec<f32>,
    values: Vec<i8>,
    present: usize,
}

impl VectorTable {
    /// How many slots have one.
    pub fn present(&self) -> usize {
        self.present
    }

    /// Whether this slot has one.
    pub fn has(&self, slot: usize) -> bool {
        self.scales.get(slot).is_some_and(|scale| *scale > 0.0)
    }

    /// Sets the vector of a slot. The first one decides the dimensions.
    pub fn set(&mut self, slot: usize, vector: &QuantizedVector) -> Result<(), VectorError> {
        let found = vector.dimensions();
        if self.present == 0 {
            *self = Self { dimensions: found, ..Self::default() };
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
        Ok(())
    }

    /// Forgets the vector of a slot.
    pub fn clear(&mut self, slot: usize) {
        if self.has(slot) {
            self.present -= 1;
            self.scales[slot] = 0.0;
            self.values[slot * self.dimensions..(slot + 1) * self.dimensions].fill(0);
        }
    }

    /// The cosine of `query` (of length 1) with each of `slots` slots; those without a vector have the mean of the others, so that
    /// what is not embedded yet is neither preferred nor left out. `None` where there is nothing to compare.
    pub fn cosines(&self, kernels: &Kernels, query: &QuantizedVector, slots: usize) -> Option<Vec<f32>> {
        if self.present == 0 || query.dimensions() != self.dimensions {
            return None;
        }
        let mut dots = vec![0; self.scales.len()];
        kernels.dot_rows(&query.values, &self.values, &mut dots).ok()?;
        let mut cosines: Vec<f32> =
            dots.iter().zip(&self.scales).map(|(dot, scale)| *dot as f32 * scale * query.scale).collect();
        let mean =
            (cosines.iter().map(|cosine| f64::from(*cosine)).sum::<f64>() / self.present as f64) as f32;
        for (cosine, scale) in cosines.iter_mut().zip(&self.scales) {
            if *scale == 0.0 {
                *cosine = mean;
            }
        }
        cosines.resize(slots, mean);
        Some(cosines)
    }
}
