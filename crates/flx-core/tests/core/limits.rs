//! Limits are checked on the header, before any decoder runs.

use std::time::{Duration, Instant};

use flx_core::{CancelFlag, Error, Format, Limits, Options, compress};

use crate::fixtures::{jpeg, picture, png};

fn refused(input: &[u8], limits: &Limits) -> Error {
    compress(input, &Options::default(), limits).unwrap_err()
}

#[test]
fn a_picture_over_each_limit_is_refused_with_the_number_and_the_limit() {
    let input = png(picture(300, 200));
    let limits = Limits::default();
    assert_eq!(
        refused(&input, &limits.clone().with_max_bytes(1000)),
        Error::TooManyBytes { bytes: input.len() as u64, limit: 1000 }
    );
    assert_eq!(
        refused(&input, &limits.clone().with_max_pixels(59_999)),
        Error::TooManyPixels { width: 300, height: 200, limit: 59_999 }
    );
    let error = refused(&input, &limits.clone().with_max_side(299));
    assert_eq!(error, Error::SideTooLong { width: 300, height: 200, limit: 299 });
    assert_eq!(error.to_string(), "image is 300×200 px, the limit is 299 px per side");
    assert!(compress(&input, &Options::default(), &limits.with_max_pixels(60_000)).is_ok());
}

#[test]
fn a_header_that_claims_gigapixels_costs_nothing() {
    let mut huge = png(picture(8, 8));
    huge[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let mut jpeg = jpeg(&picture(8, 8), 80);
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xdc, 0xff, 0xdc]);
    for input in [huge, jpeg] {
        let start = Instant::now();
        assert!(matches!(refused(&input, &Limits::default()), Error::SideTooLong { .. }));
        // A decoder would take seconds and gigabytes.
        assert!(start.elapsed() < Duration::from_secs(1));
    }
}

#[test]
fn too_many_frames_are_refused() {
    let mut gif = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
        let frame = image::RgbaImage::new(4, 4);
        encoder.encode_frames((0..12).map(|_| image::Frame::new(frame.clone()))).unwrap();
    }
    assert_eq!(
        refused(&gif, &Limits::default().with_max_frames(11)),
        Error::TooManyFrames { frames: 12, limit: 11 }
    );
}

#[test]
fn webp_refuses_a_side_it_cannot_hold_and_says_what_fits() {
    let input = png(picture(20_000, 10));
    let error = refused(&input, &Limits::default());
    let Error::OutputTooLarge { format: Format::WebP, limit: 16_383, suggested_width, .. } = error
    else {
        panic!("{error:?}");
    };
    let options =
        Options::default().with_max_width(std::num::NonZeroU32::new(suggested_width).unwrap());
    assert!(compress(&input, &options, &Limits::default()).is_ok());
}

#[cfg(all(feature = "avif", feature = "webp"))]
#[test]
fn avif_is_bound_in_pixels_and_says_what_fits() {
    let input = png(picture(301, 200));
    let limits = Limits::default().with_max_avif_pixels(10_000);
    let options = Options::default().with_format(Format::Avif);
    let error = compress(&input, &options, &limits).unwrap_err();
    let Error::OutputTooManyPixels { limit: 10_000, suggested_width, suggested_height, .. } = error
    else {
        panic!("{error:?}");
    };
    assert!((9_700..=10_000).contains(&(suggested_width * suggested_height)));
    let scaled = options
        .clone()
        .with_max_width(std::num::NonZeroU32::new(suggested_width).unwrap())
        .with_max_height(std::num::NonZeroU32::new(suggested_height).unwrap());
    assert_eq!(compress(&input, &scaled, &limits).unwrap().format(), Format::Avif);
    let of_two = options.with_format("avif,webp".parse::<flx_core::FormatChoice>().unwrap());
    assert_eq!(compress(&input, &of_two, &limits).unwrap().format(), Format::WebP);
}

#[test]
fn a_passed_deadline_and_a_raised_flag_stop_before_the_next_stage() {
    let input = png(picture(100, 100));
    let late = Limits::default().with_deadline(Instant::now());
    assert!(matches!(refused(&input, &late), Error::DeadlineExceeded { .. }));
    let flag = CancelFlag::new();
    let limits = Limits::default().with_cancel(flag.clone());
    assert!(compress(&input, &Options::default(), &limits).is_ok());
    flag.raise();
    assert!(matches!(refused(&input, &limits), Error::Cancelled { .. }));
}

#[test]
fn a_second_frame_header_does_not_get_past_the_limits() {
    let input = jpeg(&picture(16, 16), 80);
    let frame = input.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    let mut huge = input[frame..frame + 19].to_vec();
    huge[5..9].copy_from_slice(&[0x75, 0x30, 0x75, 0x30]);
    let doubled = [&input[..frame], &huge, &input[frame..]].concat();
    assert!(matches!(refused(&doubled, &Limits::default()), Error::Corrupt { .. }));
}

/// An AVIF of nothing but lists, as far as a list of items goes.
fn avif_of(boxes: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let boxed = |kind: &[u8; 4], data: &[u8]| {
        [&(data.len() as u32 + 8).to_be_bytes(), kind.as_slice(), data].concat()
    };
    let mut meta = vec![0; 4];
    boxes.iter().for_each(|(kind, data)| meta.extend(boxed(kind, data)));
    [boxed(b"ftyp", b"avif\0\0\0\0avif"), boxed(b"meta", &meta)].concat()
}

#[test]
fn extents_without_bytes_cannot_be_counted_up() {
    let mut locations = vec![0, 0, 0, 0, 0, 0];
    locations.extend(4000u16.to_be_bytes());
    for id in 0..4000u16 {
        locations.extend(id.to_be_bytes());
        locations.extend([0, 0, 0xff, 0xff]);
    }
    let properties = [&16u32.to_be_bytes(), b"ipco".as_slice(), &[0; 8]].concat();
    let input = avif_of(&[
        (b"pitm", vec![0; 6]),
        (b"iinf", vec![0; 6]),
        (b"iprp", properties),
        (b"iloc", locations),
    ]);
    assert!(matches!(refused(&input, &Limits::default()), Error::Corrupt { .. }));
}

#[test]
fn a_jpeg_of_a_thousand_scans_is_refused() {
    let mut input = jpeg(&picture(16, 16), 80);
    let scan = input.windows(2).position(|marker| marker == [0xff, 0xda]).unwrap();
    let one = input[scan..input.len() - 2].to_vec();
    let end = input.split_off(input.len() - 2);
    (0..1000).for_each(|_| input.extend(&one));
    input.extend(end);
    assert!(matches!(
        refused(&input, &Limits::default()),
        Error::TooComplex { what: "scans", limit: 100, .. }
    ));
}
