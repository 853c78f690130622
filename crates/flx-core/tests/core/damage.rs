//! Damaged files give errors, never panics, and never half a picture of a JPEG.

use flx_core::{Format, Limits, Options, compress};
use image::{DynamicImage, ImageFormat};

use crate::fixtures::{file, jpeg, jpeg_with, picture, png, to};

fn small_files() -> Vec<(&'static str, Vec<u8>)> {
    let image = picture(24, 16);
    let dynamic = DynamicImage::from(image.clone());
    vec![
        ("baseline JPEG", jpeg(&image, 80)),
        ("progressive JPEG", jpeg_with(&image, 80, |encoder| encoder.set_progressive(true))),
        ("JPEG in three scans", jpeg_with(&image, 80, |e| e.set_optimized_huffman_tables(true))),
        ("PNG", png(image)),
        ("WebP lossless", file(&dynamic, ImageFormat::WebP)),
        ("WebP lossy", to(Format::WebP, &png(picture(24, 16))).into_bytes()),
        ("GIF", file(&dynamic, ImageFormat::Gif)),
        ("BMP", file(&dynamic, ImageFormat::Bmp)),
        ("TIFF", file(&dynamic, ImageFormat::Tiff)),
        ("AVIF", to(Format::Avif, &png(picture(24, 16))).into_bytes()),
    ]
}

#[test]
fn a_file_cut_anywhere_gives_an_error_or_a_picture_of_the_right_size() {
    for (name, whole) in small_files() {
        for length in 0..whole.len() {
            let options = Options::new(Format::Jpeg);
            match compress(&whole[..length], &options, &Limits::default()) {
                Ok(result) => {
                    assert!(!name.contains("JPEG"), "half a {name} passed for a picture");
                    assert_eq!((result.width(), result.height()), (24, 16), "{name}");
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    }
}

#[test]
fn a_flipped_byte_anywhere_never_panics() {
    for (name, whole) in small_files() {
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xa5;
            let limits = Limits::default().with_max_pixels(1_000_000);
            let outcome = std::panic::catch_unwind(|| {
                let _ = compress(&damaged, &Options::new(Format::Jpeg), &limits);
            });
            assert!(outcome.is_ok(), "{name}, byte {at}");
        }
    }
}
