//! Colours come out as littlecms shows them, which is what other programs convert by.

use std::fs;
use std::path::Path;

use flx_tests::ciede2000::ciede2000;
use flx_tests::pictures::{photo, press};
use flx_tests::tools::{python, run};
use flx_tests::{Form, Service, look};
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageEncoder, Rgb, RgbImage};
use moxcms::ColorProfile;

const SIZE: u32 = 128;

/// Makes a file of inks where it is given some, then prints a file's pixels in sRGB.
const PILLOW: &str = "
import io, sys
from PIL import Image, ImageCms
path = sys.argv[1]
if len(sys.argv) > 2:
    inks, profile = (open(name, 'rb').read() for name in sys.argv[2:4])
    side = round((len(inks) / 4) ** 0.5)
    image = Image.frombytes('CMYK', (side, side), inks)
    image.save(path, 'JPEG', quality=100, subsampling=0, icc_profile=profile)
image = Image.open(path)
source = ImageCms.ImageCmsProfile(io.BytesIO(image.info['icc_profile']))
target = ImageCms.createProfile('sRGB')
shown = ImageCms.profileToProfile(image, source, target, outputMode='RGB')
sys.stdout.buffer.write(shown.tobytes())
";

/// A photograph over random colours, so that every corner of a space is seen.
fn colours() -> RgbImage {
    let photo = photo(SIZE, SIZE, 9);
    RgbImage::from_fn(SIZE, SIZE, |x, y| {
        if y < SIZE / 2 { *photo.get_pixel(x, y) } else { Rgb(random(x, y)) }
    })
}

fn random(x: u32, y: u32) -> [u8; 3] {
    let mut hash = (x + y * SIZE).wrapping_mul(0x9e37_79b1);
    hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
    hash ^= hash >> 13;
    [hash as u8, (hash >> 8) as u8, (hash >> 16) as u8]
}

fn png_with(picture: &DynamicImage, profile: &ColorProfile) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = PngEncoder::new(&mut file);
    encoder.set_icc_profile(profile.encode().unwrap()).unwrap();
    let (width, height) = (picture.width(), picture.height());
    encoder
        .write_image(picture.as_bytes(), width, height, picture.color().into())
        .expect("it can be encoded into memory");
    file
}

/// Mean and greatest CIEDE2000 of a result against what littlecms made of the same file.
#[track_caller]
fn check(service: &Service, key: &str, name: &str, file: &[u8], shown: &[u8]) {
    let form = Form::of(name, file).text("format", "png");
    let (_, result) = service.compressed(key, form);
    let result = look::decode(&result).into_rgb8();
    assert_eq!(result.as_raw().len(), shown.len(), "{name}: another size");
    let differences: Vec<f64> = result
        .pixels()
        .zip(shown.as_chunks::<3>().0)
        .map(|(one, other)| ciede2000(look::lab(*one), look::lab(Rgb(*other))))
        .collect();
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    let most = differences.iter().copied().fold(0.0, f64::max);
    println!("{name}: ΔE2000 {mean:.2} on average, {most:.1} at most");
    assert!(mean <= 1.0, "{name}: ΔE2000 {mean:.2} on average");
}

#[track_caller]
fn littlecms(path: &Path, more: &[&Path]) -> Option<Vec<u8>> {
    let mut python = python("PIL.ImageCms")?;
    Some(run(python.args(["-c", PILLOW]).arg(path).args(more)).stdout)
}

#[test]
fn every_kind_of_profile_comes_out_as_littlecms_shows_it() {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    let folder = tempfile::tempdir().unwrap();
    let coloured = DynamicImage::ImageRgb8(colours());
    let grey = DynamicImage::ImageLuma8(coloured.to_luma8());
    let cases = [
        ("display-p3.png", &coloured, ColorProfile::new_display_p3()),
        ("adobe-rgb.png", &coloured, ColorProfile::new_adobe_rgb()),
        ("prophoto.png", &coloured, ColorProfile::new_pro_photo_rgb()),
        ("grey.png", &grey, ColorProfile::new_gray_with_gamma(1.6)),
    ];
    for (name, picture, profile) in cases {
        let file = png_with(picture, &profile);
        let path = folder.path().join(name);
        fs::write(&path, &file).unwrap();
        let Some(shown) = littlecms(&path, &[]) else { return };
        // The numbers as they stand are farther off than is allowed, so that a profile that is not read is seen.
        let plain = picture.to_rgb8();
        let (plain, shown_pixels) = (plain.pixels(), shown.as_chunks::<3>().0);
        let off: f64 = plain
            .zip(shown_pixels)
            .map(|(one, other)| ciede2000(look::lab(*one), look::lab(Rgb(*other))))
            .sum();
        assert!(off / f64::from(SIZE * SIZE) > 1.5, "{name}: {off}");
        check(&service, &key, name, &file, &shown);
    }

    let names = ["inks.jpg", "inks", "press.icc"].map(|name| folder.path().join(name));
    let inks: Vec<u8> = coloured
        .to_rgb8()
        .enumerate_pixels()
        .flat_map(|(x, y, Rgb([red, green, blue]))| {
            let black = if y < SIZE / 2 { (x % 3) as u8 * 60 } else { random(y, x)[0] };
            [255 - red, 255 - green, 255 - blue, black]
        })
        .collect();
    fs::write(&names[1], inks).unwrap();
    fs::write(&names[2], press()).unwrap();
    let Some(shown) = littlecms(&names[0], &[&names[1], &names[2]]) else { return };
    check(&service, &key, "inks.jpg", &fs::read(&names[0]).unwrap(), &shown);
}

#[test]
fn the_measure_is_the_published_one() {
    // From the data that Sharma, Wu and Dalal gave with their notes on implementing it (2005).
    for (one, other, expected) in [
        ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
        ([50.0, 0.0, 0.0], [50.0, -1.0, 2.0], 2.3669),
        ([50.0, 2.49, -0.001], [50.0, -2.49, 0.0011], 7.2195),
        ([50.0, 2.5, 0.0], [73.0, 25.0, -18.0], 27.1492),
        ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
        ([22.7233, 20.0904, -46.694], [23.0331, 14.973, -42.5619], 2.0373),
        ([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514], 0.9082),
    ] {
        let found = ciede2000(one, other);
        assert!((found - expected).abs() < 1e-4, "{one:?} {other:?}: {found}");
    }
}
