//! AVIF into every output format.
#![no_main]

libfuzzer_sys::fuzz_target!(init: flx_fuzz::keep_quiet(), |data: &[u8]| -> libfuzzer_sys::Corpus {
    flx_fuzz::compress(data, flx_core::SourceFormat::Avif)
});
