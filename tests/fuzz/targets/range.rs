//! The `Range` header of downloads.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((size, header)) = data.split_first_chunk() else { return };
    let Ok(header) = std::str::from_utf8(header) else { return };
    let size = u64::from_le_bytes(*size);
    if let Some((first, last)) = flx_api::fuzzing::range(header, size) {
        assert!(first <= last && last < size, "{first}-{last}/{size}");
    }
});
