//! Colours that nobody sees.

use super::layers::Code;

/// Side of the squares within which hidden colours are made even, in pixels.
const SQUARE: usize = 16;

/// The samples with the colours of wholly transparent pixels replaced by the mean of what is seen
/// around them, so that they cost next to nothing.
pub(super) fn under_alpha<S: Code>(samples: &[S], channels: usize, width: usize) -> Vec<S> {
    let mut shown = samples.to_vec();
    let zero = S::of(0.0);
    for band in shown.chunks_mut(SQUARE * width * channels) {
        let mut mean = [128.0 / 255.0 * S::MAX.value(); 3];
        for left in (0..width).step_by(SQUARE) {
            let right = (left + SQUARE).min(width);
            let square = (left * channels)..(right * channels);
            let mut sum = [0.0; 3];
            let mut seen = 0_u32;
            for row in band.chunks_exact(width * channels) {
                let part = row.get(square.clone()).unwrap_or_default();
                for pixel in part.chunks_exact(channels) {
                    if pixel.last() != Some(&zero) {
                        seen += 1;
                        for (sum, code) in sum.iter_mut().zip(pixel) {
                            *sum += code.value();
                        }
                    }
                }
            }
            if seen > 0 {
                mean = sum.map(|sum| sum / seen as f32);
            }
            for row in band.chunks_exact_mut(width * channels) {
                let part = row.get_mut(square.clone()).unwrap_or_default();
                for pixel in part.chunks_exact_mut(channels) {
                    if pixel.last() == Some(&zero) {
                        let colours = channels - 1;
                        for (code, mean) in pixel.iter_mut().take(colours).zip(mean) {
                            *code = S::of(mean);
                        }
                    }
                }
            }
        }
    }
    shown
}
