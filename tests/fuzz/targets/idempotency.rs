//! The `Idempotency-Key` of uploads.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if flx_api::fuzzing::idempotency_key_is_taken(data) {
        let text = data.trim_ascii();
        assert!((1..=257).contains(&text.len()), "{} characters", text.len());
        assert!(text.iter().all(u8::is_ascii_graphic), "{text:?}");
    }
});
