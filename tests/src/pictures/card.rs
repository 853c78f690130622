//! A picture whose corners tell which way up it is.

use image::{DynamicImage, Rgb, RgbImage, imageops};

const RED: Rgb<u8> = Rgb([200, 40, 40]);
const GREEN: Rgb<u8> = Rgb([40, 160, 60]);
const BLUE: Rgb<u8> = Rgb([50, 70, 190]);
const YELLOW: Rgb<u8> = Rgb([220, 200, 60]);

/// Red, green, blue and yellow, in the quarters from the upper left to the lower right.
#[must_use]
pub fn card(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => RED,
        (false, true) => GREEN,
        (true, false) => BLUE,
        (false, false) => YELLOW,
    })
}

/// The colours that [`card`] has in the middle of its quarters.
#[must_use]
pub fn corners() -> [Rgb<u8>; 4] {
    [RED, GREEN, BLUE, YELLOW]
}

/// The card as a camera stores it that says "orientation n" (Exif 2.32, tag 0x0112): whoever turns
/// it as the number says sees [`card`].
///
/// # Panics
/// When there is no such orientation.
#[must_use]
pub fn card_stored_as(orientation: u8, width: u32, height: u32) -> RgbImage {
    let upright = DynamicImage::ImageRgb8(card(width, height));
    // The inverse of what the number asks for.
    let stored = match orientation {
        1 => upright,
        2 => upright.fliph(),
        3 => upright.rotate180(),
        4 => upright.flipv(),
        5 => DynamicImage::ImageRgb8(transposed(&upright.into_rgb8())),
        6 => upright.rotate270(),
        7 => DynamicImage::ImageRgb8(imageops::rotate180(&transposed(&upright.into_rgb8()))),
        8 => upright.rotate90(),
        other => panic!("no orientation {other}"),
    };
    stored.into_rgb8()
}

/// Rows become columns.
fn transposed(picture: &RgbImage) -> RgbImage {
    RgbImage::from_fn(picture.height(), picture.width(), |x, y| *picture.get_pixel(y, x))
}
