//! How libaom is told to code a picture.

use super::planes::{Chroma, Depth};
use crate::Effort;
use crate::quality::SettingTable;

/// The setting, from 0 to 100 (the finest quantiser), that scores as the scale says; by
/// `FLX_CORPUS=… just fit-quality kodak,clic 2`.
pub(super) const SETTINGS: SettingTable<10> = SettingTable([
    (40, 49.3),
    (50, 53.4),
    (60, 58.2),
    (70, 63.3),
    (75, 67.9),
    (82, 77.1),
    (88, 82.5),
    (93, 87.5),
    (97, 91.0),
    (100, 91.6),
]);

/// What libaom is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    /// 1 (best) to 63.
    pub(super) quantizer: u8,
    /// 0 to 9, of libaom's mode for still pictures.
    pub(super) speed: u8,
    pub(super) depth: Depth,
    pub(super) chroma: Chroma,
    /// The steepness of quantisation matrices, 0 (steepest) to 15 (flat).
    pub(super) matrix: u8,
    /// Further options of the library beside [`TOOLS`].
    pub(super) tools: &'static [Tool],
}

/// An option of the library by name, and its value.
type Tool = (&'static str, &'static str);

impl Plan {
    /// For a drawing, and for alpha.
    pub(super) fn new(setting: f32, effort: Effort) -> Self {
        let speed = match effort {
            Effort::Fast => 9,
            Effort::Balanced => 7,
            Effort::Small => 6,
        };
        Self::at_speed(speed, setting)
    }

    /// For a photograph.
    pub(super) fn for_photograph(setting: f32, effort: Effort) -> Self {
        let (speed, tools): (_, &'static [Tool]) = match effort {
            // Speeds above 6 divide blocks by their variance alone.
            Effort::Fast => (9, &[NO_PALETTE]),
            Effort::Balanced => (6, &[NO_PALETTE, FROM_8_PIXELS, TO_16_PIXELS, SQUARES]),
            Effort::Small => (6, &[NO_PALETTE, FROM_8_PIXELS]),
        };
        Self { tools, ..Self::at_speed(speed, setting) }
    }

    fn at_speed(speed: u8, setting: f32) -> Self {
        // At the same quantiser a longer search looks a little better.
        let coarseness = match speed {
            0..=6 => 1.0,
            7 => 0.96,
            _ => 0.93,
        };
        let quantizer = (100.0 - setting.clamp(0.0, 100.0)) * 0.63 * coarseness;
        // Zero would be lossless, in many times the bytes.
        let quantizer = quantizer.round().max(1.0) as u8;
        Self {
            quantizer,
            speed,
            depth: Depth::Eight,
            chroma: if quantizer <= FULL_CHROMA_TO { Chroma::Full } else { Chroma::Halved },
            matrix: matrix(quantizer),
            tools: &[],
        }
    }

    /// The same for a picture that is mostly smooth: with flat matrices, and the quantiser that then
    /// gives the same score.
    pub(super) fn for_smooth(self) -> Self {
        let coarser = (f32::from(self.quantizer) * SMOOTH_COARSENESS).round() as u8;
        Self { quantizer: coarser.min(63), matrix: smooth_matrix(coarser), ..self }
    }
}

/// Options of every plan. Superblocks of 64 pixels take as many bytes as those of 128, and a twentieth
/// less time.
pub(super) const TOOLS: [Tool; 3] =
    [("tune", "ssim"), ("dist-metric", "qm-psnr"), ("sb-size", "64")];

/// In photographs blocks of 4 pixels take an eighth more time and save nothing.
const FROM_8_PIXELS: Tool = ("min-partition-size", "8");

/// Larger blocks and rectangles save 0 to 2 % in photographs, in an eighth more time.
const TO_16_PIXELS: Tool = ("max-partition-size", "16");
const SQUARES: Tool = ("enable-rect-partitions", "0");

/// libaom takes photographs with even areas for drawings and looks for palettes in them, and for
/// parts that repeat. That takes 3 to 15 % more bytes and half as much time again.
const NO_PALETTE: Tool = ("enable-palette", "0");

/// Up to here chroma is kept at full resolution: below a score of about 80 halving it saves bytes and
/// time at equal score, above it costs both.
const FULL_CHROMA_TO: u8 = 10;

/// How much coarser a quantiser may be where matrices are flat.
const SMOOTH_COARSENESS: f32 = 1.08;

/// Matrices of smooth pictures; steeper ones cost 5 to 15 % more bytes at equal score.
fn smooth_matrix(quantizer: u8) -> u8 {
    match quantizer {
        0..=10 => 10,
        11..=15 => 9,
        16..=22 => 8,
        23..=30 => 7,
        31..=32 => 6,
        33..=35 => 5,
        36..=40 => 4,
        41..=50 => 3,
        _ => 2,
    }
}

/// Fine quantisers want flat matrices, coarse ones steep ones. Flatter than this costs 3 to 7 % more
/// bytes at equal score and low qualities, and wins or loses 1 % at high ones.
fn matrix(quantizer: u8) -> u8 {
    match quantizer {
        0..=2 => 10,
        3..=4 => 9,
        5..=6 => 8,
        7..=9 => 7,
        10..=11 => 6,
        12 => 5,
        13..=16 => 4,
        17..=25 => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_settings_never_get_coarser_quantisers_or_steeper_matrices() {
        let plans = (0..=100_u8).map(|setting| Plan::new(f32::from(setting), Effort::Balanced));
        let plans: Vec<Plan> = plans.collect();
        for pair in plans.windows(2) {
            let [low, high] = pair else { continue };
            assert!(high.quantizer <= low.quantizer && high.matrix >= low.matrix, "{pair:?}");
        }
    }
}
