//! What is counted. Must not know dialects.

/// What is counted.
#[derive(Debug, Default)]
pub struct Metrics {}
