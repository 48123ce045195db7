//! `cargo fuzz run gguf`: see `abide_fuzz::gguf`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| abide_fuzz::gguf(bytes));
