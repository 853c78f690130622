//! Putting metadata into a file that an encoder has written, without touching its pixels.

#[cfg(feature = "avif")]
mod avif;
#[cfg(feature = "jpeg")]
mod jpeg;
#[cfg(feature = "png")]
mod png;
#[cfg(feature = "webp")]
mod webp;

use crate::metadata::Metadata;
use crate::{Error, Format};

/// Bytes that segments, chunks and boxes take besides what they hold.
const OVERHEAD: usize = 512;

/// Bytes to leave free for the metadata in a file that may not be larger than so many.
pub(crate) fn room_for(metadata: &Metadata) -> u64 {
    if metadata.is_empty() { 0 } else { (metadata.len() + OVERHEAD) as u64 }
}

/// The file with the metadata in it.
pub(crate) fn embed(file: Vec<u8>, format: Format, metadata: &Metadata) -> Result<Vec<u8>, Error> {
    if metadata.is_empty() {
        return Ok(file);
    }
    let done = match format {
        #[cfg(feature = "jpeg")]
        Format::Jpeg => jpeg::embed(&file, metadata),
        #[cfg(feature = "png")]
        Format::Png => png::embed(&file, metadata),
        #[cfg(feature = "webp")]
        Format::WebP => webp::embed(&file, metadata),
        #[cfg(feature = "avif")]
        Format::Avif => avif::embed(&file, metadata),
        #[allow(unreachable_patterns, reason = "reached only in builds without some format")]
        _ => None,
    };
    // Without its profile the picture would have other colours, so half a job is none.
    done.ok_or_else(|| Error::Encode { format, reason: "no place for the metadata".to_owned() })
}
