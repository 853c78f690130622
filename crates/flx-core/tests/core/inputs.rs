//! Every input format is read right, and told by content.

use flx_core::{Error, Format, Options, SourceFormat, probe};
use image::{DynamicImage, ImageFormat, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::fixtures::{decoded, difference, file, jpeg_with, picture, png, px, score, to, with};

#[track_caller]
fn check(file: &[u8], format: SourceFormat, at_least: f64) {
    let original = picture(160, 120);
    let info = probe(file).unwrap();
    assert_eq!((info.format(), info.width(), info.height()), (format, 160, 120));
    let shown = decoded(to(Format::Png, file).bytes());
    let score = score(&original, &shown);
    assert!(score >= at_least, "{format}: {score}");
}

#[test]
fn lossless_inputs_come_through_exactly() {
    let image = DynamicImage::from(picture(160, 120));
    check(&png(picture(160, 120)), SourceFormat::Png, 100.0);
    check(&file(&image, ImageFormat::WebP), SourceFormat::WebP, 100.0);
    check(&file(&image, ImageFormat::Bmp), SourceFormat::Bmp, 100.0);
    check(&file(&image, ImageFormat::Tiff), SourceFormat::Tiff, 100.0);
}

#[test]
fn lossy_inputs_look_like_their_originals() {
    let source = png(picture(160, 120));
    for (format, expected) in [
        (Format::WebP, SourceFormat::WebP),
        (Format::Avif, SourceFormat::Avif),
        (Format::Jpeg, SourceFormat::Jpeg),
    ] {
        let options = Options::new(format).with_quality(flx_core::Quality::MAX);
        check(with(&source, &options).bytes(), expected, 80.0);
    }
}

#[test]
fn every_kind_of_jpeg_scan_is_read_right() {
    let image = picture(160, 120);
    type Change = fn(&mut Encoder<&mut Vec<u8>>);
    let kinds: [(&str, Change); 5] = [
        ("baseline 4:4:4", |_| {}),
        ("baseline 4:2:0", |encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2)),
        // Optimised tables make this encoder write one scan a component.
        ("not interleaved 4:4:4", |encoder| encoder.set_optimized_huffman_tables(true)),
        ("not interleaved 4:2:0", |encoder| {
            encoder.set_optimized_huffman_tables(true);
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
        }),
        ("progressive 4:2:0", |encoder| {
            encoder.set_progressive(true);
            encoder.set_sampling_factor(SamplingFactor::F_2_2);
        }),
    ];
    for (kind, change) in kinds {
        let file = jpeg_with(&image, 95, change);
        let shown = decoded(to(Format::Png, &file).bytes());
        let score = score(&image, &shown);
        assert!(score > 70.0, "{kind}: {score}");
    }
}

#[test]
fn grey_jpeg_stays_grey() {
    let grey = DynamicImage::from(picture(160, 120)).into_luma8();
    let mut file = Vec::new();
    Encoder::new(&mut file, 95).encode(&grey, 160, 120, ColorType::Luma).unwrap();
    let shown = decoded(to(Format::Png, &file).bytes());
    assert!(!shown.color().has_color());
    assert!(difference(&shown, &grey.into()) < 2.0);
}

#[test]
fn four_ink_jpeg_shows_its_colours() {
    let rgb = picture(160, 120);
    // Adobe's files hold the paper left white, which without black is the picture itself.
    let inks: Vec<u8> = rgb.pixels().flat_map(|p| [p.0[0], p.0[1], p.0[2], 255]).collect();
    for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 97);
        encoder.set_sampling_factor(SamplingFactor::F_1_1);
        // The encoder takes ink and inverts it, as Adobe does.
        let ink: Vec<u8> = inks.iter().map(|sample| 255 - sample).collect();
        encoder.encode(&ink, 160, 120, kind).unwrap();
        let shown = decoded(to(Format::Png, &file).bytes());
        let off = difference(&shown, &rgb.clone().into());
        assert!(off < 3.0, "{kind:?}: {off}");
    }
}

#[test]
fn the_first_frame_of_an_animated_gif_is_taken() {
    use image::codecs::gif::GifEncoder;
    use image::{Delay, Frame};
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    for colour in [[250, 10, 10, 255], [10, 250, 10, 255]] {
        let frame = RgbaImage::from_pixel(40, 30, image::Rgba(colour));
        let delay = Delay::from_numer_denom_ms(100, 1);
        encoder.encode_frame(Frame::from_parts(frame, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    assert_eq!(probe(&file).unwrap().frames(), 2);
    let shown = decoded(to(Format::Png, &file).bytes()).into_rgb8();
    assert_eq!(shown.dimensions(), (40, 30));
    assert!(shown.pixels().all(|pixel| pixel.0[0] > 200 && pixel.0[1] < 50));
}

#[test]
fn the_thumbnail_of_a_camera_raw_is_not_taken_for_the_picture() {
    let mut input = file(&DynamicImage::from(picture(40, 30)), ImageFormat::Tiff);
    let at = u32::from_le_bytes(input[4..8].try_into().unwrap()) as usize;
    // The first entry becomes NewSubfileType with the bit of a preview.
    input[at + 2..at + 14].copy_from_slice(&[254, 0, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
    assert!(matches!(probe(&input), Err(Error::UnsupportedVariant { .. })), "{:?}", probe(&input));
}

#[test]
fn other_files_are_refused_by_name() {
    let error = |input: &[u8]| {
        flx_core::compress(input, &Options::default(), &flx_core::Limits::default()).unwrap_err()
    };
    assert_eq!(error(b"%PDF-1.7 ..."), Error::Unsupported { found: "a PDF document" });
    assert!(error(b"").to_string().contains("an empty file"));
    assert!(error(b"<svg xmlns='http://www.w3.org/2000/svg'/>").to_string().contains("SVG"));
}

#[test]
fn sizes_meet_their_targets_exactly_at_odd_ratios() {
    for (source, max, expected) in [
        ((641, 479), (Some(320), None), (320, 239)),
        ((641, 479), (None, Some(100)), (134, 100)),
        ((97, 401), (Some(50), Some(50)), (12, 50)),
        ((401, 3), (Some(100), None), (100, 1)),
        ((100, 50), (Some(4000), Some(4000)), (100, 50)),
    ] {
        let input = png(picture(source.0, source.1));
        for format in Format::ALL {
            let mut options = Options::new(format);
            if let Some(width) = max.0 {
                options = options.with_max_width(px(width));
            }
            if let Some(height) = max.1 {
                options = options.with_max_height(px(height));
            }
            let result = with(&input, &options);
            assert_eq!((result.width(), result.height()), expected, "{format} of {source:?}");
            let shown = decoded(result.bytes());
            assert_eq!((shown.width(), shown.height()), expected, "{format} of {source:?}");
        }
    }
}

#[test]
fn scaling_keeps_the_picture() {
    let result = with(&png(picture(640, 480)), &Options::new(Format::Png).with_max_width(px(160)));
    let score = score(&picture(160, 120), &decoded(result.bytes()));
    assert!(score > 60.0, "{score}");
}
