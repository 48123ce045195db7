//! Made-up talk, the same each time. Must not know what is measured with it.

/// Different words that are talked of.
const VOCABULARY: f64 = 20_000.0;

/// A small reproducible source of numbers (xorshift).
pub struct Numbers(pub u64);

impl Numbers {
    /// The source that every measurement begins with.
    pub fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    /// Between 0 and 1.
    pub fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The word of rank r comes about as often as 1 / r (Zipf).
    pub fn words(&mut self, count: usize) -> String {
        let word = |numbers: &mut Self| format!("word{}x", VOCABULARY.powf(numbers.share()) as u64);
        (0..count).map(|_| word(self)).collect::<Vec<_>>().join(" ")
    }

    /// A direction, of length 1.
    pub fn direction(&mut self, dimensions: usize) -> Vec<f32> {
        let vector: Vec<f32> = (0..dimensions).map(|_| self.share() as f32 - 0.5).collect();
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        vector.iter().map(|value| value / length).collect()
    }
}
