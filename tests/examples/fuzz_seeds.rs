//! Writes what the fuzz targets start from: `fuzz_seeds FOLDER` makes a folder for each target.

use std::path::Path;
use std::{env, fs, process};

use flx_core::{Format, Limits, Options, compress};
use flx_tests::pictures::{self, animation_bombs, card, hostile, laden, photo};

/// Longer seeds slow every run down, and show nothing that short ones do not.
const MAX_BYTES: usize = 64 * 1024;

fn main() {
    let Some(folder) = env::args_os().nth(1) else {
        eprintln!("usage: fuzz_seeds FOLDER");
        process::exit(2);
    };
    let folder = Path::new(&folder);
    let pictures = pictures();
    for (target, files) in &pictures {
        // Two bytes behind each say what to do with it: every output, plainly and with all options.
        let tasks = (0..4).flat_map(|format| [[format, 0], [format | 0xfc, 0x5b]]);
        let seeds = tasks.flat_map(|task| {
            files.iter().map(move |file| [file.as_slice(), task.as_slice()].concat())
        });
        write(folder, target, seeds);
    }
    let files = pictures.into_iter().flat_map(|(_, files)| files);
    let hostile = hostile().into_iter().chain(animation_bombs()).map(|file| file.bytes);
    let laden = laden().into_iter().map(|file| file.bytes);
    write(folder, "probe", files.chain(hostile).chain(laden));
    let marks = [pictures::png(card(8, 8)), pictures::png(pictures::gradient_with_alpha(9, 7, 1))];
    write(folder, "watermark", marks.into_iter());
    for (target, texts) in texts() {
        write(folder, target, texts.into_iter());
    }
}

fn write(folder: &Path, target: &str, seeds: impl Iterator<Item = Vec<u8>>) {
    let folder = folder.join(target);
    fs::create_dir_all(&folder).expect("the folder can be made");
    for (number, seed) in seeds.filter(|seed| seed.len() <= MAX_BYTES).enumerate() {
        fs::write(folder.join(format!("seed-{number}")), seed).expect("it can be written");
    }
}

/// Small pictures by format, still and moving, with metadata and without.
fn pictures() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let picture = photo(24, 16, 1);
    let fades = pictures::gradient_with_alpha(17, 11, 2);
    let plain = pictures::png(picture.clone());
    let animation = pictures::animation(&[card(12, 9), photo(12, 9, 2), card(12, 9)]);
    let made = |file: &[u8], options: Options| {
        compress(file, &options, &Limits::default()).expect("a plain picture").into_bytes()
    };
    let to = |file: &[u8], format: Format| made(file, Options::new(format));
    let jpeg = pictures::jpeg(&picture, 85);
    let faded = pictures::png(fades.clone());
    vec![
        (
            "jpeg",
            vec![
                jpeg.clone(),
                to(&plain, Format::Jpeg),
                pictures::with_gps(&jpeg, 6),
                pictures::with_profile(&jpeg, &pictures::display_p3()),
            ],
        ),
        (
            "png",
            vec![
                plain.clone(),
                faded.clone(),
                pictures::png(pictures::photo_16_bit(9, 7, 3)),
                made(&plain, Options::new(Format::Png).with_lossy_png(true)),
                animated_png(),
            ],
        ),
        (
            "webp",
            vec![
                pictures::webp(fades),
                to(&plain, Format::WebP),
                to(&faded, Format::WebP),
                to(&animation, Format::WebP),
            ],
        ),
        ("gif", vec![pictures::gif(picture.clone()), animation]),
        ("avif", vec![to(&plain, Format::Avif), to(&faded, Format::Avif)]),
        ("bmp", vec![pictures::bmp(picture.clone()), pictures::bmp(image::GrayImage::new(5, 3))]),
        ("tiff", vec![pictures::tiff(picture), pictures::tiff(image::GrayImage::new(5, 3))]),
    ]
}

/// Two frames of 8 × 8 px, the second of a quarter of it.
fn animated_png() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 8, 8);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_animated(2, 0).expect("two frames");
    let mut writer = encoder.write_header().expect("it can be written into memory");
    writer.write_image_data(&[90; 8 * 8 * 3]).expect("it can be written into memory");
    writer.set_frame_dimension(4, 4).expect("it is inside");
    writer.write_image_data(&[200; 4 * 4 * 3]).expect("it can be written into memory");
    writer.finish().expect("it can be written into memory");
    file
}

/// Bodies, headers, queries, names, keys and plan files.
fn texts() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let part = "--b\r\nContent-Disposition: form-data; name=";
    let forms = [
        format!("{part}\"file\"; filename=\"a.jpg\"\r\n\r\nx\r\n--b--\r\n"),
        format!(
            "{part}\"quality\"\r\n\r\n80\r\n{part}\"file\"; filename*=UTF-8''%41\r\n\r\nx\r\n--b--"
        ),
        format!(
            "{part}\"file\"; filename=\"\"\r\n\r\n\r\n{part}\"keep\"\r\n\r\nicc,gps\r\n--b--\r\nend"
        ),
        format!(
            "{part}\"watermarkFile\"; filename=\"a\"\r\nContent-Type: image/png\r\n\r\nx\r\n--b--"
        ),
    ];
    // In front: the length of pieces, and which header announces the boundary.
    let forms = forms.iter().flat_map(|form| {
        let with_header = format!("multipart/form-data; boundary=b\n{form}");
        [[&[1, 0][..], form.as_bytes()].concat(), [&[255, 2][..], form.as_bytes()].concat(), {
            [&[16, 1][..], with_header.as_bytes()].concat()
        }]
    });
    let ranges = ["bytes=0-9", "bytes=5-", "bytes=-5", "bytes=0-1,5-6", "bytes=9-0", "lines=1-2"];
    let ranges = ranges.map(|range| [&100_u64.to_le_bytes()[..], range.as_bytes()].concat());
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let links = ["0".repeat(64), "f".repeat(63), String::new()]
        .map(|signature| format!("{id}?expires=1795471157&signature={signature}").into_bytes());
    let names = ["photo.jpg", "../../etc/passwd", "CON.png", "\u{202e}gpj.exe", "été (1).tar.gz"];
    let keys = [format!("flx_live_{}", "0123456789".repeat(4)), "flx_live_0".to_owned()];
    let plan = "compressions_per_period = \"unlimited\"\nanti_abuse_cap = 9\nai_credits_per_period = 1\n\
                requests_per_minute = 10\nmax_files_per_request = 1\nmax_file_bytes = 1000\n\
                api_key = true\nwatermark = false\n";
    let plans: String = ["free", "starter", "pro", "agency"]
        .iter()
        .map(|tier| format!("[{tier}]\n{plan}"))
        .collect();
    vec![
        ("multipart", forms.collect()),
        ("idempotency", vec![id.as_bytes().to_vec(), format!("\"{id}\"").into_bytes()]),
        ("range", ranges.into()),
        ("link", links.into()),
        ("names", names.map(|name| name.as_bytes().to_vec()).into()),
        ("key", keys.map(String::into_bytes).into()),
        ("plans", vec![plans.into_bytes(), format!("[free]\n{plan}").into_bytes()]),
    ]
}
