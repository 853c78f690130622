//! Every kind of result opens in the programs that people have, and shows the same there.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use flx_tests::pictures::{animation, card, gradient_with_alpha, jpeg, photo, photo_16_bit, png};
use flx_tests::tools::{chromium_prints, python, run, tool};
use flx_tests::{Form, Service, look};
use image::{DynamicImage, RgbImage};
use tempfile::TempDir;

/// Odd on purpose: halved chroma and blocks do not come out even.
const SIZE: (u32, u32) = (241, 161);

/// Mean difference of 8-bit samples: programs interpolate chroma and round in ways of their own.
const ALIKE: f64 = 2.0;

struct Kind {
    path: PathBuf,
    /// As this project reads it, on white.
    expected: RgbImage,
    frames: usize,
}

impl Kind {
    fn name(&self) -> String {
        self.path.file_name().unwrap().to_string_lossy().into_owned()
    }

    #[track_caller]
    fn is_shown_as(&self, rgb: &[u8], reader: &str) {
        let expected = self.expected.as_raw();
        let name = self.name();
        assert_eq!(rgb.len(), expected.len(), "{name} in {reader}: another size");
        let sum: u64 = rgb.iter().zip(expected).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = sum as f64 / expected.len() as f64;
        println!("{name} in {reader}: {mean:.2}");
        assert!(mean < ALIKE, "{name} in {reader}: differs by {mean:.2} of 255 on average");
    }
}

/// The result's name, its source, and what the form asks for besides the format.
type Wanted<'a> = (&'a str, &'a [u8], &'a [(&'a str, &'a str)]);

/// One file of every kind that is written.
fn kinds() -> (TempDir, Vec<Kind>) {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    let folder = tempfile::tempdir().unwrap();
    let photograph = png(photo(SIZE.0, SIZE.1, 5));
    let deep = png(DynamicImage::ImageRgb16(photo_16_bit(SIZE.0, SIZE.1, 5)));
    let see_through = png(gradient_with_alpha(SIZE.0, SIZE.1, 5));
    let grey = png(DynamicImage::ImageRgb8(photo(SIZE.0, SIZE.1, 5)).into_luma8());
    let drawing = png(card(SIZE.0, SIZE.1));
    let camera = jpeg(&photo(SIZE.0, SIZE.1, 5), 92);
    let frames = [photo(SIZE.0, SIZE.1, 1), photo(SIZE.0, SIZE.1, 2), card(SIZE.0, SIZE.1)];
    let moving = animation(&frames);
    let wanted: [Wanted<'_>; 22] = [
        ("lossy.webp", &photograph, &[]),
        ("from-jpeg.webp", &camera, &[]),
        ("fast.webp", &camera, &[("effort", "fast")]),
        ("drawing.webp", &drawing, &[]),
        ("alpha.webp", &see_through, &[]),
        ("grey.webp", &grey, &[]),
        ("metadata.webp", &camera, &[("keep", "icc,exif,xmp")]),
        ("moving.webp", &moving, &[]),
        ("moving-small.webp", &moving, &[("effort", "small")]),
        ("low.avif", &photograph, &[("quality", "45")]),
        ("high.avif", &photograph, &[("quality", "97")]),
        ("small.avif", &photograph, &[("effort", "small")]),
        ("from-jpeg.avif", &camera, &[("effort", "fast")]),
        ("alpha.avif", &see_through, &[]),
        ("grey.avif", &grey, &[]),
        ("low.jpg", &photograph, &[("quality", "45")]),
        ("high.jpg", &photograph, &[("quality", "98")]),
        ("grey.jpg", &grey, &[]),
        ("plain.png", &photograph, &[]),
        ("deep.png", &deep, &[]),
        ("alpha.png", &see_through, &[]),
        ("palette.png", &see_through, &[("lossy", "true")]),
    ];
    let mut kinds = Vec::new();
    for (name, source, options) in wanted {
        let format = name.rsplit_once('.').unwrap().1;
        let mut form = Form::of("source", source).text("format", format);
        for (option, value) in options {
            form = form.text(option, value);
        }
        let (entry, file) = service.compressed(&key, form);
        assert_eq!(look::format(&file), format, "{name}");
        let path = folder.path().join(name);
        fs::write(&path, &file).unwrap();
        let frames = usize::try_from(entry["frames"].as_u64().unwrap()).unwrap();
        kinds.push(Kind { path, expected: on_white(&look::decode(&file)), frames });
    }
    (folder, kinds)
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0.map(u32::from);
        let mixed = |value: u32| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        image::Rgb([mixed(red), mixed(green), mixed(blue)])
    })
}

