//! Boxes are filled as asked, whatever the orientation.

use flx_core::{Background, Error, Fit, Format, Gravity, Limits, Options, Position, compress};
use image::metadata::Orientation;
use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};

use crate::fixtures::{crc32, decoded, difference, exif, picture, png, px, with};

fn boxed(fit: Fit, width: u32, height: u32) -> Options {
    Options::new(Format::Png).with_max_width(px(width)).with_max_height(px(height)).with_fit(fit)
}

#[track_caller]
fn check_size(source: (u32, u32), options: &Options, expected: (u32, u32)) -> DynamicImage {
    let result = with(&png(picture(source.0, source.1)), options);
    assert_eq!((result.width(), result.height()), expected);
    let shown = decoded(result.bytes());
    assert_eq!((shown.width(), shown.height()), expected);
    shown
}

/// A PNG stored so that the orientation turns it into `upright`.
fn turned(upright: &DynamicImage, orientation: u8) -> Vec<u8> {
    let undo = [1, 2, 3, 4, 5, 8, 7, 6][usize::from(orientation) - 1];
    let mut stored = upright.clone();
    stored.apply_orientation(Orientation::from_exif(undo).unwrap());
    let file = png(stored);
    let data = &exif(orientation)[..26];
    let mut chunk = 26u32.to_be_bytes().to_vec();
    chunk.extend(b"eXIf");
    chunk.extend(data);
    chunk.extend(crc32(&chunk[4..]).to_be_bytes());
    [&file[..33], &chunk, &file[33..]].concat()
}

#[test]
fn each_fit_gives_the_size_it_promises() {
    let large = (400, 300);
    check_size(large, &boxed(Fit::Inside, 120, 60), (80, 60));
    check_size(large, &boxed(Fit::Cover, 120, 60), (120, 60));
    check_size(large, &boxed(Fit::Contain, 120, 60), (120, 60));
    check_size(large, &boxed(Fit::Fill, 120, 60), (120, 60));
}

#[test]
fn nothing_is_enlarged_unless_asked() {
    let small = (64, 48);
    check_size(small, &boxed(Fit::Inside, 100, 90), (64, 48));
    check_size(small, &boxed(Fit::Cover, 100, 20), (64, 13));
    check_size(small, &boxed(Fit::Cover, 20, 100), (10, 48));
    check_size(small, &boxed(Fit::Contain, 100, 90), (100, 90));
    check_size(small, &boxed(Fit::Fill, 100, 20), (64, 20));
    let enlarged = |fit, width, height| boxed(fit, width, height).with_enlarge(true);
    check_size(small, &enlarged(Fit::Inside, 200, 96), (128, 96));
    check_size(small, &enlarged(Fit::Cover, 200, 20), (200, 20));
    check_size(small, &enlarged(Fit::Contain, 200, 96), (200, 96));
    check_size(small, &enlarged(Fit::Fill, 200, 96), (200, 96));
}

#[test]
fn a_box_with_one_side_is_filled_inside() {
    for fit in [Fit::Inside, Fit::Cover, Fit::Contain, Fit::Fill] {
        let options = Options::new(Format::Png).with_fit(fit);
        check_size((400, 300), &options.clone().with_max_width(px(100)), (100, 75));
        check_size((400, 300), &options.clone().with_max_height(px(100)), (133, 100));
        check_size((40, 30), &options.clone().with_enlarge(true).with_max_width(px(80)), (80, 60));
        check_size((40, 30), &options, (40, 30));
    }
}

#[test]
fn cover_keeps_the_part_that_gravity_names() {
    let source = picture(90, 60);
    for (place, left) in
        [(Position::CentreLeft, 0), (Position::Centre, 15), (Position::CentreRight, 30)]
    {
        let options = boxed(Fit::Cover, 60, 60).with_gravity(Gravity::Point(place));
        let shown = check_size((90, 60), &options, (60, 60));
        let expected = image::imageops::crop_imm(&source, left, 0, 60, 60).to_image();
        assert_eq!(shown.into_rgb8(), expected, "{place:?}");
    }
}

