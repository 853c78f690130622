//! The one quality scale.

use crate::Error;

/// How good a lossy result must look: 40 (small) to 100 (best), default 82.
///
/// The same number looks the same in every lossy format: each encoder's own setting comes from a
/// table fitted to SSIMULACRA2 (see the encoders' `setting` tables and `docs/decisions`). PNG is
/// lossless whatever the quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Quality(u8);

impl Quality {
    /// The lowest quality, 40.
    pub const MIN: Self = Self(40);
    /// The highest quality, 100.
    pub const MAX: Self = Self(100);

    /// Takes 40–100.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] outside that range.
    pub fn new(value: u8) -> Result<Self, Error> {
        if (Self::MIN.0..=Self::MAX.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(Error::InvalidOption {
                name: "quality",
                value: value.to_string(),
                allowed: "40 to 100",
            })
        }
    }

    /// The number, 40–100.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Quality {
    fn default() -> Self {
        Self(82)
    }
}

/// One encoder's setting at chosen points of the scale; between them it is interpolated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SettingTable<const N: usize>(pub(crate) [(u8, f32); N]);

impl<const N: usize> SettingTable<N> {
    /// The encoder's setting for a quality, by linear interpolation between neighbouring points.
    pub(crate) fn at(&self, asked: f32) -> f32 {
        let below = self.0.iter().rev().find(|point| f32::from(point.0) <= asked);
        let above = self.0.iter().find(|point| f32::from(point.0) >= asked);
        match (below, above) {
            (Some(low), Some(high)) if high.0 > low.0 => {
                let share = (asked - f32::from(low.0)) / f32::from(high.0 - low.0);
                low.1 + (high.1 - low.1) * share
            }
            (Some(point), _) | (None, Some(point)) => point.1,
            (None, None) => asked,
        }
    }
}

/// The scale itself: the mean score that results of each quality have over kodak and clic. Every
/// engine's settings are fitted to it by `FLX_CORPUS=… just fit-quality`, so that one number looks
/// the same in every format. It follows libwebp's own scale, made straight between its points.
pub(crate) const SCALE: SettingTable<10> = SettingTable([
    (40, 52.0),
    (50, 57.5),
    (60, 62.5),
    (70, 67.0),
    (75, 70.0),
    (82, 76.0),
    (88, 81.5),
    (93, 86.0),
    (97, 88.8),
    (100, 89.2),
]);

/// The point of the scale at which pictures score this much on average, 40–100.
pub(crate) fn quality_for_score(score: f32) -> f32 {
    let mut left = f32::from(Quality::MIN.0);
    for pair in SCALE.0.windows(2) {
        let [low, high] = pair else { continue };
        if score <= high.1 {
            let share = ((score - low.1) / (high.1 - low.1)).max(0.0);
            return f32::from(low.0) + f32::from(high.0 - low.0) * share;
        }
        left = f32::from(high.0);
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_takes_40_to_100_and_nothing_else() {
        for value in 0..=u8::MAX {
            assert_eq!(Quality::new(value).is_ok(), (40..=100).contains(&value), "{value}");
        }
    }

    #[test]
    fn settings_meet_their_points_and_are_straight_between_them() {
        let table = SettingTable([(40, 10.0), (60, 20.0), (100, 100.0)]);
        let at = [40.0, 50.0, 60.0, 80.0, 100.0].map(|value| table.at(value));
        assert_eq!(at, [10.0, 15.0, 20.0, 60.0, 100.0]);
    }

    #[test]
    fn the_scale_rises_and_leads_back() {
        for quality in 40..=100u8 {
            let score = SCALE.at(f32::from(quality));
            assert!((quality_for_score(score) - f32::from(quality)).abs() < 0.01, "{quality}");
        }
        assert_eq!((quality_for_score(0.0), quality_for_score(100.0)), (40.0, 100.0));
    }
}
