//! AV1 by rav1e (through ravif), which builds with cargo and a C compiler alone.

use ravif::{BitDepth, Encoder, Img};
use rgb::FromSlice;

use super::{Streams, stream};
use crate::encode::pixels::Pixels;
use crate::encode::{How, failed};
use crate::quality::SettingTable;
use crate::raster::Raster;
use crate::{Effort, Error, Format};

/// ravif's quality that looks like WebP's of the first number; fitted to SSIMULACRA2 by
/// `FLX_CORPUS=… just fit-quality kodak,clic 4`.
pub(super) const SETTINGS: SettingTable<10> = SettingTable([
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

/// rav1e's speed and depth. At 8 bit speed 9 takes 6 % more bytes than speed 6 at equal score, and
/// 27 % of its time; at 10 bit 3 % more in 55 %. Speed 8 at 10 bit takes 2 % less in 127 %.
const fn speed(effort: Effort) -> (u8, BitDepth) {
    match effort {
        Effort::Fast => (9, BitDepth::Eight),
        Effort::Balanced => (9, BitDepth::Ten),
        Effort::Small => (8, BitDepth::Ten),
    }
}

pub(super) fn encode(
    raster: &Raster,
    setting: f32,
    _quality: f32,
    how: &How<'_>,
) -> Result<Streams, Error> {
    let (speed, depth) = speed(how.effort);
    // Eight bits look a little worse at the same setting.
    let more = if how.effort == Effort::Fast { 0.9 } else { 0.0 };
    let quality = (setting + more).clamp(1.0, 100.0);
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
    let mut file = encoded.map_err(|error| failed(Format::Avif, error))?;
    // ravif's file ends with the stream of alpha, then that of the colours.
    let length = file.avif_file.len();
    let streams = length
        .checked_sub(file.color_byte_size + file.alpha_byte_size)
        .ok_or_else(|| failed(Format::Avif, "ravif's file is shorter than its streams"))?;
    let colour =
        stream::without_delimiters(&file.avif_file.split_off(streams + file.alpha_byte_size));
    let alpha = stream::without_delimiters(&file.avif_file.split_off(streams));
    Ok(Streams { colour, alpha: (!alpha.is_empty()).then_some(alpha) })
}
