//! Tests of the store that need more than one of its parts.

mod basics;
mod deletion;
mod kill;
mod migration;
mod sharing;
mod tree;
