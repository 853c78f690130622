//! SSIMULACRA2: 100 is identical, 90 hardly told apart, 70 good, 50 mediocre.

use std::error::Error;

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};

/// The score of an 8-bit sRGB picture against its original.
///
/// # Errors
/// When the buffers do not fit the sides, or a side is shorter than the metric can judge (8 px).
pub fn ssimulacra2(
    original: &[u8],
    distorted: &[u8],
    width: u32,
    height: u32,
) -> Result<f64, Box<dyn Error>> {
    let slice = |pixels| {
        PixelSlice::new(pixels, width, height, width as usize * 3, PixelDescriptor::RGB8_SRGB)
    };
    Ok(compute_ssimulacra2(&slice(original)?, &slice(distorted)?)?)
}
