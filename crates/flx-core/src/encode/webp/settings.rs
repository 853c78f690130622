//! libwebp's settings for each coding and effort. `docs/decisions/0008-webp.md` has the figures.

use libwebp_sys::WebPConfig;

use super::libwebp::checked;
use super::refused;
use crate::encode::{Coding, How};
use crate::quality::SettingTable;
use crate::{Effort, Error};

/// How sharply the loop filter spares edges, 0–7. The sharpest saves 2 % at equal score, most of it
/// at low qualities; filter strength, noise shaping and segments are best at libwebp's defaults.
const FILTER_SHARPNESS: i32 = 7;

/// From here on a source counts as much larger than the result: a third of the job's time goes into
/// reading it. Method 2 then takes two fifths off the job for 9 % more bytes; what scaling from more
/// pixels than others do saves is more than that.
const MUCH_LARGER: f64 = 2.0;

/// Up to this quality method 2 with the sharpest filter takes no more bytes than method 4 with
/// libwebp's own: what method 4 adds, some 5 %, costs twice the time there.
const LOW_QUALITY: f32 = 62.0;

/// The effort of lossy coding.
fn lossy_effort(coding: Coding, how: &How<'_>) -> Effort {
    let is_low = matches!(coding, Coding::Lossy(quality) if quality <= LOW_QUALITY);
    match how.effort {
        Effort::Balanced if is_low || how.reduction >= MUCH_LARGER => Effort::Fast,
        asked => asked,
    }
}

/// libwebp's configuration.
pub(super) fn config(coding: Coding, how: &How<'_>) -> Result<WebPConfig, Error> {
    let mut config = WebPConfig::new().map_err(|()| refused("its version is another"))?;
    config.thread_level = i32::from(how.threads.is_none_or(|threads| threads.get() > 1));
    let effort = lossy_effort(coding, how);
    match coding {
        Coding::Lossy(quality) => lossy(&mut config, setting(quality, effort), effort),
        Coding::Setting { setting, .. } => lossy(&mut config, setting, effort),
        Coding::Lossless => lossless(&mut config, how.effort),
    }
    checked(config)
}

fn lossy(config: &mut WebPConfig, setting: f32, effort: Effort) {
    config.quality = setting.clamp(0.0, 100.0);
    config.method = match effort {
        Effort::Fast => 2,
        Effort::Balanced => 4,
        Effort::Small => 6,
    };
    config.filter_sharpness = FILTER_SHARPNESS;
    // Alpha stays exact: it is cheap, and steps at the edges of shapes are seen at once.
    config.alpha_filtering = if effort == Effort::Small { 2 } else { 1 };
}

/// Every pixel as it is, colours of invisible ones too. `quality` is libwebp's time against bytes.
fn lossless(config: &mut WebPConfig, effort: Effort) {
    config.lossless = 1;
    config.exact = 1;
    (config.method, config.quality) = match effort {
        Effort::Fast => (1, 20.0),
        Effort::Balanced => (4, 75.0),
        Effort::Small => (5, 90.0),
    };
}

/// Nearly every pixel as it is: where colours vary, their last bits give way to what packs well. From
/// 100, no change, to 0, the last five bits.
pub(super) fn nearly_lossless(level: u8, how: &How<'_>) -> Result<WebPConfig, Error> {
    let mut config = config(Coding::Lossless, how)?;
    config.near_lossless = level.into();
    checked(config)
}

/// libwebp's quality for the scale's; fitted to SSIMULACRA2 by `FLX_CORPUS=… just fit-quality`.
fn setting(quality: f32, effort: Effort) -> f32 {
    match effort {
        Effort::Fast => FAST.at(quality),
        Effort::Balanced => BALANCED.at(quality),
        Effort::Small => SMALL.at(quality),
    }
}

/// Method 2 scores up to 1.1 less than method 4 at the same setting.
const FAST: SettingTable<10> = SettingTable([
    (40, 36.7),
    (50, 46.4),
    (60, 57.9),
    (70, 69.6),
    (75, 75.7),
    (82, 83.0),
    (88, 89.2),
    (93, 94.4),
    (97, 98.8),
    (100, 100.0),
]);

const BALANCED: SettingTable<10> = SettingTable([
    (40, 37.4),
    (50, 46.5),
    (60, 57.7),
    (70, 68.9),
    (75, 75.1),
    (82, 82.0),
    (88, 88.1),
    (93, 93.3),
    (97, 97.9),
    (100, 100.0),
]);

const SMALL: SettingTable<10> = SettingTable([
    (40, 37.7),
    (50, 46.8),
    (60, 58.2),
    (70, 69.4),
    (75, 75.3),
    (82, 82.1),
    (88, 88.1),
    (93, 93.4),
    (97, 98.3),
    (100, 100.0),
]);
