//! How libaom is told to code a picture.

use super::planes::{Chroma, Depth};
use crate::Effort;
use crate::quality::SettingTable;

/// The setting, 0–100, that looks like WebP's quality of the first number; fitted to SSIMULACRA2 by
/// `FLX_CORPUS=… just fit-quality kodak,clic 4`.
pub(super) const SETTINGS: SettingTable<6> =
    SettingTable([(40, 30.0), (60, 45.0), (75, 55.0), (82, 66.0), (90, 82.0), (100, 96.0)]);

/// What libaom is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    /// 0 (best) to 63.
    pub(super) quantizer: u8,
    /// 0 to 9, of libaom's mode for still pictures.
    pub(super) speed: u8,
    pub(super) depth: Depth,
    pub(super) chroma: Chroma,
    /// The steepness of quantisation matrices, 0 (steepest) to 15 (flat).
    pub(super) matrix: u8,
    /// Further options of the library, by name.
    pub(super) options: &'static [(&'static str, &'static str)],
}

impl Plan {
    pub(super) fn new(setting: f32, effort: Effort) -> Self {
        let quantizer = ((100.0 - setting.clamp(0.0, 100.0)) * 0.63).round() as u8;
        let (speed, options): (u8, &'static [_]) = match effort {
            Effort::Fast => (9, &[]),
            Effort::Balanced => (6, &[]),
            Effort::Small => (4, &[]),
        };
        Self {
            quantizer,
            speed,
            depth: Depth::Eight,
            chroma: Chroma::Halved,
            matrix: matrix(quantizer),
            options,
        }
    }
}

/// Fine quantisers want flat matrices, coarse ones steep ones.
fn matrix(quantizer: u8) -> u8 {
    match quantizer {
        0..=10 => 10,
        11..=25 => 9,
        26..=40 => 8,
        41..=50 => 7,
        51..=55 => 6,
        56..=60 => 5,
        _ => 4,
    }
}
