//! `cargo fuzz run tokenizer`: see `abide_fuzz::tokenizer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| abide_fuzz::tokenizer(bytes));
