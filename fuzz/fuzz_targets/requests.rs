//! `cargo fuzz run requests`: see `abide_fuzz::requests`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| abide_fuzz::requests(bytes));
