//! What `entropy` and `attention` keep is about what libvips keeps.

use std::fs;
use std::path::{Path, PathBuf};

use flx_tests::pictures::{photo, png};
use flx_tests::tools::{run, tool};
use flx_tests::{Form, Service, look};
use image::{Rgb, RgbImage};

/// A soft, pale ground with something on it to look at.
fn scene(width: u32, height: u32, thing: impl Fn(f32, f32) -> Option<[u8; 3]>) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let ground = [150.0 + 20.0 * u, 152.0 + 18.0 * v, 158.0].map(|value| value as u8);
        Rgb(thing(x as f32, y as f32).unwrap_or(ground))
    })
}

/// Pictures that are wider than what is kept of them, with one thing to look at.
fn scenes() -> Vec<(String, RgbImage)> {
    let disc = |left: f32, colour: [u8; 3]| {
        scene(640, 400, move |x, y| ((x - left).hypot(y - 200.0) < 60.0).then_some(colour))
    };
    let texture = |left: u32| {
        let detail = photo(640, 400, 3);
        scene(640, 400, move |x, y| {
            let inside = (left as f32..left as f32 + 160.0).contains(&x);
            let stripe = (x as u32 / 3 + y as u32 / 5).is_multiple_of(2);
            let Rgb(pixel) = *detail.get_pixel(x as u32, y as u32);
            inside.then(|| if stripe { pixel } else { pixel.map(|value| value / 3) })
        })
    };
    vec![
        ("a face on the right".to_owned(), disc(520.0, [215, 150, 110])),
        ("a face on the left".to_owned(), disc(110.0, [190, 130, 95])),
        ("a red ball on the right".to_owned(), disc(500.0, [210, 30, 30])),
        ("texture on the left".to_owned(), texture(30)),
        ("texture on the right".to_owned(), texture(430)),
    ]
}

/// Some photographs, where there are any.
fn photographs() -> Vec<(String, RgbImage)> {
    let Some(folder) = std::env::var_os("FLX_CORPUS") else { return Vec::new() };
    let entries = fs::read_dir(Path::new(&folder).join("kodak")).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "png"));
    paths.sort();
    let every_other = paths.into_iter().step_by(2);
    every_other
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, image::open(&path).expect("a picture of the corpus").into_rgb8())
        })
        .filter(|(_, picture)| picture.width() > picture.height())
        .collect()
}

/// The column at which a part as high as the picture was cut out.
#[track_caller]
fn column_of(part: &RgbImage, whole: &RgbImage) -> u32 {
    let is_at = |left: &u32| {
        (0..part.height()).step_by(29).all(|y| {
            (0..part.width()).all(|x| part.get_pixel(x, y) == whole.get_pixel(x + left, y))
        })
    };
    (0..=whole.width() - part.width()).find(is_at).expect("a part of the picture")
}

/// How much of what is kept libvips keeps too, on average; none without libvips.
#[track_caller]
fn overlap(gravity: &str, pictures: Vec<(String, RgbImage)>) -> Option<f64> {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("in.png"), folder.path().join("out.png"));
    let count = pictures.len() as f64;
    let mut sum = 0.0;
    for (name, picture) in pictures {
        let (width, height) = (picture.width() / 2, picture.height());
        let sides = [width.to_string(), height.to_string()];
        let file = png(picture.clone());
        fs::write(&input, &file).unwrap();
        let mut vips = tool("vips")?;
        vips.arg("smartcrop").arg(&input).arg(&output).args(&sides);
        run(vips.args(["--interesting", gravity]));
        let theirs = look::decode(&fs::read(&output).unwrap()).into_rgb8();
        let form = Form::of("a.png", &file)
            .text("format", "png")
            .text("fit", "cover")
            .text("gravity", gravity)
            .text("maxWidth", &sides[0])
            .text("maxHeight", &sides[1]);
        let ours = look::decode(&service.compressed(&key, form).1).into_rgb8();
        let (ours, theirs) = (column_of(&ours, &picture), column_of(&theirs, &picture));
        let overlap = 1.0 - f64::from(ours.abs_diff(theirs)) / f64::from(width);
        println!("{gravity}, {name}: {ours} and {theirs} of {width} px: {overlap:.2}");
        sum += overlap;
    }
    println!("{gravity}: {:.2} on average", sum / count);
    Some(sum / count)
}

#[test]
fn where_one_thing_stands_out_libvips_keeps_the_same() {
    for gravity in ["entropy", "attention"] {
        let Some(overlap) = overlap(gravity, scenes()) else { return };
        assert!(overlap > 0.9, "{gravity}: {overlap:.2}");
    }
}

/// Halves that were chosen at random would have half in common.
#[test]
fn of_photographs_it_keeps_much_of_the_same() {
    let photographs = photographs();
    if photographs.is_empty() {
        return;
    }
    for (gravity, least) in [("entropy", 0.8), ("attention", 0.6)] {
        let Some(overlap) = overlap(gravity, photographs.clone()) else { return };
        assert!(overlap > least, "{gravity}: {overlap:.2}");
    }
}
