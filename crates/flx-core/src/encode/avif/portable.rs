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
    (40, 53.8),
    (50, 60.0),
    (60, 67.0),
    (70, 73.0),
    (75, 76.8),
    (82, 84.3),
    (88, 88.3),
    (93, 92.4),
    (97, 94.7),
    (100, 95.4),
]);

/// rav1e's speed: 9 takes 6 % more bytes than 6 at equal score, and 28 % of its time.
const fn speed(effort: Effort) -> u8 {
    match effort {
        Effort::Fast => 10,
        Effort::Balanced => 9,
        Effort::Small => 6,
    }
}

pub(super) fn encode(
    raster: &Raster,
    setting: f32,
    _quality: f32,
    how: &How<'_>,
) -> Result<Streams, Error> {
    let quality = setting.clamp(1.0, 100.0);
    let encoder = Encoder::new()
        .with_quality(quality)
        .with_alpha_quality(quality)
        .with_speed(speed(how.effort))
        .with_bit_depth(BitDepth::Eight)
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
