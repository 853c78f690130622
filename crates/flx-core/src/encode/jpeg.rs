//! JPEG by mozjpeg: progressive, with trellis quantisation and optimised Huffman tables.

use image::{DynamicImage, Rgb, RgbImage};
use mozjpeg::{ColorSpace, Compress, ScanMode};

use super::failed;
use crate::options::Background;
use crate::quality::SettingTable;
use crate::{Error, Format, Options, Quality};

/// mozjpeg's quality with halved chroma that looks like WebP's of the first number; fitted to
/// SSIMULACRA2 by `FLX_CORPUS=… just fit-quality kodak,clic 4`.
const HALVED_CHROMA: SettingTable<8> = SettingTable([
    (40, 42.5),
    (50, 51.3),
    (60, 60.2),
    (70, 67.3),
    (75, 70.8),
    (82, 81.9),
    (88, 89.8),
    (95, 95.8),
]);

/// The same with chroma at full resolution.
const FULL_CHROMA: SettingTable<3> = SettingTable([(93, 93.0), (97, 95.5), (100, 96.2)]);

/// From here on chroma is kept at full resolution. On photographs that costs 3 to 6 % more bytes at
/// equal score, but who asks for this much wants fine red lines to stay fine.
const FULL_CHROMA_FROM: u8 = 96;

/// mozjpeg's quality for the scale's.
pub(super) fn setting(quality: Quality) -> f32 {
    if quality.get() >= FULL_CHROMA_FROM {
        FULL_CHROMA.at(quality)
    } else {
        HALVED_CHROMA.at(quality)
    }
}

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
