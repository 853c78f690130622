//! From JPEG's full-range luma and chroma to the limited range of WebP (ITU-R BT.601, 4:2:0).

use image::GrayImage;

use crate::raster::Ycc;

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
    pub(super) fn of_ycc(ycc: &Ycc) -> Self {
        let (width, height) = ycc.luma.dimensions();
        let halved = (width.div_ceil(2), height.div_ceil(2));
        let chroma = |plane: &GrayImage| {
            if plane.dimensions() == halved { limited_chroma(plane) } else { halved_chroma(plane) }
        };
        Self {
            width,
            height,
            luma: limited_luma(&ycc.luma),
            blue: chroma(&ycc.blue),
            red: chroma(&ycc.red),
        }
    }

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

/// The limited-range code of a quarter of a sum of four full-range ones.
fn chroma_table() -> [u8; 1021] {
    std::array::from_fn(|sum| (128.0 + (sum as f64 / 4.0 - 128.0) * 224.0 / 255.0).round() as u8)
}

fn limited_chroma(full: &GrayImage) -> Vec<u8> {
    let table = chroma_table();
    let limited = |code: &u8| table.get(usize::from(*code) * 4).copied().unwrap_or(NEUTRAL);
    full.iter().map(limited).collect()
}

/// Means of two by two samples; at odd edges the last ones count twice.
fn halved_chroma(full: &GrayImage) -> Vec<u8> {
    let table = chroma_table();
    let (width, height) = full.dimensions();
    let stride = width as usize;
    let mut halved = Vec::with_capacity(stride.div_ceil(2) * height.div_ceil(2) as usize);
    for pair in full.as_raw().chunks(stride.max(1) * 2) {
        let (upper, lower) = pair.split_at_checked(stride).unwrap_or((pair, &[]));
        let lower = if lower.is_empty() { upper } else { lower };
        halved.extend(upper.chunks(2).zip(lower.chunks(2)).map(|(upper, lower)| {
            let sum = |row: &[u8]| match row {
                [left, right] => usize::from(*left) + usize::from(*right),
                [last] => usize::from(*last) * 2,
                _ => 0,
            };
            table.get(sum(upper) + sum(lower)).copied().unwrap_or(NEUTRAL)
        }));
    }
    halved
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn ranges_end_where_video_ends() {
        let ramp = GrayImage::from_fn(256, 1, |x, _| Luma([x as u8]));
        let (luma, chroma) = (limited_luma(&ramp), limited_chroma(&ramp));
        assert_eq!((luma[0], luma[128], luma[255]), (16, 126, 235));
        assert_eq!((chroma[0], chroma[128], chroma[255]), (16, 128, 240));
        assert!(luma.is_sorted() && chroma.is_sorted());
    }

    #[test]
    fn full_chroma_is_averaged_by_twos_with_the_last_of_odd_sides_counted_twice() {
        let plane = GrayImage::from_raw(3, 3, vec![128, 130, 200, 132, 134, 100, 90, 110, 128]);
        let halved = halved_chroma(&plane.unwrap());
        let limited = |mean: f64| (128.0 + (mean - 128.0) * 224.0 / 255.0).round() as u8;
        assert_eq!(halved, [131.0, 150.0, 100.0, 128.0].map(limited));
    }

    #[test]
    fn planes_of_odd_and_single_pixel_pictures_have_the_sizes_of_webp() {
        for (width, height) in [(1, 1), (1, 7), (7, 1), (3, 5), (4, 4)] {
            let full = GrayImage::from_pixel(width, height, Luma([128]));
            let expected = width.div_ceil(2) as usize * height.div_ceil(2) as usize;
            let ycc = Ycc { luma: full.clone(), blue: full.clone(), red: full };
            let planes = Planes::of_ycc(&ycc);
            assert_eq!(planes.luma.len(), (width * height) as usize);
            assert_eq!((planes.blue.len(), planes.red.len()), (expected, expected));
        }
    }
}
