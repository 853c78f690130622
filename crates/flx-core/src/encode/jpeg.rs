//! JPEG by mozjpeg: progressive, with trellis quantisation and optimised Huffman tables.

use image::{DynamicImage, Rgb, RgbImage};
use mozjpeg::{ColorSpace, Compress, ScanMode};

use super::failed;
use crate::options::Background;
use crate::quality::SettingTable;
use crate::{Error, Format, Options};

/// mozjpeg's quality that looks like WebP's of the first number; fitted to SSIMULACRA2 by
/// `cargo run --release -p flx-benches --bin fit-quality`.
pub(super) const SETTINGS: SettingTable<7> = SettingTable([
    (40, 42.0),
    (60, 60.0),
    (75, 71.0),
    (82, 81.0),
    (90, 91.0),
    (95, 97.0),
    (100, 100.0),
]);

/// From here on chroma is kept at full resolution: halved, it would cap what quality can reach.
const FULL_CHROMA_FROM: u8 = 93;

pub(super) fn encode(
    image: DynamicImage,
    options: &Options,
    setting: f32,
) -> Result<Vec<u8>, Error> {
    let opaque = flatten(image, options.background());
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
    settings.set_optimize_scans(true);
    if !grey {
        let step = if options.quality().get() >= FULL_CHROMA_FROM { 1 } else { 2 };
        settings.set_chroma_sampling_pixel_sizes((step, step), (step, step));
    }
    let samples = if grey { opaque.into_luma8().into_raw() } else { opaque.into_rgb8().into_raw() };
    let refused = |error| failed(Format::Jpeg, error);
    let mut writer = settings.start_compress(Vec::new()).map_err(refused)?;
    writer.write_scanlines(&samples).map_err(refused)?;
    writer.finish().map_err(refused)
}

/// Lays the picture on the background where it has alpha.
fn flatten(image: DynamicImage, background: Background) -> DynamicImage {
    if !image.color().has_alpha() {
        return image;
    }
    let under = [background.red, background.green, background.blue];
    let rgba = image.into_rgba8();
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    for (target, source) in rgb.pixels_mut().zip(rgba.pixels()) {
        let [colours @ .., alpha] = source.0;
        let alpha = u16::from(alpha);
        let mut mixed = under;
        for (below, above) in mixed.iter_mut().zip(colours) {
            let sum = u16::from(above) * alpha + u16::from(*below) * (255 - alpha);
            *below = ((sum + 127) / 255) as u8;
        }
        *target = Rgb(mixed);
    }
    DynamicImage::ImageRgb8(rgb)
}
