//! What a file told beside its picture is in no result: asked of exiftool, which reads more kinds
//! of metadata than anything here writes.

use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::Command;

use flx_core::{Effort, Format, FormatChoice, Keep, Limits, Options, Quality, compress, probe};
use flx_tests::pictures::{jpeg, photo, png, tiff, webp};
use flx_tests::tools::{run, tool};
use serde_json::Value;

/// Words in the names of tags that nobody wants to publish unasked.
const PRIVATE: [&str; 9] = [
    "gps",
    "thumbnail",
    "preview",
    "serial",
    "ownername",
    "makernote",
    "photoshop",
    "location",
    "internalserialnumber",
];

/// Reads all tags of all files of a folder, as exiftool names them.
fn tags(mut exiftool: Command, folder: &Path) -> Vec<(String, Vec<String>)> {
    // All, in their groups, unknown ones too, those of embedded files too.
    exiftool.args(["-json", "-G1", "-a", "-u", "-ee", "-q", "-q", "-r"]);
    let printed = exiftool.arg(folder).output().expect("it starts").stdout;
    let files: Value = serde_json::from_slice(&printed).expect("it prints JSON");
    let files = files.as_array().expect("a list").iter().map(|file| {
        let name = file["SourceFile"].as_str().unwrap().rsplit('/').next().unwrap();
        let tags = file.as_object().unwrap().keys().cloned().collect();
        (name.to_owned(), tags)
    });
    files.collect()
}

/// Those of the tags that are private.
fn private(tags: &[String]) -> Vec<&String> {
    let is_private = |tag: &&String| {
        let tag = tag.to_lowercase();
        PRIVATE.iter().any(|word| tag.contains(word))
    };
    tags.iter().filter(is_private).collect()
}

/// Pictures that tell everything, in every format that exiftool can make tell it.
fn telling(folder: &Path) -> Option<Vec<PathBuf>> {
    let picture = photo(96, 64, 3);
    let small = jpeg(&photo(32, 20, 4), 70);
    let drawing = png(picture.clone());
    let avif = compress(&drawing, &Options::new(Format::Avif), &Limits::default()).unwrap();
    let low = Options::new(Format::Jpeg).with_quality(Quality::new(40).unwrap());
    let low = compress(&drawing, &low, &Limits::default()).unwrap();
    let thumbnail = folder.join("thumbnail");
    fs::write(&thumbnail, &small).unwrap();
    let mut paths = Vec::new();
    for (name, bytes) in [
        ("photo.jpg", jpeg(&picture, 90)),
        // Of so little quality that coding it anew gains nothing.
        ("small.jpg", low.into_bytes()),
        ("photo.png", drawing),
        ("photo.webp", webp(picture.clone())),
        ("photo.tiff", tiff(picture)),
        ("photo.avif", avif.into_bytes()),
    ] {
        let path = folder.join(name);
        fs::write(&path, bytes).unwrap();
        let mut exiftool = tool("exiftool")?;
        exiftool.args(["-overwrite_original", "-q", "-q", "-n", "-m"]);
        exiftool.args(["-EXIF:GPSLatitude=48.85", "-EXIF:GPSLatitudeRef=N"]);
        exiftool.args(["-EXIF:GPSLongitude=2.29", "-EXIF:GPSLongitudeRef=E"]);
        exiftool.args(["-EXIF:SerialNumber=S123456", "-EXIF:LensSerialNumber=L654321"]);
        exiftool.args(["-EXIF:OwnerName=A. Photographer", "-XMP-aux:SerialNumber=S123456"]);
        exiftool.args(["-XMP-exif:GPSLatitude=48.85", "-XMP-exif:GPSLongitude=2.29"]);
        exiftool.args(["-XMP-iptcCore:Location=Champ de Mars", "-XMP:Orientation=1"]);
        if name.ends_with("jpg") {
            exiftool.arg(format!("-ThumbnailImage<={}", thumbnail.display()));
            exiftool.arg(format!("-PhotoshopThumbnail<={}", thumbnail.display()));
            exiftool.arg("-IPTC:Sub-location=Champ de Mars");
        }
        run(exiftool.arg(&path));
        paths.push(path);
    }
    Some(paths)
}

