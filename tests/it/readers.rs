//! Every kind of result opens in the programs that people have, and shows the same there.

use std::fmt::Write as _;
use std::io::Cursor;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use flx_core::{ColourSpace, Format, Limits, Options, compress, fitting};
use flx_tests::pictures::{
    animation, card, display_p3, gradient_with_alpha, jpeg, photo, photo_16_bit, png, with_gps,
    with_profile,
};
use flx_tests::tools::{chromium_prints, python, run, tool};
use flx_tests::{Form, Service, look};
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder as _, DynamicImage, Frame, RgbImage, Rgba, RgbaImage};
use tempfile::TempDir;

/// Odd on purpose: halved chroma and blocks do not come out even.
const SIZE: (u32, u32) = (241, 161);

/// Mean difference of 8-bit samples: programs interpolate chroma and round in ways of their own.
const ALIKE: f64 = 2.0;

struct Kind {
    path: PathBuf,
    /// As this project reads it, before it is laid on white; frame by frame.
    expected: Vec<RgbaImage>,
    /// The same in sRGB, where the file has colours of its own: browsers convert them.
    in_srgb: Option<RgbaImage>,
}

impl Kind {
    fn name(&self) -> String {
        self.path.file_name().unwrap().to_string_lossy().into_owned()
    }

    #[track_caller]
    fn is_shown_as(&self, rgb: &[u8], reader: &str) {
        self.is_like(&on_white(&self.expected[0]), rgb, reader);
    }

    #[track_caller]
    fn is_like(&self, expected: &[u8], rgb: &[u8], reader: &str) {
        let name = self.name();
        assert_eq!(rgb.len(), expected.len(), "{name} in {reader}: another size");
        let mean = difference(expected, rgb);
        println!("{name} in {reader}: {mean:.2}");
        assert!(mean < ALIKE, "{name} in {reader}: differs by {mean:.2} of 255 on average");
    }
}

fn difference(a: &[u8], b: &[u8]) -> f64 {
    let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
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
    let grey_see_through =
        png(DynamicImage::ImageRgba8(gradient_with_alpha(SIZE.0, SIZE.1, 5)).into_luma_alpha8());
    let drawing = png(card(SIZE.0, SIZE.1));
    let camera = jpeg(&photo(SIZE.0, SIZE.1, 5), 92);
    let noted = with_gps(&camera, 1);
    let wide = with_profile(&camera, &display_p3());
    let frames = [photo(SIZE.0, SIZE.1, 1), photo(SIZE.0, SIZE.1, 2), card(SIZE.0, SIZE.1)];
    let moving = animation(&frames);
    let everything = ("keep", "icc,exif,xmp");
    let own = ("colour", "keep");
    let wanted: [Wanted<'_>; 34] = [
        ("lossy.webp", &photograph, &[]),
        ("from-jpeg.webp", &camera, &[]),
        ("fast.webp", &camera, &[("effort", "fast")]),
        ("drawing.webp", &drawing, &[]),
        ("alpha.webp", &see_through, &[]),
        ("grey.webp", &grey, &[]),
        ("grey-alpha.webp", &grey_see_through, &[]),
        ("metadata.webp", &noted, &[everything]),
        ("own-colours.webp", &wide, &[own]),
        ("moving.webp", &moving, &[]),
        ("moving-small.webp", &moving, &[("effort", "small")]),
        ("low.avif", &photograph, &[("quality", "45")]),
        ("high.avif", &photograph, &[("quality", "97")]),
        ("small.avif", &photograph, &[("effort", "small")]),
        ("from-jpeg.avif", &camera, &[("effort", "fast")]),
        ("deep.avif", &deep, &[]),
        ("alpha.avif", &see_through, &[]),
        ("grey.avif", &grey, &[]),
        ("grey-alpha.avif", &grey_see_through, &[]),
        ("metadata.avif", &noted, &[everything]),
        ("own-colours.avif", &wide, &[own]),
        ("low.jpg", &photograph, &[("quality", "45")]),
        ("high.jpg", &photograph, &[("quality", "98")]),
        ("small.jpg", &photograph, &[("effort", "small")]),
        ("grey.jpg", &grey, &[]),
        ("metadata.jpg", &noted, &[everything, ("quality", "60")]),
        ("own-colours.jpg", &wide, &[own, ("quality", "60")]),
        ("plain.png", &photograph, &[]),
        ("deep.png", &deep, &[]),
        ("alpha.png", &see_through, &[]),
        ("grey-alpha.png", &grey_see_through, &[]),
        ("palette.png", &see_through, &[("lossy", "true")]),
        ("metadata.png", &noted, &[everything]),
        ("own-colours.png", &wide, &[own]),
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
        let expected = frames_of(&file);
        assert_eq!(entry["frames"].as_u64().unwrap(), expected.len() as u64, "{name}");
        let in_srgb = options.contains(&own).then(|| in_srgb(&file));
        kinds.push(Kind { path, expected, in_srgb });
    }
    (folder, kinds)
}

