//! `cargo fuzz run template`: see `abide_fuzz::template`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| abide_fuzz::template(bytes));
