//! Words that stand in the program. Read back they are the same words again, out of the list of all
//! that there are: what another process sends adds nothing to this one's memory.

use std::borrow::Cow;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

use crate::{Format, SourceFormat};

pub(crate) fn serialize<S: Serializer>(words: &str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(words)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    let read = Cow::<str>::deserialize(from)?;
    known(&read).ok_or_else(|| D::Error::custom("words that no program has"))
}

fn known(words: &str) -> Option<&'static str> {
    let formats = Format::ALL.map(Format::extension).into_iter();
    let features = SourceFormat::ALL.map(SourceFormat::feature);
    let lists = [FOUND, COUNTED, NAMES, ALLOWED].into_iter().flatten().copied();
    lists.chain(formats).chain(features).find(|known| *known == words)
}

/// What the first bytes of a file look like.
const FOUND: &[&str] = &[
    "a HEIF picture",
    "a JPEG 2000 picture",
    "a JPEG XL picture",
    "a Matroska or WebM video",
    "a Netpbm picture",
    "a PDF document",
    "a Photoshop document",
    "a QOI picture",
    "a RIFF file that is not WebP",
    "a Radiance HDR picture",
    "a Windows cursor",
    "a Windows icon",
    "a ZIP archive",
    "a gzip archive",
    "a program",
    "an HTML page",
    "an MP4-like file that is not AVIF",
    "an OpenEXR picture",
    "an SVG drawing",
    "an XML document",
    "an empty file",
    "plain text",
    "unknown data",
];

/// What a file has too many of.
const COUNTED: &[&str] = &["scans", "tiles"];

/// Options.
const NAMES: &[&str] = &[
    "colour",
    "effort",
    "fit",
    "format",
    "gravity",
    "keep",
    "quality",
    "watermark",
    "watermark_opacity",
    "watermark_position",
    "watermark_scale",
];

/// What options may be.
const ALLOWED: &[&str] = &[
    "0 to 100",
    "40 to 100",
    "5 to 50",
    "TL, TC, TR, CL, CC, CR, BL, BC or BR",
    "TL, TC, TR, CL, CC, CR, BL, BC, BR, entropy or attention",
    "a PNG picture",
    "at least one that can hold the picture",
    "copyright, icc, exif, xmp or gps, separated by commas",
    "fast, balanced or small",
    "inside, cover, contain or fill",
    "low, good or best",
    "srgb or keep",
    "webp, avif, jpg or png",
    "webp, avif, jpg, png, same, auto or a list such as webp,avif",
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::Error;

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    /// The texts in quotes on a line.
    fn quoted(line: &str) -> impl Iterator<Item = &str> {
        line.split('"').skip(1).step_by(2)
    }

    #[test]
    fn all_words_that_errors_are_made_of_are_known() {
        let mut seen = 0;
        for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let source = fs::read_to_string(&path).unwrap();
            let names_files = path.ends_with("probe/sniff.rs");
            let code = source.split("#[cfg(test)]").next().unwrap();
            for line in code.lines().map(str::trim) {
                let of_error = ["name: \"", "allowed: \"", "what: \"", "found: \"", "in_range(\""]
                    .iter()
                    .any(|field| line.contains(field));
                // Behind the arrow, not the brands before it.
                let line = line.split_once("=> ").filter(|_| names_files).map_or(line, |arm| arm.1);
                let names_one = names_files && line.starts_with('"');
                for words in quoted(line).filter(|_| of_error || names_one) {
                    assert_eq!(known(words), Some(words), "{}", path.display());
                    seen += 1;
                }
            }
        }
        assert!(seen > 40, "{seen} found: errors are made in another way now");
    }

    #[test]
    fn words_come_back_as_they_went_and_others_are_refused_however_many_come() {
        let disabled = Error::FormatDisabled { format: "jpg", feature: "jpeg" };
        let unsupported = Error::Unsupported { found: "a PDF document" };
        for error in [disabled, unsupported] {
            let text = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<Error>(&text).unwrap(), error);
            for number in 0..1000 {
                let other = text.replacen("jpeg", &format!("{number}"), 1);
                let other = other.replacen("a PDF document", &format!("a lie of {number}"), 1);
                assert!(serde_json::from_str::<Error>(&other).is_err(), "{other}");
            }
            assert_eq!(serde_json::from_str::<Error>(&text).unwrap(), error);
        }
    }
}
