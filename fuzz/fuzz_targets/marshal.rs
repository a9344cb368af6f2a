#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| protopython_fuzz::runtime::call("marshal", data));
