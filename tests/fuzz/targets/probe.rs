//! The header probe, which every file meets first.
#![no_main]

use flx_core::{Limits, probe};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(info) = probe(data) else { return };
    assert!(info.width() > 0 && info.height() > 0 && info.frames() > 0);
    let shown = u64::from(info.width()) * u64::from(info.height());
    let coded = u64::from(info.coded_width()) * u64::from(info.coded_height());
    // The limits look at what is coded: what is shown must not be more.
    assert!(shown <= coded, "{info:?}");
    let _ = Limits::default().check(&info);
    let _ = Limits::default().check_animation(&info);
});
