//! The query of a download link. No stranger can sign one.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (id, query) = text.split_once('?').unwrap_or(("", text));
    assert!(!flx_api::fuzzing::link_is_honoured(id, query), "a forged link");
});
