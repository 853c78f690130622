//! What the engines take, as measured: for those who decide what may run beside what.
//!
//! Figures are those of `just bench-peers` ("What each engine takes"), rounded up: of the two sizes
//! measured the slower, and for memory the line through both. Times are of an AMD EPYC; the Intel Xeon
//! whose run stands in `docs/BENCHMARKS.md` took up to twice as long.
//! Pictures were photographs of 2.8 and 11.2 megapixels in 8-bit RGB, on one thread. More channels
//! and deeper samples take more in proportion. Memory of rav1e was measured at 3 and 12 megapixels,
//! that of WebP without loss and of JPEG in four inks at 12, in the way of the tests of memory
//! (`tests/core/memory.rs`), which hold every engine that writes photographs to its figure. Times of
//! WebP without loss, of four inks and of mozjpeg below effort small are estimates.
//!
//! AVIF at full chroma, which is from quality 89 on where the source has it (86 by rav1e), takes up to half
//! as much memory again. Pictures of fewer than 1,080 pixels in one direction take libaom 12 MB more
//! than the line through the others.
//!
//! ```
//! use flx_core::{Effort, Format, cost::Cost};
//!
//! let cost = Cost::of_writing(Format::Avif, Effort::Balanced);
//! let bytes = cost.base_bytes + 12_000_000 * cost.bytes_a_pixel;
//! assert!(bytes > 200_000_000);
//! ```

use crate::engines::{Writer, writer};
use crate::{Effort, Format, ImageInfo, SourceFormat};

/// What one engine takes for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cost {
    /// Processor time in milliseconds a megapixel, on an AMD EPYC.
    pub ms_a_megapixel: u64,
    /// Peak memory in bytes a pixel, the pixels themselves and the file included.
    pub bytes_a_pixel: u64,
    /// Memory in bytes that it takes besides, whatever the size.
    pub base_bytes: u64,
}

/// From the columns of the table: milliseconds a megapixel, bytes a pixel, MB besides.
const fn cost(ms_a_megapixel: u64, bytes_a_pixel: u64, megabytes: u64) -> Cost {
    Cost { ms_a_megapixel, bytes_a_pixel, base_bytes: megabytes * 1_000_000 }
}

impl Cost {
    /// What it takes to write a format at an effort by the engine of this build; memory includes
    /// that of the pixels written and of a baseline JPEG they were read from.
    #[must_use]
    pub const fn of_writing(format: Format, effort: Effort) -> Self {
        Self::of_engine(writer(format, effort), effort)
    }

    const fn of_engine(engine: Writer, effort: Effort) -> Self {
        match (engine, effort) {
            (Writer::Libwebp, Effort::Fast) => cost(40, 6, 7),
            (Writer::Libwebp, Effort::Balanced) => cost(90, 8, 3),
            (Writer::Libwebp, Effort::Small) => cost(170, 8, 3),
            (Writer::Libaom, Effort::Fast) => cost(40, 19, 6),
            (Writer::Libaom, Effort::Balanced) => cost(390, 22, 12),
            (Writer::Libaom, Effort::Small) => cost(390, 22, 12),
            (Writer::Rav1e, Effort::Fast) => cost(450, 28, 28),
            (Writer::Rav1e, Effort::Balanced) => cost(900, 36, 50),
            (Writer::Rav1e, Effort::Small) => cost(2_000, 40, 60),
            (Writer::Jpegli, _) => cost(25, 9, 5),
            (Writer::Mozjpeg, Effort::Small) => cost(80, 16, 3),
            (Writer::Mozjpeg, _) => cost(60, 15, 4),
            (Writer::Oxipng, Effort::Fast) => cost(105, 13, 10),
            (Writer::Oxipng, Effort::Balanced) => cost(515, 11, 12),
            (Writer::Oxipng, Effort::Small) => cost(2_350, 15, 1),
        }
    }

    /// What it takes to write a PNG of a palette, where that is tried.
    #[must_use]
    pub const fn of_palette(effort: Effort) -> Self {
        match effort {
            Effort::Fast => cost(265, 14, 28),
            Effort::Balanced => cost(755, 13, 35),
            Effort::Small => cost(2_700, 16, 29),
        }
    }

    /// What it takes to write WebP without loss, which is tried for drawings. libwebp holds four
    /// channels then, whatever the picture has.
    #[must_use]
    pub const fn of_lossless_webp() -> Self {
        cost(1_000, 32, 3)
    }

    /// What it takes to read a picture; memory includes that of the pixels read, but for JPEG in
    /// grey or colours, of which no more is decoded than the result needs.
    #[must_use]
    pub const fn of_reading(info: &ImageInfo) -> Self {
        match info.format() {
            // jpeg-decoder, with all inks and then all colours.
            SourceFormat::Jpeg if info.is_cmyk() && info.is_progressive() => cost(50, 17, 7),
            SourceFormat::Jpeg if info.is_cmyk() => cost(25, 9, 7),
            // Coefficients of two bytes, in a file with full chroma; the table's has halved.
            SourceFormat::Jpeg if info.is_progressive() => cost(10, 7, 7),
            SourceFormat::Jpeg => cost(5, 1, 7),
            SourceFormat::WebP => cost(30, 6, 11),
            SourceFormat::Avif => cost(30, 7, 11),
            _ => cost(10, 6, 11),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Peak megabytes at 2.8 and at 11.2 megapixels, the most that the table in `docs/BENCHMARKS.md` has
    /// had.
    const MEASURED: [(Writer, [[u64; 2]; 3]); 6] = [
        (Writer::Libwebp, [[15, 58], [19, 68], [19, 67]]),
        (Writer::Libaom, [[48, 178], [49, 209], [49, 209]]),
        (Writer::Rav1e, [[103, 333], [137, 442], [153, 491]]),
        (Writer::Mozjpeg, [[44, 170], [44, 170], [45, 172]]),
        (Writer::Oxipng, [[44, 147], [41, 125], [39, 160]]),
        // It is not run at effort small.
        (Writer::Jpegli, [[11, 29], [17, 61], [17, 61]]),
    ];
    const PALETTE: [[u64; 2]; 3] = [[64, 183], [62, 163], [71, 198]];

    fn check(name: &str, cost: Cost, measured: [u64; 2]) {
        for (pixels, megabytes) in [2_800_000, 11_200_000].into_iter().zip(measured) {
            let bytes = cost.base_bytes + pixels * cost.bytes_a_pixel;
            assert!(bytes >= megabytes * 1_000_000, "{name}: {bytes} bytes of {megabytes} MB");
        }
    }

    #[test]
    fn no_figure_is_below_what_was_measured() {
        for (at, effort) in Effort::ALL.into_iter().enumerate() {
            for (engine, measured) in MEASURED {
                let name = format!("{engine:?} {effort}");
                check(&name, Cost::of_engine(engine, effort), measured[at]);
            }
            check(&format!("palette {effort}"), Cost::of_palette(effort), PALETTE[at]);
        }
    }
}
