//! Never larger; and whatever comes back has no metadata.

use flx_core::{Compressed, Format, Options, Quality, probe};
use image::DynamicImage;

use crate::fixtures::{
    crc32, decoded, difference, exif, jpeg, picture, png, px, segment, to, with, with_segments,
};

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|part| part == needle)
}

#[track_caller]
fn check_kept(result: &Compressed, input: &[u8], upright: &DynamicImage, tolerance: f64) {
    assert!(result.unchanged(), "{} → {} bytes", input.len(), result.bytes().len());
    assert!(result.bytes().len() < input.len());
    assert!(!contains(result.bytes(), b"GPS"), "the position is still there");
    let shown = flx_core::compress(
        result.bytes(),
        &Options::new(Format::Png),
        &flx_core::Limits::default(),
    )
    .unwrap();
    let off = difference(&decoded(shown.bytes()), upright);
    assert!(off <= tolerance, "off by {off}");
}

#[test]
fn a_small_jpeg_comes_back_without_metadata_and_with_its_orientation() {
    let image = picture(160, 120);
    // Quality 20 cannot be undercut at quality 100.
    let data = [b"Exif\0\0".as_slice(), &exif(6)].concat();
    let comment = segment(0xfe, b"GPS in a comment");
    let input = with_segments(&jpeg(&image, 20), &[segment(0xe1, &data), comment]);
    let result = with(&input, &Options::new(Format::Jpeg).with_quality(Quality::MAX));
    assert_eq!((result.width(), result.height()), (120, 160));
    assert_eq!(probe(result.bytes()).unwrap().orientation(), 6);
    let turned = decoded(to(Format::Png, &input).bytes());
    check_kept(&result, &input, &turned, 0.0);
}

#[test]
fn a_small_png_comes_back_without_text() {
    let image = picture(64, 64);
    let once = to(Format::Png, &png(image.clone())).into_bytes();
    // 33 bytes are the signature and IHDR.
    let mut text = Vec::new();
    let data = b"Comment\0GPS 48.8584 N";
    text.extend((data.len() as u32).to_be_bytes());
    text.extend(b"tEXt");
    text.extend(data);
    text.extend(crc32(&text[4..]).to_be_bytes());
    let input = [&once[..33], &text, &once[33..]].concat();
    let result = to(Format::Png, &input);
    check_kept(&result, &input, &image.into(), 0.0);
    assert_eq!(result.bytes(), once);
}

#[test]
fn a_small_webp_comes_back_without_exif_and_xmp() {
    let once =
        with(&png(picture(160, 120)), &Options::new(Format::WebP).with_quality(Quality::MIN))
            .into_bytes();
    let mut body = b"VP8X\x0a\0\0\0\x0c\0\0\0".to_vec();
    body.extend([159, 0, 0, 119, 0, 0]);
    body.extend(&once[12..]);
    let mut chunk = |name: &[u8], data: &[u8]| {
        body.extend(name);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend(data);
        body.extend(vec![0; data.len() % 2]);
    };
    chunk(b"EXIF", &exif(3));
    chunk(b"XMP ", b"<x>GPS</x>");
    let size = (body.len() as u32 + 4).to_le_bytes();
    let input = [b"RIFF".as_slice(), &size, b"WEBP", &body].concat();
    assert_eq!(probe(&input).unwrap().orientation(), 3);
    let result = with(&input, &Options::new(Format::WebP).with_quality(Quality::MAX));
    let turned = decoded(to(Format::Png, &input).bytes());
    check_kept(&result, &input, &turned, 0.0);
    assert_eq!(probe(result.bytes()).unwrap().orientation(), 3);
}

#[test]
fn a_small_avif_comes_back_without_exif() {
    use rgb::FromSlice;
    let image = picture(160, 120);
    let input = ravif::Encoder::new()
        .with_quality(30.0)
        .with_speed(9)
        .with_exif(exif(1))
        .encode_rgb(ravif::Img::new(image.as_raw().as_rgb(), 160, 120))
        .unwrap()
        .avif_file;
    assert!(contains(&input, b"GPS") && contains(&input, b"Exif"));
    let result = with(&input, &Options::new(Format::Avif).with_quality(Quality::MAX));
    assert!(!contains(result.bytes(), b"Exif"));
    check_kept(&result, &input, &decoded(&input), 0.0);
}

