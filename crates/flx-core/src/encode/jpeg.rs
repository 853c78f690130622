//! JPEG by mozjpeg: progressive, with trellis quantisation and optimised Huffman tables.

use mozjpeg::{ColorSpace, Compress, ScanMode};

use super::pixels::flatten;
use super::{Coding, How, failed};
use crate::quality::SettingTable;
use crate::raster::Raster;
use crate::{Error, Format};

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
const FULL_CHROMA_FROM: f32 = 96.0;

/// mozjpeg's quality for the scale's.
fn setting(quality: f32) -> f32 {
    if quality >= FULL_CHROMA_FROM { FULL_CHROMA.at(quality) } else { HALVED_CHROMA.at(quality) }
}

pub(super) fn encode(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let (setting, quality) = match coding {
        Coding::Lossy(quality) => (setting(quality), quality),
        Coding::Setting { setting, quality } => (setting, quality),
        Coding::Lossless => return Err(failed(Format::Jpeg, "it has no lossless coding")),
    };
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
    settings.set_optimize_scans(true);
    if !grey {
        let step = if quality >= FULL_CHROMA_FROM { 1 } else { 2 };
        settings.set_chroma_sampling_pixel_sizes((step, step), (step, step));
    }
    let samples = if grey { opaque.to_luma8().into_raw() } else { opaque.to_rgb8().into_raw() };
    let refused = |error| failed(Format::Jpeg, error);
    let mut writer = settings.start_compress(Vec::new()).map_err(refused)?;
    writer.write_scanlines(&samples).map_err(refused)?;
    writer.finish().map_err(refused)
}
