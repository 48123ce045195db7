//! Tests of the store that need more than one of its parts.

mod basics;