#[test]
fn an_avif_without_metadata_is_never_made_larger() {
    use rgb::FromSlice;
    let (opaque, clear) = (picture(160, 120), picture(64, 64));
    let clear = image::RgbaImage::from_fn(64, 64, |x, y| {
        let [r, g, b] = clear.get_pixel(x, y).0;
        image::Rgba([r, g, b, (x * 4) as u8])
    });
    let encoder = ravif::Encoder::new().with_quality(30.0).with_speed(9);
    let inputs = [
        encoder.encode_rgb(ravif::Img::new(opaque.as_raw().as_rgb(), 160, 120)),
        encoder.encode_rgba(ravif::Img::new(clear.as_raw().as_rgba(), 64, 64)),
    ];
    for input in inputs {
        let input = input.unwrap().avif_file;
        let result = with(&input, &Options::new(Format::Avif).with_quality(Quality::MAX));
        assert!(result.unchanged());
        assert!(result.bytes().len() <= input.len(), "{} → {}", input.len(), result.bytes().len());
        assert_eq!(decoded(result.bytes()), decoded(&input));
    }
}

#[test]
fn a_palette_that_spells_exif_does_not_cost_the_orientation() {
    let image = image::RgbImage::from_fn(12, 8, |x, _| {
        image::Rgb(if x % 2 == 0 { *b"eXI" } else { *b"fXI" })
    });
    let once = to(Format::Png, &png(image)).into_bytes();
    let mut chunk = 26u32.to_be_bytes().to_vec();
    chunk.extend(b"eXIf");
    chunk.extend(&exif(6)[..26]);
    chunk.extend(crc32(&chunk[4..]).to_be_bytes());
    let input = [&once[..33], &chunk, &once[33..]].concat();
    assert_eq!(probe(&input).unwrap().orientation(), 6);
    let result = to(Format::Png, &input);
    let shown = decoded(to(Format::Png, result.bytes()).bytes());
    let info = probe(result.bytes()).unwrap();
    assert_eq!((info.width(), info.height()), (result.width(), result.height()));
    assert_eq!((shown.width(), shown.height()), (8, 12));
}

#[test]
fn unknown_jpeg_segments_and_appended_webp_chunks_do_not_ride_along() {
    let image = picture(160, 120);
    let input = with_segments(&jpeg(&image, 20), &[segment(0xef, b"GPS")]);
    let result = with(&input, &Options::new(Format::Jpeg).with_quality(Quality::MAX));
    check_kept(&result, &input, &decoded(to(Format::Png, &input).bytes()), 0.0);

    let low = Options::new(Format::WebP).with_quality(Quality::MIN);
    let mut input = with(&png(image), &low).into_bytes();
    input.extend(b"VP8 \x04\0\0\0GPS!");
    let result = with(&input, &Options::new(Format::WebP).with_quality(Quality::MAX));
    check_kept(&result, &input, &decoded(to(Format::Png, &input).bytes()), 0.0);
}

#[test]
fn what_was_asked_to_change_is_never_kept() {
    let input = jpeg(&picture(160, 120), 20);
    let smaller = Options::new(Format::Jpeg).with_quality(Quality::MAX).with_max_width(px(159));
    assert!(!with(&input, &smaller).unchanged());
    assert!(!with(&input, &Options::new(Format::WebP).with_quality(Quality::MAX)).unchanged());
    // A limit that does not bind asks for nothing.
    let same = Options::new(Format::Jpeg).with_quality(Quality::MAX).with_max_width(px(4000));
    assert!(with(&input, &same).unchanged());
}

#[test]
fn no_format_carries_metadata_over() {
    let data = [b"Exif\0\0".as_slice(), &exif(1)].concat();
    let xmp = b"http://ns.adobe.com/xap/1.0/\0<x>GPS</x>";
    let input = with_segments(
        &jpeg(&picture(320, 240), 95),
        &[segment(0xe1, &data), segment(0xe1, xmp), segment(0xfe, b"GPS")],
    );
    for format in Format::ALL {
        let result = to(format, &input);
        for needle in [b"GPS".as_slice(), b"Exif", b"eXIf", b"EXIF", b"xap/1.0"] {
            assert!(!contains(result.bytes(), needle), "{format} has {needle:?}");
        }
    }
}