/// What the portable engines write of the same pictures, by a program that was built with them:
/// `just test-code` names it.
fn portable_kinds() -> Option<(TempDir, Vec<Kind>)> {
    let program = env::var_os("FLX_TEST_PORTABLE")?;
    let folder = tempfile::tempdir().unwrap();
    let opaque = png(photo(SIZE.0, SIZE.1, 5));
    let see_through = png(gradient_with_alpha(SIZE.0, SIZE.1, 5));
    let grey = png(DynamicImage::ImageRgb8(photo(SIZE.0, SIZE.1, 5)).into_luma8());
    let wanted: [(&str, &[u8], &str); 7] = [
        ("low.avif", &opaque, "45"),
        ("high.avif", &opaque, "97"),
        ("alpha.avif", &see_through, "82"),
        ("grey.avif", &grey, "82"),
        ("low.jpg", &opaque, "45"),
        ("high.jpg", &opaque, "98"),
        ("grey.jpg", &grey, "82"),
    ];
    let mut kinds = Vec::new();
    for (name, source, quality) in wanted {
        let (input, path) = (folder.path().join("source.png"), folder.path().join(name));
        fs::write(&input, source).unwrap();
        run(Command::new(&program).args([&input, &path]).arg(quality));
        let expected = frames_of(&fs::read(&path).unwrap());
        kinds.push(Kind { path, expected, in_srgb: None });
    }
    Some((folder, kinds))
}

fn frames_of(file: &[u8]) -> Vec<RgbaImage> {
    if look::format(file) == "webp" {
        let decoder = WebPDecoder::new(Cursor::new(file)).unwrap();
        if decoder.has_animation() {
            let frames = decoder.into_frames().collect_frames().unwrap();
            return frames.into_iter().map(Frame::into_buffer).collect();
        }
    }
    if look::format(file) != "avif" {
        return vec![look::decode(file).into_rgba8()];
    }
    // As coded, as other readers hand it out, in colours of its own where it has them.
    let options = Options::new(Format::Png).with_colour_space(ColourSpace::Source);
    let png = compress(file, &options, &Limits::default()).unwrap();
    vec![look::decode(png.bytes()).into_rgba8()]
}

fn in_srgb(file: &[u8]) -> RgbaImage {
    let rgb = fitting::decode_rgb8(file).unwrap();
    DynamicImage::ImageRgb8(RgbImage::from_raw(SIZE.0, SIZE.1, rgb).unwrap()).into_rgba8()
}

