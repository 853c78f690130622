//! The longest sides of every output format: handled, or refused by name.

use flx_core::{Error, Format, Limits, Options, compress};
use image::{GrayImage, Luma};

use crate::fixtures::{decoded, png};

/// A long strip, dark at its start and light at its end.
fn strip(length: u32) -> Vec<u8> {
    png(GrayImage::from_fn(length, 3, |x, _| {
        Luma([(u64::from(x) * 200 / u64::from(length)) as u8 + 20])
    }))
}

fn limits() -> Limits {
    Limits::default().with_max_side(100_000)
}

/// The longest side of each, and the first that is refused.
const LONGEST: [(Format, u32, Option<u32>); 4] = [
    (Format::WebP, 16_383, Some(16_384)),
    (Format::Avif, 65_535, Some(65_536)),
    (Format::Jpeg, 65_500, Some(65_501)),
    // PNG holds more than any limit lets in.
    (Format::Png, 65_536, None),
];

#[test]
fn sides_up_to_the_longest_are_handled_and_longer_ones_refused_by_name() {
    assert_eq!(LONGEST.map(|(format, ..)| format), Format::ALL);
    for (format, longest, refused) in LONGEST {
        for length in [16_383, longest] {
            let result = compress(&strip(length), &Options::new(format), &limits())
                .unwrap_or_else(|error| panic!("{format} of {length} px: {error}"));
            assert_eq!((result.width(), result.height()), (length, 3), "{format}");
            let shown = decode(result.bytes());
            assert_eq!((shown.width(), shown.height()), (length, 3), "{format}");
            for (x, wanted) in [(8, 20_u8), (length / 2, 120), (length - 8, 219)] {
                let Luma([code]) = *shown.get_pixel(x, 1);
                assert!(code.abs_diff(wanted) < 8, "{format} of {length} px: {code} at {x}");
            }
        }
        let Some(length) = refused else { continue };
        let error = compress(&strip(length), &Options::new(format), &limits()).unwrap_err();
        let Error::OutputTooLarge { format: named, width, limit, suggested_width, .. } = error
        else {
            panic!("{format}: {error:?}");
        };
        assert_eq!((named, width, limit, suggested_width), (format, length, longest, longest));
        assert!(error.to_string().contains(&longest.to_string()), "{error}");
    }
}

/// Through PNG, as the readers of tests have limits of their own.
fn decode(file: &[u8]) -> GrayImage {
    let png = compress(file, &Options::new(Format::Png), &limits()).unwrap();
    decoded(png.bytes()).into_luma8()
}
