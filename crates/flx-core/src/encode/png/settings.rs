//! How hard oxipng tries.

use std::time::Duration;

use oxipng::{Deflater, FilterStrategy, Options, StripChunks, indexset};

use super::super::How;
use crate::Effort;
use crate::content::Kind;

/// Pictures of so few bytes get every filter tried: it takes milliseconds, and rows of a few pixels
/// are too short to choose filters one by one.
const FEW_BYTES: usize = 64 << 10;

/// Trials of filters stop here at the latest; the best so far is kept.
const TRIAL_TIME: Duration = Duration::from_secs(10);

/// For pixels in their own colours.
///
/// Of a photograph the filters that entropy chooses row by row are within one per cent of the best, so
/// they are taken unseen, which saves the trials. A graphic may do best without any.
pub(super) fn lossless(how: &How<'_>, kind: Kind, raw_bytes: usize) -> Options {
    let untried = |compression| Options {
        filters: indexset! { FilterStrategy::Entropy },
        deflater: Deflater::Libdeflater { compression },
        ..Options::from_preset(1)
    };
    let mut base = match (how.effort, kind) {
        (Effort::Fast, Kind::Photograph) => untried(7),
        (Effort::Fast, Kind::Graphic) => Options::from_preset(0),
        (Effort::Balanced, Kind::Photograph) => untried(10),
        (Effort::Balanced, Kind::Graphic) => Options::from_preset(2),
        (Effort::Small, _) => Options::from_preset(4),
    };
    if raw_bytes <= FEW_BYTES {
        base.filters.extend([
            FilterStrategy::NONE,
            FilterStrategy::SUB,
            FilterStrategy::UP,
            FilterStrategy::AVERAGE,
            FilterStrategy::PAETH,
        ]);
    }
    bounded(base, how)
}

/// For indices into a palette, whose neighbours have nothing in common that a filter could use.
pub(super) fn palette(how: &How<'_>) -> Options {
    let compression = match how.effort {
        Effort::Fast => 6,
        Effort::Balanced => 10,
        Effort::Small => 12,
    };
    let base = Options {
        filters: indexset! { FilterStrategy::NONE },
        deflater: Deflater::Libdeflater { compression },
        ..Options::from_preset(2)
    };
    bounded(base, how)
}

/// One filter and little deflating, however long that takes.
pub(super) fn untimed() -> Options {
    Options {
        filters: indexset! { FilterStrategy::MinSum },
        deflater: Deflater::Libdeflater { compression: 5 },
        strip: StripChunks::All,
        optimize_alpha: false,
        timeout: None,
        ..Options::from_preset(0)
    }
}

fn bounded(base: Options, how: &How<'_>) -> Options {
    let time = how.limits.time_left().map_or(TRIAL_TIME, |left| (left / 3).min(TRIAL_TIME));
    Options {
        strip: StripChunks::All,
        timeout: Some(time),
        // Colours of invisible pixels are pixels too.
        optimize_alpha: false,
        ..base
    }
}
