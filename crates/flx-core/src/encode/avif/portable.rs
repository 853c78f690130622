//! AV1 by rav1e, which builds with cargo and a C compiler alone: through ravif where one of its
//! presets serves, else by itself.

use ravif::{BitDepth, Encoder, Img};
use rgb::FromSlice;

use super::planes::{Chroma, Depth, Layers};
use super::{Streams, rav1e, refused, stream};
use crate::encode::How;
use crate::encode::pixels::Pixels;
use crate::quality::SettingTable;
use crate::raster::Raster;
use crate::{Effort, Error, Stage};

/// The setting, from 0 to 100 (the finest quantiser), that scores as the scale says; by
/// `fit-quality` (`docs/BENCHMARKS.md` has the command).
pub(super) fn setting(raster: &Raster, quality: f32, effort: Effort) -> f32 {
    match (effort, chroma(raster, quality)) {
        (Effort::Balanced, Chroma::Halved) => HALVED.at(quality),
        (Effort::Balanced, Chroma::Full) => FULL.at(quality),
        (Effort::Fast | Effort::Small, _) => OF_RAVIF.at(quality),
    }
}

/// How much chroma is coded at balanced effort.
fn chroma(raster: &Raster, quality: f32) -> Chroma {
    let is_halved = matches!(raster, Raster::Ycc(planes) if planes.is_halved());
    if quality < FULL_CHROMA_FROM || is_halved { Chroma::Halved } else { Chroma::Full }
}

/// Of rav1e's quantisers, at eight bits.
const HALVED: SettingTable<10> = SettingTable([
    (40, 38.9),
    (50, 42.4),
    (60, 45.8),
    (70, 49.4),
    (75, 51.9),
    (82, 59.6),
    (88, 70.1),
    (93, 81.6),
    (97, 89.1),
    (100, 90.1),
]);

/// The same at ten bits, from [`FULL_CHROMA_FROM`] on; interpolated by hand between what pictures of
/// full chroma scored.
const FULL: SettingTable<5> =
    SettingTable([(86, 60.5), (88, 64.6), (93, 75.0), (97, 80.9), (100, 81.8)]);

/// Of ravif's quality.
const OF_RAVIF: SettingTable<10> = SettingTable([
    (40, 52.9),
    (50, 59.1),
    (60, 66.1),
    (70, 72.1),
    (75, 75.8),
    (82, 83.2),
    (88, 86.9),
    (93, 90.9),
    (97, 93.2),
    (100, 94.5),
]);

/// From this quality on chroma is kept at full resolution, where the source has it: below a score of
/// about 80 halving it saves time and no quality is lost. There it is coded at ten bits, as eight cost a
/// tenth more bytes at equal score.
const FULL_CHROMA_FROM: f32 = 86.0;

pub(super) fn encode(
    raster: &Raster,
    setting: f32,
    quality: f32,
    how: &How<'_>,
) -> Result<Streams, Error> {
    // Presets of ravif's. Against its speed 6 at 8 bit, bytes and time at equal score: 1.07 and 0.3;
    // 0.98 and 1.9.
    match how.effort {
        // Eight bits look a little worse at the same setting.
        Effort::Fast => by_ravif(raster, setting + 0.9, 9, BitDepth::Eight, how),
        Effort::Balanced => by_rav1e(raster, setting, quality, how),
        Effort::Small => by_ravif(raster, setting, 8, BitDepth::Ten, how),
    }
}

fn by_rav1e(raster: &Raster, setting: f32, quality: f32, how: &How<'_>) -> Result<Streams, Error> {
    let chroma = chroma(raster, quality);
    let depth = if chroma == Chroma::Full { Depth::Ten } else { Depth::Eight };
    let layers = Layers::of(raster, depth, chroma);
    let quantizer = rav1e::quantizer(setting);
    let colour = rav1e::stream(&layers.colour, quantizer, how.threads)?;
    // rav1e cannot be stopped within a frame, but there may be another to come.
    how.limits.may_go_on(Stage::Encode)?;
    let alpha =
        layers.alpha.map(|alpha| rav1e::stream(&alpha, quantizer, how.threads)).transpose()?;
    Ok(Streams { colour, alpha })
}

fn by_ravif(
    raster: &Raster,
    quality: f32,
    speed: u8,
    depth: BitDepth,
    how: &How<'_>,
) -> Result<Streams, Error> {
    let quality = quality.clamp(1.0, 100.0);
    let encoder = Encoder::new()
        .with_quality(quality)
        .with_alpha_quality(quality)
        .with_speed(speed)
        .with_bit_depth(depth)
        .with_num_threads(how.threads.map(|threads| threads.get() as usize));
    let encoded = match Pixels::of(raster) {
        Pixels::Rgb(pixels) => encoder.encode_rgb(Img::new(
            pixels.as_raw().as_rgb(),
            pixels.width() as usize,
            pixels.height() as usize,
        )),
        Pixels::Rgba(pixels) => encoder.encode_rgba(Img::new(
            pixels.as_raw().as_rgba(),
            pixels.width() as usize,
            pixels.height() as usize,
        )),
    };
    let mut file = encoded.map_err(refused)?;
    // ravif's file ends with the stream of alpha, then that of the colours.
    let length = file.avif_file.len();
    let streams = length
        .checked_sub(file.color_byte_size + file.alpha_byte_size)
        .ok_or_else(|| refused("ravif's file is shorter than its streams"))?;
    let colour =
        stream::without_delimiters(&file.avif_file.split_off(streams + file.alpha_byte_size));
    let alpha = stream::without_delimiters(&file.avif_file.split_off(streams));
    Ok(Streams { colour, alpha: (!alpha.is_empty()).then_some(alpha) })
}
