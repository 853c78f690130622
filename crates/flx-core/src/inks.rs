//! Four inks to sRGB.

use image::{DynamicImage, RgbImage};
use moxcms::{
    ColorProfile, DataColorSpace, Layout, ProfileVersion, RenderingIntent, Transform16BitExecutor,
    TransformOptions,
};

/// Pixels that are converted at a time, in 16 bits.
const AT_ONCE: usize = 4096;

/// By the profile when it is one for four inks, else by the plain rule that ink takes away light.
/// Samples are 255 for full ink.
pub(crate) fn to_srgb(
    width: u32,
    height: u32,
    samples: &[u8],
    profile: Option<&ColorProfile>,
) -> DynamicImage {
    let press = profile.and_then(Press::new);
    let mut rgb = Vec::with_capacity(samples.len() / 4 * 3);
    for inks in samples.chunks(AT_ONCE * 4) {
        match press.as_ref().and_then(|press| press.print(inks)) {
            Some(printed) => rgb.extend(printed),
            None => rgb.extend(inks.as_chunks::<4>().0.iter().flat_map(plainly)),
        }
    }
    RgbImage::from_raw(width, height, rgb)
        .map_or_else(|| DynamicImage::new_rgb8(width, height), DynamicImage::ImageRgb8)
}

fn plainly([cyan, magenta, yellow, black]: &[u8; 4]) -> [u8; 3] {
    let light = u16::from(255 - black);
    [cyan, magenta, yellow].map(|ink| ((u16::from(255 - ink) * light + 127) / 255) as u8)
}

/// A profile's way from inks to sRGB, with its black made black.
struct Press {
    transform: std::sync::Arc<Transform16BitExecutor>,
    /// The code of sRGB for each of 4,096 levels of the transform's result.
    codes: Vec<u8>,
}

/// Darkest light of a perceptual table of version 4 (ICC.1:2022, 6.3.3): its black is agreed on.
const AGREED_BLACK: f64 = 0.003_473_1;

/// Light of L* 50. A black lighter than that is an error of the profile.
const LIGHTEST_BLACK: f64 = 0.184_186_5;

impl Press {
    fn new(profile: &ColorProfile) -> Option<Self> {
        if profile.color_space != DataColorSpace::Cmyk {
            return None;
        }
        let srgb = ColorProfile::new_srgb();
        // Four channels without alpha go by the name of Rgba.
        let by = |rendering_intent| {
            let options = TransformOptions { rendering_intent, ..TransformOptions::default() };
            profile.create_transform_16bit(Layout::Rgba, &srgb, Layout::Rgb, options).ok()
        };
        let transform = by(RenderingIntent::Perceptual)
            .or_else(|| by(RenderingIntent::RelativeColorimetric))?;
        let black = match profile.version() {
            ProfileVersion::V2_0
            | ProfileVersion::V2_1
            | ProfileVersion::V2_2
            | ProfileVersion::V2_3
            | ProfileVersion::V2_4 => all_inks(&*transform)?,
            _ => AGREED_BLACK,
        };
        // Light is scaled so that white stays and the darkest print becomes black. All three
        // channels alike, since that black counts as neutral.
        let code = |level: u32| {
            let light = (linear(f64::from(level) / 4095.0) - black) / (1.0 - black);
            (encoded(light.max(0.0)) * 255.0).round() as u8
        };
        Some(Self { transform, codes: (0..4096).map(code).collect() })
    }

    fn print(&self, inks: &[u8]) -> Option<Vec<u8>> {
        let wide: Vec<u16> = inks.iter().map(|ink| u16::from(*ink) * 257).collect();
        let mut levels = vec![0u16; inks.len() / 4 * 3];
        self.transform.transform(&wide, &mut levels).ok()?;
        let code = |level: u16| {
            let index = (usize::from(level) * 4095 + 32_767) / 65_535;
            self.codes.get(index).copied().unwrap_or(u8::MAX)
        };
        Some(levels.into_iter().map(code).collect())
    }
}

/// Light that all four inks together leave, 0–1.
fn all_inks(transform: &Transform16BitExecutor) -> Option<f64> {
    let mut levels = [0u16; 3];
    transform.transform(&[u16::MAX; 4], &mut levels).ok()?;
    let [red, green, blue] = levels.map(|level| linear(f64::from(level) / 65_535.0));
    Some((0.2126 * red + 0.7152 * green + 0.0722 * blue).min(LIGHTEST_BLACK))
}

/// The way back.
fn linear(value: f64) -> f64 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// IEC 61966-2-1, from light of 0–1 to a value of 0–1.
pub(crate) fn encoded(light: f64) -> f64 {
    if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 }
}
