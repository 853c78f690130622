//! JPEG by mozjpeg: progressive, with trellis quantisation and optimised Huffman tables.

use std::borrow::Cow;

use image::DynamicImage;
use mozjpeg::{ColorSpace, Compress, ScanMode};

use super::{Chroma, refused};
use crate::encode::How;
use crate::encode::pixels::flatten;
use crate::quality::SettingTable;
use crate::raster::Raster;
use crate::{Effort, Error, Stage};

/// Rows that are handed over between two looks at the clock.
const ROWS: usize = 16;

/// mozjpeg's quality with halved chroma that looks like WebP's of the first number; fitted to
/// SSIMULACRA2 by `FLX_CORPUS=… just fit-quality kodak,clic 4`.
const HALVED_CHROMA: SettingTable<8> = SettingTable([
    (40, 42.5),
    (50, 51.3),
    (60, 60.2),
    (70, 67.3),
    (75, 72.8),
    (82, 81.9),
    (88, 89.8),
    (95, 95.8),
]);

/// The same with chroma at full resolution.
const FULL_CHROMA: SettingTable<3> = SettingTable([(93, 93.0), (97, 95.5), (100, 96.2)]);

/// mozjpeg's quality for the scale's.
pub(super) fn setting(quality: f32, chroma: Chroma) -> f32 {
    match chroma {
        Chroma::Full => FULL_CHROMA.at(quality),
        Chroma::Halved => HALVED_CHROMA.at(quality),
    }
}

pub(super) fn encode(
    raster: &Raster,
    setting: f32,
    chroma: Chroma,
    how: &How<'_>,
) -> Result<Vec<u8>, Error> {
    let image = raster.image();
    let opaque = flatten(&image, how.background);
    let (width, height) = (opaque.width() as usize, opaque.height() as usize);
    let grey = !opaque.color().has_color();
    let colours = if grey { ColorSpace::JCS_GRAYSCALE } else { ColorSpace::JCS_RGB };
    let mut settings = Compress::new(colours);
    settings.set_size(width, height);
    // Choosing the scan mode resets all else to defaults, so it comes first.
    settings.set_scan_optimization_mode(ScanMode::AllComponentsTogether);
    settings.set_progressive_mode();
    settings.set_quality(setting);
    settings.set_optimize_coding(true);
    // Looking for the best scans saves 4 % and takes a third of the time.
    settings.set_optimize_scans(how.effort == Effort::Small);
    if how.effort != Effort::Small {
        settings.set_progressive_mode();
    }
    if !grey {
        let step = if chroma == Chroma::Full { 1 } else { 2 };
        settings.set_chroma_sampling_pixel_sizes((step, step), (step, step));
    }
    let samples: Cow<'_, [u8]> = match &*opaque {
        DynamicImage::ImageLuma8(pixels) => Cow::Borrowed(pixels.as_raw()),
        DynamicImage::ImageRgb8(pixels) => Cow::Borrowed(pixels.as_raw()),
        other if grey => Cow::Owned(other.to_luma8().into_raw()),
        other => Cow::Owned(other.to_rgb8().into_raw()),
    };
    let mut writer = settings.start_compress(Vec::new()).map_err(refused)?;
    for rows in samples.chunks((width * if grey { 1 } else { 3 } * ROWS).max(1)) {
        how.limits.may_go_on(Stage::Encode)?;
        writer.write_scanlines(rows).map_err(refused)?;
    }
    how.limits.may_go_on(Stage::Encode)?;
    writer.finish().map_err(refused)
}
