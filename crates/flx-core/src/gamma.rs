//! The colour space that a PNG describes by gamma and chromaticities (PNG, third edition,
//! sections 11.3.2.1 and 11.3.2.2).

use moxcms::{Chromaticity, ColorPrimaries, ColorProfile, ToneReprCurve, XyY};

use crate::probe::bytes::Bytes;

/// Numbers as they stand in the file: times 100,000.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Gamma {
    /// The exponent that encoded the samples; 45,455 is 1/2.2. Without it the curve is that of
    /// sRGB, as browsers take it.
    pub(crate) exponent: Option<u32>,
    /// x and y of white, red, green and blue; without them those of sRGB.
    pub(crate) points: Option<[u32; 8]>,
}

/// An exponent this close to 1/2.2 stands for the curve of sRGB, which it is the usual short-hand
/// for; decoders elsewhere take a difference of 5 % for none, too.
const LIKE_SRGB: std::ops::RangeInclusive<u32> = 43_182..=47_727;

/// Exponents beyond these would leave one colour of the picture.
const SANE: std::ops::RangeInclusive<u32> = 10_000..=500_000;

impl Gamma {
    /// From the payloads of `gAMA` and `cHRM`; none when neither says anything.
    pub(crate) fn read(gamma: Option<&[u8]>, chromaticities: Option<&[u8]>) -> Option<Self> {
        let exponent =
            gamma.and_then(|data| Bytes::new(data).u32_be()).filter(|value| SANE.contains(value));
        let points = chromaticities.and_then(|data| {
            let mut bytes = Bytes::new(data);
            let mut points = [0; 8];
            for value in &mut points {
                *value = bytes.u32_be()?;
            }
            Some(points)
        });
        (exponent.is_some() || points.is_some()).then_some(Self { exponent, points })
    }

    /// As a profile; none where it is sRGB, or no colour space at all.
    pub(crate) fn profile(self, is_grey: bool) -> Option<ColorProfile> {
        let curve = self
            .exponent
            .filter(|exponent| !LIKE_SRGB.contains(exponent))
            .map(|exponent| ToneReprCurve::Parametric(vec![100_000.0 / exponent as f32]));
        if is_grey {
            let mut profile = ColorProfile::new_gray_with_gamma(2.2);
            profile.gray_trc = Some(curve?);
            return Some(profile);
        }
        if curve.is_none() && self.points.is_none() {
            return None;
        }
        let mut profile = ColorProfile::new_srgb();
        profile.cicp = None;
        if let Some(curve) = curve {
            profile.red_trc = Some(curve.clone());
            profile.green_trc = Some(curve.clone());
            profile.blue_trc = Some(curve);
        }
        if let Some(points) = self.points {
            let [white, red, green, blue] = spots(points)?;
            let white = XyY { x: white.x.into(), y: white.y.into(), yb: 1.0 };
            profile.update_rgb_colorimetry(white, ColorPrimaries { red, green, blue });
        }
        let xyz = profile.rgb_to_xyz_matrix();
        let finite = xyz.v.iter().flatten().all(|value| value.is_finite() && value.abs() < 10.0);
        finite.then_some(profile)
    }
}

/// Four points of the diagram that span a triangle around white, more or less.
fn spots(points: [u32; 8]) -> Option<[Chromaticity; 4]> {
    let (pairs, _) = points.as_chunks::<2>();
    let mut spots = [Chromaticity { x: 0.0, y: 0.0 }; 4];
    for (spot, [x, y]) in spots.iter_mut().zip(pairs) {
        if *x > 100_000 || !(1..=100_000).contains(y) {
            return None;
        }
        *spot = Chromaticity { x: *x as f32 / 1e5, y: *y as f32 / 1e5 };
    }
    let [_, red, green, blue] = spots;
    let area = (green.x - red.x) * (blue.y - red.y) - (blue.x - red.x) * (green.y - red.y);
    (area.abs() > 0.001).then_some(spots)
}
