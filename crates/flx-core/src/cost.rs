//! What the engines take, as measured: for those who decide what may run beside what.
//!
//! Figures are those of `just bench-peers` (in `docs/BENCHMARKS.md`, "What each engine takes"),
//! rounded up: of the two sizes measured the slower, and for memory the line through both.
//! Pictures were photographs of 2.8 and 11.2 megapixels in 8-bit RGB, on one thread. More channels
//! and deeper samples take more in proportion. Memory of rav1e was measured at 3 and 12 megapixels,
//! that of WebP without loss and of JPEG in four inks at 12, in the way of the tests of memory
//! (`tests/core/memory.rs`), which hold every engine that writes photographs to its figure. Times of
//! WebP without loss, of four inks and of mozjpeg below effort small are estimates.
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
    /// Processor time in milliseconds a megapixel, on the machine of `docs/BENCHMARKS.md`.
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
        match (writer(format, effort), effort) {
            (Writer::Libwebp, Effort::Fast) => cost(40, 6, 7),
            (Writer::Libwebp, Effort::Balanced) => cost(90, 8, 3),
            (Writer::Libwebp, Effort::Small) => cost(170, 8, 3),
            (Writer::Libaom, Effort::Fast) => cost(40, 19, 6),
            (Writer::Libaom, Effort::Balanced) => cost(225, 22, 0),
            (Writer::Libaom, Effort::Small) => cost(390, 22, 0),
            (Writer::Rav1e, Effort::Fast) => cost(450, 27, 25),
            (Writer::Rav1e, Effort::Balanced) => cost(900, 33, 50),
            (Writer::Rav1e, Effort::Small) => cost(2_000, 38, 60),
            (Writer::Jpegli, _) => cost(25, 9, 5),
            (Writer::Mozjpeg, Effort::Small) => cost(80, 14, 7),
            (Writer::Mozjpeg, _) => cost(60, 14, 7),
            (Writer::Oxipng, Effort::Fast) => cost(105, 9, 20),
            (Writer::Oxipng, Effort::Balanced) => cost(515, 11, 12),
            (Writer::Oxipng, Effort::Small) => cost(2_350, 15, 1),
        }
    }

    /// What it takes to write a PNG of a palette, where that is tried.
    #[must_use]
    pub const fn of_palette(effort: Effort) -> Self {
        match effort {
            Effort::Fast => cost(265, 12, 31),
            Effort::Balanced => cost(755, 13, 35),
            Effort::Small => cost(2_700, 15, 23),
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
            SourceFormat::Avif => cost(30, 7, 5),
            _ => cost(10, 6, 11),
        }
    }
}
