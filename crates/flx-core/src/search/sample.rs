//! Which of several formats are worth coding the whole picture in, told by a piece of it.

use super::first_coding;
use crate::content::{Kind, judge};
use crate::encode::{How, encode};
use crate::raster::Raster;
use crate::{Effort, Error, Format, Options, Stage};

/// Side of the piece in pixels. Pictures of less than four such squares are coded whole.
const SIDE: u32 = 512;

/// A format whose piece is larger than the smallest by more than this is left out.
const HOPELESS: f64 = 1.15;

/// The formats that may give the smallest file; all of them where a try costs little.
pub(super) fn promising(
    raster: &Raster,
    formats: &[Format],
    options: &Options,
    how: &How<'_>,
) -> Result<Vec<Format>, Error> {
    let pixels = u64::from(raster.width()) * u64::from(raster.height());
    if formats.len() < 2 || pixels < 4 * u64::from(SIDE) * u64::from(SIDE) {
        return Ok(formats.to_vec());
    }
    let (left, top) = (middle(raster.width()), middle(raster.height()));
    let piece = Raster::Image(raster.image().crop_imm(left, top, SIDE, SIDE));
    let quick = How { effort: Effort::Fast, ..*how };
    let mut sizes = Vec::with_capacity(formats.len());
    for format in formats {
        how.limits.may_go_on(Stage::Encode)?;
        let coding = first_coding(*format, options);
        sizes.push((*format, encode(&piece, *format, coding, &quick)?.bytes.len()));
    }
    // A graphic may be smallest in WebP without loss, which no lossy piece tells.
    let is_graphic = judge(raster).kind == Kind::Graphic;
    let smallest = sizes.iter().map(|(_, size)| *size).min().unwrap_or_default() as f64;
    sizes.retain(|(format, size)| {
        *size as f64 <= smallest * HOPELESS || is_graphic && *format == Format::WebP
    });
    Ok(sizes.into_iter().map(|(format, _)| format).collect())
}

fn middle(side: u32) -> u32 {
    side.saturating_sub(SIDE) / 2
}