#[test]
fn ffmpeg_opens_every_kind() {
    let (_folder, kinds) = kinds();
    for kind in &kinds {
        let Some(mut ffmpeg) = tool("ffmpeg") else { return };
        // Its decoder knows no animated WebP.
        if kind.frames > 1 {
            continue;
        }
        ffmpeg.args(["-v", "error", "-i"]).arg(&kind.path);
        ffmpeg.args(["-f", "image2pipe", "-c:v", "png", "-pix_fmt", "rgba", "-frames:v", "1", "-"]);
        let png = run(&mut ffmpeg).stdout;
        // The auxiliary picture of an AVIF's alpha is a track of its own to this program.
        let has_alpha = kind.name() == "alpha.avif";
        let shown = look::decode(&png);
        assert_eq!((shown.width(), shown.height()), SIZE, "{}", kind.name());
        if !has_alpha {
            kind.is_shown_as(on_white(&shown).as_raw(), "ffmpeg");
        }
    }
}

#[test]
fn libavif_opens_every_avif() {
    let (folder, kinds) = kinds();
    for kind in kinds.iter().filter(|kind| kind.name().ends_with(".avif")) {
        let Some(mut avifdec) = tool("avifdec") else { return };
        let png = folder.path().join("decoded.png");
        run(avifdec.arg(&kind.path).arg(&png));
        let shown = look::decode(&fs::read(&png).unwrap());
        kind.is_shown_as(on_white(&shown).as_raw(), "avifdec");
    }
}

const PILLOW: &str = "
import sys
from PIL import Image, features
if sys.argv[1].endswith('.avif') and not features.check('avif'):
    print('no AVIF', file=sys.stderr)
    sys.exit(0)
image = Image.open(sys.argv[1])
assert getattr(image, 'n_frames', 1) == int(sys.argv[2]), image.n_frames
white = Image.new('RGBA', image.size, 'white')
white.alpha_composite(image.convert('RGBA'))
sys.stdout.buffer.write(white.convert('RGB').tobytes())
";

#[test]
fn pillow_opens_every_kind() {
    let (_folder, kinds) = kinds();
    for kind in &kinds {
        let Some(mut pillow) = python("PIL") else { return };
        pillow.args(["-c", PILLOW]).arg(&kind.path).arg(kind.frames.to_string());
        let output = run(&mut pillow);
        if output.stdout.is_empty() {
            println!("{} is beyond this Pillow", kind.name());
            continue;
        }
        kind.is_shown_as(&output.stdout, "Pillow");
    }
}

/// Draws every picture on white and writes its pixels into the page.
const SCRIPT: &str = "
for (const image of document.images) {
    const out = document.createElement('pre');
    document.body.append(out);
    const canvas = document.createElement('canvas');
    const { naturalWidth: width, naturalHeight: height } = image;
    if (!width) { out.textContent = image.id + ' BROKEN'; continue; }
    canvas.width = width; canvas.height = height;
    const context = canvas.getContext('2d');
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, height);
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    let hex = '';
    for (let at = 0; at < data.length; at++) {
        if (at % 4 != 3) hex += data[at].toString(16).padStart(2, '0');
    }
    out.textContent = image.id + ' ' + hex;
}
document.title = 'done';
";

#[test]
fn chromium_shows_every_kind() {
    let (folder, kinds) = kinds();
    let Some(chromium) = tool("chromium") else { return };
    let mut page = "<!DOCTYPE html><meta charset=utf-8><body>".to_owned();
    for kind in &kinds {
        let name = kind.name();
        writeln!(page, "<img id=\"{name}\" src=\"{name}\">").unwrap();
    }
    write!(page, "<script>addEventListener('load', () => {{{SCRIPT}}})</script>").unwrap();
    let path = folder.path().join("page.html");
    fs::write(&path, page).unwrap();
    let printed = chromium_prints(chromium, &path, &folder.path().join("profile"));
    assert!(printed.contains("<title>done</title>"), "the page did not finish: {printed:.300}");
    for kind in &kinds {
        let pixels = pixels_of(&printed, &kind.name());
        kind.is_shown_as(&pixels, "Chromium");
    }
}

#[track_caller]
fn pixels_of(page: &str, name: &str) -> Vec<u8> {
    let start = format!("<pre>{name} ");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("{name} is not in the page"));
    let hex = rest.split_once('<').unwrap().0;
    assert_ne!(hex, "BROKEN", "{name} is not shown");
    let digits = hex.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