fn on_white(picture: &RgbaImage) -> Vec<u8> {
    let mixed = |Rgba([red, green, blue, alpha]): &Rgba<u8>| {
        let alpha = u32::from(*alpha);
        [red, green, blue]
            .map(|code| ((u32::from(*code) * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
    };
    picture.pixels().flat_map(mixed).collect()
}

#[test]
fn ffmpeg_opens_every_kind() {
    ffmpeg_opens(&kinds().1);
}

fn ffmpeg_opens(kinds: &[Kind]) {
    for kind in kinds {
        let Some(mut ffmpeg) = tool("ffmpeg") else { return };
        // Its decoder knows no animated WebP.
        if kind.expected.len() > 1 {
            continue;
        }
        ffmpeg.args(["-v", "error", "-i"]).arg(&kind.path);
        ffmpeg.args(["-f", "image2pipe", "-c:v", "png", "-pix_fmt", "rgba", "-frames:v", "1", "-"]);
        let png = run(&mut ffmpeg).stdout;
        let shown = look::decode(&png);
        assert_eq!((shown.width(), shown.height()), SIZE, "{}", kind.name());
        // The auxiliary picture of an AVIF's alpha is a track of its own to this program.
        if !kind.name().ends_with("alpha.avif") {
            kind.is_shown_as(&on_white(&shown.into_rgba8()), "ffmpeg");
        }
    }
}

#[test]
fn libavif_opens_every_avif() {
    libavif_opens(&kinds().1);
}

fn libavif_opens(kinds: &[Kind]) {
    for kind in kinds.iter().filter(|kind| kind.name().ends_with(".avif")) {
        let Some(mut avifdec) = tool("avifdec") else { return };
        let png = kind.path.with_extension("decoded.png");
        run(avifdec.arg(&kind.path).arg(&png));
        let shown = look::decode(&fs::read(&png).unwrap());
        kind.is_shown_as(&on_white(&shown.into_rgba8()), "avifdec");
    }
}

/// Writes every frame's pixels on white, one after the other.
const PILLOW: &str = "
import sys
from PIL import Image, features
if sys.argv[1].endswith('.avif') and not features.check('avif'):
    print('no AVIF', file=sys.stderr)
    sys.exit(0)
image = Image.open(sys.argv[1])
assert getattr(image, 'n_frames', 1) == int(sys.argv[2]), image.n_frames
for frame in range(int(sys.argv[2])):
    image.seek(frame)
    white = Image.new('RGBA', image.size, 'white')
    white.alpha_composite(image.convert('RGBA'))
    sys.stdout.buffer.write(white.convert('RGB').tobytes())
";

#[test]
fn pillow_opens_every_kind() {
    pillow_opens(&kinds().1);
}

fn pillow_opens(kinds: &[Kind]) {
    for kind in kinds {
        let Some(mut pillow) = python("PIL") else { return };
        pillow.args(["-c", PILLOW]).arg(&kind.path).arg(kind.expected.len().to_string());
        let output = run(&mut pillow);
        if output.stdout.is_empty() {
            println!("{} is beyond this Pillow", kind.name());
            continue;
        }
        let frames = output.stdout.chunks((SIZE.0 * SIZE.1 * 3) as usize);
        assert_eq!(frames.len(), kind.expected.len(), "{}", kind.name());
        for (shown, expected) in frames.zip(&kind.expected) {
            kind.is_like(&on_white(expected), shown, "Pillow");
        }
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
    chromium_shows(&folder, &kinds);
}

#[test]
fn everybody_opens_what_the_portable_engines_write() {
    let Some((folder, kinds)) = portable_kinds() else {
        eprintln!("NOT CHECKED: FLX_TEST_PORTABLE names no program");
        return;
    };
    ffmpeg_opens(&kinds);
    libavif_opens(&kinds);
    pillow_opens(&kinds);
    chromium_shows(&folder, &kinds);
}

/// The picture with its alpha taken for codes of limited range, 16 to 235. Chromium 156 does that
/// to the alpha of every AVIF, though AVIF asks for full range there and the streams say so: a
/// lossless file of libavif's own tool is shown 4.5 of 255 off by it, and exactly like this.
fn with_alpha_stretched(picture: &RgbaImage) -> RgbaImage {
    let mut picture = picture.clone();
    for Rgba([.., alpha]) in picture.pixels_mut() {
        let code = (f32::from(*alpha) - 16.0) * 255.0 / 219.0;
        *alpha = code.round().clamp(0.0, 255.0) as u8;
    }
    picture
}

fn chromium_shows(folder: &TempDir, kinds: &[Kind]) {
    let Some(chromium) = tool("chromium") else { return };
    let mut page = "<!DOCTYPE html><meta charset=utf-8><body>".to_owned();
    for kind in kinds {
        let name = kind.name();
        writeln!(page, "<img id=\"{name}\" src=\"{name}\">").unwrap();
    }
    write!(page, "<script>addEventListener('load', () => {{{SCRIPT}}})</script>").unwrap();
    let path = folder.path().join("page.html");
    fs::write(&path, page).unwrap();
    let printed = chromium_prints(chromium, &path, &folder.path().join("profile"));
    assert!(printed.contains("<title>done</title>"), "the page did not finish: {printed:.300}");
    for kind in kinds {
        let pixels = pixels_of(&printed, &kind.name());
        let expected = kind.in_srgb.as_ref().unwrap_or(&kind.expected[0]);
        let stretched = with_alpha_stretched(expected);
        let off_by = |picture| difference(&on_white(picture), &pixels);
        let by_chromium =
            kind.name().ends_with("alpha.avif") && off_by(&stretched) < off_by(expected);
        let expected = if by_chromium { &stretched } else { expected };
        kind.is_like(&on_white(expected), &pixels, "Chromium");
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
