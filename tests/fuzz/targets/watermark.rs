//! A watermark's file, which is another upload, drawn over a small picture.
#![no_main]

use flx_core::{Format, Limits, Options, Watermark, compress};

/// A BMP of 8 × 8 px: two headers, then grey samples.
const PICTURE: [u8; 246] = {
    let mut file = [0x80; 246];
    let head = b"BM\xf6\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x08\0\0\0\x08\0\0\0\x01\0\x18\0\0\0\0\0\xc0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    let mut at = 0;
    while at < head.len() {
        file[at] = head[at];
        at += 1;
    }
    file
};

libfuzzer_sys::fuzz_target!(init: flx_fuzz::keep_quiet(), |data: &[u8]| {
    let limits = Limits::default().with_max_pixels(64 * 64).with_max_side(512);
    if let Ok(mark) = Watermark::from_png(data, &limits) {
        compress(&PICTURE, &Options::new(Format::Png).with_watermark(mark), &limits)
            .expect("a plain picture");
    }
});
