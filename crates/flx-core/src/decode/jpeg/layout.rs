//! Where luma and chroma stand when libjpeg hands them out apart.

use crate::resize::TargetSize;

/// Samples of a block's side, unless it is scaled.
const BLOCK: u32 = 8;

/// How often a component is sampled across and down.
pub(super) type Factors = (u32, u32);

/// One component as it comes out of the decoder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plane {
    pub(super) size: TargetSize,
    /// The columns and rows of it that the picture covers; between two samples where a side is odd.
    pub(super) shown: (f64, f64),
    /// Samples of a block's side: libjpeg scales the blocks of halved chroma less than luma's.
    pub(super) block: u32,
    /// Rows that come at a time.
    pub(super) rows: u32,
}

/// The planes of luma and chroma, for a picture of `coded` pixels decoded at so many eighths, and
/// the rows of luma that come at a time; `None` where luma is not the largest.
pub(super) fn planes(
    coded: TargetSize,
    factors: [Factors; 3],
    eighths: u32,
) -> Option<([Plane; 3], u32)> {
    let across = factors.iter().map(|factors| factors.0).max()?;
    let down = factors.iter().map(|factors| factors.1).max()?;
    let [luma, ..] = factors;
    let whole = luma == (across, down) && factors.iter().all(|(h, v)| *h > 0 && *v > 0);
    let plane = |(h, v): Factors| {
        let block = block((h, v), (across, down), eighths);
        let covered = |side: u32, factor: u32, most: u32| {
            f64::from(side) * f64::from(factor * block) / f64::from(most * BLOCK)
        };
        let size = TargetSize {
            width: covered(coded.width, h, across).ceil() as u32,
            height: covered(coded.height, v, down).ceil() as u32,
        };
        // The picture ends where its scaled luma does, which is rounded up to whole samples.
        let luma = |side: u32| (u64::from(side) * u64::from(eighths)).div_ceil(8) as f64;
        let share =
            |factor: u32, most: u32| f64::from(factor * block) / f64::from(most * eighths.max(1));
        let shown = (luma(coded.width) * share(h, across), luma(coded.height) * share(v, down));
        let shown = (shown.0.min(size.width.into()), shown.1.min(size.height.into()));
        Plane { size, shown, block, rows: v * block }
    };
    whole.then(|| (factors.map(plane), down * eighths))
}

/// libjpeg's rule (jdmaster.c): blocks are doubled while that spares upsampling.
fn block((h, v): Factors, (across, down): Factors, eighths: u32) -> u32 {
    let mut block = eighths;
    while block < BLOCK
        && (across * eighths).is_multiple_of(h * block * 2)
        && (down * eighths).is_multiple_of(v * block * 2)
    {
        block *= 2;
    }
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALVED: [Factors; 3] = [(2, 2), (1, 1), (1, 1)];

    fn sizes(factors: [Factors; 3], eighths: u32) -> [(u32, u32); 3] {
        let coded = TargetSize { width: 101, height: 75 };
        let (planes, _) = planes(coded, factors, eighths).unwrap();
        planes.map(|plane| (plane.size.width, plane.size.height))
    }

    #[test]
    fn halved_chroma_is_half_of_luma_unless_the_picture_is_scaled() {
        assert_eq!(sizes(HALVED, 8), [(101, 75), (51, 38), (51, 38)]);
        assert_eq!(sizes(HALVED, 4), [(51, 38); 3]);
        assert_eq!(sizes(HALVED, 2), [(26, 19); 3]);
        assert_eq!(sizes([(2, 1), (1, 1), (1, 1)], 4), [(51, 38), (26, 38), (26, 38)]);
        assert_eq!(sizes([(1, 1); 3], 4), [(51, 38); 3]);
    }

    #[test]
    fn the_last_halved_sample_of_an_odd_side_is_half_outside() {
        let coded = TargetSize { width: 101, height: 75 };
        let ([luma, blue, _], rows) = planes(coded, HALVED, 8).unwrap();
        assert_eq!((luma.shown, blue.shown), ((101.0, 75.0), (50.5, 37.5)));
        assert_eq!((luma.rows, blue.rows, rows), (16, 8, 16));
    }

    #[test]
    fn luma_that_is_not_the_largest_has_no_planes() {
        let coded = TargetSize { width: 8, height: 8 };
        assert!(planes(coded, [(1, 1), (2, 2), (1, 1)], 8).is_none());
    }
}
