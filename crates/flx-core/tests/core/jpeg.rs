//! JPEG read at a scale and as planes, and written by each engine.

use flx_core::{Effort, Error, Format, Limits, Options, compress};
use image::imageops;
use jpeg_encoder::SamplingFactor;

use crate::fixtures::{
    decoded, difference, exif, jpeg_with, picture, png, px, score, segment, with, with_segments,
};

#[test]
fn a_picture_read_at_a_scale_looks_like_one_read_whole() {
    let file = jpeg_with(&picture(1201, 803), 95, |encoder| {
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
    });
    let whole = decoded(with(&file, &Options::new(Format::Png)).bytes());
    for width in [790, 600, 400, 333, 199, 130, 97] {
        let options = Options::new(Format::Png).with_max_width(px(width));
        let result = with(&file, &options);
        let (width, height) = (result.width(), result.height());
        let expected = whole.resize_exact(width, height, imageops::FilterType::Lanczos3);
        let score = score(&expected.into_rgb8(), &decoded(result.bytes()));
        assert!(score > 85.0, "{width}: {score}");
    }
}

/// PNG is made from RGB, lossy formats from planes.
#[test]
fn planes_show_the_same_picture_as_rgb() {
    for sampling in [
        SamplingFactor::F_1_1,
        SamplingFactor::F_2_1,
        SamplingFactor::F_1_2,
        SamplingFactor::F_2_2,
        SamplingFactor::F_4_1,
    ] {
        for (width, height) in [(160, 120), (161, 119), (17, 33), (8, 8), (1, 1)] {
            let file = jpeg_with(&picture(width, height), 95, |e| e.set_sampling_factor(sampling));
            for max in [width, width.div_ceil(3)] {
                let shown = |format| {
                    let quality = flx_core::Quality::new(94).unwrap();
                    let options =
                        Options::new(format).with_max_width(px(max)).with_quality(quality);
                    decoded(with(&file, &options).bytes())
                };
                let expected = shown(Format::Png);
                for format in [Format::WebP, Format::Jpeg, Format::Avif] {
                    let off = difference(&shown(format), &expected);
                    // Of a few pixels of steep colours, halved chroma leaves little.
                    let most = if max < 40 { 16.0 } else { 5.0 };
                    assert!(off < most, "{format}, {sampling:?}, {width}×{height} to {max}: {off}");
                }
            }
        }
    }
}

#[test]
fn planes_are_turned_upright_like_rgb() {
    for orientation in 1..=8 {
        let data = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
        let file = jpeg_with(&picture(121, 79), 95, |encoder| {
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
        });
        let file = with_segments(&file, &[segment(0xe1, &data)]);
        for max in [1000, 60, 31] {
            let shown = |format| {
                decoded(with(&file, &Options::new(format).with_max_width(px(max))).bytes())
            };
            let expected = shown(Format::Png);
            for format in [Format::WebP, Format::Jpeg] {
                let off = difference(&shown(format), &expected);
                assert!(off < 5.0, "{format} at orientation {orientation}, {max}: {off}");
            }
        }
    }
}

#[test]
fn a_file_cut_short_is_refused_even_with_an_end_put_on() {
    for progressive in [false, true] {
        let whole = jpeg_with(&picture(320, 240), 90, |e| e.set_progressive(progressive));
        for share in [4, 6, 9] {
            let cut = [&whole[..whole.len() * share / 10], &[0xff, 0xd9]].concat();
            for max in [320, 80] {
                let options = Options::new(Format::WebP).with_max_width(px(max));
                let result = compress(&cut, &options, &Limits::default());
                let refused = matches!(result, Err(Error::Corrupt { .. }));
                // Of a progressive file later scans may be missing; the picture is only softer.
                assert!(refused || progressive, "{share}, {max}: {result:?}");
            }
        }
    }
}

#[test]
fn every_effort_writes_the_picture() {
    let image = picture(319, 241);
    let input = png(image.clone());
    for effort in Effort::ALL {
        let options = Options::new(Format::Jpeg).with_effort(effort);
        let seen = score(&image, &decoded(with(&input, &options).bytes()));
        assert!(seen > 60.0, "{effort}: {seen}");
    }
}

/// The sampling factors of a JPEG's first component, from its frame header (ITU-T T.81, B.2.2).
fn sampling(jpeg: &[u8]) -> (u8, u8) {
    let frame = jpeg.windows(4).position(|at| matches!(at, [0xff, 0xc0 | 0xc2, 0, _])).unwrap();
    let factors = jpeg[frame + 11];
    (factors >> 4, factors & 15)
}

#[test]
fn the_best_quality_has_full_chroma_where_the_source_has() {
    let best = Options::new(Format::Jpeg).with_quality(flx_core::Quality::new(100).unwrap());
    let image = picture(320, 200);
    assert_eq!(sampling(with(&png(image.clone()), &best).bytes()), (1, 1));
    let halved =
        jpeg_with(&image, 98, |encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2));
    let result = with(&halved, &best);
    let by_jpegli = flx_core::engines().iter().any(|engine| engine.name == "jpegli");
    // mozjpeg is handed RGB, in which nothing tells of it.
    let expected = if by_jpegli { (2, 2) } else { (1, 1) };
    assert_eq!(sampling(result.bytes()), expected);
    let (original, shown) = (decoded(&halved).into_rgb8(), decoded(result.bytes()));
    assert!(score(&original, &shown) > 88.0, "{}", score(&original, &shown));
}