#[test]
fn cover_looks_for_detail_and_for_what_draws_the_eye() {
    let right = RgbImage::from_fn(300, 100, |x, y| {
        let near = (x as f32 - 240.0).hypot(y as f32 - 50.0) < 30.0;
        let weave = ((x * 7 + y * 13) % 40) as u8;
        if near { Rgb([220 - weave, 150 - weave, 110]) } else { Rgb([90, 95, 100]) }
    });
    for gravity in [Gravity::Entropy, Gravity::Attention] {
        let result = with(&png(right.clone()), &boxed(Fit::Cover, 100, 100).with_gravity(gravity));
        let shown = decoded(result.bytes()).into_rgb8();
        let warm = shown.pixels().filter(|pixel| pixel.0[0] > pixel.0[2]).count();
        // The disc has 2,827 pixels.
        assert!(warm > 2_500, "{gravity:?} keeps {warm}");
    }
}

#[test]
fn contain_puts_the_background_around_and_leaves_alpha_alone() {
    let clear = RgbaImage::from_pixel(40, 20, Rgba([0, 0, 200, 0]));
    let options = boxed(Fit::Contain, 40, 40)
        .with_background(Background { red: 9, green: 8, blue: 7 })
        .with_gravity(Gravity::Point(Position::TopCentre));
    let shown = decoded(with(&png(clear), &options).bytes()).into_rgba8();
    assert_eq!(shown.get_pixel(20, 10), &Rgba([0, 0, 200, 0]));
    assert_eq!(shown.get_pixel(20, 30), &Rgba([9, 8, 7, 255]));
    let grey =
        DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(40, 20, image::Luma([0x1234])));
    let shown = decoded(with(&png(grey), &options).bytes()).into_rgb16();
    assert_eq!(shown.get_pixel(20, 10), &Rgb([0x1234; 3]));
    assert_eq!(shown.get_pixel(20, 30), &Rgb([9 * 257, 8 * 257, 7 * 257]));
}

#[test]
fn every_orientation_gives_what_turning_first_gives() {
    let fits = [Fit::Inside, Fit::Cover, Fit::Contain, Fit::Fill];
    let gravities = [
        Gravity::Point(Position::TopLeft),
        Gravity::Point(Position::Centre),
        Gravity::Point(Position::BottomRight),
    ];
    let cases = [((97, 61), (31, 43)), ((61, 97), (53, 13)), ((7, 5), (3, 11)), ((1, 31), (7, 7))];
    for (size, frame) in cases {
        let upright = DynamicImage::from(picture(size.0, size.1));
        for fit in fits {
            for gravity in gravities {
                let options = boxed(fit, frame.0, frame.1).with_gravity(gravity);
                for enlarge in [false, true] {
                    let options = options.clone().with_enlarge(enlarge);
                    let expected = decoded(with(&png(upright.clone()), &options).bytes());
                    for orientation in 1..=8 {
                        let result = with(&turned(&upright, orientation), &options);
                        let shown = decoded(result.bytes());
                        // Rows before columns or columns before rows: each rounds to 8 bits in between.
                        let most = most_different(&shown, &expected);
                        assert!(
                            most <= 4,
                            "{size:?} → {frame:?} {fit:?} {gravity:?} {orientation}: {most}"
                        );
                    }
                }
            }
        }
    }
}

fn most_different(a: &DynamicImage, b: &DynamicImage) -> u8 {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let (a, b) = (a.to_rgba8(), b.to_rgba8());
    a.iter().zip(b.iter()).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

#[test]
fn what_is_looked_for_is_found_in_every_orientation() {
    let upright = DynamicImage::from(picture(149, 83));
    for gravity in [Gravity::Entropy, Gravity::Attention] {
        let options = boxed(Fit::Cover, 41, 41).with_gravity(gravity);
        let expected = decoded(with(&png(upright.clone()), &options).bytes());
        for orientation in 1..=8 {
            let shown = decoded(with(&turned(&upright, orientation), &options).bytes());
            // A pixel of the small copy is more than one of the picture.
            let off = difference(&shown, &expected);
            assert!(off < 6.0, "{gravity:?} at {orientation}: {off}");
        }
    }
}

#[test]
fn a_result_larger_than_its_source_is_bound_by_the_limits() {
    let input = png(picture(30, 20));
    let huge = boxed(Fit::Contain, u32::MAX, u32::MAX);
    let limits = Limits::default();
    let error = compress(&input, &huge, &limits).unwrap_err();
    assert!(matches!(error, Error::ResultTooLarge { width: u32::MAX, .. }), "{error}");
    let long = Options::new(Format::Png).with_enlarge(true).with_max_width(px(30_001));
    assert!(matches!(compress(&input, &long, &limits), Err(Error::ResultTooLarge { .. })));
    let within = long.with_max_width(px(300));
    assert_eq!(compress(&input, &within, &limits).unwrap().height(), 200);
}
