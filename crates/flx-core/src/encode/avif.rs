//! AVIF by ravif, the portable AV1 engine.

use image::DynamicImage;
use ravif::{BitDepth, Encoder, Img};
use rgb::FromSlice;

use super::{Pixels, failed};
use crate::quality::SettingTable;
use crate::{Error, Format, Options};

/// ravif's quality that looks like WebP's of the first number; fitted to SSIMULACRA2 by
/// `cargo run --release -p flx-benches --bin fit-quality`.
pub(super) const SETTINGS: SettingTable<7> = SettingTable([
    (40, 52.0),
    (60, 65.0),
    (75, 76.0),
    (82, 84.0),
    (90, 90.0),
    (95, 94.0),
    (100, 100.0),
]);

/// rav1e's speed: 9 takes 6 % more bytes than 6 at equal score, and 28 % of its time.
const SPEED: u8 = 9;

pub(super) fn encode(
    image: DynamicImage,
    options: &Options,
    setting: f32,
) -> Result<Vec<u8>, Error> {
    let quality = setting.clamp(1.0, 100.0);
    let encoder = Encoder::new()
        .with_quality(quality)
        .with_alpha_quality(quality)
        .with_speed(SPEED)
        .with_bit_depth(BitDepth::Eight)
        .with_num_threads(options.threads().map(|threads| threads.get() as usize));
    let encoded = match Pixels::of(image) {
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
    encoded.map(|file| file.avif_file).map_err(|error| failed(Format::Avif, error))
}
