#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| protopython_fuzz::source::compiler(data));
