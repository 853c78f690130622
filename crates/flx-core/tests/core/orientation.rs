//! Exif orientations 1–8 come out upright, with the tag gone.

use flx_core::{Format, Options, probe};
use image::DynamicImage;
use image::metadata::Orientation;

use crate::fixtures::{decoded, difference, exif, jpeg, picture, px, segment, with, with_segments};

/// A JPEG stored so that the orientation turns it into `picture(120, 80)`.
fn turned(orientation: u8) -> Vec<u8> {
    let undo = match orientation {
        6 => 8,
        8 => 6,
        other => other,
    };
    let mut stored = DynamicImage::from(picture(120, 80));
    stored.apply_orientation(Orientation::from_exif(undo).unwrap());
    let data = [b"Exif\0\0".as_slice(), &exif(orientation)].concat();
    with_segments(&jpeg(&stored.into_rgb8(), 95), &[segment(0xe1, &data)])
}

#[test]
fn every_orientation_is_applied_and_forgotten() {
    let upright = DynamicImage::from(picture(120, 80));
    for orientation in 1..=8 {
        let input = turned(orientation);
        let info = probe(&input).unwrap();
        assert_eq!((info.width(), info.height()), (120, 80), "{orientation}");
        assert_eq!(info.orientation(), orientation);
        for format in Format::ALL {
            let result = with(&input, &Options::new(format));
            assert_eq!((result.width(), result.height()), (120, 80));
            let shown = decoded(result.bytes());
            let off = difference(&shown, &upright);
            assert!(off < 4.0, "{format} at orientation {orientation} is off by {off}");
            assert_eq!(probe(result.bytes()).unwrap().orientation(), 1);
        }
    }
}

#[test]
fn limits_on_width_and_height_mean_the_upright_picture() {
    for orientation in 1..=8 {
        let options = Options::new(Format::Png).with_max_width(px(60));
        let result = with(&turned(orientation), &options);
        let shown = decoded(result.bytes());
        assert_eq!((shown.width(), shown.height()), (60, 40), "{orientation}");
        let off = difference(&shown, &picture(60, 40).into());
        assert!(off < 4.0, "orientation {orientation} is off by {off}");
    }
}
