//! Picture compression: bytes in, smaller bytes out.
//!
//! [`compress`] reads JPEG, PNG, WebP, GIF, AVIF, BMP and TIFF, told by content, and writes WebP,
//! AVIF, JPEG or PNG: upright, in sRGB, without metadata, scaled down and watermarked if asked.
//! It does no I/O and reads neither clock nor environment but for a monotonic timer.
//!
//! ```
//! use std::num::NonZeroU32;
//! use flx_core::{Format, Limits, Options, Quality, compress};
//!
//! # fn photograph() -> Vec<u8> {
//! #     let pixels = image::RgbImage::from_fn(320, 200, |x, y| {
//! #         image::Rgb([x as u8, y as u8, (x * y / 300) as u8])
//! #     });
//! #     let mut file = std::io::Cursor::new(Vec::new());
//! #     pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
//! #     file.into_inner()
//! # }
//! # fn main() -> Result<(), flx_core::Error> {
//! let original: Vec<u8> = photograph();
//! let options = Options::new(Format::WebP)
//!     .with_quality(Quality::new(82)?)
//!     .with_max_width(NonZeroU32::new(160).unwrap());
//! let smaller = compress(&original, &options, &Limits::default())?;
//! assert!(smaller.bytes().len() < original.len());
//! assert_eq!((smaller.width(), smaller.height()), (160, 100));
//! # Ok(())
//! # }
//! ```
//!
//! More tasks, each in a few lines: [`recipes`].
//!
//! # Limits
//! Pixels, sides, bytes and frames are checked on the header, before any decoder runs; see
//! [`Limits`]. A deadline and a cancel flag are honoured between stages, and within them by engines
//! that can stop half-way; effort is lowered before a deadline is missed.
//!
//! # Features
//! `jpeg`, `png`, `webp`, `avif`, `gif`, `bmp` and `tiff` (all on by default) add a format each;
//! a build without any of them reads nothing. These build with cargo and a C compiler alone. Faster
//! engines stand beside them, which need more at build time: `asm` adds hand-written SIMD and takes
//! nasm, `avif-aom` writes AVIF by libaom and takes cmake and nasm, `jpeg-jpegli` writes JPEG by
//! jpegli and takes cmake and a C++ compiler. `engines` is the fastest of them, with the SIMD that
//! they leave in use (`simd`). [`engines`](engines()) tells which are in.
//! `jpeg` cannot be built with `panic = "abort"`: libjpeg's errors unwind to where it was called, and
//! so do panics of decoders in Rust, of which with `abort` one would end the process.
//! `serde` lets options, limits, facts and errors go from one process to another of the same build;
//! what is read back is taken as it is.

#![cfg_attr(
    not(all(
        feature = "jpeg",
        feature = "png",
        feature = "webp",
        feature = "avif",
        feature = "gif",
        feature = "bmp",
        feature = "tiff"
    )),
    allow(
        dead_code,
        unused_imports,
        unused_variables,
        reason = "a build without some format has no use for some shared pieces"
    )
)]

#[cfg(all(feature = "jpeg", panic = "abort"))]
compile_error!(
    "feature `jpeg` of flx-core needs `panic = \"unwind\"`: libjpeg reports a damaged picture by a \
     call that does not return, which has to unwind"
);

#[cfg(feature = "webp")]
mod animation;
mod auto_quality;
mod canvas;
mod colour;
mod compress;
mod compressed;
mod content;
pub mod cost;
mod decode;
mod effort;
mod embed;
mod encode;
mod engines;
mod error;
mod fit;
#[doc(hidden)]
pub mod fitting;
mod format;
mod format_choice;
mod gamma;
mod geometry;
mod info;
mod inks;
mod interest;
#[cfg(feature = "avif")]
mod isobmff;
mod keep;
mod limits;
mod metadata;
mod options;
mod pace;
mod planes;
mod probe;
mod progress;
mod quality;
mod raster;
mod resize;
mod search;
#[cfg(feature = "serde")]
mod serialised;
mod stage;
mod strip;
mod watermark;

#[cfg(any(doc, doctest))]
#[doc = include_str!("../docs/recipes.md")]
pub mod recipes {}

pub use auto_quality::AutoQuality;
pub use compress::compress;
pub use compressed::Compressed;
pub use effort::Effort;
pub use engines::{Engine, engines};
pub use error::Error;
pub use fit::{Fit, Gravity};
pub use format::{Format, SourceFormat};
pub use format_choice::{FormatChoice, FormatSet};
pub use info::ImageInfo;
pub use keep::{ColourSpace, Keep};
pub use limits::{CancelFlag, Limits};
pub use options::{Background, Options, QualityChoice};
pub use probe::probe;
pub use progress::Progress;
pub use quality::Quality;
pub use stage::{Stage, Timings};
pub use watermark::{Opacity, Position, Watermark, WatermarkScale};