#[test]
fn no_result_tells_where_by_whom_or_with_what_it_was_made() {
    let Some(exiftool) = tool("exiftool") else { return };
    let (sources, results) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(paths) = telling(sources.path()) else { return };
    for (name, tags) in tags(tool("exiftool").expect("it is there"), sources.path()) {
        if name != "thumbnail" {
            assert!(private(&tags).len() >= 6, "{name} tells too little: {tags:?}");
        }
    }
    let without_place = Keep { copyright: true, icc: true, exif: true, xmp: true, gps: false };
    let mut unchanged = 0;
    for path in paths {
        let (input, name) = (fs::read(&path).unwrap(), path.file_name().unwrap().to_string_lossy());
        for (index, options) in [
            Options::new(Format::WebP),
            Options::new(Format::Avif),
            Options::new(Format::Jpeg),
            Options::new(Format::Png),
            Options::new(FormatChoice::Same),
            Options::new(Format::Jpeg).with_max_width(NonZeroU32::new(40).unwrap()),
        ]
        .into_iter()
        .enumerate()
        {
            let made = compress(&input, &options, &Limits::default()).unwrap();
            unchanged += usize::from(made.unchanged());
            let ending = made.format().extension();
            fs::write(results.path().join(format!("{name}-{index}.{ending}")), made.bytes())
                .unwrap();
        }
        for format in Format::ALL {
            let options = Options::new(format).with_keep(without_place);
            let made = compress(&input, &options, &Limits::default()).unwrap();
            let to = results.path().join(format!("kept-{name}.{}", format.extension()));
            fs::write(to, made.bytes()).unwrap();
        }
    }
    assert!(unchanged > 0, "no original was kept");
    let found = tags(exiftool, results.path());
    assert_eq!(found.len(), 6 * 6 + 6 * 4);
    for (name, tags) in found {
        let told = private(&tags);
        if name.starts_with("kept-") {
            // Serial numbers and owners are EXIF that was asked for; the place was not.
            let place = |tag: &&String| {
                let tag = tag.to_lowercase();
                ["gps", "thumbnail", "preview", "photoshop"].iter().any(|word| tag.contains(word))
            };
            assert!(!told.iter().any(place), "{name}: {told:?}");
        } else {
            assert!(told.is_empty(), "{name}: {told:?}");
        }
    }
}

#[test]
#[ignore = "takes minutes: just test-corpus"]
fn no_result_of_the_corpus_tells_anything() {
    let Some(corpus) = std::env::var_os("FLX_CORPUS").map(PathBuf::from) else {
        println!("NOT CHECKED: metadata of the corpus, as FLX_CORPUS is not set");
        return;
    };
    let Some(exiftool) = tool("exiftool") else { return };
    let mut samples = Vec::new();
    crate::corpus::read_folder(&corpus, &corpus, &mut samples);
    let results = tempfile::tempdir().unwrap();
    let side = NonZeroU32::new(160).unwrap();
    let mut written = 0;
    for (index, sample) in samples.iter().enumerate() {
        let Ok(info) = probe(&sample.bytes) else { continue };
        let scaled = Format::ALL.map(|format| Options::new(format).with_max_width(side));
        // Where the original's own coding may come back. Large ones take long to decide.
        let same = Options::new(FormatChoice::Same);
        let is_small = u64::from(info.width()) * u64::from(info.height()) < 500_000;
        for (way, options) in scaled.into_iter().chain(is_small.then_some(same)).enumerate() {
            let options = options.with_effort(Effort::Fast);
            if let Ok(made) = compress(&sample.bytes, &options, &Limits::default()) {
                let name = format!("{index}-{way}.{}", made.format().extension());
                fs::write(results.path().join(name), made.bytes()).unwrap();
                written += 1;
            }
        }
    }
    let found = tags(exiftool, results.path());
    println!("exiftool read {} results of {} files", found.len(), samples.len());
    assert!(written > 0 && found.len() == written, "{written} results were written");
    let told: Vec<_> = found
        .iter()
        .filter(|(_, tags)| !private(tags).is_empty())
        .map(|(name, tags)| {
            let index: usize = name.split('-').next().unwrap().parse().unwrap();
            format!("{name} of {}: {:?}", samples[index].name, private(tags))
        })
        .collect();
    assert!(told.is_empty(), "{} results tell something:\n{}", told.len(), told.join("\n"));
}
