//! From full-range grey to the limited range of WebP's planes (ITU-R BT.601, 4:2:0).

use image::GrayImage;

/// Luma of every pixel, and chroma of every two by two, in limited range: luma 16–235, chroma
/// 16–240. Rows follow each other without gaps.
pub(super) struct Planes {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) luma: Vec<u8>,
    pub(super) blue: Vec<u8>,
    pub(super) red: Vec<u8>,
}

/// The code of no colour.
const NEUTRAL: u8 = 128;

impl Planes {
    pub(super) fn of_grey(grey: &GrayImage) -> Self {
        let (width, height) = grey.dimensions();
        let chroma = vec![NEUTRAL; width.div_ceil(2) as usize * height.div_ceil(2) as usize];
        Self { width, height, luma: limited_luma(grey), blue: chroma.clone(), red: chroma }
    }
}

fn limited_luma(full: &GrayImage) -> Vec<u8> {
    let table: [u8; 256] =
        std::array::from_fn(|code| (16.0 + code as f64 * 219.0 / 255.0).round() as u8);
    full.iter().map(|code| table.get(usize::from(*code)).copied().unwrap_or(NEUTRAL)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn ranges_end_where_video_ends() {
        let ramp = GrayImage::from_fn(256, 1, |x, _| Luma([x as u8]));
        let luma = limited_luma(&ramp);
        assert_eq!((luma[0], luma[128], luma[255]), (16, 126, 235));
        assert!(luma.is_sorted());
    }

    #[test]
    fn planes_of_odd_and_single_pixel_pictures_have_the_sizes_of_webp() {
        for (width, height) in [(1, 1), (1, 7), (7, 1), (3, 5), (4, 4)] {
            let planes = Planes::of_grey(&GrayImage::from_pixel(width, height, Luma([128])));
            let expected = width.div_ceil(2) as usize * height.div_ceil(2) as usize;
            assert_eq!(planes.luma.len(), (width * height) as usize);
            assert_eq!((planes.blue.len(), planes.red.len()), (expected, expected));
        }
    }
}
