//! AV1 by rav1e itself, for what ravif does not offer: halved chroma, and a search between its presets.

use std::num::NonZeroU32;

use rav1e::prelude::*;

use super::planes::{Chroma, Depth, Planes, Samples};
use super::refused;
use super::stream::without_delimiters;
use crate::Error;

/// No tile has fewer pixels than this.
const LEAST_TILE: usize = 128 * 128;

/// rav1e's quantiser, 1 (finest) to 255, for a setting from 0 to 100.
pub(super) fn quantizer(setting: f32) -> u8 {
    ((100.0 - setting.clamp(0.0, 100.0)) * 2.55).round().max(1.0) as u8
}

/// rav1e's preset 9 but for the sizes of blocks, without what only serves films.
/// `docs/decisions/` has what else was tried.
fn search() -> SpeedSettings {
    let mut search = SpeedSettings::from_preset(9);
    search.multiref = false;
    search.rdo_lookahead_frames = 1;
    search.scene_detection_mode = SceneDetectionSpeed::None;
    search.prediction.fine_directional_intra = false;
    search.partition.partition_range =
        PartitionRange::new(BlockSize::BLOCK_8X8, BlockSize::BLOCK_16X16);
    search
}

/// One frame, on as many threads as asked for, else on all of the current pool.
pub(super) fn stream(
    planes: &Planes<'_>,
    quantizer: u8,
    threads: Option<NonZeroU32>,
) -> Result<Vec<u8>, Error> {
    let (width, height) = (planes.width as usize, planes.height as usize);
    let asked = threads.map(|threads| threads.get() as usize);
    let threads = asked.unwrap_or_else(rayon::current_num_threads);
    let config = EncoderConfig {
        width,
        height,
        time_base: Rational::new(1, 1),
        bit_depth: planes.depth.bits() as usize,
        chroma_sampling: match planes.chroma {
            None => ChromaSampling::Cs400,
            Some((Chroma::Halved, _)) => ChromaSampling::Cs420,
            Some((Chroma::Full, _)) => ChromaSampling::Cs444,
        },
        pixel_range: PixelRange::Full,
        color_description: planes.chroma.is_some().then_some(ColorDescription {
            color_primaries: ColorPrimaries::BT709,
            transfer_characteristics: TransferCharacteristics::SRGB,
            matrix_coefficients: MatrixCoefficients::BT601,
        }),
        still_picture: true,
        min_key_frame_interval: 0,
        max_key_frame_interval: 0,
        quantizer: quantizer.into(),
        min_quantizer: quantizer,
        tune: Tune::Psychovisual,
        tiles: threads.min(width * height / LEAST_TILE).max(1),
        speed_settings: search(),
        ..EncoderConfig::default()
    };
    // With 0 it makes no pool of its own.
    let config = Config::new().with_encoder_config(config).with_threads(asked.unwrap_or(0));
    let bytes = match planes.depth {
        Depth::Eight => coded::<u8>(&config, planes),
        Depth::Ten => coded::<u16>(&config, planes),
    }?;
    Ok(without_delimiters(&bytes))
}

fn coded<P: Pixel>(config: &Config, planes: &Planes<'_>) -> Result<Vec<u8>, Error> {
    let mut context: Context<P> = config.new_context().map_err(refused)?;
    let mut frame = context.new_frame();
    let chroma = planes.chroma.iter().flat_map(|(_, both)| both);
    for (plane, samples) in frame.planes.iter_mut().zip([&planes.luma].into_iter().chain(chroma)) {
        let width = (planes.width as usize).div_ceil(1 << plane.cfg.xdec);
        match samples {
            Samples::Eight(codes) => fill(plane, codes, width),
            Samples::Ten(codes) => fill(plane, codes, width),
        }
    }
    context.send_frame(frame).map_err(refused)?;
    context.flush();
    let mut bytes = Vec::new();
    loop {
        match context.receive_packet() {
            Ok(mut packet) => bytes.append(&mut packet.data),
            Err(EncoderStatus::Encoded) => {}
            Err(EncoderStatus::LimitReached) => return Ok(bytes),
            Err(error) => return Err(refused(error)),
        }
    }
}

/// Copies rows of so many samples; what a plane has around them rav1e fills itself.
fn fill<P: Pixel + CastFromPrimitive<S>, S: Copy>(plane: &mut Plane<P>, codes: &[S], width: usize) {
    let mut area = plane.mut_slice(Default::default());
    for (row, codes) in area.rows_iter_mut().zip(codes.chunks_exact(width)) {
        for (sample, code) in row.iter_mut().zip(codes) {
            *sample = P::cast_from(*code);
        }
    }
}
