//! `abide companion rehearse`, `commit` and `revert`: another model under the same companion.
//!
//! Must not know how answers are scored.
